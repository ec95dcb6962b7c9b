/*
 * See command.h.
 *
 * Runs in: cli.
 */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

#include "cli/command_table.h"

/* How many words of argv spell `name`; 0 when it is another command. */
static size_t command_match(const char *name, char *const *argv)
{
	const char *space = strchr(name, ' ');
	size_t first = space ? (size_t)(space - name) : strlen(name);

	if (strlen(argv[0]) != first || memcmp(argv[0], name, first) != 0)
		return 0;
	if (!space)
		return 1;
	return argv[1] && strcmp(argv[1], space + 1) == 0 ? 2 : 0;
}

const struct command *command_find(char *const *argv, size_t *ret_words, const char **ret_name)
{
	for (const struct command *c = command_table; c->names[0]; c++) {
		for (size_t i = 0; i < COMMAND_NAMES_MAX && c->names[i]; i++) {
			size_t words = command_match(c->names[i], argv);

			if (words > 0) {
				*ret_words = words;
				*ret_name = c->names[i];
				return c;
			}
		}
	}
	return NULL;
}

bool command_is_group(const char *word)
{
	for (const struct command_group *g = command_groups; g->name; g++) {
		if (strcmp(g->name, word) == 0)
			return true;
	}
	return false;
}

static int command_unknown(char *const *argv)
{
	AUTO_STR struct str name = { 0 };
	bool is_in_group = command_is_group(argv[0]);

	for (const char *const *never = command_never; *never; never++) {
		if (strcmp(*never, argv[0]) == 0) {
			(void)fprintf(stderr,
				      "hoy: %s is not supported: it is not part of hoy\n",
				      argv[0]);
			return EXIT_USAGE;
		}
	}
	option_quote(is_in_group ? argv[1] : argv[0], &name);
	(void)fprintf(stderr,
		      "hoy: unknown command: hoy %s%s%.*s\n\nRun 'hoy %s%s--help' for more "
		      "information\n",
		      is_in_group ? argv[0] : "", is_in_group ? " " : "", (int)name.len - 2,
		      str_text(&name) + 1, is_in_group ? argv[0] : "", is_in_group ? " " : "");
	return EXIT_FAILED;
}

/* `hoy image`, `hoy image --help`, `hoy image bogus` */
static int command_run_group(char **argv)
{
	if (!argv[1]) {
		command_help_group(argv[0], stderr);
		return 0;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		command_help_group(argv[0], stdout);
		return 0;
	}
	return command_unknown(argv);
}

int command_run(struct cli *cli, char **argv)
{
	const struct command *command;
	const char *name;
	size_t words;

	if (!argv[0]) {
		command_help_all(stderr);
		return 0;
	}
	command = command_find(argv, &words, &name);
	if (!command)
		return command_is_group(argv[0]) ? command_run_group(argv)
						 : command_unknown(argv);
	if (!command->function) {
		(void)fprintf(stderr, "hoy: %s is not supported yet\n", name);
		return EXIT_USAGE;
	}
	cli->command = command;
	cli->command_name = name;
	return command->function(cli, argv + words);
}
