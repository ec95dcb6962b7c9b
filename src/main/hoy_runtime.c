/*
 * hoy-runtime: the OCI runtime, with runc's command line.
 *
 * See: oci/global.c, oci/command_table.c.
 */
#include "base/fd.h"
#include "oci/oci.h"

int main(int argc, char **argv)
{
	if (argc < 1 || fd_open_standard() < 0)
		return OCI_FAILED;
	return oci_run(argv);
}
