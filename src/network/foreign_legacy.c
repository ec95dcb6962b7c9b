/*
 * See foreign_legacy.h.
 *
 * Runs in: cli (engine).
 */
#include "network/foreign_legacy.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/log.h"
#include "linux/program_run.h"
#include "network/foreign.h"
#include "network/legacy_table.h"

enum { TABLES_MAX = 4096, OUTPUT_MAX = 512, TIMEOUT_S = 60, PATH_SIZE = 64, ARGS_MAX = 10 };

/* One of the two families. */
struct legacy {
	enum ip_family family;
	const char *tables; /* a line for each table that was ever used */
	const char *program;
};

static const struct legacy families[] = {
	{ IP_V4, "/proc/net/ip_tables_names", "iptables-legacy" },
	{ IP_V6, "/proc/net/ip6_tables_names", "ip6tables-legacy" },
};

static bool is_in_use(const struct legacy *legacy)
{
	AUTO_FREE char *text = NULL;
	char *line;
	char *rest;

	/* Without the kernel module there is no such file. */
	if (file_read(AT_FDCWD, legacy->tables, TABLES_MAX, &text, NULL) < 0)
		return false;
	rest = text;
	while ((line = strsep(&rest, "\n")))
		if (strcmp(line, "filter") == 0)
			return true;
	return false;
}

/* "/usr/sbin/iptables-legacy-restore"; -ENOENT: not installed. */
static int find_program(const struct legacy *legacy, const char *ending, char path[PATH_SIZE])
{
	static const char *const places[] = { "/usr/sbin", "/sbin" };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		(void)snprintf(path, PATH_SIZE, "%s/%s%s", places[i], legacy->program, ending);
		if (access(path, X_OK) == 0)
			return 0;
	}
	return -ENOENT;
}

/* Does `chain` hold what the last words say? False also when there is no such chain. */
static bool asks(const struct legacy *legacy, const char *const words[])
{
	char path[PATH_SIZE];
	const char *argv[ARGS_MAX] = { legacy->program, "-w" };
	const struct program_run program = { .path = path,
					     .argv = (char *const *)(uintptr_t)argv,
					     .timeout_s = TIMEOUT_S,
					     .output_fd = -1,
					     .error_fd = -1 };
	int status = -1;

	for (size_t i = 0; words[i] && i + 3 < ARGS_MAX; i++)
		argv[i + 2] = words[i];
	return find_program(legacy, "", path) == 0 &&
	       program_run(&program, NULL, 0, &status) == 0 && status == 0;
}

static bool has_chain(const struct legacy *legacy, const char *chain)
{
	return asks(legacy, (const char *const[]){ "-n", "-L", chain, NULL });
}

static bool has_jump(const struct legacy *legacy, const char *chain)
{
	return asks(legacy, (const char *const[]){ "-C", chain, "-j", FOREIGN_CHAIN, NULL });
}

static int restore(const struct legacy *legacy, const char *text, struct err *e)
{
	char path[PATH_SIZE];
	const char *argv[] = { path, "-w", "--noflush", NULL }; /* multi-call: by its name */
	const struct program_run program = { .path = path,
					     .argv = (char *const *)(uintptr_t)argv,
					     .input = text,
					     .timeout_s = TIMEOUT_S,
					     .output_fd = -1,
					     .error_fd = -1 };
	char said[OUTPUT_MAX] = "";
	int status = 0;
	int r = find_program(legacy, "-restore", path);

	if (r == 0)
		r = program_run(&program, said, sizeof(said), &status);
	if (r < 0)
		return err_sys(e, r, "run %s", legacy->program);
	return status == 0 ? 0
			   : err_set(e, ERR_INTERNAL, -EIO,
				     "change the rules of the old iptables: %s: %s",
				     legacy->program, said);
}

/* A table that cannot be read is looked at by its program, once more. */
static bool is_open(const struct legacy *legacy)
{
	char path[PATH_SIZE];

	return !is_in_use(legacy) || find_program(legacy, "", path) < 0 ||
	       legacy_table_has_jump(legacy->family, FOREIGN_CHAIN) > 0;
}

bool foreign_legacy_is_open(void)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (!is_open(&families[i]))
			return false;
	return true;
}

static const char *target_chain(const struct legacy *legacy)
{
	static const char *const used[] = { "-C", "FORWARD", "-j", "DOCKER-USER", NULL };

	return asks(legacy, used) ? "DOCKER-USER" : "FORWARD";
}

static int open_one(const struct legacy *legacy, const struct strv *bridges, struct err *e)
{
	AUTO_STR struct str text = { 0 };
	char path[PATH_SIZE];
	const char *chain;
	int r;

	if (!is_in_use(legacy))
		return 0;
	if (find_program(legacy, "", path) < 0) {
		log_warn("tables of the old iptables are in use, and %s is not installed: "
			 "they may drop what containers send",
			 legacy->program);
		return 0;
	}
	chain = target_chain(legacy);
	foreign_rules_legacy(chain, has_jump(legacy, chain), bridges, &text);
	r = str_ok(&text);
	return r < 0 ? r : restore(legacy, str_text(&text), e);
}

int foreign_legacy_open(const struct strv *bridges, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]) && r == 0; i++)
		r = open_one(&families[i], bridges, e);
	return r;
}

static int close_one(const struct legacy *legacy, struct err *e)
{
	static const char *const chains[] = { "DOCKER-USER", "FORWARD" };
	AUTO_STR struct str text = { 0 };
	int r;

	if (!is_in_use(legacy) || !has_chain(legacy, FOREIGN_CHAIN))
		return 0;
	/* One may have come after the other. */
	str_add(&text, "*filter\n");
	for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++)
		if (has_jump(legacy, chains[i]))
			str_printf(&text, "-D %s -j " FOREIGN_CHAIN "\n", chains[i]);
	str_add(&text, "-F " FOREIGN_CHAIN "\n-X " FOREIGN_CHAIN "\nCOMMIT\n");
	r = str_ok(&text);
	return r < 0 ? r : restore(legacy, str_text(&text), e);
}

int foreign_legacy_close(struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]) && r == 0; i++)
		r = close_one(&families[i], e);
	return r;
}
