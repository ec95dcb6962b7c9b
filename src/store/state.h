/*
 * Where everything is: the data root, the run root, and what lies in them.
 *
 *   ROOT (0700)                                  survives a reboot
 *     version                                    "1\n"
 *     containers/ID/                             a container is published by rename(2) from pending/ID, and unpublished the same way
 *       record.json lock exit log* upper/ work/ hosts hostname resolv.conf
 *     pending/ID/                                being made or being removed, by whoever holds its `lock`; nobody: debris
 *     names/NAME -> ID                           symbolic links made with O_EXCL semantics; the only table of names
 *     volumes/NAME/{volume.json,_data/}
 *     images/ blobs/ layers/ partial/ tmp/       see image/image_store.h
 *     seccomp/KEY                                compiled filters
 *   RUNROOT (0711)                               gone after a reboot, or of an earlier boot (see run_state.boot_id)
 *     containers/ID/{alive,attach,state,life}
 *     holder/ holder.lock                        mount namespaces, pinned: see image/holder.h
 *     dns.sock dns.lock                          hoy-dns, while it runs: see engine/resolver.h
 *     drivers                                    which storage drivers work: see image/driver.c
 *
 * Order of locks: names, containers by id, volumes, networks, images, layers. No lock is held while waiting for a container.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_STORE_STATE_H
#define HOY_STORE_STATE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/id.h"
#include "base/str.h"

#define STATE_DEFAULT_ROOT    "/var/lib/hoy"
#define STATE_DEFAULT_RUNROOT "/run/hoy"

struct state {
	char root[PATH_MAX]; /* absolute, canonical: the instance's name is made of it */
	char runroot[PATH_MAX];
	int root_fd;
	int runroot_fd;
	const char *driver; /* the storage driver that is asked for; NULL: what works */
	/* "hoy-" and 8 hex digits of sha256(root)... any stable hash: the cgroup below which
	 * all containers are */
	char instance[16];
};

/* Open (and make, with the directories above) the state. NULL paths: HOY_ROOT, HOY_RUNROOT,
 * then the defaults. */
int state_open(struct state *state, const char *root, const char *runroot, struct err *e);
void state_close(struct state *state);

#endif
