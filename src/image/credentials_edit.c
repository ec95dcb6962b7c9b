/*
 * See credentials_edit.h.
 *
 * The document is walked and written again at the same time; scalars go over as they stand.
 *
 * Runs in: cli (engine).
 */
#include "image/credentials_edit.h"

#include <string.h>

#include "format/json.h"
#include "format/json_walk.h"
#include "image/credentials_file.h"
#include "image/credentials_key.h"

struct edit {
	struct json_walk walk;
	struct json_writer to;
	const struct credentials_change *change;
	struct arena *arena;
	bool was_there;
	bool is_done;
};

/* --- copying ------------------------------------------------------------------------------ */

/* NULL: no memory, which the arena remembers. */
static char *copy_key(struct edit *edit, const struct json_text *key)
{
	char *copy = NULL;

	/* No key has a NUL in it: json_scan refuses that. */
	(void)json_text_copy(key, edit->arena, &copy);
	return copy;
}

static void copy_value(struct edit *edit, const char *key);

static void copy_members(struct edit *edit)
{
	struct json_text key;

	json_enter(&edit->walk);
	while (json_next_member(&edit->walk, &key))
		copy_value(edit, copy_key(edit, &key));
}

static void copy_items(struct edit *edit)
{
	json_enter(&edit->walk);
	while (json_next_item(&edit->walk))
		copy_value(edit, NULL);
}

static void copy_value(struct edit *edit, const char *key)
{
	const char *from = edit->walk.at;
	const char *text;

	switch (json_kind(&edit->walk)) {
	case JSON_OBJECT:
		json_begin_object(&edit->to, key);
		copy_members(edit);
		json_end_object(&edit->to);
		break;
	case JSON_ARRAY:
		json_begin_array(&edit->to, key);
		copy_items(edit);
		json_end_array(&edit->to);
		break;
	default:
		json_skip(&edit->walk);
		text = arena_copy_bytes(edit->arena, from, (size_t)(edit->walk.at - from));
		json_write_raw(&edit->to, key, text ? text : "null");
		break;
	}
}

/* --- changing ----------------------------------------------------------------------------- */

static bool is_credential(const struct json_text *key)
{
	static const char *const names[] = { "auth", "username", "password", "identitytoken",
					     "registrytoken" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (json_text_is(key, names[i]))
			return true;
	return false;
}

static void begin_entry(struct edit *edit)
{
	json_begin_object(&edit->to, edit->change->key);
	if (edit->change->auth)
		json_write_text(&edit->to, "auth", edit->change->auth);
	if (edit->change->identity_token)
		json_write_text(&edit->to, "identitytoken", edit->change->identity_token);
	edit->is_done = true;
}

/* In place of the old entry, of which what is no credential stays. */
static void replace_entry(struct edit *edit)
{
	struct json_text key;

	edit->was_there = true;
	begin_entry(edit);
	if (json_kind(&edit->walk) == JSON_OBJECT) {
		json_enter(&edit->walk);
		while (json_next_member(&edit->walk, &key)) {
			if (is_credential(&key))
				json_skip(&edit->walk);
			else
				copy_value(edit, copy_key(edit, &key));
		}
	} else {
		json_skip(&edit->walk);
	}
	json_end_object(&edit->to);
}

static void edit_entry(struct edit *edit, const char *key)
{
	const struct reference *registry = edit->change->registry;
	unsigned int rank =
		registry ? credentials_key_rank(key, registry) : CREDENTIALS_KEY_NONE;

	if (edit->change->key && strcmp(key, edit->change->key) == 0) {
		replace_entry(edit);
	} else if (rank > CREDENTIALS_KEY_NONE && rank < CREDENTIALS_KEY_NAMESPACE) {
		edit->was_there = true;
		json_skip(&edit->walk);
	} else {
		copy_value(edit, key);
	}
}

static void add_entry(struct edit *edit)
{
	if (!edit->change->key || edit->is_done)
		return;
	begin_entry(edit);
	json_end_object(&edit->to);
}

static void edit_auths(struct edit *edit)
{
	struct json_text text;

	json_begin_object(&edit->to, "auths");
	if (json_kind(&edit->walk) == JSON_OBJECT) {
		json_enter(&edit->walk);
		while (json_next_member(&edit->walk, &text)) {
			char *key = copy_key(edit, &text);

			if (key)
				edit_entry(edit, key);
			else
				json_skip(&edit->walk);
		}
	} else {
		json_skip(&edit->walk);
	}
	add_entry(edit);
	json_end_object(&edit->to);
}

static void edit_document(struct edit *edit)
{
	struct json_text key;

	json_begin_object(&edit->to, NULL);
	json_enter(&edit->walk);
	while (json_next_member(&edit->walk, &key)) {
		if (json_text_is(&key, "auths"))
			edit_auths(edit);
		else
			copy_value(edit, copy_key(edit, &key));
	}
	if (edit->change->key && !edit->is_done) {
		json_begin_object(&edit->to, "auths");
		add_entry(edit);
		json_end_object(&edit->to);
	}
	json_end_object(&edit->to);
	str_add_char(edit->to.out, '\n');
}

int credentials_edit(const char *text, size_t len, const char *what,
		     const struct credentials_change *change, struct arena *arena,
		     struct str *out, bool *ret_was_there, struct err *e)
{
	struct edit edit = { .to = { .out = out, .indent = "\t" },
			     .change = change,
			     .arena = arena };
	int r;

	if (credentials_file_is_blank(text, len)) {
		text = "{}";
		len = strlen(text);
	}
	r = json_walk_begin(text, len, CREDENTIAL_FILE_MAX, what, &edit.walk, e);
	if (r < 0)
		return r;
	if (json_kind(&edit.walk) != JSON_OBJECT)
		return err_set(e, ERR_INVALID, -EINVAL, "%s: expected an object, found %s",
			       what, json_kind_text(json_kind(&edit.walk)));
	edit_document(&edit);
	if (arena_ok(arena) < 0 || str_ok(out) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "%s: no memory", what);
	*ret_was_there = edit.was_there;
	return 0;
}
