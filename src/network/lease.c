/*
 * See lease.h.
 *
 * Runs in: cli (engine).
 * See: symlink(2), flock(2).
 */
#include "network/lease.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "store/run_dir.h"

/* The lock of whoever takes one, and the last address that was given: its bytes. */
#define LOCK_FILE ".lock"
#define LAST_FILE ".last"

enum { LEASE_PATH_SIZE = 48 };

static void lease_path(char path[LEASE_PATH_SIZE], const char *network_id)
{
	(void)snprintf(path, LEASE_PATH_SIZE, "leases/%.*s", ID_SHORT_LEN, network_id);
}

/* The directory of the network's leases. Returns an fd owned by the caller or -errno. */
static int leases_open(const struct state *state, const char *network_id, bool makes)
{
	char path[LEASE_PATH_SIZE];
	int fd;
	int r;

	lease_path(path, network_id);
	fd = openat(state->runroot_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 || errno != ENOENT || !makes)
		return fd < 0 ? -errno : fd;
	r = dir_make(state->runroot_fd, path, 0700);
	if (r < 0)
		return r;
	fd = openat(state->runroot_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int read_owner(int dir_fd, const char *name, char owner[ID_SIZE])
{
	ssize_t n = readlinkat(dir_fd, name, owner, ID_SIZE);

	if (n < 0)
		return -errno;
	owner[n < ID_SIZE ? n : ID_SIZE - 1] = '\0';
	return id_is_valid(owner) ? 0 : -EBADMSG;
}

static bool is_dead(const struct state *state, int dir_fd, const char *name)
{
	char owner[ID_SIZE];
	int r = read_owner(dir_fd, name, owner);

	return r == -EBADMSG || (r == 0 && !run_dir_is_alive(state, owner));
}

/* Returns 0, or -EEXIST when a living container has it. */
static int take_one(const struct state *state, int dir_fd, const struct ip_address *address,
		    const char *id)
{
	char name[IP_TEXT_SIZE];

	ip_format(address, name);
	FAULT("lease");
	if (symlinkat(id, dir_fd, name) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	if (!is_dead(state, dir_fd, name))
		return -EEXIST;
	(void)unlinkat(dir_fd, name, 0);
	return symlinkat(id, dir_fd, name) < 0 ? -errno : 0;
}

/* --- which one --------------------------------------------------------------------------- */

static bool is_reserved(const struct network_pool *pool, const struct ip_address *address)
{
	for (size_t i = 0; i < pool->reserved.count; i++) {
		const char *equals = strchr(pool->reserved.items[i], '=');
		struct ip_address reserved;

		if (equals && ip_parse(equals + 1, &reserved) == 0 &&
		    ip_equal(&reserved, address))
			return true;
	}
	return false;
}

/* Neither the network's own address, nor the broadcast one, nor somebody else's. */
static bool may_be_given(const struct network_pool *pool, const struct ip_address *address)
{
	struct ip_address last = ip_subnet_last(&pool->subnet);

	return !ip_equal(address, &pool->subnet.base) && !ip_equal(address, &pool->gateway) &&
	       (ip_family_of(address) == IP_V6 || !ip_equal(address, &last)) &&
	       !is_reserved(pool, address);
}

static const char *last_file(enum ip_family family)
{
	return family == IP_V6 ? LAST_FILE "6" : LAST_FILE;
}

/* Where the search begins: at the last one that was given, or so that the first comes first. */
static struct ip_address read_last(const struct network_pool *pool, int last_fd)
{
	struct ip_address last = ip_subnet_last(&pool->range);
	struct ip_address read = { .size = last.size };

	if (pread(last_fd, read.bytes, read.size, 0) != read.size ||
	    !ip_subnet_has(&pool->range, &read))
		return last;
	return read;
}

/* Behind the last one, around the range once. */
static int take_next(const struct state *state, const struct network_pool *pool, int dir_fd,
		     int last_fd, const char *id, struct ip_address *ret)
{
	const struct ip_address begin = read_last(pool, last_fd);
	const struct ip_address end = ip_subnet_last(&pool->range);
	struct ip_address address = begin;
	int r = -EADDRNOTAVAIL;

	do {
		address = ip_equal(&address, &end) ? pool->range.base : ip_next(&address);
		if (!may_be_given(pool, &address))
			continue;
		r = take_one(state, dir_fd, &address, id);
		if (r != -EEXIST)
			break;
		r = -EADDRNOTAVAIL;
	} while (!ip_equal(&address, &begin));
	if (r < 0)
		return r;
	*ret = address;
	(void)!pwrite(last_fd, address.bytes, address.size, 0);
	return 0;
}

static int take_wanted(const struct state *state, const struct network *network, int dir_fd,
		       const struct ip_address *wanted, const char *id, struct err *e)
{
	const struct network_pool *pool = &network->pools[ip_family_of(wanted)];
	char text[IP_TEXT_SIZE];
	int r = ip_subnet_has(&pool->subnet, wanted) && may_be_given(pool, wanted)
			? take_one(state, dir_fd, wanted, id)
			: -EADDRNOTAVAIL;

	ip_format(wanted, text);
	if (r == -EEXIST)
		return err_set(e, ERR_CONFLICT, -EADDRINUSE, "Address already in use: %s",
			       text);
	if (r == -EADDRNOTAVAIL)
		return err_set(e, ERR_INVALID, r,
			       "%s is not an address for a container of network %s", text,
			       network->name);
	return r < 0 ? err_sys(e, r, "lease %s", text) : 0;
}

/* `dir_fd` may be an error already. */
static int lock_in(int dir_fd, const struct network *network, struct err *e)
{
	int fd;

	if (dir_fd < 0)
		return err_sys(e, dir_fd, "open the leases of network %s", network->name);
	fd = file_lock(dir_fd, LOCK_FILE);
	return fd < 0 ? err_sys(e, fd, "lock the leases of network %s", network->name) : fd;
}

int lease_lock(const struct state *state, const struct network *network, struct err *e)
{
	AUTO_CLOSE int dir_fd = leases_open(state, network->id, true);

	return lock_in(dir_fd, network, e);
}

int lease_take(const struct state *state, const struct network *network, enum ip_family family,
	       const char *id, const struct ip_address *wanted, struct ip_address *ret,
	       struct err *e)
{
	AUTO_CLOSE int dir_fd = leases_open(state, network->id, true);
	AUTO_CLOSE int lock_fd = lock_in(dir_fd, network, e);
	AUTO_CLOSE int last_fd = -EBADF;
	int r;

	if (lock_fd < 0)
		return lock_fd;
	/* Whoever removes it holds the lock from before the last look until it is gone. */
	if (!network_exists(state, network))
		return err_set(e, ERR_NOT_FOUND, -ENOENT, "network %s not found",
			       network->name);
	if (ip_is_set(wanted)) {
		r = take_wanted(state, network, dir_fd, wanted, id, e);
		if (r == 0)
			*ret = *wanted;
		return r;
	}
	last_fd = openat(dir_fd, last_file(family), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (last_fd < 0)
		return err_sys(e, errno, "open the leases of network %s", network->name);
	r = take_next(state, &network->pools[family], dir_fd, last_fd, id, ret);
	if (r == -EADDRNOTAVAIL)
		return err_set(e, ERR_CONFLICT, r, "no address is free in network %s",
			       network->name);
	return r < 0 ? err_sys(e, r, "lease an address of network %s", network->name) : 0;
}

/* --- giving back ------------------------------------------------------------------------- */

int lease_release(const struct state *state, const char *network_id, const char *id,
		  const struct ip_address *address)
{
	AUTO_CLOSE int dir_fd = leases_open(state, network_id, false);
	char name[IP_TEXT_SIZE];
	char owner[ID_SIZE];
	int r;

	if (dir_fd < 0)
		return dir_fd == -ENOENT ? 0 : dir_fd;
	ip_format(address, name);
	r = read_owner(dir_fd, name, owner);
	if (r < 0 || !str_equal(owner, id))
		return r == -ENOENT || r == 0 ? 0 : r;
	FAULT("lease");
	return unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT ? -errno : 0;
}

/* Whose, and whether it stays. */
struct release {
	const char *id;
	lease_keeps *keeps;
	void *context;
};

static bool is_to_go(const struct release *release, const char *network, int dir_fd,
		     const char *name)
{
	struct ip_address address;
	char owner[ID_SIZE];

	if (name[0] == '.' || read_owner(dir_fd, name, owner) < 0 ||
	    !str_equal(owner, release->id))
		return false;
	return !release->keeps || ip_parse(name, &address) < 0 ||
	       !release->keeps(release->context, network, &address);
}

/* In one network's directory. */
static void release_in(int take_fd, const char *network, const struct release *release)
{
	DIR *dir = fdopendir(take_fd);
	struct dirent *entry;

	if (!dir) {
		(void)fd_close(take_fd);
		return;
	}
	while ((entry = readdir(dir))) {
		if (is_to_go(release, network, dirfd(dir), entry->d_name))
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	}
	(void)closedir(dir);
}

int lease_release_all(const struct state *state, const char *id, lease_keeps *keeps,
		      void *context)
{
	const struct release release = { id, keeps, context };
	int fd = openat(state->runroot_fd, "leases", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		int r = errno == ENOENT ? 0 : -errno;

		(void)fd_close(fd);
		return r;
	}
	while ((entry = readdir(dir))) {
		int network_fd =
			entry->d_name[0] == '.'
				? -1
				: openat(fd, entry->d_name,
					 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (network_fd >= 0)
			release_in(network_fd, entry->d_name, &release);
	}
	(void)closedir(dir);
	return 0;
}

int lease_list(const struct state *state, const char *network_id, struct arena *arena,
	       struct strv *ret, struct err *e)
{
	int fd = leases_open(state, network_id, false);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		int r = fd < 0 ? fd : -errno;

		if (fd >= 0)
			(void)fd_close(fd);
		return r == -ENOENT ? 0 : err_sys(e, r, "list the leases of a network");
	}
	while ((entry = readdir(dir))) {
		char owner[ID_SIZE];

		if (entry->d_name[0] == '.' || read_owner(fd, entry->d_name, owner) < 0 ||
		    strv_has(ret, owner) || !run_dir_is_alive(state, owner))
			continue;
		strv_add(ret, arena, owner);
	}
	(void)closedir(dir);
	return arena_ok(arena);
}

int lease_forget(const struct state *state, const char *network_id)
{
	char path[LEASE_PATH_SIZE];

	lease_path(path, network_id);
	return dir_remove(state->runroot_fd, path);
}
