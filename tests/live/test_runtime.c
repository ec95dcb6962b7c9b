/*
 * From a spec to a running program and a second one in it, with the runtime alone. Root, a
 * static busybox, build/hoy-init; runs from the top of the tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/runtime/sample_spec.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "linux/namespace.h"
#include "linux/process.h"
#include "proto/plan.h"
#include "runtime/launch_fds.h"
#include "runtime/plan_build.h"
#include "runtime/runtime.h"

enum { OUTPUT_MAX = 64 * 1024, MEASURED = 100 };

struct fixture {
	struct arena arena;
	struct spec spec;
	struct cgroup cgroup;
	struct runtime_request request;
	struct runtime_launch launch;
	char dir[64];
	char root[80];
	char cache[80];
	char init[PATH_MAX];
	char parent[64];
	int output[2];
	struct err e;
};

static void root_make(const char *root)
{
	static const char *const dirs[] = { "bin", "proc", "dev", "sys", "tmp" };
	static const char *const links[] = { "sh",    "true", "cat",  "id",
					     "sleep", "echo", "grep", "readlink" };
	char command[256];
	int fd;

	assert_int_equal(mkdir(root, 0755), 0);
	fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		assert_int_equal(mkdirat(fd, dirs[i], 0755), 0);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		(void)snprintf(command, sizeof(command), "bin/%s", links[i]);
		assert_int_equal(symlinkat("busybox", fd, command), 0);
	}
	AUTO_CLOSE int from = open("/bin/busybox", O_RDONLY | O_CLOEXEC);
	AUTO_CLOSE int to = openat(fd, "bin/busybox", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

	assert_true(from >= 0 && to >= 0);
	while (copy_file_range(from, NULL, to, NULL, 1 << 20, 0) > 0)
		;
	AUTO_CLOSE int text = openat(fd, "bin/unusable", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_true(text >= 0);
	(void)close(fd);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char path[128];

	assert_non_null(f);
	assert_int_equal(str_copy(f->dir, sizeof(f->dir), "/tmp/hoy-test-XXXXXX"), 0);
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(chmod(f->dir, 0755), 0);
	(void)snprintf(f->root, sizeof(f->root), "%s/root", f->dir);
	(void)snprintf(f->cache, sizeof(f->cache), "%s/seccomp", f->dir);
	root_make(f->root);
	assert_non_null(realpath("build/hoy-init", f->init));
	(void)snprintf(f->parent, sizeof(f->parent), "/hoy-test-%d", (int)getpid());
	(void)snprintf(path, sizeof(path), "%s/one", f->parent);
	assert_int_equal(cgroup_init(&f->cgroup, path, &f->e), 0);
	assert_int_equal(cgroup_create(&f->cgroup, &f->e), 0);
	assert_int_equal(pipe2(f->output, O_CLOEXEC), 0);
	launch_init(&f->launch);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	if (f->launch.pidfd >= 0)
		(void)pidfd_kill(f->launch.pidfd, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
	runtime_launch_done(&f->launch);
	if (cgroup_remove(&f->cgroup, &f->e) < 0)
		fail_msg("%s", f->e.text);
	cgroup_remove_parent(f->parent);
	(void)fd_close(f->output[0]);
	(void)fd_close(f->output[1]);
	assert_int_equal(dir_remove(AT_FDCWD, f->dir), 0);
	arena_done(&f->arena);
	free(f);
	return 0;
}

/* `command`: words; a last one after '|' is one argument with spaces. */
static void command_set(struct fixture *f, const char *command)
{
	const char *bar = strchr(command, '|');
	AUTO_FREE char *words =
		strndup(command, bar ? (size_t)(bar - command) : strlen(command));

	sample_spec(&f->spec, &f->arena, f->root, words);
	if (bar)
		strv_add(&f->spec.process.args, &f->arena, bar + 1);
	f->request = (struct runtime_request){
		.spec = &f->spec,
		.cgroup = &f->cgroup,
		.stdio = { .input = -1,
			   .output = f->output[1],
			   .error = f->output[1],
			   .console_fd = -1 },
		.waits_for_start = true,
		.wait_fd = -1,
		.seccomp_cache = f->cache,
		.seccomp_key = "default",
		.init_path = f->init,
	};
}

static int start(struct fixture *f)
{
	int r = runtime_prepare(&f->request, &f->launch, &f->e);

	if (r == 0)
		r = runtime_launch(&f->launch, &f->e);
	if (r == 0)
		r = runtime_await(&f->launch, &f->e);
	return r < 0 ? r : runtime_release(&f->launch, &f->e);
}

static int code_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void output_read(struct fixture *f, char text[OUTPUT_MAX])
{
	ssize_t n;

	f->output[1] = fd_close(f->output[1]);
	n = fd_read_full(f->output[0], text, OUTPUT_MAX - 1);
	assert_true(n >= 0);
	text[n] = '\0';
}

static int run(struct fixture *f, const char *command, char text[OUTPUT_MAX])
{
	int code;

	command_set(f, command);
	if (start(f) < 0)
		fail_msg("%s", f->e.text);
	code = code_of(f->launch.pid);
	runtime_launch_done(&f->launch);
	output_read(f, text);
	return code;
}

static void a_program_runs_as_pid_1_with_its_exit_code(void **state)
{
	struct fixture *f = *state;
	char text[OUTPUT_MAX];

	assert_int_equal(run(f, "sh -c|echo pid $$; cat /proc/self/cgroup; exit 7", text), 7);
	assert_non_null(strstr(text, "pid 1\n"));
	assert_non_null(strstr(text, ":memory:/\n"));
}

static void the_default_filter_is_loaded_and_clone_flags_are_looked_at(void **state)
{
	struct fixture *f = *state;
	char text[OUTPUT_MAX];

	assert_int_equal(
		run(f, "sh -c|grep Seccomp: /proc/self/status; busybox unshare -n true", text),
		1);
	assert_non_null(strstr(text, "Seccomp:\t2"));
	assert_non_null(strstr(text, "Operation not permitted"));
}

static void only_stdio_reaches_the_program(void **state)
{
	struct fixture *f = *state;
	AUTO_CLOSE int leaked = open("/etc", O_RDONLY | O_DIRECTORY);
	char text[OUTPUT_MAX];

	assert_true(leaked >= 0);
	assert_int_equal(
		run(f,
		    "sh -c|for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 20; do "
		    "[ -e /proc/1/fd/$i ] && echo -n $i.; done; readlink /proc/self/fd/0",
		    text),
		0);
	assert_string_equal(text, "0.1.2./dev/null\n");
}

static void a_missing_and_an_unusable_command_are_told_apart(void **state)
{
	struct fixture *f = *state;

	command_set(f, "missing");
	assert_true(start(f) < 0);
	assert_int_equal(f->e.kind, ERR_COMMAND_MISSING);
	runtime_launch_done(&f->launch);
	command_set(f, "/bin/unusable");
	assert_true(start(f) < 0);
	assert_int_equal(f->e.kind, ERR_COMMAND_UNUSABLE);
}

static void a_refused_spec_leaves_no_descriptor(void **state)
{
	struct fixture *f = *state;
	int before = dup(0);
	int after;

	command_set(f, "true");
	sample_mount(&f->spec, "/proc/self", "bind", "/tmp", "bind");
	for (int i = 0; i < 3; i++)
		assert_true(runtime_prepare(&f->request, &f->launch, &f->e) < 0);
	launch_init(&f->launch);
	after = dup(0);
	assert_int_equal(after, before + 1);
	(void)close(before);
	(void)close(after);
}

static void init_dies_with_a_parent_that_does_not_start_it(void **state)
{
	struct fixture *f = *state;
	int pidfd;

	command_set(f, "true");
	assert_int_equal(runtime_prepare(&f->request, &f->launch, &f->e), 0);
	assert_int_equal(runtime_launch(&f->launch, &f->e), 0);
	assert_int_equal(runtime_await(&f->launch, &f->e), 0);
	pidfd = fd_take(&f->launch.pidfd);
	runtime_launch_done(&f->launch);
	(void)close(pidfd);
	assert_int_equal(code_of(f->launch.pid), 255);
}

static void a_killed_init_is_reported_as_such(void **state)
{
	struct fixture *f = *state;

	command_set(f, "true");
	assert_int_equal(runtime_prepare(&f->request, &f->launch, &f->e), 0);
	assert_int_equal(runtime_launch(&f->launch, &f->e), 0);
	assert_int_equal(runtime_await(&f->launch, &f->e), 0);
	assert_int_equal(pidfd_kill(f->launch.pidfd, SIGKILL), 0);
	f->launch.waits_for_start = false;
	assert_int_equal(code_of(f->launch.pid), 128 + SIGKILL);
	f->launch.pidfd = fd_close(f->launch.pidfd);
	assert_true(runtime_await(&f->launch, &f->e) < 0);
	assert_non_null(strstr(f->e.text, "before it was ready"));
}

static void exec_start(struct fixture *f, const char *script, struct runtime_launch *ret)
{
	struct spec_process *process = arena_alloc(&f->arena, sizeof(*process));
	const struct runtime_exec_request request = {
		.init_pidfd = f->launch.pidfd,
		.init_pid = f->launch.pid,
		.process = process,
		.seccomp_cache = f->cache,
		.seccomp_key = "default",
		.cgroup = &f->cgroup,
		.stdio = f->request.stdio,
		.init_path = f->init,
	};

	sample_process(process, &f->arena, "sh -c");
	strv_add(&process->args, &f->arena, script);
	if (runtime_prepare_exec(&request, ret, &f->e) < 0 || runtime_launch(ret, &f->e) < 0 ||
	    runtime_release(ret, &f->e) < 0)
		fail_msg("%s", f->e.text);
}

static void exec_joins_everything_and_gives_its_code(void **state)
{
	struct fixture *f = *state;
	struct runtime_launch exec;
	char text[OUTPUT_MAX];
	char own[64];
	char now[64];

	command_set(f, "sleep 1000");
	if (start(f) < 0)
		fail_msg("%s", f->e.text);
	own[readlink("/proc/self/ns/pid_for_children", own, sizeof(own) - 1)] = '\0';
	exec_start(f,
		   "[ $$ != 1 ] && cat /proc/1/comm /proc/self/cgroup; grep Seccomp: "
		   "/proc/self/status; exit 9",
		   &exec);
	assert_int_equal(code_of(exec.pid), 9);
	runtime_launch_done(&exec);
	now[readlink("/proc/self/ns/pid_for_children", now, sizeof(now) - 1)] = '\0';
	assert_string_equal(now, own);
	assert_int_equal(pidfd_kill(f->launch.pidfd, SIGKILL), 0);
	(void)code_of(f->launch.pid);
	output_read(f, text);
	assert_non_null(strstr(text, "sleep\n"));
	assert_non_null(strstr(text, ":pids:/\n"));
	assert_non_null(strstr(text, "Seccomp:\t2"));
}

static void exec_into_an_ended_container_is_a_conflict(void **state)
{
	struct fixture *f = *state;
	struct spec_process process = { 0 };
	struct runtime_launch exec;
	int r;

	command_set(f, "true");
	assert_int_equal(start(f), 0);
	(void)code_of(f->launch.pid);
	sample_process(&process, &f->arena, "true");
	const struct runtime_exec_request request = { .init_pidfd = f->launch.pidfd,
						      .init_pid = f->launch.pid,
						      .process = &process,
						      .cgroup = &f->cgroup,
						      .stdio = f->request.stdio,
						      .init_path = f->init };

	r = runtime_prepare_exec(&request, &exec, &f->e);
	assert_int_equal(r, -ESRCH);
	assert_int_equal(f->e.kind, ERR_CONFLICT);
}

static void a_new_user_namespace_gets_its_maps(void **state)
{
	static struct spec_id_mapping map = { 0, 100000, 65536 };
	struct fixture *f = *state;
	char text[OUTPUT_MAX];

	command_set(f, "sh -c|cat /proc/self/uid_map; id -u; grep CapEff /proc/self/status");
	f->spec.namespaces[f->spec.namespace_count++] =
		(struct spec_namespace){ .type = CLONE_NEWUSER, .fd = -1 };
	f->spec.uid_mappings = (struct spec_id_mappings){ &map, 1 };
	f->spec.gid_mappings = (struct spec_id_mappings){ &map, 1 };
	if (start(f) < 0)
		fail_msg("%s", f->e.text);
	assert_int_equal(code_of(f->launch.pid), 0);
	output_read(f, text);
	assert_non_null(strstr(text, "100000      65536\n0\nCapEff:\t00000000a80425fb"));
}

static void a_network_namespace_of_another_is_joined(void **state)
{
	struct fixture *f = *state;
	char text[OUTPUT_MAX];
	char expected[64];

	expected[readlink("/proc/self/ns/net", expected, sizeof(expected) - 1)] = '\0';
	command_set(f, "readlink /proc/self/ns/net");
	f->spec.namespaces[1].path = arena_copy(&f->arena, "/proc/self/ns/net");
	if (start(f) < 0)
		fail_msg("%s", f->e.text);
	(void)code_of(f->launch.pid);
	output_read(f, text);
	assert_non_null(strstr(text, expected));
	command_set(f, "true");
	f->spec.namespaces[1].path = arena_copy(&f->arena, "/proc/self/ns/ipc");
	runtime_launch_done(&f->launch);
	assert_true(start(f) < 0);
	assert_non_null(strstr(f->e.text, "/proc/self/ns/ipc"));
}

/* --- namespaces around a user namespace --------------------------------------------------- */

static void map_write(pid_t pid, const char *file)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(fd_write_all(fd, "0 100000 65536\n", 15), 0);
}

/* A process that holds namespaces for others to join; the caller kills it. */
static pid_t donor_start(uint64_t flags)
{
	pid_t pid = clone3_child(flags, -1, NULL);

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		(void)process_close(STDERR_FILENO + 1, ~0U);
		for (;;)
			(void)pause();
	}
	if (flags & CLONE_NEWUSER) {
		map_write(pid, "uid_map");
		map_write(pid, "gid_map");
	}
	return pid;
}

static void donor_end(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

/* The namespace `type` of the spec becomes the donor's; one that it lacks is appended. */
static void join(struct fixture *f, pid_t donor, int type, const char *kind)
{
	size_t i = 0;

	while (i < f->spec.namespace_count && f->spec.namespaces[i].type != type)
		i++;
	f->spec.namespaces[i] = (struct spec_namespace){
		.type = type,
		.fd = -1,
		.path = arena_printf(&f->arena, "/proc/%d/ns/%s", (int)donor, kind),
	};
	f->spec.namespace_count += i == f->spec.namespace_count;
}

static void link_of(pid_t pid, const char *kind, char text[64])
{
	char path[64];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, kind);
	n = readlink(path, text, 63);
	assert_true(n > 0);
	text[n] = '\0';
}

static void new_user_namespace(struct fixture *f)
{
	static struct spec_id_mapping maps[] = { { 0, 100000, 1000 }, { 1000, 300000, 64536 } };

	f->spec.namespaces[f->spec.namespace_count++] =
		(struct spec_namespace){ .type = CLONE_NEWUSER, .fd = -1 };
	f->spec.uid_mappings = (struct spec_id_mappings){ maps, 2 };
	f->spec.gid_mappings = (struct spec_id_mappings){ maps, 2 };
}

static void run_around(struct fixture *f, char text[OUTPUT_MAX])
{
	if (start(f) < 0)
		fail_msg("%s", f->e.text);
	assert_int_equal(code_of(f->launch.pid), 0);
	output_read(f, text);
}

static void a_user_namespace_is_joined_and_owns_what_is_new(void **state)
{
	struct fixture *f = *state;
	pid_t donor = donor_start(CLONE_NEWUSER);
	char text[OUTPUT_MAX];
	char expected[64];

	link_of(donor, "user", expected);
	command_set(f, "sh -c|readlink /proc/self/ns/user; cat /proc/self/uid_map; id -u; "
		       "echo pid $$; cat /proc/self/oom_score_adj; busybox ip link set lo down "
		       "&& echo owned");
	f->spec.process.capabilities.effective |= 1u << 12; /* CAP_NET_ADMIN */
	f->spec.process.capabilities.permitted |= 1u << 12;
	f->spec.process.capabilities.bounding |= 1u << 12;
	f->spec.process.has_oom_score_adj = true;
	f->spec.process.oom_score_adj = 5;
	join(f, donor, CLONE_NEWUSER, "user");
	run_around(f, text);
	donor_end(donor);
	assert_non_null(strstr(text, expected));
	assert_non_null(strstr(text, "100000      65536\n0\npid 1\n5\nowned\n"));
}

static void a_user_and_a_pid_namespace_are_joined_with_a_new_time_namespace(void **state)
{
	struct fixture *f = *state;
	pid_t donor = donor_start(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET);
	char text[OUTPUT_MAX];
	char expected[64];

	link_of(donor, "pid", expected);
	command_set(f, "sh -c|readlink /proc/self/ns/pid; cat /proc/1/comm; [ $$ != 1 ]; "
		       "cat /proc/uptime");
	join(f, donor, CLONE_NEWUSER, "user");
	join(f, donor, CLONE_NEWPID, "pid");
	join(f, donor, CLONE_NEWNET, "net");
	f->spec.namespaces[f->spec.namespace_count++] =
		(struct spec_namespace){ .type = CLONE_NEWTIME, .fd = -1 };
	strv_add(&f->spec.time_offsets, &f->arena, "boottime 900000000 0");
	run_around(f, text);
	donor_end(donor);
	assert_non_null(strstr(text, expected));
	assert_non_null(strstr(text, "test_runtime\n9000"));
}

static void what_the_host_owns_is_joined_below_a_new_user_namespace(void **state)
{
	struct fixture *f = *state;
	pid_t donor = donor_start(CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC);
	char text[OUTPUT_MAX];
	char pid[64];
	char net[64];

	link_of(donor, "pid", pid);
	link_of(donor, "net", net);
	command_set(f, "sh -c|readlink /proc/self/ns/pid; readlink /proc/self/ns/net; "
		       "cat /proc/self/uid_map; id -u; cat /proc/uptime");
	/* The host's procfs and sysfs are not for this user namespace to mount. */
	f->spec.mount_count = 0;
	sample_mount(&f->spec, "/proc", "bind", "/proc", "rbind ro");
	sample_mount(&f->spec, "/dev", "tmpfs", "tmpfs", "mode=755");
	join(f, donor, CLONE_NEWPID, "pid");
	join(f, donor, CLONE_NEWNET, "net");
	join(f, donor, CLONE_NEWIPC, "ipc");
	new_user_namespace(f);
	f->spec.masked_paths.count = 0;
	f->spec.readonly_paths.count = 0;
	f->spec.namespaces[f->spec.namespace_count++] =
		(struct spec_namespace){ .type = CLONE_NEWTIME, .fd = -1 };
	strv_add(&f->spec.time_offsets, &f->arena, "boottime 900000000 0");
	run_around(f, text);
	donor_end(donor);
	assert_non_null(strstr(text, pid));
	assert_non_null(strstr(text, net));
	assert_non_null(strstr(text, " 100000       1000\n"));
	assert_non_null(strstr(text, " 300000      64536\n0\n9000"));
}

static void what_it_costs(void **state)
{
	struct fixture *f = *state;
	const struct host_facts facts = { .capability_bounding = UINT64_MAX,
					  .last_capability = 40 };
	const int none[8] = { -1, -1, -1, -1, -1, -1, -1, -1 };
	uint64_t build_ns = 0;
	uint64_t prepare_ns = 0;

	command_set(f, "true");
	const struct plan_input input = { .spec = &f->spec,
					  .facts = &facts,
					  .cgroup = &f->cgroup,
					  .fds = { .root_fd = -1,
						   .null_fd = -1,
						   .console_fd = -1,
						   .wait_fd = -1,
						   .agent_fd = -1,
						   .state_fd = -1,
						   .namespace_fds = none } };

	for (int i = 0; i <= MEASURED; i++) {
		AUTO_STR struct str warnings = { 0 };
		struct plan_builder b;
		const void *block;
		size_t len;
		uint64_t begin = clock_monotonic_ns();

		plan_builder_init(&b, PLAN_RUN);
		assert_int_equal(plan_build(&input, &b, &warnings, NULL), 0);
		assert_int_equal(plan_finish(&b, &block, &len), 0);
		plan_builder_done(&b);
		build_ns += i > 0 ? clock_monotonic_ns() - begin : 0;
		begin = clock_monotonic_ns();
		assert_int_equal(runtime_prepare(&f->request, &f->launch, &f->e), 0);
		prepare_ns += i > 0 ? clock_monotonic_ns() - begin : 0;
		runtime_launch_done(&f->launch);
	}
	print_message("plan: %.1f us; prepare, with a warm filter: %.1f us\n",
		      (double)build_ns / MEASURED / 1000, (double)prepare_ns / MEASURED / 1000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_program_runs_as_pid_1_with_its_exit_code),
		TEST(the_default_filter_is_loaded_and_clone_flags_are_looked_at),
		TEST(only_stdio_reaches_the_program),
		TEST(a_missing_and_an_unusable_command_are_told_apart),
		TEST(a_refused_spec_leaves_no_descriptor),
		TEST(init_dies_with_a_parent_that_does_not_start_it),
		TEST(a_killed_init_is_reported_as_such),
		TEST(exec_joins_everything_and_gives_its_code),
		TEST(exec_into_an_ended_container_is_a_conflict),
		TEST(a_new_user_namespace_gets_its_maps),
		TEST(a_network_namespace_of_another_is_joined),
		TEST(a_user_namespace_is_joined_and_owns_what_is_new),
		TEST(a_user_and_a_pid_namespace_are_joined_with_a_new_time_namespace),
		TEST(what_the_host_owns_is_joined_below_a_new_user_namespace),
		TEST(what_it_costs),
	};
#undef TEST
	return cmocka_run_group_tests(tests, NULL, NULL);
}
