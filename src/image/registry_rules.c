/*
 * registries.conf, version 2, one file on top of another: a later [[registry]] of the same
 * prefix replaces the earlier one, lists replace lists, aliases are added.
 *
 * Members that we do not know are left alone, as podman leaves them.
 *
 * Runs in: cli (engine).
 * See: containers-registries.conf(5), containers-registries.conf.d(5).
 */
#include <string.h>

#include "format/toml.h"
#include "image/registry_config.h"

struct rules_file {
	struct registry_config *config;
	const char *name;
	struct err *e;
};

/* A host at the front, no scheme, no slash at the end; in the arena. */
static int location_check(const struct rules_file *in, const struct toml *at, const char *key,
			  const char *text, const char **ret)
{
	size_t len = text ? strlen(text) : 0;
	const char *host = text && str_starts(text, "*.") ? text + 2 : text;

	while (len > 0 && text[len - 1] == '/')
		len--;
	if (len == 0)
		return toml_fail(at, in->name, in->e, "%s is empty", key);
	if (strstr(text, "://"))
		return toml_fail(at, in->name, in->e,
				 "%s: %s: a scheme is not written here (insecure = true "
				 "allows http)",
				 key, text);
	if (strpbrk(text, " \t\n\r\"'\\") || host[0] == '/' || host[0] == '\0' ||
	    strchr(host, '*') || len > REFERENCE_MAX)
		return toml_fail(at, in->name, in->e, "%s: %s is not a registry", key, text);
	*ret = arena_copy_bytes(in->config->arena, text, len);
	return *ret ? 0 : -ENOMEM;
}

static int read_location(const struct rules_file *in, const struct toml *table,
			 struct registry_location *ret)
{
	const char *text = NULL;
	bool is_insecure = false;
	int r = toml_get_text(table, "location", in->name, &text, in->e);

	if (r == 0 && !str_is_empty(text))
		r = location_check(in, toml_get(table, "location"), "location", text,
				   &ret->text);
	if (r == 0)
		r = toml_get_bool(table, "insecure", in->name, &is_insecure, in->e);
	if (r == 0 && toml_get(table, "insecure"))
		ret->trust = is_insecure ? REGISTRY_TRUST_INSECURE : REGISTRY_TRUST_SECURE;
	return r;
}

/* One of `words`, which end with NULL: its index. Absent or empty: `ret` stays. */
static int read_word(const struct rules_file *in, const struct toml *table, const char *key,
		     const char *const *words, unsigned int *ret)
{
	AUTO_STR struct str known = { 0 };
	const char *text = NULL;
	int r = toml_get_text(table, key, in->name, &text, in->e);

	if (r < 0 || str_is_empty(text))
		return r;
	for (unsigned int i = 0; words[i]; i++) {
		if (strcmp(text, words[i]) == 0) {
			*ret = i;
			return 0;
		}
		str_printf(&known, "%s%s", i > 0 ? ", " : "", words[i]);
	}
	return toml_fail(toml_get(table, key), in->name, in->e, "%s: %s is none of %s", key,
			 text, str_text(&known));
}

static int read_mirror(const struct rules_file *in, const struct toml *table,
		       const struct registry_rule *rule, struct registry_location *ret)
{
	static const char *const uses[] = { [REGISTRY_MIRROR_ALL] = "all",
					    [REGISTRY_MIRROR_DIGESTS] = "digest-only",
					    [REGISTRY_MIRROR_TAGS] = "tag-only",
					    NULL };
	unsigned int use = REGISTRY_MIRROR_ALL;
	int r = read_location(in, table, ret);

	if (r == 0)
		r = read_word(in, table, "pull-from-mirror", uses, &use);
	if (r < 0)
		return r;
	ret->use = (enum registry_mirror_use)use;
	if (!ret->text)
		return toml_fail(table, in->name, in->e, "a mirror has no location");
	if (use != REGISTRY_MIRROR_ALL && rule->are_mirrors_for_digests)
		return toml_fail(table, in->name, in->e,
				 "pull-from-mirror and mirror-by-digest-only exclude each "
				 "other");
	return 0;
}

static int read_mirrors(const struct rules_file *in, const struct toml *table,
			struct registry_rule *rule)
{
	const struct toml *mirrors = NULL;
	size_t count = 0;
	int r = toml_get_array(table, "mirror", TOML_TABLE, in->name, &mirrors, in->e);

	if (r < 0 || !mirrors)
		return r;
	for (const struct toml *m = mirrors->first; m; m = m->next)
		count++;
	if (count > REGISTRY_MIRRORS_MAX)
		return toml_fail(mirrors, in->name, in->e, "%s has too many mirrors",
				 rule->prefix);
	rule->mirrors = arena_array(in->config->arena, count, sizeof(rule->mirrors[0]));
	if (!rule->mirrors)
		return -ENOMEM;
	for (const struct toml *m = mirrors->first; r == 0 && m; m = m->next)
		r = read_mirror(in, m, rule, &rule->mirrors[rule->mirror_count++]);
	return r;
}

static int read_prefix(const struct rules_file *in, const struct toml *table,
		       struct registry_rule *rule)
{
	const char *prefix = NULL;
	int r = toml_get_text(table, "prefix", in->name, &prefix, in->e);

	if (r < 0)
		return r;
	if (!str_is_empty(prefix))
		r = location_check(in, toml_get(table, "prefix"), "prefix", prefix,
				   &rule->prefix);
	else if (rule->location.text)
		rule->prefix = rule->location.text;
	else
		return toml_fail(table, in->name, in->e, "a registry has no location");
	if (r < 0)
		return r;
	if (!rule->location.text && !str_starts(rule->prefix, "*."))
		return toml_fail(table, in->name, in->e, "%s has no location", rule->prefix);
	return 0;
}

/* In place of one of the same prefix from another file. */
static int keep_rule(const struct rules_file *in, const struct toml *table,
		     const struct registry_rule *rule)
{
	struct registry_config *config = in->config;

	for (size_t i = 0; i < config->rule_count; i++) {
		if (strcmp(config->rules[i].prefix, rule->prefix) != 0)
			continue;
		if (strcmp(config->rules[i].file, rule->file) == 0)
			return toml_fail(table, in->name, in->e,
					 "%s has a [[registry]] on line %u already",
					 rule->prefix, config->rules[i].line);
		config->rules[i] = *rule;
		return 0;
	}
	if (config->rule_count == config->rule_room) {
		size_t room = config->rule_room ? config->rule_room * 2 : 8;
		struct registry_rule *rules =
			arena_array(config->arena, room, sizeof(rules[0]));

		if (!rules)
			return -ENOMEM;
		if (config->rule_count > 0)
			memcpy(rules, config->rules, config->rule_count * sizeof(rules[0]));
		config->rules = rules;
		config->rule_room = room;
	}
	config->rules[config->rule_count++] = *rule;
	return 0;
}

static int read_rule(const struct rules_file *in, const struct toml *table)
{
	struct registry_rule rule = { .file = in->name, .line = table->line };
	int r = read_location(in, table, &rule.location);

	if (r == 0)
		r = read_prefix(in, table, &rule);
	if (r == 0)
		r = toml_get_bool(table, "blocked", in->name, &rule.is_blocked, in->e);
	if (r == 0)
		r = toml_get_bool(table, "mirror-by-digest-only", in->name,
				  &rule.are_mirrors_for_digests, in->e);
	if (r == 0)
		r = read_mirrors(in, table, &rule);
	return r < 0 ? r : keep_rule(in, table, &rule);
}

static int read_rules(const struct rules_file *in, const struct toml *document)
{
	const struct toml *tables = NULL;
	int r = toml_get_array(document, "registry", TOML_TABLE, in->name, &tables, in->e);

	for (const struct toml *t = tables ? tables->first : NULL; r == 0 && t; t = t->next)
		r = read_rule(in, t);
	return r;
}

static int read_search(const struct rules_file *in, const struct toml *document)
{
	const struct toml *items = NULL;
	struct strv search = { 0 };
	int r = toml_get_array(document, "unqualified-search-registries", TOML_TEXT, in->name,
			       &items, in->e);

	for (const struct toml *i = items ? items->first : NULL; r == 0 && i; i = i->next) {
		const char *registry = NULL;

		r = location_check(in, i, "unqualified-search-registries", i->text, &registry);
		if (r == 0 && strpbrk(registry, "/*@"))
			r = toml_fail(i, in->name, in->e,
				      "unqualified-search-registries: %s is not a registry",
				      registry);
		if (r == 0)
			strv_add_borrowed(&search, in->config->arena, registry);
	}
	if (r == 0 && items)
		in->config->search = search;
	return r;
}

/* NAME = "registry/repository", or "" to take an alias of an earlier file back. */
static int read_alias(const struct rules_file *in, const struct toml *alias)
{
	struct reference reference;
	struct registry_config *config = in->config;
	char *assignment;
	struct err why = { 0 };

	if (alias->kind != TOML_TEXT)
		return toml_fail(alias, in->name, in->e, "aliases: %s: expected a string",
				 alias->key);
	if (strpbrk(alias->key, "=:@"))
		return toml_fail(alias, in->name, in->e, "aliases: %s is not a short name",
				 alias->key);
	if (alias->text[0] && (!reference_has_registry(alias->text) ||
			       reference_parse(alias->text, &reference, &why) < 0 ||
			       strpbrk(strchr(alias->text, '/'), ":@")))
		return toml_fail(alias, in->name, in->e,
				 "aliases: %s: %s is not a repository with its registry",
				 alias->key, alias->text);
	assignment = arena_printf(config->arena, "%s=%s", alias->key, alias->text);
	if (!assignment)
		return -ENOMEM;
	strv_env_set(&config->aliases, config->arena, assignment);
	return 0;
}

static int read_aliases(const struct rules_file *in, const struct toml *document)
{
	const struct toml *aliases = NULL;
	int r = toml_get_table(document, "aliases", in->name, &aliases, in->e);

	for (const struct toml *a = aliases ? aliases->first : NULL; r == 0 && a; a = a->next)
		r = read_alias(in, a);
	return r;
}

static int read_short_names(const struct rules_file *in, const struct toml *document)
{
	static const char *const modes[] = { [REGISTRY_SHORT_PERMISSIVE] = "permissive",
					     [REGISTRY_SHORT_ENFORCING] = "enforcing",
					     [REGISTRY_SHORT_DISABLED] = "disabled",
					     NULL };
	unsigned int mode = in->config->short_names;
	int r = read_word(in, document, "short-name-mode", modes, &mode);

	in->config->short_names = (enum registry_short_names)mode;
	return r;
}

int registry_rules_read(struct registry_config *config, const char *text, size_t len,
			const char *file, struct err *e)
{
	const struct rules_file in = { .config = config,
				       .name = arena_copy(config->arena, file),
				       .e = e };
	const struct toml *document = NULL;
	int r;

	if (!in.name)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "%s: no memory", file);
	r = toml_parse(text, len, REGISTRY_FILE_MAX, in.name, config->arena, &document, e);
	if (r < 0)
		return r;
	if (toml_get(document, "registries"))
		return toml_fail(toml_get(document, "registries"), in.name, e,
				 "[registries] is version 1 of this format, which is not read "
				 "any more");
	r = read_rules(&in, document);
	if (r == 0)
		r = read_search(&in, document);
	if (r == 0)
		r = read_aliases(&in, document);
	if (r == 0)
		r = read_short_names(&in, document);
	if (r == -ENOMEM || arena_ok(config->arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "%s: no memory", in.name);
	return r;
}
