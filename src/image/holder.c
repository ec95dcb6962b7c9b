/*
 * See holder.h.
 *
 * Runs in: cli (engine).
 */
#include "image/holder.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/log.h"
#include "image/holder_make.h"
#include "linux/mounts.h"
#include "linux/namespace.h"
#include "linux/namespace_visit.h"

struct visit {
	const struct state *state;
	holder_visit_fn *visit;
	void *context;
	bool is_holder;
	bool has_begun; /* the result is the visit's own */
	ino_t stale;	/* the namespace that is another data root's; 0: none */
};

/* A file that stands there because nothing is pinned (any more), and one that is pinned in
 * another mount namespace, is not one. */
static int pinned_open(const struct state *state, const char *path)
{
	AUTO_CLOSE int fd =
		openat(state->runroot_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -errno;
	return ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNS ? fd_take(&fd) : -ENOENT;
}

int holder_seed(const struct state *state)
{
	return pinned_open(state, HOLDER_SEED);
}

int holder_lock(const struct state *state, struct err *e)
{
	int fd = file_lock(state->runroot_fd, "holder.lock");

	return fd < 0 ? err_sys(e, fd, "lock %s/holder.lock", state->runroot) : fd;
}

/* Is it the data root that we have? */
static bool is_store(const struct state *state)
{
	struct stat here;
	struct stat ours;

	return chdir("/store") == 0 && stat(".", &here) == 0 &&
	       fstat(state->root_fd, &ours) == 0 && here.st_dev == ours.st_dev &&
	       here.st_ino == ours.st_ino;
}

/* Into the data root first: then it is that of the copy. */
static int copy_enter(const struct state *state)
{
	int r = fchdir(state->root_fd) < 0 ? -errno : namespace_unshare(CLONE_NEWNS);

	return r < 0 ? r : mount_change_all(MS_PRIVATE);
}

static int visit_here(void *context)
{
	struct visit *v = context;

	int r = v->is_holder ? 0 : copy_enter(v->state);

	if (v->is_holder && !is_store(v->state))
		return -ESTALE;
	if (r < 0)
		return r;
	v->has_begun = true;
	return v->visit(v->is_holder, v->context);
}

static ino_t namespace_number(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 ? 0 : st.st_ino;
}

/* Whoever waited for the lock may find it made. */
static int store_make(const struct visit *v, struct err *e)
{
	AUTO_CLOSE int lock = holder_lock(v->state, e);
	int fd = lock < 0 ? lock : pinned_open(v->state, HOLDER_STORE);
	int r;

	if (lock < 0 || (fd >= 0 && namespace_number(fd) != v->stale))
		return fd;
	(void)fd_close(fd);
	r = holder_make(v->state, e);
	if (r < 0)
		return r;
	fd = pinned_open(v->state, HOLDER_STORE);
	return fd < 0 ? err_sys(e, fd, "open %s/" HOLDER_STORE, v->state->runroot) : fd;
}

static int visit_store(struct visit *v, struct err *e)
{
	AUTO_CLOSE int fd = v->stale ? -ESTALE : pinned_open(v->state, HOLDER_STORE);
	int r;

	if (fd < 0)
		fd = store_make(v, e);
	if (fd < 0)
		return fd;
	v->is_holder = true;
	r = namespace_visit(fd, visit_here, v, e);
	v->stale = r == -ESTALE && !v->has_begun ? namespace_number(fd) : 0;
	return r;
}

int holder_visit(const struct state *state, holder_visit_fn *visit, void *context,
		 struct err *e)
{
	struct visit v = { .state = state, .visit = visit, .context = context };
	struct err why = { 0 };
	int r = visit_store(&v, &why);

	if (v.stale)
		r = visit_store(&v, &why);
	if (r < 0 && !v.is_holder) {
		log_debug("there is no holder namespace: %s", why.text);
		why = (struct err){ 0 };
		r = namespace_visit(-1, visit_here, &v, &why);
	}
	if (r >= 0 || (v.has_begun && why.kind == ERR_NONE))
		return r; /* the visit's own words are in `e` already */
	if (why.kind == ERR_NONE)
		return err_sys(e, r, "look into the store %s", state->root);
	if (e)
		*e = why;
	return r;
}

int holder_visit_made(const struct state *state, holder_visit_fn *visit, void *context,
		      struct err *e)
{
	struct visit v = {
		.state = state, .visit = visit, .context = context, .is_holder = true
	};
	AUTO_CLOSE int fd = pinned_open(state, HOLDER_STORE);
	int r = fd < 0 ? 0 : namespace_visit(fd, visit_here, &v, e);

	return r == -ESTALE && !v.has_begun ? 0 : r;
}

int holder_remove(const struct state *state, struct err *e)
{
	AUTO_CLOSE int lock = holder_lock(state, e);
	int r = lock < 0 ? lock : holder_unpin(state);

	if (lock < 0)
		return lock;
	if (r < 0)
		return err_sys(e, r, "let go of %s/" HOLDER_DIRECTORY, state->runroot);
	(void)unlinkat(state->runroot_fd, HOLDER_STORE, 0);
	(void)unlinkat(state->runroot_fd, HOLDER_SEED, 0);
	(void)unlinkat(state->runroot_fd, HOLDER_DIRECTORY, AT_REMOVEDIR);
	return 0;
}
