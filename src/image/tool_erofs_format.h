/*
 * EROFS as it lies on disk: the part of it that our writer uses. Blocks of 4 KiB, no
 * compression, one device; every number is little-endian.
 *
 * An inode is found by its number: it begins at byte 32 * number of the image (the metadata
 * area begins at block 0). It has 64 bytes; behind them lie its attributes, and then the end of
 * its content (EROFS_INLINE) or the map of its chunks (EROFS_CHUNKS).
 *
 * Runs in: image, confined.
 * See: Documentation/filesystems/erofs.rst and fs/erofs/erofs_fs.h of
 * the kernel.
 */
#ifndef HOY_IMAGE_TOOL_EROFS_FORMAT_H
#define HOY_IMAGE_TOOL_EROFS_FORMAT_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

enum {
	EROFS_BLOCK = 4096,
	EROFS_SLOT = 32, /* inodes begin at multiples of it */
	EROFS_INODE_SIZE = 64,
	EROFS_NLINK_AT = 44, /* in an inode */
	EROFS_DIRENT_SIZE = 12,
	EROFS_SUPER_AT = 1024,
	EROFS_SUPER_SIZE = 128,
	/* the root's inode, right behind: its number has only 16 bits in the super block */
	EROFS_ROOT_AT = EROFS_SUPER_AT + EROFS_SUPER_SIZE
};

/* Block numbers have 32 bits, and the last one means "none". */
#define EROFS_NO_BLOCK UINT32_MAX

/* How the content of an inode is found. */
enum erofs_layout {
	EROFS_PLAIN = 0,  /* blocks in a row */
	EROFS_INLINE = 2, /* the same, but what does not fill a block lies behind the inode */
	EROFS_CHUNKS = 4  /* a list of block numbers lies behind the inode: one a chunk */
};

/* What a name in a directory says of its inode. */
enum erofs_type {
	EROFS_FILE = 1,
	EROFS_DIRECTORY = 2,
	EROFS_CHARACTER = 3,
	EROFS_BLOCK_DEVICE = 4,
	EROFS_FIFO = 5,
	EROFS_SYMLINK = 7
};

static inline void erofs_put16(uint8_t *at, uint16_t value)
{
	value = htole16(value);
	memcpy(at, &value, sizeof(value));
}

static inline void erofs_put32(uint8_t *at, uint32_t value)
{
	value = htole32(value);
	memcpy(at, &value, sizeof(value));
}

static inline void erofs_put64(uint8_t *at, uint64_t value)
{
	value = htole64(value);
	memcpy(at, &value, sizeof(value));
}

static inline uint64_t erofs_round_up(uint64_t value, uint64_t unit)
{
	return (value + unit - 1) / unit * unit;
}

#endif
