/*
 * JSON: read through json-c after json_scan has bounded it, written straight into text.
 *
 * json-c saturates above u64 and keeps the last of duplicate keys; json_scan refuses
 * duplicates, too much depth and too much size before it sees a byte.
 *
 * Runs in: cli, image.
 * See: RFC 8259.
 */
#ifndef HOY_FORMAT_JSON_H
#define HOY_FORMAT_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

static inline void json_put_auto(struct json_object **o)
{
	if (*o)
		(void)json_object_put(*o);
}
#define AUTO_JSON __attribute__((cleanup(json_put_auto)))

/*
 * Scan (json_scan.h: depth <= 64, no duplicate keys, valid UTF-8, nothing after the value) and
 * parse `len` bytes, at most `max`. `what` names the document in errors. Returns 0 with an
 * object owned by the caller, or -EINVAL / -EFBIG.
 */
int json_parse(const char *text, size_t len, size_t max, const char *what,
	       struct json_object **ret, struct err *e);

/*
 * Members by type. `path` names the object for errors ("Config.Labels"). An absent member or
 * null leaves the value as it is and returns 0; another type gives -EINVAL with "PATH.KEY:
 * expected a string, found a number".
 */
int json_get_string(struct json_object *o, const char *path, const char *key,
		    struct arena *arena, char **ret, struct err *e);
int json_get_bool(struct json_object *o, const char *path, const char *key, bool *ret,
		  struct err *e);
int json_get_i64(struct json_object *o, const char *path, const char *key, int64_t min,
		 int64_t max, int64_t *ret, struct err *e);
int json_get_u64(struct json_object *o, const char *path, const char *key, uint64_t max,
		 uint64_t *ret, struct err *e);
int json_get_strings(struct json_object *o, const char *path, const char *key,
		     struct arena *arena, struct strv *ret, struct err *e);
/* {"k": "v"} to "k=v" items; '=' in a key is -EINVAL, because it could not come back. */
int json_get_map(struct json_object *o, const char *path, const char *key, struct arena *arena,
		 struct strv *ret, struct err *e);
/* {"k": {}} to "k" items. */
int json_get_set(struct json_object *o, const char *path, const char *key, struct arena *arena,
		 struct strv *ret, struct err *e);
/* Borrowed; NULL when absent or null. */
int json_get_object(struct json_object *o, const char *path, const char *key,
		    struct json_object **ret, struct err *e);
int json_get_array(struct json_object *o, const char *path, const char *key, size_t max,
		   struct json_object **ret, struct err *e);

/* New json-c values from hoy's own: each returns an object owned by the caller (json-c aborts
 * on none; NULL without memory). */
struct json_object *json_new_text(const char *text);		  /* NULL gives "" */
struct json_object *json_new_strings(const struct strv *v);	  /* always an array */
struct json_object *json_new_map(const struct strv *assignments); /* "k=v" items to an object */
struct json_object *json_new_set(const struct strv *keys);

/*
 * Writing without a tree. Commas and nesting are kept by the writer; text is escaped (control
 * characters, quotes, backslash; invalid UTF-8 becomes U+FFFD, as docker does). `out` is
 * borrowed; check str_ok(out) at the end.
 */
struct json_writer {
	struct str *out;
	bool needs_comma;
	/* a member that is null is not written: whoever reads takes it as absent, and reads
	 * less */
	bool omits_null;
	/* one value a line, each level indented by this text; NULL: all on one line */
	const char *indent;
	unsigned int depth;
};

/* `key` NULL at the top and in arrays */
void json_begin_object(struct json_writer *w, const char *key);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w, const char *key);
void json_end_array(struct json_writer *w);
/* NULL text: null */
void json_write_text(struct json_writer *w, const char *key, const char *text);
void json_write_i64(struct json_writer *w, const char *key, int64_t value);
void json_write_u64(struct json_writer *w, const char *key, uint64_t value);
void json_write_bool(struct json_writer *w, const char *key, bool value);
void json_write_strings(struct json_writer *w, const char *key, const struct strv *v);
/* Maps and sets come out sorted; of two equal keys the last counts; keys that are not UTF-8 are
 * left out. */
void json_write_map(struct json_writer *w, const char *key, const struct strv *assignments);
void json_write_set(struct json_writer *w, const char *key, const struct strv *keys);
/* `json` is JSON text already, written as it is. */
void json_write_raw(struct json_writer *w, const char *key, const char *json);
/* The escaped text in quotes, without a writer. */
void json_add_quoted(struct str *out, const char *text, size_t len);

/* Pretty, with four spaces, as `docker inspect` prints: appended to `out`. */
void json_pretty(struct json_object *o, struct str *out);
/* On one line without spaces, as {{json .}} prints. */
void json_compact(struct json_object *o, struct str *out);

#endif
