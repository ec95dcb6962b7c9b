/*
 * Aligned columns: Go's text/tabwriter as docker uses it (see table_align in listing.h).
 *
 * A column is a run of neighbouring lines that all have a tab behind that cell; it is as wide
 * as its widest cell, so lines with fewer cells end a column. The algorithm is tabwriter's:
 * format(column) looks for the end of the run, then recurses to the right.
 *
 * Runs in: cli.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/listing.h"

enum { TABLE_PADDING = 3, TABLE_MIN_WIDTH = 10, TABLE_COLUMNS_MAX = 64 };

struct table_cell {
	const char *text;
	uint32_t len;
	uint32_t width; /* of the column; 0: the last cell, not padded */
};

struct table {
	struct table_cell *cells; /* `room` for each line */
	size_t *counts;		  /* cells of each line; the last one has no tab behind it */
	size_t count;
	size_t room;
};

static struct table_cell *table_line(const struct table *t, size_t line)
{
	return t->cells + line * t->room;
}

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
static const char *table_cut(const char *text, struct table *t, size_t line)
{
	struct table_cell *cells = table_line(t, line);
	const char *end = strchrnul(text, '\n');

	for (;;) {
		struct table_cell *cell = &cells[t->counts[line]++];
		const char *tab = memchr(text, '\t', (size_t)(end - text));
		bool is_last = !tab || t->counts[line] == t->room;

		cell->text = text;
		cell->len = (uint32_t)((is_last ? end : tab) - text);
		if (is_last)
			return *end ? end + 1 : end;
		text = tab + 1;
	}
}

static bool table_has_column(const struct table *t, size_t line, size_t column)
{
	return column + 1 < t->counts[line];
}

/* Find the width of `column` for the run of lines that begins at `first`; returns the line
 * behind the run. */
static size_t table_measure(struct table *t, size_t first, size_t column)
{
	size_t width = TABLE_MIN_WIDTH;
	size_t end = first;

	for (; end < t->count && table_has_column(t, end, column); end++) {
		const struct table_cell *cell = table_line(t, end) + column;
		size_t needed = table_width(cell->text, cell->len) + TABLE_PADDING;

		if (needed > width)
			width = needed;
	}
	for (size_t i = first; i < end; i++)
		table_line(t, i)[column].width = (uint32_t)width;
	return end;
}

static void table_print_line(const struct table *t, size_t line, struct str *out)
{
	const struct table_cell *cells = table_line(t, line);

	for (size_t i = 0; i < t->counts[line]; i++) {
		size_t width = table_width(cells[i].text, cells[i].len);

		str_add_bytes(out, cells[i].text, cells[i].len);
		if (i + 1 < t->counts[line])
			str_printf(out, "%*s", (int)(cells[i].width - width), "");
	}
	str_add_char(out, '\n');
}

/* How many lines there are, and the cells of the longest. */
static void table_count(const char *text, struct table *t)
{
	size_t cells = 1;

	for (const char *c = text; *c; c++) {
		cells += *c == '\t';
		if (cells > t->room)
			t->room = cells;
		if (*c != '\n' && c[1] != '\0')
			continue;
		t->count++;
		cells = 1;
	}
	if (t->room > TABLE_COLUMNS_MAX)
		t->room = TABLE_COLUMNS_MAX;
}

void table_align(const char *text, struct str *out)
{
	struct table t = { .room = 1 };

	table_count(text, &t);
	if (t.count == 0)
		return;
	t.cells = calloc(t.count * t.room, sizeof(*t.cells));
	t.counts = calloc(t.count, sizeof(*t.counts));
	out->is_broken |= !t.cells || !t.counts;
	if (str_ok(out) == 0) {
		for (size_t i = 0; i < t.count; i++)
			text = table_cut(text, &t, i);
		for (size_t column = 0; column < t.room; column++) {
			for (size_t i = 0; i < t.count;) {
				size_t end = table_measure(&t, i, column);

				i = end > i ? end : i + 1;
			}
		}
		for (size_t i = 0; i < t.count; i++)
			table_print_line(&t, i, out);
	}
	free(t.cells);
	free(t.counts);
}
