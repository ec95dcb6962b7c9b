/*
 * See remote.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/remote.h"

#include <string.h>

#include "base/interrupt.h"
#include "image/registry.h"
#include "image/registry_config.h"

/* --- reading ------------------------------------------------------------------------------ */

struct reading {
	int (*read)(struct reading *reading, struct registry *registry,
		    const struct reference *reference, struct err *e);
	const char *artifact_type;
	struct arena *arena;
	struct strv tags;
	struct registry_referrers referrers;
};

static int read_at(struct reading *reading, const struct reference *reference,
		   const struct interrupt *interrupt, struct err *e)
{
	const struct registry_request open = { .reference = reference,
					       .purpose = REGISTRY_LIST,
					       .interrupt_fd = interrupt->fd };
	AUTO_REGISTRY struct registry *registry = NULL;
	int r = registry_open(&open, &registry, e);

	return r < 0 ? r : reading->read(reading, registry, reference, e);
}

/* Of each that the name may mean, until one is there. */
static int read_any(struct reading *reading, const char *name, struct err *e)
{
	AUTO_INTERRUPT struct interrupt interrupt = { .fd = -EBADF };
	AUTO_ARENA struct arena arena = { 0 };
	struct registry_config config = { 0 };
	struct reference *candidates;
	size_t count;
	int r = registry_config_load(&arena, &config, e);

	if (r == 0)
		r = registry_candidates(&config, name, &arena, &candidates, &count, e);
	if (r < 0)
		return r;
	interrupt_begin(&interrupt);
	r = -ENOENT;
	for (size_t i = 0; i < count && r == -ENOENT; i++) {
		*e = (struct err){ 0 };
		r = read_at(reading, &candidates[i], &interrupt, e);
	}
	return r;
}

static int read_tags(struct reading *reading, struct registry *registry,
		     const struct reference *reference, struct err *e)
{
	(void)reference;
	return registry_tags(registry, reading->arena, &reading->tags, e);
}

int remote_tags(const char *name, struct arena *arena, struct strv *ret, struct err *e)
{
	struct reading reading = { .read = read_tags, .arena = arena };
	struct reference reference;
	int r = reference_parse(name, &reference, e);

	if (r == 0 && !reference_is_name_only(name))
		r = err_set(e, ERR_INVALID, -EINVAL,
			    "%s has a tag or a digest: a repository is needed", name);
	if (r == 0)
		r = read_any(&reading, name, e);
	if (r == 0)
		*ret = reading.tags;
	return r;
}

/* The digest of the manifest that is there under a tag. */
static int find_digest(struct registry *registry, const char *tag, char ret[DIGEST_SIZE],
		       struct err *e)
{
	struct registry_document document = { 0 };
	struct registry_head head;
	int r = registry_head(registry, tag, &head, e);

	if (r < 0 || head.digest[0])
		return r < 0 ? r : str_copy(ret, DIGEST_SIZE, head.digest);
	r = registry_manifest(registry, tag, &document, e);
	if (r == 0)
		r = str_copy(ret, DIGEST_SIZE, document.digest);
	registry_document_done(&document);
	return r;
}

static int read_referrers(struct reading *reading, struct registry *registry,
			  const struct reference *reference, struct err *e)
{
	char digest[DIGEST_SIZE];
	int r = reference->digest[0] ? str_copy(digest, sizeof(digest), reference->digest)
				     : find_digest(registry, reference->tag, digest, e);

	return r < 0 ? r
		     : registry_referrers(registry, digest, reading->artifact_type,
					  reading->arena, &reading->referrers, e);
}

int remote_referrers(const char *name, const char *artifact_type, struct arena *arena,
		     struct image_index *ret, struct err *e)
{
	struct reading reading = { .read = read_referrers,
				   .artifact_type = artifact_type,
				   .arena = arena };
	int r = read_any(&reading, name, e);

	if (r == 0)
		*ret = reading.referrers.index;
	return r;
}

/* --- deleting ----------------------------------------------------------------------------- */

/* The tag cannot go by itself: what can, and what that would mean. */
static int hint_digest(struct registry *registry, const struct reference *reference, int r,
		       struct err *e)
{
	char familiar[REFERENCE_SIZE * 2];
	char digest[DIGEST_SIZE];
	struct err why = { 0 };

	if (find_digest(registry, reference->tag, digest, &why) < 0)
		return r;
	reference_familiar_name(reference, familiar);
	return err_hint(e, r,
			"hoy registry rm %s@%s deletes the manifest, and with it every tag "
			"that it has",
			familiar, digest);
}

static int check_removal(const char *name, struct reference *ret, struct err *e)
{
	int r = reference_parse(name, ret, e);

	if (r == 0 && reference_is_name_only(name))
		r = err_set(e, ERR_INVALID, -EINVAL,
			    "%s has neither a tag nor a digest: say which is to be deleted",
			    name);
	if (r == 0 && ret->tag[0] && ret->digest[0])
		r = err_set(e, ERR_INVALID, -EINVAL,
			    "%s has a tag and a digest: say which is to be deleted", name);
	return r;
}

static int remove_named(struct registry *registry, const struct reference *reference,
			struct err *e)
{
	int r = registry_delete(registry,
				reference->digest[0] ? reference->digest : reference->tag, e);

	return r == -EOPNOTSUPP && reference->tag[0] ? hint_digest(registry, reference, r, e)
						     : r;
}

static int remove_blob(struct registry *registry, const struct reference *reference,
		       struct err *e)
{
	return registry_delete_blob(registry, reference->digest, e);
}

static int remove_at(const struct reference *reference,
		     int (*deletion)(struct registry *registry,
				     const struct reference *reference, struct err *e),
		     struct err *e)
{
	AUTO_INTERRUPT struct interrupt interrupt = { .fd = -EBADF };
	AUTO_REGISTRY struct registry *registry = NULL;
	struct registry_request open = { .reference = reference, .purpose = REGISTRY_DELETE };
	int r;

	interrupt_begin(&interrupt);
	open.interrupt_fd = interrupt.fd;
	r = registry_open(&open, &registry, e);
	return r < 0 ? r : deletion(registry, reference, e);
}

int remote_remove(const char *name, struct err *e)
{
	struct reference reference;
	int r = check_removal(name, &reference, e);

	return r < 0 ? r : remove_at(&reference, remove_named, e);
}

int remote_remove_blob(const char *name, struct err *e)
{
	struct reference reference;
	int r = check_removal(name, &reference, e);

	if (r == 0 && !reference.digest[0])
		r = err_set(e, ERR_INVALID, -EINVAL,
			    "%s has no digest, which is the name of a blob", name);
	return r < 0 ? r : remove_at(&reference, remove_blob, e);
}
