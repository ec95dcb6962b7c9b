/*
 * `hoy internal relay ID`: what a monitor's child executes when something waits at a port that the
 * rules cannot redirect.
 *
 * The address is looked up each time: networks come and go while a container runs.
 *
 * Runs in: cli (engine).
 * See: monitor/relaying.h; relay/relay.h.
 */
#include <limits.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/program.h"
#include "engine/engine.h"
#include "network/port_reserve.h"

int engine_relay(struct engine *engine, const char *id, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct endpoints endpoints;
	const struct ip_address *target;
	char address[IP_TEXT_SIZE];
	char program[PATH_MAX];
	char name[] = "hoy-relay";
	char *argv[] = { name, NULL, NULL };
	int r = endpoints_read(&engine->state, id, &arena, &endpoints);

	if (r < 0)
		return err_sys(e, r, "read the endpoints of container %.12s", id);
	target = port_relay_target(&endpoints);
	if (target) {
		ip_format(target, address);
		argv[1] = address;
	}
	FAULT("exec relay");
	r = program_path(name, program, sizeof(program), e);
	if (r < 0)
		return r;
	(void)execve(program, argv, fault_environment());
	return err_sys(e, errno, "execute %s", program);
}
