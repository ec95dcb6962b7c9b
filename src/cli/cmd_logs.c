/*
 * hoy logs: what a container has printed.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/time_option.h"

struct logs_options {
	struct engine_logs_request request;
	bool has_timestamps;
};

static int logs_set_tail(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct logs_options *o = values;

	(void)arena;
	if (strcmp(value, "all") == 0 || strcmp(value, "-1") == 0) {
		o->request.tail = -1;
		return 0;
	}
	if (parse_i64(value, 0, INT64_MAX, &o->request.tail) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "a number of lines or \"all\"");
	return 0;
}

static int logs_set_since(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)arena;
	return time_option(value, clock_wall_ns(),
			   &((struct logs_options *)values)->request.since_ns, e);
}

static int logs_set_until(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)arena;
	return time_option(value, clock_wall_ns(),
			   &((struct logs_options *)values)->request.until_ns, e);
}

#define FIELD(name) offsetof(struct logs_options, name)
static const struct option logs_option_table[] = {
	{ "details", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "follow", 'f', OPTION_BOOL, FIELD(request.is_following), NULL, NULL,
	  "Follow log output" },
	{ "since", 0, OPTION_VALUE, 0, logs_set_since, NULL,
	  "Show logs since timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. \"42m\" "
	  "for 42 minutes)" },
	{ "tail", 'n', OPTION_VALUE, 0, logs_set_tail, NULL,
	  "Number of lines to show from the end of the logs (default \"all\")" },
	{ "timestamps", 't', OPTION_BOOL, FIELD(has_timestamps), NULL, NULL,
	  "Show timestamps" },
	{ "until", 0, OPTION_VALUE, 0, logs_set_until, NULL,
	  "Show logs before a timestamp (e.g. \"2013-01-02T13:23:37Z\") or relative (e.g. "
	  "\"42m\" for 42 minutes)" },
	{ "color", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "latest", 'l', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "names", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

/* Docker's timestamps have nine places always, so that lines stay aligned. */
static void logs_print_time(FILE *out, uint64_t time_ns)
{
	char text[CLOCK_TEXT_SIZE];

	clock_text(time_ns / 1000000000 * 1000000000, text);
	text[strcspn(text, ".Z")] = '\0';
	(void)fprintf(out, "%s.%09uZ ", text, (unsigned int)(time_ns % 1000000000));
}

static int logs_line(void *context, int stream, uint64_t time_ns, const char *line, size_t len)
{
	const struct logs_options *o = context;
	FILE *out = stream == 2 ? stderr : stdout;

	/* One terminal shows both: in the order they were printed. */
	if (stream == 2)
		(void)fflush(stdout);
	if (o->has_timestamps)
		logs_print_time(out, time_ns);
	(void)fwrite(line, 1, len, out);
	if (o->request.is_following)
		(void)fflush(out);
	return ferror(out);
}

int cmd_logs(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = logs_option_table, .min = 1, .max = 1 };
	struct logs_options o = { .request = { .tail = -1 } };
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = engine_logs(engine, args.items[0], &o.request, logs_line, &o, &e);
	return r < 0 ? cli_report(&e) : 0;
}
