/*
 * See namespace_own.h.
 *
 * Runs in: runtime.
 */
#include "runtime/namespace_own.h"

#include <linux/sched.h>
#include <sys/stat.h>

static const char *own_path(int type)
{
	switch (type) {
	case CLONE_NEWNS:
		return "/proc/self/ns/mnt";
	case CLONE_NEWPID:
		return "/proc/self/ns/pid";
	case CLONE_NEWNET:
		return "/proc/self/ns/net";
	case CLONE_NEWIPC:
		return "/proc/self/ns/ipc";
	case CLONE_NEWUTS:
		return "/proc/self/ns/uts";
	case CLONE_NEWUSER:
		return "/proc/self/ns/user";
	case CLONE_NEWCGROUP:
		return "/proc/self/ns/cgroup";
	default:
		return "/proc/self/ns/time";
	}
}

static bool is_own(const struct spec_namespace *ns)
{
	struct stat named;
	struct stat ours;

	return ns->path && stat(ns->path, &named) == 0 &&
	       stat(own_path(ns->type), &ours) == 0 && named.st_dev == ours.st_dev &&
	       named.st_ino == ours.st_ino;
}

int namespace_own_leave(const struct spec **spec, struct err *e)
{
	const struct spec *named = *spec;
	struct spec *left;
	size_t count = 0;
	bool has_own = false;

	for (size_t i = 0; i < named->namespace_count; i++)
		has_own = has_own || is_own(&named->namespaces[i]);
	if (!has_own)
		return 0;
	left = arena_alloc(named->arena, sizeof(*left));
	if (!left)
		return err_sys(e, ENOMEM, "namespaces");
	*left = *named;
	left->namespaces =
		arena_array(named->arena, named->namespace_count, sizeof(*left->namespaces));
	if (!left->namespaces)
		return err_sys(e, ENOMEM, "namespaces");
	for (size_t i = 0; i < named->namespace_count; i++) {
		if (!is_own(&named->namespaces[i]))
			left->namespaces[count++] = named->namespaces[i];
	}
	left->namespace_count = count;
	*spec = left;
	return 0;
}
