/*
 * The monitor of one container: everything that it knows.
 *
 * Life cycle: monitor_new (one mapping of zeroed memory), then monitor_run until it ends. Big
 * buffers are at the end of the mapping on pages of their own, touched only while there is
 * something to copy and given back when it has been quiet.
 *
 * Runs in: monitor.
 */
#ifndef HOY_MONITOR_MONITOR_H
#define HOY_MONITOR_MONITOR_H

#include <stdbool.h>
#include <stdint.h>

#include "monitor/client.h"
#include "monitor/output_log.h"
#include "monitor/resolver.h"
#include "proto/handover.h"

enum { MONITOR_CLIENT_MAX = 24, MONITOR_PAGE = 4096 };

/* Pages that are needed only while something is copied. */
struct monitor_buffers {
	char data[ATTACH_DATA_MAX]; /* of one read: output, or a client's frame */
	char log[LOG_FILE_BUFFER];
	char pending[2][OUTPUT_LOG_CHUNK];
};

struct monitor {
	struct handover table;
	char **args;	/* of the program: name, id, hoy, root, runroot */
	int pidfd;	/* -EBADF: init has ended and was waited for */
	int outputs[2]; /* pipes; with a terminal its master and -EBADF */
	int input;	/* pipe or the terminal's master; -EBADF: closed */
	int console;	/* socket on which the terminal comes */
	int terminal;	/* its master */
	int peer; /* its other side, held open: it must not end while nobody inside has it open
		   */
	int listen;
	int relayed;		 /* readable when hoy-relay is needed; -EBADF: never */
	int relay_pidfd;	 /* of hoy-relay, a child; -1: none runs */
	uint64_t relay_retry_ns; /* monotonic: not before; 0: at once */
	uint32_t size;		 /* rows << 16 | columns: asked for before the terminal came */
	int exit_code;
	struct resolver resolver;
	struct output_log log;
	struct client clients[MONITOR_CLIENT_MAX];
	struct monitor_buffers buffers __attribute__((aligned(MONITOR_PAGE)));
};

/* Take over what the starter left at the fixed numbers. Returns 0 or -errno. */
int monitor_open(struct monitor *monitor, char **args);
/* Supervise until init has ended, and write down how. Does not return before. */
void monitor_run(struct monitor *monitor);

#endif
