/*
 * One error: what failed, in one sentence, and of which kind it is.
 *
 * `struct err` is plain memory below PIPE_BUF, without pointers, so that hoy-init can write it
 * to its parent as it is. Whoever first knows what failed writes the sentence; callers put what
 * they were doing in front of it. The kind, never the errno, decides the exit code.
 *
 * Runs in: every program.
 */
#ifndef HOY_BASE_ERR_H
#define HOY_BASE_ERR_H

#include <errno.h>
#include <stdint.h>

enum { ERR_TEXT_MAX = 1008 };

enum err_kind {
	ERR_NONE = 0,
	ERR_INTERNAL, /* a system call or an invariant failed: exit 125 */
	/* no such container, image, volume: exit 125 (1 for commands other than run) */
	ERR_NOT_FOUND,
	ERR_CONFLICT,	     /* the name is taken, the object is in use or in the wrong state */
	ERR_INVALID,	     /* bad input: a flag's value, a file's content */
	ERR_DENIED,	     /* not permitted */
	ERR_UNSUPPORTED,     /* known, and not here (yet): named in the sentence */
	ERR_COMMAND_MISSING, /* the container's command does not exist: exit 127 */
	ERR_COMMAND_UNUSABLE /* the container's command cannot be executed: exit 126 */
};

struct err {
	int32_t kind; /* enum err_kind; ERR_NONE: nothing was written */
	int32_t code; /* the negative errno that the failing function returned */
	/* one line, NUL-terminated, outermost first; cut short where it is too long */
	char text[ERR_TEXT_MAX];
};

/*
 * Write the sentence and return `r`, a negative errno. `e` may be NULL. The text is formatted
 * first, so arguments may point into e->text.
 */
int err_set(struct err *e, enum err_kind kind, int r, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* A failed system call: "<format>: <strerror(error)>". `error` is a positive or negative errno.
 * Returns it negated. */
int err_sys(struct err *e, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Put "<format>: " before what `e` says already and return `r`. */
int err_wrap(struct err *e, int r, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Append "\nhint: <format>": what the user can do about it. Returns `r`. */
int err_hint(struct err *e, int r, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
