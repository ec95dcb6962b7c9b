/*
 * Handing the seccomp listener to its agent.
 *
 * The filter may hold back any system call until the agent has answered, and the agent cannot
 * answer before it has the listener: sendmsg(2) must not be ours. A second thread, which has no
 * filter, sends it; all that passes the filter is one write(2), which profiles may not hold back
 * (runtime/seccomp_compile.c), and a read(2), by when the agent is there. The thread is the only
 * one in hoy-init, and gone when the read returns.
 *
 * Runs in: init, around the loading of the filter.
 * See: seccomp_unotify(2); OCI runtime-spec config-linux.md "Seccomp" listenerPath.
 */
#include <pthread.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "init/init.h"
#include "linux/seccomp_load.h"
#include "linux/socket_fd.h"

struct agent {
	int socket_fd; /* connected, to the agent */
	const char *state;
	int ends[2];  /* the thread waits at the second */
	int listener; /* of the filter, when there is one */
	int result;
};

static void *agent_serve(void *context)
{
	struct agent *agent = context;
	char byte;

	if (fd_read_full(agent->ends[1], &byte, 1) != 1)
		return NULL;
	if (agent->listener >= 0)
		agent->result = socket_send_fd(agent->socket_fd, agent->listener, agent->state);
	/* Ours closed, the calls that are held back fail instead of waiting for nobody. */
	(void)fd_close(agent->listener);
	(void)fd_write_all(agent->ends[1], "", 1);
	return NULL;
}

static int agent_start(struct agent *agent)
{
	pthread_t thread;
	int r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, agent->ends) < 0)
		return -errno;
	r = pthread_create(&thread, NULL, agent_serve, agent);
	if (r == 0)
		r = pthread_detach(thread);
	return -r;
}

static int agent_finish(struct agent *agent)
{
	char byte = 0;

	if (write(agent->ends[0], &byte, 1) != 1 || read(agent->ends[0], &byte, 1) != 1)
		return -EPIPE;
	return agent->result;
}

int init_load_with_agent(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	struct agent agent = { .socket_fd = plan->seccomp_notify_fd,
			       .state = init->state[PLAN_STATE_AGENT],
			       .listener = -EBADF };
	int loaded;
	int r;

	if (agent.socket_fd < 0 || !agent.state)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "the seccomp profile asks for a listener and nobody listens");
	r = agent_start(&agent);
	if (r < 0)
		return err_sys(e, r, "prepare to hand out the seccomp listener");
	loaded = seccomp_load_filter(plan_array(plan, plan->seccomp, uint64_t),
				     plan->seccomp.count, plan->seccomp_flags);
	agent.listener = loaded;
	r = agent_finish(&agent);
	if (loaded < 0)
		return err_sys(e, loaded, "load the seccomp filter");
	return r < 0 ? err_sys(e, r, "hand out the seccomp listener") : 0;
}
