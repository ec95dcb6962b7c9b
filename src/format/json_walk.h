/*
 * JSON read in place: no tree is built, values go straight from the text to where they belong.
 *
 * The text is scanned once by json_scan, which bounds it and leaves no doubt what it says;
 * after that it is known to be well-formed, and the walk only follows it. Who walks stands at
 * a value and either takes it, enters it, or skips it:
 *
 *   json_enter(&walk);
 *   while (json_next_member(&walk, &key)) {
 *           if (json_text_is(&key, "path") && json_kind(&walk) == JSON_STRING)
 *                   json_take_text(&walk, &path);
 *           else
 *                   json_skip(&walk);
 *   }
 *
 * Five times as fast as json-c, whose tree of docker's config.json costs a start 0.1 ms.
 *
 * Runs in: runtime.
 * See: RFC 8259; json_scan.h.
 */
#ifndef HOY_FORMAT_JSON_WALK_H
#define HOY_FORMAT_JSON_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum json_kind { JSON_NULL, JSON_BOOLEAN, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_walk {
	const char *at; /* the first character of a value */
};

/* A string as it stands in the document, between its quotes. */
struct json_text {
	const char *raw;
	size_t len;
	bool has_escapes;
};

struct json_integer {
	bool is_negative;
	uint64_t magnitude;
};

/* Scan `len` bytes, at most `max`, and stand at the value. `what` names the document in errors.
 * Returns 0, -EFBIG, -EINVAL or -ENOMEM. `text` is borrowed as long as the walk goes on. */
int json_walk_begin(const char *text, size_t len, size_t max, const char *what,
		    struct json_walk *ret, struct err *e);

enum json_kind json_kind(const struct json_walk *walk);
const char *json_kind_text(enum json_kind kind); /* "an object" */

/* Go past the value. */
void json_skip(struct json_walk *walk);
/* Into an array or object; then to each of its items, until false. */
void json_enter(struct json_walk *walk);
bool json_next_item(struct json_walk *walk);
bool json_next_member(struct json_walk *walk, struct json_text *ret_key);

/* Take the value, which is of that kind, and go past it. */
void json_take_text(struct json_walk *walk, struct json_text *ret);
bool json_take_boolean(struct json_walk *walk);
/* False: it has a fraction or an exponent. */
bool json_take_integer(struct json_walk *walk, struct json_integer *ret);

bool json_text_is(const struct json_text *text, const char *plain);
/* Decoded into `arena`; 0, -EINVAL (it has a NUL in it) or -ENOMEM. */
int json_text_copy(const struct json_text *text, struct arena *arena, char **ret);

#endif
