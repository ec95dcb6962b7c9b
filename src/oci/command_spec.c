/*
 * spec: a config.json to begin with, in the bundle.
 *
 * Runs in: runtime.
 * See: runc-spec(8).
 */
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "oci/oci.h"
#include "oci/spec_default.h"
#include "runtime/cgroup.h"
#include "runtime/cgroup_path.h"

struct spec_values {
	char *bundle;
	char *file;
	bool is_rootless;
};

#define FIELD(name) offsetof(struct spec_values, name)
static const struct option spec_options[] = {
	{ "bundle", 'b', OPTION_TEXT, FIELD(bundle), NULL, "dir",
	  "Directory of the bundle (default: the working directory)" },
	{ "file", 'f', OPTION_TEXT, FIELD(file), NULL, "path",
	  "Write to this file of the bundle (default: config.json)" },
	{ "rootless", 0, OPTION_BOOL, FIELD(is_rootless), NULL, NULL,
	  "For a user who is not root" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

/* Never over an existing one: somebody may have edited it. */
static int config_create(const char *bundle, const char *file, const struct str *text,
			 struct err *e)
{
	AUTO_CLOSE int dir_fd = open(bundle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (dir_fd < 0)
		return err_sys(e, errno, "open the bundle %s", bundle);
	AUTO_CLOSE int fd = openat(dir_fd, file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0 && errno == EEXIST)
		return err_set(e, ERR_CONFLICT, -EEXIST, "file %s exists: remove it first",
			       file);
	if (fd < 0)
		return err_sys(e, errno, "make %s", file);
	r = fd_write_all(fd, str_text(text), text->len);
	if (r < 0)
		(void)unlinkat(dir_fd, file, 0);
	return r < 0 ? err_sys(e, r, "write %s", file) : 0;
}

static int spec_write(const struct spec_values *values, struct err *e)
{
	AUTO_STR struct str text = { 0 };
	struct cgroup cgroup;
	int r = cgroup_init(&cgroup, CGROUP_DEFAULT_PARENT, e);

	if (r < 0)
		return r;
	spec_default_print(&(struct spec_default){ .is_rootless = values->is_rootless,
						   .is_cgroup_v2 = cgroup.mode == CGROUP_V2,
						   .uid = geteuid(),
						   .gid = getegid() },
			   &text);
	cgroup_done(&cgroup);
	if (str_ok(&text) < 0)
		return err_sys(e, ENOMEM, "config.json");
	return config_create(values->bundle ? values->bundle : ".",
			     values->file ? values->file : "config.json", &text, e);
}

int oci_spec(struct oci *oci, char **argv)
{
	const struct oci_syntax syntax = { .options = spec_options };
	struct spec_values values = { 0 };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;

	if (!oci_parse(oci, &syntax, argv, &values, &args, &exit_code))
		return exit_code;
	return spec_write(&values, &e) < 0 ? oci_report(oci, &e) : 0;
}
