/*
 * The OCI spec of a container: a pure function of its record and of facts that were gathered
 * before.
 *
 * Nothing is opened, read or changed here, so golden tests cover it without root. Docker's
 * defaults are in the tables of container_mounts.c (mounts, masked and read-only paths),
 * container_privileges.c (capabilities, security options) and container_limits.c (cgroup
 * limits, device rules, rlimits).
 *
 * Runs in: cli (engine).
 * See: OCI runtime-spec config.md; moby daemon/pkg/oci/defaults.go.
 */
#ifndef HOY_ENGINE_CONTAINER_SPEC_H
#define HOY_ENGINE_CONTAINER_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "spec/runtime_spec.h"
#include "store/record.h"

struct device_fact {	   /* one --device, or one node of the host's /dev for --privileged */
	char *path;	   /* inside */
	char *permissions; /* "rwm" */
	uint32_t type;	   /* S_IFCHR, S_IFBLK */
	int64_t major;
	int64_t minor;
	uint32_t mode;
	uint32_t uid;
	uint32_t gid;
};

struct container_facts {
	/* absolute path of the container's directory: hosts, hostname, resolv.conf are in it */
	const char *directory;
	const char *volumes; /* absolute path of ROOT/volumes */
	/* what the container is called; NULL with the host's uts namespace */
	const char *hostname;
	struct spec_user user;
	const char *home;
	uint64_t capabilities; /* what can be given at all: a mask */
	struct strv links;     /* variables of --link */
	int network_fd;	       /* namespaces of another container to join; -1 */
	int ipc_fd;
	int pid_fd;
	int shm_fd; /* the other container's /dev/shm, a detached mount; -1 */
	const struct device_fact *devices;
	size_t device_count;
	uint16_t rows; /* of the caller's terminal; 0: unknown */
	uint16_t columns;
};

/* Everything lives in `arena`, or is borrowed from record and facts. Returns 0, or -EINVAL with
 * a sentence naming the setting. */
int container_spec(const struct record *record, const struct container_facts *facts,
		   struct arena *arena, struct spec *ret, struct err *e);

/* Does it have a user namespace of its own? */
bool container_has_userns(const struct container_config *config);

/* argv after entrypoint and command are joined. -EINVAL when there is none. */
int container_args(const struct container_config *config, struct arena *arena, struct strv *ret,
		   struct err *e);

/* --- the parts, in their own files ------------------------------------------------------- */

int container_mounts(const struct record *record, const struct container_facts *facts,
		     struct spec *spec, struct err *e);
void container_masks(const struct container_config *config, struct spec *spec);
/* Capabilities, no_new_privileges, seccomp. */
int container_privileges(const struct container_config *config, uint64_t available,
			 struct spec *spec, struct err *e);
int container_limits(const struct container_config *config, const struct container_facts *facts,
		     struct spec *spec, struct err *e);
int container_rlimits(const struct container_config *config, struct spec_process *process,
		      struct arena *arena, struct err *e);
int container_sysctls(const struct container_config *config, struct spec *spec, struct err *e);
/* PATH, HOSTNAME, TERM, those of `facts->links`, the configured ones, HOME: in docker's
 * order. */
void container_env(const struct container_config *config, const struct container_facts *facts,
		   bool is_tty, struct arena *arena, struct strv *ret);

/* The set for "cap_add" and "cap_drop" on top of docker's 14. -EINVAL names the unknown one. */
int capabilities_choose(const struct strv *add, const struct strv *drop, bool is_privileged,
			uint64_t available, uint64_t *ret, struct err *e);

/* What "--security-opt" says. */
struct security_options {
	bool has_no_new_privileges;
	bool is_seccomp_unconfined;
	const char *seccomp_profile; /* JSON; NULL: the default */
	const char *apparmor;
	bool has_system_paths; /* systempaths=unconfined: nothing masked or read-only */
};
int security_options_parse(const struct strv *options, struct security_options *ret,
			   struct err *e);

#define SECCOMP_KEY_DEFAULT "default"
/* Neither unconfined nor a profile of the user's own. */
bool container_uses_default_seccomp(const struct container_config *config);

/* Is this namespace mode "container:X"? Then X, else NULL. */
const char *mode_container(const char *mode);
bool mode_is(const char *mode, const char *word);

#endif
