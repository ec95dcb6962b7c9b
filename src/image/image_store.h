/*
 * Images on disk: content-addressed blobs, names that point to them, and layers made of them.
 *
 *   ROOT/images/refs/<escaped reference>   four lines: version, full reference, image id, manifest; replaced atomically
 *   ROOT/images/records/<hex of the id>    layers, manifests and blobs of one image: what exists (image_record.h)
 *   ROOT/images/lock                       held (shared or alone) only while any of these is being changed, never while unpacking
 *   ROOT/blobs/sha256/<hex>                manifests, configs, layers as they came (compressed blobs are kept)
 *   ROOT/layers/<hex of the diff id>/      driver overlay: `fs/` and `layer.json` {version, diffId, size}
 *   ROOT/partial/<hex>                     a blob as far as it was fetched, by whoever holds its lock; nobody: for the next pull
 *   ROOT/tmp/<random>/                     what is being written, by whoever holds its `lock`; nobody: debris (work.h)
 *
 * An image's id is the digest of its config. It exists when its record does, which is written after its config, manifest and
 * layers; references are written last. An image without a reference is "<none>" until rmi.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_IMAGE_STORE_H
#define HOY_IMAGE_IMAGE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "base/str.h"
#include "format/digest.h"
#include "image/load_progress.h"
#include "spec/image_config.h"
#include "store/state.h"

struct image {
	char id[DIGEST_SIZE];	    /* digest of the config */
	char manifest[DIGEST_SIZE]; /* digest of the manifest */
	char parent[DIGEST_SIZE];   /* image id that it was committed from; "" */
	/* full names that point to it ("docker.io/library/busybox:latest"), only from
	 * image_list */
	struct strv references;
	uint64_t size; /* of all layers, unpacked, bytes */
	size_t layer_count;
	uint64_t *layer_sizes; /* of each, as config.diff_ids */
	uint64_t created_ns;
	struct image_config config;
};

/*
 * Find by reference, id, or unique prefix of an id ("sha256:" optional). On the start path: two
 * or three small reads. -ENOENT with docker's sentence ("No such image: NAME"); everything
 * lives in `arena`.
 */
int image_find(const struct state *state, const char *name, struct arena *arena,
	       struct image *ret, struct err *e);

/* Is it for the platform `text`, as a user writes it? Returns 1, 0, or -EINVAL: that is none. */
int image_platform_is(const struct image *image, const char *text, struct err *e);
/* It has to be: 0, -EINVAL, or -ENOENT with a sentence that calls it `name`. `text` NULL: any will
 * do. */
int image_platform_check(const struct image *image, const char *name, const char *text,
			 struct err *e);
/* What it is for runs on `text`, which may be newer (arm v7 runs v6); NULL: on this machine. Returns
 * as image_platform_check; an image that does not say what it is for is for everything. */
int image_platform_runs(const struct image *image, const char *name, const char *text,
			struct err *e);

/*
 * Hold the images as they are: nothing is removed until the returned fd (owned by the caller)
 * is closed. For whoever finds an image and then writes down that a container needs it. Waits
 * for imports to publish, which takes milliseconds.
 */
int image_hold(const struct state *state, struct err *e);

/* All of them, newest first. Without `has_configs` their `config` stays empty, which is three times
 * as fast. */
int image_list(const struct state *state, bool has_configs, struct arena *arena,
	       struct image **ret, size_t *ret_count, struct err *e);

/* Bytes of what is kept of an image as it came: config, manifests and blobs, each once. What is
 * not there counts nothing. -ENOENT without a sentence: there is no such image. */
int image_content_size(const struct state *state, const char *id, struct arena *arena,
		       uint64_t *ret, struct err *e);

/*
 * Does any container need this image id or this layer (a diff id)? Given by the engine, because
 * containers are not known here. A running one counts more than a stopped one.
 * `ret_container_id` is written for anything but IMAGE_UNUSED.
 */
enum image_use { IMAGE_UNUSED, IMAGE_USED_STOPPED, IMAGE_USED_RUNNING };

struct image_users {
	enum image_use (*is_used)(void *context, const char *digest,
				  char ret_container_id[ID_SIZE]);
	void *context;
};

struct image_removal { /* what rmi prints, in order: "Untagged: ...", "Deleted: ..." */
	struct strv lines;
};

int image_tag(const struct state *state, const char *source, const char *target, struct err *e);

struct image_remove_request {
	const char *name;
	bool is_forced;
	bool keeps_parents; /* images without a name that only this one was made of stay */
	const struct image_users *users;
};
int image_remove(const struct state *state, const struct image_remove_request *request,
		 struct arena *arena, struct image_removal *ret, struct err *e);

struct image_prune_request {
	bool is_all;	   /* not only those without a tag */
	uint64_t until_ns; /* only those created before; 0: all */
	/* May this one go? NULL: any */
	bool (*is_wanted)(void *context, const struct image *image);
	void *context;
	const struct image_users *users;
};

/* Remove what no container uses; and what interrupted pulls left. `ret_bytes`: how much that
 * freed. */
int image_prune(const struct state *state, const struct image_prune_request *request,
		struct arena *arena, struct image_removal *ret, uint64_t *ret_bytes,
		struct err *e);

/*
 * A pattern for names that has no registry in front: append to `patterns`, in `arena`, what it
 * stands for by the operator's aliases and registries to be searched, as names that users see.
 * Nothing, also when the operator's files cannot be read.
 */
void image_short_patterns(const char *pattern, struct arena *arena, struct strv *patterns);

struct image_import_request {
	int input_fd;	       /* the tar, perhaps compressed; -EBADF: it is at */
	const char *url;       /* "http[s]://..." */
	const char *reference; /* NULL: untagged */
	const char *message;
	const char *platform;	 /* NULL: this machine's */
	struct strv changes;	 /* as -c */
	const char *source_name; /* for the history, which says "Imported from FILE" */
	struct load_watcher
		watcher; /* is told of reading alone, and of what comes from `url` */
};

/* Unpack in hoy-image, write config and manifest, tag last. A signal that comes meanwhile ends
 * it, and then the program; nothing stays. */
int image_import(const struct state *state, const struct image_import_request *request,
		 char ret_id[DIGEST_SIZE], struct err *e);

struct image_commit_request {
	int upper_fd; /* the container's upper directory */
	/* Called when that has been read, before anything is published: an error if somebody
	 * removed files of it meanwhile. Given by the engine. */
	int (*check_source)(const void *context, struct err *e);
	const void *context;
	const struct image *base;
	const char *reference; /* NULL: untagged */
	const char *author;
	const char *message;
	struct strv changes;
	/* the container's own settings, the new image's defaults */
	const struct image_config *config;
};

/* Pack the upper directory (whiteouts and opaque directories become .wh. files) in hoy-image;
 * one layer on top of `base`. */
int image_commit(const struct state *state, const struct image_commit_request *request,
		 char ret_id[DIGEST_SIZE], struct err *e);

/* A tar of the whole tree behind `root_fd` to `output_fd`, by hoy-image without privileges
 * beyond reading. */
int image_export(const struct state *state, int root_fd, int output_fd, struct err *e);

/*
 * What a container's root is made of: paths relative to ROOT, topmost first, for the overlay's
 * lower directories. -ENOENT names the layer that is missing.
 */
int image_layer_paths(const struct state *state, const struct strv *diff_ids,
		      struct arena *arena, struct strv *ret, struct err *e);

/* Remove what killed commands left in ROOT/tmp and take back what they were publishing. Never
 * waits; cheap when there is nothing. */
int image_recover(const struct state *state, struct err *e);

/* Remove what nothing reaches: unfinished imports, blobs and layers without an image. Skips
 * what is locked. */
int image_sweep(const struct state *state, const struct image_users *users, uint64_t *ret_bytes,
		struct err *e);
/* A container of this image (NULL: of some image) is gone. If the image was removed before it,
 * what was kept for the container goes as well. Waits for whoever is just removing the image. */
int image_sweep_after(const struct state *state, const char *image_id,
		      const struct image_users *users, struct err *e);
/* What an earlier one had to leave because others were just reading it, if nobody is any more.
 * One system call when there is nothing. */
int image_sweep_postponed(const struct state *state, const struct image_users *users,
			  struct err *e);

/* How much that would remove, without removing it. */
int image_unneeded(const struct state *state, const struct image_users *users,
		   uint64_t *ret_bytes, struct err *e);

/* Verify: every reference resolves, every blob's digest is right, every layer exists. Findings
 * are appended, one a line. */
int image_check(const struct state *state, bool is_repairing, struct str *findings,
		struct err *e);

#endif
