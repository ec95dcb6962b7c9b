/*
 * What `update` changes: a JSON object of resources that names only what is to be another.
 *
 * Runs in: runtime; pure functions.
 * See: OCI runtime-spec config-linux.md "Control groups"; RFC 7396.
 */
#ifndef HOY_OCI_RESOURCES_PATCH_H
#define HOY_OCI_RESOURCES_PATCH_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "format/json.h"

enum { RESOURCES_PATCH_MAX = 4 * 1024 * 1024 };

/*
 * Parse. Limits of 0 are taken out: docker and containerd write them for what they leave as it
 * is, as runc reads them. What is left is not checked yet. The object is the caller's.
 */
int resources_patch_parse(const char *text, size_t len, struct json_object **ret,
			  struct err *e);

/* The text of config.json with "linux.resources" changed by `patch`, appended to `out`. */
int resources_patch_config(const char *config, size_t len, struct json_object *patch,
			   struct str *out, struct err *e);

#endif
