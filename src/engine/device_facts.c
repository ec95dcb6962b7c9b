/*
 * See device_facts.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/device_facts.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/fd.h"

enum { DEVICE_DEPTH_MAX = 8 };

struct device_list {
	struct arena *arena;
	struct device_fact *items;
	size_t count;
};

static bool is_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);
}

static void device_add(struct device_list *list, const char *path, const char *permissions,
		       const struct stat *st)
{
	if (list->count >= DEVICE_FACTS_MAX)
		return;
	list->items[list->count++] = (struct device_fact){
		.path = arena_copy(list->arena, path),
		.permissions = arena_copy(list->arena,
					  str_is_empty(permissions) ? "rwm" : permissions),
		.type = st->st_mode & S_IFMT,
		.major = major(st->st_rdev),
		.minor = minor(st->st_rdev),
		.mode = st->st_mode & 07777,
		.uid = st->st_uid,
		.gid = st->st_gid,
	};
}

/* Every container has these of its own. */
static bool is_own(const char *path)
{
	static const char *const own[] = { "/dev/pts",	  "/dev/shm",	  "/dev/mqueue",
					   "/dev/fd",	  "/dev/console", "/dev/ptmx",
					   "/dev/null",	  "/dev/zero",	  "/dev/full",
					   "/dev/random", "/dev/urandom", "/dev/tty" };

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(path, own[i]) == 0)
			return true;
	return false;
}

static void walk(struct device_list *list, int take_fd, const char *inside,
		 const char *permissions, int depth)
{
	DIR *dir = fdopendir(take_fd);
	struct dirent *entry;

	if (!dir) {
		(void)fd_close(take_fd);
		return;
	}
	while ((entry = readdir(dir))) {
		char *path = arena_printf(list->arena, "%s/%s", inside, entry->d_name);
		struct stat st;

		if (entry->d_name[0] == '.' || !path || is_own(path) ||
		    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (is_device(&st)) {
			device_add(list, path, permissions, &st);
		} else if (S_ISDIR(st.st_mode) && depth < DEVICE_DEPTH_MAX) {
			int fd = openat(dirfd(dir), entry->d_name,
					O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

			if (fd >= 0)
				walk(list, fd, path, permissions, depth + 1);
		}
	}
	(void)closedir(dir);
}

static int add_request(struct device_list *list, const struct device_request *request,
		       struct err *e)
{
	size_t before = list->count;
	struct stat st;
	int fd;

	if (stat(request->host_path, &st) < 0)
		return err_sys(
			e, errno,
			"error gathering device information while adding custom device \"%s\"",
			request->host_path);
	if (is_device(&st)) {
		device_add(list, request->path, request->permissions, &st);
		return 0;
	}
	fd = S_ISDIR(st.st_mode) ? open(request->host_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
				 : -1;
	if (fd >= 0)
		walk(list, fd, request->path, request->permissions, 0);
	if (list->count == before)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "error gathering device information while adding custom device "
			       "\"%s\": not a device node",
			       request->host_path);
	return 0;
}

int device_facts(const struct container_config *config, struct arena *arena,
		 struct device_fact **ret, size_t *ret_count, struct err *e)
{
	struct device_list list = { .arena = arena };
	int r = 0;

	*ret = NULL;
	*ret_count = 0;
	if (config->device_count == 0 && !config->is_privileged)
		return 0;
	list.items = arena_array(arena, DEVICE_FACTS_MAX, sizeof(list.items[0]));
	if (!list.items)
		return -ENOMEM;
	if (config->is_privileged) {
		int fd = open("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd >= 0)
			walk(&list, fd, "/dev", "rwm", 0);
	}
	for (size_t i = 0; i < config->device_count && r == 0; i++)
		r = add_request(&list, &config->devices[i], e);
	*ret = list.items;
	*ret_count = list.count;
	return r;
}
