/*
 * Which ids of the host containers with --userns auto have: a range each, that no other one has.
 *
 * ROOT/userns/FIRST is a link to the id of the container that has the ids from FIRST on. One whose
 * container is gone counts for nothing, and the next who comes by takes it: so nobody has to give
 * a range back, and a killed command loses none.
 *
 * Runs in: cli (engine).
 * See: subuid(5).
 */
#ifndef HOY_ENGINE_USERNS_RANGE_H
#define HOY_ENGINE_USERNS_RANGE_H

#include "base/err.h"
#include "store/state.h"

enum { USERNS_RANGE_SIZE = 65536 };

/*
 * A range of USERNS_RANGE_SIZE ids for container `id`, which exists (pending will do): among those
 * that /etc/subuid and /etc/subgid both give to user `hoy`, or else `containers`; where they give
 * none, above all that systemd and useradd hand out. `ret` is the first. Returns 0 or -errno with a
 * sentence.
 */
int userns_range_take(const struct state *state, const char *id, uint32_t *ret, struct err *e);

#endif
