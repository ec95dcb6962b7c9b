/*
 * ps: the processes of a container, as the host sees them.
 *
 * The table is ps(1)'s own, so that it takes every option of ps(1).
 *
 * Runs in: runtime.
 * See: runc-ps(8).
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "format/json.h"
#include "oci/container.h"
#include "oci/ps_table.h"

enum { TABLE_MAX = 16 * 1024 * 1024 };

struct ps_values {
	bool is_json;
};

static int set_format(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct ps_values *v = values;

	(void)arena;
	if (strcmp(value, "table") != 0 && strcmp(value, "json") != 0)
		return err_set(e, ERR_INVALID, -EINVAL, "table or json expected");
	v->is_json = value[0] == 'j';
	return 0;
}

static const struct option ps_options[] = {
	{ "format", 'f', OPTION_VALUE, 0, set_format, "format", "table (default) or json" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};

static const struct oci_syntax syntax = {
	.options = ps_options,
	.min = 1,
	.max = OCI_ANY,
	.stops_at_argument = true,
	.arguments = "<container-id> [options of ps]",
};

/* --- the processes ----------------------------------------------------------------------- */

struct pid_list {
	pid_t *items; /* from malloc */
	size_t count;
};

/* Without a cgroup only init is known to be the container's. */
static int list_init(const struct oci_container *container, struct pid_list *ret, struct err *e)
{
	if (container_status_of_init(container) == OCI_STOPPED)
		return 0;
	ret->items = malloc(sizeof(*ret->items));
	if (!ret->items)
		return err_sys(e, ENOMEM, "list processes");
	ret->items[0] = container->state.pid;
	ret->count = 1;
	return 0;
}

static int list_pids(struct oci *oci, const char *id, struct pid_list *ret, struct err *e)
{
	AUTO_CONTAINER struct oci_container container = { .dir_fd = -EBADF };
	struct cgroup cgroup;
	int r = container_open(oci, id, CONTAINER_READ, &container, e);

	if (r < 0 || !container.has_state)
		return r;
	r = container_open_cgroup(&container, &cgroup, e);
	if (r < 0)
		return r;
	r = cgroup.mode == CGROUP_NONE ? list_init(&container, ret, e)
				       : cgroup_pids(&cgroup, &ret->items, &ret->count, e);
	cgroup_done(&cgroup);
	return r;
}

static void print_json(const struct pid_list *pids)
{
	AUTO_STR struct str text = { 0 };
	struct json_writer w = { .out = &text };

	json_begin_array(&w, NULL);
	for (size_t i = 0; i < pids->count; i++)
		json_write_i64(&w, NULL, pids->items[i]);
	json_end_array(&w);
	(void)puts(str_text(&text));
}

/* --- ps(1) ------------------------------------------------------------------------------- */

static int ps_spawn(char *const *argv, int output_fd, pid_t *ret_pid, struct err *e)
{
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error == 0)
		error = posix_spawn_file_actions_adddup2(&actions, output_fd, STDOUT_FILENO);
	if (error == 0)
		error = posix_spawnp(ret_pid, argv[0], &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	return error ? err_sys(e, error, "execute ps") : 0;
}

static int ps_wait(pid_t pid, struct err *e)
{
	int status = 0;
	pid_t waited;

	do
		waited = waitpid(pid, &status, 0);
	while (waited < 0 && errno == EINTR);
	if (waited < 0)
		return err_sys(e, errno, "wait for ps");
	return status == 0
		       ? 0
		       : err_set(e, ERR_INVALID, -EINVAL, "ps ended with %s %d",
				 WIFEXITED(status) ? "status" : "signal",
				 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

/* What it prints, in heap memory. */
static int ps_run(char *const *argv, char **ret_table, struct err *e)
{
	AUTO_CLOSE int input = -EBADF;
	AUTO_CLOSE int output = -EBADF;
	AUTO_FREE char *table = NULL;
	int ends[2];
	pid_t pid;
	int waited;
	int r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, errno, "make a pipe for ps");
	input = ends[0];
	output = ends[1];
	r = ps_spawn(argv, output, &pid, e);
	if (r < 0)
		return r;
	output = fd_close(output);
	r = fd_read_all(input, TABLE_MAX, &table, NULL);
	input = fd_close(input);
	waited = ps_wait(pid, e);
	if (r < 0)
		return err_sys(e, r, "read from ps");
	*ret_table = ptr_take(table);
	return waited;
}

static int print_table(struct oci *oci, const struct strv *args, const struct pid_list *pids,
		       struct err *e)
{
	AUTO_STR struct str text = { 0 };
	AUTO_FREE char *table = NULL;
	struct strv argv = { 0 };
	int r;

	strv_add(&argv, &oci->arena, "ps");
	for (size_t i = 1; i < args->count; i++)
		strv_add_borrowed(&argv, &oci->arena, args->items[i]);
	if (args->count == 1)
		strv_add(&argv, &oci->arena, "-ef");
	if (arena_ok(&oci->arena) < 0)
		return err_sys(e, ENOMEM, "execute ps");
	r = ps_run(argv.items, &table, e);
	if (r == 0)
		r = ps_table_filter(table, pids->items, pids->count, &text, e);
	if (r == 0)
		(void)fputs(str_text(&text), stdout);
	return r;
}

int oci_ps(struct oci *oci, char **argv)
{
	struct ps_values values = { 0 };
	struct pid_list pids = { 0 };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!oci_parse(oci, &syntax, argv, &values, &args, &exit_code))
		return exit_code;
	r = list_pids(oci, args.items[0], &pids, &e);
	if (r == 0 && values.is_json)
		print_json(&pids);
	else if (r == 0)
		r = print_table(oci, &args, &pids, &e);
	free(pids.items);
	return r < 0 ? oci_report(oci, &e) : 0;
}
