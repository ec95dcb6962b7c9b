/*
 * See setup.h.
 *
 * Runs in: fetch, before it confines itself.
 */
#include "fetch/setup.h"

#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "proto/fetch.h"

static const char *keep(struct setup *setup, const struct fetch_frame *frame, size_t n)
{
	const char *text = fetch_text(frame, n);

	return text[0] ? arena_copy(&setup->arena, text) : NULL;
}

static int add_endpoint(struct calls *calls, struct setup *setup,
			const struct fetch_frame *frame, struct err *e)
{
	struct endpoint *endpoint;

	if (calls->endpoint_count == FETCH_ENDPOINTS_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d endpoints",
			       FETCH_ENDPOINTS_MAX);
	endpoint = &calls->endpoints[calls->endpoint_count++];
	*endpoint = (struct endpoint){
		.url = keep(setup, frame, 0),
		.repository = keep(setup, frame, 1),
		.flags = frame->head.flags,
		.user = keep(setup, frame, 2),
		.password = keep(setup, frame, 3),
		.identity = keep(setup, frame, 4),
		.token = keep(setup, frame, 5),
	};
	/* A token that we were given is used without being asked for it. */
	if (endpoint->token)
		endpoint->kind = CHALLENGE_BEARER;
	if (!endpoint->repository)
		endpoint->repository = "";
	if (!endpoint->url)
		return err_set(e, ERR_INVALID, -EINVAL, "an endpoint without an address");
	return origin_of(endpoint->url, &endpoint->origin, e);
}

static int add_file(int fd, struct str *to, struct err *e)
{
	AUTO_FREE char *pem = NULL;
	size_t len = 0;
	int r = fd_read_all(fd, TRUST_PEM_MAX, &pem, &len);

	if (r < 0)
		return err_sys(e, r, "read a certificate");
	str_add_char(to, '\n');
	str_add_bytes(to, pem, len);
	return str_ok(to);
}

static int add_trust(struct calls *calls, struct fetch_frame *frame, struct err *e)
{
	struct trust *trust;
	int r;

	if (calls->endpoint_count == 0)
		return err_set(e, ERR_INVALID, -EINVAL, "a certificate for no endpoint");
	trust = &calls->endpoints[calls->endpoint_count - 1].trust;
	if (frame->head.kind == FETCH_AUTHORITY)
		return add_file(frame->fds[0], &trust->authorities, e);
	r = add_file(frame->fds[0], &trust->certificate, e);
	return r < 0 ? r : add_file(frame->fds[1], &trust->key, e);
}

static void add_header(struct setup *setup, const struct fetch_frame *frame)
{
	strv_add_borrowed(&setup->headers, &setup->arena,
			  arena_copy(&setup->arena, fetch_text(frame, 0)));
}

static int setup_take(struct calls *calls, struct setup *setup, struct fetch_frame *frame,
		      struct err *e)
{
	switch (frame->head.kind) {
	case FETCH_SETUP:
		calls->purpose = (enum fetch_purpose)frame->head.code;
		setup->registry = keep(setup, frame, 0);
		setup->repository = keep(setup, frame, 1);
		setup->name = keep(setup, frame, 2);
		return 0;
	case FETCH_ENDPOINT:
		return add_endpoint(calls, setup, frame, e);
	case FETCH_AUTHORITY:
	case FETCH_CERTIFICATE:
		return add_trust(calls, frame, e);
	case FETCH_HEADER:
		add_header(setup, frame);
		return 0;
	case FETCH_PROXY:
		calls->exchanges.http_proxy = keep(setup, frame, 0);
		calls->exchanges.https_proxy = keep(setup, frame, 1);
		calls->exchanges.no_proxy = keep(setup, frame, 2);
		return 0;
	default:
		return err_set(e, ERR_INVALID, -EINVAL, "frame %d is not part of the setup",
			       frame->head.kind);
	}
}

int setup_read(int socket_fd, struct calls *calls, struct setup *ret, struct err *e)
{
	AUTO_FREE struct fetch_frame *frame = malloc(sizeof(*frame));
	int r = frame ? 0 : -ENOMEM;

	while (r == 0) {
		r = fetch_receive(socket_fd, frame);
		if (r < 0 || frame->head.kind == FETCH_GO)
			break;
		r = setup_take(calls, ret, frame, e);
		fetch_frame_done(frame);
	}
	if (r < 0)
		return e->kind == ERR_NONE ? err_sys(e, r, "read the setup") : r;
	calls->headers = (const char *const *)ret->headers.items;
	if (arena_ok(&ret->arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	for (size_t i = 0; i < calls->endpoint_count; i++) {
		r = trust_read_system(&calls->endpoints[i].trust, e);
		if (r < 0)
			return r;
	}
	return 0;
}
