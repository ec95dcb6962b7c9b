/*
 * UDP: each client gets a socket of its own towards the container; what comes back on it goes to that client, from the address
 * that it spoke to.
 *
 * Runs in: relay.
 * See: ipv6(7) IPV6_PKTINFO.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "relay/relay.h"

static const uint64_t NS_PER_S = 1000000000;

union packet_info {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

static void peer_close(struct relay *relay, struct relay_peer *peer)
{
	if (peer->fd >= 0)
		relay->peer_count--;
	peer->fd = fd_close(peer->fd);
}

void relay_peers_expire(struct relay *relay)
{
	uint64_t now = relay->peer_count > 0 ? clock_monotonic_ns() : 0;

	for (int i = 0; i < RELAY_PEERS_MAX && relay->peer_count > 0; i++) {
		struct relay_peer *peer = &relay->peers[i];

		if (peer->fd >= 0 && now - peer->used_ns > RELAY_PEER_TIMEOUT_S * NS_PER_S)
			peer_close(relay, peer);
	}
}

static bool is_same(const struct sockaddr_in6 *a, const struct sockaddr_in6 *b)
{
	return a->sin6_port == b->sin6_port && a->sin6_scope_id == b->sin6_scope_id &&
	       memcmp(&a->sin6_addr, &b->sin6_addr, sizeof(a->sin6_addr)) == 0;
}

/* The client's, a free one, or that of whoever was silent the longest. */
static struct relay_peer *peer_choose(struct relay *relay, const struct relay_port *port,
				      const struct sockaddr_in6 *client)
{
	struct relay_peer *chosen = &relay->peers[0];

	for (int i = 0; i < RELAY_PEERS_MAX; i++) {
		struct relay_peer *peer = &relay->peers[i];

		if (peer->fd >= 0 && peer->port == port && is_same(&peer->client, client))
			return peer;
		if (chosen->fd >= 0 && (peer->fd < 0 || peer->used_ns < chosen->used_ns))
			chosen = peer;
	}
	peer_close(relay, chosen);
	return chosen;
}

static struct relay_peer *peer_open(struct relay *relay, struct relay_port *port,
				    const struct sockaddr_in6 *client)
{
	struct relay_peer *peer = peer_choose(relay, port, client);
	int fd;

	if (peer->fd >= 0)
		return peer;
	fd = relay_connect(relay, SOCK_DGRAM, port->container_port);
	if (fd < 0)
		return NULL;
	*peer = (struct relay_peer){
		.kind = RELAY_PEER, .fd = fd, .port = port, .client = *client
	};
	relay->peer_count++;
	if (relay_watch(relay, fd, EPOLLIN, peer) < 0) {
		peer_close(relay, peer);
		return NULL;
	}
	return peer;
}

void relay_datagram_forward(struct relay *relay, struct relay_port *port)
{
	struct sockaddr_in6 client = { 0 };
	struct iovec part = { .iov_base = relay->datagram, .iov_len = RELAY_DATAGRAM_MAX };
	union packet_info info;
	struct msghdr message = { .msg_name = &client,
				  .msg_namelen = sizeof(client),
				  .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &info,
				  .msg_controllen = sizeof(info) };
	const struct cmsghdr *header;
	struct relay_peer *peer;
	ssize_t n = recvmsg(port->fd, &message, MSG_DONTWAIT);

	if (n < 0)
		return;
	peer = peer_open(relay, port, &client);
	if (!peer)
		return;
	header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO)
		memcpy(&peer->local, CMSG_DATA(header), sizeof(peer->local));
	peer->used_ns = clock_monotonic_ns();
	(void)send(peer->fd, relay->datagram, (size_t)n, MSG_NOSIGNAL);
}

void relay_datagram_answer(struct relay *relay, struct relay_peer *peer)
{
	struct iovec part = { .iov_base = relay->datagram };
	union packet_info info = { .space = { 0 } };
	struct msghdr message = { .msg_name = &peer->client,
				  .msg_namelen = sizeof(peer->client),
				  .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &info,
				  .msg_controllen = sizeof(info) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	ssize_t n = peer->fd < 0 ? -1 : recv(peer->fd, relay->datagram, RELAY_DATAGRAM_MAX, 0);

	if (n < 0)
		return;
	part.iov_len = (size_t)n;
	peer->local.ipi6_ifindex = 0;
	header->cmsg_level = IPPROTO_IPV6;
	header->cmsg_type = IPV6_PKTINFO;
	header->cmsg_len = CMSG_LEN(sizeof(peer->local));
	memcpy(CMSG_DATA(header), &peer->local, sizeof(peer->local));
	peer->used_ns = clock_monotonic_ns();
	(void)sendmsg(peer->port->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}
