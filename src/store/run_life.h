/*
 * The pipe between a container's monitor and hoy-dns: RUNROOT/containers/ID/life.
 *
 * Nothing goes through it: each of the two sees by it that the other has ended. It has a name, so
 * that who registers a container later needs nothing of its monitor.
 *
 * Runs in: cli (engine).
 * See: proto/dns.h; fifo(7).
 */
#ifndef HOY_STORE_RUN_LIFE_H
#define HOY_STORE_RUN_LIFE_H

#include "store/state.h"

/* Make it in a run directory. Returns its reading end, owned by the caller, or -errno. Nothing is
 * reported there before somebody has opened the other end and let go of it. */
int run_life_make(int run_dir_fd);
/* The writing end. Returns an fd owned by the caller, -ENOENT (the container was started without),
 * -ENXIO (its monitor has ended) or -errno. */
int run_life_open(const struct state *state, const char *id);

#endif
