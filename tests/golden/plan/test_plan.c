/*
 * Specs become plans: each case against its text in tests/golden/plan/NAME.txt.
 * HOY_GOLDEN_UPDATE=1 writes the texts anew, to be read before they are committed. Runs from
 * the top of the tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "../../unit/runtime/sample_spec.h"
#include "base/fd.h"
#include "base/file.h"
#include "plan_dump.h"
#include "runtime/cgroup_hierarchies.h"
#include "runtime/plan_build.h"

enum { GOLDEN_MAX = 1024 * 1024 };

static const struct host_facts all_powerful = { .capability_bounding = 0x1ffffffffff,
						.last_capability = 40 };

struct fixture {
	struct arena arena;
	struct spec spec;
	struct cgroup cgroup;
	struct plan_input input;
	int namespace_fds[8];
};

static int setup(void **state)
{
	char hierarchies[] =
		"5:cpu,cpuacct:/\n4:memory:/\n3:name=systemd:/\n2:pids:/\n1:hugetlb:/\n0::/\n";
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	sample_spec(&f->spec, &f->arena, "/bundle/rootfs", "sh -c true");
	assert_int_equal(cgroup_hierarchies_parse(&f->cgroup, hierarchies), 0);
	assert_int_equal(str_copy(f->cgroup.path, sizeof(f->cgroup.path), "/hoy-01234567/ID"),
			 0);
	for (size_t i = 0; i < 8; i++)
		f->namespace_fds[i] = -1;
	f->input = (struct plan_input){
		.spec = &f->spec,
		.facts = &all_powerful,
		.cgroup = &f->cgroup,
		.fds = { .root_fd = -1,
			 .null_fd = -1,
			 .console_fd = -1,
			 .wait_fd = -1,
			 .agent_fd = -1,
			 .state_fd = -1,
			 .namespace_fds = f->namespace_fds },
	};
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_done(&f->arena);
	free(f);
	return 0;
}

static void golden_compare(const char *name, const struct str *text)
{
	AUTO_CLOSE int dir = open("tests/golden/plan", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_FREE char *expected = NULL;
	char file[64];

	assert_true(snprintf(file, sizeof(file), "%s.txt", name) < (int)sizeof(file));
	if (getenv("HOY_GOLDEN_UPDATE"))
		assert_int_equal(
			file_replace(dir, file, text->data, text->len, 0644, FILE_FAST), 0);
	assert_int_equal(file_read(dir, file, GOLDEN_MAX, &expected, NULL), 0);
	assert_string_equal(str_text(text), expected);
}

static void finish_and_compare(struct plan_builder *b, const struct str *warnings,
			       const char *name)
{
	AUTO_STR struct str text = { 0 };
	const void *block;
	struct err e = { 0 };
	size_t len;

	assert_int_equal(plan_finish(b, &block, &len), 0);
	assert_int_equal(plan_check(block, len, &e), 0);
	plan_dump(&text, block);
	if (warnings->len > 0)
		str_printf(&text, "warning %s", str_text(warnings));
	golden_compare(name, &text);
	plan_builder_done(b);
}

static void plan_is(const struct plan_input *input, const char *name)
{
	AUTO_STR struct str warnings = { 0 };
	struct plan_builder b;
	struct err e = { 0 };

	plan_builder_init(&b, PLAN_RUN);
	if (plan_build(input, &b, &warnings, &e) < 0)
		fail_msg("%s: %s", name, e.text);
	finish_and_compare(&b, &warnings, name);
}

static void docker_default(void **state)
{
	struct fixture *f = *state;
	const int cgroup_fds[] = { 11, 12, 13 };

	f->input.fds.cgroup_fds = cgroup_fds;
	f->input.fds.cgroup_count = 3;
	f->input.flags = PLAN_WAIT_START | PLAN_NEW_KEYRING;
	plan_is(&f->input, "docker_default");
}

static void a_mounted_root_volumes_and_a_user(void **state)
{
	static uint32_t groups[] = { 1000, 27 };
	static struct spec_rlimit limits[] = { { RLIMIT_NOFILE, 1024, RLIM_INFINITY } };
	struct fixture *f = *state;
	/* of the binds; the others are new */
	static const int mount_fds[] = { -1, -1, -1, -1, -1, -1, -1, 23, 24, -1, 25 };
	const int view_fds[CGROUP_HIERARCHIES_MAX] = { 31, 32, 33, 34, 35, 36 };
	const struct runtime_root root = { .mount_fd = 20, .birth_fd = 22 };
	struct spec_process *p = &f->spec.process;

	f->input.root = &root;
	f->input.fds.root_fd = 20;
	f->input.fds.null_fd = 21;
	f->input.fds.mount_fds = mount_fds;
	f->input.fds.view_fds = view_fds;
	sample_mount(&f->spec, "/etc//hosts", "bind", "/var/lib/hoy/containers/ID/hosts",
		     "rbind rprivate ro");
	sample_mount(&f->spec, "/srv/./data", NULL, "/srv/data",
		     "rbind rslave rro nosuid rnodev");
	sample_mount(&f->spec, "/tmp", "tmpfs", "tmpfs", "noexec tmpcopyup sync size=1m");
	sample_mount(&f->spec, "/proc/uptime", "bind", "/var/lib/lxcfs/uptime", "bind");
	f->spec.is_root_readonly = true;
	f->spec.rootfs_propagation = arena_copy(&f->arena, "rslave");
	p->user = (struct spec_user){ .uid = 1000,
				      .gid = 1000,
				      .has_umask = true,
				      .umask = 027,
				      .groups = groups,
				      .group_count = 2 };
	p->rlimits = limits;
	p->rlimit_count = 1;
	p->no_new_privileges = true;
	p->has_oom_score_adj = true;
	p->oom_score_adj = -500;
	plan_is(&f->input, "a_mounted_root_volumes_and_a_user");
}

static void joined_namespaces_and_sysctls(void **state)
{
	struct fixture *f = *state;

	f->namespace_fds[1] = 14; /* network */
	f->spec.namespaces[1].fd = 14;
	f->namespace_fds[3] = 15; /* pid: joined by the launcher, not by init */
	f->spec.namespaces[3].fd = 15;
	f->spec.namespaces[f->spec.namespace_count++] =
		(struct spec_namespace){ .type = CLONE_NEWTIME, .fd = -1 };
	strv_add(&f->spec.time_offsets, &f->arena, "monotonic 3600 0");
	strv_add(&f->spec.sysctls, &f->arena, "net.ipv4.ip_unprivileged_port_start=0");
	strv_add(&f->spec.sysctls, &f->arena, "net/ipv4/conf/eth0.1/forwarding=1");
	strv_add(&f->spec.sysctls, &f->arena, "kernel.shm_rmid_forced=1");
	strv_add(&f->spec.sysctls, &f->arena, "fs.mqueue.msg_max=20");
	f->spec.domainname = arena_copy(&f->arena, "example.org");
	plan_is(&f->input, "joined_namespaces_and_sysctls");
}

static void privileged_without_sys_resource(void **state)
{
	static struct spec_device devices[2];
	const struct host_facts weaker = { .capability_bounding = 0x1fffeffffff,
					   .last_capability = 40 };
	struct fixture *f = *state;

	f->input.facts = &weaker;
	f->spec.process.capabilities.bounding = UINT64_MAX;
	f->spec.process.capabilities.permitted = UINT64_MAX;
	f->spec.process.capabilities.effective = UINT64_MAX;
	f->spec.process.is_terminal = true;
	f->spec.process.console_rows = 24;
	f->spec.process.console_columns = 80;
	f->input.fds.console_fd = 17;
	f->spec.masked_paths.count = 0;
	f->spec.readonly_paths.count = 0;
	devices[0] = (struct spec_device){ .path = arena_copy(&f->arena, "/dev/fuse"),
					   .type = S_IFCHR,
					   .major = 10,
					   .minor = 229,
					   .has_mode = true,
					   .mode = 0600,
					   .gid = 5 };
	devices[1] = (struct spec_device){ .path = arena_copy(&f->arena, "/dev/null"),
					   .type = S_IFCHR,
					   .major = 1,
					   .minor = 3 };
	f->spec.devices = devices;
	f->spec.device_count = 2;
	plan_is(&f->input, "privileged_without_sys_resource");
}

static void hooks_and_a_start_by_another(void **state)
{
	static struct spec_hook create[2];
	static struct spec_hook start;
	struct fixture *f = *state;

	create[0].path = arena_copy(&f->arena, "/usr/bin/first");
	create[0].timeout_s = 7;
	sample_words(&create[0].args, &f->arena, "first --flag");
	sample_words(&create[0].env, &f->arena, "A=1 B=2");
	create[1].path = arena_copy(&f->arena, "/usr/bin/second");
	start.path = arena_copy(&f->arena, "/inside");
	f->spec.hooks_create_container = (struct spec_hooks){ .items = create, .count = 2 };
	f->spec.hooks_start_container = (struct spec_hooks){ .items = &start, .count = 1 };
	f->input.fds.wait_fd = 18;
	f->input.fds.state_fd = 19;
	f->input.fds.keep_count = 2;
	plan_is(&f->input, "hooks_and_a_start_by_another");
}

static void priorities_of_every_kind(void **state)
{
	struct fixture *f = *state;
	struct spec_process *p = &f->spec.process;

	p->has_scheduler = true;
	p->scheduler.policy = 6; /* SCHED_DEADLINE */
	p->scheduler.flags = 1;
	p->scheduler.runtime = 10000000;
	p->scheduler.deadline = 20000000;
	p->scheduler.period = 30000000;
	p->has_io_priority = true;
	p->io_priority_class = 2;
	p->io_priority = 4;
	p->has_oom_score_adj = true;
	p->oom_score_adj = -10;
	/* Of exec only. */
	p->cpus_initial = arena_copy(&f->arena, "0");
	f->spec.memory_policy = (struct spec_memory_policy){
		.is_set = true,
		.mode = 2,
		.flags = 1 << 15,
		.nodes = arena_copy(&f->arena, "0-1,65"),
	};
	f->spec.personality = 8;
	plan_is(&f->input, "priorities_of_every_kind");
}

static void namespaces_around_a_user_namespace(void **state)
{
	struct fixture *f = *state;

	f->spec.namespaces[f->spec.namespace_count++] =
		(struct spec_namespace){ .type = CLONE_NEWUSER,
					 .fd = -1,
					 .path = arena_copy(&f->arena, "/proc/7/ns/user") };
	f->namespace_fds[f->spec.namespace_count - 1] = 21;
	f->spec.process.has_oom_score_adj = true;
	assert_int_equal(plan_clone_flags(&f->spec), 0);
	assert_true(plan_has_birth(&f->spec));
	plan_is(&f->input, "namespaces_around_a_user_namespace");
}

static void dev_of_the_host(void **state)
{
	struct fixture *f = *state;

	f->spec.mounts[1].options.count = 0;
	sample_words(&f->spec.mounts[1].options, &f->arena, "rbind");
	f->spec.mounts[1].source = arena_copy(&f->arena, "/dev");
	plan_is(&f->input, "dev_of_the_host");
}

static void exec(void **state)
{
	static const struct sock_filter allow[] = { { BPF_RET | BPF_K, 0, 0, 0x7fff0000 } };
	const struct seccomp_filter filter = { .items = allow, .count = 1, .flags = 2 };
	const int cgroup_fds[] = { 21, 22 };
	struct fixture *f = *state;
	AUTO_STR struct str warnings = { 0 };
	struct plan_builder b;
	const struct plan_exec_input input = {
		.process = &f->spec.process,
		.facts = &all_powerful,
		.filter = &filter,
		.init_pidfd = 20,
		.join_namespaces = CLONE_NEWNS | CLONE_NEWNET,
		.fds = { .root_fd = -1,
			 .null_fd = -1,
			 .console_fd = -1,
			 .wait_fd = -1,
			 .agent_fd = -1,
			 .state_fd = -1,
			 .cgroup_fds = cgroup_fds,
			 .cgroup_count = 2 },
		.flags = PLAN_DIE_WITH_PARENT,
	};

	f->spec.process.cpus_initial = arena_copy(&f->arena, "0");
	f->spec.process.cpus_final = arena_copy(&f->arena, "1-2");

	plan_builder_init(&b, PLAN_EXEC);
	assert_int_equal(plan_build_exec(&input, &b, &warnings, NULL), 0);
	finish_and_compare(&b, &warnings, "exec");
}

/* --- sentences --------------------------------------------------------------------------- */

typedef void spoil(struct fixture *f);

static void mount_on(struct fixture *f, const char *destination, const char *type,
		     const char *source, const char *options)
{
	sample_mount(&f->spec, destination, type, source, options);
}

static void mount_in_proc(struct fixture *f)
{
	mount_on(f, "/proc/self/attr", "bind", "/srv", "bind");
}
static void mount_over_proc(struct fixture *f)
{
	mount_on(f, "/proc/", "tmpfs", "tmpfs", "");
}
static void mount_on_sys(struct fixture *f)
{
	mount_on(f, "//proc/./sys", "bind", "/srv", "bind");
}
static void mount_dotdot(struct fixture *f)
{
	mount_on(f, "/srv/../proc", "bind", "/srv", "bind");
}
static void mount_on_root(struct fixture *f)
{
	mount_on(f, "/", "bind", "/srv", "bind");
}
static void mount_no_source(struct fixture *f)
{
	sample_mount(&f->spec, "/srv", "bind", NULL, "bind");
}
static void mount_no_type(struct fixture *f)
{
	mount_on(f, "/srv", NULL, "srv", "ro");
}
static void mount_idmap(struct fixture *f)
{
	sample_mount(&f->spec, "/srv", "tmpfs", "tmpfs", "idmap");
}
static void sysctl_host(struct fixture *f)
{
	strv_add(&f->spec.sysctls, &f->arena, "kernel.core_pattern=x");
}
static void sysctl_traversal(struct fixture *f)
{
	strv_add(&f->spec.sysctls, &f->arena, "net/../kernel/core_pattern=x");
}
static void sysctl_newline(struct fixture *f)
{
	strv_add(&f->spec.sysctls, &f->arena, "net.core.somaxconn=1\n2");
}
static void sysctl_no_value(struct fixture *f)
{
	strv_add(&f->spec.sysctls, &f->arena, "net.core.somaxconn");
}
static void uid_wraps(struct fixture *f)
{
	f->spec.process.user.uid = UINT32_MAX;
}
static void gid_above(struct fixture *f)
{
	f->spec.process.user.gid = 0x80000000;
}
static void no_command(struct fixture *f)
{
	f->spec.process.args.count = 0;
}
static void relative_cwd(struct fixture *f)
{
	f->spec.process.cwd = arena_copy(&f->arena, "srv");
}
static void terminal_alone(struct fixture *f)
{
	f->spec.process.is_terminal = true;
}
static void twice(struct fixture *f)
{
	f->spec.namespaces[f->spec.namespace_count++] = f->spec.namespaces[1];
}
static void no_mount_namespace(struct fixture *f)
{
	f->spec.namespaces++, f->spec.namespace_count--;
}
static void hostname_newline(struct fixture *f)
{
	f->spec.hostname = arena_copy(&f->arena, "a\nb");
}
static void masked_relative(struct fixture *f)
{
	strv_add(&f->spec.masked_paths, &f->arena, "proc");
}
static void oom_score(struct fixture *f)
{
	f->spec.process.has_oom_score_adj = true, f->spec.process.oom_score_adj = 1001;
}

static void sysctl_without_namespace(struct fixture *f)
{
	f->spec.namespaces[1].type = CLONE_NEWTIME; /* instead of network */
	strv_add(&f->spec.sysctls, &f->arena, "net.core.somaxconn=1");
}

static void nodes_upside_down(struct fixture *f)
{
	f->spec.memory_policy.is_set = true;
	f->spec.memory_policy.nodes = arena_copy(&f->arena, "3-1");
}

static void rlimit_upside_down(struct fixture *f)
{
	static struct spec_rlimit limit = { RLIMIT_NOFILE, 5, 3 };

	f->spec.process.rlimits = &limit;
	f->spec.process.rlimit_count = 1;
}

static void sentence_add(const char *name, spoil *spoil_spec, struct str *out)
{
	AUTO_STR struct str warnings = { 0 };
	struct plan_builder b;
	struct err e = { 0 };
	struct fixture *f;
	void *state;
	int r;

	(void)setup(&state);
	f = state;
	spoil_spec(f);
	plan_builder_init(&b, PLAN_RUN);
	r = plan_build(&f->input, &b, &warnings, &e);
	plan_builder_done(&b);
	str_printf(out, "%s: kind %d: %s\n", name, e.kind, r < 0 ? e.text : "ACCEPTED");
	(void)teardown(&state);
}

static void every_wrong_spec_is_refused_in_a_sentence(void **state)
{
	AUTO_STR struct str out = { 0 };

	(void)state;
#define CASE(name) sentence_add(#name, name, &out)
	CASE(mount_in_proc);
	CASE(mount_over_proc);
	CASE(mount_on_sys);
	CASE(mount_dotdot);
	CASE(mount_on_root);
	CASE(mount_no_source);
	CASE(mount_no_type);
	CASE(mount_idmap);
	CASE(sysctl_host);
	CASE(sysctl_traversal);
	CASE(sysctl_newline);
	CASE(sysctl_no_value);
	CASE(sysctl_without_namespace);
	CASE(uid_wraps);
	CASE(gid_above);
	CASE(no_command);
	CASE(relative_cwd);
	CASE(terminal_alone);
	CASE(twice);
	CASE(no_mount_namespace);
	CASE(hostname_newline);
	CASE(masked_relative);
	CASE(oom_score);
	CASE(rlimit_upside_down);
	CASE(nodes_upside_down);
#undef CASE
	assert_null(strstr(str_text(&out), "ACCEPTED"));
	golden_compare("errors", &out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(docker_default, setup, teardown),
		cmocka_unit_test_setup_teardown(a_mounted_root_volumes_and_a_user, setup,
						teardown),
		cmocka_unit_test_setup_teardown(joined_namespaces_and_sysctls, setup, teardown),
		cmocka_unit_test_setup_teardown(privileged_without_sys_resource, setup,
						teardown),
		cmocka_unit_test_setup_teardown(hooks_and_a_start_by_another, setup, teardown),
		cmocka_unit_test_setup_teardown(priorities_of_every_kind, setup, teardown),
		cmocka_unit_test_setup_teardown(namespaces_around_a_user_namespace, setup,
						teardown),
		cmocka_unit_test_setup_teardown(dev_of_the_host, setup, teardown),
		cmocka_unit_test_setup_teardown(exec, setup, teardown),
		cmocka_unit_test(every_wrong_spec_is_refused_in_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
