/*
 * See loop.h.
 *
 * Runs in: fetch.
 * See: curl_multi_poll(3).
 */
#include "fetch/loop.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fd.h"

enum { TICK_MS = 1000, WAITS_MAX = FETCH_COMMANDS_MAX + 1 };

static const uint64_t NS_PER_MS = 1000000;
static const uint64_t PROGRESS_NS = 100000000;

int loop_init(struct loop *loop, int socket_fd, struct err *e)
{
	struct exchanges *all = &loop->calls.exchanges;
	SSL_CTX *warm;

	*loop = (struct loop){ .socket_fd = socket_fd };
	limits_read(&loop->calls.limits);
	loop->frame = malloc(sizeof(*loop->frame));
	if (!loop->frame || curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "libcurl does not start");
	/* What OpenSSL loads lazily it could not load later. */
	warm = SSL_CTX_new(TLS_client_method());
	SSL_CTX_free(warm);
	all->multi = curl_multi_init();
	all->share = curl_share_init();
	all->limits = &loop->calls.limits;
	if (!warm || !all->multi || !all->share)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "libcurl does not start");
	(void)curl_share_setopt(all->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	return 0;
}

void loop_done(struct loop *loop)
{
	for (size_t i = 0; i < FETCH_COMMANDS_MAX; i++)
		if (loop->jobs[i].id)
			job_stop(&loop->jobs[i]);
	(void)curl_multi_cleanup(loop->calls.exchanges.multi);
	(void)curl_share_cleanup(loop->calls.exchanges.share);
	for (size_t i = 0; i < loop->calls.endpoint_count; i++)
		endpoint_done(&loop->calls.endpoints[i]);
	tokens_done(&loop->calls.tokens);
	warnings_done(&loop->calls.warnings);
	arena_done(&loop->setup.arena);
	free(loop->frame);
}

/* --- commands ------------------------------------------------------------------------------ */

static struct job *find_job(struct loop *loop, uint32_t id)
{
	for (size_t i = 0; i < FETCH_COMMANDS_MAX; i++)
		if (loop->jobs[i].id == id)
			return &loop->jobs[i];
	return NULL;
}

static int loop_command(struct loop *loop, struct err *e)
{
	struct fetch_frame *frame = loop->frame;
	struct job *job;

	if (frame->head.kind == FETCH_CANCEL) {
		job = frame->head.id ? find_job(loop, frame->head.id) : NULL;
		if (job)
			job_stop(job);
		return 0;
	}
	/* The engine counts; one more is a fault of its own. */
	job = frame->head.id && !find_job(loop, frame->head.id) ? find_job(loop, 0) : NULL;
	if (!job)
		return err_set(e, ERR_INTERNAL, -EPROTO, "no room for command %u",
			       frame->head.id);
	job->calls = &loop->calls;
	job->registry = loop->setup.registry;
	job->name = loop->setup.name;
	job_start(job, frame);
	return 0;
}

/* Returns 1 when the engine is gone. */
static int loop_receive(struct loop *loop, struct err *e)
{
	for (;;) {
		int r = fetch_receive(loop->socket_fd, loop->frame);

		if (r == -EAGAIN)
			return 0;
		if (r == -EPIPE)
			return 1;
		if (r < 0)
			return err_sys(e, r, "read a command");
		r = loop_command(loop, e);
		fetch_frame_done(loop->frame);
		if (r < 0)
			return r;
	}
}

/* --- events -------------------------------------------------------------------------------- */

/* Returns 0, or -EAGAIN: later. */
static int tell_end(struct loop *loop, struct job *job)
{
	const char *const texts[] = { job->end_texts[0], job->end_texts[1] };
	const struct fetch_parts parts = { .texts = texts, .text_count = 2 };
	int r = fetch_send(loop->socket_fd, &job->end, &parts);

	if (r == -EAGAIN)
		return r;
	job_stop(job);
	return 0;
}

static void tell_progress(struct loop *loop, struct job *job, uint64_t now_ns)
{
	const struct fetch_header head = { .kind = FETCH_PROGRESS,
					   .id = job->id,
					   .size = job_bytes(job),
					   .offset = job_size(job) };

	if (head.size == job->told_bytes || now_ns - job->told_ns < PROGRESS_NS)
		return;
	/* One that does not fit is left out: the next one says more. */
	if (fetch_send(loop->socket_fd, &head, NULL) < 0)
		return;
	job->told_bytes = head.size;
	job->told_ns = now_ns;
}

/* Returns 0, or -EAGAIN: later. */
static int tell_warnings(struct loop *loop)
{
	struct warnings *warnings = &loop->calls.warnings;

	for (; warnings->told < warnings->count; warnings->told++) {
		const struct fetch_header head = { .kind = FETCH_WARNING };
		const struct warning *warning = &warnings->items[warnings->told];
		const char *const texts[] = { warning->host, warning->text };
		const struct fetch_parts parts = { .texts = texts, .text_count = 2 };

		if (fetch_send(loop->socket_fd, &head, &parts) == -EAGAIN)
			return -EAGAIN;
	}
	return 0;
}

/* Returns whether something is still to be said. */
static bool loop_tell(struct loop *loop, uint64_t now_ns)
{
	bool is_full = false;

	/* Before the ends: who knows that all is over listens no more. */
	if (tell_warnings(loop) < 0)
		return true;

	for (size_t i = 0; i < FETCH_COMMANDS_MAX; i++) {
		struct job *job = &loop->jobs[i];

		if (job->id == 0)
			continue;
		if (!job->is_over)
			tell_progress(loop, job, now_ns);
		else if (tell_end(loop, job) < 0)
			is_full = true;
	}
	return is_full;
}

/* --- driving ------------------------------------------------------------------------------- */

static void loop_wake(struct loop *loop, uint64_t now_ns)
{
	for (size_t i = 0; i < FETCH_COMMANDS_MAX; i++)
		if (loop->jobs[i].id && !loop->jobs[i].is_over)
			job_wake(&loop->jobs[i], now_ns);
}

/* Milliseconds until something is due. libcurl knows its own. */
static int loop_timeout(const struct loop *loop, uint64_t now_ns)
{
	uint64_t due = now_ns + TICK_MS * NS_PER_MS;

	for (size_t i = 0; i < FETCH_COMMANDS_MAX; i++) {
		const struct job *job = &loop->jobs[i];
		uint64_t own = job->id && !job->is_over ? job_due(job) : 0;

		if (own && own < due)
			due = own;
	}
	return due <= now_ns ? 0 : (int)((due - now_ns) / NS_PER_MS) + 1;
}

/* Returns 1 when the engine is gone. */
static int loop_wait(struct loop *loop, bool is_full, struct err *e)
{
	struct exchanges *all = &loop->calls.exchanges;
	struct curl_waitfd waits[WAITS_MAX];
	size_t count = exchanges_waits(all, waits, WAITS_MAX - 1);
	int ready = 0;

	waits[count] = (struct curl_waitfd){
		.fd = loop->socket_fd,
		.events = (short)(CURL_WAIT_POLLIN | (is_full ? CURL_WAIT_POLLOUT : 0))
	};
	if (curl_multi_poll(all->multi, waits, (unsigned int)count + 1,
			    loop_timeout(loop, clock_monotonic_ns()), &ready) != CURLM_OK)
		return err_set(e, ERR_INTERNAL, -EIO, "libcurl cannot wait");
	exchanges_resume(all, waits, count);
	return waits[count].revents & (CURL_WAIT_POLLIN | CURL_WAIT_POLLPRI)
		       ? loop_receive(loop, e)
		       : 0;
}

int loop_run(struct loop *loop, struct err *e)
{
	for (;;) {
		uint64_t now_ns;
		bool is_full;
		int r;

		exchanges_perform(&loop->calls.exchanges);
		now_ns = clock_monotonic_ns();
		exchanges_watch(&loop->calls.exchanges, now_ns);
		loop_wake(loop, now_ns);
		is_full = loop_tell(loop, now_ns);
		r = loop_wait(loop, is_full, e);
		if (r != 0)
			return r < 0 ? r : 0;
	}
}
