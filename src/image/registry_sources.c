/*
 * From a reference to the places that may have it: see registry_config.h.
 *
 * The rule with the longest prefix counts. Its mirrors and its location each stand in for the
 * prefix, and what comes out must be a reference again, with the same tag and digest.
 *
 * Two differences from podman, both on the safe side: hosts are compared without regard to
 * case, because EVIL.example is evil.example when it is blocked; and a prefix without a port
 * does not match a host with one, which is another registry.
 *
 * Runs in: cli (engine).
 * See: containers-registries.conf(5) "NAMESPACED [[registry]] SETTINGS".
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "image/registry_config.h"

struct source_list {
	const struct registry_config *config;
	const struct reference *reference;
	const char *full; /* "registry/repository:tag@digest" */
	struct arena *arena;
	struct registry_source *items;
	size_t count;
	struct err *e;
};

/* --- which rule --------------------------------------------------------------------------- */

/* Where the host of "host[:port][/path]" ends. */
static size_t host_end(const char *text)
{
	return strcspn(text, "/");
}

/* How many characters of `full` the prefix stands for; 0: it does not match. */
static size_t match_prefix(const char *prefix, const char *full)
{
	bool is_wild = str_starts(prefix, "*.");
	const char *wanted = is_wild ? prefix + 1 : prefix;
	size_t host = host_end(wanted);
	size_t path = strlen(wanted + host);
	size_t full_host = host_end(full);
	char next;

	if (is_wild ? full_host <= host : full_host != host)
		return 0;
	if (strncasecmp(full + full_host - host, wanted, host) != 0 ||
	    strncmp(full + full_host, wanted + host, path) != 0)
		return 0;
	next = full[full_host + path];
	if (next != '/' && next != '\0' && (path == 0 || !strchr(":@", next)))
		return 0;
	return full_host + path;
}

/* The rule for `full`, NULL when there is none. -EPERM: it is blocked. */
static int find_rule(const struct registry_config *config, const char *full,
		     const struct registry_rule **ret, size_t *ret_matched, struct err *e)
{
	const struct registry_rule *found = NULL;

	*ret_matched = 0;
	for (size_t i = 0; i < config->rule_count; i++) {
		size_t matched = match_prefix(config->rules[i].prefix, full);

		/* Of "*.b" and "a.b" for a.b, the longer text is the closer one. */
		if (matched > *ret_matched ||
		    (matched > 0 && matched == *ret_matched &&
		     strlen(config->rules[i].prefix) > strlen(found->prefix))) {
			found = &config->rules[i];
			*ret_matched = matched;
		}
	}
	*ret = found;
	if (!found || !found->is_blocked)
		return 0;
	return err_set(e, ERR_DENIED, -EPERM, "%s is blocked by %s, line %u", full, found->file,
		       found->line);
}

/* --- adding places ------------------------------------------------------------------------ */

static int add_source(struct source_list *list, const struct registry_source *source)
{
	struct registry_source *to = &list->items[list->count++];

	*to = *source;
	to->registry = arena_copy(list->arena, source->registry);
	to->repository = arena_copy(list->arena, source->repository);
	return to->registry && to->repository ? 0 : -ENOMEM;
}

/* `location` in place of the prefix, which is the first `matched` characters. */
static int rewrite(const struct source_list *list, const struct registry_rule *rule,
		   const struct registry_location *location, size_t matched,
		   struct reference *ret)
{
	char text[2 * REFERENCE_SIZE];
	struct err why = { 0 };
	int n = snprintf(text, sizeof(text), "%s%s", location->text, list->full + matched);

	if (n > 0 && (size_t)n < sizeof(text) && reference_has_registry(text) &&
	    reference_parse(text, ret, &why) == 0 &&
	    strcmp(ret->tag, list->reference->tag) == 0 &&
	    strcmp(ret->digest, list->reference->digest) == 0)
		return 0;
	return err_set(list->e, ERR_INVALID, -EINVAL,
		       "%s: line %u: with %s in place of %s, %s becomes %s, which is not a "
		       "reference to the same",
		       rule->file, rule->line, location->text, rule->prefix, list->full, text);
}

static int add_location(struct source_list *list, const struct registry_rule *rule,
			const struct registry_location *location, size_t matched,
			bool is_mirror)
{
	struct registry_source source = { .path = "",
					  .trust = location->trust,
					  .is_mirror = is_mirror };
	struct reference there = *list->reference;
	int r = location->text ? rewrite(list, rule, location, matched, &there) : 0;

	source.registry = there.registry;
	source.repository = there.repository;
	return r < 0 ? r : add_source(list, &source);
}

/* "http[s]://host[:port][/path]" of daemon.json, checked when it was read. */
static int add_hub_mirror(struct source_list *list, const char *url)
{
	bool is_tls = str_starts(url, "https");
	const char *host = url + strlen(is_tls ? "https://" : "http://");
	struct registry_source source = {
		.registry = arena_copy_bytes(list->arena, host, host_end(host)),
		.repository = list->reference->repository,
		.path = host + host_end(host),
		.scheme = is_tls ? REGISTRY_HTTPS : REGISTRY_HTTP,
		.is_mirror = true,
	};

	return source.registry ? add_source(list, &source) : -ENOMEM;
}

/* Those of daemon.json come behind those of registries.conf, and only where Docker Hub itself
 * would be asked. */
static int add_hub_mirrors(struct source_list *list, const char *registry)
{
	int r = 0;

	if (strcmp(list->reference->registry, DOCKER_REGISTRY) != 0 ||
	    strcmp(registry, DOCKER_REGISTRY) != 0)
		return 0;
	for (size_t i = 0; r == 0 && i < list->config->mirrors.count; i++)
		r = add_hub_mirror(list, list->config->mirrors.items[i]);
	return r;
}

/* A mirror for digests is good for a tag too once the registry has said what the tag is; one
 * for tags is not asked for digests. */
static int add_mirrors(struct source_list *list, const struct registry_rule *rule,
		       size_t matched)
{
	bool has_digest = list->reference->digest[0] != '\0';

	for (size_t i = 0; i < rule->mirror_count; i++) {
		const struct registry_location *mirror = &rule->mirrors[i];
		int r;

		if (has_digest && mirror->use == REGISTRY_MIRROR_TAGS)
			continue;
		r = add_location(list, rule, mirror, matched, true);
		if (r < 0)
			return r;
		list->items[list->count - 1].is_for_digests =
			rule->are_mirrors_for_digests || mirror->use == REGISTRY_MIRROR_DIGESTS;
	}
	return 0;
}

static int add_itself(struct source_list *list, const struct registry_rule *rule)
{
	const struct registry_source itself = {
		.registry = list->reference->registry,
		.repository = list->reference->repository,
		.path = "",
		.trust = rule ? rule->location.trust : REGISTRY_TRUST_UNSAID,
	};

	return add_source(list, &itself);
}

/* Where it is pulled from when there are no mirrors. */
static int add_origin(struct source_list *list, const struct registry_rule *rule,
		      size_t matched)
{
	return rule ? add_location(list, rule, &rule->location, matched, false)
		    : add_itself(list, NULL);
}

static int add_pull(struct source_list *list, const struct registry_rule *rule, size_t matched)
{
	struct registry_source itself;
	int r = rule ? add_mirrors(list, rule, matched) : 0;

	if (r == 0)
		r = add_origin(list, rule, matched);
	if (r < 0)
		return r;
	/* The registry itself stays the last. */
	itself = list->items[--list->count];
	r = add_hub_mirrors(list, itself.registry);
	list->items[list->count++] = itself;
	return r;
}

int registry_sources(const struct registry_config *config, const struct reference *reference,
		     enum registry_purpose purpose, struct arena *arena,
		     struct registry_source **ret, size_t *ret_count, struct err *e)
{
	struct source_list list = {
		.config = config, .reference = reference, .arena = arena, .e = e
	};
	const struct registry_rule *rule;
	char full[2 * REFERENCE_SIZE];
	size_t matched;
	int r;

	if (purpose == REGISTRY_LOGIN)
		(void)str_copy(full, sizeof(full), reference->registry);
	else
		reference_full(reference, full);
	list.full = full;
	r = find_rule(config, full, &rule, &matched, e);
	if (r < 0)
		return r;
	list.items =
		arena_array(arena, 1 + config->mirrors.count + (rule ? rule->mirror_count : 0),
			    sizeof(list.items[0]));
	if (!list.items)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	/* A location stands in for what is read; everything else goes where the name says. */
	r = purpose == REGISTRY_PULL   ? add_pull(&list, rule, matched)
	    : purpose == REGISTRY_LIST ? add_origin(&list, rule, matched)
				       : add_itself(&list, rule);
	if (r == -ENOMEM)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	if (r < 0)
		return r;
	*ret = list.items;
	*ret_count = list.count;
	return 0;
}
