/*
 * See warning.h.
 *
 * Runs in: fetch.
 */
#include "format/warning.h"

#include <stdbool.h>
#include <string.h>

enum { CODE_LEN = 3 };

/* "..." with backslashes at `at`. Behind it afterwards, NULL: it is none, or does not end. */
static const char *read_quoted(const char *at, struct str *out)
{
	if (*at != '"')
		return NULL;
	for (at++; *at != '"'; at++) {
		if (*at == '\\')
			at++;
		if (*at == '\0')
			return NULL;
		str_add_char(out, *at);
	}
	return at + 1;
}

/* CODE AGENT "TEXT" ["DATE"] at `at`. Behind it afterwards, NULL: it is malformed. */
static const char *read_one(const char *at, struct str *text, bool *ret_counts)
{
	AUTO_STR struct str date = { 0 };
	size_t agent_len;

	*ret_counts = str_starts(at, "299 - ");
	if (strspn(at, "0123456789") != CODE_LEN || at[CODE_LEN] != ' ')
		return NULL;
	at += CODE_LEN + 1;
	agent_len = strcspn(at, " \t\",");
	if (agent_len == 0 || at[agent_len] != ' ')
		return NULL;
	at = read_quoted(at + agent_len + 1, text);
	if (at && *at == ' ' && at[1] == '"') {
		*ret_counts = false;
		at = read_quoted(at + 1, &date);
	}
	return at;
}

int warning_parse(const char *value, struct arena *arena, struct strv *ret)
{
	const char *at = value + strspn(value, " \t,");

	if (strlen(value) > WARNING_HEADER_MAX)
		return 0;
	while (*at) {
		AUTO_STR struct str text = { 0 };
		bool counts;

		at = read_one(at, &text, &counts);
		at = at ? at + strspn(at, " \t") : NULL;
		if (!at || (*at && *at != ','))
			break;
		if (str_ok(&text) < 0)
			return str_ok(&text);
		if (counts && text.len > 0)
			strv_add(ret, arena, str_text(&text));
		at += strspn(at, " \t,");
	}
	return arena_ok(arena);
}
