/*
 * What the operator says about registries, and what follows from it for one image: where it is
 * looked for, in which order, over what kind of connection.
 *
 *   registry_config_load        files to one structure                  registry_config.c
 *     registries.conf, .d         [[registry]], mirrors, short names    registry_rules.c
 *     daemon.json                 mirrors of Docker Hub, insecure ones  registry_daemon.c
 *   registry_candidates         "busybox" to full references            registry_names.c
 *   registry_sources            a reference to places, without a file   registry_sources.c
 *   registry_endpoints          places to connections, certificates     registry_endpoints.c
 *
 * All of this is the operator's word, read before anything from a registry is. Nothing here
 * connects or resolves a name: what a name server answers never decides whether a certificate
 * is looked at.
 *
 * Runs in: cli (engine).
 * See: containers-registries.conf(5), dockerd(8) "registry-mirrors", "insecure-registries".
 */
#ifndef HOY_IMAGE_REGISTRY_CONFIG_H
#define HOY_IMAGE_REGISTRY_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "format/reference.h"
#include "image/registry.h"
#include "image/registry_insecure.h"

enum {
	REGISTRY_FILE_MAX = 1 << 20,	/* bytes of each configuration file */
	REGISTRY_FILES_MAX = 256,	/* in registries.conf.d */
	REGISTRY_CERTIFICATES_MAX = 64, /* files for one registry */
	REGISTRY_MIRRORS_MAX = 64	/* of one registry */
};

#define DOCKER_REGISTRY "docker.io"

/* Which pulls a mirror is good for. */
enum registry_mirror_use { REGISTRY_MIRROR_ALL, REGISTRY_MIRROR_DIGESTS, REGISTRY_MIRROR_TAGS };

enum registry_trust {
	REGISTRY_TRUST_UNSAID, /* decided by the host: registry_insecure.h */
	REGISTRY_TRUST_SECURE,
	REGISTRY_TRUST_INSECURE
};

struct registry_location {
	const char *text; /* "host[:port][/path]", put where the prefix was; NULL: unchanged */
	enum registry_trust trust;
	enum registry_mirror_use use;
};

/* One [[registry]]. */
struct registry_rule {
	const char *prefix; /* "host[:port][/path]" or "*.host[/path]" */
	struct registry_location location;
	struct registry_location *mirrors;
	size_t mirror_count;
	bool are_mirrors_for_digests;
	bool is_blocked;
	const char *file;
	unsigned int line;
};

enum registry_short_names {
	REGISTRY_SHORT_PERMISSIVE, /* aliases, then each of `search` */
	REGISTRY_SHORT_ENFORCING,  /* the same, but never a choice among several */
	REGISTRY_SHORT_DISABLED	   /* no aliases */
};

struct registry_config {
	struct arena *arena; /* where everything lives */
	struct registry_rule *rules;
	size_t rule_count;
	size_t rule_room;
	struct strv search;  /* unqualified-search-registries */
	struct strv aliases; /* "short=registry/repository"; nothing behind "=": none */
	enum registry_short_names short_names;

	/* daemon.json */
	struct strv mirrors; /* of Docker Hub: "http[s]://host[:port][/path]" */
	struct registry_insecure insecure;
	const char *http_proxy; /* NULL: what the environment says */
	const char *https_proxy;
	const char *no_proxy;

	struct strv
		certificate_directories; /* certs.d, the first that has a registry's counts */
};

/*
 * Read what is there. Where: docs/images.md; HOY_ETC replaces /etc. Returns 0, or -errno with
 * the file and line in the sentence. Memory is in `arena`.
 */
int registry_config_load(struct arena *arena, struct registry_config *ret, struct err *e);

/* One registries.conf on top of what is known already; `file` names it. */
int registry_rules_read(struct registry_config *config, const char *text, size_t len,
			const char *file, struct err *e);
/* The same for docker's daemon.json. */
int registry_daemon_read(struct registry_config *config, const char *text, size_t len,
			 const char *file, struct err *e);

/*
 * What a user's `name` may stand for, the likeliest first; never none. A name with its registry
 * is itself. Returns 0, or -EINVAL: not a reference, or not to be decided
 * (short-name-mode=enforcing).
 */
int registry_candidates(const struct registry_config *config, const char *name,
			struct arena *arena, struct reference **ret, size_t *ret_count,
			struct err *e);

enum registry_scheme { REGISTRY_ANY_SCHEME, REGISTRY_HTTP, REGISTRY_HTTPS };

/* "quay.io", "127.0.0.1:5000", as a user names a registry for a login: a reference with nothing
 * but that. Returns 0 or -EINVAL. */
int registry_parse(const char *text, struct reference *ret, struct err *e);

/* A place that has the image, or may have it. */
struct registry_source {
	const char *registry;	/* "docker.io", "127.0.0.1:5000": whose credentials are used */
	const char *repository; /* there */
	const char *path;	/* in front of /v2/: "" or "/proxy" */
	enum registry_scheme scheme;
	enum registry_trust trust;
	bool is_mirror;
	bool is_for_digests; /* a mirror that is not to be asked what a tag is */
};

/*
 * Places for `reference`, in the order to try; the last is the registry itself, and for
 * anything but a pull there is no other. REGISTRY_LOGIN: of the reference only the registry
 * counts. Returns 0, -EPERM (the registry is blocked) or -EINVAL (a rule makes no reference of
 * it).
 */
int registry_sources(const struct registry_config *config, const struct reference *reference,
		     enum registry_purpose purpose, struct arena *arena,
		     struct registry_source **ret, size_t *ret_count, struct err *e);

struct registry_certificates {
	struct strv authorities;	 /* PEM files, besides the machine's own */
	struct strv client_certificates; /* PEM files; each with the key at the same index */
	struct strv client_keys;
};

/* One connection to try. */
struct registry_endpoint {
	const char *registry; /* as in registry_source: whose credentials are used */
	const char *host;     /* "registry-1.docker.io", "127.0.0.1", "[::1]": as in a URL */
	uint16_t port;
	const char *path; /* in front of /v2/: "" or "/proxy" */
	const char *repository;
	bool is_tls;
	bool is_verified; /* with TLS: the certificate must be good */
	bool is_mirror;
	bool is_for_digests;
	struct registry_certificates certificates; /* empty unless is_verified */
};

/*
 * Connections for `reference`, in the order to try: an insecure registry is tried with TLS,
 * then without. Reads the directories of certificates. Returns 0 or -errno as registry_sources
 * does.
 */
int registry_endpoints(const struct registry_config *config, const struct reference *reference,
		       enum registry_purpose purpose, struct arena *arena,
		       struct registry_endpoint **ret, size_t *ret_count, struct err *e);

/*
 * The files for `registry` in the first of config->certificate_directories that has a directory
 * of that name. Returns 0 (also for none), or -EINVAL: a key or certificate without its other
 * half.
 */
int registry_certificates_find(const struct registry_config *config, const char *registry,
			       struct arena *arena, struct registry_certificates *ret,
			       struct err *e);

#endif
