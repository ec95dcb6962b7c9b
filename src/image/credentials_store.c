/*
 * Keeping credentials and forgetting them: see credentials.h.
 *
 * The file is changed under a lock of its directory, so that two logins at once both last; a
 * helper, which may ask its user something, is run before that. A link to the file stays a link:
 * what it points to is replaced.
 *
 * Runs in: cli (engine).
 * See: flock(2).
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "format/base64.h"
#include "image/credentials.h"
#include "image/credentials_edit.h"
#include "image/credentials_file.h"
#include "image/credentials_helper.h"
#include "image/credentials_places.h"

enum { LINKS_MAX = 16, FILE_MODE = 0600, DIRECTORY_MODE = 0700 };

/* --- the file itself ---------------------------------------------------------------------- */

/* `path` with what it links to in its place, as often as it is a link. */
static int follow_links(const char *path, char to[PATH_MAX], struct err *e)
{
	char link[PATH_MAX];

	if (str_copy(to, PATH_MAX, path) < 0)
		return err_sys(e, ENAMETOOLONG, "open %s", path);
	for (int i = 0; i < LINKS_MAX; i++) {
		ssize_t len = readlink(to, link, sizeof(link) - 1);
		char *slash = strrchr(to, '/');
		size_t keep = slash ? (size_t)(slash - to) + 1 : 0;

		if (len < 0)
			return 0;
		link[len] = '\0';
		if (link[0] == '/')
			keep = 0;
		if (str_copy(to + keep, PATH_MAX - keep, link) < 0)
			return err_sys(e, ENAMETOOLONG, "open %s", path);
	}
	return err_sys(e, ELOOP, "open %s", path);
}

/* "." NAME "." PID ".new", as file_replace calls what it writes. */
static bool is_unfinished(const char *entry, const char *name)
{
	size_t len = strlen(name);
	const char *pid = entry + 1 + len + 1;
	size_t digits;

	if (entry[0] != '.' || strncmp(entry + 1, name, len) != 0 || entry[1 + len] != '.')
		return false;
	digits = strspn(pid, "0123456789");
	return digits > 0 && strcmp(pid + digits, ".new") == 0;
}

/* What killed logins left. Whoever writes one has the lock, and that is ours. */
static void remove_unfinished(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir) {
		(void)fd_close(fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL)
		if (is_unfinished(entry->d_name, name))
			(void)unlinkat(dir_fd, entry->d_name, 0);
	(void)closedir(dir);
}

/* The directory that `path` lies in, locked, without what is unfinished in it; *ret_name is within
 * `path`, which is cut. `makes`: it is made if it is missing; otherwise -ENOENT, without a
 * sentence. */
static int open_directory(char path[PATH_MAX], bool makes, const char **ret_name, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	char *slash = strrchr(path, '/');
	const char *directory = ".";
	int r;

	*ret_name = slash ? slash + 1 : path;
	if (slash) {
		*slash = '\0';
		directory = slash == path ? "/" : path;
	}
	r = makes ? dir_make(AT_FDCWD, directory, DIRECTORY_MODE) : 0;
	if (r < 0)
		return err_sys(e, r, "make directory %s", directory);
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && !makes)
		return -ENOENT;
	if (fd < 0)
		return err_sys(e, errno, "open directory %s", directory);
	do
		r = flock(fd, LOCK_EX);
	while (r < 0 && errno == EINTR);
	/* Where there are no locks (some network file systems) we do without, as docker does. */
	if (r == 0)
		remove_unfinished(fd, *ret_name);
	return fd_take(&fd);
}

/* Change the file at `path`. *ret_was_there: see credentials_edit. */
static int change_file(const char *path, const struct credentials_change *change,
		       bool *ret_was_there, struct err *e)
{
	AUTO_ARENA struct arena arena = { .is_secret = true };
	AUTO_STR struct str old = { .is_secret = true };
	AUTO_STR struct str new = { .is_secret = true };
	AUTO_CLOSE int fd = -EBADF;
	struct stat st = { .st_uid = geteuid(), .st_gid = getegid() };
	char target[PATH_MAX];
	const char *name;
	int r = follow_links(path, target, e);

	if (r < 0)
		return r;
	*ret_was_there = false;
	fd = open_directory(target, change->key != NULL, &name, e);
	if (fd < 0)
		return fd == -ENOENT && !change->key ? 0 : fd;
	r = credentials_read_place(fd, name, path, &old, e);
	if (r < 0 && r != -ENOENT)
		return r;
	r = credentials_edit(str_text(&old), old.len, path, change, &arena, &new, ret_was_there,
			     e);
	if (r < 0 || (!change->key && !*ret_was_there))
		return r;
	(void)fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW);
	st.st_mode = FILE_MODE;
	r = file_replace_as(fd, name, new.data, new.len, &st);
	return r < 0 ? err_sys(e, r, "write %s", path) : 0;
}

/* --- the helper that the file names ------------------------------------------------------- */

struct keeper {
	const char *file;
	const char *helper; /* NULL: none */
	const char *key;    /* what it is asked for, and what the entry is called */
};

static int find_keeper(const struct reference *registry, struct arena *arena,
		       struct keeper *ret, struct err *e)
{
	AUTO_ARENA struct arena secrets = { .is_secret = true };
	AUTO_STR struct str text = { .is_secret = true };
	const char *places[CREDENTIALS_PLACES_MAX];
	struct credentials_found found = { 0 };
	int r = 0;

	if (credentials_places(arena, places) == 0)
		return err_set(e, ERR_INVALID, -ENOENT,
			       "there is no place for credentials: neither HOME nor "
			       "DOCKER_CONFIG is set");
	r = credentials_read_place(AT_FDCWD, places[0], places[0], &text, e);
	if (r == 0)
		r = credentials_file_read(str_text(&text), text.len, places[0], registry,
					  &secrets, &found, e);
	if (r < 0 && r != -ENOENT)
		return r;
	ret->file = places[0];
	ret->helper = arena_copy(arena, found.helper ? found.helper : found.store);
	ret->key = arena_copy(arena, found.helper ? found.helper_key
						  : credentials_key(registry->registry));
	return arena_ok(arena) < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory") : 0;
}

static int make_reference(const char *registry, struct reference *ret, struct err *e)
{
	*ret = (struct reference){ 0 };
	if (str_copy(ret->registry, sizeof(ret->registry), registry) < 0)
		return err_set(e, ERR_INVALID, -ENAMETOOLONG, "%s: the name is too long",
			       registry);
	return 0;
}

/* --- both --------------------------------------------------------------------------------- */

static int store_in_file(const struct keeper *keeper,
			 const struct registry_credentials *credentials, struct err *e)
{
	AUTO_STR struct str plain = { .is_secret = true };
	AUTO_STR struct str auth = { .is_secret = true };
	struct credentials_change change = { .key = keeper->key };
	bool was_there;

	if (keeper->helper)
		return change_file(keeper->file, &change, &was_there, e);
	str_add(&plain, credentials->user ? credentials->user : "");
	str_add_char(&plain, ':');
	/* A token stands in for the password, which is then not kept. */
	if (!credentials->identity_token && credentials->password)
		str_add(&plain, credentials->password);
	base64_encode(str_text(&plain), plain.len, &auth);
	if (str_ok(&plain) < 0 || str_ok(&auth) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	change.auth = str_text(&auth);
	change.identity_token = credentials->identity_token;
	return change_file(keeper->file, &change, &was_there, e);
}

int credentials_store(const char *registry, const struct registry_credentials *credentials,
		      struct arena *arena, struct credentials_stored *ret, struct err *e)
{
	struct reference reference;
	struct keeper keeper;
	int r = credentials_check(credentials, registry, e);

	if (r == 0)
		r = make_reference(registry, &reference, e);
	if (r == 0)
		r = find_keeper(&reference, arena, &keeper, e);
	if (r == 0 && keeper.helper)
		r = credentials_helper_store(keeper.helper, keeper.key, credentials, e);
	if (r == 0)
		r = store_in_file(&keeper, credentials, e);
	if (r < 0)
		return r;
	ret->file = arena_copy(arena, keeper.file);
	ret->helper = arena_copy(arena, keeper.helper);
	return arena_ok(arena) < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory") : 0;
}

int credentials_erase(const char *registry, bool *ret_was_there, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	bool was_in_helper = false;
	bool was_in_file = false;
	struct reference reference;
	struct err in_file = { 0 };
	struct keeper keeper;
	int r = make_reference(registry, &reference, e);
	int r_file;

	if (r == 0)
		r = find_keeper(&reference, &arena, &keeper, e);
	if (r < 0)
		return r;
	if (keeper.helper)
		r = credentials_helper_erase(keeper.helper, keeper.key, &was_in_helper, e);
	/* Also when the helper fails: what can be forgotten is forgotten. */
	r_file =
		change_file(keeper.file, &(struct credentials_change){ .registry = &reference },
			    &was_in_file, &in_file);
	*ret_was_there = was_in_helper || was_in_file;
	if (r == 0 && r_file < 0 && e)
		*e = in_file;
	return r < 0 ? r : r_file;
}
