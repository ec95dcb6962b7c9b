/*
 * A question from its arrival to its answer: see server.h.
 *
 * Runs in: hoy-dns.
 */
#include <sys/socket.h>

#include "dns/answer.h"
#include "dns/connection.h"
#include "dns/forward.h"
#include "dns/server.h"

/* What cannot be sent at once is lost, as with any packet. */
static void reply_by_packet(const struct origin *origin, const uint8_t *answer, size_t len)
{
	(void)sendto(origin->asker->udp.fd, answer, len, MSG_DONTWAIT | MSG_NOSIGNAL,
		     (const struct sockaddr *)&origin->from, sizeof(origin->from));
}

void server_reply(struct server *server, const struct origin *origin, const uint8_t *answer,
		  size_t len)
{
	if (origin->connection)
		connection_reply(server, origin->connection, answer, len);
	else
		reply_by_packet(origin, answer, len);
}

void server_question(struct server *server, const struct origin *origin, const uint8_t *message,
		     size_t len)
{
	struct wire_query query;
	int code = wire_query_read(message, len, &query);
	size_t room = WIRE_MESSAGE_MAX;
	size_t answered;

	if (code < 0)
		return;
	if (code == WIRE_NO_ERROR && len > SERVER_QUERY_MAX)
		code = WIRE_FORMAT_ERROR;
	if (query.edns_size > SERVER_UDP_MAX)
		query.edns_size = SERVER_UDP_MAX;
	if (!origin->connection)
		room = query.edns_size;
	answered = answer_write(server->names, &origin->asker->names, message, &query, code,
				server->turn++, server->answer, room);
	if (answered > 0)
		server_reply(server, origin, server->answer, answered);
	else
		forward_ask(server, origin, message, len, &query);
}
