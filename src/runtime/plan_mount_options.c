/*
 * See plan_mount_options.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/plan_mount_options.h"

#include <string.h>
#include <sys/mount.h>

enum option_kind { OPTION_SET, OPTION_CLEAR, OPTION_ATIME, OPTION_IGNORED, OPTION_SUPERBLOCK };

struct option {
	const char *name;
	enum option_kind kind;
	uint64_t attr; /* OPTION_ATIME: the new value of MOUNT_ATTR__ATIME */
};

/* Each but the superblock's and the ignored ones has a recursive form, with an "r" in front. */
static const struct option options_known[] = {
	{ "ro", OPTION_SET, MOUNT_ATTR_RDONLY },
	{ "rw", OPTION_CLEAR, MOUNT_ATTR_RDONLY },
	{ "nosuid", OPTION_SET, MOUNT_ATTR_NOSUID },
	{ "suid", OPTION_CLEAR, MOUNT_ATTR_NOSUID },
	{ "nodev", OPTION_SET, MOUNT_ATTR_NODEV },
	{ "dev", OPTION_CLEAR, MOUNT_ATTR_NODEV },
	{ "noexec", OPTION_SET, MOUNT_ATTR_NOEXEC },
	{ "exec", OPTION_CLEAR, MOUNT_ATTR_NOEXEC },
	{ "nodiratime", OPTION_SET, MOUNT_ATTR_NODIRATIME },
	{ "diratime", OPTION_CLEAR, MOUNT_ATTR_NODIRATIME },
	{ "nosymfollow", OPTION_SET, MOUNT_ATTR_NOSYMFOLLOW },
	{ "symfollow", OPTION_CLEAR, MOUNT_ATTR_NOSYMFOLLOW },
	{ "noatime", OPTION_ATIME, MOUNT_ATTR_NOATIME },
	{ "atime", OPTION_ATIME, MOUNT_ATTR_RELATIME },
	{ "relatime", OPTION_ATIME, MOUNT_ATTR_RELATIME },
	{ "norelatime", OPTION_ATIME, MOUNT_ATTR_RELATIME },
	{ "strictatime", OPTION_ATIME, MOUNT_ATTR_STRICTATIME },
	{ "nostrictatime", OPTION_ATIME, MOUNT_ATTR_RELATIME },
	{ "sync", OPTION_SUPERBLOCK, 0 },
	{ "async", OPTION_SUPERBLOCK, 0 },
	{ "dirsync", OPTION_SUPERBLOCK, 0 },
	{ "mand", OPTION_SUPERBLOCK, 0 },
	{ "nomand", OPTION_SUPERBLOCK, 0 },
	{ "lazytime", OPTION_SUPERBLOCK, 0 },
	{ "nolazytime", OPTION_SUPERBLOCK, 0 },
	{ "defaults", OPTION_IGNORED, 0 },
	{ "remount", OPTION_IGNORED,
	  0 }, /* attributes are always set after the mount is made */
	{ "iversion", OPTION_IGNORED, 0 },
	{ "noiversion", OPTION_IGNORED, 0 },
	{ "silent", OPTION_IGNORED, 0 },
	{ "loud", OPTION_IGNORED, 0 },
};

static const struct {
	const char *name;
	unsigned int flags;
} propagations[] = {
	{ "private", MS_PRIVATE },	 { "rprivate", MS_PRIVATE | MS_REC },
	{ "shared", MS_SHARED },	 { "rshared", MS_SHARED | MS_REC },
	{ "slave", MS_SLAVE },		 { "rslave", MS_SLAVE | MS_REC },
	{ "unbindable", MS_UNBINDABLE }, { "runbindable", MS_UNBINDABLE | MS_REC },
};

static bool has_recursive_form(const struct option *option)
{
	return option->kind != OPTION_SUPERBLOCK && option->kind != OPTION_IGNORED;
}

static const struct option *option_find(const char *name)
{
	for (size_t i = 0; i < sizeof(options_known) / sizeof(options_known[0]); i++) {
		if (strcmp(options_known[i].name, name) == 0)
			return &options_known[i];
	}
	return NULL;
}

/* Each bit is in at most one of the two, and an atime is replaced as a whole. */
static void attr_change(const struct option *option, uint64_t *set, uint64_t *clear)
{
	uint64_t touched =
		option->kind == OPTION_ATIME ? (uint64_t)MOUNT_ATTR__ATIME : option->attr;

	*set &= ~touched;
	*clear &= ~touched;
	if (option->kind != OPTION_SET)
		*clear |= touched;
	if (option->kind != OPTION_CLEAR)
		*set |= option->attr;
}

static void data_add(struct str *data, const char *option)
{
	if (data->len > 0)
		str_add_char(data, ',');
	str_add(data, option);
}

static bool flag_parse(const char *name, struct mount_options *ret)
{
	const struct option *option = option_find(name);

	if (option) {
		if (option->kind == OPTION_SUPERBLOCK)
			data_add(&ret->superblock, name);
		else if (option->kind != OPTION_IGNORED)
			attr_change(option, &ret->attr_set, &ret->attr_clear);
		return true;
	}
	option = name[0] == 'r' ? option_find(name + 1) : NULL;
	if (!option || !has_recursive_form(option))
		return false;
	attr_change(option, &ret->attr_set_recursive, &ret->attr_clear_recursive);
	return true;
}

enum word {
	WORD_BIND,
	WORD_RBIND,
	WORD_TMPCOPYUP,
	WORD_COPY_SYMLINK,
	WORD_SRC_NOFOLLOW,
	WORD_DEST_NOFOLLOW,
	WORD_IDMAP,
	WORD_RIDMAP,
	WORD_COUNT
};

static const char *const words[WORD_COUNT] = {
	[WORD_BIND] = "bind",
	[WORD_RBIND] = "rbind",
	[WORD_TMPCOPYUP] = "tmpcopyup",
	[WORD_COPY_SYMLINK] = "copy-symlink",
	[WORD_SRC_NOFOLLOW] = "src-nofollow",
	[WORD_DEST_NOFOLLOW] = "dest-nofollow",
	[WORD_IDMAP] = "idmap",
	[WORD_RIDMAP] = "ridmap",
};

static void word_apply(enum word word, const char *value, struct mount_options *ret)
{
	switch (word) {
	case WORD_BIND:
	case WORD_RBIND:
		ret->is_bind = true;
		ret->is_recursive = word == WORD_RBIND;
		break;
	case WORD_TMPCOPYUP:
		ret->is_tmpcopyup = true;
		break;
	case WORD_COPY_SYMLINK:
		ret->is_link_copied = true;
		break;
	case WORD_SRC_NOFOLLOW:
		ret->is_source_kept = true;
		break;
	case WORD_DEST_NOFOLLOW:
		ret->is_destination_kept = true;
		break;
	case WORD_IDMAP:
	case WORD_RIDMAP:
		ret->idmap = word == WORD_IDMAP ? MOUNT_IDMAP_ONE : MOUNT_IDMAP_RECURSIVE;
		ret->id_map = value;
		break;
	case WORD_COUNT:
		break;
	}
}

/* Only a mapping stands behind a "=" of ours. */
static bool word_is(enum word word, const char *name, const char **ret_value)
{
	size_t len = strlen(words[word]);
	bool may_have_value = word == WORD_IDMAP || word == WORD_RIDMAP;

	if (strncmp(name, words[word], len) != 0 ||
	    (name[len] != '\0' && (name[len] != '=' || !may_have_value)))
		return false;
	*ret_value = name[len] == '=' ? name + len + 1 : NULL;
	return true;
}

static bool word_parse(const char *name, struct mount_options *ret)
{
	for (size_t i = 0; i < sizeof(propagations) / sizeof(propagations[0]); i++) {
		if (strcmp(propagations[i].name, name) == 0) {
			ret->propagation = propagations[i].flags;
			return true;
		}
	}
	for (int i = 0; i < WORD_COUNT; i++) {
		const char *value;

		if (word_is((enum word)i, name, &value)) {
			word_apply((enum word)i, value, ret);
			return true;
		}
	}
	return false;
}

static int option_check(const char *name, struct err *e)
{
	if (strlen(name) > MOUNT_OPTION_MAX)
		return err_set(e, ERR_INVALID, -EINVAL, "option longer than %d bytes",
			       MOUNT_OPTION_MAX);
	for (const char *c = name; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "option with a control character");
	}
	return 0;
}

int mount_options_parse(const struct strv *options, struct mount_options *ret, struct err *e)
{
	*ret = (struct mount_options){ 0 };
	for (size_t i = 0; i < options->count; i++) {
		const char *name = options->items[i];
		int r = option_check(name, e);

		if (r < 0)
			return r;
		if (name[0] == '\0' || flag_parse(name, ret) || word_parse(name, ret))
			continue;
		data_add(&ret->data, name);
	}
	if (str_ok(&ret->data) < 0 || str_ok(&ret->superblock) < 0)
		return err_sys(e, ENOMEM, "options");
	if (ret->data.len > MOUNT_DATA_MAX)
		return err_set(e, ERR_INVALID, -EINVAL, "options of more than %d bytes",
			       MOUNT_DATA_MAX);
	return 0;
}

void mount_options_done(struct mount_options *options)
{
	str_done(&options->data);
	str_done(&options->superblock);
}

void mount_options_names(struct arena *arena, struct strv *ret)
{
	for (size_t i = 0; i < sizeof(options_known) / sizeof(options_known[0]); i++) {
		const struct option *option = &options_known[i];

		strv_add(ret, arena, option->name);
		if (has_recursive_form(option))
			strv_add_borrowed(ret, arena, arena_printf(arena, "r%s", option->name));
	}
	for (size_t i = 0; i < sizeof(propagations) / sizeof(propagations[0]); i++)
		strv_add(ret, arena, propagations[i].name);
	for (int i = 0; i < WORD_COUNT; i++)
		strv_add(ret, arena, words[i]);
}

bool mount_is_bind(const struct spec_mount *mount)
{
	return str_equal(mount->type, "bind") || strv_has(&mount->options, "bind") ||
	       strv_has(&mount->options, "rbind");
}
