/*
 * The tags of a repository, page by page.
 *
 * Runs in: fetch.
 * See: OCI distribution-spec "Listing Tags".
 */
#include "base/fd.h"
#include "fetch/job.h"
#include "fetch/link.h"
#include "format/json.h"
#include "format/reference.h"

enum { TAG_MAX = 128, TAGS_MAX = 100000, PAGE_MAX = 4 << 20 };

static int add_tags(struct job *job, struct err *e)
{
	AUTO_JSON struct json_object *root = NULL;
	AUTO_ARENA struct arena arena = { 0 };
	struct strv tags = { 0 };
	int r = json_parse(str_text(&job->sink.memory), job->sink.memory.len, PAGE_MAX, "it",
			   &root, e);

	if (r == 0 && !json_object_is_type(root, json_type_object))
		r = err_set(e, ERR_INVALID, -EINVAL, "it: expected an object");
	if (r == 0)
		r = json_get_strings(root, "", "tags", &arena, &tags, e);
	for (size_t i = 0; i < tags.count && r == 0; i++) {
		if (!reference_is_tag(tags.items[i]))
			return err_set(e, ERR_INVALID, -EINVAL, "one of them is no tag");
		str_add(&job->lines, tags.items[i]);
		str_add_char(&job->lines, '\n');
	}
	if (r == 0 && job->lines.len > (size_t)TAGS_MAX * (TAG_MAX + 1))
		r = err_set(e, ERR_INVALID, -EFBIG, "there are too many");
	return r < 0 ? r : str_ok(&job->lines);
}

static void page_done(void *context, int r, struct err *e);

static void page_call(struct job *job, const char *url)
{
	job->sink.max = PAGE_MAX;
	call_start(job->calls,
		   &(struct call_request){ .method = "GET",
					   .path = "tags/list?n=1000",
					   .url = url,
					   .sink = &job->sink,
					   .flags = CALL_BY_TAG,
					   .done = page_done,
					   .context = job },
		   &job->call);
}

static void tags_end(struct job *job)
{
	struct err e = { 0 };
	int r = fd_write_all(job->fd, str_text(&job->lines), job->lines.len);

	if (r < 0)
		job_failed(job, job_what(job, "tags"), err_sys(&e, r, "hand them on"), &e);
	else
		job_done(job, FETCH_TRANSFERRED, job->lines.len, NULL, NULL);
}

static void page_done(void *context, int r, struct err *e)
{
	struct job *job = context;
	AUTO_STR struct str next = { 0 };

	if (r == 0)
		r = add_tags(job, e);
	if (r == 0)
		r = link_next(&job->call, &next, e);
	if (r == 0 && next.len > 0 && ++job->pages >= LIMIT_TAG_PAGES)
		r = err_set(e, ERR_INVALID, -EFBIG, "there are too many pages");
	if (r < 0)
		job_failed(job, job_what(job, "tags"), r, e);
	else if (next.len > 0)
		page_call(job, str_text(&next));
	else
		tags_end(job);
}

void job_tags(struct job *job)
{
	page_call(job, NULL);
}
