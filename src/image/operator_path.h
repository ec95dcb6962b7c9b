/*
 * Where the operator's own files are: those of the machine below /etc, those of a user below
 * the home directory.
 *
 * HOY_ETC stands in for /etc, so that tests (and a second instance) need not touch the
 * machine's. A variable with a relative path is as good as none, as the XDG specification has
 * it. Without HOME there are no files of the user: we ask no name service for it.
 *
 * Runs in: cli (engine).
 * See: XDG Base Directory Specification.
 */
#ifndef HOY_IMAGE_OPERATOR_PATH_H
#define HOY_IMAGE_OPERATOR_PATH_H

#include "base/err.h"
#include "base/str.h"

/* "/etc/NAME". These return NULL when there is no such place, or no memory (arena_ok). */
const char *operator_path_etc(struct arena *arena, const char *name);
/* "$HOME/NAME" */
const char *operator_path_home(struct arena *arena, const char *name);
/* "$XDG_CONFIG_HOME/NAME", "$HOME/.config/NAME" */
const char *operator_path_config(struct arena *arena, const char *name);
/* "$XDG_RUNTIME_DIR/containers/NAME"; without that "/run/containers/UID/NAME", as podman. */
const char *operator_path_runtime(struct arena *arena, const char *name);

#endif
