/*
 * Running hoy-image: the engine's side of tool.h.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_WORKER_H
#define HOY_IMAGE_WORKER_H

#include <sys/types.h>

#include "base/err.h"
#include "base/interrupt.h"
#include "image/tool.h"

enum { WORKER_WORDS_MAX = 3, WORKER_TICK_MS = 100 };

struct json_object;

struct worker_request {
	const char *verb;
	const char *how;		     /* NULL: none */
	const char *words[WORKER_WORDS_MAX]; /* behind it; the first NULL ends them */
	int input_fd;			     /* these four are borrowed; -1: /dev/null */
	int output_fd;
	int directory_fd; /* -1: none */
	int lock_fd;	  /* held by it until it ends; -1: none */
};

/* What happens while one runs. */
struct worker_watch {
	const struct interrupt *interrupt;
	void (*tick)(void *context); /* every WORKER_TICK_MS; NULL: never */
	void *context;
};

struct worker {
	pid_t pid;     /* 0: it has been waited for */
	int result_fd; /* can be polled: something to read means that it is about to end */
};

/* What `unpack` is told: the form of the layer, and whether it is the lowest of its image. */
void worker_unpack_words(struct worker_request *request, bool is_erofs, bool is_lowest);

/* One more of them. */
void worker_add_word(struct worker_request *request, const char *word);

/* Start it; it dies with this process. Single-threaded caller only. */
int worker_start(const struct worker_request *request, struct worker *ret, struct err *e);
/* Wait for its end. Returns 0 with the result, or what it says went wrong. */
int worker_wait(struct worker *worker, struct tool_result *ret, struct err *e);
/* Return when it is about to end: 0; or -EINTR with a sentence when a signal has come, and it
 * has been ended. */
int worker_await(struct worker *worker, const struct worker_watch *watch, struct err *e);
/* The same for a verb whose result is more than a struct tool_result: a JSON object of at most
 * `max` bytes, owned by the caller, that says "ok". */
int worker_wait_object(struct worker *worker, size_t max, struct json_object **ret,
		       struct err *e);
/* End it, whatever it does. Accepts one that has been waited for. */
void worker_kill(struct worker *worker);
/* Both. */
int worker_run(const struct worker_request *request, struct tool_result *ret, struct err *e);

#endif
