/*
 * -v and --tmpfs.
 *
 * Runs in: cli.
 * See: moby volume/mounts/linux_parser.go.
 */
#include <string.h>

#include "cli/mount_list.h"
#include "format/size.h"

/* One word of the third field. */
static int volume_mode_word(struct mount_request *mount, char *word)
{
	static const char *const ignored[] = { "z",	 "Z",	      "consistent",
					       "cached", "delegated", NULL };

	if (strcmp(word, "ro") == 0) {
		mount->is_readonly = true;
	} else if (strcmp(word, "nocopy") == 0 && mount->kind == MOUNT_VOLUME) {
		mount->is_nocopy = true;
	} else if (mount_word_is_in(word, mount_propagations) && mount->kind == MOUNT_BIND) {
		if (mount->propagation)
			return -EINVAL;
		mount->propagation = word;
	} else if (strcmp(word, "rw") != 0 && !mount_word_is_in(word, ignored)) {
		return -EINVAL;
	}
	return 0;
}

static int volume_mode(struct mount_request *mount, struct arena *arena, const char *mode,
		       struct err *e)
{
	char *rest = arena_copy(arena, mode);
	bool is_rw = false;
	bool is_ro = false;
	char *word;
	int r = rest ? 0 : -ENOMEM;

	while (r == 0 && (word = strsep(&rest, ","))) {
		is_rw |= strcmp(word, "rw") == 0;
		is_ro |= strcmp(word, "ro") == 0;
		r = volume_mode_word(mount, word);
	}
	if (r < 0 || (is_rw && is_ro))
		return err_set(e, ERR_INVALID, -EINVAL, "invalid mode: %s", mode);
	mount->mode = arena_copy(arena, mode);
	return arena_ok(arena);
}

static bool volume_is_mode(const char *text)
{
	static const char *const words[] = { "ro", "rw", "z", "Z", "nocopy", NULL };

	return mount_word_is_in(text, words) || mount_word_is_in(text, mount_propagations);
}

/* SRC:DST[:MODE], DST */
static int volume_split(char *text, char *parts[3], size_t *ret_count, struct err *e)
{
	char *rest = text;
	char *part;
	size_t count = 0;

	while ((part = strsep(&rest, ":"))) {
		if (count == 3 || part[0] == '\0')
			return err_set(e, ERR_INVALID, -EINVAL, "invalid volume specification");
		parts[count++] = part;
	}
	if (count == 2 && volume_is_mode(parts[1]))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "invalid volume specification: a mode needs a source");
	*ret_count = count;
	return 0;
}

int options_set_volume(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct mount_request mount = { .kind = MOUNT_VOLUME };
	char *text = arena_copy(arena, value);
	char *parts[3];
	size_t count;
	int r = text ? volume_split(text, parts, &count, e) : -ENOMEM;

	if (r < 0)
		return r;
	if (count == 1) {
		mount.is_anonymous = true;
	} else if (parts[0][0] == '/' || mount_is_relative(parts[0])) {
		mount.kind = MOUNT_BIND;
		r = mount_host_path(arena, parts[0], &mount.source, e);
	} else {
		r = mount_volume_name(arena, parts[0], &mount.source, e);
	}
	if (r == 0)
		r = mount_destination(arena, parts[count > 1], &mount.destination, e);
	if (r == 0 && count == 3)
		r = volume_mode(&mount, arena, parts[2], e);
	if (r < 0)
		return r;
	return mount_push(values, arena, &mount, e);
}

static bool tmpfs_word_is_valid(const char *word)
{
	static const char *const flags[] = {
		"defaults",   "ro",	  "rw",		"suid",	       "nosuid",
		"dev",	      "nodev",	  "exec",	"noexec",      "sync",
		"async",      "dirsync",  "atime",	"noatime",     "diratime",
		"nodiratime", "relatime", "norelatime", "strictatime", "nostrictatime",
		NULL
	};
	static const char *const keys[] = { "uid=", "gid=", "nr_inodes=", "nr_blocks=", NULL };
	uint64_t number;
	int64_t size;

	if (mount_word_is_in(word, flags))
		return true;
	if (str_starts(word, "mode="))
		return parse_octal(word + 5, 07777, &number) == 0;
	if (str_starts(word, "size="))
		return str_ends(word, "%") || size_parse(word + 5, &size) == 0;
	for (const char *const *key = keys; *key; key++) {
		if (str_starts(word, *key))
			return word[strlen(*key)] != '\0' &&
			       strspn(word + strlen(*key), "0123456789kmgKMG") ==
				       strlen(word + strlen(*key));
	}
	return false;
}

static int tmpfs_options(struct mount_request *mount, struct arena *arena, const char *text,
			 struct err *e)
{
	char *rest = arena_copy(arena, text);
	char *word;

	if (!rest)
		return -ENOMEM;
	while ((word = strsep(&rest, ","))) {
		if (!tmpfs_word_is_valid(word))
			return err_set(e, ERR_INVALID, -EINVAL, "invalid tmpfs option '%s'",
				       word);
		if (strcmp(word, "ro") == 0)
			mount->is_readonly = true;
	}
	mount->options = arena_copy(arena, text);
	return arena_ok(arena);
}

int options_set_tmpfs(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct mount_request mount = { .kind = MOUNT_TMPFS };
	char *path = arena_copy(arena, value);
	char *options = path ? strchr(path, ':') : NULL;
	int r;

	if (!path)
		return -ENOMEM;
	if (options)
		*options++ = '\0';
	r = mount_destination(arena, path, &mount.destination, e);
	if (r == 0 && options && options[0] != '\0')
		r = tmpfs_options(&mount, arena, options, e);
	return r < 0 ? r : mount_push(values, arena, &mount, e);
}
