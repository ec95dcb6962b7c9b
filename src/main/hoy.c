/*
 * hoy: the command line.
 *
 * See: cli/global.c, cli/command_table.c.
 */
#include <stdio.h>
#include <sys/resource.h>

#include "base/fd.h"
#include "cli/global.h"

/* A start holds about sixty descriptors, and the monitor takes its own up to number 64. */
enum { FILES_WANTED = 256, FILES_NEEDED = 80 };

/* Under a very low limit of open files we raise it, the hard one too where we may. */
static int main_raise_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= FILES_WANTED)
		return 0;
	limit.rlim_cur = FILES_WANTED;
	if (limit.rlim_max < FILES_WANTED) {
		struct rlimit both = { FILES_WANTED, FILES_WANTED };

		if (setrlimit(RLIMIT_NOFILE, &both) == 0)
			return 0;
		limit.rlim_cur = limit.rlim_max;
	}
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur >= FILES_NEEDED)
		return 0;
	(void)fprintf(stderr,
		      "hoy: only %llu files may be open and the limit cannot be raised: %d are "
		      "needed (ulimit -n).\n",
		      (unsigned long long)limit.rlim_cur, FILES_NEEDED);
	return -1;
}

int main(int argc, char **argv)
{
	if (argc < 1 || fd_open_standard() < 0 || main_raise_files() < 0)
		return EXIT_USAGE;
	return global_run(argv);
}
