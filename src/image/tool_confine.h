/*
 * Giving up everything that is not needed to place files below one directory, before the first
 * foreign byte is read.
 *
 * Runs in: image.
 */
#ifndef HOY_IMAGE_TOOL_CONFINE_H
#define HOY_IMAGE_TOOL_CONFINE_H

#include "base/err.h"

enum confine_kind {
	/* the directory is written: CHOWN DAC_OVERRIDE FOWNER FSETID MKNOD SETFCAP remain */
	CONFINE_WRITE,
	CONFINE_SPOOL, /* the directory is written by its owner: there is no capability */
	CONFINE_READ,  /* it is read, mounted read-only: DAC_READ_SEARCH remains */
	CONFINE_BYTES  /* there is no directory and no capability: the root is empty */
};

/*
 * For this process and for good: only the descriptors of tool.h stay open, none of them (but
 * TOOL_DIRECTORY) a directory; own mount, network, ipc and uts namespaces; the directory behind
 * TOOL_DIRECTORY, without devices, set-user-id and programs, is the root and all there is, or
 * nothing at all; few capabilities and no way to new ones; resource limits; and a list of the
 * system calls that are allowed, everything else kills the process. Afterwards TOOL_DIRECTORY
 * is that root. Returns 0 or -errno.
 */
int tool_confine(enum confine_kind kind, struct err *e);

#endif
