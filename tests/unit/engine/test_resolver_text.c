/* What hoy-dns is told of a container. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/resolver_text.h"
#include "proto/dns.h"

#define ID    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define BLUE  "b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1"
#define PLAIN "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"

/* A container "web" on the default network and on "blue". */
struct example {
	struct arena arena;
	struct record record;
	struct endpoint_request requests[2];
	struct endpoint items[2];
	struct endpoints endpoints;
};

static void add_endpoint(struct example *x, const char *network, const char *network_id,
			 const char *v4, const char *v6)
{
	struct endpoint *endpoint = &x->items[x->endpoints.count++];
	const char *const texts[] = { v4, v6 };

	(void)str_copy(endpoint->network, sizeof(endpoint->network), network);
	(void)str_copy(endpoint->network_id, sizeof(endpoint->network_id), network_id);
	for (int i = 0; i < IP_FAMILIES; i++) {
		if (!texts[i])
			continue;
		assert_int_equal(ip_parse(texts[i], &endpoint->addresses[i].address), 0);
		endpoint->addresses[i].prefix = i == IP_V4 ? 24 : 64;
	}
}

static void example_init(struct example *x)
{
	*x = (struct example){ .endpoints = { .items = x->items } };
	(void)str_copy(x->record.id, sizeof(x->record.id), ID);
	(void)str_copy(x->record.name, sizeof(x->record.name), "web");
	x->requests[0].network = arena_copy(&x->arena, NETWORK_DEFAULT);
	x->requests[1].network = arena_copy(&x->arena, "blue");
	x->record.config.networks = x->requests;
	x->record.config.network_count = 2;
	add_endpoint(x, NETWORK_DEFAULT, PLAIN, "172.17.0.2", NULL);
	add_endpoint(x, "blue", BLUE, "10.1.0.2", "fd00::2");
}

static void assert_text(struct example *x, bool keeps_short, const char *expected)
{
	AUTO_STR struct str out = { 0 };
	struct err e = { 0 };

	assert_int_equal(resolver_text(&x->record, &x->endpoints, keeps_short, &out, &e), 0);
	assert_string_equal(str_text(&out), expected);
	arena_done(&x->arena);
}

static void names_are_those_of_each_network_and_none_on_the_default_one(void **state)
{
	struct example x;

	(void)state;
	example_init(&x);
	x.items[1].is_internal = true;
	strv_add(&x.requests[0].links, &x.arena, "db:old");
	strv_add(&x.requests[1].aliases, &x.arena, "www");
	strv_add(&x.requests[1].links, &x.arena, "db:store");
	assert_text(&x, false,
		    "hoy-dns 1\ncontainer " ID "\n"
		    "network " PLAIN " bridge open 172.17.0.2/24 -\n"
		    "network " BLUE " blue internal 10.1.0.2/24 fd00::2/64\n"
		    "name web\nname www\nname 0123456789ab\nlink store db\n");
}

static void three_servers_are_named_and_that_short_names_stay(void **state)
{
	struct example x;

	(void)state;
	example_init(&x);
	x.endpoints.count = 0;
	strv_add(&x.record.config.dns, &x.arena, "192.0.2.1");
	strv_add(&x.record.config.dns, &x.arena, "2001:db8::1");
	strv_add(&x.record.config.dns, &x.arena, "192.0.2.2");
	strv_add(&x.record.config.dns, &x.arena, "192.0.2.3");
	assert_text(&x, true,
		    "hoy-dns 1\ncontainer " ID "\nserver 192.0.2.1\nserver 2001:db8::1\n"
		    "server 192.0.2.2\nkeep-short\n");
}

static void what_would_be_another_line_is_no_name(void **state)
{
	struct example x;
	char longest[255];

	(void)state;
	example_init(&x);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	strv_add(&x.requests[1].aliases, &x.arena, "two words");
	strv_add(&x.requests[1].aliases, &x.arena, "a\nserver 192.0.2.66");
	strv_add(&x.requests[1].aliases, &x.arena, longest);
	strv_add(&x.requests[1].links, &x.arena, "none");
	strv_add(&x.requests[1].links, &x.arena, ":x");
	strv_add(&x.requests[1].links, &x.arena, "x:");
	strv_add(&x.requests[1].links, &x.arena, ID ":self");
	assert_text(&x, false,
		    "hoy-dns 1\ncontainer " ID "\n"
		    "network " PLAIN " bridge open 172.17.0.2/24 -\n"
		    "network " BLUE " blue open 10.1.0.2/24 fd00::2/64\n"
		    "name web\nname 0123456789ab\nlink self 0123456789ab\n");
}

static void more_names_than_hoy_dns_takes_are_refused(void **state)
{
	AUTO_STR struct str out = { 0 };
	struct err e = { 0 };
	struct example x;

	(void)state;
	example_init(&x);
	for (int i = 0; i < DNS_NAMES_MAX; i++)
		strv_add(&x.requests[1].aliases, &x.arena, arena_printf(&x.arena, "n%d", i));
	assert_int_equal(resolver_text(&x.record, &x.endpoints, false, &out, &e), -E2BIG);
	assert_non_null(strstr(e.text, "more than 1024 names"));
	arena_done(&x.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_those_of_each_network_and_none_on_the_default_one),
		cmocka_unit_test(three_servers_are_named_and_that_short_names_stay),
		cmocka_unit_test(what_would_be_another_line_is_no_name),
		cmocka_unit_test(more_names_than_hoy_dns_takes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
