/*
 * events: what a container uses, once or again and again until it ends, and when its memory ran
 * out.
 *
 * Runs in: runtime.
 * See: runc-events(8).
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/fd.h"
#include "format/size.h"
#include "oci/container.h"
#include "oci/stats_json.h"
#include "runtime/cgroup_oom.h"

enum { INTERVAL_S = 5 };
static const int64_t second_ns = 1000 * 1000 * 1000;
static const int64_t millisecond_ns = 1000 * 1000;

struct events_values {
	bool is_once;
	int64_t interval_ns;
};

static int set_interval(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct events_values *v = values;

	(void)arena;
	if (duration_parse(value, &v->interval_ns) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "a duration like 500ms or 5s expected");
	if (v->interval_ns < millisecond_ns)
		return err_set(e, ERR_INVALID, -ERANGE, "at least 1ms expected");
	return 0;
}

static const struct option events_options[] = {
	{ "interval", 0, OPTION_VALUE, 0, set_interval, "duration",
	  "Time between two statistics (default 5s)" },
	{ "stats", 0, OPTION_BOOL, offsetof(struct events_values, is_once), NULL, NULL,
	  "Print statistics once" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};

static const struct oci_syntax syntax = {
	.options = events_options,
	.min = 1,
	.max = 1,
	.arguments = "<container-id>",
};

/* A line is whole and at once with its reader, who may be a pipe. */
static int line_print(const struct str *line, struct err *e)
{
	if (str_ok(line) < 0)
		return err_sys(e, ENOMEM, "events");
	(void)fputs(str_text(line), stdout);
	return fflush(stdout) == 0 ? 0 : err_sys(e, errno, "write to standard output");
}

static int stats_print(const char *id, const struct cgroup *cgroup, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str line = { 0 };
	struct cgroup_stats stats;
	int r = cgroup_stats_read(cgroup, &arena, &stats, e);

	if (r < 0)
		return r;
	stats_json_print(id, &stats, &line);
	return line_print(&line, e);
}

static int oom_print(const char *id, struct err *e)
{
	AUTO_STR struct str line = { 0 };

	stats_json_oom(id, &line);
	return line_print(&line, e);
}

/* Milliseconds until then, rounded up; 0: it is past. */
static int timeout_until(uint64_t then_ns)
{
	uint64_t now_ns = clock_monotonic_ns();
	uint64_t rest;

	if (now_ns >= then_ns)
		return 0;
	rest = (then_ns - now_ns + (uint64_t)millisecond_ns - 1) / (uint64_t)millisecond_ns;
	return rest < INT32_MAX ? (int)rest : INT32_MAX;
}

/* Until init ends. */
static int watch(const char *id, const struct cgroup *cgroup, int pidfd, struct cgroup_oom *oom,
		 int64_t interval_ns, struct err *e)
{
	uint64_t next_ns = clock_monotonic_ns() + (uint64_t)interval_ns;
	struct pollfd waits[] = {
		{ .fd = pidfd, .events = POLLIN },
		{ .fd = oom->fd, .events = POLLIN },
	};
	int r = 0;

	while (r == 0) {
		int n = poll(waits, 2, timeout_until(next_ns));

		if (n < 0 && errno != EINTR)
			return err_sys(e, errno, "wait for events");
		if (n > 0 && waits[1].revents && cgroup_oom_read(oom))
			r = oom_print(id, e);
		if (n > 0 && waits[0].revents)
			break;
		if (r == 0 && timeout_until(next_ns) == 0) {
			next_ns = clock_monotonic_ns() + (uint64_t)interval_ns;
			r = stats_print(id, cgroup, e);
		}
	}
	return r;
}

static int stream(const struct oci_container *container, const struct cgroup *cgroup,
		  int64_t interval_ns, struct err *e)
{
	AUTO_CLOSE int pidfd = container_open_init(container);
	struct cgroup_oom oom;
	int r;

	if (pidfd < 0)
		return 0;
	r = cgroup_oom_open(cgroup, &oom, e);
	if (r < 0)
		return r;
	r = watch(container->id, cgroup, pidfd, &oom, interval_ns, e);
	cgroup_oom_close(&oom);
	return r;
}

static int events(struct oci *oci, const char *id, const struct events_values *values,
		  struct err *e)
{
	AUTO_CONTAINER struct oci_container container = { .dir_fd = -EBADF };
	struct cgroup cgroup;
	int r = container_open(oci, id, CONTAINER_READ, &container, e);

	if (r < 0)
		return r;
	if (!container.has_state || container_status_of_init(&container) == OCI_STOPPED)
		return err_set(e, ERR_CONFLICT, -ESRCH, "container with id %s is not running",
			       id);
	r = container_open_cgroup(&container, &cgroup, e);
	if (r < 0)
		return r;
	if (cgroup.mode == CGROUP_NONE)
		r = err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			    "container %s has no cgroup that counts what it uses", id);
	else
		r = values->is_once ? stats_print(id, &cgroup, e)
				    : stream(&container, &cgroup, values->interval_ns, e);
	cgroup_done(&cgroup);
	return r;
}

int oci_events(struct oci *oci, char **argv)
{
	struct events_values values = { .interval_ns = INTERVAL_S * second_ns };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;

	if (!oci_parse(oci, &syntax, argv, &values, &args, &exit_code))
		return exit_code;
	return events(oci, args.items[0], &values, &e) < 0 ? oci_report(oci, &e) : 0;
}
