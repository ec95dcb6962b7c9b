/*
 * Names of signals as docker's --stop-signal and kill -s take them, and as images say
 * STOPSIGNAL.
 *
 * Runs in: cli.
 * See: signal(7); moby/sys/signal.
 */
#ifndef HOY_FORMAT_SIGNAL_H
#define HOY_FORMAT_SIGNAL_H

/* "TERM", "SIGTERM", "sigterm", "15", "RTMIN+3", "RTMAX-2" to 1..64. Returns 0 or -EINVAL. */
int signal_parse(const char *text, int *ret_signal);
/* "SIGTERM"; NULL for the real-time ones and what is no signal. */
const char *signal_name(int number);

#endif
