/*
 * A container's configuration: merged with the image's, written, and read back.
 *
 * Runs in: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/json.h"
#include "spec/container_config.h"

static struct strv list(struct arena *arena, const char *a, const char *b)
{
	struct strv v = { 0 };

	if (a)
		strv_add(&v, arena, a);
	if (b)
		strv_add(&v, arena, b);
	return v;
}

static void equal_texts(const char *a, const char *b)
{
	assert_string_equal(a ? a : "", b ? b : "");
}

static void equal_lists(const struct strv *a, const struct strv *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++)
		assert_string_equal(a->items[i], b->items[i]);
}

/* Every member with a value of its own, none of them the default. */
static void fill(struct container_config *c, struct arena *arena)
{
	static struct mount_request mounts[] = {
		{ .kind = MOUNT_BIND,
		  .source = "/host",
		  .destination = "/a",
		  .is_readonly = true,
		  .mode = "ro,z" },
		{ .kind = MOUNT_BIND,
		  .source = "/ho\xff",
		  .destination = "/b\xfe",
		  .must_exist = true,
		  .propagation = "rslave",
		  .is_nonrecursive = true },
		{ .kind = MOUNT_VOLUME,
		  .source = "data",
		  .destination = "/c",
		  .is_nocopy = true,
		  .mode = "nocopy" },
		{ .kind = MOUNT_VOLUME, .destination = "/d", .is_anonymous = true },
		{ .kind = MOUNT_VOLUME,
		  .source = "v2",
		  .destination = "/e",
		  .is_readonly = true,
		  .is_nocopy = true },
		{ .kind = MOUNT_TMPFS, .destination = "/f", .options = "size=64m,mode=1777" },
		{ .kind = MOUNT_BIND, .source = "/x", .destination = "/g" },
	};
	static struct endpoint_request networks[] = {
		{ .network = "front",
		  .ip_address = "10.0.0.2",
		  .ip6_address = "fd00::2",
		  .mac_address = "02:42:ac:11:00:02",
		  .gateway_priority = -5 },
		{ .network = "back" },
	};
	static struct device_request devices[] = { { "/dev/null", "/dev/x", "rw" } };
	static struct ulimit_request ulimits[] = { { "nofile", 10, 20 }, { "core", -1, -1 } };

	networks[0].aliases = list(arena, "www", "web");
	networks[0].links = list(arena, "db:store", NULL);
	networks[0].driver_options = list(arena, "com.docker.network.endpoint.ifname=x0", NULL);
	*c = (struct container_config){
		.image = "im:age",
		.networks = networks,
		.network_count = 2,
		.hostname = "h",
		.domainname = "d",
		.user = "1:2",
		.attach_stdin = true,
		.attach_stdout = true,
		.attach_stderr = true,
		.is_tty = true,
		.open_stdin = true,
		.stdin_once = true,
		.env = list(arena, "B=\xff\x01\"\n", "A=1"),
		.has_entrypoint = true,
		.entrypoint = list(arena, "/e \xc3", ""),
		.has_cmd = true,
		.cmd = list(arena, "a\xe2\x82", "\t"),
		.working_dir = "/w\xff",
		.labels = list(arena, "a=x=y", "b="),
		.exposed_ports = list(arena, "80/tcp", "81/udp"),
		.stop_signal = "SIGINT",
		.stop_timeout = 0,
		.auto_remove = true,
		.network_mode = "container:abc",
		.pid_mode = "host",
		.ipc_mode = "none",
		.uts_mode = "host",
		.cgroupns_mode = "private",
		.userns_mode = "auto:size=1000",
		.uid_map = list(arena, "0:100000:1000", "1000:300000:5"),
		.gid_map = list(arena, "0:200000:1000", NULL),
		.is_privileged = true,
		.is_rootfs_readonly = true,
		.has_init = true,
		.is_init = true,
		.mounts = mounts,
		.mount_count = 7,
		.cap_add = list(arena, "ALL", "NET_ADMIN"),
		.cap_drop = list(arena, "CHOWN", NULL),
		.security_opt = list(arena, "seccomp={\"a\":1}", "no-new-privileges"),
		.group_add = list(arena, "5", "audio"),
		.devices = devices,
		.device_count = 1,
		.ulimits = ulimits,
		.ulimit_count = 2,
		.sysctls = list(arena, "net.a=1 2", "x.y=z"),
		.extra_hosts = list(arena, "n:1.2.3.4", NULL),
		.dns = list(arena, "1.1.1.1", "::1"),
		.dns_search = list(arena, "s", NULL),
		.dns_options = list(arena, "o", NULL),
		.shm_size = 1024,
		.memory = INT64_MAX,
		.memory_swap = -1,
		.memory_reservation = 3,
		.nano_cpus = 4,
		.cpu_shares = 5,
		.cpu_period = 6,
		.cpu_quota = -1,
		.cpuset_cpus = "0-1",
		.cpuset_mems = "0",
		.pids_limit = -1,
		.oom_score_adj = -500,
		.restart = { "on-failure", 3 },
		.log_max_bytes = 12345,
		.log_max_files = 7,
		.cidfile = "/cid",
	};
}

static void write_both(const struct container_config *config, struct str *out)
{
	struct json_writer w = { .out = out };

	json_begin_array(&w, NULL);
	container_config_write(&w, NULL, config);
	container_host_config_write(&w, NULL, config);
	json_end_array(&w);
	assert_int_equal(str_ok(out), 0);
}

static void read_back(const char *text, struct arena *arena, struct container_config *ret)
{
	AUTO_JSON struct json_object *both = NULL;
	struct err e = { 0 };

	if (json_parse(text, strlen(text), 100000, "both", &both, &e) < 0 ||
	    container_config_from_json(json_object_array_get_idx(both, 0),
				       json_object_array_get_idx(both, 1), arena, ret, &e) < 0)
		fail_msg("%s\n%s", e.text, text);
}

static void compare_mounts(const struct container_config *a, const struct container_config *b)
{
	assert_int_equal(a->mount_count, b->mount_count);
	for (size_t i = 0; i < a->mount_count; i++) {
		const struct mount_request *m = &a->mounts[i];
		const struct mount_request *n = &b->mounts[i];

		assert_int_equal(m->kind, n->kind);
		assert_true(str_equal(m->source, n->source) &&
			    str_equal(m->destination, n->destination));
		assert_true(str_equal(m->propagation, n->propagation) &&
			    str_equal(m->options, n->options));
		assert_true(str_equal(m->mode, n->mode));
		assert_true(m->is_readonly == n->is_readonly &&
			    m->is_anonymous == n->is_anonymous);
		assert_true(m->must_exist == n->must_exist && m->is_nocopy == n->is_nocopy);
		assert_true(m->is_nonrecursive == n->is_nonrecursive);
	}
}

static void compare_networks(const struct container_config *a, const struct container_config *b)
{
	assert_int_equal(a->network_count, b->network_count);
	for (size_t i = 0; i < a->network_count; i++) {
		const struct endpoint_request *m = &a->networks[i];
		const struct endpoint_request *n = &b->networks[i];

		equal_texts(m->network, n->network);
		equal_lists(&m->aliases, &n->aliases);
		equal_lists(&m->links, &n->links);
		equal_lists(&m->driver_options, &n->driver_options);
		equal_texts(m->ip_address, n->ip_address);
		equal_texts(m->ip6_address, n->ip6_address);
		equal_texts(m->mac_address, n->mac_address);
		assert_int_equal(m->gateway_priority, n->gateway_priority);
	}
}

static void compare(const struct container_config *a, const struct container_config *b)
{
	compare_networks(a, b);
	equal_texts(a->image, b->image);
	equal_texts(a->hostname, b->hostname);
	equal_texts(a->domainname, b->domainname);
	equal_texts(a->user, b->user);
	assert_true(a->attach_stdin == b->attach_stdin && a->attach_stdout == b->attach_stdout);
	assert_true(a->attach_stderr == b->attach_stderr && a->is_tty == b->is_tty);
	assert_true(a->open_stdin == b->open_stdin && a->stdin_once == b->stdin_once);
	equal_lists(&a->env, &b->env);
	assert_true(a->has_entrypoint == b->has_entrypoint && a->has_cmd == b->has_cmd);
	equal_lists(&a->entrypoint, &b->entrypoint);
	equal_lists(&a->cmd, &b->cmd);
	equal_texts(a->working_dir, b->working_dir);
	equal_lists(&a->labels, &b->labels);
	equal_lists(&a->exposed_ports, &b->exposed_ports);
	equal_texts(a->stop_signal, b->stop_signal);
	assert_int_equal(a->stop_timeout, b->stop_timeout);
	assert_true(a->auto_remove == b->auto_remove);
	equal_texts(a->network_mode, b->network_mode);
	equal_texts(a->pid_mode, b->pid_mode);
	equal_texts(a->ipc_mode, b->ipc_mode);
	equal_texts(a->uts_mode, b->uts_mode);
	equal_texts(a->cgroupns_mode, b->cgroupns_mode);
	equal_texts(a->userns_mode, b->userns_mode);
	equal_lists(&a->uid_map, &b->uid_map);
	equal_lists(&a->gid_map, &b->gid_map);
	assert_true(a->is_privileged == b->is_privileged &&
		    a->is_rootfs_readonly == b->is_rootfs_readonly);
	assert_true(a->has_init == b->has_init && a->is_init == b->is_init);
	compare_mounts(a, b);
	equal_lists(&a->cap_add, &b->cap_add);
	equal_lists(&a->cap_drop, &b->cap_drop);
	equal_lists(&a->security_opt, &b->security_opt);
	equal_lists(&a->group_add, &b->group_add);
	assert_int_equal(a->device_count, b->device_count);
	for (size_t i = 0; i < a->device_count; i++) {
		equal_texts(a->devices[i].host_path, b->devices[i].host_path);
		equal_texts(a->devices[i].path, b->devices[i].path);
		equal_texts(a->devices[i].permissions, b->devices[i].permissions);
	}
	assert_int_equal(a->ulimit_count, b->ulimit_count);
	for (size_t i = 0; i < a->ulimit_count; i++) {
		equal_texts(a->ulimits[i].name, b->ulimits[i].name);
		assert_true(a->ulimits[i].soft == b->ulimits[i].soft &&
			    a->ulimits[i].hard == b->ulimits[i].hard);
	}
	equal_lists(&a->sysctls, &b->sysctls);
	equal_lists(&a->extra_hosts, &b->extra_hosts);
	equal_lists(&a->dns, &b->dns);
	equal_lists(&a->dns_search, &b->dns_search);
	equal_lists(&a->dns_options, &b->dns_options);
	assert_true(a->shm_size == b->shm_size && a->memory == b->memory &&
		    a->memory_swap == b->memory_swap);
	assert_true(a->memory_reservation == b->memory_reservation &&
		    a->nano_cpus == b->nano_cpus);
	assert_true(a->cpu_shares == b->cpu_shares && a->cpu_period == b->cpu_period &&
		    a->cpu_quota == b->cpu_quota);
	equal_texts(a->cpuset_cpus, b->cpuset_cpus);
	equal_texts(a->cpuset_mems, b->cpuset_mems);
	assert_true(a->pids_limit == b->pids_limit && a->oom_score_adj == b->oom_score_adj);
	equal_texts(a->restart.name, b->restart.name);
	assert_int_equal(a->restart.maximum_retries, b->restart.maximum_retries);
	assert_true(a->log_max_bytes == b->log_max_bytes &&
		    a->log_max_files == b->log_max_files);
	equal_texts(a->cidfile, b->cidfile);
}

static void every_member_survives_byte_for_byte(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	AUTO_STR struct str again = { 0 };
	struct container_config config;
	struct container_config back;

	(void)state;
	fill(&config, &arena);
	write_both(&config, &text);
	read_back(str_text(&text), &arena, &back);
	compare(&config, &back);
	write_both(&back, &again);
	assert_string_equal(str_text(&text), str_text(&again));
}

static void defaults_survive_too(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	struct container_config config = { .stop_timeout = -1,
					   .restart = { .name = "no" },
					   .shm_size = SHM_SIZE_DEFAULT };
	struct container_config back;

	(void)state;
	write_both(&config, &text);
	read_back(str_text(&text), &arena, &back);
	compare(&config, &back);
	assert_null(back.hostname);
	assert_null(back.network_mode);
	assert_null(back.working_dir);
}

static struct json_object *member(struct json_object *o, const char *key)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(o, key, &value))
		fail_msg("no member %s", key);
	return value;
}

static void is_json(struct json_object *o, const char *key, const char *expected)
{
	AUTO_STR struct str text = { 0 };

	json_compact(member(o, key), &text);
	if (strcmp(str_text(&text), expected) != 0)
		fail_msg("%s: %s", key, str_text(&text));
}

static void keys_are_docker_s(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_JSON struct json_object *o = NULL;
	AUTO_JSON struct json_object *host = NULL;
	struct container_config config;

	(void)state;
	fill(&config, &arena);
	o = container_config_to_json(&config);
	host = container_host_config_to_json(&config);
	is_json(o, "ExposedPorts", "{\"80/tcp\":{},\"81/udp\":{}}");
	is_json(o, "Volumes", "{\"/d\":{}}");
	is_json(o, "Labels", "{\"a\":\"x=y\",\"b\":\"\"}");
	is_json(o, "StopTimeout", "0");
	is_json(host, "Binds", "[\"/host:/a:ro,z\",\"data:/c:nocopy\",\"/x:/g\"]");
	is_json(host, "Mounts",
		"[{\"Type\":\"bind\",\"Source\":\"/ho\xef\xbf\xbd\",\"Target\":\"/"
		"b\xef\xbf\xbd\","
		"\"BindOptions\":{\"Propagation\":\"rslave\",\"NonRecursive\":true}},{\"Type\":"
		"\"volume\",\"Source\":\"v2\","
		"\"Target\":\"/e\",\"ReadOnly\":true,\"VolumeOptions\":{\"NoCopy\":true}}]");
	is_json(host, "Tmpfs", "{\"/f\":\"size=64m,mode=1777\"}");
	is_json(host, "RestartPolicy", "{\"Name\":\"on-failure\",\"MaximumRetryCount\":3}");
	is_json(host, "LogConfig",
		"{\"Type\":\"json-file\",\"Config\":{\"max-file\":\"7\",\"max-size\":\"12345\"}"
		"}");
	is_json(host, "Ulimits",
		"[{\"Name\":\"nofile\",\"Hard\":20,\"Soft\":10},{\"Name\":\"core\",\"Hard\":-1,"
		"\"Soft\":-1}]");
	is_json(host, "Devices",
		"[{\"PathOnHost\":\"/dev/null\",\"PathInContainer\":\"/dev/"
		"x\",\"CgroupPermissions\":\"rw\"}]");
	is_json(host, "SecurityOpt", "[\"seccomp={\\\"a\\\":1}\",\"no-new-privileges\"]");
	is_json(host, "PidsLimit", "-1");
	is_json(host, "Init", "true");
}

static void wrong_members_are_named(void **state)
{
	static const struct {
		const char *host;
		const char *sentence;
	} examples[] = {
		{ "{\"Memory\":-1}", "HostConfig.Memory: the number is out of range" },
		{ "{\"CapAdd\":\"ALL\"}",
		  "HostConfig.CapAdd: expected an array, found a string" },
		{ "{\"Ulimits\":[{\"Hard\":1}]}", "HostConfig.Ulimits.Name: is missing" },
		{ "{\"Devices\":[3]}", "HostConfig.Devices: expected an array of objects" },
		{ "{\"LogConfig\":{\"Config\":{\"max-size\":\"x\"}}}",
		  "HostConfig.LogConfig.Config.max-size: \"x\" is no size" },
		{ "{\"Hoy\":{\"Mounts\":[{\"Type\":\"nfs\"}]}}",
		  "HostConfig.Hoy.Mounts.Type: expected bind, volume or tmpfs" },
		{ "{\"Hoy\":{\"Mounts\":[{\"Type\":\"bind\",\"Target\":\"/a\"}]}}",
		  "HostConfig.Hoy.Mounts.Source: is missing" },
		{ "{\"Hoy\":{\"EnvHex\":[\"410\"]}}", "HostConfig.Hoy: invalid hex" },
		{ "{\"Hoy\":{\"EnvHex\":[\"4100\"]}}", "HostConfig.Hoy: invalid hex" },
	};
	AUTO_ARENA struct arena arena = { 0 };
	struct container_config config;

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		AUTO_JSON struct json_object *host = json_tokener_parse(examples[i].host);
		struct err e = { 0 };

		assert_int_equal(container_config_from_json(NULL, host, &arena, &config, &e),
				 -EINVAL);
		assert_string_equal(e.text, examples[i].sentence);
	}
}

static void the_image_fills_what_the_user_left_open(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct mount_request mount = { .kind = MOUNT_BIND,
				       .source = "/x",
				       .destination = "/v1" };
	struct image_config image = {
		.user = "app",
		.working_dir = "/app",
		.stop_signal = "SIGINT",
		.env = list(&arena, "PATH=/bin", "A=image"),
		.labels = list(&arena, "l=image", "m=image"),
		.has_entrypoint = true,
		.entrypoint = list(&arena, "/entry", NULL),
		.has_cmd = true,
		.cmd = list(&arena, "image-cmd", NULL),
		.exposed_ports = list(&arena, "80/tcp", NULL),
		.volumes = list(&arena, "/v1", "/v2"),
	};
	struct container_config config = {
		.env = list(&arena, "A=user", "B"),
		.labels = list(&arena, "l=user", NULL),
		.mounts = &mount,
		.mount_count = 1,
	};

	(void)state;
	container_config_merge(&config, &arena, &image);
	equal_lists(&config.entrypoint, &image.entrypoint);
	equal_lists(&config.cmd, &image.cmd);
	assert_string_equal(config.user, "app");
	assert_string_equal(config.working_dir, "/app");
	assert_string_equal(config.stop_signal, "SIGINT");
	assert_int_equal(config.env.count, 3);
	assert_string_equal(config.env.items[0], "A=user");
	assert_string_equal(config.env.items[2], "PATH=/bin");
	assert_int_equal(config.labels.count, 2);
	assert_string_equal(config.labels.items[0], "l=user");
	assert_int_equal(config.mount_count, 2);
	assert_string_equal(config.mounts[1].destination, "/v2");
	assert_true(config.mounts[1].kind == MOUNT_VOLUME && config.mounts[1].is_anonymous);
}

static void a_command_of_the_user_s_replaces_the_image_s(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct image_config image = { .has_entrypoint = true,
				      .entrypoint = list(&arena, "/entry", NULL),
				      .has_cmd = true,
				      .cmd = list(&arena, "image-cmd", NULL),
				      .user = "app" };
	struct container_config with_cmd = { .has_cmd = true,
					     .cmd = list(&arena, "mine", NULL),
					     .user = "me" };
	struct container_config with_entrypoint = { .has_entrypoint = true,
						    .entrypoint = list(&arena, "/mine", NULL) };
	struct container_config without = { .has_entrypoint = true };

	(void)state;
	container_config_merge(&with_cmd, &arena, &image);
	assert_string_equal(with_cmd.entrypoint.items[0], "/entry");
	assert_string_equal(with_cmd.cmd.items[0], "mine");
	assert_string_equal(with_cmd.user, "me");
	container_config_merge(&with_entrypoint, &arena, &image);
	assert_string_equal(with_entrypoint.entrypoint.items[0], "/mine");
	assert_int_equal(with_entrypoint.cmd.count, 0);
	container_config_merge(&without, &arena, &image);
	assert_int_equal(without.entrypoint.count + without.cmd.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_survives_byte_for_byte),
		cmocka_unit_test(defaults_survive_too),
		cmocka_unit_test(keys_are_docker_s),
		cmocka_unit_test(wrong_members_are_named),
		cmocka_unit_test(the_image_fills_what_the_user_left_open),
		cmocka_unit_test(a_command_of_the_user_s_replaces_the_image_s),
	};

	return cmocka_run_group_tests_name("container_config", tests, NULL, NULL);
}
