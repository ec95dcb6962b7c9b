/*
 * The keys that detach from a container, such as "ctrl-p,ctrl-q": reading them, and finding
 * them in what is typed.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_DETACH_KEYS_H
#define HOY_CLI_DETACH_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define DETACH_KEYS_DEFAULT "ctrl-p,ctrl-q"

enum { DETACH_KEYS_MAX = 16 };

struct detach_keys {
	size_t count; /* 0: nothing detaches */
	char keys[DETACH_KEYS_MAX];
};

/*
 * docker's syntax: keys separated by commas, each one a character, "ctrl-" and one of a-z @ [
 * \ ] ^ _, or "DEL". Returns 0 or -EINVAL with a sentence.
 */
int detach_keys_parse(const char *text, struct detach_keys *ret, struct err *e);

/* Zeroed but for `keys`. */
struct detach_filter {
	struct detach_keys keys;
	size_t matched; /* keys held back, because they may be the beginning */
};

/*
 * What of `in` is to be sent, with what was held back before it, into `out` (len +
 * DETACH_KEYS_MAX bytes). Returns how many bytes. `*ret_is_detached`: the keys were typed; what
 * came behind them is forgotten.
 */
size_t detach_filter(struct detach_filter *filter, const char *in, size_t len, char *out,
		     bool *ret_is_detached);
/* At the end of input: what was held back, at most DETACH_KEYS_MAX bytes. */
size_t detach_filter_end(struct detach_filter *filter, char *out);

#endif
