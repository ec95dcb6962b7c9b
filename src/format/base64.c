/*
 * See base64.h.
 *
 * Runs in: cli, fetch.
 */
#include "format/base64.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const void *data, size_t len, struct str *out)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t group = (uint32_t)bytes[i] << 16;

		if (i + 1 < len)
			group |= (uint32_t)bytes[i + 1] << 8;
		if (i + 2 < len)
			group |= bytes[i + 2];
		str_add_char(out, alphabet[group >> 18]);
		str_add_char(out, alphabet[group >> 12 & 63]);
		str_add_char(out, i + 1 < len ? alphabet[group >> 6 & 63] : '=');
		str_add_char(out, i + 2 < len ? alphabet[group & 63] : '=');
	}
}

static int value_of(char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

/* Four characters, of which the last `padding` are "=". */
static int decode_group(const char *text, size_t padding, struct str *out)
{
	uint32_t group = 0;

	for (size_t i = 0; i < 4; i++) {
		int value = i < 4 - padding ? value_of(text[i]) : 0;

		if (value < 0)
			return -EINVAL;
		group = group << 6 | (uint32_t)value;
	}
	if ((padding == 1 && group & 0xff) || (padding == 2 && group & 0xffff))
		return -EINVAL;
	str_add_char(out, (char)(group >> 16));
	if (padding < 2)
		str_add_char(out, (char)(group >> 8 & 0xff));
	if (padding < 1)
		str_add_char(out, (char)(group & 0xff));
	return 0;
}

int base64_decode(const char *text, struct str *out)
{
	size_t len = strlen(text);
	size_t padding = 0;
	int r = len % 4 == 0 ? 0 : -EINVAL;

	if (len > 0 && text[len - 1] == '=')
		padding = len > 1 && text[len - 2] == '=' ? 2 : 1;
	for (size_t i = 0; i < len && r == 0; i += 4)
		r = decode_group(text + i, i + 4 == len ? padding : 0, out);
	return r;
}
