/*
 * The help texts, in docker's layout.
 *
 * Runs in: cli.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command_table.h"
#include "cli/global.h"

enum { HELP_ROWS_MAX = 64 };

static const char *const help_common[] = { "run",    "exec",	"ps",	"import",
					   "images", "version", "info", NULL };

static const struct command *help_find(const char *name)
{
	for (const struct command *c = command_table; c->names[0]; c++) {
		if (strcmp(c->names[0], name) == 0)
			return c;
	}
	return NULL;
}

static bool help_is_common(const char *name)
{
	for (const char *const *common = help_common; *common; common++) {
		if (strcmp(*common, name) == 0)
			return true;
	}
	return false;
}

void command_help_all(FILE *to)
{
	AUTO_STR struct str options = { 0 };

	(void)fprintf(to, "Usage:  hoy [OPTIONS] COMMAND\n\nContainers without a "
			  "daemon\n\nCommon Commands:\n");
	for (const char *const *name = help_common; *name; name++)
		(void)fprintf(to, "  %-11s %s\n", *name, help_find(*name)->help);
	(void)fprintf(to, "\nManagement Commands:\n");
	for (const struct command_group *g = command_groups; g->name; g++)
		(void)fprintf(to, "  %-11s %s\n", g->name, g->help);
	(void)fprintf(to, "\nCommands:\n");
	for (const struct command *c = command_table; c->names[0]; c++) {
		if (c->help && !strchr(c->names[0], ' ') && !help_is_common(c->names[0]))
			(void)fprintf(to, "  %-11s %s\n", c->names[0], c->help);
	}
	option_help(global_options, cli_width(), &options);
	(void)fprintf(
		to,
		"\nGlobal %s\nRun 'hoy COMMAND --help' for more information on a command.\n",
		str_text(&options));
}

struct help_row {
	const char *name;
	const char *help;
};

static int help_compare(const void *a, const void *b)
{
	return strcmp(((const struct help_row *)a)->name, ((const struct help_row *)b)->name);
}

/* The first of its names in the group, without the group: "ls" of "image ls". */
static const char *help_name_in(const struct command *command, const char *group)
{
	size_t len = strlen(group);

	for (size_t i = 0; i < COMMAND_NAMES_MAX && command->names[i]; i++) {
		if (strncmp(command->names[i], group, len) == 0 &&
		    command->names[i][len] == ' ')
			return command->names[i] + len + 1;
	}
	return NULL;
}

void command_help_group(const char *group, FILE *to)
{
	struct help_row rows[HELP_ROWS_MAX];
	size_t count = 0;

	for (const struct command_group *g = command_groups; g->name; g++) {
		if (strcmp(g->name, group) == 0)
			(void)fprintf(to, "Usage:  hoy %s COMMAND\n\n%s\n\nCommands:\n", group,
				      g->help);
	}
	for (const struct command *c = command_table; c->names[0]; c++) {
		const char *name = c->help ? help_name_in(c, group) : NULL;

		if (name && count < HELP_ROWS_MAX)
			rows[count++] = (struct help_row){ name, c->help };
	}
	qsort(rows, count, sizeof(rows[0]), help_compare);
	for (size_t i = 0; i < count; i++)
		(void)fprintf(to, "  %-11s %s\n", rows[i].name, rows[i].help);
	(void)fprintf(to, "\nRun 'hoy %s COMMAND --help' for more information on a command.\n",
		      group);
}

void command_help(const struct command *command, const char *name, const struct option *options)
{
	AUTO_STR struct str text = { 0 };

	str_printf(&text, "Usage:  hoy %s %s\n\n%s\n", name, command->usage,
		   command->help ? command->help : "Internal");
	if (command->names[1]) {
		str_add(&text, "\nAliases:\n");
		for (size_t i = 0; i < COMMAND_NAMES_MAX && command->names[i]; i++)
			str_printf(&text, "%s hoy %s", i == 0 ? " " : ",", command->names[i]);
		str_add_char(&text, '\n');
	}
	if (options && options->kind != OPTION_END)
		str_add_char(&text, '\n');
	option_help(options, cli_width(), &text);
	(void)fputs(str_text(&text), stdout);
}

int cmd_help(struct cli *cli, char **argv)
{
	static char help[] = "--help";
	char *words[4] = { NULL };
	size_t count = 0;

	if (argv[0] && strcmp(argv[0], help) != 0) {
		while (count < 2 && argv[count]) {
			words[count] = argv[count];
			count++;
		}
		words[count] = help;
		if (!command_is_group(words[0])) {
			const char *name;
			size_t used;

			if (!command_find(words, &used, &name)) {
				(void)fprintf(stderr, "unknown help topic: %s\n", words[0]);
				return EXIT_FAILED;
			}
		}
		return command_run(cli, words);
	}
	command_help_all(stdout);
	return 0;
}
