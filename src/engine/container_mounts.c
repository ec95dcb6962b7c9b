/*
 * The mounts of a container, and what of /proc and /sys is hidden or read-only: docker's lists.
 *
 * A mount that the user asked for takes the place of a default one at the same destination;
 * mounts are made from the root downwards, so that a deeper destination lies on a shallower one
 * and not under it.
 *
 * Runs in: cli (engine).
 * See: container_spec.h; moby daemon/oci_linux.go "withMounts".
 */
#include <stdlib.h>
#include <string.h>

#include "engine/container_spec.h"

enum { DEFAULT_OPTIONS_MAX = 8, MOUNTS_MORE = 16, NETWORK_FILES = 3 };

struct default_mount {
	const char *destination;
	const char *type;
	const char *source;
	const char *options[DEFAULT_OPTIONS_MAX];
};

static const struct default_mount default_mounts[] = {
	{ "/proc", "proc", "proc", { "nosuid", "noexec", "nodev" } },
	{ "/dev", "tmpfs", "tmpfs", { "nosuid", "strictatime", "mode=755", "size=65536k" } },
	{ "/dev/pts",
	  "devpts",
	  "devpts",
	  { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5" } },
	{ "/sys", "sysfs", "sysfs", { "nosuid", "noexec", "nodev", "ro" } },
	{ "/sys/fs/cgroup", "cgroup", "cgroup", { "ro", "nosuid", "noexec", "nodev" } },
	{ "/dev/mqueue", "mqueue", "mqueue", { "nosuid", "noexec", "nodev" } },
};

static const char *const masked_paths[] = {
	"/proc/acpi",
	"/proc/asound",
	"/proc/interrupts",
	"/proc/kcore",
	"/proc/keys",
	"/proc/latency_stats",
	"/proc/sched_debug",
	"/proc/scsi",
	"/proc/timer_list",
	"/proc/timer_stats",
	"/sys/devices/virtual/powercap",
	"/sys/firmware",
};

static const char *const readonly_paths[] = { "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
					      "/proc/sysrq-trigger" };

static const char *const network_files[NETWORK_FILES][2] = {
	{ "/etc/resolv.conf", "resolv.conf" },
	{ "/etc/hostname", "hostname" },
	{ "/etc/hosts", "hosts" },
};

struct mount_list {
	struct spec *spec;
	const struct container_config *config;
	bool is_mapped;	   /* files on the disk have the ids from inside, not the host's */
	size_t user_start; /* from here on they are sorted */
};

static struct spec_mount *mount_add(struct mount_list *list, const char *destination,
				    const char *type, const char *source)
{
	struct spec_mount *mount = &list->spec->mounts[list->spec->mount_count++];
	struct arena *arena = list->spec->arena;

	mount->destination = arena_copy(arena, destination);
	mount->type = arena_copy(arena, type);
	mount->source = arena_copy(arena, source);
	return mount;
}

static void option_add(struct mount_list *list, struct spec_mount *mount, const char *option)
{
	strv_add(&mount->options, list->spec->arena, option);
}

/* Did the user ask for a mount there, or for one of /dev that brings everything below it along?
 */
static bool is_overridden(const struct container_config *config, const char *destination)
{
	for (size_t i = 0; i < config->mount_count; i++) {
		const char *given = config->mounts[i].destination;

		if (strcmp(given, destination) == 0)
			return true;
		if (strcmp(given, "/dev") == 0 && str_starts(destination, "/dev/"))
			return true;
	}
	return false;
}

/* mqueue also with --ipc host: the queues that are seen are those of the namespace of whoever
 * mounts it. */
static void add_defaults(struct mount_list *list)
{
	const struct container_config *config = list->config;

	for (size_t i = 0; i < sizeof(default_mounts) / sizeof(default_mounts[0]); i++) {
		const struct default_mount *d = &default_mounts[i];
		struct spec_mount *mount;

		if (is_overridden(config, d->destination))
			continue;
		mount = mount_add(list, d->destination, d->type, d->source);
		for (size_t o = 0; o < DEFAULT_OPTIONS_MAX && d->options[o]; o++)
			if (!config->is_privileged || strcmp(d->options[o], "ro") != 0)
				option_add(list, mount, d->options[o]);
	}
}

static void add_shm(struct mount_list *list, int other_fd)
{
	const struct container_config *config = list->config;
	struct arena *arena = list->spec->arena;
	int64_t size = config->shm_size > 0 ? config->shm_size : SHM_SIZE_DEFAULT;
	struct spec_mount *mount;

	if (is_overridden(config, "/dev/shm") || mode_is(config->ipc_mode, "none"))
		return;
	if (mode_is(config->ipc_mode, "host")) {
		mount = mount_add(list, "/dev/shm", "bind", "/dev/shm");
		option_add(list, mount, "rbind");
		return;
	}
	if (mode_container(config->ipc_mode) && other_fd >= 0) {
		mount = mount_add(list, "/dev/shm", "bind", "/dev/shm");
		mount->has_source_fd = true;
		mount->source_fd = other_fd;
		option_add(list, mount, "bind");
		option_add(list, mount, "rprivate");
		return;
	}
	mount = mount_add(list, "/dev/shm", "tmpfs", "shm");
	option_add(list, mount, "nosuid");
	option_add(list, mount, "noexec");
	option_add(list, mount, "nodev");
	option_add(list, mount, "mode=1777");
	strv_add_borrowed(&mount->options, arena,
			  arena_printf(arena, "size=%lld", (long long)size));
}

static void add_network_files(struct mount_list *list, const char *directory)
{
	struct arena *arena = list->spec->arena;

	for (size_t i = 0; i < NETWORK_FILES; i++) {
		struct spec_mount *mount;

		if (is_overridden(list->config, network_files[i][0]))
			continue;
		mount = mount_add(list, network_files[i][0], "bind", NULL);
		mount->source = arena_printf(arena, "%s/%s", directory, network_files[i][1]);
		option_add(list, mount, "rbind");
		option_add(list, mount, "rprivate");
		if (list->config->is_rootfs_readonly)
			option_add(list, mount, "ro");
		if (list->is_mapped)
			option_add(list, mount, "idmap");
	}
}

/* --tmpfs: docker's flags first, so that "exec" or "size=..." behind them win. */
static void add_tmpfs(struct mount_list *list, const struct mount_request *request)
{
	static const char *const defaults[] = { "nosuid", "nodev", "noexec", "relatime" };
	struct spec_mount *mount = mount_add(list, request->destination, "tmpfs", "tmpfs");

	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
		option_add(list, mount, defaults[i]);
	for (const char *at = request->options ? request->options : ""; *at;) {
		size_t len = strcspn(at, ",");

		if (len > 0)
			strv_add_borrowed(&mount->options, list->spec->arena,
					  arena_copy_bytes(list->spec->arena, at, len));
		at += len + (at[len] == ',');
	}
	if (request->is_readonly)
		option_add(list, mount, "ro");
}

static void add_bind(struct mount_list *list, const struct mount_request *request,
		     const char *volumes)
{
	struct spec_mount *mount = mount_add(list, request->destination, "bind", NULL);

	mount->source = request->kind == MOUNT_VOLUME
				? arena_printf(list->spec->arena, "%s/%s/_data", volumes,
					       request->source)
				: arena_copy(list->spec->arena, request->source);
	option_add(list, mount, request->is_nonrecursive ? "bind" : "rbind");
	option_add(list, mount,
		   str_is_empty(request->propagation) ? "rprivate" : request->propagation);
	/* A volume is the container's; whom the files of a bind belong to is the host's word. */
	if (request->kind == MOUNT_VOLUME && list->is_mapped)
		option_add(list, mount, "idmap");
	/* With everything below it: a read-only bind whose submounts can be written is a
	 * surprise (docker 25 on, kernel 5.12). */
	if (request->is_readonly)
		option_add(list, mount, request->is_nonrecursive ? "ro" : "rro");
}

static size_t path_depth(const char *path)
{
	size_t depth = 0;

	for (; *path; path++)
		depth += path[0] == '/' && path[1] != '\0';
	return depth;
}

/* Stable, few elements: insertion. */
static void sort_by_depth(struct spec_mount *mounts, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct spec_mount mount = mounts[i];
		size_t at = i;

		for (; at > 0 &&
		       path_depth(mounts[at - 1].destination) > path_depth(mount.destination);
		     at--)
			mounts[at] = mounts[at - 1];
		mounts[at] = mount;
	}
}

void container_masks(const struct container_config *config, struct spec *spec)
{
	if (config->is_privileged)
		return;
	for (size_t i = 0; i < sizeof(masked_paths) / sizeof(masked_paths[0]); i++)
		strv_add(&spec->masked_paths, spec->arena, masked_paths[i]);
	for (size_t i = 0; i < sizeof(readonly_paths) / sizeof(readonly_paths[0]); i++)
		strv_add(&spec->readonly_paths, spec->arena, readonly_paths[i]);
}

int container_mounts(const struct record *record, const struct container_facts *facts,
		     struct spec *spec, struct err *e)
{
	const struct container_config *config = &record->config;
	struct mount_list list = {
		.spec = spec,
		.config = config,
		.is_mapped = container_has_userns(config) && !record->is_shifted,
	};

	(void)e;
	spec->mounts = arena_array(spec->arena, config->mount_count + MOUNTS_MORE,
				   sizeof(spec->mounts[0]));
	if (!spec->mounts)
		return -ENOMEM;
	add_defaults(&list);
	add_shm(&list, facts->shm_fd);
	list.user_start = spec->mount_count;
	add_network_files(&list, facts->directory);
	for (size_t i = 0; i < config->mount_count; i++) {
		if (config->mounts[i].kind == MOUNT_TMPFS)
			add_tmpfs(&list, &config->mounts[i]);
		else
			add_bind(&list, &config->mounts[i], facts->volumes);
	}
	sort_by_depth(spec->mounts + list.user_start, spec->mount_count - list.user_start);
	return 0;
}
