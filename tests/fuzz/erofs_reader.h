/*
 * A small reader of EROFS images, written against the kernel's description of the format and
 * not against our writer, which it shares no code with. It looks at every byte that a kernel
 * would follow and aborts (assert) at whatever a kernel might trip over:
 *
 * - the super block: its sum, its size, only features of the format's first years;
 * - every inode is reached: directories once, others by as many names as they say;
 * - names are in order, none twice; "." and ".." lead where they should; types are the inodes';
 * - nothing lies behind the image's end, in two places at once, or over the end of a block
 *   where it must not.
 *
 * Used by the fuzz target `layer` and by the unit tests.
 */
#ifndef HOY_TESTS_EROFS_READER_H
#define HOY_TESTS_EROFS_READER_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { READER_BLOCK = 4096, READER_SLOT = 32 };

struct reader {
	const uint8_t *data;
	uint64_t size;
	uint8_t *claimed; /* a byte a slot of 32 bytes: 1 belongs to something */
	struct reader_count *counts;
	size_t count_len, count_room;
	uint64_t directories;
};

/* How many names of an inode were seen. */
struct reader_count {
	uint64_t nid;
	uint32_t names;
};

struct reader_inode {
	uint64_t nid;
	uint64_t at; /* in the image */
	uint16_t mode;
	unsigned int layout; /* 0 plain, 2 inline, 4 chunks */
	uint64_t size;
	uint32_t where;
	uint32_t uid, gid;
	int64_t mtime;
	uint32_t mtime_ns;
	uint32_t links;
	uint64_t xattrs_at;
	uint64_t xattrs_len;
};

static inline uint64_t reader_number(const struct reader *reader, uint64_t at,
				     unsigned int bytes)
{
	uint64_t value = 0;

	assert(at <= reader->size && bytes <= reader->size - at);
	for (unsigned int i = bytes; i > 0; i--)
		value = value << 8 | reader->data[at + i - 1];
	return value;
}

/* CRC-32C by table, as the sum of the super block wants it. */
static inline uint32_t reader_crc(const uint8_t *data, size_t len)
{
	uint32_t table[256];
	uint32_t crc = 0xffffffff;

	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] & 1 ? table[i] >> 1 ^ 0x82f63b78 : table[i] >> 1;
	}
	while (len-- > 0)
		crc = crc >> 8 ^ table[(crc ^ *data++) & 0xff];
	return crc;
}

/* These bytes are something's, and nothing else's. */
static inline void reader_claim(struct reader *reader, uint64_t at, uint64_t len)
{
	assert(at <= reader->size && len <= reader->size - at);
	for (uint64_t slot = at / READER_SLOT; len > 0 && slot <= (at + len - 1) / READER_SLOT;
	     slot++) {
		assert(!reader->claimed[slot]);
		reader->claimed[slot] = 1;
	}
}

static inline struct reader_inode reader_inode(const struct reader *reader, uint64_t nid)
{
	uint64_t at = nid * READER_SLOT;
	unsigned int format = (unsigned int)reader_number(reader, at, 2);
	uint64_t units = reader_number(reader, at + 2, 2);
	struct reader_inode inode = {
		.nid = nid,
		.at = at,
		.layout = format >> 1,
		.mode = (uint16_t)reader_number(reader, at + 4, 2),
		.size = reader_number(reader, at + 8, 8),
		.where = (uint32_t)reader_number(reader, at + 16, 4),
		.uid = (uint32_t)reader_number(reader, at + 24, 4),
		.gid = (uint32_t)reader_number(reader, at + 28, 4),
		.mtime = (int64_t)reader_number(reader, at + 32, 8),
		.mtime_ns = (uint32_t)reader_number(reader, at + 40, 4),
		.links = (uint32_t)reader_number(reader, at + 44, 4),
		.xattrs_at = at + 64,
		.xattrs_len = units == 0 ? 0 : 12 + 4 * (units - 1),
	};

	assert((format & 1) == 1 && inode.layout <= 4 && inode.layout % 2 == 0);
	assert(reader_number(reader, at + 6, 2) == 0 && inode.mtime_ns < 1000000000);
	assert(reader_number(reader, at + 48, 8) == 0 &&
	       reader_number(reader, at + 56, 8) == 0);
	return inode;
}

/* Blocks before the end that may lie behind the inode; the block where the content begins. */
static inline uint64_t reader_full_blocks(const struct reader_inode *inode)
{
	uint64_t blocks = (inode->size + READER_BLOCK - 1) / READER_BLOCK;

	return inode->layout == 2 ? blocks - 1 : blocks;
}

/* One block of the content (at most 4096 bytes) to `to`; returns its bytes. */
static inline size_t reader_block(const struct reader *reader, const struct reader_inode *inode,
				  uint64_t n, uint8_t to[READER_BLOCK])
{
	uint64_t left = inode->size - n * READER_BLOCK;
	size_t len = left < READER_BLOCK ? (size_t)left : READER_BLOCK;
	uint64_t behind = inode->xattrs_at + inode->xattrs_len;
	uint64_t at;

	if (inode->layout == 4) {
		unsigned int bits = inode->where & 31;
		uint64_t chunk = n >> bits;
		uint64_t block = reader_number(reader, behind + 4 * chunk, 4);

		if (block == UINT32_MAX) {
			memset(to, 0, len);
			return len;
		}
		at = (block + n - (chunk << bits)) * READER_BLOCK;
	} else if (n < reader_full_blocks(inode)) {
		at = (inode->where + n) * READER_BLOCK;
	} else {
		at = behind;
	}
	assert(at <= reader->size && len <= reader->size - at);
	memcpy(to, reader->data + at, len);
	return len;
}

/* One attribute at `at`, before `end`; returns its length with padding. */
static inline uint64_t reader_xattr(const struct reader *reader, uint64_t at, uint64_t end)
{
	uint64_t name_len = reader_number(reader, at, 1);
	uint64_t prefix = reader_number(reader, at + 1, 1);
	uint64_t len = 4 + name_len + reader_number(reader, at + 2, 2);

	assert(at % 4 == 0 && (prefix == 1 || prefix == 6) && at + len <= end);
	for (uint64_t i = at + len; i % 4 != 0; i++)
		assert(reader_number(reader, i, 1) == 0);
	return (len + 3) / 4 * 4;
}

static inline void reader_xattrs(const struct reader *reader, const struct reader_inode *inode)
{
	uint64_t end = inode->xattrs_at + inode->xattrs_len;
	uint64_t at = inode->xattrs_at + 12;
	uint64_t shared;

	if (inode->xattrs_len == 0)
		return;
	/* A header alone is not allowed. */
	assert(inode->xattrs_len > 12);
	shared = reader_number(reader, inode->xattrs_at + 4, 1);
	assert(at + 4 * shared <= end);
	for (; shared > 0; shared--, at += 4)
		(void)reader_xattr(reader, reader_number(reader, at, 4) * 4, reader->size);
	while (at < end)
		at += reader_xattr(reader, at, end);
	assert(at == end);
}

/* Where the content lies is nobody else's; what is behind the inode is in one block with it. */
static inline void reader_layout(struct reader *reader, const struct reader_inode *inode)
{
	uint64_t behind = inode->xattrs_at + inode->xattrs_len;
	uint64_t extra = 0;

	if (!S_ISREG(inode->mode) && !S_ISDIR(inode->mode) && !S_ISLNK(inode->mode)) {
		assert(inode->layout == 0 && inode->size == 0);
	} else if (inode->layout == 4) {
		uint64_t chunk = (uint64_t)READER_BLOCK << (inode->where & 31);
		uint64_t count = (inode->size + chunk - 1) / chunk;

		assert(inode->where < 32 && S_ISREG(inode->mode) && count > 0);
		extra = 4 * count;
		for (uint64_t i = 0; i < count; i++) {
			uint64_t block = reader_number(reader, behind + 4 * i, 4);
			uint64_t left = inode->size - i * chunk;

			if (block != UINT32_MAX)
				reader_claim(
					reader, block * READER_BLOCK,
					((left < chunk ? left : chunk) + READER_BLOCK - 1) /
						READER_BLOCK * READER_BLOCK);
		}
	} else {
		if (inode->layout == 2) {
			assert(inode->size % READER_BLOCK != 0);
			extra = inode->size % READER_BLOCK;
			assert(behind / READER_BLOCK == (behind + extra - 1) / READER_BLOCK);
		}
		reader_claim(reader, (uint64_t)inode->where * READER_BLOCK,
			     reader_full_blocks(inode) * READER_BLOCK);
	}
	reader_claim(reader, inode->at, 64 + inode->xattrs_len + extra);
}

/* Another name of it. Returns true the first time. */
static inline bool reader_count(struct reader *reader, uint64_t nid)
{
	for (size_t i = 0; i < reader->count_len; i++) {
		if (reader->counts[i].nid == nid) {
			reader->counts[i].names++;
			return false;
		}
	}
	if (reader->count_len == reader->count_room) {
		reader->count_room = reader->count_room ? 2 * reader->count_room : 64;
		reader->counts =
			realloc(reader->counts, reader->count_room * sizeof(*reader->counts));
		assert(reader->counts);
	}
	reader->counts[reader->count_len++] = (struct reader_count){ nid, 1 };
	return true;
}

static inline unsigned int reader_type(uint16_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return 1;
	case S_IFDIR:
		return 2;
	case S_IFCHR:
		return 3;
	case S_IFBLK:
		return 4;
	case S_IFIFO:
		return 5;
	case S_IFLNK:
		return 7;
	default:
		abort();
	}
}

/* What is called for each name but "." and "..". */
struct reader_visit {
	void (*name)(void *context, const struct reader_inode *directory, const char *name,
		     size_t len, uint64_t nid, unsigned int type);
	void *context;
};

/* The names of one block of a directory, in order behind `last`. */
static inline void reader_names(const uint8_t *block, size_t len,
				const struct reader_inode *directory, uint64_t parent,
				char last[256], unsigned int *dots,
				const struct reader_visit *visit)
{
	const struct reader part = { .data = block, .size = len };
	uint64_t begin = reader_number(&part, 8, 2);
	uint64_t count = begin / 12;

	assert(begin > 0 && begin % 12 == 0 && begin < len);
	for (uint64_t i = 0; i < count; i++) {
		uint64_t at = reader_number(&part, 12 * i + 8, 2);
		uint64_t end = i + 1 < count ? reader_number(&part, 12 * i + 20, 2)
					     : at + strnlen((const char *)block + at, len - at);
		uint64_t nid = reader_number(&part, 12 * i, 8);
		unsigned int type = (unsigned int)reader_number(&part, 12 * i + 10, 1);
		char name[256] = "";

		assert(at == (i == 0 ? begin : at) && end > at && end - at <= 255 &&
		       end <= len);
		memcpy(name, block + at, end - at);
		assert(strlen(name) == end - at && !strchr(name, '/'));
		assert(strcmp(last, name) < 0);
		memcpy(last, name, sizeof(name));
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
			assert(type == 2 && nid == (name[1] ? parent : directory->nid));
			(*dots)++;
		} else {
			visit->name(visit->context, directory, name, end - at, nid, type);
		}
	}
}

static inline void reader_list(const struct reader *reader,
			       const struct reader_inode *directory, uint64_t parent,
			       const struct reader_visit *visit)
{
	uint8_t block[READER_BLOCK];
	char last[256] = "";
	unsigned int dots = 0;

	assert(directory->size > 0);
	for (uint64_t n = 0; n * READER_BLOCK < directory->size; n++)
		reader_names(block, reader_block(reader, directory, n, block), directory,
			     parent, last, &dots, visit);
	assert(dots == 2);
}

/* --- the whole image --- */

struct reader_stack {
	struct reader *reader;
	struct {
		uint64_t nid, parent;
	} * items;
	size_t len, room;
	uint32_t subdirectories; /* of the directory that is being listed */
};

static inline void reader_push(struct reader_stack *stack, uint64_t nid, uint64_t parent)
{
	if (stack->len == stack->room) {
		stack->room = stack->room ? 2 * stack->room : 64;
		stack->items = realloc(stack->items, stack->room * sizeof(*stack->items));
		assert(stack->items);
	}
	stack->items[stack->len].nid = nid;
	stack->items[stack->len++].parent = parent;
}

static inline void reader_see(void *context, const struct reader_inode *directory,
			      const char *name, size_t len, uint64_t nid, unsigned int type)
{
	struct reader_stack *stack = context;
	struct reader_inode inode = reader_inode(stack->reader, nid);
	bool is_first;

	(void)name;
	(void)len;
	assert(type == reader_type(inode.mode));
	if (type == 2) {
		stack->subdirectories++;
		reader_push(stack, nid, directory->nid);
		return;
	}
	is_first = reader_count(stack->reader, nid);
	if (is_first) {
		reader_xattrs(stack->reader, &inode);
		reader_layout(stack->reader, &inode);
		assert(!S_ISLNK(inode.mode) || (inode.size > 0 && inode.size < 4096));
	}
}

static inline void reader_super(struct reader *reader)
{
	uint8_t block[READER_BLOCK];

	assert(reader->size >= READER_BLOCK && reader->size % READER_BLOCK == 0);
	memcpy(block, reader->data, sizeof(block));
	memset(block + 1028, 0, 4);
	assert(reader_number(reader, 1024, 4) == 0xe0f5e1e2);
	assert(reader_number(reader, 1028, 4) == reader_crc(block + 1024, 3072));
	assert(reader_number(reader, 1032, 4) == 3);  /* has a sum; times are of modification */
	assert(reader_number(reader, 1036, 2) == 12); /* blocks; a plain super block */
	assert(reader_number(reader, 1060, 4) == reader->size / READER_BLOCK);
	assert(reader_number(reader, 1064, 8) == 0); /* both areas begin at block 0 */
	assert((reader_number(reader, 1104, 4) & ~UINT64_C(4)) == 0);
	for (uint64_t at = 1108; at < 1152; at++)
		assert(reader_number(reader, at, 1) == 0);
	reader_claim(reader, 0, 1152);
}

static inline uint64_t reader_root(const struct reader *reader)
{
	return reader_number(reader, 1038, 2);
}

/* Look at all of the image. */
static inline void reader_check(const uint8_t *data, uint64_t size)
{
	struct reader reader = { .data = data,
				 .size = size,
				 .claimed = calloc(1, size / 32 + 1) };
	struct reader_stack stack = { .reader = &reader };
	const struct reader_visit visit = { reader_see, &stack };
	bool has_chunks = false;

	assert(reader.claimed);
	reader_super(&reader);
	reader_push(&stack, reader_root(&reader), reader_root(&reader));
	while (stack.len > 0) {
		uint64_t nid = stack.items[stack.len - 1].nid;
		uint64_t parent = stack.items[--stack.len].parent;
		struct reader_inode inode = reader_inode(&reader, nid);

		assert(S_ISDIR(inode.mode));
		reader_xattrs(&reader, &inode);
		reader_layout(&reader,
			      &inode); /* twice the same directory would be an overlap */
		stack.subdirectories = 0;
		reader_list(&reader, &inode, parent, &visit);
		assert(inode.links == 2 + stack.subdirectories);
		reader.directories++;
	}
	for (size_t i = 0; i < reader.count_len; i++) {
		struct reader_inode inode = reader_inode(&reader, reader.counts[i].nid);

		assert(inode.links == reader.counts[i].names);
		has_chunks |= inode.layout == 4;
	}
	assert(reader_number(&reader, 1040, 8) == reader.directories + reader.count_len);
	assert(!has_chunks || reader_number(&reader, 1104, 4) == 4);
	free(reader.claimed);
	free(reader.counts);
	free(stack.items);
}

#endif
