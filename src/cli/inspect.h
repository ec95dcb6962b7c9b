/*
 * The inspect commands: objects as a JSON array or through a template, with what was not found
 * told at the end.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_INSPECT_H
#define HOY_CLI_INSPECT_H

#include "cli/cli.h"

struct json_object;

/* Find an object by its name: a new one owned by the caller, or -ENOENT with kind
 * ERR_NOT_FOUND. */
typedef int inspect_finder(struct engine *engine, const char *name, struct json_object **ret,
			   struct err *e);

struct inspect_request {
	inspect_finder *const *finders; /* tried in this order; ends with NULL */
	const char *what;		/* for "No such <what>: NAME" */
	const char *format;		/* NULL: the whole as JSON */
};

/* Print all of `names`. Returns the exit code. */
int inspect_print(struct cli *cli, const struct inspect_request *request,
		  const struct strv *names);

int inspect_container(struct engine *engine, const char *name, struct json_object **ret,
		      struct err *e);
int inspect_image(struct engine *engine, const char *name, struct json_object **ret,
		  struct err *e);
int inspect_network(struct engine *engine, const char *name, struct json_object **ret,
		    struct err *e);
int inspect_volume(struct engine *engine, const char *name, struct json_object **ret,
		   struct err *e);

#endif
