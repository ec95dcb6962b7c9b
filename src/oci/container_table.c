/*
 * See container_table.h.
 *
 * Runs in: runtime.
 */
#include "oci/container_table.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "format/json.h"
#include "format/text.h"

enum { COLUMNS = 6, COLUMN_MIN = 12, PADDING = 3, PID_TEXT_SIZE = 12 };

struct cells {
	const char *texts[COLUMNS];
	char pid[PID_TEXT_SIZE];
	char created[CLOCK_TEXT_SIZE];
};

static const struct cells head = {
	.texts = { "ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER" },
};

/* What has ended has no pid any more. */
static pid_t pid_of(const struct container_row *row)
{
	return row->status == OCI_STOPPED ? 0 : row->state.pid;
}

static void cells_fill(const struct container_row *row, struct cells *ret)
{
	(void)snprintf(ret->pid, sizeof(ret->pid), "%d", (int)pid_of(row));
	clock_text(row->state.created_ns, ret->created);
	ret->texts[0] = row->id;
	ret->texts[1] = ret->pid;
	ret->texts[2] = oci_status_text(row->status);
	ret->texts[3] = row->state.bundle;
	ret->texts[4] = ret->created;
	ret->texts[5] = row->state.owner;
}

/* A path is somebody else's: it must not move the cursor. */
static void cell_print(const char *text, struct str *out)
{
	text_printable(text, strlen(text), out);
}

static void widths_grow(const struct cells *cells, size_t widths[COLUMNS])
{
	AUTO_STR struct str text = { 0 };

	for (size_t i = 0; i < COLUMNS; i++) {
		str_clear(&text);
		cell_print(cells->texts[i], &text);
		if (widths[i] < text.len + PADDING)
			widths[i] = text.len + PADDING;
	}
}

static void line_print(const struct cells *cells, const size_t widths[COLUMNS], struct str *out)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		size_t begin = out->len;
		size_t printed;

		cell_print(cells->texts[i], out);
		printed = out->len - begin;
		if (i + 1 < COLUMNS && printed < widths[i])
			str_printf(out, "%*s", (int)(widths[i] - printed), "");
	}
	str_add_char(out, '\n');
}

void container_table_print(const struct container_row *rows, size_t count, struct str *out)
{
	size_t widths[COLUMNS];
	struct cells cells = { 0 };

	for (size_t i = 0; i < COLUMNS; i++)
		widths[i] = COLUMN_MIN;
	widths_grow(&head, widths);
	for (size_t i = 0; i < count; i++) {
		cells_fill(&rows[i], &cells);
		widths_grow(&cells, widths);
	}
	line_print(&head, widths, out);
	for (size_t i = 0; i < count; i++) {
		cells_fill(&rows[i], &cells);
		line_print(&cells, widths, out);
	}
}

void container_table_json(const struct container_row *rows, size_t count, struct str *out)
{
	struct json_writer w = { .out = out };

	json_begin_array(&w, NULL);
	for (size_t i = 0; i < count; i++) {
		json_begin_object(&w, NULL);
		container_state_write(&w, rows[i].id, &rows[i].state,
				      oci_status_text(rows[i].status), pid_of(&rows[i]));
		json_write_text(&w, "owner", rows[i].state.owner);
		json_end_object(&w);
	}
	json_end_array(&w);
	str_add_char(out, '\n');
}
