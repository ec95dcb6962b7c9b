/*
 * See err.h.
 *
 * Runs in: every program.
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void err_put(struct err *e, const char *before, const char *between, const char *after)
{
	char text[ERR_TEXT_MAX];

	(void)snprintf(text, sizeof(text), "%s%s%s", before, between, after);
	memcpy(e->text, text, sizeof(e->text));
}

int err_set(struct err *e, enum err_kind kind, int r, const char *format, ...)
{
	char said[ERR_TEXT_MAX];
	va_list args;

	if (!e)
		return r;
	va_start(args, format);
	(void)vsnprintf(said, sizeof(said), format, args);
	va_end(args);
	e->kind = kind;
	e->code = r;
	err_put(e, said, "", "");
	return r;
}

int err_sys(struct err *e, int error, const char *format, ...)
{
	int number = error < 0 ? -error : error;
	char said[ERR_TEXT_MAX];
	va_list args;

	if (!e)
		return -number;
	va_start(args, format);
	(void)vsnprintf(said, sizeof(said), format, args);
	va_end(args);
	e->kind = number == EACCES || number == EPERM ? ERR_DENIED : ERR_INTERNAL;
	e->code = -number;
	err_put(e, said, ": ", strerror(number));
	return -number;
}

int err_wrap(struct err *e, int r, const char *format, ...)
{
	char said[ERR_TEXT_MAX];
	char before[ERR_TEXT_MAX];
	va_list args;

	if (!e)
		return r;
	va_start(args, format);
	(void)vsnprintf(said, sizeof(said), format, args);
	va_end(args);
	memcpy(before, e->text, sizeof(before));
	if (e->kind == ERR_NONE)
		e->kind = ERR_INTERNAL;
	e->code = r;
	if (before[0] == '\0')
		err_put(e, said, ": ", strerror(r < 0 ? -r : r));
	else
		err_put(e, said, ": ", before);
	return r;
}

int err_hint(struct err *e, int r, const char *format, ...)
{
	char said[ERR_TEXT_MAX];
	char before[ERR_TEXT_MAX];
	va_list args;

	if (!e)
		return r;
	va_start(args, format);
	(void)vsnprintf(said, sizeof(said), format, args);
	va_end(args);
	memcpy(before, e->text, sizeof(before));
	err_put(e, before, "\nhint: ", said);
	return r;
}
