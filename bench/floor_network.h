/*
 * The network of `floor --bridge`: one veth pair and one element of a map, on a bridge and beside a table that are there already.
 *
 * Runs in: the benchmark only.
 */
#ifndef HOY_BENCH_FLOOR_NETWORK_H
#define HOY_BENCH_FLOOR_NETWORK_H

#include <sys/types.h>

/* Each returns 0 or -errno. */

/* The bridge `floor0` and a table with one map; once, not measured. */
int floor_network_setup(void);
/* A pair on the bridge with its far end in the namespace of `pid`, address and route there, and the element of `port`. */
int floor_network_join(pid_t pid, unsigned short port);
/* The element again; the pair goes with the namespace. */
int floor_network_leave(unsigned short port);
void floor_network_clean(void);

#endif
