/*
 * Records become specs: each case against its text in tests/golden/spec/NAME.txt.
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
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/file.h"
#include "engine/container_spec.h"

enum { GOLDEN_MAX = 1024 * 1024 };

struct fixture {
	struct arena arena;
	struct record record;
	struct container_facts facts;
	struct mount_request mounts[4];
	uint32_t groups[1];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct container_config *c;

	assert_non_null(f);
	c = &f->record.config;
	memset(f->record.id, 'a', ID_LEN);
	c->image = arena_copy(&f->arena, "busybox");
	c->stop_timeout = -1;
	c->network_mode = arena_copy(&f->arena, "none");
	c->mounts = f->mounts;
	strv_add(&c->cmd, &f->arena, "true");
	f->facts = (struct container_facts){
		.directory = "/root/containers/ID",
		.volumes = "/root/volumes",
		.hostname = "aaaaaaaaaaaa",
		.home = "/root",
		.user = { .groups = f->groups, .group_count = 1 },
		.capabilities = 0x1ffffffffff,
		.network_fd = -1,
		.ipc_fd = -1,
		.pid_fd = -1,
		.shm_fd = -1,
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

static void dump_map(struct str *out, const char *what, const struct spec_id_mappings *map)
{
	for (size_t i = 0; i < map->count; i++)
		str_printf(out, "%s map %u %u %u\n", what, map->items[i].container_id,
			   map->items[i].host_id, map->items[i].size);
}

static void dump_list(struct str *out, const char *name, const struct strv *list)
{
	for (size_t i = 0; i < list->count; i++)
		str_printf(out, "%s %s\n", name, list->items[i]);
}

static void dump_mounts(struct str *out, const struct spec *spec)
{
	for (size_t i = 0; i < spec->mount_count; i++) {
		const struct spec_mount *m = &spec->mounts[i];

		str_printf(out, "mount %s type=%s source=%s ", m->destination, m->type,
			   m->source);
		for (size_t o = 0; o < m->options.count; o++)
			str_printf(out, "%s%s", o ? "," : "", m->options.items[o]);
		str_add_char(out, '\n');
	}
}

static void dump_number(struct str *out, const char *name, const struct spec_number *number)
{
	if (number->is_set)
		str_printf(out, "%s %lld\n", name, (long long)number->value);
}

static void dump_resources(struct str *out, const struct spec_resources *r)
{
	for (size_t i = 0; i < r->device_count; i++) {
		const struct spec_device_rule *d = &r->devices[i];

		str_printf(out, "device-rule %s %c %lld:%lld %s%s%s\n",
			   d->is_allowed ? "allow" : "deny", d->type, (long long)d->major,
			   (long long)d->minor, d->may_read ? "r" : "", d->may_write ? "w" : "",
			   d->may_mknod ? "m" : "");
	}
	dump_number(out, "memory", &r->memory_limit);
	dump_number(out, "memory-swap", &r->memory_swap);
	dump_number(out, "cpu-period", &r->cpu_period);
	dump_number(out, "cpu-quota", &r->cpu_quota);
	dump_number(out, "cpu-shares", &r->cpu_shares);
	dump_number(out, "pids", &r->pids_limit);
	if (r->cpus)
		str_printf(out, "cpus %s\n", r->cpus);
}

static void dump_process(struct str *out, const struct spec_process *p)
{
	dump_list(out, "arg", &p->args);
	dump_list(out, "env", &p->env);
	str_printf(out, "cwd %s\nuser %u:%u\nterminal %d\n", p->cwd, p->user.uid, p->user.gid,
		   p->is_terminal);
	str_printf(out, "capabilities bnd=%llx eff=%llx prm=%llx inh=%llx amb=%llx\n",
		   (unsigned long long)p->capabilities.bounding,
		   (unsigned long long)p->capabilities.effective,
		   (unsigned long long)p->capabilities.permitted,
		   (unsigned long long)p->capabilities.inheritable,
		   (unsigned long long)p->capabilities.ambient);
	str_printf(out, "no-new-privileges %d\n", p->no_new_privileges);
	for (size_t i = 0; i < p->rlimit_count; i++)
		str_printf(out, "rlimit %d %llu %llu\n", p->rlimits[i].resource,
			   (unsigned long long)p->rlimits[i].soft,
			   (unsigned long long)p->rlimits[i].hard);
}

static void dump(struct str *out, const struct spec *spec)
{
	str_printf(out, "hostname %s\nreadonly %d\nseccomp %d\n",
		   spec->hostname ? spec->hostname : "(host's)", spec->is_root_readonly,
		   spec->has_seccomp);
	dump_process(out, &spec->process);
	for (size_t i = 0; i < spec->namespace_count; i++)
		str_printf(out, "namespace %x fd=%d\n", (unsigned int)spec->namespaces[i].type,
			   spec->namespaces[i].fd);
	dump_mounts(out, spec);
	for (size_t i = 0; i < spec->device_count; i++)
		str_printf(out, "device %s %lld:%lld mode=%o\n", spec->devices[i].path,
			   (long long)spec->devices[i].major, (long long)spec->devices[i].minor,
			   spec->devices[i].mode);
	dump_resources(out, &spec->resources);
	dump_map(out, "uid", &spec->uid_mappings);
	dump_map(out, "gid", &spec->gid_mappings);
	dump_list(out, "sysctl", &spec->sysctls);
	dump_list(out, "masked", &spec->masked_paths);
	dump_list(out, "readonly-path", &spec->readonly_paths);
}

static void assert_golden(struct fixture *f, const char *name)
{
	AUTO_STR struct str text = { 0 };
	AUTO_FREE char *expected = NULL;
	struct err e = { 0 };
	struct spec spec;
	char path[128];

	assert_int_equal(container_spec(&f->record, &f->facts, &f->arena, &spec, &e), 0);
	dump(&text, &spec);
	assert_int_equal(str_ok(&text), 0);
	(void)snprintf(path, sizeof(path), "tests/golden/spec/%s.txt", name);
	if (getenv("HOY_GOLDEN_UPDATE")) {
		AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

		assert_int_equal(fd_write_all(fd, text.data, text.len), 0);
	}
	assert_int_equal(file_read(AT_FDCWD, path, GOLDEN_MAX, &expected, NULL), 0);
	assert_string_equal(str_text(&text), expected);
}

static void assert_refused(struct fixture *f, const char *sentence)
{
	struct err e = { 0 };
	struct spec spec;

	assert_int_equal(container_spec(&f->record, &f->facts, &f->arena, &spec, &e), -EINVAL);
	assert_int_equal(e.kind, ERR_INVALID);
	assert_non_null(strstr(e.text, sentence));
}

static void a_container_without_flags_has_dockers_defaults(void **state)
{
	assert_golden(*state, "default");
}

static void a_privileged_one_is_hidden_nothing(void **state)
{
	struct fixture *f = *state;
	struct device_fact disk = { .path = arena_copy(&f->arena, "/dev/vda"),
				    .permissions = arena_copy(&f->arena, "rwm"),
				    .type = S_IFBLK,
				    .major = 254,
				    .mode = 0660 };

	f->record.config.is_privileged = true;
	f->facts.devices = &disk;
	f->facts.device_count = 1;
	assert_golden(f, "privileged");
}

static void limits_become_what_the_kernel_counts(void **state)
{
	struct fixture *f = *state;
	struct container_config *c = &f->record.config;
	struct ulimit_request ulimits[] = { { arena_copy(&f->arena, "nofile"), 1024, 2048 },
					    { arena_copy(&f->arena, "core"), -1, -1 } };

	c->memory = 100 << 20;
	c->nano_cpus = 1500000000;
	c->cpu_shares = 512;
	c->cpuset_cpus = arena_copy(&f->arena, "0-1");
	c->pids_limit = 64;
	c->ulimits = ulimits;
	c->ulimit_count = 2;
	assert_golden(f, "limits");
}

static void mounts_go_from_the_root_downwards_and_replace_defaults(void **state)
{
	struct fixture *f = *state;
	struct container_config *c = &f->record.config;
	struct arena *a = &f->arena;

	f->mounts[0] = (struct mount_request){ .kind = MOUNT_VOLUME,
					       .source = arena_copy(a, "data"),
					       .destination = arena_copy(a, "/srv/a/b") };
	f->mounts[1] = (struct mount_request){ .kind = MOUNT_BIND,
					       .source = arena_copy(a, "/host"),
					       .destination = arena_copy(a, "/srv"),
					       .is_readonly = true };
	f->mounts[2] = (struct mount_request){ .kind = MOUNT_TMPFS,
					       .destination = arena_copy(a, "/dev/shm"),
					       .options = arena_copy(a, "size=1m,exec") };
	f->mounts[3] = (struct mount_request){ .kind = MOUNT_BIND,
					       .source = arena_copy(a, "/my/hosts"),
					       .destination = arena_copy(a, "/etc/hosts"),
					       .propagation = arena_copy(a, "rslave"),
					       .is_nonrecursive = true };
	c->mount_count = 4;
	assert_golden(f, "mounts");
}

static void the_hosts_namespaces_are_not_made(void **state)
{
	struct fixture *f = *state;
	struct container_config *c = &f->record.config;

	c->network_mode = c->pid_mode = c->ipc_mode = c->uts_mode = c->cgroupns_mode =
		arena_copy(&f->arena, "host");
	assert_golden(f, "host");
}

static void a_user_namespace_brings_its_maps_and_maps_volumes(void **state)
{
	struct fixture *f = *state;
	struct container_config *c = &f->record.config;
	struct mount_request mounts[] = {
		{ .kind = MOUNT_VOLUME, .source = "v", .destination = "/v" },
		{ .kind = MOUNT_BIND, .source = "/x", .destination = "/x" },
	};

	mounts[0].source = arena_copy(&f->arena, "v");
	c->mounts = mounts;
	c->mount_count = 2;
	c->userns_mode = arena_copy(&f->arena, "auto:size=1000");
	strv_add(&c->uid_map, &f->arena, "0:100000:1000");
	strv_add(&c->gid_map, &f->arena, "0:200000:1000");
	assert_golden(f, "userns");
}

static void namespaces_of_another_container_are_joined(void **state)
{
	struct fixture *f = *state;
	struct container_config *c = &f->record.config;

	c->network_mode = c->pid_mode = c->ipc_mode = arena_copy(&f->arena, "container:x");
	f->facts.network_fd = 10;
	f->facts.pid_fd = 11;
	f->facts.ipc_fd = 12;
	assert_golden(f, "container");
}

static void the_environment_is_in_dockers_order(void **state)
{
	struct fixture *f = *state;
	struct container_config *c = &f->record.config;

	c->is_tty = true;
	c->hostname = arena_copy(&f->arena, "box");
	f->facts.hostname = "box";
	c->working_dir = arena_copy(&f->arena, "/srv");
	strv_add(&c->entrypoint, &f->arena, "/entry");
	strv_add(&c->env, &f->arena, "PATH=/mine");
	strv_add(&c->env, &f->arena, "A=1=2");
	strv_add(&c->env, &f->arena, "NOT_SET");
	strv_add(&c->env, &f->arena, "TERM=vt100");
	strv_add(&c->security_opt, &f->arena, "no-new-privileges");
	strv_add(&c->security_opt, &f->arena, "seccomp=unconfined");
	strv_add(&c->cap_drop, &f->arena, "ALL");
	strv_add(&c->cap_add, &f->arena, "net_admin");
	assert_golden(f, "environment");
}

static void sysctls_of_the_host_are_refused(void **state)
{
	static const char *const bad[] = {
		"kernel.core_pattern=x", "kernel.shm_rmid_forced", "net.ipv4.ip_forward=1\nx=y",
		"net.ipv4.../x=1",	 "vm.swappiness=1",	   "kernel.shmmaxx=1"
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		f->record.config.sysctls = (struct strv){ 0 };
		strv_add(&f->record.config.sysctls, &f->arena, bad[i]);
		assert_refused(f, "sysctl '");
	}
	f->record.config.sysctls = (struct strv){ 0 };
	f->record.config.network_mode = arena_copy(&f->arena, "host");
	strv_add(&f->record.config.sysctls, &f->arena, "net.ipv4.ip_forward=1");
	assert_refused(f, "not allowed in host network namespace");
}

static void wrong_settings_are_named(void **state)
{
	struct fixture *f = *state;
	struct container_config *c = &f->record.config;
	struct ulimit_request ulimit = { arena_copy(&f->arena, "nofiles"), 1, 1 };

	strv_add(&c->cap_add, &f->arena, "NET_ADMINN");
	assert_refused(f, "--cap-add: unknown capability \"NET_ADMINN\"");
	c->cap_add = (struct strv){ 0 };
	strv_add(&c->security_opt, &f->arena, "secomp=unconfined");
	assert_refused(f, "invalid --security-opt: \"secomp=unconfined\"");
	c->security_opt = (struct strv){ 0 };
	c->ulimits = &ulimit;
	c->ulimit_count = 1;
	assert_refused(f, "invalid ulimit type: nofiles");
	c->ulimit_count = 0;
	c->cmd = (struct strv){ 0 };
	assert_refused(f, "no command specified");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_container_without_flags_has_dockers_defaults,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_privileged_one_is_hidden_nothing, setup,
						teardown),
		cmocka_unit_test_setup_teardown(limits_become_what_the_kernel_counts, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			mounts_go_from_the_root_downwards_and_replace_defaults, setup,
			teardown),
		cmocka_unit_test_setup_teardown(the_hosts_namespaces_are_not_made, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			a_user_namespace_brings_its_maps_and_maps_volumes, setup, teardown),
		cmocka_unit_test_setup_teardown(namespaces_of_another_container_are_joined,
						setup, teardown),
		cmocka_unit_test_setup_teardown(the_environment_is_in_dockers_order, setup,
						teardown),
		cmocka_unit_test_setup_teardown(sysctls_of_the_host_are_refused, setup,
						teardown),
		cmocka_unit_test_setup_teardown(wrong_settings_are_named, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
