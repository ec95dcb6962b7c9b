/*
 * Looking credentials up: see credentials.h.
 *
 * Runs in: cli (engine).
 */
#include "image/credentials.h"

#include <fcntl.h>

#include "base/log.h"
#include "image/credentials_file.h"
#include "image/credentials_helper.h"
#include "image/credentials_places.h"

/* A helper of the registry's own is the only one asked; a namespace's entry is closer than what
 * a store has for the whole registry; the store is asked before the registry's entry is read. */
static int resolve(const struct credentials_found *found, const struct reference *reference,
		   struct arena *arena, struct registry_credentials *ret, struct err *e)
{
	int r;

	if (found->helper)
		return credentials_helper_get(found->helper, found->helper_key, arena, ret, e);
	*ret = found->credentials;
	if (found->is_for_namespace || !found->store)
		return 0;
	r = credentials_helper_get(found->store, credentials_key(reference->registry), arena,
				   ret, e);
	if (r == 0 && credentials_are_empty(ret))
		*ret = found->credentials;
	return r;
}

static int find_in(const char *path, const struct reference *reference, struct arena *arena,
		   struct registry_credentials *ret, struct err *e)
{
	AUTO_STR struct str text = { .is_secret = true };
	struct credentials_found found;
	int r = credentials_read_place(AT_FDCWD, path, path, &text, e);

	if (r == -ENOENT)
		return 0;
	if (r == -EACCES) {
		/* As when HOME is still another user's; what is public needs no credentials. */
		log_warn("%s: no credentials are taken from it", e ? e->text : path);
		if (e)
			*e = (struct err){ 0 };
		return 0;
	}
	if (r == 0)
		r = credentials_file_read(str_text(&text), text.len, path, reference, arena,
					  &found, e);
	if (r < 0)
		return r;
	r = resolve(&found, reference, arena, ret, e);
	return r < 0 ? err_wrap(e, r, "%s", path) : 0;
}

int credentials_find(const struct reference *reference, struct arena *arena,
		     struct registry_credentials *ret, struct err *e)
{
	const char *places[CREDENTIALS_PLACES_MAX];
	size_t count = credentials_places(arena, places);
	struct registry_credentials found = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < count && credentials_are_empty(&found); i++)
		r = find_in(places[i], reference, arena, &found, e);
	if (r == 0)
		*ret = found;
	return r;
}
