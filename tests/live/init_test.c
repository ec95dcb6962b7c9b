/*
 * hoy-init alone, from a plan to a program: every stage does what it says, errors are told in
 * one sentence, and a hostile image gains nothing. Needs root and a static busybox.
 */
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <linux/filter.h>

#include "base/fd.h"
#include "base/file.h"
#include "box.h"
#include "linux/memfd.h"
#include "linux/namespace.h"
#include "linux/socket_fd.h"

static struct box *new_box(void)
{
	struct box *box = malloc(sizeof(*box));

	assert_non_null(box);
	box_init(box);
	return box;
}

static void free_box(struct box *box)
{
	box_done(box);
	free(box);
}

/* The script ran and ended with 0. */
static void run_well(struct box *box, const char *script)
{
	int code;

	box_shell(box, script);
	code = box_run(box);
	if (!box->is_started)
		print_error("%s\n", box->e.text);
	if (code != 0)
		print_error("%s", box->output);
	assert_true(box->is_started);
	assert_int_equal(code, 0);
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		print_error("no \"%s\" in:\n%s\n", part, text);
	assert_non_null(strstr(text, part));
}

static void assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		print_error("\"%s\" in:\n%s\n", part, text);
	assert_null(strstr(text, part));
}

/* It ended in one sentence of this kind. */
static void assert_refused(struct box *box, enum err_kind kind, const char *sentence)
{
	int code = box_run(box);

	assert_false(box->is_started);
	assert_has(box->e.text, sentence);
	assert_int_equal(box->e.kind, kind);
	assert_int_equal(code, kind == ERR_COMMAND_MISSING    ? 127
			       : kind == ERR_COMMAND_UNUSABLE ? 126
							      : 255);
}

static void runs_a_program_with_its_arguments_byte_for_byte(void **state)
{
	static const char *const args[] = { "sh", "-c",	  "echo \"[$1][$2][$3]\"", "x",
					    "",	  "a\nb", "\xff\x01 $HOME",	   NULL };
	struct box *box = new_box();

	(void)state;
	box_args(box, args);
	assert_int_equal(box_run(box), 0);
	assert_string_equal(box->output, "[][a\nb][\xff\x01 $HOME]\n");
	free_box(box);
}

static void exit_code_and_signal_are_the_programs(void **state)
{
	struct box *box = new_box();

	(void)state;
	box_shell(box, "exit 7");
	assert_int_equal(box_run(box), 7);
	free_box(box);
}

static void root_is_the_overlay_and_the_host_is_gone(void **state)
{
	struct box *box = new_box();
	char upper[PATH_MAX + 32];

	(void)state;
	run_well(box, "echo x >/written; cat /proc/self/mountinfo; test ! -e /work; cd /; ls "
		      "-d ../../..; pwd");
	assert_has(box->output, " / / rw,relatime - overlay overlay "
				"rw,lowerdir+=lower,upperdir=upper,workdir=work");
	assert_has_not(box->output, box->dir);
	assert_has(box->output, " /proc rw,nosuid,nodev,noexec");
	assert_has(box->output, " /sys ro,nosuid,nodev,noexec");
	(void)snprintf(upper, sizeof(upper), "%s/upper/written", box->dir);
	assert_int_equal(access(upper, F_OK), 0);
	free_box(box);
}

static void root_can_be_a_directory_and_read_only(void **state)
{
	struct box *box = new_box();
	char root[PATH_MAX + 8];

	(void)state;
	(void)snprintf(root, sizeof(root), "%s/lower", box->dir);
	box->plan.header.root_kind = PLAN_ROOT_DIRECTORY;
	box->plan.header.root_path = plan_add_text(&box->plan, root);
	box->plan.header.flags |= PLAN_ROOT_READONLY;
	run_well(box, "! touch /x 2>/dev/null && echo x >/dev/shm/x && cat /dev/shm/x && touch "
		      "/dev/y");
	assert_string_equal(box->output, "x\n");
	free_box(box);
}

static void binds_are_made_with_their_attributes_where_nothing_was(void **state)
{
	struct box *box = new_box();
	char path[PATH_MAX + 16];

	(void)state;
	assert_int_equal(mkdirat(box->dir_fd, "volume", 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/volume", box->dir);
	box_mount(box, NULL, path, "/srv/a/b", NULL)->propagation = MS_PRIVATE | MS_REC;
	box_mount(box, NULL, path, "/srv/ro", NULL)->attr_set = 1;
	box_mount(box, NULL, "/etc/hostname", "/etc/deep/hostname", NULL);
	run_well(box, "echo hello >/srv/a/b/file; cat /srv/ro/file; ! echo x 2>/dev/null "
		      ">/srv/ro/file; "
		      "test -f /etc/deep/hostname; stat -c %a /srv/a");
	assert_string_equal(box->output, "hello\n755\n");
	free_box(box);
}

static void destination_through_a_link_stays_inside(void **state)
{
	struct box *box = new_box();
	char path[PATH_MAX + 16];

	(void)state;
	box_prepare(box, "ln -s ../../../../../../tmp/hoy-outside out; ln -s /missing/target "
			 "dangling; ln -s other/deep etc/rel");
	(void)snprintf(path, sizeof(path), "%s/upper", box->dir);
	box_mount(box, "tmpfs", "tmpfs", "/out/sub", "mode=700");
	box_mount(box, "tmpfs", "tmpfs", "/dangling", NULL);
	box_mount(box, NULL, "/etc/hostname", "/etc/rel", NULL);
	run_well(box, "test -d /tmp/hoy-outside/sub && test -d /missing/target && test -f "
		      "/etc/other/deep; cat /proc/self/mountinfo");
	assert_has(box->output, " / /tmp/hoy-outside/sub ");
	assert_has(box->output, " / /missing/target ");
	assert_int_not_equal(access("/tmp/hoy-outside", F_OK), 0);
	free_box(box);
}

static void nothing_is_mounted_into_proc(void **state)
{
	static const char *const destinations[] = { "/lnk/self/attr", "/lnk/sys", "/proc/1" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct box *box = new_box();

		box_prepare(box, "ln -s /proc lnk");
		box_mount(box, NULL, box->dir, destinations[i], NULL);
		box_shell(box, "true");
		assert_refused(box, ERR_INVALID, "lies in /proc");
		free_box(box);
	}
}

static void an_allowed_file_is_mounted_into_proc(void **state)
{
	struct box *box = new_box();

	(void)state;
	box_mount(box, NULL, "/etc/hostname", "/proc/uptime", NULL)->flags =
		PLAN_MOUNT_IN_PROC_OK;
	run_well(box, "grep -c ' /proc/uptime ' /proc/self/mountinfo");
	assert_string_equal(box->output, "1\n");
	free_box(box);
}

static void proc_that_is_a_link_is_refused(void **state)
{
	struct box *box = new_box();

	(void)state;
	box_prepare(box, "rmdir proc; mkdir tmp/p; ln -s tmp/p proc");
	box_shell(box, "true");
	assert_refused(box, ERR_INVALID, "/proc of the image is a symbolic link");
	free_box(box);
}

static void missing_source_is_named(void **state)
{
	struct box *box = new_box();

	(void)state;
	box_mount(box, NULL, "/no/such/source", "/srv", NULL);
	box_shell(box, "true");
	assert_refused(box, ERR_INTERNAL,
		       "mount /no/such/source on /srv: open /no/such/source: No such file or "
		       "directory");
	free_box(box);
}

static void unknown_option_is_named(void **state)
{
	struct box *box = new_box();

	(void)state;
	box_mount(box, "tmpfs", "tmpfs", "/srv", "size=1m,bogus=3");
	box_shell(box, "true");
	assert_refused(box, ERR_INTERNAL,
		       "mount tmpfs on /srv: tmpfs does not take the option bogus=3");
	free_box(box);
}

static void unknown_optional_file_system_is_left_out(void **state)
{
	struct box *box = new_box();

	(void)state;
	box_mount(box, "nosuchfs", "none", "/srv", NULL)->flags = PLAN_MOUNT_OPTIONAL;
	run_well(box, "test ! -e /srv");
	free_box(box);
}

static void tmpfs_takes_the_mode_and_with_copyup_the_files(void **state)
{
	struct box *box = new_box();

	(void)state;
	box_prepare(box, "mkdir -p run/sub data/sub; chmod 2751 run; echo x >data/sub/file; "
			 "chmod 640 data/sub/file; chown 5:6 data/sub/file;"
			 "ln -s sub/file data/link; mkfifo data/fifo; chmod 1770 data");
	box_mount(box, "tmpfs", "tmpfs", "/run", NULL);
	box_mount(box, "tmpfs", "tmpfs", "/data", NULL)->flags = PLAN_MOUNT_TMPCOPYUP;
	run_well(box, "stat -c %a /run /data; stat -c '%a %u:%g' /data/sub/file; cat "
		      "/data/link; test ! -e /data/fifo; test ! -e /run/sub;"
		      "stat -f -c %T /data");
	assert_string_equal(box->output, "2751\n1770\n640 5:6\nx\ntmpfs\n");
	free_box(box);
}

static void devices_are_what_they_should_be(void **state)
{
	struct box *box = new_box();

	(void)state;
	box->devices[0].mode = 0620;
	box->devices[0].uid = 3;
	box->devices[0].gid = 5;
	box_device(box, "/dev/net/tun", 10, 200);
	run_well(box, "stat -c '%F %t:%T %a %u:%g' /dev/null /dev/tty /dev/net/tun; readlink "
		      "/dev/ptmx; readlink /dev/fd; readlink /dev/stdout; "
		      "echo x >/dev/full || echo full; stat -c %a /dev /dev/shm");
	assert_has(box->output,
		   "character special file 1:3 620 3:5\ncharacter special file 5:0 666 0:0\n"
		   "character special file a:c8 666 "
		   "0:0\npts/ptmx\n/proc/self/fd\n/proc/self/fd/1\n");
	assert_has(box->output, "full\n755\n1777\n");
	free_box(box);
}

static void a_dev_that_leaves_the_image_makes_nothing_outside(void **state)
{
	struct box *box = new_box();
	char command[2 * PATH_MAX];
	char path[PATH_MAX + 32];

	(void)state;
	assert_int_equal(mkdirat(box->dir_fd, "canary", 0755), 0);
	(void)snprintf(command, sizeof(command), "rm -r dev; ln -s %s/canary dev", box->dir);
	box_prepare(box, command);
	box->mount_count = 1; /* /proc only: no tmpfs on /dev */
	run_well(box, "readlink /dev; ls /dev/; test -c /dev/null");
	(void)snprintf(path, sizeof(path), "%s/canary", box->dir);
	assert_int_equal(rmdir(path), 0);
	free_box(box);
}

static void a_null_that_is_a_link_masks_and_reads_nothing(void **state)
{
	struct box *box = new_box();

	(void)state;
	box_prepare(box, "ln -s /proc/sys/kernel/domainname dev/null");
	box->mount_count = 1;
	box->device_count = 0;
	box->masked[box->masked_count++] = "/proc/keys";
	box->plan.header.domainname = plan_add_text(&box->plan, "canary");
	run_well(box, "stat -c '%F %t:%T' /proc/keys; cat /proc/keys; echo changed "
		      ">/proc/keys; cat /proc/sys/kernel/domainname;"
		      "! chmod 600 /proc/keys 2>/dev/null");
	assert_string_equal(box->output, "character special file 1:3\ncanary\n");
	free_box(box);
}

static void a_device_that_is_something_else_is_refused(void **state)
{
	struct box *box = new_box();

	(void)state;
	box_prepare(box, "echo x >dev/null");
	box->mount_count = 1;
	box_shell(box, "true");
	assert_refused(box, ERR_CONFLICT, "device /dev/null: something else is there already");
	free_box(box);
}

static void masked_and_read_only_paths(void **state)
{
	static char *masked[] = { "/proc/kcore",   "/proc/keys", "/proc/acpi", "/proc/scsi",
				  "/sys/firmware", "/proc/none", "/etc" };
	static char *readonly[] = { "/proc/bus",	   "/proc/fs", "/proc/irq", "/proc/sys",
				    "/proc/sysrq-trigger", "/none" };
	struct box *box = new_box();

	(void)state;
	box_prepare(box, "touch etc/file");
	for (size_t i = 0; i < sizeof(masked) / sizeof(*masked); i++)
		box->masked[box->masked_count++] = masked[i];
	for (size_t i = 0; i < sizeof(readonly) / sizeof(*readonly); i++)
		box->readonly[box->readonly_count++] = readonly[i];
	run_well(box, "cat /proc/kcore /proc/keys; ls -A /etc /sys/firmware | grep -v : | grep "
		      ". ; ! touch /etc/x 2>/dev/null || exit 1;"
		      "! echo 1 2>/dev/null >/proc/sys/kernel/shmmax || exit 2; ! echo 1 "
		      "2>/dev/null >/proc/sysrq-trigger || exit 3; "
		      "grep -c 'ro,' /proc/self/mountinfo");
	free_box(box);
}

static void host_and_domain_name_and_sysctls_are_set(void **state)
{
	struct box *box = new_box();

	(void)state;
	box->plan.header.hostname = plan_add_text(&box->plan, "vessel");
	box->plan.header.domainname = plan_add_text(&box->plan, "sea");
	box_sysctl(box, "kernel/shmmni", "1234");
	box_sysctl(box, "net/ipv4/ip_unprivileged_port_start", "0");
	box->readonly[box->readonly_count++] = "/proc/sys";
	run_well(box, "hostname; cat /proc/sys/kernel/domainname /proc/sys/kernel/shmmni "
		      "/proc/sys/net/ipv4/ip_unprivileged_port_start");
	assert_string_equal(box->output, "vessel\nsea\n1234\n0\n");
	free_box(box);
}

static void sysctls_do_not_go_where_a_volume_leads(void **state)
{
	struct box *box = new_box();

	(void)state;
	box->mount_count = 0; /* the image's own /proc, full of traps */
	box->device_count = box->link_count = 0;
	box_prepare(
		box,
		"mkdir -p proc/sys/kernel; ln -s /canary proc/sys/kernel/shmmni; touch canary");
	box_sysctl(box, "kernel/shmmni", "1234");
	run_well(box, "cat /canary");
	assert_string_equal(box->output, "");
	free_box(box);
}

static void a_sysctl_of_two_lines_is_refused(void **state)
{
	struct box *box = new_box();

	(void)state;
	box_sysctl(box, "kernel/shmmni", "1\nkernel/core_pattern=x");
	box_shell(box, "true");
	assert_refused(box, ERR_INVALID,
		       "sysctl kernel/shmmni: its value is not one line of text");
	free_box(box);
}

static const char status_script[] = "grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp:)' "
				    "/proc/self/status | tr '\\t' ' '; umask";

static void root_has_dockers_capabilities(void **state)
{
	struct box *box = new_box();

	(void)state;
	run_well(box, status_script);
	assert_has(box->output, "Uid: 0 0 0 0\nGid: 0 0 0 0\nGroups:  \nCapInh: "
				"0000000000000000\nCapPrm: 00000000a80425fb\n"
				"CapEff: 00000000a80425fb\nCapBnd: 00000000a80425fb\nCapAmb: "
				"0000000000000000\nNoNewPrivs: 0\nSeccomp: 0\n");
	assert_has(box->output, "0022\n");
	free_box(box);
}

static void a_user_has_none_and_only_its_groups(void **state)
{
	static const uint32_t groups[] = { 1000, 44 };
	struct box *box = new_box();
	struct plan_header *plan = &box->plan.header;

	(void)state;
	plan->uid = plan->gid = 1000;
	plan->groups = plan_add_array(&box->plan, groups, 2, sizeof(*groups));
	plan->flags |= PLAN_NO_NEW_PRIVILEGES | PLAN_HAS_UMASK;
	plan->umask = 077;
	run_well(box, status_script);
	assert_has(box->output, "Uid: 1000 1000 1000 1000\nGid: 1000 1000 1000 1000\nGroups: "
				"44 1000 \nCapInh: 0000000000000000\n"
				"CapPrm: 0000000000000000\nCapEff: 0000000000000000\nCapBnd: "
				"00000000a80425fb\n");
	assert_has(box->output, "NoNewPrivs: 1\n");
	assert_has(box->output, "0077\n");
	free_box(box);
}

static void ambient_capabilities_reach_a_user(void **state)
{
	struct box *box = new_box();
	struct plan_header *plan = &box->plan.header;

	(void)state;
	plan->uid = plan->gid = 1000;
	plan->cap_bounding = plan->cap_effective = plan->cap_permitted = plan->cap_inheritable =
		plan->cap_ambient = 0x400;
	run_well(box, status_script);
	assert_has(box->output, "CapPrm: 0000000000000400\nCapEff: 0000000000000400\nCapBnd: "
				"0000000000000400\nCapAmb: 0000000000000400\n");
	free_box(box);
}

static void limits_and_oom_score_are_set(void **state)
{
	static const struct plan_rlimit limit = { .resource = RLIMIT_NOFILE,
						  .soft = 123,
						  .hard = 456 };
	struct box *box = new_box();

	(void)state;
	box->plan.header.rlimits = plan_add_array(&box->plan, &limit, 1, sizeof(limit));
	box->plan.header.flags |= PLAN_HAS_OOM_SCORE;
	box->plan.header.oom_score_adj = 321;
	run_well(box, "ulimit -n; ulimit -Hn; cat /proc/self/oom_score_adj");
	assert_string_equal(box->output, "123\n456\n321\n");
	free_box(box);
}

/* Everything is allowed but uname(2) on x86_64, which gives EPERM. */
static void add_filter(struct box *box)
{
	static const struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 63, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0x00050001),
		BPF_STMT(BPF_RET | BPF_K, 0x7fff0000),
	};

	box->plan.header.seccomp = plan_add_array(&box->plan, filter, 4, sizeof(*filter));
}

static void seccomp_is_loaded_with_and_without_new_privileges(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct box *box = new_box();

		add_filter(box);
		if (i & 1)
			box->plan.header.flags |= PLAN_NO_NEW_PRIVILEGES;
		if (i & 2)
			box->plan.header.uid = box->plan.header.gid = 1000;
		run_well(box, "grep -E '^(Seccomp|CapPrm|CapEff):' /proc/self/status | tr "
			      "'\\t' ' '; hostname");
		assert_has(box->output, "Seccomp: 2\n");
		assert_has(box->output, "?\n"); /* uname(2) denied */
		assert_has(box->output,
			   i & 2 ? "CapPrm: 0000000000000000\nCapEff: 0000000000000000"
				 : "CapPrm: 00000000a80425fb\nCapEff: 00000000a80425fb");
		free_box(box);
	}
}

/* After it is loaded nothing may be used but what execve itself needs: everything else kills.
 */
static void nothing_but_execve_is_needed_after_the_filter(void **state)
{
	/* recvfrom, execve (59), capset (126), and what busybox's true needs: arch_prctl,
	 * set_tid_address, exit... are denied softly. */
	static const struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 45, 3, 0), /* recvfrom: START */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 126, 2,
			 0), /* capset: takes CAP_SYS_ADMIN away */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 59, 1, 0), /* execve */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 158, 0,
			 1), /* arch_prctl: the program's first */
		BPF_STMT(BPF_RET | BPF_K, 0x7fff0000),
		BPF_STMT(BPF_RET | BPF_K, 0x80000000),
	};
	struct box *box = new_box();

	(void)state;
	box->plan.header.seccomp = plan_add_array(&box->plan, filter, 7, sizeof(*filter));
	box->plan.header.flags &= ~(uint64_t)PLAN_TRACE;
	box_shell(box, "true");
	/* SIGSYS by the program itself: init got through. */
	assert_int_equal(box_run(box), 128 + SIGSYS);
	assert_true(box->is_started);
	free_box(box);
}

static void leaked_descriptors_are_closed(void **state)
{
	struct box *box = new_box();
	int leaked = fcntl(open("/", O_RDONLY | O_DIRECTORY), F_DUPFD, 7);
	int far = fcntl(leaked, F_DUPFD, 300);
	int kept = fcntl(leaked, F_DUPFD, 50);

	(void)state;
	box->plan.header.keep_fds = plan_add_array(&box->plan, &kept, 1, sizeof(int32_t));
	run_well(box, "cd /proc/self/fd; for f in *; do test -e $f && echo $f; done | grep -vE "
		      "'^[012]$'");
	assert_has(box->output, "50\n");
	assert_has_not(box->output, "7\n");
	assert_has_not(box->output, "300\n");
	(void)close(leaked);
	(void)close(far);
	(void)close(kept);
	free_box(box);
}

static void working_directory_by_a_leaked_descriptor_is_refused(void **state)
{
	int leaked = fcntl(open("/etc", O_RDONLY | O_DIRECTORY), F_DUPFD, 7);

	(void)state;
	for (int fd = 3; fd < 24; fd++) {
		struct box *box = new_box();
		char cwd[64];

		(void)snprintf(cwd, sizeof(cwd), "/proc/self/fd/%d", fd);
		box->plan.header.cwd = plan_add_text(&box->plan, cwd);
		box_shell(box, "ls; pwd");
		assert_int_equal(box_run(box), 255);
		assert_false(box->is_started);
		assert_string_equal(box->output, "");
		free_box(box);
	}
	(void)close(leaked);
}

static void working_directory_is_made(void **state)
{
	struct box *box = new_box();

	(void)state;
	box->plan.header.cwd = plan_add_text(&box->plan, "/srv/app/deep");
	box->plan.header.uid = box->plan.header.gid = 1000;
	run_well(box, "pwd; stat -c '%u %a' .");
	assert_string_equal(box->output, "/srv/app/deep\n0 755\n");
	free_box(box);
}

static void each_way_to_miss_a_program_is_told_apart(void **state)
{
	static const struct {
		const char *prepare;
		const char *command;
		enum err_kind kind;
		const char *sentence;
	} cases[] = {
		{ "true", "foo", ERR_COMMAND_MISSING,
		  "exec: \"foo\": executable file not found in $PATH" },
		{ "true", "", ERR_COMMAND_MISSING,
		  "exec: \"\": executable file not found in $PATH" },
		{ "true", "/no/such", ERR_COMMAND_MISSING,
		  "exec: \"/no/such\": stat /no/such: no such file or directory" },
		{ "true", "/etc", ERR_COMMAND_UNUSABLE, "exec: \"/etc\": is a directory" },
		{ "echo x >etc/f", "/etc/f", ERR_COMMAND_UNUSABLE,
		  "exec: \"/etc/f\": permission denied" },
		{ "echo x >etc/f", "/etc/f/g", ERR_COMMAND_UNUSABLE,
		  "exec: \"/etc/f/g\": Not a directory" },
		{ "echo x >bin/foo", "foo", ERR_COMMAND_MISSING,
		  "exec: \"foo\": executable file not found in $PATH" },
		{ "printf '#!/bin/nosh -x\n' >bin/s; chmod 755 bin/s", "s", ERR_COMMAND_MISSING,
		  "exec: \"/bin/s\": its interpreter /bin/nosh: no such file or "
		  "directory in the container" },
		{ "printf '#!/bin/sh\r\necho x\r\n' >bin/s; chmod 755 bin/s", "/bin/s",
		  ERR_COMMAND_MISSING,
		  "exec: \"/bin/s\": its first line \"#!/bin/sh\" ends in CRLF" },
		{ "printf '#!/proc/self/exe\n' >bin/s; chmod 755 bin/s", "/bin/s",
		  ERR_COMMAND_UNUSABLE, "its interpreter /proc/self/exe is a link into /proc" },
		{ "echo hello >bin/s; chmod 755 bin/s", "s", ERR_COMMAND_UNUSABLE,
		  "exec format error: neither a program nor a script that begins with #!" },
		{ "cp bin/busybox bin/b; printf '\\267\\000' | dd of=bin/b bs=1 seek=18 "
		  "conv=notrunc 2>/dev/null",
		  "/bin/b", ERR_COMMAND_UNUSABLE,
		  "exec format error: it is a program for aarch64, and this machine is "
		  "x86_64" },
		{ "cp /bin/true bin/dyn", "/bin/dyn", ERR_COMMAND_MISSING,
		  "exec: \"/bin/dyn\": its loader /lib64/ld-linux-x86-64.so.2: no such file or "
		  "directory in the container" },
		{ "true", "/proc/self/exe", ERR_COMMAND_UNUSABLE,
		  "goes in circles or through a link of /proc" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct box *box = new_box();
		const char *args[] = { cases[i].command, NULL };

		box_prepare(box, cases[i].prepare);
		box_args(box, args);
		assert_refused(box, cases[i].kind, cases[i].sentence);
		free_box(box);
	}
}

static void a_program_that_only_root_reaches_is_denied_to_a_user(void **state)
{
	static const char *const args[] = { "/private/sh", "-c", "true", NULL };
	struct box *box = new_box();

	(void)state;
	box_prepare(box, "mkdir -m 700 private; cp bin/busybox private/sh");
	box->plan.header.uid = box->plan.header.gid = 1000;
	box->plan.header.cap_effective = box->plan.header.cap_permitted = 0;
	box_args(box, args);
	assert_refused(box, ERR_COMMAND_UNUSABLE, "exec: \"/private/sh\": permission denied");
	free_box(box);
}

static void a_parent_that_goes_away_ends_init(void **state)
{
	struct box *box = new_box();
	struct sync_message message;

	(void)state;
	box_shell(box, "true");
	box_launch(box);
	while (sync_receive(box->sync_fd, &message, &box->e) != SYNC_READY)
		assert_int_equal(message.type, SYNC_STAGE);
	box->sync_fd = fd_close(box->sync_fd);
	assert_int_equal(box_finish(box), 255);
	free_box(box);
}

static void a_terminal_is_the_containers_own(void **state)
{
	struct box *box = new_box();
	char text[4096] = "";
	size_t len = 0;
	ssize_t n;
	int master;

	(void)state;
	box->plan.header.flags |= PLAN_TERMINAL;
	box->plan.header.console_rows = 33;
	box->plan.header.console_columns = 99;
	box->plan.header.uid = box->plan.header.gid = 1000;
	box_shell(box, "tty; stat -c '%u %t:%T' /dev/pts/0 /dev/console; stty size 2>/dev/null "
		       "|| busybox stty size; echo x >/dev/tty");
	box_launch(box);
	assert_true(box_start(box));
	master = socket_receive_fd(box->console_fd);
	assert_true(master >= 0);
	while (len < sizeof(text) - 1 &&
	       (n = read(master, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	assert_int_equal(box_finish(box), 0);
	assert_string_equal(text, "/dev/pts/0\r\n1000 88:0\r\n1000 88:0\r\n33 99\r\nx\r\n");
	(void)close(master);
	free_box(box);
}

static void a_false_devpts_gives_no_terminal(void **state)
{
	struct box *box = new_box();

	(void)state;
	box_prepare(box, "mkdir dev/pts; ln -s /proc/sys/kernel/domainname dev/pts/0; mknod "
			 "dev/pts/ptmx c 1 3");
	box->mount_count = 1;
	box->device_count = box->link_count = 0;
	box->plan.header.flags |= PLAN_TERMINAL;
	box_shell(box, "true");
	assert_refused(box, ERR_INVALID, "/dev/pts of the container is no devpts");
	free_box(box);
}

static void a_console_that_is_a_link_is_refused(void **state)
{
	struct box *box = new_box();

	(void)state;
	box_prepare(box, "ln -s /etc/passwd dev/console; mkdir -p dev/pts");
	box->mounts[1] = box->mounts[2]; /* devpts on the image's own /dev */
	box->mount_count = 2;
	box->device_count = box->link_count = 0;
	box->plan.header.flags |= PLAN_TERMINAL;
	box_shell(box, "true");
	assert_refused(box, ERR_INVALID, "/dev/console of the image is a link or a directory");
	free_box(box);
}

static void the_reaper_reaps_forwards_and_ends_like_the_program(void **state)
{
	struct box *box = new_box();
	char line[16] = "";

	(void)state;
	box->plan.header.flags |= PLAN_REAPER;
	box_shell(box, "(sleep 0.01 & exec true) & trap 'echo got; exit 9' TERM; readlink "
		       "/proc/1/fd/5; echo $$; "
		       "while :; do sleep 0.01; done");
	box_launch(box);
	assert_true(box_start(box));
	assert_true(read(box->output_fd, line, sizeof(line) - 1) > 0);
	assert_string_equal(line, "2\n");
	assert_int_equal(pidfd_kill(box->pidfd, SIGTERM), 0);
	assert_int_equal(box_finish(box), 9);
	assert_has(box->output, "got\n");
	free_box(box);

	box = new_box();
	box->plan.header.flags |= PLAN_REAPER;
	box_shell(box, "kill -9 $$");
	assert_int_equal(box_run(box), 137);
	free_box(box);

	box = new_box();
	box->plan.header.flags |= PLAN_REAPER;
	box_args(box, (const char *const[]){ "foo", NULL });
	assert_refused(box, ERR_COMMAND_MISSING, "not found in $PATH");
	free_box(box);
}

static void add_docker_masks(struct box *box)
{
	static char *masked[] = { "/proc/acpi",
				  "/proc/asound",
				  "/proc/interrupts",
				  "/proc/kcore",
				  "/proc/keys",
				  "/proc/latency_stats",
				  "/proc/sched_debug",
				  "/proc/scsi",
				  "/proc/timer_list",
				  "/proc/timer_stats",
				  "/sys/devices/virtual/powercap",
				  "/sys/firmware" };
	static char *readonly[] = { "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
				    "/proc/sysrq-trigger" };

	for (size_t i = 0; i < sizeof(masked) / sizeof(*masked); i++)
		box->masked[box->masked_count++] = masked[i];
	for (size_t i = 0; i < sizeof(readonly) / sizeof(*readonly); i++)
		box->readonly[box->readonly_count++] = readonly[i];
}

static struct plan_list one_hook(struct box *box, const char *path, const char *script,
				 uint32_t timeout_s)
{
	char *args[] = { "sh", "-c", (char *)(uintptr_t)script };
	struct plan_hook hook = { .timeout_s = timeout_s };

	hook.path = plan_add_text(&box->plan, path);
	hook.args = plan_add_texts(&box->plan, args, 3);
	return plan_add_array(&box->plan, &hook, 1, sizeof(hook));
}

/* The parent's part: what the hooks read is there when init asks. */
static void give_state(struct box *box)
{
	static const char texts[] = "{\"creating\":1}\0{\"created\":1}\0{}";
	int fd = box_fd(memfd_make("state"));

	assert_int_equal(fd_write_all(fd, texts, sizeof(texts)), 0);
	box->plan.header.state_fd = fd;
	box->plan.header.flags |= PLAN_PARENT_HOOKS;
}

static void hooks_run_where_they_should_with_the_state(void **state)
{
	struct box *box = new_box();
	char script[PATH_MAX + 128];
	AUTO_FREE char *seen = NULL;
	size_t len;

	(void)state;
	give_state(box);
	/* The host's shell is there before the pivot, only the image's after it. What a hook
	 * prints does not meet the program's output. */
	(void)snprintf(script, sizeof(script),
		       "cat >%.1000s/seen; echo noise; echo noise >&2; ls /proc/self/fd >>"
		       "%.1000s/seen",
		       box->dir, box->dir);
	box->plan.header.hooks_create = one_hook(box, "/bin/sh", script, 0);
	box->plan.header.hooks_start =
		one_hook(box, "/bin/sh",
			 "cat >/started; pwd >>/started; echo noise; ls /proc/self/fd "
			 ">>/started",
			 30);
	run_well(box, "cat /started; echo program");
	assert_string_equal(box->output, "{\"created\":1}/\n0\n1\n2\n3\nprogram\n");
	assert_int_equal(file_read(box->dir_fd, "seen", 4096, &seen, &len), 0);
	assert_string_equal(seen, "{\"creating\":1}0\n1\n2\n3\n");
	(void)fd_close(box->plan.header.state_fd);
	free_box(box);
}

static void a_hook_that_fails_or_hangs_ends_the_birth(void **state)
{
	struct box *box = new_box();

	(void)state;
	give_state(box);
	box->plan.header.hooks_create = one_hook(box, "/bin/sh", "echo the reason; exit 3", 0);
	box_shell(box, "true");
	assert_refused(box, ERR_INTERNAL,
		       "createContainer hook /bin/sh exited with 3: the reason");
	(void)fd_close(box->plan.header.state_fd);
	free_box(box);

	box = new_box();
	give_state(box);
	box->plan.header.hooks_create = one_hook(box, "/bin/sh", "read x; exec sleep 100", 1);
	box_shell(box, "true");
	assert_refused(box, ERR_INTERNAL,
		       "createContainer hook /bin/sh ran longer than 1 s and was killed");
	(void)fd_close(box->plan.header.state_fd);
	free_box(box);
}

static void another_process_can_give_the_start(void **state)
{
	struct box *box = new_box();
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct sync_message message;
	int listening = box_fd(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
	int starter;

	(void)state;
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%.90s/start", box->dir);
	assert_int_equal(bind(listening, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listening, 1), 0);
	box->plan.header.wait_fd = listening;
	box_shell(box, "echo started");
	box_launch(box);
	while (sync_receive(box->sync_fd, &message, &box->e) > 0) {
		box->is_ready |= message.type == SYNC_READY;
		if (message.type == SYNC_READY)
			assert_int_equal(sync_send(box->sync_fd, SYNC_RECORDED, 0), 0);
	}
	assert_true(box->is_ready); /* and init has let go of the first socket */
	starter = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(starter, (struct sockaddr *)&address, sizeof(address)), 0);
	(void)close(starter); /* changed its mind */
	starter = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(starter, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(sync_send(starter, SYNC_START, 0), 0);
	while (sync_receive(starter, &message, &box->e) > 0)
		assert_int_equal(message.type, SYNC_STAGE);
	assert_int_equal(box_finish(box), 0);
	assert_string_equal(box->output, "started\n");
	(void)close(starter);
	(void)close(listening);
	free_box(box);
}

static void root_of_a_user_namespace_is_nobody_outside(void **state)
{
	struct box *box = new_box();
	char command[PATH_MAX + 64];

	(void)state;
	(void)snprintf(command, sizeof(command),
		       "cd ..; chmod 755 .; chown -R 100000:100000 lower upper work merged");
	box_prepare(box, command);
	box->clone_flags |= CLONE_NEWUSER;
	box->plan.header.flags |= PLAN_NEW_USER;
	run_well(box, "id -u; cat /proc/self/uid_map | tr -s ' '; stat -c '%F %t:%T' "
		      "/dev/null; echo x >/file; stat -c %u /file; echo x >/dev/null");
	assert_string_equal(box->output, "0\n 0 100000 65536\ncharacter special file 1:3\n0\n");
	free_box(box);
}

static void a_shared_volume_hears_of_mounts_both_ways(void **state)
{
	struct box *box = new_box();
	struct plan_mount *shared;
	char volume[PATH_MAX + 16];
	char inside[PATH_MAX + 64];
	char line[8] = "";
	int status;
	pid_t pid;

	(void)state;
	(void)snprintf(volume, sizeof(volume), "%s/volume", box->dir);
	assert_int_equal(mkdir(volume, 0755), 0);
	/* In a mount namespace of its own, so that the machine's tree stays as it is. */
	pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWNS) < 0 ||
		    mount("none", "/", NULL, MS_PRIVATE | MS_REC, NULL) < 0 ||
		    mount("tmpfs", volume, "tmpfs", 0, NULL) < 0 ||
		    mount("none", volume, NULL, MS_SHARED, NULL) < 0)
			_exit(2);
		shared = box_mount(box, NULL, volume, "/srv", NULL);
		shared->propagation = MS_SHARED | MS_REC;
		shared->flags = PLAN_MOUNT_RBIND;
		box->plan.header.cap_effective = box->plan.header.cap_permitted =
			box->plan.header.cap_bounding |= 1 << 21;
		box_shell(box, "mkdir /srv/in /srv/out; mount -t tmpfs tmpfs /srv/in; touch "
			       "/srv/in/x; echo up; "
			       "while ! test -e /srv/out/y; do sleep 0.01; done; umount "
			       "/srv/in 2>/dev/null; exit 0");
		box_launch(box);
		if (!box_start(box) || read(box->output_fd, line, sizeof(line) - 1) <= 0)
			_exit(3);
		(void)snprintf(inside, sizeof(inside), "%s/in/x", volume);
		if (access(inside, F_OK) < 0)
			_exit(4);
		(void)snprintf(inside, sizeof(inside), "%s/out", volume);
		if (mount("tmpfs", inside, "tmpfs", 0, NULL) < 0)
			_exit(5);
		(void)snprintf(inside, sizeof(inside), "%s/out/y", volume);
		(void)close(open(inside, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
		_exit(box_finish(box) == 0 ? 0 : 6);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	free_box(box);
}

/* A v1 group of our own; its tasks file goes into the plan. */
static int make_group(const char *hierarchy, char path[PATH_MAX])
{
	char tasks[PATH_MAX + 8];

	(void)snprintf(path, PATH_MAX, "/sys/fs/cgroup/%s/hoy-init-test-%d", hierarchy,
		       (int)getpid());
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return -1;
	(void)snprintf(tasks, sizeof(tasks), "%s/tasks", path);
	return box_fd(open(tasks, O_WRONLY | O_CLOEXEC));
}

static void write_file(const char *directory, const char *name, const char *text)
{
	char path[PATH_MAX + 64];
	AUTO_CLOSE int fd = -EBADF;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
}

static void cgroups_are_joined_and_seen_from_inside(void **state)
{
	static const char *const names[] = { "memory", "pids" };
	struct plan_cgroup_mount views[2] = { { 0 } };
	char paths[2][PATH_MAX];
	int32_t fds[2];
	struct box *box;

	(void)state;
	if (access("/sys/fs/cgroup/memory/tasks", F_OK) < 0 ||
	    access("/sys/fs/cgroup/pids/tasks", F_OK) < 0)
		skip();
	for (int is_private = 0; is_private < 2; is_private++) {
		box = new_box();
		for (int i = 0; i < 2; i++) {
			fds[i] = make_group(names[i], paths[i]);
			assert_true(fds[i] >= 0);
			views[i] = (struct plan_cgroup_mount){
				.name = plan_add_text(&box->plan, names[i]),
				.options = plan_add_text(&box->plan, names[i]),
				.path = plan_add_text(&box->plan, paths[i]),
				.links = plan_add_text(&box->plan, i ? "alias,other" : NULL),
				.source_fd = -1
			};
		}
		box->plan.header.cgroup_fds = plan_add_array(&box->plan, fds, 2, sizeof(*fds));
		box->plan.header.cgroup_mounts =
			plan_add_array(&box->plan, views, 2, sizeof(*views));
		box->plan.header.unshare = is_private ? CLONE_NEWCGROUP : 0;
		*box_mount(box, "cgroup", "cgroup", "/sys/fs/cgroup", NULL) =
			(struct plan_mount){
				.destination = plan_add_text(&box->plan, "/sys/fs/cgroup"),
				.type = plan_add_text(&box->plan, "cgroup"),
				.source_fd = -1,
				.userns_fd = -1,
				.flags = PLAN_MOUNT_CGROUP,
				.attr_set = 15,
			};
		run_well(box, "ls /sys/fs/cgroup; readlink /sys/fs/cgroup/alias; grep -E "
			      "'(memory|pids)' /proc/self/cgroup; "
			      "wc -l </sys/fs/cgroup/memory/tasks; ! echo 1 2>/dev/null "
			      ">/sys/fs/cgroup/pids/pids.max; "
			      "! mkdir /sys/fs/cgroup/x 2>/dev/null");
		assert_has(box->output, "alias\nmemory\nother\npids\npids\n");
		if (is_private) {
			assert_has(box->output, ":memory:/\n");
			assert_has(box->output, ":pids:/\n");
		} else {
			assert_has(box->output, ":memory:/hoy-init-test-");
		}
		for (int i = 0; i < 2; i++) {
			(void)close(fds[i]);
			assert_int_equal(rmdir(paths[i]), 0);
		}
		free_box(box);
	}
}

static void half_a_megabyte_is_enough_to_start(void **state)
{
	struct box *box = new_box();
	const char *const args[] = { "true", NULL };
	char path[PATH_MAX];
	int32_t fd;

	(void)state;
	if (access("/sys/fs/cgroup/memory/tasks", F_OK) < 0)
		skip();
	fd = make_group("memory", path);
	assert_true(fd >= 0);
	write_file(path, "memory.limit_in_bytes",
		   getenv("HOY_TEST_MEMORY") ? getenv("HOY_TEST_MEMORY") : "524288");
	add_docker_masks(box);
	box->plan.header.cgroup_fds = plan_add_array(&box->plan, &fd, 1, sizeof(fd));
	box_args(box, args);
	assert_int_equal(box_run(box), 0);
	assert_true(box->is_started);
	(void)close(fd);
	assert_int_equal(rmdir(path), 0);
	free_box(box);
}

static void another_process_joins_a_running_one(void **state)
{
	struct box *box = new_box();
	struct box *other = malloc(sizeof(*other));
	char line[16] = "";

	(void)state;
	box->plan.header.hostname = plan_add_text(&box->plan, "vessel");
	box_shell(box, "echo up; sleep 100");
	box_launch(box);
	assert_true(box_start(box));
	assert_true(read(box->output_fd, line, sizeof(line) - 1) > 0);

	assert_non_null(other);
	box_init_exec(other, box);
	other->plan.header.uid = other->plan.header.gid = 1000;
	other->plan.header.cwd = plan_add_text(&other->plan, "/etc");
	box_shell(other, "hostname; pwd; id -u; readlink /proc/self/ns/mnt; grep CapEff "
			 "/proc/self/status; test -d /proc/1/root || echo denied");
	/* The child has to be born in the container's pid namespace. */
	assert_int_equal(namespace_join(box->pidfd, CLONE_NEWPID), 0);
	assert_int_equal(box_run(other), 0);
	assert_has(other->output, "vessel\n/etc\n1000\nmnt:");
	assert_has(other->output, "CapEff:\t0000000000000000\n");
	assert_int_equal(
		namespace_join(box_fd(open("/proc/self/ns/pid", O_RDONLY)), CLONE_NEWPID), 0);
	box_done(other);

	box_init_exec(other, box);
	other->plan.header.cwd = plan_add_text(&other->plan, "/missing");
	box_shell(other, "true");
	assert_refused(other, ERR_INTERNAL,
		       "enter the working directory /missing: No such file or directory");
	box_done(other);
	free(other);
	assert_int_equal(pidfd_kill(box->pidfd, SIGKILL), 0);
	assert_int_equal(box_finish(box), 137);
	free_box(box);
}

static void stages_are_reported_in_order(void **state)
{
	struct box *box = new_box();

	(void)state;
	run_well(box, "true");
	for (int i = 1; i < STAGE_COUNT; i++)
		assert_true(box->stage_ns[i] >= box->stage_ns[i - 1] && box->stage_ns[i] > 0);
	free_box(box);
}

static void a_held_container_can_be_stopped_and_continued(void **state)
{
	struct box *box = new_box();
	struct sync_message message = { 0 };
	int status;

	(void)state;
	box->plan.header.hold_stage = plan_add_text(&box->plan, "pivot");
	box_shell(box, "true");
	box_launch(box);
	while (message.value != STAGE_PIVOT)
		assert_int_equal(sync_receive(box->sync_fd, &message, &box->e), SYNC_STAGE);
	assert_int_equal(pidfd_kill(box->pidfd, SIGSTOP), 0);
	assert_int_equal(waitpid(box->pid, &status, WUNTRACED), box->pid);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(pidfd_kill(box->pidfd, SIGCONT), 0);
	assert_true(box_start(box));
	assert_int_equal(box_finish(box), 0);
	free_box(box);
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Not a test: the median of each stage over `count` starts of what docker would make, in
 * microseconds. */
static int measure(size_t count)
{
	static uint64_t times[STAGE_COUNT + 1][1000];
	const char *const args[] = { "true", NULL };

	for (size_t i = 0; i < count; i++) {
		struct box *box = new_box();

		add_docker_masks(box);
		box->plan.header.hostname = plan_add_text(&box->plan, "vessel");
		box_sysctl(box, "net/ipv4/ip_unprivileged_port_start", "0");
		box_sysctl(box, "net/ipv4/ping_group_range", "0 2147483647");
		add_filter(box);
		box_args(box, args);
		if (box_run(box) != 0) {
			printf("%s\n", box->e.text);
			box_done(box);
			return 1;
		}
		times[STAGE_COUNT][i] = box->stage_ns[0] - box->begin_ns;
		for (int k = 0; k < STAGE_COUNT; k++)
			times[k][i] =
				(k + 1 < STAGE_COUNT ? box->stage_ns[k + 1] : box->end_ns) -
				box->stage_ns[k];
		free_box(box);
	}
	for (int k = 0; k <= STAGE_COUNT; k++) {
		qsort(times[k], count, sizeof(times[k][0]), compare_numbers);
		printf("%-18s %6.0f us\n",
		       k < STAGE_COUNT ? stage_name((enum stage)k) : "clone and exec",
		       (double)times[k][count / 2] / 1000);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_a_program_with_its_arguments_byte_for_byte),
		cmocka_unit_test(exit_code_and_signal_are_the_programs),
		cmocka_unit_test(root_is_the_overlay_and_the_host_is_gone),
		cmocka_unit_test(root_can_be_a_directory_and_read_only),
		cmocka_unit_test(binds_are_made_with_their_attributes_where_nothing_was),
		cmocka_unit_test(destination_through_a_link_stays_inside),
		cmocka_unit_test(nothing_is_mounted_into_proc),
		cmocka_unit_test(an_allowed_file_is_mounted_into_proc),
		cmocka_unit_test(proc_that_is_a_link_is_refused),
		cmocka_unit_test(missing_source_is_named),
		cmocka_unit_test(unknown_option_is_named),
		cmocka_unit_test(unknown_optional_file_system_is_left_out),
		cmocka_unit_test(tmpfs_takes_the_mode_and_with_copyup_the_files),
		cmocka_unit_test(devices_are_what_they_should_be),
		cmocka_unit_test(a_dev_that_leaves_the_image_makes_nothing_outside),
		cmocka_unit_test(a_null_that_is_a_link_masks_and_reads_nothing),
		cmocka_unit_test(a_device_that_is_something_else_is_refused),
		cmocka_unit_test(masked_and_read_only_paths),
		cmocka_unit_test(host_and_domain_name_and_sysctls_are_set),
		cmocka_unit_test(sysctls_do_not_go_where_a_volume_leads),
		cmocka_unit_test(a_sysctl_of_two_lines_is_refused),
		cmocka_unit_test(root_has_dockers_capabilities),
		cmocka_unit_test(a_user_has_none_and_only_its_groups),
		cmocka_unit_test(ambient_capabilities_reach_a_user),
		cmocka_unit_test(limits_and_oom_score_are_set),
		cmocka_unit_test(seccomp_is_loaded_with_and_without_new_privileges),
		cmocka_unit_test(nothing_but_execve_is_needed_after_the_filter),
		cmocka_unit_test(leaked_descriptors_are_closed),
		cmocka_unit_test(working_directory_by_a_leaked_descriptor_is_refused),
		cmocka_unit_test(working_directory_is_made),
		cmocka_unit_test(each_way_to_miss_a_program_is_told_apart),
		cmocka_unit_test(a_program_that_only_root_reaches_is_denied_to_a_user),
		cmocka_unit_test(a_parent_that_goes_away_ends_init),
		cmocka_unit_test(a_terminal_is_the_containers_own),
		cmocka_unit_test(a_false_devpts_gives_no_terminal),
		cmocka_unit_test(a_console_that_is_a_link_is_refused),
		cmocka_unit_test(the_reaper_reaps_forwards_and_ends_like_the_program),
		cmocka_unit_test(hooks_run_where_they_should_with_the_state),
		cmocka_unit_test(a_hook_that_fails_or_hangs_ends_the_birth),
		cmocka_unit_test(another_process_can_give_the_start),
		cmocka_unit_test(root_of_a_user_namespace_is_nobody_outside),
		cmocka_unit_test(a_shared_volume_hears_of_mounts_both_ways),
		cmocka_unit_test(cgroups_are_joined_and_seen_from_inside),
		cmocka_unit_test(half_a_megabyte_is_enough_to_start),
		cmocka_unit_test(another_process_joins_a_running_one),
		cmocka_unit_test(stages_are_reported_in_order),
		cmocka_unit_test(a_held_container_can_be_stopped_and_continued),
	};

	if (argc == 3 && strcmp(argv[1], "--measure") == 0)
		return measure((size_t)(atol(argv[2]) % 1000));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
