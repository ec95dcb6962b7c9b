/*
 * See box.h.
 */
#include "box.h"

#include <assert.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "linux/memfd.h"
#include "linux/namespace.h"
#include "linux/namespace_visit.h"
#include "linux/overlay.h"

#define DOCKER_CAPABILITIES UINT64_C(0xa80425fb)

enum { ATTR_RDONLY = 1, ATTR_NOSUID = 2, ATTR_NODEV = 4, ATTR_NOEXEC = 8 };

static void must(bool is_true, const char *what)
{
	if (is_true)
		return;
	perror(what);
	abort();
}

static int shell(const char *command, const char *directory)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		if (chdir(directory) == 0)
			(void)execl("/bin/sh", "sh", "-ec", command, (char *)NULL);
		_exit(127);
	}
	must(waitpid(pid, &status, 0) == pid, "waitpid");
	return status;
}

void box_prepare(struct box *box, const char *command)
{
	char lower[PATH_MAX + 8];

	(void)snprintf(lower, sizeof(lower), "%s/lower", box->dir);
	must(shell(command, lower) == 0, command);
}

int box_fd(int take_fd)
{
	int fd = fcntl(take_fd, F_DUPFD, BOX_FD_FIRST);

	must(fd >= 0, "F_DUPFD");
	(void)close(take_fd);
	return fd;
}

struct plan_mount *box_mount(struct box *box, const char *type, const char *source,
			     const char *destination, const char *data)
{
	struct plan_mount *mount = &box->mounts[box->mount_count++];

	*mount = (struct plan_mount){
		.type = plan_add_text(&box->plan, type),
		.source = plan_add_text(&box->plan, source),
		.destination = plan_add_text(&box->plan, destination),
		.data = plan_add_text(&box->plan, data),
		.source_fd = -1,
		.userns_fd = -1,
	};
	return mount;
}

void box_device(struct box *box, const char *path, unsigned int major, unsigned int minor)
{
	box->devices[box->device_count++] = (struct plan_device){
		.path = plan_add_text(&box->plan, path),
		.type = S_IFCHR,
		.major = major,
		.minor = minor,
		.mode = 0666,
	};
}

void box_sysctl(struct box *box, const char *key, const char *value)
{
	box->sysctls[box->sysctl_count++] =
		(struct plan_pair){ plan_add_text(&box->plan, key),
				    plan_add_text(&box->plan, value) };
}

static void box_link(struct box *box, const char *path, const char *target)
{
	box->links[box->link_count++] = (struct plan_pair){ plan_add_text(&box->plan, path),
							    plan_add_text(&box->plan, target) };
}

void box_args(struct box *box, const char *const *args)
{
	for (box->arg_count = 0; args[box->arg_count]; box->arg_count++)
		box->args[box->arg_count] = (char *)(uintptr_t)args[box->arg_count];
}

void box_shell(struct box *box, const char *script)
{
	const char *const args[] = { "sh", "-c", script, NULL };

	box_args(box, args);
}

static void add_docker_mounts(struct box *box)
{
	box_mount(box, "proc", "proc", "/proc", NULL)->attr_set =
		ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC;
	box_mount(box, "tmpfs", "tmpfs", "/dev", "mode=755,size=65536k")->attr_set =
		ATTR_NOSUID;
	box_mount(box, "devpts", "devpts", "/dev/pts",
		  "newinstance,ptmxmode=0666,mode=0620,gid=5")
		->attr_set = ATTR_NOSUID | ATTR_NOEXEC;
	box_mount(box, "sysfs", "sysfs", "/sys", NULL)->attr_set =
		ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC;
	box_mount(box, "mqueue", "mqueue", "/dev/mqueue", NULL)->attr_set =
		ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC;
	box_mount(box, "tmpfs", "shm", "/dev/shm", "mode=1777,size=65536k")->attr_set =
		ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC;
}

static void add_docker_devices(struct box *box)
{
	box_device(box, "/dev/null", 1, 3);
	box_device(box, "/dev/zero", 1, 5);
	box_device(box, "/dev/full", 1, 7);
	box_device(box, "/dev/random", 1, 8);
	box_device(box, "/dev/urandom", 1, 9);
	box_device(box, "/dev/tty", 5, 0);
	box_link(box, "/dev/ptmx", "pts/ptmx");
	box_link(box, "/dev/fd", "/proc/self/fd");
	box_link(box, "/dev/stdin", "/proc/self/fd/0");
	box_link(box, "/dev/stdout", "/proc/self/fd/1");
	box_link(box, "/dev/stderr", "/proc/self/fd/2");
}

static void set_process(struct plan_header *plan)
{
	plan->flags = PLAN_WAIT_START | PLAN_TRACE;
	plan->cap_bounding = plan->cap_effective = plan->cap_permitted = DOCKER_CAPABILITIES;
}

static void box_zero(struct box *box, enum plan_kind kind)
{
	memset(box, 0, sizeof(*box));
	box->dir_fd = box->pidfd = box->sync_fd = box->output_fd = box->console_fd = -1;
	plan_builder_init(&box->plan, kind);
	set_process(&box->plan.header);
}

void box_init(struct box *box)
{
	const char *temporary = getenv("TMPDIR");

	box_zero(box, PLAN_RUN);
	(void)snprintf(box->dir, sizeof(box->dir), "%s/hoy-init-test.XXXXXX",
		       temporary ? temporary : "/tmp");
	must(mkdtemp(box->dir) != NULL, "mkdtemp");
	must(shell("mkdir lower upper work merged lower/bin lower/etc lower/proc lower/sys "
		   "lower/dev lower/tmp; "
		   "cp /bin/busybox lower/bin/; cd lower/bin; "
		   "for c in sh cat ls stat id mount readlink hostname ps sleep echo test tr "
		   "grep kill head dd umask pwd tty true "
		   "env touch mkdir chmod wc sync umount; do ln -s busybox $c; done",
		   box->dir) == 0,
	     "make the image");
	box->dir_fd = box_fd(open(box->dir, O_RDONLY | O_DIRECTORY));
	box->clone_flags =
		CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET;
	add_docker_mounts(box);
	add_docker_devices(box);
}

void box_init_exec(struct box *box, const struct box *target)
{
	struct plan_namespace namespace = { .type = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
						    CLONE_NEWNET | CLONE_NEWPID };

	box_zero(box, PLAN_EXEC);
	namespace.fd = box_fd(dup(target->pidfd));
	box->plan.header.join_namespaces =
		plan_add_array(&box->plan, &namespace, 1, sizeof(namespace));
	box->dir_fd = namespace.fd;
}

void box_done(struct box *box)
{
	char command[PATH_MAX + 32];

	(void)fd_close(box->plan.header.root_fd);
	plan_builder_done(&box->plan);
	(void)fd_close(box->dir_fd);
	(void)fd_close(box->pidfd);
	(void)fd_close(box->sync_fd);
	(void)fd_close(box->output_fd);
	(void)fd_close(box->console_fd);
	if (!box->dir[0])
		return;
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", box->dir);
	must(shell(command, "/") == 0, command);
}

/* In a visit, which ends in the working directory where it began. */
static int mount_root(void *context)
{
	struct box *box = context;
	char *items[] = { "lower" };
	const struct strv lower = { .items = items, .count = 1 };
	struct err e = { 0 };
	const struct overlay overlay = { .lower = &lower,
					 .upper = "upper",
					 .work = "work",
					 .options = "userxattr",
					 .classic_target = "merged" };
	int fd;

	must(chdir(box->dir) == 0, box->dir);
	fd = overlay_mount(&overlay, &e);
	must(fd >= 0, e.text);
	box->plan.header.root_fd = box_fd(fd);
	return 0;
}

static void complete(struct box *box)
{
	static char *env[] = { "PATH=/usr/bin:/bin", "HOME=/root", "TERM=xterm" };
	struct plan_builder *b = &box->plan;
	struct plan_header *plan = &b->header;

	if (plan->kind == PLAN_RUN && plan->root_kind == PLAN_ROOT_NONE) {
		plan->root_kind = PLAN_ROOT_MOUNT;
		must(namespace_visit(-1, mount_root, box, NULL) == 0, "mount the root");
	}
	plan->mounts = plan_add_array(b, box->mounts, box->mount_count, sizeof(*box->mounts));
	plan->devices =
		plan_add_array(b, box->devices, box->device_count, sizeof(*box->devices));
	plan->links = plan_add_array(b, box->links, box->link_count, sizeof(*box->links));
	plan->sysctls =
		plan_add_array(b, box->sysctls, box->sysctl_count, sizeof(*box->sysctls));
	plan->masked = plan_add_texts(b, box->masked, box->masked_count);
	plan->readonly = plan_add_texts(b, box->readonly, box->readonly_count);
	plan->args = plan_add_texts(b, box->args, box->arg_count);
	if (plan->env.count == 0)
		plan->env = plan_add_texts(b, env, sizeof(env) / sizeof(*env));
	if (!plan->cwd)
		plan->cwd = plan_add_text(b, "/");
}

static int open_program(void)
{
	const char *path = getenv("HOY_INIT") ? getenv("HOY_INIT") : "build/hoy-init";
	AUTO_CLOSE int from = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_CLOSE int fd = memfd_make_executable("hoy-init");
	AUTO_FREE char *data = NULL;
	size_t len;

	must(from >= 0 && fd >= 0 && fd_read_all(from, 1 << 24, &data, &len) == 0, path);
	must(fd_write_all(fd, data, len) == 0 && memfd_seal(fd) == 0, "seal hoy-init");
	return box_fd(fd_take(&fd));
}

/* As the runtime: the maps are written, and the child is root of its namespace, before it
 * executes anything. */
static void write_maps(pid_t pid)
{
	static const char map[] = "0 100000 65536";
	char path[64];

	for (int i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid,
			       i ? "gid_map" : "uid_map");
		AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

		must(fd >= 0 && fd_write_all(fd, map, strlen(map)) == 0, path);
	}
}

static void wait_for_maps(int sync)
{
	if (sync_send(sync, SYNC_NEED_MAPS, 0) < 0 ||
	    sync_receive(sync, NULL, NULL) != SYNC_MAPS_WRITTEN || setresgid(0, 0, 0) < 0 ||
	    setresuid(0, 0, 0) < 0)
		_exit(125);
}

static _Noreturn void become_init(int program, int plan, int sync, int output)
{
	static char *argv[] = { "hoy-init", NULL };
	char fault[64];
	char *envp[] = { fault, NULL };
	int null = open("/dev/null", O_RDONLY);

	/* A build with fault points (HOY_INIT) is told where to fail. */
	(void)snprintf(fault, sizeof(fault), "HOY_FAULT=%s",
		       getenv("HOY_FAULT") ? getenv("HOY_FAULT") : "");
	(void)dup2(null, 0);
	(void)dup2(output, 1);
	(void)dup2(output, 2);
	(void)dup2(plan, PLAN_FD);
	(void)dup2(sync, PLAN_SYNC_FD);
	(void)fcntl(program, F_SETFD, FD_CLOEXEC);
	(void)fexecve(program, argv, envp);
	_exit(126);
}

void box_launch(struct box *box)
{
	struct plan_header *plan = &box->plan.header;
	int console[2] = { -1, -1 };
	int output[2];
	int sync[2];
	int program;
	int fd;

	if (plan->flags & PLAN_TERMINAL) {
		must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, console) == 0,
		     "socketpair");
		box->console_fd = console[0];
		plan->console_fd = console[1] = box_fd(console[1]);
	}
	complete(box);
	fd = plan_seal(&box->plan, &box->e);
	must(fd >= 0, box->e.text);
	fd = box_fd(fd);
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sync) == 0 &&
		     pipe2(output, O_CLOEXEC) == 0,
	     "socketpair");
	sync[1] = box_fd(sync[1]);
	output[1] = box_fd(output[1]);
	program = open_program();
	box->begin_ns = clock_monotonic_ns();
	box->pid = clone3_child(box->clone_flags, -1, &box->pidfd);
	must(box->pid >= 0, "clone3");
	if (box->pid == 0 && box->clone_flags & CLONE_NEWUSER)
		wait_for_maps(sync[1]);
	if (box->pid == 0)
		become_init(program, fd, sync[1], output[1]);
	(void)close(program);
	(void)close(fd);
	(void)close(sync[1]);
	(void)close(output[1]);
	(void)fd_close(console[1]);
	if (box->clone_flags & CLONE_NEWUSER) {
		must(sync_receive(sync[0], NULL, NULL) == SYNC_NEED_MAPS, "NEED_MAPS");
		write_maps(box->pid);
		must(sync_send(sync[0], SYNC_MAPS_WRITTEN, 0) == 0, "MAPS_WRITTEN");
	}
	box->sync_fd = sync[0];
	box->output_fd = output[0];
}

bool box_start(struct box *box)
{
	struct sync_message message;
	int type;

	while ((type = sync_receive(box->sync_fd, &message, &box->e)) > 0) {
		if (type == SYNC_STAGE && message.value < STAGE_COUNT)
			box->stage_ns[message.value] = message.time_ns;
		if (type == SYNC_ERROR)
			return false;
		if (type == SYNC_HOOKS)
			must(sync_send(box->sync_fd, SYNC_HOOKS_DONE, 0) == 0, "HOOKS_DONE");
		if (type != SYNC_READY)
			continue;
		box->is_ready = true;
		must(sync_send(box->sync_fd, SYNC_START, 0) == 0, "START");
	}
	box->end_ns = clock_monotonic_ns();
	box->is_started =
		type == 0 && (box->is_ready || !(box->plan.header.flags & PLAN_WAIT_START));
	return box->is_started;
}

int box_finish(struct box *box)
{
	size_t len = 0;
	ssize_t n;

	while (box->output_fd >= 0 && len < sizeof(box->output) - 1 &&
	       (n = read(box->output_fd, box->output + len, sizeof(box->output) - 1 - len)) > 0)
		len += (size_t)n;
	box->output[len] = '\0';
	must(waitpid(box->pid, &box->status, 0) == box->pid, "waitpid");
	if (WIFEXITED(box->status))
		return WEXITSTATUS(box->status);
	return 128 + WTERMSIG(box->status);
}

int box_run(struct box *box)
{
	box_launch(box);
	(void)box_start(box);
	return box_finish(box);
}
