/*
 * See spec_default.h.
 *
 * Runs in: runtime.
 */
#include "oci/spec_default.h"

#include "base/version.h"
#include "format/json.h"

enum { OPTIONS_MAX = 6, NOFILE_LIMIT = 1024 };

struct default_mount {
	const char *destination;
	const char *type;
	const char *source;
	const char *options[OPTIONS_MAX + 1];
};

static const struct default_mount mounts[] = {
	{ "/proc", "proc", "proc", { NULL } },
	{ "/dev", "tmpfs", "tmpfs", { "nosuid", "strictatime", "mode=755", "size=65536k" } },
	{ "/dev/pts",
	  "devpts",
	  "devpts",
	  { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5" } },
	{ "/dev/shm",
	  "tmpfs",
	  "shm",
	  { "nosuid", "noexec", "nodev", "mode=1777", "size=65536k" } },
	{ "/dev/mqueue", "mqueue", "mqueue", { "nosuid", "noexec", "nodev" } },
	{ "/sys", "sysfs", "sysfs", { "nosuid", "noexec", "nodev", "ro" } },
	{ "/sys/fs/cgroup",
	  "cgroup",
	  "cgroup",
	  { "nosuid", "noexec", "nodev", "relatime", "ro" } },
};

/*
 * Without root: group 5 (tty) is not mapped, and a new sysfs needs a network namespace of the
 * same user namespace, so the host's is bound.
 */
static const struct default_mount rootless_pts = { "/dev/pts",
						   "devpts",
						   "devpts",
						   { "nosuid", "noexec", "newinstance",
						     "ptmxmode=0666", "mode=0620" } };
static const struct default_mount rootless_sys = {
	"/sys", "none", "/sys", { "rbind", "nosuid", "noexec", "nodev", "ro" }
};

static const char *const masked_paths[] = {
	"/proc/acpi",
	"/proc/asound",
	"/proc/kcore",
	"/proc/keys",
	"/proc/latency_stats",
	"/proc/timer_list",
	"/proc/timer_stats",
	"/proc/sched_debug",
	"/sys/firmware",
	"/proc/scsi",
	NULL,
};

static const char *const readonly_paths[] = {
	"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", NULL,
};

static void write_list(struct json_writer *w, const char *key, const char *const *items)
{
	json_begin_array(w, key);
	for (; *items; items++)
		json_write_text(w, NULL, *items);
	json_end_array(w);
}

/* --- process ----------------------------------------------------------------------------- */

static void write_capabilities(struct json_writer *w)
{
	static const char *const sets[] = { "bounding", "effective", "permitted", "ambient" };
	static const char *const names[] = { "CAP_AUDIT_WRITE", "CAP_KILL",
					     "CAP_NET_BIND_SERVICE", NULL };

	json_begin_object(w, "capabilities");
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		write_list(w, sets[i], names);
	json_end_object(w);
}

static void write_limits(struct json_writer *w)
{
	json_begin_array(w, "rlimits");
	json_begin_object(w, NULL);
	json_write_text(w, "type", "RLIMIT_NOFILE");
	json_write_i64(w, "hard", NOFILE_LIMIT);
	json_write_i64(w, "soft", NOFILE_LIMIT);
	json_end_object(w);
	json_end_array(w);
}

static void write_process(struct json_writer *w)
{
	static const char *const args[] = { "sh", NULL };
	static const char *const env[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"TERM=xterm", NULL
	};

	json_begin_object(w, "process");
	json_write_bool(w, "terminal", true);
	json_begin_object(w, "user");
	json_write_i64(w, "uid", 0);
	json_write_i64(w, "gid", 0);
	json_end_object(w);
	write_list(w, "args", args);
	write_list(w, "env", env);
	json_write_text(w, "cwd", "/");
	write_capabilities(w);
	write_limits(w);
	json_write_bool(w, "noNewPrivileges", true);
	json_end_object(w);
}

/* --- mounts ------------------------------------------------------------------------------ */

static const struct default_mount *mount_choose(const struct default_mount *mount,
						bool is_rootless)
{
	if (is_rootless && str_equal(mount->destination, rootless_pts.destination))
		return &rootless_pts;
	if (is_rootless && str_equal(mount->destination, rootless_sys.destination))
		return &rootless_sys;
	return mount;
}

static void write_mounts(struct json_writer *w, bool is_rootless)
{
	json_begin_array(w, "mounts");
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		const struct default_mount *mount = mount_choose(&mounts[i], is_rootless);

		json_begin_object(w, NULL);
		json_write_text(w, "destination", mount->destination);
		json_write_text(w, "type", mount->type);
		json_write_text(w, "source", mount->source);
		if (mount->options[0])
			write_list(w, "options", mount->options);
		json_end_object(w);
	}
	json_end_array(w);
}

/* --- linux ------------------------------------------------------------------------------- */

static void write_mapping(struct json_writer *w, const char *key, uint64_t host_id)
{
	json_begin_array(w, key);
	json_begin_object(w, NULL);
	json_write_i64(w, "containerID", 0);
	json_write_u64(w, "hostID", host_id);
	json_write_i64(w, "size", 1);
	json_end_object(w);
	json_end_array(w);
}

static void write_resources(struct json_writer *w)
{
	json_begin_object(w, "resources");
	json_begin_array(w, "devices");
	json_begin_object(w, NULL);
	json_write_bool(w, "allow", false);
	json_write_text(w, "access", "rwm");
	json_end_object(w);
	json_end_array(w);
	json_end_object(w);
}

static void write_namespace(struct json_writer *w, const char *type)
{
	json_begin_object(w, NULL);
	json_write_text(w, "type", type);
	json_end_object(w);
}

static void write_namespaces(struct json_writer *w, const struct spec_default *request)
{
	json_begin_array(w, "namespaces");
	write_namespace(w, "pid");
	if (!request->is_rootless)
		write_namespace(w, "network");
	write_namespace(w, "ipc");
	write_namespace(w, "uts");
	write_namespace(w, "mount");
	if (request->is_cgroup_v2)
		write_namespace(w, "cgroup");
	if (request->is_rootless)
		write_namespace(w, "user");
	json_end_array(w);
}

static void write_linux(struct json_writer *w, const struct spec_default *request)
{
	json_begin_object(w, "linux");
	if (request->is_rootless) {
		write_mapping(w, "uidMappings", request->uid);
		write_mapping(w, "gidMappings", request->gid);
	} else {
		write_resources(w);
	}
	write_namespaces(w, request);
	write_list(w, "maskedPaths", masked_paths);
	write_list(w, "readonlyPaths", readonly_paths);
	json_end_object(w);
}

void spec_default_print(const struct spec_default *request, struct str *out)
{
	struct json_writer w = { .out = out, .indent = "\t" };

	json_begin_object(&w, NULL);
	json_write_text(&w, "ociVersion", OCI_RUNTIME_VERSION);
	write_process(&w);
	json_begin_object(&w, "root");
	json_write_text(&w, "path", "rootfs");
	json_write_bool(&w, "readonly", true);
	json_end_object(&w);
	json_write_text(&w, "hostname", "hoy");
	write_mounts(&w, request->is_rootless);
	write_linux(&w, request);
	json_end_object(&w);
}
