/*
 * What is in an archive of images.
 *
 * Runs in: image.
 */
#ifndef HOY_IMAGE_TOOL_INDEX_H
#define HOY_IMAGE_TOOL_INDEX_H

#include "base/err.h"
#include "base/str.h"

/*
 * Confine this process, read TOOL_INPUT (what comes only once is spooled into TOOL_DIRECTORY) and
 * append {"ok":true,"images":[...]} to `out`:
 *
 *   {"config":PART,"manifest":PART,"names":["x:1"],"layers":[PART]}
 *   PART = {"path":"...","file":N,"offset":N,"size":N,"digest":"sha256:...","mediaType":"..."}
 *
 * `file` is the number of a spooled file, `path` a file of a layout; without both it is the archive
 * itself. What is not known is absent.
 *
 * Words: `layout` (TOOL_DIRECTORY is an OCI layout, and there is no archive), `platform=P` (of
 * several), `name=N` (only the one that the layout calls so). Returns 0 or -errno with one
 * sentence.
 */
int tool_index(char *const *words, struct str *out, struct err *e);

#endif
