/*
 * See link_table.h.
 *
 * Runs in: cli, image.
 */
#include "base/link_table.h"

#include <search.h>

struct link_entry {
	dev_t device;
	ino_t inode;
	char *path;
};

static int entry_compare(const void *a, const void *b)
{
	const struct link_entry *x = a;
	const struct link_entry *y = b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	return 0;
}

static void entry_free(void *entry)
{
	(void)entry; /* in the arena */
}

void link_table_done(struct link_table *table)
{
	tdestroy(table->root, entry_free);
	arena_done(&table->arena);
	*table = (struct link_table){ 0 };
}

const char *link_table_find(struct link_table *table, const struct stat *st, const char *path)
{
	struct link_entry *entry = arena_alloc(&table->arena, sizeof(*entry));
	struct link_entry **found;

	if (!entry)
		return NULL;
	*entry = (struct link_entry){ st->st_dev, st->st_ino, NULL };
	found = tsearch(entry, &table->root, entry_compare);
	if (!found)
		return NULL;
	if (*found == entry)
		entry->path = arena_copy(&table->arena, path);
	return *found == entry ? NULL : (*found)->path;
}
