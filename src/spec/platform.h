/*
 * Platforms: an operating system, an architecture and its variant, as docker and Go write them.
 *
 * Runs in: cli (engine), image.
 * See: containerd platforms package; OCI image-spec image-index.md.
 */
#ifndef HOY_SPEC_PLATFORM_H
#define HOY_SPEC_PLATFORM_H

#include <stdbool.h>

#include "base/err.h"

struct json_object;

enum { PLATFORM_WORD = 32, PLATFORM_TEXT = 3 * PLATFORM_WORD + 2 };

struct platform {
	char os[PLATFORM_WORD];		  /* "linux" */
	char architecture[PLATFORM_WORD]; /* "amd64", "arm64", "arm" */
	char variant[PLATFORM_WORD];	  /* "v7"; "" where the architecture has one only */
};

/* This machine's. */
void platform_host(struct platform *ret);
/* "linux/arm64", "linux/arm/v7", "arm64", "linux": what is left out is this machine's. Aliases
 * (x86_64, aarch64, armhf) become their names. -EINVAL names it. */
int platform_parse(const char *text, struct platform *ret, struct err *e);
/* The member `platform` of an index's entry; `o` NULL: {"", "", ""}. Words that are too long make
 * it one that nobody wants. */
int platform_read(struct json_object *o, struct platform *ret, struct err *e);
/* From a config's members; NULL counts as "". */
void platform_of(const char *os, const char *architecture, const char *variant,
		 struct platform *ret);
/* "linux/arm/v7" */
void platform_text(const struct platform *platform, char text[PLATFORM_TEXT]);
/* Is anything said at all? */
bool platform_is_known(const struct platform *platform);

/*
 * How well does something for `offered` run on `wanted`: 0 as well as can be, more is worse, -1
 * not at all. As docker: a variant runs what is for an earlier one (arm v7 runs v6 and v5, amd64
 * v3 runs v2), arm64 runs arm, amd64 runs 386.
 */
int platform_rank(const struct platform *wanted, const struct platform *offered);

#endif
