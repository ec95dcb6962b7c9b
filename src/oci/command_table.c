/*
 * See command_table.h. The order is the alphabetical one of the help.
 *
 * Runs in: runtime.
 */
#include "oci/command_table.h"

#include <string.h>

const struct oci_command oci_commands[] = {
	{ "checkpoint", oci_checkpoint, NULL },
	{ "features", oci_features, "Tell what this runtime can do, as JSON" },
	{ "restore", oci_restore, NULL },
	{ "spec", oci_spec, "Write a config.json to begin with" },
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
