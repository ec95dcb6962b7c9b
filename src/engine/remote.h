/*
 * What a registry has under a name, without fetching it: tags, what refers to a manifest; and
 * deletion.
 *
 * Names are written as users write them. What is read may have a short name, as in a pull; what
 * is deleted is where the name says. A mirror is never asked.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_ENGINE_REMOTE_H
#define HOY_ENGINE_REMOTE_H

#include "base/err.h"
#include "base/str.h"
#include "spec/image_index.h"

/* The tags of a repository, in `arena`. -EINVAL: `name` has a tag or a digest itself. */
int remote_tags(const char *name, struct arena *arena, struct strv *ret, struct err *e);

/*
 * What refers to the manifest that `name` means ("latest" without a tag): in `arena`.
 * `artifact_type`: those alone; NULL: all.
 */
int remote_referrers(const char *name, const char *artifact_type, struct arena *arena,
		     struct image_index *ret, struct err *e);

/*
 * Delete the tag or the manifest. Never more than is named: where the registry deletes no tags,
 * -EOPNOTSUPP, with the digest in the hint. -EINVAL: neither a tag nor a digest, or both.
 */
int remote_remove(const char *name, struct err *e);
/* Delete a blob, which is named by its digest; who still has it in a manifest cannot be pulled
 * afterwards. -EINVAL: there is no digest, or a tag. */
int remote_remove_blob(const char *name, struct err *e);

#endif
