/*
 * The holder: two mount namespaces of our own that outlive every command, and need no process.
 *
 *   RUNROOT/holder/store   a tmpfs with /store, the data root, and /layers, where layers that are
 *                          file systems are mounted once for all containers
 *   RUNROOT/holder/seed    an empty file system that nothing can be written to: containers are
 *                          born in a copy of it, and see neither the host nor the store, not even
 *                          while they are made
 *
 *        the host's mounts                      store                        seed
 *        RUNROOT/holder/store ------------->    /                            /   (empty)
 *        RUNROOT/holder/seed  --------.         /layers/<hex>  layer         |
 *        ROOT  ------- slave ---------|----->   /store                       | copied by clone(2)
 *                                     `-------------------------------->     v
 *                               an overlay made in `store`  ------------>  a container's root
 *
 * Copies of the host's namespace would do, and where no holder can be made they do; but copying
 * and leaving one costs 0.8 us a mount, a layer that is a file system would be mounted by each
 * container anew, with pages of its own, and a process 1 that is born there has the host in view
 * until its pivot.
 *
 * The holder is made on first need and stays until `system reset`, a reboot, or `umount
 * RUNROOT/holder`. It is a holder of one data root, which it is compared with on every use.
 *
 * Runs in: cli (engine).
 * See: mount_namespaces(7), namespaces(7) "pinning"; docs/storage.md.
 */
#ifndef HOY_IMAGE_HOLDER_H
#define HOY_IMAGE_HOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "store/state.h"

/*
 * Run `visit` where layers can be mounted, with the data root as working directory: in the store
 * namespace, or, where none can be made, in a copy of our own that ends with the visit
 * (`is_holder` false). See linux/namespace_visit.h. Returns what it returns, whose sentence in `e`
 * it writes itself, or -errno with a sentence.
 */
typedef int holder_visit_fn(bool is_holder, void *context);
int holder_visit(const struct state *state, holder_visit_fn *visit, void *context,
		 struct err *e);

/* The same, but where there is no holder of this data root yet there is nothing to do: 0. */
int holder_visit_made(const struct state *state, holder_visit_fn *visit, void *context,
		      struct err *e);

/* In a visit, the directory of the layers. */
#define HOLDER_LAYERS "/layers"

/* The seed, as it is after a visit: an fd owned by the caller, or -ENOENT: there is none. */
int holder_seed(const struct state *state);

/* Held while layers are mounted or unmounted, also in a visit; an fd owned by the caller. */
int holder_lock(const struct state *state, struct err *e);

/*
 * Unmount the layer of this name (the hex of its diff id) where it is mounted, so that its blocks
 * are free when it is removed and the last container on it has ended. Returns 0 or -errno.
 */
int holder_forget(const struct state *state, const char *name, struct err *e);

/* How many layers are mounted that are not in the data root any more; `is_forgetting`: unmounts
 * them. */
int holder_count_lost(const struct state *state, bool is_forgetting, size_t *ret,
		      struct err *e);

/* Let go of it; mounts that containers use stay theirs. None is no error. */
int holder_remove(const struct state *state, struct err *e);

#endif
