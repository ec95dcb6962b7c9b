/*
 * See container_spec.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/container_spec.h"

#include <sched.h>
#include <string.h>

#include "spec/id_map.h"

#define DEFAULT_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

enum { NAMESPACES_MAX = 8, PERSONALITY_LEAVE = -1 };

bool mode_is(const char *mode, const char *word)
{
	return mode && strcmp(mode, word) == 0;
}

const char *mode_container(const char *mode)
{
	return mode && str_starts(mode, "container:") ? mode + strlen("container:") : NULL;
}

bool container_has_userns(const struct container_config *config)
{
	return !str_is_empty(config->userns_mode) && !mode_is(config->userns_mode, "host");
}

int container_args(const struct container_config *config, struct arena *arena, struct strv *ret,
		   struct err *e)
{
	struct strv args = { 0 };

	for (size_t i = 0; i < config->entrypoint.count; i++)
		strv_add_borrowed(&args, arena, config->entrypoint.items[i]);
	for (size_t i = 0; i < config->cmd.count; i++)
		strv_add_borrowed(&args, arena, config->cmd.items[i]);
	if (args.count == 0)
		return err_set(e, ERR_INVALID, -EINVAL, "no command specified");
	*ret = args;
	return arena_ok(arena);
}

void container_env(const struct container_config *config, const struct container_facts *facts,
		   bool is_tty, struct arena *arena, struct strv *ret)
{
	strv_add_borrowed(ret, arena, arena_copy(arena, DEFAULT_PATH));
	strv_add_borrowed(
		ret, arena,
		arena_printf(arena, "HOSTNAME=%s", facts->hostname ? facts->hostname : ""));
	if (is_tty)
		strv_add_borrowed(ret, arena, arena_copy(arena, "TERM=xterm"));
	for (size_t i = 0; i < facts->links.count; i++)
		strv_env_set(ret, arena, facts->links.items[i]);
	for (size_t i = 0; i < config->env.count; i++)
		if (strchr(config->env.items[i], '='))
			strv_env_set(ret, arena, config->env.items[i]);
	if (!strv_env_get(ret, "HOME"))
		strv_add_borrowed(ret, arena, arena_printf(arena, "HOME=%s", facts->home));
}

static void add_namespace(struct spec *spec, int type, int fd)
{
	spec->namespaces[spec->namespace_count++] =
		(struct spec_namespace){ .type = type, .fd = fd };
}

static int add_namespaces(const struct container_config *config,
			  const struct container_facts *facts, struct spec *spec)
{
	spec->namespaces =
		arena_array(spec->arena, NAMESPACES_MAX, sizeof(spec->namespaces[0]));
	if (!spec->namespaces)
		return -ENOMEM;
	add_namespace(spec, CLONE_NEWNS, -1);
	if (container_has_userns(config))
		add_namespace(spec, CLONE_NEWUSER, -1);
	if (!mode_is(config->network_mode, "host"))
		add_namespace(spec, CLONE_NEWNET, facts->network_fd);
	if (!mode_is(config->uts_mode, "host"))
		add_namespace(spec, CLONE_NEWUTS, -1);
	if (!mode_is(config->pid_mode, "host"))
		add_namespace(spec, CLONE_NEWPID, facts->pid_fd);
	if (!mode_is(config->ipc_mode, "host"))
		add_namespace(spec, CLONE_NEWIPC, facts->ipc_fd);
	if (!mode_is(config->cgroupns_mode, "host"))
		add_namespace(spec, CLONE_NEWCGROUP, -1);
	return 0;
}

static int fill_mappings(const struct container_config *config, struct spec *spec,
			 struct err *e)
{
	int r = id_map_parse("--uidmap", &config->uid_map, spec->arena, &spec->uid_mappings, e);

	return r < 0 ? r
		     : id_map_parse("--gidmap", &config->gid_map, spec->arena,
				    &spec->gid_mappings, e);
}

static int fill_process(const struct record *record, const struct container_facts *facts,
			struct spec *spec, struct err *e)
{
	const struct container_config *config = &record->config;
	struct spec_process *process = &spec->process;
	int r = container_args(config, spec->arena, &process->args, e);

	if (r < 0)
		return r;
	spec->has_process = true;
	process->is_terminal = config->is_tty;
	process->console_rows = facts->rows;
	process->console_columns = facts->columns;
	process->user = facts->user;
	container_env(config, facts, config->is_tty, spec->arena, &process->env);
	process->cwd = arena_copy(
		spec->arena, str_is_empty(config->working_dir) ? "/" : config->working_dir);
	process->has_oom_score_adj = config->oom_score_adj != 0;
	process->oom_score_adj = config->oom_score_adj;
	return container_rlimits(config, process, spec->arena, e);
}

int container_spec(const struct record *record, const struct container_facts *facts,
		   struct arena *arena, struct spec *ret, struct err *e)
{
	const struct container_config *config = &record->config;
	struct spec spec = { .arena = arena, .personality = (uint32_t)PERSONALITY_LEAVE };
	int r;

	spec.is_root_readonly = config->is_rootfs_readonly;
	if (!mode_is(config->uts_mode, "host")) {
		spec.hostname = arena_copy(arena, facts->hostname);
		spec.domainname = str_is_empty(config->domainname)
					  ? NULL
					  : arena_copy(arena, config->domainname);
	}
	r = add_namespaces(config, facts, &spec);
	if (r == 0)
		r = fill_mappings(config, &spec, e);
	if (r == 0)
		r = fill_process(record, facts, &spec, e);
	if (r == 0)
		r = container_privileges(config, facts->capabilities, &spec, e);
	if (r == 0)
		r = container_mounts(record, facts, &spec, e);
	if (r == 0)
		r = container_limits(config, facts, &spec, e);
	if (r == 0)
		r = container_sysctls(config, &spec, e);
	if (r == 0)
		r = arena_ok(arena);
	if (r < 0)
		return r;
	*ret = spec;
	return 0;
}
