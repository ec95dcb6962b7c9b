/*
 * See property.h.
 *
 * Runs in: hoy-systemd.
 */
#include "systemd/property.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* The field up to the next tab; `rest` becomes NULL behind the last one. */
static char *field_take(char **rest)
{
	return strsep(rest, "\t");
}

static int append_number(sd_bus_message *message, char type, const char *text)
{
	bool is_signed = type == 'i' || type == 'x';
	bool is_short = type == 'i' || type == 'u';
	uint64_t natural = 0;
	int64_t integer = 0;
	int r = is_signed ? parse_i64(text, is_short ? INT32_MIN : INT64_MIN,
				      is_short ? INT32_MAX : INT64_MAX, &integer)
			  : parse_u64(text, 0, is_short ? UINT32_MAX : UINT64_MAX, &natural);

	if (r < 0)
		return r;
	switch (type) {
	case 'i':
		return sd_bus_message_append(message, "i", (int32_t)integer);
	case 'x':
		return sd_bus_message_append(message, "x", integer);
	case 'u':
		return sd_bus_message_append(message, "u", (uint32_t)natural);
	default:
		return sd_bus_message_append(message, "t", natural);
	}
}

static int append_basic(sd_bus_message *message, char type, const char *text)
{
	if (!text)
		return -EINVAL;
	switch (type) {
	case 's':
		return sd_bus_message_append(message, "s", text);
	case 'b':
		return sd_bus_message_append(message, "b", strcmp(text, "true") == 0);
	case 'i':
	case 'u':
	case 'x':
	case 't':
		return append_number(message, type, text);
	default:
		return -EINVAL;
	}
}

static int append_bytes(sd_bus_message *message, const char *hex)
{
	size_t len = hex ? strlen(hex) / 2 : 0;
	uint8_t bytes[4096];

	if (len > sizeof(bytes))
		return -E2BIG;
	for (size_t i = 0; i < len; i++) {
		char digits[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return sd_bus_message_append_array(message, 'y', bytes, len);
}

static int append_pairs(sd_bus_message *message, char *rest)
{
	int r = sd_bus_message_open_container(message, 'a', "(ss)");

	while (r >= 0 && rest) {
		const char *first = field_take(&rest);
		const char *second = field_take(&rest);

		r = second ? sd_bus_message_append(message, "(ss)", first, second) : -EINVAL;
	}
	return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_array(sd_bus_message *message, const char *type, char *rest)
{
	int r = sd_bus_message_open_container(message, 'a', type);

	while (r >= 0 && rest)
		r = append_basic(message, type[0], field_take(&rest));
	return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_value(sd_bus_message *message, const char *signature, char *rest)
{
	if (strcmp(signature, "ay") == 0)
		return append_bytes(message, rest);
	if (strcmp(signature, "a(ss)") == 0)
		return append_pairs(message, rest);
	if (signature[0] == 'a')
		return append_array(message, signature + 1, rest);
	return append_basic(message, signature[0], field_take(&rest));
}

static int append_property(sd_bus_message *message, char *line)
{
	const char *name = field_take(&line);
	const char *signature = line ? field_take(&line) : NULL;
	int r;

	if (!signature || signature[0] == '\0')
		return -EINVAL;
	r = sd_bus_message_open_container(message, 'r', "sv");
	if (r >= 0)
		r = sd_bus_message_append(message, "s", name);
	if (r >= 0)
		r = sd_bus_message_open_container(message, 'v', signature);
	if (r >= 0)
		r = append_value(message, signature, line);
	if (r >= 0)
		r = sd_bus_message_close_container(message);
	return r < 0 ? r : sd_bus_message_close_container(message);
}

int properties_append(sd_bus_message *message, char *lines, pid_t pid, struct err *e)
{
	char *line;
	int r = sd_bus_message_open_container(message, 'a', "(sv)");

	if (r >= 0 && pid > 0)
		r = sd_bus_message_append(message, "(sv)", "PIDs", "au", 1, (uint32_t)pid);
	if (r < 0)
		return err_sys(e, r, "write a D-Bus message");
	while ((line = strsep(&lines, "\n"))) {
		if (line[0] == '\0')
			continue;
		r = append_property(message, line);
		if (r < 0)
			return err_sys(e, r, "property %s of the unit", line);
	}
	r = sd_bus_message_close_container(message);
	return r < 0 ? err_sys(e, r, "write a D-Bus message") : 0;
}
