/*
 * See stamp.h.
 *
 * Runs in: monitor.
 */
#include "monitor/stamp.h"

enum { NS_PER_S = 1000000000, S_PER_DAY = 86400 };

/* `width` digits with zeros in front, and the character behind them. */
static char *put_digits(char *to, uint64_t number, int width, char after)
{
	for (int i = width - 1; i >= 0; i--) {
		to[i] = (char)('0' + number % 10);
		number /= 10;
	}
	to[width] = after;
	return to + width + 1;
}

/*
 * Days since 1970 to year, month and day of the Gregorian calendar. Counted in years that begin
 * in March, so that the leap day is a year's last one and 153 days are five months.
 */
static char *put_date(char *to, uint64_t days)
{
	uint64_t shifted = days + 719468; /* since 0000-03-01 */
	uint64_t era = shifted / 146097;  /* 400 years */
	uint64_t day = shifted % 146097;
	uint64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	uint64_t month;

	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	day = day - (153 * month + 2) / 5 + 1;
	month = month < 10 ? month + 3 : month - 9;
	to = put_digits(to, era * 400 + year + (month <= 2), 4, '-');
	to = put_digits(to, month, 2, '-');
	return put_digits(to, day, 2, 'T');
}

void stamp_text(uint64_t wall_ns, char text[STAMP_SIZE])
{
	uint64_t seconds = wall_ns / NS_PER_S;
	uint64_t second = seconds % S_PER_DAY;
	char *to = put_date(text, seconds / S_PER_DAY);

	to = put_digits(to, second / 3600, 2, ':');
	to = put_digits(to, second / 60 % 60, 2, ':');
	to = put_digits(to, second % 60, 2, '.');
	to = put_digits(to, wall_ns % NS_PER_S, 9, 'Z');
	*to = '\0';
}

size_t number_text(uint64_t number, char *to)
{
	size_t len = 1;

	for (uint64_t rest = number / 10; rest > 0; rest /= 10)
		len++;
	(void)put_digits(to, number, (int)len, '\0');
	return len;
}
