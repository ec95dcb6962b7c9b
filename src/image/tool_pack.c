/*
 * See tool_pack.h.
 *
 * The tree may be changing while it is read (an upper directory of a running container) and is
 * hostile: every file is opened without following links and without waiting, looked at by its
 * descriptor, and gets exactly as many bytes as its header says.
 *
 * Runs in: image, confined.
 */
#include "image/tool_pack.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/link_table.h"
#include "base/str.h"
#include "image/tar.h"
#include "image/tool_confine.h"
#include "image/tool_extents.h"
#include "linux/whiteout.h"

enum {
	PACK_DEPTH_MAX = 1000,
	PACK_READ = 256 * 1024,
	PACK_XATTR_LIST_MAX = 64 * 1024,
	PACK_XATTR_VALUE_MAX = 64 * 1024,
	PACK_NAMES_MAX = 4 << 20 /* of one directory */
};

struct pack {
	enum pack_kind kind;
	struct tar tar;
	struct tool_result *result;
	struct link_table links; /* where files with several names stand in the archive */
	char *buffer;
	dev_t device;
};

struct pack_directory {
	int fd;
	const char *path;
	int depth;
};

static int pack_contents(struct pack *pack, const struct pack_directory *directory,
			 struct err *e);

/* Attributes of the file behind `fd` as pax records, sorted. */
static int name_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool xattr_is_kept(const char *name)
{
	return (str_starts(name, "user.") && !str_starts(name, "user.overlay.")) ||
	       strcmp(name, "security.capability") == 0;
}

static int pack_xattrs(int fd, const char *path, struct str *records, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv names = { 0 };
	char list[PACK_XATTR_LIST_MAX];
	char value[PACK_XATTR_VALUE_MAX];
	ssize_t len = flistxattr(fd, list, sizeof(list));

	if (len < 0)
		return errno == EOPNOTSUPP
			       ? 0
			       : err_sys(e, errno, "list attributes of %.300s", path);
	for (const char *name = list; name < list + len; name += strlen(name) + 1)
		if (xattr_is_kept(name))
			strv_add_borrowed(&names, &arena, name);
	if (arena_ok(&arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM,
			       "no memory for the attributes of %.300s", path);
	if (names.count > 0)
		qsort(names.items, names.count, sizeof(names.items[0]), name_compare);
	for (size_t i = 0; i < names.count; i++) {
		len = fgetxattr(fd, names.items[i], value, sizeof(value));
		if (len < 0 && errno == ENODATA)
			continue;
		if (len < 0)
			return err_sys(e, errno, "read attribute %.100s of %.300s",
				       names.items[i], path);
		tar_add_xattr(records, names.items[i], value, (size_t)len);
	}
	return 0;
}

/* A name that is in the layer only to hide the same name of the layers below. */
static int pack_whiteout(struct pack *pack, const struct pack_directory *directory,
			 const char *name, const struct stat *st, struct err *e)
{
	AUTO_STR struct str path = { 0 };
	struct tar_entry entry = { .stat = { .st_mode = S_IFREG, .st_mtim = st->st_mtim } };
	uint64_t content;

	str_printf(&path, "%s%s.wh.%s", directory->path, directory->path[0] ? "/" : "", name);
	if (str_ok(&path) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a name");
	entry.path = str_text(&path);
	return tar_header(&pack->tar, &entry, &content, e);
}

static bool has_xattr(int fd, const char *name)
{
	char value[8];

	return fgetxattr(fd, name, value, sizeof(value)) >= 0;
}

/* Exactly `len` bytes from `offset`; a file that has become shorter gives zeros. */
static int pack_range(struct pack *pack, int fd, const char *path, uint64_t offset,
		      uint64_t len, struct err *e)
{
	while (len > 0) {
		size_t want = len < PACK_READ ? (size_t)len : PACK_READ;
		ssize_t n = pread(fd, pack->buffer, want, (off_t)offset);
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, errno, "read %.300s", path);
		if (n == 0) {
			memset(pack->buffer, 0, want);
			n = (ssize_t)want;
		}
		r = tar_data(&pack->tar, pack->buffer, (size_t)n, e);
		if (r < 0)
			return r;
		offset += (uint64_t)n;
		len -= (uint64_t)n;
	}
	return 0;
}

static int pack_file_data(struct pack *pack, int fd, const struct tar_entry *entry,
			  uint64_t content, struct err *e)
{
	const struct tar_extent whole = { 0, content };
	const struct tar_extent *extents = entry->extents ? entry->extents : &whole;
	size_t count = entry->extents ? entry->extent_count : 1;
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = pack_range(pack, fd, entry->path, extents[i].offset, extents[i].len, e);
	return r < 0 ? r : tar_pad(&pack->tar, e);
}

static int pack_file_open(struct pack *pack, int fd, struct tar_entry *entry, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct tar_extent *extents = NULL;
	ssize_t count;
	uint64_t content;
	int r;

	entry->link = entry->stat.st_nlink > 1
			      ? link_table_find(&pack->links, &entry->stat, entry->path)
			      : NULL;
	entry->is_hardlink = entry->link;
	if (entry->is_hardlink)
		return tar_header(&pack->tar, entry, &content, e);
	r = pack_xattrs(fd, entry->path, &entry->xattrs, e);
	if (r < 0)
		return r;
	count = extents_find(fd, &entry->stat, &arena, &extents);
	if (count < 0)
		return err_sys(e, (int)count, "look for holes in %.300s", entry->path);
	entry->extents = count > 0 ? extents : NULL;
	entry->extent_count = (size_t)count;
	pack->result->size += (uint64_t)entry->stat.st_size;
	r = tar_header(&pack->tar, entry, &content, e);
	return r < 0 ? r : pack_file_data(pack, fd, entry, content, e);
}

/* 0: packed. 1: it is a whiteout in the form of an empty file with an attribute. */
static int pack_file(struct pack *pack, const struct pack_directory *directory,
		     const char *name, struct tar_entry *entry, struct err *e)
{
	AUTO_CLOSE int fd = openat(directory->fd, name,
				   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int r;

	if (fd < 0 && (errno == ENOENT || errno == ELOOP))
		return 0; /* it has just gone */
	if (fd < 0)
		return err_sys(e, errno, "open %.300s", entry->path);
	if (fstat(fd, &entry->stat) < 0)
		return err_sys(e, errno, "look at %.300s", entry->path);
	if (!S_ISREG(entry->stat.st_mode))
		return 0;
	if (pack->kind == PACK_LAYER && whiteout_is_file(fd, &entry->stat))
		return pack_whiteout(pack, directory, name, &entry->stat, e);
	r = pack_file_open(pack, fd, entry, e);
	str_done(&entry->xattrs);
	return r;
}

static int pack_symlink(struct pack *pack, const struct pack_directory *directory,
			const char *name, struct tar_entry *entry, struct err *e)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(directory->fd, name, target, sizeof(target) - 1);
	uint64_t content;

	if (len < 0)
		return errno == ENOENT || errno == EINVAL
			       ? 0
			       : err_sys(e, errno, "read link %.300s", entry->path);
	target[len] = '\0';
	entry->link = target;
	return tar_header(&pack->tar, entry, &content, e);
}

static int pack_opaque(struct pack *pack, const struct pack_directory *directory,
		       const struct stat *st, struct err *e)
{
	if (pack->kind != PACK_LAYER)
		return 0;
	if (has_xattr(directory->fd, "user.overlay.redirect") ||
	    has_xattr(directory->fd, "user.overlay.metacopy"))
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "%.300s is a moved directory of overlay, which is not packed",
			       directory->path);
	return whiteout_is_opaque(directory->fd)
		       ? pack_whiteout(pack, directory, ".wh..opq", st, e)
		       : 0;
}

/* Header, then what hides, then what is in it. */
static int pack_open_directory(struct pack *pack, const struct pack_directory *directory,
			       struct tar_entry *entry, struct err *e)
{
	uint64_t content;
	int r;

	if (fstat(directory->fd, &entry->stat) < 0)
		return err_sys(e, errno, "look at %.300s", entry->path);
	r = pack_xattrs(directory->fd, entry->path, &entry->xattrs, e);
	if (r == 0)
		r = tar_header(&pack->tar, entry, &content, e);
	str_done(&entry->xattrs);
	if (r == 0)
		r = pack_opaque(pack, directory, &entry->stat, e);
	/* A mount point is in the archive, what is mounted on it is not. */
	if (r < 0 || entry->stat.st_dev != pack->device)
		return r;
	return pack_contents(pack, directory, e);
}

static int pack_directory(struct pack *pack, const struct pack_directory *parent,
			  const char *name, struct tar_entry *entry, struct err *e)
{
	AUTO_CLOSE int fd =
		openat(parent->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct pack_directory directory = { .fd = fd,
					    .path = entry->path,
					    .depth = parent->depth + 1 };

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return 0;
	if (fd < 0)
		return err_sys(e, errno, "open directory %.300s", entry->path);
	if (directory.depth > PACK_DEPTH_MAX)
		return err_set(e, ERR_INVALID, -ELOOP,
			       "%.300s...: directories are nested more than %d times",
			       entry->path, PACK_DEPTH_MAX);
	return pack_open_directory(pack, &directory, entry, e);
}

static int pack_entry(struct pack *pack, const struct pack_directory *directory,
		      const char *name, struct err *e)
{
	AUTO_STR struct str path = { 0 };
	struct tar_entry entry = { 0 };
	uint64_t content;

	if (fstatat(directory->fd, name, &entry.stat, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0
				       : err_sys(e, errno, "look at %.300s/%.255s",
						 directory->path, name);
	str_printf(&path, "%s%s%s", directory->path, directory->path[0] ? "/" : "", name);
	if (str_ok(&path) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a name");
	entry.path = str_text(&path);
	if (path.len >= PATH_MAX)
		return err_set(e, ERR_INVALID, -ENAMETOOLONG, "%.300s...: the path is too long",
			       entry.path);
	pack->result->files++;
	switch (entry.stat.st_mode & S_IFMT) {
	case S_IFDIR:
		return pack_directory(pack, directory, name, &entry, e);
	case S_IFREG:
		return pack_file(pack, directory, name, &entry, e);
	case S_IFLNK:
		return pack_symlink(pack, directory, name, &entry, e);
	case S_IFSOCK:
		pack->result->files--;
		return 0;
	case S_IFCHR:
		if (entry.stat.st_rdev == 0)
			return pack->kind == PACK_LAYER
				       ? pack_whiteout(pack, directory, name, &entry.stat, e)
				       : 0;
		break;
	default:
		break;
	}
	entry.link = entry.stat.st_nlink > 1
			     ? link_table_find(&pack->links, &entry.stat, entry.path)
			     : NULL;
	entry.is_hardlink = entry.link;
	return tar_header(&pack->tar, &entry, &content, e);
}

static int pack_names(int fd, struct arena *arena, struct strv *ret)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	if (!dir) {
		(void)fd_close(copy);
		return -errno;
	}
	while ((entry = readdir(dir)) && ret->count < PACK_NAMES_MAX)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			strv_add(ret, arena, entry->d_name);
	(void)closedir(dir);
	if (entry)
		return -EFBIG;
	if (ret->count > 0)
		qsort(ret->items, ret->count, sizeof(ret->items[0]), name_compare);
	return arena_ok(arena);
}

static int pack_contents(struct pack *pack, const struct pack_directory *directory,
			 struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv names = { 0 };
	int r = pack_names(directory->fd, &arena, &names);

	if (r < 0)
		return err_sys(e, r, "list %.300s", directory->path[0] ? directory->path : "/");
	for (size_t i = 0; i < names.count && r == 0; i++)
		r = pack_entry(pack, directory, names.items[i], e);
	return r;
}

static int pack_run(struct pack *pack, struct err *e)
{
	struct pack_directory root = { .fd = TOOL_DIRECTORY, .path = "" };
	struct tar_entry entry = { .path = "." };
	int r;

	if (fstat(TOOL_DIRECTORY, &entry.stat) < 0)
		return err_sys(e, errno, "look at the root");
	pack->device = entry.stat.st_dev;
	r = pack_open_directory(pack, &root, &entry, e);
	return r < 0 ? r : tar_end(&pack->tar, e);
}

int tool_pack(enum pack_kind kind, struct tool_result *result, struct err *e)
{
	struct pack pack = { .kind = kind, .result = result, .buffer = malloc(PACK_READ) };
	int r = tar_init(&pack.tar, TOOL_OUTPUT, e);

	if (r == 0 && !pack.buffer)
		r = err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a buffer");
	if (r == 0)
		r = tool_confine(CONFINE_READ, e);
	if (r == 0)
		r = pack_run(&pack, e);
	link_table_done(&pack.links);
	tar_done(&pack.tar);
	free(pack.buffer);
	return r;
}
