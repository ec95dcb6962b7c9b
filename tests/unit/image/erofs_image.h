/*
 * An image that a test writes by the operations of the writer, without an archive, and then
 * reads with tests/fuzz/erofs_reader.h.
 */
#ifndef HOY_TESTS_EROFS_IMAGE_H
#define HOY_TESTS_EROFS_IMAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../fuzz/erofs_reader.h"
#include "image/tool_erofs.h"

#define IMAGE_DIFF_ID "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

struct image {
	struct erofs erofs;
	struct layer_writer *writer;
	struct err e;
	int fd;
	struct reader reader; /* after image_read */
};

static inline void image_begin(struct image *image)
{
	*image = (struct image){ .fd = memfd_create("image", MFD_CLOEXEC) };
	image->writer = &image->erofs.writer;
	assert_true(image->fd >= 0);
	assert_int_equal(erofs_init(&image->erofs, image->fd, &image->e), 0);
}

/* Finish it, look at all of it, and keep it for questions. */
static inline void image_read(struct image *image)
{
	off_t size;

	assert_int_equal(image->writer->finish(image->writer, IMAGE_DIFF_ID, &image->e), 0);
	size = lseek(image->fd, 0, SEEK_END);
	image->reader.size = (uint64_t)size;
	image->reader.data = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, image->fd, 0);
	assert_true(image->reader.data != MAP_FAILED);
	reader_check(image->reader.data, image->reader.size);
}

static inline void image_done(struct image *image)
{
	if (image->reader.data)
		(void)munmap((void *)(uintptr_t)image->reader.data, (size_t)image->reader.size);
	erofs_done(&image->erofs);
	(void)close(image->fd);
}

/* --- entries --- */

static inline int image_directory(struct image *image, const char *path)
{
	const struct layer_inode inode = { .mode = S_IFDIR | 0755 };

	return image->writer->directory(image->writer, path, &inode, &image->e);
}

static inline int image_file_of(struct image *image, const char *path,
				const struct layer_inode *inode, const void *data, size_t len)
{
	const struct layer_piece piece = { .data = data, .len = len };
	struct layer_writer *writer = image->writer;
	int r = writer->file(writer, path, inode, len, &image->e);

	if (r == 0 && len > 0)
		r = writer->file_piece(writer, path, &piece, &image->e);
	return r < 0 ? r : writer->file_end(writer, path, inode, len, &image->e);
}

static inline int image_file(struct image *image, const char *path, const char *content)
{
	const struct layer_inode inode = { .mode = S_IFREG | 0644 };

	return image_file_of(image, path, &inode, content, strlen(content));
}

static inline int image_symlink(struct image *image, const char *path, const char *target)
{
	const struct layer_inode inode = { .mode = S_IFLNK | 0777 };

	return image->writer->symlink(image->writer, path, target, &inode, &image->e);
}

static inline int image_hardlink(struct image *image, const char *path, const char *target)
{
	return image->writer->hardlink(image->writer, path, target, &image->e);
}

/* --- questions --- */

struct image_search {
	const char *name;
	size_t len;
	uint64_t nid; /* UINT64_MAX: not found */
};

static inline void image_match(void *context, const struct reader_inode *directory,
			       const char *name, size_t len, uint64_t nid, unsigned int type)
{
	struct image_search *search = context;

	(void)directory;
	(void)type;
	if (len == search->len && memcmp(name, search->name, len) == 0)
		search->nid = nid;
}

/* Is there something at `path` ("" is the root)? Links are not followed. */
static inline bool image_find(const struct image *image, const char *path,
			      struct reader_inode *ret)
{
	uint64_t parent = reader_root(&image->reader);

	*ret = reader_inode(&image->reader, parent);
	while (*path) {
		struct image_search search = { path, strcspn(path, "/"), UINT64_MAX };
		const struct reader_visit visit = { image_match, &search };
		uint64_t nid = ret->nid;

		if (!S_ISDIR(ret->mode))
			return false;
		reader_list(&image->reader, ret, parent, &visit);
		if (search.nid == UINT64_MAX)
			return false;
		parent = nid;
		*ret = reader_inode(&image->reader, search.nid);
		path += search.len;
		path += *path == '/';
	}
	return true;
}

static inline struct reader_inode image_inode(const struct image *image, const char *path)
{
	struct reader_inode inode;

	assert_true(image_find(image, path, &inode));
	return inode;
}

static inline bool image_has(const struct image *image, const char *path)
{
	struct reader_inode inode;

	return image_find(image, path, &inode);
}

/* The content of a file or link, with a NUL behind it; the caller's to free. */
static inline char *image_content(const struct image *image, const char *path)
{
	struct reader_inode inode = image_inode(image, path);
	char *content = calloc(1, inode.size / READER_BLOCK * READER_BLOCK + READER_BLOCK + 1);

	assert_non_null(content);
	for (uint64_t n = 0; n * READER_BLOCK < inode.size; n++)
		(void)reader_block(&image->reader, &inode, n,
				   (uint8_t *)content + n * READER_BLOCK);
	return content;
}

static inline void assert_content(const struct image *image, const char *path,
				  const char *expected)
{
	char *content = image_content(image, path);

	assert_string_equal(content, expected);
	free(content);
}

/* The entry of an attribute (its header) by prefix number and rest of the name; 0: there is
 * none. */
static inline uint64_t image_xattr(const struct image *image, const char *path,
				   unsigned int prefix, const char *rest)
{
	struct reader_inode inode = image_inode(image, path);
	uint64_t end = inode.xattrs_at + inode.xattrs_len;
	uint64_t shared =
		inode.xattrs_len ? reader_number(&image->reader, inode.xattrs_at + 4, 1) : 0;
	uint64_t inline_at = inode.xattrs_at + 12 + 4 * shared;

	for (uint64_t i = 0; inode.xattrs_len && (i < shared || inline_at < end); i++) {
		uint64_t at = i < shared ? 4 * reader_number(&image->reader,
							     inode.xattrs_at + 12 + 4 * i, 4)
					 : inline_at;
		const uint8_t *entry = image->reader.data + at;

		if (i >= shared)
			inline_at += reader_xattr(&image->reader, at, end);
		if (entry[0] == strlen(rest) && entry[1] == prefix &&
		    memcmp(entry + 4, rest, entry[0]) == 0)
			return at;
	}
	return 0;
}

static inline void assert_xattr(const struct image *image, const char *path, const char *rest,
				const char *expected)
{
	uint64_t at = image_xattr(image, path, 1, rest);

	assert_true(at > 0);
	assert_int_equal(reader_number(&image->reader, at + 2, 2), strlen(expected));
	assert_memory_equal(image->reader.data + at + 4 + strlen(rest), expected,
			    strlen(expected));
}

#endif
