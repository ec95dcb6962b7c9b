/*
 * Which images, and which of their names, `hoy images` shows: the flags -a and -f, and the name
 * that stands behind them.
 *
 * Runs in: cli.
 * See: docker images --filter.
 */
#ifndef HOY_CLI_IMAGES_VIEW_H
#define HOY_CLI_IMAGES_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "cli/cli.h"
#include "engine/engine.h"

struct images_view {
	bool is_all;	     /* -a */
	struct strv filters; /* -f */
	const char *name;    /* REPOSITORY[:TAG], a pattern; NULL: every name */
	uint64_t now_ns;     /* wall clock */

	/* What images_view_read writes; it lives in the command's arena. */
	const struct image *images; /* newest first */
	size_t count;
	struct strv patterns; /* of names, one of which is enough; none: every name */
	uint64_t before_ns;   /* 0: no such filter */
	uint64_t since_ns;
};

/* Check the filters and read all images; `has_configs` as image_list. Returns 0, or -errno with
 * a sentence. */
int images_view_read(struct cli *cli, struct images_view *view, bool has_configs,
		     struct err *e);

/* Is it to be shown, if one of its names is? */
bool images_view_wants(const struct images_view *view, const struct image *image);
/* Is this name of it, a full one, to be shown? */
bool images_view_wants_name(const struct images_view *view, const char *full);
#endif
