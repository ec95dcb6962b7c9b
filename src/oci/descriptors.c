/*
 * See descriptors.h.
 *
 * Runs in: runtime, before it opens anything.
 */
#include "oci/descriptors.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIRST = STDERR_FILENO + 1, KEEP_MAX = 1024 };

/* $LISTEN_PID says whom they are for: an environment outlives its descriptors. Without one they are
 * ours, as crun has it. */
static bool is_for_us(void)
{
	const char *text = getenv("LISTEN_PID");
	uint64_t pid = 0;

	return !text || (parse_u64(text, 1, INT32_MAX, &pid) == 0 && pid == (uint64_t)getpid());
}

static uint64_t listen_count(void)
{
	const char *text = getenv("LISTEN_FDS");
	uint64_t count = 0;

	if (text && is_for_us())
		(void)parse_u64(text, 0, KEEP_MAX, &count);
	return count;
}

int descriptors_find(int64_t preserved, struct descriptors *ret, struct err *e)
{
	uint64_t listening = listen_count();
	uint64_t count = listening + (uint64_t)preserved;

	if (preserved < 0 || count > KEEP_MAX)
		return err_set(e, ERR_INVALID, -EINVAL, "--preserve-fds: 0 to %d expected",
			       KEEP_MAX);
	for (uint64_t i = 0; i < count; i++) {
		if (fcntl(FIRST + (int)i, F_GETFD) < 0)
			return err_sys(e, errno, "descriptor %d, which is to be preserved",
				       FIRST + (int)i);
	}
	ret->listen_count = (unsigned int)listening;
	ret->keep_count = (unsigned int)count;
	return 0;
}

void descriptors_say(const struct descriptors *descriptors, struct strv *env,
		     struct arena *arena)
{
	if (descriptors->listen_count == 0)
		return;
	strv_env_set(env, arena,
		     arena_printf(arena, "LISTEN_FDS=%u", descriptors->listen_count));
	strv_env_set(env, arena, "LISTEN_PID=1");
}
