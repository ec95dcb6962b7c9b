/*
 * The top of config.json, its mounts, and the three documents that come by themselves: see
 * runtime_spec_read.h.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec config.md.
 */
#include "spec/runtime_spec_read.h"

#include <string.h>

#include "spec/runtime_spec_parts.h"

enum { MOUNTS_MAX = 16 * 1024 };

int spec_check_present(const struct reading *in, const char *key, const char *text)
{
	return str_is_empty(text) ? reading_fail(in, -EINVAL, "%s: missing", key) : 0;
}

int spec_check_absolute(const struct reading *in, const char *key, const char *text)
{
	int r = spec_check_present(in, key, text);

	if (r == 0 && text[0] != '/')
		r = reading_fail(in, -EINVAL, "%s: \"%.256s\" is not an absolute path", key,
				 text);
	return r;
}

/* --- members of the top ------------------------------------------------------------------- */

static int read_root(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("path", struct spec, root_path), .read = member_text },
		{ MEMBER("readonly", struct spec, is_root_readonly), .read = member_bool },
		{ 0 },
	};
	const struct spec *spec = ret;
	int r = members_read(members, value, in, ret);

	return r < 0 ? r : spec_check_present(in, "path", spec->root_path);
}

int spec_read_mapping(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("containerID", struct spec_id_mapping, container_id),
		  .read = member_integer, .max = UINT32_MAX - 1 },
		{ MEMBER("hostID", struct spec_id_mapping, host_id), .read = member_integer,
		  .max = UINT32_MAX - 1 },
		{ MEMBER("size", struct spec_id_mapping, size), .read = member_integer,
		  .min = 1, .max = UINT32_MAX },
		{ 0 },
	};
	const struct spec_id_mapping *mapping = ret;
	int r = members_read(members, value, in, ret);

	if (r < 0)
		return r;
	/* 4294967295 is nobody's id: (uid_t)-1 means "leave it" in system calls. */
	if (mapping->size > UINT32_MAX - mapping->container_id ||
	    mapping->size > UINT32_MAX - mapping->host_id)
		return reading_fail(in, -ERANGE, "size: %u ids from %u and %u go too far",
				    mapping->size, mapping->container_id, mapping->host_id);
	return mapping->size == 0 ? reading_fail(in, -EINVAL, "size: missing") : 0;
}

int spec_read_mount(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("destination", struct spec_mount, destination), .read = member_text },
		{ MEMBER("type", struct spec_mount, type), .read = member_text },
		{ MEMBER("source", struct spec_mount, source), .read = member_text },
		{ MEMBER("options", struct spec_mount, options), .read = member_strings },
		{ MEMBER_ARRAY("uidMappings", struct spec_mount, uid_mappings.items,
			       uid_mappings.count, spec_read_mapping, SPEC_MAPPINGS_MAX) },
		{ MEMBER_ARRAY("gidMappings", struct spec_mount, gid_mappings.items,
			       gid_mappings.count, spec_read_mapping, SPEC_MAPPINGS_MAX) },
		{ 0 },
	};
	struct spec_mount *mount = ret;
	int r;

	mount->source_fd = -1;
	r = members_read(members, value, in, ret);
	return r < 0 ? r : spec_check_present(in, "destination", mount->destination);
}

/* Any 1.x is compatible with every other. */
static int version_check(const struct spec *spec, const struct reading *in)
{
	const char *version = spec->oci_version;
	int r = spec_check_present(in, "ociVersion", version);

	if (r == 0 && (!str_starts(version, "1.") || version[2] < '0' || version[2] > '9'))
		r = reading_fail(in, -EOPNOTSUPP,
				 "ociVersion: \"%.64s\" is not of the 1.x series", version);
	return r;
}

static int member_foreign(const struct member *m, struct json_walk *value, struct reading *in,
			  void *field)
{
	(void)field;
	json_skip(value);
	reading_warn(in, "%s: ignored, this runtime makes Linux containers", m->key);
	return 0;
}

static int read_top(struct json_walk *value, struct reading *in, struct spec *ret)
{
	static const struct member members[] = {
		{ MEMBER("ociVersion", struct spec, oci_version), .read = member_text },
		{ MEMBER_INLINE("root", read_root) },
		{ MEMBER_ARRAY("mounts", struct spec, mounts, mount_count, spec_read_mount,
			       MOUNTS_MAX) },
		{ MEMBER_OBJECT("process", struct spec, process, spec_read_process),
		  MEMBER_FLAG(struct spec, has_process) },
		{ MEMBER("hostname", struct spec, hostname), .read = member_text },
		{ MEMBER("domainname", struct spec, domainname), .read = member_text },
		{ MEMBER("annotations", struct spec, annotations), .read = member_map },
		{ MEMBER_INLINE("hooks", spec_read_hooks) },
		{ MEMBER_INLINE("linux", spec_read_linux) },
		{ .key = "solaris", .read = member_foreign },
		{ .key = "windows", .read = member_foreign },
		{ .key = "vm", .read = member_foreign },
		{ .key = "zos", .read = member_foreign },
		{ .key = "freebsd", .read = member_foreign },
		{ 0 },
	};
	int r = members_read(members, value, in, ret);

	if (r == 0)
		r = version_check(ret, in);
	if (r == 0)
		r = spec_check_present(in, "root.path", ret->root_path);
	return r < 0 ? r : spec_read_annotations(ret, in);
}

/* --- documents ---------------------------------------------------------------------------- */

/* The sentence of a document's own value has no path in front: "WHAT: expected an object". */
static int document_end(const struct reading *in, const char *what, int r)
{
	if (r < 0 && in->e->text[0] == ':')
		return err_set(in->e, in->e->kind, r, "%s%s", what, in->e->text);
	if (r == 0 && arena_ok(in->arena) < 0)
		return err_set(in->e, ERR_INTERNAL, -ENOMEM, "%s: out of memory", what);
	return r;
}

int spec_parse(const char *json, size_t len, struct arena *arena, struct spec *ret,
	       struct strv *ret_warnings, struct err *e)
{
	struct json_walk walk;
	struct err unwanted = { 0 };
	struct reading in = { .arena = arena,
			      .warnings = ret_warnings,
			      .e = e ? e : &unwanted };
	int r = json_walk_begin(json, len, SPEC_CONFIG_MAX, "config.json", &walk, in.e);

	if (r < 0)
		return r;
	*ret_warnings = (struct strv){ 0 };
	*ret = (struct spec){ .arena = arena, .personality = UINT32_MAX };
	return document_end(&in, "config.json", read_top(&walk, &in, ret));
}

int spec_parse_process(const char *json, size_t len, struct arena *arena,
		       struct spec_process *ret, struct strv *ret_warnings, struct err *e)
{
	struct json_walk walk;
	struct err unwanted = { 0 };
	struct reading in = { .arena = arena,
			      .warnings = ret_warnings,
			      .e = e ? e : &unwanted };
	int r = json_walk_begin(json, len, SPEC_CONFIG_MAX, "process", &walk, in.e);

	if (r < 0)
		return r;
	*ret_warnings = (struct strv){ 0 };
	*ret = (struct spec_process){ 0 };
	return document_end(&in, "process", spec_read_process(&walk, &in, ret));
}

int spec_parse_resources(const char *json, size_t len, struct arena *arena,
			 struct spec_resources *ret, struct strv *ret_warnings, struct err *e)
{
	struct json_walk walk;
	struct err unwanted = { 0 };
	struct reading in = { .arena = arena,
			      .warnings = ret_warnings,
			      .e = e ? e : &unwanted };
	int r = json_walk_begin(json, len, SPEC_CONFIG_MAX, "resources", &walk, in.e);

	if (r < 0)
		return r;
	*ret_warnings = (struct strv){ 0 };
	*ret = (struct spec_resources){ 0 };
	return document_end(&in, "resources", spec_read_resources(&walk, &in, ret));
}
