/* -p and --expose as docker spells them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "spec/port_mapping.h"

/* What `text` becomes: the canonical texts, separated by spaces. */
static void becomes(const char *text, const char *wanted)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str joined = { 0 };
	struct strv list = { 0 };
	struct err e = { 0 };

	assert_int_equal(port_mappings_parse(text, &arena, &list, &e), 0);
	for (size_t i = 0; i < list.count; i++)
		str_printf(&joined, "%s%s", i > 0 ? " " : "", list.items[i]);
	assert_string_equal(str_text(&joined), wanted);
}

static void refused(const char *text, const char *sentence)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv list = { 0 };
	struct err e = { 0 };

	assert_true(port_mappings_parse(text, &arena, &list, &e) < 0);
	assert_string_equal(e.text, sentence);
}

static void every_spelling_of_docker_is_read(void **state)
{
	(void)state;
	becomes("80", "::80/tcp");
	becomes("8080:80", ":8080:80/tcp");
	becomes("8080:80/udp", ":8080:80/udp");
	becomes("8080:80/UDP", ":8080:80/udp");
	becomes("127.0.0.1:8080:80", "127.0.0.1:8080:80/tcp");
	becomes("127.0.0.1::80", "127.0.0.1::80/tcp");
	becomes("0.0.0.0:8080:80", "0.0.0.0:8080:80/tcp");
	becomes("[::1]:8080:80", "[::1]:8080:80/tcp");
	becomes("[::]::53/udp", "[::]::53/udp");
	becomes("[FD00:0::1]:8000-8001:80-81", "[fd00::1]:8000:80/tcp [fd00::1]:8001:81/tcp");
	becomes("8000-8002:80-82", ":8000:80/tcp :8001:81/tcp :8002:82/tcp");
	becomes("80-81", "::80/tcp ::81/tcp");
	becomes("8000-8010:80", ":8000-8010:80/tcp");
	becomes("127.0.0.1:65534-65535:80/udp", "127.0.0.1:65534-65535:80/udp");
	becomes("8000-8000:80", ":8000:80/tcp");
	becomes("65535:65535", ":65535:65535/tcp");
}

static void what_is_wrong_is_said(void **state)
{
	(void)state;
	refused("", "invalid containerPort: ");
	refused("0", "invalid containerPort: 0");
	refused("8080:0", "invalid containerPort: 0");
	refused("65536:80", "invalid hostPort: 65536");
	refused("x:80", "invalid hostPort: x");
	refused("80/abc", "invalid proto: abc");
	refused("80/sctp", "sctp is not supported yet");
	refused("256.0.0.1:80:80", "invalid IP address: 256.0.0.1");
	refused("::1:80:80", "invalid IP address: ::1");
	refused("[127.0.0.1]:80:80", "invalid IP address: [127.0.0.1]");
	refused("[fe80::1%lo]:80:80", "invalid IP address: fe80::1%lo");
	refused("82-80", "invalid containerPort: 82-80");
	refused("8000-8001:80-82",
		"invalid ranges specified for container and host Ports: 80-82 and 8000-8001");
	refused("1-2000", "invalid containerPort: 1-2000 is a range of more than 1000 ports");
}

static void the_canonical_text_is_read_back(void **state)
{
	struct port_mapping mapping;

	(void)state;
	assert_int_equal(port_mapping_read("127.0.0.1:8080:80/udp", &mapping), 0);
	assert_int_equal(mapping.protocol, PORT_UDP);
	assert_int_equal(ip_family_of(&mapping.address), IP_V4);
	assert_memory_equal(mapping.address.bytes, "\x7f\0\0\1", 4);
	assert_int_equal(mapping.host_port, 8080);
	assert_int_equal(mapping.container_port, 80);
	assert_int_equal(port_mapping_read("::80/tcp", &mapping), 0);
	assert_false(ip_is_set(&mapping.address));
	assert_int_equal(mapping.host_port, 0);
	assert_int_equal(port_mapping_read("[::1]:8080:80/tcp", &mapping), 0);
	assert_int_equal(ip_family_of(&mapping.address), IP_V6);
	assert_int_not_equal(port_mapping_read("80/tcp", &mapping), 0);
	assert_int_not_equal(port_mapping_read("::80", &mapping), 0);
	assert_int_not_equal(port_mapping_read("::0/tcp", &mapping), 0);
}

static void exposed_ports_are_listed_once(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv list = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(port_exposed_parse("80", &arena, &list, &e), 0);
	assert_int_equal(port_exposed_parse("80-81/tcp", &arena, &list, &e), 0);
	assert_int_equal(port_exposed_parse("53/udp", &arena, &list, &e), 0);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.items[0], "80/tcp");
	assert_string_equal(list.items[2], "53/udp");
	assert_true(port_exposed_parse("x", &arena, &list, &e) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spelling_of_docker_is_read),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(the_canonical_text_is_read_back),
		cmocka_unit_test(exposed_ports_are_listed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
