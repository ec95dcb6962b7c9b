/*
 * The mounts of a plan: options taken apart, destinations checked as text.
 *
 * A destination below /proc could make the writing of labels and sysctls go astray, so only
 * files that are known to be harmless may be covered there. A link in the image may still lead
 * there: init checks the resolved place too.
 *
 * Runs in: cli (engine), runtime; a pure function.
 * See: CVE-2019-16884; runc libcontainer/rootfs_linux.go checkProcMount.
 */
#include <limits.h>
#include <string.h>
#include <sys/mount.h>

#include "base/fd.h"
#include "runtime/plan_build.h"
#include "runtime/plan_mount_options.h"

enum { MOUNTS_MAX = 16 * 1024 };

static const char *const proc_allowed[] = {
	"cpuinfo",
	"diskstats",
	"meminfo",
	"stat",
	"swaps",
	"uptime",
	"loadavg",
	"slabinfo",
	"sys/kernel/ns_last_pid",
	"sys/crypto/fips_enabled",
};

/* Absolute and lexically clean: no empty component, no ".", no "..". */
static int destination_clean(const char *destination, struct str *ret, struct err *e)
{
	const char *c = destination;

	if (strlen(destination) >= PATH_MAX)
		return err_set(e, ERR_INVALID, -ENAMETOOLONG,
			       "destination is longer than %d bytes", PATH_MAX - 1);
	while (*c) {
		size_t len;

		c += strspn(c, "/");
		len = strcspn(c, "/");
		if (len == 2 && c[0] == '.' && c[1] == '.')
			return err_set(e, ERR_INVALID, -EINVAL, "destination has a \"..\"");
		if (len > 0 && !(len == 1 && c[0] == '.')) {
			str_add_char(ret, '/');
			str_add_bytes(ret, c, len);
		}
		c += len;
	}
	if (ret->len == 0)
		return err_set(e, ERR_INVALID, -EINVAL, "destination is the root");
	return str_ok(ret) < 0 ? err_sys(e, ENOMEM, "destination") : 0;
}

/* Returns the flag for a destination that may be in /proc, 0 for one elsewhere, -EINVAL. */
static int proc_check(const char *destination, const char *type,
		      const struct mount_options *options, const char *source, struct err *e)
{
	const char *below;

	if (strcmp(destination, "/proc") == 0) {
		bool is_proc =
			options->is_bind ? str_equal(source, "/proc") : str_equal(type, "proc");

		return is_proc ? PLAN_MOUNT_IN_PROC_OK
			       : err_set(e, ERR_DENIED, -EPERM,
					 "only a proc file system may be mounted there");
	}
	if (!str_starts(destination, "/proc/"))
		return 0;
	below = destination + strlen("/proc/");
	for (size_t i = 0; i < sizeof(proc_allowed) / sizeof(proc_allowed[0]); i++) {
		if (strcmp(below, proc_allowed[i]) == 0)
			return PLAN_MOUNT_IN_PROC_OK;
	}
	return err_set(e, ERR_DENIED, -EPERM, "a mount inside /proc is not allowed");
}

static int bind_check(const struct spec_mount *mount, const struct mount_options *options,
		      struct err *e)
{
	if (!options->is_bind || mount->has_source_fd)
		return 0;
	return str_is_empty(mount->source)
		       ? err_set(e, ERR_INVALID, -EINVAL, "a bind mount without a source")
		       : 0;
}

static int type_check(const struct spec_mount *mount, const struct mount_options *options,
		      struct err *e)
{
	if (!options->is_bind &&
	    (options->idmap != MOUNT_IDMAP_NONE || mount->uid_mappings.count > 0 ||
	     mount->gid_mappings.count > 0))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "a mapped ownership is for bind mounts only");
	if (options->is_tmpcopyup && !str_equal(mount->type, "tmpfs"))
		return err_set(e, ERR_INVALID, -EINVAL, "option tmpcopyup is for a tmpfs only");
	if (!options->is_bind && str_is_empty(mount->type))
		return err_set(e, ERR_INVALID, -EINVAL, "neither a type nor the option bind");
	return 0;
}

/* Neither labels nor a state of their own. */
static bool is_kernels_own(const char *type)
{
	static const char *const types[] = { "proc", "sysfs", "mqueue", "cgroup", "cgroup2" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (str_equal(type, types[i]))
			return true;
	}
	return false;
}

static uint32_t mount_flags(const struct spec_mount *mount, const struct mount_options *options)
{
	uint32_t flags = 0;

	if (options->is_tmpcopyup)
		flags |= PLAN_MOUNT_TMPCOPYUP;
	if (options->is_recursive)
		flags |= PLAN_MOUNT_RBIND;
	if (options->is_source_kept)
		flags |= PLAN_MOUNT_NOFOLLOW;
	if (options->is_destination_kept)
		flags |= PLAN_MOUNT_ON_LINK;
	if (options->is_bind)
		return options->is_link_copied ? flags | PLAN_MOUNT_COPY_LINK : flags;
	if (str_equal(mount->type, "cgroup") || str_equal(mount->type, "cgroup2"))
		flags |= PLAN_MOUNT_CGROUP;
	if (str_equal(mount->type, "mqueue"))
		flags |= PLAN_MOUNT_OPTIONAL;
	return flags;
}

/* What init still has to make inside comes first, so these are made read-only last. */
static bool is_readonly_last(const struct spec_mount *mount,
			     const struct mount_options *options, const char *destination)
{
	return (options->attr_set & MOUNT_ATTR_RDONLY) &&
	       (strcmp(destination, "/dev") == 0 ||
		(!options->is_bind && str_equal(mount->type, "tmpfs")));
}

static void data_add(struct mount_options *options, const char *text)
{
	if (options->data.len > 0)
		str_add_char(&options->data, ',');
	str_add(&options->data, text);
}

/* A file system of a medium that cannot be written must be told so itself. */
static void data_join(const struct spec_mount *mount, struct mount_options *options)
{
	if (options->is_bind)
		return;
	if (options->superblock.len > 0)
		data_add(options, str_text(&options->superblock));
	if ((options->attr_set & MOUNT_ATTR_RDONLY) && !is_kernels_own(mount->type) &&
	    !str_equal(mount->type, "tmpfs") && !str_equal(mount->type, "devpts"))
		data_add(options, "ro");
}

static int mount_fill(const struct spec_mount *mount, struct mount_options *options,
		      struct plan_builder *b, struct plan_mount *ret, struct str *warnings,
		      struct err *e)
{
	AUTO_STR struct str destination = { 0 };
	int r = mount_options_parse(&mount->options, options, e);
	int in_proc;

	if (r < 0)
		return r;
	if (str_equal(mount->type, "bind"))
		options->is_bind = true;
	r = type_check(mount, options, e);
	if (r == 0)
		r = bind_check(mount, options, e);
	if (r == 0)
		r = destination_clean(mount->destination, &destination, e);
	in_proc = r < 0 ? r
			: proc_check(str_text(&destination), mount->type, options,
				     mount->source, e);
	if (in_proc < 0)
		return in_proc;
	data_join(mount, options);
	if (is_readonly_last(mount, options, str_text(&destination))) {
		options->attr_set &= ~(uint64_t)MOUNT_ATTR_RDONLY;
		in_proc |= PLAN_MOUNT_READONLY_LAST;
	}
	if (mount->destination[0] != '/')
		str_printf(warnings,
			   "mount on %s: a destination that does not begin with / is below "
			   "the root\n",
			   mount->destination);
	*ret = (struct plan_mount){
		.destination = plan_add_text(b, str_text(&destination)),
		.type = options->is_bind ? 0 : plan_add_text(b, mount->type),
		.source = plan_add_text(b, mount->source),
		.data = options->is_bind || options->data.len == 0
				? 0
				: plan_add_text(b, str_text(&options->data)),
		.source_fd = -1,
		.userns_fd = -1,
		.flags = mount_flags(mount, options) | (uint32_t)in_proc,
		.propagation = options->propagation,
		.attr_set = options->attr_set,
		.attr_clear = options->attr_clear,
		.attr_set_recursive = options->attr_set_recursive,
		.attr_clear_recursive = options->attr_clear_recursive,
	};
	return 0;
}

/* A copy that was made outside still belongs to the host's peers: cut loose as all others. */
static void source_add(const struct plan_input *input, const struct plan_builder *b, size_t i,
		       struct plan_mount *mount)
{
	if (!input->fds.mount_fds || input->fds.mount_fds[i] < 0)
		return;
	mount->source_fd = input->fds.mount_fds[i];
	if (mount->propagation == 0 && !input->spec->mounts[i].has_source_fd)
		mount->propagation =
			MS_REC |
			(b->header.root_propagation & (MS_SHARED | MS_SLAVE) ? MS_SLAVE
									     : MS_PRIVATE);
}

/* As runc and crun: where there is no SELinux, there are no labels. */
static void label_add(const struct plan_input *input, struct plan_builder *b,
		      struct str *warnings)
{
	const struct spec *spec = input->spec;
	const char *option = spec->extensions.mount_context_type;

	if (str_is_empty(spec->mount_label))
		return;
	if (!input->facts->has_selinux) {
		str_add(warnings, "linux.mountLabel is left out: SELinux is not in use here\n");
		return;
	}
	b->header.mount_label = plan_add_text(b, spec->mount_label);
	b->header.mount_label_option = plan_add_text(b, option ? option : "context");
}

int plan_mounts(const struct plan_input *input, struct plan_builder *b, struct str *warnings,
		struct err *e)
{
	const struct spec *spec = input->spec;
	AUTO_FREE struct plan_mount *mounts = calloc(spec->mount_count + 1, sizeof(*mounts));

	if (!mounts)
		return err_sys(e, ENOMEM, "mounts");
	if (spec->mount_count > MOUNTS_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d mounts", MOUNTS_MAX);
	label_add(input, b, warnings);
	for (size_t i = 0; i < spec->mount_count; i++) {
		struct mount_options options;
		int r;

		if (!spec->mounts[i].destination)
			return err_set(e, ERR_INVALID, -EINVAL, "mount %zu has no destination",
				       i);
		r = mount_fill(&spec->mounts[i], &options, b, &mounts[i], warnings, e);
		mount_options_done(&options);
		if (r < 0)
			return err_wrap(e, r, "mount on %s", spec->mounts[i].destination);
		source_add(input, b, i, &mounts[i]);
		if (b->header.mount_label && mounts[i].type &&
		    !is_kernels_own(spec->mounts[i].type))
			mounts[i].flags |= PLAN_MOUNT_LABELED;
	}
	b->header.mounts = plan_add_array(b, mounts, spec->mount_count, sizeof(*mounts));
	return 0;
}
