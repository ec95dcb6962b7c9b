/*
 * update: other limits for a container that exists.
 *
 * The kept config says the new limits afterwards, for whoever reads it later.
 *
 * Runs in: runtime.
 * See: runc-update(8).
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/log.h"
#include "oci/container_state.h"
#include "oci/resources_patch.h"
#include "oci/update_options.h"
#include "runtime/cgroup_make.h"
#include "spec/runtime_spec_read.h"

static const struct oci_syntax syntax = {
	.options = update_option_table,
	.min = 1,
	.max = 1,
	.arguments = "<container-id>",
};

static int patch_from_file(const char *path, struct json_object **ret, struct err *e)
{
	bool is_stdin = strcmp(path, "-") == 0;
	AUTO_CLOSE int opened = is_stdin ? -EBADF : open(path, O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *text = NULL;
	size_t len;
	int r;

	if (!is_stdin && opened < 0)
		return err_sys(e, errno, "open %s", path);
	r = fd_read_all(is_stdin ? STDIN_FILENO : opened, RESOURCES_PATCH_MAX, &text, &len);
	if (r < 0)
		return err_sys(e, r, "read %s", is_stdin ? "standard input" : path);
	return resources_patch_parse(text, len, ret, e);
}

static int patch_from_flags(const struct update_options *options, struct json_object **ret,
			    struct err *e)
{
	AUTO_STR struct str text = { 0 };
	int r = update_options_json(options, &text, e);

	return r < 0 ? r : resources_patch_parse(str_text(&text), text.len, ret, e);
}

static int patch_check(struct oci *oci, struct json_object *patch, struct spec_resources *ret,
		       struct err *e)
{
	AUTO_STR struct str text = { 0 };
	struct strv warnings = { 0 };
	int r;

	json_compact(patch, &text);
	if (str_ok(&text) < 0)
		return err_sys(e, ENOMEM, "resources");
	r = spec_parse_resources(str_text(&text), text.len, &oci->arena, ret, &warnings, e);
	for (size_t i = 0; i < warnings.count; i++)
		log_warn("%s", warnings.items[i]);
	return r;
}

static int change_limits(const struct oci_container *container,
			 const struct spec_resources *resources, struct err *e)
{
	const struct oci_state *state = &container->state;
	struct cgroup cgroup;
	int r = container_open_cgroup(container, &cgroup, e);

	if (r < 0)
		return r;
	r = cgroup.mode == CGROUP_NONE
		    ? err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			      "container %s has no cgroup that could be limited", container->id)
		    : cgroup_update(&cgroup, state->scope, state->is_rootless, resources, e);
	cgroup_done(&cgroup);
	return r;
}

static int change_config(const struct oci_container *container, struct json_object *patch,
			 struct err *e)
{
	AUTO_STR struct str config = { 0 };
	AUTO_FREE char *text = NULL;
	size_t len;
	int r = file_read(container->dir_fd, CONFIG_NAME, SPEC_CONFIG_MAX, &text, &len);

	if (r < 0)
		return err_sys(e, r, "read the config of container %s", container->id);
	r = resources_patch_config(text, len, patch, &config, e);
	if (r < 0)
		return r;
	r = file_replace(container->dir_fd, CONFIG_NAME, str_text(&config), config.len, 0600,
			 FILE_FAST);
	return r < 0 ? err_sys(e, r, "keep the new limits of container %s", container->id) : 0;
}

static int update(struct oci *oci, const char *id, const struct update_options *options,
		  struct err *e)
{
	AUTO_CONTAINER struct oci_container container = { .dir_fd = -EBADF };
	AUTO_JSON struct json_object *patch = NULL;
	struct spec_resources resources;
	int r = container_open(oci, id, CONTAINER_LOCK, &container, e);

	if (r < 0)
		return r;
	if (container_status_of_init(&container) == OCI_STOPPED)
		return err_set(e, ERR_CONFLICT, -ESRCH, "container not running");
	r = options->resources ? patch_from_file(options->resources, &patch, e)
			       : patch_from_flags(options, &patch, e);
	if (r == 0)
		r = patch_check(oci, patch, &resources, e);
	if (r == 0)
		r = change_limits(&container, &resources, e);
	return r < 0 ? r : change_config(&container, patch, e);
}

int oci_update(struct oci *oci, char **argv)
{
	struct update_options options = { 0 };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;

	if (!oci_parse(oci, &syntax, argv, &options, &args, &exit_code))
		return exit_code;
	return update(oci, args.items[0], &options, &e) < 0 ? oci_report(oci, &e) : 0;
}
