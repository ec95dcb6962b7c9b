/*
 * See reference.h.
 *
 * The grammar is checked by hand, one function per production of distribution/reference, each
 * of which returns how many characters it takes.
 *
 * Runs in: cli, image.
 * See: github.com/distribution/reference regexp.go, normalize.go.
 */
#include "format/reference.h"

#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/str.h"
#include "format/digest.h"

enum { TEXT_MAX = 480, TAG_MAX = 128 };

static const char default_registry[] = "docker.io";
static const char official_prefix[] = "library/";

static bool is_lower_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_alnum(char c)
{
	return is_lower_alnum(c) || is_upper(c);
}

/* "." | "_" | "__" | "-"+ */
static size_t separator_len(const char *text)
{
	if (text[0] == '-')
		return strspn(text, "-");
	if (text[0] == '_')
		return text[1] == '_' ? 2 : 1;
	return text[0] == '.' ? 1 : 0;
}

/* alnum+ (separator alnum+)*, lower case */
static size_t component_len(const char *text)
{
	size_t i = 0;

	if (!is_lower_alnum(text[0]))
		return 0;
	for (;;) {
		size_t skip;

		while (is_lower_alnum(text[i]))
			i++;
		skip = separator_len(text + i);
		if (skip == 0 || !is_lower_alnum(text[i + skip]))
			return i;
		i += skip;
	}
}

/* component ("/" component)* up to the end of `text`? */
static bool is_repository(const char *text)
{
	for (;;) {
		size_t len = component_len(text);

		if (len == 0)
			return false;
		text += len;
		if (*text == '\0')
			return true;
		if (*text++ != '/')
			return false;
	}
}

/* One label of a host name: no dash at its ends. */
static size_t label_len(const char *text)
{
	size_t i = 0;

	while (is_alnum(text[i]) || (text[i] == '-' && i > 0))
		i++;
	while (i > 0 && text[i - 1] == '-')
		i--;
	return i;
}

static size_t host_len(const char *text)
{
	size_t i;

	if (text[0] == '[') {
		i = strspn(text + 1, "0123456789abcdefABCDEF:");
		return i > 0 && text[i + 1] == ']' ? i + 2 : 0;
	}
	i = label_len(text);
	while (i > 0 && text[i] == '.') {
		size_t len = label_len(text + i + 1);

		if (len == 0)
			return 0;
		i += 1 + len;
	}
	return i;
}

/* host [":" digits] up to the end of `text`? */
static bool is_registry(const char *text)
{
	size_t len = host_len(text);

	if (len == 0)
		return false;
	text += len;
	if (*text == '\0')
		return true;
	return *text == ':' && text[1] != '\0' &&
	       text[1 + strspn(text + 1, "0123456789")] == '\0';
}

bool reference_is_tag(const char *text)
{
	size_t len = strlen(text);

	if (len == 0 || len > TAG_MAX || (!is_alnum(text[0]) && text[0] != '_'))
		return false;
	for (size_t i = 1; i < len; i++)
		if (!is_alnum(text[i]) && !strchr("_.-", text[i]))
			return false;
	return true;
}

static bool has_upper(const char *text)
{
	for (; *text; text++)
		if (is_upper(*text))
			return true;
	return false;
}

static int reference_fail(struct err *e, const char *sentence)
{
	return err_set(e, ERR_INVALID, -EINVAL, "invalid reference format%s%s",
		       sentence[0] ? ": " : "", sentence);
}

bool reference_has_registry(const char *text)
{
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : 0;

	for (size_t i = 0; i < len; i++)
		if (text[i] == '.' || text[i] == ':' || is_upper(text[i]))
			return true;
	return len == strlen("localhost") && memcmp(text, "localhost", len) == 0;
}

static char *split_registry(char *text, struct reference *ret)
{
	const char *registry;
	char *slash;

	if (!reference_has_registry(text)) {
		(void)str_copy(ret->registry, sizeof(ret->registry), default_registry);
		return text;
	}
	slash = strchr(text, '/');
	*slash = '\0';
	registry = strcmp(text, "index.docker.io") == 0 ? default_registry : text;
	/* too long: "", which is no registry */
	(void)str_copy(ret->registry, sizeof(ret->registry), registry);
	return slash + 1;
}

static int parse_digest(const char *text, struct reference *ret, struct err *e)
{
	if (digest_is_valid(text))
		return str_copy(ret->digest, sizeof(ret->digest), text);
	if (str_starts(text, "sha256:"))
		return err_set(
			e, ERR_INVALID, -EINVAL,
			"invalid checksum digest: \"%s\" is not sha256: and 64 hex digits",
			text);
	if (str_starts(text, "sha512:"))
		return err_set(e, ERR_INVALID, -EINVAL, "\"%.100s\" %s", text,
			       digest_complaint(text));
	if (strchr(text, ':'))
		return err_set(e, ERR_INVALID, -EINVAL, "unsupported digest algorithm: %s",
			       text);
	return reference_fail(e, "");
}

static int parse_repository(const char *path, struct reference *ret, struct err *e)
{
	bool is_official = strcmp(ret->registry, default_registry) == 0 && !strchr(path, '/');
	int n = snprintf(ret->repository, sizeof(ret->repository), "%s%s",
			 is_official ? official_prefix : "", path);

	if (n < 0 || (size_t)n >= sizeof(ret->repository))
		return reference_fail(e,
				      "repository name must not be more than 255 characters");
	if (has_upper(ret->repository))
		return err_set(
			e, ERR_INVALID, -EINVAL,
			"invalid reference format: repository name (%s) must be lowercase",
			ret->repository);
	if (!is_repository(ret->repository))
		return reference_fail(e, "");
	return 0;
}

/* [path][:tag][@digest] behind the registry; cuts `path`. */
static int parse_rest(char *path, struct reference *ret, struct err *e)
{
	char *digest = strchr(path, '@');
	char *tag;
	int r;

	if (digest)
		*digest++ = '\0';
	tag = strchr(path, ':');
	if (tag)
		*tag++ = '\0';
	r = parse_repository(path, ret, e);
	if (r < 0)
		return r;
	if (tag && !reference_is_tag(tag))
		return reference_fail(e, "");
	(void)str_copy(ret->tag, sizeof(ret->tag), tag ? tag : digest ? "" : "latest");
	return digest ? parse_digest(digest, ret, e) : 0;
}

int reference_parse(const char *text, struct reference *ret, struct err *e)
{
	struct reference parsed = { 0 };
	char copy[TEXT_MAX];
	char *path;
	int r;

	if (text[0] == '\0')
		return reference_fail(e, "repository name must have at least one component");
	if (str_copy(copy, sizeof(copy), text) < 0)
		return reference_fail(e, "the text is too long");
	if (id_is_valid(text))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "invalid repository name (%s), cannot specify 64-byte "
			       "hexadecimal strings",
			       text);
	path = split_registry(copy, &parsed);
	if (!is_registry(parsed.registry))
		return reference_fail(e, "");
	r = parse_rest(path, &parsed, e);
	if (r < 0)
		return r;
	*ret = parsed;
	return 0;
}

bool reference_is_name_only(const char *text)
{
	const char *slash = strrchr(text, '/');

	return !strpbrk(slash ? slash : text, ":@");
}

bool reference_means_latest(const char *text)
{
	struct reference reference;

	return reference_parse(text, &reference, NULL) == 0 && reference_is_name_only(text);
}

void reference_full(const struct reference *reference, char text[REFERENCE_SIZE * 2])
{
	(void)snprintf(text, REFERENCE_SIZE * 2, "%s/%s%s%s%s%s", reference->registry,
		       reference->repository, reference->tag[0] ? ":" : "", reference->tag,
		       reference->digest[0] ? "@" : "", reference->digest);
}

void reference_familiar_name(const struct reference *reference, char text[REFERENCE_SIZE * 2])
{
	const char *path = reference->repository;

	if (strcmp(reference->registry, default_registry) != 0) {
		(void)snprintf(text, REFERENCE_SIZE * 2, "%s/%s", reference->registry, path);
		return;
	}
	if (str_starts(path, official_prefix) && !strchr(path + strlen(official_prefix), '/'))
		path += strlen(official_prefix);
	(void)snprintf(text, REFERENCE_SIZE * 2, "%s", path);
}
