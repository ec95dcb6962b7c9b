/*
 * See endpoint.h.
 *
 * Runs in: fetch.
 */
#include "fetch/endpoint.h"

#include <string.h>

#include "format/base64.h"

bool endpoint_has_credentials(const struct endpoint *endpoint)
{
	return endpoint->user || endpoint->identity || endpoint->token;
}

static const struct challenge *choose(const struct challenges *challenges)
{
	static const enum challenge_kind order[] = { CHALLENGE_BEARER, CHALLENGE_BASIC };

	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++)
		for (size_t i = 0; i < challenges->count; i++) {
			const struct challenge *c = &challenges->items[i];

			if (c->kind == order[k] && (c->kind == CHALLENGE_BASIC || c->realm))
				return c;
		}
	return NULL;
}

int endpoint_learn(struct endpoint *endpoint, const struct exchange *answer, struct err *e)
{
	struct challenges challenges = { 0 };
	struct arena arena = { 0 };
	const struct challenge *chosen;

	for (size_t i = 0; i < CHALLENGES_MAX; i++) {
		const char *value = exchange_header_at(answer, "WWW-Authenticate", i);

		if (!value)
			break;
		/* A header that is broken says nothing; others may. */
		(void)www_authenticate_parse(value, &arena, &challenges);
	}
	chosen = choose(&challenges);
	if (!chosen) {
		arena_done(&arena);
		return err_set(e, ERR_DENIED, -EACCES,
			       "it wants to know who asks, but in no way that we know");
	}
	arena_done(&endpoint->arena);
	endpoint->arena = arena;
	endpoint->kind = chosen->kind;
	endpoint->realm = chosen->realm;
	endpoint->service = chosen->service;
	endpoint->scope = chosen->scope;
	return 0;
}

void endpoint_basic(const struct endpoint *endpoint, struct str *out)
{
	AUTO_STR struct str plain = { 0 };

	if (!endpoint->user)
		return;
	str_printf(&plain, "%s:%s", endpoint->user,
		   endpoint->password ? endpoint->password : "");
	str_add(out, "Authorization: Basic ");
	base64_encode(str_text(&plain), plain.len, out);
}

void endpoint_done(struct endpoint *endpoint)
{
	trust_done(&endpoint->trust);
	arena_done(&endpoint->arena);
}
