/*
 * Mappings of ids as text: "CONTAINER:HOST:COUNT", as --uidmap takes it.
 *
 * Runs in: cli.
 * See: user_namespaces(7).
 */
#ifndef HOY_SPEC_ID_MAP_H
#define HOY_SPEC_ID_MAP_H

#include "base/err.h"
#include "base/str.h"
#include "spec/runtime_spec.h"

/*
 * All of them, into `arena`; none gives none. The container's 0 must be among them, ids are at most
 * SPEC_UID_MAX, and no id has two meanings. Returns 0 or -EINVAL with a sentence that names `flag`.
 */
int id_map_parse(const char *flag, const struct strv *texts, struct arena *arena,
		 struct spec_id_mappings *ret, struct err *e);

#endif
