/*
 * Annotations that name a property of the unit: the few types of GVariant text that properties
 * of scopes have.
 *
 * Runs in: runtime.
 * See: systemd_properties.h; GLib "GVariant Text Format".
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "runtime/systemd_properties.h"

enum { NAME_MAX_BYTES = 128, MICROSECONDS = 1000000 };

static const char prefix[] = "org.systemd.property.";

static const struct {
	const char *word;
	char signature;
} number_types[] = {
	{ "uint64 ", 't' },
	{ "uint32 ", 'u' },
	{ "int64 ", 'x' },
	{ "int32 ", 'i' },
};

/* 'text' or "text" at *text, which moves behind it. No escapes: none of the properties needs
 * them, and a tab or a line would be another field. */
static int quoted_take(const char **text, struct str *out)
{
	char quote = **text;
	const char *end = quote == '\'' || quote == '"' ? strchr(*text + 1, quote) : NULL;

	if (!end)
		return -EINVAL;
	for (const char *c = *text + 1; c < end; c++) {
		if ((unsigned char)*c < ' ' || *c == '\\')
			return -EINVAL;
	}
	str_add_char(out, '\t');
	str_add_bytes(out, *text + 1, (size_t)(end - *text - 1));
	*text = end + 1;
	return 0;
}

static void spaces_skip(const char **text)
{
	*text += strspn(*text, " ");
}

/* ['a', 'b'] */
static int list_take(const char *text, struct str *out)
{
	text++;
	spaces_skip(&text);
	while (*text != ']') {
		int r = quoted_take(&text, out);

		if (r < 0)
			return r;
		spaces_skip(&text);
		if (*text == ',')
			text++;
		else if (*text != ']')
			return -EINVAL;
		spaces_skip(&text);
	}
	return text[1] == '\0' ? 0 : -EINVAL;
}

/* "uint64 5", or "5", which is an int32 as in GVariant. */
static int number_take(const char *text, char *ret_signature, int64_t *ret_signed,
		       uint64_t *ret)
{
	*ret_signature = 'i';
	for (size_t i = 0; i < sizeof(number_types) / sizeof(number_types[0]); i++) {
		if (!str_starts(text, number_types[i].word))
			continue;
		*ret_signature = number_types[i].signature;
		text += strlen(number_types[i].word);
		break;
	}
	*ret_signed = 0;
	*ret = 0;
	if (*ret_signature == 't' || *ret_signature == 'u')
		return parse_u64(text, 0, *ret_signature == 't' ? UINT64_MAX : UINT32_MAX, ret);
	return parse_i64(text, *ret_signature == 'x' ? INT64_MIN : INT32_MIN,
			 *ret_signature == 'x' ? INT64_MAX : INT32_MAX, ret_signed);
}

/* Seconds become microseconds: "TimeoutStopSec" is how units are written, not what the bus
 * knows. */
static int seconds_add(const char *name, size_t len, const char *value, struct str *out)
{
	uint64_t seconds;
	int64_t integer;
	char signature;
	int r = number_take(value, &signature, &integer, &seconds);

	if (r < 0)
		return r;
	if (signature == 'i' || signature == 'x') {
		if (integer < 0)
			return -EINVAL;
		seconds = (uint64_t)integer;
	}
	if (seconds > UINT64_MAX / MICROSECONDS)
		return -EINVAL;
	str_printf(out, "%.*sUSec\tt\t%" PRIu64, (int)(len - strlen("Sec")), name,
		   seconds * MICROSECONDS);
	return 0;
}

static int number_add(const char *name, size_t len, const char *value, struct str *out)
{
	uint64_t natural;
	int64_t integer;
	char signature;
	int r = number_take(value, &signature, &integer, &natural);

	if (r < 0)
		return r;
	if (signature == 't' || signature == 'u')
		str_printf(out, "%.*s\t%c\t%" PRIu64, (int)len, name, signature, natural);
	else
		str_printf(out, "%.*s\t%c\t%" PRId64, (int)len, name, signature, integer);
	return 0;
}

static int value_add(const char *name, size_t len, const char *value, struct str *out)
{
	int r;

	if (strcmp(value, "true") == 0 || strcmp(value, "false") == 0) {
		str_printf(out, "%.*s\tb\t%s", (int)len, name, value);
		return 0;
	}
	if (value[0] == '[') {
		str_printf(out, "%.*s\tas", (int)len, name);
		return list_take(value, out);
	}
	if (value[0] == '\'' || value[0] == '"') {
		str_printf(out, "%.*s\ts", (int)len, name);
		r = quoted_take(&value, out);
		return r < 0 || value[0] == '\0' ? r : -EINVAL;
	}
	if (len > 3 && memcmp(name + len - 3, "Sec", 3) == 0 &&
	    !(len > 4 && memcmp(name + len - 4, "USec", 4) == 0))
		return seconds_add(name, len, value, out);
	return number_add(name, len, value, out);
}

static bool is_name(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!isalpha((unsigned char)name[i]))
			return false;
	}
	return len > 0 && len < NAME_MAX_BYTES;
}

int systemd_property_annotation(const char *annotation, struct str *out, struct err *e)
{
	const char *name = annotation + strlen(prefix);
	size_t len;
	int r;

	if (!str_starts(annotation, prefix))
		return 0;
	len = strcspn(name, "=");
	r = is_name(name, len) && name[len] == '=' ? value_add(name, len, name + len + 1, out)
						   : -EINVAL;
	if (r < 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "annotations: \"%s\" is not a property with a value like true, "
			       "'text', uint64 5 or ['a', 'b']",
			       annotation);
	str_add_char(out, '\n');
	return str_ok(out) < 0 ? err_sys(e, ENOMEM, "properties of the unit") : 0;
}
