/*
 * See ref.h.
 *
 * The file's name is the reference with "/" as "%2F" (a reference has no "%"); one that is too
 * long for a name is called
 * "~<hash>". Either way the reference stands inside too.
 *
 * Runs in: cli (engine).
 */
#include "image/ref.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "format/sha256.h"

enum { REF_FILE_MAX = 4096, REF_PATH_SIZE = 320, REF_NAME_MAX = 240 };

#define REF_DIRECTORY "images/refs"
/* The first version had no line for the manifest. */
#define REF_VERSION_1 "1"
#define REF_VERSION   "2"

static void ref_file_name(const char *name, char file[REF_PATH_SIZE])
{
	AUTO_STR struct str escaped = { 0 };
	uint8_t hash[SHA256_LEN];
	char digest[DIGEST_SIZE];

	for (const char *c = name; *c; c++)
		if (*c == '/')
			str_add(&escaped, "%2F");
		else
			str_add_char(&escaped, *c);
	if (str_ok(&escaped) == 0 && escaped.len > 0 && escaped.len <= REF_NAME_MAX) {
		(void)str_copy(file, REF_PATH_SIZE, str_text(&escaped));
		return;
	}
	sha256(name, strlen(name), hash);
	digest_text(hash, digest);
	(void)snprintf(file, REF_PATH_SIZE, "~%s", digest_hex(digest));
}

/* The next line of `*at`, cut off; NULL: there is none that ends. */
static char *ref_line(char **at)
{
	char *line = *at;
	char *end = strchr(line, '\n');

	if (!end)
		return NULL;
	*end = '\0';
	*at = end + 1;
	return line;
}

/* "2\nNAME\nID\nMANIFEST\n" in `text`, cut into its lines. */
static int ref_split(char *text, struct ref *ret)
{
	char *version = ref_line(&text);
	char *name = version ? ref_line(&text) : NULL;
	char *id = name ? ref_line(&text) : NULL;
	char *manifest = NULL;

	if (!id || !digest_is_valid(id))
		return -EBADMSG;
	if (strcmp(version, REF_VERSION) == 0) {
		manifest = ref_line(&text);
		if (!manifest || (manifest[0] && !digest_is_valid(manifest)))
			return -EBADMSG;
	} else if (strcmp(version, REF_VERSION_1) != 0) {
		return -EBADMSG;
	}
	if (text[0] != '\0')
		return -EBADMSG;
	ret->name = name;
	(void)str_copy(ret->id, sizeof(ret->id), id);
	(void)str_copy(ret->manifest, sizeof(ret->manifest), manifest ? manifest : "");
	return 0;
}

static int ref_read_file(int dir_fd, const char *path, struct arena *arena, struct ref *ret)
{
	AUTO_FREE char *text = NULL;
	struct ref ref = { 0 };
	int r = file_read(dir_fd, path, REF_FILE_MAX, &text, NULL);

	if (r < 0)
		return r == -EFBIG ? -EBADMSG : r;
	r = ref_split(text, &ref);
	if (r < 0)
		return r;
	ref.name = arena ? arena_copy(arena, ref.name) : NULL;
	*ret = ref;
	return 0;
}

static void ref_path(const char *name, char path[REF_PATH_SIZE + sizeof(REF_DIRECTORY)])
{
	char file[REF_PATH_SIZE];

	ref_file_name(name, file);
	(void)snprintf(path, REF_PATH_SIZE + sizeof(REF_DIRECTORY), "%s/%s", REF_DIRECTORY,
		       file);
}

int ref_read(const struct state *state, const char *name, struct ref *ret, struct err *e)
{
	char path[REF_PATH_SIZE + sizeof(REF_DIRECTORY)];
	int r;

	ref_path(name, path);
	r = ref_read_file(state->root_fd, path, NULL, ret);
	if (r == -ENOENT)
		return r;
	return r < 0 ? err_set(e, ERR_INTERNAL, r, "%s/%s is damaged", state->root, path) : 0;
}

/* The directory, made when it is not there. */
static int ref_open_directory(const struct state *state, struct err *e)
{
	int r = dir_make(state->root_fd, REF_DIRECTORY, 0700);
	int fd;

	if (r < 0)
		return err_sys(e, r, "make %s/%s", state->root, REF_DIRECTORY);
	fd = openat(state->root_fd, REF_DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_sys(e, errno, "open %s/%s", state->root, REF_DIRECTORY) : fd;
}

int ref_write(const struct state *state, const struct ref *ref, struct err *e)
{
	char file[REF_PATH_SIZE];
	AUTO_STR struct str text = { 0 };
	AUTO_CLOSE int fd = ref_open_directory(state, e);
	int r;

	if (fd < 0)
		return fd;
	ref_file_name(ref->name, file);
	str_printf(&text, "%s\n%s\n%s\n%s\n", REF_VERSION, ref->name, ref->id, ref->manifest);
	r = str_ok(&text);
	if (r == 0)
		r = file_replace(fd, file, text.data, text.len, 0600, FILE_DURABLE);
	return r < 0 ? err_sys(e, r, "write the reference %s", ref->name) : 0;
}

int ref_remove(const struct state *state, const char *name, struct err *e)
{
	char path[REF_PATH_SIZE + sizeof(REF_DIRECTORY)];

	FAULT("unlink");
	ref_path(name, path);
	if (unlinkat(state->root_fd, path, 0) < 0 && errno != ENOENT)
		return err_sys(e, errno, "remove the reference %s", name);
	return 0;
}

static int ref_compare(const void *a, const void *b)
{
	return strcmp(((const struct ref *)a)->name, ((const struct ref *)b)->name);
}

static int ref_list_add(int dir_fd, const char *file, struct arena *arena, struct ref **refs,
			size_t *count)
{
	struct ref *more;
	struct ref ref = { 0 };

	if (ref_read_file(dir_fd, file, arena, &ref) < 0)
		ref.name = arena_copy(arena, file);
	/* Doubling: at every power of two the list moves. */
	if ((*count & (*count - 1)) == 0) {
		more = arena_array(arena, *count ? 2 * *count : 1, sizeof(*more));
		if (!more)
			return -ENOMEM;
		if (*count > 0)
			memcpy(more, *refs, *count * sizeof(*more));
		*refs = more;
	}
	(*refs)[(*count)++] = ref;
	return arena_ok(arena);
}

int ref_list(const struct state *state, struct arena *arena, struct ref **ret,
	     size_t *ret_count, struct err *e)
{
	int fd = openat(state->root_fd, REF_DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct ref *refs = NULL;
	struct dirent *entry;
	size_t count = 0;
	DIR *dir;
	int r = 0;

	*ret = NULL;
	*ret_count = 0;
	if (fd < 0)
		return errno == ENOENT
			       ? 0
			       : err_sys(e, errno, "open %s/%s", state->root, REF_DIRECTORY);
	dir = fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd);
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a directory");
	}
	while (r == 0 && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			r = ref_list_add(dirfd(dir), entry->d_name, arena, &refs, &count);
	(void)closedir(dir);
	if (r < 0)
		return err_sys(e, r, "list %s/%s", state->root, REF_DIRECTORY);
	if (count > 1)
		qsort(refs, count, sizeof(refs[0]), ref_compare);
	*ret = refs;
	*ret_count = count;
	return 0;
}
