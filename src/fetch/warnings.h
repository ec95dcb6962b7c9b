/*
 * What registries warn of (format/warning.h), each text of each host once, until it is told.
 *
 * Runs in: fetch.
 * See: OCI distribution-spec "Warnings".
 */
#ifndef HOY_FETCH_WARNINGS_H
#define HOY_FETCH_WARNINGS_H

#include "base/str.h"

struct exchange;

enum {
	WARNINGS_MAX = 16,
	WARNINGS_BYTES = 4096 /* the most that a registry may say, by the specification */
};

struct warning {
	const char *host; /* "registry.example:5000" */
	const char *text; /* as it came */
};

/* Zeroed: nobody has warned. */
struct warnings {
	struct arena arena;
	struct warning items[WARNINGS_MAX];
	size_t count;
	size_t told; /* how many of them the engine knows */
	size_t bytes;
};

void warnings_done(struct warnings *warnings);
/* One text of a host's; what is known, or too much, is left out. */
void warnings_add(struct warnings *warnings, const char *host, const char *text);
/* What the answer of `exchange` warns of, if it ended where it began: another place speaks for
 * itself alone. */
void warnings_take(struct warnings *warnings, const struct exchange *exchange);

#endif
