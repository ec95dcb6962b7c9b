/*
 * Go's fmt.Sprintf over template values. See template_run.h.
 *
 * A verb that does not fit its value is no error in Go: it says so in the text, as in
 * "%!d(string=abc)". So do we.
 *
 * Runs in: cli.
 * See: Go's fmt package, doc.go and print.go.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "format/template_run.h"
#include "format/utf8.h"

enum { WIDTH_MAX = 100000 };

struct verb {
	bool is_left;
	bool has_plus;
	bool has_space;
	bool is_alternate;
	bool is_zero;
	bool has_precision;
	size_t width;
	size_t precision;
	char letter;
};

static void pad(struct str *out, char with, size_t count)
{
	while (count-- > 0)
		str_add_char(out, with);
}

static void put_padded(const struct verb *verb, const char *text, size_t len, struct str *out)
{
	size_t count = utf8_count(text, len);
	size_t missing = verb->width > count ? verb->width - count : 0;

	if (!verb->is_left)
		pad(out, ' ', missing);
	str_add_bytes(out, text, len);
	if (verb->is_left)
		pad(out, ' ', missing);
}

/* %!d(string=abc) */
static void put_misfit(const struct verb *verb, struct value value, struct str *out)
{
	str_printf(out, "%%!%c(", verb->letter);
	if (value.json) {
		str_printf(out, "%s=", value_type_name(value));
		value_print(value, out);
		str_add_char(out, ')');
	} else {
		str_add(out, "<nil>)");
	}
}

static void quote_rune(const char *text, size_t n, char quote, struct str *out)
{
	static const char named[] = "\a\b\f\n\r\t\v\\";
	static const char letters[] = "abfnrtv\\";
	const char *found = n == 1 && text[0] ? strchr(named, text[0]) : NULL;

	if (n == 0)
		str_printf(out, "\\x%02x", (unsigned int)(unsigned char)text[0]);
	else if (n == 1 && text[0] == quote)
		str_printf(out, "\\%c", quote);
	else if (found)
		str_printf(out, "\\%c", letters[found - named]);
	else if (n == 1 && ((unsigned char)text[0] < 0x20 || text[0] == 0x7f))
		str_printf(out, "\\x%02x", (unsigned int)(unsigned char)text[0]);
	else
		str_add_bytes(out, text, n);
}

static void quote(const char *text, size_t len, struct str *out)
{
	str_add_char(out, '"');
	for (size_t i = 0; i < len;) {
		size_t n = utf8_len(text + i, len - i);

		quote_rune(text + i, n, '"', out);
		i += n > 0 ? n : 1;
	}
	str_add_char(out, '"');
}

/* The first `count` characters. */
static size_t cut(const char *text, size_t len, size_t count)
{
	size_t i = 0;

	while (i < len && count-- > 0) {
		size_t n = utf8_len(text + i, len - i);

		i += n > 0 ? n : 1;
	}
	return i;
}

static void put_string(const struct verb *verb, struct value value, struct str *out)
{
	const char *text = json_object_get_string(value.json);
	size_t len = (size_t)json_object_get_string_len(value.json);
	AUTO_STR struct str made = { 0 };

	if (verb->has_precision && strchr("svq", verb->letter))
		len = cut(text, len, verb->precision);
	switch (verb->letter) {
	case 's':
	case 'v':
		put_padded(verb, text, len, out);
		return;
	case 'q':
		quote(text, len, &made);
		break;
	case 'x':
	case 'X':
		for (size_t i = 0; i < len; i++)
			str_printf(&made, verb->letter == 'x' ? "%02x" : "%02X",
				   (unsigned int)(unsigned char)text[i]);
		break;
	default:
		put_misfit(verb, value, out);
		return;
	}
	put_padded(verb, str_text(&made), made.len, out);
}

static void put_digits(const struct verb *verb, bool is_negative, const char *digits,
		       struct str *out)
{
	AUTO_STR struct str made = { 0 };
	size_t len = strlen(digits);
	char sign = is_negative ? '-' : verb->has_plus ? '+' : verb->has_space ? ' ' : '\0';
	size_t least = verb->has_precision ? verb->precision : 0;

	if (verb->is_zero && !verb->is_left && !verb->has_precision)
		least = verb->width > (sign ? 1U : 0U) ? verb->width - (sign ? 1U : 0U) : 0;
	if (sign)
		str_add_char(&made, sign);
	if (verb->is_alternate && strchr("xX", verb->letter))
		str_printf(&made, "0%c", verb->letter);
	pad(&made, '0', least > len ? least - len : 0);
	str_add(&made, digits);
	put_padded(verb, str_text(&made), made.len, out);
}

static void put_rune(const struct verb *verb, uint64_t code, struct str *out)
{
	AUTO_STR struct str made = { 0 };
	char bytes[4];
	size_t n = utf8_put(code > 0x10ffff ? 0xfffd : (unsigned int)code, bytes);

	if (verb->letter == 'U') {
		str_printf(&made, "U+%04" PRIX64, code);
	} else if (verb->letter == 'q') {
		str_add_char(&made, '\'');
		quote_rune(bytes, n, '\'', &made);
		str_add_char(&made, '\'');
	} else {
		str_add_bytes(&made, bytes, n);
	}
	put_padded(verb, str_text(&made), made.len, out);
}

static void put_integer(const struct verb *verb, struct value value, struct str *out)
{
	int64_t number = json_object_get_int64(value.json);
	bool is_negative = number < 0;
	uint64_t size = is_negative ? 0 - (uint64_t)number : json_object_get_uint64(value.json);
	char digits[65] = "";
	size_t at = 64;

	switch (verb->letter) {
	case 'd':
	case 'v':
		(void)snprintf(digits, sizeof(digits), "%" PRIu64, size);
		break;
	case 'x':
		(void)snprintf(digits, sizeof(digits), "%" PRIx64, size);
		break;
	case 'X':
		(void)snprintf(digits, sizeof(digits), "%" PRIX64, size);
		break;
	case 'o':
		(void)snprintf(digits, sizeof(digits), "%" PRIo64, size);
		break;
	case 'b':
		do {
			digits[--at] = (char)('0' + (size & 1));
			size >>= 1;
		} while (size > 0);
		put_digits(verb, is_negative, digits + at, out);
		return;
	case 'c':
	case 'q':
	case 'U':
		put_rune(verb, size, out);
		return;
	default:
		put_misfit(verb, value, out);
		return;
	}
	put_digits(verb, is_negative, digits, out);
}

static void put_double(const struct verb *verb, struct value value, struct str *out)
{
	double number = json_object_get_double(value.json);
	AUTO_STR struct str made = { 0 };
	int precision = verb->has_precision ? (int)verb->precision : 6;

	switch (verb->letter) {
	case 'f':
	case 'F':
		str_printf(&made, "%.*f", precision, number);
		break;
	case 'e':
		str_printf(&made, "%.*e", precision, number);
		break;
	case 'E':
		str_printf(&made, "%.*E", precision, number);
		break;
	case 'g':
	case 'G':
	case 'v':
		if (verb->has_precision)
			str_printf(&made, "%.*g", precision, number);
		else
			double_print(number, &made);
		break;
	default:
		put_misfit(verb, value, out);
		return;
	}
	if (number >= 0 && verb->has_plus)
		str_add_char(out, '+');
	put_padded(verb, str_text(&made), made.len, out);
}

static void put_value(const struct verb *verb, struct value value, struct str *out);

static void put_array(const struct verb *verb, struct value value, struct str *out)
{
	size_t count = json_object_array_length(value.json);

	str_add_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			str_add_char(out, ' ');
		put_value(verb,
			  (struct value){ .json = json_object_array_get_idx(value.json, i) },
			  out);
	}
	str_add_char(out, ']');
}

static void put_object(const struct verb *verb, struct value value, struct str *out)
{
	size_t count;
	AUTO_FREE const char **keys = object_keys(value.json, &count);

	str_add(out, "map[");
	for (size_t i = 0; i < count; i++) {
		AUTO_STR struct str quoted = { 0 };

		if (verb->letter == 'q')
			quote(keys[i], strlen(keys[i]), &quoted);
		else
			str_add(&quoted, keys[i]);
		str_printf(out, "%s%s:", i > 0 ? " " : "", str_text(&quoted));
		put_value(verb,
			  (struct value){ .json = json_object_object_get(value.json, keys[i]) },
			  out);
	}
	str_add_char(out, ']');
}

static void put_value(const struct verb *verb, struct value value, struct str *out)
{
	if (verb->letter == 'T') {
		put_padded(verb, value_type_name(value), strlen(value_type_name(value)), out);
		return;
	}
	switch (value_type(value)) {
	case json_type_string:
		put_string(verb, value, out);
		break;
	case json_type_int:
		put_integer(verb, value, out);
		break;
	case json_type_double:
		put_double(verb, value, out);
		break;
	case json_type_array:
		put_array(verb, value, out);
		break;
	case json_type_object:
		put_object(verb, value, out);
		break;
	case json_type_boolean:
		if (verb->letter == 't' || verb->letter == 'v')
			put_padded(verb, json_object_get_boolean(value.json) ? "true" : "false",
				   json_object_get_boolean(value.json) ? 4 : 5, out);
		else
			put_misfit(verb, value, out);
		break;
	default:
		if (verb->letter == 'v')
			put_padded(verb, "<nil>", 5, out);
		else
			put_misfit(verb, value, out);
	}
}

static size_t parse_width(const char **at)
{
	size_t width = 0;

	for (; **at >= '0' && **at <= '9'; (*at)++)
		if (width < WIDTH_MAX)
			width = width * 10 + (size_t)(**at - '0');
	return width < WIDTH_MAX ? width : WIDTH_MAX;
}

/* Flags, width and precision behind the '%'. */
static void parse_verb(const char **at, struct verb *verb)
{
	for (; **at && strchr("-+ #0", **at); (*at)++) {
		verb->is_left |= **at == '-';
		verb->has_plus |= **at == '+';
		verb->has_space |= **at == ' ';
		verb->is_alternate |= **at == '#';
		verb->is_zero |= **at == '0';
	}
	verb->width = parse_width(at);
	if (**at != '.')
		return;
	(*at)++;
	verb->has_precision = true;
	verb->precision = parse_width(at);
}

static void put_extra(const struct value *args, size_t count, struct str *out)
{
	str_add(out, "%!(EXTRA ");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			str_add(out, ", ");
		str_add(out, value_type_name(args[i]));
		if (!args[i].json)
			continue;
		str_add_char(out, '=');
		value_print(args[i], out);
	}
	str_add_char(out, ')');
}

void value_printf(const char *format, const struct value *args, size_t count, struct str *out)
{
	size_t used = 0;

	while (*format) {
		size_t plain = strcspn(format, "%");
		struct verb verb = { 0 };

		str_add_bytes(out, format, plain);
		format += plain;
		if (*format == '\0' || out->len > TEMPLATE_OUTPUT_MAX)
			break;
		format++;
		parse_verb(&format, &verb);
		if (*format == '\0') {
			str_add(out, "%!(NOVERB)");
			break;
		}
		verb.letter = *format++;
		if (verb.letter == '%')
			str_add_char(out, '%');
		else if (used < count)
			put_value(&verb, args[used++], out);
		else
			str_printf(out, "%%!%c(MISSING)", verb.letter);
	}
	if (used < count)
		put_extra(args + used, count - used, out);
}
