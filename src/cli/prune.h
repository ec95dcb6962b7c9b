/*
 * What the prune commands have in common: their filters, what they print, and each kind of thing
 * by itself, for `system prune`.
 *
 * Runs in: cli.
 * See: docker system prune.
 */
#ifndef HOY_CLI_PRUNE_H
#define HOY_CLI_PRUNE_H

#include "cli/cli.h"

struct prune {
	struct cli *cli;
	struct engine *engine;
	struct strv filters; /* until=, label=, label!=; of images dangling= */
	uint64_t until_ns;   /* 0: not given */
	bool is_all;
	uint64_t bytes; /* what was freed */
};

/* Are the filters among `keys` (ends with NULL) and well-formed? until= and dangling=false go to
 * `until_ns` and `is_all`. */
int prune_check(struct prune *prune, const char *const *keys, struct err *e);
/* "Total reclaimed space: 1.2MB" */
void prune_print_total(const struct prune *prune);

/*
 * Each removes what nobody uses, prints docker's heading and what it removed, adds to `bytes`,
 * and returns 0 or -errno with a sentence. Somebody else who is faster, or begins to use it
 * meanwhile, is no error.
 */
int prune_containers(struct prune *prune, struct err *e);
int prune_networks(struct prune *prune, struct err *e);
int prune_volumes(struct prune *prune, struct err *e); /* anonymous ones, or `is_all` */
int prune_images(struct prune *prune, struct err *e);  /* without a tag, or `is_all` */

#endif
