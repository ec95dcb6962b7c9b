/*
 * One container as hoy-runtime remembers it between two calls: a directory ROOT/ID.
 *
 *   state.json    what was found out while it was created; written once by create (temporary and rename), never changed
 *                 but by update (resources) through the same rename
 *   config.json   a copy of the bundle's, as create saw it: what changes in the bundle later has no effect
 *   start         the socket that init waits on for START; removed by start
 *
 * The directory itself is locked (flock(2)), exclusively, by whoever changes the container (create, start, delete,
 * update); never while waiting for the container's program.
 *
 * What the container is doing is derived, never stored:
 *
 *   no state.json, locked               creating
 *   no state.json, not locked           debris of a create that was killed: delete removes it, the next create too
 *   init lives and is still hoy-init    created
 *   init lives                          running, or paused (its cgroup is frozen)
 *   init is gone (pid and start time)   stopped
 *
 * Runs in: runtime.
 * See: OCI runtime-spec runtime.md "State", "Lifecycle".
 */
#ifndef HOY_OCI_CONTAINER_H
#define HOY_OCI_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "oci/oci.h"
#include "runtime/cgroup.h"
#include "runtime/cgroup_make.h"
#include "spec/runtime_spec.h"

enum { OCI_ID_MAX = 1024 };

/* How long killed processes are waited for. */
#define CONTAINER_KILL_TIMEOUT_NS (10ull * 1000 * 1000 * 1000)

enum oci_status { OCI_CREATING, OCI_CREATED, OCI_RUNNING, OCI_PAUSED, OCI_STOPPED };

/* state.json; texts live in the arena that it was read into. */
struct oci_state {
	pid_t pid;		 /* of init on the host */
	uint64_t start_ticks;	 /* field 22 of /proc/PID/stat: pid and this name a process */
	const char *bundle;	 /* absolute */
	const char *root;	 /* of the file tree, absolute */
	uint64_t created_ns;	 /* wall clock */
	const char *owner;	 /* user name or number */
	const char *cgroup_path; /* below each hierarchy; "" none */
	const char *scope;	 /* systemd unit that holds it; NULL: none */
	bool is_rootless;
	bool is_pid_shared;	 /* no pid namespace of its own: kill and delete go by cgroup */
	bool has_poststart;	 /* hooks that start runs */
	bool has_poststop;	 /* hooks that delete runs */
	struct strv annotations; /* "key=value" */
};

struct oci_container {
	const char *id; /* borrowed */
	int dir_fd;
	bool has_state; /* false: it is being created */
	struct oci_state state;
};

#define AUTO_CONTAINER __attribute__((cleanup(container_close)))

/* Letters, digits and _ + - . as runc allows; not "." or ".."; at most OCI_ID_MAX bytes.
 * Returns 0 or -EINVAL with a sentence. */
int container_id_check(const char *id, struct err *e);

/*
 * Make ROOT/ID and lock it. Returns 0, or -EEXIST (ERR_CONFLICT, "container with given ID
 * already exists") unless it is debris, which is removed first.
 */
int container_make(struct oci *oci, const char *id, struct oci_container *ret, struct err *e);

enum container_lock { CONTAINER_READ, CONTAINER_LOCK };

/*
 * Open an existing one and read its state. One that is being created opens for reading, without
 * a state. Returns 0, -ENOENT (ERR_NOT_FOUND, "container does not exist"; also for debris), or
 * -EBUSY (ERR_CONFLICT: to be locked, and being created).
 */
int container_open(struct oci *oci, const char *id, enum container_lock lock,
		   struct oci_container *ret, struct err *e);
void container_close(struct oci_container *container);
void container_unlock(struct oci_container *container);
/* Wait for the lock. Returns 0, or -ENOENT: it was removed meanwhile. */
int container_lock(struct oci_container *container);

/* Write state.json; container->state becomes what it says. */
int container_write_state(struct oci_container *container, const struct oci_state *state,
			  struct err *e);
/* Keep a copy of the bundle's config.json, byte for byte. */
int container_write_config(struct oci_container *container, const char *text, size_t len,
			   struct err *e);
/* Parse the copy. */
int container_read_spec(struct oci *oci, const struct oci_container *container,
			struct spec *ret, struct err *e);
/* Remove the directory; the lock goes with it. */
int container_remove(struct oci *oci, struct oci_container *container, struct err *e);
/*
 * Remove what a create that was killed has left of ROOT/ID: its cgroup with what is in it, and
 * the directory. Nothing there is fine; one with a state, or being created, is left alone.
 */
int container_remove_debris(struct oci *oci, const char *id, struct err *e);

enum oci_status container_status(const struct oci_container *container);
/* The same without looking for the cgroup: a paused one counts as running. */
enum oci_status container_status_of_init(const struct oci_container *container);
const char *oci_status_text(enum oci_status status); /* "creating", "created" ... */

/* A pidfd of init, verified by its start time. Owned by the caller; -ESRCH: it is gone. */
int container_open_init(const struct oci_container *container);

/* For cgroup_make: by what the global options and the spec say. */
void container_cgroup_request(const struct oci *oci, const char *id, const struct spec *spec,
			      struct cgroup_request *ret);
/* The container's cgroup, opened; mode CGROUP_NONE when it has none. To be done by the caller.
 */
int container_open_cgroup(const struct oci_container *container, struct cgroup *ret,
			  struct err *e);

/*
 * The state as the specification has it, for `state` and the hooks' standard input:
 * {"ociVersion","id","pid","status","bundle","rootfs","created","annotations","owner"}, runc's
 * keys in runc's order. `status` is a word: hooks are told "creating" where we know better.
 * `indent` NULL: on one line.
 */
void container_state_json(const char *id, const struct oci_state *state, const char *status,
			  pid_t pid, const char *indent, struct str *out);
/* Its members but the last, "owner", into an object that is begun already: for lists. */
struct json_writer;
void container_state_write(struct json_writer *w, const char *id, const struct oci_state *state,
			   const char *status, pid_t pid);

#endif
