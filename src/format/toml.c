/*
 * See toml.h. Lines, keys, and the tree that they make; values are in toml_value.c.
 *
 * Runs in: cli.
 * See: toml.io/en/v1.0.0 "Keys", "Table", "Array of Tables".
 */
#include "format/toml.h"

#include <string.h>

#include "format/toml_read.h"
#include "format/utf8.h"

struct toml_path {
	const char *parts[TOML_DEPTH_MAX];
	size_t count;
};

int toml_reader_fail(const struct toml_reader *in, const char *sentence)
{
	return err_set(in->e, ERR_INVALID, -EINVAL, "%s: line %u: %s", in->what, in->line,
		       sentence);
}

/* A sentence about one key. */
static int fail_at_key(const struct toml_reader *in, const char *key, const char *sentence)
{
	return err_set(in->e, ERR_INVALID, -EINVAL, "%s: line %u: %s: %s", in->what, in->line,
		       key, sentence);
}

char toml_peek(const struct toml_reader *in)
{
	return in->at < in->end ? *in->at : '\0';
}

bool toml_take(struct toml_reader *in, char c)
{
	if (in->at == in->end || *in->at != c)
		return false;
	in->at++;
	return true;
}

void toml_skip_blanks(struct toml_reader *in)
{
	while (toml_peek(in) == ' ' || toml_peek(in) == '\t')
		in->at++;
}

static void skip_comment(struct toml_reader *in)
{
	if (toml_peek(in) == '#')
		while (in->at < in->end && *in->at != '\n' && *in->at != '\r')
			in->at++;
}

bool toml_take_newline(struct toml_reader *in, struct str *out)
{
	const char *from = in->at;

	(void)toml_take(in, '\r');
	if (!toml_take(in, '\n')) {
		in->at = from;
		return false;
	}
	in->line++;
	if (out)
		str_add_bytes(out, from, (size_t)(in->at - from));
	return true;
}

int toml_end_line(struct toml_reader *in)
{
	toml_skip_blanks(in);
	skip_comment(in);
	if (in->at == in->end || toml_take_newline(in, NULL))
		return 0;
	return toml_reader_fail(in, "something stands behind the end of the value");
}

int toml_skip_lines(struct toml_reader *in)
{
	do {
		toml_skip_blanks(in);
		skip_comment(in);
	} while (toml_take_newline(in, NULL));
	return toml_peek(in) == '\r'
		       ? toml_reader_fail(in, "a carriage return without a line feed")
		       : 0;
}

/* --- the tree ----------------------------------------------------------------------------- */

struct toml *toml_add(struct toml_reader *in, struct toml *parent, enum toml_kind kind,
		      const char *key)
{
	struct toml *value;

	if (in->values == TOML_VALUES_MAX) {
		(void)toml_reader_fail(in, "there are too many values in this file");
		return NULL;
	}
	value = arena_alloc(in->arena, sizeof(*value));
	if (!value) {
		(void)err_set(in->e, ERR_INTERNAL, -ENOMEM, "%s: no memory", in->what);
		return NULL;
	}
	in->values++;
	value->kind = kind;
	value->key = key;
	value->line = in->line;
	if (parent->last)
		parent->last->next = value;
	else
		parent->first = value;
	parent->last = value;
	return value;
}

static struct toml *find(const struct toml *table, const char *key)
{
	for (struct toml *value = table->first; value; value = value->next)
		if (strcmp(value->key, key) == 0)
			return value;
	return NULL;
}

const struct toml *toml_get(const struct toml *table, const char *key)
{
	return find(table, key);
}

static struct toml *add_table(struct toml_reader *in, struct toml *parent, const char *key,
			      enum toml_origin origin)
{
	struct toml *table = toml_add(in, parent, TOML_TABLE, key);

	if (table)
		table->origin = origin;
	return table;
}

/* --- keys --------------------------------------------------------------------------------- */

static bool is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

static int read_key_part(struct toml_reader *in, const char **ret)
{
	const char *from = in->at;

	if (toml_peek(in) == '"' || toml_peek(in) == '\'')
		return toml_read_string(in, ret);
	while (is_bare(toml_peek(in)))
		in->at++;
	if (in->at == from)
		return toml_reader_fail(in, "expected a key");
	*ret = arena_copy_bytes(in->arena, from, (size_t)(in->at - from));
	return *ret ? 0 : -ENOMEM;
}

/* a . "b" . c, and the blanks behind it */
static int read_path(struct toml_reader *in, struct toml_path *ret)
{
	ret->count = 0;
	do {
		int r;

		if (ret->count == TOML_DEPTH_MAX)
			return toml_reader_fail(in, "the key has too many parts");
		toml_skip_blanks(in);
		r = read_key_part(in, &ret->parts[ret->count]);
		if (r < 0)
			return r;
		ret->count++;
		toml_skip_blanks(in);
	} while (toml_take(in, '.'));
	return 0;
}

/* The table in which the last part of `a.b.c = ...` lies. */
static struct toml *enter_keys(struct toml_reader *in, struct toml *table,
			       const struct toml_path *path)
{
	for (size_t i = 0; i + 1 < path->count; i++) {
		struct toml *child = find(table, path->parts[i]);

		if (!child)
			child = add_table(in, table, path->parts[i], TOML_BY_KEY);
		else if (child->kind != TOML_TABLE || child->origin != TOML_BY_KEY) {
			(void)fail_at_key(in, path->parts[i], "cannot be added to here");
			return NULL;
		}
		if (!child)
			return NULL;
		table = child;
	}
	return table;
}

int toml_read_assignment(struct toml_reader *in, struct toml *table)
{
	struct toml_path path;
	struct toml *value;
	int r = read_path(in, &path);

	if (r < 0)
		return r;
	if (!toml_take(in, '='))
		return toml_reader_fail(in, "expected = behind the key");
	toml_skip_blanks(in);
	table = enter_keys(in, table, &path);
	if (!table)
		return -EINVAL;
	if (find(table, path.parts[path.count - 1]))
		return fail_at_key(in, path.parts[path.count - 1], "stands here twice");
	value = toml_add(in, table, TOML_TEXT, path.parts[path.count - 1]);
	return value ? toml_read_value(in, value) : -EINVAL;
}

/* --- headers ------------------------------------------------------------------------------ */

/* The table that the parts of [a.b.c] before the last name; of an array of tables, its last. */
static struct toml *enter_path(struct toml_reader *in, struct toml *table,
			       const struct toml_path *path)
{
	for (size_t i = 0; i + 1 < path->count; i++) {
		struct toml *child = find(table, path->parts[i]);

		if (!child)
			child = add_table(in, table, path->parts[i], TOML_BY_PATH);
		else if (child->kind == TOML_ARRAY && child->origin == TOML_BY_HEADER)
			child = child->last;
		else if (child->kind != TOML_TABLE || child->origin == TOML_BY_VALUE) {
			(void)fail_at_key(in, path->parts[i], "is a value, no table");
			return NULL;
		}
		if (!child)
			return NULL;
		table = child;
	}
	return table;
}

static struct toml *open_table(struct toml_reader *in, struct toml *parent, const char *key)
{
	struct toml *table = find(parent, key);

	if (!table)
		return add_table(in, parent, key, TOML_BY_HEADER);
	if (table->kind != TOML_TABLE || table->origin != TOML_BY_PATH) {
		(void)fail_at_key(in, key, "stands here twice");
		return NULL;
	}
	table->origin = TOML_BY_HEADER;
	table->line = in->line;
	return table;
}

static struct toml *open_item(struct toml_reader *in, struct toml *parent, const char *key)
{
	struct toml *array = find(parent, key);

	if (!array) {
		array = toml_add(in, parent, TOML_ARRAY, key);
		if (!array)
			return NULL;
		array->origin = TOML_BY_HEADER;
	} else if (array->kind != TOML_ARRAY || array->origin != TOML_BY_HEADER) {
		(void)fail_at_key(in, key, "stands here twice");
		return NULL;
	}
	return add_table(in, array, NULL, TOML_BY_HEADER);
}

/* [a.b] or [[a.b]], at its bracket. NULL: it is wrong. */
static struct toml *read_header(struct toml_reader *in, struct toml *root)
{
	struct toml_path path;
	struct toml *parent;
	bool is_item;

	in->at++;
	is_item = toml_take(in, '[');
	if (read_path(in, &path) < 0)
		return NULL;
	if (!toml_take(in, ']') || (is_item && !toml_take(in, ']'))) {
		(void)toml_reader_fail(in, is_item ? "expected ]] behind the table's name"
						   : "expected ] behind the table's name");
		return NULL;
	}
	parent = enter_path(in, root, &path);
	if (!parent)
		return NULL;
	return is_item ? open_item(in, parent, path.parts[path.count - 1])
		       : open_table(in, parent, path.parts[path.count - 1]);
}

static int read_document(struct toml_reader *in, struct toml *root)
{
	struct toml *table = root;

	for (;;) {
		int r = toml_skip_lines(in);

		if (r < 0 || in->at == in->end)
			return r;
		if (toml_peek(in) == '[') {
			table = read_header(in, root);
			r = table ? 0 : -EINVAL;
		} else {
			r = toml_read_assignment(in, table);
		}
		if (r == 0)
			r = toml_end_line(in);
		if (r < 0)
			return r;
	}
}

/* Outside of line ends and tabs there is no control character, wherever it stands. */
static int check_characters(struct toml_reader *in)
{
	struct toml_reader ahead = *in;

	for (; ahead.at < ahead.end; ahead.at++) {
		unsigned char c = (unsigned char)*ahead.at;

		if (c == '\n')
			ahead.line++;
		else if ((c < ' ' && c != '\t' && c != '\r') || c == 0x7f)
			return toml_reader_fail(&ahead, "a control character");
	}
	return utf8_is_valid(in->at, (size_t)(in->end - in->at))
		       ? 0
		       : err_set(in->e, ERR_INVALID, -EINVAL, "%s: not valid UTF-8", in->what);
}

int toml_parse(const char *text, size_t len, size_t max, const char *what, struct arena *arena,
	       const struct toml **ret, struct err *e)
{
	struct toml_reader in = {
		.at = text, .end = text + len, .what = what, .line = 1, .arena = arena, .e = e
	};
	struct toml *root;
	int r;

	if (len > max)
		return err_set(e, ERR_INVALID, -EFBIG, "%s: larger than %zu bytes", what, max);
	r = check_characters(&in);
	if (r < 0)
		return r;
	root = arena_alloc(arena, sizeof(*root));
	if (!root)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "%s: no memory", what);
	root->kind = TOML_TABLE;
	root->origin = TOML_BY_HEADER;
	root->line = 1;
	r = read_document(&in, root);
	if (r == -ENOMEM || arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "%s: no memory", what);
	if (r == 0)
		*ret = root;
	return r;
}
