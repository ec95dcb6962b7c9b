/*
 * See tool_unpack.h.
 *
 * libarchive only takes the tar apart (its formats tar, pax and GNU, without its filters);
 * every name, mode and attribute it reports is checked here and placed by tool_place.
 *
 * Runs in: image, confined.
 * See: libarchive-formats(5), archive_read_data_block(3).
 */
#include "image/tool_unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "image/tool_confine.h"
#include "image/tool_name.h"
#include "image/tool_place.h"
#include "image/tool_stream.h"

enum {
	UNPACK_RATIO = 200,
	UNPACK_XATTRS_MAX = 64,
	UNPACK_XATTR_NAME_MAX = 255,
	UNPACK_XATTR_VALUE_MAX = 64 * 1024,
	UNPACK_ID_MAX = INT32_MAX
};

/* A hole costs nothing here, but whoever copies the file pays for it: the largest file that
 * ext4 can hold. */
static const uint64_t UNPACK_FILE_MAX = UINT64_C(16) << 40;

struct unpack {
	struct stream stream;
	struct place place;
	struct archive *archive;
	struct place_xattr xattrs[UNPACK_XATTRS_MAX];
	uint64_t files_max;
	bool is_lowest;
	struct tool_result *result;
	struct err *e; /* what the reading callback has to say */
	int r;
};

static la_ssize_t unpack_read(struct archive *archive, void *context, const void **ret_data)
{
	struct unpack *unpack = context;
	size_t len;
	int r = stream_next(&unpack->stream, ret_data, &len, unpack->e);

	(void)archive;
	if (r < 0) {
		unpack->r = r;
		archive_set_error(archive, -r, "%s", unpack->e ? unpack->e->text : "");
		return ARCHIVE_FATAL;
	}
	return (la_ssize_t)len;
}

/* A failure that libarchive reports: our own sentence when the bytes did not come, else its. */
static int unpack_failed(struct unpack *unpack, const char *where, struct err *e)
{
	const char *text = archive_error_string(unpack->archive);

	if (unpack->r < 0)
		return unpack->r;
	return err_set(e, ERR_INVALID, -EINVAL, "%.300s: not a tar, or a damaged one: %.300s",
		       where, text ? text : "unknown error");
}

/* Overlay's own attributes would let an archive hide or redirect what is in the layers below
 * it. */
static int unpack_xattr(struct unpack *unpack, size_t *count, const struct place_xattr *xattr,
			const char *path, struct err *e)
{
	if (str_starts(xattr->name, "trusted.overlay.") ||
	    str_starts(xattr->name, "user.overlay."))
		return err_set(
			e, ERR_INVALID, -EINVAL,
			"%.300s has the attribute %.100s, which belongs to the file system",
			path, xattr->name);
	if (strlen(xattr->name) > UNPACK_XATTR_NAME_MAX || xattr->len > UNPACK_XATTR_VALUE_MAX)
		return err_set(e, ERR_INVALID, -EINVAL, "%.300s has too large an attribute",
			       path);
	/* Others are the host's business: labels of its security module, other trusted ones. */
	if (!str_starts(xattr->name, "user.") &&
	    strcmp(xattr->name, "security.capability") != 0)
		return 0;
	if (*count == UNPACK_XATTRS_MAX)
		return err_set(e, ERR_INVALID, -EINVAL, "%.300s has more than %d attributes",
			       path, UNPACK_XATTRS_MAX);
	unpack->xattrs[(*count)++] = *xattr;
	return 0;
}

static int unpack_xattrs(struct unpack *unpack, struct archive_entry *entry, const char *path,
			 size_t *ret, struct err *e)
{
	struct place_xattr xattr;
	size_t count = 0;

	(void)archive_entry_xattr_reset(entry);
	while (archive_entry_xattr_next(entry, &xattr.name, &xattr.value, &xattr.len) ==
	       ARCHIVE_OK) {
		int r = unpack_xattr(unpack, &count, &xattr, path, e);

		if (r < 0)
			return r;
	}
	*ret = count;
	return 0;
}

/* libarchive reads "-1.5" as -1 s and then 0.5 s forwards. */
static struct timespec unpack_time(time_t seconds, long ns)
{
	if (seconds < 0 && ns > 0)
		return (struct timespec){ seconds - 1, 1000000000 - ns };
	return (struct timespec){ seconds, ns };
}

static int unpack_inode(struct unpack *unpack, struct archive_entry *entry, const char *path,
			struct place_inode *inode, struct err *e)
{
	la_int64_t uid = archive_entry_uid(entry);
	la_int64_t gid = archive_entry_gid(entry);

	if (uid < 0 || uid > UNPACK_ID_MAX || gid < 0 || gid > UNPACK_ID_MAX)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "%.300s has an impossible owner, %lld:%lld", path,
			       (long long)uid, (long long)gid);
	*inode = (struct place_inode){
		.mode = archive_entry_mode(entry),
		.uid = (uid_t)uid,
		.gid = (gid_t)gid,
		.device = archive_entry_rdev(entry),
		.xattrs = unpack->xattrs,
	};
	inode->times[1] =
		unpack_time(archive_entry_mtime(entry), archive_entry_mtime_nsec(entry));
	inode->times[0] = archive_entry_atime_is_set(entry)
				  ? unpack_time(archive_entry_atime(entry),
						archive_entry_atime_nsec(entry))
				  : inode->times[1];
	return unpack_xattrs(unpack, entry, path, &inode->xattr_count, e);
}

static int unpack_data(struct unpack *unpack, int fd, const char *path, struct err *e)
{
	for (;;) {
		const char *data;
		const void *block;
		size_t len;
		la_int64_t offset;
		int r = archive_read_data_block(unpack->archive, &block, &len, &offset);

		if (r == ARCHIVE_EOF)
			return 0;
		if (r != ARCHIVE_OK)
			return unpack_failed(unpack, path, e);
		for (data = block; len > 0;) {
			ssize_t n = pwrite(fd, data, len, offset);

			if (n < 0 && errno != EINTR)
				return err_sys(e, errno, "write %.300s", path);
			if (n < 0)
				continue;
			data += n;
			len -= (size_t)n;
			offset += n;
		}
	}
}

static int unpack_file(struct unpack *unpack, struct archive_entry *entry, const char *path,
		       const struct place_inode *inode, struct err *e)
{
	uint64_t size = (uint64_t)archive_entry_size(entry);
	AUTO_CLOSE int fd = -EBADF;
	int r;

	if (archive_entry_size(entry) < 0 || size > UNPACK_FILE_MAX)
		return err_set(e, ERR_INVALID, -EINVAL, "%.300s has an impossible size", path);
	fd = place_file(&unpack->place, path, inode, e);
	if (fd < 0)
		return fd;
	r = size > 0 ? unpack_data(unpack, fd, path, e) : 0;
	if (r < 0)
		return r;
	unpack->result->size += size;
	return place_file_end(fd, path, inode, size, e);
}

static int unpack_hardlink(struct unpack *unpack, const char *path, const char *raw_target,
			   struct err *e)
{
	char target[PATH_MAX];
	int r = tool_name_clean(raw_target, target, e);

	if (r < 0)
		return err_wrap(e, r, "%.300s is a hard link", path);
	return place_hardlink(&unpack->place, path, target, e);
}

static int unpack_special(struct unpack *unpack, const char *path,
			  const struct place_inode *inode, struct err *e)
{
	switch (inode->mode & S_IFMT) {
	case S_IFCHR:
		if (inode->device == makedev(0, 0))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "%.300s is the character device 0:0, which hides files "
				       "of other layers",
				       path);
		return place_node(&unpack->place, path, inode, e);
	case S_IFBLK:
	case S_IFIFO:
		return place_node(&unpack->place, path, inode, e);
	default:
		return err_set(e, ERR_INVALID, -EINVAL, "%.300s is of an unknown type", path);
	}
}

static int unpack_whiteout(struct unpack *unpack, const char *path, const char *hidden,
			   struct err *e)
{
	if (unpack->is_lowest)
		return 0;
	return hidden ? place_whiteout(&unpack->place, path, hidden, e)
		      : place_opaque(&unpack->place, path, e);
}

static int unpack_place(struct unpack *unpack, struct archive_entry *entry, const char *path,
			struct err *e)
{
	const char *hardlink = archive_entry_hardlink(entry);
	const char *hidden = NULL;
	struct place_inode inode;
	int r = tool_name_whiteout(path, &hidden, e);

	if (r < 0)
		return r;
	if (r != WHITEOUT_NOT)
		return unpack_whiteout(unpack, path, hidden, e);
	if (path[0] == '\0' && (hardlink || !S_ISDIR(archive_entry_mode(entry))))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "the archive's root is not a directory");
	if (hardlink)
		return unpack_hardlink(unpack, path, hardlink, e);
	r = unpack_inode(unpack, entry, path, &inode, e);
	if (r < 0)
		return r;
	if (S_ISREG(inode.mode))
		return unpack_file(unpack, entry, path, &inode, e);
	if (S_ISDIR(inode.mode))
		return place_directory(&unpack->place, path, &inode, e);
	if (S_ISLNK(inode.mode)) {
		const char *target = archive_entry_symlink(entry);

		if (!target || target[0] == '\0' || strlen(target) >= PATH_MAX)
			return err_set(e, ERR_INVALID, -EINVAL, "%.300s is a link to nowhere",
				       path);
		return place_symlink(&unpack->place, path, target, &inode, e);
	}
	return unpack_special(unpack, path, &inode, e);
}

static int unpack_entry(struct unpack *unpack, struct archive_entry *entry, struct err *e)
{
	char path[PATH_MAX];
	int r = tool_name_clean(archive_entry_pathname(entry), path, e);

	if (r < 0)
		return r;
	if (path[0] && ++unpack->result->files > unpack->files_max)
		return err_set(e, ERR_INVALID, -EFBIG, "the archive has more than %llu files",
			       (unsigned long long)unpack->files_max);
	return unpack_place(unpack, entry, path, e);
}

static int unpack_entries(struct unpack *unpack, struct err *e)
{
	for (;;) {
		struct archive_entry *entry;
		int r = archive_read_next_header(unpack->archive, &entry);

		if (r == ARCHIVE_EOF)
			return 0;
		/* A warning means that something of the entry was not understood: then it is
		 * not the same afterwards. */
		if (r != ARCHIVE_OK)
			return unpack_failed(unpack, "archive", e);
		r = unpack_entry(unpack, entry, e);
		if (r < 0)
			return r;
	}
}

/* What follows the tar's end belongs to the digests. */
static int unpack_drain(struct unpack *unpack, struct err *e)
{
	const void *data;
	size_t len;

	do {
		int r = stream_next(&unpack->stream, &data, &len, e);

		if (r < 0)
			return r;
	} while (len > 0);
	return stream_end(&unpack->stream, unpack->result, e);
}

static int unpack_open(struct unpack *unpack, struct err *e)
{
	/*
	 * libarchive converts the names of pax records from UTF-8 to the locale's character
	 * set, which must not change them. Other names are bytes to it. A pax name that is no
	 * UTF-8 and does not say hdrcharset=BINARY is refused, not changed.
	 */
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return err_set(e, ERR_INTERNAL, -ENOENT, "there is no locale C.UTF-8");
	unpack->archive = archive_read_new();
	if (!unpack->archive || archive_read_support_format_tar(unpack->archive) != ARCHIVE_OK)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "set libarchive up");
	return 0;
}

static uint64_t unpack_limit(const char *name, uint64_t fallback)
{
	uint64_t limit;

	return parse_u64(getenv(name), 1, INT64_MAX, &limit) == 0 ? limit : fallback;
}

static int unpack_limits(struct unpack *unpack, struct stream_limits *ret, struct err *e)
{
	struct statvfs free_now;

	if (fstatvfs(TOOL_DIRECTORY, &free_now) < 0)
		return err_sys(e, errno, "ask how much is free");
	ret->bytes = unpack_limit("HOY_UNPACK_MAX_BYTES",
				  free_now.f_bavail / 10 * 9 * free_now.f_frsize);
	ret->ratio = unpack_limit("HOY_UNPACK_MAX_RATIO", UNPACK_RATIO);
	/* File systems that count no inodes say 0 (btrfs). */
	unpack->files_max =
		unpack_limit("HOY_UNPACK_MAX_FILES",
			     free_now.f_files > 0 ? free_now.f_favail / 10 * 9 : UINT32_MAX);
	return 0;
}

static int unpack_run(struct unpack *unpack, struct err *e)
{
	int r = stream_begin(&unpack->stream, e);

	if (r < 0)
		return r;
	if (archive_read_open(unpack->archive, unpack, NULL, unpack_read, NULL) != ARCHIVE_OK)
		return unpack_failed(unpack, "archive", e);
	r = unpack_entries(unpack, e);
	if (r < 0)
		return r;
	r = unpack_drain(unpack, e);
	return r < 0 ? r : place_finish(&unpack->place, e);
}

int tool_unpack(bool is_lowest, struct tool_result *result, struct err *e)
{
	struct unpack unpack = { .is_lowest = is_lowest, .result = result, .e = e };
	struct stream_limits limits;
	int r = unpack_limits(&unpack, &limits, e);

	place_init(&unpack.place, TOOL_DIRECTORY);
	(void)umask(0);
	if (r == 0)
		r = stream_init(&unpack.stream, &limits, e);
	if (r == 0)
		r = unpack_open(&unpack, e);
	if (r == 0)
		r = tool_confine(CONFINE_WRITE, e);
	if (r == 0)
		r = unpack_run(&unpack, e);
	(void)archive_read_free(unpack.archive);
	place_done(&unpack.place);
	stream_done(&unpack.stream);
	return r;
}
