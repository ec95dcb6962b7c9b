/*
 * See registry_warning.h.
 *
 * Runs in: cli (engine).
 */
#include "image/registry_warning.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "format/text.h"

enum { HOST_CHARACTERS = 263, TEXT_CHARACTERS = 900 };

/* Printable, and with an ellipsis where it is longer than `max` characters. */
static void clean(const char *text, size_t max, struct str *out)
{
	AUTO_STR struct str printable = { 0 };

	text_printable(text, strlen(text), &printable);
	text_truncate(str_text(&printable), max, out);
}

void registry_warning_say(const struct fetch_frame *frame)
{
	AUTO_STR struct str host = { 0 };
	AUTO_STR struct str text = { 0 };

	clean(fetch_text(frame, 0), HOST_CHARACTERS, &host);
	clean(fetch_text(frame, 1), TEXT_CHARACTERS, &text);
	log_warn_once("registry %s warns: %s", str_text(&host), str_text(&text));
}
