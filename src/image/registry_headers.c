/*
 * See registry_headers.h.
 *
 * Runs in: cli (engine).
 */
#include "image/registry_headers.h"

#include <fcntl.h>
#include <string.h>
#include <strings.h>

#include "format/json_walk.h"
#include "image/credentials_file.h"
#include "image/credentials_places.h"

/* The token of RFC 9110. */
static bool is_name(const char *name)
{
	return name[0] && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789!#$%&'*+-.^_`|~") == strlen(name);
}

static bool is_value(const char *value)
{
	for (; *value; value++)
		if (((unsigned char)*value < ' ' && *value != '\t') || *value == 0x7f)
			return false;
	return true;
}

/* What says how long a request is, or who we are, is not for a file to say. */
static bool is_ours(const char *name)
{
	static const char *const ours[] = { "Authorization",	 "Content-Length", "Host",
					    "Transfer-Encoding", "Connection",	   "Range" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strcasecmp(name, ours[i]) == 0)
			return true;
	return false;
}

/* The walk stands at the value of a member. */
static int add_header(struct json_walk *walk, const struct json_text *key, const char *what,
		      struct arena *arena, struct strv *ret, struct err *e)
{
	AUTO_STR struct str header = { .is_secret = true };
	char *name = NULL;
	char *value = NULL;
	int r = json_text_copy(key, arena, &name);

	if (r < 0)
		return err_sys(e, r, "%s: HttpHeaders", what);
	r = credentials_take_text(walk, what, arena, &value, e);
	if (r < 0 || !value)
		return r;
	if (!is_name(name) || !is_value(value) || ret->count == REGISTRY_HEADERS_MAX)
		return err_set(e, ERR_INVALID, -EINVAL, "%s: HttpHeaders: %.100s: %s", what,
			       name,
			       ret->count == REGISTRY_HEADERS_MAX ? "one header too many"
								  : "no header");
	if (is_ours(name))
		return 0;
	str_add(&header, name);
	str_add(&header, ": ");
	str_add(&header, value);
	strv_add(ret, arena, str_text(&header));
	return str_ok(&header) < 0 || arena_ok(arena) < 0
		       ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory")
		       : 0;
}

int registry_headers_parse(const char *text, size_t len, const char *what, struct arena *arena,
			   struct strv *ret, struct err *e)
{
	struct json_walk walk;
	struct json_text key;
	int r;

	if (credentials_file_is_blank(text, len))
		return 0;
	r = json_walk_begin(text, len, CREDENTIAL_FILE_MAX, what, &walk, e);
	if (r < 0)
		return r;
	if (json_kind(&walk) != JSON_OBJECT)
		return err_set(e, ERR_INVALID, -EINVAL, "%s: expected an object", what);
	json_enter(&walk);
	while (json_next_member(&walk, &key)) {
		if (!json_text_is(&key, "HttpHeaders") || json_kind(&walk) != JSON_OBJECT) {
			json_skip(&walk);
			continue;
		}
		json_enter(&walk);
		while (json_next_member(&walk, &key)) {
			r = add_header(&walk, &key, what, arena, ret, e);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

int registry_headers_read(struct arena *arena, struct strv *ret, struct err *e)
{
	AUTO_STR struct str text = { .is_secret = true };
	const char *path = credentials_docker_place(arena);
	int r = path ? credentials_read_place(AT_FDCWD, path, path, &text, e) : -ENOENT;

	/* Without credentials what is public can be had (credentials.c). */
	if (r == -ENOENT || r == -EACCES) {
		if (r == -EACCES && e)
			*e = (struct err){ 0 };
		return 0;
	}
	return r < 0 ? r
		     : registry_headers_parse(str_text(&text), text.len, path, arena, ret, e);
}
