/*
 * See time_option.h.
 *
 * Runs in: cli.
 */
#include "cli/time_option.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/str.h"
#include "format/size.h"

static const uint64_t second_ns = 1000000000;

/* "1136073600", "1136073600.000000001" */
static int time_parse_unix(const char *text, uint64_t *ret_ns)
{
	const char *dot = strchrnul(text, '.');
	size_t places = *dot ? strlen(dot + 1) : 0;
	uint64_t fraction = 0;
	uint64_t seconds;
	char whole[24];

	if ((size_t)(dot - text) >= sizeof(whole) || places > 9 || (*dot && places == 0))
		return -EINVAL;
	memcpy(whole, text, (size_t)(dot - text));
	whole[dot - text] = '\0';
	if (parse_u64(whole, 0, UINT64_MAX / second_ns - 1, &seconds) < 0)
		return -EINVAL;
	if (places > 0 && parse_u64(dot + 1, 0, second_ns - 1, &fraction) < 0)
		return -EINVAL;
	for (; places > 0 && places < 9; places++)
		fraction *= 10;
	*ret_ns = seconds * second_ns + fraction;
	return 0;
}

/* Without an offset: the time of the place where we are. */
static int time_parse_local(const char *text, uint64_t *ret_ns)
{
	static const char *const formats[] = { "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M",
					       "%Y-%m-%dT%H", "%Y-%m-%d" };

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct tm tm = { .tm_isdst = -1, .tm_mday = 1 };
		const char *end = strptime(text, formats[i], &tm);
		time_t seconds;

		if (!end || *end)
			continue;
		seconds = mktime(&tm);
		if (seconds < 0)
			return -EINVAL;
		*ret_ns = (uint64_t)seconds * second_ns;
		return 0;
	}
	return -EINVAL;
}

int time_option(const char *value, uint64_t now_ns, uint64_t *ret_wall_ns, struct err *e)
{
	int64_t ago_ns;

	if (time_parse_unix(value, ret_wall_ns) == 0 || clock_parse(value, ret_wall_ns) == 0 ||
	    time_parse_local(value, ret_wall_ns) == 0)
		return 0;
	if (duration_parse(value, &ago_ns) == 0) {
		if (ago_ns >= 0)
			*ret_wall_ns =
				now_ns > (uint64_t)ago_ns ? now_ns - (uint64_t)ago_ns : 1;
		else
			*ret_wall_ns = now_ns + (uint64_t)-ago_ns;
		return 0;
	}
	return err_set(e, ERR_INVALID, -EINVAL,
		       "neither a time (\"2013-01-02T13:23:37Z\") nor a duration (\"42m\")");
}
