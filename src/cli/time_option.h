/*
 * --since and --until of logs: a moment, or how long ago.
 *
 * Runs in: cli.
 * See: docker logs --since.
 */
#ifndef HOY_CLI_TIME_OPTION_H
#define HOY_CLI_TIME_OPTION_H

#include <stdint.h>

#include "base/err.h"

/*
 * "2013-01-02T13:23:37.5Z", with an offset, without one (local time), only the date, seconds
 * since 1970 (perhaps with a fraction), or a Go duration before now ("42m"). Returns 0 with
 * wall clock nanoseconds, or -EINVAL with a sentence.
 */
int time_option(const char *value, uint64_t now_ns, uint64_t *ret_wall_ns, struct err *e);

#endif
