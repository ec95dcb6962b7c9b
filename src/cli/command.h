/*
 * The table of commands: names, help, function. What docker has and hoy has not yet is in it
 * too, to be refused by name.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_COMMAND_H
#define HOY_CLI_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/cli.h"

typedef int command_function(struct cli *cli, char **argv);

enum { COMMAND_NAMES_MAX = 4 };

struct command {
	/* "run", "container run": the first is the usual one */
	const char *names[COMMAND_NAMES_MAX];
	command_function *function; /* NULL: not here yet */
	/* behind the name: "[OPTIONS] IMAGE [COMMAND] [ARG...]" */
	const char *usage;
	const char *help; /* one line; NULL: not listed */
};

/*
 * The command that argv begins with; `ret_words` is how many words its name takes (2 for
 * "container run") and `ret_name` the name as it is in the table. NULL: none.
 */
const struct command *command_find(char *const *argv, size_t *ret_words, const char **ret_name);
/* Is `word` the name of a group of commands ("container")? */
bool command_is_group(const char *word);

/* Find the command, run it, and return its exit code: also for groups alone, unknown commands,
 * and those that are not here. */
int command_run(struct cli *cli, char **argv);

/* Help of all commands, of one group ("image"), of one command (to stdout). Asked for it goes
 * to stdout, else to stderr. */
void command_help_all(FILE *to);
void command_help_group(const char *group, FILE *to);
void command_help(const struct command *command, const char *name,
		  const struct option *options);

int cmd_attach(struct cli *cli, char **argv);
int cmd_commit(struct cli *cli, char **argv);
int cmd_container_prune(struct cli *cli, char **argv);
int cmd_container_inspect(struct cli *cli, char **argv);
int cmd_create(struct cli *cli, char **argv);
int cmd_exec(struct cli *cli, char **argv);
int cmd_export(struct cli *cli, char **argv);
int cmd_help(struct cli *cli, char **argv);
int cmd_history(struct cli *cli, char **argv);
int cmd_image_inspect(struct cli *cli, char **argv);
int cmd_image_prune(struct cli *cli, char **argv);
int cmd_image_tree(struct cli *cli, char **argv);
int cmd_images(struct cli *cli, char **argv);
int cmd_import(struct cli *cli, char **argv);
int cmd_info(struct cli *cli, char **argv);
int cmd_inspect(struct cli *cli, char **argv);
int cmd_internal_reap(struct cli *cli, char **argv);
int cmd_internal_relay(struct cli *cli, char **argv);
int cmd_internal_resolver(struct cli *cli, char **argv);
int cmd_kill(struct cli *cli, char **argv);
int cmd_load(struct cli *cli, char **argv);
int cmd_login(struct cli *cli, char **argv);
int cmd_logout(struct cli *cli, char **argv);
int cmd_logs(struct cli *cli, char **argv);
int cmd_ps(struct cli *cli, char **argv);
int cmd_pull(struct cli *cli, char **argv);
int cmd_push(struct cli *cli, char **argv);
int cmd_registry_referrers(struct cli *cli, char **argv);
int cmd_registry_rm(struct cli *cli, char **argv);
int cmd_registry_tags(struct cli *cli, char **argv);
int cmd_rename(struct cli *cli, char **argv);
int cmd_restart(struct cli *cli, char **argv);
int cmd_rm(struct cli *cli, char **argv);
int cmd_rmi(struct cli *cli, char **argv);
int cmd_run(struct cli *cli, char **argv);
int cmd_save(struct cli *cli, char **argv);
int cmd_start(struct cli *cli, char **argv);
int cmd_stop(struct cli *cli, char **argv);
int cmd_system_check(struct cli *cli, char **argv);
int cmd_system_df(struct cli *cli, char **argv);
int cmd_system_prune(struct cli *cli, char **argv);
int cmd_system_reset(struct cli *cli, char **argv);
int cmd_tag(struct cli *cli, char **argv);
int cmd_version(struct cli *cli, char **argv);
int cmd_network_connect(struct cli *cli, char **argv);
int cmd_network_create(struct cli *cli, char **argv);
int cmd_network_disconnect(struct cli *cli, char **argv);
int cmd_network_inspect(struct cli *cli, char **argv);
int cmd_network_ls(struct cli *cli, char **argv);
int cmd_network_prune(struct cli *cli, char **argv);
int cmd_network_reload(struct cli *cli, char **argv);
int cmd_network_rm(struct cli *cli, char **argv);
int cmd_port(struct cli *cli, char **argv);
int cmd_volume_create(struct cli *cli, char **argv);
int cmd_volume_inspect(struct cli *cli, char **argv);
int cmd_volume_ls(struct cli *cli, char **argv);
int cmd_volume_prune(struct cli *cli, char **argv);
int cmd_volume_rm(struct cli *cli, char **argv);
int cmd_wait(struct cli *cli, char **argv);

#endif
