/*
 * Flags of a command, as a table, read by docker's (pflag's) rules: --flag value, --flag=value,
 * -abc, -eFOO, -e FOO, -e=FOO,
 * --bool=false, `--` ends, nothing may be abbreviated.
 *
 * getopt_long and argp accept abbreviated flags and permute differently, which docker's users
 * would notice; so this is our own. A value lands in a field of the command's own structure
 * (`offset`), or goes to a setter that checks it.
 *
 * Runs in: cli, runtime.
 * See: pkg.go.dev/github.com/spf13/pflag.
 */
#ifndef HOY_FORMAT_OPTION_H
#define HOY_FORMAT_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

enum option_kind {
	OPTION_END = 0, /* of the table */
	OPTION_BOOL,	/* bool; "--flag" alone is true */
	OPTION_TEXT,	/* char *: borrowed from argv */
	OPTION_LIST,	/* struct strv: each use appends, borrowed from argv */
	OPTION_FILTER,	/* the same, but each must be "name=value" */
	OPTION_INT,	/* int64_t, decimal, may be negative */
	OPTION_SIZE,	/* int64_t bytes: "64m", "1.5g" */
	OPTION_VALUE,	/* anything else: needs a setter */
	OPTION_REFUSED, /* known to docker or podman, takes a value, not here yet */
	OPTION_REFUSED_BOOL
};

/*
 * Check `value` (of a BOOL: "true" or "false") and put it into `values`, the command's
 * structure; what must live goes into `arena`. Returns 0, or -errno with what is wrong with the
 * value in `e`, without naming the flag: the parser puts `invalid argument "x" for "-m,
 * --memory" flag: ` in front.
 */
typedef int option_setter(void *values, struct arena *arena, const char *value, struct err *e);

struct option {
	const char *name; /* "memory" */
	char letter;	  /* 'm', or 0 */
	enum option_kind kind;
	size_t offset;		/* of the field; not used with a setter */
	option_setter *set;	/* NULL: by kind */
	const char *value_name; /* in the help: "bytes"; NULL: by kind */
	const char *help;	/* NULL: works, but is not listed */
};

enum option_result { OPTION_RUN = 0, OPTION_WANTS_HELP = 1 };

/*
 * Read `argv` (NULL-terminated, without the command's name) into `values` and the arguments
 * that are no flags into `ret_args`. `stops_at_argument`: flags end at the first argument, as
 * for run, create and exec. Returns an option_result; -EINVAL with docker's sentence, ready to
 * print; -EOPNOTSUPP with kind ERR_UNSUPPORTED and
 * "--publish is not supported yet" for a refused one.
 */
int option_parse(const struct option *options, bool stops_at_argument, char *const *argv,
		 void *values, struct arena *arena, struct strv *ret_args, struct err *e);

/* The "Options:" lines of a help text in docker's layout, wrapped at `width` columns, appended
 * to `out`. Nothing for no flags. */
void option_help(const struct option *options, size_t width, struct str *out);

/* text_quote, cut at 200 characters: a value in an error sentence. */
void option_quote(const char *text, struct str *out);

/* Go's strconv.ParseBool: 1 t T TRUE true True and their opposites. Returns 0 or -EINVAL with
 * Go's sentence. */
int option_parse_bool(const char *text, bool *ret, struct err *e);
/* Go's strconv.ParseInt, decimal (a leading '+' too). Returns 0, or -EINVAL / -ERANGE with Go's
 * sentence. */
int option_parse_int(const char *text, int64_t *ret, struct err *e);
/* Bytes as docker's MemBytes. Returns 0 or -EINVAL with "invalid size: 'x'". Never negative. */
int option_parse_size(const char *text, int64_t *ret, struct err *e);

#endif
