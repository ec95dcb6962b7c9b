/*
 * What is fetched whole: manifests, indexes and configs. Verified, and read once here, before the
 * engine sees a byte: a document that would bring a parser down brings this process down.
 *
 * Runs in: fetch.
 * See: OCI distribution-spec "Pulling manifests".
 */
#include <string.h>

#include "base/fd.h"
#include "fetch/job.h"
#include "format/digest.h"
#include "format/json.h"
#include "format/sha256.h"
#include "spec/image_config.h"
#include "spec/image_index.h"
#include "spec/image_manifest.h"

static const char *const accept_headers[] = { "Accept: " MEDIA_TYPE_OCI_INDEX
					      ", " MEDIA_TYPE_OCI_MANIFEST
					      ", " MEDIA_TYPE_DOCKER_LIST
					      ", " MEDIA_TYPE_DOCKER_MANIFEST,
					      NULL };

static const char *manifest_what(struct job *job)
{
	return arena_printf(&job->arena, "manifest for %s", job_manifest_name(job));
}

/* What the registry says that the digest is: NULL, or a valid one. */
static int said_digest(const struct call *call, const char **ret, struct err *e)
{
	const char *said = exchange_header(call->answer, "Docker-Content-Digest");

	*ret = said;
	if (said && !digest_is_valid(said))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "what the registry says, \"%.100s\", %s", said,
			       digest_complaint(said));
	return 0;
}

/* --- HEAD ---------------------------------------------------------------------------------- */

static void head_done(void *context, int r, struct err *e)
{
	struct job *job = context;
	const char *digest = NULL;
	const char *type;
	curl_off_t len = 0;

	/* Some registries do not know how; then a GET says it. */
	if (r < 0 && (job->call.status == 405 || job->call.status == 501)) {
		job_done(job, FETCH_TRANSFERRED, 0, "", "");
		return;
	}
	if (r == 0)
		r = said_digest(&job->call, &digest, e);
	if (r == 0 && digest && digest_is_valid(job->texts[0]) &&
	    strcmp(digest, job->texts[0]) != 0)
		r = err_set(e, ERR_INVALID, -EBADMSG, "the registry says that it is %s",
			    digest);
	if (r < 0) {
		job_failed(job, manifest_what(job), r, e);
		return;
	}
	type = exchange_header(job->call.answer, "Content-Type");
	(void)curl_easy_getinfo(job->call.answer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T,
				&len);
	job_done(job, FETCH_TRANSFERRED, len > 0 ? (uint64_t)len : 0, digest, type);
}

void job_manifest_call(struct job *job, const char *method,
		       void (*done)(void *, int, struct err *))
{
	const char *path = arena_printf(&job->arena, "manifests/%s", job->texts[0]);
	bool is_by_tag = !digest_is_valid(job->texts[0]);

	call_start(
		job->calls,
		&(struct call_request){ .method = method,
					.path = path,
					.headers = accept_headers,
					.sink = strcmp(method, "HEAD") == 0 ? NULL : &job->sink,
					.flags = is_by_tag ? CALL_BY_TAG : 0,
					.done = done,
					.context = job },
		&job->call);
}

void job_head(struct job *job)
{
	job_manifest_call(job, "HEAD", head_done);
}

/* --- GET ----------------------------------------------------------------------------------- */

static int check_digest(const struct job *job, const char *expected, char digest[DIGEST_SIZE],
			struct err *e)
{
	const struct str *bytes = &job->sink.memory;
	uint8_t hash[SHA256_LEN];

	sha256(str_text(bytes), bytes->len, hash);
	digest_text(hash, digest);
	if (expected && strcmp(expected, digest) != 0)
		return err_set(e, ERR_INVALID, -EBADMSG,
			       "its digest is wrong: it should be %s, and is %s", expected,
			       digest);
	return 0;
}

static int parse_manifest(const struct str *bytes, const char *said, struct arena *arena,
			  char **ret_type, struct err *e)
{
	AUTO_JSON struct json_object *root = NULL;
	struct image_manifest manifest;
	struct image_index index;
	char *type = NULL;
	int r = json_parse(str_text(bytes), bytes->len, MANIFEST_MAX, "it", &root, e);

	if (r == 0)
		r = document_media_type(root, said, arena, &type, e);
	if (r < 0)
		return r;
	if (media_type_is_index(type) || (!media_type_is_manifest(type) &&
					  json_object_object_get_ex(root, "manifests", NULL))) {
		r = image_index_parse(str_text(bytes), bytes->len, said, arena, &index, e);
		*ret_type = r < 0 ? NULL : index.media_type;
	} else {
		r = image_manifest_parse(str_text(bytes), bytes->len, said, arena, &manifest,
					 e);
		*ret_type = r < 0 ? NULL : manifest.media_type;
	}
	return r;
}

/* Verified: hand it out. */
static int document_write(struct job *job, struct err *e)
{
	int r = fd_write_all(job->fd, str_text(&job->sink.memory), job->sink.memory.len);

	return r < 0 ? err_sys(e, r, "hand it on") : 0;
}

static int manifest_check(struct job *job, char digest[DIGEST_SIZE], char **ret_type,
			  struct err *e)
{
	const char *name = job->texts[0];
	const char *said = NULL;
	int r = said_digest(&job->call, &said, e);

	if (r == 0)
		r = check_digest(job, digest_is_valid(name) ? name : NULL, digest, e);
	if (r == 0 && said && strcmp(said, digest) != 0)
		r = err_set(e, ERR_INVALID, -EBADMSG,
			    "the registry says that its digest is %s, and it is %s", said,
			    digest);
	if (r == 0)
		r = parse_manifest(&job->sink.memory,
				   exchange_header(job->call.answer, "Content-Type"),
				   &job->arena, ret_type, e);
	return r < 0 ? r : document_write(job, e);
}

static void manifest_done(void *context, int r, struct err *e)
{
	struct job *job = context;
	char digest[DIGEST_SIZE];
	char *type = NULL;

	if (r == 0)
		r = manifest_check(job, digest, &type, e);
	if (r < 0)
		job_failed(job, manifest_what(job), r, e);
	else
		job_done(job, FETCH_TRANSFERRED, job->sink.memory.len, digest, type);
}

void job_manifest(struct job *job)
{
	job->sink.max = MANIFEST_MAX;
	job_manifest_call(job, "GET", manifest_done);
}

/* --- config -------------------------------------------------------------------------------- */

static int config_check(struct job *job, char digest[DIGEST_SIZE], struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	const struct str *bytes = &job->sink.memory;
	struct image_config config;
	int r = 0;

	if (bytes->len != job->size)
		r = err_set(e, ERR_INVALID, -EBADMSG,
			    "the registry has %zu bytes of it, not %llu", bytes->len,
			    (unsigned long long)job->size);
	if (r == 0)
		r = check_digest(job, job->texts[0], digest, e);
	if (r == 0)
		r = image_config_parse(str_text(bytes), bytes->len, &arena, &config, e);
	return r < 0 ? r : document_write(job, e);
}

static void config_done(void *context, int r, struct err *e)
{
	struct job *job = context;
	char digest[DIGEST_SIZE];

	if (r == 0)
		r = config_check(job, digest, e);
	if (r < 0)
		job_failed(job, job_what(job, "config"), r, e);
	else
		job_done(job, FETCH_TRANSFERRED, job->sink.memory.len, digest,
			 MEDIA_TYPE_OCI_CONFIG);
}

void job_config(struct job *job)
{
	job->sink.max = job->size < IMAGE_CONFIG_MAX ? job->size : IMAGE_CONFIG_MAX;
	call_start(job->calls,
		   &(struct call_request){
			   .method = "GET",
			   .path = arena_printf(&job->arena, "blobs/%s", job->texts[0]),
			   .sink = &job->sink,
			   .done = config_done,
			   .context = job },
		   &job->call);
}

/* --- are the credentials taken? -------------------------------------------------------------- */

static void check_done(void *context, int r, struct err *e)
{
	struct job *job = context;

	if (r < 0)
		job_failed(job, arena_printf(&job->arena, "log in to %s", job->registry), r, e);
	else
		job_done(job, FETCH_TRANSFERRED, 0, job->call.identity, NULL);
}

void job_check(struct job *job)
{
	call_start(job->calls,
		   &(struct call_request){ .method = "GET",
					   .path = "",
					   .flags = CALL_PLAIN_PATH | CALL_IDENTITY,
					   .done = check_done,
					   .context = job },
		   &job->call);
}
