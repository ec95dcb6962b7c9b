/*
 * --mount type=bind|volume|tmpfs,source=...,target=...: a line of CSV.
 *
 * Runs in: cli.
 * See: docker run --mount; RFC 4180.
 */
#include <string.h>

#include "cli/csv.h"
#include "cli/mount_list.h"
#include "format/size.h"

enum { MOUNT_FIELDS_MAX = 32 };

struct mount_parse {
	struct mount_request mount;
	struct arena *arena;
	char *type;
	char *source;
	char *target;
	bool has_bind_options;
	bool has_volume_options;
	bool has_tmpfs_options;
	int64_t tmpfs_size; /* 0: not given */
	char *tmpfs_mode;
};

static int mount_parse_bool(const char *key, const char *value, bool *ret, struct err *e)
{
	if (value && option_parse_bool(value, ret, NULL) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "invalid value for %s: %s", key, value);
	if (!value)
		*ret = true;
	return 0;
}

static int mount_parse_tmpfs(struct mount_parse *p, const char *key, char *value, struct err *e)
{
	uint64_t mode;

	p->has_tmpfs_options = true;
	if (strcmp(key, "tmpfs-mode") == 0) {
		if (parse_octal(value, 07777, &mode) < 0)
			return err_set(e, ERR_INVALID, -EINVAL, "invalid value for %s: %s", key,
				       value);
		p->tmpfs_mode = value;
		return 0;
	}
	if (size_parse(value, &p->tmpfs_size) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "invalid value for %s: %s", key, value);
	return 0;
}

/* Keys whose value may be left out. Returns 1 when it was none of them. */
static int mount_parse_flag(struct mount_parse *p, const char *key, const char *value,
			    struct err *e)
{
	if (strcmp(key, "readonly") == 0 || strcmp(key, "ro") == 0)
		return mount_parse_bool(key, value, &p->mount.is_readonly, e);
	if (strcmp(key, "volume-nocopy") == 0) {
		p->has_volume_options = true;
		return mount_parse_bool(key, value, &p->mount.is_nocopy, e);
	}
	if (strcmp(key, "bind-nonrecursive") == 0) {
		p->has_bind_options = true;
		return mount_parse_bool(key, value, &p->mount.is_nonrecursive, e);
	}
	return 1;
}

static int mount_parse_propagation(struct mount_parse *p, char *value, struct err *e)
{
	p->has_bind_options = true;
	p->mount.propagation = value;
	if (!mount_word_is_in(value, mount_propagations))
		return err_set(e, ERR_INVALID, -EINVAL, "invalid propagation mode: %s", value);
	return 0;
}

static int mount_parse_bind_recursive(struct mount_parse *p, const char *value, struct err *e)
{
	p->has_bind_options = true;
	if (strcmp(value, "disabled") == 0)
		p->mount.is_nonrecursive = true;
	else if (strcmp(value, "readonly") == 0 || strcmp(value, "writable") == 0)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "bind-recursive=%s is not supported yet", value);
	else if (strcmp(value, "enabled") != 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "invalid value for bind-recursive: %s (must be \"enabled\", "
			       "\"disabled\", \"writable\", or"
			       " \"readonly\")",
			       value);
	return 0;
}

static int mount_parse_field(struct mount_parse *p, char *field, struct err *e)
{
	static const char *const refused[] = { "volume-driver", "volume-opt",
					       "volume-label",	"volume-subpath",
					       "image-subpath", NULL };
	char *value = strchr(field, '=');
	int r;

	if (value)
		*value++ = '\0';
	r = mount_parse_flag(p, field, value, e);
	if (r <= 0)
		return r;
	if (!value)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "invalid field '%s' must be a key=value pair", field);
	if (strcmp(field, "type") == 0)
		p->type = value;
	else if (strcmp(field, "source") == 0 || strcmp(field, "src") == 0)
		p->source = value;
	else if (strcmp(field, "target") == 0 || strcmp(field, "dst") == 0 ||
		 strcmp(field, "destination") == 0)
		p->target = value;
	else if (strcmp(field, "bind-propagation") == 0)
		return mount_parse_propagation(p, value, e);
	else if (strcmp(field, "bind-recursive") == 0)
		return mount_parse_bind_recursive(p, value, e);
	else if (strcmp(field, "tmpfs-size") == 0 || strcmp(field, "tmpfs-mode") == 0)
		return mount_parse_tmpfs(p, field, value, e);
	else if (mount_word_is_in(field, refused))
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP, "%s is not supported yet",
			       field);
	else if (strcmp(field, "consistency") != 0)
		return err_set(e, ERR_INVALID, -EINVAL, "unexpected key '%s' in '%s=%s'", field,
			       field, value);
	return 0;
}

static int mount_parse_type(struct mount_parse *p, struct err *e)
{
	const char *type = p->type ? p->type : "volume";

	if (strcmp(type, "bind") == 0)
		p->mount.kind = MOUNT_BIND;
	else if (strcmp(type, "tmpfs") == 0)
		p->mount.kind = MOUNT_TMPFS;
	else if (strcmp(type, "volume") == 0)
		p->mount.kind = MOUNT_VOLUME;
	else if (strcmp(type, "npipe") == 0 || strcmp(type, "cluster") == 0 ||
		 strcmp(type, "image") == 0)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP, "type=%s is not supported yet",
			       type);
	else
		return err_set(e, ERR_INVALID, -EINVAL, "mount type unknown: \"%s\"", type);
	if (p->has_bind_options && p->mount.kind != MOUNT_BIND)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "cannot mix 'bind-*' options with mount type '%s'", type);
	if (p->has_volume_options && p->mount.kind != MOUNT_VOLUME)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "cannot mix 'volume-*' options with mount type '%s'", type);
	if (p->has_tmpfs_options && p->mount.kind != MOUNT_TMPFS)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "cannot mix 'tmpfs-*' options with mount type '%s'", type);
	return 0;
}

static int mount_parse_source(struct mount_parse *p, struct err *e)
{
	struct mount_request *mount = &p->mount;
	bool has_source = !str_is_empty(p->source);

	switch (mount->kind) {
	case MOUNT_BIND:
		mount->must_exist = true;
		if (!has_source)
			return err_set(
				e, ERR_INVALID, -EINVAL,
				"invalid mount config for type \"bind\": field Source must not"
				" be empty");
		if (p->source[0] != '/' && !mount_is_relative(p->source))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "invalid mount path: '%s' mount path must be absolute",
				       p->source);
		return mount_host_path(p->arena, p->source, &mount->source, e);
	case MOUNT_VOLUME:
		mount->is_anonymous = !has_source;
		return has_source ? mount_volume_name(p->arena, p->source, &mount->source, e)
				  : 0;
	case MOUNT_TMPFS:
		if (has_source)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "invalid mount config for type \"tmpfs\": field Source "
				       "must not be specified");
		break;
	}
	return 0;
}

static void mount_parse_tmpfs_options(struct mount_parse *p)
{
	AUTO_STR struct str text = { 0 };

	if (p->tmpfs_size > 0)
		str_printf(&text, "size=%lld", (long long)p->tmpfs_size);
	if (p->tmpfs_mode)
		str_printf(&text, "%smode=%s", text.len > 0 ? "," : "", p->tmpfs_mode);
	if (text.len > 0)
		p->mount.options = arena_copy(p->arena, str_text(&text));
}

int options_set_mount(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct mount_parse p = { .arena = arena };
	char *text = arena_copy(arena, value);
	char *fields[MOUNT_FIELDS_MAX];
	int count = text ? csv_split(text, fields, MOUNT_FIELDS_MAX) : -ENOMEM;
	int r = 0;

	if (count < 0)
		return err_set(e, ERR_INVALID, count, "not a list of key=value pairs");
	for (int i = 0; r == 0 && i < count; i++)
		r = mount_parse_field(&p, fields[i], e);
	if (r == 0 && str_is_empty(p.target))
		r = err_set(e, ERR_INVALID, -EINVAL, "target is required");
	if (r == 0)
		r = mount_parse_type(&p, e);
	if (r == 0)
		r = mount_parse_source(&p, e);
	if (r == 0)
		r = mount_destination(arena, p.target, &p.mount.destination, e);
	if (r < 0)
		return r;
	mount_parse_tmpfs_options(&p);
	return mount_push(values, arena, &p.mount, e);
}
