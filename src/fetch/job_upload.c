/*
 * Pushing: a blob that the registry may have already, or may take from another repository; else
 * sent whole, or in chunks where that is what the registry can take.
 *
 *   HEAD blob ---> there: EXISTED
 *   POST uploads (mount, from) ---> 201: MOUNTED
 *        | 202, Location
 *   PUT location?digest= with all of it ---> 201: TRANSFERRED
 *        | broken, too large, or chunks are asked for
 *   GET location ---> how much is there ---> PATCH location, a chunk ---> ... ---> PUT location?digest=
 *
 * A session that is lost begins again with POST, and one that a registry takes nothing more in is
 * ended with DELETE.
 *
 * Runs in: fetch.
 * See: OCI distribution-spec "Pushing blobs", "Pushing manifests".
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "fetch/job.h"
#include "format/digest.h"

static const uint64_t NS_PER_MS = 1000000;
static const char octets[] = "Content-Type: application/octet-stream";

static void upload_begin(struct job *job);
static void upload_go_on(struct job *job);

/* The digest that the registry says something now has. */
static int check_said(const struct job *job, const char *digest, struct err *e)
{
	const char *said = exchange_header(job->call.answer, "Docker-Content-Digest");

	if (said && strcmp(said, digest) != 0)
		return err_set(e, ERR_INVALID, -EBADMSG,
			       "the registry says that it has %.100s now", said);
	return 0;
}

/* --- the session --------------------------------------------------------------------------- */

/* Where the session is said to be, as seen from the answer. */
static int take_location(struct job *job, struct err *e)
{
	const struct exchange *answer = job->call.answer;
	const char *location = exchange_header(answer, "Location");
	AUTO_STR struct str url = { 0 };
	struct origin origin;
	int r;

	if (!location)
		return job->location ? 0
				     : err_set(e, ERR_INVALID, -EPROTO,
					       "the registry does not say where to send it");
	r = url_resolve(str_text(&answer->url), location, &url, e);
	if (r == 0)
		r = origin_of(str_text(&url), &origin, e);
	if (r == 0 && call_endpoint(&job->call)->origin.is_https && !origin.is_https)
		r = err_set(e, ERR_DENIED, -EPROTO,
			    "the registry wants it sent in plain text, to %.200s",
			    str_text(&url));
	if (r < 0)
		return err_wrap(e, r, "where to send it");
	job->location = arena_copy(&job->arena, str_text(&url));
	return job->location ? 0 : err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
}

/* "0-1023": so many bytes and one. Nothing understandable: none. An empty session is "0-0" with
 * registries that cannot say it otherwise; behind a chunk it is one byte. */
static uint64_t taken_bytes(const struct call *call, bool is_behind_chunk)
{
	const char *range = exchange_header(call->answer, "Range");
	uint64_t last = 0;

	if (range && str_starts(range, "bytes="))
		range += strlen("bytes=");
	if (!range || !str_starts(range, "0-") ||
	    parse_u64(range + 2, 0, INT64_MAX - 1, &last) < 0)
		return 0;
	return last == 0 && !is_behind_chunk ? 0 : last + 1;
}

static void session_call(struct job *job, const struct call_request *request)
{
	struct call_request whole = *request;

	whole.url = job->location;
	whole.flags |= CALL_ONCE;
	whole.context = job;
	call_start(job->calls, &whole, &job->call);
}

/* --- the end of one that failed ----------------------------------------------------------- */

/* Whatever the registry says to that: it forgets sessions by itself, if later. */
static void cancel_done(void *context, int r, struct err *e)
{
	struct job *job = context;

	(void)r;
	(void)e;
	job->call.status = job->status;
	job_failed(job, job_what(job, "blob"), job->result, &job->why);
}

/* Who has not answered is not asked for more. */
static void upload_failed(struct job *job, int r, struct err *e)
{
	if (!job->location || job->call.status == 0) {
		job_failed(job, job_what(job, "blob"), r, e);
		return;
	}
	job->result = r;
	job->status = job->call.status;
	job->why = *e;
	session_call(job, &(struct call_request){ .method = "DELETE", .done = cancel_done });
}

/* --- after something went wrong ------------------------------------------------------------- */

static void status_done(void *context, int r, struct err *e)
{
	struct job *job = context;
	uint64_t taken;

	if (r == 0)
		r = take_location(job, e);
	taken = r < 0 ? 0 : taken_bytes(&job->call, false);
	if (r < 0 || taken > job->size) {
		/* The session is gone: from the start. */
		job->location = NULL;
		job->sent = 0;
		upload_begin(job);
		return;
	}
	if (taken > job->sent)
		job->retry = (struct retry){ 0 };
	job->sent = taken;
	/* What is left goes in chunks, each of which is answered for. */
	job->chunk = job->chunk ? job->chunk : job->calls->limits.chunk;
	upload_go_on(job);
}

void job_upload_wake(struct job *job, uint64_t now_ns)
{
	if (job->due_ns == 0 || now_ns < job->due_ns)
		return;
	job->due_ns = 0;
	if (job->location)
		session_call(job,
			     &(struct call_request){ .method = "GET", .done = status_done });
	else
		upload_begin(job);
}

static void upload_broken(struct job *job, int r, struct err *e)
{
	const char *retry_after =
		job->call.answer ? exchange_header(job->call.answer, "Retry-After") : NULL;
	int64_t pause = retry_next(&job->retry, &job->calls->limits,
				   job->calls->limits.attempts, retry_after);

	if (pause < 0)
		upload_failed(job, r, e);
	else
		job->due_ns = clock_monotonic_ns() + (uint64_t)pause * NS_PER_MS;
}

/* Can it be done in another way? */
static void upload_setback(struct job *job, int r, struct err *e)
{
	long status = job->call.status;

	if (status == 413 && job->chunk != job->calls->limits.chunk) {
		job->chunk = job->calls->limits.chunk;
		job->due_ns = clock_monotonic_ns();
	} else if (status == 416 || status == 404 || retry_is_status(status) ||
		   (status == 0 && retry_is_sensible(r))) {
		if (status == 404)
			job->location = NULL;
		upload_broken(job, r, e);
	} else {
		upload_failed(job, r, e);
	}
}

/* --- sending ------------------------------------------------------------------------------- */

static void put_done(void *context, int r, struct err *e)
{
	struct job *job = context;

	if (r < 0) {
		upload_setback(job, r, e);
		return;
	}
	job->location = NULL;
	r = check_said(job, job->texts[0], e);
	if (r < 0)
		upload_failed(job, r, e);
	else
		job_done(job, FETCH_TRANSFERRED, job->size, NULL, NULL);
}

/* The last of it, or all. */
static void upload_put(struct job *job)
{
	const struct body body = { .fd = job->fd,
				   .offset = job->sent,
				   .len = job->size - job->sent };
	const char *const headers[] = { octets, NULL };
	AUTO_STR struct str url = { 0 };

	str_add(&url, job->location);
	url_add_query(&url, "digest", job->texts[0]);
	call_start(job->calls,
		   &(struct call_request){ .method = "PUT",
					   .url = str_text(&url),
					   .headers = headers,
					   .body = &body,
					   .flags = CALL_ONCE,
					   .done = put_done,
					   .context = job },
		   &job->call);
}

static void patch_done(void *context, int r, struct err *e)
{
	struct job *job = context;
	uint64_t taken;

	if (r == 0)
		r = take_location(job, e);
	if (r < 0) {
		upload_setback(job, r, e);
		return;
	}
	taken = taken_bytes(&job->call, true);
	if (taken <= job->sent || taken > job->size) {
		r = err_set(e, ERR_INVALID, -EPROTO,
			    "the registry has taken a chunk and has no more than before");
		upload_broken(job, r, e);
		return;
	}
	job->sent = taken;
	job->retry = (struct retry){ 0 };
	upload_go_on(job);
}

static void upload_patch(struct job *job)
{
	uint64_t left = job->size - job->sent;
	const struct body body = { .fd = job->fd,
				   .offset = job->sent,
				   .len = left < job->chunk ? left : job->chunk };
	char range[64];
	const char *const headers[] = { octets, range, NULL };

	(void)snprintf(range, sizeof(range), "Content-Range: %llu-%llu",
		       (unsigned long long)job->sent,
		       (unsigned long long)(job->sent + body.len - 1));
	session_call(job, &(struct call_request){ .method = "PATCH",
						  .headers = headers,
						  .body = &body,
						  .done = patch_done });
}

static void upload_go_on(struct job *job)
{
	if (job->chunk == 0 || job->sent == job->size)
		upload_put(job);
	else
		upload_patch(job);
}

/* --- beginning ----------------------------------------------------------------------------- */

/* Chunks are asked for by saying how small they may be. */
static int take_chunk(struct job *job, struct err *e)
{
	const char *text = exchange_header(job->call.answer, "OCI-Chunk-Min-Length");
	uint64_t least = 0;

	if (!text)
		return 0;
	if (parse_u64(text, 0, LIMIT_CHUNK_MIN, &least) < 0)
		return err_set(e, ERR_INVALID, -EPROTO,
			       "the registry asks for chunks of \"%.40s\" bytes", text);
	job->chunk = job->calls->limits.chunk;
	if (job->chunk < least)
		job->chunk = least;
	return 0;
}

static void post_done(void *context, int r, struct err *e)
{
	struct job *job = context;
	bool was_mount = job->texts[1][0] != '\0';

	if (r < 0 && was_mount && job->call.status != 0) {
		/* Not from there, then. */
		job->texts[1] = "";
		upload_begin(job);
		return;
	}
	if (r == 0 && job->call.status == 201) {
		r = check_said(job, job->texts[0], e);
		if (r == 0) {
			job_done(job, was_mount ? FETCH_MOUNTED : FETCH_EXISTED, job->size,
				 NULL, NULL);
			return;
		}
	}
	if (r == 0)
		r = take_location(job, e);
	if (r == 0)
		r = take_chunk(job, e);
	if (r < 0)
		upload_failed(job, r, e);
	else
		upload_go_on(job);
}

static void upload_begin(struct job *job)
{
	const char *from = job->texts[1][0] ? job->texts[1] : NULL;
	AUTO_STR struct str path = { 0 };

	str_add(&path, "blobs/uploads/");
	if (from) {
		url_add_query(&path, "mount", job->texts[0]);
		url_add_query(&path, "from", from);
	}
	job->location = NULL;
	job->sent = 0;
	call_start(job->calls,
		   &(struct call_request){ .method = "POST",
					   .path = str_text(&path),
					   .from = from,
					   .done = post_done,
					   .context = job },
		   &job->call);
}

static void exists_done(void *context, int r, struct err *e)
{
	struct job *job = context;

	if (r == 0)
		r = check_said(job, job->texts[0], e);
	if (r == 0)
		job_done(job, FETCH_EXISTED, job->size, NULL, NULL);
	else if (job->call.status == 404 || job->call.status == 405)
		upload_begin(job);
	else
		upload_failed(job, r, e);
}

void job_upload(struct job *job)
{
	call_start(job->calls,
		   &(struct call_request){
			   .method = "HEAD",
			   .path = arena_printf(&job->arena, "blobs/%s", job->texts[0]),
			   .done = exists_done,
			   .context = job },
		   &job->call);
}

/* --- a manifest ---------------------------------------------------------------------------- */

static void manifest_done(void *context, int r, struct err *e)
{
	struct job *job = context;

	if (r == 0)
		r = check_said(job, job->texts[2], e);
	if (r < 0)
		job_failed(
			job,
			arena_printf(&job->arena, "push manifest %s", job_manifest_name(job)),
			r, e);
	else
		job_done(job, FETCH_TRANSFERRED, job->size, NULL, NULL);
}

void job_put(struct job *job)
{
	const struct body body = { .fd = job->fd, .len = job->size };
	const char *const headers[] = {
		arena_printf(&job->arena, "Content-Type: %s", job->texts[1]), NULL
	};

	call_start(job->calls,
		   &(struct call_request){
			   .method = "PUT",
			   .path = arena_printf(&job->arena, "manifests/%s", job->texts[0]),
			   .headers = headers,
			   .body = &body,
			   .done = manifest_done,
			   .context = job },
		   &job->call);
}
