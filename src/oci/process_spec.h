/*
 * The process of an exec: from a file, or the container's own with another command and what the
 * options change.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec config.md "Process"; runc-exec(8).
 */
#ifndef HOY_OCI_PROCESS_SPEC_H
#define HOY_OCI_PROCESS_SPEC_H

#include "oci/exec_options.h"
#include "spec/runtime_spec.h"

/*
 * `container` is the container's spec, whose process is changed in place and becomes that of
 * the exec; `args` is the command (none with --process). What a file does not say about
 * capabilities, limits and labels is as in the container. Returns 0 or -errno.
 */
int process_spec_make(struct oci *oci, const struct exec_options *options,
		      const struct strv *args, struct spec *container, struct err *e);

#endif
