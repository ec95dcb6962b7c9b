/*
 * See poststart.h.
 *
 * Runs in: runtime.
 */
#include "oci/poststart.h"

#include "oci/destroy.h"
#include "runtime/hooks.h"

int poststart_run(struct oci *oci, const struct oci_container *container, struct err *e)
{
	AUTO_STR struct str state = { 0 };
	struct spec spec;
	int r;

	if (!container->state.has_poststart)
		return 0;
	r = container_read_spec(oci, container, &spec, e);
	if (r < 0)
		return r;
	container_state_json(container->id, &container->state, oci_status_text(OCI_RUNNING),
			     container->state.pid, NULL, &state);
	r = hooks_run(&spec.hooks_poststart, "poststart", str_text(&state), false, e);
	if (r < 0)
		(void)destroy_kill(container, container->state.is_pid_shared, NULL);
	return r;
}
