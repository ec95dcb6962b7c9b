/*
 * What an image that is here is for: one platform, whatever its name stands for elsewhere. See
 * image_store.h.
 *
 * Runs in: cli (engine).
 */
#include "image/image_store.h"

#include "spec/platform.h"

static void platform_of_image(const struct image *image, struct platform *ret)
{
	platform_of(image->config.os, image->config.architecture, image->config.variant, ret);
}

int image_platform_is(const struct image *image, const char *text, struct err *e)
{
	struct platform wanted;
	struct platform own;
	int r = platform_parse(text, &wanted, e);

	if (r < 0)
		return r;
	platform_of_image(image, &own);
	return platform_rank(&wanted, &own) == 0;
}

static int complain(const char *name, const char *wanted, const struct platform *own,
		    struct err *e)
{
	char own_text[PLATFORM_TEXT];

	platform_text(own, own_text);
	return err_set(e, ERR_NOT_FOUND, -ENOENT,
		       "image %s is not for the platform %s: it is for %s", name, wanted,
		       own_text);
}

int image_platform_check(const struct image *image, const char *name, const char *text,
			 struct err *e)
{
	struct platform own;
	int r = text ? image_platform_is(image, text, e) : 1;

	if (r != 0)
		return r < 0 ? r : 0;
	platform_of_image(image, &own);
	return complain(name, text, &own, e);
}

int image_platform_runs(const struct image *image, const char *name, const char *text,
			struct err *e)
{
	char wanted_text[PLATFORM_TEXT];
	struct platform wanted;
	struct platform own;
	int r = 0;

	platform_host(&wanted);
	if (text)
		r = platform_parse(text, &wanted, e);
	if (r < 0)
		return r;
	platform_of_image(image, &own);
	if (!platform_is_known(&own) || platform_rank(&wanted, &own) >= 0)
		return 0;
	platform_text(&wanted, wanted_text);
	return complain(name, wanted_text, &own, e);
}
