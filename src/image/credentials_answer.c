/*
 * What a credential helper prints when it is asked: see credentials_helper.h.
 *
 * Runs in: cli (engine).
 */
#include <string.h>

#include "image/credentials_file.h"
#include "image/credentials_helper.h"

int credentials_answer_read(const char *text, size_t len, const char *what, struct arena *arena,
			    struct registry_credentials *ret, struct err *e)
{
	struct json_walk walk;
	struct json_text key;
	char *secret = NULL;
	char *user = NULL;
	int r = json_walk_begin(text, len, CREDENTIAL_TEXT_MAX, what, &walk, e);

	if (r < 0)
		return r;
	if (json_kind(&walk) != JSON_OBJECT)
		return err_set(e, ERR_INVALID, -EINVAL, "%s: expected an object, found %s",
			       what, json_kind_text(json_kind(&walk)));
	json_enter(&walk);
	while (r == 0 && json_next_member(&walk, &key)) {
		if (json_text_is(&key, "Username"))
			r = credentials_take_text(&walk, what, arena, &user, e);
		else if (json_text_is(&key, "Secret"))
			r = credentials_take_text(&walk, what, arena, &secret, e);
		else
			json_skip(&walk);
	}
	if (r < 0)
		return r;
	*ret = (struct registry_credentials){ 0 };
	if (str_equal(user, "<token>"))
		ret->identity_token = secret;
	else if (secret)
		*ret = (struct registry_credentials){ .user = user ? user
								   : arena_copy(arena, ""),
						      .password = secret };
	return credentials_check(ret, what, e);
}
