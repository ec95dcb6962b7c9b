/*
 * File descriptors and memory that give themselves back, and whole reads and writes.
 *
 * Runs in: every program.
 */
#ifndef HOY_BASE_FD_H
#define HOY_BASE_FD_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

/* Close `fd` unless it is negative, keeping errno; returns -EBADF, to be stored where the
 * descriptor was. */
int fd_close(int fd);

static inline void fd_close_auto(int *fd)
{
	(void)fd_close(*fd);
}

static inline void free_auto(void *p)
{
	free(*(void **)p);
}

#define AUTO_CLOSE __attribute__((cleanup(fd_close_auto)))
#define AUTO_FREE  __attribute__((cleanup(free_auto)))

/* Give the descriptor away: returns it and leaves -EBADF behind. */
static inline int fd_take(int *fd)
{
	int taken = *fd;

	*fd = -EBADF;
	return taken;
}

/* Give a pointer away: its value, with NULL left behind. */
#define ptr_take(p)                             \
	__extension__({                         \
		__typeof__(p) ptr_taken_ = (p); \
		(p) = NULL;                     \
		ptr_taken_;                     \
	})

/* Write all of `len` bytes, through EINTR and short writes. Returns 0 or -errno. */
int fd_write_all(int fd, const void *data, size_t len);

/* The same at `offset` from the file's start, which need not be where the last one ended. */
int fd_write_all_at(int fd, const void *data, size_t len, uint64_t offset);

/* Read until `len` bytes or the end of input, through EINTR. Returns the number of bytes read
 * or -errno. */
ssize_t fd_read_full(int fd, void *data, size_t len);

/* The same from `offset` of a file, whose own position stays as it is. */
ssize_t fd_read_at(int fd, void *data, size_t len, uint64_t offset);

/*
 * Everything that can be read from `fd`, at most `max` bytes, in heap memory with a NUL after
 * the last byte; `ret_len` may be NULL. Returns 0, -EFBIG when there is more than `max`, or
 * -errno.
 */
int fd_read_all(int fd, size_t max, char **ret_data, size_t *ret_len);

/*
 * Fill 0, 1 and 2 with /dev/null where they are closed: what we open next would take their place
 * and be written to by a message or handed into a container. Returns 0 or -1.
 */
int fd_open_standard(void);

/* Switch close-on-exec on or off. Returns 0 or -errno. */
int fd_set_cloexec(int fd, int is_on);

#endif
