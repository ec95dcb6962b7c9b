/*
 * See images_tree.h.
 *
 * As docker 28 prints it, but for its warning that this is an experiment, and with two things
 * that docker does since 29: where nobody looks nothing is coloured and no name is cut, and an
 * image without a tag is shown for `-f dangling=true`, too.
 *
 * Runs in: cli.
 * See: docker images --tree; no-color.org.
 */
#include "cli/images_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/filter.h"
#include "engine/image_users.h"
#include "format/reference.h"
#include "format/size.h"
#include "format/text.h"
#include "spec/platform.h"

#define COLOR_TITLE    "\033[39m\033[1m"
#define COLOR_NAME     "\033[34m\033[1m"
#define COLOR_UNTAGGED "\033[39m\033[2m"
#define COLOR_NORMAL   "\033[39m"
#define COLOR_NONE     "\033[0m"

#define BRANCH "\xe2\x94\x94\xe2\x94\x80 " /* a corner and a line to the right */

enum {
	TREE_SPACING = 3,
	TREE_NAME_MIN =
		12, /* of a terminal: without so much for names there are fewer columns */
	TREE_WIDTH_MIN = 20,
	TREE_LEGEND_WIDTH = 80, /* where there is no terminal */
	BRANCH_WIDTH = 3
};

enum tree_column { TREE_IMAGE, TREE_ID, TREE_DISK, TREE_CONTENT, TREE_EXTRA, TREE_COLUMNS };

static const struct {
	const char *title;
	size_t width; /* 0: as wide as needed */
	bool is_right;
} tree_columns[TREE_COLUMNS] = {
	[TREE_IMAGE] = { "IMAGE", 0, false },	  [TREE_ID] = { "ID", 12, false },
	[TREE_DISK] = { "DISK USAGE", 10, true }, [TREE_CONTENT] = { "CONTENT SIZE", 12, true },
	[TREE_EXTRA] = { "EXTRA", 5, false },
};

struct tree_image {
	const struct image *image;
	struct strv names; /* its tags, as users see them */
	const char *platform;
	uint64_t content; /* bytes of what is kept of it as it came */
	bool is_used;
};

struct tree {
	struct tree_image *items;
	size_t count;
	bool is_colored;
	size_t width;	   /* of the terminal; 0: there is none, nothing is cut */
	size_t name_width; /* of the first column */
	size_t columns;	   /* how many of them there is room for */
	struct str out;
};

/* --- what is shown ----------------------------------------------------------------------- */

/* As docker: the longest first, else in their order. */
static void add_name(struct strv *names, struct arena *arena, const char *name)
{
	size_t at;

	strv_add_borrowed(names, arena, name);
	if (arena_ok(arena) < 0)
		return;
	for (at = names->count - 1;
	     at > 0 && strlen(names->items[at - 1]) < strlen(names->items[at]); at--) {
		char *shorter = names->items[at - 1];

		names->items[at - 1] = names->items[at];
		names->items[at] = shorter;
	}
}

/* Its tags that are wanted; `ret_is_named`: some name of it is. */
static void tree_names(const struct images_view *view, struct tree_image *item,
		       struct arena *arena, bool *ret_is_named)
{
	const struct strv *references = &item->image->references;

	*ret_is_named = view->patterns.count == 0;
	for (size_t i = 0; i < references->count; i++) {
		struct reference reference;
		char name[REFERENCE_SIZE * 2];

		if (!images_view_wants_name(view, references->items[i]) ||
		    reference_parse(references->items[i], &reference, NULL) < 0)
			continue;
		*ret_is_named = true;
		reference_familiar_name(&reference, name);
		if (!reference.digest[0])
			add_name(&item->names, arena,
				 arena_printf(arena, "%s:%s", name, reference.tag));
	}
}

static const char *tree_platform(const struct image *image, struct arena *arena)
{
	AUTO_STR struct str printable = { 0 };
	struct platform platform;
	char text[PLATFORM_TEXT];

	platform_of(image->config.os, image->config.architecture, image->config.variant,
		    &platform);
	platform_text(&platform, text);
	/* An image may say anything. */
	text_printable(text, strlen(text), &printable);
	return str_ok(&printable) < 0 ? NULL : arena_copy(arena, str_text(&printable));
}

static bool tree_is_used(const struct image_users *users, const struct image *image)
{
	char container_id[ID_SIZE];

	return users->is_used(users->context, image->id, container_id) != IMAGE_UNUSED;
}

static int tree_add(struct cli *cli, const struct images_view *view, struct tree *tree,
		    const struct image *image, struct err *e)
{
	bool shows_untagged = view->is_all || filter_has(&view->filters, "dangling");
	struct tree_image item = { .image = image };
	bool is_named;
	int r;

	tree_names(view, &item, &cli->arena, &is_named);
	if (!is_named || (item.names.count == 0 && !shows_untagged))
		return 0;
	item.platform = tree_platform(image, &cli->arena);
	r = image_content_size(&cli->engine.state, image->id, &cli->arena, &item.content, e);
	if (r == -ENOENT) /* it has gone meanwhile */
		return 0;
	tree->items[tree->count++] = item;
	return r;
}

static int tree_gather(struct cli *cli, struct images_view *view, struct tree *tree,
		       struct err *e)
{
	struct image_user_list list;
	struct image_users users;
	int r = images_view_read(cli, view, true, e);

	if (r < 0)
		return r;
	tree->items = arena_array(&cli->arena, view->count, sizeof(tree->items[0]));
	for (size_t i = 0; tree->items && i < view->count && r == 0; i++)
		if (images_view_wants(view, &view->images[i]))
			r = tree_add(cli, view, tree, &view->images[i], e);
	if (r < 0)
		return r;
	users = image_users_of(&list, &cli->engine);
	for (size_t i = 0; i < tree->count; i++)
		tree->items[i].is_used = tree_is_used(&users, tree->items[i].image);
	image_users_done(&list);
	return arena_ok(&cli->arena) == 0
		       ? 0
		       : err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for the list of images");
}

/* --- how wide it is ---------------------------------------------------------------------- */

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t tree_widest_name(const struct tree *tree)
{
	size_t width = strlen(tree_columns[TREE_IMAGE].title);

	for (size_t i = 0; i < tree->count; i++) {
		const struct tree_image *item = &tree->items[i];

		for (size_t n = 0; n < item->names.count; n++)
			width = larger(width, strlen(item->names.items[n]));
		/* Docker counts the bytes of the branch. */
		width = larger(width, strlen(BRANCH) + strlen(item->platform));
	}
	return width;
}

static void tree_measure(struct tree *tree)
{
	size_t widest = tree_widest_name(tree);
	size_t left = larger(tree->width, TREE_WIDTH_MIN);

	tree->columns = 1;
	while (tree->columns < TREE_COLUMNS) {
		size_t needed = tree_columns[tree->columns].width + TREE_SPACING;

		if (tree->width > 0 && left < needed + TREE_NAME_MIN)
			break;
		left -= tree->width > 0 ? needed : 0;
		tree->columns++;
	}
	tree->name_width = tree->width == 0 || left > widest ? widest : left;
}

/* --- how it looks ------------------------------------------------------------------------ */

static void put_colored(struct tree *tree, const char *color, const char *text)
{
	if (tree->is_colored && text[0])
		str_printf(&tree->out, "%s%s%s", color, text, COLOR_NONE);
	else
		str_add(&tree->out, text);
}

static void put_space(struct tree *tree, size_t width)
{
	str_printf(&tree->out, "%*s", (int)width, "");
}

/* `used` of the column's width are taken by `text`. */
static void put_cell(struct tree *tree, enum tree_column column, const char *color,
		     const char *text, size_t used)
{
	size_t width = column == TREE_IMAGE ? tree->name_width : tree_columns[column].width;
	size_t free_width = width > used ? width - used : 0;

	if (tree_columns[column].is_right)
		put_space(tree, free_width);
	put_colored(tree, color, text);
	if (!tree_columns[column].is_right)
		put_space(tree, free_width);
}

static void put_text(struct tree *tree, enum tree_column column, const char *color,
		     const char *text)
{
	put_cell(tree, column, color, text, strlen(text));
}

static void put_used(struct tree *tree)
{
	str_add(&tree->out, tree->is_colored ? "\033[38;5;0m\033[48;5;14m U " COLOR_NONE : "U");
}

/* At the right margin: what the letters mean. */
static void tree_put_legend(struct tree *tree)
{
	size_t used = strlen(tree->is_colored ? "i Info >   U  In Use " : "Info ->  U In Use ");
	size_t width = tree->width > 0 ? tree->width : TREE_LEGEND_WIDTH;

	put_space(tree, width > used ? width - used : 0);
	if (tree->is_colored)
		str_add(&tree->out, "\033[1m\033[106m\033[30mi" COLOR_NONE
				    " \033[96mInfo \xe2\x86\x92 " COLOR_NONE " ");
	else
		str_add(&tree->out, "Info ->  ");
	put_used(tree);
	str_add(&tree->out, " In Use \n\n");
}

static void tree_put_titles(struct tree *tree)
{
	for (size_t i = 0; i < tree->columns; i++) {
		if (i > 0)
			put_space(tree, TREE_SPACING);
		put_text(tree, (enum tree_column)i, COLOR_TITLE, tree_columns[i].title);
	}
	str_add_char(&tree->out, '\n');
}

static void put_size(struct tree *tree, enum tree_column column, uint64_t bytes)
{
	char text[SIZE_TEXT_SIZE];

	size_text_short(bytes, text);
	put_text(tree, column, COLOR_NORMAL, text);
}

/* Everything behind the first column, and the end of the line. */
static void put_details(struct tree *tree, const struct tree_image *item, const char *digest)
{
	AUTO_STR struct str id = { 0 };

	text_short_id(digest, &id);
	for (size_t i = TREE_ID; i < tree->columns; i++) {
		put_space(tree, TREE_SPACING);
		if (i == TREE_ID) {
			put_text(tree, TREE_ID, COLOR_NORMAL, str_text(&id));
		} else if (i == TREE_DISK) {
			put_size(tree, TREE_DISK, item->image->size + item->content);
		} else if (i == TREE_CONTENT) {
			put_size(tree, TREE_CONTENT, item->content);
		} else if (item->is_used) {
			size_t used = tree->is_colored ? strlen(" U ") : strlen("U");

			put_used(tree);
			put_space(tree, tree_columns[TREE_EXTRA].width - used);
		} else {
			put_space(tree, tree_columns[TREE_EXTRA].width);
		}
	}
	str_add_char(&tree->out, '\n');
}

/* In at most `width` characters; 0: whole. */
static void put_name(struct tree *tree, const char *name, size_t width)
{
	AUTO_STR struct str text = { 0 };

	if (width > 0)
		text_truncate(name, width, &text);
	else
		str_add(&text, name);
	put_colored(tree, COLOR_NAME, str_text(&text));
}

/* Each on a line of its own; the line of the last goes on. */
static void put_names(struct tree *tree, const struct strv *names)
{
	size_t width = tree->name_width;

	for (size_t i = 0; i < names->count; i++) {
		bool is_last = i + 1 == names->count;
		size_t len = strlen(names->items[i]);

		put_name(tree, names->items[i], is_last ? width : tree->width);
		if (is_last)
			put_space(tree, len < width ? width - len : 0);
		else
			str_add_char(&tree->out, '\n');
	}
}

static void put_image(struct tree *tree, const struct tree_image *item)
{
	AUTO_STR struct str child = { 0 };

	if (item->names.count > 0)
		put_names(tree, &item->names);
	else
		put_text(tree, TREE_IMAGE, COLOR_UNTAGGED, "<untagged>");
	put_details(tree, item, item->image->id);
	str_printf(&child, BRANCH "%s", item->platform);
	put_cell(tree, TREE_IMAGE, COLOR_NORMAL, str_text(&child),
		 BRANCH_WIDTH + strlen(item->platform));
	put_details(tree, item, item->image->manifest);
	str_add_char(&tree->out, '\n');
}

static void tree_find_terminal(struct tree *tree)
{
	const char *no_color = getenv("NO_COLOR");
	bool is_terminal = isatty(STDOUT_FILENO) == 1;

	tree->width = is_terminal ? cli_width() : 0;
	tree->is_colored = is_terminal && str_is_empty(no_color);
}

int images_tree_print(struct cli *cli, struct images_view *view, struct err *e)
{
	struct tree tree = { 0 };
	int r = tree_gather(cli, view, &tree, e);

	if (r < 0)
		return r;
	tree_find_terminal(&tree);
	tree_measure(&tree);
	tree_put_legend(&tree);
	tree_put_titles(&tree);
	for (size_t i = 0; i < tree.count; i++)
		put_image(&tree, &tree.items[i]);
	r = str_ok(&tree.out) < 0
		    ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for the tree of images")
		    : 0;
	if (r == 0)
		(void)fputs(str_text(&tree.out), stdout);
	str_done(&tree.out);
	return r;
}
