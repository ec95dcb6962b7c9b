/*
 * See credentials_file.h.
 *
 * Runs in: cli (engine).
 */
#include "image/credentials_file.h"

#include <string.h>

#include "format/base64.h"
#include "image/credentials_key.h"

struct file_reader {
	const char *what;
	const struct reference *reference;
	struct arena *arena;
	struct credentials_found found;
	unsigned int auth_rank;	  /* of the key that found.credentials is of */
	unsigned int helper_rank; /* of found.helper_key */
	struct err *e;
};

bool credentials_are_empty(const struct registry_credentials *c)
{
	return !c->user && !c->password && !c->identity_token && !c->registry_token;
}

static int fail_kind(const char *path, const struct json_walk *walk, const char *wanted,
		     struct err *e)
{
	return err_set(e, ERR_INVALID, -EINVAL, "%s: expected %s, found %s", path, wanted,
		       json_kind_text(json_kind(walk)));
}

int credentials_take_text(struct json_walk *walk, const char *path, struct arena *arena,
			  char **ret, struct err *e)
{
	struct json_text text;
	char *copy = NULL;
	int r;

	*ret = NULL;
	if (json_kind(walk) == JSON_NULL) {
		json_skip(walk);
		return 0;
	}
	if (json_kind(walk) != JSON_STRING)
		return fail_kind(path, walk, "a string", e);
	json_take_text(walk, &text);
	if (text.len > CREDENTIAL_TEXT_MAX)
		return err_set(e, ERR_INVALID, -EFBIG, "%s: longer than %d bytes", path,
			       CREDENTIAL_TEXT_MAX);
	r = json_text_copy(&text, arena, &copy);
	if (r == -EINVAL)
		return err_set(e, ERR_INVALID, r, "%s: there is a NUL in it", path);
	if (r < 0)
		return err_set(e, ERR_INTERNAL, r, "%s: no memory", path);
	if (copy[0])
		*ret = copy;
	return 0;
}

/* --- one entry of auths ------------------------------------------------------------------- */

/* What goes into a header as it is must not end it. */
static bool is_token(const char *token)
{
	for (const char *c = token; *c; c++)
		if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f)
			return false;
	return true;
}

int credentials_check(const struct registry_credentials *c, const char *what, struct err *e)
{
	if ((c->identity_token && !is_token(c->identity_token)) ||
	    (c->registry_token && !is_token(c->registry_token)))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "%s: a token has visible ASCII characters only", what);
	if (c->user && strchr(c->user, ':'))
		return err_set(e, ERR_INVALID, -EINVAL, "%s: a user's name has no colon", what);
	return 0;
}

/* USER:PASSWORD in base64; docker pads passwords with NULs, or did. */
static int decode_auth(const char *path, const char *auth, struct arena *arena,
		       struct registry_credentials *ret, struct err *e)
{
	AUTO_STR struct str plain = { .is_secret = true };
	const char *colon;
	size_t len;

	if (base64_decode(auth, &plain) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "%s: not base64", path);
	for (len = plain.len; len > 0 && plain.data[len - 1] == '\0';)
		len--;
	colon = len > 0 ? memchr(plain.data, ':', len) : NULL;
	if (!colon || memchr(plain.data, '\0', len))
		return err_set(e, ERR_INVALID, -EINVAL, "%s: not USER:PASSWORD in base64",
			       path);
	ret->user = arena_copy_bytes(arena, plain.data, (size_t)(colon - plain.data));
	ret->password = arena_copy(arena, colon + 1);
	return ret->user && ret->password && str_ok(&plain) == 0
		       ? 0
		       : err_set(e, ERR_INTERNAL, -ENOMEM, "%s: no memory", path);
}

/* A member of an entry: where its text goes, NULL when it is none of ours. */
static char **entry_field(const struct json_text *key, char **auth,
			  struct registry_credentials *c)
{
	if (json_text_is(key, "auth"))
		return auth;
	if (json_text_is(key, "username"))
		return &c->user;
	if (json_text_is(key, "password"))
		return &c->password;
	if (json_text_is(key, "identitytoken"))
		return &c->identity_token;
	return json_text_is(key, "registrytoken") ? &c->registry_token : NULL;
}

static int read_entry(struct file_reader *in, struct json_walk *walk, const char *path,
		      struct registry_credentials *ret)
{
	struct registry_credentials c = { 0 };
	struct json_text key;
	char *auth = NULL;
	int r = 0;

	if (json_kind(walk) != JSON_OBJECT)
		return fail_kind(path, walk, "an object", in->e);
	json_enter(walk);
	while (r == 0 && json_next_member(walk, &key)) {
		char **field = entry_field(&key, &auth, &c);

		if (field)
			r = credentials_take_text(walk, path, in->arena, field, in->e);
		else
			json_skip(walk);
	}
	if (r == 0 && auth)
		r = decode_auth(path, auth, in->arena, &c, in->e);
	if (r == 0)
		r = credentials_check(&c, path, in->e);
	if (r == 0)
		*ret = c;
	return r;
}

/* An entry without anything in it only says that a helper has it: another one may know more. */
static int read_auth(struct file_reader *in, struct json_walk *walk, const char *key,
		     const char *path)
{
	unsigned int rank = credentials_key_rank(key, in->reference);
	struct registry_credentials c;
	int r;

	if (rank <= in->auth_rank) {
		json_skip(walk);
		return 0;
	}
	r = read_entry(in, walk, path, &c);
	if (r < 0 || credentials_are_empty(&c))
		return r;
	in->found.credentials = c;
	in->found.is_for_namespace = rank > CREDENTIALS_KEY_NAMESPACE;
	in->auth_rank = rank;
	return 0;
}

/* --- helpers ------------------------------------------------------------------------------ */

static int read_helper(struct file_reader *in, struct json_walk *walk, const char *key,
		       const char *path)
{
	unsigned int rank = credentials_key_rank(key, in->reference);
	char *helper = NULL;
	int r;

	if (rank <= in->helper_rank || rank >= CREDENTIALS_KEY_NAMESPACE) {
		json_skip(walk);
		return 0;
	}
	r = credentials_take_text(walk, path, in->arena, &helper, in->e);
	if (r < 0 || !helper)
		return r;
	in->helper_rank = rank;
	in->found.helper = helper;
	in->found.helper_key = arena_copy(in->arena, key);
	return in->found.helper_key ? 0 : -ENOMEM;
}

/* --- the file ----------------------------------------------------------------------------- */

typedef int member_reader(struct file_reader *in, struct json_walk *walk, const char *key,
			  const char *path);

/* Each member of the object `name`. */
static int read_members(struct file_reader *in, struct json_walk *walk, const char *name,
			member_reader *reader)
{
	const char *path = arena_printf(in->arena, "%s: %s", in->what, name);
	struct json_text text;
	int r = 0;

	if (!path)
		return -ENOMEM;
	if (json_kind(walk) == JSON_NULL) {
		json_skip(walk);
		return 0;
	}
	if (json_kind(walk) != JSON_OBJECT)
		return fail_kind(path, walk, "an object", in->e);
	json_enter(walk);
	while (r == 0 && json_next_member(walk, &text)) {
		char *key = NULL;

		r = json_text_copy(&text, in->arena, &key);
		path = arena_printf(in->arena, "%s: %s.%s", in->what, name, key ? key : "");
		if (r == 0)
			r = path ? reader(in, walk, key, path) : -ENOMEM;
	}
	return r;
}

static int read_document(struct file_reader *in, struct json_walk *walk)
{
	struct json_text key;
	int r = 0;

	if (json_kind(walk) != JSON_OBJECT)
		return fail_kind(in->what, walk, "an object", in->e);
	json_enter(walk);
	while (r == 0 && json_next_member(walk, &key)) {
		if (json_text_is(&key, "auths"))
			r = read_members(in, walk, "auths", read_auth);
		else if (json_text_is(&key, "credHelpers"))
			r = read_members(in, walk, "credHelpers", read_helper);
		else if (json_text_is(&key, "credsStore"))
			r = credentials_take_text(
				walk, arena_printf(in->arena, "%s: credsStore", in->what),
				in->arena, &in->found.store, in->e);
		else
			json_skip(walk);
	}
	return r;
}

bool credentials_file_is_blank(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr(" \t\r\n", text[i]) || text[i] == '\0')
			return false;
	return true;
}

int credentials_file_read(const char *text, size_t len, const char *what,
			  const struct reference *reference, struct arena *arena,
			  struct credentials_found *ret, struct err *e)
{
	struct file_reader in = {
		.what = what, .reference = reference, .arena = arena, .e = e
	};
	struct json_walk walk;
	int r = 0;

	if (!credentials_file_is_blank(text, len)) {
		r = json_walk_begin(text, len, CREDENTIAL_FILE_MAX, what, &walk, e);
		if (r == 0)
			r = read_document(&in, &walk);
	}
	if (r == -ENOMEM || arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "%s: no memory", what);
	if (r == 0)
		*ret = in.found;
	return r;
}
