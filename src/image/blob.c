/*
 * See blob.h.
 *
 * Runs in: cli (engine).
 */
#include "image/blob.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "format/sha256.h"

#define BLOB_DIRECTORY "blobs/sha256"

enum { PAGES_WORTH_DROPPING = 1 << 20 }; /* bytes */

void blob_path(const char *digest, char path[BLOB_PATH_SIZE])
{
	(void)snprintf(path, BLOB_PATH_SIZE, "%s/%s", BLOB_DIRECTORY, digest_hex(digest));
}

bool blob_exists(const struct state *state, const char *digest)
{
	char path[BLOB_PATH_SIZE];

	blob_path(digest, path);
	return faccessat(state->root_fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

void blob_digest(const void *data, size_t len, char ret_digest[DIGEST_SIZE])
{
	uint8_t hash[SHA256_LEN];

	sha256(data, len, hash);
	digest_text(hash, ret_digest);
}

static int blob_open_directory(const struct state *state, struct err *e)
{
	int r = dir_make(state->root_fd, BLOB_DIRECTORY, 0700);
	int fd;

	if (r < 0)
		return err_sys(e, r, "make %s/%s", state->root, BLOB_DIRECTORY);
	fd = openat(state->root_fd, BLOB_DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_sys(e, errno, "open %s/%s", state->root, BLOB_DIRECTORY) : fd;
}

int blob_write(const struct state *state, const void *data, size_t len,
	       char ret_digest[DIGEST_SIZE], struct err *e)
{
	char digest[DIGEST_SIZE];
	AUTO_CLOSE int fd = blob_open_directory(state, e);
	int r;

	if (fd < 0)
		return fd;
	blob_digest(data, len, digest);
	r = file_replace(fd, digest_hex(digest), data, len, 0600, FILE_DURABLE);
	if (r < 0)
		return err_sys(e, r, "write blob %s", digest);
	return str_copy(ret_digest, DIGEST_SIZE, digest);
}

/*
 * Its pages go: whoever reads a layer reads the layer, not what it was made of. That takes 0.1 ms
 * a MiB, so it is not worth it for a few.
 */
static void pages_drop(int dir_fd, const char *name)
{
	AUTO_CLOSE int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size >= PAGES_WORTH_DROPPING)
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

int blob_adopt(const struct state *state, int dir_fd, const char *name, const char *digest,
	       struct err *e)
{
	AUTO_CLOSE int fd = blob_open_directory(state, e);

	if (fd < 0)
		return fd;
	FAULT("rename");
	if (renameat(dir_fd, name, fd, digest_hex(digest)) < 0)
		return err_sys(e, errno, "make blob %s", digest);
	pages_drop(fd, digest_hex(digest));
	return fsync(fd) < 0 ? err_sys(e, errno, "sync %s/%s", state->root, BLOB_DIRECTORY) : 0;
}

int blob_read(const struct state *state, const char *digest, size_t max, char **ret,
	      size_t *ret_len, struct err *e)
{
	char path[BLOB_PATH_SIZE];
	int r;

	blob_path(digest, path);
	r = file_read(state->root_fd, path, max, ret, ret_len);
	if (r < 0)
		return err_sys(e, r, "read blob %s", digest);
	return 0;
}

int blob_remove(const struct state *state, const char *digest, struct err *e)
{
	char path[BLOB_PATH_SIZE];

	FAULT("unlink");
	blob_path(digest, path);
	if (unlinkat(state->root_fd, path, 0) < 0 && errno != ENOENT)
		return err_sys(e, errno, "remove blob %s", digest);
	return 0;
}

int blob_take_back(const struct state *state, const char *digest, struct err *e)
{
	char from[BLOB_PATH_SIZE];
	char to[BLOB_PATH_SIZE];
	int r = dir_make(state->root_fd, BLOB_PARTIAL, 0700);

	blob_path(digest, from);
	(void)snprintf(to, sizeof(to), "%s/%s", BLOB_PARTIAL, digest_hex(digest));
	FAULT("rename");
	if (r < 0 ||
	    (renameat(state->root_fd, from, state->root_fd, to) < 0 && errno != ENOENT))
		return blob_remove(state, digest, e); /* a full disk: it is fetched again */
	return 0;
}
