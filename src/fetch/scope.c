/*
 * See scope.h.
 *
 * Runs in: fetch.
 */
#include "fetch/scope.h"

#include <stdlib.h>
#include <string.h>

enum { ACTIONS_MAX = 8 };

/* "repository:a/b" and "pull", "push". Borrowed from the lists. */
struct scope {
	const char *resource;
	size_t resource_len;
	const char *actions[ACTIONS_MAX];
	size_t action_lens[ACTIONS_MAX];
	size_t action_count;
};

static int text_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = strncmp(a, b, a_len < b_len ? a_len : b_len);

	return order ? order : (a_len > b_len) - (a_len < b_len);
}

static int scope_compare(const void *a, const void *b)
{
	const struct scope *x = a;
	const struct scope *y = b;

	return text_compare(x->resource, x->resource_len, y->resource, y->resource_len);
}

/* Into its place, unless it is there. */
static void add_action(struct scope *scope, const char *action, size_t len)
{
	size_t at = 0;

	for (; at < scope->action_count; at++) {
		int order =
			text_compare(action, len, scope->actions[at], scope->action_lens[at]);

		if (order == 0)
			return;
		if (order < 0)
			break;
	}
	if (scope->action_count == ACTIONS_MAX || len == 0)
		return;
	for (size_t i = scope->action_count++; i > at; i--) {
		scope->actions[i] = scope->actions[i - 1];
		scope->action_lens[i] = scope->action_lens[i - 1];
	}
	scope->actions[at] = action;
	scope->action_lens[at] = len;
}

static void add_scope(struct scope *scopes, size_t *count, const char *text, size_t len)
{
	const char *colon = memrchr(text, ':', len);
	struct scope *scope = NULL;
	const char *end = text + len;

	/* TYPE:NAME:ACTIONS, and the name may have a port in it. */
	if (!colon || colon == text || !memchr(text, ':', (size_t)(colon - text)))
		return;
	for (size_t i = 0; i < *count && !scope; i++)
		if (text_compare(scopes[i].resource, scopes[i].resource_len, text,
				 (size_t)(colon - text)) == 0)
			scope = &scopes[i];
	if (!scope) {
		if (*count == SCOPES_MAX)
			return;
		scope = &scopes[(*count)++];
		*scope = (struct scope){ .resource = text,
					 .resource_len = (size_t)(colon - text) };
	}
	for (const char *at = colon + 1; at < end;) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		size_t action_len = (size_t)((comma ? comma : end) - at);

		add_action(scope, at, action_len);
		at += action_len + 1;
	}
}

void scope_merge(const char *const *lists, struct str *out)
{
	struct scope scopes[SCOPES_MAX] = { 0 };
	size_t count = 0;

	for (; *lists; lists++) {
		if (strlen(*lists) > SCOPE_TEXT_MAX)
			continue;
		for (const char *at = *lists; *at;) {
			size_t len = strcspn(at, " ");

			add_scope(scopes, &count, at, len);
			at += len + strspn(at + len, " ");
		}
	}
	qsort(scopes, count, sizeof(scopes[0]), scope_compare);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			str_add_char(out, ' ');
		str_add_bytes(out, scopes[i].resource, scopes[i].resource_len);
		for (size_t k = 0; k < scopes[i].action_count; k++) {
			str_add_char(out, k == 0 ? ':' : ',');
			str_add_bytes(out, scopes[i].actions[k], scopes[i].action_lens[k]);
		}
	}
}
