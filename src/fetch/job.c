/*
 * See job.h.
 *
 * Runs in: fetch.
 */
#include "fetch/job.h"

#include <assert.h>
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "format/digest.h"

typedef void job_starter(struct job *job);

static job_starter *const starters[] = {
	[FETCH_HEAD] = job_head,
	[FETCH_MANIFEST] = job_manifest,
	[FETCH_CONFIG] = job_config,
	[FETCH_TAGS] = job_tags,
	[FETCH_BLOB] = job_blob,
	[FETCH_UPLOAD] = job_upload,
	[FETCH_PUT] = job_put,
	[FETCH_CHECK] = job_check,
	[FETCH_REFERRERS] = job_referrers,
	[FETCH_SUBJECT] = job_subject,
	[FETCH_DELETE] = job_delete,
	[FETCH_DOWNLOAD] = job_download,
};

void job_start(struct job *job, struct fetch_frame *frame)
{
	struct err e = { 0 };
	size_t kind = frame->head.kind;

	*job = (struct job){ .calls = job->calls,
			     .registry = job->registry,
			     .name = job->name,
			     .id = frame->head.id,
			     .kind = (enum fetch_kind)kind,
			     .size = frame->head.size,
			     .offset = frame->head.offset,
			     .fd = fd_take(&frame->fds[0]),
			     .sink = { .fd = -1 } };
	for (size_t i = 0; i < sizeof(job->texts) / sizeof(job->texts[0]); i++)
		job->texts[i] = arena_copy(&job->arena, fetch_text(frame, i));
	if (arena_ok(&job->arena) < 0 || kind >= sizeof(starters) / sizeof(starters[0]) ||
	    !starters[kind]) {
		job_failed(job, "command",
			   err_set(&e, ERR_INTERNAL, -EINVAL, "it is not known"), &e);
		return;
	}
	starters[kind](job);
}

void job_stop(struct job *job)
{
	call_stop(&job->call);
	str_done(&job->sink.memory);
	str_done(&job->lines);
	arena_done(&job->arena);
	job->fd = fd_close(job->fd);
	job->id = 0;
}

void job_wake(struct job *job, uint64_t now_ns)
{
	if (job->call.is_active)
		call_wake(&job->call, now_ns);
	if (job->kind == FETCH_UPLOAD)
		job_upload_wake(job, now_ns);
}

uint64_t job_due(const struct job *job)
{
	return job->call.due_ns ? job->call.due_ns : job->due_ns;
}

uint64_t job_bytes(const struct job *job)
{
	if (job->kind == FETCH_BLOB || job->kind == FETCH_DOWNLOAD)
		return job->sink.at;
	if (job->kind != FETCH_UPLOAD)
		return 0;
	return job->sent + (job->call.exchange ? job->call.exchange->body_at : 0);
}

uint64_t job_size(const struct job *job)
{
	return job->sink.is_unsized && job->sink.size != SINK_ENDLESS ? job->sink.size : 0;
}

void job_done(struct job *job, enum fetch_how how, uint64_t size, const char *first,
	      const char *second)
{
	job->is_over = true;
	job->end = (struct fetch_header){
		.kind = FETCH_DONE, .id = job->id, .code = (int32_t)how, .size = size
	};
	job->end_texts[0] = arena_copy(&job->arena, first);
	job->end_texts[1] = arena_copy(&job->arena, second);
	/* Its reader waits for the end. */
	job->fd = fd_close(job->fd);
}

int job_stream(struct job *job, uint64_t size, struct err *e)
{
	int flags = fcntl(job->fd, F_GETFL);

	job->sink = (struct sink){ .fd = job->fd, .size = size, .at = job->offset };
	if (flags < 0 || fcntl(job->fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return err_sys(e, errno, "write to its reader");
	return 0;
}

const char *job_what(struct job *job, const char *noun)
{
	const char *digest = job->texts[0];

	if (!digest_is_valid(digest))
		return arena_printf(&job->arena, "%s of %s", noun, job->name);
	return arena_printf(&job->arena, "%s sha256:%.*s of %s", noun, DIGEST_SHORT_LEN,
			    digest_hex(digest), job->name);
}

const char *job_manifest_name(struct job *job)
{
	const char *name = job->texts[0];

	return arena_printf(&job->arena, "%s%s%s", job->name, digest_is_valid(name) ? "@" : ":",
			    name);
}

static void add_hint(const struct job *job, int r, struct err *e)
{
	if (job->kind == FETCH_DOWNLOAD || e->kind != ERR_DENIED || r != -EACCES ||
	    job->call.status == 0 || strstr(e->text, "\nhint: "))
		return;
	if (endpoint_has_credentials(call_endpoint(&job->call)))
		(void)err_hint(e, r, "log in again, as somebody who may: hoy login %s",
			       job->registry);
	else
		(void)err_hint(e, r, "hoy login %s", job->registry);
}

void job_failed(struct job *job, const char *what, int r, struct err *e)
{
	if (e->kind == ERR_NONE)
		(void)err_sys(e, r, "it failed");
	/* Docker's words for what is not there, and ours for the rest. */
	if (job->call.status == 404 && e->kind == ERR_NOT_FOUND)
		(void)err_wrap(e, r, "%s not found", what);
	else
		(void)err_wrap(e, r, "%s", what);
	add_hint(job, r, e);
	job->is_over = true;
	job->end = (struct fetch_header){
		.kind = FETCH_FAILED, .id = job->id, .code = r, .offset = (uint64_t)e->kind
	};
	job->end_texts[0] = arena_copy(&job->arena, e->text);
	job->fd = fd_close(job->fd);
}
