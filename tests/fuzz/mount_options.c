/* Options of a mount, one a line: no attribute is set and cleared at once, what the file system
 * gets has no control character in it, and what counts is the last word on each attribute. */
#include <assert.h>
#include <string.h>
#include <sys/mount.h>

#include "fuzz.h"
#include "runtime/plan_mount_options.h"

static void data_check(const struct str *data)
{
	for (size_t i = 0; i < data->len; i++)
		assert((unsigned char)data->data[i] >= ' ' && data->data[i] != 0x7f);
	assert(data->len <= MOUNT_DATA_MAX || str_ok(data) < 0);
}

static void attributes_check(uint64_t set, uint64_t clear)
{
	uint64_t known = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
			 MOUNT_ATTR_NOEXEC | MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME |
			 MOUNT_ATTR_NOSYMFOLLOW;

	assert(!(set & ~known) && !(clear & ~known));
	/* How access times are kept is one value of several bits: all are cleared for it. */
	assert(!(set & clear & ~(uint64_t)MOUNT_ATTR__ATIME));
	if (set & MOUNT_ATTR__ATIME)
		assert((clear & MOUNT_ATTR__ATIME) == MOUNT_ATTR__ATIME);
}

static void last_word_check(const struct strv *options, const struct mount_options *parsed)
{
	int is_readonly = -1;

	for (size_t i = 0; i < options->count; i++) {
		if (strcmp(options->items[i], "ro") == 0)
			is_readonly = 1;
		else if (strcmp(options->items[i], "rw") == 0)
			is_readonly = 0;
	}
	assert(!!(parsed->attr_set & MOUNT_ATTR_RDONLY) == (is_readonly == 1));
	assert(!!(parsed->attr_clear & MOUNT_ATTR_RDONLY) == (is_readonly == 0));
}

static void options_split(const uint8_t *data, size_t size, struct arena *arena,
			  struct strv *ret)
{
	const char *at = (const char *)data;
	const char *end = at + size;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline ? newline : end) - at);

		strv_add_borrowed(ret, arena, arena_copy_bytes(arena, at, len));
		at += len + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct mount_options parsed;
	struct strv options = { 0 };
	struct err e = { 0 };
	int r;

	options_split(data, size, &arena, &options);
	r = mount_options_parse(&options, &parsed, &e);
	if (r < 0) {
		assert((e.kind == ERR_INVALID || e.kind == ERR_UNSUPPORTED) && e.text[0]);
	} else {
		attributes_check(parsed.attr_set, parsed.attr_clear);
		attributes_check(parsed.attr_set_recursive, parsed.attr_clear_recursive);
		data_check(&parsed.data);
		data_check(&parsed.superblock);
		last_word_check(&options, &parsed);
	}
	mount_options_done(&parsed);
	return 0;
}
