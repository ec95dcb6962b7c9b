/*
 * Dockerfile instructions that change an image's configuration, one function each: see
 * image_config.h.
 *
 * Runs in: cli (engine).
 * See: Dockerfile reference; moby daemon/builder/dockerfile/dispatchers.go.
 */
#include <ctype.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <strings.h>

#include "format/json.h"
#include "format/size.h"
#include "spec/dockerfile_word.h"
#include "spec/image_config.h"

enum { CHANGE_MAX = 1024 * 1024, PORT_MAX = 65535, NS_PER_MS = 1000000 };

struct change {
	struct image_config *config;
	struct arena *arena;
	const char *name; /* the instruction, in capitals */
	char *rest;	  /* what follows it, without space around */
	struct err *e;
};

static int change_fail(struct change *c, const char *sentence)
{
	return err_set(c->e, ERR_INVALID, -EINVAL, "%s: %s", c->name, sentence);
}

static int expand(struct change *c, const char *word, char **ret)
{
	int r = dockerfile_expand(word, &c->config->env, c->arena, ret, c->e);

	return r < 0 ? err_wrap(c->e, r, "%s", c->name) : 0;
}

/* Is the rest a JSON array of strings? */
static bool parse_list(struct change *c, const char *text, struct strv *ret)
{
	AUTO_JSON struct json_object *array = NULL;
	struct strv items = { 0 };

	if (text[0] != '[' || json_parse(text, strlen(text), CHANGE_MAX, "", &array, NULL) < 0)
		return false;
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		/* A NUL inside would cut the text short. */
		if (!json_object_is_type(item, json_type_string) ||
		    strlen(json_object_get_string(item)) !=
			    (size_t)json_object_get_string_len(item))
			return false;
		strv_add(&items, c->arena, json_object_get_string(item));
	}
	*ret = items;
	return true;
}

/* A JSON array as it is; other text behind the shell. */
static void parse_command(struct change *c, const char *text, struct strv *ret)
{
	struct strv command = { 0 };

	if (!parse_list(c, text, &command)) {
		if (c->config->shell.count == 0) {
			strv_add(&command, c->arena, "/bin/sh");
			strv_add(&command, c->arena, "-c");
		}
		for (size_t i = 0; i < c->config->shell.count; i++)
			strv_add(&command, c->arena, c->config->shell.items[i]);
		strv_add(&command, c->arena, text);
	}
	*ret = command;
}

static int change_cmd(struct change *c)
{
	parse_command(c, c->rest, &c->config->cmd);
	c->config->has_cmd = true;
	c->config->is_cmd_changed = true;
	return 0;
}

/* A new entrypoint drops the command that belonged to the old one. */
static int change_entrypoint(struct change *c)
{
	parse_command(c, c->rest, &c->config->entrypoint);
	c->config->has_entrypoint = c->config->entrypoint.count > 0;
	if (!c->config->is_cmd_changed) {
		c->config->cmd = (struct strv){ 0 };
		c->config->has_cmd = false;
	}
	return 0;
}

/* NAME=value ..., or NAME and the rest of the line. */
static int change_assignments(struct change *c, struct strv *ret)
{
	struct strv words = { 0 };
	char *text;
	int r;

	dockerfile_split(c->rest, c->arena, &words);
	if (arena_ok(c->arena) < 0)
		return change_fail(c, "out of memory");
	if (!strchr(words.items[0], '=')) {
		const char *value = c->rest + strlen(words.items[0]);

		value += strspn(value, " \t");
		if (!*value)
			return change_fail(c, "must have two arguments");
		text = arena_printf(c->arena, "%s=%s", words.items[0], value);
		words = (struct strv){ 0 };
		strv_add_borrowed(&words, c->arena, text);
	}
	for (size_t i = 0; i < words.count && arena_ok(c->arena) == 0; i++) {
		if (!strchr(words.items[i], '='))
			return err_set(
				c->e, ERR_INVALID, -EINVAL,
				"%s: can't find = in \"%s\". Must be of the form: name=value",
				c->name, words.items[i]);
		r = expand(c, words.items[i], &text);
		if (r < 0)
			return r;
		if (text[0] == '=')
			return change_fail(c, "names can not be blank");
		strv_env_set(ret, c->arena, text);
	}
	return 0;
}

static int change_env(struct change *c)
{
	struct strv changed = { 0 };
	/* values see the environment from before this instruction */
	int r = change_assignments(c, &changed);

	for (size_t i = 0; r == 0 && i < changed.count; i++)
		strv_env_set(&c->config->env, c->arena, changed.items[i]);
	return r;
}

static int change_label(struct change *c)
{
	return change_assignments(c, &c->config->labels);
}

/* "80", "80/udp", "7000-7002/tcp" */
static int expose_word(struct change *c, char *word)
{
	char *protocol = strchr(word, '/');
	char *dash;
	uint64_t first;
	uint64_t last;

	if (protocol)
		*protocol++ = '\0';
	dash = strchr(word, '-');
	if (dash)
		*dash++ = '\0';
	if (parse_u64(word, 1, PORT_MAX, &first) < 0 ||
	    parse_u64(dash ? dash : word, first, PORT_MAX, &last) < 0)
		return err_set(c->e, ERR_INVALID, -EINVAL, "%s: invalid containerPort: %s%s%s",
			       c->name, word, dash ? "-" : "", dash ? dash : "");
	if (protocol && strcasecmp(protocol, "tcp") != 0 && strcasecmp(protocol, "udp") != 0 &&
	    strcasecmp(protocol, "sctp") != 0)
		return err_set(c->e, ERR_INVALID, -EINVAL, "%s: invalid proto: %s", c->name,
			       protocol);
	for (char *p = protocol; p && *p; p++)
		*p = (char)tolower((unsigned char)*p);
	if (last - first >= IMAGE_ITEMS_MAX)
		return err_set(c->e, ERR_INVALID, -EINVAL, "%s: more than %d ports", c->name,
			       IMAGE_ITEMS_MAX);
	for (uint64_t port = first; port <= last; port++) {
		char *text = arena_printf(c->arena, "%" PRIu64 "/%s", port,
					  protocol ? protocol : "tcp");

		if (text && !strv_has(&c->config->exposed_ports, text))
			strv_add_borrowed(&c->config->exposed_ports, c->arena, text);
	}
	return 0;
}

static int change_expose(struct change *c)
{
	struct strv words = { 0 };
	char *text;

	dockerfile_split(c->rest, c->arena, &words);
	for (size_t i = 0; i < words.count; i++) {
		int r = expand(c, words.items[i], &text);

		if (r == 0)
			r = expose_word(c, text);
		if (r < 0)
			return r;
	}
	return 0;
}

static int change_volume(struct change *c)
{
	struct strv words = { 0 };
	char *text;

	if (!parse_list(c, c->rest, &words))
		dockerfile_split(c->rest, c->arena, &words);
	if (words.count == 0)
		return change_fail(c, "requires at least one argument");
	for (size_t i = 0; i < words.count; i++) {
		int r = expand(c, words.items[i], &text);

		if (r < 0)
			return r;
		if (text[0] == '\0')
			return change_fail(c, "the path can not be empty");
		if (!strv_has(&c->config->volumes, text))
			strv_add(&c->config->volumes, c->arena, text);
	}
	return 0;
}

static int change_user(struct change *c)
{
	struct strv words = { 0 };

	dockerfile_split(c->rest, c->arena, &words);
	if (words.count != 1)
		return change_fail(c, "requires exactly one argument");
	return expand(c, words.items[0], &c->config->user);
}

/* `path` with "." and ".." resolved, without double or last slashes. */
static char *clean_path(struct arena *arena, const char *path)
{
	AUTO_STR struct str out = { 0 };

	while (*path) {
		size_t len;

		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (len == 2 && path[0] == '.' && path[1] == '.') {
			while (out.len > 0 && out.data[--out.len] != '/')
				;
		} else if (len > 0 && !(len == 1 && path[0] == '.')) {
			str_add_char(&out, '/');
			str_add_bytes(&out, path, len);
		}
		path += len;
	}
	if (out.len == 0)
		return arena_copy(arena, "/");
	return str_ok(&out) == 0 ? arena_copy_bytes(arena, out.data, out.len) : NULL;
}

static int change_workdir(struct change *c)
{
	const char *base = c->config->working_dir ? c->config->working_dir : "";
	char *path;
	char *whole;
	int r = expand(c, c->rest, &path);

	if (r < 0)
		return r;
	if (path[0] == '\0')
		return change_fail(c, "requires exactly one argument");
	whole = path[0] == '/' ? path : arena_printf(c->arena, "%s/%s", base, path);
	path = whole ? clean_path(c->arena, whole) : NULL;
	if (!path)
		return change_fail(c, "out of memory");
	c->config->working_dir = path;
	return 0;
}

/* "9", "KILL", "SIGKILL", "SIGRTMIN+3"? */
static bool is_signal(const char *text)
{
	uint64_t number;

	if (parse_u64(text, 1, 64, &number) == 0)
		return true;
	if (strncasecmp(text, "SIG", 3) == 0)
		text += 3;
	if (strncasecmp(text, "RTMIN", 5) == 0 || strncasecmp(text, "RTMAX", 5) == 0)
		return text[5] == '\0' || ((text[5] == '+' || text[5] == '-') &&
					   parse_u64(text + 6, 0, 30, &number) == 0);
	for (int i = 1; i < NSIG; i++)
		if (sigabbrev_np(i) && strcasecmp(sigabbrev_np(i), text) == 0)
			return true;
	return false;
}

static int change_stopsignal(struct change *c)
{
	char *text;
	int r = expand(c, c->rest, &text);

	if (r < 0)
		return r;
	if (!is_signal(text))
		return err_set(c->e, ERR_INVALID, -EINVAL, "%s: invalid signal: %s", c->name,
			       text);
	c->config->stop_signal = text;
	return 0;
}

static int change_shell(struct change *c)
{
	struct strv shell = { 0 };

	if (!parse_list(c, c->rest, &shell) || shell.count == 0)
		return change_fail(c, "requires the arguments to be in JSON form");
	c->config->shell = shell;
	return 0;
}

static int change_onbuild(struct change *c)
{
	static const char *const refused[] = { "ONBUILD", "FROM", "MAINTAINER" };
	size_t len = strcspn(c->rest, " \t");

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (strlen(refused[i]) == len && strncasecmp(c->rest, refused[i], len) == 0)
			return err_set(c->e, ERR_INVALID, -EINVAL,
				       "%s: %s isn't allowed as a trigger", c->name,
				       refused[i]);
	strv_add(&c->config->on_build, c->arena, c->rest);
	return 0;
}

static const struct {
	const char *flag;
	const char *key;
} health_durations[] = {
	{ "--interval=", "Interval" },
	{ "--timeout=", "Timeout" },
	{ "--start-period=", "StartPeriod" },
	{ "--start-interval=", "StartInterval" },
};

/* One "--flag=value". */
static int health_flag(struct change *c, const char *word, struct json_writer *w)
{
	uint64_t retries;
	int64_t ns;

	if (str_starts(word, "--retries=")) {
		if (parse_u64(word + strlen("--retries="), 0, INT32_MAX, &retries) < 0)
			return change_fail(c, "--retries: expected a number");
		json_write_u64(w, "Retries", retries);
		return 0;
	}
	for (size_t i = 0; i < sizeof(health_durations) / sizeof(health_durations[0]); i++) {
		const char *flag = health_durations[i].flag;

		if (!str_starts(word, flag))
			continue;
		if (duration_parse(word + strlen(flag), &ns) < 0 || (ns != 0 && ns < NS_PER_MS))
			return err_set(c->e, ERR_INVALID, -EINVAL,
				       "%s: %s: expected a duration of at least 1ms", c->name,
				       word);
		json_write_i64(w, health_durations[i].key, ns);
		return 0;
	}
	return err_set(c->e, ERR_INVALID, -EINVAL, "%s: unknown flag: %s", c->name, word);
}

/* "NONE", or "CMD" and a command. */
static int health_test(struct change *c, const char *text, struct json_writer *w)
{
	size_t len = strcspn(text, " \t");
	const char *command = text + len + strspn(text + len, " \t");
	struct strv test = { 0 };
	struct strv list = { 0 };

	if (len == 4 && strncasecmp(text, "NONE", 4) == 0) {
		if (*command)
			return change_fail(c, "NONE takes no arguments");
		strv_add(&test, c->arena, "NONE");
	} else if (len == 3 && strncasecmp(text, "CMD", 3) == 0) {
		bool is_list = parse_list(c, command, &list);

		if (is_list ? list.count == 0 : !*command)
			return change_fail(c, "missing command after CMD");
		strv_add(&test, c->arena, is_list ? "CMD" : "CMD-SHELL");
		if (!is_list)
			strv_add(&test, c->arena, command);
		for (size_t i = 0; i < list.count; i++)
			strv_add(&test, c->arena, list.items[i]);
	} else {
		return change_fail(c, "expected NONE or CMD");
	}
	json_write_strings(w, "Test", &test);
	return 0;
}

static int change_healthcheck(struct change *c)
{
	AUTO_STR struct str out = { 0 };
	struct json_writer w = { .out = &out };
	struct strv flags = { 0 };
	char *at = c->rest;
	int r;

	while (str_starts(at, "--")) {
		size_t len = strcspn(at, " \t");
		char *flag = arena_copy_bytes(c->arena, at, len);

		if (!flag)
			return change_fail(c, "out of memory");
		strv_env_set(&flags, c->arena, flag);
		at += len;
		at += strspn(at, " \t");
	}
	json_begin_object(&w, NULL);
	r = health_test(c, at, &w);
	for (size_t i = 0; r == 0 && i < flags.count; i++)
		r = health_flag(c, flags.items[i], &w);
	json_end_object(&w);
	if (r < 0)
		return r;
	if (str_ok(&out) < 0)
		return change_fail(c, "out of memory");
	c->config->healthcheck_json = arena_copy(c->arena, str_text(&out));
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct change *c);
} instructions[] = {
	{ "CMD", change_cmd },
	{ "ENTRYPOINT", change_entrypoint },
	{ "ENV", change_env },
	{ "EXPOSE", change_expose },
	{ "HEALTHCHECK", change_healthcheck },
	{ "LABEL", change_label },
	{ "ONBUILD", change_onbuild },
	{ "SHELL", change_shell },
	{ "STOPSIGNAL", change_stopsignal },
	{ "USER", change_user },
	{ "VOLUME", change_volume },
	{ "WORKDIR", change_workdir },
};

/* A copy of `text` without space at its ends. */
static char *trim(struct arena *arena, const char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len > 0 && strchr(" \t", text[len - 1]))
		len--;
	return arena_copy_bytes(arena, text, len);
}

static int change_dispatch(struct change *c, const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(instructions) / sizeof(instructions[0]); i++) {
		if (strlen(instructions[i].name) != len ||
		    strncasecmp(name, instructions[i].name, len) != 0)
			continue;
		c->name = instructions[i].name;
		if (c->rest[0] == '\0')
			return change_fail(c, "requires at least one argument");
		return instructions[i].run(c);
	}
	return err_set(c->e, ERR_INVALID, -EINVAL, "%.*s is not a valid change command",
		       (int)len, name);
}

int image_config_change(struct image_config *config, struct arena *arena,
			const char *instruction, struct err *e)
{
	struct change c = { .config = config, .arena = arena, .e = e };
	char *text = trim(arena, instruction);
	size_t len;
	int r;

	if (!text)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "out of memory");
	if (strlen(text) > CHANGE_MAX || strpbrk(text, "\r\n"))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "a change must be one line of at most %d bytes", CHANGE_MAX);
	len = strcspn(text, " \t");
	if (len == 0 || len > 32)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "\"%.32s\" is not a valid change command", text);
	c.rest = trim(arena, text + len);
	r = c.rest ? change_dispatch(&c, text, len) : 0;
	if (r == 0 && arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "out of memory");
	return r < 0 ? r : image_config_bound(config, e);
}
