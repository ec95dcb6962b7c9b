/*
 * A file of a web server, as a stream: as fast as its reader takes it. What it is nobody has said,
 * so what broke is not gone on with.
 *
 * Runs in: fetch.
 * See: RFC 9110.
 */
#include "fetch/job.h"

static const char *download_url(const struct job *job)
{
	return job->calls->endpoint_count > 0 ? job->calls->endpoints[0].url : "";
}

static void download_done(void *context, int r, struct err *e)
{
	struct job *job = context;

	if (r < 0)
		job_failed(job, arena_printf(&job->arena, "%.300s", download_url(job)), r, e);
	else
		job_done(job, FETCH_TRANSFERRED, job->sink.at, NULL, NULL);
}

void job_download(struct job *job)
{
	struct err e = { 0 };
	int r = job_stream(job, SINK_ENDLESS, &e);

	job->sink.is_unsized = true;
	if (r < 0) {
		download_done(job, r, &e);
		return;
	}
	call_start(job->calls,
		   &(struct call_request){ .method = "GET",
					   .url = download_url(job),
					   .sink = &job->sink,
					   .flags = CALL_FOREIGN,
					   .done = download_done,
					   .context = job },
		   &job->call);
}
