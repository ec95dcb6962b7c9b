/*
 * What `list` prints of containers that it has found: a table or JSON, as runc.
 *
 * Runs in: runtime; pure functions.
 */
#ifndef HOY_OCI_CONTAINER_TABLE_H
#define HOY_OCI_CONTAINER_TABLE_H

#include "oci/container.h"

struct container_row {
	const char *id;
	struct oci_state state;
	enum oci_status status;
};

/* ID PID STATUS BUNDLE CREATED OWNER, in columns of at least 12 characters. */
void container_table_print(const struct container_row *rows, size_t count, struct str *out);
/* An array on one line. */
void container_table_json(const struct container_row *rows, size_t count, struct str *out);

#endif
