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

enum {
	LAYER_JSON_MAX = 4096,
	LAYER_VERSION = 1,
	LAYER_PATH_SIZE = 256,
	LAYER_ROOT_MODE = 0755
};

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
				 : file_replace(dir_fd, "layer.json", text.data, text.len, 0600,
						FILE_DURABLE);
}

int layer_publish(const struct state *state, const char *work_name, const char *diff_id,
		  uint64_t size, struct err *e)
{
	char from[LAYER_PATH_SIZE];
	AUTO_CLOSE int layers = -EBADF;
	AUTO_CLOSE int fd = -EBADF;
	int r = dir_make(state->root_fd, "layers", 0700);

	if (r < 0)
		return err_sys(e, r, "make %s/layers", state->root);
	(void)snprintf(from, sizeof(from), "tmp/%s/layer", work_name);
	fd = openat(state->root_fd, from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	layers = openat(state->root_fd, "layers", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || layers < 0)
		return err_sys(e, errno, "open %s/%s", state->root, from);
	r = json_put(fd, diff_id, size);
	if (r < 0)
		return err_sys(e, r, "write %s/%s/layer.json", state->root, from);
	FAULT("rename");
	if (renameat(state->root_fd, from, layers, digest_hex(diff_id)) < 0 &&
	    errno != EEXIST && errno != ENOTEMPTY)
		return err_sys(e, errno, "make layer %s", diff_id);
	return fsync(layers) < 0 ? err_sys(e, errno, "sync %s/layers", state->root) : 0;
}

static void form_path(const char *diff_id, int form, char path[LAYER_PATH_SIZE])
{
	(void)snprintf(path, LAYER_PATH_SIZE, "layers/%s/%s", digest_hex(diff_id),
		       form_names[form]);
}

int layer_find(const struct state *state, const char *diff_id)
{
	char path[LAYER_PATH_SIZE];

	for (int form = 0; form < FORM_COUNT; form++) {
		form_path(diff_id, form, path);
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
	form_path(diff_id, form, text);
	str_add(path, text);
	return str_ok(path);
}

int layer_size(const struct state *state, const char *diff_id, uint64_t *ret, struct err *e)
{
	AUTO_JSON struct json_object *o = NULL;
	AUTO_FREE char *text = NULL;
	char path[LAYER_PATH_SIZE];
	size_t len;
	int r;

	(void)snprintf(path, sizeof(path), "layers/%s/layer.json", digest_hex(diff_id));
	r = file_read(state->root_fd, path, LAYER_JSON_MAX, &text, &len);
	if (r < 0)
		return err_sys(e, r, "read %s/%s", state->root, path);
	r = json_parse(text, len, LAYER_JSON_MAX, path, &o, e);
	return r < 0 ? r : json_get_u64(o, path, "size", INT64_MAX, ret, e);
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
	int r = id_make(id);

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
