/*
 * See load_report.h.
 *
 * Runs in: cli.
 */
#include "cli/load_report.h"

#include <stdio.h>

void load_report(void *context, const char *name, const char *id)
{
	(void)context;
	if (name)
		(void)printf("Loaded image: %s\n", name);
	else
		(void)printf("Loaded image ID: %s\n", id);
	(void)fflush(stdout);
}

void load_report_quietly(void *context, const char *name, const char *id)
{
	(void)context;
	(void)puts(name ? name : id);
	(void)fflush(stdout);
}
