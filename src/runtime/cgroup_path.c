/*
 * See cgroup_path.h.
 *
 * Runs in: runtime.
 */
#include "runtime/cgroup_path.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "runtime/cgroup_hierarchies.h"

static int path_too_long(struct err *e)
{
	return err_set(e, ERR_INVALID, -ENAMETOOLONG, "cgroup path is longer than %d bytes",
		       PATH_MAX - 1);
}

/* Append the parts of `path`: no empty ones, no ".", and ".." never above the root. */
static int append_clean(const char *path, char *ret, size_t size)
{
	size_t len = strlen(ret);

	while (*path) {
		size_t part = strcspn(path, "/");

		if (part == 2 && memcmp(path, "..", 2) == 0) {
			while (len > 0 && ret[--len] != '/')
				;
		} else if (part > 0 && !(part == 1 && path[0] == '.')) {
			if (len + 1 + part >= size)
				return -ENAMETOOLONG;
			ret[len++] = '/';
			memcpy(ret + len, path, part);
			len += part;
		}
		ret[len] = '\0';
		path += part + (path[part] == '/');
	}
	return 0;
}

static size_t count_of(const char *text, char c)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == c;
	return count;
}

int cgroup_path_plain(const char *cgroups_path, const char *id, const char *base, char *ret,
		      size_t size, struct err *e)
{
	const char *path = str_is_empty(cgroups_path) ? id : cgroups_path;
	char clean[PATH_MAX] = "";

	/* Made by files it would be one directory of that name, which its author did not mean. */
	if (path != id && path[0] != '/' && count_of(path, ':') == 2)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "linux.cgroupsPath: \"%s\" is slice:prefix:name, which needs "
			       "--systemd-cgroup",
			       path);
	/* ".." of a relative path stays below the base. */
	if (append_clean(path, clean, sizeof(clean)) < 0)
		return path_too_long(e);
	if (clean[0] == '\0')
		return err_set(e, ERR_INVALID, -EINVAL,
			       "linux.cgroupsPath: \"%s\" is the root of all groups", path);
	ret[0] = '\0';
	if ((path[0] != '/' && append_clean(base, ret, size) < 0) ||
	    append_clean(clean, ret, size) < 0)
		return path_too_long(e);
	return 0;
}

int cgroup_path_base(bool is_rootless, char *ret, size_t size, struct err *e)
{
	char *slash;
	int r;

	if (!is_rootless)
		return str_copy(ret, size, CGROUP_DEFAULT_PARENT);
	r = cgroup_hierarchies_own(ret, size, e);
	if (r == -ENOENT)
		return str_copy(ret, size, CGROUP_DEFAULT_PARENT);
	if (r < 0)
		return r;
	slash = strrchr(ret, '/');
	if (slash)
		*slash = '\0';
	return 0;
}

/* --- systemd ------------------------------------------------------------------------------ */

static const char slice_suffix[] = ".slice";

static int slice_refuse(const char *slice, struct err *e)
{
	return err_set(e, ERR_INVALID, -EINVAL,
		       "linux.cgroupsPath: \"%s\" is not the name of a slice", slice);
}

/* Each dash ends the name of one more slice that the next is in. */
int cgroup_path_of_slice(const char *slice, char *ret, size_t size, struct err *e)
{
	size_t name = str_ends(slice, slice_suffix) ? strlen(slice) - strlen(slice_suffix) : 0;
	size_t len = 0;

	if (name == 0 || strchr(slice, '/'))
		return slice_refuse(slice, e);
	ret[0] = '\0';
	if (name == 1 && slice[0] == '-')
		return 0;
	if (slice[0] == '-' || slice[name - 1] == '-' || strstr(slice, "--"))
		return slice_refuse(slice, e);
	for (size_t i = 1; i <= name; i++) {
		int n;

		if (i < name && slice[i] != '-')
			continue;
		n = snprintf(ret + len, size - len, "/%.*s%s", (int)i, slice, slice_suffix);
		if ((size_t)n >= size - len)
			return path_too_long(e);
		len += (size_t)n;
	}
	return 0;
}

/* Take the next of the parts between colons. */
static int part_take(const char **rest, char ret[UNIT_NAME_MAX])
{
	size_t len = strcspn(*rest, ":");

	if (len >= UNIT_NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(ret, *rest, len);
	ret[len] = '\0';
	*rest += len + ((*rest)[len] == ':');
	return 0;
}

/* What systemd allows in the name of a unit; anything else it would refuse with less to say. */
static bool is_unit_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789:-_.\\@";

	return name[0] != '\0' && name[strspn(name, allowed)] == '\0';
}

static int unit_too_long(struct err *e)
{
	return err_set(e, ERR_INVALID, -ENAMETOOLONG,
		       "linux.cgroupsPath: the name of a unit is longer than %d bytes",
		       UNIT_NAME_MAX - 1);
}

/* A slice holds units, no processes: nothing that a container could be. */
static int unit_name(const char *prefix, const char *name, struct cgroup_scope *ret,
		     struct err *e)
{
	int n = snprintf(ret->unit, sizeof(ret->unit), "%s%s%s.scope", prefix,
			 prefix[0] ? "-" : "", name);

	if (str_ends(name, slice_suffix))
		return err_set(
			e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			"linux.cgroupsPath: \"%s\" is a slice, and a container is a scope",
			name);
	if ((size_t)n >= sizeof(ret->unit))
		return unit_too_long(e);
	return is_unit_name(name) && is_unit_name(ret->unit)
		       ? 0
		       : err_set(e, ERR_INVALID, -EINVAL,
				 "linux.cgroupsPath: \"%s\" is not the name of a unit", name);
}

/* The three parts, of which the middle one may be empty and an empty slice is the default. */
static int parts_take(const char *cgroups_path, char slice[UNIT_NAME_MAX],
		      char prefix[UNIT_NAME_MAX], char name[UNIT_NAME_MAX], struct err *e)
{
	const char *rest = cgroups_path;
	int r;

	if (count_of(cgroups_path, ':') != 2)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "linux.cgroupsPath: \"%s\" is not slice:prefix:name, as "
			       "--systemd-cgroup needs it",
			       cgroups_path);
	r = part_take(&rest, slice);
	if (r == 0)
		r = part_take(&rest, prefix);
	if (r == 0)
		r = part_take(&rest, name);
	return r < 0 ? unit_too_long(e) : 0;
}

int cgroup_path_scope(const char *cgroups_path, const char *id, bool is_user,
		      struct cgroup_scope *ret, struct err *e)
{
	char prefix[UNIT_NAME_MAX] = "hoy";
	char name[UNIT_NAME_MAX];
	char above[PATH_MAX];
	int r;

	ret->slice[0] = '\0';
	if (!str_is_empty(cgroups_path))
		r = parts_take(cgroups_path, ret->slice, prefix, name, e);
	else if (str_copy(name, sizeof(name), id) < 0)
		r = unit_too_long(e);
	else
		r = 0;
	if (r == 0)
		r = unit_name(prefix, name, ret, e);
	if (r == 0 && ret->slice[0] == '\0')
		(void)str_copy(ret->slice, sizeof(ret->slice),
			       is_user ? "user.slice" : "system.slice");
	if (r == 0)
		r = cgroup_path_of_slice(ret->slice, above, sizeof(above), e);
	if (r == 0 && snprintf(ret->path, sizeof(ret->path), "%s/%s", above, ret->unit) >=
			      (int)sizeof(ret->path))
		r = path_too_long(e);
	return r;
}
