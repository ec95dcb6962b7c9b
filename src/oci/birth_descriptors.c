/*
 * Descriptors that a container's program inherits: sockets of the service manager
 * ($LISTEN_FDS), then as many more as --preserve-fds says.
 *
 * Runs in: runtime, before it opens anything.
 * See: sd_listen_fds(3); runc-create(8) "--preserve-fds".
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "oci/birth.h"

enum { FIRST = STDERR_FILENO + 1, KEEP_MAX = 1024 };

static uint64_t listen_count(void)
{
	const char *text = getenv("LISTEN_FDS");
	uint64_t count = 0;

	if (text)
		(void)parse_u64(text, 0, KEEP_MAX, &count);
	return count;
}

int birth_descriptors(struct birth *birth, struct err *e)
{
	uint64_t listening = listen_count();
	uint64_t count = listening + (uint64_t)birth->options->preserve_fds;

	if (birth->options->preserve_fds < 0 || count > KEEP_MAX)
		return err_set(e, ERR_INVALID, -EINVAL, "--preserve-fds: 0 to %d expected",
			       KEEP_MAX);
	for (uint64_t i = 0; i < count; i++) {
		if (fcntl(FIRST + (int)i, F_GETFD) < 0)
			return err_sys(e, errno, "descriptor %d, which is to be preserved",
				       FIRST + (int)i);
	}
	birth->listen_count = (unsigned int)listening;
	birth->keep_count = (unsigned int)count;
	return 0;
}

void birth_descriptors_say(struct birth *birth)
{
	struct strv *env = &birth->bundle.spec.process.env;
	struct arena *arena = &birth->oci->arena;

	if (birth->listen_count == 0)
		return;
	strv_env_set(env, arena, arena_printf(arena, "LISTEN_FDS=%u", birth->listen_count));
	strv_env_set(env, arena, "LISTEN_PID=1");
}
