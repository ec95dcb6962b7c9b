/*
 * From a prepared directory to a running program; docker run and docker start.
 *
 * Runs in: cli (engine).
 * See: start.h.
 */
#include "engine/start.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/fd.h"
#include "base/log.h"
#include "engine/container_network.h"
#include "engine/container_root.h"
#include "image/image_store.h"
#include "proto/attach.h"
#include "proto/exit_file.h"

enum { CODE_MISSING = 127, CODE_UNUSABLE = 126, CODE_ENGINE = 125 };

#define SETTLE_TIMEOUT_NS (UINT64_C(2) * 1000000000)

static const struct start_streams no_streams = { -EBADF, -EBADF, -EBADF, -EBADF, -EBADF,
						 -EBADF, -EBADF, -EBADF, -EBADF, -EBADF };

void start_init(struct start *s, struct engine *engine, struct arena *arena)
{
	*s = (struct start){ .engine = engine, .arena = arena, .streams = no_streams };
	s->dir = (struct container_dir){ .fd = -EBADF, .lock_fd = -EBADF };
	s->images_fd = -EBADF;
	s->volumes_fd = -EBADF;
	s->root_fd = -EBADF;
	s->seed_fd = -EBADF;
	s->ports = (struct port_reservation){ -EBADF, -EBADF };
	s->life_fd = -EBADF;
	container_resolver_init(&s->resolver);
	s->run_dir = (struct run_dir){ -EBADF, -EBADF, -EBADF };
	s->facts.network_fd = -EBADF;
	s->facts.ipc_fd = -EBADF;
	s->facts.pid_fd = -EBADF;
	s->facts.shm_fd = -EBADF;
}

static void close_two(int *a, int *b)
{
	*a = fd_close(*a);
	*b = fd_close(*b);
}

void start_release_holds(struct start *s)
{
	close_two(&s->images_fd, &s->volumes_fd);
}

static void streams_close(struct start_streams *t)
{
	close_two(&t->input_read, &t->input_write);
	close_two(&t->output_read, &t->output_write);
	close_two(&t->error_read, &t->error_write);
	close_two(&t->console_init, &t->console_monitor);
	close_two(&t->client_monitor, &t->client);
}

static void launch_close(struct start *s)
{
	if (s->has_launch)
		runtime_launch_done(&s->launch);
	s->has_launch = false;
}

void start_done(struct start *s)
{
	/* Ours first: init must see the end of the conversation before its cgroups are emptied.
	 */
	launch_close(s);
	streams_close(&s->streams);
	run_dir_close(&s->run_dir);
	close_two(&s->root_fd, &s->seed_fd);
	undo_run(&s->undo);
	start_facts_done(s);
	cgroup_done(&s->cgroup);
	container_dir_close(&s->dir);
	start_release_holds(s);
	port_reservation_close(&s->ports);
	s->life_fd = fd_close(s->life_fd);
	container_resolver_done(&s->resolver);
}

/* --- step 5 ------------------------------------------------------------------------------ */

static void undo_clear(void *context)
{
	struct start *s = context;

	(void)container_clear(s->engine, s->dir.id, NULL);
}

static int make_cgroup(struct start *s, struct err *e)
{
	char path[CGROUP_PATH_SIZE];
	int r;

	container_cgroup_path(s->engine, s->dir.id, path);
	r = cgroup_init(&s->cgroup, path, e);
	if (r == 0)
		r = cgroup_create(&s->cgroup, e);
	if (r == 0)
		r = cgroup_apply(&s->cgroup, &s->spec.resources, false, e);
	return r;
}

/* --- step 6 ------------------------------------------------------------------------------ */

static int pipe_make(int *ret_read, int *ret_write, struct err *e)
{
	int ends[2];

	FAULT("pipe");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, errno, "make a pipe");
	*ret_read = ends[0];
	*ret_write = ends[1];
	return 0;
}

static int pair_make(int type, int *ret_a, int *ret_b, struct err *e)
{
	int ends[2];

	FAULT("socketpair");
	if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(e, errno, "make a socket pair");
	*ret_a = ends[0];
	*ret_b = ends[1];
	return 0;
}

static int make_streams(struct start *s, const struct engine_start_request *request,
			struct err *e)
{
	const struct container_config *c = &s->record.config;
	struct start_streams *t = &s->streams;
	int r = 0;

	if (request->wants_client)
		r = pair_make(SOCK_SEQPACKET, &t->client_monitor, &t->client, e);
	if (r == 0 && c->is_tty)
		return pair_make(SOCK_STREAM, &t->console_init, &t->console_monitor, e);
	if (r == 0 && c->open_stdin)
		r = pipe_make(&t->input_read, &t->input_write, e);
	if (r == 0)
		r = pipe_make(&t->output_read, &t->output_write, e);
	if (r == 0)
		r = pipe_make(&t->error_read, &t->error_write, e);
	return r;
}

static int send_hello(const struct start *s, const struct engine_start_request *request,
		      struct err *e)
{
	struct attach_header hello = { .version = ATTACH_VERSION,
				       .type = ATTACH_HELLO,
				       .flags = request->attach_flags };
	int r;

	if (s->streams.client < 0)
		return 0;
	r = attach_send(s->streams.client, &hello, NULL, 0);
	return r < 0 ? err_sys(e, r, "greet the monitor") : 0;
}

static int make_plan(struct start *s, struct err *e)
{
	const struct container_config *c = &s->record.config;
	const struct start_streams *t = &s->streams;
	const struct runtime_root root = { .mount_fd = s->root_fd, .birth_fd = s->seed_fd };
	struct runtime_request request = {
		.spec = &s->spec,
		.root = &root,
		.cgroup = &s->cgroup,
		.stdio = { t->input_read, t->output_write, t->error_write, t->console_init },
		.is_reaper = c->has_init && c->is_init,
		.waits_for_start = true,
		.wait_fd = -1,
		.hold_stage = s->engine->hold_stage,
		.seccomp_cache = arena_printf(s->arena, "%s/seccomp", s->engine->state.root),
	};
	int r;

	if (container_uses_default_seccomp(c))
		request.seccomp_key = SECCOMP_KEY_DEFAULT;
	r = runtime_prepare(&request, &s->launch, e);
	s->has_launch = r == 0;
	return r;
}

/* --- steps 8 to 10 ----------------------------------------------------------------------- */

/* While init works on its stages. */
static int write_state(struct start *s, struct err *e)
{
	struct run_state run = {
		.pid = s->launch.pid,
		.monitor_pid = s->monitor_pid,
		.run = s->record.run,
		.started_ns = s->started_ns,
	};
	int r = run_state_write(s->run_dir.fd, &run, e);

	/* A new container's record is seen by nobody yet; that of an old one is replaced only
	 * when init is ready. */
	if (r == 0 && !s->dir.is_published)
		r = start_write_record(s, e);
	return r;
}

static int publish(struct start *s, struct err *e)
{
	int r;

	if (s->dir.is_published)
		return record_write(s->dir.fd, &s->record, e);
	r = container_dir_publish(&s->engine->state, &s->dir, !s->record.config.auto_remove, e);
	return r;
}

static bool is_command_error(const struct err *e)
{
	return e && (e->kind == ERR_COMMAND_MISSING || e->kind == ERR_COMMAND_UNUSABLE);
}

static int failure_code(const struct err *e)
{
	if (!is_command_error(e))
		return CODE_ENGINE;
	return e->kind == ERR_COMMAND_MISSING ? CODE_MISSING : CODE_UNUSABLE;
}

/*
 * The program could not be executed: the container stays as created (or exited, when it has run
 * before) and says so, as with docker. Called with nothing left on the undo stack.
 */
static int keep_failed(struct start *s, int error, struct err *e)
{
	launch_close(s);
	run_dir_close(&s->run_dir);
	/* The monitor writes an exit file for this run: let it, before ours says what really
	 * happened. */
	(void)liveness_wait(&s->engine->state, s->dir.id, SETTLE_TIMEOUT_NS);
	(void)container_clear(s->engine, s->dir.id, NULL);
	s->record.start_error = arena_copy(s->arena, e ? e->text : "");
	s->record.start_exit_code = failure_code(e);
	if (s->record.run == 1)
		s->record.run = 0;
	(void)record_write(s->dir.fd, &s->record, NULL);
	if (!s->dir.is_published)
		(void)container_dir_publish(&s->engine->state, &s->dir, true, NULL);
	return error;
}

/* It was published already, and shall not be: as if the undo stack still were there. */
static int drop_failed(struct start *s, int error)
{
	launch_close(s);
	run_dir_close(&s->run_dir);
	if (container_dir_unpublish(&s->engine->state, &s->dir, NULL) == 0)
		(void)container_destroy(s->engine, &s->dir, NULL);
	return error;
}

static int run_steps(struct start *s, const struct engine_start_request *request, struct err *e)
{
	int r = container_network_reserve(s, e);

	if (r == 0)
		r = start_facts(s, request, e);
	if (r == 0)
		r = container_spec(&s->record, &s->facts, s->arena, &s->spec, e);
	if (r < 0)
		return r;
	if (s->dir.is_published)
		undo_push(&s->undo, undo_clear, s);
	log_trace("spec made");
	r = make_cgroup(s, e);
	if (r == 0)
		r = run_dir_make(&s->engine->state, s->dir.id, &s->run_dir, e);
	if (r == 0)
		r = container_network_lease(s, e);
	log_trace("cgroups and run directory made");
	if (r == 0)
		r = make_streams(s, request, e);
	if (r == 0)
		r = send_hello(s, request, e);
	if (r == 0)
		r = make_plan(s, e);
	log_trace("plan made");
	return r;
}

/* When init is gone meanwhile, it is init that knows why. */
static int join_network(struct start *s, struct err *e)
{
	struct err why = { 0 };
	int r = container_network_join(s, e);
	int failed = r == -ENOENT || r == -ESRCH ? runtime_await(&s->launch, &why) : 0;

	if (failed < 0 && e)
		*e = why;
	return failed < 0 ? failed : r;
}

static int launch_steps(struct start *s, struct err *e)
{
	int r;

	s->started_ns = clock_wall_ns();
	r = start_monitor(s, e);
	if (r < 0)
		return r;
	log_trace("init launched");
	r = join_network(s, e);
	if (r == 0)
		r = write_state(s, e);
	if (r == 0)
		r = runtime_await(&s->launch, e);
	log_trace("init ready");
	if (r == 0)
		r = container_resolver_hear(&s->resolver, s->engine, e);
	if (r == 0)
		r = publish(s, e);
	return r;
}

int start_container(struct start *s, const struct engine_start_request *request,
		    struct engine_started *ret, struct err *e)
{
	bool is_new = !s->dir.is_published;
	int r;

	s->record.run++;
	s->record.start_error = NULL;
	s->record.start_exit_code = 0;
	r = run_steps(s, request, e);
	if (r == 0)
		r = launch_steps(s, e);
	if (r < 0 && !(is_command_error(e) && !s->record.config.auto_remove))
		return r;
	undo_commit(&s->undo);
	if (r == 0)
		r = runtime_release(&s->launch, e);
	log_trace("program started");
	if (r < 0 && is_new && (s->record.config.auto_remove || !is_command_error(e)))
		return drop_failed(s, r);
	if (r < 0)
		return keep_failed(s, r, e);
	(void)str_copy(ret->id, sizeof(ret->id), s->dir.id);
	ret->client_fd = fd_take(&s->streams.client);
	return 0;
}

int engine_run(struct engine *engine, const struct engine_create_request *create,
	       const struct engine_start_request *start, struct engine_started *ret,
	       struct err *e)
{
	AUTO_START struct start s;
	int r;

	start_init(&s, engine, create->arena);
	s.is_run = true;
	r = start_prepare(&s, create, e);
	log_trace("container prepared");
	if (r == 0)
		r = start_container(&s, start, ret, e);
	if (r == 0)
		(void)str_copy(engine->started_name, sizeof(engine->started_name),
			       s.record.name);
	return r;
}

/* An exit file of an earlier run must not be taken for that of the next. */
static int forget_exit(struct start *s, struct err *e)
{
	FAULT("unlink");
	if (unlinkat(s->dir.fd, EXIT_FILE_NAME, 0) < 0 && errno != ENOENT)
		return err_sys(e, errno, "remove the exit file of the last run");
	return 0;
}

int start_again(struct start *s, const struct engine_start_request *request,
		struct engine_started *ret, struct err *e)
{
	int r = container_clear(s->engine, s->dir.id, e);

	if (r == 0)
		r = forget_exit(s, e);
	if (r == 0 && s->record.config.auto_remove)
		r = container_root_forget_volatile(s, e);
	if (r == 0)
		r = container_root_mount(s, e);
	return r < 0 ? r : start_container(s, request, ret, e);
}

int engine_start(struct engine *engine, const char *container,
		 const struct engine_start_request *request, struct engine_started *ret,
		 struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_START struct start s;
	struct liveness liveness;
	char id[ID_SIZE];
	int r = engine_find(engine, container, id, e);

	start_init(&s, engine, &arena);
	if (r < 0)
		return r;
	r = container_dir_lock(&engine->state, DIR_CONTAINERS, id, true, &s.dir);
	if (r < 0)
		return r == -ENOENT ? err_set(e, ERR_NOT_FOUND, r, "No such container: %s",
					      container)
				    : err_sys(e, r, "lock container %s", container);
	r = record_read(&engine->state, id, &arena, &s.record, e);
	if (r == 0)
		r = liveness_read(&engine->state, &s.record, &liveness, e);
	if (r < 0)
		return r;
	if (liveness.status == STATUS_RUNNING) {
		*ret = (struct engine_started){ .client_fd = -EBADF };
		(void)str_copy(ret->id, sizeof(ret->id), id);
		if (!request->wants_client)
			return 0;
		ret->client_fd = engine_attach(engine, id, request->attach_flags, e);
		return ret->client_fd < 0 ? ret->client_fd : 0;
	}
	return start_again(&s, request, ret, e);
}
