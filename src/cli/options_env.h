/*
 * Environment and labels from flags and files, by docker's rules; for run, create and exec.
 *
 * Runs in: cli.
 * See: docker run --env-file.
 */
#ifndef HOY_CLI_OPTIONS_ENV_H
#define HOY_CLI_OPTIONS_ENV_H

#include "base/err.h"
#include "base/str.h"

enum { ENV_FILE_MAX = 4 * 1024 * 1024, ENV_LINE_MAX = 128 * 1024 - 1 };

/* "NAME=value", or "NAME" to take the value of our own environment (nothing when it has none).
 * Later ones win. */
int env_add(struct strv *env, struct arena *arena, const char *value, struct err *e);
/* A file of such lines; empty ones and those that begin with # are skipped. */
int env_add_file(struct strv *env, struct arena *arena, const char *path, struct err *e);
/* "key=value" or "key". */
int label_add(struct strv *labels, struct arena *arena, const char *value, struct err *e);
int label_add_file(struct strv *labels, struct arena *arena, const char *path, struct err *e);
/* Everything in `more` after what is in `env`, replacing what has the same name. */
void env_merge(struct strv *env, struct arena *arena, const struct strv *more);

#endif
