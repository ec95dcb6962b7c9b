/*
 * What hoy-runtime and hoy-systemd say to each other, over one stream socket that is the
 * latter's descriptor 0.
 *
 *   hoy-runtime                          hoy-systemd [--user] start|set|stop UNIT
 *   properties, an empty line   ---->    D-Bus: StartTransientUnit, SetUnitProperties, StopUnit
 *                               <----    struct systemd_reply
 *   end of file                 ---->    only of `start`: the process that kept the scope alive
 *                                        ends, and hoy-systemd with it
 *
 * A property is one line of fields that tabs separate: its name, its D-Bus signature, and the
 * value: one field (s b i u x t), one for each element (as au), hexadecimal bytes (ay), or two
 * for each element (a(ss)).
 *
 *   Slice <tab> s <tab> machine.slice
 *   MemoryMax <tab> t <tab> 67108864
 *   DeviceAllow <tab> a(ss) <tab> /dev/char/1:3 <tab> rwm <tab> char-pts <tab> rw
 *
 * Runs in: runtime, hoy-systemd.
 */
#ifndef HOY_PROTO_SYSTEMD_H
#define HOY_PROTO_SYSTEMD_H

#include <limits.h>

#include "base/err.h"

enum { SYSTEMD_REQUEST_MAX = 256 * 1024 };

struct systemd_reply {
	struct err e;		      /* kind ERR_NONE: done */
	char control_group[PATH_MAX]; /* of a started unit */
};

#endif
