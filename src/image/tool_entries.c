/*
 * See tool_entries.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_entries.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/str.h"
#include "image/tool_name.h"

enum {
	ENTRIES_XATTR_NAME_MAX = 255,
	/* EROFS counts them in 16 bits: one less than the kernel itself would take. */
	ENTRIES_XATTR_VALUE_MAX = UINT16_MAX,
	ENTRIES_ID_MAX = INT32_MAX
};

/* A hole costs nothing here, but whoever copies the file pays for it: the largest file that
 * ext4 can hold. */
static const uint64_t ENTRIES_FILE_MAX = UINT64_C(16) << 40;

static la_ssize_t entries_read(struct archive *archive, void *context, const void **ret_data)
{
	struct entries *entries = context;
	size_t len;
	int r = stream_next(entries->stream, ret_data, &len, entries->e);

	(void)archive;
	if (r < 0) {
		entries->r = r;
		archive_set_error(archive, -r, "%s", entries->e ? entries->e->text : "");
		return ARCHIVE_FATAL;
	}
	return (la_ssize_t)len;
}

/* A failure that libarchive reports: our own sentence when the bytes did not come, else its. */
static int entries_failed(struct entries *entries, const char *where, struct err *e)
{
	const char *text = archive_error_string(entries->archive);

	if (entries->r < 0)
		return entries->r;
	return err_set(e, ERR_INVALID, -EINVAL, "%.300s: not a tar, or a damaged one: %.300s",
		       where, text ? text : "unknown error");
}

/* Overlay's own attributes would let an archive hide or redirect what is in the layers below
 * it. */
static int entry_xattr(struct entries *entries, size_t *count, const struct layer_xattr *xattr,
		       const char *path, struct err *e)
{
	if (str_starts(xattr->name, "trusted.overlay.") ||
	    str_starts(xattr->name, "user.overlay."))
		return err_set(
			e, ERR_INVALID, -EINVAL,
			"%.300s has the attribute %.100s, which belongs to the file system",
			path, xattr->name);
	if (strlen(xattr->name) > ENTRIES_XATTR_NAME_MAX ||
	    xattr->len > ENTRIES_XATTR_VALUE_MAX)
		return err_set(e, ERR_INVALID, -EINVAL, "%.300s has too large an attribute",
			       path);
	/* Others are the host's business: labels of its security module, other trusted ones. */
	if (!str_starts(xattr->name, "user.") &&
	    strcmp(xattr->name, "security.capability") != 0)
		return 0;
	if (*count == ENTRIES_XATTRS_MAX)
		return err_set(e, ERR_INVALID, -EINVAL, "%.300s has more than %d attributes",
			       path, ENTRIES_XATTRS_MAX);
	entries->xattrs[(*count)++] = *xattr;
	return 0;
}

static int entry_xattrs(struct entries *entries, struct archive_entry *entry, const char *path,
			size_t *ret, struct err *e)
{
	struct layer_xattr xattr;
	size_t count = 0;

	(void)archive_entry_xattr_reset(entry);
	while (archive_entry_xattr_next(entry, &xattr.name, &xattr.value, &xattr.len) ==
	       ARCHIVE_OK) {
		int r = entry_xattr(entries, &count, &xattr, path, e);

		if (r < 0)
			return r;
	}
	*ret = count;
	return 0;
}

/* libarchive reads "-1.5" as -1 s and then 0.5 s forwards. */
static struct timespec entry_time(time_t seconds, long ns)
{
	if (seconds < 0 && ns > 0)
		return (struct timespec){ seconds - 1, 1000000000 - ns };
	return (struct timespec){ seconds, ns };
}

static int entry_inode(struct entries *entries, struct archive_entry *entry, const char *path,
		       struct layer_inode *inode, struct err *e)
{
	la_int64_t uid = archive_entry_uid(entry);
	la_int64_t gid = archive_entry_gid(entry);

	if (uid < 0 || uid > ENTRIES_ID_MAX || gid < 0 || gid > ENTRIES_ID_MAX)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "%.300s has an impossible owner, %lld:%lld", path,
			       (long long)uid, (long long)gid);
	*inode = (struct layer_inode){
		.mode = archive_entry_mode(entry),
		.uid = (uid_t)uid,
		.gid = (gid_t)gid,
		.device = archive_entry_rdev(entry),
		.xattrs = entries->xattrs,
	};
	inode->times[1] =
		entry_time(archive_entry_mtime(entry), archive_entry_mtime_nsec(entry));
	inode->times[0] = archive_entry_atime_is_set(entry)
				  ? entry_time(archive_entry_atime(entry),
					       archive_entry_atime_nsec(entry))
				  : inode->times[1];
	return entry_xattrs(entries, entry, path, &inode->xattr_count, e);
}

/* The pieces of a file come in order and end where its header said. */
static int entry_data(struct entries *entries, const char *path, uint64_t size, struct err *e)
{
	uint64_t end = 0;

	for (;;) {
		struct layer_piece piece;
		la_int64_t offset;
		int r = archive_read_data_block(entries->archive, &piece.data, &piece.len,
						&offset);

		if (r == ARCHIVE_EOF)
			return 0;
		if (r != ARCHIVE_OK)
			return entries_failed(entries, path, e);
		piece.offset = (uint64_t)offset;
		if (piece.len == 0)
			continue;
		if (offset < 0 || piece.offset < end || piece.offset > size ||
		    piece.len > size - piece.offset)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "%.300s: its pieces overlap or go beyond its end", path);
		end = piece.offset + piece.len;
		r = entries->writer->file_piece(entries->writer, path, &piece, e);
		if (r < 0)
			return r;
	}
}

static int entry_file(struct entries *entries, struct archive_entry *entry, const char *path,
		      const struct layer_inode *inode, struct err *e)
{
	struct layer_writer *writer = entries->writer;
	uint64_t size = (uint64_t)archive_entry_size(entry);
	int r;

	if (archive_entry_size(entry) < 0 || size > ENTRIES_FILE_MAX)
		return err_set(e, ERR_INVALID, -EINVAL, "%.300s has an impossible size", path);
	r = writer->file(writer, path, inode, size, e);
	if (r < 0)
		return r;
	r = size > 0 ? entry_data(entries, path, size, e) : 0;
	if (r < 0)
		return r;
	entries->result->size += size;
	return writer->file_end(writer, path, inode, size, e);
}

static int entry_hardlink(struct entries *entries, const char *path, const char *raw_target,
			  struct err *e)
{
	char target[PATH_MAX];
	int r = tool_name_clean(raw_target, target, e);

	if (r < 0)
		return err_wrap(e, r, "%.300s is a hard link", path);
	return entries->writer->hardlink(entries->writer, path, target, e);
}

static int entry_special(struct entries *entries, const char *path,
			 const struct layer_inode *inode, struct err *e)
{
	switch (inode->mode & S_IFMT) {
	case S_IFCHR:
		if (inode->device == makedev(0, 0))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "%.300s is the character device 0:0, which hides files "
				       "of other layers",
				       path);
		return entries->writer->node(entries->writer, path, inode, e);
	case S_IFBLK:
	case S_IFIFO:
		return entries->writer->node(entries->writer, path, inode, e);
	default:
		return err_set(e, ERR_INVALID, -EINVAL, "%.300s is of an unknown type", path);
	}
}

static int entry_whiteout(struct entries *entries, const char *path, const char *hidden,
			  struct err *e)
{
	struct layer_writer *writer = entries->writer;

	if (entries->is_lowest)
		return 0;
	return hidden ? writer->whiteout(writer, path, hidden, e)
		      : writer->opaque(writer, path, e);
}

static int entry_symlink(struct entries *entries, struct archive_entry *entry, const char *path,
			 const struct layer_inode *inode, struct err *e)
{
	const char *target = archive_entry_symlink(entry);

	if (!target || target[0] == '\0' || strlen(target) >= PATH_MAX)
		return err_set(e, ERR_INVALID, -EINVAL, "%.300s is a link to nowhere", path);
	return entries->writer->symlink(entries->writer, path, target, inode, e);
}

static int entry_write(struct entries *entries, struct archive_entry *entry, const char *path,
		       struct err *e)
{
	const char *hardlink = archive_entry_hardlink(entry);
	const char *hidden = NULL;
	struct layer_inode inode;
	int r = tool_name_whiteout(path, &hidden, e);

	if (r < 0)
		return r;
	if (r != WHITEOUT_NOT)
		return entry_whiteout(entries, path, hidden, e);
	if (path[0] == '\0' && (hardlink || !S_ISDIR(archive_entry_mode(entry))))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "the archive's root is not a directory");
	if (hardlink)
		return entry_hardlink(entries, path, hardlink, e);
	r = entry_inode(entries, entry, path, &inode, e);
	if (r < 0)
		return r;
	if (S_ISREG(inode.mode))
		return entry_file(entries, entry, path, &inode, e);
	if (S_ISDIR(inode.mode))
		return entries->writer->directory(entries->writer, path, &inode, e);
	if (S_ISLNK(inode.mode))
		return entry_symlink(entries, entry, path, &inode, e);
	return entry_special(entries, path, &inode, e);
}

static int entry_check_count(const struct entries *entries, struct err *e)
{
	uint64_t implied = entries->writer->implied(entries->writer);

	if (entries->result->files + implied > entries->files_max)
		return err_set(e, ERR_INVALID, -EFBIG,
			       "the archive has more than %llu files, directories included%s",
			       (unsigned long long)entries->files_max,
			       entries->is_room ? ", and there is no room for more" : "");
	return 0;
}

static int entry_take(struct entries *entries, struct archive_entry *entry, struct err *e)
{
	char path[PATH_MAX];
	int r = tool_name_clean(archive_entry_pathname(entry), path, e);

	if (r < 0)
		return r;
	entries->result->files += path[0] != '\0';
	r = entry_check_count(entries, e);
	if (r == 0)
		r = entry_write(entries, entry, path, e);
	/* One entry may imply a thousand directories. */
	return r < 0 ? r : entry_check_count(entries, e);
}

static int entries_take(struct entries *entries, struct err *e)
{
	for (;;) {
		struct archive_entry *entry;
		int r = archive_read_next_header(entries->archive, &entry);

		if (r == ARCHIVE_EOF)
			return 0;
		/* A warning means that something of the entry was not understood: then it is
		 * not the same afterwards. */
		if (r != ARCHIVE_OK)
			return entries_failed(entries, "archive", e);
		r = entry_take(entries, entry, e);
		if (r < 0)
			return r;
	}
}

/* What follows the tar's end belongs to the digests. */
static int entries_drain(struct entries *entries, struct err *e)
{
	const void *data;
	size_t len;

	do {
		int r = stream_next(entries->stream, &data, &len, e);

		if (r < 0)
			return r;
	} while (len > 0);
	return stream_end(entries->stream, entries->result, e);
}

int entries_open(struct entries *entries, struct err *e)
{
	/*
	 * libarchive converts the names of pax records from UTF-8 to the locale's character
	 * set, which must not change them. Other names are bytes to it. A pax name that is no
	 * UTF-8 and does not say hdrcharset=BINARY is refused, not changed.
	 */
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return err_set(e, ERR_INTERNAL, -ENOENT, "there is no locale C.UTF-8");
	entries->archive = archive_read_new();
	if (!entries->archive ||
	    archive_read_support_format_tar(entries->archive) != ARCHIVE_OK)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "set libarchive up");
	return 0;
}

int entries_run(struct entries *entries, struct err *e)
{
	int r = stream_begin(entries->stream, e);

	if (r < 0)
		return r;
	entries->e = e;
	if (archive_read_open(entries->archive, entries, NULL, entries_read, NULL) !=
	    ARCHIVE_OK)
		return entries_failed(entries, "archive", e);
	r = entries_take(entries, e);
	if (r == 0)
		r = entries_drain(entries, e);
	return r < 0 ? r
		     : entries->writer->finish(entries->writer, entries->result->diff_id, e);
}

void entries_close(struct entries *entries)
{
	(void)archive_read_free(entries->archive);
	entries->archive = NULL;
}
