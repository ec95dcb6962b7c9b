/*
 * See sync.h.
 *
 * Runs in: runtime, init.
 */
#include "proto/sync.h"

#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"

static const char *const stage_names[STAGE_COUNT] = {
	[STAGE_NAMESPACES] = "namespaces",
	[STAGE_IDENTITY] = "identity",
	[STAGE_PROPAGATION] = "propagation",
	[STAGE_ROOT] = "root",
	[STAGE_MOUNTS] = "mounts",
	[STAGE_DEVICES] = "devices",
	[STAGE_HOOKS] = "hooks",
	[STAGE_PIVOT] = "pivot",
	[STAGE_CONSOLE] = "console",
	[STAGE_HOSTNAME] = "hostname",
	[STAGE_SYSCTL] = "sysctl",
	[STAGE_MASKS] = "masks",
	[STAGE_NO_NEW_PRIVILEGES] = "no-new-privileges",
	[STAGE_READY] = "ready",
	[STAGE_PRIVILEGES] = "privileges",
	[STAGE_SECCOMP] = "seccomp",
	[STAGE_WAIT] = "wait",
	[STAGE_HOOK_START] = "hook-start",
	[STAGE_EXEC] = "exec",
};

static int sync_send_bytes(int fd, const void *data, size_t len)
{
	ssize_t n;

	do
		n = send(fd, data, len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

int sync_send(int fd, enum sync_type type, uint32_t value)
{
	struct sync_message message = { .type = type, .value = value };

	if (type == SYNC_STAGE)
		message.time_ns = clock_monotonic_ns();
	return sync_send_bytes(fd, &message, sizeof(message));
}

int sync_send_error(int fd, const struct err *e)
{
	struct sync_error message = { .message.type = SYNC_ERROR, .err = *e };

	return sync_send_bytes(fd, &message, sizeof(message));
}

int sync_receive(int fd, struct sync_message *ret, struct err *e)
{
	struct sync_error got;
	ssize_t n;

	/* ECONNRESET, once: the peer ended with messages of ours unread. What it had to say before
	 * that comes after it. */
	do
		n = recv(fd, &got, sizeof(got), MSG_TRUNC);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	if (n == 0)
		return 0;
	if (n < 0)
		return err_sys(e, errno, "receive from the sync socket");
	if ((size_t)n < sizeof(got.message) || got.message.type < SYNC_NEED_MAPS ||
	    got.message.type > SYNC_RECORDED ||
	    (size_t)n != (got.message.type == SYNC_ERROR ? sizeof(got) : sizeof(got.message)))
		return err_set(
			e, ERR_INTERNAL, -EPROTO,
			"the sync socket carries a message of %zd bytes that is not ours", n);
	if (ret)
		*ret = got.message;
	if (got.message.type == SYNC_ERROR && e) {
		*e = got.err;
		e->text[sizeof(e->text) - 1] = '\0';
	}
	return (int)got.message.type;
}

const char *stage_name(enum stage stage)
{
	return (unsigned int)stage < STAGE_COUNT ? stage_names[stage] : "unknown";
}

int stage_find(const char *name)
{
	for (int i = 0; i < STAGE_COUNT; i++)
		if (strcmp(stage_names[i], name) == 0)
			return i;
	return -EINVAL;
}
