/*
 * The birth of a container up to "created": what create and run have in common.
 *
 *   bundle -> directory (locked) -> copy of the config -> cgroup -> plan -> init .. READY
 *   -> terminal handed on -> state.json -> pid file -> init is told that it is recorded
 *
 * Each step pushes its reverse. Killed at any moment, we leave what container_remove_debris
 * finds: an init that is not recorded ends by itself when we are gone (proto/sync.h), and the
 * cgroup's place follows from the copy of the config, which is there before any cgroup.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec runtime.md "Lifecycle", 1 to 4.
 */
#ifndef HOY_OCI_BIRTH_H
#define HOY_OCI_BIRTH_H

#include "base/undo.h"
#include "oci/bundle.h"
#include "oci/console.h"
#include "oci/container.h"
#include "oci/create_options.h"
#include "oci/descriptors.h"
#include "runtime/cgroup_make.h"
#include "runtime/runtime.h"

struct birth {
	struct oci *oci;
	struct create_options *options;
	bool is_detached;		/* we shall be gone while the program runs */
	bool waits_for_other;		/* create: START comes from another process */
	struct descriptors descriptors; /* found by the caller, who knows what is open */
	struct bundle bundle;
	struct oci_container container;
	struct oci_state state;
	bool has_cgroup;
	struct cgroup_made cgroup;
	struct console console;
	int wait_fd;
	struct runtime_launch launch; /* launch.pid is init's */
	struct undo undo;
};

/*
 * Up to "created", for the container `id`. On success all of it stays until birth_undo or
 * birth_done; on failure nothing is left.
 */
int birth_run(struct birth *birth, const char *id, struct err *e);
/* A later step failed: nothing of the container is to be left. */
void birth_undo(struct birth *birth);
/* Give back memory and descriptors; the container stays. */
void birth_done(struct birth *birth);

#endif
