/*
 * See tar.h.
 *
 * Runs in: cli (engine), image.
 */
#include "image/tar.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/sysmacros.h>

#include "base/fd.h"
#include "format/utf8.h"
#include "image/ustar.h"

enum { TAR_ID_MAX = 07777777, TAR_SEND = 1 << 30 };

/* The largest number that eleven octal digits hold. */
static const uint64_t TAR_NUMBER_MAX = 077777777777;

int tar_init(struct tar *tar, int fd, struct err *e)
{
	*tar = (struct tar){ .fd = fd, .buffer = malloc(TAR_BUFFER) };
	return tar->buffer ? 0 : err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a buffer");
}

void tar_done(struct tar *tar)
{
	free(tar->buffer);
	*tar = (struct tar){ .fd = -EBADF };
}

static int tar_flush(struct tar *tar, struct err *e)
{
	int r = fd_write_all(tar->fd, tar->buffer, tar->used);

	if (r < 0)
		return err_sys(e, r, "write the archive");
	tar->used = 0;
	return 0;
}

int tar_data(struct tar *tar, const void *data, size_t len, struct err *e)
{
	const char *from = data;

	tar->written += len;
	while (len > 0) {
		size_t n = TAR_BUFFER - tar->used < len ? TAR_BUFFER - tar->used : len;

		memcpy(tar->buffer + tar->used, from, n);
		tar->used += n;
		from += n;
		len -= n;
		if (tar->used == TAR_BUFFER) {
			int r = tar_flush(tar, e);

			if (r < 0)
				return r;
		}
	}
	return 0;
}

/* Where the kernel cannot copy between the two. */
static ssize_t tar_copy(int to, int from, size_t len, char *buffer)
{
	ssize_t n = fd_read_full(from, buffer, len < TAR_BUFFER ? len : TAR_BUFFER);
	int r = n > 0 ? fd_write_all(to, buffer, (size_t)n) : 0;

	return r < 0 ? r : n;
}

static ssize_t tar_send(struct tar *tar, int fd, size_t len)
{
	ssize_t n = sendfile(tar->fd, fd, NULL, len);

	if (n >= 0 || errno == EINTR)
		return n < 0 ? -EINTR : n;
	return errno == EINVAL || errno == ENOSYS ? tar_copy(tar->fd, fd, len, tar->buffer)
						  : -errno;
}

int tar_file(struct tar *tar, int fd, uint64_t len, struct err *e)
{
	int r = tar_flush(tar, e);

	if (r < 0)
		return r;
	tar->written += len;
	while (len > 0) {
		ssize_t n = tar_send(tar, fd, len < TAR_SEND ? (size_t)len : TAR_SEND);

		if (n == -EINTR)
			continue;
		if (n < 0)
			return err_sys(e, (int)n, "write the archive");
		if (n == 0)
			return err_set(e, ERR_INTERNAL, -EBADMSG,
				       "write the archive: a file is shorter than it was");
		len -= (uint64_t)n;
	}
	return 0;
}

int tar_pad(struct tar *tar, struct err *e)
{
	static const char zeros[TAR_BLOCK];
	size_t over = tar->written % TAR_BLOCK;

	return over > 0 ? tar_data(tar, zeros, TAR_BLOCK - over, e) : 0;
}

int tar_end(struct tar *tar, struct err *e)
{
	static const char zeros[2 * TAR_BLOCK];
	int r = tar_data(tar, zeros, sizeof(zeros), e);

	return r < 0 ? r : tar_flush(tar, e);
}

/* Octal with a NUL behind it; what does not fit becomes 0 and stands in a pax record. */
static void ustar_number(char *field, size_t size, uint64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%0*llo", (int)size - 1, (unsigned long long)value);
	if (strlen(text) >= size)
		(void)snprintf(text, sizeof(text), "%0*o", (int)size - 1, 0);
	memcpy(field, text, size);
}

/* As much of the text as fits; the whole stands in a pax record when that is not all. */
static void ustar_text(char *field, size_t size, const char *text)
{
	size_t len = strlen(text);

	memcpy(field, text, len < size ? len : size);
}

static char ustar_type(const struct tar_entry *entry)
{
	if (entry->is_hardlink)
		return '1';
	switch (entry->stat.st_mode & S_IFMT) {
	case S_IFLNK:
		return '2';
	case S_IFCHR:
		return '3';
	case S_IFBLK:
		return '4';
	case S_IFDIR:
		return '5';
	case S_IFIFO:
		return '6';
	default:
		return '0';
	}
}

static void ustar_fill(struct ustar *header, char type, const struct stat *st, uint64_t size)
{
	ustar_number(header->mode, sizeof(header->mode), st->st_mode & 07777);
	ustar_number(header->uid, sizeof(header->uid), st->st_uid);
	ustar_number(header->gid, sizeof(header->gid), st->st_gid);
	ustar_number(header->size, sizeof(header->size), size);
	ustar_number(header->mtime, sizeof(header->mtime),
		     st->st_mtim.tv_sec > 0 ? (uint64_t)st->st_mtim.tv_sec : 0);
	header->type = type;
	memcpy(header->magic, "ustar", sizeof(header->magic));
	memcpy(header->version, "00", sizeof(header->version));
	if (type == '3' || type == '4') {
		ustar_number(header->major, sizeof(header->major), major(st->st_rdev));
		ustar_number(header->minor, sizeof(header->minor), minor(st->st_rdev));
	}
}

static int tar_put(struct tar *tar, struct ustar *header, struct err *e)
{
	const unsigned char *bytes = (const unsigned char *)header;
	unsigned int sum = 0;

	memset(header->checksum, ' ', sizeof(header->checksum));
	for (size_t i = 0; i < sizeof(*header); i++)
		sum += bytes[i];
	(void)snprintf(header->checksum, sizeof(header->checksum), "%06o", sum);
	header->checksum[7] = ' ';
	return tar_data(tar, header, sizeof(*header), e);
}

/* "LENGTH KEY=VALUE\n", where LENGTH counts its own digits too. */
static void pax_add(struct str *records, const char *key, const void *value, size_t len)
{
	size_t rest = strlen(key) + len + 3; /* space, '=', newline */
	size_t digits = 1;

	for (size_t limit = 10; rest + digits >= limit; limit *= 10)
		digits++;
	str_printf(records, "%zu %s=", rest + digits, key);
	str_add_bytes(records, value, len);
	str_add_char(records, '\n');
}

static void pax_add_text(struct str *records, const char *key, const char *value)
{
	pax_add(records, key, value, strlen(value));
}

static void pax_add_number(struct str *records, const char *key, uint64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	pax_add_text(records, key, text);
}

/* Seconds with as many places as needed; a negative time counts down from its second as POSIX
 * wants it: -1.5 is -2 s + 0.5. */
static void pax_add_time(struct str *records, const char *key, struct timespec time)
{
	bool is_negative = time.tv_sec < 0;
	long long seconds = time.tv_sec;
	long ns = time.tv_nsec;
	char text[48];
	size_t len;

	if (is_negative && ns > 0) {
		seconds++;
		ns = 1000000000 - ns;
	}
	(void)snprintf(text, sizeof(text), "%s%lld.%09ld", is_negative ? "-" : "",
		       is_negative ? -seconds : seconds, ns);
	for (len = strlen(text); text[len - 1] == '0'; len--)
		text[len - 1] = '\0';
	if (text[len - 1] == '.')
		text[len - 1] = '\0';
	pax_add_text(records, key, text);
}

void tar_add_xattr(struct str *records, const char *name, const void *value, size_t len)
{
	AUTO_STR struct str key = { 0 };

	str_printf(&key, "SCHILY.xattr.%s", name);
	pax_add(records, str_text(&key), value, len);
}

/* A directory's name ends in "/". */
static void tar_name(const struct tar_entry *entry, struct str *name)
{
	str_add(name, entry->path);
	if (S_ISDIR(entry->stat.st_mode))
		str_add_char(name, '/');
}

/* The map of a sparse file, as it stands before its data: decimal numbers, one a line, padded
 * to whole blocks. */
static void tar_sparse_map(const struct tar_entry *entry, struct str *map)
{
	str_printf(map, "%zu\n", entry->extent_count);
	for (size_t i = 0; i < entry->extent_count; i++)
		str_printf(map, "%llu\n%llu\n", (unsigned long long)entry->extents[i].offset,
			   (unsigned long long)entry->extents[i].len);
	while (map->len % TAR_BLOCK != 0 && str_ok(map) == 0)
		str_add_char(map, '\0');
}

static void tar_records(const struct tar_entry *entry, const char *name, uint64_t size,
			struct str *records)
{
	const struct stat *st = &entry->stat;
	const char *link = entry->link ? entry->link : "";
	bool is_text = utf8_is_valid(name, strlen(name)) && utf8_is_valid(link, strlen(link));

	/* Readers convert names from UTF-8 unless told that they are bytes. */
	if (!is_text && (entry->extents || strlen(name) > sizeof(((struct ustar *)0)->name) ||
			 strlen(link) > sizeof(((struct ustar *)0)->link)))
		pax_add_text(records, "hdrcharset", "BINARY");
	if (entry->extents) {
		pax_add_text(records, "GNU.sparse.major", "1");
		pax_add_text(records, "GNU.sparse.minor", "0");
		pax_add_text(records, "GNU.sparse.name", name);
		pax_add_number(records, "GNU.sparse.realsize", (uint64_t)st->st_size);
	} else if (strlen(name) > sizeof(((struct ustar *)0)->name)) {
		pax_add_text(records, "path", name);
	}
	if (strlen(link) > sizeof(((struct ustar *)0)->link))
		pax_add_text(records, "linkpath", link);
	if (size > TAR_NUMBER_MAX)
		pax_add_number(records, "size", size);
	if (st->st_uid > TAR_ID_MAX)
		pax_add_number(records, "uid", st->st_uid);
	if (st->st_gid > TAR_ID_MAX)
		pax_add_number(records, "gid", st->st_gid);
	if (st->st_mtim.tv_nsec != 0 || st->st_mtim.tv_sec < 0 ||
	    (uint64_t)st->st_mtim.tv_sec > TAR_NUMBER_MAX)
		pax_add_time(records, "mtime", st->st_mtim);
	str_add_bytes(records, str_text(&entry->xattrs), entry->xattrs.len);
}

static int tar_put_records(struct tar *tar, const struct str *records, const struct stat *st,
			   struct err *e)
{
	struct ustar header = { 0 };
	int r;

	ustar_text(header.name, sizeof(header.name), "PaxHeaders/entry");
	ustar_fill(&header, 'x', st, records->len);
	ustar_number(header.mode, sizeof(header.mode), 0644);
	r = tar_put(tar, &header, e);
	if (r == 0)
		r = tar_data(tar, str_text(records), records->len, e);
	return r < 0 ? r : tar_pad(tar, e);
}

static uint64_t tar_content_size(const struct tar_entry *entry)
{
	uint64_t size = 0;

	if (entry->is_hardlink || !S_ISREG(entry->stat.st_mode))
		return 0;
	if (!entry->extents)
		return (uint64_t)entry->stat.st_size;
	for (size_t i = 0; i < entry->extent_count; i++)
		size += entry->extents[i].len;
	return size;
}

int tar_header(struct tar *tar, const struct tar_entry *entry, uint64_t *ret_content,
	       struct err *e)
{
	struct ustar header = { 0 };
	AUTO_STR struct str name = { 0 };
	AUTO_STR struct str records = { 0 };
	AUTO_STR struct str map = { 0 };
	uint64_t content = tar_content_size(entry);
	int r = 0;

	tar_name(entry, &name);
	if (entry->extents)
		tar_sparse_map(entry, &map);
	tar_records(entry, str_text(&name), content + map.len, &records);
	if (str_ok(&name) < 0 || str_ok(&records) < 0 || str_ok(&map) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for the header of %.300s",
			       entry->path);
	if (records.len > 0)
		r = tar_put_records(tar, &records, &entry->stat, e);
	if (r < 0)
		return r;
	ustar_text(header.name, sizeof(header.name), str_text(&name));
	ustar_text(header.link, sizeof(header.link), entry->link ? entry->link : "");
	ustar_fill(&header, ustar_type(entry), &entry->stat, content + map.len);
	r = tar_put(tar, &header, e);
	if (r == 0)
		r = tar_data(tar, str_text(&map), map.len, e);
	*ret_content = content;
	return r;
}
