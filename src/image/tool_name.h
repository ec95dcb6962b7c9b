/*
 * Names as they stand in archives, made safe: what remains is a path that stays below the root
 * whatever it says.
 *
 * Runs in: image.
 * See: OCI image-spec layer.md "Whiteouts".
 */
#ifndef HOY_IMAGE_TOOL_NAME_H
#define HOY_IMAGE_TOOL_NAME_H

#include <limits.h>

#include "base/err.h"

/*
 * `name` without a leading "/", "./", empty and "." components, into `clean`; "" is the root.
 * As docker, an absolute name is taken as one below the root. Returns 0, or -EINVAL with a
 * sentence: a ".." component, a component over 255 bytes, a name over PATH_MAX, none at all.
 */
int tool_name_clean(const char *name, char clean[PATH_MAX], struct err *e);

enum whiteout_kind {
	WHITEOUT_NOT, /* an ordinary name */
	/* .wh.NAME: NAME of the layers below is gone; `*ret_hidden` points at NAME */
	WHITEOUT_FILE,
	/* .wh..wh..opq: everything in this directory of the layers below is gone */
	WHITEOUT_OPAQUE
};

/*
 * What the last component of the clean path `path` means. Returns an enum whiteout_kind, or
 * -EINVAL with a sentence for the ones that nobody may write: ".wh.", ".wh..", ".wh...", any
 * other ".wh..wh." name; or ".wh." in a component before the last.
 */
int tool_name_whiteout(const char *path, const char **ret_hidden, struct err *e);

#endif
