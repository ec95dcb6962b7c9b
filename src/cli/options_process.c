/*
 * Who runs, where, how it is named, stopped and logged, as flags.
 *
 * Runs in: cli.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/id.h"
#include "cli/detach_keys.h"
#include "cli/path.h"
#include "cli/run_options.h"
#include "format/signal.h"
#include "format/size.h"

enum { USER_LEN_MAX = 255, STOP_TIMEOUT_MAX = 1000000, LOG_FILES_MAX = 1000 };

static struct container_config *process_config(void *values)
{
	return &((struct run_options *)values)->config;
}

static int process_copy(char **field, struct arena *arena, const char *value)
{
	*field = arena_copy(arena, value);
	return arena_ok(arena);
}

static bool process_is_printable(const char *text)
{
	for (const char *c = text; *c; c++) {
		if (iscntrl((unsigned char)*c))
			return false;
	}
	return true;
}

int options_set_name(void *values, struct arena *arena, const char *value, struct err *e)
{
	const char *name = value[0] == '/' ? value + 1 : value;

	/* As docker: --name "$NAME" with nothing in it is no name. */
	if (value[0] == '\0') {
		((struct run_options *)values)->name = NULL;
		return 0;
	}
	if (!name_is_valid(name))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "Invalid container name (%s), only [a-zA-Z0-9][a-zA-Z0-9_.-] "
			       "are allowed",
			       strlen(value) > USER_LEN_MAX ? "too long" : value);
	return process_copy(&((struct run_options *)values)->name, arena, name);
}

/* name|uid[:group|gid]; whether they exist is known when the root file system is. */
int user_set(char **field, struct arena *arena, const char *value, struct err *e)
{
	const char *colon = strchr(value, ':');

	if (value[0] == '\0') {
		*field = NULL;
		return 0;
	}
	if (colon && (colon[1] == '\0' || strchr(colon + 1, ':')))
		return err_set(e, ERR_INVALID, -EINVAL, "not <name|uid>[:<group|gid>]");
	if (strlen(value) > USER_LEN_MAX || !process_is_printable(value) || strchr(value, ' '))
		return err_set(e, ERR_INVALID, -EINVAL, "not the name of a user");
	return process_copy(field, arena, value);
}

int options_set_user(void *values, struct arena *arena, const char *value, struct err *e)
{
	return user_set(&process_config(values)->user, arena, value, e);
}

int options_set_group(void *values, struct arena *arena, const char *value, struct err *e)
{
	if (value[0] == '\0' || strlen(value) > USER_LEN_MAX || !process_is_printable(value) ||
	    strpbrk(value, ": "))
		return err_set(e, ERR_INVALID, -EINVAL, "not the name or number of a group");
	strv_add(&process_config(values)->group_add, arena, value);
	return arena_ok(arena);
}

int workdir_set(char **field, struct arena *arena, const char *value, struct err *e)
{
	if (value[0] != '/')
		return err_set(e, ERR_INVALID, -EINVAL,
			       "the working directory '%s' is invalid, it needs to be an "
			       "absolute path",
			       value);
	*field = path_clean(arena, value);
	return arena_ok(arena);
}

/* "" is the image's. */
int options_set_workdir(void *values, struct arena *arena, const char *value, struct err *e)
{
	if (value[0] == '\0') {
		process_config(values)->working_dir = NULL;
		return 0;
	}
	return workdir_set(&process_config(values)->working_dir, arena, value, e);
}

/* "" resets the image's. */
int options_set_entrypoint(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct container_config *config = process_config(values);

	(void)e;
	config->has_entrypoint = true;
	config->entrypoint = (struct strv){ 0 };
	if (value[0] != '\0')
		strv_add(&config->entrypoint, arena, value);
	return arena_ok(arena);
}

int options_set_attach(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct container_config *config = process_config(values);

	(void)arena;
	((struct run_options *)values)->has_attach = true;
	if (strcasecmp(value, "stdin") == 0)
		config->attach_stdin = true;
	else if (strcasecmp(value, "stdout") == 0)
		config->attach_stdout = true;
	else if (strcasecmp(value, "stderr") == 0)
		config->attach_stderr = true;
	else
		return err_set(e, ERR_INVALID, -EINVAL,
			       "valid streams are STDIN, STDOUT and STDERR");
	return 0;
}

int options_set_init(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)arena;
	(void)e;
	process_config(values)->has_init = true;
	process_config(values)->is_init = strcmp(value, "true") == 0;
	return 0;
}

int options_set_sig_proxy(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)arena;
	(void)e;
	((struct run_options *)values)->is_sig_proxy_off = strcmp(value, "true") != 0;
	return 0;
}

int detach_keys_set(char **field, struct arena *arena, const char *value, struct err *e)
{
	struct detach_keys keys;
	int r = value[0] == '\0' ? 0 : detach_keys_parse(value, &keys, e);

	return r < 0 ? r : process_copy(field, arena, value);
}

int options_set_detach_keys(void *values, struct arena *arena, const char *value, struct err *e)
{
	return detach_keys_set(&process_config(values)->detach_keys, arena, value, e);
}

/* --- ending ------------------------------------------------------------------------------ */

int options_set_stop_signal(void *values, struct arena *arena, const char *value, struct err *e)
{
	int number;

	if (value[0] == '\0') {
		process_config(values)->stop_signal = NULL;
		return 0;
	}
	if (signal_parse(value, &number) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "invalid signal: %s", value);
	return process_copy(&process_config(values)->stop_signal, arena, value);
}

int options_set_stop_timeout(void *values, struct arena *arena, const char *value,
			     struct err *e)
{
	int64_t seconds;
	int r = option_parse_int(value, &seconds, e);

	(void)arena;
	if (r < 0)
		return r;
	if (seconds < 0 || seconds > STOP_TIMEOUT_MAX)
		return err_set(e, ERR_INVALID, -ERANGE, "range is from 0 to %d seconds",
			       STOP_TIMEOUT_MAX);
	process_config(values)->stop_timeout = (int)seconds;
	return 0;
}

/* Whether the file is there already is checked by who writes it. */
int options_set_cidfile(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)e;
	if (value[0] == '\0') {
		process_config(values)->cidfile = NULL;
		return 0;
	}
	return process_copy(&process_config(values)->cidfile, arena, value);
}

int options_set_pull(void *values, struct arena *arena, const char *value, struct err *e)
{
	static const char *const names[] = {
		[PULL_MISSING] = "missing", [PULL_ALWAYS] = "always", [PULL_NEVER] = "never"
	};
	struct run_options *options = values;

	(void)arena;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(value, names[i]) != 0)
			continue;
		options->pull = (enum pull_policy)i;
		return 0;
	}
	return err_set(e, ERR_INVALID, -EINVAL,
		       "invalid pull option: '%s': must be one of \"always\", \"missing\" or "
		       "\"never\"",
		       value);
}

int options_set_restart(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)values;
	(void)arena;
	if (value[0] == '\0' || strcmp(value, "no") == 0)
		return 0;
	if (strcmp(value, "always") == 0 || strcmp(value, "unless-stopped") == 0 ||
	    str_starts(value, "on-failure"))
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP, "%s is not supported yet",
			       value);
	return err_set(e, ERR_INVALID, -EINVAL, "invalid restart policy: unknown policy '%s'",
		       value);
}

/* --- logs -------------------------------------------------------------------------------- */

int options_set_log_driver(void *values, struct arena *arena, const char *value, struct err *e)
{
	static const char *const known[] = { "none",	"local",   "syslog",   "journald",
					     "gelf",	"fluentd", "awslogs",  "splunk",
					     "etwlogs", "gcplogs", "k8s-file", "passthrough" };

	(void)values;
	(void)arena;
	if (strcmp(value, "json-file") == 0 || value[0] == '\0')
		return 0;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i], value) == 0)
			return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
				       "%s is not supported yet", value);
	}
	return err_set(e, ERR_INVALID, -EINVAL, "no log driver named '%s' is registered",
		       value);
}

int options_set_log_opt(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct container_config *config = process_config(values);
	const char *equals = strchr(value, '=');
	size_t len = equals ? (size_t)(equals - value) : 0;
	uint64_t files;
	int64_t bytes;

	(void)arena;
	if (len == 0)
		return err_set(e, ERR_INVALID, -EINVAL, "not key=value");
	if (len == 8 && memcmp(value, "max-size", len) == 0) {
		if (size_parse(equals + 1, &bytes) < 0 || bytes == 0)
			return err_set(e, ERR_INVALID, -EINVAL, "invalid size: '%s'",
				       equals + 1);
		config->log_max_bytes = (uint64_t)bytes;
		return 0;
	}
	if (len == 8 && memcmp(value, "max-file", len) == 0) {
		if (parse_u64(equals + 1, 1, LOG_FILES_MAX, &files) < 0)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "max-file is a number from 1 to %d", LOG_FILES_MAX);
		config->log_max_files = (uint32_t)files;
		return 0;
	}
	return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP, "%.*s is not supported yet", (int)len,
		       value);
}
