/* Who is found by name and address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "names_fixture.h"

/* The addresses found, with spaces between; "-": the name is known, and has none; "": unknown. */
static const char *find(const struct names *names, const struct names_container *asker,
			const char *name)
{
	static char text[4096];
	struct names_found found;
	size_t len = 0;

	names_find(names, asker, name, &found);
	text[0] = '\0';
	if (found.is_known && found.count == 0)
		return "-";
	for (size_t i = 0; i < found.count; i++) {
		char address[INET6_ADDRSTRLEN];

		assert_non_null(inet_ntop(found.addresses[i]->len == 4 ? AF_INET : AF_INET6,
					  found.addresses[i]->bytes, address, sizeof(address)));
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
					len > 0 ? " " : "", address);
	}
	return text;
}

static void names_are_those_of_shared_networks(void **state)
{
	struct names *names = names_new();
	struct names_container a = { 0 };
	struct names_container b = { 0 };

	(void)state;
	enter(names, &a,
	      "hoy-dns 1\ncontainer " ID_A "\nnetwork " BLUE
	      " blue open 10.0.0.2/24 -\nname a\nlink friend b\nlink a b\n");
	enter(names, &b,
	      "hoy-dns 1\ncontainer " ID_B "\nnetwork " BLUE
	      " blue open 10.0.0.3/24 fd00::3/64\nname b\nname b\nname both\nnetwork " RED
	      " red open 10.1.0.3/24 -\nname b\nname secret\nname both\n");
	assert_string_equal(find(names, &a, "b"), "10.0.0.3 fd00::3");
	assert_string_equal(find(names, &a, "friend"), "10.0.0.3 fd00::3");
	assert_string_equal(find(names, &b, "friend"), "");
	/* What it calls others comes first. */
	assert_string_equal(find(names, &a, "a"), "10.0.0.3 fd00::3");
	assert_string_equal(find(names, &b, "a"), "10.0.0.2");
	assert_string_equal(find(names, &a, "secret"), "");
	assert_string_equal(find(names, &b, "secret"), "10.1.0.3");
	assert_string_equal(find(names, &b, "both"), "10.0.0.3 fd00::3 10.1.0.3");
	assert_string_equal(find(names, &b, "both.red"), "10.1.0.3");
	assert_string_equal(find(names, &a, "both.red"), "");
	assert_string_equal(find(names, &a, "friend.blue"), "10.0.0.3 fd00::3");
	names_leave(names, &b);
	assert_string_equal(find(names, &a, "b"), "");
	names_leave(names, &a);
	names_leave(names, &a);
	names_free(names);
}

static void a_place_without_an_address_is_known_all_the_same(void **state)
{
	struct names *names = names_new();
	struct names_container a = { 0 };

	(void)state;
	enter(names, &a,
	      "hoy-dns 1\ncontainer " ID_A "\nnetwork " BLUE " blue open - -\nname a.b\n");
	assert_string_equal(find(names, &a, "a.b"), "-");
	names_leave(names, &a);
	names_free(names);
}

static enum names_owner owner(const struct names *names, const struct names_container *asker,
			      const char *text, char *host, size_t size)
{
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;
	uint8_t address[16];

	assert_int_equal(inet_pton(family, text, address), 1);
	return names_find_address(names, asker, address, family == AF_INET ? 4 : 16, host,
				  size);
}

static void an_address_is_a_containers_nobodys_or_elsewhere(void **state)
{
	struct names *names = names_new();
	struct names_container a = { 0 };
	struct names_container b = { 0 };
	char host[64];

	(void)state;
	enter(names, &a,
	      "hoy-dns 1\ncontainer " ID_A "\nnetwork " BLUE
	      " blue open 10.0.0.130/25 fd00::2/60\nname a\n");
	enter(names, &b,
	      "hoy-dns 1\ncontainer " ID_B "\nnetwork " RED
	      " red open 10.1.0.3/24 -\nname b\n");
	assert_int_equal(owner(names, &a, "10.0.0.130", host, sizeof(host)), NAMES_CONTAINER);
	assert_string_equal(host, "a.blue");
	assert_int_equal(owner(names, &a, "fd00::2", host, sizeof(host)), NAMES_CONTAINER);
	assert_int_equal(owner(names, &a, "10.0.0.129", host, sizeof(host)), NAMES_NOBODY);
	assert_int_equal(owner(names, &a, "10.0.0.127", host, sizeof(host)), NAMES_ELSEWHERE);
	assert_int_equal(owner(names, &a, "fd00:0:0:f::", host, sizeof(host)), NAMES_NOBODY);
	assert_int_equal(owner(names, &a, "fd00:0:0:10::", host, sizeof(host)),
			 NAMES_ELSEWHERE);
	/* That of a container on another network is not ours to tell. */
	assert_int_equal(owner(names, &a, "10.1.0.3", host, sizeof(host)), NAMES_ELSEWHERE);
	names_leave(names, &a);
	names_leave(names, &b);
	names_free(names);
}

static void many_containers_are_found_each_by_its_own_name(void **state)
{
	enum { COUNT = 1000 };
	static struct names_container containers[COUNT];
	struct names *names = names_new();
	char text[512];
	char name[32];
	char address[32];

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		(void)snprintf(text, sizeof(text),
			       "hoy-dns 1\ncontainer " ID_A "\nnetwork " BLUE
			       " blue open 10.0.%d.%d/16 -\nname c%d\nname all\n",
			       i / 256, i % 256, i);
		enter(names, &containers[i], text);
	}
	for (int i = 0; i < COUNT; i++) {
		(void)snprintf(name, sizeof(name), "c%d", i);
		(void)snprintf(address, sizeof(address), "10.0.%d.%d", i / 256, i % 256);
		assert_string_equal(find(names, &containers[0], name), address);
	}
	for (int i = 0; i < COUNT; i++)
		names_leave(names, &containers[i]);
	names_free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_those_of_shared_networks),
		cmocka_unit_test(a_place_without_an_address_is_known_all_the_same),
		cmocka_unit_test(an_address_is_a_containers_nobodys_or_elsewhere),
		cmocka_unit_test(many_containers_are_found_each_by_its_own_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
