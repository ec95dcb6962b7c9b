/*
 * The control group of a container of hoy-runtime, from its spec to its removal, whoever
 * manages it: the file system, or systemd.
 *
 *   cgroup_make      place it, make it, limit it                        create
 *   cgroup_settle    init is in it: what kept a scope alive may go      create, after READY
 *   cgroup_update    change limits, in the manager and in the files     update
 *   cgroup_unmake    remove what is empty                               delete
 *
 * Runs in: runtime.
 */
#ifndef HOY_RUNTIME_CGROUP_MAKE_H
#define HOY_RUNTIME_CGROUP_MAKE_H

#include <stdbool.h>

#include "base/err.h"
#include "runtime/cgroup.h"
#include "runtime/cgroup_path.h"
#include "runtime/systemd.h"
#include "spec/runtime_spec.h"

enum cgroup_manager { CGROUP_BY_FILES, CGROUP_BY_SYSTEMD };

struct cgroup_request {
	const char *id;
	const struct spec *spec;
	enum cgroup_manager manager;
	/* Not root of the initial user namespace: a group that may not be made is done without
	 * unless a limit asks for it, and systemd is the user's own. */
	bool is_rootless;
};

struct cgroup_made {
	struct cgroup cgroup;	  /* opened; its path goes into the state */
	char unit[UNIT_NAME_MAX]; /* systemd's; "" for CGROUP_BY_FILES. Goes into the state */
	bool is_user;
	struct systemd_keeper keeper;
};

/*
 * What cgroup_make would make: path, unit, hierarchies; touches nothing. For who finds that a
 * create was killed: cgroup_open, cgroup_kill, cgroup_unmake.
 */
int cgroup_place(const struct cgroup_request *request, struct cgroup_made *ret, struct err *e);

/* On failure nothing of it is left. `ret` is given back by cgroup_settle and cgroup_done. */
int cgroup_make(const struct cgroup_request *request, struct cgroup_made *ret, struct err *e);

void cgroup_settle(struct cgroup_made *made);

/* Only what is set is changed. `unit` NULL or "": no systemd. The group is open. */
int cgroup_update(struct cgroup *cgroup, const char *unit, bool is_user,
		  const struct spec_resources *resources, struct err *e);

/* The processes are dead (cgroup_kill). Gone already is fine; -EBUSY while some are left. */
int cgroup_unmake(struct cgroup *cgroup, const char *unit, bool is_user, struct err *e);

#endif
