/*
 * The root file system of a plan, and what is hidden in it.
 *
 * Runs in: cli (engine), runtime; a pure function.
 */
#include <string.h>
#include <sys/mount.h>

#include "runtime/plan_build.h"

enum { PATHS_MAX = 4096 };

static const struct {
	const char *name;
	uint32_t flags;
} propagations[] = {
	{ "private", MS_PRIVATE },	 { "rprivate", MS_PRIVATE | MS_REC },
	{ "shared", MS_SHARED },	 { "rshared", MS_SHARED | MS_REC },
	{ "slave", MS_SLAVE },		 { "rslave", MS_SLAVE | MS_REC },
	{ "unbindable", MS_UNBINDABLE }, { "runbindable", MS_UNBINDABLE | MS_REC },
};

static int propagation_parse(const char *name, uint32_t *ret, struct err *e)
{
	*ret = 0;
	if (str_is_empty(name))
		return 0;
	for (size_t i = 0; i < sizeof(propagations) / sizeof(propagations[0]); i++) {
		if (strcmp(propagations[i].name, name) == 0) {
			*ret = propagations[i].flags;
			return 0;
		}
	}
	return err_set(e, ERR_INVALID, -EINVAL, "rootfsPropagation \"%s\": not a propagation",
		       name);
}

static int paths_add(const struct strv *paths, const char *what, struct plan_builder *b,
		     struct plan_list *ret, struct err *e)
{
	if (paths->count > PATHS_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d %s paths", PATHS_MAX,
			       what);
	for (size_t i = 0; i < paths->count; i++) {
		if (paths->items[i][0] != '/')
			return err_set(e, ERR_INVALID, -EINVAL,
				       "%s path \"%s\" is not absolute", what, paths->items[i]);
	}
	*ret = plan_add_texts(b, paths->items, paths->count);
	return 0;
}

static int source_add(const struct plan_input *input, struct plan_builder *b, struct err *e)
{
	b->header.null_fd = input->fds.null_fd;
	if (input->root) {
		b->header.root_kind = PLAN_ROOT_MOUNT;
		b->header.root_fd = input->fds.root_fd;
		return 0;
	}
	if (str_is_empty(input->spec->root_path) || input->spec->root_path[0] != '/')
		return err_set(e, ERR_INVALID, -EINVAL, "root.path is not an absolute path");
	b->header.root_kind = PLAN_ROOT_DIRECTORY;
	b->header.root_path = plan_add_text(b, input->spec->root_path);
	return 0;
}

int plan_root(const struct plan_input *input, struct plan_builder *b, struct err *e)
{
	const struct spec *spec = input->spec;
	int r = source_add(input, b, e);

	if (r == 0)
		r = propagation_parse(spec->rootfs_propagation, &b->header.root_propagation, e);
	if (r == 0)
		r = paths_add(&spec->masked_paths, "masked", b, &b->header.masked, e);
	if (r == 0)
		r = paths_add(&spec->readonly_paths, "read-only", b, &b->header.readonly, e);
	if (r == 0 && spec->is_root_readonly)
		b->header.flags |= PLAN_ROOT_READONLY;
	return r;
}
