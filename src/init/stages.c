/*
 * The birth of a container as a table, so that it can be read, timed, stopped at and made to
 * fail by name.
 *
 * Runs in: init.
 * See: proto/sync.h for the names.
 */
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>

#include "base/fd.h"
#include "init/init.h"
#include "proto/sync.h"

struct init_stage {
	enum stage stage;
	int (*run)(struct init *init, struct err *e);
};

static const struct init_stage stages_run[] = {
	{ STAGE_NAMESPACES, init_namespaces },
	{ STAGE_IDENTITY, init_identity },
	{ STAGE_PROPAGATION, init_propagation },
	{ STAGE_ROOT, init_root },
	{ STAGE_MOUNTS, init_mounts },
	{ STAGE_DEVICES, init_devices },
	{ STAGE_HOOKS, init_hooks_create },
	{ STAGE_PIVOT, init_pivot },
	{ STAGE_CONSOLE, init_console },
	{ STAGE_HOSTNAME, init_hostname },
	{ STAGE_SYSCTL, init_sysctl },
	{ STAGE_MASKS, init_masks },
	{ STAGE_NO_NEW_PRIVILEGES, init_no_new_privileges },
	{ STAGE_READY, init_ready },
	{ STAGE_PRIVILEGES, init_privileges },
	{ STAGE_WAIT, init_wait },
	/* Late: the filter need allow nothing but what follows (capset, execve) - and, where there
	 * are startContainer hooks, what these take: they are the image's programs, so it holds
	 * for them. */
	{ STAGE_SECCOMP, init_seccomp },
	{ STAGE_HOOK_START, init_hooks_start },
	{ STAGE_EXEC, init_exec },
};

static const struct init_stage stages_exec[] = {
	{ STAGE_NAMESPACES, init_namespaces },
	{ STAGE_IDENTITY, init_identity },
	{ STAGE_HOOKS, init_hooks_create },
	{ STAGE_CONSOLE, init_console },
	{ STAGE_NO_NEW_PRIVILEGES, init_no_new_privileges },
	{ STAGE_READY, init_ready },
	{ STAGE_PRIVILEGES, init_privileges },
	{ STAGE_WAIT, init_wait },
	{ STAGE_SECCOMP, init_seccomp },
	{ STAGE_EXEC, init_exec },
};

/*
 * Until SIGCONT. As pid 1 of a pid namespace we could not stop ourselves; the parent stops us,
 * and whoever debugs continues us. The signal is blocked from before the report, so it cannot
 * be missed.
 */
static int hold(struct init *init, enum stage stage, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	struct pollfd polls[2];
	sigset_t set;
	int r;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCONT);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		return err_sys(e, errno, "hold at stage %s", stage_name(stage));
	r = sync_send(init->sync_fd, SYNC_STAGE, stage);
	if (r < 0)
		return err_sys(e, r, "report stage %s", stage_name(stage));
	polls[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	polls[1] = (struct pollfd){ .fd = init->sync_fd };
	while (poll(polls, 2, -1) < 0)
		;
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	if (polls[1].revents)
		return err_set(e, ERR_INTERNAL, -EPIPE,
			       "the parent went away while init was held");
	return 0;
}

int init_report_stage(struct init *init, int stage, struct err *e)
{
	const char *held = plan_get_text(init->plan, init->plan->hold_stage);
	int r;

	if (held && strcmp(held, stage_name(stage)) == 0)
		return hold(init, stage, e);
	if (!(init->plan->flags & PLAN_TRACE))
		return 0;
	r = sync_send(init->sync_fd, SYNC_STAGE, (uint32_t)stage);
	return r < 0 ? err_sys(e, r, "report stage %s", stage_name(stage)) : 0;
}

int init_walk(struct init *init, struct err *e)
{
	bool is_run = init->plan->kind == PLAN_RUN;
	const struct init_stage *stages = is_run ? stages_run : stages_exec;
	size_t count = is_run ? sizeof(stages_run) / sizeof(*stages_run)
			      : sizeof(stages_exec) / sizeof(*stages_exec);

	for (size_t i = 0; i < count; i++) {
		int r = init_report_stage(init, stages[i].stage, e);

		if (r == 0)
			r = stages[i].run(init, e);
		if (r < 0)
			return e->kind ? r
				       : err_sys(e, r, "stage %s", stage_name(stages[i].stage));
	}
	return err_set(e, ERR_INTERNAL, -EINVAL, "the stages came to an end without an execve");
}
