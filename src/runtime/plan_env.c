/*
 * The environment of a process. Of a variable that is given twice the last value counts, as with
 * runc; were both handed on, it would depend on the program: getenv(3) finds the first one, a
 * shell keeps the last.
 *
 * Runs in: cli (engine), runtime; a pure function.
 * See: OCI runtime-spec config.md "Process" env; environ(7).
 */
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/str.h"
#include "runtime/plan_build.h"

struct variable {
	const char *text;
	size_t name_len;
	size_t place;
};

/* By name, then in the order in which they were given. */
static int variable_compare(const void *a, const void *b)
{
	const struct variable *left = a;
	const struct variable *right = b;
	size_t len = left->name_len < right->name_len ? left->name_len : right->name_len;
	int r = memcmp(left->text, right->text, len);

	if (r == 0 && left->name_len != right->name_len)
		r = left->name_len < right->name_len ? -1 : 1;
	if (r == 0)
		r = left->place < right->place ? -1 : left->place > right->place;
	return r;
}

static bool is_same_name(const struct variable *a, const struct variable *b)
{
	return a->name_len == b->name_len && memcmp(a->text, b->text, a->name_len) == 0;
}

int plan_env(const struct strv *env, struct plan_builder *b, struct err *e)
{
	AUTO_FREE struct variable *variables = calloc(env->count + 1, sizeof(*variables));
	AUTO_FREE char **kept = calloc(env->count + 1, sizeof(*kept));
	size_t count = 0;

	if (!variables || !kept)
		return err_sys(e, ENOMEM, "list the environment");
	for (size_t i = 0; i < env->count; i++)
		variables[i] = (struct variable){
			.text = env->items[i],
			.name_len = strcspn(env->items[i], "="),
			.place = i,
		};
	qsort(variables, env->count, sizeof(*variables), variable_compare);
	for (size_t i = 0; i < env->count; i++)
		if (i + 1 == env->count || !is_same_name(&variables[i], &variables[i + 1]))
			kept[variables[i].place] = env->items[variables[i].place];
	for (size_t i = 0; i < env->count; i++)
		if (kept[i])
			kept[count++] = kept[i];
	b->header.env = plan_add_texts(b, kept, count);
	return 0;
}
