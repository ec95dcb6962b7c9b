/*
 * See bundle.h.
 *
 * Runs in: runtime.
 */
#include "oci/bundle.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/log.h"
#include "spec/runtime_spec_read.h"

/* What the caller named, before the working directory changes. */
static void make_absolute(struct oci *oci, const char *cwd, char **path)
{
	if (*path && **path != '/' && **path != '\0')
		*path = arena_printf(&oci->arena, "%s/%s", cwd, *path);
}

static int bundle_enter(struct oci *oci, struct create_options *options, const char *cwd,
			struct err *e)
{
	make_absolute(oci, cwd, &options->config);
	make_absolute(oci, cwd, &options->console_socket);
	make_absolute(oci, cwd, &options->pidfd_socket);
	make_absolute(oci, cwd, &options->pid_file);
	if (arena_ok(&oci->arena) < 0)
		return err_sys(e, ENOMEM, "bundle");
	return chdir(options->bundle) < 0 ? err_sys(e, errno, "bundle %s", options->bundle) : 0;
}

static int config_read(struct oci *oci, const char *path, struct bundle *bundle, struct err *e)
{
	struct strv warnings = { 0 };
	int r = file_read(AT_FDCWD, path, SPEC_CONFIG_MAX, &bundle->text, &bundle->len);

	if (r == -ENOENT)
		return err_set(e, ERR_NOT_FOUND, r, "%s: no such file in bundle %s", path,
			       bundle->path);
	if (r < 0)
		return err_sys(e, r, "read %s", path);
	r = spec_parse(bundle->text, bundle->len, &oci->arena, &bundle->spec, &warnings, e);
	if (r < 0)
		return r;
	for (size_t i = 0; i < warnings.count; i++)
		log_warn("%s", warnings.items[i]);
	make_absolute(oci, bundle->path, &bundle->spec.root_path);
	return arena_ok(&oci->arena) < 0 ? err_sys(e, ENOMEM, "%s", path) : 0;
}

int bundle_open(struct oci *oci, struct create_options *options, struct bundle *ret,
		struct err *e)
{
	struct bundle bundle = { 0 };
	char cwd[PATH_MAX];
	int r = 0;

	if (!getcwd(cwd, sizeof(cwd)))
		return err_sys(e, errno, "find the working directory");
	if (!str_is_empty(options->bundle)) {
		r = bundle_enter(oci, options, cwd, e);
		if (r == 0 && !getcwd(cwd, sizeof(cwd)))
			r = err_sys(e, errno, "find bundle %s", options->bundle);
	}
	if (r < 0)
		return r;
	bundle.path = arena_copy(&oci->arena, cwd);
	r = config_read(oci, options->config ? options->config : "config.json", &bundle, e);
	if (r < 0) {
		bundle_close(&bundle);
		return r;
	}
	if (str_is_empty(options->pidfd_socket))
		options->pidfd_socket = bundle.spec.extensions.pidfd_receiver;
	*ret = bundle;
	return 0;
}

void bundle_close(struct bundle *bundle)
{
	free(bundle->text);
	bundle->text = NULL;
}
