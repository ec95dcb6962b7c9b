/*
 * hoy image tree: the layers of each image, the topmost first, and which other images have them too.
 *
 * Runs in: cli.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/listing.h"
#include "format/reference.h"
#include "format/size.h"
#include "format/text.h"

/* An image has a layer. */
struct tree_use {
	const char *diff_id;
	size_t image;
};

struct tree {
	const struct image *images;
	size_t count;
	const char **labels;   /* what each image is called below others */
	struct tree_use *uses; /* by diff id, then by image */
	size_t use_count;
	struct str text; /* for table_align */
};

static int use_compare(const void *a, const void *b)
{
	const struct tree_use *x = a;
	const struct tree_use *y = b;
	int order = strcmp(x->diff_id, y->diff_id);

	return order != 0 ? order : (x->image > y->image) - (x->image < y->image);
}

/* All names with a tag, else all with a digest: "one:1, two:2"; nothing when it has none. */
static void add_names(const struct image *image, bool is_by_digest, struct str *out)
{
	for (size_t i = 0; i < image->references.count; i++) {
		struct reference reference = { 0 };
		char familiar[REFERENCE_SIZE * 2];

		if (reference_parse(image->references.items[i], &reference, NULL) < 0 ||
		    (reference.digest[0] != '\0') != is_by_digest)
			continue;
		reference_familiar_name(&reference, familiar);
		str_printf(out, "%s%s%s%s", out->len > 0 ? ", " : "", familiar,
			   is_by_digest ? "@" : ":",
			   is_by_digest ? reference.digest : reference.tag);
	}
}

static const char *tree_label(const struct image *image, struct arena *arena)
{
	AUTO_STR struct str s = { 0 };

	add_names(image, false, &s);
	if (s.len == 0)
		add_names(image, true, &s);
	if (s.len == 0)
		text_short_id(image->id, &s);
	return str_ok(&s) < 0 ? NULL : arena_copy(arena, str_text(&s));
}

static int tree_begin(struct tree *tree, struct arena *arena)
{
	size_t count = 0;

	for (size_t i = 0; i < tree->count; i++)
		count += tree->images[i].layer_count;
	tree->labels = arena_array(arena, tree->count, sizeof(tree->labels[0]));
	tree->uses = arena_array(arena, count, sizeof(tree->uses[0]));
	if (!tree->labels || !tree->uses)
		return -ENOMEM;
	for (size_t i = 0; i < tree->count; i++) {
		const struct image *image = &tree->images[i];

		tree->labels[i] = tree_label(image, arena);
		if (!tree->labels[i])
			return -ENOMEM;
		for (size_t n = 0; n < image->layer_count; n++)
			tree->uses[tree->use_count++] =
				(struct tree_use){ image->config.diff_ids.items[n], i };
	}
	if (tree->use_count > 0)
		qsort(tree->uses, tree->use_count, sizeof(tree->uses[0]), use_compare);
	return 0;
}

/* The first of a layer's uses. */
static size_t find_uses(const struct tree *tree, const char *diff_id)
{
	size_t low = 0;
	size_t high = tree->use_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(tree->uses[middle].diff_id, diff_id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The third cell: each other image once, though it may have the layer several times. */
static void add_others(struct tree *tree, const char *diff_id, size_t image)
{
	const char *separator = "\t";
	size_t last = image;

	for (size_t i = find_uses(tree, diff_id);
	     i < tree->use_count && strcmp(tree->uses[i].diff_id, diff_id) == 0; i++) {
		size_t other = tree->uses[i].image;

		if (other == image || other == last)
			continue;
		str_printf(&tree->text, "%s%s", separator, tree->labels[other]);
		separator = ", ";
		last = other;
	}
}

static void add_image(struct tree *tree, size_t index)
{
	const struct image *image = &tree->images[index];
	char size[SIZE_TEXT_SIZE];

	str_printf(&tree->text, "%s", tree->labels[index]);
	if (image->references.count > 0) {
		str_add(&tree->text, " (");
		text_short_id(image->id, &tree->text);
		str_add(&tree->text, ")");
	}
	size_text(image->size, size);
	str_printf(&tree->text, "\t%s\n", size);
	for (size_t n = image->layer_count; n-- > 0;) {
		const char *diff_id = image->config.diff_ids.items[n];

		str_add(&tree->text, "  ");
		text_short_id(diff_id, &tree->text);
		size_text(image->layer_sizes[n], size);
		str_printf(&tree->text, "\t%s", size);
		add_others(tree, diff_id, index);
		str_add_char(&tree->text, '\n');
	}
}

/* The images that `names` name, or all of them. */
static int tree_add(struct tree *tree, struct cli *cli, struct engine *engine,
		    const struct strv *names, struct err *e)
{
	for (size_t i = 0; names->count == 0 && i < tree->count; i++)
		add_image(tree, i);
	for (size_t i = 0; i < names->count; i++) {
		struct image named;
		int r = image_find(&engine->state, names->items[i], &cli->arena, &named, e);

		if (r < 0)
			return r;
		for (size_t n = 0; n < tree->count; n++)
			if (strcmp(tree->images[n].id, named.id) == 0)
				add_image(tree, n);
	}
	return 0;
}

static int tree_print(struct cli *cli, const struct strv *names, struct tree *tree,
		      struct err *e)
{
	AUTO_STR struct str table = { 0 };
	struct image *images = NULL;
	struct engine *engine;
	int r = cli_engine(cli, &engine, e);

	if (r == 0)
		r = image_list(&engine->state, true, &cli->arena, &images, &tree->count, e);
	if (r < 0)
		return r;
	tree->images = images;
	str_add(&tree->text, "IMAGE\tSIZE\tALSO IN\n");
	if (tree_begin(tree, &cli->arena) == 0) {
		r = tree_add(tree, cli, engine, names, e);
		if (r < 0)
			return r;
		table_align(str_text(&tree->text), &table);
		if (str_ok(&tree->text) == 0 && str_ok(&table) == 0) {
			(void)fputs(str_text(&table), stdout);
			return 0;
		}
	}
	return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for the tree of images");
}

int cmd_image_tree(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .max = CLI_ANY };
	struct tree tree = { 0 };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, NULL, &args, &exit_code))
		return exit_code;
	r = tree_print(cli, &args, &tree, &e);
	str_done(&tree.text);
	return r < 0 ? cli_report(&e) : 0;
}
