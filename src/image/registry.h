/*
 * A registry, as the engine uses it: manifests and configs whole, blobs as streams, uploads.
 *
 *   registry_open     ->  a confined hoy-fetch that knows one repository (proto/fetch.h)
 *   registry_head     ->  is what the tag means still what we have?
 *   registry_resolve  ->  tag or digest, through an index by platform, to a manifest
 *   registry_config   ->  its config
 *   registry_referrers -> what refers to a manifest
 *   registry_delete   ->  a tag or a manifest is no longer there
 *   registry_fetch    ->  a blob into a pipe or file; several at once, registry_next tells the end
 *   registry_close        ends the process, whatever it was doing
 *
 * Waiting is bounded by what hoy-fetch waits for (docs/images.md lists it); it repeats by itself
 * what is worth repeating and resumes transfers, so the reader of a blob sees one stream. What a
 * taken-over hoy-fetch may say is checked here: documents are hashed again and sentences are made
 * printable. Blobs are not hashed: who unpacks them does.
 *
 * One thread. The calls that wait (all but those for blobs) may be made while blobs are on their
 * way: their events are kept for registry_next.
 *
 * Runs in: cli (engine).
 * See: OCI distribution-spec.
 */
#ifndef HOY_IMAGE_REGISTRY_H
#define HOY_IMAGE_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "format/digest.h"
#include "format/reference.h"
#include "spec/descriptor.h"
#include "spec/image_index.h"
#include "spec/platform.h"

struct registry;

enum registry_purpose {
	REGISTRY_PULL,
	REGISTRY_LIST,	 /* may pull too; from where a pull goes, but never from a mirror */
	REGISTRY_PUSH,	 /* may pull too; never from a mirror */
	REGISTRY_DELETE, /* the same */
	REGISTRY_LOGIN	 /* credentials are tried, nothing else */
};

enum {
	REGISTRY_BLOBS_MAX = 16,   /* at once on their way, in both directions together */
	REGISTRY_TAGS_MAX = 100000 /* of one repository */
};

struct registry_credentials;

struct registry_request {
	const struct reference
		*reference; /* its registry and repository; tag, digest: unused */
	enum registry_purpose purpose;
	/* NULL: what is stored for the registry (credentials.h), or none */
	const struct registry_credentials *credentials;
	/* readable: give up waiting and return -EINTR; negative: none. interrupt.h */
	int interrupt_fd;
};

/* Read the operator's files, start hoy-fetch and confine it. It dies with this process. Nothing
 * has gone over the network yet. */
int registry_open(const struct registry_request *request, struct registry **ret, struct err *e);
/*
 * The same for a URL that is no registry's ("http://HOST/..."): nobody's credentials are sent, and
 * registry_download is all that it is for. -EINVAL: it is no such URL, or has a user in it.
 */
int registry_open_url(const char *url, int interrupt_fd, struct registry **ret, struct err *e);
/* End it. NULL is fine. */
void registry_close(struct registry *registry);
static inline void registry_close_auto(struct registry **registry)
{
	registry_close(*registry);
}
#define AUTO_REGISTRY __attribute__((cleanup(registry_close_auto)))

/* --- documents --------------------------------------------------------------------------- */

/* A document as it came; its bytes are of that digest. */
struct registry_document {
	char *bytes; /* heap; a NUL behind them. NULL: none */
	size_t len;
	char digest[DIGEST_SIZE];
	char media_type[128]; /* as what it was given out */
};

void registry_document_done(struct registry_document *document);

struct registry_head {
	char digest[DIGEST_SIZE]; /* "": the registry does not say */
	char media_type[128];
	uint64_t size; /* 0: it does not say */
};

/*
 * What is there under `name`, a tag or a digest, without fetching it (registries count fetches).
 * -ENOENT: "manifest for docker.io/library/x:tag not found". -EACCES with a hint: not logged in,
 * or not allowed.
 */
int registry_head(struct registry *registry, const char *name, struct registry_head *ret,
		  struct err *e);

/*
 * The manifest or index under `name`, parsed once in hoy-fetch and found to be one or the other.
 * At most MANIFEST_MAX bytes.
 */
int registry_manifest(struct registry *registry, const char *name,
		      struct registry_document *ret, struct err *e);

struct registry_image {
	struct registry_document index;	   /* bytes NULL: `name` was a manifest itself */
	struct registry_document manifest; /* the image's */
};

/*
 * registry_manifest, and where that is an index, the manifest that it has for `platform`
 * (image_index_choose; at most two indexes deep, `index` is the outermost). What a user means by
 * the image's digest (RepoDigests) is the index's where there is one.
 */
int registry_resolve(struct registry *registry, const char *name,
		     const struct platform *platform, struct registry_image *ret,
		     struct err *e);
void registry_image_done(struct registry_image *image);

/* An image's config: at most IMAGE_CONFIG_MAX bytes, and of the size that the descriptor says. */
int registry_config(struct registry *registry, const struct descriptor *descriptor,
		    struct registry_document *ret, struct err *e);

/* The repository's tags, in the registry's order. Each is a valid tag. */
int registry_tags(struct registry *registry, struct arena *arena, struct strv *ret,
		  struct err *e);

struct registry_referrers {
	struct image_index index;
	bool are_by_tag; /* the registry keeps no list; there is one under a tag, or none */
};

/*
 * What refers to the manifest `digest` (signatures, lists of parts ...), which need not be there:
 * at most INDEX_ENTRIES_MAX, in `arena`. `artifact_type`: those alone; NULL: all.
 */
int registry_referrers(struct registry *registry, const char *digest, const char *artifact_type,
		       struct arena *arena, struct registry_referrers *ret, struct err *e);

/* --- blobs ------------------------------------------------------------------------------- */

/*
 * Start to fetch a blob into `fd`, a pipe or a file, from byte `offset` on (the reader has the
 * rest already). `fd` is borrowed, and becomes non-blocking, which whoever shares its open file
 * notices: close it after this call, so that the reader sees the end. It never gets a byte more
 * than descriptor->size - offset. *ret_id names it in events.
 */
int registry_fetch(struct registry *registry, const struct descriptor *descriptor,
		   uint64_t offset, int fd, uint32_t *ret_id, struct err *e);

/*
 * Start to upload a blob from `fd`, a file that is read with pread(2). `mount_from`: a repository
 * of this registry that has it too ("library/busybox"), which saves the upload; NULL: none.
 */
int registry_upload(struct registry *registry, const struct descriptor *descriptor, int fd,
		    const char *mount_from, uint32_t *ret_id, struct err *e);

/*
 * Start to fetch what the URL of registry_open_url is of into `fd`, as registry_fetch does. Nobody
 * knows how much it is, or whether it is what it should be: END says that all of it came.
 */
int registry_download(struct registry *registry, int fd, uint32_t *ret_id, struct err *e);

/* Stop it; no event of it comes any more. */
void registry_cancel(struct registry *registry, uint32_t id);

enum registry_event_kind { REGISTRY_PROGRESS, REGISTRY_END };

enum registry_how {
	REGISTRY_TRANSFERRED,
	REGISTRY_EXISTED, /* upload: it was there */
	REGISTRY_MOUNTED  /* upload: from the other repository */
};

struct registry_event {
	enum registry_event_kind kind;
	uint32_t id;
	uint64_t bytes;	       /* of the whole blob, `offset` included */
	uint64_t size;	       /* of a download: that it will have; 0: not known */
	int result;	       /* END: 0, or -errno with `err` */
	enum registry_how how; /* END, 0 */
	struct err err;
};

/* To be polled for POLLIN: then registry_next has something, or finds the process dead. */
int registry_fd(const struct registry *registry);
/*
 * The next event of a blob, waiting at most `timeout_ms` (0: not at all, -1: for ever). Returns 1
 * with an event, 0 without, -EINTR, or -EPIPE: hoy-fetch is gone, nothing is on its way any more.
 * Call it until it returns 0: a waiting call may have kept events that `registry_fd` no longer
 * shows.
 */
int registry_next(struct registry *registry, int timeout_ms, struct registry_event *ret,
		  struct err *e);

/* --- push, delete and login --------------------------------------------------------------- */

/*
 * Put a manifest or an index under `name`, a tag or its digest, after all that it names is there;
 * the registry must then say that it has that digest (or say nothing of it).
 */
int registry_push_manifest(struct registry *registry, const char *name, const char *media_type,
			   const void *bytes, size_t len, struct err *e);

/*
 * Delete `name`: a tag, or a manifest by its digest, with all tags that it has. -ENOENT;
 * -EOPNOTSUPP: the registry does not delete, or not by tag. Where the manifest refers to another
 * one, and the registry keeps no list of that by itself, it goes from the list under the other
 * one's tag, too.
 */
int registry_delete(struct registry *registry, const char *name, struct err *e);
/* Delete the blob `digest` of the repository, whatever names it. -ENOENT; -EOPNOTSUPP. */
int registry_delete_blob(struct registry *registry, const char *digest, struct err *e);

/*
 * Does the registry take the credentials? Returns 0, or -EACCES. `ret_token`: an identity token
 * that it gave in exchange for the password, in `arena`, to be stored in its place; NULL: none.
 */
int registry_check(struct registry *registry, struct arena *arena, char **ret_token,
		   struct err *e);

#endif
