/*
 * An archive becomes an image that a kernel can follow everywhere, or is refused; and nothing can be
 * mounted of one that is refused.
 */
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "erofs_reader.h"
#include "fuzz.h"
#include "image/tool_entries.h"
#include "image/tool_erofs.h"

/*
 * The first byte says how: are there layers below; do shared attributes end soon; are the sums of
 * headers right, and zeros at the end, whatever the rest is (else nearly every change of an archive
 * is only a wrong sum); may it be compressed with bzip2 or xz.
 */
enum { IS_LOWEST = 1, FEW_SHARED = 2, MENDED = 4, UNTYPED = 8 };

enum { TAR_BLOCK = 512, TAR_SIZE = 124, TAR_SIZE_LEN = 12, TAR_SUM = 148, TAR_SUM_LEN = 8 };

static void mend(uint8_t *tar, size_t size)
{
	for (size_t at = 0; at + TAR_BLOCK <= size;) {
		uint8_t *header = tar + at;
		char number[TAR_SIZE_LEN + 1] = "";
		char text[TAR_SUM_LEN + 1];
		unsigned int sum = 0;
		unsigned long long content;

		memcpy(number, header + TAR_SIZE, TAR_SIZE_LEN);
		content = strtoull(number, NULL, 8);
		memset(header + TAR_SUM, ' ', TAR_SUM_LEN);
		for (size_t i = 0; i < TAR_BLOCK; i++)
			sum += header[i];
		(void)snprintf(text, sizeof(text), "%06o", sum);
		if (header[0])
			memcpy(header + TAR_SUM, text, TAR_SUM_LEN - 1);
		else
			memset(header + TAR_SUM, 0, TAR_SUM_LEN);
		if (content > size)
			break;
		at += TAR_BLOCK + (content + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
	}
}

/* The archive behind an fd, which is owned by the caller. */
static int archive(const uint8_t *data, size_t size, bool is_mended)
{
	int fd = memfd_create("tar", MFD_CLOEXEC);
	AUTO_FREE uint8_t *tar = calloc(1, size + 2 * TAR_BLOCK);

	assert(fd >= 0 && tar);
	memcpy(tar, data, size);
	if (is_mended)
		mend(tar, size);
	assert(fd_write_all(fd, tar, is_mended ? size + 2 * TAR_BLOCK : size) == 0);
	assert(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

static int unpack(int image_fd, int input_fd, uint8_t how)
{
	const struct stream_source source = { .is_untyped_taken = how & UNTYPED };
	struct stream_limits limits = { .bytes = 64 << 20, .ratio = 200 };
	struct tool_result result = { 0 };
	struct stream stream;
	struct erofs erofs;
	struct entries entries = { .stream = &stream,
				   .writer = &erofs.writer,
				   .files_max = 10000,
				   .is_lowest = how & IS_LOWEST,
				   .result = &result };
	struct err e = { 0 };
	AUTO_CLOSE int null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int r = stream_init(&stream, &source, &limits, &e);

	assert(null_fd >= 0 && r == 0);
	stream.input_fd = input_fd;
	stream.output_fd = null_fd;
	r = erofs_init(&erofs, image_fd, &e);
	assert(r == 0);
	if (how & FEW_SHARED)
		erofs.xattrs.shared_end = 16 * 4096;
	r = entries_open(&entries, &e);
	assert(r == 0);
	r = entries_run(&entries, &e);
	/* A refusal is one sentence. */
	assert(r == 0 || (r < 0 && e.kind != ERR_NONE && e.text[0]));
	entries_close(&entries);
	erofs_done(&erofs);
	stream_done(&stream);
	return r;
}

static void check(int image_fd, int r)
{
	off_t size = lseek(image_fd, 0, SEEK_END);
	uint8_t first[1028] = { 0 };
	void *data;

	if (r < 0) {
		assert(pread(image_fd, first, sizeof(first), 0) >= 0);
		assert(first[1024] == 0 && first[1025] == 0);
		return;
	}
	/* A sparse file may be of terabytes; its image then is too large to be looked at. */
	if (size > 256 << 20)
		return;
	data = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, image_fd, 0);
	assert(data != MAP_FAILED);
	reader_check(data, (uint64_t)size);
	assert(munmap(data, (size_t)size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_CLOSE int image_fd = memfd_create("image", MFD_CLOEXEC);
	AUTO_CLOSE int input_fd = -EBADF;

	if (size == 0)
		return 0;
	input_fd = archive(data + 1, size - 1, data[0] & MENDED);
	assert(image_fd >= 0);
	check(image_fd, unpack(image_fd, input_fd, data[0]));
	return 0;
}
