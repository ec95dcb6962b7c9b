/*
 * See tool_unpack.h.
 *
 * Runs in: image.
 */
#include "image/tool_unpack.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/fault.h"
#include "image/tool_confine.h"
#include "image/tool_entries.h"
#include "image/tool_erofs.h"
#include "image/tool_place.h"
#include "image/tool_stream.h"

struct unpack {
	const struct unpack_options *options;
	struct stream stream;
	struct entries entries;
	struct place place; /* one of these two, by form */
	struct erofs erofs;
};

/* An image takes no inodes of its file system. Others that count none say 0 (btrfs). */
static uint64_t unpack_files_max(enum unpack_form form, const struct statvfs *free_now)
{
	if (form == UNPACK_EROFS)
		return EROFS_NAMES_MAX;
	return free_now->f_files > 0 ? free_now->f_favail / 10 * 9 : UINT32_MAX;
}

static int unpack_limits(struct unpack *unpack, struct stream_limits *ret, struct err *e)
{
	struct statvfs free_now;
	uint64_t files;

	if (fstatvfs(TOOL_DIRECTORY, &free_now) < 0)
		return err_sys(e, errno, "ask how much is free");
	*ret = stream_limits_of(&free_now);
	files = unpack_files_max(unpack->options->form, &free_now);
	unpack->entries.files_max = tool_limit("HOY_UNPACK_MAX_FILES", files);
	unpack->entries.is_room =
		unpack->options->form != UNPACK_EROFS && unpack->entries.files_max == files;
	return 0;
}

static int unpack_writer(struct unpack *unpack, struct err *e)
{
	int r = 0;

	if (unpack->options->form == UNPACK_EROFS) {
		r = erofs_init(&unpack->erofs, TOOL_IMAGE, e);
		unpack->entries.writer = &unpack->erofs.writer;
	} else {
		place_init(&unpack->place, TOOL_DIRECTORY);
		unpack->entries.writer = &unpack->place.writer;
	}
	return r;
}

static int sync_failed(struct err *e)
{
	return err_sys(e, errno, "write what was unpacked to disk");
}

/* Layer and blob at once, they are on one file system: thousands of fsync would take seconds. */
static int sync_files(struct err *e)
{
	FAULT("syncfs");
	return syncfs(TOOL_DIRECTORY) < 0 ? sync_failed(e) : 0;
}

/* These, and not what others have to write. The input may be a file that becomes the blob. */
static int sync_image(struct err *e)
{
	static const int fds[] = { TOOL_IMAGE, TOOL_OUTPUT, TOOL_INPUT };

	FAULT("fsync");
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		/* A pipe and /dev/null say EINVAL, and what is read only may say EROFS. */
		if (fsync(fds[i]) < 0 && errno != EINVAL && errno != EROFS)
			return sync_failed(e);
	return 0;
}

static int unpack_all(struct unpack *unpack, struct err *e)
{
	struct stream_limits limits;
	int r = unpack_limits(unpack, &limits, e);

	(void)umask(0);
	if (r == 0)
		r = unpack_writer(unpack, e);
	if (r == 0)
		r = stream_init(&unpack->stream, &unpack->options->source, &limits, e);
	if (r == 0)
		r = entries_open(&unpack->entries, e);
	if (r == 0)
		r = tool_confine(unpack->options->form == UNPACK_EROFS ? CONFINE_BYTES
								       : CONFINE_WRITE,
				 e);
	if (r == 0)
		r = entries_run(&unpack->entries, e);
	if (r < 0)
		return r;
	return unpack->options->form == UNPACK_EROFS ? sync_image(e) : sync_files(e);
}

int tool_unpack(const struct unpack_options *options, struct tool_result *result, struct err *e)
{
	struct unpack unpack = { .options = options,
				 .entries = { .stream = &unpack.stream,
					      .is_lowest = options->is_lowest,
					      .result = result },
				 .place = { .path = { .parent_fd = -EBADF },
					    .file_fd = -EBADF } };
	int r = unpack_all(&unpack, e);

	entries_close(&unpack.entries);
	place_done(&unpack.place);
	erofs_done(&unpack.erofs);
	stream_done(&unpack.stream);
	return r;
}
