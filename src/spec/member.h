/*
 * JSON objects into structures by tables: one line says which member goes into which field, of
 * which type it must be, and in which range.
 *
 *   static const struct member root_members[] = {
 *           { MEMBER("path", struct spec, root_path), .read = member_text },
 *           { MEMBER("readonly", struct spec, is_root_readonly), .read = member_bool },
 *           { 0 },
 *   };
 *
 * A member that is absent or null leaves its field as it is. One that no table names is
 * ignored.
 *
 * The path of an offending member is put together on the way out, so that it costs nothing
 * where nothing is wrong: whoever finds a mistake says ": expected a string", each caller puts
 * its own key or index in front, and "process.rlimits[2].type: expected a string" comes out.
 *
 * Runs in: runtime.
 */
#ifndef HOY_SPEC_MEMBER_H
#define HOY_SPEC_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "format/json_walk.h"

struct reading {
	struct arena *arena;   /* where everything goes */
	struct strv *warnings; /* in the same arena */
	struct err *e;	       /* never NULL */
};

struct member;

/* Read `value`, never null, into `field`, and go past it. Returns 0 or -errno with a sentence
 * that begins with ": ", or with the rest of the path. */
typedef int member_reader(const struct member *m, struct json_walk *value, struct reading *in,
			  void *field);
typedef int object_reader(struct json_walk *value, struct reading *in, void *ret);

struct member_word {
	const char *text; /* NULL ends the list */
	uint32_t value;
};

struct member {
	const char *key; /* NULL ends the table */
	member_reader *read;
	size_t offset; /* of the field */
	size_t size;   /* of the field */
	size_t flag;   /* offset of a bool that says "present"; 0: none */
	size_t count;  /* member_array: offset of the number of items */
	size_t item;   /* member_array: size of one */
	size_t name;   /* member_named: offset of its name in an item */
	object_reader *object;
	const struct member_word *words;
	int64_t min;
	uint64_t max; /* numbers; of an array: its items */
};

#define FIELD_SIZE(type, field) sizeof(((type *)0)->field)
#define MEMBER(name, type, field) \
	.key = (name), .offset = offsetof(type, field), .size = FIELD_SIZE(type, field)
#define MEMBER_FLAG(type, field) .flag = offsetof(type, field)
#define MEMBER_ITEMS(key_, type, field, number, reader, most)                            \
	.key = (key_), .offset = offsetof(type, field), .count = offsetof(type, number), \
	.item = sizeof(*((type *)0)->field), .object = (reader), .max = (most)
/* `type.field` points to items that `object` reads, `type.number` counts them. */
#define MEMBER_ARRAY(key_, type, field, number, reader, most) \
	MEMBER_ITEMS(key_, type, field, number, reader, most), .read = member_array
/* The same from an object: the key of each of its members is the item's `text`. */
#define MEMBER_NAMED(key_, type, field, number, item_type, text, reader, most) \
	MEMBER_ITEMS(key_, type, field, number, reader, most),                 \
		.read = member_named, .name = offsetof(item_type, text)
/* An object that is a structure of its own. */
#define MEMBER_OBJECT(name, type, field, reader) \
	MEMBER(name, type, field), .read = member_object, .object = (reader)
/* An object whose members go into the structure that the outer ones go into. */
#define MEMBER_INLINE(name, reader) .key = (name), .read = member_object, .object = (reader)

/* All members of the object that `table` names, in the document's order. */
int members_read(const struct member *table, struct json_walk *object, struct reading *in,
		 void *ret);

/* --- readers ------------------------------------------------------------------------------ */

member_reader member_text;    /* char *; an empty one is an absent one */
member_reader member_bool;    /* bool */
member_reader member_integer; /* int32_t, int64_t, uint32_t, uint64_t, in [min, max] */
member_reader member_number;  /* struct spec_number, in [min, max] */
member_reader member_strings; /* struct strv */
member_reader member_map;     /* struct strv of "key=value" */
member_reader member_word;    /* uint32_t: the value of one of `words` */
member_reader member_flags;   /* uint32_t or uint64_t: an array of `words`, united */
member_reader member_object;
member_reader member_array;
member_reader member_named;

/* --- for readers of one's own ------------------------------------------------------------- */

/* The sentence; returns `r`. */
int reading_fail(const struct reading *in, int r, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* 0 when `value` is of that kind; ": expected WHAT, found ..." */
int reading_expect(const struct reading *in, enum json_kind kind,
		   const struct json_walk *value);
/* Put `key` in front of the path. Returns `r`. */
int reading_in_member(const struct reading *in, int r, const char *key);
int reading_in_item(const struct reading *in, int r, size_t index);
void reading_warn(const struct reading *in, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A copy of a string; -EINVAL when it is none, or has a NUL in it. */
int reading_copy(const struct reading *in, struct json_walk *value, char **ret);

#endif
