/*
 * Deleting a registry's tags, manifests and blobs (registry.h), and what is written about a manifest
 * that is gone: the list under its subject's tag, which registries without an API for referrers
 * leave to us.
 *
 * Runs in: cli (engine).
 * See: OCI distribution-spec "Deleting Manifests", "Referrers Tag Schema".
 */
#include <string.h>

#include "format/json.h"
#include "image/registry.h"
#include "image/registry_command.h"

/* A command that names a manifest, or with `what` something else, and hands on no document. */
static int ask(struct registry *registry, enum fetch_kind kind, const char *name,
	       const char *what, struct registry_answer *ret, struct err *e)
{
	const char *const texts[] = { name, what };
	const struct fetch_parts parts = { .texts = texts, .text_count = 2 };
	struct fetch_header head = { .kind = (uint8_t)kind };

	return registry_command_ask(registry, &head, &parts, ret, e);
}

/* What the manifest refers to; "": nothing, or it cannot be read, which is no reason to keep
 * it. */
static int find_subject(struct registry *registry, const char *digest, char ret[DIGEST_SIZE],
			struct err *e)
{
	struct registry_answer answer;
	int r = ask(registry, FETCH_SUBJECT, digest, NULL, &answer, e);

	ret[0] = '\0';
	if (r < 0)
		return e->kind == ERR_INVALID ? 0 : r;
	return digest_is_valid(answer.first) ? str_copy(ret, DIGEST_SIZE, answer.first) : 0;
}

/* The index without its entries for `digest`: as it was, but for those. */
static int index_without(const struct registry_document *index, const char *digest,
			 struct str *out, struct err *e)
{
	AUTO_JSON struct json_object *root = NULL;
	struct json_object *array = NULL;
	int r = json_parse(index->bytes, index->len, MANIFEST_MAX, "index", &root, e);

	if (r == 0)
		r = json_get_array(root, "", "manifests", INDEX_ENTRIES_MAX, &array, e);
	if (r < 0 || !array)
		return r;
	for (size_t i = json_object_array_length(array); i > 0; i--) {
		struct json_object *entry = json_object_array_get_idx(array, i - 1);
		const char *name =
			json_object_get_string(json_object_object_get(entry, "digest"));

		if (str_equal(name, digest))
			(void)json_object_array_del_idx(array, i - 1, 1);
	}
	json_compact(root, out);
	return str_ok(out) < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory") : 0;
}

static bool is_listed(const struct image_index *index, const char *digest)
{
	for (size_t i = 0; i < index->count; i++)
		if (strcmp(index->entries[i].descriptor.digest, digest) == 0)
			return true;
	return false;
}

/* Take `digest` from the list under the tag of its subject. */
static int unlist(struct registry *registry, const char *subject, const char *digest,
		  struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	const char *tag = arena_printf(&arena, "sha256-%s", digest_hex(subject));
	struct registry_document document = { 0 };
	struct registry_referrers referrers;
	int r = registry_referrers(registry, subject, NULL, &arena, &referrers, e);

	if (r < 0 || !referrers.are_by_tag || !is_listed(&referrers.index, digest))
		return r;
	if (!tag)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	r = registry_manifest(registry, tag, &document, e);
	if (r == 0)
		r = index_without(&document, digest, &text, e);
	if (r == 0)
		r = registry_push_manifest(registry, tag, document.media_type, str_text(&text),
					   text.len, e);
	registry_document_done(&document);
	return r;
}

int registry_delete(struct registry *registry, const char *name, struct err *e)
{
	struct registry_answer answer;
	char subject[DIGEST_SIZE] = "";
	int r = digest_is_valid(name) ? find_subject(registry, name, subject, e) : 0;

	if (r < 0)
		return r;
	r = ask(registry, FETCH_DELETE, name, NULL, &answer, e);
	if (r < 0 || !subject[0])
		return r;
	r = unlist(registry, subject, name, e);
	return r < 0 ? err_wrap(e, r, "%s is deleted, but not from the list under %s", name,
				subject)
		     : 0;
}

int registry_delete_blob(struct registry *registry, const char *digest, struct err *e)
{
	struct registry_answer answer;

	return ask(registry, FETCH_DELETE, digest, "blob", &answer, e);
}
