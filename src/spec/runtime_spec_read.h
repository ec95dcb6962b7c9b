/*
 * Reading config.json, and the two pieces of it that callers hand over alone: a process
 * (exec --process) and resources (update --resources).
 *
 * Strict where a mistake would change what is started: a member of another type, a number out
 * of range, a word that is not known, a relative path where an absolute one is demanded, two
 * namespaces of one kind. Every such error names the member by its JSON path:
 *
 *   linux.resources.memory.limit: expected an integer, found a string
 *
 * Members that the specification does not know are ignored, as it demands. What is known but
 * has no effect here is said in a warning; nothing that changes behaviour is dropped in
 * silence.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec 1.3 config.md, config-linux.md.
 */
#ifndef HOY_SPEC_RUNTIME_SPEC_READ_H
#define HOY_SPEC_RUNTIME_SPEC_READ_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "spec/runtime_spec.h"

enum { SPEC_CONFIG_MAX = 4 * 1024 * 1024 };

/*
 * Everything in `ret` is copied into `arena`, and so are the warnings, one sentence each.
 * Returns 0, or -EINVAL, -EFBIG, -EOPNOTSUPP, -ENOMEM with the member's path in the sentence.
 */
int spec_parse(const char *json, size_t len, struct arena *arena, struct spec *ret,
	       struct strv *ret_warnings, struct err *e);
int spec_parse_process(const char *json, size_t len, struct arena *arena,
		       struct spec_process *ret, struct strv *ret_warnings, struct err *e);
int spec_parse_resources(const char *json, size_t len, struct arena *arena,
			 struct spec_resources *ret, struct strv *ret_warnings, struct err *e);

#endif
