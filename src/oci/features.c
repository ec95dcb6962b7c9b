/*
 * See features.h.
 *
 * Runs in: runtime.
 */
#include "oci/features.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/version.h"
#include "format/json.h"
#include "linux/seccomp_load.h"
#include "runtime/plan_mount_options.h"
#include "runtime/seccomp_names.h"
#include "spec/capability.h"
#include "spec/runtime_spec_parts.h"

#define OCI_VERSION_MIN "1.0.0"

static int compare_texts(const void *a, const void *b)
{
	const char *const *left = a;
	const char *const *right = b;

	return strcmp(*left, *right);
}

static void write_sorted(struct json_writer *w, const char *key, struct strv *texts)
{
	if (texts->count > 0)
		qsort(texts->items, texts->count, sizeof(*texts->items), compare_texts);
	json_write_strings(w, key, texts);
}

static void write_words(struct json_writer *w, const char *key, const struct member_word *words)
{
	json_begin_array(w, key);
	for (; words->text; words++)
		json_write_text(w, NULL, words->text);
	json_end_array(w);
}

static void write_enabled(struct json_writer *w, const char *key, bool is_enabled)
{
	json_begin_object(w, key);
	json_write_bool(w, "enabled", is_enabled);
	json_end_object(w);
}

static void write_hooks(struct json_writer *w)
{
	json_begin_array(w, "hooks");
	for (const struct member *m = spec_hook_members; m->key; m++)
		json_write_text(w, NULL, m->key);
	json_end_array(w);
}

static void write_capabilities(struct json_writer *w)
{
	const char *name;

	json_begin_array(w, "capabilities");
	for (int i = 0; (name = capability_name(i)) != NULL; i++)
		json_write_text(w, NULL, name);
	json_end_array(w);
}

static void write_cgroup(struct json_writer *w)
{
	static const char *const kinds[] = { "v1", "v2", "systemd", "systemdUser", "rdma" };

	json_begin_object(w, "cgroup");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		json_write_bool(w, kinds[i], true);
	json_end_object(w);
}

/* --- seccomp ----------------------------------------------------------------------------- */

static void write_names(struct json_writer *w, const char *key, const struct seccomp_name *list)
{
	json_begin_array(w, key);
	for (; list->name; list++)
		json_write_text(w, NULL, list->name);
	json_end_array(w);
}

static void write_architectures(struct json_writer *w)
{
	json_begin_array(w, "archs");
	for (const char *const *name = seccomp_architectures; *name; name++) {
		if (seccomp_architecture_find(*name) != 0)
			json_write_text(w, NULL, *name);
	}
	json_end_array(w);
}

static void write_supported_flags(struct json_writer *w)
{
	json_begin_array(w, "supportedFlags");
	for (const struct seccomp_name *flag = seccomp_flags; flag->name; flag++) {
		if (seccomp_flag_is_supported(flag->value))
			json_write_text(w, NULL, flag->name);
	}
	json_end_array(w);
}

static void write_seccomp(struct json_writer *w)
{
	json_begin_object(w, "seccomp");
	json_write_bool(w, "enabled", true);
	write_names(w, "actions", seccomp_actions);
	write_names(w, "operators", seccomp_operators);
	write_architectures(w);
	write_names(w, "knownFlags", seccomp_flags);
	write_supported_flags(w);
	json_end_object(w);
}

/* --- the whole --------------------------------------------------------------------------- */

static void write_linux(struct json_writer *w, struct strv *namespaces)
{
	json_begin_object(w, "linux");
	write_sorted(w, "namespaces", namespaces);
	write_capabilities(w);
	write_cgroup(w);
	write_seccomp(w);
	write_enabled(w, "apparmor", true);
	write_enabled(w, "selinux", true);
	write_enabled(w, "intelRdt", false);
	json_begin_object(w, "memoryPolicy");
	write_words(w, "modes", spec_memory_modes);
	write_words(w, "flags", spec_memory_flags);
	json_end_object(w);
	json_begin_object(w, "mountExtensions");
	write_enabled(w, "idmap", true);
	json_end_object(w);
	write_enabled(w, "netDevices", true);
	json_end_object(w);
}

static void write_annotations(struct json_writer *w, struct arena *arena)
{
	const struct scmp_version *seccomp = seccomp_version();
	struct strv annotations = { 0 };

	if (seccomp)
		strv_add_borrowed(&annotations, arena,
				  arena_printf(arena,
					       "io.github.seccomp.libseccomp.version=%u.%u.%u",
					       seccomp->major, seccomp->minor, seccomp->micro));
	strv_add(&annotations, arena, "hoy.runtime.checkpoint.enabled=false");
	strv_add(&annotations, arena, "hoy.runtime.version=" HOY_VERSION);
	json_write_map(w, "annotations", &annotations);
}

/* Annotations, or with a dot at the end all that begin so, by which a config.json that somebody
 * else wrote changes more than what it describes. */
static void write_unsafe_annotations(struct json_writer *w)
{
	json_begin_array(w, "potentiallyUnsafeConfigAnnotations");
	json_write_text(w, NULL, "org.systemd.property.");
	json_write_text(w, NULL, "run.oci.");
	json_end_array(w);
}

int features_print(struct str *out, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct json_writer w = { .out = out, .indent = "    " };
	struct strv namespaces = { 0 };
	struct strv options = { 0 };

	for (const struct member_word *word = spec_namespace_words; word->text; word++)
		strv_add(&namespaces, &arena, word->text);
	mount_options_names(&arena, &options);
	json_begin_object(&w, NULL);
	json_write_text(&w, "ociVersionMin", OCI_VERSION_MIN);
	json_write_text(&w, "ociVersionMax", OCI_RUNTIME_VERSION);
	write_hooks(&w);
	write_sorted(&w, "mountOptions", &options);
	write_linux(&w, &namespaces);
	write_annotations(&w, &arena);
	write_unsafe_annotations(&w);
	json_end_object(&w);
	return arena_ok(&arena) < 0 || str_ok(out) < 0 ? err_sys(e, ENOMEM, "features") : 0;
}
