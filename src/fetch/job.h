/*
 * One command of the engine's, from its frame to FETCH_DONE or FETCH_FAILED.
 *
 * Runs in: fetch.
 */
#ifndef HOY_FETCH_JOB_H
#define HOY_FETCH_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "fetch/call.h"
#include "fetch/sink.h"
#include "proto/fetch.h"

struct job {
	struct calls *calls;
	const char *registry; /* as users write it; borrowed */
	const char *name;     /* of the repository, familiar; borrowed */
	uint32_t id;	      /* 0: nothing to do */
	enum fetch_kind kind;
	struct arena arena;
	uint64_t size;
	uint64_t offset;
	const char *texts[3]; /* of the command, in its order */
	int fd;		      /* owned; -EBADF: none */
	struct call call;
	struct sink sink;

	/* tags, referrers */
	struct str lines; /* what is handed on in the end */
	size_t pages;
	size_t found;	 /* referrers in `lines` */
	const char *tag; /* that they are listed under; NULL: none */
	/* upload */
	const char *location; /* where the session is; NULL: none */
	uint64_t sent;	      /* bytes that the registry has of this session */
	uint64_t chunk;	      /* bytes of a chunk; 0: all at once */
	struct retry retry;   /* of the upload as a whole */
	/* why it failed, while its session is ended */
	int result;
	long status;
	struct err why;
	uint64_t due_ns; /* a pause until then; 0: none */

	/* what is still to be said */
	uint64_t told_bytes;
	uint64_t told_ns;
	bool is_over;
	struct fetch_header end;
	const char *end_texts[2]; /* in `arena` */
};

/* Begin what `frame` asks for; its descriptor becomes the job's. */
void job_start(struct job *job, struct fetch_frame *frame);
/* Forget all of it. */
void job_stop(struct job *job);
/* Go on after a pause. */
void job_wake(struct job *job, uint64_t now_ns);
/* When it wants to be woken; 0: not. */
uint64_t job_due(const struct job *job);
/* How many bytes of a blob have been moved, offset included. */
uint64_t job_bytes(const struct job *job);
/* Of how many, where only the answer says so; 0: the engine knows, or nobody. */
uint64_t job_size(const struct job *job);

/* --- for the kinds of jobs ------------------------------------------------------------------ */

/* Over and well. Texts are copied; NULL: "". */
void job_done(struct job *job, enum fetch_how how, uint64_t size, const char *first,
	      const char *second);
/* Over: "WHAT: why", where `what` is "manifest for busybox:latest". */
void job_failed(struct job *job, const char *what, int r, struct err *e);
/* What is handed on as it comes, into job->fd: from job->offset on, `size` bytes in all. */
int job_stream(struct job *job, uint64_t size, struct err *e);
/* "blob sha256:0123456789ab of busybox", in the job's arena. */
const char *job_what(struct job *job, const char *noun);
/* "busybox:latest", "busybox@sha256:...": the manifest that the command names. The same. */
const char *job_manifest_name(struct job *job);

/* The request for the manifest that the command names; the body of a GET goes to job->sink. */
void job_manifest_call(struct job *job, const char *method,
		       void (*done)(void *context, int r, struct err *e));

void job_head(struct job *job);
void job_manifest(struct job *job);
void job_config(struct job *job);
void job_tags(struct job *job);
void job_referrers(struct job *job);
void job_subject(struct job *job);
void job_delete(struct job *job);
void job_blob(struct job *job);
void job_download(struct job *job);
void job_check(struct job *job);
void job_put(struct job *job);
void job_upload(struct job *job);
void job_upload_wake(struct job *job, uint64_t now_ns);

#endif
