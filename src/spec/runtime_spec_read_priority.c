/*
 * "process.scheduler" and "process.ioPriority" of config.json.
 *
 * Runs in: runtime.
 * See: sched(7), sched_setattr(2), ioprio_set(2).
 */
#include <linux/ioprio.h>
#include <linux/sched.h>

#include "spec/runtime_spec.h"
#include "spec/runtime_spec_parts.h"

enum { POLICY_MISSING = -1, REALTIME_PRIORITY_MAX = 99 };

static const struct member_word policies[] = {
	{ "SCHED_OTHER", SCHED_NORMAL },
	{ "SCHED_FIFO", SCHED_FIFO },
	{ "SCHED_RR", SCHED_RR },
	{ "SCHED_BATCH", SCHED_BATCH },
	{ "SCHED_IDLE", SCHED_IDLE },
	{ "SCHED_DEADLINE", SCHED_DEADLINE },
	{ 0 }, /* SCHED_ISO never came to Linux */
};

static const struct member_word flags[] = {
	{ "SCHED_FLAG_RESET_ON_FORK", SCHED_FLAG_RESET_ON_FORK },
	{ "SCHED_FLAG_RECLAIM", SCHED_FLAG_RECLAIM },
	{ "SCHED_FLAG_DL_OVERRUN", SCHED_FLAG_DL_OVERRUN },
	{ "SCHED_FLAG_KEEP_POLICY", SCHED_FLAG_KEEP_POLICY },
	{ "SCHED_FLAG_KEEP_PARAMS", SCHED_FLAG_KEEP_PARAMS },
	{ "SCHED_FLAG_UTIL_CLAMP_MIN", SCHED_FLAG_UTIL_CLAMP_MIN },
	{ "SCHED_FLAG_UTIL_CLAMP_MAX", SCHED_FLAG_UTIL_CLAMP_MAX },
	{ 0 },
};

static int scheduler_check(const struct spec_process *process, const struct reading *in)
{
	uint32_t policy = process->scheduler.policy;
	bool has_deadline = process->scheduler.runtime || process->scheduler.deadline ||
			    process->scheduler.period;

	if (policy == (uint32_t)POLICY_MISSING)
		return reading_fail(in, -EINVAL, "policy: missing");
	if (process->scheduler.priority != 0 && policy != SCHED_FIFO && policy != SCHED_RR)
		return reading_fail(in, -EINVAL,
				    "priority: only SCHED_FIFO and SCHED_RR have one");
	if (has_deadline && policy != SCHED_DEADLINE)
		return reading_fail(in, -EINVAL,
				    "runtime, deadline, period: only SCHED_DEADLINE has them");
	return 0;
}

int spec_read_scheduler(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("policy", struct spec_process, scheduler.policy), .read = member_word,
		  .words = policies },
		{ MEMBER("nice", struct spec_process, scheduler.nice), .read = member_integer,
		  .min = -20, .max = 19 },
		{ MEMBER("priority", struct spec_process, scheduler.priority),
		  .read = member_integer, .max = REALTIME_PRIORITY_MAX },
		{ MEMBER("flags", struct spec_process, scheduler.flags), .read = member_flags,
		  .words = flags },
		{ MEMBER("runtime", struct spec_process, scheduler.runtime),
		  .read = member_integer, .max = INT64_MAX },
		{ MEMBER("deadline", struct spec_process, scheduler.deadline),
		  .read = member_integer, .max = INT64_MAX },
		{ MEMBER("period", struct spec_process, scheduler.period),
		  .read = member_integer, .max = INT64_MAX },
		{ 0 },
	};
	struct spec_process *process = ret;
	int r;

	process->has_scheduler = true;
	process->scheduler.policy = (uint32_t)POLICY_MISSING;
	r = members_read(members, value, in, ret);
	return r < 0 ? r : scheduler_check(process, in);
}

int spec_read_io_priority(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member_word classes[] = {
		{ "IOPRIO_CLASS_RT", IOPRIO_CLASS_RT },
		{ "IOPRIO_CLASS_BE", IOPRIO_CLASS_BE },
		{ "IOPRIO_CLASS_IDLE", IOPRIO_CLASS_IDLE },
		{ 0 },
	};
	static const struct member members[] = {
		{ MEMBER("class", struct spec_process, io_priority_class), .read = member_word,
		  .words = classes },
		{ MEMBER("priority", struct spec_process, io_priority), .read = member_integer,
		  .max = IOPRIO_NR_LEVELS - 1 },
		{ 0 },
	};
	struct spec_process *process = ret;
	int r;

	process->has_io_priority = true;
	r = members_read(members, value, in, ret);
	if (r == 0 && process->io_priority_class == IOPRIO_CLASS_NONE)
		r = reading_fail(in, -EINVAL, "class: missing");
	return r;
}
