/*
 * delete: remove what a stopped container has left; with --force a running one as well.
 *
 * Runs in: runtime.
 */
#include "oci/container_match.h"
#include "oci/destroy.h"

struct values {
	bool is_forced;
	bool is_regex;
};

static const struct option options[] = {
	{ "force", 'f', OPTION_BOOL, offsetof(struct values, is_forced), NULL, NULL,
	  "Kill the container if it still runs; one that does not exist is no error" },
	{ "regex", 'r', OPTION_BOOL, offsetof(struct values, is_regex), NULL, NULL,
	  "The id is a regular expression: delete all that match" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};

static const struct oci_syntax syntax = {
	.options = options,
	.min = 1,
	.max = 1,
	.arguments = "<container-id>",
};

/* What has no state may still have left a directory and a cgroup. */
static int delete_absent(struct oci *oci, const char *id, bool is_forced, struct err *e)
{
	struct err why = { 0 };
	int r = container_remove_debris(oci, id, &why);

	if (r < 0) {
		*e = why;
		return r;
	}
	return is_forced ? 0 : -ENOENT;
}

/* A created container has run nothing yet: it is killed without asking, as runc does. */
static int stop(const struct oci_container *container, bool is_forced, struct err *e)
{
	enum oci_status status = container_status_of_init(container);

	if (status == OCI_STOPPED && !is_forced)
		return 0;
	if (status == OCI_RUNNING && !is_forced)
		return err_set(e, ERR_CONFLICT, -EBUSY,
			       "cannot delete container %s that is not stopped: %s",
			       container->id, oci_status_text(container_status(container)));
	return destroy_kill(container, is_forced, e);
}

static int container_delete(struct oci *oci, const char *id, const void *context, struct err *e)
{
	bool is_forced = ((const struct values *)context)->is_forced;
	AUTO_CONTAINER struct oci_container container = { .dir_fd = -EBADF };
	int r = container_open(oci, id, CONTAINER_LOCK, &container, e);

	if (r == -ENOENT)
		return delete_absent(oci, id, is_forced, e);
	if (r == 0)
		r = stop(&container, is_forced, e);
	return r < 0 ? r : destroy_remove(oci, &container, e);
}

int oci_delete(struct oci *oci, char **argv)
{
	struct values values = { 0 };
	struct strv args = { 0 };
	int exit_code;

	if (!oci_parse(oci, &syntax, argv, &values, &args, &exit_code))
		return exit_code;
	return container_match(oci, args.items[0], values.is_regex, container_delete, &values);
}
