/* Containers as their registrations say them. */
#ifndef HOY_TESTS_UNIT_DNS_NAMES_FIXTURE_H
#define HOY_TESTS_UNIT_DNS_NAMES_FIXTURE_H

#include <string.h>

#include "dns/names.h"

#define ID_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define BLUE "1111111111111111111111111111111111111111111111111111111111111111"
#define RED  "2222222222222222222222222222222222222222222222222222222222222222"

static inline int parse(const char *text, struct registration *ret)
{
	struct err e = { 0 };
	int r = registration_parse(text, strlen(text), ret, &e);

	assert_true(r == 0 || e.text[0]);
	return r;
}

static inline void enter(struct names *names, struct names_container *container,
			 const char *text)
{
	struct registration registration;

	assert_int_equal(parse(text, &registration), 0);
	assert_int_equal(names_enter(names, container, &registration), 0);
}

#endif
