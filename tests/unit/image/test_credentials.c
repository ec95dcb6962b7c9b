/*
 * Credentials: which entry of which file is meant, what helpers say, what is written.
 *
 * Runs in: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "../memory_scan.h"
#include "format/base64.h"
#include "image/credentials.h"
#include "image/credentials_edit.h"
#include "image/credentials_file.h"
#include "image/credentials_helper.h"
#include "image/credentials_key.h"
#include "operator_fixture.h"

#define CONFIG "home/.docker/config.json"

/* `anna:secret`, `bert:geheim`, `carl:x:y` */
#define ANNA "YW5uYTpzZWNyZXQ="
#define BERT "YmVydDpnZWhlaW0="
#define CARL "Y2FybDp4Onk="

static struct reference reference_to(const char *name)
{
	struct reference reference;
	struct err e = { 0 };

	if (reference_parse(name, &reference, &e) < 0)
		fail_msg("%s: %s", name, e.text);
	return reference;
}

/* "user:password identity registry", "nobody", or what is said. */
static const char *show(struct arena *arena, const struct registry_credentials *c)
{
	if (credentials_are_empty(c))
		return "nobody";
	return arena_printf(
		arena, "%s:%s%s%s%s%s", c->user ? c->user : "", c->password ? c->password : "",
		c->identity_token ? " identity " : "",
		c->identity_token ? c->identity_token : "", c->registry_token ? " token " : "",
		c->registry_token ? c->registry_token : "");
}

static const char *found(struct place *place, const char *name)
{
	struct reference reference = reference_to(name);
	struct registry_credentials c = { 0 };
	struct err e = { 0 };

	if (credentials_find(&reference, &place->arena, &c, &e) < 0)
		return said(place, &e);
	return show(&place->arena, &c);
}

/* --- keys --------------------------------------------------------------------------------- */

static void the_closest_key_is_the_one_that_counts(void **state)
{
	static const struct {
		const char *name;
		const char *key;
		unsigned int rank;
	} examples[] = {
		{ "busybox", "https://index.docker.io/v1/", CREDENTIALS_KEY_DOCKER },
		{ "busybox", "docker.io", CREDENTIALS_KEY_PLAIN },
		{ "busybox", "index.docker.io", CREDENTIALS_KEY_SPELLED },
		{ "busybox", "index.docker.io/v1/", CREDENTIALS_KEY_SPELLED },
		{ "busybox", "https://registry-1.docker.io", CREDENTIALS_KEY_SPELLED },
		{ "busybox", "docker.io/library", CREDENTIALS_KEY_NAMESPACE },
		{ "busybox", "docker.io/library/busybox", CREDENTIALS_KEY_NAMESPACE },
		{ "busybox", "docker.io/lib", CREDENTIALS_KEY_NONE },
		{ "busybox", "docker.io/", CREDENTIALS_KEY_NONE },
		{ "busybox", "docker.io.evil.io", CREDENTIALS_KEY_NONE },
		{ "r.io:5000/a/b", "r.io:5000", CREDENTIALS_KEY_DOCKER },
		{ "r.io:5000/a/b", "https://r.io:5000/v2/", CREDENTIALS_KEY_SPELLED },
		{ "r.io:5000/a/b", "http://r.io:5000", CREDENTIALS_KEY_SPELLED },
		{ "r.io:5000/a/b", "r.io", CREDENTIALS_KEY_NONE },
		{ "r.io:5000/a/b", "r.io:5000/a", CREDENTIALS_KEY_NAMESPACE },
		{ "r.io:5000/a/b", "r.io:5000/a/b", CREDENTIALS_KEY_NAMESPACE },
		{ "r.io:5000/a/b", "r.io:5000/a/b/c", CREDENTIALS_KEY_NONE },
		{ "r.io:5000/a/b", "r.io:5000/v1/", CREDENTIALS_KEY_NONE },
		{ "r.io/a", "https://r.io.evil/", CREDENTIALS_KEY_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		struct reference reference = reference_to(examples[i].name);
		unsigned int rank = credentials_key_rank(examples[i].key, &reference);

		/* The longer one of two namespaces is the closer. */
		if (examples[i].rank == CREDENTIALS_KEY_NAMESPACE)
			rank -= (unsigned int)strlen(examples[i].key);
		if (rank != examples[i].rank)
			fail_msg("%s for %s: %u", examples[i].key, examples[i].name, rank);
	}
}

/* --- files -------------------------------------------------------------------------------- */

static void an_entry_of_every_kind_is_read(void **state)
{
	struct place *p = *state;

	put(p, CONFIG,
	    "{\"auths\": {"
	    "\"a.io\": {\"auth\": \"" ANNA "\"},"
	    "\"b.io\": {\"username\": \"bert\", \"password\": \"p\\u00e9\", \"email\": 1},"
	    "\"c.io\": {\"auth\": \"" CARL "\"},"
	    "\"d.io\": {\"auth\": \"ZG9yYTo=\", \"identitytoken\": \"tok.en\"},"
	    "\"e.io\": {\"registrytoken\": \"bear.er\"},"
	    "\"f.io\": {}, \"g.io\": {\"auth\": \"\"}, \"h.io\": {\"auth\": null},"
	    "\"i.io\": {\"auth\": \"aTpqAAAA\"},"
	    "\"https://index.docker.io/v1/\": {\"auth\": \"" BERT "\"}"
	    "}, \"HttpHeaders\": {\"X\": \"y\"}}");
	assert_string_equal(found(p, "a.io/x"), "anna:secret");
	assert_string_equal(found(p, "b.io/x"), "bert:p\xc3\xa9");
	assert_string_equal(found(p, "c.io/x"), "carl:x:y");
	assert_string_equal(found(p, "d.io/x"), "dora: identity tok.en");
	assert_string_equal(found(p, "e.io/x"), ": token bear.er");
	assert_string_equal(found(p, "f.io/x"), "nobody");
	assert_string_equal(found(p, "g.io/x"), "nobody");
	assert_string_equal(found(p, "h.io/x"), "nobody");
	assert_string_equal(found(p, "i.io/x"), "i:j");
	assert_string_equal(found(p, "busybox"), "bert:geheim");
	assert_string_equal(found(p, "none.io/x"), "nobody");
}

static void the_most_specific_entry_counts_and_an_empty_one_does_not(void **state)
{
	struct place *p = *state;

	put(p, CONFIG,
	    "{\"auths\": {\"https://r.io/v2/\": {\"auth\": \"" CARL "\"},"
	    " \"r.io/a/b\": {\"auth\": \"" ANNA "\"}, \"r.io\": {},"
	    " \"r.io/a\": {\"auth\": \"" BERT "\"}}}");
	assert_string_equal(found(p, "r.io/a/b"), "anna:secret");
	assert_string_equal(found(p, "r.io/a/b/c:1"), "anna:secret");
	assert_string_equal(found(p, "r.io/a/bc"), "bert:geheim");
	assert_string_equal(found(p, "r.io/b"), "carl:x:y");
}

static void files_are_asked_in_their_order(void **state)
{
	struct place *p = *state;

	(void)setenv("XDG_RUNTIME_DIR", place_path(p, "run"), 1);
	assert_string_equal(found(p, "r.io/x"), "nobody");
	put(p, "home/.config/containers/auth.json",
	    "{\"auths\": {\"r.io\": {\"auth\": \"" CARL "\"}, \"s.io\": {\"auth\": \"" CARL
	    "\"}}}");
	assert_string_equal(found(p, "r.io/x"), "carl:x:y");
	put(p, "run/containers/auth.json", "{\"auths\": {\"r.io\": {\"auth\": \"" BERT "\"}}}");
	assert_string_equal(found(p, "r.io/x"), "bert:geheim");
	put(p, CONFIG, "{\"auths\": {\"r.io\": {\"auth\": \"" ANNA "\"}}}");
	assert_string_equal(found(p, "r.io/x"), "anna:secret");
	assert_string_equal(found(p, "s.io/x"), "carl:x:y");
	put(p, "other/config.json", "  \n");
	(void)setenv("DOCKER_CONFIG", place_path(p, "other"), 1);
	assert_string_equal(found(p, "r.io/x"), "bert:geheim");
	put(p, "alone.json", "{\"auths\": {\"t.io\": {\"auth\": \"" ANNA "\"}}}");
	(void)setenv("REGISTRY_AUTH_FILE", place_path(p, "alone.json"), 1);
	assert_string_equal(found(p, "r.io/x"), "nobody");
	assert_string_equal(found(p, "t.io/x"), "anna:secret");
}

static void what_is_wrong_is_named_and_never_shown(void **state)
{
	static const struct {
		const char *text;
		const char *sentence;
	} examples[] = {
		{ "{\"auths\": [",
		  ": line 1, column 12: the text ends where a value is expected" },
		{ "[]", ": expected an object, found an array" },
		{ "{\"auths\": \"x\"}", ": auths: expected an object, found a string" },
		{ "{\"auths\": {\"r.io\": 7}}",
		  ": auths.r.io: expected an object, found a number" },
		{ "{\"auths\": {\"r.io\": {\"auth\": 7}}}",
		  ": auths.r.io: expected a string, found a number" },
		{ "{\"auths\": {\"r.io\": {\"auth\": \"c2VjcmV0\"}}}",
		  ": auths.r.io: not USER:PASSWORD in base64" },
		{ "{\"auths\": {\"r.io\": {\"auth\": \"c2V jcmV0\"}}}",
		  ": auths.r.io: not base64" },
		{ "{\"auths\": {\"r.io\": {\"auth\": \"YTpiAGM=\"}}}",
		  ": auths.r.io: not USER:PASSWORD in base64" },
		{ "{\"auths\": {\"r.io\": {\"identitytoken\": \"a\\r\\nb\"}}}",
		  ": auths.r.io: a token has visible ASCII characters only" },
		{ "{\"auths\": {\"r.io\": {\"registrytoken\": \"a b\"}}}",
		  ": auths.r.io: a token has visible ASCII characters only" },
		{ "{\"auths\": {\"r.io\": {\"username\": \"a:b\", \"password\": \"c\"}}}",
		  ": auths.r.io: a user's name has no colon" },
		{ "{\"auths\": {\"r.io\": {\"password\": \"secret\\u0000\"}}}",
		  ": auths.r.io: there is a NUL in it" },
		{ "{\"credsStore\": 1}", ": credsStore: expected a string, found a number" },
		{ "{\"credHelpers\": {\"r.io\": {}}}",
		  ": credHelpers.r.io: expected a string, found an object" },
		{ "{\"auths\": {\"r.io\": {}, \"r.io\": {}}}",
		  ": line 1, column 25: duplicate key" },
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		put(p, CONFIG, examples[i].text);
		assert_string_equal(found(p, "r.io/x"), arena_printf(&p->arena, "/" CONFIG "%s",
								     examples[i].sentence));
	}
	/* What is wrong with another registry's entry is not our concern. */
	put(p, CONFIG, "{\"auths\": {\"q.io\": {\"auth\": \"?\"}}}");
	assert_string_equal(found(p, "r.io/x"), "nobody");
}

/* --- helpers ------------------------------------------------------------------------------ */

/* A shell script that is docker-credential-NAME; it writes its verb and input to `calls`. */
static void put_helper(struct place *p, const char *name, const char *script)
{
	const char *file = arena_printf(&p->arena, "bin/docker-credential-%s", name);

	put(p, file,
	    arena_printf(
		    &p->arena,
		    "#!/bin/sh\nin=$(cat)\nprintf '%%s %%s\\n' \"$1\" \"$in\" >>'%s'\n%s\n",
		    place_path(p, "calls"), script));
	assert_int_equal(chmod(place_path(p, file), 0755), 0);
	(void)setenv(
		"PATH",
		arena_printf(&p->arena, "relative::%s:/usr/bin:/bin", place_path(p, "bin")), 1);
}

static const char *content(struct place *p, const char *name)
{
	char *text = NULL;
	const char *kept;

	if (file_read(AT_FDCWD, place_path(p, name), 1 << 20, &text, NULL) < 0)
		return "";
	kept = arena_copy(&p->arena, text);
	free(text);
	return kept;
}

static void a_helper_is_asked_for_the_key_that_names_it(void **state)
{
	struct place *p = *state;

	put_helper(p, "one",
		   "echo '{\"ServerURL\":\"x\",\"Username\":\"u\",\"Secret\":\"s\"}'");
	put_helper(p, "two", "echo '{\"Username\":\"<token>\",\"Secret\":\"t\",\"More\":[]}'");
	put(p, CONFIG,
	    "{\"credsStore\": \"one\", \"credHelpers\": {\"r.io\": \"two\"},"
	    " \"auths\": {\"r.io\": {\"auth\": \"" ANNA "\"},"
	    " \"s.io/team\": {\"auth\": \"" BERT "\"}}}");
	assert_string_equal(found(p, "r.io/x"), ": identity t");
	assert_string_equal(found(p, "s.io/x"), "u:s");
	assert_string_equal(found(p, "s.io/team/x"), "bert:geheim");
	assert_string_equal(found(p, "busybox"), "u:s");
	assert_string_equal(content(p, "calls"),
			    "get r.io\nget s.io\nget https://index.docker.io/v1/\n");
}

static void nothing_in_a_helper_is_no_error(void **state)
{
	struct place *p = *state;

	put_helper(p, "none", "echo 'credentials not found in native keychain'; exit 1");
	put(p, CONFIG,
	    "{\"credsStore\": \"none\", \"auths\": {\"r.io\": {\"auth\": \"" ANNA "\"}}}");
	assert_string_equal(found(p, "r.io/x"), "anna:secret");
	assert_string_equal(found(p, "s.io/x"), "nobody");
}

static void a_helper_that_fails_is_a_sentence(void **state)
{
	static const struct {
		const char *script;
		const char *sentence;
	} examples[] = {
		{ "echo 'the vault is locked'; echo more; exit 1", "the vault is locked" },
		{ "exit 3", "ended with status 3" },
		{ "echo '{\"Secret\": \"s\"}'; exit 1", "ended with status 1" },
		{ "kill -9 $$", "ended by signal 9" },
		{ "exec sleep 100", "no answer after 1 seconds" },
		{ "exec yes", "printed more than 65536 bytes" },
	};
	struct place *p = *state;

	(void)setenv("HOY_CREDENTIAL_HELPER_TIMEOUT", "1", 1);
	put(p, CONFIG, "{\"credsStore\": \"bad\"}");
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		put_helper(p, "bad", examples[i].script);
		assert_string_equal(found(p, "r.io/x"),
				    arena_printf(&p->arena,
						 "/" CONFIG ": docker-credential-bad get: %s",
						 examples[i].sentence));
	}
	put_helper(p, "bad", "echo 7");
	assert_non_null(strstr(found(p, "r.io/x"), "expected an object, found a number"));
	(void)unsetenv("HOY_CREDENTIAL_HELPER_TIMEOUT");
}

static void a_helper_is_looked_for_by_a_plain_name_in_path_only(void **state)
{
	static const char *const names[] = {
		"../x", "a/b", "a b", "", ".x", "a;b", "\xc3\xa9"
	};
	struct place *p = *state;
	struct registry_credentials c;
	struct err e = { 0 };

	put_helper(p, "there", "echo '{\"Username\":\"u\",\"Secret\":\"s\"}'");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(credentials_helper_get(names[i], "r.io", &p->arena, &c, &e),
				 -EINVAL);
		assert_non_null(strstr(e.text, "is not the name of a credential helper"));
	}
	/* The current directory is no place, whatever PATH says. */
	put(p, "here/docker-credential-here", "#!/bin/sh\n");
	assert_int_equal(chmod(place_path(p, "here/docker-credential-here"), 0755), 0);
	assert_int_equal(chdir(place_path(p, "here")), 0);
	assert_true(credentials_helper_get("here", "r.io", &p->arena, &c, &e) < 0);
	assert_true(str_starts(e.text, "docker-credential-here is not in PATH\nhint: "));
	assert_int_equal(chdir("/"), 0);
}

/* --- storing ------------------------------------------------------------------------------ */

static struct registry_credentials anna(struct place *p)
{
	return (struct registry_credentials){ .user = arena_copy(&p->arena, "anna"),
					      .password = arena_copy(&p->arena, "secret") };
}

static const char *store(struct place *p, const char *registry,
			 const struct registry_credentials *c)
{
	struct credentials_stored stored = { 0 };
	struct err e = { 0 };

	if (credentials_store(registry, c, &p->arena, &stored, &e) < 0)
		return said(p, &e);
	return arena_printf(&p->arena, "%s%s", stored.file + strlen(p->path),
			    stored.helper ? stored.helper : "");
}

static const char *erase(struct place *p, const char *registry)
{
	struct err e = { 0 };
	bool was_there = false;

	if (credentials_erase(registry, &was_there, &e) < 0)
		return said(p, &e);
	return was_there ? "erased" : "nothing";
}

static void what_is_stored_is_found_again_and_the_rest_is_kept(void **state)
{
	struct registry_credentials c;
	struct place *p = *state;
	struct stat st;

	c = anna(p);
	put(p, CONFIG,
	    "{\"z\":{\"deep\":[1.50,{\"k\":null}]},\"auths\":{\"b.io\":{\"auth\":\"" BERT
	    "\",\"email\":\"b@b\"},\"a.io\":{\"auth\":\"" BERT
	    "\",\"email\":\"a@a\"}},\"a\":18446744073709551615}");
	assert_int_equal(chmod(place_path(p, CONFIG), 0644), 0);
	assert_string_equal(store(p, "a.io", &c), "/" CONFIG);
	assert_string_equal(content(p, CONFIG), "{\n"
						"\t\"z\": {\n"
						"\t\t\"deep\": [\n"
						"\t\t\t1.50,\n"
						"\t\t\t{\n"
						"\t\t\t\t\"k\": null\n"
						"\t\t\t}\n"
						"\t\t]\n"
						"\t},\n"
						"\t\"auths\": {\n"
						"\t\t\"b.io\": {\n"
						"\t\t\t\"auth\": \"" BERT "\",\n"
						"\t\t\t\"email\": \"b@b\"\n"
						"\t\t},\n"
						"\t\t\"a.io\": {\n"
						"\t\t\t\"auth\": \"" ANNA "\",\n"
						"\t\t\t\"email\": \"a@a\"\n"
						"\t\t}\n"
						"\t},\n"
						"\t\"a\": 18446744073709551615\n"
						"}\n");
	assert_string_equal(found(p, "a.io/x"), "anna:secret");
	assert_int_equal(stat(place_path(p, CONFIG), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_string_equal(erase(p, "a.io"), "erased");
	assert_string_equal(found(p, "a.io/x"), "nobody");
	assert_string_equal(found(p, "b.io/x"), "bert:geheim");
	assert_string_equal(erase(p, "a.io"), "nothing");
}

static void a_file_and_its_directory_are_made_for_their_owner_alone(void **state)
{
	struct registry_credentials c;
	struct place *p = *state;
	struct stat st;

	c = anna(p);
	/* Forgetting makes nothing. */
	assert_string_equal(erase(p, "docker.io"), "nothing");
	assert_int_equal(access(place_path(p, "home"), F_OK), -1);
	assert_string_equal(store(p, "docker.io", &c), "/" CONFIG);
	assert_string_equal(content(p, CONFIG), "{\n"
						"\t\"auths\": {\n"
						"\t\t\"https://index.docker.io/v1/\": {\n"
						"\t\t\t\"auth\": \"" ANNA "\"\n"
						"\t\t}\n"
						"\t}\n"
						"}\n");
	assert_int_equal(stat(place_path(p, CONFIG), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(place_path(p, "home/.docker"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	put(p, CONFIG,
	    "{\"auths\": {\"docker.io\": {\"auth\": \"" BERT
	    "\"}, \"https://index.docker.io/v1/\": {}, \"docker.io/team\": {\"auth\": "
	    "\"" CARL "\"}}}");
	assert_string_equal(erase(p, "docker.io"), "erased");
	assert_string_equal(found(p, "busybox"), "nobody");
	assert_string_equal(found(p, "team/x"), "carl:x:y");
}

static void a_link_stays_a_link(void **state)
{
	struct registry_credentials c;
	struct place *p = *state;
	struct stat st;

	c = anna(p);
	put(p, CONFIG, "{}");
	put(p, "dotfiles/real.json", "{\"k\": 1}");
	assert_int_equal(unlink(place_path(p, CONFIG)), 0);
	assert_int_equal(symlink("../middle", place_path(p, CONFIG)), 0);
	assert_int_equal(
		symlink(place_path(p, "dotfiles/real.json"), place_path(p, "home/middle")), 0);
	assert_string_equal(store(p, "a.io", &c), "/" CONFIG);
	assert_int_equal(lstat(place_path(p, CONFIG), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_non_null(strstr(content(p, "dotfiles/real.json"), "\"k\": 1"));
	assert_non_null(strstr(content(p, "dotfiles/real.json"), ANNA));
	/* To what is not there yet. */
	assert_int_equal(unlink(place_path(p, "dotfiles/real.json")), 0);
	assert_string_equal(store(p, "a.io", &c), "/" CONFIG);
	assert_non_null(strstr(content(p, "dotfiles/real.json"), ANNA));
	assert_int_equal(unlink(place_path(p, "home/middle")), 0);
	assert_int_equal(symlink("middle", place_path(p, "home/middle")), 0);
	assert_non_null(strstr(store(p, "a.io", &c), "Too many levels of symbolic links"));
}

static void an_identity_token_is_kept_without_the_password(void **state)
{
	struct registry_credentials c;
	struct place *p = *state;

	c = anna(p);
	c.identity_token = arena_copy(&p->arena, "tok");
	assert_string_equal(store(p, "a.io", &c), "/" CONFIG);
	assert_string_equal(found(p, "a.io/x"), "anna: identity tok");
	assert_null(strstr(content(p, CONFIG), ANNA));
}

static void a_helper_keeps_the_secret_and_the_file_only_the_name(void **state)
{
	struct registry_credentials c;
	struct place *p = *state;

	c = anna(p);
	c.password = arena_copy(&p->arena, "se\"cret\n");
	put_helper(p, "keeper", "");
	put(p, CONFIG, "{\"credsStore\": \"keeper\"}");
	assert_string_equal(store(p, "a.io", &c), "/" CONFIG "keeper");
	assert_string_equal(content(p, CONFIG), "{\n"
						"\t\"credsStore\": \"keeper\",\n"
						"\t\"auths\": {\n"
						"\t\t\"a.io\": {}\n"
						"\t}\n"
						"}\n");
	c.identity_token = arena_copy(&p->arena, "tok");
	assert_string_equal(store(p, "docker.io", &c), "/" CONFIG "keeper");
	assert_string_equal(erase(p, "a.io"), "erased");
	assert_null(strstr(content(p, CONFIG), "a.io"));
	assert_string_equal(
		content(p, "calls"),
		"store "
		"{\"ServerURL\":\"a.io\",\"Username\":\"anna\",\"Secret\":\"se\\\"cret\\n\"}\n"
		"store {\"ServerURL\":\"https://index.docker.io/v1/\",\"Username\":\"<token>\","
		"\"Secret\":\"tok\"}\n"
		"erase a.io\n");
}

static void a_helper_that_fails_to_keep_leaves_the_file_as_it_was(void **state)
{
	struct registry_credentials c;
	struct place *p = *state;

	c = anna(p);
	put_helper(p, "broken", "echo no space; exit 1");
	put(p, CONFIG, "{\"credHelpers\": {\"a.io\": \"broken\"}, \"auths\": {\"a.io\": {}}}");
	assert_string_equal(store(p, "a.io", &c), "docker-credential-broken store: no space");
	assert_string_equal(
		content(p, CONFIG),
		"{\"credHelpers\": {\"a.io\": \"broken\"}, \"auths\": {\"a.io\": {}}}");
	/* Forgetting goes on. */
	assert_string_equal(erase(p, "a.io"), "docker-credential-broken erase: no space");
	assert_null(strstr(content(p, CONFIG), "\"a.io\": {}"));
	/* A broken file is not replaced by a good one. */
	put(p, CONFIG, "{");
	assert_non_null(strstr(store(p, "b.io", &c), "line 1, column 2"));
	assert_string_equal(content(p, CONFIG), "{");
}

/* --- secrets ------------------------------------------------------------------------------ */

static void nothing_of_a_secret_stays_in_memory(void **state)
{
	char secret[MEMORY_SCAN_LEN + 1];
	struct place *p = *state;

	put_helper(p, "echo",
		   "echo \"$in\" | grep -q Secret || echo "
		   "'{\"Username\":\"u\",\"Secret\":\"'$(cat \"$HOME/secret\")'\"}'");
	put(p, CONFIG, "{\"credHelpers\": {\"h.io\": \"echo\"}}");
	memory_scan_secret(secret);
	put(p, "home/secret", secret);
	for (int i = 0; i < 2; i++) {
		AUTO_ARENA struct arena arena = { .is_secret = true };
		struct registry_credentials c = { .user = arena_copy(&arena, "u"),
						  .password = arena_copy(&arena, secret) };
		struct reference reference = reference_to(i == 0 ? "a.io/x" : "h.io/x");
		struct credentials_stored stored;
		struct err e = { 0 };

		if (credentials_store(reference.registry, &c, &p->arena, &stored, &e) < 0 ||
		    credentials_find(&reference, &arena, &c, &e) < 0)
			fail_msg("%s", e.text);
		assert_string_equal(c.password, secret);
	}
	explicit_bzero(secret, sizeof(secret));
	assert_false(memory_has_secret());
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_closest_key_is_the_one_that_counts),
		WITH_OPERATOR(an_entry_of_every_kind_is_read),
		WITH_OPERATOR(the_most_specific_entry_counts_and_an_empty_one_does_not),
		WITH_OPERATOR(files_are_asked_in_their_order),
		WITH_OPERATOR(what_is_wrong_is_named_and_never_shown),
		WITH_OPERATOR(a_helper_is_asked_for_the_key_that_names_it),
		WITH_OPERATOR(nothing_in_a_helper_is_no_error),
		WITH_OPERATOR(a_helper_that_fails_is_a_sentence),
		WITH_OPERATOR(a_helper_is_looked_for_by_a_plain_name_in_path_only),
		WITH_OPERATOR(what_is_stored_is_found_again_and_the_rest_is_kept),
		WITH_OPERATOR(a_file_and_its_directory_are_made_for_their_owner_alone),
		WITH_OPERATOR(a_link_stays_a_link),
		WITH_OPERATOR(an_identity_token_is_kept_without_the_password),
		WITH_OPERATOR(a_helper_keeps_the_secret_and_the_file_only_the_name),
		WITH_OPERATOR(a_helper_that_fails_to_keep_leaves_the_file_as_it_was),
		WITH_OPERATOR(nothing_of_a_secret_stays_in_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
