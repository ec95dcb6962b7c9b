/*
 * See update_options.h.
 *
 * Runs in: runtime.
 */
#include "oci/update_options.h"

#include <string.h>

#include "format/json.h"
#include "format/size.h"

enum limit_kind { KIND_NUMBER, KIND_BYTES, KIND_TEXT };

/* Those of one object stand together. */
static const struct limit {
	enum update_limit limit;
	const char *flag;
	const char *object;
	const char *key;
	enum limit_kind kind;
} limit_table[] = {
	{ LIMIT_BLKIO_WEIGHT, "blkio-weight", "blockIO", "weight", KIND_NUMBER },
	{ LIMIT_CPU_BURST, "cpu-burst", "cpu", "burst", KIND_NUMBER },
	{ LIMIT_CPU_IDLE, "cpu-idle", "cpu", "idle", KIND_NUMBER },
	{ LIMIT_CPU_PERIOD, "cpu-period", "cpu", "period", KIND_NUMBER },
	{ LIMIT_CPU_QUOTA, "cpu-quota", "cpu", "quota", KIND_NUMBER },
	{ LIMIT_CPU_RT_PERIOD, "cpu-rt-period", "cpu", "realtimePeriod", KIND_NUMBER },
	{ LIMIT_CPU_RT_RUNTIME, "cpu-rt-runtime", "cpu", "realtimeRuntime", KIND_NUMBER },
	{ LIMIT_CPU_SHARES, "cpu-share", "cpu", "shares", KIND_NUMBER },
	{ LIMIT_CPUSET_CPUS, "cpuset-cpus", "cpu", "cpus", KIND_TEXT },
	{ LIMIT_CPUSET_MEMS, "cpuset-mems", "cpu", "mems", KIND_TEXT },
	{ LIMIT_MEMORY_KERNEL, "kernel-memory", "memory", "kernel", KIND_BYTES },
	{ LIMIT_MEMORY_KERNEL_TCP, "kernel-memory-tcp", "memory", "kernelTCP", KIND_BYTES },
	{ LIMIT_MEMORY, "memory", "memory", "limit", KIND_BYTES },
	{ LIMIT_MEMORY_RESERVATION, "memory-reservation", "memory", "reservation", KIND_BYTES },
	{ LIMIT_MEMORY_SWAP, "memory-swap", "memory", "swap", KIND_BYTES },
	{ LIMIT_PIDS, "pids-limit", "pids", "limit", KIND_NUMBER },
};

#define LIMIT(name, limit, value, help)                                                     \
	{                                                                                   \
		name, 0, OPTION_TEXT, offsetof(struct update_options, limits[limit]), NULL, \
			value, help                                                         \
	}
const struct option update_option_table[] = {
	{ "resources", 'r', OPTION_TEXT, offsetof(struct update_options, resources), NULL,
	  "file",
	  "Read the resources from this JSON file (-: standard input); other options do not "
	  "count then" },
	LIMIT("blkio-weight", LIMIT_BLKIO_WEIGHT, "weight", "Share of block I/O, 10 to 1000"),
	LIMIT("cpu-burst", LIMIT_CPU_BURST, "us", "Time that may be saved up over the quota"),
	LIMIT("cpu-idle", LIMIT_CPU_IDLE, "0|1", "1: run when nobody else wants to"),
	LIMIT("cpu-period", LIMIT_CPU_PERIOD, "us", "Period of the quota"),
	LIMIT("cpu-quota", LIMIT_CPU_QUOTA, "us", "Processor time in each period; -1: any"),
	LIMIT("cpu-rt-period", LIMIT_CPU_RT_PERIOD, "us", "Period of the realtime runtime"),
	LIMIT("cpu-rt-runtime", LIMIT_CPU_RT_RUNTIME, "us", "Realtime in each period"),
	LIMIT("cpu-share", LIMIT_CPU_SHARES, "shares", "Share of processor time"),
	LIMIT("cpuset-cpus", LIMIT_CPUSET_CPUS, "list", "Processors: 0-3,7"),
	LIMIT("cpuset-mems", LIMIT_CPUSET_MEMS, "list", "Memory nodes: 0-1"),
	LIMIT("kernel-memory", LIMIT_MEMORY_KERNEL, "bytes", NULL),
	LIMIT("kernel-memory-tcp", LIMIT_MEMORY_KERNEL_TCP, "bytes", NULL),
	LIMIT("memory", LIMIT_MEMORY, "bytes", "Memory; -1: any"),
	LIMIT("memory-reservation", LIMIT_MEMORY_RESERVATION, "bytes",
	      "Memory that is left when others need some"),
	LIMIT("memory-swap", LIMIT_MEMORY_SWAP, "bytes", "Memory and swap together; -1: any"),
	LIMIT("pids-limit", LIMIT_PIDS, "n", "Number of processes; -1: any"),
	{ "l3-cache-schema", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "mem-bw-schema", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef LIMIT

static int number_parse(const struct limit *limit, const char *text, int64_t *ret)
{
	if (limit->kind == KIND_BYTES && strcmp(text, "-1") != 0)
		return size_parse(text, ret);
	return parse_i64(text, INT64_MIN, INT64_MAX, ret);
}

static int limit_write(const struct limit *limit, const char *text, struct json_writer *w,
		       struct err *e)
{
	int64_t number = 0;

	if (limit->kind == KIND_TEXT) {
		json_write_text(w, limit->key, text);
		return 0;
	}
	if (number_parse(limit, text, &number) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "invalid value for %s: \"%.64s\"",
			       limit->flag, text);
	json_write_i64(w, limit->key, number);
	return 0;
}

int update_options_json(const struct update_options *options, struct str *out, struct err *e)
{
	struct json_writer w = { .out = out };
	const char *object = NULL;

	json_begin_object(&w, NULL);
	for (size_t i = 0; i < sizeof(limit_table) / sizeof(limit_table[0]); i++) {
		const struct limit *limit = &limit_table[i];
		const char *text = options->limits[limit->limit];
		int r;

		if (!text)
			continue;
		if (!str_equal(object, limit->object)) {
			if (object)
				json_end_object(&w);
			json_begin_object(&w, limit->object);
			object = limit->object;
		}
		r = limit_write(limit, text, &w, e);
		if (r < 0)
			return r;
	}
	if (object)
		json_end_object(&w);
	json_end_object(&w);
	return str_ok(out) < 0 ? err_sys(e, ENOMEM, "resources") : 0;
}
