/*
 * See command_table.h. The order is the alphabetical one of the help.
 *
 * Runs in: runtime.
 */
#include "oci/command_table.h"

#include <string.h>

const struct oci_command oci_commands[] = {
	{ "checkpoint", oci_checkpoint, NULL },
	{ "create", oci_create, "Create a container" },
	{ "delete", oci_delete, "Delete what a container has left" },
	{ "events", oci_events, "Print what a container uses, and when its memory ran out" },
	{ "exec", oci_exec, "Run one more process in a container" },
	{ "features", oci_features, "Tell what this runtime can do, as JSON" },
	{ "kill", oci_kill, "Send a signal to a container (default SIGTERM)" },
	{ "list", oci_list, "List the containers below --root" },
	{ "pause", oci_pause, "Let all processes of a container stand still" },
	{ "ps", oci_ps, "List the processes of a container" },
	{ "restore", oci_restore, NULL },
	{ "resume", oci_resume, "Let a paused container go on" },
	{ "run", oci_run_container, "Create and start a container" },
	{ "spec", oci_spec, "Write a config.json to begin with" },
	{ "start", oci_start, "Start the program of a created container" },
	{ "state", oci_state, "Print the state of a container" },
	{ "update", oci_update, "Change the limits of a container" },
	{ NULL, NULL, NULL },
};

const struct oci_command *oci_command_find(const char *name)
{
	for (const struct oci_command *c = oci_commands; c->name; c++) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}
