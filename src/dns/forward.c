/*
 * See forward.h.
 *
 * Runs in: hoy-dns.
 */
#include "dns/forward.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "dns/answer.h"
#include "dns/connection.h"
#include "dns/forward_try.h"
#include "dns/host_servers.h"

/* --- who waits --------------------------------------------------------------------------- */

static void unlink_of_asker(struct waiter *waiter)
{
	struct asker *asker = waiter->origin.asker;

	*(waiter->previous_of_asker ? &waiter->previous_of_asker->next_of_asker
				    : &asker->waiters) = waiter->next_of_asker;
	if (waiter->next_of_asker)
		waiter->next_of_asker->previous_of_asker = waiter->previous_of_asker;
	asker->waiter_count--;
}

static void link_to_asker(struct waiter *waiter)
{
	struct asker *asker = waiter->origin.asker;

	waiter->next_of_asker = asker->waiters;
	if (asker->waiters)
		asker->waiters->previous_of_asker = waiter;
	asker->waiters = waiter;
	asker->waiter_count++;
}

static bool is_repeated(const struct waiter *waiter, const struct origin *origin, uint16_t id)
{
	return !origin->connection && waiter->origin.asker == origin->asker &&
	       !waiter->origin.connection && waiter->query.id == id &&
	       waiter->origin.from.sin_port == origin->from.sin_port &&
	       waiter->origin.from.sin_addr.s_addr == origin->from.sin_addr.s_addr;
}

/* A question that is repeated while it is on its way waits only once. */
static int wait_for(struct forward *forward, const struct origin *origin,
		    const uint8_t *message, const struct wire_query *query)
{
	struct waiter *waiter;

	for (waiter = forward->waiters; waiter; waiter = waiter->next)
		if (is_repeated(waiter, origin, query->id))
			return 0;
	waiter = calloc(1, sizeof(*waiter));
	if (!waiter)
		return -ENOMEM;
	waiter->forward = forward;
	waiter->origin = *origin;
	waiter->query = *query;
	memcpy(waiter->question, message, query->question_end);
	waiter->next = forward->waiters;
	forward->waiters = waiter;
	link_to_asker(waiter);
	if (origin->connection)
		origin->connection->waiter = waiter;
	return 0;
}

void forward_forget_waiter(struct server *server, struct waiter *waiter)
{
	struct forward *forward = waiter->forward;
	struct waiter **at = &forward->waiters;

	while (*at != waiter)
		at = &(*at)->next;
	*at = waiter->next;
	unlink_of_asker(waiter);
	free(waiter);
	if (!forward->waiters)
		forward_end(server, forward);
}

void forward_forget_asker(struct server *server, struct asker *asker)
{
	while (asker->waiters)
		forward_forget_waiter(server, asker->waiters);
}

/* The one that has waited longest is last in its list, which does not matter to anybody. */
static struct waiter *next_waiter(struct forward *forward)
{
	struct waiter *waiter = forward->waiters;

	if (waiter) {
		forward->waiters = waiter->next;
		unlink_of_asker(waiter);
	}
	return waiter;
}

/* --- the end ----------------------------------------------------------------------------- */

static size_t write_truncated(const struct waiter *waiter, uint8_t *answer)
{
	struct wire_writer w;

	wire_begin(&w, answer, WIRE_UDP_DEFAULT, waiter->question, &waiter->query);
	w.is_full = true;
	return wire_end(&w, WIRE_NO_ERROR, &waiter->query);
}

static size_t room_of(const struct waiter *waiter)
{
	return waiter->origin.connection ? WIRE_MESSAGE_MAX : waiter->query.edns_size;
}

void forward_deliver(struct server *server, struct forward *forward, uint8_t *answer,
		     size_t len, const struct wire_answer *read)
{
	struct waiter *waiter;

	cache_put(server->cache, &forward->key, answer, len, read, clock_monotonic_ns());
	while ((waiter = next_waiter(forward))) {
		if (read->flags & WIRE_FLAG_TRUNCATED || len > room_of(waiter)) {
			uint8_t short_answer[WIRE_UDP_DEFAULT];

			server_reply(server, &waiter->origin, short_answer,
				     write_truncated(waiter, short_answer));
		} else {
			wire_set_id(answer, waiter->query.id);
			memcpy(answer + WIRE_HEADER_SIZE, waiter->question + WIRE_HEADER_SIZE,
			       waiter->query.question_end - WIRE_HEADER_SIZE);
			server_reply(server, &waiter->origin, answer, len);
		}
		free(waiter);
	}
	forward_end(server, forward);
}

void forward_fail(struct server *server, struct forward *forward)
{
	uint8_t answer[WIRE_UDP_DEFAULT];
	struct waiter *waiter;

	while ((waiter = next_waiter(forward))) {
		server_reply(server, &waiter->origin, answer,
			     answer_code(waiter->question, &waiter->query, WIRE_SERVER_FAILURE,
					 answer));
		free(waiter);
	}
	forward_end(server, forward);
}

void forward_end(struct server *server, struct forward *forward)
{
	struct forward **at = &server->forwards[forward->key.hash % SERVER_FORWARD_BUCKETS];

	while (*at != forward)
		at = &(*at)->next;
	*at = forward->next;
	forward_tries_end(server, forward);
	loop_bury(&server->loop, &forward->grave);
}

/* --- the beginning ----------------------------------------------------------------------- */

static struct forward *find(const struct server *server, const struct cache_key *key,
			    bool is_stream)
{
	struct forward *forward = server->forwards[key->hash % SERVER_FORWARD_BUCKETS];

	while (forward && (key->len == 0 || forward->is_stream != is_stream ||
			   !cache_key_equal(&forward->key, key)))
		forward = forward->next;
	return forward;
}

static struct forward *forward_new(struct server *server, const struct cache_key *key,
				   const struct server_list *servers, const uint8_t *message,
				   size_t len)
{
	struct forward **bucket = &server->forwards[key->hash % SERVER_FORWARD_BUCKETS];
	struct forward *forward = calloc(1, sizeof(*forward));

	if (!forward)
		return NULL;
	forward->key = *key;
	forward->servers = *servers;
	suspects_last(&server->suspects, clock_monotonic_ns(), &forward->servers);
	forward->len = len;
	memcpy(forward->message, message, len);
	for (size_t i = 0; i < DNS_SERVERS_MAX; i++)
		forward->tries[i] =
			(struct forward_try){ .watch.fd = -EBADF, .forward = forward };
	forward->next = *bucket;
	*bucket = forward;
	return forward;
}

static int ask_servers(struct server *server, const struct origin *origin,
		       const struct cache_key *key, const struct server_list *servers,
		       const uint8_t *message, size_t len, const struct wire_query *query)
{
	bool is_stream = origin->connection;
	struct forward *forward = find(server, key, is_stream);

	if (forward)
		return wait_for(forward, origin, message, query);
	forward = forward_new(server, key, servers, message, len);
	if (!forward)
		return -ENOMEM;
	forward->is_stream = is_stream;
	forward->question_end = query->question_end;
	if (wait_for(forward, origin, message, query) < 0) {
		forward_end(server, forward);
		return -ENOMEM;
	}
	forward_try_next(server, forward);
	return 0;
}

void forward_ask(struct server *server, const struct origin *origin, const uint8_t *message,
		 size_t len, const struct wire_query *query)
{
	struct asker *asker = origin->asker;
	const struct server_list *servers = &asker->names.registration.servers;
	uint64_t servers_id = asker->servers;
	struct cache_key key;
	size_t found;

	if (servers->count == 0) {
		host_servers_look(server);
		servers = &server->host_servers;
		servers_id = server->host_version;
	}
	cache_key_make(&key, server->secret, servers_id, message, query);
	found = cache_get(server->cache, &key, message, query, clock_monotonic_ns(),
			  server->answer,
			  origin->connection ? WIRE_MESSAGE_MAX : query->edns_size);
	if (found > 0) {
		server_reply(server, origin, server->answer, found);
		return;
	}
	if (servers->count == 0 || asker->waiter_count >= SERVER_WAITERS_MAX ||
	    ask_servers(server, origin, &key, servers, message, len, query) < 0)
		server_reply(server, origin, server->answer,
			     answer_code(message, query, WIRE_SERVER_FAILURE, server->answer));
}
