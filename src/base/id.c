/*
 * See id.h.
 *
 * Runs in: cli, image.
 */
#include "base/id.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

enum { NAME_MAX_LEN = 255 };

static const char hex_digits[] = "0123456789abcdef";

int id_make(char id[ID_SIZE])
{
	uint8_t bytes[ID_LEN / 2];

	do {
		if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
			return -errno;
		for (size_t i = 0; i < sizeof(bytes); i++) {
			id[2 * i] = hex_digits[bytes[i] >> 4];
			id[2 * i + 1] = hex_digits[bytes[i] & 15];
		}
		id[ID_LEN] = '\0';
	} while (strspn(id, "0123456789") >= ID_SHORT_LEN);
	return 0;
}

bool id_is_valid(const char *text)
{
	return strlen(text) == ID_LEN && strspn(text, hex_digits) == ID_LEN;
}

bool id_is_prefix(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= ID_LEN && strspn(text, hex_digits) == len;
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool name_is_valid(const char *text)
{
	size_t len = strlen(text);

	if (len < 2 || len > NAME_MAX_LEN || !is_alnum(text[0]))
		return false;
	for (size_t i = 1; i < len; i++)
		if (!is_alnum(text[i]) && !strchr("_.-", text[i]))
			return false;
	return true;
}
