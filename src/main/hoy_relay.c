/*
 * hoy-relay [ADDRESS]: see relay/relay.h. Descriptor 3 is the queue of reserved ports (proto/reserved.h). Without an
 * address, for the container has none just now, every connection is ended.
 *
 * Before it touches a connection it is nobody, without a capability: it needs none to carry bytes.
 *
 * Runs in: relay.
 */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "linux/nobody.h"
#include "linux/process.h"
#include "relay/relay.h"

enum { QUEUE_FD = 3, FILES_MAX = 8192, EXIT_UNUSABLE = 125 };

/* Root gives everything up; whoever is not root has nothing to give. */
static int drop_privileges(void)
{
	int r = process_set_no_new_privileges();

	return r < 0 || geteuid() != 0 ? r : nobody_become();
}

int main(int argc, char **argv)
{
	const pid_t parent = getppid();
	struct relay *relay;

	if (argc > 2)
		return EXIT_UNUSABLE;
	(void)prctl(PR_SET_NAME, "hoy-relay");
	process_reset_signals();
	(void)signal(SIGPIPE, SIG_IGN);
	(void)process_close(QUEUE_FD + 1, ~0U);
	/* What it may not have is missed when it is needed, and a connection waits. */
	(void)process_set_limit(RLIMIT_NOFILE, FILES_MAX, FILES_MAX);
	relay = mmap(NULL, sizeof(*relay), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		     -1, 0);
	if (relay == MAP_FAILED || drop_privileges() < 0 || process_die_with_parent() < 0 ||
	    getppid() != parent || relay_open(relay, QUEUE_FD, argv[1]) < 0)
		return EXIT_UNUSABLE;
	(void)close(QUEUE_FD);
	return relay_run(relay) < 0 ? 1 : 0;
}
