/*
 * See launch_state.h.
 *
 * Runs in: runtime.
 */
#include "runtime/launch_state.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/fd.h"
#include "base/str.h"
#include "format/json.h"
#include "linux/interface_move.h"
#include "linux/memfd.h"
#include "proto/plan.h"
#include "proto/sync.h"
#include "runtime/hooks.h"
#include "runtime/launch_fds.h"

int launch_state_open(struct runtime_launch *launch, bool is_needed, struct err *e)
{
	int fd;

	if (!is_needed)
		return 0;
	if (!launch->state.print)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "hooks and seccomp agents are for OCI containers only");
	fd = memfd_make("hoy-state");
	if (fd < 0)
		return err_sys(e, fd, "make a memfd for the container's state");
	fd = launch_own(launch, fd, e);
	if (fd >= 0)
		fd = launch_inherit(launch, fd, e);
	if (fd < 0)
		return fd;
	launch->state_fd = fd;
	return 0;
}

static int agent_connect(const char *path, struct err *e)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_sys(e, errno, "make a socket for the seccomp agent");
	if (str_copy(address.sun_path, sizeof(address.sun_path), path) < 0)
		return err_sys(e, ENAMETOOLONG, "seccomp listenerPath %s", path);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return err_sys(e, errno, "connect to the seccomp agent at %s", path);
	return fd_take(&fd);
}

int launch_agent(struct runtime_launch *launch, const struct seccomp_filter *filter,
		 int *ret_fd, struct err *e)
{
	int fd;

	*ret_fd = -1;
	if (!(filter->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER))
		return 0;
	if (!launch->seccomp || !launch->seccomp->listener_path)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "seccomp: SCMP_ACT_NOTIFY needs a listenerPath");
	fd = agent_connect(launch->seccomp->listener_path, e);
	if (fd >= 0)
		fd = launch_own(launch, fd, e);
	if (fd >= 0)
		fd = launch_inherit(launch, fd, e);
	if (fd < 0)
		return fd;
	*ret_fd = fd;
	return 0;
}

/* Of exec the state is that of the container, which runs; the process is another one. */
static void print_state(const struct runtime_launch *launch, const char *status,
			struct str *out)
{
	bool is_exec = launch->container_pid > 0;

	launch->state.print(launch->state.context, is_exec ? "running" : status,
			    is_exec ? launch->container_pid : launch->pid, out);
}

static void print_agent_state(const struct runtime_launch *launch, struct str *out)
{
	AUTO_STR struct str state = { 0 };
	struct json_writer w = { .out = out, .omits_null = true };

	print_state(launch, "creating", &state);
	json_begin_object(&w, NULL);
	json_write_text(&w, "ociVersion", "1.2.0");
	json_begin_array(&w, "fds");
	json_write_text(&w, NULL, "seccompFd");
	json_end_array(&w);
	json_write_i64(&w, "pid", launch->pid);
	json_write_text(&w, "metadata", launch->seccomp->listener_metadata);
	json_write_raw(&w, "state", str_text(&state));
	json_end_object(&w);
	out->is_broken |= str_ok(&state) < 0;
}

static int fill(const struct runtime_launch *launch, struct str *creating, struct err *e)
{
	AUTO_STR struct str all = { 0 };
	int r;

	print_state(launch, "creating", creating);
	str_add_bytes(&all, str_text(creating), creating->len + 1);
	print_state(launch, "created", &all);
	str_add_bytes(&all, "", 1);
	if (launch->seccomp && launch->seccomp->listener_path)
		print_agent_state(launch, &all);
	str_add_bytes(&all, "", 1);
	r = str_ok(creating) < 0 ? -ENOMEM : str_ok(&all);
	if (r == 0)
		r = fd_write_all(launch->state_fd, all.data, all.len);
	return r < 0 ? err_sys(e, r, "write the container's state for init") : 0;
}

/* netDevices: before the hooks, which may want to see them. */
static int devices_move(const struct runtime_launch *launch, struct err *e)
{
	const struct spec *spec = launch->spec;
	AUTO_CLOSE int netns = -EBADF;
	char path[64];

	if (!spec || spec->net_device_count == 0)
		return 0;
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)launch->pid);
	netns = open(path, O_RDONLY | O_CLOEXEC);
	if (netns < 0)
		return err_sys(e, errno, "open %s", path);
	for (size_t i = 0; i < spec->net_device_count; i++) {
		const struct spec_net_device *d = &spec->net_devices[i];
		const char *name = d->new_name ? d->new_name : d->name;
		const char *step;
		int r = interface_move(d->name, netns, name, &step);

		if (r < 0)
			return err_sys(e, r, "network device %s as %s: %s", d->name, name,
				       step);
	}
	return 0;
}

int launch_state_answer(struct runtime_launch *launch, struct err *e)
{
	AUTO_STR struct str creating = { 0 };
	int r;

	if (launch->state_fd < 0)
		return err_set(e, ERR_INTERNAL, -EPROTO, "init asks for hooks that nobody has");
	r = fill(launch, &creating, e);
	if (r == 0)
		r = devices_move(launch, e);
	if (r == 0 && launch->spec)
		r = hooks_run(&launch->spec->hooks_prestart, "prestart", str_text(&creating),
			      false, e);
	if (r == 0 && launch->spec)
		r = hooks_run(&launch->spec->hooks_create_runtime, "createRuntime",
			      str_text(&creating), false, e);
	if (r == 0)
		r = sync_send(launch->sync_fd, SYNC_HOOKS_DONE, 0);
	return r;
}
