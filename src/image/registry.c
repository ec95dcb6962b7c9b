/*
 * See registry.h.
 *
 * What comes from hoy-fetch is believed as far as it was checked here: a frame's form by
 * proto/fetch.c, ids and numbers below, documents by their digests, sentences made printable.
 *
 * Runs in: cli (engine).
 */
#include "image/registry.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "format/sha256.h"
#include "image/registry_process.h"
#include "image/registry_setup.h"
#include "linux/memfd.h"
#include "proto/fetch.h"
#include "spec/image_config.h"
#include "spec/image_index.h"

enum { TAGS_FILE_MAX = REGISTRY_TAGS_MAX * 129, RESOLVE_DEPTH = 2, ERRNO_MAX = 4095 };

/* A blob on its way, and what has been said of it and not yet been asked for. */
struct slot {
	uint32_t id; /* 0: free */
	bool has_news;
	struct registry_event news; /* the latest progress, or the end */
};

struct registry {
	struct registry_process process;
	int interrupt_fd;
	uint32_t last_id;
	struct slot slots[REGISTRY_BLOBS_MAX];
	struct fetch_frame frame;
};

/* What a command that is waited for comes to. */
struct answer {
	uint64_t size;
	const char *first; /* printable; both until the next frame is received */
	const char *second;
};

/* --- frames ---------------------------------------------------------------------------------- */

/* A sentence of somebody else's: printable, and a line break only before a hint. */
static void take_sentence(const char *text, struct err *e, enum err_kind kind, int code)
{
	char clean[ERR_TEXT_MAX];

	(void)snprintf(clean, sizeof(clean), "%s", text);
	for (char *c = clean; *c; c++)
		if (((unsigned char)*c < ' ' && !str_starts(c, "\nhint: ")) || *c == 0x7f)
			*c = '?';
	(void)err_set(e, kind, code, "%s", clean[0] ? clean : "it does not say why it failed");
}

static int take_failure(const struct fetch_frame *frame, struct err *e)
{
	int code = frame->head.code < 0 && frame->head.code >= -ERRNO_MAX ? frame->head.code
									  : -EIO;
	enum err_kind kind =
		frame->head.offset >= ERR_INTERNAL && frame->head.offset <= ERR_UNSUPPORTED
			? (enum err_kind)frame->head.offset
			: ERR_INTERNAL;

	take_sentence(fetch_text(frame, 0), e, kind, code);
	return code;
}

static struct slot *find_slot(struct registry *registry, uint32_t id)
{
	for (size_t i = 0; i < REGISTRY_BLOBS_MAX; i++)
		if (registry->slots[i].id == id)
			return &registry->slots[i];
	return NULL;
}

static enum registry_how take_how(int32_t code)
{
	return code == FETCH_EXISTED   ? REGISTRY_EXISTED
	       : code == FETCH_MOUNTED ? REGISTRY_MOUNTED
				       : REGISTRY_TRANSFERRED;
}

/* What a frame says of a blob; of one that nobody waits for it says nothing. */
static void take_news(struct registry *registry, const struct fetch_frame *frame)
{
	struct slot *slot = frame->head.id ? find_slot(registry, frame->head.id) : NULL;
	struct registry_event event = { .kind = REGISTRY_PROGRESS,
					.id = frame->head.id,
					.bytes = frame->head.size };

	if (!slot || (slot->has_news && slot->news.kind == REGISTRY_END))
		return;
	if (frame->head.kind == FETCH_DONE) {
		event.kind = REGISTRY_END;
		event.how = take_how(frame->head.code);
	} else if (frame->head.kind == FETCH_FAILED) {
		event.kind = REGISTRY_END;
		event.result = take_failure(frame, &event.err);
	} else if (frame->head.kind != FETCH_PROGRESS) {
		return;
	}
	slot->news = event;
	slot->has_news = true;
}

/* One frame, waiting at most `timeout_ms`. Returns 1, 0 (none), -EINTR, -EPIPE. */
static int receive(struct registry *registry, int timeout_ms, struct err *e)
{
	struct pollfd fds[] = { { .fd = registry->process.socket_fd, .events = POLLIN },
				{ .fd = registry->interrupt_fd, .events = POLLIN } };
	int n;
	int r;

	if (registry->process.pid <= 0)
		return err_set(e, ERR_INTERNAL, -EPIPE, "%s is gone", FETCH_PROGRAM);
	do
		n = poll(fds, 2, timeout_ms);
	while (n < 0 && errno == EINTR && timeout_ms != 0);
	if (n < 0 && errno != EINTR)
		return err_sys(e, errno, "wait for %s", FETCH_PROGRAM);
	if (n <= 0)
		return 0;
	if (fds[1].revents && timeout_ms != 0)
		return err_set(e, ERR_INTERNAL, -EINTR, "interrupted");
	if (!fds[0].revents)
		return 0;
	r = fetch_receive(registry->process.socket_fd, &registry->frame);
	if (r < 0)
		return registry_process_died(&registry->process, e);
	/* It has nothing to give. */
	fetch_frame_done(&registry->frame);
	return 1;
}

static uint32_t next_id(struct registry *registry)
{
	registry->last_id = registry->last_id == UINT32_MAX ? 1 : registry->last_id + 1;
	return registry->last_id;
}

static int command(struct registry *registry, const struct fetch_header *head,
		   const struct fetch_parts *parts, struct err *e)
{
	int r = registry->process.pid > 0 ? fetch_send(registry->process.socket_fd, head, parts)
					  : -EPIPE;

	if (r == -EPIPE || r == -ECONNRESET)
		return registry_process_died(&registry->process, e);
	return r < 0 ? err_sys(e, r, "ask %s", FETCH_PROGRAM) : 0;
}

static int take_answer(const struct fetch_frame *frame, struct answer *ret, struct err *e)
{
	*ret = (struct answer){ .size = frame->head.size,
				.first = fetch_text(frame, 0),
				.second = fetch_text(frame, 1) };
	for (size_t i = 0; i < frame->text_len; i++)
		if (frame->text[i] && (frame->text[i] < ' ' || frame->text[i] > '~'))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "the registry sends a header that cannot be printed");
	return 0;
}

/* A command, and what it comes to; what is said of blobs meanwhile is kept. */
static int ask(struct registry *registry, struct fetch_header *head,
	       const struct fetch_parts *parts, struct answer *ret, struct err *e)
{
	int r;

	head->id = next_id(registry);
	r = command(registry, head, parts, e);
	while (r >= 0) {
		const struct fetch_frame *frame = &registry->frame;

		r = receive(registry, -1, e);
		if (r <= 0)
			continue;
		if (frame->head.id != head->id) {
			take_news(registry, frame);
			continue;
		}
		if (frame->head.kind == FETCH_FAILED)
			return take_failure(frame, e);
		if (frame->head.kind != FETCH_DONE)
			continue;
		return take_answer(frame, ret, e);
	}
	if (r == -EINTR)
		registry_cancel(registry, head->id);
	return r;
}

/* --- life ------------------------------------------------------------------------------------ */

static int wait_ready(struct registry *registry, struct err *e)
{
	int r;

	do
		r = receive(registry, -1, e);
	while (r == 0);
	if (r < 0)
		return r;
	if (registry->frame.head.kind == FETCH_FAILED)
		return take_failure(&registry->frame, e);
	if (registry->frame.head.kind != FETCH_READY)
		return err_set(e, ERR_INTERNAL, -EPROTO, "%s does not say that it is ready",
			       FETCH_PROGRAM);
	return 0;
}

int registry_open(const struct registry_request *request, struct registry **ret, struct err *e)
{
	AUTO_ARENA struct arena arena = { .is_secret = true };
	struct registry_setup *setup = arena_alloc(&arena, sizeof(*setup));
	AUTO_REGISTRY struct registry *registry = calloc(1, sizeof(*registry));
	int r;

	if (!registry || !setup)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	registry->interrupt_fd = request->interrupt_fd;
	r = registry_setup_read(request, &arena, setup, e);
	if (r == 0)
		r = registry_process_start(&registry->process, e);
	if (r == 0)
		r = registry_setup_send(setup, registry->process.socket_fd, e);
	if (r == -EPIPE)
		r = registry_process_died(&registry->process, e);
	if (r == 0)
		r = wait_ready(registry, e);
	if (r < 0)
		return err_wrap(e, r, "registry %s", request->reference->registry);
	*ret = ptr_take(registry);
	return 0;
}

void registry_close(struct registry *registry)
{
	if (!registry)
		return;
	registry_process_end(&registry->process);
	free(registry);
}

/* --- documents ------------------------------------------------------------------------------- */

void registry_document_done(struct registry_document *document)
{
	free(document->bytes);
	*document = (struct registry_document){ 0 };
}

void registry_image_done(struct registry_image *image)
{
	registry_document_done(&image->index);
	registry_document_done(&image->manifest);
}

/* What was written into `fd`, into memory of our own. */
static int document_read(int fd, uint64_t size, size_t max, struct registry_document *ret,
			 struct err *e)
{
	AUTO_FREE char *bytes = NULL;
	ssize_t n;

	if (size > max)
		return err_set(e, ERR_INVALID, -EFBIG, "a document is larger than %zu bytes",
			       max);
	bytes = malloc(size + 1);
	if (!bytes)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, errno, "read a document");
	n = fd_read_full(fd, bytes, size);
	if (n < 0 || (uint64_t)n != size)
		return err_set(e, ERR_INTERNAL, -EIO, "a document is shorter than %s says",
			       FETCH_PROGRAM);
	bytes[size] = '\0';
	ret->bytes = ptr_take(bytes);
	ret->len = size;
	return 0;
}

/* The digest that it has, whatever was said; `expected` "": any. */
static int document_check(struct registry_document *document, const char *expected,
			  struct err *e)
{
	uint8_t hash[SHA256_LEN];

	sha256(document->bytes, document->len, hash);
	digest_text(hash, document->digest);
	if (expected[0] && strcmp(expected, document->digest) != 0)
		return err_set(e, ERR_INVALID, -EBADMSG, "a document has the digest %s, not %s",
			       document->digest, expected);
	return 0;
}

struct wish {
	enum fetch_kind kind;
	const char *name;   /* tag or digest */
	uint64_t size;	    /* CONFIG */
	const char *digest; /* "": not known */
	size_t max;
};

static int document_fetch(struct registry *registry, const struct wish *wish,
			  struct registry_document *ret, struct err *e)
{
	AUTO_CLOSE int fd = memfd_make("document");
	const char *const texts[] = { wish->name };
	const struct fetch_parts parts = {
		.texts = texts, .text_count = 1, .fds = &fd, .fd_count = 1
	};
	struct fetch_header head = { .kind = (uint8_t)wish->kind, .size = wish->size };
	struct registry_document document = { 0 };
	struct answer answer;
	int r;

	if (fd < 0)
		return err_sys(e, fd, "make a place for a document");
	r = ask(registry, &head, &parts, &answer, e);
	if (r == 0)
		r = document_read(fd, answer.size, wish->max, &document, e);
	if (r == 0)
		r = document_check(&document, wish->digest, e);
	/* One that is too long is none that we know. */
	if (r == 0)
		(void)str_copy(document.media_type, sizeof(document.media_type), answer.second);
	if (r < 0)
		registry_document_done(&document);
	else
		*ret = document;
	return r;
}

int registry_head(struct registry *registry, const char *name, struct registry_head *ret,
		  struct err *e)
{
	const char *const texts[] = { name };
	const struct fetch_parts parts = { .texts = texts, .text_count = 1 };
	struct fetch_header head = { .kind = FETCH_HEAD };
	struct answer answer;
	int r = ask(registry, &head, &parts, &answer, e);

	if (r < 0)
		return r;
	if (answer.first[0] && !digest_is_valid(answer.first))
		return err_set(e, ERR_INVALID, -EINVAL, "\"%.100s\" is no digest",
			       answer.first);
	*ret = (struct registry_head){ .size = answer.size };
	(void)str_copy(ret->digest, sizeof(ret->digest), answer.first);
	(void)str_copy(ret->media_type, sizeof(ret->media_type), answer.second);
	return 0;
}

int registry_manifest(struct registry *registry, const char *name,
		      struct registry_document *ret, struct err *e)
{
	const struct wish wish = { .kind = FETCH_MANIFEST,
				   .name = name,
				   .digest = digest_is_valid(name) ? name : "",
				   .max = MANIFEST_MAX };

	return document_fetch(registry, &wish, ret, e);
}

/* The digest of the manifest that an index has for the platform. */
static int choose(const struct registry_document *index, const struct platform *platform,
		  char ret[DIGEST_SIZE], struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	const struct index_entry *entry = NULL;
	struct image_index parsed;
	int r = image_index_parse(index->bytes, index->len, index->media_type, &arena, &parsed,
				  e);

	if (r == 0)
		r = image_index_choose(&parsed, platform, &entry, e);
	return r < 0 ? r : str_copy(ret, DIGEST_SIZE, entry->descriptor.digest);
}

static int resolve(struct registry *registry, const char *name, const struct platform *platform,
		   struct registry_image *image, struct err *e)
{
	char digest[DIGEST_SIZE];
	int r = registry_manifest(registry, name, &image->manifest, e);

	for (int depth = 0; r == 0 && media_type_is_index(image->manifest.media_type);
	     depth++) {
		if (depth == RESOLVE_DEPTH)
			return err_set(e, ERR_INVALID, -ELOOP,
				       "it is an index of an index of an index");
		r = choose(&image->manifest, platform, digest, e);
		if (r < 0)
			return r;
		if (image->index.bytes)
			registry_document_done(&image->manifest);
		else
			image->index = image->manifest;
		image->manifest = (struct registry_document){ 0 };
		r = registry_manifest(registry, digest, &image->manifest, e);
	}
	return r;
}

int registry_resolve(struct registry *registry, const char *name,
		     const struct platform *platform, struct registry_image *ret, struct err *e)
{
	struct registry_image image = { 0 };
	int r = resolve(registry, name, platform, &image, e);

	if (r < 0)
		registry_image_done(&image);
	else
		*ret = image;
	return r;
}

int registry_config(struct registry *registry, const struct descriptor *descriptor,
		    struct registry_document *ret, struct err *e)
{
	const struct wish wish = { .kind = FETCH_CONFIG,
				   .name = descriptor->digest,
				   .size = descriptor->size,
				   .digest = descriptor->digest,
				   .max = IMAGE_CONFIG_MAX };

	return document_fetch(registry, &wish, ret, e);
}

static int take_tags(const struct registry_document *lines, struct arena *arena,
		     struct strv *ret, struct err *e)
{
	for (const char *at = lines->bytes; *at;) {
		size_t len = strcspn(at, "\n");
		char *tag = arena_copy_bytes(arena, at, len);

		if (!tag)
			break;
		if (at[len] != '\n' || !reference_is_tag(tag) ||
		    ret->count == REGISTRY_TAGS_MAX)
			return err_set(e, ERR_INVALID, -EINVAL, "the list of tags is broken");
		strv_add_borrowed(ret, arena, tag);
		at += len + 1;
	}
	return arena_ok(arena) < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory") : 0;
}

int registry_tags(struct registry *registry, struct arena *arena, struct strv *ret,
		  struct err *e)
{
	const struct wish wish = {
		.kind = FETCH_TAGS, .name = "", .digest = "", .max = TAGS_FILE_MAX
	};
	struct registry_document lines = { 0 };
	struct strv tags = { 0 };
	int r = document_fetch(registry, &wish, &lines, e);

	if (r == 0)
		r = take_tags(&lines, arena, &tags, e);
	registry_document_done(&lines);
	if (r == 0)
		*ret = tags;
	return r;
}

/* --- blobs ----------------------------------------------------------------------------------- */

static int start(struct registry *registry, struct fetch_header *head,
		 const struct fetch_parts *parts, uint32_t *ret_id, struct err *e)
{
	struct slot *slot = find_slot(registry, 0);
	int r;

	if (!slot)
		return err_set(e, ERR_INTERNAL, -EBUSY, "%d blobs are on their way already",
			       REGISTRY_BLOBS_MAX);
	head->id = next_id(registry);
	r = command(registry, head, parts, e);
	if (r < 0)
		return r;
	*slot = (struct slot){ .id = head->id };
	*ret_id = head->id;
	return 0;
}

int registry_fetch(struct registry *registry, const struct descriptor *descriptor,
		   uint64_t offset, int fd, uint32_t *ret_id, struct err *e)
{
	const char *const texts[] = { descriptor->digest };
	const struct fetch_parts parts = {
		.texts = texts, .text_count = 1, .fds = &fd, .fd_count = 1
	};
	struct fetch_header head = { .kind = FETCH_BLOB,
				     .size = descriptor->size,
				     .offset = offset };

	assert(offset <= descriptor->size);
	return start(registry, &head, &parts, ret_id, e);
}

int registry_upload(struct registry *registry, const struct descriptor *descriptor, int fd,
		    const char *mount_from, uint32_t *ret_id, struct err *e)
{
	const char *const texts[] = { descriptor->digest, mount_from };
	const struct fetch_parts parts = {
		.texts = texts, .text_count = 2, .fds = &fd, .fd_count = 1
	};
	struct fetch_header head = { .kind = FETCH_UPLOAD, .size = descriptor->size };

	return start(registry, &head, &parts, ret_id, e);
}

void registry_cancel(struct registry *registry, uint32_t id)
{
	const struct fetch_header head = { .kind = FETCH_CANCEL, .id = id };
	struct slot *slot = id ? find_slot(registry, id) : NULL;

	if (slot)
		*slot = (struct slot){ 0 };
	if (registry->process.pid > 0)
		(void)fetch_send(registry->process.socket_fd, &head, NULL);
}

int registry_fd(const struct registry *registry)
{
	return registry->process.socket_fd;
}

static bool take_event(struct registry *registry, struct registry_event *ret)
{
	for (size_t i = 0; i < REGISTRY_BLOBS_MAX; i++) {
		struct slot *slot = &registry->slots[i];

		if (!slot->id || !slot->has_news)
			continue;
		*ret = slot->news;
		slot->has_news = false;
		if (slot->news.kind == REGISTRY_END)
			slot->id = 0;
		return true;
	}
	return false;
}

int registry_next(struct registry *registry, int timeout_ms, struct registry_event *ret,
		  struct err *e)
{
	for (;;) {
		int r;

		if (take_event(registry, ret))
			return 1;
		r = receive(registry, timeout_ms, e);
		if (r <= 0)
			return r;
		take_news(registry, &registry->frame);
	}
}

/* --- push and login -------------------------------------------------------------------------- */

int registry_push_manifest(struct registry *registry, const char *name, const char *media_type,
			   const void *bytes, size_t len, struct err *e)
{
	AUTO_CLOSE int fd = memfd_make("manifest");
	char digest[DIGEST_SIZE];
	uint8_t hash[SHA256_LEN];
	const char *const texts[] = { name, media_type, digest };
	const struct fetch_parts parts = {
		.texts = texts, .text_count = 3, .fds = &fd, .fd_count = 1
	};
	struct fetch_header head = { .kind = FETCH_PUT, .size = len };
	struct answer answer;
	int r = fd < 0 ? fd : fd_write_all(fd, bytes, len);

	if (r < 0)
		return err_sys(e, r, "hand a manifest on");
	sha256(bytes, len, hash);
	digest_text(hash, digest);
	return ask(registry, &head, &parts, &answer, e);
}

int registry_check(struct registry *registry, struct arena *arena, char **ret_token,
		   struct err *e)
{
	struct fetch_header head = { .kind = FETCH_CHECK };
	struct answer answer;
	int r = ask(registry, &head, NULL, &answer, e);

	if (r < 0)
		return r;
	*ret_token = answer.first[0] ? arena_copy(arena, answer.first) : NULL;
	return 0;
}
