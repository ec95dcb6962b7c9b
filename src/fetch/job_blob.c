/*
 * A blob, as a stream: as fast as its reader takes it, resumed where it broke.
 *
 * It is not hashed here: who reads it does, and would not believe us.
 *
 * Runs in: fetch.
 * See: OCI distribution-spec "Pulling blobs".
 */
#include "fetch/job.h"

static void blob_done(void *context, int r, struct err *e)
{
	struct job *job = context;

	if (r < 0)
		job_failed(job, job_what(job, "blob"), r, e);
	else
		job_done(job, FETCH_TRANSFERRED, job->sink.at, NULL, NULL);
}

void job_blob(struct job *job)
{
	struct err e = { 0 };
	int r = job_stream(job, job->size, &e);

	if (r < 0) {
		blob_done(job, r, &e);
		return;
	}
	if (job->offset >= job->size && job->size > 0) {
		job_done(job, FETCH_TRANSFERRED, job->size, NULL, NULL);
		return;
	}
	call_start(job->calls,
		   &(struct call_request){
			   .method = "GET",
			   .path = arena_printf(&job->arena, "blobs/%s", job->texts[0]),
			   .sink = &job->sink,
			   .flags = CALL_RESUMES,
			   .done = blob_done,
			   .context = job },
		   &job->call);
}
