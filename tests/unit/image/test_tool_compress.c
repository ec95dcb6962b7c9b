/* A plain blob into a gzip one: what zlib makes of it again, and whether the digests are those of what was read and written. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <zlib.h>

#include <cmocka.h>

#include "../place.h"
#include "image/blob.h"
#include "image/tool_compress.h"

/* What tool_compress reads and writes at a time. */
enum { CHUNK = 256 * 1024 };

struct outcome {
	int r;
	struct tool_result result;
	struct err err;
};

enum content { NOISE, ZEROS };

static char *make_content(enum content content, size_t size)
{
	char *data = calloc(1, size + 1);
	uint32_t x = 2463534242;

	assert_non_null(data);
	for (size_t i = 0; content == NOISE && i < size; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		data[i] = (char)(x >> 24);
	}
	return data;
}

/* It confines its process for good. Who is not root may do so in a user namespace of his own. */
static void run_in_child(int in_fd, int out_fd, struct outcome *outcome)
{
	if ((geteuid() == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
	    dup2(in_fd, TOOL_INPUT) >= 0 && dup2(out_fd, TOOL_OUTPUT) >= 0 &&
	    close_range(TOOL_OUTPUT + 2, ~0U, 0) == 0)
		outcome->r = tool_compress(&outcome->result, &outcome->err);
	_exit(0);
}

static void compress_file(int in_fd, int out_fd, struct tool_result *ret)
{
	struct outcome *outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t pid;

	assert_ptr_not_equal(outcome, MAP_FAILED);
	outcome->r = -ECHILD;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		run_in_child(in_fd, out_fd, outcome);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	if (outcome->r < 0)
		fail_msg("%d: %s", outcome->r, outcome->err.text);
	*ret = outcome->result;
	assert_int_equal(munmap(outcome, sizeof(*outcome)), 0);
}

/* One member, and nothing behind it. */
static void assert_inflates_to(const char *gzip, size_t len, const char *data, size_t size)
{
	char *out = malloc(size + 1);
	z_stream z = { .next_in = (uint8_t *)(uintptr_t)gzip,
		       .avail_in = (unsigned int)len,
		       .next_out = (uint8_t *)out,
		       .avail_out = (unsigned int)size + 1 };

	assert_non_null(out);
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.total_out, size);
	assert_int_equal(z.avail_in, 0);
	assert_memory_equal(out, data, size);
	(void)inflateEnd(&z);
	free(out);
}

static void assert_round_trip(struct place *place, enum content content, size_t size)
{
	AUTO_FREE char *data = make_content(content, size);
	AUTO_FREE char *gzip = NULL;
	AUTO_CLOSE int in_fd = openat(place->fd, "in", O_RDWR | O_CREAT | O_TRUNC, 0600);
	AUTO_CLOSE int out_fd = openat(place->fd, "out", O_RDWR | O_CREAT | O_TRUNC, 0600);
	struct tool_result result;
	char digest[DIGEST_SIZE];
	size_t len;

	assert_true(in_fd >= 0 && out_fd >= 0);
	assert_int_equal(fd_write_all(in_fd, data, size), 0);
	assert_int_equal(lseek(in_fd, 0, SEEK_SET), 0);
	compress_file(in_fd, out_fd, &result);
	assert_int_equal(file_read(place->fd, "out", SIZE_MAX / 2, &gzip, &len), 0);
	assert_int_equal(result.blob_size, len);
	blob_digest(gzip, len, digest);
	assert_string_equal(result.blob, digest);
	blob_digest(data, size, digest);
	assert_string_equal(result.diff_id, digest);
	assert_true(str_ends(result.media_type, "+gzip"));
	assert_inflates_to(gzip, len, data, size);
	/* Neither a name nor a time: the same gives the same. */
	assert_memory_equal(gzip, "\x1f\x8b\x08\0\0\0\0\0", 8);
}

static void what_comes_out_is_what_went_in(void **context)
{
	static const size_t sizes[] = { 0,	   1,	      CHUNK - 1, CHUNK,
					CHUNK + 1, 2 * CHUNK, CHUNK * 3, 5000003 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_round_trip(*context, NOISE, sizes[i]);
		assert_round_trip(*context, ZEROS, sizes[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { WITH_PLACE(what_comes_out_is_what_went_in) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
