/*
 * See csv.h.
 *
 * Runs in: cli.
 */
#include "cli/csv.h"

#include <errno.h>
#include <string.h>

int csv_split(char *text, char *fields[], size_t max)
{
	size_t count = 0;
	char *to;

	for (;;) {
		if (count == max)
			return -E2BIG;
		if (*text != '"') {
			fields[count++] = text;
			text = strchrnul(text, ',');
		} else {
			fields[count++] = to = ++text;
			for (; *text && (*text != '"' || text[1] == '"'); text++) {
				text += *text == '"';
				*to++ = *text;
			}
			if (*text++ != '"' || (*text && *text != ','))
				return -EINVAL;
			*to = '\0';
		}
		if (!*text)
			return (int)count;
		*text++ = '\0';
	}
}
