/*
 * See monitor_handover.h.
 *
 * Runs in: cli (engine), as the child of hoy.
 */
#include "engine/monitor_handover.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/program.h"
#include "linux/memfd.h"

enum { FD_ASIDE = 64, EXIT_NO_MONITOR = 1 };

void monitor_handover_init(struct monitor_handover *m, const struct engine *engine,
			   const char *id)
{
	*m = (struct monitor_handover){
		.handover = { .magic = HANDOVER_MAGIC,
			      .version = HANDOVER_VERSION,
			      .log_max_files = LOG_MAX_FILES_DEFAULT },
		.engine = engine,
		.id = id,
	};
	for (size_t i = 0; i < MONITOR_FD_COUNT; i++)
		m->fds[i] = -EBADF;
}

void monitor_reset_signals(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int signal = 1; signal < SIGRTMIN; signal++)
		(void)sigaction(signal, &action, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static int table_make(const struct handover *handover)
{
	AUTO_CLOSE int fd = memfd_make("handover");
	int r;

	if (fd < 0)
		return fd;
	if (pwrite(fd, handover, sizeof(*handover), 0) != (ssize_t)sizeof(*handover))
		return -EIO;
	r = memfd_seal(fd);
	return r < 0 ? r : fd_take(&fd);
}

/* Every descriptor to its number. First all are moved out of the way: one may lie where another
 * belongs. */
static int fds_place(int fds[MONITOR_FD_COUNT])
{
	for (int i = 0; i < MONITOR_FD_COUNT; i++) {
		if (fds[i] < 0)
			continue;
		fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, FD_ASIDE);
		if (fds[i] < 0)
			return -errno;
	}
	for (int i = 0; i < MONITOR_FD_COUNT; i++) {
		if (fds[i] < 0)
			(void)close(i);
		else if (dup2(fds[i], i) < 0)
			return -errno;
	}
	return syscall(SYS_close_range, MONITOR_FD_COUNT, UINT_MAX, 0) < 0 ? -errno : 0;
}

static int self_path(char *path, size_t size)
{
	ssize_t len = readlink("/proc/self/exe", path, size - 1);

	if (len < 0)
		return -errno;
	path[len] = '\0';
	return 0;
}

static int monitor_exec(struct monitor_handover *m)
{
	char monitor[PATH_MAX];
	char hoy[PATH_MAX];
	char name[] = "hoy-monitor";
	char id[ID_SIZE];
	char root[PATH_MAX];
	char runroot[PATH_MAX];
	char *const argv[] = { name, id, hoy, root, runroot, NULL };
	int r = program_path("hoy-monitor", monitor, sizeof(monitor), NULL);

	FAULT("exec monitor");
	if (r == 0)
		r = self_path(hoy, sizeof(hoy));
	if (r == 0)
		r = str_copy(id, sizeof(id), m->id);
	if (r == 0)
		r = str_copy(root, sizeof(root), m->engine->state.root);
	if (r == 0)
		r = str_copy(runroot, sizeof(runroot), m->engine->state.runroot);
	if (r < 0)
		return r;
	/* Standard input, output and error are the caller's: a shell would wait for their end.
	 */
	for (int i = 0; i < MONITOR_FD_TABLE; i++) {
		m->fds[i] = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (m->fds[i] < 0)
			return -errno;
	}
	m->fds[MONITOR_FD_TABLE] = table_make(&m->handover);
	if (m->fds[MONITOR_FD_TABLE] < 0)
		return m->fds[MONITOR_FD_TABLE];
	r = fds_place(m->fds);
	if (r < 0)
		return r;
	(void)execve(monitor, argv, fault_environment());
	return -errno;
}

_Noreturn void monitor_become(struct monitor_handover *m)
{
	(void)monitor_exec(m);
	_exit(EXIT_NO_MONITOR);
}
