/*
 * -s SIGNAL of kill and stop.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_SIGNAL_OPTION_H
#define HOY_CLI_SIGNAL_OPTION_H

#include "base/err.h"
#include "format/signal.h"

static inline int signal_option(const char *value, int *ret_signal, struct err *e)
{
	if (signal_parse(value, ret_signal) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "invalid signal: %s", value);
	return 0;
}

#endif
