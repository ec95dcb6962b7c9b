/*
 * --filter KEY=VALUE of the list commands. Several values of one key are alternatives (labels:
 * all of them), several keys must all match.
 *
 * Runs in: cli.
 * See: docker ps --filter.
 */
#ifndef HOY_CLI_FILTER_H
#define HOY_CLI_FILTER_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* Is every filter ("KEY=VALUE": OPTION_FILTER) of a key in `keys` (ends with NULL)? -EINVAL
 * with docker's sentence. */
int filter_check(const struct strv *filters, const char *const *keys, struct err *e);

/* Are the values of `key`, which is yes or no, one of true, 1, false, 0? -EINVAL with docker's
 * sentence. */
int filter_check_bool(const struct strv *filters, const char *key, struct err *e);
/* A value that filter_check_bool let through. */
bool filter_is_true(const char *value);
/* The time that "until=VALUE" means at `now_ns`, in wall nanoseconds; -EINVAL. */
int filter_time(const char *filter, uint64_t now_ns, uint64_t *ret_wall_ns, struct err *e);

/* Is there a filter of this key? */
bool filter_has(const struct strv *filters, const char *key);

/* Does no filter of `key` exist, or does one of them say yes? `matches` gets the filter's
 * value. */
bool filter_any(const struct strv *filters, const char *key,
		bool (*matches)(const void *context, const char *value), const void *context);
/* The same, but all of them must say yes. */
bool filter_all(const struct strv *filters, const char *key,
		bool (*matches)(const void *context, const char *value), const void *context);

/* Matchers: the text matches the value as an (extended) regular expression; the list has "key"
 * or "key=value". */
bool filter_matches_text(const void *text, const char *value);
bool filter_matches_label(const void *labels_strv, const char *value);
/* Have these labels all that label= wants and nothing of what label!= does not want? */
bool filter_wants_labels(const struct strv *filters, const struct strv *labels);

#endif
