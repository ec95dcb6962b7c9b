/*
 * The lines of the log, byte for byte as logrus writes them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oci/log.h"

/* 2026-11-24T10:00:00.5Z */
static const uint64_t when_ns = 1795514400500000000ull;

static void claim(enum oci_log_format format, enum log_level level, const char *message,
		  const char *line)
{
	AUTO_STR struct str text = { 0 };

	oci_log_format(format, level, message, when_ns, &text);
	assert_string_equal(str_text(&text), line);
}

static void json_has_the_members_in_their_order(void **state)
{
	(void)state;
	claim(OCI_LOG_JSON, LOG_LEVEL_ERROR, "container does not exist",
	      "{\"level\":\"error\",\"msg\":\"container does not exist\","
	      "\"time\":\"2026-11-24T10:00:00Z\"}\n");
	claim(OCI_LOG_JSON, LOG_LEVEL_WARN, "a \"quoted\"\nline",
	      "{\"level\":\"warning\",\"msg\":\"a \\\"quoted\\\"\\nline\","
	      "\"time\":\"2026-11-24T10:00:00Z\"}\n");
}

static void text_is_quoted(void **state)
{
	(void)state;
	claim(OCI_LOG_TEXT, LOG_LEVEL_ERROR, "cannot \"x\"",
	      "time=\"2026-11-24T10:00:00Z\" level=error msg=\"cannot \\\"x\\\"\"\n");
	claim(OCI_LOG_TEXT, LOG_LEVEL_DEBUG, "one\ntwo",
	      "time=\"2026-11-24T10:00:00Z\" level=debug msg=\"one\\ntwo\"\n");
}

static void formats_and_levels_have_logrus_names(void **state)
{
	enum oci_log_format format;
	enum log_level level;

	(void)state;
	assert_int_equal(oci_log_format_parse("json", &format), 0);
	assert_int_equal(format, OCI_LOG_JSON);
	assert_int_equal(oci_log_format_parse("text", &format), 0);
	assert_int_equal(format, OCI_LOG_TEXT);
	assert_int_equal(oci_log_format_parse("xml", &format), -EINVAL);
	assert_int_equal(oci_log_level_parse("warning", &level), 0);
	assert_int_equal(level, LOG_LEVEL_WARN);
	assert_int_equal(oci_log_level_parse("debug", &level), 0);
	assert_int_equal(level, LOG_LEVEL_DEBUG);
	assert_int_equal(oci_log_level_parse("loud", &level), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_has_the_members_in_their_order),
		cmocka_unit_test(text_is_quoted),
		cmocka_unit_test(formats_and_levels_have_logrus_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
