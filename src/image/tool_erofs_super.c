/*
 * See tool_erofs_super.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_erofs_super.h"

#include "format/digest.h"

enum {
	SUPER_BLOCK_BITS = 12,
	SUPER_COMPAT_CHECKSUM = 1,
	SUPER_COMPAT_MTIME = 2,
	SUPER_INCOMPAT_CHUNKS = 4,
	SUPER_CHECKSUM_AT = EROFS_SUPER_AT + 4,
	SUPER_UUID_AT = EROFS_SUPER_AT + 48
};

static const uint32_t SUPER_MAGIC = 0xe0f5e1e2;
static const uint32_t SUPER_CRC32C = 0x82f63b78; /* Castagnoli's, bits reversed */

static uint8_t hex_value(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

void erofs_super_uuid(const char *diff_id, uint8_t uuid[16])
{
	const char *hex = digest_hex(diff_id);

	for (int i = 0; i < 16; i++, hex += 2)
		uuid[i] = (uint8_t)(hex_value(hex[0]) << 4 | hex_value(hex[1]));
	/* RFC 9562: version 8 (whatever its maker likes), variant 1. */
	uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x80);
	uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
}

static uint32_t super_checksum(const uint8_t *data, size_t len)
{
	uint32_t sum = UINT32_MAX;

	for (size_t i = 0; i < len; i++) {
		sum ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? SUPER_CRC32C : 0);
	}
	return sum;
}

void erofs_super_write(const struct erofs_super *super, uint8_t block[EROFS_BLOCK])
{
	uint8_t *at = block + EROFS_SUPER_AT;

	memset(block, 0, EROFS_ROOT_AT);
	erofs_put32(at, SUPER_MAGIC);
	erofs_put32(at + 8, SUPER_COMPAT_CHECKSUM | SUPER_COMPAT_MTIME);
	at[12] = SUPER_BLOCK_BITS;
	erofs_put16(at + 14, EROFS_ROOT_AT / EROFS_SLOT);
	erofs_put64(at + 16, super->inodes);
	/* The time of the build (24, 32) stays 0: every inode has its own. So do the beginnings
	 * of inodes (40) and of shared attributes (44), which are counted from block 0. */
	erofs_put32(at + 36, super->blocks);
	memcpy(block + SUPER_UUID_AT, super->uuid, sizeof(super->uuid));
	erofs_put32(at + 80, super->has_chunks ? SUPER_INCOMPAT_CHUNKS : 0);
	erofs_put32(block + SUPER_CHECKSUM_AT,
		    super_checksum(at, EROFS_BLOCK - EROFS_SUPER_AT));
}
