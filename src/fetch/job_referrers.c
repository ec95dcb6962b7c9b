/*
 * What refers to a manifest, page by page, and what a manifest refers to.
 *
 * A registry that does not know (404) may have a list under a tag made of the digest, which
 * whoever pushes a referrer keeps by himself; none there: nothing refers to it. Whether the
 * registry has left out other artifact types is not asked: it is done here in any case.
 *
 * Runs in: fetch.
 * See: OCI distribution-spec "Listing Referrers", "Referrers Tag Schema".
 */
#include <string.h>

#include "base/fd.h"
#include "fetch/job.h"
#include "fetch/link.h"
#include "format/digest.h"
#include "format/json.h"
#include "format/sha256.h"
#include "spec/image_index.h"

static const char *const index_headers[] = { "Accept: " MEDIA_TYPE_OCI_INDEX
					     ", " MEDIA_TYPE_DOCKER_LIST,
					     NULL };

/* --- the list ----------------------------------------------------------------------------- */

static void add_entry(struct job *job, const struct index_entry *entry)
{
	struct json_writer w = { .out = &job->lines };

	if (job->found++ > 0)
		str_add_char(&job->lines, ',');
	json_begin_object(&w, NULL);
	json_write_text(&w, "mediaType", entry->descriptor.media_type);
	json_write_text(&w, "digest", entry->descriptor.digest);
	json_write_u64(&w, "size", entry->descriptor.size);
	if (entry->artifact_type)
		json_write_text(&w, "artifactType", entry->artifact_type);
	json_end_object(&w);
}

static int add_page(struct job *job, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	const struct str *bytes = &job->sink.memory;
	const char *wanted = job->texts[1];
	struct image_index index;
	int r = image_index_parse(str_text(bytes), bytes->len,
				  exchange_header(job->call.answer, "Content-Type"), &arena,
				  &index, e);

	for (size_t i = 0; r == 0 && i < index.count; i++) {
		const struct index_entry *entry = &index.entries[i];

		if (wanted[0] && !str_equal(wanted, entry->artifact_type))
			continue;
		if (job->found == INDEX_ENTRIES_MAX || job->lines.len > MANIFEST_MAX / 2)
			return err_set(e, ERR_INVALID, -EFBIG, "there are too many");
		add_entry(job, entry);
	}
	return r < 0 ? r : str_ok(&job->lines);
}

static void referrers_failed(struct job *job, int r, struct err *e)
{
	job_failed(job, arena_printf(&job->arena, "referrers of %s", job_manifest_name(job)), r,
		   e);
}

static void referrers_end(struct job *job)
{
	struct err e = { 0 };
	int r;

	str_add(&job->lines, "]}");
	r = str_ok(&job->lines);
	if (r == 0)
		r = fd_write_all(job->fd, str_text(&job->lines), job->lines.len);
	if (r < 0)
		referrers_failed(job, err_sys(&e, r, "hand them on"), &e);
	else
		job_done(job, FETCH_TRANSFERRED, job->lines.len, job->tag,
			 MEDIA_TYPE_OCI_INDEX);
}

/* --- where they are listed ---------------------------------------------------------------- */

static void tag_done(void *context, int r, struct err *e)
{
	struct job *job = context;

	if (r < 0 && job->call.status == 404) {
		referrers_end(job);
		return;
	}
	if (r == 0)
		r = add_page(job, e);
	if (r < 0)
		referrers_failed(job, err_wrap(e, r, "listed under %s", job->tag), e);
	else
		referrers_end(job);
}

static void tag_call(struct job *job)
{
	job->tag = arena_printf(&job->arena, "sha256-%s", digest_hex(job->texts[0]));
	call_start(job->calls,
		   &(struct call_request){
			   .method = "GET",
			   .path = arena_printf(&job->arena, "manifests/%s", job->tag),
			   .headers = index_headers,
			   .sink = &job->sink,
			   .done = tag_done,
			   .context = job },
		   &job->call);
}

static void page_done(void *context, int r, struct err *e);

static void page_call(struct job *job, const char *url)
{
	AUTO_STR struct str path = { 0 };

	str_printf(&path, "referrers/%s", job->texts[0]);
	if (job->texts[1][0])
		url_add_query(&path, "artifactType", job->texts[1]);
	call_start(job->calls,
		   &(struct call_request){ .method = "GET",
					   .path = str_text(&path),
					   .url = url,
					   .headers = index_headers,
					   .sink = &job->sink,
					   .done = page_done,
					   .context = job },
		   &job->call);
}

static void page_done(void *context, int r, struct err *e)
{
	struct job *job = context;
	AUTO_STR struct str next = { 0 };

	if (r < 0 && job->call.status == 404 && job->pages == 0) {
		tag_call(job);
		return;
	}
	if (r == 0)
		r = add_page(job, e);
	if (r == 0)
		r = link_next(&job->call, &next, e);
	if (r == 0 && ++job->pages == LIMIT_REFERRER_PAGES && next.len > 0)
		r = err_set(e, ERR_INVALID, -EFBIG, "there are too many pages");
	if (r < 0)
		referrers_failed(job, r, e);
	else if (next.len > 0)
		page_call(job, str_text(&next));
	else
		referrers_end(job);
}

void job_referrers(struct job *job)
{
	struct err e = { 0 };

	if (!digest_is_valid(job->texts[0])) {
		referrers_failed(job, err_set(&e, ERR_INVALID, -EINVAL, "it is no digest"), &e);
		return;
	}
	job->sink.max = MANIFEST_MAX;
	str_add(&job->lines, "{\"schemaVersion\":2,\"mediaType\":\"" MEDIA_TYPE_OCI_INDEX
			     "\",\"manifests\":[");
	page_call(job, NULL);
}

/* --- a subject ---------------------------------------------------------------------------- */

/* What the manifest, which may be an artifact's and no image's, refers to; "": nothing. */
static int read_subject(const struct job *job, char ret[DIGEST_SIZE], struct err *e)
{
	AUTO_JSON struct json_object *root = NULL;
	AUTO_ARENA struct arena arena = { 0 };
	const struct str *bytes = &job->sink.memory;
	struct descriptor subject = { 0 };
	struct json_object *o = NULL;
	char digest[DIGEST_SIZE];
	uint8_t hash[SHA256_LEN];
	int r;

	sha256(str_text(bytes), bytes->len, hash);
	digest_text(hash, digest);
	if (strcmp(digest, job->texts[0]) != 0)
		return err_set(e, ERR_INVALID, -EBADMSG, "its digest is %s", digest);
	r = json_parse(str_text(bytes), bytes->len, MANIFEST_MAX, "it", &root, e);
	if (r == 0 && !json_object_is_type(root, json_type_object))
		r = err_set(e, ERR_INVALID, -EINVAL, "it: expected an object");
	if (r == 0)
		r = json_get_object(root, "", "subject", &o, e);
	if (r == 0 && o)
		r = descriptor_read(o, "subject", &arena, &subject, e);
	return r < 0 ? r : str_copy(ret, DIGEST_SIZE, subject.digest);
}

static void subject_done(void *context, int r, struct err *e)
{
	struct job *job = context;
	char subject[DIGEST_SIZE] = "";

	if (r == 0)
		r = read_subject(job, subject, e);
	if (r < 0)
		job_failed(job,
			   arena_printf(&job->arena, "manifest for %s", job_manifest_name(job)),
			   r, e);
	else
		job_done(job, FETCH_TRANSFERRED, 0, subject, NULL);
}

void job_subject(struct job *job)
{
	job->sink.max = MANIFEST_MAX;
	job_manifest_call(job, "GET", subject_done);
}
