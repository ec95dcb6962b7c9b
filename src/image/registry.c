/*
 * See registry.h.
 *
 * What comes from hoy-fetch is believed as far as it was checked on this side: a frame's form by
 * proto/fetch.c, ids and numbers by registry_news.c, documents by their digests in
 * registry_documents.c, sentences made printable by registry_failure.c.
 *
 * Runs in: cli (engine).
 */
#include "image/registry.h"

#include <stdlib.h>

#include "base/fd.h"
#include "image/registry_command.h"
#include "image/registry_failure.h"
#include "image/registry_setup.h"

static int wait_ready(struct registry *registry, struct err *e)
{
	int r;

	do
		r = registry_command_receive(registry, -1, e);
	while (r == 0);
	if (r < 0)
		return r;
	if (registry->frame.head.kind == FETCH_FAILED)
		return registry_failure(&registry->frame, e);
	if (registry->frame.head.kind != FETCH_READY)
		return err_set(e, ERR_INTERNAL, -EPROTO, "%s does not say that it is ready",
			       FETCH_PROGRAM);
	return 0;
}

static int start(struct registry *registry, const struct registry_setup *setup, struct err *e)
{
	int r = registry_process_start(&registry->process, e);

	if (r == 0)
		r = registry_setup_send(setup, registry->process.socket_fd, e);
	if (r == -EPIPE)
		r = registry_process_died(&registry->process, e);
	return r < 0 ? r : wait_ready(registry, e);
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
}

static int open_with(const struct registry_setup *setup, int interrupt_fd,
		     struct registry **ret, struct err *e)
{
	AUTO_REGISTRY struct registry *registry = calloc(1, sizeof(*registry));
	int r;

	if (!registry)
		return no_memory(e);
	registry->interrupt_fd = interrupt_fd;
	r = start(registry, setup, e);
	if (r == 0)
		*ret = ptr_take(registry);
	return r;
}

int registry_open(const struct registry_request *request, struct registry **ret, struct err *e)
{
	AUTO_ARENA struct arena arena = { .is_secret = true };
	struct registry_setup *setup = arena_alloc(&arena, sizeof(*setup)); /* wiped with it */
	int r = setup ? registry_setup_read(request, &arena, setup, e) : no_memory(e);

	if (r == 0)
		r = open_with(setup, request->interrupt_fd, ret, e);
	return r < 0 ? err_wrap(e, r, "registry %s", request->reference->registry) : 0;
}

int registry_open_url(const char *url, int interrupt_fd, struct registry **ret, struct err *e)
{
	AUTO_ARENA struct arena arena = { .is_secret = true };
	struct registry_setup *setup = arena_alloc(&arena, sizeof(*setup));
	int r = setup ? registry_setup_read_url(url, &arena, setup, e) : no_memory(e);

	return r < 0 ? r : open_with(setup, interrupt_fd, ret, e);
}

void registry_close(struct registry *registry)
{
	if (!registry)
		return;
	registry_process_end(&registry->process);
	free(registry);
}

int registry_check(struct registry *registry, struct arena *arena, char **ret_token,
		   struct err *e)
{
	struct fetch_header head = { .kind = FETCH_CHECK };
	struct registry_answer answer;
	int r = registry_command_ask(registry, &head, NULL, &answer, e);

	if (r < 0)
		return r;
	*ret_token = answer.first[0] ? arena_copy(arena, answer.first) : NULL;
	return 0;
}
