/*
 * See tool_name.h.
 *
 * Runs in: image.
 */
#include "image/tool_name.h"

#include <string.h>

#include "base/str.h"

static const char whiteout_prefix[] = ".wh.";

static int name_add(char *clean, size_t *len, const char *component, size_t component_len)
{
	if (component_len > NAME_MAX || *len + component_len + 2 > PATH_MAX)
		return -ENAMETOOLONG;
	if (*len > 0)
		clean[(*len)++] = '/';
	memcpy(clean + *len, component, component_len);
	*len += component_len;
	clean[*len] = '\0';
	return 0;
}

int tool_name_clean(const char *name, char clean[PATH_MAX], struct err *e)
{
	size_t len = 0;

	clean[0] = '\0';
	if (!name || name[0] == '\0')
		return err_set(e, ERR_INVALID, -EINVAL, "an entry of the archive has no name");
	for (const char *at = name; *at;) {
		size_t n = strcspn(at, "/");

		if (n == 2 && at[0] == '.' && at[1] == '.')
			return err_set(e, ERR_INVALID, -EINVAL,
				       "%.300s leads out of the archive by \"..\"", name);
		if (n > 0 && !(n == 1 && at[0] == '.') && name_add(clean, &len, at, n) < 0)
			return err_set(e, ERR_INVALID, -EINVAL, "%.300s... is too long a name",
				       name);
		at += n;
		at += *at == '/';
	}
	return 0;
}

int tool_name_whiteout(const char *path, const char **ret_hidden, struct err *e)
{
	const char *slash = strrchr(path, '/');
	const char *last = slash ? slash + 1 : path;
	const char *hidden = last + strlen(whiteout_prefix);

	for (const char *at = path; at < last; at = strchr(at, '/') + 1)
		if (str_starts(at, whiteout_prefix))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "%.300s goes through a whiteout", path);
	if (!str_starts(last, whiteout_prefix))
		return WHITEOUT_NOT;
	if (strcmp(last, ".wh..wh..opq") == 0)
		return WHITEOUT_OPAQUE;
	if (hidden[0] == '\0' || strcmp(hidden, ".") == 0 || strcmp(hidden, "..") == 0 ||
	    str_starts(hidden, whiteout_prefix))
		return err_set(e, ERR_INVALID, -EINVAL, "%.300s is not a valid whiteout", path);
	*ret_hidden = hidden;
	return WHITEOUT_FILE;
}
