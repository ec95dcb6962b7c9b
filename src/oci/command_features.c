/*
 * features: what this runtime can do.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec features.md.
 */
#include <stdio.h>

#include "oci/features.h"
#include "oci/oci.h"

int oci_features(struct oci *oci, char **argv)
{
	const struct oci_syntax syntax = { 0 };
	AUTO_STR struct str text = { 0 };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;

	if (!oci_parse(oci, &syntax, argv, NULL, &args, &exit_code))
		return exit_code;
	if (features_print(&text, &e) < 0)
		return oci_report(oci, &e);
	(void)puts(str_text(&text));
	return 0;
}
