/*
 * See command_table.h. The order is the alphabetical one of the help.
 *
 * Runs in: runtime.
 */
#include "oci/command_table.h"

#include <string.h>

const struct oci_command oci_commands[] = {
	{ "checkpoint", oci_checkpoint, NULL },
	{ "create", oci_create, "create a container" },
	{ "delete", oci_delete, "delete what a container has left" },
	{ "kill", oci_kill, "send a signal to a container (default SIGTERM)" },
	{ "restore", oci_restore, NULL },
	{ "run", oci_run_container, "create and start a container" },
	{ "start", oci_start, "start the program of a created container" },
	{ "state", oci_state, "print the state of a container" },
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
