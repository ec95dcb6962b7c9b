/*
 * See seccomp.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include <fcntl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "linux/memfd.h"
#include "runtime/seccomp.h"
#include "runtime/seccomp_known.h"
#include "runtime/seccomp_names.h"
#include "runtime/seccomp_narrow.h"
#include "runtime/seccomp_shrink.h"

enum { ARGS_MAX = 6, DEFAULT_ERRNO = 1, ERRNO_MAX = 4095 };

static const char notify[] = "SCMP_ACT_NOTIFY";

void seccomp_filter_done(struct seccomp_filter *filter)
{
	free(filter->memory);
	*filter = (struct seccomp_filter){ 0 };
}

int seccomp_flags_parse(const struct strv *names, uint32_t *ret, struct err *e)
{
	uint32_t flags = 0;

	for (size_t i = 0; i < names->count; i++) {
		const struct seccomp_name *flag =
			seccomp_name_find(seccomp_flags, names->items[i]);

		if (!flag)
			return err_set(e, ERR_INVALID, -EINVAL, "seccomp: unknown flag \"%s\"",
				       names->items[i]);
		flags |= flag->value;
	}
	/* There is one thread; TSYNC would only change what seccomp(2) returns. */
	*ret = flags & ~(uint32_t)SECCOMP_FILTER_FLAG_TSYNC;
	return 0;
}

static int action_parse(const char *name, bool has_errno, uint32_t errno_ret, uint32_t *ret,
			struct err *e)
{
	const struct seccomp_name *action = seccomp_name_find(seccomp_actions, name);
	uint32_t number = has_errno ? errno_ret : DEFAULT_ERRNO;

	if (!name)
		return err_set(e, ERR_INVALID, -EINVAL, "no action");
	if (number > ERRNO_MAX)
		return err_set(e, ERR_INVALID, -ERANGE, "errno %u is above %d", number,
			       ERRNO_MAX);
	if (!action)
		return err_set(e, ERR_INVALID, -EINVAL, "unknown action \"%s\"", name);
	*ret = action->value;
	if (*ret == SCMP_ACT_ERRNO(0) || *ret == SCMP_ACT_TRACE(0))
		*ret |= number;
	return 0;
}

static int arg_parse(const struct spec_seccomp_arg *arg, struct scmp_arg_cmp *ret,
		     struct err *e)
{
	const struct seccomp_name *op = seccomp_name_find(seccomp_operators, arg->op);

	if (arg->index >= ARGS_MAX)
		return err_set(e, ERR_INVALID, -EINVAL, "argument %u: there are %d", arg->index,
			       ARGS_MAX);
	if (!op)
		return err_set(e, ERR_INVALID, -EINVAL, "unknown operator \"%s\"",
			       arg->op ? arg->op : "");
	*ret = (struct scmp_arg_cmp){ .arg = arg->index,
				      .op = (enum scmp_compare)op->value,
				      .datum_a = arg->value,
				      .datum_b = arg->value_two };
	return 0;
}

struct arg_set {
	struct scmp_arg_cmp items[ARGS_MAX];
	unsigned int count;
	bool is_any; /* each condition is a rule of its own */
};

/* All conditions must hold; but where one argument is named twice they are alternatives, as
 * runc reads it. */
static int args_parse(const struct spec_seccomp_rule *rule, struct arg_set *ret, struct err *e)
{
	unsigned int seen = 0;

	*ret = (struct arg_set){ .count = (unsigned int)rule->arg_count };
	if (rule->arg_count > ARGS_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d conditions", ARGS_MAX);
	for (unsigned int i = 0; i < ret->count; i++) {
		int r = arg_parse(&rule->args[i], &ret->items[i], e);

		if (r < 0)
			return r;
		ret->is_any |= (seen >> ret->items[i].arg & 1) != 0;
		seen |= 1u << ret->items[i].arg;
	}
	return 0;
}

/* One condition alone, on as many bits as the kernel reads. */
static int alternatives_add(scmp_filter_ctx context, uint32_t action, int number,
			    const char *name, const struct scmp_arg_cmp *condition)
{
	struct scmp_arg_cmp alternatives[SECCOMP_NARROW_MAX];
	size_t count = seccomp_narrow(name, condition, alternatives);
	int r = 0;

	for (size_t i = 0; i < count && (r == 0 || r == -EEXIST); i++)
		r = seccomp_rule_add_array(context, action, number, 1, &alternatives[i]);
	return r;
}

/* Each condition is a rule of its own. */
static int conditions_add(scmp_filter_ctx context, uint32_t action, int number,
			  const char *name, const struct arg_set *args)
{
	int r = 0;

	for (unsigned int i = 0; i < args->count && (r == 0 || r == -EEXIST); i++)
		r = alternatives_add(context, action, number, name, &args->items[i]);
	return r;
}

/* Several conditions at once: those that are one alternative on 32 bits too are narrowed. */
static int conjunction_add(scmp_filter_ctx context, uint32_t action, int number,
			   const char *name, const struct arg_set *args)
{
	struct scmp_arg_cmp alternatives[SECCOMP_NARROW_MAX];
	struct scmp_arg_cmp items[ARGS_MAX];

	for (unsigned int i = 0; i < args->count; i++)
		items[i] = seccomp_narrow(name, &args->items[i], alternatives) == 1
				   ? alternatives[0]
				   : args->items[i];
	return seccomp_rule_add_array(context, action, number, args->count, items);
}

static int syscall_add(scmp_filter_ctx context, uint32_t action, const char *name,
		       const struct arg_set *args, struct err *e)
{
	int number = seccomp_syscall_resolve_name(name);
	int r = 0;

	if (number == __NR_SCMP_ERROR)
		return 0;
	if (!args->is_any && args->count != 1)
		r = conjunction_add(context, action, number, name, args);
	else
		r = conditions_add(context, action, number, name, args);
	/* A system call that one of the architectures does not have is no error, nor one that
	 * is listed twice. */
	if (r == -EDOM || r == -EEXIST)
		return 0;
	return r < 0 ? err_sys(e, r, "system call %s", name) : 0;
}

static int rule_add(scmp_filter_ctx context, uint32_t default_action,
		    const struct spec_seccomp_rule *rule, struct err *e)
{
	struct arg_set args;
	uint32_t action;
	int r = action_parse(rule->action, rule->has_errno, rule->errno_ret, &action, e);

	if (r == 0)
		r = args_parse(rule, &args, e);
	/* The library refuses a rule that says what the default says. */
	if (r < 0 || action == default_action)
		return r;
	for (size_t i = 0; i < rule->names.count && r == 0; i++)
		r = syscall_add(context, action, rule->names.items[i], &args, e);
	return r;
}

static int architectures_add(scmp_filter_ctx context, const struct strv *names, struct err *e)
{
	for (size_t i = 0; i < names->count; i++) {
		uint32_t token = seccomp_architecture_find(names->items[i]);

		if (token == 0)
			return err_set(e, ERR_INVALID, -EINVAL, "unknown architecture \"%s\"",
				       names->items[i]);
		int r = seccomp_arch_add(context, token);

		if (r < 0 && r != -EEXIST)
			return err_sys(e, r, "architecture %s", names->items[i]);
	}
	return 0;
}

/* libseccomp before 2.6 writes programs to files only. */
static int filter_export(scmp_filter_ctx context, struct seccomp_filter *ret, struct err *e)
{
	AUTO_CLOSE int fd = memfd_make("seccomp");
	AUTO_FREE void *memory = NULL;
	struct stat st;
	int r;

	if (fd < 0)
		return err_sys(e, fd, "memfd for the filter");
	r = seccomp_export_bpf(context, fd);
	if (r < 0)
		return err_sys(e, r, "generate the filter");
	if (fstat(fd, &st) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, errno, "read the filter");
	memory = malloc((size_t)st.st_size + 1);
	if (!memory)
		return err_sys(e, ENOMEM, "read the filter");
	if (fd_read_full(fd, memory, (size_t)st.st_size) != st.st_size)
		return err_sys(e, EIO, "read the filter");
	ret->count = (size_t)st.st_size / sizeof(struct sock_filter);
	if (ret->count == 0 || ret->count > BPF_MAXINSNS)
		return err_set(e, ERR_INVALID, -E2BIG,
			       "the filter has %zu instructions, the kernel takes %d",
			       ret->count, BPF_MAXINSNS);
	ret->memory = ptr_take(memory);
	ret->items = ret->memory;
	return 0;
}

static int shrink(const struct spec_seccomp *seccomp, struct seccomp_filter *filter,
		  uint32_t default_action, struct err *e)
{
	struct seccomp_known known;
	int r;

	seccomp_known_find(seccomp, &known);
	r = seccomp_shrink(filter, default_action, &known);

	if (r == 0)
		return 0;
	seccomp_filter_done(filter);
	return err_sys(e, r, "shrink the filter");
}

/* run.oci.seccomp_fail_unknown_syscall: what would be skipped is an error instead. */
static int names_check(const struct spec_seccomp *seccomp, struct err *e)
{
	for (size_t i = 0; i < seccomp->rule_count; i++) {
		const struct strv *names = &seccomp->rules[i].names;

		for (size_t k = 0; k < names->count; k++) {
			if (seccomp_syscall_resolve_name(names->items[k]) == __NR_SCMP_ERROR)
				return err_set(e, ERR_INVALID, -EINVAL,
					       "rule %zu: unknown system call \"%.64s\"", i + 1,
					       names->items[k]);
		}
	}
	return 0;
}

static int context_fill(scmp_filter_ctx context, uint32_t default_action,
			const struct spec_seccomp *seccomp, struct err *e)
{
	/* 2: a binary tree instead of a list. Older libraries lack it, and give a slower
	 * filter. */
	(void)seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	int r = architectures_add(context, &seccomp->architectures, e);

	if (r == 0 && seccomp->fails_unknown_syscall)
		r = names_check(seccomp, e);

	for (size_t i = 0; i < seccomp->rule_count && r == 0; i++) {
		r = rule_add(context, default_action, &seccomp->rules[i], e);
		if (r < 0)
			return err_wrap(e, r, "rule %zu", i + 1);
	}
	return r;
}

/*
 * Whom do calls wait for? What init itself needs between the filter and the moment when the agent
 * has the listener must not wait for the agent, nor can everything.
 */
static int notify_check(const struct spec_seccomp *seccomp, bool *ret_has, struct err *e)
{
	*ret_has = false;
	if (str_equal(seccomp->default_action, notify))
		return err_set(e, ERR_INVALID, -EINVAL, "%s cannot be the default action",
			       notify);
	for (size_t i = 0; i < seccomp->rule_count; i++) {
		if (!str_equal(seccomp->rules[i].action, notify))
			continue;
		if (strv_has(&seccomp->rules[i].names, "write"))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "rule %zu: %s cannot be used for the system call write",
				       i + 1, notify);
		*ret_has = true;
	}
	return 0;
}

/* A flag of the listener is refused by the kernel where there is none. */
static void notify_flags(bool has_listener, uint32_t *flags)
{
	if (has_listener)
		*flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
	else
		*flags &= ~(uint32_t)SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
}

int seccomp_compile(const struct spec_seccomp *seccomp, struct seccomp_filter *ret,
		    struct err *e)
{
	struct seccomp_filter filter = { 0 };
	uint32_t default_action;
	scmp_filter_ctx context;
	bool has_listener = false;
	int r = seccomp_flags_parse(&seccomp->flags, &filter.flags, e);

	if (r == 0)
		r = notify_check(seccomp, &has_listener, e);

	if (r == 0)
		r = action_parse(seccomp->default_action, seccomp->has_default_errno,
				 seccomp->default_errno_ret, &default_action, e);
	if (r < 0)
		return err_wrap(e, r, "seccomp");
	notify_flags(has_listener, &filter.flags);
	context = seccomp_init(default_action);
	if (!context)
		return err_sys(e, ENOMEM, "seccomp");
	r = context_fill(context, default_action, seccomp, e);
	if (r == 0)
		r = filter_export(context, &filter, e);
	seccomp_release(context);
	if (r == 0)
		r = shrink(seccomp, &filter, default_action, e);
	if (r < 0)
		return err_wrap(e, r, "seccomp");
	*ret = filter;
	return 0;
}
