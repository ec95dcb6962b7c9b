/*
 * Registries: from the operator's files and a name to connections.
 *
 * Runs in: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "image/registry_config.h"
#include "operator_fixture.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct registry_config load(struct place *place)
{
	struct registry_config config;
	struct err e = { 0 };

	if (registry_config_load(&place->arena, &config, &e) < 0)
		fail_msg("%s", e.text);
	return config;
}

static const char *refusal(struct place *place)
{
	struct registry_config config;
	struct err e = { 0 };

	if (registry_config_load(&place->arena, &config, &e) == 0)
		return "accepted";
	return said(place, &e);
}

/* --- what comes out ----------------------------------------------------------------------- */

static const char *dump(struct arena *arena, const struct registry_endpoint *endpoints,
			size_t count)
{
	char *text = arena_copy(arena, "");

	for (size_t i = 0; i < count; i++) {
		const struct registry_endpoint *p = &endpoints[i];

		text = arena_printf(arena, "%s%s%s://%s:%u%s %s%s%s", text, i > 0 ? "\n" : "",
				    p->is_tls ? "https" : "http", p->host, p->port, p->path,
				    p->repository, p->is_tls && !p->is_verified ? " any" : "",
				    !p->is_mirror	? ""
				    : p->is_for_digests ? " digests"
							: " mirror");
	}
	return text;
}

struct found {
	struct registry_endpoint *endpoints;
	size_t count;
	struct err e;
};

/* Read the files and look a name up; for a login it is a registry's, which may be none. */
static int find(struct place *place, const char *name, enum registry_purpose purpose,
		struct found *ret)
{
	struct registry_config config = load(place);
	struct reference reference;
	int r;

	*ret = (struct found){ 0 };
	if (purpose == REGISTRY_LOGIN) {
		r = registry_parse(name, &reference, &ret->e);
		if (r < 0)
			return r;
	} else {
		assert_int_equal(reference_parse(name, &reference, &ret->e), 0);
	}
	return registry_endpoints(&config, &reference, purpose, &place->arena, &ret->endpoints,
				  &ret->count, &ret->e);
}

static const char *endpoints_for(struct place *place, const char *name,
				 enum registry_purpose purpose)
{
	struct found found;

	if (find(place, name, purpose, &found) < 0)
		return arena_copy(&place->arena, found.e.text);
	return dump(&place->arena, found.endpoints, found.count);
}

static const char *pulled(struct place *place, const char *name)
{
	return endpoints_for(place, name, REGISTRY_PULL);
}

static const char *candidates_of(struct place *place, const char *name)
{
	struct registry_config config = load(place);
	struct reference *list;
	char *text = arena_copy(&place->arena, "");
	struct err e = { 0 };
	size_t count;

	if (registry_candidates(&config, name, &place->arena, &list, &count, &e) < 0)
		return arena_copy(&place->arena, e.text);
	for (size_t i = 0; i < count; i++) {
		char full[2 * REFERENCE_SIZE];

		reference_full(&list[i], full);
		text = arena_printf(&place->arena, "%s%s%s", text, i > 0 ? " " : "", full);
	}
	return text;
}

/* --- without a file ----------------------------------------------------------------------- */

static void without_a_file_names_go_where_docker_sends_them(void **state)
{
	struct place *p = *state;

	assert_string_equal(pulled(p, "busybox"),
			    "https://registry-1.docker.io:443 library/busybox");
	assert_string_equal(pulled(p, "quay.io/a/b"), "https://quay.io:443 a/b");
	assert_string_equal(pulled(p, "r.io:5000/a"), "https://r.io:5000 a");
	assert_string_equal(candidates_of(p, "busybox"), "docker.io/library/busybox:latest");
	assert_string_equal(candidates_of(p, "quay.io/a"), "quay.io/a:latest");
	assert_string_equal(candidates_of(p, "-"), "invalid reference format");
}

static void this_machine_is_tried_with_tls_and_then_without(void **state)
{
	struct place *p = *state;

	assert_string_equal(pulled(p, "127.0.0.1:5000/a"),
			    "https://127.0.0.1:5000 a any\nhttp://127.0.0.1:5000 a");
	assert_string_equal(pulled(p, "127.255.1.2/a"),
			    "https://127.255.1.2:443 a any\nhttp://127.255.1.2:80 a");
	assert_string_equal(pulled(p, "[::1]:5000/a"),
			    "https://[::1]:5000 a any\nhttp://[::1]:5000 a");
	assert_string_equal(pulled(p, "localhost/a"),
			    "https://localhost:443 a any\nhttp://localhost:80 a");
	assert_string_equal(pulled(p, "LocalHost:1/a"),
			    "https://LocalHost:1 a any\nhttp://LocalHost:1 a");
}

static void what_only_looks_like_this_machine_is_not_trusted(void **state)
{
	static const char *const names[] = { "127.0.0.1.evil.io/a",
					     "localhost.evil.io/a",
					     "128.0.0.1/a",
					     "127.1/a",
					     "[::2]/a",
					     "[::ffff:127]/a",
					     "10.0.0.1/a",
					     "localhost1:5000/a" };
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *text = pulled(p, names[i]);

		if (strstr(text, "http://") || strstr(text, " any"))
			fail_msg("%s: %s", names[i], text);
	}
	assert_string_equal(pulled(p, "r.io:99999/a"),
			    "r.io:99999: the port of a registry is a number from 1 to 65535");
}

/* --- registries.conf ---------------------------------------------------------------------- */

static void the_longest_prefix_decides_and_is_replaced(void **state)
{
	struct place *p = *state;

	put(p, "etc/containers/registries.conf",
	    "[[registry]]\nprefix = \"a.io\"\nlocation = \"b.io/all\"\n"
	    "[[registry]]\nprefix = \"a.io/team\"\nlocation = \"c.io:5000/\"\n"
	    "[[registry]]\nprefix = \"*.w.io\"\n"
	    "[[registry]]\nprefix = \"*.v.io\"\nlocation = \"v.io/sub\"\n"
	    "[[registry]]\nprefix = \"docker.io/library\"\nlocation = "
	    "\"127.0.0.1:5000/hub\"\n");
	assert_string_equal(pulled(p, "a.io/x"), "https://b.io:443 all/x");
	assert_string_equal(pulled(p, "a.io/team/x"), "https://c.io:5000 x");
	assert_string_equal(pulled(p, "a.io/teams/x"), "https://b.io:443 all/teams/x");
	assert_string_equal(pulled(p, "A.io/x"), "https://b.io:443 all/x");
	assert_string_equal(pulled(p, "a.io:5000/x"), "https://a.io:5000 x");
	assert_string_equal(pulled(p, "ba.io/x"), "https://ba.io:443 x");
	assert_string_equal(pulled(p, "r.w.io/x"), "https://r.w.io:443 x");
	assert_string_equal(pulled(p, "q.r.v.io/x"), "https://v.io:443 sub/x");
	assert_string_equal(pulled(p, "v.io/x"), "https://v.io:443 x");
	assert_string_equal(pulled(p, "busybox@sha256:" HEX),
			    "https://127.0.0.1:5000 hub/busybox any\n"
			    "http://127.0.0.1:5000 hub/busybox");
	/* What is listed goes there too; a push and a deletion go where the name says. */
	assert_string_equal(endpoints_for(p, "a.io/x", REGISTRY_LIST),
			    "https://b.io:443 all/x");
	assert_string_equal(endpoints_for(p, "a.io/x", REGISTRY_PUSH), "https://a.io:443 x");
	assert_string_equal(endpoints_for(p, "a.io/x", REGISTRY_DELETE), "https://a.io:443 x");
}

static void a_location_that_makes_no_reference_is_refused(void **state)
{
	struct place *p = *state;
	const char *text;

	put(p, "etc/containers/registries.conf",
	    "[[registry]]\nprefix = \"a.io\"\nlocation = \"hub\"\n"
	    "[[registry]]\nprefix = \"b.io/x:1\"\nlocation = \"c.io/x\"\n"
	    "[[registry]]\nprefix = \"c.io\"\nlocation = \"c.io/Upper\"\n");
	text = pulled(p, "a.io/x");
	assert_non_null(strstr(text, "registries.conf: line 1: with hub in place of a.io, "
				     "a.io/x:latest becomes hub/x:latest, which is not a "
				     "reference to the same"));
	assert_non_null(strstr(pulled(p, "b.io/x:1"), "becomes c.io/x, which is not"));
	assert_string_equal(pulled(p, "b.io/x:2"), "https://b.io:443 x");
	assert_non_null(strstr(pulled(p, "c.io/x"), "becomes c.io/Upper/x:latest"));
}

static void mirrors_come_first_for_the_pulls_they_are_for(void **state)
{
	struct place *p = *state;

	put(p, "etc/containers/registries.conf",
	    "[[registry]]\nlocation = \"docker.io\"\n"
	    "[[registry.mirror]]\nlocation = \"m1.io/hub\"\n"
	    "[[registry.mirror]]\nlocation = \"m2.io\"\npull-from-mirror = \"digest-only\"\n"
	    "[[registry.mirror]]\nlocation = \"10.0.0.1\"\npull-from-mirror = \"tag-only\"\n"
	    "insecure = true\n"
	    "[[registry]]\nlocation = \"a.io\"\nmirror-by-digest-only = true\n"
	    "mirror = [{location = \"m3.io\"}]\n");
	assert_string_equal(pulled(p, "busybox:1"),
			    "https://m1.io:443 hub/library/busybox mirror\n"
			    "https://m2.io:443 library/busybox digests\n"
			    "https://10.0.0.1:443 library/busybox any mirror\n"
			    "http://10.0.0.1:80 library/busybox mirror\n"
			    "https://registry-1.docker.io:443 library/busybox");
	assert_string_equal(pulled(p, "busybox:1@sha256:" HEX),
			    "https://m1.io:443 hub/library/busybox mirror\n"
			    "https://m2.io:443 library/busybox digests\n"
			    "https://registry-1.docker.io:443 library/busybox");
	assert_string_equal(pulled(p, "a.io/x:1"),
			    "https://m3.io:443 x digests\nhttps://a.io:443 x");
	assert_string_equal(endpoints_for(p, "busybox", REGISTRY_PUSH),
			    "https://registry-1.docker.io:443 library/busybox");
	assert_string_equal(endpoints_for(p, "busybox", REGISTRY_LIST),
			    "https://registry-1.docker.io:443 library/busybox");
	assert_string_equal(endpoints_for(p, "busybox", REGISTRY_DELETE),
			    "https://registry-1.docker.io:443 library/busybox");
}

static void a_blocked_registry_is_refused_however_it_is_spelled(void **state)
{
	struct place *p = *state;
	struct found found;

	put(p, "etc/containers/registries.conf",
	    "[[registry]]\nprefix = \"evil.io\"\nlocation = \"evil.io\"\nblocked = true\n"
	    "[[registry]]\nprefix = \"*.bad.io\"\nblocked = true\n"
	    "[[registry]]\nprefix = \"docker.io/library/x:1\"\nblocked = true\n"
	    "location = \"docker.io/library/x:1\"\n");
	assert_int_equal(find(p, "EVIL.io/x", REGISTRY_PULL, &found), -EPERM);
	assert_int_equal(found.e.kind, ERR_DENIED);
	assert_non_null(strstr(found.e.text, "EVIL.io/x:latest is blocked by /tmp/hoy-unit."));
	assert_non_null(strstr(found.e.text, "/etc/containers/registries.conf, line 1"));
	assert_non_null(strstr(pulled(p, "a.Bad.io/x"), "is blocked by"));
	assert_non_null(strstr(pulled(p, "x:1"), "is blocked by"));
	assert_non_null(strstr(endpoints_for(p, "evil.io/x", REGISTRY_PUSH), "is blocked by"));
	assert_non_null(strstr(endpoints_for(p, "evil.io/x", REGISTRY_LIST), "is blocked by"));
	assert_non_null(
		strstr(endpoints_for(p, "evil.io/x", REGISTRY_DELETE), "is blocked by"));
	assert_string_equal(pulled(p, "x:2"), "https://registry-1.docker.io:443 library/x");
	assert_string_equal(pulled(p, "x:11"), "https://registry-1.docker.io:443 library/x");
	assert_int_equal(find(p, "evil.io", REGISTRY_LOGIN, &found), -EPERM);
}

static void the_operator_s_word_on_trust_is_the_last(void **state)
{
	struct place *p = *state;

	put(p, "etc/containers/registries.conf",
	    "[[registry]]\nlocation = \"127.0.0.1:5000\"\ninsecure = false\n"
	    "[[registry]]\nlocation = \"a.io\"\ninsecure = true\n"
	    "[[registry]]\nlocation = \"b.io\"\n");
	put(p, "etc/docker/daemon.json",
	    "{\"insecure-registries\": [\"b.io\", \"C.io:5000\", \"http://d.io\", "
	    "\"10.1.0.0/16\", \"fd00::/8\"], \"debug\": true}");
	assert_string_equal(pulled(p, "127.0.0.1:5000/x"), "https://127.0.0.1:5000 x");
	assert_string_equal(pulled(p, "a.io/x"), "https://a.io:443 x any\nhttp://a.io:80 x");
	assert_string_equal(pulled(p, "b.io/x"), "https://b.io:443 x any\nhttp://b.io:80 x");
	assert_string_equal(pulled(p, "c.io:5000/x"),
			    "https://c.io:5000 x any\nhttp://c.io:5000 x");
	assert_string_equal(pulled(p, "c.io/x"), "https://c.io:443 x");
	assert_string_equal(pulled(p, "d.io/x"), "https://d.io:443 x any\nhttp://d.io:80 x");
	assert_string_equal(pulled(p, "10.1.255.1/x"),
			    "https://10.1.255.1:443 x any\nhttp://10.1.255.1:80 x");
	assert_string_equal(pulled(p, "10.2.0.1/x"), "https://10.2.0.1:443 x");
	assert_string_equal(pulled(p, "[fdff::1]/x"),
			    "https://[fdff::1]:443 x any\nhttp://[fdff::1]:80 x");
	/* Also for a push and for a login. */
	assert_string_equal(endpoints_for(p, "a.io/x", REGISTRY_PUSH),
			    "https://a.io:443 x any\nhttp://a.io:80 x");
}

static void docker_s_mirrors_are_for_docker_hub_only(void **state)
{
	struct place *p = *state;

	put(p, "etc/docker/daemon.json",
	    "{\"registry-mirrors\": [\"https://m.io/cache/\", \"http://127.0.0.1:5000\"],"
	    " \"proxies\": {\"https-proxy\": \"http://p:3128\", \"no-proxy\": \"a.io\"}}");
	assert_string_equal(pulled(p, "busybox"),
			    "https://m.io:443/cache library/busybox mirror\n"
			    "http://127.0.0.1:5000 library/busybox mirror\n"
			    "https://registry-1.docker.io:443 library/busybox");
	assert_string_equal(pulled(p, "a.io/x"), "https://a.io:443 x");
	assert_string_equal(load(p).https_proxy, "http://p:3128");
	assert_string_equal(load(p).no_proxy, "a.io");
	assert_null(load(p).http_proxy);
	/* Whoever sends docker.io elsewhere does not want its mirrors. */
	put(p, "etc/containers/registries.conf",
	    "[[registry]]\nprefix = \"docker.io\"\nlocation = \"b.io\"\n");
	assert_string_equal(pulled(p, "busybox"), "https://b.io:443 library/busybox");
}

/* --- short names -------------------------------------------------------------------------- */

static void short_names_are_aliases_then_searched(void **state)
{
	struct place *p = *state;

	put(p, "etc/containers/registries.conf",
	    "unqualified-search-registries = [\"a.io\", \"docker.io\"]\n"
	    "[aliases]\n\"fedora\" = \"f.org/fedora\"\n\"team/app\" = \"t.io:5000/x/y\"\n");
	assert_string_equal(candidates_of(p, "busybox:1"),
			    "a.io/busybox:1 docker.io/library/busybox:1");
	assert_string_equal(candidates_of(p, "fedora"), "f.org/fedora:latest");
	assert_string_equal(candidates_of(p, "fedora:39@sha256:" HEX),
			    "f.org/fedora:39@sha256:" HEX);
	assert_string_equal(candidates_of(p, "team/app:2"), "t.io:5000/x/y:2");
	assert_string_equal(candidates_of(p, "docker.io/fedora"),
			    "docker.io/library/fedora:latest");
	put(p, "etc/containers/registries.conf.d/1.conf",
	    "short-name-mode = \"enforcing\"\n[aliases]\n\"fedora\" = \"\"\n");
	assert_non_null(strstr(candidates_of(p, "fedora"),
			       "fedora may be in each of a.io, docker.io, and "
			       "short-name-mode is enforcing\nhint: write the registry in "
			       "front of it: a.io/fedora"));
	assert_string_equal(candidates_of(p, "team/app"), "t.io:5000/x/y:latest");
	put(p, "etc/containers/registries.conf.d/2.conf", "short-name-mode = \"disabled\"\n");
	assert_string_equal(candidates_of(p, "team/app"),
			    "a.io/team/app:latest docker.io/team/app:latest");
}

/* --- which files -------------------------------------------------------------------------- */

static void later_files_replace_what_earlier_ones_say(void **state)
{
	struct place *p = *state;

	put(p, "etc/containers/registries.conf",
	    "unqualified-search-registries = [\"a.io\"]\n"
	    "[[registry]]\nlocation = \"b.io\"\nblocked = true\n");
	put(p, "etc/containers/registries.conf.d/20.conf", "[[registry]]\nlocation=\"b.io\"\n");
	put(p, "etc/containers/registries.conf.d/10.conf",
	    "[[registry]]\nprefix=\"b.io\"\nlocation=\"x.io\"\n");
	put(p, "etc/containers/registries.conf.d/30.conf.bak", "not read");
	assert_string_equal(pulled(p, "b.io/x"), "https://b.io:443 x");
	put(p, "home/.config/containers/registries.conf.d/00.conf",
	    "[[registry]]\nprefix=\"b.io\"\nlocation=\"y.io\"\n");
	assert_string_equal(pulled(p, "b.io/x"), "https://y.io:443 x");
	assert_string_equal(candidates_of(p, "x"), "a.io/x:latest");
	/* A user's own stands in for the machine's, its fragments stay. */
	put(p, "home/.config/containers/registries.conf",
	    "unqualified-search-registries = [\"u.io\"]\n");
	assert_string_equal(candidates_of(p, "x"), "u.io/x:latest");
	put(p, "own/containers/registries.conf",
	    "unqualified-search-registries = [\"o.io\"]\n");
	(void)setenv("XDG_CONFIG_HOME", arena_printf(&p->arena, "%s/own", p->path), 1);
	assert_string_equal(candidates_of(p, "x"), "o.io/x:latest");
	(void)setenv("CONTAINERS_REGISTRIES_CONF",
		     arena_printf(&p->arena, "%s/etc/containers/registries.conf", p->path), 1);
	assert_string_equal(candidates_of(p, "x"), "a.io/x:latest");
	(void)setenv("CONTAINERS_REGISTRIES_CONF", arena_printf(&p->arena, "%s/none", p->path),
		     1);
	assert_string_equal(refusal(p), "CONTAINERS_REGISTRIES_CONF: there is no /none");
}

static void wrong_files_are_named_with_their_line(void **state)
{
	static const struct {
		const char *text;
		const char *sentence;
	} examples[] = {
		{ "[[registry]]\n", "line 1: a registry has no location" },
		{ "[[registry]]\nprefix = \"a.io\"\n", "line 1: a.io has no location" },
		{ "[[registry]]\nlocation = 1\n",
		  "line 2: location: expected a string, found an integer" },
		{ "[[registry]]\nlocation = \"https://a.io\"\n",
		  "line 2: location: https://a.io: a scheme is not written here (insecure = "
		  "true allows http)" },
		{ "[[registry]]\nlocation = \"/x\"\n",
		  "line 2: location: /x is not a registry" },
		{ "[[registry]]\nprefix = \"a.*.io\"\n",
		  "line 2: prefix: a.*.io is not a registry" },
		{ "[[registry]]\nlocation = \"a.io\"\n\n[[registry]]\nprefix = \"a.io\"\n"
		  "location = \"b.io\"\n",
		  "line 4: a.io has a [[registry]] on line 1 already" },
		{ "[[registry]]\nlocation = \"a.io\"\n[[registry.mirror]]\ninsecure = true\n",
		  "line 3: a mirror has no location" },
		{ "[[registry]]\nlocation = \"a.io\"\n[[registry.mirror]]\n"
		  "location = \"b.io\"\npull-from-mirror = \"never\"\n",
		  "line 5: pull-from-mirror: never is none of all, digest-only, tag-only" },
		{ "[[registry]]\nlocation = \"a.io\"\nmirror-by-digest-only = true\n"
		  "[[registry.mirror]]\nlocation = \"b.io\"\npull-from-mirror = \"tag-only\"\n",
		  "line 4: pull-from-mirror and mirror-by-digest-only exclude each other" },
		{ "[registry]\nlocation = \"a.io\"\n",
		  "line 1: registry: expected an array, found a table" },
		{ "unqualified-search-registries = [\"a.io/x\"]\n",
		  "line 1: unqualified-search-registries: a.io/x is not a registry" },
		{ "short-name-mode = \"maybe\"\n",
		  "line 1: short-name-mode: maybe is none of permissive, enforcing, disabled" },
		{ "[aliases]\nx = \"y\"\n",
		  "line 2: aliases: x: y is not a repository with its registry" },
		{ "[aliases]\nx = \"a.io/y:1\"\n",
		  "line 2: aliases: x: a.io/y:1 is not a repository with its registry" },
		{ "[aliases]\n\"x:1\" = \"a.io/y\"\n",
		  "line 2: aliases: x:1 is not a short name" },
		{ "[registries.search]\nregistries = []\n",
		  "line 1: [registries] is version 1 of this format, which is not read any "
		  "more" },
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		put(p, "etc/containers/registries.conf", examples[i].text);
		assert_string_equal(refusal(p),
				    arena_printf(&p->arena,
						 "/etc/containers/registries.conf: %s",
						 examples[i].sentence));
	}
}

static void a_wrong_daemon_json_is_named(void **state)
{
	static const struct {
		const char *text;
		const char *sentence;
	} examples[] = {
		{ "{\n\"debug\": yes}", ": line 2, column 10: invalid value" },
		{ "[]", ": expected an object" },
		{ "{\"registry-mirrors\": \"x\"}",
		  ".registry-mirrors: expected an array, found a string" },
		{ "{\"registry-mirrors\": [\"m.io\"]}",
		  ": registry-mirrors: m.io: not http[s]://HOST[:PORT][/PATH]" },
		{ "{\"registry-mirrors\": [\"https://u:p@m.io\"]}",
		  ": registry-mirrors: https://u:p@m.io: not http[s]://HOST[:PORT][/PATH]" },
		{ "{\"insecure-registries\": [\"a.io/x\"]}",
		  ": insecure-registries: a.io/x: not HOST[:PORT] or ADDRESS/BITS" },
		{ "{\"insecure-registries\": [\"10.0.0.0/33\"]}",
		  ": insecure-registries: 10.0.0.0/33: not HOST[:PORT] or ADDRESS/BITS" },
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		put(p, "etc/docker/daemon.json", examples[i].text);
		assert_string_equal(refusal(p),
				    arena_printf(&p->arena, "/etc/docker/daemon.json%s",
						 examples[i].sentence));
	}
}

/* --- certificates ------------------------------------------------------------------------- */

static void certificates_are_those_of_the_first_directory(void **state)
{
	struct place *p = *state;
	struct found found;

	put(p, "etc/docker/certs.d/127.0.0.1:5000/ca.crt", "");
	put(p, "etc/containers/certs.d/a.io/b.crt", "");
	put(p, "etc/containers/certs.d/a.io/a.crt", "");
	put(p, "etc/containers/certs.d/a.io/client.cert", "");
	put(p, "etc/containers/certs.d/a.io/client.key", "");
	put(p, "etc/containers/certs.d/a.io/README", "");
	put(p, "etc/docker/certs.d/a.io/other.crt", "");
	assert_int_equal(find(p, "a.io/x", REGISTRY_PULL, &found), 0);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.endpoints[0].certificates.authorities.count, 2);
	assert_true(str_ends(found.endpoints[0].certificates.authorities.items[0],
			     "/etc/containers/certs.d/a.io/a.crt"));
	assert_int_equal(found.endpoints[0].certificates.client_certificates.count, 1);
	assert_true(str_ends(found.endpoints[0].certificates.client_keys.items[0],
			     "/a.io/client.key"));
	put(p, "home/.config/containers/certs.d/a.io/mine.crt", "");
	assert_int_equal(find(p, "a.io/x", REGISTRY_PULL, &found), 0);
	assert_int_equal(found.endpoints[0].certificates.authorities.count, 1);
	/* An authority for a registry of this machine: it is looked at, and http is not tried. */
	assert_string_equal(pulled(p, "127.0.0.1:5000/x"), "https://127.0.0.1:5000 x");
	assert_string_equal(pulled(p, "127.0.0.1:5001/x"),
			    "https://127.0.0.1:5001 x any\nhttp://127.0.0.1:5001 x");
}

static void half_a_pair_of_certificate_and_key_is_refused(void **state)
{
	struct place *p = *state;

	put(p, "etc/docker/certs.d/a.io/client.cert", "");
	assert_non_null(strstr(pulled(p, "a.io/x"),
			       "/etc/docker/certs.d/a.io/client.cert has no "
			       "key beside it (an authority's "
			       "certificate ends with .crt)"));
	put(p, "etc/docker/certs.d/b.io/client.key", "");
	assert_non_null(
		strstr(pulled(p, "b.io/x"), "client.key has no certificate (.cert) beside it"));
}

static const char *logged_in(struct place *place, const char *server)
{
	return endpoints_for(place, server, REGISTRY_LOGIN);
}

static void a_login_names_a_registry_alone(void **state)
{
	static const char *const wrong[] = { "",      "registry", "https://a.io", "a.io/x",
					     "a.io:", "../a.io",  "a b.io",	  "a.io:0x1" };
	struct place *p = *state;

	put(p, "etc/containers/registries.conf",
	    "[[registry]]\nlocation = \"a.io\"\ninsecure = true\n"
	    "[[registry.mirror]]\nlocation = \"b.io\"\n");
	assert_string_equal(logged_in(p, "docker.io"), "https://registry-1.docker.io:443 ");
	assert_string_equal(logged_in(p, "index.docker.io"),
			    "https://registry-1.docker.io:443 ");
	assert_string_equal(logged_in(p, "127.0.0.1:5000"),
			    "https://127.0.0.1:5000  any\nhttp://127.0.0.1:5000 ");
	assert_string_equal(logged_in(p, "a.io"), "https://a.io:443  any\nhttp://a.io:80 ");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_non_null(strstr(logged_in(p, wrong[i]), " is not a registry: HOST["));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_OPERATOR(without_a_file_names_go_where_docker_sends_them),
		WITH_OPERATOR(this_machine_is_tried_with_tls_and_then_without),
		WITH_OPERATOR(what_only_looks_like_this_machine_is_not_trusted),
		WITH_OPERATOR(the_longest_prefix_decides_and_is_replaced),
		WITH_OPERATOR(a_location_that_makes_no_reference_is_refused),
		WITH_OPERATOR(mirrors_come_first_for_the_pulls_they_are_for),
		WITH_OPERATOR(a_blocked_registry_is_refused_however_it_is_spelled),
		WITH_OPERATOR(the_operator_s_word_on_trust_is_the_last),
		WITH_OPERATOR(docker_s_mirrors_are_for_docker_hub_only),
		WITH_OPERATOR(short_names_are_aliases_then_searched),
		WITH_OPERATOR(later_files_replace_what_earlier_ones_say),
		WITH_OPERATOR(wrong_files_are_named_with_their_line),
		WITH_OPERATOR(a_wrong_daemon_json_is_named),
		WITH_OPERATOR(certificates_are_those_of_the_first_directory),
		WITH_OPERATOR(half_a_pair_of_certificate_and_key_is_refused),
		WITH_OPERATOR(a_login_names_a_registry_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
