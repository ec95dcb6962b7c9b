/*
 * The cgroup of a container: where it is to be, where it is, and that of one that was never
 * finished.
 *
 * Runs in: runtime.
 */
#include "base/fd.h"
#include "oci/container_state.h"

void container_cgroup_request(const struct oci *oci, const char *id, const struct spec *spec,
			      struct cgroup_request *ret)
{
	*ret = (struct cgroup_request){
		.id = id,
		.spec = spec,
		.manager = oci->cgroup_manager == OCI_SYSTEMD ? CGROUP_BY_SYSTEMD
							      : CGROUP_BY_FILES,
		.is_rootless = oci->is_rootless,
	};
}

int container_open_cgroup(const struct oci_container *container, struct cgroup *ret,
			  struct err *e)
{
	int r;

	*ret = (struct cgroup){ .mode = CGROUP_NONE };
	if (!container->has_state || str_is_empty(container->state.cgroup_path))
		return 0;
	r = cgroup_init(ret, container->state.cgroup_path, e);
	if (r == 0)
		r = cgroup_open(ret, e);
	if (r < 0)
		cgroup_done(ret);
	return r;
}

static int debris_remove(const struct cgroup_request *request, struct err *e)
{
	struct cgroup_made made;
	int r = cgroup_place(request, &made, e);

	if (r < 0)
		return r;
	r = cgroup_open(&made.cgroup, e);
	if (r == 0)
		r = cgroup_kill(&made.cgroup, CONTAINER_KILL_TIMEOUT_NS, e);
	if (r == 0)
		r = cgroup_unmake(&made.cgroup, made.unit, made.is_user, e);
	cgroup_done(&made.cgroup);
	return r;
}

int debris_remove_cgroup(struct oci *oci, const struct oci_container *container, struct err *e)
{
	struct cgroup_request request;
	struct spec spec;

	if (oci->cgroup_manager == OCI_CGROUP_DISABLED ||
	    container_read_spec(oci, container, &spec, NULL) < 0)
		return 0;
	container_cgroup_request(oci, container->id, &spec, &request);
	return debris_remove(&request, e);
}
