/*
 * See network.h.
 *
 * Runs in: cli (engine).
 */
#include "network/network.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "network/lease.h"
#include "network/link.h"

#define NETWORKS_DIR   "networks"
#define NETWORK_SUFFIX ".json"
#define BRIDGE_DEFAULT NETWORK_PREFIX "0"
#define TABLE_DEFAULT  NETWORK_PREFIX

enum { NETWORKS_MAX = 4096, ROUTES_MAX = 4096, FILE_NAME_SIZE = 288 };

static bool is_default_instance(const struct state *state)
{
	return strcmp(state->root, STATE_DEFAULT_ROOT) == 0;
}

bool network_name_is_valid(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < NETWORK_NAME_SIZE - sizeof(NETWORK_SUFFIX) &&
	       isalnum((unsigned char)name[0]) &&
	       strspn(name,
		      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") ==
		       len;
}

const char *network_table(const struct state *state)
{
	return is_default_instance(state) ? TABLE_DEFAULT : state->instance;
}

int network_dir_open(const struct state *state, struct err *e)
{
	int r = dir_make(state->root_fd, NETWORKS_DIR, 0700);
	int fd = r < 0 ? r
		       : openat(state->root_fd, NETWORKS_DIR,
				O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, r < 0 ? r : errno, "open %s/" NETWORKS_DIR, state->root);
	return fd;
}

int network_lock(const struct state *state, struct err *e)
{
	AUTO_CLOSE int dir_fd = network_dir_open(state, e);
	int fd;

	if (dir_fd < 0)
		return dir_fd;
	fd = file_lock(dir_fd, "lock");
	return fd < 0 ? err_sys(e, fd, "lock the networks") : fd;
}

/* --- listing ----------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_files(int dir_fd, struct arena *arena, struct strv *ret, struct err *e)
{
	int fd = fcntl(dir_fd, F_DUPFD_CLOEXEC, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		(void)err_sys(e, errno, "list the networks");
		(void)fd_close(fd);
		return -ENOMEM;
	}
	rewinddir(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] != '.' && str_ends(entry->d_name, NETWORK_SUFFIX))
			strv_add(ret, arena, entry->d_name);
	}
	(void)closedir(dir);
	if (ret->count > 1)
		qsort(ret->items, ret->count, sizeof(ret->items[0]), compare_names);
	return arena_ok(arena);
}

int network_list(const struct state *state, struct arena *arena, struct network **ret,
		 size_t *ret_count, struct err *e)
{
	AUTO_CLOSE int dir_fd = network_dir_open(state, e);
	struct strv files = { 0 };
	struct network *list;
	size_t count = 0;
	int r = dir_fd < 0 ? dir_fd : list_files(dir_fd, arena, &files, e);

	if (r < 0)
		return r;
	list = arena_array(arena, files.count + 1, sizeof(*list));
	if (!list)
		return err_sys(e, ENOMEM, "list the networks");
	for (size_t i = 0; i < files.count; i++) {
		r = network_record_read(dir_fd, files.items[i], arena, &list[count], e);
		if (r < 0 && r != -ENOENT)
			return r;
		count += r == 0;
	}
	*ret = list;
	*ret_count = count;
	return 0;
}

/* --- making ------------------------------------------------------------------------------ */

/* What is in use of either family: networks of ours, and what the host reaches by a route. */
struct taken {
	struct ip_subnet *items;
	size_t count;
	size_t far; /* so many of them, the last ones, are routes through a gateway */
};

static int list_taken(const struct state *state, struct arena *arena, struct taken *ret,
		      struct err *e)
{
	struct ip_subnet *taken =
		arena_array(arena, IP_FAMILIES * NETWORKS_MAX + ROUTES_MAX, sizeof(*taken));
	struct network *networks;
	size_t count;
	int r = network_list(state, arena, &networks, &count, e);

	if (r < 0 || !taken)
		return r < 0 ? r : err_sys(e, ENOMEM, "list the networks");
	if (count > NETWORKS_MAX)
		return err_set(e, ERR_CONFLICT, -ENFILE, "there are more than %d networks",
			       NETWORKS_MAX);
	for (size_t i = 0; i < IP_FAMILIES * count; i++)
		taken[i] = networks[i / IP_FAMILIES].pools[i % IP_FAMILIES].subnet;
	count *= IP_FAMILIES;
	r = link_routes(taken + count, ROUTES_MAX, &ret->far, e);
	if (r < 0)
		return r;
	ret->items = taken;
	ret->count = count + (size_t)r;
	return 0;
}

/* Within a wider route through a gateway, as a VPN's for all of 10.0.0.0/8, it takes nothing away
 * but itself, and somebody has asked for that. */
static bool is_in_the_way(const struct taken *taken, size_t i, const struct ip_subnet *subnet)
{
	const struct ip_subnet *other = &taken->items[i];
	bool is_far = i >= taken->count - taken->far;

	return ip_subnet_overlaps(subnet, other) && !(is_far && other->prefix < subnet->prefix);
}

static int check_overlap(const struct ip_subnet *subnet, const struct taken *taken,
			 struct err *e)
{
	char ours[IP_SUBNET_TEXT_SIZE];
	char theirs[IP_SUBNET_TEXT_SIZE];

	for (size_t i = 0; i < taken->count; i++) {
		if (!is_in_the_way(taken, i, subnet))
			continue;
		ip_subnet_format(subnet, ours);
		ip_subnet_format(&taken->items[i], theirs);
		return err_set(e, ERR_CONFLICT, -EADDRINUSE,
			       "Pool overlaps with other one on this address space: %s and %s",
			       ours, theirs);
	}
	return 0;
}

/* One that was given is checked, else one is chosen. */
static int settle_pool(struct network *network, enum ip_family family,
		       const struct taken *taken, struct err *e)
{
	struct network_pool *pool = &network->pools[family];
	bool is_default = strcmp(network->name, NETWORK_DEFAULT) == 0;
	int r;

	if (network_has(network, family))
		return check_overlap(&pool->subnet, taken, e);
	r = family == IP_V4
		    ? network_pool_choose(is_default, taken->items, taken->count, &pool->subnet)
		    : network_pool_choose_v6(network->id, taken->items, taken->count,
					     &pool->subnet);
	if (r < 0)
		return err_set(
			e, ERR_CONFLICT, r,
			"could not find an available, non-overlapping IPv%d address pool "
			"among the defaults to assign to the network",
			family == IP_V4 ? 4 : 6);
	pool->range = pool->subnet;
	pool->gateway = ip_next(&pool->subnet.base);
	return 0;
}

static int settle_pools(const struct state *state, const struct network_request *request,
			struct arena *arena, struct network *network, struct err *e)
{
	struct taken taken = { 0 };
	int r = list_taken(state, arena, &taken, e);

	if (r == 0 && !request->is_without_ipv4)
		r = settle_pool(network, IP_V4, &taken, e);
	if (r == 0 && (request->is_with_ipv6 || network_has(network, IP_V6)))
		r = settle_pool(network, IP_V6, &taken, e);
	return r;
}

static void choose_bridge(const struct state *state, struct network *network)
{
	if (network->bridge[0])
		return;
	if (strcmp(network->name, NETWORK_DEFAULT) == 0)
		(void)str_copy(network->bridge, sizeof(network->bridge),
			       is_default_instance(state) ? BRIDGE_DEFAULT : state->instance);
	else
		(void)snprintf(network->bridge, sizeof(network->bridge),
			       NETWORK_PREFIX "-%.10s", network->id);
}

static int check_bridge(const struct network *network, struct err *e)
{
	if (if_nametoindex(network->bridge) == 0)
		return 0;
	return err_set(e, ERR_CONFLICT, -EEXIST, "an interface %s exists already",
		       network->bridge);
}

/* What a killed command was writing: with the lock held nobody writes. */
static void remove_debris(int dir_fd)
{
	int fd = fcntl(dir_fd, F_DUPFD_CLOEXEC, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		(void)fd_close(fd);
		return;
	}
	rewinddir(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' && str_ends(entry->d_name, ".new"))
			(void)unlinkat(dir_fd, entry->d_name, 0);
	}
	(void)closedir(dir);
}

/* With the lock of the networks held. */
static int make_locked(const struct state *state, const struct network_request *request,
		       struct arena *arena, struct network *ret, struct err *e)
{
	AUTO_CLOSE int dir_fd = network_dir_open(state, e);
	struct network network = { .created_ns = clock_wall_ns(),
				   .labels = request->labels,
				   .options = request->options };
	char file[FILE_NAME_SIZE];
	int r = dir_fd;

	(void)snprintf(file, sizeof(file), "%s" NETWORK_SUFFIX, request->name);
	(void)str_copy(network.name, sizeof(network.name), request->name);
	if (r >= 0 && faccessat(dir_fd, file, F_OK, 0) == 0)
		return err_set(e, ERR_CONFLICT, -EEXIST, "network with name %s already exists",
			       request->name);
	if (r < 0)
		return r;
	remove_debris(dir_fd);
	r = id_make(network.id);
	if (r >= 0)
		r = network_options_apply(request, arena, &network, e);
	if (r >= 0)
		r = settle_pools(state, request, arena, &network, e);
	if (r < 0)
		return r;
	choose_bridge(state, &network);
	r = check_bridge(&network, e);
	if (r == 0)
		r = network_record_write(dir_fd, &network, e);
	if (r == 0)
		*ret = network;
	return r;
}

static int check_name(const char *name, struct err *e)
{
	static const char *const reserved[] = { "container", "default" };
	bool is_reserved = !network_has_record(name);

	if (!network_name_is_valid(name))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "invalid network name: %s: only [a-zA-Z0-9][a-zA-Z0-9_.-] are "
			       "allowed",
			       name);
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		is_reserved = is_reserved || strcmp(name, reserved[i]) == 0;
	if (is_reserved)
		return err_set(e, ERR_CONFLICT, -EPERM,
			       "operation is not permitted on predefined %s network", name);
	return 0;
}

int network_make(const struct state *state, const struct network_request *request,
		 struct arena *arena, struct network *ret, struct err *e)
{
	int r = check_name(request->name, e);
	AUTO_CLOSE int lock_fd = r < 0 ? r : network_lock(state, e);

	return lock_fd < 0 ? lock_fd : make_locked(state, request, arena, ret, e);
}

/* --- finding ----------------------------------------------------------------------------- */

static int find_by_id(const struct state *state, const char *id, struct arena *arena,
		      struct network *ret, struct err *e)
{
	struct network *list;
	size_t matches = 0;
	size_t count;
	int r = network_list(state, arena, &list, &count, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++) {
		if (!str_starts(list[i].id, id))
			continue;
		*ret = list[i];
		matches++;
	}
	if (matches == 1)
		return 0;
	if (matches > 1)
		return err_set(e, ERR_CONFLICT, -EEXIST,
			       "network %s is ambiguous (%zu matches found by ID prefix)", id,
			       matches);
	return err_set(e, ERR_NOT_FOUND, -ENOENT, "network %s not found", id);
}

static int make_default(const struct state *state, struct arena *arena, struct network *ret,
			struct err *e)
{
	const struct network_request request = { .name = NETWORK_DEFAULT };
	struct err why = { 0 };
	int r = network_make(state, &request, arena, ret, &why);

	/* Somebody else was faster. */
	if (r == -EEXIST)
		return network_find(state, NETWORK_DEFAULT, arena, ret, e);
	if (r < 0 && e)
		*e = why;
	return r;
}

int network_find(const struct state *state, const char *name, struct arena *arena,
		 struct network *ret, struct err *e)
{
	AUTO_CLOSE int dir_fd = network_dir_open(state, e);
	char file[FILE_NAME_SIZE];
	int r = -ENOENT;

	if (dir_fd < 0)
		return dir_fd;
	(void)snprintf(file, sizeof(file), "%s" NETWORK_SUFFIX, name);
	if (network_name_is_valid(name))
		r = network_record_read(dir_fd, file, arena, ret, e);
	if (r != -ENOENT)
		return r;
	if (strcmp(name, NETWORK_DEFAULT) == 0)
		return make_default(state, arena, ret, e);
	if (id_is_prefix(name))
		return find_by_id(state, name, arena, ret, e);
	return err_set(e, ERR_NOT_FOUND, -ENOENT, "network %s not found", name);
}

bool network_exists(const struct state *state, const struct network *network)
{
	char path[FILE_NAME_SIZE];

	(void)snprintf(path, sizeof(path), NETWORKS_DIR "/%s" NETWORK_SUFFIX, network->name);
	return faccessat(state->root_fd, path, F_OK, 0) == 0;
}

int network_remove(const struct state *state, const struct network *network, struct err *e)
{
	AUTO_CLOSE int dir_fd = network_dir_open(state, e);
	char file[FILE_NAME_SIZE];
	int r = dir_fd < 0 ? dir_fd : link_remove(network->bridge, e);

	if (r < 0)
		return r;
	(void)lease_forget(state, network->id);
	(void)snprintf(file, sizeof(file), "%s" NETWORK_SUFFIX, network->name);
	FAULT("unlink");
	if (unlinkat(dir_fd, file, 0) < 0 && errno != ENOENT)
		return err_sys(e, errno, "remove the record of network %s", network->name);
	return 0;
}
