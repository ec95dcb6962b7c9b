/*
 * What an archive says about its images: the input is cut at NULs into manifest.json (or
 * index.json when it begins with '{'), and blobs with the digests aa.., bb.., cc.. and so on.
 *
 * The archive is put together here, so that what is tried is what the documents say, not the tar
 * (that is tar_read).
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "image/tar.h"
#include "image/tool.h"
#include "image/tool_archive_input.h"
#include "image/tool_images.h"

static void put(struct tar *tar, const char *name, const void *data, size_t len)
{
	struct tar_entry entry = {
		.path = name, .stat = { .st_mode = S_IFREG | 0644, .st_size = (off_t)len }
	};
	uint64_t content;

	assert(tar_header(tar, &entry, &content, NULL) == 0);
	assert(tar_data(tar, data, len, NULL) == 0);
	assert(tar_pad(tar, NULL) == 0);
}

static void put_all(struct tar *tar, const uint8_t *data, size_t size)
{
	bool is_layout = size > 0 && data[0] == '{';
	int number = 0;

	if (is_layout)
		put(tar, "oci-layout", "{}", 2);
	for (size_t at = 0; at <= size && number < 7; number++) {
		const uint8_t *end = memchr(data + at, 0, size - at);
		size_t len = end ? (size_t)(end - data) - at : size - at;
		char name[96] = "blobs/sha256/";

		memset(name + strlen(name), "_abcdef"[number], 64);
		put(tar,
		    number > 0	? name
		    : is_layout ? "index.json"
				: "manifest.json",
		    data + at, len);
		at += len + 1;
	}
}

/* The archive is TOOL_INPUT, as for the program. */
static void make(const uint8_t *data, size_t size)
{
	int fd = memfd_create("archive", 0);
	struct tar tar;

	assert(fd >= 0 && tar_init(&tar, fd, NULL) == 0);
	put_all(&tar, data, size);
	assert(tar_end(&tar, NULL) == 0);
	tar_done(&tar);
	assert(lseek(fd, 0, SEEK_SET) == 0 && dup2(fd, TOOL_INPUT) == TOOL_INPUT);
	(void)close(fd);
}

static void check(const struct archive_images *images)
{
	assert(images->count <= ARCHIVE_IMAGES_MAX);
	for (size_t i = 0; i < images->count; i++) {
		const struct archive_image *image = &images->items[i];

		assert(image->config.member && image->names.count <= ARCHIVE_NAMES_MAX);
		for (size_t n = 0; n < image->layer_count; n++) {
			assert(image->layers[n].member);
			assert(!image->manifest.member ||
			       digest_is_valid(image->layers[n].digest));
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct images_wanted wanted = { .platform = { .os = "linux",
							    .architecture = "amd64" } };
	struct archive_input input = { 0 };
	struct archive_images images = { 0 };
	struct tar_index index = { .found = &images.arena };
	struct err e = { 0 };
	int r;

	make(data, size);
	assert(archive_input_begin(&input, &e) == 0);
	assert(tar_index_read(&index, &input, &e) == 0);
	r = tar_index_has(&index, "index.json")
		    ? archive_images_oci(&index, &wanted, &images, &e)
		    : archive_images_docker(&index, &images, &e);
	if (r == 0)
		check(&images);
	else
		assert(e.text[0]);
	archive_images_done(&images);
	tar_index_done(&index);
	return 0;
}
