/*
 * What the two halves of the TOML reader share: toml.c reads lines, keys and tables,
 * toml_value.c what stands behind a key.
 *
 * Runs in: cli.
 */
#ifndef HOY_FORMAT_TOML_READ_H
#define HOY_FORMAT_TOML_READ_H

#include "format/toml.h"

struct toml_reader {
	const char *at;
	const char *end;
	const char *what;
	unsigned int line;
	size_t values;
	int depth;
	struct arena *arena;
	struct err *e;
};

/* "WHAT: line N: SENTENCE", N being the line that is read. Returns -EINVAL. */
int toml_reader_fail(const struct toml_reader *in, const char *sentence);
/* The character at `at`, '\0' at the end: a document has none. */
char toml_peek(const struct toml_reader *in);
/* Go past `c` if it is next. */
bool toml_take(struct toml_reader *in, char c);
/* Go past a line's end (LF or CR LF) if it is next, and keep it in `out`; NULL: not wanted. */
bool toml_take_newline(struct toml_reader *in, struct str *out);
void toml_skip_blanks(struct toml_reader *in); /* spaces and tabs */
/* Blanks, a comment, and the line's end, which must be there. */
int toml_end_line(struct toml_reader *in);
/* Blanks, comments and line ends, as many as there are. */
int toml_skip_lines(struct toml_reader *in);

/* A new value of `parent`, NULL with a sentence said when there are too many. */
struct toml *toml_add(struct toml_reader *in, struct toml *parent, enum toml_kind kind,
		      const char *key);
/* `a.b = value` into `table`, without the line's end. */
int toml_read_assignment(struct toml_reader *in, struct toml *table);
/* A string of one line, at its quote. In the arena. */
int toml_read_string(struct toml_reader *in, const char **ret);
/* What stands behind a key, into `ret`, which toml_add made. */
int toml_read_value(struct toml_reader *in, struct toml *ret);

#endif
