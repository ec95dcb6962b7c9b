/*
 * Writing a limit to the hierarchy of cgroup v1 that has its controller; see cgroup_v1.h.
 *
 * Runs in: cli (engine), runtime.
 */
#ifndef HOY_RUNTIME_CGROUP_V1_PUT_H
#define HOY_RUNTIME_CGROUP_V1_PUT_H

#include <stdbool.h>

#include "base/err.h"
#include "runtime/cgroup.h"
#include "spec/runtime_spec.h"

/* The container's directory there, made when it is missing; `file` is for the sentence. */
int cgroup_v1_directory(struct cgroup *cgroup, enum cgroup_controller controller,
			const char *file, int *ret_fd, struct err *e);
int cgroup_v1_put_text(struct cgroup *cgroup, enum cgroup_controller controller,
		       const char *file, const char *value, struct err *e);
/* Nothing when it is not set. */
int cgroup_v1_put(struct cgroup *cgroup, enum cgroup_controller controller, const char *file,
		  struct spec_number number, struct err *e);
bool cgroup_v1_has_file(struct cgroup *cgroup, enum cgroup_controller controller,
			const char *file);

/* The groups of limits. */
int cgroup_v1_apply_memory(struct cgroup *cgroup, const struct spec_resources *resources,
			   bool is_update, struct err *e);
int cgroup_v1_apply_cpu(struct cgroup *cgroup, const struct spec_resources *resources,
			bool is_update, struct err *e);
int cgroup_v1_apply_cpuset(struct cgroup *cgroup, const struct spec_resources *resources,
			   struct err *e);
int cgroup_v1_apply_block(struct cgroup *cgroup, const struct spec_resources *resources,
			  struct err *e);

#endif
