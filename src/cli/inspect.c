/*
 * See inspect.h.
 *
 * Runs in: cli.
 */
#include "cli/inspect.h"

#include <stdio.h>
#include <string.h>

#include "cli/listing.h"
#include "cli/network_json.h"
#include "cli/volume_json.h"
#include "format/json.h"

enum { EXIT_TEMPLATE = 64 /* as docker, for a template that does not parse */ };

int inspect_container(struct engine *engine, const char *name, struct json_object **ret,
		      struct err *e)
{
	return engine_inspect(engine, name, ret, e);
}

int inspect_image(struct engine *engine, const char *name, struct json_object **ret,
		  struct err *e)
{
	return engine_image_inspect(engine, name, ret, e);
}

int inspect_network(struct engine *engine, const char *name, struct json_object **ret,
		    struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct network_member *members;
	struct network network;
	size_t count;
	int r = engine_network_get(engine, name, &arena, &network, e);

	if (r == 0)
		r = engine_network_members(engine, &network, &arena, &members, &count, e);
	if (r < 0)
		return r;
	*ret = network_json(&network, members, count);
	return *ret ? 0 : -ENOMEM;
}

int inspect_volume(struct engine *engine, const char *name, struct json_object **ret,
		   struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct volume volume;
	int r = engine_volume_get(engine, name, &arena, &volume, e);

	if (r < 0)
		return r;
	*ret = volume_json(&volume);
	return *ret ? 0 : -ENOMEM;
}

/* The first finder that knows it. Anything but "not found" is an error of its own. */
static int inspect_find(struct engine *engine, const struct inspect_request *request,
			const char *name, struct json_object **ret, struct err *e)
{
	for (size_t i = 0; request->finders[i]; i++) {
		int r;

		*e = (struct err){ 0 };
		r = request->finders[i](engine, name, ret, e);
		if (r == 0 || e->kind != ERR_NOT_FOUND)
			return r;
	}
	return err_set(e, ERR_NOT_FOUND, -ENOENT, "No such %s: %s", request->what, name);
}

/* Docker's "Error: No such object: x". */
static void inspect_say(struct str *said, const struct err *e)
{
	str_printf(said, "Error: %s\n", e->text);
}

static int inspect_whole(struct json_object *found)
{
	AUTO_STR struct str text = { 0 };

	json_pretty(found, &text);
	(void)printf("%s%s", str_text(&text), str_ends(str_text(&text), "\n") ? "" : "\n");
	return str_ok(&text);
}

static int inspect_format(const char *format, struct json_object *found, struct err *e)
{
	size_t count = json_object_array_length(found);
	size_t printed = 0;
	int r = 0;

	/* The whole answer on one line. */
	if (strcmp(format, "json") == 0)
		return listing_print_one(format, found, e);
	while (printed < count && r == 0) {
		r = listing_print_one(format, json_object_array_get_idx(found, printed), e);
		printed += r == 0;
	}
	/* As docker, also where the first object does not fit the template. */
	if (printed == 0)
		(void)puts("");
	return r;
}

int inspect_print(struct cli *cli, const struct inspect_request *request,
		  const struct strv *names)
{
	AUTO_JSON struct json_object *found = json_object_new_array();
	AUTO_STR struct str said = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int r;

	if (request->format && listing_check(request->format, &e) < 0) {
		(void)cli_report(&e);
		return EXIT_TEMPLATE;
	}
	if (cli_engine(cli, &engine, &e) < 0)
		return cli_report(&e);
	for (size_t i = 0; i < names->count; i++) {
		struct json_object *object = NULL;

		if (inspect_find(engine, request, names->items[i], &object, &e) < 0)
			inspect_say(&said, &e);
		else
			(void)json_object_array_add(found, object);
	}
	r = request->format ? inspect_format(request->format, found, &e) : inspect_whole(found);
	(void)fflush(stdout);
	(void)fputs(str_text(&said), stderr);
	if (r < 0)
		return cli_report(&e);
	return said.len > 0 ? EXIT_FAILED : 0;
}
