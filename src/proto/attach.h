/*
 * Attach: the streams of a running container, over a SOCK_SEQPACKET unix socket; one packet is
 * one frame.
 *
 *   client (hoy run, attach)             hoy-monitor
 *   ATTACH_HELLO {version, flags} ---->  first, also from the client handed over at the start
 *   ATTACH_INPUT bytes            ---->  the program's standard input or terminal
 *                                 <----  ATTACH_INPUT_TAKEN count: so many bytes went there
 *   ATTACH_INPUT_END              ---->  end of input (ignored with a terminal)
 *   ATTACH_RESIZE {rows, columns} ---->
 *   ATTACH_SIGNAL number          ---->  to the program (init's pidfd)
 *                                 <----  ATTACH_OUTPUT, ATTACH_ERROR bytes
 *                                 <----  ATTACH_DROPPED count: this client was too slow for them
 *                                 <----  ATTACH_EXIT {code}: the container has ended, the exit
 *                                        file is written, nothing follows
 *
 * Detaching is closing the socket.
 *
 * Flow control of output: a client whose socket is full gets a bounded queue. While it is the
 * only client and the one that started the container, a queue that is not empty stops the
 * reading of the container's output (no byte is lost, as with a pipe); any other client that
 * stalls loses the oldest output and is told how much.
 *
 * Flow control of input: a client keeps at most ATTACH_INPUT_WINDOW bytes on their way, those
 * sent and not yet told taken. So the monitor reads every client always, and a signal or a new
 * size never waits behind input that the program does not read. A client that sends more is cut
 * off.
 *
 * Runs in: cli/engine (client), monitor (server).
 */
#ifndef HOY_PROTO_ATTACH_H
#define HOY_PROTO_ATTACH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { ATTACH_VERSION = 1, ATTACH_DATA_MAX = 32768, ATTACH_INPUT_WINDOW = 32768 };

enum attach_type {
	ATTACH_HELLO = 1,
	ATTACH_INPUT,
	ATTACH_INPUT_END,
	ATTACH_RESIZE,
	ATTACH_SIGNAL,
	ATTACH_OUTPUT,
	ATTACH_ERROR,
	ATTACH_DROPPED,
	ATTACH_EXIT,
	ATTACH_INPUT_TAKEN
};

enum attach_flags {
	ATTACH_WANT_OUTPUT = 1 << 0,
	ATTACH_WANT_ERROR = 1 << 1,
	ATTACH_WANT_INPUT = 1 << 2 /* this client's input goes to the program */
};

struct attach_header {
	uint8_t version;
	uint8_t type;	/* enum attach_type */
	uint16_t flags; /* HELLO: enum attach_flags */
	uint32_t value; /* RESIZE: rows << 16 | columns; SIGNAL: number; EXIT: code; DROPPED,
			   INPUT_TAKEN: bytes */
};

/* Send one frame; `len` <= ATTACH_DATA_MAX. Returns 0, -EAGAIN (full, non-blocking) or -errno.
 * Never raises SIGPIPE. */
int attach_send(int fd, const struct attach_header *header, const void *data, size_t len);
/*
 * Receive one frame into `data` (ATTACH_DATA_MAX bytes). Returns the number of data bytes >= 0,
 * -EPIPE at the end, -EAGAIN, -EPROTO for another version or a broken frame, or -errno.
 */
ssize_t attach_receive(int fd, struct attach_header *ret, void *data);

#endif
