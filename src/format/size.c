/*
 * See size.h.
 *
 * Exact in integers: a size or a number of CPUs is a whole part and a decimal fraction, never a
 * double.
 *
 * Runs in: cli.
 * See: docker/go-units size.go.
 */
#include "format/size.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct decimal {
	uint64_t whole;
	uint64_t fraction; /* in units of 10^-18 */
	bool has_more;	   /* digits beyond these, not all zero */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "12", "1.5", ".5", "2." at `*at`. Returns 0 with `*at` behind it, -EINVAL or -ERANGE. */
static int decimal_parse(const char **at, struct decimal *ret)
{
	const char *c = *at;
	uint64_t unit = 1000000000000000000U / 10;
	struct decimal value = { 0 };
	size_t digits = 0;

	for (; is_digit(*c); c++, digits++)
		if (__builtin_mul_overflow(value.whole, 10, &value.whole) ||
		    __builtin_add_overflow(value.whole, (uint64_t)(*c - '0'), &value.whole))
			return -ERANGE;
	if (*c == '.') {
		for (c++; is_digit(*c); c++, digits++) {
			value.fraction += (uint64_t)(*c - '0') * unit;
			value.has_more |= unit == 0 && *c != '0';
			unit /= 10;
		}
	}
	if (digits == 0)
		return -EINVAL;
	*at = c;
	*ret = value;
	return 0;
}

/* The whole part of value * unit. */
static int decimal_scale(const struct decimal *value, uint64_t unit, int64_t *ret)
{
	unsigned __int128 scaled =
		(unsigned __int128)value->whole * unit +
		(unsigned __int128)value->fraction * unit / 1000000000000000000U;

	if (scaled > INT64_MAX)
		return -ERANGE;
	*ret = (int64_t)scaled;
	return 0;
}

/* "", "b", "k", "kb", "kib" ...: the power of 1024, or -1. */
static int size_power(const char *suffix)
{
	static const char letters[] = "bkmgtp";
	const char *letter;

	if (suffix[0] == '\0' || strcasecmp(suffix, "b") == 0)
		return 0;
	letter = strchr(letters, suffix[0] | 0x20);
	if (!letter || letter == letters)
		return -1;
	if (suffix[1] != '\0' && strcasecmp(suffix + 1, "b") != 0 &&
	    strcasecmp(suffix + 1, "ib") != 0)
		return -1;
	return (int)(letter - letters);
}

int size_parse(const char *text, int64_t *ret_bytes)
{
	struct decimal value;
	int power;
	int r = decimal_parse(&text, &value);

	if (r < 0)
		return r;
	if (text[0] == ' ')
		text++;
	power = size_power(text);
	if (power < 0)
		return -EINVAL;
	return decimal_scale(&value, (uint64_t)1 << (10 * power), ret_bytes);
}

enum { SIZE_DIGITS = 4, SIZE_DIGITS_SHORT = 3 };

static const char *const size_units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
static const char *const size_units_binary[] = {
	"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"
};

/* `units` are as many as those two have. */
static void size_print(uint64_t bytes, double base, const char *const units[], int digits,
		       char text[SIZE_TEXT_SIZE])
{
	size_t unit_count = sizeof(size_units) / sizeof(size_units[0]);
	double size = (double)bytes;
	size_t unit = 0;

	while (size >= base && unit + 1 < unit_count) {
		size /= base;
		unit++;
	}
	(void)snprintf(text, SIZE_TEXT_SIZE, "%.*g%s", digits, size, units[unit]);
}

void size_text(uint64_t bytes, char text[SIZE_TEXT_SIZE])
{
	size_print(bytes, 1000, size_units, SIZE_DIGITS, text);
}

void size_text_short(uint64_t bytes, char text[SIZE_TEXT_SIZE])
{
	size_print(bytes, 1000, size_units, SIZE_DIGITS_SHORT, text);
}

void size_text_binary(uint64_t bytes, char text[SIZE_TEXT_SIZE])
{
	size_print(bytes, 1024, size_units_binary, SIZE_DIGITS, text);
}

int nano_parse(const char *text, int64_t *ret_nano)
{
	struct decimal value;
	int r = decimal_parse(&text, &value);

	if (r < 0)
		return r;
	if (text[0] != '\0' || value.has_more || value.fraction % 1000000000 != 0)
		return -EINVAL;
	return decimal_scale(&value, 1000000000, ret_nano);
}

struct duration_unit {
	const char *name;
	uint64_t ns;
};

/* Longer names first: "ms" is not "m". */
static const struct duration_unit duration_units[] = {
	{ "ns", 1 },	       { "us", 1000 },
	{ "\xc2\xb5s", 1000 }, /* U+00B5, micro */
	{ "\xce\xbcs", 1000 }, /* U+03BC, mu */
	{ "ms", 1000000 },     { "s", 1000000000 },
	{ "m", 60000000000 },  { "h", 3600000000000 },
};

static const struct duration_unit *duration_unit_find(const char *text)
{
	for (size_t i = 0; i < sizeof(duration_units) / sizeof(duration_units[0]); i++)
		if (strncmp(text, duration_units[i].name, strlen(duration_units[i].name)) == 0)
			return &duration_units[i];
	return NULL;
}

int duration_parse(const char *text, int64_t *ret_ns)
{
	bool is_negative = text[0] == '-';
	int64_t total = 0;

	if (text[0] == '-' || text[0] == '+')
		text++;
	if (strcmp(text, "0") == 0) {
		*ret_ns = 0;
		return 0;
	}
	if (text[0] == '\0')
		return -EINVAL;
	while (text[0] != '\0') {
		const struct duration_unit *unit;
		struct decimal value;
		int64_t part;
		int r = decimal_parse(&text, &value);

		if (r < 0)
			return r;
		unit = duration_unit_find(text);
		if (!unit)
			return -EINVAL;
		text += strlen(unit->name);
		r = decimal_scale(&value, unit->ns, &part);
		if (r < 0)
			return r;
		if (__builtin_add_overflow(total, part, &total))
			return -ERANGE;
	}
	*ret_ns = is_negative ? -total : total;
	return 0;
}

void duration_text(uint64_t ns, char text[SIZE_TEXT_SIZE])
{
	uint64_t seconds = ns / 1000000000;
	uint64_t minutes = seconds / 60;
	uint64_t hours = (minutes + 30) / 60; /* rounded, as go-units does */

	if (seconds < 1)
		(void)snprintf(text, SIZE_TEXT_SIZE, "Less than a second");
	else if (seconds == 1)
		(void)snprintf(text, SIZE_TEXT_SIZE, "1 second");
	else if (seconds < 60)
		(void)snprintf(text, SIZE_TEXT_SIZE, "%llu seconds",
			       (unsigned long long)seconds);
	else if (minutes == 1)
		(void)snprintf(text, SIZE_TEXT_SIZE, "About a minute");
	else if (minutes < 60)
		(void)snprintf(text, SIZE_TEXT_SIZE, "%llu minutes",
			       (unsigned long long)minutes);
	else if (hours == 1)
		(void)snprintf(text, SIZE_TEXT_SIZE, "About an hour");
	else if (hours < 48)
		(void)snprintf(text, SIZE_TEXT_SIZE, "%llu hours", (unsigned long long)hours);
	else if (hours < 24 * 7 * 2)
		(void)snprintf(text, SIZE_TEXT_SIZE, "%llu days",
			       (unsigned long long)hours / 24);
	else if (hours < 24 * 30 * 2)
		(void)snprintf(text, SIZE_TEXT_SIZE, "%llu weeks",
			       (unsigned long long)hours / 24 / 7);
	else if (hours < 24 * 365 * 2)
		(void)snprintf(text, SIZE_TEXT_SIZE, "%llu months",
			       (unsigned long long)hours / 24 / 30);
	else
		(void)snprintf(text, SIZE_TEXT_SIZE, "%llu years",
			       (unsigned long long)minutes / 60 / 24 / 365);
}
