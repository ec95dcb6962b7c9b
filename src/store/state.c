/*
 * See state.h.
 *
 * The `version` file is written last, so that a root whose making was interrupted is made
 * again, whole.
 *
 * Runs in: cli (engine).
 */
#include "store/state.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"

enum { STATE_VERSION = 1, VERSION_TEXT_MAX = 32 };

static const char *const root_directories[] = { "containers", "pending", "names",  "volumes",
						"images",     "blobs",	 "layers", "tmp",
						"seccomp",    "mnt" };

/* FNV-1a, 32 bits: any stable hash will do, it only keeps instances apart. */
static uint32_t hash_text(const char *text)
{
	uint32_t hash = 2166136261U;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619U;
	return hash;
}

/* Open the directory `path`, making it when it is missing, and say where it really is. */
static int directory_open(const char *path, mode_t mode, char ret_path[PATH_MAX], struct err *e)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char link[64];
	ssize_t len;
	int r;

	if (fd < 0 && errno == ENOENT) {
		r = dir_make(AT_FDCWD, path, mode);
		if (r < 0)
			return err_sys(e, r, "make directory %s", path);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd < 0)
		return err_sys(e, errno, "open directory %s", path);
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, ret_path, PATH_MAX - 1);
	if (len < 0)
		return err_sys(e, errno, "find the canonical path of %s", path);
	ret_path[len] = '\0';
	return fd_take(&fd);
}

static int root_make(int root_fd, const char *root, struct err *e)
{
	char text[VERSION_TEXT_MAX];
	int len;
	int r;

	FAULT("mkdir");
	for (size_t i = 0; i < sizeof(root_directories) / sizeof(root_directories[0]); i++)
		if (mkdirat(root_fd, root_directories[i], 0700) < 0 && errno != EEXIST)
			return err_sys(e, errno, "make directory %s/%s", root,
				       root_directories[i]);
	len = snprintf(text, sizeof(text), "%d\n", STATE_VERSION);
	r = file_replace(root_fd, "version", text, (size_t)len, 0600, FILE_DURABLE);
	return r < 0 ? err_sys(e, r, "write %s/version", root) : 0;
}

static int root_check(int root_fd, const char *root, struct err *e)
{
	char text[VERSION_TEXT_MAX] = "";
	AUTO_CLOSE int fd = openat(root_fd, "version", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t len;

	if (fd < 0 && errno == ENOENT)
		return root_make(root_fd, root, e);
	if (fd < 0)
		return err_sys(e, errno, "open %s/version", root);
	len = read(fd, text, sizeof(text) - 1);
	if (len < 0)
		return err_sys(e, errno, "read %s/version", root);
	if (strcmp(text, "1\n") != 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "%s/version says \"%.*s\": this hoy knows version %d", root,
			       (int)strcspn(text, "\n"), text, STATE_VERSION);
	return 0;
}

static const char *choose_path(const char *given, const char *variable, const char *fallback)
{
	const char *path = given;

	if (str_is_empty(path))
		path = getenv(variable);
	return str_is_empty(path) ? fallback : path;
}

int state_open(struct state *state, const char *root, const char *runroot, struct err *e)
{
	AUTO_CLOSE int root_fd = -EBADF;
	AUTO_CLOSE int runroot_fd = -EBADF;
	int r;

	*state = (struct state){ .root_fd = -EBADF, .runroot_fd = -EBADF };
	root_fd = directory_open(choose_path(root, "HOY_ROOT", STATE_DEFAULT_ROOT), 0700,
				 state->root, e);
	if (root_fd < 0)
		return root_fd;
	r = root_check(root_fd, state->root, e);
	if (r < 0)
		return r;
	runroot_fd = directory_open(choose_path(runroot, "HOY_RUNROOT", STATE_DEFAULT_RUNROOT),
				    0711, state->runroot, e);
	if (runroot_fd < 0)
		return runroot_fd;
	(void)snprintf(state->instance, sizeof(state->instance), "hoy-%08x",
		       hash_text(state->root));
	state->root_fd = fd_take(&root_fd);
	state->runroot_fd = fd_take(&runroot_fd);
	return 0;
}

void state_close(struct state *state)
{
	state->root_fd = fd_close(state->root_fd);
	state->runroot_fd = fd_close(state->runroot_fd);
}
