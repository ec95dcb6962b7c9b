/*
 * See confirm.h.
 *
 * Runs in: cli.
 */
#include "cli/confirm.h"

#include <stdio.h>
#include <strings.h>

bool confirm(const char *warning)
{
	char answer[16] = "";

	(void)printf("%s\nAre you sure you want to continue? [y/N] ", warning);
	(void)fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) && strcasecmp(answer, "y\n") == 0;
}
