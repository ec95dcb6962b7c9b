/*
 * See warnings.h.
 *
 * Runs in: fetch.
 */
#include "fetch/warnings.h"

#include <string.h>

#include "fetch/exchange.h"
#include "format/warning.h"

void warnings_done(struct warnings *warnings)
{
	arena_done(&warnings->arena);
	*warnings = (struct warnings){ 0 };
}

static bool is_known(const struct warnings *warnings, const char *host, const char *text)
{
	for (size_t i = 0; i < warnings->count; i++)
		if (strcmp(warnings->items[i].host, host) == 0 &&
		    strcmp(warnings->items[i].text, text) == 0)
			return true;
	return false;
}

void warnings_add(struct warnings *warnings, const char *host, const char *text)
{
	struct warning warning;

	if (warnings->count == WARNINGS_MAX ||
	    strlen(text) > WARNINGS_BYTES - warnings->bytes || is_known(warnings, host, text))
		return;
	warning.host = arena_copy(&warnings->arena, host);
	warning.text = arena_copy(&warnings->arena, text);
	if (!warning.host || !warning.text)
		return;
	warnings->items[warnings->count++] = warning;
	warnings->bytes += strlen(text);
}

void warnings_take(struct warnings *warnings, const struct exchange *exchange)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv texts = { 0 };
	char host[HOST_SIZE + 8];
	const char *value;

	if (!exchange_is_at_home(exchange))
		return;
	for (size_t n = 0; (value = exchange_header_at(exchange, "Warning", n)); n++)
		(void)warning_parse(value, &arena, &texts);
	origin_text(&exchange->home, host);
	for (size_t i = 0; i < texts.count; i++)
		warnings_add(warnings, host, texts.items[i]);
}
