/*
 * What stands behind a key in TOML: strings, numbers, booleans, arrays, inline tables.
 *
 * Runs in: cli.
 * See: toml.io/en/v1.0.0; toml.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "format/toml_read.h"
#include "format/utf8.h"

enum { WORD_MAX = 128 }; /* of a number */

/* --- strings ------------------------------------------------------------------------------ */

/* The digits of \uXXXX or \UXXXXXXXX. */
static int read_rune(struct toml_reader *in, size_t digits, struct str *out)
{
	char text[9] = "";
	char utf8[4];
	unsigned long rune;

	if ((size_t)(in->end - in->at) < digits)
		return toml_reader_fail(in, "an escape is cut off");
	memcpy(text, in->at, digits);
	if (strspn(text, "0123456789abcdefABCDEF") != digits)
		return toml_reader_fail(in, "an escape has a digit that is not hexadecimal");
	rune = strtoul(text, NULL, 16);
	if (rune == 0 || rune > 0x10ffff || (rune >= 0xd800 && rune < 0xe000))
		return toml_reader_fail(in, "an escape names no character");
	in->at += digits;
	str_add_bytes(out, utf8, utf8_put((unsigned int)rune, utf8));
	return 0;
}

/* Behind a backslash. */
static int read_escape(struct toml_reader *in, struct str *out)
{
	static const char letters[] = "btnfr\"\\";
	static const char meanings[] = "\b\t\n\f\r\"\\";
	char c = toml_peek(in);
	const char *found = c ? strchr(letters, c) : NULL;

	if (!found && c != 'u' && c != 'U')
		return toml_reader_fail(in, "an escape is not known");
	in->at++;
	if (!found)
		return read_rune(in, c == 'u' ? 4 : 8, out);
	str_add_char(out, meanings[found - letters]);
	return 0;
}

/* Behind a backslash at the end of a line: what follows up to the next text is left out. */
static bool skip_line_end(struct toml_reader *in)
{
	const char *from = in->at;

	toml_skip_blanks(in);
	if (!toml_take_newline(in, NULL)) {
		in->at = from;
		return false;
	}
	do
		toml_skip_blanks(in);
	while (toml_take_newline(in, NULL));
	return true;
}

static size_t count_quotes(const struct toml_reader *in, char quote)
{
	size_t n = 0;

	while (n < (size_t)(in->end - in->at) && in->at[n] == quote)
		n++;
	return n;
}

/* Up to three quotes; one or two more of them belong to the text. */
static int read_long_string(struct toml_reader *in, char quote, struct str *out)
{
	(void)toml_take_newline(in, NULL);
	while (in->at < in->end) {
		size_t quotes = count_quotes(in, quote);
		int r = 0;

		if (quotes >= 3) {
			if (quotes > 5)
				return toml_reader_fail(in, "too many quotes end a string");
			str_add_bytes(out, in->at, quotes - 3);
			in->at += quotes;
			return 0;
		}
		if (quote == '"' && toml_take(in, '\\'))
			r = skip_line_end(in) ? 0 : read_escape(in, out);
		else if (!toml_take_newline(in, out) && *in->at == '\r')
			r = toml_reader_fail(in, "a carriage return without a line feed");
		else if (in->at < in->end && *in->at != '\n' && *in->at != '\r')
			str_add_char(out, *in->at++);
		if (r < 0)
			return r;
	}
	return toml_reader_fail(in, "a string has no end");
}

static int read_short_string(struct toml_reader *in, char quote, struct str *out)
{
	while (in->at < in->end && *in->at != '\n' && *in->at != '\r') {
		int r = 0;

		if (toml_take(in, quote))
			return 0;
		if (quote == '"' && toml_take(in, '\\'))
			r = read_escape(in, out);
		else
			str_add_char(out, *in->at++);
		if (r < 0)
			return r;
	}
	return toml_reader_fail(in, "a string has no end on its line");
}

static int keep_string(struct toml_reader *in, const struct str *text, const char **ret)
{
	*ret = arena_copy(in->arena, str_text(text));
	return str_ok(text) < 0 || !*ret ? -ENOMEM : 0;
}

int toml_read_string(struct toml_reader *in, const char **ret)
{
	AUTO_STR struct str text = { 0 };
	char quote = *in->at++;
	int r = read_short_string(in, quote, &text);

	return r < 0 ? r : keep_string(in, &text, ret);
}

static int read_any_string(struct toml_reader *in, const char **ret)
{
	AUTO_STR struct str text = { 0 };
	char quote = *in->at;
	int r;

	if (count_quotes(in, quote) < 3)
		return toml_read_string(in, ret);
	in->at += 3;
	r = read_long_string(in, quote, &text);
	return r < 0 ? r : keep_string(in, &text, ret);
}

/* --- numbers ------------------------------------------------------------------------------ */

/* A run of digits, in which each underscore stands between two; appended without them. Returns
 * how many. */
static size_t take_digits(const char **at, const char *digits, char *out)
{
	size_t n = 0;

	while (**at && strchr(digits, **at)) {
		out[n++] = *(*at)++;
		if (**at == '_' && (*at)[1] && strchr(digits, (*at)[1]))
			(*at)++;
	}
	out[n] = '\0';
	return n;
}

/* 0x, 0o, 0b. */
static int read_based(const struct toml_reader *in, const char *word, struct toml *ret)
{
	static const struct {
		char letter;
		int base;
		const char *digits;
	} bases[] = { { 'x', 16, "0123456789abcdefABCDEF" },
		      { 'o', 8, "01234567" },
		      { 'b', 2, "01" } };

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		const char *at = word + 2;
		char digits[WORD_MAX + 1];

		if (word[1] != bases[i].letter)
			continue;
		if (take_digits(&at, bases[i].digits, digits) == 0 || *at)
			break;
		errno = 0;
		ret->integer = strtoll(digits, NULL, bases[i].base);
		ret->kind = TOML_INTEGER;
		return errno ? toml_reader_fail(in, "a number is too large") : 0;
	}
	return toml_reader_fail(in, "expected a value");
}

/* What is left of a float behind its first digits: .5, e+7, .5e-7; without underscores. */
static bool take_fraction(const char **at, char *out)
{
	size_t n = 0;

	if (**at == '.') {
		out[n++] = *(*at)++;
		if (take_digits(at, "0123456789", out + n) == 0)
			return false;
		n += strlen(out + n);
	}
	if (**at == 'e' || **at == 'E') {
		out[n++] = *(*at)++;
		if (**at == '+' || **at == '-')
			out[n++] = *(*at)++;
		if (take_digits(at, "0123456789", out + n) == 0)
			return false;
	}
	return true;
}

static int read_decimal(const struct toml_reader *in, const char *word, struct toml *ret)
{
	char plain[2 * WORD_MAX];
	const char *at = word;
	size_t sign = 0;
	size_t digits;

	if (*at == '+' || *at == '-')
		plain[sign++] = *at++;
	if (strcmp(at, "inf") == 0 || strcmp(at, "nan") == 0) {
		ret->kind = TOML_FLOAT;
		ret->number = strtod(word, NULL);
		return 0;
	}
	digits = take_digits(&at, "0123456789", plain + sign);
	if (digits == 0 || (digits > 1 && plain[sign] == '0'))
		return toml_reader_fail(in, "expected a value");
	if (*at == '\0') {
		errno = 0;
		ret->kind = TOML_INTEGER;
		ret->integer = strtoll(plain, NULL, 10);
		return errno ? toml_reader_fail(in, "a number is too large") : 0;
	}
	if (!take_fraction(&at, plain + sign + digits) || *at)
		return toml_reader_fail(in, "expected a value");
	ret->kind = TOML_FLOAT;
	ret->number = strtod(plain, NULL);
	return 0;
}

static bool is_date(const char *word)
{
	size_t digits = strspn(word, "0123456789");

	return (digits == 4 && word[4] == '-') || (digits == 2 && word[2] == ':');
}

/* true, false, or a number. */
static int read_word(struct toml_reader *in, struct toml *ret)
{
	char word[WORD_MAX + 1];
	size_t len = 0;

	while (in->at + len < in->end && !strchr(" \t\r\n,]}#=", in->at[len]))
		len++;
	if (len == 0 || len > WORD_MAX)
		return toml_reader_fail(in, "expected a value");
	memcpy(word, in->at, len);
	word[len] = '\0';
	in->at += len;
	if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0) {
		ret->kind = TOML_BOOL;
		ret->is_true = word[0] == 't';
		return 0;
	}
	if (is_date(word))
		return toml_reader_fail(in, "dates are not read here");
	if (word[0] == '0' && word[1] && strchr("xob", word[1]))
		return read_based(in, word, ret);
	return read_decimal(in, word, ret);
}

/* --- arrays and inline tables ------------------------------------------------------------- */

static int read_array(struct toml_reader *in, struct toml *ret)
{
	ret->kind = TOML_ARRAY;
	in->at++;
	for (;;) {
		struct toml *item;
		int r = toml_skip_lines(in);

		if (r < 0)
			return r;
		if (toml_take(in, ']'))
			return 0;
		item = toml_add(in, ret, TOML_TEXT, NULL);
		r = item ? toml_read_value(in, item) : -EINVAL;
		if (r == 0)
			r = toml_skip_lines(in);
		if (r < 0)
			return r;
		if (!toml_take(in, ',') && toml_peek(in) != ']')
			return toml_reader_fail(in, "expected , or ] in an array");
	}
}

/* `a.b` in it makes tables that are complete with it. */
static void close_tables(struct toml *table)
{
	for (struct toml *value = table->first; value; value = value->next) {
		if (value->kind == TOML_TABLE && value->origin == TOML_BY_KEY) {
			value->origin = TOML_BY_VALUE;
			close_tables(value);
		}
	}
}

static int read_inline_table(struct toml_reader *in, struct toml *ret)
{
	ret->kind = TOML_TABLE;
	in->at++;
	toml_skip_blanks(in);
	if (toml_take(in, '}'))
		return 0;
	do {
		int r = toml_read_assignment(in, ret);

		if (r < 0)
			return r;
		toml_skip_blanks(in);
	} while (toml_take(in, ','));
	if (!toml_take(in, '}'))
		return toml_reader_fail(in, "expected , or } in an inline table");
	close_tables(ret);
	return 0;
}

int toml_read_value(struct toml_reader *in, struct toml *ret)
{
	char c = toml_peek(in);
	int r;

	if (c == '"' || c == '\'')
		return read_any_string(in, &ret->text);
	if (c != '[' && c != '{')
		return read_word(in, ret);
	if (in->depth == TOML_DEPTH_MAX)
		return toml_reader_fail(in, "arrays and tables are nested too deeply");
	in->depth++;
	r = c == '[' ? read_array(in, ret) : read_inline_table(in, ret);
	in->depth--;
	return r;
}
