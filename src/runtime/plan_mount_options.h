/*
 * The options of one mount, as fstab writes them: flags of the mount, propagation, words of our
 * own; what remains belongs to the file system.
 *
 * Runs in: cli (engine), runtime; a pure function.
 * See: OCI runtime-spec config.md "Linux mount options", mount(8), mount_setattr(2).
 */
#ifndef HOY_RUNTIME_PLAN_MOUNT_OPTIONS_H
#define HOY_RUNTIME_PLAN_MOUNT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "spec/runtime_spec.h"

enum { MOUNT_OPTION_MAX = 4096, MOUNT_DATA_MAX = 64 * 1024 };

/* Whose ownership is shown by other numbers: nobody's, of the mount, of all below it, too. */
enum mount_idmap { MOUNT_IDMAP_NONE, MOUNT_IDMAP_ONE, MOUNT_IDMAP_RECURSIVE };

struct mount_options {
	uint64_t attr_set; /* MOUNT_ATTR_* */
	uint64_t attr_clear;
	uint64_t attr_set_recursive;
	uint64_t attr_clear_recursive;
	uint32_t propagation; /* MS_PRIVATE.. (| MS_REC); 0: not said */
	bool is_bind;
	bool is_recursive; /* rbind */
	bool is_tmpcopyup;
	bool is_link_copied;	  /* copy-symlink: a source that is a link is made anew */
	bool is_source_kept;	  /* src-nofollow: a source that is a link is itself mounted */
	bool is_destination_kept; /* dest-nofollow: on a link, not on where it leads */
	enum mount_idmap idmap;
	const char *id_map; /* "uids=..;gids=.." of the option, borrowed from it; NULL */
	struct str data;    /* for the file system, comma separated; to be done by the caller */
	struct str superblock; /* sync, dirsync, mand, lazytime: of the file system too, but
				  meaningless for a bind mount */
};

/* The later option wins. Returns 0 or -EINVAL, -EOPNOTSUPP with the option named. `ret` is to
 * be done in any case. */
int mount_options_parse(const struct strv *options, struct mount_options *ret, struct err *e);
/* The names of all that are no file system's own. */
void mount_options_names(struct arena *arena, struct strv *ret);
void mount_options_done(struct mount_options *options);

/* Is it a bind mount, by its type or by an option? */
bool mount_is_bind(const struct spec_mount *mount);

#endif
