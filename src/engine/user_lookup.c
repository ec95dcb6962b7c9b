/*
 * See user_lookup.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/user_lookup.h"

#include <stdlib.h>
#include <string.h>

#include "base/fd.h"

enum { LINE_FIELDS_MAX = 7, GROUPS_MAX = 65536, LINE_MAX_LEN = 65536 };

/* One line of a colon-separated file, cut into its fields in place. */
struct line {
	char *fields[LINE_FIELDS_MAX];
	size_t count;
};

/* The next line of `*at` that has at least `min` fields; `buffer` is LINE_MAX_LEN bytes. False
 * at the end. */
static bool line_next(const char **at, size_t min, char *buffer, struct line *ret)
{
	while (**at) {
		size_t len = strcspn(*at, "\n");
		const char *start = *at;

		*at += len + (start[len] == '\n');
		if (len == 0 || len >= LINE_MAX_LEN || start[0] == '#')
			continue;
		memcpy(buffer, start, len);
		buffer[len] = '\0';
		ret->count = 0;
		for (char *field = buffer; field && ret->count < LINE_FIELDS_MAX;) {
			ret->fields[ret->count++] = field;
			field = strchr(field, ':');
			if (field)
				*field++ = '\0';
		}
		if (ret->count >= min)
			return true;
	}
	return false;
}

static bool is_number(const char *text)
{
	return text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

static int parse_id(const char *text, uint32_t *ret)
{
	uint64_t value;
	int r = parse_u64(text, 0, SPEC_UID_MAX, &value);

	if (r == 0)
		*ret = (uint32_t)value;
	return r;
}

struct lookup {
	struct arena *arena;
	char *buffer;
	char *name; /* of the user, for the supplementary groups; NULL: unknown */
	char *home;
	uint32_t uid;
	uint32_t gid;
	bool is_found;
};

/* The first entry of this name (or uid, when `name` is NULL). */
static void find_user(struct lookup *l, const char *passwd, const char *name, uint32_t uid)
{
	const char *at = passwd ? passwd : "";
	struct line line;

	while (line_next(&at, 4, l->buffer, &line)) {
		uint32_t found_uid = 0;
		uint32_t found_gid = 0;

		if (parse_id(line.fields[2], &found_uid) < 0 ||
		    parse_id(line.fields[3], &found_gid) < 0)
			continue;
		if (name ? strcmp(line.fields[0], name) != 0 : found_uid != uid)
			continue;
		l->name = arena_copy(l->arena, line.fields[0]);
		l->home = line.count > 5 ? arena_copy(l->arena, line.fields[5]) : NULL;
		l->uid = found_uid;
		l->gid = found_gid;
		l->is_found = true;
		return;
	}
}

static bool find_group(const char *group, const char *name, char *buffer, uint32_t *ret)
{
	const char *at = group ? group : "";
	struct line line;

	while (line_next(&at, 3, buffer, &line))
		if (strcmp(line.fields[0], name) == 0 && parse_id(line.fields[2], ret) == 0)
			return true;
	return false;
}

static bool members_have(const char *members, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = members; *at;) {
		size_t part = strcspn(at, ",");

		if (part == len && memcmp(at, name, len) == 0)
			return true;
		at += part + (at[part] == ',');
	}
	return false;
}

static void add_group(struct spec_user *user, uint32_t gid)
{
	for (size_t i = 0; i < user->group_count; i++)
		if (user->groups[i] == gid)
			return;
	user->groups[user->group_count++] = gid;
}

/* Room for every group that can come together: a line each, and those that were asked for. */
static int groups_alloc(const char *group, size_t more, struct arena *arena,
			struct spec_user *user)
{
	size_t count = more + 1;

	for (const char *at = group ? group : ""; *at; at++)
		count += *at == '\n';
	count = count > GROUPS_MAX ? GROUPS_MAX : count;
	user->groups = arena_array(arena, count + more + 1, sizeof(user->groups[0]));
	return user->groups ? 0 : -ENOMEM;
}

static void add_memberships(struct lookup *l, const char *group, struct spec_user *user)
{
	const char *at = group ? group : "";
	struct line line;

	while (l->name && user->group_count < GROUPS_MAX &&
	       line_next(&at, 4, l->buffer, &line)) {
		uint32_t gid = 0;

		if (members_have(line.fields[3], l->name) &&
		    parse_id(line.fields[2], &gid) == 0)
			add_group(user, gid);
	}
}

static int resolve_user(struct lookup *l, const char *passwd, const char *text, struct err *e)
{
	if (is_number(text)) {
		uint32_t uid = 0;

		if (parse_id(text, &uid) < 0)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "user %s: uids and gids must be in range 0-%d", text,
				       SPEC_UID_MAX);
		find_user(l, passwd, NULL, uid);
		l->uid = uid;
		return 0;
	}
	find_user(l, passwd, text, 0);
	if (!l->is_found)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "unable to find user %s: no matching entries in passwd file",
			       text);
	return 0;
}

static int resolve_group(struct lookup *l, const char *group, const char *text, uint32_t *ret,
			 struct err *e)
{
	if (is_number(text)) {
		if (parse_id(text, ret) == 0)
			return 0;
		return err_set(e, ERR_INVALID, -EINVAL,
			       "group %s: uids and gids must be in range 0-%d", text,
			       SPEC_UID_MAX);
	}
	if (find_group(group, text, l->buffer, ret))
		return 0;
	return err_set(e, ERR_INVALID, -EINVAL,
		       "unable to find group %s: no matching entries in group file", text);
}

static int lookup_all(struct lookup *l, const char *user_text, const char *group_text,
		      const struct strv *group_add, const char *passwd, const char *group,
		      struct spec_user *ret, struct err *e)
{
	size_t more = group_add ? group_add->count : 0;
	int r = resolve_user(l, passwd, user_text, e);

	if (r == 0 && !str_is_empty(group_text))
		r = resolve_group(l, group, group_text, &l->gid, e);
	if (r == 0)
		r = groups_alloc(group, more, l->arena, ret);
	if (r < 0)
		return r;
	/* The primary group too: without it a process drops out of it by setgid(2)
	 * (CVE-2022-36109). */
	add_group(ret, l->gid);
	if (str_is_empty(group_text))
		add_memberships(l, group, ret);
	for (size_t i = 0; i < more && r == 0; i++) {
		uint32_t gid = 0;

		r = resolve_group(l, group, group_add->items[i], &gid, e);
		if (r == 0)
			add_group(ret, gid);
	}
	ret->uid = l->uid;
	ret->gid = l->gid;
	return r;
}

static void split(const char *user, struct arena *arena, char **ret_user, char **ret_group)
{
	char *copy = arena_copy(arena, str_is_empty(user) ? "0" : user);
	char *colon = copy ? strchr(copy, ':') : NULL;

	if (colon)
		*colon++ = '\0';
	*ret_user = copy && copy[0] == '\0' ? arena_copy(arena, "0") : copy;
	*ret_group = colon;
}

bool user_needs_names(const char *user, const struct strv *group_add)
{
	for (const char *at = user ? user : ""; *at; at++)
		if (!strchr("0123456789:", *at))
			return true;
	for (size_t i = 0; group_add && i < group_add->count; i++)
		if (!is_number(group_add->items[i]))
			return true;
	return false;
}

int user_lookup(const char *user, const struct strv *group_add, const char *passwd,
		const char *group, struct arena *arena, struct spec_user *ret, char **ret_home,
		struct err *e)
{
	/* Not of the arena, which clears it: touching 16 pages costs more than all the rest. */
	AUTO_FREE char *buffer = malloc(LINE_MAX_LEN);
	struct lookup l = { .arena = arena, .buffer = buffer };
	struct spec_user found = { 0 };
	char *user_text = NULL;
	char *group_text = NULL;
	int r;

	split(user, arena, &user_text, &group_text);
	if (!l.buffer || !user_text)
		return -ENOMEM;
	if (group_text && strchr(group_text, ':'))
		return err_set(e, ERR_INVALID, -EINVAL, "user %s: more than one colon", user);
	r = lookup_all(&l, user_text, group_text, group_add, passwd, group, &found, e);
	if (r < 0)
		return r;
	*ret = found;
	*ret_home = l.home && l.home[0] == '/' ? l.home : arena_copy(arena, "/");
	return arena_ok(arena);
}
