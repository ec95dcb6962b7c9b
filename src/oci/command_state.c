/*
 * state: what a container is doing, as JSON.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec runtime.md "State".
 */
#include <stdio.h>

#include "oci/container.h"

static const struct oci_syntax syntax = {
	.min = 1,
	.max = 1,
	.arguments = "<container-id>",
};

int oci_state(struct oci *oci, char **argv)
{
	AUTO_CONTAINER struct oci_container container = { .dir_fd = -EBADF };
	AUTO_STR struct str text = { 0 };
	struct strv args = { 0 };
	struct err e = { 0 };
	enum oci_status status;
	int exit_code;

	if (!oci_parse(oci, &syntax, argv, NULL, &args, &exit_code))
		return exit_code;
	if (container_open(oci, args.items[0], CONTAINER_READ, &container, &e) < 0)
		return oci_report(oci, &e);
	status = container_status(&container);
	container_state_json(container.id, &container.state, oci_status_text(status),
			     status == OCI_STOPPED ? 0 : container.state.pid, "  ", &text);
	(void)puts(str_text(&text));
	return 0;
}
