/*
 * See process_spec.h.
 *
 * Runs in: runtime.
 */
#include "oci/process_spec.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/log.h"
#include "spec/runtime_spec_read.h"

/* --- from a file ------------------------------------------------------------------------- */

static int file_parse(struct oci *oci, const char *path, struct spec_process *ret,
		      struct err *e)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *text = NULL;
	struct strv warnings = { 0 };
	size_t len;
	int r;

	if (fd < 0)
		return err_sys(e, errno, "open %s", path);
	r = fd_read_all(fd, SPEC_CONFIG_MAX, &text, &len);
	if (r < 0)
		return err_sys(e, r, "read %s", path);
	r = spec_parse_process(text, len, &oci->arena, ret, &warnings, e);
	for (size_t i = 0; i < warnings.count; i++)
		log_warn("%s", warnings.items[i]);
	return r < 0 ? err_wrap(e, r, "%s", path) : 0;
}

/* As runc: less than the container has must be said. */
static void inherit(const struct spec_process *container, struct spec_process *process)
{
	if (!process->has_capabilities) {
		process->has_capabilities = container->has_capabilities;
		process->capabilities = container->capabilities;
	}
	if (process->rlimit_count == 0) {
		process->rlimits = container->rlimits;
		process->rlimit_count = container->rlimit_count;
	}
	if (!process->apparmor_profile)
		process->apparmor_profile = container->apparmor_profile;
	if (!process->selinux_label)
		process->selinux_label = container->selinux_label;
	if (!process->cpus_initial && !process->cpus_final) {
		process->cpus_initial = container->cpus_initial;
		process->cpus_final = container->cpus_final;
	}
}

static int from_file(struct oci *oci, const struct exec_options *options,
		     struct spec_process *process, struct err *e)
{
	struct spec_process read = { 0 };
	int r = file_parse(oci, options->process, &read, e);

	if (r < 0)
		return r;
	inherit(process, &read);
	read.is_terminal |= options->is_tty;
	*process = read;
	return 0;
}

/* --- from options ------------------------------------------------------------------------ */

static int groups_add(struct arena *arena, const struct exec_options *options,
		      struct spec_user *user, struct err *e)
{
	size_t count = user->group_count + options->group_count;
	uint32_t *groups;

	if (options->group_count == 0)
		return 0;
	groups = arena_array(arena, count, sizeof(*groups));
	if (!groups)
		return err_sys(e, ENOMEM, "groups");
	if (user->group_count > 0)
		memcpy(groups, user->groups, user->group_count * sizeof(*groups));
	memcpy(groups + user->group_count, options->groups,
	       options->group_count * sizeof(*groups));
	user->groups = groups;
	user->group_count = count;
	return 0;
}

static void rights_change(const struct exec_options *options, struct spec_process *process)
{
	struct spec_capabilities *capabilities = &process->capabilities;

	if (options->has_user)
		process->user.uid = options->uid;
	if (options->has_gid)
		process->user.gid = options->gid;
	if (options->capabilities != 0) {
		process->has_capabilities = true;
		capabilities->bounding |= options->capabilities;
		capabilities->effective |= options->capabilities;
		capabilities->permitted |= options->capabilities;
	}
	if (options->has_no_new_privileges)
		process->no_new_privileges = options->no_new_privileges;
	if (options->apparmor)
		process->apparmor_profile = options->apparmor;
	if (options->process_label)
		process->selinux_label = options->process_label;
}

static int from_options(struct arena *arena, const struct exec_options *options,
			struct spec_process *process, struct err *e)
{
	if (options->cwd)
		process->cwd = options->cwd;
	for (size_t i = 0; i < options->env.count; i++)
		strv_env_set(&process->env, arena, options->env.items[i]);
	/* That the container has a terminal is no reason for another one. */
	process->is_terminal = options->is_tty;
	rights_change(options, process);
	return groups_add(arena, options, &process->user, e);
}

int process_spec_make(struct oci *oci, const struct exec_options *options,
		      const struct strv *args, struct spec *container, struct err *e)
{
	int r;

	if (!container->has_process && !options->process)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "the container's config has no process to begin with: --process "
			       "is needed");
	if (options->process && args->count > 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "--process and a command are both given");
	if (!options->process && args->count == 0)
		return err_set(e, ERR_INVALID, -EINVAL, "process args cannot be empty");
	if (options->process) {
		r = from_file(oci, options, &container->process, e);
	} else {
		container->process.args = *args;
		r = from_options(&oci->arena, options, &container->process, e);
	}
	if (r == 0 && arena_ok(&oci->arena) < 0)
		return err_sys(e, ENOMEM, "process");
	return r;
}
