/*
 * The record of a container: what is written once when it is made, by verbs only, and read by
 * every other command.
 *
 * Nothing in it says whether the container runs: that is decided by who holds the `alive` lock
 * (store/liveness.h).
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_STORE_RECORD_H
#define HOY_STORE_RECORD_H

#include <stdbool.h>

#include "base/err.h"
#include "base/id.h"
#include "base/str.h"
#include "spec/container_config.h"
#include "store/state.h"

enum { RECORD_VERSION = 1, RECORD_MAX = 4 * 1024 * 1024, RECORD_NAME_SIZE = 256 };

struct record {
	char id[ID_SIZE];
	char name[RECORD_NAME_SIZE];
	uint64_t created_ns; /* wall clock */
	uint64_t run;	     /* how often it was started; 0: never */
	char *image_id;	     /* "sha256:..." */
	char *driver;	     /* "erofs", "overlay": the root is an overlay; "vfs": a copy */
	bool is_shifted;     /* a copy whose files have the ids from outside (--userns) */
	struct strv layers;  /* diff ids, lowest first: what the root file system is made of */
	char *path;	     /* the program: argv[0] after merging, for inspect */
	struct strv args;    /* the rest of argv */
	struct container_config config; /* merged with the image's */
	char *start_error;		/* what the last start said when it failed; NULL */
	int start_exit_code;		/* 125..127 for it */
};

/* Is its root a copy of its layers, not an overlay? */
bool record_is_copied(const struct record *record);

/* Serialise as record.json text. */
void record_emit(const struct record *record, struct str *out);
/* Parse; strict, with the member's path in the sentence. Everything lives in `arena`. */
int record_parse(const char *json, size_t len, struct arena *arena, struct record *ret,
		 struct err *e);

/* Write record.json into the container's directory. FILE_DURABLE unless the container removes
 * itself. */
int record_write(int container_fd, const struct record *record, struct err *e);
/* Read it. -ENOENT: no such container; -EBADMSG: damaged (rm -f still works), with a sentence.
 */
int record_read(const struct state *state, const char *id, struct arena *arena,
		struct record *ret, struct err *e);

#endif
