/*
 * The engine: the use cases of docker's command line, without argv, printing or HTTP.
 *
 * A container is named by its name, its id, or a unique prefix of its id. Every function either
 * succeeds or leaves things as they were, with one sentence in `e`.
 *
 * Runs in: cli.
 */
#ifndef HOY_ENGINE_ENGINE_H
#define HOY_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "base/str.h"
#include "format/ip.h"
#include "image/archive.h"
#include "image/image_pull.h"
#include "image/image_push.h"
#include "image/image_store.h"
#include "spec/container_config.h"
#include "store/liveness.h"
#include "store/record.h"
#include "store/state.h"

struct engine {
	struct state state;
	/* where a port without an address is published; none: everywhere */
	struct ip_address publish_address;
	const char *hold_stage; /* debugging: hold a new container's init at this stage; NULL */
	char started_name[RECORD_NAME_SIZE]; /* of the last engine_run, for engine_finish_run */
};

/* Opens the state and finishes or undoes what killed commands left (pending/, dead containers).
 */
int engine_open(struct engine *engine, const char *root, const char *runroot, struct err *e);
void engine_close(struct engine *engine);
/* Is there a storage driver of this name? 0, or -EINVAL with a sentence. */
int engine_check_driver(const char *name, struct err *e);
/* `name` NULL: HOY_STORAGE_DRIVER, or else what works here. Borrowed as long as the engine. */
int engine_use_driver(struct engine *engine, const char *name, struct err *e);
/* Publish ports without an address there. `address` NULL: HOY_PUBLISH_ADDRESS, or else
 * everywhere. */
int engine_use_publish_address(struct engine *engine, const char *address, struct err *e);
/* The driver in use: for info. */
int engine_driver_name(struct engine *engine, const char **ret, struct err *e);

/* --- making and starting ----------------------------------------------------------------- */

struct engine_create_request {
	const char *name;		 /* NULL: generated, adjective_surname */
	struct container_config *config; /* merged with the image in place */
	struct arena *arena;		 /* where config lives */
	bool is_platform_chosen;	 /* no warning about an image for another machine */
};

/* docker create. Returns 0 with the id. */
int engine_create(struct engine *engine, const struct engine_create_request *request,
		  char ret_id[ID_SIZE], struct err *e);

struct engine_start_request {
	bool wants_client;     /* attach from the first byte on */
	uint16_t attach_flags; /* enum attach_flags */
	uint16_t rows;	       /* of the caller's terminal; 0: unknown */
	uint16_t columns;
};

struct engine_started {
	char id[ID_SIZE];
	/* SOCK_SEQPACKET of proto/attach.h, HELLO sent already; owned by the caller; -1 */
	int client_fd;
};

/* docker start of a created or exited container. ERR_COMMAND_*: the command could not be
 * executed. */
int engine_start(struct engine *engine, const char *container,
		 const struct engine_start_request *request, struct engine_started *ret,
		 struct err *e);

/* docker run: create and start as one, published once. With auto_remove nothing is left when it
 * fails. */
int engine_run(struct engine *engine, const struct engine_create_request *create,
	       const struct engine_start_request *start, struct engine_started *ret,
	       struct err *e);

/* After the EXIT frame of a foreground run: name and record gone (auto_remove) before the
 * command returns. */
int engine_finish_run(struct engine *engine, const char *id, struct err *e);

/* Attach to a running one. Returns a client fd owned by the caller, HELLO sent. */
int engine_attach(struct engine *engine, const char *container, uint16_t attach_flags,
		  struct err *e);

/* --- exec -------------------------------------------------------------------------------- */

struct engine_exec_request {
	struct strv args;
	struct strv env;	 /* NAME=value, added to the container's */
	const char *user;	 /* NULL: the container's */
	const char *working_dir; /* NULL: the container's */
	bool is_tty;
	bool is_interactive;
	bool is_detached;
	bool is_privileged;
	uint16_t rows;
	uint16_t columns;
};

struct engine_exec {
	pid_t pid;
	/* the process; poll for its end, waitid(P_PIDFD) for its status (it is our child unless
	 * detached) */
	int pidfd;
	/* pipe ends, or all three -1 and `console` the pty master; owned by the caller */
	int input;
	int output;
	int error;
	int console;
};

int engine_exec(struct engine *engine, const char *container,
		const struct engine_exec_request *request, struct engine_exec *ret,
		struct err *e);

/* --- ending ------------------------------------------------------------------------------ */

struct engine_stop_report {
	bool was_running;
	/* PID 1 neither handles the stop signal nor has it as default action: it was killed at
	 * once */
	bool is_signal_unhandled;
	bool was_killed; /* SIGKILL after the timeout */
	int signal;
};

/* `signal` 0: the container's own; `timeout_s` -1: the container's own (10), less: no end.
 * Waits until it has ended. */
int engine_stop(struct engine *engine, const char *container, int signal, int timeout_s,
		struct engine_stop_report *ret, struct err *e);

/*
 * The same in two steps, so that several end at the same time: the first sends the signal (and
 * kills whom it would not reach), the second waits for the rest of the timeout, and kills.
 * After a first step without an error the second one must be done.
 */
struct engine_stopping {
	char id[ID_SIZE];
	char name[RECORD_NAME_SIZE];
	int pidfd; /* of init; -1: nothing runs any more */
	bool is_killed;
	uint64_t deadline_ns; /* monotonic; UINT64_MAX: none */
	struct engine_stop_report report;
};
int engine_stop_begin(struct engine *engine, const char *container, int signal, int timeout_s,
		      struct engine_stopping *ret, struct err *e);
int engine_stop_end(struct engine *engine, struct engine_stopping *stopping, struct err *e);

/*
 * docker restart: stopped as above when it runs, and started. One that removes itself is not
 * removed in between.
 */
int engine_restart(struct engine *engine, const char *container, int signal, int timeout_s,
		   struct engine_stop_report *ret, struct err *e);

int engine_kill(struct engine *engine, const char *container, int signal, struct err *e);
/* docker rm: `is_forced` kills first; `with_volumes` removes anonymous volumes. */
int engine_remove(struct engine *engine, const char *container, bool is_forced,
		  bool with_volumes, struct err *e);
/* Waits for the end; for a container that does not run returns its last code at once. */
int engine_wait(struct engine *engine, const char *container, int *ret_code, struct err *e);
/* `hoy internal reap ID`: what the monitor becomes: cgroups, run directory, --rm. */
int engine_reap(struct engine *engine, const char *id, struct err *e);
/* `hoy internal relay ID`: become hoy-relay, which carries to where the container is now. Returns
 * only when that is not possible. */
int engine_relay(struct engine *engine, const char *id, struct err *e);
/* `hoy internal resolver ID`: what the monitor executes when it has seen that hoy-dns ended:
 * register the container anew. */
int engine_resolve(struct engine *engine, const char *id, struct err *e);

/* --- changing ---------------------------------------------------------------------------- */

/* docker rename. ERR_CONFLICT: the name is taken. */
int engine_rename(struct engine *engine, const char *container, const char *name,
		  struct err *e);

/* --- looking ----------------------------------------------------------------------------- */

struct container { /* one row of ps */
	struct record record;
	struct liveness liveness;
	bool is_damaged; /* the record cannot be read; only id is valid */
};

/* Resolve a name, an id or a prefix to an id. ERR_NOT_FOUND "No such container: X"; ERR_INVALID
 * for an ambiguous prefix. */
int engine_find(struct engine *engine, const char *container, char ret_id[ID_SIZE],
		struct err *e);
int engine_get(struct engine *engine, const char *container, struct arena *arena,
	       struct container *ret, struct err *e);
/* All containers, newest first, damaged ones included. */
int engine_list(struct engine *engine, struct arena *arena, struct container **ret,
		size_t *ret_count, struct err *e);
/* docker inspect's object for one container; owned by the caller. */
int engine_inspect(struct engine *engine, const char *container, struct json_object **ret,
		   struct err *e);
/* docker image inspect's. */
int engine_image_inspect(struct engine *engine, const char *image, struct json_object **ret,
			 struct err *e);

struct engine_logs_request {
	bool is_following;
	int64_t tail;	   /* -1: all */
	uint64_t since_ns; /* wall clock; 0: from the beginning */
	uint64_t until_ns; /* 0: to the end */
};

/*
 * One entry at a time, in order, across rotated files: stream 1 or 2. `line` ends with a
 * newline unless the program's line goes on in the stream's next entry (more than 16 KiB) or
 * was never ended. A callback that returns non-zero ends it.
 */
typedef int engine_log_line(void *context, int stream, uint64_t time_ns, const char *line,
			    size_t len);
int engine_logs(struct engine *engine, const char *container,
		const struct engine_logs_request *request, engine_log_line *line, void *context,
		struct err *e);

/* --- images that involve containers ------------------------------------------------------ */

struct engine_commit_request {
	const char *reference; /* NULL: untagged */
	const char *author;
	const char *message;
	struct strv changes;
	bool is_pausing; /* freeze while the layer is read */
};

int engine_commit(struct engine *engine, const char *container,
		  const struct engine_commit_request *request, char ret_id[DIGEST_SIZE],
		  struct err *e);
int engine_export(struct engine *engine, const char *container, int output_fd, struct err *e);
/* Of both the `users` are filled in. */
int engine_image_remove(struct engine *engine, struct image_remove_request *request,
			struct arena *arena, struct image_removal *ret, struct err *e);
int engine_image_prune(struct engine *engine, struct image_prune_request *request,
		       struct arena *arena, struct image_removal *ret, uint64_t *ret_bytes,
		       struct err *e);

/* --- the whole --------------------------------------------------------------------------- */

/*
 * The invariants of DESIGN section 4: names, records, liveness, cgroups, mounts, run
 * directories, volumes, images. One finding a line. `is_repairing` mends what can be mended and
 * says so. Waits a bounded time for containers that are being torn down.
 */
int engine_check(struct engine *engine, bool is_repairing, struct str *findings,
		 size_t *ret_count, struct err *e);
/* Remove everything of this instance: containers (killed), volumes, images, cgroups, run
 * directory. */
int engine_reset(struct engine *engine, struct err *e);

#endif
