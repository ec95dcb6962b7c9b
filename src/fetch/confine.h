/*
 * Giving up everything but the network, before the first foreign byte is read.
 *
 * Runs in: fetch.
 */
#ifndef HOY_FETCH_CONFINE_H
#define HOY_FETCH_CONFINE_H

#include "base/err.h"

/*
 * For this process and for good (descriptors are the caller's matter): its root is an empty, read-only file system with the few files of /etc that finding an address takes; as root it
 * becomes nobody; no capability and no way to one; it cannot be traced; resource limits; and a list
 * of system calls, everything else kills it: sockets for the internet only, threads but no
 * processes. Run by somebody who may not do all of that, it does what he may.
 */
int fetch_confine(struct err *e);

#endif
