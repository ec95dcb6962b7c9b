/*
 * Transient units of systemd over D-Bus: started, changed, stopped, each until the manager says
 * that it is done.
 *
 * Runs in: hoy-systemd.
 * See: org.freedesktop.systemd1(5), sd-bus(3).
 */
#ifndef HOY_SYSTEMD_UNIT_H
#define HOY_SYSTEMD_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

#include "base/err.h"

/* The system's manager, or the caller's own. The bus is owned by the caller. */
int unit_bus_open(bool is_user, sd_bus **ret, struct err *e);

/*
 * Start a scope that `pid` is in. What is left of a failed one of that name is forgotten first.
 * The lines are those of proto/systemd.h and taken apart. Returns 0, -EEXIST, or -errno.
 */
int unit_start(sd_bus *bus, const char *unit, char *lines, pid_t pid, struct err *e);

/* Its control group below the manager's root. */
int unit_control_group(sd_bus *bus, const char *unit, char *ret, size_t size, struct err *e);

int unit_set(sd_bus *bus, const char *unit, char *lines, struct err *e);

/* Gone already is fine. */
int unit_stop(sd_bus *bus, const char *unit, struct err *e);

#endif
