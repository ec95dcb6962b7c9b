/*
 * What config.json may not say, and the sentence that each mistake gets. What it may say is in
 * tests/golden/oci.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "spec/runtime_spec_read.h"

struct refusal {
	const char *text;     /* put into the place that `around` has for it */
	const char *sentence; /* what is said, from its beginning */
};

struct parsed {
	struct arena arena;
	struct spec spec;
	struct strv warnings;
	struct err e;
	int r;
};

static void parse(struct parsed *p, const char *around, const char *text)
{
	AUTO_STR struct str json = { 0 };
	const char *place = strchr(around, '@');

	*p = (struct parsed){ 0 };
	if (place) {
		str_add_bytes(&json, around, (size_t)(place - around));
		str_add(&json, text);
		str_add(&json, place + 1);
	} else {
		str_add(&json, text);
	}
	p->r = spec_parse(str_text(&json), json.len, &p->arena, &p->spec, &p->warnings, &p->e);
}

static void all_refused(const char *around, const struct refusal *refusals)
{
	for (const struct refusal *refusal = refusals; refusal->text; refusal++) {
		struct parsed p;

		parse(&p, around, refusal->text);
		if (p.r >= 0)
			fail_msg("accepted: %s", refusal->text);
		if (strncmp(p.e.text, refusal->sentence, strlen(refusal->sentence)) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", refusal->text, p.e.text,
				 refusal->sentence);
		assert_int_equal(p.e.code, p.r);
		arena_done(&p.arena);
	}
}

#define IN_TOP	 "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"rootfs\"},@}"
#define IN_LINUX "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"rootfs\"},\"linux\":{@}}"
#define IN_PROCESS                                                  \
	"{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"rootfs\"}," \
	"\"process\":{\"args\":[\"sh\"],\"cwd\":\"/\",@}}"
#define IN_RESOURCES                                                \
	"{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"rootfs\"}," \
	"\"linux\":{\"resources\":{@}}}"

static void the_document_is_one_object_of_version_one(void **state)
{
	static const struct refusal refusals[] = {
		{ "", "config.json: line 1, column 1: the text ends" },
		{ "[]", "config.json: expected an object, found an array" },
		{ "{}", "ociVersion: missing" },
		{ "{\"ociVersion\":1}", "ociVersion: expected a string, found a number" },
		{ "{\"ociVersion\":\"0.6.0\"}", "ociVersion: \"0.6.0\" is not of the 1.x" },
		{ "{\"ociVersion\":\"2.0.0\"}", "ociVersion: \"2.0.0\" is not of the 1.x" },
		{ "{\"ociVersion\":\"1\"}", "ociVersion: \"1\" is not of the 1.x" },
		{ "{\"ociVersion\":\"1.0.0\"}", "root.path: missing" },
		{ "{\"ociVersion\":\"1.0.0\",\"root\":{}}", "root.path: missing" },
		{ "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"\"}}", "root.path: missing" },
		{ "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"a\\u0000b\"}}",
		  "root.path: contains a NUL" },
		{ "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"r\",\"readonly\":1}}",
		  "root.readonly: expected a boolean, found a number" },
		{ "{\"ociVersion\":\"1.0.0\",\"ociVersion\":\"1.0.0\"}",
		  "config.json: line 1, column 24: duplicate key" },
		{ 0 },
	};

	(void)state;
	all_refused("", refusals);
}

static void the_top_is_checked(void **state)
{
	static const struct refusal refusals[] = {
		{ "\"hostname\":[]", "hostname: expected a string, found an array" },
		{ "\"mounts\":{}", "mounts: expected an array, found an object" },
		{ "\"mounts\":[{}]", "mounts[0].destination: missing" },
		{ "\"mounts\":[null]", "mounts[0]: expected an object, found null" },
		{ "\"mounts\":[{\"destination\":\"/a\"},{\"destination\":\"/"
		  "b\",\"options\":[1]}]",
		  "mounts[1].options[0]: expected a string, found a number" },
		{ "\"mounts\":[{\"destination\":\"/a\",\"uidMappings\":[{\"containerID\":0}]}]",
		  "mounts[0].uidMappings[0].size: missing" },
		{ "\"annotations\":{\"a\":1}", "annotations.a: expected a string, found" },
		{ "\"annotations\":{\"a=b\":\"\"}", "annotations.a=b: a key is empty or has" },
		{ "\"hooks\":[]", "hooks: expected an object, found an array" },
		{ "\"hooks\":{\"poststart\":[{}]}", "hooks.poststart[0].path: missing" },
		{ "\"hooks\":{\"prestart\":[{\"path\":\"bin/x\"}]}",
		  "hooks.prestart[0].path: \"bin/x\" is not an absolute path" },
		{ "\"hooks\":{\"prestart\":[{\"path\":\"/x\",\"timeout\":0}]}",
		  "hooks.prestart[0].timeout: 0 is not in 1 .." },
		{ "\"hooks\":{\"prestart\":[{\"path\":\"/x\",\"timeout\":-1}]}",
		  "hooks.prestart[0].timeout: -1 is not in 1 .." },
		{ 0 },
	};

	(void)state;
	all_refused(IN_TOP, refusals);
}

static void an_identity_is_a_number_that_means_somebody(void **state)
{
	static const struct refusal refusals[] = {
		{ "\"user\":{\"uid\":4294967295}",
		  "process.user.uid: 4294967295 is not in 0 .. 2147483647" },
		{ "\"user\":{\"uid\":2147483648}", "process.user.uid: 2147483648 is not in" },
		{ "\"user\":{\"uid\":4294967296}", "process.user.uid: 4294967296 is not in" },
		{ "\"user\":{\"uid\":18446744073709551616}", "config.json: line 1, column" },
		{ "\"user\":{\"uid\":-1}", "process.user.uid: -1 is not in" },
		{ "\"user\":{\"uid\":1.0}",
		  "process.user.uid: expected an integer, found a fraction" },
		{ "\"user\":{\"uid\":\"0\"}",
		  "process.user.uid: expected an integer, found a string" },
		{ "\"user\":{\"gid\":4294967295}", "process.user.gid: 4294967295 is not in" },
		{ "\"user\":{\"additionalGids\":[0,4294967295]}",
		  "process.user.additionalGids[1]: 4294967295 is not in" },
		{ "\"user\":{\"umask\":512}", "process.user.umask: 512 is not in 0 .. 511" },
		{ 0 },
	};

	(void)state;
	all_refused(IN_PROCESS, refusals);
}

static void the_process_is_checked(void **state)
{
	static const struct refusal refusals[] = {
		{ "\"consoleSize\":{\"height\":65536}",
		  "process.consoleSize.height: 65536 is not in 0 .. 65535" },
		{ "\"env\":\"A=1\"", "process.env: expected an array, found a string" },
		{ "\"env\":[\"A=\\u0000\"]", "process.env[0]: contains a NUL" },
		{ "\"capabilities\":[\"CAP_KILL\"]",
		  "process.capabilities: expected an object, found an array" },
		{ "\"capabilities\":{\"bounding\":[5]}",
		  "process.capabilities.bounding[0]: expected a string" },
		{ "\"rlimits\":[{\"soft\":1,\"hard\":1}]", "process.rlimits[0].type: missing" },
		{ "\"rlimits\":[{\"type\":\"RLIMIT_X\"}]",
		  "process.rlimits[0].type: unknown value \"RLIMIT_X\"" },
		{ "\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"soft\":2,\"hard\":1}]",
		  "process.rlimits[0].soft: 2 is above the hard limit 1" },
		{ "\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"soft\":-1,\"hard\":1}]",
		  "process.rlimits[0].soft: -1 is not in" },
		{ "\"rlimits\":[{\"type\":\"RLIMIT_CORE\"},{\"type\":\"RLIMIT_CPU\"},"
		  "{\"type\":\"RLIMIT_CORE\"}]",
		  "process.rlimits[2].type: this limit stands here for the second time" },
		{ "\"oomScoreAdj\":1001", "process.oomScoreAdj: 1001 is not in -1000 .. 1000" },
		{ "\"scheduler\":{}", "process.scheduler.policy: missing" },
		{ "\"scheduler\":{\"policy\":\"SCHED_ISO\"}",
		  "process.scheduler.policy: unknown value \"SCHED_ISO\"" },
		{ "\"scheduler\":{\"policy\":\"SCHED_OTHER\",\"priority\":1}",
		  "process.scheduler.priority: only SCHED_FIFO and SCHED_RR" },
		{ "\"scheduler\":{\"policy\":\"SCHED_FIFO\",\"period\":1}",
		  "process.scheduler.runtime, deadline, period: only SCHED_DEADLINE" },
		{ "\"scheduler\":{\"policy\":\"SCHED_OTHER\",\"nice\":20}",
		  "process.scheduler.nice: 20 is not in -20 .. 19" },
		{ "\"scheduler\":{\"policy\":\"SCHED_OTHER\",\"flags\":[\"X\"]}",
		  "process.scheduler.flags[0]: unknown value \"X\"" },
		{ "\"ioPriority\":{\"priority\":1}", "process.ioPriority.class: missing" },
		{ "\"ioPriority\":{\"class\":\"IOPRIO_CLASS_BE\",\"priority\":8}",
		  "process.ioPriority.priority: 8 is not in 0 .. 7" },
		{ "\"execCPUAffinity\":{\"initial\":\"all\"}",
		  "process.execCPUAffinity.initial: \"all\" is no list" },
		{ 0 },
	};
	static const struct refusal whole[] = {
		{ "\"process\":{\"args\":[\"sh\"]}", "process.cwd: missing" },
		{ "\"process\":{\"args\":[\"sh\"],\"cwd\":\"tmp\"}",
		  "process.cwd: \"tmp\" is not an absolute path" },
		{ "\"process\":{\"cwd\":\"/\"}", "process.args: missing, or empty" },
		{ "\"process\":{\"cwd\":\"/\",\"args\":[]}",
		  "process.args: missing, or empty" },
		{ "\"process\":[]", "process: expected an object, found an array" },
		{ 0 },
	};

	(void)state;
	all_refused(IN_PROCESS, refusals);
	all_refused(IN_TOP, whole);
}

static void namespaces_and_mappings_are_checked(void **state)
{
	static const struct refusal refusals[] = {
		{ "\"namespaces\":[{}]", "linux.namespaces[0].type: missing" },
		{ "\"namespaces\":[{\"type\":\"net\"}]",
		  "linux.namespaces[0].type: unknown value \"net\"" },
		{ "\"namespaces\":[{\"type\":\"pid\",\"path\":\"proc/1/ns/pid\"}]",
		  "linux.namespaces[0].path: \"proc/1/ns/pid\" is not an absolute path" },
		{ "\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"uts\"},"
		  "{\"type\":\"pid\",\"path\":\"/proc/1/ns/pid\"}]",
		  "linux.namespaces[2].type: this kind stands here for the second time" },
		{ "\"uidMappings\":[{\"containerID\":0,\"hostID\":4294967295,\"size\":1}]",
		  "linux.uidMappings[0].hostID: 4294967295 is not in" },
		{ "\"uidMappings\":[{\"containerID\":0,\"hostID\":4294967294,\"size\":2}]",
		  "linux.uidMappings[0].size: 2 ids from 0 and 4294967294 go too far" },
		{ "\"gidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":0}]",
		  "linux.gidMappings[0].size: 0 is not in 1 .." },
		{ "\"timeOffsets\":{\"realtime\":{\"secs\":1}}",
		  "linux.timeOffsets.realtime: neither monotonic nor boottime" },
		{ "\"timeOffsets\":{\"boottime\":{\"nanosecs\":1000000000}}",
		  "linux.timeOffsets.boottime.nanosecs: 1000000000 is not in" },
		{ "\"netDevices\":{\"a/b\":{}}",
		  "linux.netDevices.a/b: \"a/b\" is not a name of an interface" },
		{ "\"netDevices\":{\"eth0\":{\"name\":\"aaaaaaaaaaaaaaaa\"}}",
		  "linux.netDevices.eth0.name: \"aaaaaaaaaaaaaaaa\" is not a name" },
		{ "\"netDevices\":{\"eth0\":null}",
		  "linux.netDevices.eth0: expected an object, found null" },
		{ 0 },
	};

	(void)state;
	all_refused(IN_LINUX, refusals);
}

static void devices_and_the_rest_of_linux_are_checked(void **state)
{
	static const struct refusal refusals[] = {
		{ "\"devices\":[{\"path\":\"dev/x\",\"type\":\"p\"}]",
		  "linux.devices[0].path: \"dev/x\" is not an absolute path" },
		{ "\"devices\":[{\"path\":\"/dev/x\"}]", "linux.devices[0].type: missing" },
		{ "\"devices\":[{\"path\":\"/dev/x\",\"type\":\"s\"}]",
		  "linux.devices[0].type: unknown value \"s\"" },
		{ "\"devices\":[{\"path\":\"/dev/x\",\"type\":\"c\",\"major\":1}]",
		  "linux.devices[0]: major or minor is missing" },
		{ "\"devices\":[{\"path\":\"/dev/x\",\"type\":\"c\",\"major\":-1,\"minor\":0}]",
		  "linux.devices[0].major: -1 is not in" },
		{ "\"devices\":[{\"path\":\"/dev/x\",\"type\":\"p\",\"uid\":4294967295}]",
		  "linux.devices[0].uid: 4294967295 is not in" },
		{ "\"maskedPaths\":[\"/proc/kcore\",\"proc/keys\"]",
		  "linux.maskedPaths[1]: \"proc/keys\" is not an absolute path" },
		{ "\"readonlyPaths\":[\"\"]", "linux.readonlyPaths[0]: missing" },
		{ "\"sysctl\":{\"net.a\":1}", "linux.sysctl.net.a: expected a string, found" },
		{ "\"intelRdt\":{\"closID\":\"a\"}", "linux.intelRdt: not supported" },
		{ "\"personality\":{}", "linux.personality.domain: missing" },
		{ "\"personality\":{\"domain\":\"BSD\"}",
		  "linux.personality.domain: unknown value \"BSD\"" },
		{ "\"personality\":{\"domain\":\"LINUX\",\"flags\":[\"ADDR_NO_RANDOMIZE\"]}",
		  "linux.personality.flags: no flag is supported" },
		{ "\"memoryPolicy\":{}", "linux.memoryPolicy.mode: missing" },
		{ "\"memoryPolicy\":{\"mode\":\"MPOL_BIND\",\"nodes\":\"a\"}",
		  "linux.memoryPolicy.nodes: \"a\" is no list of nodes" },
		{ "\"seccomp\":{}", "linux.seccomp.defaultAction: missing" },
		{ "\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"listenerMetadata\":"
		  "\"m\"}",
		  "linux.seccomp.listenerMetadata: there is no listenerPath" },
		{ "\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{}]}",
		  "linux.seccomp.syscalls[0].names: missing, or empty" },
		{ "\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":"
		  "[{\"names\":[\"a\"]}]}",
		  "linux.seccomp.syscalls[0].action: missing" },
		{ "\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":"
		  "[{\"names\":[\"a\"],\"action\":\"x\",\"args\":[{\"index\":6}]}]}",
		  "linux.seccomp.syscalls[0].args[0].index: 6 is not in 0 .. 5" },
		{ 0 },
	};

	(void)state;
	all_refused(IN_LINUX, refusals);
}

static void resources_are_checked(void **state)
{
	static const struct refusal refusals[] = {
		{ "\"devices\":[{\"allow\":true}]",
		  "linux.resources.devices[0].access: missing" },
		{ "\"devices\":[{\"allow\":true,\"access\":\"rx\"}]",
		  "linux.resources.devices[0].access: \"rx\" is not made of r, w, m" },
		{ "\"devices\":[{\"allow\":true,\"access\":\"r\",\"type\":\"p\"}]",
		  "linux.resources.devices[0].type: unknown value \"p\"" },
		{ "\"memory\":{\"limit\":\"1g\"}",
		  "linux.resources.memory.limit: expected an integer, found a string" },
		{ "\"memory\":{\"limit\":-2}",
		  "linux.resources.memory.limit: -2 is not in -1 .. 9223372036854775807" },
		{ "\"memory\":{\"limit\":9223372036854775808}",
		  "linux.resources.memory.limit: 9223372036854775808 is not in" },
		{ "\"memory\":{\"swappiness\":101}",
		  "linux.resources.memory.swappiness: 101 is not in 0 .. 100" },
		{ "\"cpu\":{\"quota\":100,\"burst\":101}",
		  "linux.resources.cpu.burst: larger than the quota" },
		{ "\"cpu\":{\"shares\":-1}", "linux.resources.cpu.shares: -1 is not in" },
		{ "\"cpu\":{\"idle\":2}", "linux.resources.cpu.idle: 2 is not in 0 .. 1" },
		{ "\"pids\":{\"limit\":-2}", "linux.resources.pids.limit: -2 is not in" },
		{ "\"blockIO\":{\"weight\":1001}",
		  "linux.resources.blockIO.weight: 1001 is not in 0 .. 1000" },
		{ "\"blockIO\":{\"weightDevice\":[{\"major\":8,\"minor\":0}]}",
		  "linux.resources.blockIO.weightDevice[0]: neither weight nor leafWeight" },
		{ "\"blockIO\":{\"throttleReadBpsDevice\":[{\"rate\":1}]}",
		  "linux.resources.blockIO.throttleReadBpsDevice[0]: major or minor is "
		  "missing" },
		{ "\"hugepageLimits\":[{\"pageSize\":\"../x\",\"limit\":1}]",
		  "linux.resources.hugepageLimits[0].pageSize: \"../x\" is not like 64KB" },
		{ "\"network\":{\"priorities\":[{\"name\":\"eth0 1\"}]}",
		  "linux.resources.network.priorities[0].name: \"eth0 1\" is not a name" },
		{ "\"rdma\":{\"mlx5\":{}}",
		  "linux.resources.rdma.mlx5: neither hcaHandles nor hcaObjects" },
		{ "\"rdma\":{\"a b\":{\"hcaHandles\":1}}",
		  "linux.resources.rdma.a b: not the name of a device" },
		{ "\"unified\":{\"../cgroup.procs\":\"1\"}",
		  "linux.resources.unified: \"../cgroup.procs\" is not the name of a control" },
		{ "\"unified\":{\"memory/high\":\"1\"}",
		  "linux.resources.unified: \"memory/high\" is not the name of a control" },
		{ 0 },
	};

	(void)state;
	all_refused(IN_RESOURCES, refusals);
}

static void annotations_that_change_what_is_started_are_obeyed_or_refused(void **state)
{
	static const struct refusal refusals[] = {
		{ "\"handler\":\"krun\"",
		  "annotations.run.oci.handler: there is no handler \"krun\"" },
		{ "\"seccomp.plugins\":\"/p.so\"",
		  "annotations.run.oci.seccomp.plugins: not supported" },
		{ "\"hooks.stdout\":\"log\"",
		  "annotations.run.oci.hooks.stdout: \"log\" is not an absolute path" },
		{ "\"systemd.subgroup\":\"x\"",
		  "annotations.run.oci.systemd.subgroup: not supported" },
		{ "\"delegate-cgroup\":\"x\"",
		  "annotations.run.oci.delegate-cgroup: not supported" },
		{ "\"mount_context_type\":\"x\"",
		  "annotations.run.oci.mount_context_type: unknown value \"x\"" },
		{ "\"timens_offset\":\"monotonic 1\"",
		  "annotations.run.oci.timens_offset: not CLOCK SECONDS NANOSECONDS" },
		{ "\"timens_offset\":\"realtime 1 0\"",
		  "annotations.run.oci.timens_offset: not CLOCK SECONDS NANOSECONDS" },
		{ 0 },
	};

	(void)state;
	for (const struct refusal *refusal = refusals; refusal->text; refusal++) {
		AUTO_STR struct str text = { 0 };
		struct refusal one[] = { { NULL, refusal->sentence }, { 0 } };

		str_printf(&text, "\"annotations\":{\"run.oci.%s}", refusal->text + 1);
		one[0].text = str_text(&text);
		all_refused(IN_TOP, one);
	}
}

static void annotations_of_crun_are_read(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, IN_TOP,
	      "\"annotations\":{\"run.oci.keep_original_groups\":\"1\","
	      "\"run.oci.seccomp.receiver\":\"/run/agent\","
	      "\"run.oci.hooks.stderr\":\"/var/log/hooks\","
	      "\"run.oci.systemd.subgroup\":\"\","
	      "\"run.oci.timens_offset\":\"7 -1 0\\nmonotonic 2 5\","
	      "\"run.oci.tomorrow\":\"1\"},"
	      "\"linux\":{\"timeOffsets\":{}}");
	assert_int_equal(p.r, 0);
	assert_true(p.spec.extensions.keeps_groups);
	assert_string_equal(p.spec.seccomp.listener_path, "/run/agent");
	assert_string_equal(p.spec.hooks_poststop.error_path, "/var/log/hooks");
	assert_null(p.spec.hooks_poststop.output_path);
	assert_int_equal(p.spec.time_offsets.count, 2);
	assert_string_equal(p.spec.time_offsets.items[0], "boottime -1 0");
	assert_string_equal(p.spec.time_offsets.items[1], "monotonic 2 5");
	assert_int_equal(p.warnings.count, 1);
	assert_string_equal(p.warnings.items[0],
			    "annotations.run.oci.tomorrow: ignored, not known here");
	arena_done(&p.arena);
}

static void what_the_specification_does_not_know_is_ignored(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, IN_TOP,
	      "\"future\":{\"x\":[1,2]},\"hostname\":null,\"linux\":{\"future\":true,"
	      "\"resources\":{\"memory\":{\"limit\":null,\"future\":1}}}");
	assert_int_equal(p.r, 0);
	assert_null(p.spec.hostname);
	assert_false(p.spec.resources.memory_limit.is_set);
	assert_int_equal(p.warnings.count, 0);
	arena_done(&p.arena);
}

static void what_is_absent_is_left_alone(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, IN_LINUX, "\"namespaces\":[{\"type\":\"pid\"}],\"cgroupsPath\":\"\"");
	assert_int_equal(p.r, 0);
	assert_false(p.spec.has_process);
	assert_false(p.spec.has_seccomp);
	assert_int_equal(p.spec.personality, UINT32_MAX);
	assert_int_equal(p.spec.namespaces[0].fd, -1);
	assert_null(p.spec.namespaces[0].path);
	assert_null(p.spec.cgroups_path);
	arena_done(&p.arena);
}

static void a_capability_of_tomorrow_is_left_out_with_a_warning(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, IN_PROCESS,
	      "\"capabilities\":{\"bounding\":[\"CAP_KILL\",\"CAP_TOMORROW\",\"kill\"]}");
	assert_int_equal(p.r, 0);
	assert_true(p.spec.process.has_capabilities);
	assert_int_equal(p.spec.process.capabilities.bounding, 1 << 5);
	assert_int_equal(p.warnings.count, 2);
	assert_non_null(strstr(p.warnings.items[0], "CAP_TOMORROW"));
	arena_done(&p.arena);
}

static void a_document_above_its_limit_is_refused_unread(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_FREE char *spaces = malloc(SPEC_CONFIG_MAX + 1);
	struct strv warnings;
	struct spec spec;
	struct err e = { 0 };

	(void)state;
	assert_non_null(spaces);
	memset(spaces, ' ', SPEC_CONFIG_MAX + 1);
	assert_int_equal(spec_parse(spaces, SPEC_CONFIG_MAX + 1, &arena, &spec, &warnings, &e),
			 -EFBIG);
	assert_string_equal(e.text, "config.json: larger than 4194304 bytes");
}

static void too_many_of_anything_is_refused(void **state)
{
	AUTO_STR struct str many = { 0 };
	struct parsed p;

	(void)state;
	str_add(&many, "\"mounts\":[");
	for (int i = 0; i <= 16 * 1024; i++)
		str_add(&many, i ? ",{\"destination\":\"/a\"}" : "{\"destination\":\"/a\"}");
	str_add(&many, "]");
	parse(&p, IN_TOP, str_text(&many));
	assert_int_equal(p.r, -E2BIG);
	assert_string_equal(p.e.text, "mounts: more than 16384 items");
	arena_done(&p.arena);
}

static void a_process_comes_alone_too(void **state)
{
	static const char json[] = "{\"args\":[\"id\"],\"cwd\":\"/\",\"user\":{\"uid\":7}}";
	static const char bad[] = "{\"args\":[\"id\"],\"cwd\":\"/\",\"user\":{\"uid\":-7}}";
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_process process;
	struct strv warnings;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(
		spec_parse_process(json, strlen(json), &arena, &process, &warnings, &e), 0);
	assert_int_equal(process.user.uid, 7);
	assert_int_equal(spec_parse_process(bad, strlen(bad), &arena, &process, &warnings, &e),
			 -ERANGE);
	assert_string_equal(e.text, "user.uid: -7 is not in 0 .. 2147483647");
	assert_int_equal(spec_parse_process("7", 1, &arena, &process, &warnings, &e), -EINVAL);
	assert_string_equal(e.text, "process: expected an object, found a number");
}

static void resources_come_alone_too(void **state)
{
	static const char json[] = "{\"memory\":{\"limit\":7,\"swappiness\":"
				   "18446744073709551615,\"kernel\":4096}}";
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_resources resources;
	struct strv warnings;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(
		spec_parse_resources(json, strlen(json), &arena, &resources, &warnings, &e), 0);
	assert_int_equal(resources.memory_limit.value, 7);
	assert_false(resources.memory_swappiness.is_set);
	assert_int_equal(warnings.count, 1);
	assert_string_equal(warnings.items[0],
			    "resources.memory.kernel: ignored, it has no effect on Linux");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_document_is_one_object_of_version_one),
		cmocka_unit_test(the_top_is_checked),
		cmocka_unit_test(an_identity_is_a_number_that_means_somebody),
		cmocka_unit_test(the_process_is_checked),
		cmocka_unit_test(namespaces_and_mappings_are_checked),
		cmocka_unit_test(devices_and_the_rest_of_linux_are_checked),
		cmocka_unit_test(resources_are_checked),
		cmocka_unit_test(annotations_that_change_what_is_started_are_obeyed_or_refused),
		cmocka_unit_test(annotations_of_crun_are_read),
		cmocka_unit_test(what_the_specification_does_not_know_is_ignored),
		cmocka_unit_test(what_is_absent_is_left_alone),
		cmocka_unit_test(a_capability_of_tomorrow_is_left_out_with_a_warning),
		cmocka_unit_test(a_document_above_its_limit_is_refused_unread),
		cmocka_unit_test(too_many_of_anything_is_refused),
		cmocka_unit_test(a_process_comes_alone_too),
		cmocka_unit_test(resources_come_alone_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
