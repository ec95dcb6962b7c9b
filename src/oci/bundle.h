/*
 * The bundle of a new container: its directory, and the config as it is written there.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec bundle.md.
 */
#ifndef HOY_OCI_BUNDLE_H
#define HOY_OCI_BUNDLE_H

#include <stddef.h>

#include "oci/create_options.h"
#include "spec/runtime_spec.h"

struct bundle {
	const char *path; /* absolute */
	char *text;	  /* of the config; on the heap */
	size_t len;
	struct spec spec; /* root_path made absolute */
};

/*
 * Make the bundle the working directory (hooks run in it, and root.path is relative to it), and
 * read its config. Paths of the options that are relative become absolute before.
 */
int bundle_open(struct oci *oci, struct create_options *options, struct bundle *ret,
		struct err *e);
void bundle_close(struct bundle *bundle);

#endif
