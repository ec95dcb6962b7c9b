/*
 * Volumes on disk: ROOT/volumes/NAME/{volume.json,_data/}, built in ROOT/tmp and published by
 * one rename.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_ENGINE_VOLUME_STORE_H
#define HOY_ENGINE_VOLUME_STORE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "engine/volume.h"
#include "store/state.h"

/* What to make; `owner`: the container that an anonymous one is made for, so that a killed
 * start can be cleaned up. */
struct volume_making {
	const char *name;
	const char *owner;	   /* NULL: a named volume */
	const struct strv *labels; /* NULL: none */
	uid_t uid;		   /* whom its directory belongs to */
	gid_t gid;
	/* What its empty _data is filled with: look whether there is anything (1, 0 or -errno),
	 * then copy that. NULL: it stays empty. */
	int (*open)(void *context, struct err *e);
	int (*fill)(void *context, int data_fd, struct err *e);
	void *context;
};

enum { VOLUME_PATH_SIZE = 320 };

/* "volumes/NAME" or "volumes/NAME/FILE", relative to ROOT; `file` may be NULL. */
void volume_path(char path[VOLUME_PATH_SIZE], const char *name, const char *file);

/* The lock of all volumes: shared for who needs some until the record of the container says so,
 * exclusive for who removes any. An fd owned by the caller, or -errno. */
int volumes_lock(const struct state *state, bool is_exclusive, struct err *e);

/* Make it unless it is there. Returns 1 when it was made, 0 when it was there, -errno. */
int volume_make(const struct state *state, const struct volume_making *making, struct err *e);
bool volume_exists(const struct state *state, const char *name);
/*
 * Fill one that was there, by `making->fill`, if it is empty; or if somebody was killed while
 * doing that. What is in it already stays as it is. Returns 0 or -errno.
 */
int volume_fill_empty(const struct state *state, const struct volume_making *making,
		      struct err *e);

enum { VOLUME_GONE_SIZE = 80 };

/* Remove it, in two steps: out of sight, below ROOT/tmp, at once, with the exclusive lock; then
 * its data, without. One that is gone is fine: then `gone` is "". */
int volume_hide(const struct state *state, const char *name, char gone[VOLUME_GONE_SIZE],
		struct err *e);
int volume_erase(const struct state *state, const char *gone, struct err *e);
/* Read one. `ret_owner` (may be NULL): in the arena or NULL. */
int volume_read(const struct state *state, const char *name, struct arena *arena,
		struct volume *ret, char **ret_owner, struct err *e);
/* Names of all volumes, sorted. */
int volume_names(const struct state *state, struct arena *arena, struct strv *ret,
		 struct err *e);

#endif
