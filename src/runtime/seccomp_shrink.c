/*
 * See seccomp_shrink.h.
 *
 * The new program is written from its end to its beginning: BPF jumps only forward, so that
 * every target is there already when the jump to it is written, and one that is too far for
 * eight bits gets a step in between.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/seccomp_shrink.h"

#include <errno.h>
#include <linux/audit.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "runtime/seccomp_bpf.h"

enum { ARCHES_MAX = SECCOMP_ARCHES_MAX, NEAR_MAX = 255, X32_BIT = 0x40000000, TRIALS = 4 };

/* What a system call leads to: an action, or the place in the old program where arguments begin
 * to matter. */
struct outcome {
	bool is_action;
	uint32_t value;
};

struct range { /* of numbers, up to the start of the next one */
	uint32_t start;
	struct outcome outcome;
};

struct label { /* where in the new program an outcome can be jumped to: counted from its end, 1
		  is the last instruction */
	struct outcome outcome;
	size_t position;
};

struct shrinker {
	struct bpf_program old;
	uint32_t default_action;
	const struct seccomp_known *known;
	bool says_more; /* than the old program: ENOSYS */
	uint32_t arches[ARCHES_MAX];
	size_t arch_count;
	uint32_t *points; /* numbers at which the outcome may change, sorted */
	size_t point_count;
	struct range *ranges; /* of the architecture at hand */
	size_t range_count;
	struct sock_filter code[BPF_MAXINSNS]; /* backwards: code[0] is the last instruction */
	size_t count;
	bool is_full;
	struct label *labels;
	size_t label_count;
};

/* --- looking at the old program
 * ----------------------------------------------------------------------------------------------
 */

enum holds { HOLDS_NUMBER = 1, HOLDS_ARCH = 2, HOLDS_ARGUMENT = 4 };

static int point_compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void points_sort(struct shrinker *s)
{
	size_t count = 0;

	qsort(s->points, s->point_count, sizeof(*s->points), point_compare);
	for (size_t i = 0; i < s->point_count; i++) {
		if (i == 0 || s->points[i] != s->points[i - 1])
			s->points[count++] = s->points[i];
	}
	s->point_count = count;
}

static bool arch_add(struct shrinker *s, uint32_t arch)
{
	for (size_t i = 0; i < s->arch_count; i++) {
		if (s->arches[i] == arch)
			return true;
	}
	if (s->arch_count == ARCHES_MAX)
		return false;
	s->arches[s->arch_count++] = arch;
	return true;
}

static unsigned char holds_after(const struct sock_filter *f, unsigned char before)
{
	if (BPF_CLASS(f->code) != BPF_LD)
		return before;
	if (f->k == offsetof(struct seccomp_data, nr))
		return HOLDS_NUMBER;
	return f->k == offsetof(struct seccomp_data, arch) ? HOLDS_ARCH : HOLDS_ARGUMENT;
}

/* One pass is enough: jumps go forward. `holds` says what A may hold before each instruction.
 */
static bool comparisons_collect(struct shrinker *s, unsigned char *holds)
{
	for (size_t i = 0; i < s->old.count; i++) {
		const struct sock_filter *f = &s->old.items[i];
		unsigned char after = holds_after(f, holds[i]);
		bool is_jump = BPF_CLASS(f->code) == BPF_JMP && BPF_OP(f->code) != BPF_JA;

		if (f->code == (BPF_RET | BPF_K))
			continue;
		/* Masked numbers would change their outcome elsewhere than at the constants. */
		if ((BPF_CLASS(f->code) == BPF_ALU ||
		     (is_jump && BPF_OP(f->code) == BPF_JSET)) &&
		    holds[i] != HOLDS_ARGUMENT)
			return false;
		if (is_jump && (holds[i] & HOLDS_ARCH) &&
		    (BPF_OP(f->code) != BPF_JEQ || !arch_add(s, f->k)))
			return false;
		if (is_jump && (holds[i] & HOLDS_NUMBER)) {
			s->points[s->point_count++] = f->k;
			s->points[s->point_count++] = f->k + 1;
		}
		if (BPF_CLASS(f->code) == BPF_JMP && !is_jump) {
			holds[i + 1 + f->k] |= after;
			continue;
		}
		holds[i + 1 + (is_jump ? f->jt : 0)] |= after;
		holds[i + 1 + (is_jump ? f->jf : 0)] |= after;
	}
	points_sort(s);
	return s->arch_count > 0;
}

static struct outcome outcome_of(const struct shrinker *s, uint32_t arch, uint32_t number)
{
	struct outcome o;

	o.is_action = bpf_run_partly(s->old, arch, number, &o.value);
	return o;
}

/* --- system calls from the future --------------------------------------------------------- */

static bool lets_through(uint32_t action)
{
	uint32_t kind = action & SECCOMP_RET_ACTION_FULL;

	return kind == SECCOMP_RET_ALLOW || kind == SECCOMP_RET_LOG ||
	       kind == SECCOMP_RET_TRACE;
}

static bool is_refusing_default(const struct shrinker *s, struct outcome o)
{
	return o.is_action && o.value == s->default_action && !lets_through(o.value);
}

static bool is_x32(uint32_t arch, uint32_t number)
{
	return arch == AUDIT_ARCH_X86_64 && number >= X32_BIT;
}

/* Above all that the profile names; where it names none, nothing is known of what is new. */
static bool is_future(const struct shrinker *s, uint32_t arch, uint32_t number)
{
	for (size_t i = 0; i < s->known->count; i++) {
		const struct seccomp_last *last = &s->known->items[i];

		if (last->arch == arch && is_x32(arch, last->number) == is_x32(arch, number))
			return number > last->number;
	}
	return false;
}

static struct outcome outcome_of_new(struct shrinker *s, uint32_t arch, uint32_t number)
{
	const struct outcome enosys = { .is_action = true,
					.value = SECCOMP_RET_ERRNO | ENOSYS };
	struct outcome o = outcome_of(s, arch, number);

	if (!is_refusing_default(s, o) || !is_future(s, arch, number))
		return o;
	s->says_more |= o.value != enosys.value;
	return enosys;
}

static bool is_same(struct outcome a, struct outcome b)
{
	return a.is_action == b.is_action && a.value == b.value;
}

static void ranges_find(struct shrinker *s, uint32_t arch)
{
	s->range_count = 0;
	for (size_t i = 0; i < s->point_count; i++) {
		struct outcome o = outcome_of_new(s, arch, s->points[i]);

		if (s->range_count > 0 && is_same(s->ranges[s->range_count - 1].outcome, o))
			continue;
		s->ranges[s->range_count++] =
			(struct range){ .start = s->points[i], .outcome = o };
	}
}

/* --- writing the new one
 * -----------------------------------------------------------------------------------------------------------
 */

static size_t code_put(struct shrinker *s, uint16_t code, size_t jt, size_t jf, uint32_t k)
{
	if (s->count == BPF_MAXINSNS) {
		s->is_full = true;
		return s->count;
	}
	s->code[s->count++] = (struct sock_filter){
		.code = code, .jt = (unsigned char)jt, .jf = (unsigned char)jf, .k = k
	};
	return s->count;
}

/* How far from an instruction that is written next to `position`. */
static size_t distance(const struct shrinker *s, size_t position)
{
	return s->count - position;
}

static size_t step_put(struct shrinker *s, size_t position)
{
	return code_put(s, BPF_JMP | BPF_JA, 0, 0, (uint32_t)distance(s, position));
}

static size_t branch_put(struct shrinker *s, uint16_t operation, uint32_t k, size_t yes,
			 size_t no)
{
	/* The second step may push the first target out of reach again by one. */
	if (distance(s, yes) >= NEAR_MAX)
		yes = step_put(s, yes);
	if (distance(s, no) > NEAR_MAX)
		no = step_put(s, no);
	return code_put(s, (uint16_t)(BPF_JMP | operation | BPF_K), distance(s, yes),
			distance(s, no), k);
}

static struct label *label_find(struct shrinker *s, struct outcome o)
{
	for (size_t i = 0; i < s->label_count; i++) {
		if (is_same(s->labels[i].outcome, o))
			return &s->labels[i];
	}
	s->labels[s->label_count] = (struct label){ .outcome = o };
	return &s->labels[s->label_count++];
}

/* Code that runs into what `next` stands for: nothing, when that was written last. */
static size_t fall_put(struct shrinker *s, const struct sock_filter *f, size_t next)
{
	if (next != s->count)
		(void)step_put(s, next);
	return code_put(s, f->code, 0, 0, f->k);
}

static size_t outcome_put(struct shrinker *s, struct outcome o);

/* The code of the old program from instruction `i` on, as far as it is not here yet. */
static size_t copy_put(struct shrinker *s, size_t i)
{
	const struct sock_filter *f = &s->old.items[i];
	size_t yes;
	size_t no;

	if (f->code == (BPF_RET | BPF_K))
		return outcome_put(s, (struct outcome){ .is_action = true, .value = f->k });
	if (f->code == (BPF_JMP | BPF_JA))
		return outcome_put(s, (struct outcome){ .value = (uint32_t)(i + 1 + f->k) });
	if (BPF_CLASS(f->code) != BPF_JMP)
		return fall_put(s, f,
				outcome_put(s, (struct outcome){ .value = (uint32_t)(i + 1) }));
	yes = outcome_put(s, (struct outcome){ .value = (uint32_t)(i + 1 + f->jt) });
	no = outcome_put(s, (struct outcome){ .value = (uint32_t)(i + 1 + f->jf) });
	return branch_put(s, BPF_OP(f->code), f->k, yes, no);
}

/* A return is repeated where the last one is out of reach: it costs as much as a step to it. */
static size_t outcome_put(struct shrinker *s, struct outcome o)
{
	size_t known = label_find(s, o)->position;
	size_t position;

	if (known > 0 && (!o.is_action || distance(s, known) < NEAR_MAX - 4))
		return known;
	position = o.is_action ? code_put(s, BPF_RET | BPF_K, 0, 0, o.value)
			       : copy_put(s, o.value);
	label_find(s, o)->position = position;
	return position;
}

static size_t tree_put(struct shrinker *s, size_t from, size_t to)
{
	size_t middle = from + (to - from) / 2;
	size_t high;
	size_t low;

	if (to - from == 1)
		return outcome_put(s, s->ranges[from].outcome);
	high = tree_put(s, middle, to);
	low = tree_put(s, from, middle);
	return branch_put(s, BPF_JGE, s->ranges[middle].start, high, low);
}

static size_t arch_put(struct shrinker *s, uint32_t arch)
{
	const struct sock_filter load = { .code = BPF_LD | BPF_W | BPF_ABS,
					  .k = offsetof(struct seccomp_data, nr) };

	ranges_find(s, arch);
	return fall_put(s, &load, tree_put(s, 0, s->range_count));
}

static void program_put(struct shrinker *s)
{
	const struct sock_filter load = { .code = BPF_LD | BPF_W | BPF_ABS,
					  .k = offsetof(struct seccomp_data, arch) };
	size_t blocks[ARCHES_MAX];
	size_t next = outcome_put(s, outcome_of(s, 0, 0));

	for (size_t i = s->arch_count; i-- > 0;)
		blocks[i] = arch_put(s, s->arches[i]);
	for (size_t i = s->arch_count; i-- > 0;)
		next = branch_put(s, BPF_JEQ, s->arches[i], blocks[i], next);
	(void)fall_put(s, &load, next);
}

/* --- trying it
 * ----------------------------------------------------------------------------------------------------------------------
 */

static bool is_alike(const struct shrinker *s, struct bpf_program new,
		     const struct seccomp_data *data)
{
	uint32_t before = bpf_run(s->old, data);
	uint32_t after = bpf_run(new, data);
	const struct outcome o = { .is_action = true, .value = before };

	return before == after ||
	       (after == (SECCOMP_RET_ERRNO | ENOSYS) && is_refusing_default(s, o) &&
		is_future(s, data->arch, (uint32_t)data->nr));
}

/* Every number at which something changes, for every architecture and one that is none, with
 * several sets of arguments. */
static bool is_equivalent(struct shrinker *s, struct bpf_program new)
{
	uint64_t random = 0x9e3779b97f4a7c15;

	for (size_t a = 0; a <= s->arch_count; a++) {
		for (size_t i = 0; i < s->point_count * TRIALS; i++) {
			struct seccomp_data data = { .nr = (int)s->points[i / TRIALS],
						     .arch = a < s->arch_count ? s->arches[a]
									       : 0 };

			for (size_t k = 0; k < 6 && i % TRIALS != 0; k++) {
				random = random * 6364136223846793005 + 1442695040888963407;
				data.args[k] = i % TRIALS == 1
						       ? UINT64_MAX
						       : random >> (i % TRIALS == 2 ? 58 : 32);
			}
			if (!is_alike(s, new, &data))
				return false;
		}
	}
	return true;
}

static int filter_take(struct shrinker *s, struct seccomp_filter *filter)
{
	AUTO_FREE struct sock_filter *items = calloc(s->count, sizeof(*items));

	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < s->count; i++)
		items[i] = s->code[s->count - 1 - i];
	const struct bpf_program new = { .items = items, .count = s->count };

	if (!bpf_is_simple(new) || !is_equivalent(s, new))
		return 0;
	free(filter->memory);
	filter->memory = items;
	filter->items = ptr_take(items);
	filter->count = s->count;
	return 0;
}

static int shrink(struct shrinker *s, struct seccomp_filter *filter)
{
	AUTO_FREE unsigned char *holds = calloc(s->old.count + 1, 1);

	if (!holds || !s->points || !s->ranges || !s->labels)
		return -ENOMEM;
	s->points[s->point_count++] = 0;
	s->points[s->point_count++] = X32_BIT;
	for (size_t i = 0; i < s->known->count; i++)
		s->points[s->point_count++] = s->known->items[i].number + 1;
	if (!comparisons_collect(s, holds))
		return 0;
	program_put(s);
	return s->is_full || (s->count >= s->old.count && !s->says_more)
		       ? 0
		       : filter_take(s, filter);
}

int seccomp_shrink(struct seccomp_filter *filter, uint32_t default_action,
		   const struct seccomp_known *known)
{
	size_t points = 2 * filter->count + 2 + SECCOMP_ARCHES_MAX;
	AUTO_FREE struct shrinker *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->old = (struct bpf_program){ .items = filter->items, .count = filter->count };
	s->default_action = default_action;
	s->known = known;
	if (!bpf_is_simple(s->old))
		return 0;
	s->points = calloc(points, sizeof(*s->points));
	s->ranges = calloc(points, sizeof(*s->ranges));
	s->labels = calloc(points + s->old.count, sizeof(*s->labels));
	r = shrink(s, filter);
	free(s->points);
	free(s->ranges);
	free(s->labels);
	return r;
}
