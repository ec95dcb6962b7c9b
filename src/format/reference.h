/*
 * Image references as docker reads them: [registry[:port]/]repository[:tag][@digest],
 * normalised.
 *
 * Runs in: cli, image.
 * See: distribution/reference; `busybox` = docker.io/library/busybox:latest.
 */
#ifndef HOY_FORMAT_REFERENCE_H
#define HOY_FORMAT_REFERENCE_H

#include <stdbool.h>

#include "base/err.h"

enum { REFERENCE_MAX = 255, REFERENCE_SIZE = 512 };

struct reference {
	char registry[REFERENCE_MAX + 1];   /* "docker.io", "127.0.0.1:5000" */
	char repository[REFERENCE_MAX + 1]; /* "library/busybox" */
	/* "" when a digest was given without a tag, else "latest" by default */
	char tag[129];
	char digest[200]; /* "sha256:<hex>", or "" */
};

/* Parse and normalise. Returns 0 or -EINVAL with docker's words ("invalid reference format:
 * repository name must be lowercase"). */
int reference_parse(const char *text, struct reference *ret, struct err *e);
/* Does `text` name its registry, or is docker.io meant by leaving it out? What is before the
 * first slash is one if it looks like a host: it has a dot, a colon or an upper-case letter, or
 * is "localhost". */
bool reference_has_registry(const char *text);
/* Has this reference, which parses, neither a tag nor a digest? Then it means :latest, or a whole
 * repository. */
bool reference_is_name_only(const char *text);
/* Does it parse, and is the tag left out: must the user be told that :latest is meant? */
bool reference_means_latest(const char *text);
/* "docker.io/library/busybox:latest", with "@sha256:..." behind it when there is a digest: the
 * key in the store. */
void reference_full(const struct reference *reference, char text[REFERENCE_SIZE * 2]);
/* Is it what may stand behind the ":"? */
bool reference_is_tag(const char *text);

/* What users see: "busybox" for docker.io/library/busybox (without the tag). */
void reference_familiar_name(const struct reference *reference, char text[REFERENCE_SIZE * 2]);

#endif
