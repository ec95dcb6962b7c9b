/*
 * See token.h.
 *
 * Runs in: fetch.
 */
#include "fetch/token.h"

#include <stdlib.h>
#include <string.h>

#include "fetch/limits.h"
#include "format/json.h"

enum { LASTS_S = 60, MARGIN_S = 10, LASTS_MAX_S = 24 * 3600 };

static const char client_id[] = "hoy";

/* --- the ones we have -------------------------------------------------------------------- */

/* Its number, and whether it was taken, stay. */
static void token_free(struct token *token)
{
	free(token->scope);
	free(token->text);
	token->endpoint = NULL;
	token->scope = token->text = NULL;
}

static bool is_token(const struct token *token, const struct endpoint *endpoint,
		     const char *scope)
{
	return token->endpoint == endpoint && strcmp(token->scope, scope) == 0;
}

static struct token *numbered(struct tokens *tokens, uint64_t number)
{
	struct token *token = &tokens->items[number % TOKENS_MAX];

	return number > 0 && token->number == number ? token : NULL;
}

const struct token *token_find(const struct tokens *tokens, const struct endpoint *endpoint,
			       const char *scope, uint64_t now_ns)
{
	for (size_t i = 0; i < TOKENS_MAX; i++)
		if (is_token(&tokens->items[i], endpoint, scope) &&
		    tokens->items[i].expires_ns > now_ns)
			return &tokens->items[i];
	return NULL;
}

void token_taken(struct tokens *tokens, uint64_t number)
{
	struct token *token = numbered(tokens, number);

	if (token)
		token->was_taken = true;
}

bool token_drop(struct tokens *tokens, uint64_t number)
{
	struct token *token = numbered(tokens, number);

	if (!token)
		return false;
	token_free(token);
	return token->was_taken;
}

int token_keep(struct tokens *tokens, const struct endpoint *endpoint, const char *scope,
	       const char *text, uint64_t expires_ns, uint64_t *ret_number)
{
	uint64_t number = ++tokens->count;
	struct token *token = &tokens->items[number % TOKENS_MAX];

	for (size_t i = 0; i < TOKENS_MAX; i++)
		if (is_token(&tokens->items[i], endpoint, scope))
			token_free(&tokens->items[i]);
	token_free(token);
	token->number = number;
	token->was_taken = false;
	token->scope = strdup(scope);
	token->text = strdup(text);
	if (!token->scope || !token->text) {
		token_free(token);
		return -ENOMEM;
	}
	token->endpoint = endpoint;
	token->expires_ns = expires_ns;
	*ret_number = number;
	return 0;
}

void tokens_done(struct tokens *tokens)
{
	for (size_t i = 0; i < TOKENS_MAX; i++)
		token_free(&tokens->items[i]);
}

/* --- asking for one ---------------------------------------------------------------------- */

/* May what identifies us be sent to the realm? */
static int check_realm(const struct endpoint *endpoint, struct err *e)
{
	struct origin realm;
	int r = origin_of(endpoint->realm, &realm, e);

	if (r < 0)
		return err_wrap(e, r, "the address of its token service");
	if (realm.is_https ||
	    (!endpoint->origin.is_https &&
	     (strcmp(realm.host, endpoint->origin.host) == 0 || origin_is_loopback(&realm))))
		return 0;
	return err_set(e, ERR_DENIED, -EACCES,
		       "its token service %.200s is not asked: it would be in plain text",
		       endpoint->realm);
}

static void add_scopes(const char *scope, struct str *to,
		       void (*add)(struct str *, const char *, const char *))
{
	AUTO_STR struct str one = { 0 };

	while (*scope) {
		size_t len = strcspn(scope, " ");

		str_clear(&one);
		str_add_bytes(&one, scope, len);
		add(to, "scope", str_text(&one));
		scope += len + strspn(scope + len, " ");
	}
}

/* With an identity token: OAuth 2, all scopes in one field. */
static void make_post(const struct endpoint *endpoint, const char *scope,
		      struct token_request *ret)
{
	ret->method = "POST";
	str_add(&ret->url, endpoint->realm);
	url_add_field(&ret->form, "grant_type", "refresh_token");
	url_add_field(&ret->form, "refresh_token", endpoint->identity);
	url_add_field(&ret->form, "client_id", client_id);
	url_add_field(&ret->form, "access_type", "offline");
	if (endpoint->service)
		url_add_field(&ret->form, "service", endpoint->service);
	if (scope[0])
		url_add_field(&ret->form, "scope", scope);
}

static void make_get(const struct endpoint *endpoint, const char *scope, bool wants_identity,
		     struct token_request *ret)
{
	ret->method = "GET";
	str_add(&ret->url, endpoint->realm);
	if (endpoint->service)
		url_add_query(&ret->url, "service", endpoint->service);
	add_scopes(scope, &ret->url, url_add_query);
	if (wants_identity) {
		url_add_query(&ret->url, "offline_token", "true");
		url_add_query(&ret->url, "client_id", client_id);
	}
	if (endpoint->user)
		url_add_query(&ret->url, "account", endpoint->user);
	endpoint_basic(endpoint, &ret->secret);
}

int token_request_make(const struct endpoint *endpoint, const char *scope, bool wants_identity,
		       struct token_request *ret, struct err *e)
{
	int r = check_realm(endpoint, e);

	if (r < 0)
		return r;
	*ret = (struct token_request){ 0 };
	if (endpoint->identity)
		make_post(endpoint, scope, ret);
	else
		make_get(endpoint, scope, wants_identity, ret);
	if (str_ok(&ret->url) < 0 || str_ok(&ret->form) < 0 || str_ok(&ret->secret) < 0) {
		token_request_done(ret);
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	}
	return 0;
}

void token_request_done(struct token_request *request)
{
	str_done(&request->url);
	str_done(&request->form);
	str_done(&request->secret);
}

/* --- what comes back --------------------------------------------------------------------- */

/* It becomes part of a header: nothing that could end one. */
static bool is_usable(const char *token)
{
	size_t len = 0;

	for (; token[len]; len++)
		if (token[len] <= ' ' || token[len] > '~')
			return false;
	return len > 0 && len <= LIMIT_TOKEN;
}

static int read_answer(struct json_object *root, struct arena *arena, struct token_answer *ret,
		       struct err *e)
{
	struct token_answer answer = { .lasts_s = LASTS_S };
	char *access = NULL;
	int r = json_get_string(root, "", "token", arena, &answer.token, e);

	if (r == 0)
		r = json_get_string(root, "", "access_token", arena, &access, e);
	if (r == 0)
		r = json_get_string(root, "", "refresh_token", arena, &answer.identity, e);
	if (r == 0)
		r = json_get_u64(root, "", "expires_in", INT64_MAX, &answer.lasts_s, e);
	if (r < 0)
		return r;
	if (!answer.token)
		answer.token = access;
	if (!answer.token || !is_usable(answer.token))
		return err_set(e, ERR_INVALID, -EINVAL, "there is no usable token in it");
	if (answer.identity && !is_usable(answer.identity))
		answer.identity = NULL;
	/* The specification's least, where a service says less. */
	if (answer.lasts_s < LASTS_S)
		answer.lasts_s = LASTS_S;
	if (answer.lasts_s > LASTS_MAX_S)
		answer.lasts_s = LASTS_MAX_S;
	answer.lasts_s -= MARGIN_S;
	*ret = answer;
	return 0;
}

int token_answer_parse(const char *json, size_t len, struct arena *arena,
		       struct token_answer *ret, struct err *e)
{
	AUTO_JSON struct json_object *root = NULL;
	int r = json_parse(json, len, LIMIT_TOKEN_BODY, "token", &root, e);

	if (r == 0 && !json_object_is_type(root, json_type_object))
		r = err_set(e, ERR_INVALID, -EINVAL, "token: expected an object");
	return r < 0 ? r : read_answer(root, arena, ret, e);
}
