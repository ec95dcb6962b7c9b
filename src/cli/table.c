/*
 * Aligned columns: Go's text/tabwriter as docker uses it (see table_align in listing.h).
 *
 * A column is a run of neighbouring lines that all have a tab behind that cell; it is as wide
 * as its widest cell, so lines with fewer cells end a column. The algorithm is tabwriter's:
 * format(column) looks for the end of the run, then recurses to the right.
 *
 * Runs in: cli.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/listing.h"

enum { TABLE_PADDING = 3, TABLE_MIN_WIDTH = 10, TABLE_COLUMNS_MAX = 64 };

struct table_line {
	const char *cells[TABLE_COLUMNS_MAX];
	size_t lens[TABLE_COLUMNS_MAX];
	size_t widths[TABLE_COLUMNS_MAX]; /* of the columns; 0: the last cell, not padded */
	size_t count;			  /* cells; the last one has no tab behind it */
};

struct table {
	struct table_line *lines;
	size_t count;
};

/* Characters, not bytes. */
static size_t table_width(const char *text, size_t len)
{
	size_t width = 0;

	for (size_t i = 0; i < len; i++)
		width += ((unsigned char)text[i] & 0xc0) != 0x80;
	return width;
}

/* Cut one line into cells; what has too many tabs keeps them in its last cell. Returns where
 * the next line begins. */
static const char *table_cut(const char *text, struct table_line *line)
{
	const char *end = strchrnul(text, '\n');

	line->count = 0;
	for (;;) {
		size_t i = line->count++;
		const char *tab = memchr(text, '\t', (size_t)(end - text));

		line->cells[i] = text;
		if (!tab || line->count == TABLE_COLUMNS_MAX) {
			line->lens[i] = (size_t)(end - text);
			return *end ? end + 1 : end;
		}
		line->lens[i] = (size_t)(tab - text);
		text = tab + 1;
	}
}

static bool table_has_column(const struct table_line *line, size_t column)
{
	return column + 1 < line->count;
}

/* Find the width of `column` for the run of lines that begins at `first`; returns the line
 * behind the run. */
static size_t table_measure(struct table *t, size_t first, size_t column)
{
	size_t width = TABLE_MIN_WIDTH;
	size_t end = first;

	for (; end < t->count && table_has_column(&t->lines[end], column); end++) {
		const struct table_line *line = &t->lines[end];
		size_t cell =
			table_width(line->cells[column], line->lens[column]) + TABLE_PADDING;

		if (cell > width)
			width = cell;
	}
	for (size_t i = first; i < end; i++)
		t->lines[i].widths[column] = width;
	return end;
}

static void table_print_line(const struct table_line *line, struct str *out)
{
	for (size_t i = 0; i < line->count; i++) {
		size_t width = table_width(line->cells[i], line->lens[i]);

		str_add_bytes(out, line->cells[i], line->lens[i]);
		if (i + 1 < line->count)
			str_printf(out, "%*s", (int)(line->widths[i] - width), "");
	}
	str_add_char(out, '\n');
}

static size_t table_count_lines(const char *text)
{
	size_t count = 0;

	for (const char *c = text; *c; count++) {
		c = strchrnul(c, '\n');
		c += *c == '\n';
	}
	return count;
}

void table_align(const char *text, struct str *out)
{
	struct table t = { .count = table_count_lines(text) };

	t.lines = calloc(t.count ? t.count : 1, sizeof(*t.lines));
	if (!t.lines) {
		out->is_broken = true;
		return;
	}
	for (size_t i = 0; i < t.count; i++)
		text = table_cut(text, &t.lines[i]);
	for (size_t column = 0; column < TABLE_COLUMNS_MAX; column++) {
		for (size_t i = 0; i < t.count;) {
			size_t end = table_measure(&t, i, column);

			i = end > i ? end : i + 1;
		}
	}
	for (size_t i = 0; i < t.count; i++)
		table_print_line(&t.lines[i], out);
	free(t.lines);
}
