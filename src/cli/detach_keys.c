/*
 * See detach_keys.h.
 *
 * Runs in: cli.
 * See: moby/term ascii.go and proxy.go.
 */
#include "cli/detach_keys.h"

#include <string.h>

static const char control_prefix[] = "ctrl-";

/* One key between commas, or -EINVAL. */
static int parse_key(const char *text, size_t len)
{
	static const char controls[] = "@abcdefghijklmnopqrstuvwxyz[\\]^_";
	const char *found;

	if (len == 1)
		return (unsigned char)text[0];
	if (len == 3 && memcmp(text, "DEL", 3) == 0)
		return 127;
	if (len != sizeof(control_prefix) || memcmp(text, control_prefix, len - 1) != 0)
		return -EINVAL;
	found = memchr(controls, text[len - 1], sizeof(controls) - 1);
	return found ? (int)(found - controls) : -EINVAL;
}

int detach_keys_parse(const char *text, struct detach_keys *ret, struct err *e)
{
	struct detach_keys keys = { 0 };
	const char *key = text;

	for (;;) {
		size_t len = strcspn(key, ",");
		int code = parse_key(key, len);

		if (code < 0)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "invalid detach keys %s: unknown key '%.*s'", text,
				       (int)len, key);
		if (keys.count == DETACH_KEYS_MAX)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "invalid detach keys %s: more than %d keys", text,
				       DETACH_KEYS_MAX);
		keys.keys[keys.count++] = (char)code;
		if (key[len] == '\0')
			break;
		key += len + 1;
	}
	*ret = keys;
	return 0;
}

/* The held keys and `key` behind them do not match: the longest end of them that may still be a
 * beginning. */
static size_t restart(const struct detach_filter *filter, char key)
{
	const char *keys = filter->keys.keys;

	for (size_t n = filter->matched; n > 0; n--) {
		if (keys[n - 1] == key &&
		    memcmp(keys, keys + filter->matched - n + 1, n - 1) == 0)
			return n;
	}
	return 0;
}

size_t detach_filter(struct detach_filter *filter, const char *in, size_t len, char *out,
		     bool *ret_is_detached)
{
	size_t used = 0;

	*ret_is_detached = false;
	for (size_t i = 0; i < len; i++) {
		size_t held = filter->matched;
		size_t next;

		if (filter->keys.count > 0 && in[i] == filter->keys.keys[held]) {
			filter->matched++;
			*ret_is_detached = filter->matched == filter->keys.count;
			if (*ret_is_detached)
				return used;
			continue;
		}
		/* held + 1 bytes, of which the last `next` stay held; those sent are held ones
		 * and perhaps in[i]. */
		next = restart(filter, in[i]);
		memcpy(out + used, filter->keys.keys, held);
		out[used + held] = in[i];
		used += held + 1 - next;
		filter->matched = next;
	}
	return used;
}

size_t detach_filter_end(struct detach_filter *filter, char *out)
{
	size_t held = filter->matched;

	memcpy(out, filter->keys.keys, held);
	filter->matched = 0;
	return held;
}
