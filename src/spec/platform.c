/*
 * See platform.h.
 *
 * Runs in: cli (engine), image.
 */
#include "spec/platform.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/str.h"
#include "format/json.h"

enum { RANK_OTHER_ARCHITECTURE = 100 };

struct alias {
	const char *name;
	const char *architecture;
	const char *variant; /* NULL: as given */
};

static const struct alias aliases[] = {
	{ "i386", "386", "" },	     { "i686", "386", "" },	   { "x86_64", "amd64", NULL },
	{ "x86-64", "amd64", NULL }, { "aarch64", "arm64", NULL }, { "armhf", "arm", "v7" },
	{ "armel", "arm", "v6" },    { "armv7l", "arm", "v7" },	   { "armv6l", "arm", "v6" },
};

/* One name for what is the same: architectures by their aliases, variants that are the only or
 * the first one left out. */
static void normalise(struct platform *p)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (strcmp(p->architecture, aliases[i].name) != 0)
			continue;
		(void)str_copy(p->architecture, sizeof(p->architecture),
			       aliases[i].architecture);
		if (aliases[i].variant && !p->variant[0])
			(void)str_copy(p->variant, sizeof(p->variant), aliases[i].variant);
		break;
	}
	if (strcmp(p->architecture, "arm64") == 0 &&
	    (strcmp(p->variant, "8") == 0 || strcmp(p->variant, "v8") == 0))
		p->variant[0] = '\0';
	if (strcmp(p->architecture, "amd64") == 0 && strcmp(p->variant, "v1") == 0)
		p->variant[0] = '\0';
	if (strcmp(p->architecture, "arm") == 0 && !p->variant[0])
		(void)str_copy(p->variant, sizeof(p->variant), "v7");
	else if (strcmp(p->architecture, "arm") == 0 && p->variant[1] == '\0' &&
		 p->variant[0] >= '5' && p->variant[0] <= '8')
		(void)snprintf(p->variant, sizeof(p->variant), "v%c", p->variant[0]);
}

void platform_host(struct platform *ret)
{
	struct utsname machine;

	*ret = (struct platform){ .os = "linux" };
	if (uname(&machine) == 0)
		(void)str_copy(ret->architecture, sizeof(ret->architecture), machine.machine);
	normalise(ret);
}

static bool is_word(const char *text)
{
	return text[0] && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				       "0123456789_.-") == strlen(text);
}

static void to_lower(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
}

/* One word alone is an operating system or an architecture. */
static bool is_os(const char *word)
{
	static const char *const systems[] = { "linux",	  "windows", "darwin",
					       "freebsd", "wasip1",  NULL };

	for (const char *const *s = systems; *s; s++)
		if (strcmp(word, *s) == 0)
			return true;
	return false;
}

static int split(const char *text, char words[3][PLATFORM_WORD])
{
	int count = 0;

	for (;;) {
		size_t len = strcspn(text, "/");

		if (count == 3 || len >= PLATFORM_WORD)
			return -EINVAL;
		memcpy(words[count], text, len);
		words[count][len] = '\0';
		if (!is_word(words[count]))
			return -EINVAL;
		to_lower(words[count++]);
		text += len;
		if (*text++ == '\0')
			return count;
	}
}

int platform_parse(const char *text, struct platform *ret, struct err *e)
{
	char words[3][PLATFORM_WORD] = { "", "", "" };
	struct platform platform;
	int count = split(text, words);

	if (count < 0)
		return err_set(
			e, ERR_INVALID, -EINVAL,
			"\"%.100s\" is an invalid platform: expected OS[/ARCH[/VARIANT]]",
			text);
	platform_host(&platform);
	if (count == 1 && is_os(words[0])) {
		memcpy(platform.os, words[0], PLATFORM_WORD);
	} else if (count == 1) {
		memcpy(platform.architecture, words[0], PLATFORM_WORD);
		platform.variant[0] = '\0';
	} else {
		memcpy(platform.os, words[0], PLATFORM_WORD);
		memcpy(platform.architecture, words[1], PLATFORM_WORD);
		memcpy(platform.variant, words[2], PLATFORM_WORD);
	}
	normalise(&platform);
	*ret = platform;
	return 0;
}

/* What is too long is nobody's. */
static void set_word(char to[PLATFORM_WORD], const char *text)
{
	if (str_copy(to, PLATFORM_WORD, text ? text : "") < 0)
		(void)str_copy(to, PLATFORM_WORD, "?");
}

void platform_of(const char *os, const char *architecture, const char *variant,
		 struct platform *ret)
{
	set_word(ret->os, os);
	set_word(ret->architecture, architecture);
	set_word(ret->variant, variant);
	normalise(ret);
}

static int read_word(struct json_object *o, const char *key, char ret[PLATFORM_WORD],
		     struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	char *text = NULL;
	int r = json_get_string(o, "platform", key, &arena, &text, e);

	if (r == 0)
		set_word(ret, text);
	return r;
}

int platform_read(struct json_object *o, struct platform *ret, struct err *e)
{
	int r = 0;

	*ret = (struct platform){ 0 };
	if (!o)
		return 0;
	r = read_word(o, "os", ret->os, e);
	if (r == 0)
		r = read_word(o, "architecture", ret->architecture, e);
	if (r == 0)
		r = read_word(o, "variant", ret->variant, e);
	normalise(ret);
	return r;
}

void platform_text(const struct platform *platform, char text[PLATFORM_TEXT])
{
	(void)snprintf(text, PLATFORM_TEXT, "%s/%s%s%s", platform->os, platform->architecture,
		       platform->variant[0] ? "/" : "", platform->variant);
}

bool platform_is_known(const struct platform *platform)
{
	return platform->os[0] || platform->architecture[0];
}

/* "v7" is 7, "" is `first`; -1: neither. */
static int variant_level(const char *variant, int first)
{
	if (!variant[0])
		return first;
	if (variant[0] != 'v' || variant[1] < '1' || variant[1] > '9' || variant[2])
		return -1;
	return variant[1] - '0';
}

static int rank_variants(const char *wanted, const char *offered, int first)
{
	int have = variant_level(wanted, first);
	int need = variant_level(offered, first);

	if (strcmp(wanted, offered) == 0)
		return 0;
	return have < 0 || need < 0 || need > have ? -1 : have - need;
}

int platform_rank(const struct platform *wanted, const struct platform *offered)
{
	const char *have = wanted->architecture;
	const char *need = offered->architecture;
	int rank;

	if (strcmp(wanted->os, offered->os) != 0)
		return -1;
	if (strcmp(have, need) == 0)
		return rank_variants(wanted->variant, offered->variant,
				     strcmp(have, "amd64") == 0 ? 1 : 8);
	if (strcmp(have, "amd64") == 0 && strcmp(need, "386") == 0)
		return RANK_OTHER_ARCHITECTURE;
	if (strcmp(have, "arm64") != 0 || strcmp(need, "arm") != 0)
		return -1;
	rank = rank_variants("v8", offered->variant, 7);
	return rank < 0 ? -1 : RANK_OTHER_ARCHITECTURE + rank;
}
