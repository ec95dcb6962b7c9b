/*
 * See host_name.h.
 *
 * Runs in: cli.
 */
#include "cli/host_name.h"

#include <ctype.h>
#include <string.h>

bool host_name_is_valid(const char *name, size_t max)
{
	if (strlen(name) > max || !isalnum((unsigned char)name[0]))
		return false;
	for (const char *c = name; *c; c++) {
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_' && *c != '.')
			return false;
	}
	return true;
}
