/*
 * A line of comma-separated values, as --mount and --network take it.
 *
 * Runs in: cli.
 * See: RFC 4180.
 */
#ifndef HOY_CLI_CSV_H
#define HOY_CLI_CSV_H

#include <stddef.h>

/* Split in place: "a,b" is one field, "" in it a quote. Returns the number of fields, -E2BIG
 * for more than `max`, or -EINVAL. */
int csv_split(char *text, char *fields[], size_t max);

#endif
