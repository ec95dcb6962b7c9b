/*
 * What may be the name of a host: of a container, a domain, an alias.
 *
 * Runs in: cli.
 * See: hostname(7).
 */
#ifndef HOY_CLI_HOST_NAME_H
#define HOY_CLI_HOST_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum { DOMAIN_LEN_MAX = 253 };

/* Letters, digits, '-', '_' and '.', beginning with a letter or digit; at most `max` bytes. */
bool host_name_is_valid(const char *name, size_t max);

#endif
