/*
 * Words of a Dockerfile instruction: split at space outside of quotes, then unquoted with
 * variables put in.
 *
 * Runs in: cli (engine).
 * See: Dockerfile reference, "Environment replacement"; buildkit
 * frontend/dockerfile/shell/lex.go.
 */
#ifndef HOY_SPEC_DOCKERFILE_WORD_H
#define HOY_SPEC_DOCKERFILE_WORD_H

#include "base/err.h"
#include "base/str.h"

/* Split; quotes and backslashes stay in the words. A quote that is not closed reaches to the
 * end. */
void dockerfile_split(const char *text, struct arena *arena, struct strv *ret);

/*
 * One word without its quotes and escapes; $NAME, ${NAME}, ${NAME:-word} and ${NAME:+word} are
 * looked up in `env`, except in single quotes. Lives in `arena`. Returns 0 or -EINVAL
 * ("unexpected end of statement while looking for matching double-quote").
 */
int dockerfile_expand(const char *word, const struct strv *env, struct arena *arena, char **ret,
		      struct err *e);

#endif
