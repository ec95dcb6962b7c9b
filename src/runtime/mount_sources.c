/*
 * See mount_sources.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/mount_sources.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "linux/kernel_abi.h"
#include "linux/mounts.h"
#include "runtime/idmap_namespace.h"
#include "runtime/launch_fds.h"
#include "runtime/mount_idmap.h"
#include "runtime/plan_build.h"
#include "runtime/plan_mount_options.h"

/* Pods map all of their volumes the same way: the last namespace serves again. */
struct last_mapping {
	struct spec mappings;
	int fd; /* -EBADF: none yet */
};

struct sources {
	struct runtime_launch *launch;
	const struct spec *spec;
	const int *namespace_fds;
	bool are_all_ours; /* the binds */
	struct arena arena;
	struct last_mapping last;
};

static bool has_mapping(const struct spec_mount *mount)
{
	if (mount->uid_mappings.count > 0 || mount->gid_mappings.count > 0)
		return true;
	for (size_t i = 0; i < mount->options.count; i++) {
		const char *option = mount->options.items[i];

		if (str_starts(option, "idmap") || str_starts(option, "ridmap"))
			return true;
	}
	return false;
}

static bool is_ours(const struct sources *s, const struct spec_mount *mount)
{
	if (mount->has_source_fd || has_mapping(mount))
		return true;
	if (!mount_is_bind(mount) || str_is_empty(mount->source))
		return false;
	return s->are_all_ours || mount->source[0] != '/';
}

/* --- mapped ownership -------------------------------------------------------------------- */

static bool is_same(const struct spec_id_mappings *a, const struct spec_id_mappings *b)
{
	return a->count == b->count &&
	       (a->count == 0 || memcmp(a->items, b->items, a->count * sizeof(*a->items)) == 0);
}

static int joined_user_namespace(const struct sources *s)
{
	for (size_t i = 0; i < s->spec->namespace_count; i++)
		if (s->spec->namespaces[i].type == CLONE_NEWUSER && s->namespace_fds)
			return s->namespace_fds[i];
	return -1;
}

/* Returns a borrowed descriptor or -errno. */
static int mapping_open(struct sources *s, const struct spec_mount *mount,
			const struct mount_options *options, struct err *e)
{
	struct spec mappings;
	int r = mount_idmap_resolve(s->spec, mount, options, &s->arena, &mappings, e);
	int fd = joined_user_namespace(s);

	if (r < 0)
		return r;
	if (mappings.uid_mappings.count == 0 && mappings.gid_mappings.count == 0 && fd >= 0)
		return fd;
	if (mappings.uid_mappings.count == 0 || mappings.gid_mappings.count == 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "option idmap: a mapping of users and one of groups are needed");
	if (s->last.fd >= 0 &&
	    is_same(&mappings.uid_mappings, &s->last.mappings.uid_mappings) &&
	    is_same(&mappings.gid_mappings, &s->last.mappings.gid_mappings))
		return s->last.fd;
	fd = idmap_namespace_open(&mappings, e);
	if (fd < 0)
		return fd;
	(void)fd_close(s->last.fd);
	s->last = (struct last_mapping){ .mappings = mappings, .fd = fd };
	return fd;
}

static int mapping_set(struct sources *s, const struct spec_mount *mount,
		       const struct mount_options *options, int mount_fd, struct err *e)
{
	struct mount_change change = { .set = ABI_MOUNT_ATTR_IDMAP };
	int fd = mapping_open(s, mount, options, e);
	int r;

	if (fd < 0)
		return fd;
	change.userns_fd = (uint64_t)fd;
	r = mount_change(mount_fd, &change, options->idmap == MOUNT_IDMAP_RECURSIVE);
	if (r == -EINVAL)
		return err_set(e, ERR_UNSUPPORTED, r,
			       "map the ownership of %s: its file system cannot do that, or it "
			       "is mapped already",
			       mount->source ? mount->source : "the source");
	return r < 0 ? err_sys(e, r, "map the ownership of %s",
			       mount->source ? mount->source : "the source")
		     : 0;
}

/* --- sources ----------------------------------------------------------------------------- */

static bool is_link(const char *path)
{
	char target[1];

	return readlink(path, target, sizeof(target)) >= 0;
}

/* Returns an fd of the launch's, -1 (init opens it by its path) or -errno with a sentence. */
static int source_clone(struct sources *s, const struct spec_mount *mount,
			const struct mount_options *options, struct err *e)
{
	unsigned int flags = 0;
	int fd;

	if (options->is_link_copied && is_link(mount->source))
		return -1;
	if (options->is_recursive)
		flags |= MOUNT_CLONE_RECURSIVE;
	if (options->is_source_kept)
		flags |= MOUNT_CLONE_NOFOLLOW;
	fd = mount_clone(AT_FDCWD, mount->source, flags);
	/* Without privileges only what is in a mount namespace of our own can be cloned. */
	if (fd == -EPERM && options->idmap == MOUNT_IDMAP_NONE)
		return -1;
	if (fd < 0)
		return err_sys(e, fd, "open %s", mount->source);
	return launch_own(s->launch, fd, e);
}

static int source_open(struct sources *s, const struct spec_mount *mount, struct err *e)
{
	struct mount_options options;
	int fd = mount->source_fd;
	int r;

	if (mount->has_source_fd && !has_mapping(mount))
		return launch_inherit(s->launch, fd, e);
	r = mount_options_parse(&mount->options, &options, e);
	mount_options_done(&options);
	if (r < 0)
		return r;
	if (options.idmap == MOUNT_IDMAP_NONE && has_mapping(mount))
		options.idmap = MOUNT_IDMAP_ONE;
	if (!mount_is_bind(mount) || str_is_empty(mount->source))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "a mapped ownership is for bind mounts only");
	if (!mount->has_source_fd)
		fd = source_clone(s, mount, &options, e);
	if (fd < 0)
		return fd;
	r = options.idmap == MOUNT_IDMAP_NONE ? 0 : mapping_set(s, mount, &options, fd, e);
	return r < 0 ? r : launch_inherit(s->launch, fd, e);
}

static int sources_open(struct sources *s, int **fds, struct err *e)
{
	size_t count = s->spec->mount_count;

	for (size_t i = 0; i < count; i++) {
		const struct spec_mount *mount = &s->spec->mounts[i];

		if (!is_ours(s, mount))
			continue;
		if (!*fds) {
			*fds = malloc(count * sizeof(**fds));
			if (!*fds)
				return err_sys(e, ENOMEM, "mounts");
			memset(*fds, 0xff, count * sizeof(**fds));
		}
		(*fds)[i] = source_open(s, mount, e);
		if ((*fds)[i] < -1)
			return err_wrap(e, (*fds)[i], "mount %s on %s",
					mount->source ? mount->source : "it",
					mount->destination ? mount->destination : "nothing");
	}
	return 0;
}

int mount_sources_open(struct runtime_launch *launch, const struct spec *spec, bool has_host,
		       const int *namespace_fds, int **ret_fds, struct err *e)
{
	struct sources s = {
		.launch = launch,
		.spec = spec,
		.namespace_fds = namespace_fds,
		.are_all_ours = !has_host || spec_has_namespace(spec, CLONE_NEWUSER),
		.last = { .fd = -EBADF },
	};
	int *fds = NULL;
	int r = sources_open(&s, &fds, e);

	(void)fd_close(s.last.fd);
	arena_done(&s.arena);
	if (r < 0)
		free(fds);
	else
		*ret_fds = fds;
	return r;
}
