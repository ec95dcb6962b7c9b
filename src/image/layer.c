/*
 * See layer.h.
 *
 * Runs in: cli (engine).
 */
#include "image/layer.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/id.h"
#include "format/digest.h"
#include "format/json.h"
#include "image/holder.h"

enum {
	LAYER_JSON_MAX = 4096,
	LAYER_VERSION = 1,
	LAYER_ROOT_MODE = 0755,
	EROFS_SUPER_OFFSET = 1024
};

#define LAYER_JSON "layer.json"
#define EROFS_MARK "\xe2\xe1\xf5\xe0"

static const char *const form_names[] = {
	[LAYER_DIRECTORY] = "fs",
	[LAYER_EROFS] = "layer.erofs",
};
enum { FORM_COUNT = sizeof(form_names) / sizeof(form_names[0]) };

static int directory_begin(const struct state *state, const char *path, struct err *e)
{
	int fd;
	int r;

	FAULT("mkdir");
	r = dir_make(state->root_fd, path, 0700);
	if (r < 0)
		return err_sys(e, r, "make %s/%s", state->root, path);
	fd = openat(state->root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, errno, "open %s/%s", state->root, path);
	/* What a container sees as / when the archive says nothing about it; the directory
	 * above keeps others out. */
	if (fchmod(fd, LAYER_ROOT_MODE) < 0) {
		r = err_sys(e, errno, "set the mode of %s/%s", state->root, path);
		(void)fd_close(fd);
		return r;
	}
	return fd;
}

int layer_begin(const struct state *state, enum layer_form form, const char *work_name,
		struct err *e)
{
	char path[LAYER_PATH_SIZE];
	int fd;
	int r;

	(void)snprintf(path, sizeof(path), "tmp/%s/layer/%s", work_name,
		       form == LAYER_DIRECTORY ? form_names[form] : "");
	if (form == LAYER_DIRECTORY)
		return directory_begin(state, path, e);
	FAULT("mkdir");
	r = dir_make(state->root_fd, path, 0700);
	if (r < 0)
		return err_sys(e, r, "make %s/%s", state->root, path);
	(void)snprintf(path, sizeof(path), "tmp/%s/layer/%s", work_name, form_names[form]);
	fd = openat(state->root_fd, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? err_sys(e, errno, "make %s/%s", state->root, path) : fd;
}

static int json_put(int dir_fd, const char *diff_id, uint64_t size)
{
	AUTO_STR struct str text = { 0 };
	struct json_writer w = { .out = &text };

	json_begin_object(&w, NULL);
	json_write_i64(&w, "version", LAYER_VERSION);
	json_write_text(&w, "diffId", diff_id);
	json_write_u64(&w, "size", size);
	json_end_object(&w);
	return str_ok(&text) < 0 ? -ENOMEM
				 : file_replace(dir_fd, LAYER_JSON, text.data, text.len, 0600,
						FILE_DURABLE);
}

/* With its layer.json, before it appears. Returns the directory `layers`, owned by the caller. */
static int layer_finish(const struct state *state, const char *from, const char *diff_id,
			uint64_t size, struct err *e)
{
	AUTO_CLOSE int layers = -EBADF;
	AUTO_CLOSE int fd = -EBADF;
	int r = dir_make(state->root_fd, "layers", 0700);

	if (r < 0)
		return err_sys(e, r, "make %s/layers", state->root);
	fd = openat(state->root_fd, from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	layers = openat(state->root_fd, "layers", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || layers < 0)
		return err_sys(e, errno, "open %s/%s", state->root, from);
	r = json_put(fd, diff_id, size);
	return r < 0 ? err_sys(e, r, "write %s/%s/" LAYER_JSON, state->root, from)
		     : fd_take(&layers);
}

/* What lies on `layers` or in it besides ours is somebody's mount: nothing is renamed onto one. */
static int rename_failed(const struct state *state, int r, const char *diff_id, struct err *e)
{
	if (r == -EXDEV || r == -EBUSY)
		return err_set(e, ERR_CONFLICT, r,
			       "put layer %s in its place: a file system is mounted on "
			       "%s/layers or below it; mount one on %s as a whole instead",
			       diff_id, state->root, state->root);
	return err_sys(e, r, "put layer %s in its place", diff_id);
}

int layer_publish(const struct state *state, const char *work_name, const char *diff_id,
		  uint64_t size, struct err *e)
{
	char from[LAYER_PATH_SIZE];
	AUTO_CLOSE int layers = -EBADF;

	(void)snprintf(from, sizeof(from), "tmp/%s/layer", work_name);
	layers = layer_finish(state, from, diff_id, size, e);
	if (layers < 0)
		return layers;
	FAULT("rename");
	if (renameat(state->root_fd, from, layers, digest_hex(diff_id)) < 0 &&
	    errno != EEXIST && errno != ENOTEMPTY)
		return rename_failed(state, -errno, diff_id, e);
	return fsync(layers) < 0 ? err_sys(e, errno, "sync %s/layers", state->root) : 0;
}

/* The old one goes where the new one was, and away with the work. */
int layer_replace(const struct state *state, const char *work_name, const char *diff_id,
		  uint64_t size, struct err *e)
{
	char from[LAYER_PATH_SIZE];
	AUTO_CLOSE int layers = -EBADF;

	if (layer_find(state, diff_id) == -ENOENT)
		return layer_publish(state, work_name, diff_id, size, e);
	(void)snprintf(from, sizeof(from), "tmp/%s/layer", work_name);
	layers = layer_finish(state, from, diff_id, size, e);
	if (layers < 0)
		return layers;
	FAULT("rename");
	if (renameat2(state->root_fd, from, layers, digest_hex(diff_id), RENAME_EXCHANGE) < 0)
		return rename_failed(state, -errno, diff_id, e);
	return fsync(layers) < 0 ? err_sys(e, errno, "sync %s/layers", state->root) : 0;
}

void layer_form_path(const char *diff_id, enum layer_form form, char path[LAYER_PATH_SIZE])
{
	(void)snprintf(path, LAYER_PATH_SIZE, "layers/%s/%s", digest_hex(diff_id),
		       form_names[form]);
}

int layer_find(const struct state *state, const char *diff_id)
{
	char path[LAYER_PATH_SIZE];

	/* The usual one first. */
	for (int form = FORM_COUNT - 1; form >= 0; form--) {
		layer_form_path(diff_id, (enum layer_form)form, path);
		if (faccessat(state->root_fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return form;
		if (errno != ENOENT)
			return -errno;
	}
	return -ENOENT;
}

int layer_path(const struct state *state, const char *diff_id, struct str *path)
{
	char text[LAYER_PATH_SIZE];
	int form = layer_find(state, diff_id);

	if (form < 0)
		return form;
	layer_form_path(diff_id, (enum layer_form)form, text);
	str_add(path, text);
	return str_ok(path);
}

/* layer.json, parsed; to be put by the caller. */
static int json_read(const struct state *state, const char *diff_id, struct json_object **ret,
		     struct err *e)
{
	AUTO_FREE char *text = NULL;
	char path[LAYER_PATH_SIZE];
	size_t len;
	int r;

	(void)snprintf(path, sizeof(path), "layers/%s/" LAYER_JSON, digest_hex(diff_id));
	r = file_read(state->root_fd, path, LAYER_JSON_MAX, &text, &len);
	if (r < 0)
		return err_sys(e, r, "read %s/%s", state->root, path);
	return json_parse(text, len, LAYER_JSON_MAX, LAYER_JSON, ret, e);
}

int layer_size(const struct state *state, const char *diff_id, uint64_t *ret, struct err *e)
{
	AUTO_JSON struct json_object *o = NULL;
	int r = json_read(state, diff_id, &o, e);

	return r < 0 ? r : json_get_u64(o, LAYER_JSON, "size", INT64_MAX, ret, e);
}

static int json_check(const struct state *state, const char *diff_id, struct err *e)
{
	AUTO_JSON struct json_object *o = NULL;
	AUTO_ARENA struct arena arena = { 0 };
	uint64_t version = 0;
	char *text = NULL;
	int r = json_read(state, diff_id, &o, e);

	if (r == 0)
		r = json_get_u64(o, LAYER_JSON, "version", UINT32_MAX, &version, e);
	if (r == 0)
		r = json_get_string(o, LAYER_JSON, "diffId", &arena, &text, e);
	if (r < 0)
		return r;
	return version == LAYER_VERSION && str_equal(text, diff_id)
		       ? 0
		       : err_set(e, ERR_INVALID, -EBADMSG,
				 LAYER_JSON " is not that of this layer");
}

/* The mark of an EROFS superblock, which is written last. */
static int image_check_mark(const struct state *state, const char *diff_id, struct err *e)
{
	char path[LAYER_PATH_SIZE];
	AUTO_CLOSE int fd = -EBADF;
	uint8_t mark[sizeof(uint32_t)];

	layer_form_path(diff_id, LAYER_EROFS, path);
	fd = openat(state->root_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, errno, "open %s/%s", state->root, path);
	if (pread(fd, mark, sizeof(mark), EROFS_SUPER_OFFSET) != (ssize_t)sizeof(mark) ||
	    memcmp(mark, EROFS_MARK, sizeof(mark)) != 0)
		return err_set(e, ERR_INVALID, -EBADMSG, "%s is no EROFS image", path);
	return 0;
}

int layer_check(const struct state *state, const char *diff_id, struct err *e)
{
	int form = layer_find(state, diff_id);
	int r;

	if (form < 0)
		return err_set(e, ERR_INTERNAL, form, "layer %s is missing", diff_id);
	r = json_check(state, diff_id, e);
	if (r == 0 && form == LAYER_EROFS)
		r = image_check_mark(state, diff_id, e);
	return r < 0 ? err_wrap(e, r, "layer %s is damaged", diff_id) : 0;
}

/*
 * Out of sight by one rename into ROOT/tmp, where it is debris that work_recover deletes: the
 * lock that the caller holds is not held for the seconds that thousands of files take.
 */
int layer_remove(const struct state *state, const char *diff_id, struct err *e)
{
	char from[LAYER_PATH_SIZE];
	char to[LAYER_PATH_SIZE];
	char id[ID_SIZE];
	/* First where it is mounted: killed in between, it is only mounted again. */
	int r = layer_find(state, diff_id) == LAYER_EROFS
			? holder_forget(state, digest_hex(diff_id), e)
			: 0;

	if (r < 0)
		return r;
	r = id_make(id);

	if (r < 0)
		return err_sys(e, r, "make a random name");
	(void)snprintf(from, sizeof(from), "layers/%s", digest_hex(diff_id));
	(void)snprintf(to, sizeof(to), "tmp/%.32s", id);
	FAULT("rename");
	if (renameat(state->root_fd, from, state->root_fd, to) == 0)
		return 0;
	/* No tmp, or no room for a name in it: then here. */
	r = dir_remove(state->root_fd, from);
	return r < 0 ? err_sys(e, r, "remove layer %s", diff_id) : 0;
}
