/* Plans: a block that was checked can be followed wherever it leads, to the end of every text
 * and array. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "proto/plan.h"

static size_t follow_text(const struct plan_header *plan, plan_text text)
{
	const char *s = plan_get_text(plan, text);

	return s ? strlen(s) : 0;
}

static size_t follow_texts(const struct plan_header *plan, struct plan_list list)
{
	const plan_text *texts = plan_array(plan, list, plan_text);
	size_t sum = 0;

	for (uint32_t i = 0; i < list.count; i++)
		sum += follow_text(plan, texts[i]);
	return sum;
}

static size_t follow_bytes(const struct plan_header *plan, struct plan_list list, size_t size)
{
	const char *bytes = plan_array(plan, list, char);
	size_t sum = 0;

	for (size_t i = 0; i < list.count * size; i++)
		sum += (unsigned char)bytes[i];
	return sum;
}

static size_t follow_mounts(const struct plan_header *plan)
{
	const struct plan_mount *m = plan_array(plan, plan->mounts, struct plan_mount);
	size_t sum = 0;

	for (uint32_t i = 0; i < plan->mounts.count; i++, m++)
		sum += follow_text(plan, m->destination) + follow_text(plan, m->type) +
		       follow_text(plan, m->source) + follow_text(plan, m->data);
	return sum;
}

static size_t follow_hooks(const struct plan_header *plan, struct plan_list list)
{
	const struct plan_hook *hooks = plan_array(plan, list, struct plan_hook);
	size_t sum = 0;

	for (uint32_t i = 0; i < list.count; i++)
		sum += follow_text(plan, hooks[i].path) + follow_texts(plan, hooks[i].args) +
		       follow_texts(plan, hooks[i].env);
	return sum;
}

static size_t follow_pairs(const struct plan_header *plan, struct plan_list list)
{
	const struct plan_pair *pairs = plan_array(plan, list, struct plan_pair);
	size_t sum = 0;

	for (uint32_t i = 0; i < list.count; i++)
		sum += follow_text(plan, pairs[i].key) + follow_text(plan, pairs[i].value);
	return sum;
}

static size_t follow(const struct plan_header *plan)
{
	return follow_mounts(plan) + follow_hooks(plan, plan->hooks_create) +
	       follow_hooks(plan, plan->hooks_start) + follow_pairs(plan, plan->links) +
	       follow_pairs(plan, plan->sysctls) + follow_texts(plan, plan->args) +
	       follow_texts(plan, plan->env) + follow_texts(plan, plan->masked) +
	       follow_texts(plan, plan->readonly) + follow_text(plan, plan->hostname) +
	       follow_text(plan, plan->cwd) + follow_text(plan, plan->hold_stage) +
	       follow_bytes(plan, plan->seccomp, PLAN_FILTER_SIZE) +
	       follow_bytes(plan, plan->groups, sizeof(uint32_t)) +
	       follow_bytes(plan, plan->memory_nodes, sizeof(uint64_t)) +
	       follow_bytes(plan, plan->cpus_initial, sizeof(uint64_t)) +
	       follow_bytes(plan, plan->cpus_final, sizeof(uint64_t)) +
	       follow_bytes(plan, plan->keep_fds, sizeof(int32_t)) +
	       follow_bytes(plan, plan->rlimits, sizeof(struct plan_rlimit)) +
	       follow_bytes(plan, plan->cgroup_fds, sizeof(int32_t)) +
	       follow_bytes(plan, plan->join_namespaces, sizeof(struct plan_namespace)) +
	       follow_bytes(plan, plan->devices, sizeof(struct plan_device)) +
	       follow_bytes(plan, plan->cgroup_mounts, sizeof(struct plan_cgroup_mount));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct plan_header *plan = malloc(size + 1);
	struct err e = { 0 };

	if (!plan)
		return 0;
	memcpy(plan, data, size);
	if (size >= sizeof(*plan)) {
		/* What a fuzzer would hardly guess. */
		plan->magic = PLAN_MAGIC;
		plan->version = PLAN_VERSION;
		plan->size = (uint32_t)size;
	}
	if (plan_check(plan, size, &e) == 0)
		assert(follow(plan) < SIZE_MAX);
	else
		assert(e.kind != ERR_NONE && e.text[0] != '\0');
	free(plan);
	return 0;
}
