/*
 * See unit.h.
 *
 * The manager answers a request with a job; the end of that is the signal JobRemoved. It is
 * asked for before the request is sent, since it may come before the answer is read.
 *
 * Runs in: hoy-systemd.
 */
#include "systemd/unit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/str.h"
#include "systemd/property.h"

#define MANAGER	  "org.freedesktop.systemd1"
#define PATH	  "/org/freedesktop/systemd1"
#define INTERFACE "org.freedesktop.systemd1.Manager"

static const uint64_t job_timeout_us = 90ull * 1000 * 1000;

static void message_unref_auto(sd_bus_message **message)
{
	(void)sd_bus_message_unref(*message);
}

static void slot_unref_auto(sd_bus_slot **slot)
{
	(void)sd_bus_slot_unref(*slot);
}

#define AUTO_MESSAGE __attribute__((cleanup(message_unref_auto)))
#define AUTO_ERROR   __attribute__((cleanup(sd_bus_error_free)))
#define AUTO_SLOT    __attribute__((cleanup(slot_unref_auto)))

/* Root reaches the manager without a bus, too: early in the start of a machine, or where there
 * is no dbus-daemon. */
static int bus_open_private(sd_bus **ret)
{
	sd_bus *bus = NULL;
	int r = sd_bus_new(&bus);

	if (r >= 0)
		r = sd_bus_set_address(bus, "unix:path=/run/systemd/private");
	if (r >= 0)
		r = sd_bus_start(bus);
	if (r < 0) {
		(void)sd_bus_unref(bus);
		return r;
	}
	*ret = bus;
	return 0;
}

int unit_bus_open(bool is_user, sd_bus **ret, struct err *e)
{
	int r = is_user ? sd_bus_open_user(ret) : sd_bus_open_system(ret);

	if (r < 0 && !is_user && bus_open_private(ret) == 0)
		r = 0;
	if (r < 0)
		return err_sys(e, r, "connect to systemd over the %s bus",
			       is_user ? "user's" : "system");
	(void)sd_bus_set_method_call_timeout(*ret, job_timeout_us);
	return 0;
}

/* --- jobs --------------------------------------------------------------------------------- */

struct job {
	const char *path;
	char result[64]; /* "" until it ended */
};

static int job_removed(sd_bus_message *message, void *context, sd_bus_error *error)
{
	struct job *job = context;
	const char *path = NULL;
	const char *result = NULL;
	int r = sd_bus_message_read(message, "uoss", NULL, &path, NULL, &result);

	(void)error;
	if (r >= 0 && job->path && strcmp(path, job->path) == 0)
		(void)str_copy(job->result, sizeof(job->result), result);
	return 0;
}

/* Hear of ended jobs from now on. The bus delivers only while job_wait runs. */
static int job_listen(sd_bus *bus, struct job *job, sd_bus_slot **ret_slot, struct err *e)
{
	int r = sd_bus_match_signal(bus, ret_slot, MANAGER, PATH, INTERFACE, "JobRemoved",
				    job_removed, job);

	return r < 0 ? err_sys(e, r, "listen to systemd's jobs") : 0;
}

static int job_wait(sd_bus *bus, struct job *job, const char *verb, const char *unit,
		    struct err *e)
{
	uint64_t end = clock_monotonic_ns() / 1000 + job_timeout_us;

	while (job->result[0] == '\0') {
		uint64_t now = clock_monotonic_ns() / 1000;
		int r = sd_bus_process(bus, NULL);

		if (r == 0 && now >= end)
			return err_set(e, ERR_INTERNAL, -ETIMEDOUT,
				       "systemd does not %s %s within %d seconds", verb, unit,
				       (int)(job_timeout_us / 1000000));
		if (r == 0)
			r = sd_bus_wait(bus, end - now);
		if (r < 0 && r != -EINTR)
			return err_sys(e, r, "wait until systemd has done: %s %s", verb, unit);
	}
	if (strcmp(job->result, "done") != 0)
		return err_set(e, ERR_INTERNAL, -EIO,
			       "systemd: %s %s: the job ended with \"%s\"", verb, unit,
			       job->result);
	return 0;
}

/* --- requests ----------------------------------------------------------------------------- */

static int refused(const sd_bus_error *error, int r, const char *verb, const char *unit,
		   struct err *e)
{
	enum err_kind kind = ERR_INTERNAL;

	if (sd_bus_error_has_name(error, MANAGER ".UnitExists")) {
		kind = ERR_CONFLICT;
		r = -EEXIST;
	} else if (sd_bus_error_has_name(error, SD_BUS_ERROR_INVALID_ARGS) ||
		   sd_bus_error_has_name(error, SD_BUS_ERROR_PROPERTY_READ_ONLY)) {
		kind = ERR_INVALID;
	} else if (sd_bus_error_has_name(error, SD_BUS_ERROR_ACCESS_DENIED) ||
		   sd_bus_error_has_name(error,
					 SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED)) {
		kind = ERR_DENIED;
	}
	return err_set(e, kind, r, "systemd: %s %s: %s", verb, unit,
		       error->message ? error->message : strerror(-r));
}

static int request_new(sd_bus *bus, const char *method, sd_bus_message **ret, struct err *e)
{
	int r = sd_bus_message_new_method_call(bus, ret, MANAGER, PATH, INTERFACE, method);

	return r < 0 ? err_sys(e, r, "write a D-Bus message") : 0;
}

static int start_message(sd_bus *bus, const char *unit, char *lines, pid_t pid,
			 sd_bus_message **ret, struct err *e)
{
	int r = request_new(bus, "StartTransientUnit", ret, e);

	if (r == 0 && sd_bus_message_append(*ret, "ss", unit, "fail") < 0)
		r = err_sys(e, ENOMEM, "write a D-Bus message");
	if (r == 0)
		r = properties_append(*ret, lines, pid, e);
	if (r == 0 && sd_bus_message_append(*ret, "a(sa(sv))", 0) < 0)
		r = err_sys(e, ENOMEM, "write a D-Bus message");
	return r;
}

static int start_once(sd_bus *bus, const char *unit, char *lines, pid_t pid, struct err *e)
{
	AUTO_MESSAGE sd_bus_message *message = NULL;
	AUTO_MESSAGE sd_bus_message *reply = NULL;
	AUTO_ERROR sd_bus_error error = SD_BUS_ERROR_NULL;
	AUTO_SLOT sd_bus_slot *slot = NULL;
	struct job job = { 0 };
	int r = job_listen(bus, &job, &slot, e);

	if (r == 0)
		r = start_message(bus, unit, lines, pid, &message, e);
	if (r < 0)
		return r;
	r = sd_bus_call(bus, message, 0, &error, &reply);
	if (r < 0)
		return refused(&error, r, "start", unit, e);
	r = sd_bus_message_read(reply, "o", &job.path);
	return r < 0 ? err_sys(e, r, "read systemd's answer")
		     : job_wait(bus, &job, "start", unit, e);
}

static int reset_failed(sd_bus *bus, const char *unit)
{
	return sd_bus_call_method(bus, MANAGER, PATH, INTERFACE, "ResetFailedUnit", NULL, NULL,
				  "s", unit);
}

int unit_start(sd_bus *bus, const char *unit, char *lines, pid_t pid, struct err *e)
{
	AUTO_FREE char *copy = strdup(lines);
	int r;

	if (!copy)
		return err_sys(e, ENOMEM, "start %s", unit);
	r = start_once(bus, unit, lines, pid, e);
	/* Of an earlier container of this name only the failure may be left. */
	if (r == -EEXIST && reset_failed(bus, unit) >= 0)
		r = start_once(bus, unit, copy, pid, e);
	return r;
}

int unit_control_group(sd_bus *bus, const char *unit, char *ret, size_t size, struct err *e)
{
	AUTO_ERROR sd_bus_error error = SD_BUS_ERROR_NULL;
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *group = NULL;
	int r = sd_bus_path_encode(PATH "/unit", unit, &path);

	if (r >= 0)
		r = sd_bus_get_property_string(bus, MANAGER, path, MANAGER ".Scope",
					       "ControlGroup", &error, &group);
	if (r < 0)
		return refused(&error, r, "ask for the control group of", unit, e);
	if (group[0] != '/' || str_copy(ret, size, group) < 0)
		return err_set(e, ERR_INTERNAL, -EIO, "systemd: %s has no control group", unit);
	return 0;
}

int unit_set(sd_bus *bus, const char *unit, char *lines, struct err *e)
{
	AUTO_MESSAGE sd_bus_message *message = NULL;
	AUTO_ERROR sd_bus_error error = SD_BUS_ERROR_NULL;
	int r = request_new(bus, "SetUnitProperties", &message, e);

	/* True: until the machine ends, as the unit itself. */
	if (r == 0 && sd_bus_message_append(message, "sb", unit, 1) < 0)
		r = err_sys(e, ENOMEM, "write a D-Bus message");
	if (r == 0)
		r = properties_append(message, lines, 0, e);
	if (r < 0)
		return r;
	r = sd_bus_call(bus, message, 0, &error, NULL);
	return r < 0 ? refused(&error, r, "change", unit, e) : 0;
}

static bool is_unknown(const sd_bus_error *error)
{
	return sd_bus_error_has_name(error, MANAGER ".NoSuchUnit");
}

int unit_stop(sd_bus *bus, const char *unit, struct err *e)
{
	AUTO_MESSAGE sd_bus_message *reply = NULL;
	AUTO_ERROR sd_bus_error error = SD_BUS_ERROR_NULL;
	AUTO_SLOT sd_bus_slot *slot = NULL;
	struct job job = { 0 };
	int r = job_listen(bus, &job, &slot, e);

	if (r < 0)
		return r;
	r = sd_bus_call_method(bus, MANAGER, PATH, INTERFACE, "StopUnit", &error, &reply, "ss",
			       unit, "replace");
	if (r < 0)
		return is_unknown(&error) ? 0 : refused(&error, r, "stop", unit, e);
	r = sd_bus_message_read(reply, "o", &job.path);
	if (r < 0)
		return err_sys(e, r, "read systemd's answer");
	r = job_wait(bus, &job, "stop", unit, e);
	(void)reset_failed(bus, unit);
	return r;
}
