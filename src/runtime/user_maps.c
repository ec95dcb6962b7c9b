/*
 * See user_maps.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/user_maps.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/str.h"
#include "linux/program_run.h"

enum { OUTPUT_MAX = 512 };

static int file_write(pid_t pid, const char *file, const char *text, struct err *e)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, errno, "open %s", path);
	int r = FAULT_OR("map_write", fd_write_all(fd, text, strlen(text)));

	return r < 0 ? err_sys(e, r, "write %s", path) : 0;
}

static int map_write(pid_t pid, const char *file, const struct spec_id_mappings *mappings,
		     struct err *e)
{
	AUTO_STR struct str text = { 0 };

	for (size_t i = 0; i < mappings->count; i++)
		str_printf(&text, "%u %u %u\n", mappings->items[i].container_id,
			   mappings->items[i].host_id, mappings->items[i].size);
	if (str_ok(&text) < 0)
		return err_sys(e, ENOMEM, "%s", file);
	return mappings->count > 0 ? file_write(pid, file, str_text(&text), e) : 0;
}

/* --- without root ------------------------------------------------------------------------ */

static bool is_own_id(const struct spec_id_mappings *mappings, uint32_t id)
{
	return mappings->count == 1 && mappings->items[0].size == 1 &&
	       mappings->items[0].host_id == id;
}

/* They carry privileges of their own, so a PATH does not choose them. */
static const char *helper_find(const char *name, char path[64])
{
	static const char *const directories[] = { "/usr/bin", "/bin", "/run/wrappers/bin" };

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		(void)snprintf(path, 64, "%s/%s", directories[i], name);
		if (access(path, X_OK) == 0)
			return path;
	}
	return NULL;
}

static int helper_run(pid_t pid, const char *name, const struct spec_id_mappings *mappings,
		      struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	char output[OUTPUT_MAX];
	char path[64];
	struct strv argv = { 0 };
	struct program_run program = { .output_fd = -1, .error_fd = -1 };
	int status = 0;
	int r;

	program.path = helper_find(name, path);
	if (!program.path) {
		(void)err_set(e, ERR_UNSUPPORTED, -ENOENT,
			      "more than one's own id in a user namespace needs %s", name);
		return err_hint(e, -ENOENT, "install the package uidmap");
	}
	strv_add(&argv, &arena, name);
	strv_add(&argv, &arena, arena_printf(&arena, "%d", (int)pid));
	for (size_t i = 0; i < mappings->count; i++) {
		const struct spec_id_mapping *m = &mappings->items[i];

		strv_add(&argv, &arena, arena_printf(&arena, "%u", m->container_id));
		strv_add(&argv, &arena, arena_printf(&arena, "%u", m->host_id));
		strv_add(&argv, &arena, arena_printf(&arena, "%u", m->size));
	}
	if (arena_ok(&arena) < 0)
		return err_sys(e, ENOMEM, "%s", name);
	program.argv = argv.items;
	r = program_run(&program, output, sizeof(output), &status);
	if (r < 0)
		return err_sys(e, r, "run %s", program.path);
	return status == 0
		       ? 0
		       : err_set(e, ERR_DENIED, -EPERM, "%s refused: %s", program.path, output);
}

bool user_maps_deny_groups(const struct spec *spec, bool is_rootless)
{
	return is_rootless && is_own_id(&spec->gid_mappings, getegid());
}

/* --- both -------------------------------------------------------------------------------- */

int user_maps_write(pid_t pid, const struct spec *spec, struct err *e)
{
	const struct spec_id_mappings *uids = &spec->uid_mappings;
	const struct spec_id_mappings *gids = &spec->gid_mappings;
	bool is_root = geteuid() == 0;
	int r = 0;

	if (user_maps_deny_groups(spec, !is_root))
		r = file_write(pid, "setgroups", "deny", e);
	if (r == 0)
		r = is_root || is_own_id(gids, getegid())
			    ? map_write(pid, "gid_map", gids, e)
			    : helper_run(pid, "newgidmap", gids, e);
	if (r == 0)
		r = is_root || is_own_id(uids, geteuid())
			    ? map_write(pid, "uid_map", uids, e)
			    : helper_run(pid, "newuidmap", uids, e);
	return r;
}
