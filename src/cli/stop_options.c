/*
 * See stop_options.h.
 *
 * Runs in: cli.
 */
#include "cli/stop_options.h"

#include <stdio.h>

#include "cli/signal_option.h"
#include "format/option.h"
#include "format/signal.h"

enum { STOP_TIMEOUT_MAX = 1000000 };

int stop_options_signal(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)arena;
	return signal_option(value, &((struct stop_options *)values)->signal, e);
}

int stop_options_timeout(void *values, struct arena *arena, const char *value, struct err *e)
{
	int64_t seconds;
	int r = option_parse_int(value, &seconds, e);

	(void)arena;
	if (r < 0)
		return r;
	if (seconds < -1 || seconds > STOP_TIMEOUT_MAX)
		return err_set(e, ERR_INVALID, -ERANGE,
			       "range is from 0 to %d seconds, or -1 for no end",
			       STOP_TIMEOUT_MAX);
	((struct stop_options *)values)->timeout = seconds == -1 ? STOP_PATIENT : (int)seconds;
	return 0;
}

void stop_options_tell(const char *name, const struct engine_stop_report *report)
{
	const char *signal = signal_name(report->signal);

	if (report->is_signal_unhandled)
		(void)fprintf(stderr,
			      "hoy: %s: its PID 1 does not handle %s and was killed at once "
			      "(run it with --init, or install a"
			      " handler).\n",
			      name, signal ? signal : "the stop signal");
}
