/*
 * A config.json is read, and changed, without an overrun; what was changed says what it was told to say, and nothing else of it has
 * changed: removing the entry again gives what a removal gives to begin with.
 */
#include <assert.h>
#include <string.h>

#include "base/fd.h"
#include "format/base64.h"
#include "fuzz.h"
#include "image/credentials_edit.h"
#include "image/credentials_file.h"
#include "image/registry_headers.h"

static const struct reference registry = { .registry = "r.test:5000", .repository = "group/x" };

static int edit(const struct str *text, const struct credentials_change *change,
		struct str *out)
{
	AUTO_ARENA struct arena arena = { .is_secret = true };
	bool was_there;

	return credentials_edit(str_text(text), text->len, "f", change, &arena, out, &was_there,
				NULL);
}

static void check_entry(const struct str *text)
{
	AUTO_ARENA struct arena arena = { .is_secret = true };
	struct credentials_found found = { 0 };

	assert(credentials_file_read(str_text(text), text->len, "f", &registry, &arena, &found,
				     NULL) == 0);
	/* A namespace's entry is closer. */
	if (found.is_for_namespace)
		return;
	assert(str_equal(found.credentials.user, "u"));
	assert(str_equal(found.credentials.password, "p"));
}

static void check_headers(const struct str *text)
{
	AUTO_ARENA struct arena arena = { .is_secret = true };
	struct strv headers = { 0 };

	if (registry_headers_parse(str_text(text), text->len, "f", &arena, &headers, NULL) < 0)
		return;
	assert(headers.count <= REGISTRY_HEADERS_MAX);
	for (size_t i = 0; i < headers.count; i++) {
		assert(strstr(headers.items[i], ": "));
		assert(!strpbrk(headers.items[i], "\r\n"));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct credentials_change set = { .key = "r.test:5000", .auth = "dTpw" };
	const struct credentials_change drop = { .registry = &registry };
	AUTO_ARENA struct arena arena = { .is_secret = true };
	AUTO_STR struct str text = { .is_secret = true };
	AUTO_STR struct str changed = { .is_secret = true };
	AUTO_STR struct str dropped = { .is_secret = true };
	AUTO_STR struct str again = { .is_secret = true };
	struct credentials_found found = { 0 };
	bool is_read;

	str_add_bytes(&text, data, size);
	is_read = credentials_file_read(str_text(&text), text.len, "f", &registry, &arena,
					&found, NULL) == 0;
	check_headers(&text);
	if (edit(&text, &set, &changed) < 0)
		return 0;
	/* Other entries may be broken still. */
	if (is_read)
		check_entry(&changed);
	if (edit(&text, &drop, &dropped) == 0) {
		assert(edit(&dropped, &drop, &again) == 0);
		assert(strcmp(str_text(&dropped), str_text(&again)) == 0);
	}
	return 0;
}
