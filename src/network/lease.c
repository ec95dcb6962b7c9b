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
#include <sys/file.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "store/run_dir.h"

/* The last address that was given, four bytes, and the lock of whoever takes one. */
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
static int take_one(const struct state *state, int dir_fd, uint32_t address, const char *id)
{
	char name[IPV4_TEXT_SIZE];

	ipv4_format(address, name);
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

static bool may_be_given(const struct network *network, uint32_t address)
{
	return address != network->subnet.base && address != network->gateway &&
	       address != ipv4_subnet_last(network->subnet);
}

/* Behind the last one, around the range once. */
static int take_next(const struct state *state, const struct network *network, int dir_fd,
		     int last_fd, const char *id, uint32_t *ret)
{
	uint32_t first = network->range.base;
	uint32_t end = ipv4_subnet_last(network->range);
	uint32_t address = first;
	uint64_t left = (uint64_t)end - first + 1;

	if (pread(last_fd, &address, sizeof(address), 0) != sizeof(address) ||
	    !ipv4_subnet_has(network->range, address))
		address = end;
	for (; left > 0; left--) {
		int r;

		address = address == end ? first : address + 1;
		if (!may_be_given(network, address))
			continue;
		r = take_one(state, dir_fd, address, id);
		if (r == -EEXIST)
			continue;
		if (r == 0) {
			*ret = address;
			(void)!pwrite(last_fd, &address, sizeof(address), 0);
		}
		return r;
	}
	return -EADDRNOTAVAIL;
}

static int refuse_wanted(const struct network *network, uint32_t wanted, int r, struct err *e)
{
	char text[IPV4_TEXT_SIZE];

	ipv4_format(wanted, text);
	if (r == -EEXIST)
		return err_set(e, ERR_CONFLICT, -EADDRINUSE, "Address already in use: %s",
			       text);
	if (r == -EADDRNOTAVAIL)
		return err_set(e, ERR_INVALID, r,
			       "%s is not an address for a container of network %s", text,
			       network->name);
	return err_sys(e, r, "lease %s", text);
}

int lease_take(const struct state *state, const struct network *network, const char *id,
	       uint32_t wanted, uint32_t *ret, struct err *e)
{
	AUTO_CLOSE int dir_fd = leases_open(state, network->id, true);
	AUTO_CLOSE int last_fd = -EBADF;
	int r;

	if (dir_fd < 0)
		return err_sys(e, dir_fd, "open the leases of network %s", network->name);
	last_fd = openat(dir_fd, LAST_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (last_fd < 0 || flock(last_fd, LOCK_EX) < 0)
		return err_sys(e, errno, "lock the leases of network %s", network->name);
	if (wanted != 0) {
		r = ipv4_subnet_has(network->subnet, wanted) && may_be_given(network, wanted)
			    ? take_one(state, dir_fd, wanted, id)
			    : -EADDRNOTAVAIL;
		*ret = wanted;
		return r < 0 ? refuse_wanted(network, wanted, r, e) : 0;
	}
	r = take_next(state, network, dir_fd, last_fd, id, ret);
	if (r == -EADDRNOTAVAIL)
		return err_set(e, ERR_CONFLICT, r, "no address is free in network %s",
			       network->name);
	return r < 0 ? err_sys(e, r, "lease an address of network %s", network->name) : 0;
}

int lease_release(const struct state *state, const char *network_id, const char *id,
		  uint32_t address)
{
	AUTO_CLOSE int dir_fd = leases_open(state, network_id, false);
	char name[IPV4_TEXT_SIZE];
	char owner[ID_SIZE];
	int r;

	if (dir_fd < 0)
		return dir_fd == -ENOENT ? 0 : dir_fd;
	ipv4_format(address, name);
	r = read_owner(dir_fd, name, owner);
	if (r < 0 || !str_equal(owner, id))
		return r == -ENOENT || r == 0 ? 0 : r;
	FAULT("lease");
	return unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT ? -errno : 0;
}

/* In one network's directory. */
static void release_in(int take_fd, const char *id)
{
	DIR *dir = fdopendir(take_fd);
	struct dirent *entry;

	if (!dir) {
		(void)fd_close(take_fd);
		return;
	}
	while ((entry = readdir(dir))) {
		char owner[ID_SIZE];

		if (entry->d_name[0] != '.' &&
		    read_owner(dirfd(dir), entry->d_name, owner) == 0 && str_equal(owner, id))
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	}
	(void)closedir(dir);
}

int lease_release_all(const struct state *state, const char *id)
{
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
			release_in(network_fd, id);
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
		    !run_dir_is_alive(state, owner))
			continue;
		strv_add(ret, arena, entry->d_name);
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
