/*
 * A file of a web server as a stream, by a hoy-fetch of its own (registry_open_url): what a worker
 * reads instead of a file of the user's.
 *
 * Whether all of it came is known when its end is: a worker may be content with the part that it
 * got.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_DOWNLOAD_H
#define HOY_IMAGE_DOWNLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/interrupt.h"
#include "image/registry.h"
#include "image/worker.h"

struct download {
	struct registry *registry; /* NULL: none was begun */
	int fd;			   /* the reading end of a pipe; owned, until it is taken */
	uint32_t id;
	bool has_ended; /* `result`, and if that is negative `err`, say how */
	int result;
	struct err err;
	/* So many bytes have come, of `size` (0: nobody knows). At least once when all of it has
	 * come, and never before something has. NULL is fine. */
	void (*progress)(void *context, uint64_t bytes, uint64_t size);
	void *context;
};

#define DOWNLOAD_NONE        \
	{                    \
		.fd = -EBADF \
	}

/* Begin to fetch `url` into download->fd. Returns 0, -EINVAL (it is no URL), -EINTR or -errno. */
int download_begin(struct download *download, const char *url,
		   const struct interrupt *interrupt, struct err *e);
/* As worker_await, with an eye on the download: or why it broke, and the worker is still there. */
int download_await(struct download *download, struct worker *worker,
		   const struct interrupt *interrupt, struct err *e);
/* The reader has ended with `r` and `e`: returns that, or in its place why the download broke. */
int download_end(struct download *download, int r, struct err *e);
/* End it, whatever it does. Accepts DOWNLOAD_NONE. */
void download_close(struct download *download);

#define AUTO_DOWNLOAD __attribute__((cleanup(download_close)))

#endif
