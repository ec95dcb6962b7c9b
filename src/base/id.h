/*
 * Identifiers: 64 hex digits, random; names that a user gives.
 *
 * Runs in: cli, image.
 */
#ifndef HOY_BASE_ID_H
#define HOY_BASE_ID_H

#include <stdbool.h>

enum { ID_LEN = 64, ID_SHORT_LEN = 12, ID_SIZE = ID_LEN + 1 };

/* 256 random bits as hex. Returns 0 or -errno of getrandom(2). As docker, never an id whose
 * short form is all digits. */
int id_make(char id[ID_SIZE]);

/* 64 lower-case hex digits? */
bool id_is_valid(const char *text);

/* 1 to 64 lower-case hex digits: may be the beginning of an id? */
bool id_is_prefix(const char *text);

/* [a-zA-Z0-9][a-zA-Z0-9_.-]+, docker's rule for the names of containers and volumes; at most
 * 255 bytes. */
bool name_is_valid(const char *text);

#endif
