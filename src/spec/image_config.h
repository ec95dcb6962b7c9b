/*
 * The OCI image configuration: what a container made from an image runs by default, and how the
 * image came to be.
 *
 * Runs in: cli (engine), image.
 * See: OCI image-spec config.md.
 */
#ifndef HOY_SPEC_IMAGE_CONFIG_H
#define HOY_SPEC_IMAGE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum {
	IMAGE_CONFIG_MAX = 8 * 1024 * 1024, /* bytes */
	IMAGE_LAYERS_MAX = 500,
	IMAGE_HISTORY_MAX = 2000,
	IMAGE_ITEMS_MAX = 4096 /* of Env, Labels, ...: merging them compares each with each */
};

struct image_history {
	char *created; /* RFC 3339 */
	char *author;
	char *created_by;
	char *comment;
	bool is_empty_layer;
};

struct image_config {
	char *created; /* RFC 3339; NULL: not said */
	char *author;
	char *architecture; /* "amd64" */
	char *variant;
	char *os;      /* "linux" */
	char *comment; /* docker's extension */

	char *user;
	struct strv env;
	bool has_entrypoint;
	struct strv entrypoint;
	bool has_cmd;
	struct strv cmd;
	/* CMD was among the changes: a later ENTRYPOINT leaves it. Not part of the document */
	bool is_cmd_changed;
	char *working_dir;
	struct strv exposed_ports; /* "80/tcp" */
	struct strv volumes;	   /* absolute paths */
	struct strv labels;	   /* "key=value" */
	char *stop_signal;
	struct strv shell;
	struct strv on_build;
	char *healthcheck_json; /* the member as it stands, for inspect; NULL */

	struct strv diff_ids; /* "sha256:<hex>", lowest layer first */
	struct image_history *history;
	size_t history_count;
};

/*
 * Parse a config blob. Bounded by the constants above; strict about types; unknown members are
 * ignored (and lost). Returns 0, or -EINVAL with the JSON path of what is wrong. Everything
 * lives in `arena`.
 */
int image_config_parse(const char *json, size_t len, struct arena *arena,
		       struct image_config *ret, struct err *e);

/* Is there a list with more than IMAGE_ITEMS_MAX items? Returns 0 or -EINVAL naming it. */
int image_config_bound(const struct image_config *config, struct err *e);

/* As canonical JSON text (stable key order, no spaces), appended to `out`. */
void image_config_emit(const struct image_config *config, struct str *out);

/*
 * Apply one change as `docker import -c` and `commit -c` take them: CMD, ENTRYPOINT, ENV,
 * EXPOSE, LABEL, ONBUILD, USER, VOLUME, WORKDIR, STOPSIGNAL, SHELL, HEALTHCHECK. ENTRYPOINT
 * without a CMD change before it drops Cmd, as docker does. Returns 0 or -EINVAL with a
 * sentence naming the instruction; the configuration may be half changed then.
 */
int image_config_change(struct image_config *config, struct arena *arena,
			const char *instruction, struct err *e);

#endif
