/*
 * Every flag of run: what it puts into the container's configuration, and the values that are
 * refused with a sentence naming it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/run_options.h"

static struct arena arena;
static struct run_options o;
static struct err err;

/* As `hoy run ARGUMENTS... busybox true`. */
static int run_argv(char **argv)
{
	struct strv args = { 0 };
	int r;

	arena_done(&arena);
	err = (struct err){ 0 };
	run_options_init(&o);
	r = option_parse(run_option_table, true, argv, &o, &arena, &args, &err);
	if (r < 0)
		return r;
	return run_options_finish(&o, &args, &arena, &err);
}

#define run(...) \
	run_argv((char *[]){ __VA_ARGS__, (char[]){ "busybox" }, (char[]){ "true" }, NULL })

/* One flag with a value. */
static int flag(const char *name, const char *value)
{
	static char name_copy[64];
	static char value_copy[2048];

	assert_int_equal(str_copy(name_copy, sizeof(name_copy), name), 0);
	assert_int_equal(str_copy(value_copy, sizeof(value_copy), value), 0);
	return run(name_copy, value_copy);
}

struct bad_value {
	const char *name;
	const char *value;
};

static void wrong_values_are_refused_and_the_flag_is_named(void **state)
{
	static const struct bad_value bad[] = {
		{ "--memory", "-1" },
		{ "--memory", "1e99" },
		{ "--memory", "3b" },
		{ "--memory", "" },
		{ "--memory", "511k" },
		{ "--memory", "9999999999999g" },
		{ "--memory-swap", "-2" },
		{ "--memory-swap", "x" },
		{ "--memory-reservation", "1k" },
		{ "--cpus", "nan" },
		{ "--cpus", "inf" },
		{ "--cpus", "0.000001" },
		{ "--cpus", "-1" },
		{ "--cpus", "1e9" },
		{ "--cpus", "100000" },
		{ "--cpus", "" },
		{ "--cpu-shares", "-1" },
		{ "--cpu-shares", "x" },
		{ "--cpu-period", "999" },
		{ "--cpu-period", "1000001" },
		{ "--cpu-quota", "999" },
		{ "--cpu-quota", "-2" },
		{ "--cpuset-cpus", "1-999999999" },
		{ "--cpuset-cpus", "9999" },
		{ "--cpuset-cpus", "0-" },
		{ "--cpuset-cpus", "-1" },
		{ "--cpuset-cpus", "1,,2" },
		{ "--cpuset-cpus", "2-1" },
		{ "--cpuset-cpus", "a" },
		{
			"--cpuset-cpus",
			"0,",
		},
		{ "--cpuset-mems", "999999999" },
		{ "--pids-limit", "-2" },
		{ "--pids-limit", "9999999999" },
		{ "--pids-limit", "x" },
		{ "--oom-score-adj", "1001" },
		{ "--oom-score-adj", "-1001" },
		{ "--shm-size", "-1" },
		{ "--shm-size", "x" },
		{ "--ulimit", "nofile=5:3" },
		{ "--ulimit", "nofile" },
		{ "--ulimit", "nosuch=1" },
		{ "--ulimit", "nofile=" },
		{ "--ulimit", "nofile=1:2:3" },
		{ "--ulimit", "nofile=-2" },
		{ "--ulimit", "nofile=-1:5" },
		{ "--volume", "::" },
		{ "--volume", "/" },
		{ "--volume", "a:b:c:d" },
		{ "--volume", "" },
		{ "--volume", "relative/path:/x" },
		{ "--volume", "name:relative" },
		{ "--volume", "/tmp:/x:nosuch" },
		{ "--volume", "/tmp:/x:ro,rw" },
		{ "--volume", "/x:ro" },
		{ "--volume", "/tmp:/" },
		{ "--volume", "/tmp:/x/.." },
		{ "--volume", "/tmp:/x:nocopy" },
		{ "--volume", "name:/x:rshared" },
		{ "--volume", "/tmp:/x:private,shared" },
		{ "--mount", "foo" },
		{ "--mount", "type=foo,dst=/x" },
		{ "--mount", "type=bind,dst=/x" },
		{ "--mount", "type=bind,src=/tmp" },
		{ "--mount", "type=bind,src=rel/x,dst=/x" },
		{ "--mount", "type=tmpfs,src=/a,dst=/x" },
		{ "--mount", "type=tmpfs,dst=/x,tmpfs-mode=9" },
		{ "--mount", "type=tmpfs,dst=/x,tmpfs-size=x" },
		{ "--mount", "type=bind,src=/a,dst=/x,readonly=maybe" },
		{ "--mount", "dst=rel" },
		{ "--mount", "type=bind,src=/a,dst=/x,tmpfs-size=1m" },
		{ "--mount", "dst=/x,bogus=1" },
		{ "--mount", "\"type=bind,dst=/x" },
		{ "--mount", "dst=/x,bind-propagation=up" },
		{ "--tmpfs", "relative" },
		{ "--tmpfs", "/x:nosuch=1" },
		{ "--tmpfs", "/x:size=abc" },
		{ "--tmpfs", "/x:mode=8" },
		{ "--tmpfs", "" },
		{ "--env", "=x" },
		{ "--env", "" },
		{ "--env-file", "/absent/file" },
		{ "--env-file", "/dev/null/x" },
		{ "--label", "=x" },
		{ "--label", "" },
		{ "--label-file", "/absent" },
		{ "--add-host", "nocolon" },
		{ "--add-host", "name:not-an-address" },
		{ "--add-host", ":1.2.3.4" },
		{ "--add-host", "a b:1.2.3.4" },
		{ "--dns", "not-an-address" },
		{ "--dns", "1.2.3" },
		{ "--dns-search", "a b" },
		{ "--dns-option", "a b" },
		{ "--dns-option", "" },
		{ "--device", "relative" },
		{ "--device", "/dev/null:/x:rwq" },
		{ "--device", "" },
		{ "--device", "/a:/b:r:w" },
		{ "--cap-add", "NOSUCH" },
		{ "--cap-add", "21" },
		{ "--cap-add", "" },
		{ "--cap-drop", "CAP_" },
		{ "--security-opt", "x" },
		{ "--security-opt", "nosuch=1" },
		{ "--security-opt", "seccomp=/absent" },
		{ "--security-opt", "no-new-privileges=maybe" },
		{ "--sysctl", "kernel.panic=1" },
		{ "--sysctl", "net.ipv4" },
		{ "--sysctl", "net.../x=1" },
		{ "--sysctl", "net./../../etc=1" },
		{ "--pid", "bogus" },
		{ "--pid", "container:" },
		{ "--ipc", "bogus" },
		{ "--uts", "private" },
		{ "--cgroupns", "bogus" },
		{ "--network", "" },
		{ "--network", "container:" },
		{ "--network", "../x" },
		{ "--network", "a,b" },
		{ "--network", "alias=x" },
		{ "--network", "name=a,alias=" },
		{ "--network", "name=a,nonsense=1" },
		{ "--network", "name=a,alias" },
		{ "--network", "name=a,ip=fd00::1" },
		{ "--network", "name=a,ip6=10.0.0.1" },
		{ "--network", "name=a,ip=0.0.0.0" },
		{ "--network", "name=a,mac-address=02:42" },
		{ "--network", "name=a,gw-priority=high" },
		{ "--network", "name=a,driver-opt=x" },
		{ "--ip", "10.0.0.256" },
		{ "--ip6", "10.0.0.1" },
		{ "--mac-address", "ff:ff:ff:ff:ff:ff" },
		{ "--network-alias", "a b" },
		{ "--network-alias", "" },
		{ "--link", "a:b:c" },
		{ "--link", "" },
		{ "--link", "a/b" },
		{ "--hostname", "a b" },
		{ "--hostname", "-x" },
		{ "--hostname", "a\nb" },
		{ "--domainname", "a b" },
		{ "--user", "a:b:c" },
		{ "--user", "x:" },
		{ "--group-add", "" },
		{ "--group-add", "a:b" },
		{ "--workdir", "relative" },
		{ "--name", "a/b" },
		{ "--name", "-x" },
		{ "--name", "x y" },
		{ "--attach", "stdfoo" },
		{ "--stop-signal", "NOSUCH" },
		{ "--stop-signal", "0" },
		{ "--stop-signal", "65" },
		{ "--stop-timeout", "-1" },
		{ "--stop-timeout", "x" },
		{ "--detach-keys", "ctrl-1" },
		{ "--pull", "sometimes" },
		{ "--restart", "perhaps" },
		{ "--log-driver", "nosuch" },
		{ "--log-opt", "max-size" },
		{ "--log-opt", "max-size=0" },
		{ "--log-opt", "max-size=x" },
		{ "--log-opt", "max-file=0" },
		{ "--log-opt", "max-file=1001" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (flag(bad[i].name, bad[i].value) != 0 && err.kind == ERR_INVALID &&
		    strstr(err.text, bad[i].name) && !strchr(err.text, '\n'))
			continue;
		fail_msg("%s %s: kind %d, \"%s\"", bad[i].name, bad[i].value, err.kind,
			 err.text);
	}
}

static void values_that_come_later_are_refused_by_name(void **state)
{
	static const struct bad_value later[] = {
		{ "--restart", "always" },
		{ "--restart", "on-failure:3" },
		{ "--log-driver", "none" },
		{ "--log-opt", "tag=x" },
		{ "--userns", "keep-id" },
		{ "--security-opt", "apparmor=mine" },
		{ "--security-opt", "label=level:s0" },
		{ "--security-opt", "systempaths=unconfined" },
		{ "--mount", "dst=/x,volume-driver=nfs" },
		{ "--mount", "type=image,src=a,dst=/x" },
		{ "--publish", "80:80/sctp" },
		{ "--network", "name=a,link-local-ip=169.254.1.1" },
		{ "--gpus", "all" },
		{ "--volumes-from", "x" },
		{ "--umask", "0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		if (flag(later[i].name, later[i].value) == -EOPNOTSUPP &&
		    strstr(err.text, "not supported yet") && strstr(err.text, later[i].name))
			continue;
		fail_msg("%s %s: \"%s\"", later[i].name, later[i].value, err.text);
	}
}

static void good(const char *name, const char *value)
{
	if (flag(name, value) != 0)
		fail_msg("%s %s: \"%s\"", name, value, err.text);
}

static const struct mount_request *mount_of(const char *name, const char *value)
{
	good(name, value);
	assert_int_equal(o.config.mount_count, 1);
	return &o.config.mounts[0];
}

static void volumes(void **state)
{
	const struct mount_request *m = mount_of("-v", "/data");
	char here[4096];

	(void)state;
	assert_true(m->kind == MOUNT_VOLUME && m->is_anonymous && !m->source);
	assert_string_equal(m->destination, "/data");
	m = mount_of("-v", "name:/a//b/../c/:ro");
	assert_true(m->kind == MOUNT_VOLUME && !m->is_anonymous && m->is_readonly);
	assert_string_equal(m->source, "name");
	assert_string_equal(m->destination, "/a/c");
	m = mount_of("-v", "/host:/in:rw,z,rshared");
	assert_true(m->kind == MOUNT_BIND && !m->is_readonly && !m->must_exist);
	assert_string_equal(m->propagation, "rshared");
	assert_string_equal(m->mode, "rw,z,rshared");
	m = mount_of("-v", "./x:/in");
	assert_non_null(getcwd(here, sizeof(here)));
	assert_true(m->kind == MOUNT_BIND && str_starts(m->source, here) &&
		    str_ends(m->source, "/x"));
	m = mount_of("-v", "name:/in:nocopy");
	assert_true(m->is_nocopy);
}

static void mounts(void **state)
{
	const struct mount_request *m =
		mount_of("--mount", "type=bind,source=/a,target=/b,readonly");

	(void)state;
	assert_true(m->kind == MOUNT_BIND && m->is_readonly && m->must_exist);
	m = mount_of("--mount", "type=bind,\"src=/a,\"\"b\",dst=/"
				"b,ro=false,bind-propagation=rslave,bind-recursive=disabled");
	assert_string_equal(m->source, "/a,\"b");
	assert_true(!m->is_readonly && m->is_nonrecursive);
	assert_string_equal(m->propagation, "rslave");
	m = mount_of("--mount", "dst=/b");
	assert_true(m->kind == MOUNT_VOLUME && m->is_anonymous);
	m = mount_of("--mount", "src=vol,dst=/b,volume-nocopy");
	assert_true(m->kind == MOUNT_VOLUME && m->is_nocopy && strcmp(m->source, "vol") == 0);
	m = mount_of("--mount", "type=tmpfs,destination=/t,tmpfs-size=1m,tmpfs-mode=1770");
	assert_string_equal(m->options, "size=1048576,mode=1770");
	m = mount_of("--tmpfs", "/t:size=64m,mode=0700,noexec,ro");
	assert_true(m->kind == MOUNT_TMPFS && m->is_readonly);
	assert_string_equal(m->options, "size=64m,mode=0700,noexec,ro");
	m = mount_of("--tmpfs", "/t");
	assert_null(m->options);
}

static void two_mounts_on_one_path_are_refused(void **state)
{
	char one[] = "/a:/x";
	char two[] = "/b:/x/";
	char name[] = "-v";

	(void)state;
	assert_int_equal(run(name, one, name, two), -EINVAL);
	assert_non_null(strstr(err.text, "/x"));
}

static void resources(void **state)
{
	(void)state;
	good("-m", "512k");
	assert_int_equal(o.config.memory, 512 * 1024);
	good("-m", "1.5g");
	assert_int_equal(o.config.memory, 3LL << 29);
	good("--cpus", "0.5");
	assert_int_equal(o.config.nano_cpus, 500000000);
	good("--cpuset-cpus", "0");
	assert_string_equal(o.config.cpuset_cpus, "0");
	good("--cpuset-mems", "0");
	good("--pids-limit", "-1");
	assert_int_equal(o.config.pids_limit, -1);
	good("--memory-swap", "-1");
	assert_int_equal(o.config.memory_swap, -1);
	good("--cpu-quota", "-1");
	good("--oom-score-adj", "-500");
	assert_int_equal(o.config.oom_score_adj, -500);
	good("--shm-size", "128m");
	assert_int_equal(o.config.shm_size, 128 << 20);
	good("--ulimit", "nofile=1024:2048");
	assert_int_equal(o.config.ulimits[0].soft, 1024);
	assert_int_equal(o.config.ulimits[0].hard, 2048);
	good("--ulimit", "core=-1");
	assert_int_equal(o.config.ulimits[0].hard, -1);
}

static void resources_that_contradict_each_other_are_refused(void **state)
{
	char memory[] = "-m=64m";
	char swap[] = "--memory-swap=32m";
	char reservation[] = "--memory-reservation=128m";
	char cpus[] = "--cpus=1";
	char period[] = "--cpu-period=1000";
	char quota[] = "--cpu-quota=1000";

	(void)state;
	assert_int_equal(run(swap), -EINVAL);
	assert_non_null(strstr(err.text, "--memory-swap"));
	assert_int_equal(run(memory, swap), -EINVAL);
	assert_int_equal(run(memory, reservation), -EINVAL);
	assert_int_equal(run(cpus, period), -EINVAL);
	assert_int_equal(run(cpus, quota), -EINVAL);
	assert_int_equal(run(period, quota), 0);
}

static void security(void **state)
{
	(void)state;
	good("--cap-add", "net_admin");
	assert_string_equal(o.config.cap_add.items[0], "CAP_NET_ADMIN");
	good("--cap-drop", "all");
	assert_string_equal(o.config.cap_drop.items[0], "ALL");
	good("--security-opt", "no-new-privileges:true");
	assert_string_equal(o.config.security_opt.items[0], "no-new-privileges");
	good("--security-opt", "seccomp:unconfined");
	assert_string_equal(o.config.security_opt.items[0], "seccomp=unconfined");
	good("--device", "/dev/null");
	assert_string_equal(o.config.devices[0].path, "/dev/null");
	assert_string_equal(o.config.devices[0].permissions, "rwm");
	good("--device", "/dev/null:r");
	assert_string_equal(o.config.devices[0].path, "/dev/null");
	assert_string_equal(o.config.devices[0].permissions, "r");
	good("--device", "/dev/null:/dev/x:rw");
	assert_string_equal(o.config.devices[0].path, "/dev/x");
	good("--sysctl", "net.ipv4.ip_forward=1");
	good("--sysctl", "kernel.shm_rmid_forced=0");
}

static void a_seccomp_profile_is_embedded(void **state)
{
	char path[] = "/tmp/hoy-unit-seccomp.XXXXXX";
	char value[128];
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "{ \"defaultAction\":\n \"SCMP_ACT_ALLOW\" }", 38), 38);
	(void)close(fd);
	(void)snprintf(value, sizeof(value), "seccomp=%s", path);
	good("--security-opt", value);
	(void)unlink(path);
	assert_string_equal(o.config.security_opt.items[0],
			    "seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}");
}

static void environment_comes_from_files_then_flags(void **state)
{
	char path[] = "/tmp/hoy-unit-env.XXXXXX";
	static const char text[] = "# comment\n\n  A=file\nB=two words # "
				   "kept\nHOY_UNIT_OWN\nHOY_UNIT_ABSENT\nC=crlf\r\n";
	char e_flag[] = "-e";
	char e_value[] = "A=flag";
	char file_flag[] = "--env-file";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	(void)close(fd);
	assert_int_equal(setenv("HOY_UNIT_OWN", "mine", 1), 0);
	assert_int_equal(run(e_flag, e_value, file_flag, path), 0);
	(void)unlink(path);
	assert_int_equal(o.config.env.count, 4);
	assert_string_equal(strv_env_get(&o.config.env, "A"), "flag");
	assert_string_equal(strv_env_get(&o.config.env, "B"), "two words # kept");
	assert_string_equal(strv_env_get(&o.config.env, "C"), "crlf");
	assert_string_equal(strv_env_get(&o.config.env, "HOY_UNIT_OWN"), "mine");
	assert_null(strv_env_get(&o.config.env, "HOY_UNIT_ABSENT"));
}

static void an_env_file_with_a_bad_line_is_refused(void **state)
{
	char path[] = "/tmp/hoy-unit-env.XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "A B=1\n", 6), 6);
	(void)close(fd);
	assert_int_equal(flag("--env-file", path), -EINVAL);
	(void)unlink(path);
	assert_non_null(strstr(err.text, "variable 'A B' contains whitespaces"));
}

static void names_and_addresses(void **state)
{
	(void)state;
	good("--add-host", "db:10.0.0.1");
	assert_string_equal(o.config.extra_hosts.items[0], "db:10.0.0.1");
	good("--add-host", "db=[::1]");
	assert_string_equal(o.config.extra_hosts.items[0], "db:::1");
	good("--dns", "2001:4860:4860::8888");
	good("--dns-search", ".");
	good("--network", "container:web");
	assert_string_equal(o.config.network_mode, "container:web");
	good("--net", "host");
	assert_string_equal(o.config.network_mode, "host");
	good("--name", "/web");
	assert_string_equal(o.name, "web");
	good("--name", "");
	good("-w", "");
	good("-u", ":33");
	good("-h", "box.example");
	good("-u", "1000:www-data");
	good("-w", "/srv/../x");
	assert_string_equal(o.config.working_dir, "/x");
	good("--stop-signal", "rtmin+3");
	good("--log-opt", "max-size=1m");
	assert_int_equal(o.config.log_max_bytes, 1 << 20);
}

static void networks_one_by_one(void **state)
{
	char first[] = "--network=name=front,alias=www,alias=web,ip=10.0.0.2,gw-priority=-1";
	char second[] = "--net=back";
	char ip6[] = "--ip6=fd00::2";
	char mac[] = "--mac-address=02:42:AC:11:00:02";
	char link[] = "--link=db:store";
	char alias[] = "--network-alias=other";
	const struct endpoint_request *networks;

	(void)state;
	assert_int_equal(run(first, second, ip6, mac, link), 0);
	networks = o.config.networks;
	assert_int_equal(o.config.network_count, 2);
	assert_string_equal(o.config.network_mode, "front");
	assert_string_equal(networks[0].network, "front");
	assert_int_equal(networks[0].aliases.count, 2);
	assert_string_equal(networks[0].ip_address, "10.0.0.2");
	assert_int_equal(networks[0].gateway_priority, -1);
	/* What names no network is about the first. */
	assert_string_equal(networks[0].ip6_address, "fd00::2");
	assert_string_equal(networks[0].mac_address, "02:42:ac:11:00:02");
	assert_string_equal(networks[0].links.items[0], "db:store");
	assert_string_equal(networks[1].network, "back");
	assert_true(endpoint_request_is_plain(&networks[1]));
	assert_int_equal(run(first, alias), -EINVAL);
	assert_string_equal(err.text, "conflicting options: cannot specify both "
				      "--network-alias and per-network alias");
}

static void networks_that_do_not_go_together_are_refused(void **state)
{
	char web[] = "--network=web";
	char again[] = "--network=name=web,alias=x";
	char host[] = "--network=host";
	char bridge[] = "--network=bridge";
	char ip[] = "--ip=10.0.0.2";

	(void)state;
	assert_int_equal(run(web, again), -EINVAL);
	assert_string_equal(err.text, "invalid argument \"name=web,alias=x\" for \"--network\" "
				      "flag: network \"web\" is specified multiple times");
	assert_int_equal(run(web, host), -EINVAL);
	assert_int_equal(run(bridge, web), -EINVAL);
	assert_int_equal(run(host, ip), -EINVAL);
	assert_int_equal(run(host), 0);
	assert_int_equal(o.config.network_count, 0);
	assert_int_equal(run(ip), 0);
	assert_int_equal(o.config.network_count, 1);
	assert_null(o.config.networks[0].network);
}

static void hosts_contradict_a_shared_network(void **state)
{
	char network[] = "--network=container:x";
	char hostname[] = "--hostname=x";
	char host[] = "--add-host=a:1.2.3.4";
	char uts[] = "--uts=host";

	(void)state;
	assert_int_equal(run(network, hostname), -EINVAL);
	assert_int_equal(run(network, host), -EINVAL);
	assert_int_equal(run(uts, hostname), -EINVAL);
}

static void streams_as_docker_chooses_them(void **state)
{
	char i[] = "-i";
	char d[] = "-d";
	char id[] = "-id";
	char a_out[] = "-a=stdout";

	(void)state;
	assert_int_equal(run(i), 0);
	assert_true(o.config.attach_stdin && o.config.attach_stdout && o.config.attach_stderr);
	assert_true(o.config.open_stdin && o.config.stdin_once);
	assert_int_equal(run(id), 0);
	assert_true(o.config.open_stdin && !o.config.attach_stdin && !o.config.stdin_once &&
		    !o.config.attach_stdout);
	assert_int_equal(run(a_out), 0);
	assert_true(o.config.attach_stdout && !o.config.attach_stderr &&
		    !o.config.attach_stdin);
	assert_int_equal(run(d, a_out), -EINVAL);
	assert_string_equal(err.text, "Conflicting options: -a and -d");
}

static void what_is_not_given_is_left_open(void **state)
{
	char rm[] = "--rm";

	(void)state;
	assert_int_equal(run(rm), 0);
	assert_true(o.config.auto_remove && !o.config.has_entrypoint && !o.config.has_init);
	assert_null(o.config.network_mode);
	assert_int_equal(o.config.stop_timeout, -1);
	assert_string_equal(o.config.image, "busybox");
	assert_int_equal(o.config.cmd.count, 1);
	assert_true(o.config.has_cmd);
	assert_int_equal(flag("--entrypoint", ""), 0);
	assert_true(o.config.has_entrypoint && o.config.entrypoint.count == 0);
}

static void the_table_has_no_two_flags_of_one_name_or_letter(void **state)
{
	(void)state;
	for (const struct option *a = run_option_table; a->kind != OPTION_END; a++) {
		for (const struct option *b = run_option_table; b != a; b++) {
			if (strcmp(a->name, b->name) == 0 ||
			    (a->letter && a->letter == b->letter))
				fail_msg("--%s and --%s", a->name, b->name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_values_are_refused_and_the_flag_is_named),
		cmocka_unit_test(values_that_come_later_are_refused_by_name),
		cmocka_unit_test(volumes),
		cmocka_unit_test(mounts),
		cmocka_unit_test(two_mounts_on_one_path_are_refused),
		cmocka_unit_test(resources),
		cmocka_unit_test(resources_that_contradict_each_other_are_refused),
		cmocka_unit_test(security),
		cmocka_unit_test(a_seccomp_profile_is_embedded),
		cmocka_unit_test(environment_comes_from_files_then_flags),
		cmocka_unit_test(an_env_file_with_a_bad_line_is_refused),
		cmocka_unit_test(names_and_addresses),
		cmocka_unit_test(networks_one_by_one),
		cmocka_unit_test(networks_that_do_not_go_together_are_refused),
		cmocka_unit_test(hosts_contradict_a_shared_network),
		cmocka_unit_test(streams_as_docker_chooses_them),
		cmocka_unit_test(what_is_not_given_is_left_open),
		cmocka_unit_test(the_table_has_no_two_flags_of_one_name_or_letter),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_done(&arena);
	return failed;
}
