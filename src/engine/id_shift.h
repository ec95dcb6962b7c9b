/*
 * Owners of files from inside of a container's user namespace to outside, and back: for trees
 * that are copied because their mount cannot be mapped.
 *
 * An id without a place in the map becomes 65534, as the kernel shows it. ACLs and file
 * capabilities go along.
 *
 * Runs in: cli (engine).
 * See: user_namespaces(7), acl(5), capabilities(7) "Namespaced file capabilities".
 */
#ifndef HOY_ENGINE_ID_SHIFT_H
#define HOY_ENGINE_ID_SHIFT_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "spec/container_config.h"
#include "spec/runtime_spec.h"

struct id_shift {
	struct spec_id_mappings uids;
	struct spec_id_mappings gids;
	bool is_inward; /* the host's ids become the container's, not the other way round */
};

/* The maps of `config`, in `arena`, outward. */
int id_shift_init(struct id_shift *shift, const struct container_config *config,
		  struct arena *arena, struct err *e);

uid_t id_shift_uid(const struct id_shift *shift, uid_t uid);
gid_t id_shift_gid(const struct id_shift *shift, gid_t gid);
/* The owners in `st`. */
void id_shift_stat(const struct id_shift *shift, struct stat *st);

enum { ID_SHIFT_ROOM = 4 }; /* by which a value may grow */

/* The ids in an extended attribute of `len` bytes. Returns its new length, or -EOVERFLOW: it
 * says nothing any more, for the root that its capabilities are for has no place in the map. */
ssize_t id_shift_xattr(const struct id_shift *shift, const char *name, char *value, size_t len);

#endif
