/*
 * A tag, a manifest or a blob that is to be there no longer.
 *
 * Runs in: fetch.
 * See: OCI distribution-spec "Content Management".
 */
#include "fetch/job.h"
#include "format/digest.h"

/* The answers of registries that delete nothing, or not what is named so. */
static bool is_unsupported(long status)
{
	return status == 400 || status == 405 || status == 501;
}

static bool is_blob(const struct job *job)
{
	return job->texts[1][0] != '\0';
}

static void delete_done(void *context, int r, struct err *e)
{
	struct job *job = context;
	const char *missing = is_blob(job) ? "blob" : "manifest for";
	const char *what = job->call.status == 404 ? missing : "delete";

	if (r == 0) {
		job_done(job, FETCH_TRANSFERRED, 0, NULL, NULL);
		return;
	}
	if (is_unsupported(job->call.status))
		r = err_set(e, ERR_DENIED, -EOPNOTSUPP,
			    "the registry does not allow %s to be deleted: %s",
			    digest_is_valid(job->texts[0]) ? "it" : "a tag", e->text);
	job_failed(job, arena_printf(&job->arena, "%s %s", what, job_manifest_name(job)), r, e);
}

void job_delete(struct job *job)
{
	call_start(job->calls,
		   &(struct call_request){
			   .method = "DELETE",
			   .path = arena_printf(&job->arena, "%s/%s",
						is_blob(job) ? "blobs" : "manifests",
						job->texts[0]),
			   .done = delete_done,
			   .context = job },
		   &job->call);
}
