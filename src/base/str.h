/*
 * Text that grows, lists of text, an arena for objects that die together, and numbers parsed
 * whole.
 *
 * Nothing here aborts when memory runs out: a `struct str` remembers the failure and every
 * later append does nothing, so that it is checked once, at the end (`str_ok`). An arena does
 * the same (`arena_ok`), and its functions then return NULL.
 *
 * Runs in: every program.
 */
#ifndef HOY_BASE_STR_H
#define HOY_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text that grows. Zeroed memory is an empty one. `data` is NULL or NUL-terminated. */
struct str {
	char *data;
	size_t len;
	size_t room;
	bool is_broken; /* memory ran out; the content is not to be used */
	/* set before anything is added: memory is overwritten before it is given back, also
	 * what is outgrown. Not for what is formatted: printf keeps pieces on its stack */
	bool is_secret;
};

#define AUTO_STR __attribute__((cleanup(str_done)))

void str_done(struct str *s);
void str_add(struct str *s, const char *text);
void str_add_bytes(struct str *s, const void *data, size_t len);
void str_add_char(struct str *s, char c);
void str_printf(struct str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Empty it, keep the memory. */
void str_clear(struct str *s);
/* The text, "" when nothing was added. Borrowed. */
const char *str_text(const struct str *s);
/* 0 or -ENOMEM. */
int str_ok(const struct str *s);
/* Give the heap memory away (never NULL unless broken); the `str` is empty afterwards. */
char *str_take(struct str *s);

bool str_starts(const char *text, const char *prefix);
bool str_ends(const char *text, const char *suffix);
static inline bool str_is_empty(const char *text)
{
	return !text || text[0] == '\0';
}
bool str_equal(const char *a, const char *b); /* NULL equals only NULL */

/* Copy into a fixed buffer: 0, or -ENAMETOOLONG and an empty text. */
int str_copy(char *to, size_t size, const char *from);

/*
 * Memory for objects that die together: everything that hangs on a parsed spec, record or
 * request. Zeroed memory is an empty arena. What it returns is zeroed, aligned for any type,
 * and lives until arena_done().
 */
struct arena {
	struct arena_block *blocks;
	bool is_broken;
	bool is_secret; /* memory is overwritten before it is given back */
};

#define AUTO_ARENA __attribute__((cleanup(arena_done)))

void arena_done(struct arena *arena);
void *arena_alloc(struct arena *arena, size_t size);
void *arena_array(struct arena *arena, size_t count, size_t size); /* NULL also on overflow */
char *arena_copy(struct arena *arena, const char *text);	   /* NULL stays NULL */
/* with a NUL behind it */
char *arena_copy_bytes(struct arena *arena, const void *data, size_t len);
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int arena_ok(const struct arena *arena); /* 0 or -ENOMEM */

/* A list of texts in an arena. `items` has a NULL after the last one, as execve(2) likes it. */
struct strv {
	char **items;
	size_t count;
	size_t room;
};

/* Append a copy of `text`. Does nothing when the arena is broken. */
void strv_add(struct strv *v, struct arena *arena, const char *text);
/* Append without copying the text. */
void strv_add_borrowed(struct strv *v, struct arena *arena, const char *text);
bool strv_has(const struct strv *v, const char *text);
/* The value of NAME in a list of NAME=value, or NULL. Borrowed. */
const char *strv_env_get(const struct strv *v, const char *name);
/* Set NAME=value ("NAME=value" given whole), replacing an earlier one of the same name in
 * place. */
void strv_env_set(struct strv *v, struct arena *arena, const char *assignment);

/*
 * Numbers, the whole text or nothing: no sign, no space, no prefix, no rest. 0, -EINVAL (not a
 * number), or -ERANGE (not in [min, max]).
 */
int parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret);
/* a leading '-' is allowed */
int parse_i64(const char *text, int64_t min, int64_t max, int64_t *ret);
int parse_octal(const char *text, uint64_t max, uint64_t *ret);

#endif
