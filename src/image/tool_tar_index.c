/*
 * See tool_tar_index.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_tar_index.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "image/tool.h"
#include "image/tool_archive_input.h"
#include "image/tool_name.h"
#include "image/tool_tar_read.h"

enum { SPOOL_BUFFER = 256 * 1024 };

struct gathering {
	struct tar_index *index;
	struct archive_input *input;
	struct tar_reader reader;
	char *buffer;
};

void tar_index_done(struct tar_index *index)
{
	arena_done(&index->arena);
	*index = (struct tar_index){ 0 };
}

/* Room for one more; NULL: no memory, or too many (said). */
static struct indexed *index_add(struct tar_index *index, const char *name, struct err *e)
{
	size_t len = strlen(name);

	index->name_bytes += len;
	if (index->count == TAR_INDEX_MAX || index->name_bytes > TAR_INDEX_NAMES_MAX) {
		(void)err_set(e, ERR_INVALID, -EFBIG, "the archive has too many members");
		return NULL;
	}
	if (index->count == index->room) {
		size_t room = index->room ? 2 * index->room : 64;
		struct indexed *more = arena_array(&index->arena, room, sizeof(*more));

		if (more && index->count > 0)
			memcpy(more, index->items, index->count * sizeof(*more));
		index->items = more;
		index->room = room;
	}
	if (index->items)
		index->items[index->count].name = arena_copy(&index->arena, name);
	if (arena_ok(&index->arena) < 0) {
		(void)err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for an archive's members");
		return NULL;
	}
	return &index->items[index->count++];
}

/* --- spooling ---------------------------------------------------------------------------- */

static int spool_copy(struct gathering *g, int fd, const struct tar_member *entry,
		      struct err *e)
{
	size_t got;

	do {
		int r = tar_reader_data(&g->reader, g->buffer, SPOOL_BUFFER, &got, e);

		if (r < 0)
			return r;
		r = fd_write_all(fd, g->buffer, got);
		if (r < 0)
			return err_sys(e, r, "keep %.300s", entry->name);
	} while (got > 0);
	return 0;
}

static int spool(struct gathering *g, const struct tar_member *entry, struct indexed *member,
		 struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	char name[24];

	member->spooled = (int64_t)(member - g->index->items);
	(void)snprintf(name, sizeof(name), "%lld", (long long)member->spooled);
	FAULT("open");
	fd = openat(TOOL_DIRECTORY, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, errno, "keep %.300s", entry->name);
	g->index->spooled_bytes += entry->size;
	if (g->index->spooled_bytes > g->input->bytes_max)
		return err_set(e, ERR_INVALID, -EFBIG,
			       "the archive unpacks to more than %llu bytes",
			       (unsigned long long)g->input->bytes_max);
	return spool_copy(g, fd, entry, e);
}

/* --- gathering --------------------------------------------------------------------------- */

/* What a symbolic link in `name` means: lexically, there are no directories that could be links
 * themselves. -1: it leads out. */
static int link_target(const char *name, const char *link, char target[PATH_MAX])
{
	char joined[2 * PATH_MAX];
	const char *slash = strrchr(name, '/');
	size_t len = 0;

	if (link[0] == '/')
		return -1;
	if (snprintf(joined, sizeof(joined), "%.*s/%s", slash ? (int)(slash - name) : 0, name,
		     link) >= (int)sizeof(joined))
		return -1;
	target[0] = '\0';
	for (const char *at = joined; *at; at += *at == '/') {
		size_t n = strcspn(at, "/");

		if (n == 2 && at[0] == '.' && at[1] == '.') {
			char *last = strrchr(target, '/');

			if (len == 0)
				return -1;
			len = last ? (size_t)(last - target) : 0;
		} else if (n > 0 && !(n == 1 && at[0] == '.')) {
			if (len + n + 2 > PATH_MAX)
				return -1;
			if (len > 0)
				target[len++] = '/';
			memcpy(target + len, at, n);
			len += n;
		}
		target[len] = '\0';
		at += n;
	}
	return 0;
}

static int gather_link(struct gathering *g, const struct tar_member *entry, const char *name,
		       struct err *e)
{
	char target[PATH_MAX];
	struct indexed *member;
	int r = entry->kind == TAR_HARDLINK ? tool_name_clean(entry->link, target, NULL)
					    : link_target(name, entry->link, target);

	if (r < 0)
		return 0; /* to nowhere: whoever asks for it is told so */
	member = index_add(g->index, name, e);
	if (!member)
		return e ? e->code : -EINVAL;
	member->spooled = -1;
	member->target = arena_copy(&g->index->arena, target);
	return 0;
}

static int gather_file(struct gathering *g, const struct tar_member *entry, const char *name,
		       struct err *e)
{
	struct indexed *member = index_add(g->index, name, e);

	if (!member)
		return e ? e->code : -EINVAL;
	member->size = entry->size;
	member->is_sparse = entry->is_sparse;
	member->spooled = -1;
	if (!g->input->is_seekable)
		return entry->is_sparse ? 0 : spool(g, entry, member, e);
	member->offset = g->input->at;
	return 0;
}

static int gather_entry(struct gathering *g, const struct tar_member *entry, struct err *e)
{
	char name[PATH_MAX];

	/* Nobody can ask for a name that is not clean. */
	if (tool_name_clean(entry->name, name, NULL) < 0 || name[0] == '\0')
		return 0;
	if (entry->kind == TAR_HARDLINK || entry->kind == TAR_SYMLINK)
		return gather_link(g, entry, name, e);
	return entry->kind == TAR_FILE ? gather_file(g, entry, name, e) : 0;
}

static int gather_all(struct gathering *g, struct err *e)
{
	struct tar_member entry;
	int r;

	while ((r = tar_reader_next(&g->reader, &entry, e)) > 0) {
		r = gather_entry(g, &entry, e);
		if (r < 0)
			return r;
	}
	return r;
}

static int indexed_compare(const void *a, const void *b)
{
	return strcmp(((const struct indexed *)a)->name, ((const struct indexed *)b)->name);
}

/* Two members of one name: readers would disagree which one counts. */
static int index_sort(struct tar_index *index, struct err *e)
{
	if (index->count > 1)
		qsort(index->items, index->count, sizeof(index->items[0]), indexed_compare);
	for (size_t i = 1; i < index->count; i++)
		if (strcmp(index->items[i].name, index->items[i - 1].name) == 0)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "%.300s is in the archive twice", index->items[i].name);
	return 0;
}

int tar_index_read(struct tar_index *index, struct archive_input *input, struct err *e)
{
	struct tar_input tar = archive_input_tar(input);
	struct gathering g = { .index = index, .input = input };
	int r = 0;

	g.buffer = malloc(SPOOL_BUFFER);
	if (!g.buffer)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a buffer");
	tar_reader_init(&g.reader, &tar);
	r = gather_all(&g, e);
	tar_reader_done(&g.reader);
	free(g.buffer);
	if (r == 0)
		r = archive_input_end(input, e);
	return r < 0 ? r : index_sort(index, e);
}

/* --- looking up -------------------------------------------------------------------------- */

static const struct indexed *index_get(const struct tar_index *index, const char *name)
{
	struct indexed key = { .name = (char *)(uintptr_t)name };

	return index->count == 0 ? NULL
				 : bsearch(&key, index->items, index->count,
					   sizeof(index->items[0]), indexed_compare);
}

/* A regular file of the directory that is our root; -1: there is none. */
static int directory_open(const char *name)
{
	struct stat st;
	int fd = openat(TOOL_DIRECTORY, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)))
		fd = fd_close(fd);
	return fd;
}

bool tar_index_has(const struct tar_index *index, const char *key)
{
	AUTO_CLOSE int fd = index->is_directory ? directory_open(key) : -EBADF;

	return index->is_directory ? fd >= 0 : index_get(index, key) != NULL;
}

static int directory_find(const struct tar_index *index, const char *name,
			  const struct indexed **ret, struct err *e)
{
	struct indexed *member = arena_alloc(index->found, sizeof(*member));
	AUTO_CLOSE int fd = directory_open(name);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "there is no file %.300s in it", name);
	if (member)
		*member = (struct indexed){ .name = arena_copy(index->found, name),
					    .spooled = -1,
					    .size = (uint64_t)st.st_size };
	if (arena_ok(index->found) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a file's name");
	*ret = member;
	return 0;
}

int tar_index_find(const struct tar_index *index, const char *key, const struct indexed **ret,
		   struct err *e)
{
	const struct indexed *member;
	char name[PATH_MAX];
	int r = tool_name_clean(key, name, e);

	if (r < 0)
		return r;
	if (index->is_directory)
		return directory_find(index, name, ret, e);
	member = index_get(index, name);
	for (int i = 0; member && member->target && i < TAR_INDEX_LINKS_MAX; i++)
		member = index_get(index, member->target);
	if (!member || member->target)
		return err_set(e, ERR_INVALID, -EINVAL, "there is no %.300s in the archive",
			       key);
	if (member->is_sparse)
		return err_set(e, ERR_INVALID, -EOPNOTSUPP,
			       "%.300s is stored as a sparse file, which is not read: pack the "
			       "archive without -S",
			       key);
	*ret = member;
	return 0;
}

/* The file that has the member in it, owned by the caller. */
static int member_open(const struct tar_index *index, const struct indexed *member,
		       struct err *e)
{
	char name[24];
	int fd;

	(void)snprintf(name, sizeof(name), "%lld", (long long)member->spooled);
	if (index->is_directory)
		fd = directory_open(member->name);
	else if (member->spooled >= 0)
		fd = openat(TOOL_DIRECTORY, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	else
		fd = fcntl(TOOL_INPUT, F_DUPFD_CLOEXEC, TOOL_FDS);
	return fd < 0 ? err_sys(e, errno, "read %.300s", member->name) : fd;
}

int tar_index_first(const struct tar_index *index, const struct indexed *member, void *ret,
		    size_t len, size_t *ret_len, struct err *e)
{
	AUTO_CLOSE int fd = member_open(index, member, e);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = fd_read_at(fd, ret, len < member->size ? len : (size_t)member->size,
		       member->offset);
	if (n < 0)
		return err_sys(e, (int)n, "read %.300s", member->name);
	*ret_len = (size_t)n;
	return 0;
}

int tar_index_text(const struct tar_index *index, const struct indexed *member, size_t max,
		   char **ret, struct err *e)
{
	AUTO_FREE char *text = NULL;
	AUTO_CLOSE int fd = -EBADF;
	ssize_t n;

	if (member->size > max)
		return err_set(e, ERR_INVALID, -EFBIG, "%.300s is larger than %zu bytes",
			       member->name, max);
	fd = member_open(index, member, e);
	if (fd < 0)
		return fd;
	text = malloc((size_t)member->size + 1);
	if (!text)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for %.300s", member->name);
	n = fd_read_at(fd, text, (size_t)member->size, member->offset);
	if (n < 0 || (uint64_t)n < member->size)
		return n < 0 ? err_sys(e, (int)n, "read %.300s", member->name)
			     : err_set(e, ERR_INVALID, -EINVAL, "the archive ends too early");
	text[n] = '\0';
	*ret = ptr_take(text);
	return 0;
}
