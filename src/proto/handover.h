/*
 * What the process that starts a container leaves to hoy-monitor, which it becomes by
 * execve(2).
 *
 * argv of the monitor: hoy-monitor ID HOY ROOT RUNROOT, where HOY is the path of the hoy
 * program; when the container has ended and the exit file is written, the monitor executes `HOY
 * --root ROOT --runroot RUNROOT internal reap ID` in its own pid; `... internal relay ID`, in a
 * child, when something waits at MONITOR_FD_RELAYED; `... internal resolver ID`, in a process
 * that is nobody's child, when hoy-dns has ended. Everything else is in a sealed memfd at
 * MONITOR_FD_TABLE, and the descriptors below are at fixed numbers; one that is not there is
 * closed (the monitor tests with fcntl F_GETFD). Nothing else is open.
 *
 * Runs in: runtime/engine (writes), monitor (reads).
 */
#ifndef HOY_PROTO_HANDOVER_H
#define HOY_PROTO_HANDOVER_H

#include <stdint.h>

enum { HANDOVER_MAGIC = 0x524f564f, HANDOVER_VERSION = 1, HANDOVER_LOG_FILES_MAX = 999 };

/* The log in the container's directory: ID and this; rotated ones have ".1" (the newest) and so
 * on behind it. */
#define HANDOVER_LOG_SUFFIX "-json.log"

enum monitor_fd {
	MONITOR_FD_TABLE = 3, /* struct handover */
	MONITOR_FD_PIDFD = 4, /* of init, the monitor's child */
	MONITOR_FD_ALIVE = 5, /* the run directory's `alive` file, flock(2)ed exclusively; let
				 go after the exit file is written */
	MONITOR_FD_CONTAINER =
		6, /* directory of the container: `exit` and the log are written here */
	MONITOR_FD_STDIN = 7,  /* write end of the program's standard input (pipe) */
	MONITOR_FD_STDOUT = 8, /* read ends */
	MONITOR_FD_STDERR = 9,
	MONITOR_FD_CONSOLE =
		10, /* terminal: unix socket on which init sends the pty master, once */
	MONITOR_FD_LISTEN =
		11, /* listening SOCK_SEQPACKET socket `attach` of the run directory */
	MONITOR_FD_CLIENT = 12, /* connected SOCK_SEQPACKET: the first client, the one that
				   started the container */
	MONITOR_FD_MEMORY =
		13, /* directory of the cgroup that counts OOM kills (v1 memory, v2 own) */
	MONITOR_FD_PORTS = 14, /* a socket in whose queue the sockets lie that reserve published
				  ports (proto/reserved.h) */
	MONITOR_FD_RELAYED = 15, /* epoll descriptor over those that are for hoy-relay: readable
				    when it is needed */
	MONITOR_FD_LIFE = 16,	 /* reading end of the pipe whose writing end hoy-dns holds: see
				    proto/dns.h; a container without networks has none */
	MONITOR_FD_COUNT
};

enum handover_flags {
	HANDOVER_TERMINAL = 1 << 0,
	HANDOVER_OPEN_STDIN = 1 << 1, /* -i: standard input is kept open for attachers */
	HANDOVER_STDIN_ONCE =
		1 << 2, /* close it when the first client's input ends or that client goes */
	HANDOVER_LOG = 1 << 3,		/* write the log */
	HANDOVER_EXIT_DURABLE = 1 << 4, /* fsync the exit file */
	HANDOVER_CGROUP_V2 = 1 << 5,
	HANDOVER_NO_EXIT_FILE = 1 << 6, /* a detached exec: wait, drain, end */
	HANDOVER_REAP = 1 << 7		/* execute `hoy internal reap` at the end */
};

struct handover {
	uint32_t magic;
	uint32_t version;
	uint32_t flags;
	int32_t init_pid;
	uint64_t run; /* how many times this container was started, this one included: goes into
			 the exit file */
	uint64_t started_ns;	/* wall clock */
	uint64_t log_max_bytes; /* of one log file; 0: unbounded */
	uint32_t log_max_files; /* 1 .. HANDOVER_LOG_FILES_MAX, the current one included */
	uint32_t unused;
};

/* Read what lies at `fd`. Returns 0, -EBADMSG (another version, or values out of range) or
 * -errno. */
int handover_read(int fd, struct handover *ret);

#endif
