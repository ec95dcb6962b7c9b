/*
 * The directory of a container: built in pending/, published to containers/ by one rename,
 * unpublished by the reverse.
 *
 * Its `lock` file (flock, exclusive) says that a verb is at work on it. It moves with the
 * directory, so a lock that was won late is checked against the place where the directory was
 * expected. What lies in pending/ and is not locked is debris.
 *
 * Runs in: cli (engine).
 * See: rename(2), flock(2).
 */
#ifndef HOY_STORE_CONTAINER_DIR_H
#define HOY_STORE_CONTAINER_DIR_H

#include <stdbool.h>

#include "base/err.h"
#include "base/id.h"
#include "base/str.h"
#include "store/state.h"

enum { CONTAINER_PATH_SIZE = 128 };

#define DIR_PENDING    "pending"
#define DIR_CONTAINERS "containers"

struct container_dir {
	char id[ID_SIZE];
	int fd;	     /* the directory */
	int lock_fd; /* its lock, held */
	bool is_published;
};

/* "PLACE/ID" or "PLACE/ID/NAME", relative to ROOT; `name` may be NULL. */
void container_path(char path[CONTAINER_PATH_SIZE], const char *place, const char *id,
		    const char *name);

/* Is there a container of this id, published or pending? */
bool container_dir_exists(const struct state *state, const char *id);
/* Is this one published still? It is unpublished before the first of its files is removed, and no
 * id comes again: so what was read from it before this says yes was whole. */
bool container_dir_is_published(const struct state *state, const char *id);

/* Make pending/ID with a new random id, locked. */
int container_dir_make(const struct state *state, struct container_dir *ret, struct err *e);
/*
 * Open and lock the one in `place`. Waits for the lock with `is_waiting`, else -EWOULDBLOCK.
 * -ENOENT when it is not there, or no longer there once the lock is won.
 */
int container_dir_lock(const struct state *state, const char *place, const char *id,
		       bool is_waiting, struct container_dir *ret);
/* Let go of the lock and the directory. Accepts one that is closed already. */
void container_dir_close(struct container_dir *dir);

/* pending/ID becomes containers/ID; `is_durable`: after a power cut too. */
int container_dir_publish(const struct state *state, struct container_dir *dir, bool is_durable,
			  struct err *e);
/* containers/ID becomes pending/ID: no command sees it any more. */
int container_dir_unpublish(const struct state *state, struct container_dir *dir,
			    struct err *e);
/*
 * Say before it is unpublished whether its anonymous volumes outlive it, so that whoever
 * finishes the removal knows. A bit of the directory's mode: that needs no disk space and goes
 * last. Whatever never was published keeps nothing.
 */
int container_dir_keep_volumes(const struct container_dir *dir, bool is_keeping, struct err *e);
bool container_dir_keeps_volumes(const struct container_dir *dir);
/* Delete pending/ID with everything in it. Before the first of it goes a bit of the directory's
 * mode says so: what is still in there tells nothing any more. */
int container_dir_delete(const struct state *state, struct container_dir *dir, struct err *e);
/* Has that begun, of one in pending/? */
bool container_dir_is_going(const struct state *state, const char *id);

/*
 * A published one is being changed in more than one place (its names, its networks): for
 * whoever comes next after a crash. An empty file beside the directories in pending/, because
 * that is looked through by every command anyway. Unmarking what is not marked is fine.
 */
int container_dir_mark(const struct state *state, const char *id, struct err *e);
int container_dir_unmark(const struct state *state, const char *id);

/* What is unfinished: the ids in pending/, and those that are marked; in the arena, in no
 * order. */
int container_dir_list_unfinished(const struct state *state, struct arena *arena,
				  struct strv *ret_pending, struct strv *ret_marked,
				  struct err *e);

/* The ids in `place`, in the arena, in no order. */
int container_dir_list(const struct state *state, const char *place, struct arena *arena,
		       struct strv *ret, struct err *e);

#endif
