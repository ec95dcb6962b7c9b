/*
 * The hooks that init runs itself: createContainer and startContainer.
 *
 * Runs in: cli (engine), runtime; a pure function.
 * See: OCI runtime-spec config.md "POSIX-platform Hooks".
 */
#include <stdlib.h>

#include "runtime/plan_build.h"

enum { HOOKS_MAX = 1024 };

static int hooks_add(const struct spec_hooks *hooks, struct plan_builder *b,
		     struct plan_list *ret, struct err *e)
{
	struct plan_hook *items;

	if (hooks->count > HOOKS_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d hooks of a kind",
			       HOOKS_MAX);
	if (hooks->count == 0)
		return 0;
	items = calloc(hooks->count, sizeof(*items));
	if (!items)
		return err_sys(e, ENOMEM, "hooks");
	for (size_t i = 0; i < hooks->count; i++) {
		const struct spec_hook *hook = &hooks->items[i];

		items[i].path = plan_add_text(b, hook->path);
		items[i].args = plan_add_texts(b, hook->args.items, hook->args.count);
		items[i].env = plan_add_texts(b, hook->env.items, hook->env.count);
		items[i].timeout_s = hook->timeout_s > 0 ? (uint32_t)hook->timeout_s : 0;
	}
	*ret = plan_add_array(b, items, hooks->count, sizeof(*items));
	free(items);
	return 0;
}

int plan_hooks(const struct spec *spec, struct plan_builder *b, struct err *e)
{
	int r = hooks_add(&spec->hooks_create_container, b, &b->header.hooks_create, e);

	if (r == 0)
		r = hooks_add(&spec->hooks_start_container, b, &b->header.hooks_start, e);
	return r;
}
