/*
 * system check: the invariants that any crash must leave true, or that the next command
 * restores.
 *
 * Runs in: cli (engine).
 * See: engine.h; DESIGN section 4.
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "engine/container_end.h"
#include "engine/container_resolver.h"
#include "engine/image_users.h"
#include "engine/volume_store.h"
#include "image/holder.h"
#include "runtime/cgroup.h"
#include "store/names.h"
#include "store/run_dir.h"

#define SETTLE_NS (UINT64_C(5) * 1000000000)

enum { SETTLE_STEP_MS = 5 };

struct check {
	struct engine *engine;
	bool is_repairing;
	struct str *findings;
	size_t count;
	/* monotonic: until then what looks left over may still be on its way out */
	uint64_t settle_end;
	struct arena arena;
};

static void __attribute__((format(printf, 2, 3)))
found(struct check *c, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	str_printf(c->findings, "%s\n", text);
	c->count++;
}

/* What a repair came to, behind the finding. */
static const char *outcome(const struct check *c, int r)
{
	return !c->is_repairing ? "" : r < 0 ? " (cannot be repaired now)" : " (repaired)";
}

static bool is_in(const struct strv *ids, const char *id)
{
	return strv_has(ids, id);
}

/* The monitors of containers that have just ended are still tearing down: give them a moment.
 */
static void settle(struct check *c)
{
	struct strv pending = { 0 };

	if (container_dir_list(&c->engine->state, DIR_PENDING, &c->arena, &pending, NULL) < 0)
		return;
	for (size_t i = 0; i < pending.count; i++) {
		struct container_dir dir;

		if (container_dir_lock(&c->engine->state, DIR_PENDING, pending.items[i], true,
				       &dir) == 0) {
			(void)container_destroy(c->engine, &dir, NULL);
			container_dir_close(&dir);
		}
	}
}

/* Removed since it was listed. */
static bool is_gone(struct check *c, const char *id)
{
	char path[CONTAINER_PATH_SIZE];

	container_path(path, DIR_CONTAINERS, id, NULL);
	return faccessat(c->engine->state.root_fd, path, F_OK, 0) < 0;
}

static bool is_worked_on(struct check *c, const char *id)
{
	static const char *const places[] = { DIR_PENDING, DIR_CONTAINERS };
	bool is_locked = false;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		struct container_dir dir;

		is_locked |= container_dir_lock(&c->engine->state, places[i], id, false,
						&dir) == -EWOULDBLOCK;
		container_dir_close(&dir);
	}
	return is_locked;
}

static void check_containers(struct check *c, const struct strv *ids)
{
	for (size_t i = 0; i < ids->count; i++) {
		struct record record = { 0 };
		struct err why = { 0 };
		char owner[ID_SIZE];

		if (record_read(&c->engine->state, ids->items[i], &c->arena, &record, &why) <
		    0) {
			if (is_gone(c, ids->items[i]))
				continue;
			found(c, "%s", why.text[0] ? why.text : ids->items[i]);
			continue;
		}
		if ((name_find(&c->engine->state, record.name, owner) < 0 ||
		     strcmp(owner, record.id) != 0) &&
		    !is_gone(c, record.id)) {
			int r = c->is_repairing ? name_reserve(&c->engine->state, record.name,
							       record.id, NULL, NULL)
						: 0;

			found(c, "container %.12s: its name %s is not its own%s", record.id,
			      record.name, outcome(c, r));
		}
	}
}

/* A name leads to a container that exists, and that has no other one. */
static bool name_is_right(struct check *c, const struct strv *ids, const char *name,
			  const char *id)
{
	struct record record = { 0 };

	if (!is_in(ids, id))
		return container_dir_exists(&c->engine->state, id);
	/* One that is damaged has been found already. */
	return record_read(&c->engine->state, id, &c->arena, &record, NULL) < 0 ||
	       strcmp(record.name, name) == 0 || is_worked_on(c, id) || is_gone(c, id);
}

static void check_names(struct check *c, const struct strv *ids)
{
	struct strv names = { 0 };

	if (name_list(&c->engine->state, &c->arena, &names, NULL) < 0)
		return;
	for (size_t i = 0; i + 1 < names.count; i += 2) {
		const char *name = names.items[i];
		const char *id = names.items[i + 1];
		int r = 0;

		if (name_is_right(c, ids, name, id))
			continue;
		if (c->is_repairing)
			r = name_release(&c->engine->state, name, id);
		found(c, "name %s: its container %.12s does not exist, or has another%s", name,
		      id, outcome(c, r));
	}
}

/* The names in directory `path` below `dir_fd` that are ids. */
static void list_ids(struct check *c, int dir_fd, const char *path, struct strv *ret)
{
	int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		(void)fd_close(fd);
		return;
	}
	while ((entry = readdir(dir)))
		if (id_is_valid(entry->d_name) && !is_in(ret, entry->d_name))
			strv_add(ret, &c->arena, entry->d_name);
	(void)closedir(dir);
}

static bool run_dir_exists(struct check *c, const char *id)
{
	char path[CONTAINER_PATH_SIZE];

	container_path(path, "containers", id, NULL);
	return faccessat(c->engine->state.runroot_fd, path, F_OK, 0) == 0;
}

static bool cgroup_exists(struct check *c, const char *id)
{
	char path[CGROUP_PATH_SIZE];
	struct cgroup cgroup;
	bool exists = false;

	container_cgroup_path(c->engine, id, path);
	if (cgroup_init(&cgroup, path, NULL) == 0 && cgroup_open(&cgroup, NULL) == 0)
		for (size_t i = 0; i < cgroup.count; i++)
			exists |= cgroup.hierarchies[i].fd >= 0;
	cgroup_done(&cgroup);
	return exists;
}

/*
 * Something of `id` exists outside of its directory. That is right while the container runs or
 * a verb works on it, and for a moment in between: a monitor that has let go becomes the reaper
 * first. So only what stays is a finding.
 */
static bool is_leftover(struct check *c, const char *id,
			bool (*exists)(struct check *c, const char *id))
{
	while (exists(c, id) && !run_dir_is_alive(&c->engine->state, id) &&
	       !is_worked_on(c, id)) {
		if (clock_monotonic_ns() > c->settle_end)
			return true;
		(void)poll(NULL, 0, SETTLE_STEP_MS);
	}
	return false;
}

static int clear_leftover(struct check *c, const char *id)
{
	struct container_dir dir;
	int r = container_dir_lock(&c->engine->state, DIR_CONTAINERS, id, true, &dir);

	if (r < 0 && r != -ENOENT)
		return r;
	r = run_dir_is_alive(&c->engine->state, id) ? 0 : container_clear(c->engine, id, NULL);
	container_dir_close(&dir);
	return r;
}

static void check_leftovers(struct check *c)
{
	struct strv run_dirs = { 0 };
	struct strv cgroups = { 0 };
	struct cgroup cgroup;
	char path[CGROUP_PATH_SIZE];

	list_ids(c, c->engine->state.runroot_fd, "containers", &run_dirs);
	(void)snprintf(path, sizeof(path), "/%s", c->engine->state.instance);
	if (cgroup_init(&cgroup, path, NULL) == 0 && cgroup_open(&cgroup, NULL) == 0)
		for (size_t i = 0; i < cgroup.count; i++)
			if (cgroup.hierarchies[i].fd >= 0)
				list_ids(c, cgroup.hierarchies[i].fd, ".", &cgroups);
	cgroup_done(&cgroup);
	for (size_t i = 0; i < run_dirs.count; i++)
		if (is_leftover(c, run_dirs.items[i], run_dir_exists))
			found(c, "run directory of %.12s: the container does not run%s",
			      run_dirs.items[i],
			      outcome(c, c->is_repairing ? clear_leftover(c, run_dirs.items[i])
							 : 0));
	for (size_t i = 0; i < cgroups.count; i++)
		if (!is_in(&run_dirs, cgroups.items[i]) &&
		    is_leftover(c, cgroups.items[i], cgroup_exists))
			found(c, "cgroup of %.12s: the container does not run%s",
			      cgroups.items[i],
			      outcome(c, c->is_repairing ? clear_leftover(c, cgroups.items[i])
							 : 0));
}

/* Its monitor may be at it just now. */
static bool is_nameless(struct check *c, const struct container *container)
{
	const char *id = container->record.id;

	while (!container_resolver_is_known(c->engine, container)) {
		if (!run_dir_is_alive(&c->engine->state, id) || is_worked_on(c, id))
			return false;
		if (clock_monotonic_ns() > c->settle_end)
			return true;
		(void)poll(NULL, 0, SETTLE_STEP_MS);
	}
	return false;
}

static void check_resolver(struct check *c, const struct container *containers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct container *container = &containers[i];

		if (container->is_damaged || container->liveness.status != STATUS_RUNNING ||
		    !container_has_names(&container->record.config) ||
		    !is_nameless(c, container))
			continue;
		found(c, "container %.12s: hoy-dns does not know it%s", container->record.id,
		      outcome(c, c->is_repairing
					 ? engine_resolve(c->engine, container->record.id, NULL)
					 : 0));
	}
}

static void check_volumes(struct check *c)
{
	struct strv names = { 0 };

	if (volume_names(&c->engine->state, &c->arena, &names, NULL) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		struct volume volume;
		struct err why = { 0 };

		if (volume_read(&c->engine->state, names.items[i], &c->arena, &volume, NULL,
				&why) < 0)
			found(c, "%s", why.text);
	}
}

/* Layers and blobs that outlived their image: it was removed by force while a container used
 * it, or a command was killed. */
static void check_unneeded(struct check *c)
{
	struct image_user_list list;
	struct image_users users = image_users_of(&list, c->engine);
	uint64_t bytes = 0;
	/* It does not work with a damaged image, which has been found already. */
	int r = c->is_repairing ? image_sweep(&c->engine->state, &users, &bytes, NULL)
				: image_unneeded(&c->engine->state, &users, &bytes, NULL);

	image_users_done(&list);
	if (r == 0 && bytes > 0)
		found(c, "%llu bytes of layers and blobs that nothing needs%s",
		      (unsigned long long)bytes, outcome(c, 0));
}

/* Of layers that a killed command has removed: their blocks would be free only at the next boot. */
static void check_holder(struct check *c)
{
	struct err why = { 0 };
	size_t count = 0;

	if (holder_count_lost(&c->engine->state, c->is_repairing, &count, &why) < 0)
		found(c, "%s", why.text);
	else if (count > 0)
		found(c, "%zu layers are mounted in the holder and not there any more%s", count,
		      outcome(c, 0));
}

/* A mount below ROOT in our own namespace: nothing of a container is ever mounted there. The
 * holder's pins may be, where somebody keeps RUNROOT in there. */
static void check_mounts(struct check *c)
{
	AUTO_FREE char *text = NULL;
	char needle[PATH_MAX + 4];
	char pins[PATH_MAX + 16];

	(void)snprintf(needle, sizeof(needle), " %s/", c->engine->state.root);
	(void)snprintf(pins, sizeof(pins), " %s/holder", c->engine->state.runroot);
	if (file_read(AT_FDCWD, "/proc/self/mountinfo", 16 * 1024 * 1024, &text, NULL) < 0)
		return;
	for (char *line = text; line && *line;) {
		size_t len = strcspn(line, "\n");
		char *next = line[len] ? line + len + 1 : NULL;
		char *at;

		line[len] = '\0';
		at = strstr(line, needle);
		if (at && !str_starts(at, pins))
			found(c, "mounted in the host's namespace: %.*s",
			      (int)strcspn(at + 1, " "), at + 1);
		line = next;
	}
}

int engine_check(struct engine *engine, bool is_repairing, struct str *findings,
		 size_t *ret_count, struct err *e)
{
	struct check c = { .engine = engine,
			   .is_repairing = is_repairing,
			   .findings = findings };
	struct container *containers;
	struct strv ids = { 0 };
	size_t count;
	size_t before;
	int r;

	c.settle_end = clock_monotonic_ns() + SETTLE_NS;
	settle(&c);
	r = engine_list(engine, &c.arena, &containers, &count, e);
	if (r == 0)
		r = container_dir_list(&engine->state, DIR_CONTAINERS, &c.arena, &ids, e);
	if (r == 0) {
		check_containers(&c, &ids);
		check_names(&c, &ids);
		check_leftovers(&c);
		check_resolver(&c, containers, count);
		check_volumes(&c);
		check_mounts(&c);
		check_holder(&c);
		before = findings->len;
		r = image_check(&engine->state, is_repairing, findings, e);
		for (size_t i = before; i < findings->len; i++)
			c.count += findings->data[i] == '\n';
	}
	if (r == 0)
		check_unneeded(&c);
	arena_done(&c.arena);
	if (r == 0)
		*ret_count = c.count;
	return r;
}
