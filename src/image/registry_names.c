/*
 * A name without its registry: what it may stand for. See registry_config.h.
 *
 * Aliases, then each registry to be searched, as podman does; where the operator names none,
 * docker.io, as docker does.
 *
 * Runs in: cli (engine).
 * See: containers-registries.conf(5) "SHORT-NAME RESOLUTION".
 */
#include <stdio.h>
#include <string.h>

#include "image/registry_config.h"

/* What stands behind the name: ":tag", "@digest", both or nothing. */
static const char *find_rest(const char *name)
{
	return name + strcspn(name, ":@");
}

/* The repository that an alias gives for `name`, NULL: none. Borrowed. */
static const char *find_alias(const struct registry_config *config, const char *name)
{
	char key[REFERENCE_SIZE];
	size_t len = (size_t)(find_rest(name) - name);
	const char *target;

	if (config->short_names == REGISTRY_SHORT_DISABLED || len >= sizeof(key))
		return NULL;
	memcpy(key, name, len);
	key[len] = '\0';
	target = strv_env_get(&config->aliases, key);
	return str_is_empty(target) ? NULL : target;
}

static int parse_joined(const char *front, const char *separator, const char *rest,
			struct reference *ret, struct err *e)
{
	char text[2 * REFERENCE_SIZE];
	int n = snprintf(text, sizeof(text), "%s%s%s", front, separator, rest);

	if (n < 0 || (size_t)n >= sizeof(text))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "invalid reference format: the text is too long");
	return reference_parse(text, ret, e);
}

static int choose_registry(const struct registry_config *config, const char *name,
			   struct err *e)
{
	AUTO_STR struct str list = { 0 };

	if (config->short_names != REGISTRY_SHORT_ENFORCING || config->search.count < 2)
		return 0;
	for (size_t i = 0; i < config->search.count; i++)
		str_printf(&list, "%s%s", i > 0 ? ", " : "", config->search.items[i]);
	(void)err_set(e, ERR_INVALID, -EINVAL,
		      "%s may be in each of %s, and short-name-mode is enforcing", name,
		      str_text(&list));
	return err_hint(e, -EINVAL, "write the registry in front of it: %s/%s",
			config->search.items[0], name);
}

int registry_candidates(const struct registry_config *config, const char *name,
			struct arena *arena, struct reference **ret, size_t *ret_count,
			struct err *e)
{
	size_t count = config->search.count > 0 ? config->search.count : 1;
	struct reference *list = arena_array(arena, count, sizeof(*list));
	const char *alias;
	int r;

	if (!list)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	*ret = list;
	*ret_count = 1;
	/* Also looks at the whole before anything is put in front of it. */
	r = reference_parse(name, &list[0], e);
	if (r < 0 || reference_has_registry(name))
		return r;
	alias = find_alias(config, name);
	if (alias)
		return parse_joined(alias, "", find_rest(name), &list[0], e);
	if (config->search.count == 0)
		return 0;
	r = choose_registry(config, name, e);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = parse_joined(config->search.items[i], "/", name, &list[i], e);
	*ret_count = count;
	return r;
}

int registry_parse(const char *text, struct reference *ret, struct err *e)
{
	struct reference parsed = { 0 };
	char whole[REFERENCE_SIZE];
	int n = snprintf(whole, sizeof(whole), "%s/x", text);

	if (n < 0 || (size_t)n >= sizeof(whole) || strchr(text, '/') ||
	    !reference_has_registry(whole) || reference_parse(whole, &parsed, NULL) < 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "%s is not a registry: HOST[:PORT], with a dot or a port in it",
			       text);
	*ret = (struct reference){ 0 };
	return str_copy(ret->registry, sizeof(ret->registry), parsed.registry);
}
