/*
 * A container on its way to running: what create, run and start share.
 *
 * Steps of engine_run; each pushes its reverse on `undo`, and a success commits:
 *
 *    1 image and configuration          create.c
 *    2 directory in pending/, name, root file system      create.c, container_root.c
 *    3 volumes                          create.c
 *    4 ports, facts, spec               container_network.c, start_facts.c
 *    5 cgroups, run directory, address  start.c, container_network.c
 *    6 plan, streams                    start.c
 *    7 fork: the child launches init and becomes the monitor      start_monitor.c
 *    8 meanwhile: interface and published ports, state file, record    container_network.c, start.c
 *    9 READY: publish                   start.c
 *   10 START: the program runs          start.c
 *
 * engine_create ends after step 3 and mounts nothing, engine_start begins with step 4 on a
 * published directory, whose root file system it mounts before.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_ENGINE_START_H
#define HOY_ENGINE_START_H

#include "base/undo.h"
#include "engine/container_end.h"
#include "engine/container_hosts.h"
#include "engine/container_resolver.h"
#include "engine/container_spec.h"
#include "engine/engine.h"
#include "network/endpoint.h"
#include "network/port_reserve.h"
#include "runtime/cgroup.h"
#include "runtime/runtime.h"
#include "store/run_dir.h"

/* Both ends of what a container's program reads and writes. */
struct start_streams {
	int input_read;	 /* for init */
	int input_write; /* for the monitor */
	int output_read;
	int output_write;
	int error_read;
	int error_write;
	int console_init; /* socket for the pty master: init's end, the monitor's end */
	int console_monitor;
	int client_monitor; /* the first client: the monitor's end, the caller's end */
	int client;
};

struct start {
	struct engine *engine;
	struct arena *arena;
	struct record record;
	struct container_dir dir;
	bool is_run;   /* made to be started at once */
	bool has_name; /* reserved by us */
	int root_fd;   /* the root file system, a detached mount; -1: not yet */
	int seed_fd;   /* the mount namespace that init gets a copy of; -1: ours */
	/* images and volumes held as they are, until the record says which are needed; -1 */
	int images_fd;
	int volumes_fd;

	struct container_facts facts;
	struct network *networks; /* in the arena; as many as endpoints, and in their order */
	struct endpoints endpoints;
	struct port_reservation ports; /* the sockets of published ports */
	int life_fd;		       /* the monitor's end of its pipe to hoy-dns; -1 */
	struct container_resolver resolver;
	char hostname[HOSTNAME_SIZE];
	struct spec spec;
	struct cgroup cgroup;
	struct run_dir run_dir;
	struct start_streams streams;
	struct runtime_launch launch;
	bool has_launch;
	pid_t monitor_pid;
	uint64_t started_ns;

	struct undo undo;
};

#define AUTO_START __attribute__((cleanup(start_done)))

/* Let go of images_fd and volumes_fd. */
void start_release_holds(struct start *s);
/* Everything closed, nothing made. `arena` is borrowed. */
void start_init(struct start *s, struct engine *engine, struct arena *arena);
/* Runs what is on the undo stack and closes everything. */
void start_done(struct start *s);

/* Steps 1 to 3. */
int start_prepare(struct start *s, const struct engine_create_request *request, struct err *e);
/* The record of a container that is being made; from then on rmi sees it. */
int start_write_record(struct start *s, struct err *e);
/* Steps 4 to 10. `ret` gets id and client. */
int start_container(struct start *s, const struct engine_start_request *request,
		    struct engine_started *ret, struct err *e);

/* Steps 4 to 10 of one that is published and locked, and does not run: what its last run
 * left is cleared away first. */
int start_again(struct start *s, const struct engine_start_request *request,
		struct engine_started *ret, struct err *e);

/* Step 4. */
int start_facts(struct start *s, const struct engine_start_request *request, struct err *e);
void start_facts_done(struct start *s);
/* Step 7: on return launch.pid and monitor_pid are known. */
int start_monitor(struct start *s, struct err *e);

#endif
