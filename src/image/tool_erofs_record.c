/*
 * See tool_erofs_record.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_erofs_record.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Of the attributes' header, which counts for one (tool_erofs_xattr.h), and of each unit behind
 * it. */
enum { RECORD_XATTR_HEADER = 12, RECORD_XATTR_UNIT = 4 };

size_t erofs_record_size(const struct erofs_record *record)
{
	return EROFS_INODE_SIZE + record->xattrs_len + record->payload_len;
}

void erofs_record_inode(const struct erofs_record *record, uint8_t bytes[EROFS_INODE_SIZE])
{
	const struct erofs_inode *inode = &record->inode;
	size_t units =
		record->xattrs_len == 0
			? 0
			: (record->xattrs_len - RECORD_XATTR_HEADER) / RECORD_XATTR_UNIT + 1;

	memset(bytes, 0, EROFS_INODE_SIZE);
	erofs_put16(bytes, (uint16_t)(1 | (unsigned int)inode->layout << 1));
	erofs_put16(bytes + 2, (uint16_t)units);
	erofs_put16(bytes + 4, (uint16_t)inode->mode);
	erofs_put64(bytes + 8, inode->size);
	erofs_put32(bytes + 16, inode->where);
	erofs_put32(bytes + 20, inode->number);
	erofs_put32(bytes + 24, inode->uid);
	erofs_put32(bytes + 28, inode->gid);
	erofs_put64(bytes + 32, (uint64_t)inode->mtime.tv_sec);
	erofs_put32(bytes + 40, (uint32_t)inode->mtime.tv_nsec);
	erofs_put32(bytes + EROFS_NLINK_AT, inode->links);
}

void erofs_record_copy(const struct erofs_record *record, uint8_t *to)
{
	erofs_record_inode(record, to);
	to += EROFS_INODE_SIZE;
	if (record->xattrs_len > 0)
		memcpy(to, record->xattrs, record->xattrs_len);
	to += record->xattrs_len;
	if (record->payload_len > 0)
		memcpy(to, record->payload, record->payload_len);
}

int erofs_record_append(const struct erofs_record *record, struct erofs_blocks *blocks,
			struct err *e)
{
	uint8_t inode[EROFS_INODE_SIZE];
	int r;

	erofs_record_inode(record, inode);
	r = erofs_blocks_add(blocks, inode, sizeof(inode), e);
	if (r == 0)
		r = erofs_blocks_add(blocks, record->xattrs, record->xattrs_len, e);
	if (r == 0)
		r = erofs_blocks_add(blocks, record->payload, record->payload_len, e);
	return r;
}

int erofs_device(dev_t device, uint32_t *ret)
{
	unsigned int major_number = major(device);
	unsigned int minor_number = minor(device);

	if (major_number > 0xfff || minor_number > 0xfffff)
		return -EINVAL;
	*ret = (minor_number & 0xff) | major_number << 8 | (minor_number & ~0xffU) << 12;
	return 0;
}
