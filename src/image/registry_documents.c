/*
 * A registry's documents (registry.h), each in one piece: manifests, configs, the lists of tags and
 * of referrers, and a manifest that is put there. They travel in anonymous files, and are hashed here once more.
 *
 * Runs in: cli (engine).
 * See: OCI distribution-spec "Pulling manifests", "Pushing Manifests", "Listing Tags", "Listing
 * Referrers".
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "format/sha256.h"
#include "image/registry.h"
#include "image/registry_command.h"
#include "linux/memfd.h"
#include "spec/image_config.h"
#include "spec/image_manifest.h"

enum { TAGS_FILE_MAX = REGISTRY_TAGS_MAX * 129 };

void registry_document_done(struct registry_document *document)
{
	free(document->bytes);
	*document = (struct registry_document){ 0 };
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
	const char *type;   /* REFERRERS: of artifacts; NULL: any */
	uint64_t size;	    /* CONFIG */
	const char *digest; /* "": not known */
	size_t max;
};

/* `ret_is_by_tag`: REFERRERS: under a tag, not by the registry itself; NULL. */
static int document_fetch(struct registry *registry, const struct wish *wish,
			  struct registry_document *ret, bool *ret_is_by_tag, struct err *e)
{
	AUTO_CLOSE int fd = memfd_make("document");
	const char *const texts[] = { wish->name, wish->type };
	const struct fetch_parts parts = {
		.texts = texts, .text_count = 2, .fds = &fd, .fd_count = 1
	};
	struct fetch_header head = { .kind = (uint8_t)wish->kind, .size = wish->size };
	struct registry_document document = { 0 };
	struct registry_answer answer;
	int r;

	if (fd < 0)
		return err_sys(e, fd, "make a place for a document");
	r = registry_command_ask(registry, &head, &parts, &answer, e);
	if (r == 0)
		r = document_read(fd, answer.size, wish->max, &document, e);
	if (r == 0)
		r = document_check(&document, wish->digest, e);
	/* One that is too long is none that we know. */
	if (r == 0)
		(void)str_copy(document.media_type, sizeof(document.media_type), answer.second);
	if (r == 0 && ret_is_by_tag)
		*ret_is_by_tag = answer.first[0] != '\0';
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
	struct registry_answer answer;
	int r = registry_command_ask(registry, &head, &parts, &answer, e);

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

	return document_fetch(registry, &wish, ret, NULL, e);
}

int registry_config(struct registry *registry, const struct descriptor *descriptor,
		    struct registry_document *ret, struct err *e)
{
	const struct wish wish = { .kind = FETCH_CONFIG,
				   .name = descriptor->digest,
				   .size = descriptor->size,
				   .digest = descriptor->digest,
				   .max = IMAGE_CONFIG_MAX };

	return document_fetch(registry, &wish, ret, NULL, e);
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
	int r = document_fetch(registry, &wish, &lines, NULL, e);

	if (r == 0)
		r = take_tags(&lines, arena, &tags, e);
	registry_document_done(&lines);
	if (r == 0)
		*ret = tags;
	return r;
}

int registry_referrers(struct registry *registry, const char *digest, const char *artifact_type,
		       struct arena *arena, struct registry_referrers *ret, struct err *e)
{
	const struct wish wish = { .kind = FETCH_REFERRERS,
				   .name = digest,
				   .type = artifact_type,
				   .digest = "",
				   .max = MANIFEST_MAX };
	struct registry_document document = { 0 };
	struct registry_referrers referrers = { 0 };
	int r = document_fetch(registry, &wish, &document, &referrers.are_by_tag, e);

	if (r == 0)
		r = image_index_parse(document.bytes, document.len, document.media_type, arena,
				      &referrers.index, e);
	registry_document_done(&document);
	if (r == 0)
		*ret = referrers;
	return r;
}

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
	struct registry_answer answer;
	int r = fd < 0 ? fd : fd_write_all(fd, bytes, len);

	if (r < 0)
		return err_sys(e, r, "hand a manifest on");
	sha256(bytes, len, hash);
	digest_text(hash, digest);
	return registry_command_ask(registry, &head, &parts, &answer, e);
}
