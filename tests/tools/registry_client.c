/*
 * The engine's side of a registry (image/registry.h) by itself, for the tests: each verb is one or a
 * few of its calls, and says what came of them on standard output.
 *
 *   registry_client head REF                  digest, media type, size
 *   registry_client manifest REF              the bytes
 *   registry_client resolve REF [PLATFORM]    digests of index and manifest, the bytes
 *   registry_client config REF                the bytes
 *   registry_client tags REF                  one a line
 *   registry_client blob REF DIGEST SIZE [OFFSET]    the bytes
 *   registry_client pull REF DIRECTORY        config and layers, all at once, as DIRECTORY/<hex>
 *   registry_client slow REF DIGEST SIZE KIB  the bytes, read in such pieces with pauses
 *   registry_client push REF DIRECTORY MANIFEST [FROM]   what the manifest names, then itself
 *   registry_client put REF TYPE FILE         a manifest or index of that type, as it is
 *   registry_client login REGISTRY USER PASSWORD
 *   registry_client find REF                  the credentials that are stored
 *
 * REF: registry/repository:tag or @digest.
 *
 * Runs in: tests/live/registry.bats and its neighbours.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "image/credentials.h"
#include "image/registry.h"
#include "spec/image_manifest.h"

enum { MS = 1000000 };

struct client {
	struct reference reference;
	struct registry *registry;
	struct arena arena;
	char **args; /* behind REF */
	int count;
};

static const char *name_of(const struct client *c)
{
	return c->reference.digest[0] ? c->reference.digest
	       : c->reference.tag[0]  ? c->reference.tag
				      : "latest";
}

static int show(const struct registry_document *document)
{
	return fd_write_all(STDOUT_FILENO, document->bytes, document->len);
}

static int verb_head(struct client *c, struct err *e)
{
	struct registry_head head;
	int r = registry_head(c->registry, name_of(c), &head, e);

	if (r == 0)
		printf("%s %s %llu\n", head.digest, head.media_type,
		       (unsigned long long)head.size);
	return r;
}

static int verb_manifest(struct client *c, struct err *e)
{
	struct registry_document document = { 0 };
	int r = registry_manifest(c->registry, name_of(c), &document, e);

	if (r == 0)
		r = show(&document);
	registry_document_done(&document);
	return r;
}

static int resolve(struct client *c, const char *platform, struct registry_image *ret,
		   struct err *e)
{
	struct platform wanted;
	int r = 0;

	platform_host(&wanted);
	if (platform)
		r = platform_parse(platform, &wanted, e);
	return r < 0 ? r : registry_resolve(c->registry, name_of(c), &wanted, ret, e);
}

static int verb_resolve(struct client *c, struct err *e)
{
	struct registry_image image = { 0 };
	int r = resolve(c, c->count > 0 ? c->args[0] : NULL, &image, e);

	if (r == 0) {
		printf("index %s\nmanifest %s %s\n",
		       image.index.bytes ? image.index.digest : "-", image.manifest.digest,
		       image.manifest.media_type);
		(void)fflush(stdout);
		r = show(&image.manifest);
	}
	registry_image_done(&image);
	return r;
}

static int parse(const struct registry_document *document, struct client *c,
		 struct image_manifest *ret, struct err *e)
{
	return image_manifest_parse(document->bytes, document->len, document->media_type,
				    &c->arena, ret, e);
}

static int verb_config(struct client *c, struct err *e)
{
	struct registry_image image = { 0 };
	struct registry_document config = { 0 };
	struct image_manifest manifest;
	int r = resolve(c, NULL, &image, e);

	if (r == 0)
		r = parse(&image.manifest, c, &manifest, e);
	if (r == 0)
		r = registry_config(c->registry, &manifest.config, &config, e);
	if (r == 0)
		r = show(&config);
	registry_document_done(&config);
	registry_image_done(&image);
	return r;
}

static int verb_tags(struct client *c, struct err *e)
{
	struct strv tags = { 0 };
	int r = registry_tags(c->registry, &c->arena, &tags, e);

	for (size_t i = 0; r == 0 && i < tags.count; i++)
		printf("%s\n", tags.items[i]);
	return r;
}

/* Until so many have ended; the first error counts. */
static int await(struct client *c, size_t count, struct err *e)
{
	int result = 0;

	while (count > 0) {
		struct registry_event event;
		int r = registry_next(c->registry, -1, &event, e);

		if (r < 0)
			return r;
		if (r == 0 || event.kind != REGISTRY_END)
			continue;
		count--;
		if (event.result < 0 && result == 0) {
			result = event.result;
			*e = event.err;
		} else if (event.result == 0) {
			static const char *const how[] = { "transferred", "existed",
							   "mounted" };

			fprintf(stderr, "%s %llu\n", how[event.how],
				(unsigned long long)event.bytes);
		}
	}
	return result;
}

struct reader {
	int fd;
	size_t piece; /* bytes; 0: as fast as it goes */
};

static void *reader_run(void *context)
{
	const struct reader *reader = context;
	static char buffer[1 << 20];
	size_t piece = reader->piece ? reader->piece : sizeof(buffer);
	ssize_t n;

	while ((n = read(reader->fd, buffer, piece)) > 0) {
		if (fd_write_all(STDOUT_FILENO, buffer, (size_t)n) < 0)
			break;
		if (reader->piece)
			(void)nanosleep(&(struct timespec){ .tv_nsec = 2 * MS }, NULL);
	}
	(void)close(reader->fd);
	return NULL;
}

static int fetch_out(struct client *c, uint64_t offset, size_t piece, struct err *e)
{
	struct descriptor descriptor = { 0 };
	struct reader reader = { .piece = piece };
	pthread_t thread;
	uint32_t id;
	int ends[2];
	int r = 0;

	(void)snprintf(descriptor.digest, sizeof(descriptor.digest), "%s", c->args[0]);
	(void)parse_u64(c->args[1], 0, INT64_MAX, &descriptor.size);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	reader.fd = ends[0];
	r = registry_fetch(c->registry, &descriptor, offset, ends[1], &id, e);
	(void)close(ends[1]);
	if (r < 0 || pthread_create(&thread, NULL, reader_run, &reader) != 0)
		return r;
	r = await(c, 1, e);
	(void)pthread_join(thread, NULL);
	return r;
}

static int verb_blob(struct client *c, struct err *e)
{
	uint64_t offset = 0;

	if (c->count > 2)
		(void)parse_u64(c->args[2], 0, INT64_MAX, &offset);
	return fetch_out(c, offset, 0, e);
}

static int verb_slow(struct client *c, struct err *e)
{
	uint64_t kib = 0;

	(void)parse_u64(c->args[2], 1, 1024, &kib);
	return fetch_out(c, 0, kib << 10, e);
}

static int start_fetch(struct client *c, const struct descriptor *descriptor, struct err *e)
{
	char path[4096];
	uint32_t id;
	int fd;
	int r;

	(void)snprintf(path, sizeof(path), "%s/%s", c->args[0], digest_hex(descriptor->digest));
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(e, errno, "open %s", path);
	r = registry_fetch(c->registry, descriptor, 0, fd, &id, e);
	(void)close(fd);
	return r;
}

static int verb_pull(struct client *c, struct err *e)
{
	struct registry_image image = { 0 };
	struct image_manifest manifest;
	int r = resolve(c, NULL, &image, e);

	if (r == 0)
		r = parse(&image.manifest, c, &manifest, e);
	if (r == 0)
		r = start_fetch(c, &manifest.config, e);
	for (size_t i = 0; r == 0 && i < manifest.layer_count; i++)
		r = start_fetch(c, &manifest.layers[i], e);
	if (r == 0)
		r = await(c, manifest.layer_count + 1, e);
	registry_image_done(&image);
	return r;
}

static int start_upload(struct client *c, const struct descriptor *descriptor, struct err *e)
{
	char path[4096];
	uint32_t id;
	int fd;
	int r;

	(void)snprintf(path, sizeof(path), "%s/%s", c->args[0], digest_hex(descriptor->digest));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, errno, "open %s", path);
	r = registry_upload(c->registry, descriptor, fd, c->count > 2 ? c->args[2] : NULL, &id,
			    e);
	(void)close(fd);
	return r;
}

static int verb_push(struct client *c, struct err *e)
{
	struct registry_document document = { 0 };
	struct image_manifest manifest;
	int r = file_read(AT_FDCWD, c->args[1], MANIFEST_MAX, &document.bytes, &document.len);

	if (r == 0)
		r = parse(&document, c, &manifest, e);
	if (r == 0)
		r = start_upload(c, &manifest.config, e);
	for (size_t i = 0; r == 0 && i < manifest.layer_count; i++)
		r = start_upload(c, &manifest.layers[i], e);
	if (r == 0)
		r = await(c, manifest.layer_count + 1, e);
	if (r == 0)
		r = registry_push_manifest(c->registry, name_of(c), manifest.media_type,
					   document.bytes, document.len, e);
	registry_document_done(&document);
	return r;
}

static int verb_put(struct client *c, struct err *e)
{
	AUTO_FREE char *bytes = NULL;
	size_t len;
	int r = file_read(AT_FDCWD, c->args[1], MANIFEST_MAX, &bytes, &len);

	return r < 0 ? err_sys(e, r, "read %s", c->args[1])
		     : registry_push_manifest(c->registry, name_of(c), c->args[0], bytes, len,
					      e);
}

static int verb_login(struct client *c, struct err *e)
{
	char *token = NULL;
	int r = registry_check(c->registry, &c->arena, &token, e);

	if (r == 0)
		printf("%s\n", token ? token : "-");
	return r;
}

static int verb_find(struct client *c, struct err *e)
{
	struct registry_credentials found;
	int r = credentials_find(&c->reference, &c->arena, &found, e);

	if (r == 0)
		printf("user %s\npassword %s\nidentity %s\n", found.user ? found.user : "-",
		       found.password ? found.password : "-",
		       found.identity_token ? found.identity_token : "-");
	return r;
}

static const struct verb {
	const char *name;
	int (*run)(struct client *c, struct err *e);
	enum registry_purpose purpose;
	bool is_local;
} verbs[] = {
	{ "head", verb_head, REGISTRY_PULL, false },
	{ "manifest", verb_manifest, REGISTRY_PULL, false },
	{ "resolve", verb_resolve, REGISTRY_PULL, false },
	{ "config", verb_config, REGISTRY_PULL, false },
	{ "tags", verb_tags, REGISTRY_PULL, false },
	{ "blob", verb_blob, REGISTRY_PULL, false },
	{ "slow", verb_slow, REGISTRY_PULL, false },
	{ "pull", verb_pull, REGISTRY_PULL, false },
	{ "push", verb_push, REGISTRY_PUSH, false },
	{ "put", verb_put, REGISTRY_PUSH, false },
	{ "login", verb_login, REGISTRY_LOGIN, false },
	{ "find", verb_find, REGISTRY_PULL, true },
};

static int run(const struct verb *verb, struct client *c, struct err *e)
{
	struct registry_credentials given = { 0 };
	struct registry_request request = { .reference = &c->reference,
					    .purpose = verb->purpose,
					    .interrupt_fd = -1 };
	int r = 0;

	if (verb->purpose == REGISTRY_LOGIN && c->count > 1) {
		given.user = c->args[0];
		given.password = c->args[1];
		request.credentials = &given;
	}
	if (!verb->is_local)
		r = registry_open(&request, &c->registry, e);
	if (r == 0)
		r = verb->run(c, e);
	registry_close(c->registry);
	return r;
}

int main(int argc, char **argv)
{
	struct client c = { .args = argv + 3, .count = argc - 3 };
	struct err e = { 0 };
	int r = -EINVAL;

	if (argc > 2 && strcmp(argv[1], "login") == 0) {
		r = str_copy(c.reference.registry, sizeof(c.reference.registry), argv[2]);
	} else if (argc > 2) {
		r = reference_parse(argv[2], &c.reference, &e);
	}
	for (size_t i = 0; r == 0 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			r = run(&verbs[i], &c, &e);
	arena_done(&c.arena);
	if (r < 0)
		fprintf(stderr, "error %d: %s\n", e.kind, e.text[0] ? e.text : strerror(-r));
	return r < 0 ? 1 : 0;
}
