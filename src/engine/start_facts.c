/*
 * What a spec depends on besides the record: users, host names, devices, namespaces of other
 * containers.
 *
 * Runs in: cli (engine).
 * See: start.h.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "engine/container_hosts.h"
#include "engine/container_links.h"
#include "engine/container_namespace.h"
#include "engine/container_resolver.h"
#include "engine/device_facts.h"
#include "engine/etc_files.h"
#include "engine/id_shift.h"
#include "engine/mount_borrow.h"
#include "engine/root_user.h"
#include "engine/start.h"

static int fill_user(struct start *s, struct err *e)
{
	const struct container_config *c = &s->record.config;
	char *home = NULL;
	int r = root_user_find(s->root_fd, c->user, &c->group_add, s->arena, &s->facts.user,
			       &home, e);

	s->facts.home = home;
	return r;
}

/* The running container behind "container:ID". */
static int other_container(struct start *s, const char *mode, struct container *ret,
			   struct err *e)
{
	const char *id = mode_container(mode);
	int r = engine_get(s->engine, id, s->arena, ret, e);

	if (r == 0 && ret->liveness.status != STATUS_RUNNING)
		r = err_set(
			e, ERR_CONFLICT, -ESRCH,
			"cannot join namespace of a non running container: container %s is %s",
			ret->record.name, container_status_text(ret->liveness.status));
	return r;
}

static int join(struct start *s, const char *mode, const char *name, int *ret_fd,
		struct container *ret, struct err *e)
{
	struct container other = { 0 };
	int fd;
	int r;

	if (!mode_container(mode))
		return 0;
	r = other_container(s, mode, &other, e);
	if (r < 0)
		return r;
	fd = container_namespace_open(&other, name, e);
	if (fd < 0)
		return fd;
	*ret_fd = fd;
	if (ret)
		*ret = other;
	return 0;
}

/* POSIX shared memory is files in /dev/shm, so that belongs to the namespace. */
static int join_ipc(struct start *s, struct err *e)
{
	struct container other = { 0 };
	int r = join(s, s->record.config.ipc_mode, "ipc", &s->facts.ipc_fd, &other, e);

	if (r < 0 || s->facts.ipc_fd < 0)
		return r;
	r = mount_borrow(&other, "/dev/shm", e);
	if (r < 0)
		return r;
	s->facts.shm_fd = r;
	return 0;
}

static int fill_hostname(struct start *s, const struct container *network_owner, struct err *e)
{
	const struct record *owner = &network_owner->record;

	if (!owner->id[0])
		return container_hosts_name(&s->record, s->hostname, e);
	if (str_is_empty(owner->config.hostname) && mode_is(s->record.config.uts_mode, "host"))
		return container_hosts_name(&s->record, s->hostname, e);
	(void)snprintf(s->hostname, sizeof(s->hostname), "%.*s",
		       str_is_empty(owner->config.hostname) ? ID_SHORT_LEN : HOSTNAME_SIZE - 1,
		       str_is_empty(owner->config.hostname) ? owner->id
							    : owner->config.hostname);
	return 0;
}

/* Forty calls of prctl(2), needed only where somebody says ALL. */
static int available_capabilities(const struct container_config *c, uint64_t *ret,
				  struct err *e)
{
	struct host_facts host;
	int r;

	if (!c->is_privileged && c->cap_add.count == 0 && c->cap_drop.count == 0)
		return 0;
	r = host_facts_read(&host, e);
	if (r == 0)
		*ret = host.capability_bounding;
	return r;
}

/* The other containers' addresses are those of now. */
static int fill_links(struct start *s, struct err *e)
{
	AUTO_STR struct str lines = { 0 };
	int r = container_links_read(s->engine, &s->record, s->arena, &lines, &s->facts.links,
				     e);

	return r < 0 ? r : container_hosts_append(s->dir.fd, &lines, e);
}

static enum etc_network network_of(const struct container_config *config)
{
	if (mode_is(config->network_mode, "host"))
		return ETC_NETWORK_HOST;
	return container_has_names(config) ? ETC_NETWORK_NAMES : ETC_NETWORK_PRIVATE;
}

/* Where mounts cannot be mapped, files belong to the container's root on the disk too. */
static int own_files(struct start *s, struct err *e)
{
	struct id_shift shift;
	int r;

	if (!s->record.is_shifted)
		return 0;
	r = id_shift_init(&shift, &s->record.config, s->arena, e);
	return r < 0 ? r
		     : etc_files_own(s->dir.fd, id_shift_uid(&shift, 0),
				     id_shift_gid(&shift, 0), e);
}

int start_facts(struct start *s, const struct engine_start_request *request, struct err *e)
{
	const struct container_config *c = &s->record.config;
	const char *place = s->dir.is_published ? DIR_CONTAINERS : DIR_PENDING;
	struct container network_owner = { 0 };
	struct device_fact *devices = NULL;
	int r = available_capabilities(c, &s->facts.capabilities, e);

	if (r == 0)
		r = fill_user(s, e);
	if (r == 0)
		r = join(s, c->network_mode, "net", &s->facts.network_fd, &network_owner, e);
	if (r == 0)
		r = join_ipc(s, e);
	if (r == 0)
		r = join(s, c->pid_mode, "pid", &s->facts.pid_fd, NULL, e);
	if (r == 0)
		r = fill_hostname(s, &network_owner, e);
	if (r == 0)
		r = device_facts(c, s->arena, &devices, &s->facts.device_count, e);
	if (r < 0)
		return r;
	s->facts.devices = devices;
	s->facts.hostname = s->hostname;
	s->facts.rows = request->rows;
	s->facts.columns = request->columns;
	s->facts.volumes = arena_printf(s->arena, "%s/volumes", s->engine->state.root);
	/* One network, one /etc/hosts: that of the container whose network is shared. */
	if (network_owner.record.id[0]) {
		s->facts.directory =
			arena_printf(s->arena, "%s/" DIR_CONTAINERS "/%s",
				     s->engine->state.root, network_owner.record.id);
		return arena_ok(s->arena);
	}
	s->facts.directory =
		arena_printf(s->arena, "%s/%s/%s", s->engine->state.root, place, s->dir.id);
	r = etc_files_write(s->dir.fd, c, s->hostname, network_of(c), e);
	if (r == 0)
		r = fill_links(s, e);
	if (r == 0)
		r = own_files(s, e);
	return r == 0 ? arena_ok(s->arena) : r;
}

void start_facts_done(struct start *s)
{
	s->facts.network_fd = fd_close(s->facts.network_fd);
	s->facts.ipc_fd = fd_close(s->facts.ipc_fd);
	s->facts.pid_fd = fd_close(s->facts.pid_fd);
	s->facts.shm_fd = fd_close(s->facts.shm_fd);
}
