/*
 * hoy-fetch: speaks with one registry for the engine, confined. It is run by hoy, never by a user;
 * see proto/fetch.h.
 *
 * A program of its own because loading libcurl takes as long as everything that hoy-image does for
 * a small layer, and because what speaks with the network needs nothing of what unpacks.
 *
 * Runs in: fetch.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "fetch/confine.h"
#include "fetch/loop.h"
#include "linux/process.h"

static void say(int socket_fd, int r, const struct err *e)
{
	const char *const texts[] = { e->text };
	const struct fetch_parts parts = { .texts = texts, .text_count = 1 };
	const struct fetch_header ready = { .kind = FETCH_READY };
	const struct fetch_header failed = { .kind = FETCH_FAILED,
					     .code = r,
					     .offset = (uint64_t)e->kind };

	if (r < 0)
		(void)fetch_send(socket_fd, &failed, &parts);
	else
		(void)fetch_send(socket_fd, &ready, NULL);
}

static int begin(struct loop *loop, struct err *e)
{
	/* Before libcurl has any. */
	int r = process_close(FETCH_FD_SOCKET + 1, ~0U);

	if (r < 0)
		return err_sys(e, r, "close descriptors");
	r = loop_init(loop, FETCH_FD_SOCKET, e);

	if (r == 0)
		r = setup_read(FETCH_FD_SOCKET, &loop->calls, &loop->setup, e);
	if (r == 0)
		r = fetch_confine(e);
	if (r == 0 && fcntl(FETCH_FD_SOCKET, F_SETFL, O_NONBLOCK) < 0)
		r = err_sys(e, errno, "wait for commands");
	return r;
}

int main(void)
{
	static struct loop loop;
	struct err e = { 0 };
	int r;

	/* A reader that goes away is an error like any other. */
	(void)signal(SIGPIPE, SIG_IGN);
	r = begin(&loop, &e);
	say(FETCH_FD_SOCKET, r, &e);
	if (r == 0) {
		r = loop_run(&loop, &e);
		if (r < 0)
			say(FETCH_FD_SOCKET, r, &e);
	}
	loop_done(&loop);
	return r < 0 ? 1 : 0;
}
