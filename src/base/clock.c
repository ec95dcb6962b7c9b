/*
 * See clock.h.
 *
 * Runs in: every program.
 */
#include "base/clock.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { NS_PER_S = 1000000000 };

static const char clock_zero[] = "0001-01-01T00:00:00Z";

static uint64_t clock_read(clockid_t id)
{
	struct timespec now;

	(void)clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t clock_monotonic_ns(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

uint64_t clock_wall_ns(void)
{
	return clock_read(CLOCK_REALTIME);
}

void clock_text(uint64_t wall_ns, char text[CLOCK_TEXT_SIZE])
{
	time_t seconds = (time_t)(wall_ns / NS_PER_S);
	char day[24];
	struct tm utc;

	if (wall_ns == 0 || !gmtime_r(&seconds, &utc)) {
		memcpy(text, clock_zero, sizeof(clock_zero));
		return;
	}
	(void)strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &utc);
	(void)snprintf(text, CLOCK_TEXT_SIZE, "%s.%09uZ", day,
		       (unsigned int)(wall_ns % NS_PER_S));
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "Z", "+hh:mm" or "-hh:mm" to seconds east of UTC. */
static int clock_parse_zone(const char *zone, int *ret_seconds)
{
	int hours;
	int minutes;

	if (strcmp(zone, "Z") == 0) {
		*ret_seconds = 0;
		return 0;
	}
	if ((zone[0] != '+' && zone[0] != '-') || !is_digit(zone[1]) || !is_digit(zone[2]) ||
	    zone[3] != ':' || !is_digit(zone[4]) || !is_digit(zone[5]) || zone[6] != '\0')
		return -EINVAL;
	hours = (zone[1] - '0') * 10 + zone[2] - '0';
	minutes = (zone[4] - '0') * 10 + zone[5] - '0';
	if (hours > 23 || minutes > 59)
		return -EINVAL;
	*ret_seconds = (hours * 60 + minutes) * 60 * (zone[0] == '-' ? -1 : 1);
	return 0;
}

/* ".123" at `*at` in nanoseconds; what is finer is cut off. */
static int clock_parse_fraction(const char **at, uint64_t *ret_ns)
{
	uint64_t unit = NS_PER_S / 10;

	if (**at != '.')
		return 0;
	if (!is_digit(*++*at))
		return -EINVAL;
	for (; is_digit(**at); (*at)++) {
		*ret_ns += (uint64_t)(**at - '0') * unit;
		unit /= 10;
	}
	return 0;
}

int clock_parse(const char *text, uint64_t *ret_wall_ns)
{
	struct tm utc = { 0 };
	uint64_t fraction = 0;
	uint64_t ns;
	int day;
	int east;
	time_t seconds;
	const char *rest;

	if (strcmp(text, clock_zero) == 0) {
		*ret_wall_ns = 0;
		return 0;
	}
	rest = is_digit(text[0]) ? strptime(text, "%Y-%m-%dT%H:%M:%S", &utc) : NULL;
	if (!rest || clock_parse_fraction(&rest, &fraction) < 0 ||
	    clock_parse_zone(rest, &east) < 0)
		return -EINVAL;
	day = utc.tm_mday;
	seconds = timegm(&utc) - east;
	/* The thirtieth of February has become a day of March. */
	if (utc.tm_mday != day || seconds < 0 ||
	    __builtin_mul_overflow((uint64_t)seconds, NS_PER_S, &ns) ||
	    __builtin_add_overflow(ns, fraction, &ns))
		return -EINVAL;
	*ret_wall_ns = ns;
	return 0;
}
