/* An image (erofs_image.h) for each test of a file, begun before it and done with after it. */
#ifndef HOY_TESTS_EROFS_IMAGE_FIXTURE_H
#define HOY_TESTS_EROFS_IMAGE_FIXTURE_H

#include "erofs_image.h"

static struct image image;

#define WITH_IMAGE(test) cmocka_unit_test_setup_teardown(test, image_make, image_remove)

static inline int image_make(void **state)
{
	(void)state;
	image_begin(&image);
	return 0;
}

static inline int image_remove(void **state)
{
	(void)state;
	image_done(&image);
	return 0;
}

#endif
