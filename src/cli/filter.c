/*
 * See filter.h.
 *
 * Runs in: cli.
 */
#include "cli/filter.h"

#include <regex.h>
#include <string.h>

#include "cli/time_option.h"

int filter_check(const struct strv *filters, const char *const *keys, struct err *e)
{
	for (size_t i = 0; i < filters->count; i++) {
		const char *equals = strchr(filters->items[i], '=');
		size_t len = equals ? (size_t)(equals - filters->items[i]) : 0;
		bool is_known = false;

		for (const char *const *key = keys; *key && !is_known; key++)
			is_known = strlen(*key) == len &&
				   memcmp(*key, filters->items[i], len) == 0;
		if (!is_known)
			return err_set(e, ERR_INVALID, -EINVAL, "invalid filter '%.*s'",
				       (int)len, filters->items[i]);
	}
	return 0;
}

/* The value if `filter` is of this key, or NULL. */
static const char *filter_value(const char *filter, const char *key)
{
	size_t len = strlen(key);

	return strncmp(filter, key, len) == 0 && filter[len] == '=' ? filter + len + 1 : NULL;
}

int filter_check_bool(const struct strv *filters, const char *key, struct err *e)
{
	for (size_t i = 0; i < filters->count; i++) {
		const char *value = filter_value(filters->items[i], key);

		if (value && !filter_is_true(value) && strcmp(value, "false") != 0 &&
		    strcmp(value, "0") != 0)
			return err_set(e, ERR_INVALID, -EINVAL, "invalid filter '%s=[%s]'", key,
				       value);
	}
	return 0;
}

bool filter_is_true(const char *value)
{
	return strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
}

int filter_time(const char *filter, uint64_t now_ns, uint64_t *ret_wall_ns, struct err *e)
{
	int r = time_option(strchr(filter, '=') + 1, now_ns, ret_wall_ns, e);

	return r < 0 ? err_wrap(e, r, "filter '%s'", filter) : 0;
}

bool filter_has(const struct strv *filters, const char *key)
{
	for (size_t i = 0; i < filters->count; i++) {
		if (filter_value(filters->items[i], key))
			return true;
	}
	return false;
}

bool filter_any(const struct strv *filters, const char *key,
		bool (*matches)(const void *context, const char *value), const void *context)
{
	bool is_there = false;

	for (size_t i = 0; i < filters->count; i++) {
		const char *value = filter_value(filters->items[i], key);

		is_there |= value != NULL;
		if (value && matches(context, value))
			return true;
	}
	return !is_there;
}

bool filter_all(const struct strv *filters, const char *key,
		bool (*matches)(const void *context, const char *value), const void *context)
{
	for (size_t i = 0; i < filters->count; i++) {
		const char *value = filter_value(filters->items[i], key);

		if (value && !matches(context, value))
			return false;
	}
	return true;
}

bool filter_matches_text(const void *text, const char *value)
{
	regex_t pattern;
	bool is_match;

	/* As docker: what is no regular expression is compared as it is. */
	if (regcomp(&pattern, value, REG_EXTENDED | REG_NOSUB) != 0)
		return strcmp(text, value) == 0;
	is_match = regexec(&pattern, text, 0, NULL, 0) == 0;
	regfree(&pattern);
	return is_match;
}

bool filter_matches_label(const void *labels_strv, const char *value)
{
	const struct strv *labels = labels_strv;

	if (strchr(value, '='))
		return strv_has(labels, value);
	return strv_env_get(labels, value) != NULL;
}

bool filter_wants_labels(const struct strv *filters, const struct strv *labels)
{
	return filter_all(filters, "label", filter_matches_label, labels) &&
	       (!filter_has(filters, "label!") ||
		!filter_any(filters, "label!", filter_matches_label, labels));
}
