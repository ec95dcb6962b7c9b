/*
 * list: the containers below --root.
 *
 * One that is still being created has no state to be shown, and one that goes away meanwhile is
 * no failure: both are left out.
 *
 * Runs in: runtime.
 * See: runc-list(8).
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oci/container_table.h"

enum { ROWS_BEGIN = 16 };

struct list_values {
	bool is_json;
	bool is_quiet;
};

struct rows {
	struct container_row *items; /* in the arena */
	size_t count;
	size_t room;
};

static int set_format(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct list_values *v = values;

	(void)arena;
	if (strcmp(value, "table") != 0 && strcmp(value, "json") != 0)
		return err_set(e, ERR_INVALID, -EINVAL, "table or json expected");
	v->is_json = value[0] == 'j';
	return 0;
}

static const struct option list_options[] = {
	{ "format", 'f', OPTION_VALUE, 0, set_format, "format", "table (default) or json" },
	{ "quiet", 'q', OPTION_BOOL, offsetof(struct list_values, is_quiet), NULL, NULL,
	  "Print ids alone" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};

static const struct oci_syntax syntax = { .options = list_options };

static int rows_add(struct rows *rows, struct arena *arena, const struct container_row *row)
{
	if (rows->count == rows->room) {
		size_t room = rows->room ? rows->room * 2 : ROWS_BEGIN;
		struct container_row *items = arena_array(arena, room, sizeof(*items));

		if (!items)
			return -ENOMEM;
		if (rows->count > 0)
			memcpy(items, rows->items, rows->count * sizeof(*items));
		rows->items = items;
		rows->room = room;
	}
	rows->items[rows->count++] = *row;
	return 0;
}

static int row_read(struct oci *oci, const char *name, struct rows *rows, struct err *e)
{
	AUTO_CONTAINER struct oci_container container = { .dir_fd = -EBADF };
	struct container_row row;
	int r = container_open(oci, name, CONTAINER_READ, &container, e);

	if (r == -ENOENT || (r == 0 && !container.has_state))
		return 0;
	if (r < 0)
		return r;
	row = (struct container_row){ .id = arena_copy(&oci->arena, name),
				      .state = container.state,
				      .status = container_status(&container) };
	return row.id && rows_add(rows, &oci->arena, &row) == 0
		       ? 0
		       : err_sys(e, ENOMEM, "list containers");
}

static int compare_rows(const void *a, const void *b)
{
	const struct container_row *left = a;
	const struct container_row *right = b;

	return strcmp(left->id, right->id);
}

/* One that cannot be read is told, and does not hide the others. */
static int rows_read(struct oci *oci, struct rows *rows, struct err *e)
{
	struct err unreadable = { 0 };
	struct dirent *entry;
	DIR *dir = opendir(oci->root);
	int r = 0;

	if (!dir)
		return errno == ENOENT ? 0 : err_sys(e, errno, "open %s", oci->root);
	while (r != -ENOMEM && (entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || container_id_check(entry->d_name, NULL) < 0)
			continue;
		r = row_read(oci, entry->d_name, rows, &unreadable);
		if (r < 0)
			(void)oci_report(oci, &unreadable);
	}
	(void)closedir(dir);
	if (rows->count > 0)
		qsort(rows->items, rows->count, sizeof(*rows->items), compare_rows);
	return 0;
}

static void rows_print(const struct list_values *values, const struct rows *rows)
{
	AUTO_STR struct str text = { 0 };

	if (values->is_quiet) {
		for (size_t i = 0; i < rows->count; i++)
			str_printf(&text, "%s\n", rows->items[i].id);
	} else if (values->is_json) {
		container_table_json(rows->items, rows->count, &text);
	} else {
		container_table_print(rows->items, rows->count, &text);
	}
	(void)fputs(str_text(&text), stdout);
}

int oci_list(struct oci *oci, char **argv)
{
	struct list_values values = { 0 };
	struct rows rows = { 0 };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;

	if (!oci_parse(oci, &syntax, argv, &values, &args, &exit_code))
		return exit_code;
	if (rows_read(oci, &rows, &e) < 0)
		return oci_report(oci, &e);
	rows_print(&values, &rows);
	return 0;
}
