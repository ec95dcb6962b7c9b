/*
 * Properties of a unit, from the lines of proto/systemd.h to a D-Bus message.
 *
 * Runs in: hoy-systemd.
 */
#ifndef HOY_SYSTEMD_PROPERTY_H
#define HOY_SYSTEMD_PROPERTY_H

#include <systemd/sd-bus.h>

#include "base/err.h"

/* Append an array a(sv) of what `lines` say, which are taken apart, and before them PIDs=`pid`
 * unless that is 0. Returns 0 or -errno. */
int properties_append(sd_bus_message *message, char *lines, pid_t pid, struct err *e);

#endif
