/*
 * See layer_place.h.
 *
 * Runs in: cli (engine).
 */
#include "image/layer_place.h"

#include <fcntl.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"

void layer_place_blob(const struct layer_place *place, char path[LAYER_PLACE_SIZE + 8])
{
	(void)snprintf(path, LAYER_PLACE_SIZE + 8, "%s/blob", place->name);
}

static int place_open_blob(const struct work *work, struct layer_place *place, struct err *e)
{
	char file[LAYER_PLACE_SIZE + 8];
	char path[sizeof(file) + 4];
	int r;

	(void)snprintf(path, sizeof(path), "tmp/%s", place->name);
	r = dir_make(work->state->root_fd, path, 0700);
	if (r < 0)
		return err_sys(e, r, "make %s/%s", work->state->root, path);
	layer_place_blob(place, file);
	(void)snprintf(path, sizeof(path), "tmp/%s", file);
	FAULT("open");
	place->blob_fd =
		openat(work->state->root_fd, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return place->blob_fd < 0 ? err_sys(e, errno, "make %s/%s", work->state->root, path)
				  : 0;
}

int layer_place_open(struct work *work, const struct layer_driver *driver, bool has_blob,
		     struct layer_place *ret, struct err *e)
{
	struct layer_place place = LAYER_PLACE_NONE;
	int r = 0;

	(void)snprintf(place.name, sizeof(place.name), "%s/%u", work->name, work->places++);
	if (driver) {
		place.target_fd = layer_begin(work->state, driver->form, place.name, e);
		if (place.target_fd < 0)
			return place.target_fd;
	}
	if (has_blob)
		r = place_open_blob(work, &place, e);
	if (r < 0) {
		layer_place_close(&place);
		return r;
	}
	*ret = place;
	return 0;
}

void layer_place_close(struct layer_place *place)
{
	place->target_fd = fd_close(place->target_fd);
	place->blob_fd = fd_close(place->blob_fd);
}
