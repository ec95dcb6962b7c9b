/*
 * start: let the program of a created container run.
 *
 * Runs in: runtime.
 * See: proto/sync.h; OCI runtime-spec runtime.md "Lifecycle", 6 to 9.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "oci/container_state.h"
#include "oci/poststart.h"
#include "oci/unix_socket.h"
#include "runtime/runtime.h"

static const struct oci_syntax syntax = {
	.min = 1,
	.max = 1,
	.arguments = "<container-id>",
};

static int status_check(const struct oci_container *container, struct err *e)
{
	enum oci_status status = container_status_of_init(container);

	if (status == OCI_CREATED)
		return 0;
	return err_set(e, ERR_CONFLICT, -EBUSY,
		       status == OCI_STOPPED ? "cannot start a container that has stopped"
					     : "cannot start an already running container");
}

static int init_start(const struct oci_container *container, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	int r;

	fd = unix_socket_connect(container->dir_fd, START_NAME, SOCK_SEQPACKET);
	if (fd < 0)
		return err_sys(e, fd, "reach init of container %s", container->id);
	r = runtime_start_other(fd, e);
	if (r < 0)
		return r;
	/* Last: while it is there, a start that was killed can be repeated. */
	(void)FAULT_OR("unlink", unlinkat(container->dir_fd, START_NAME, 0));
	return 0;
}

static int start(struct oci *oci, const char *id, struct err *e)
{
	AUTO_CONTAINER struct oci_container container = { .dir_fd = -EBADF };
	int r = container_open(oci, id, CONTAINER_LOCK, &container, e);

	if (r == 0)
		r = status_check(&container, e);
	if (r == 0)
		r = init_start(&container, e);
	if (r < 0)
		return r;
	container_unlock(&container);
	return poststart_run(oci, &container, e);
}

int oci_start(struct oci *oci, char **argv)
{
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;

	if (!oci_parse(oci, &syntax, argv, NULL, &args, &exit_code))
		return exit_code;
	return start(oci, args.items[0], &e) < 0 ? oci_report(oci, &e) : 0;
}
