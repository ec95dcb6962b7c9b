/*
 * See options_env.h.
 *
 * Runs in: cli.
 */
#include "cli/options_env.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "format/utf8.h"

typedef int line_adder(struct strv *list, struct arena *arena, const char *line, struct err *e);

int env_add(struct strv *env, struct arena *arena, const char *value, struct err *e)
{
	const char *own;

	if (value[0] == '\0' || value[0] == '=')
		return err_set(e, ERR_INVALID, -EINVAL, "invalid environment variable: %s",
			       value);
	/* execve(2) takes no longer string (MAX_ARG_STRLEN). */
	if (strlen(value) > ENV_LINE_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "longer than %d bytes", ENV_LINE_MAX);
	if (strchr(value, '=')) {
		strv_env_set(env, arena, value);
		return arena_ok(arena);
	}
	own = getenv(value);
	if (own)
		strv_env_set(env, arena, arena_printf(arena, "%s=%s", value, own));
	return arena_ok(arena);
}

int label_add(struct strv *labels, struct arena *arena, const char *value, struct err *e)
{
	if (value[0] == '\0' || value[0] == '=')
		return err_set(e, ERR_INVALID, -EINVAL, "invalid label '%s': empty name",
			       value);
	if (strcspn(value, " \t\n") < strcspn(value, "="))
		return err_set(e, ERR_INVALID, -EINVAL, "label '%.*s' contains whitespaces",
			       (int)strcspn(value, "="), value);
	strv_env_set(labels, arena,
		     strchr(value, '=') ? value : arena_printf(arena, "%s=", value));
	return arena_ok(arena);
}

void env_merge(struct strv *env, struct arena *arena, const struct strv *more)
{
	for (size_t i = 0; i < more->count; i++)
		strv_env_set(env, arena, more->items[i]);
}

/* The name must have no white space in it; what is before it was cut off already. */
static int env_line_check(const char *line, struct err *e)
{
	size_t len = strcspn(line, "=");

	if (len == 0)
		return err_set(e, ERR_INVALID, -EINVAL, "no variable name on line '%s'", line);
	if (strcspn(line, " \t\v\f\r") < len)
		return err_set(e, ERR_INVALID, -EINVAL, "variable '%.*s' contains whitespaces",
			       (int)len, line);
	return 0;
}

static int env_line(char *line, size_t number, line_adder *add, struct strv *list,
		    struct arena *arena, struct err *e)
{
	size_t len = strlen(line);
	int r;

	if (len > 0 && line[len - 1] == '\r')
		line[len - 1] = '\0';
	if (!utf8_is_valid(line, strlen(line)))
		return err_set(e, ERR_INVALID, -EINVAL, "line %zu: invalid UTF-8", number);
	line += strspn(line, " \t\v\f\r");
	if (line[0] == '\0' || line[0] == '#')
		return 0;
	r = env_line_check(line, e);
	return r < 0 ? r : add(list, arena, line, e);
}

static int env_lines(const char *path, line_adder *add, struct strv *list, struct arena *arena,
		     struct err *e)
{
	AUTO_FREE char *text = NULL;
	size_t len;
	int r = file_read(AT_FDCWD, path, ENV_FILE_MAX, &text, &len);
	char *rest;
	char *line;

	if (r == -EFBIG)
		return err_set(e, ERR_INVALID, r, "the file is larger than %d bytes",
			       ENV_FILE_MAX);
	if (r == -EINVAL)
		return err_set(e, ERR_INVALID, r, "not a regular file");
	if (r < 0)
		return err_set(e, ERR_INVALID, r, "open %s: %s", path, strerror(-r));
	if (strlen(text) != len)
		return err_set(e, ERR_INVALID, -EINVAL, "the file has NUL bytes");
	rest = str_starts(text, "\xef\xbb\xbf") ? text + 3 : text;
	for (size_t number = 1; (line = strsep(&rest, "\n")); number++) {
		r = env_line(line, number, add, list, arena, e);
		if (r < 0)
			return r;
	}
	return 0;
}

int env_add_file(struct strv *env, struct arena *arena, const char *path, struct err *e)
{
	return env_lines(path, env_add, env, arena, e);
}

int label_add_file(struct strv *labels, struct arena *arena, const char *path, struct err *e)
{
	return env_lines(path, label_add, labels, arena, e);
}
