/*
 * TOML, read into a tree: registries.conf and its fragments.
 *
 * All of TOML 1.0 but dates, which no file that hoy reads has: they are refused by name. The
 * text is valid UTF-8 without control characters, a key stands once, and a table is opened
 * once, so that two readers of one file cannot disagree about what it says.
 *
 * Each value knows its line, so that whoever finds it wrong can say where.
 *
 * Runs in: cli.
 * See: toml.io/en/v1.0.0.
 */
#ifndef HOY_FORMAT_TOML_H
#define HOY_FORMAT_TOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum {
	TOML_VALUES_MAX = 8192, /* of one document, tables included */
	TOML_DEPTH_MAX = 32	/* of arrays and tables in each other, and of parts of a key */
};

enum toml_kind { TOML_TEXT, TOML_INTEGER, TOML_FLOAT, TOML_BOOL, TOML_ARRAY, TOML_TABLE };

/* How a table or an array came to be, which decides what may be added to it later. */
enum toml_origin {
	TOML_BY_VALUE,	/* `key = ...`: complete as it stands */
	TOML_BY_PATH,	/* a part of [a.b.c] before the last: it may still be opened */
	TOML_BY_HEADER, /* [a] or [[a]] */
	TOML_BY_KEY	/* a part of `a.b = ...` before the last */
};

struct toml {
	enum toml_kind kind;
	enum toml_origin origin;
	unsigned int line; /* counted from 1 */
	const char *key;   /* NULL: the document itself, or an item of an array */
	const char *text;
	int64_t integer;
	double number;
	bool is_true;
	struct toml *first; /* of what is in a table or an array, in the document's order */
	struct toml *last;
	struct toml *next;
};

/*
 * Parse `len` bytes, at most `max`. `what` names the document in errors. Returns 0 with the
 * document's table, everything in `arena`; -EFBIG, -ENOMEM, or -EINVAL with "WHAT: line 3:
 * ...".
 */
int toml_parse(const char *text, size_t len, size_t max, const char *what, struct arena *arena,
	       const struct toml **ret, struct err *e);

/* The value of `key` in `table`, NULL when there is none. Borrowed. */
const struct toml *toml_get(const struct toml *table, const char *key);

/*
 * Values by type. An absent one leaves `ret` as it is and returns 0; another type gives -EINVAL
 * with "WHAT: line 3: KEY: expected a string, found an array". What is returned is borrowed.
 */
int toml_get_text(const struct toml *table, const char *key, const char *what, const char **ret,
		  struct err *e);
int toml_get_bool(const struct toml *table, const char *key, const char *what, bool *ret,
		  struct err *e);
int toml_get_table(const struct toml *table, const char *key, const char *what,
		   const struct toml **ret, struct err *e);
/* An array whose items are all of `kind`: walk it by ->first and ->next. */
int toml_get_array(const struct toml *table, const char *key, enum toml_kind kind,
		   const char *what, const struct toml **ret, struct err *e);

/* "WHAT: line N: <format>", N being the line of `value`. Returns -EINVAL. */
int toml_fail(const struct toml *value, const char *what, struct err *e, const char *format,
	      ...) __attribute__((format(printf, 4, 5)));

#endif
