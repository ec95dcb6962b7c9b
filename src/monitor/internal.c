/* See internal.h. */
#include "monitor/internal.h"

#include <unistd.h>

#include "monitor/process.h"

void internal_execute(const struct monitor *monitor, char *verb)
{
	char root[] = "--root", runroot[] = "--runroot", internal[] = "internal";
	char *args[] = { monitor->args[2], root, monitor->args[3], runroot, monitor->args[4],
			 internal,	   verb, monitor->args[1], NULL };

	process_restore_signals();
	(void)execv(args[0], args);
}
