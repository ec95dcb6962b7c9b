/*
 * checkpoint and restore: refused by name, also with --help, for the exit code of that is how
 * podman asks whether a runtime has them.
 *
 * Runs in: runtime.
 */
#include "oci/oci.h"

static int refuse(struct oci *oci)
{
	struct err e = { 0 };

	(void)err_set(&e, ERR_UNSUPPORTED, -EOPNOTSUPP, "%s is not supported",
		      oci->command_name);
	return oci_report(oci, &e);
}

int oci_checkpoint(struct oci *oci, char **argv)
{
	(void)argv;
	return refuse(oci);
}

int oci_restore(struct oci *oci, char **argv)
{
	(void)argv;
	return refuse(oci);
}
