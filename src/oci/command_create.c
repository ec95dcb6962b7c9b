/*
 * create: everything of a container but the start of its program.
 *
 * Runs in: runtime.
 */
#include "oci/birth.h"

static const struct option options[] = {
	CREATE_OPTIONS,
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};

static const struct oci_syntax syntax = {
	.options = options,
	.min = 1,
	.max = 1,
	.arguments = "<container-id>",
};

int oci_create(struct oci *oci, char **argv)
{
	struct create_options values = { 0 };
	struct birth birth = {
		.oci = oci,
		.options = &values,
		.is_detached = true,
		.waits_for_other = true,
	};
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;

	if (!oci_parse(oci, &syntax, argv, &values, &args, &exit_code))
		return exit_code;
	if (descriptors_find(values.preserve_fds, &birth.descriptors, &e) < 0 ||
	    birth_run(&birth, args.items[0], &e) < 0)
		return oci_report(oci, &e);
	birth_done(&birth);
	return 0;
}
