/* Hardware addresses as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/mac.h"

static void an_address_comes_back_in_small_letters(void **state)
{
	uint8_t mac[MAC_SIZE];
	char text[MAC_TEXT_SIZE];

	(void)state;
	assert_int_equal(mac_parse("02:42:AC:11:00:fe", mac), 0);
	mac_format(mac, text);
	assert_string_equal(text, "02:42:ac:11:00:fe");
}

static void what_no_interface_can_have_is_refused(void **state)
{
	static const char *const texts[] = { "",
					     "02:42:ac:11:00",
					     "02:42:ac:11:00:02:03",
					     "2:42:ac:11:00:02",
					     "02:42:ac:11:00:0g",
					     " 2:42:ac:11:00:02",
					     "02-42-ac-11-00-02",
					     "02:42:ac:11:00:02 ",
					     "00:00:00:00:00:00",
					     "ff:ff:ff:ff:ff:ff",
					     "01:00:5e:00:00:01" };
	uint8_t mac[MAC_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_not_equal(mac_parse(texts[i], mac), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_comes_back_in_small_letters),
		cmocka_unit_test(what_no_interface_can_have_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
