/*
 * See exec_options.h.
 *
 * Runs in: runtime.
 */
#include "oci/exec_options.h"

#include <string.h>

#include "base/log.h"
#include "spec/capability.h"
#include "spec/runtime_spec.h"

static int id_parse(const char *text, uint32_t *ret, struct err *e)
{
	uint64_t id;

	if (parse_u64(text, 0, SPEC_UID_MAX, &id) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "a number up to %d expected",
			       SPEC_UID_MAX);
	*ret = (uint32_t)id;
	return 0;
}

/* UID[:GID]: names are the business of who reads /etc/passwd of the container. */
static int set_user(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct exec_options *o = values;
	const char *colon = strchr(value, ':');
	const char *uid =
		colon ? arena_copy_bytes(arena, value, (size_t)(colon - value)) : value;
	int r;

	if (!uid)
		return err_sys(e, ENOMEM, "user");
	r = id_parse(uid, &o->uid, e);
	if (r == 0 && colon)
		r = id_parse(colon + 1, &o->gid, e);
	o->has_user = r == 0;
	o->has_gid = r == 0 && colon;
	return r;
}

static int add_group(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct exec_options *o = values;
	int r;

	(void)arena;
	if (o->group_count == EXEC_GROUPS_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d groups", EXEC_GROUPS_MAX);
	r = id_parse(value, &o->groups[o->group_count], e);
	if (r == 0)
		o->group_count++;
	return r;
}

static int add_capability(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct exec_options *o = values;
	int number = capability_find(value);

	(void)arena;
	(void)e;
	/* As in config.json: what nobody can give is left out. */
	if (number < 0)
		log_warn("%s is left out: there is no such capability", value);
	else
		o->capabilities |= UINT64_C(1) << number;
	return 0;
}

static int add_env(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct exec_options *o = values;

	if (value[0] == '=' || !strchr(value, '='))
		return err_set(e, ERR_INVALID, -EINVAL, "NAME=value expected");
	strv_add_borrowed(&o->env, arena, arena_copy(arena, value));
	return 0;
}

static int set_no_new_privileges(void *values, struct arena *arena, const char *value,
				 struct err *e)
{
	struct exec_options *o = values;

	(void)arena;
	o->has_no_new_privileges = true;
	return option_parse_bool(value, &o->no_new_privileges, e);
}

static int set_cwd(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct exec_options *o = values;

	if (value[0] != '/')
		return err_set(e, ERR_INVALID, -EINVAL, "an absolute path expected");
	o->cwd = arena_copy(arena, value);
	return 0;
}

#define FIELD(name) offsetof(struct exec_options, name)
const struct option exec_option_table[] = {
	{ "additional-gids", 'g', OPTION_VALUE, 0, add_group, "gid",
	  "One more group of the process" },
	{ "apparmor", 0, OPTION_TEXT, FIELD(apparmor), NULL, "profile",
	  "AppArmor profile of the process" },
	{ "cap", 'c', OPTION_VALUE, 0, add_capability, "capability",
	  "One more capability of the process" },
	{ "cgroup", 0, OPTION_LIST, FIELD(cgroups), NULL, "path",
	  "Run in this sub-cgroup of the container's: [controller[,controller...]:]path" },
	{ "console-socket", 0, OPTION_TEXT, FIELD(console_socket), NULL, "path",
	  "Send the terminal's master to this unix socket" },
	{ "cwd", 0, OPTION_VALUE, 0, set_cwd, "path", "Working directory in the container" },
	{ "detach", 'd', OPTION_BOOL, FIELD(is_detached), NULL, NULL,
	  "Leave the process to itself once it has started" },
	{ "env", 'e', OPTION_VALUE, 0, add_env, "name=value", "Set an environment variable" },
	{ "ignore-paused", 0, OPTION_BOOL, FIELD(ignores_pause), NULL, NULL,
	  "Also in a paused container: the process starts when that goes on" },
	{ "no-new-privs", 0, OPTION_BOOL, 0, set_no_new_privileges, NULL,
	  "No execve gives the process more privileges" },
	{ "pid-file", 0, OPTION_TEXT, FIELD(pid_file), NULL, "file",
	  "Write the process's pid on the host to this file" },
	{ "pidfd-socket", 0, OPTION_TEXT, FIELD(pidfd_socket), NULL, "path",
	  "Send a pidfd of the process to this unix socket" },
	{ "preserve-fds", 0, OPTION_INT, FIELD(preserve_fds), NULL, "n",
	  "Hand on this many descriptors, from 3 on" },
	{ "process", 'p', OPTION_TEXT, FIELD(process), NULL, "file",
	  "Read the process from this file (JSON)" },
	{ "process-label", 0, OPTION_TEXT, FIELD(process_label), NULL, "label",
	  "SELinux label of the process" },
	{ "tty", 't', OPTION_BOOL, FIELD(is_tty), NULL, NULL, "Give the process a terminal" },
	{ "user", 'u', OPTION_VALUE, 0, set_user, "uid[:gid]", "Who the process is" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD
