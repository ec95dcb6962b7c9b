/*
 * What bench/floor.c (outside) and bench/floor_inside.c (inside) agree on.
 *
 * Runs in: the benchmark only.
 */
#ifndef HOY_BENCH_FLOOR_H
#define HOY_BENCH_FLOOR_H

enum { FLOOR_HIERARCHIES = 7, FLOOR_FILTER_MAX = 4096 * 8 };

/* Arguments of floor-inside. Paths are absolute. */
enum floor_argument {
	FLOOR_ARG_PROGRAM,
	FLOOR_ARG_MODE, /* "run", "oci" or "docker" */
	/* has lower/ (the root file system), and the three files of "docker" */
	FLOOR_ARG_DIR,
	/* this container's directory: merged, and of "run" upper work hosts hostname resolv.conf */
	FLOOR_ARG_SELF,
	FLOOR_ARG_FILTER, /* number of the descriptor of the seccomp program; "-" for none */
	/* number of the pipe that says that the network is there; "-" for none */
	FLOOR_ARG_NETWORK,
	/* first of the seven: numbers of the descriptors that "0" is written to */
	FLOOR_ARG_TASKS,
	FLOOR_ARG_COUNT = FLOOR_ARG_TASKS + FLOOR_HIERARCHIES
};

#endif
