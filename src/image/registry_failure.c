/*
 * See registry_failure.h.
 *
 * Runs in: cli (engine).
 */
#include "image/registry_failure.h"

#include <stdio.h>

#include "base/str.h"

enum { ERRNO_MAX = 4095 };

/* A sentence of somebody else's: printable, and a line break only before a hint. */
static void take_sentence(const char *text, struct err *e, enum err_kind kind, int code)
{
	char clean[ERR_TEXT_MAX];

	(void)snprintf(clean, sizeof(clean), "%s", text);
	for (char *c = clean; *c; c++)
		if (((unsigned char)*c < ' ' && !str_starts(c, "\nhint: ")) || *c == 0x7f)
			*c = '?';
	(void)err_set(e, kind, code, "%s", clean[0] ? clean : "it does not say why it failed");
}

int registry_failure(const struct fetch_frame *frame, struct err *e)
{
	int code = frame->head.code < 0 && frame->head.code >= -ERRNO_MAX ? frame->head.code
									  : -EIO;
	enum err_kind kind =
		frame->head.offset >= ERR_INTERNAL && frame->head.offset <= ERR_UNSUPPORTED
			? (enum err_kind)frame->head.offset
			: ERR_INTERNAL;

	take_sentence(fetch_text(frame, 0), e, kind, code);
	return code;
}
