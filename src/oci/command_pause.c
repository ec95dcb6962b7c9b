/*
 * pause and resume: all processes of a container stand still, and go on.
 *
 * Runs in: runtime.
 * See: runc-pause(8), runc-resume(8).
 */
#include "oci/container.h"

static const struct oci_syntax syntax = {
	.min = 1,
	.max = 1,
	.arguments = "<container-id>",
};

static int check(const struct oci_container *container, struct cgroup *cgroup,
		 bool wants_frozen, struct err *e)
{
	enum oci_status status = container_status_of_init(container);
	int is_frozen;

	if (status != OCI_RUNNING && status != OCI_CREATED)
		return err_set(e, ERR_CONFLICT, -ESRCH, "container not %s",
			       wants_frozen ? "running" : "paused");
	if (cgroup->mode == CGROUP_NONE)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "container %s has no cgroup to be frozen in", container->id);
	is_frozen = cgroup_is_frozen(cgroup);
	if (is_frozen < 0)
		return err_sys(e, is_frozen, "look whether container %s is frozen",
			       container->id);
	if ((is_frozen > 0) == wants_frozen)
		return err_set(e, ERR_CONFLICT, -EALREADY, "container not %s",
			       wants_frozen ? "running" : "paused");
	return 0;
}

static int freeze(struct oci *oci, const char *id, bool wants_frozen, struct err *e)
{
	AUTO_CONTAINER struct oci_container container = { .dir_fd = -EBADF };
	struct cgroup cgroup;
	int r = container_open(oci, id, CONTAINER_READ, &container, e);

	if (r == 0)
		r = container_open_cgroup(&container, &cgroup, e);
	if (r < 0)
		return r;
	r = check(&container, &cgroup, wants_frozen, e);
	if (r == 0)
		r = cgroup_freeze(&cgroup, wants_frozen, e);
	cgroup_done(&cgroup);
	return r;
}

static int run(struct oci *oci, char **argv, bool wants_frozen)
{
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;

	if (!oci_parse(oci, &syntax, argv, NULL, &args, &exit_code))
		return exit_code;
	return freeze(oci, args.items[0], wants_frozen, &e) < 0 ? oci_report(oci, &e) : 0;
}

int oci_pause(struct oci *oci, char **argv)
{
	return run(oci, argv, true);
}

int oci_resume(struct oci *oci, char **argv)
{
	return run(oci, argv, false);
}
