/*
 * See container_resolver.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/container_resolver.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "engine/container_namespace.h"
#include "engine/container_network.h"
#include "engine/etc_files.h"
#include "engine/resolver.h"
#include "engine/resolver_text.h"
#include "network/link.h"
#include "network/name_port.h"
#include "store/container_dir.h"
#include "store/run_life.h"

enum { CONNECTIONS_WAITING = 64 };

void container_resolver_init(struct container_resolver *resolver)
{
	*resolver = (struct container_resolver){ .fds = { -EBADF, -EBADF, -EBADF },
						 .connection_fd = -EBADF };
}

void container_resolver_done(struct container_resolver *resolver)
{
	for (int i = 0; i < DNS_SOCKET_COUNT; i++)
		resolver->fds[i] = fd_close(resolver->fds[i]);
	resolver->connection_fd = fd_close(resolver->connection_fd);
	str_done(&resolver->text);
}

bool container_has_names(const struct container_config *config)
{
	if (!container_has_network(config))
		return false;
	for (size_t i = 0; i < config->network_count; i++)
		if (!str_equal(config->networks[i].network, NETWORK_DEFAULT))
			return true;
	return false;
}

/* --- its sockets ------------------------------------------------------------------------- */

/* Of any port: see network/name_port.h. IP_FREEBIND: loopback may not be up yet. */
static int socket_bind(int type, struct sockaddr_in *address)
{
	const int on = 1;
	socklen_t len = sizeof(*address);
	AUTO_CLOSE int fd = -EBADF;

	*address = (struct sockaddr_in){ .sin_family = AF_INET };
	(void)inet_pton(AF_INET, DNS_ADDRESS, &address->sin_addr);
	FAULT("socket");
	fd = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof(on)) < 0 ||
	    bind(fd, (struct sockaddr *)address, len) < 0 ||
	    getsockname(fd, (struct sockaddr *)address, &len) < 0)
		return -errno;
	if (type == SOCK_STREAM && listen(fd, CONNECTIONS_WAITING) < 0)
		return -errno;
	return fd_take(&fd);
}

int container_resolver_open_inside(struct container_resolver *resolver, struct err *e)
{
	struct sockaddr_in udp;
	struct sockaddr_in tcp;
	int r;

	resolver->fds[DNS_SOCKET_UDP] = r = socket_bind(SOCK_DGRAM, &udp);
	if (r >= 0)
		resolver->fds[DNS_SOCKET_TCP] = r = socket_bind(SOCK_STREAM, &tcp);
	if (r < 0)
		return err_sys(e, r, "bind " DNS_ADDRESS " in the container");
	return name_port_redirect(udp.sin_addr, ntohs(udp.sin_port), ntohs(tcp.sin_port), e);
}

static int open_from_outside(struct container_resolver *resolver,
			     const struct container *container, struct err *e)
{
	AUTO_CLOSE int netns_fd = container_namespace_open(container, "net", e);
	int back_fd;
	int back;
	int r;

	if (netns_fd < 0)
		return netns_fd;
	back_fd = link_inside_enter(netns_fd, e);
	if (back_fd < 0)
		return back_fd;
	r = container_resolver_open_inside(resolver, e);
	back = link_inside_leave(back_fd, r < 0 ? NULL : e);
	return r < 0 ? r : back;
}

/* --- what it is told --------------------------------------------------------------------- */

static int make_text(const struct record *record, const struct endpoints *endpoints,
		     struct str *out, struct err *e)
{
	AUTO_FREE char *host_text = etc_host_resolv();

	return resolver_text(record, endpoints,
			     etc_resolv_keeps_short(&record->config, host_text), out, e);
}

static struct resolver_message message_of(const struct container_resolver *resolver)
{
	bool has_sockets = resolver->fds[DNS_SOCKET_LIFE] >= 0;

	return (struct resolver_message){
		.is_starting = has_sockets,
		.is_replacing = true,
		.text = str_text(&resolver->text),
		.len = resolver->text.len,
		.fds = resolver->fds,
		.fd_count = has_sockets ? DNS_SOCKET_COUNT : 0,
	};
}

int container_resolver_say(struct container_resolver *resolver, struct engine *engine,
			   const struct record *record, const struct endpoints *endpoints,
			   struct err *e)
{
	int life_fd = run_life_open(&engine->state, record->id);
	struct resolver_message message;
	int r;

	if (life_fd < 0)
		return err_sys(e, life_fd, "open the pipe to the monitor of container %s",
			       record->name);
	resolver->fds[DNS_SOCKET_LIFE] = life_fd;
	str_clear(&resolver->text);
	r = make_text(record, endpoints, &resolver->text, e);
	if (r < 0)
		return r;
	message = message_of(resolver);
	resolver->connection_fd = resolver_say(engine, &message, e);
	return resolver->connection_fd < 0 ? resolver->connection_fd : 0;
}

int container_resolver_hear(struct container_resolver *resolver, struct engine *engine,
			    struct err *e)
{
	struct resolver_message message = message_of(resolver);

	if (resolver->connection_fd < 0)
		return 0;
	return resolver_hear(engine, &message, fd_take(&resolver->connection_fd), e);
}

/* --- later ------------------------------------------------------------------------------- */

/* The text alone. -ENOENT, -ECONNREFUSED, -ECONNRESET: it is not known. */
static int update(struct engine *engine, const struct record *record,
		  const struct endpoints *endpoints, bool is_replacing, struct err *e)
{
	AUTO_RESOLVER struct container_resolver resolver;
	struct resolver_message message;
	int r;

	container_resolver_init(&resolver);
	r = make_text(record, endpoints, &resolver.text, e);
	if (r < 0)
		return r;
	message = message_of(&resolver);
	message.is_replacing = is_replacing;
	r = resolver_say(engine, &message, e);
	return r < 0 ? r : resolver_hear(engine, &message, r, e);
}

static int enter(struct engine *engine, const struct container *container,
		 const struct container_dir *dir, const struct endpoints *endpoints,
		 struct err *e)
{
	AUTO_RESOLVER struct container_resolver resolver;
	int r;

	container_resolver_init(&resolver);
	r = open_from_outside(&resolver, container, e);
	if (r == 0)
		r = container_resolver_say(&resolver, engine, &container->record, endpoints, e);
	if (r == 0)
		r = container_resolver_hear(&resolver, engine, e);
	return r < 0 ? r : etc_resolv_update(dir->fd, &container->record.config, e);
}

/* None, too: it was started without, or has ended. */
static int read_endpoints(struct engine *engine, const char *id, struct arena *arena,
			  struct endpoints *ret, struct err *e)
{
	int r = endpoints_read(&engine->state, id, arena, ret);

	if (r == -ENOENT) {
		*ret = (struct endpoints){ 0 };
		return 0;
	}
	return r < 0 ? err_sys(e, r, "read the endpoints of container %.12s", id) : 0;
}

/* `is_needed`: one that is not known is entered. */
static int tell(struct engine *engine, const struct container *container,
		const struct container_dir *dir, bool is_needed, struct err *e)
{
	const struct record *record = &container->record;
	AUTO_ARENA struct arena arena = { 0 };
	struct endpoints endpoints;
	struct err why = { 0 };
	int r = read_endpoints(engine, record->id, &arena, &endpoints, e);

	if (r < 0)
		return r;
	r = update(engine, record, &endpoints, true, &why);
	if (r == -ENOENT || r == -ECONNREFUSED || r == -ECONNRESET)
		return is_needed ? enter(engine, container, dir, &endpoints, e) : 0;
	if (r < 0 && e)
		*e = why;
	return r;
}

int container_resolver_tell(struct engine *engine, const struct container *container,
			    const struct container_dir *dir, struct err *e)
{
	return tell(engine, container, dir, container_has_names(&container->record.config), e);
}

bool container_resolver_is_known(struct engine *engine, const struct container *container)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct endpoints endpoints;

	return read_endpoints(engine, container->record.id, &arena, &endpoints, NULL) == 0 &&
	       update(engine, &container->record, &endpoints, false, NULL) == 0;
}

/* Whoever has asked hoy-dns once goes on asking it, though it may have left its last network with
 * names. */
int engine_resolve(struct engine *engine, const char *id, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct container container = { 0 };
	struct container_dir dir;
	int r = container_dir_lock(&engine->state, DIR_CONTAINERS, id, true, &dir);

	if (r < 0)
		return r == -ENOENT ? 0 : err_sys(e, r, "lock container %.12s", id);
	r = record_read(&engine->state, id, &arena, &container.record, e);
	if (r == 0)
		r = liveness_read(&engine->state, &container.record, &container.liveness, e);
	if (r == 0 && container.liveness.status == STATUS_RUNNING)
		r = tell(engine, &container, &dir, true, e);
	container_dir_close(&dir);
	return r;
}
