/*
 * Facts of the host that a plan depends on, and where our own programs are.
 *
 * Runs in: cli (engine), runtime.
 * See: capabilities(7) "Capability bounding set".
 */
#include <sys/prctl.h>
#include <unistd.h>

#include "runtime/runtime.h"

int host_facts_read(struct host_facts *ret, struct err *e)
{
	*ret = (struct host_facts){ .is_rootless = geteuid() != 0 };
	for (uint32_t c = 0; c < 64; c++) {
		int is_set = prctl(PR_CAPBSET_READ, c, 0, 0, 0);

		if (is_set < 0)
			break;
		ret->last_capability = c;
		ret->capability_bounding |= (uint64_t)is_set << c;
	}
	return ret->last_capability > 0
		       ? 0
		       : err_sys(e, EINVAL, "read the capability bounding set");
}
