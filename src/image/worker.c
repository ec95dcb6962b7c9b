/*
 * See worker.h.
 *
 * Runs in: cli (engine).
 */
#include "image/worker.h"

#include <assert.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/program.h"
#include "base/str.h"
#include "format/json.h"

enum { WORKER_EXEC_FAILED = 127, WORKER_FD_FROM = 16 };

/* The child's descriptors, in the order of enum tool_fd; -1: none. Ends the process when it
 * cannot. */
static void worker_place_fds(const int fds[TOOL_FDS])
{
	int high[TOOL_FDS];

	/* Out of the way first: a source may stand where another one belongs. */
	for (int i = 0; i < TOOL_FDS; i++) {
		high[i] = fds[i] < 0 ? -1 : fcntl(fds[i], F_DUPFD, WORKER_FD_FROM);
		if (fds[i] >= 0 && high[i] < 0)
			_exit(WORKER_EXEC_FAILED);
	}
	for (int i = 0; i < TOOL_FDS; i++) {
		if (high[i] >= 0 && dup2(high[i], i) < 0)
			_exit(WORKER_EXEC_FAILED);
		if (high[i] < 0)
			(void)close(i);
	}
	(void)close_range(TOOL_FDS, ~0U, 0);
}

static void worker_exec(const struct worker_request *request, const char *path, int result_fd,
			pid_t parent)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	/* What a library prints must not reach a terminal: its bytes may be an archive's. */
	int error_fd = log_get_level() >= LOG_LEVEL_DEBUG ? STDERR_FILENO : null_fd;
	const int fds[TOOL_FDS] = {
		[TOOL_INPUT] = request->input_fd < 0 ? null_fd : request->input_fd,
		[TOOL_OUTPUT] = request->output_fd < 0 ? null_fd : request->output_fd,
		[2] = error_fd,
		[TOOL_DIRECTORY] = request->directory_fd,
		[TOOL_RESULT] = result_fd,
		[TOOL_LOCK] = request->lock_fd,
	};
	const char *argv[WORKER_WORDS_MAX + 4] = { path, request->verb };
	size_t count = 2;

	if (null_fd < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(WORKER_EXEC_FAILED);
	if (request->how)
		argv[count++] = request->how;
	for (size_t i = 0; i < WORKER_WORDS_MAX && request->words[i]; i++)
		argv[count++] = request->words[i];
	worker_place_fds(fds);
	(void)execv(path, (char *const *)(uintptr_t)argv);
	_exit(WORKER_EXEC_FAILED);
}

void worker_unpack_words(struct worker_request *request, bool is_erofs, bool is_lowest)
{
	const char *lowest = is_lowest ? "lowest" : NULL;

	request->how = is_erofs ? "erofs" : lowest;
	request->words[0] = is_erofs ? lowest : NULL;
}

void worker_add_word(struct worker_request *request, const char *word)
{
	size_t n = 0;

	while (n < WORKER_WORDS_MAX && request->words[n])
		n++;
	assert(n < WORKER_WORDS_MAX);
	request->words[n] = word;
}

int worker_start(const struct worker_request *request, struct worker *ret, struct err *e)
{
	char path[PATH_MAX];
	pid_t parent = getpid();
	int pipe_fds[2];
	pid_t pid;
	int r = program_path(TOOL_PROGRAM, path, sizeof(path), e);

	if (r < 0)
		return r;
	FAULT("fork");
	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return err_sys(e, errno, "make a pipe");
	pid = fork();
	if (pid == 0)
		worker_exec(request, path, pipe_fds[1], parent);
	r = pid < 0 ? err_sys(e, errno, "fork") : 0;
	(void)fd_close(pipe_fds[1]);
	if (r < 0) {
		(void)fd_close(pipe_fds[0]);
		return r;
	}
	*ret = (struct worker){ .pid = pid, .result_fd = pipe_fds[0] };
	return 0;
}

static int worker_wait_exit(pid_t pid, struct err *e)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno == ECHILD)
			return 0; /* SIGCHLD is ignored: the result alone counts */
		if (errno != EINTR)
			return err_sys(e, errno, "wait for %s", TOOL_PROGRAM);
	}
	if (WIFSIGNALED(status))
		return err_set(e, ERR_INTERNAL, -EIO, "%s was killed by signal %d (%s)",
			       TOOL_PROGRAM, WTERMSIG(status), strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) == WORKER_EXEC_FAILED)
		return err_set(e, ERR_INTERNAL, -ENOEXEC, "%s cannot be executed",
			       TOOL_PROGRAM);
	return 0;
}

/* What it says went wrong. Its sentence may quote an archive's names: control characters become
 * "?". */
static int worker_parse_error(struct json_object *o, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	int64_t kind = ERR_INTERNAL;
	int64_t code = -EIO;
	char *text = NULL;

	if (json_get_i64(o, TOOL_PROGRAM, "kind", ERR_INTERNAL, ERR_UNSUPPORTED, &kind, e) <
		    0 ||
	    json_get_i64(o, TOOL_PROGRAM, "code", -4095, -1, &code, e) < 0 ||
	    json_get_string(o, TOOL_PROGRAM, "error", &arena, &text, e) < 0)
		return -EIO;
	for (char *c = text; c && *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return err_set(e, (enum err_kind)kind, (int)code, "%s",
		       text ? text : "it does not say why it failed");
}

static int worker_text(struct json_object *o, const char *key, char *ret, size_t size,
		       struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	char *text = NULL;
	int r = json_get_string(o, TOOL_PROGRAM, key, &arena, &text, e);

	if (r == 0 && text && str_copy(ret, size, text) < 0)
		return err_set(e, ERR_INTERNAL, -EINVAL, "%s: %s is too long", TOOL_PROGRAM,
			       key);
	return r;
}

/* "" or a digest: nothing else may come near a path. */
static int worker_digest(struct json_object *o, const char *key, char ret[DIGEST_SIZE],
			 struct err *e)
{
	int r = worker_text(o, key, ret, DIGEST_SIZE, e);

	if (r == 0 && ret[0] && !digest_is_valid(ret))
		return err_set(e, ERR_INTERNAL, -EINVAL, "%s: %s is not a digest", TOOL_PROGRAM,
			       key);
	return r;
}

static int worker_parse(struct json_object *o, struct tool_result *ret, struct err *e)
{
	struct tool_result result = { 0 };
	int r = worker_digest(o, "blob", result.blob, e);

	if (r == 0)
		r = worker_digest(o, "diffId", result.diff_id, e);
	if (r == 0)
		r = worker_text(o, "mediaType", result.media_type, sizeof(result.media_type),
				e);
	if (r == 0)
		r = json_get_u64(o, TOOL_PROGRAM, "blobSize", INT64_MAX, &result.blob_size, e);
	if (r == 0)
		r = json_get_u64(o, TOOL_PROGRAM, "size", INT64_MAX, &result.size, e);
	if (r == 0)
		r = json_get_u64(o, TOOL_PROGRAM, "files", INT64_MAX, &result.files, e);
	if (r == 0)
		*ret = result;
	return r;
}

/* Is it an answer that says "ok"? Else what it says went wrong. */
static int worker_check(const char *text, size_t len, size_t max, struct json_object **ret,
			struct err *e)
{
	AUTO_JSON struct json_object *o = NULL;
	bool is_ok = false;
	int r = json_parse(text, len, max, TOOL_PROGRAM, &o, e);

	if (r == 0)
		r = json_get_bool(o, TOOL_PROGRAM, "ok", &is_ok, e);
	if (r < 0)
		return r;
	if (!is_ok)
		return worker_parse_error(o, e);
	*ret = ptr_take(o);
	return 0;
}

int worker_await(struct worker *worker, const struct worker_watch *watch, struct err *e)
{
	struct pollfd fds[] = { { .fd = worker->result_fd, .events = POLLIN },
				{ .fd = watch->interrupt->fd, .events = POLLIN } };
	int ready = 0;

	while (ready <= 0) {
		ready = poll(fds, 2, watch->tick ? WORKER_TICK_MS : -1);
		if (ready < 0 && errno != EINTR)
			return err_sys(e, errno, "wait for %s", TOOL_PROGRAM);
		if (ready == 0)
			watch->tick(watch->context);
	}
	if (!fds[1].revents)
		return 0;
	worker_kill(worker);
	return err_set(e, ERR_INTERNAL, -EINTR, "interrupted");
}

int worker_wait_object(struct worker *worker, size_t max, struct json_object **ret,
		       struct err *e)
{
	AUTO_FREE char *text = NULL;
	size_t len = 0;
	int read = fd_read_all(worker->result_fd, max, &text, &len);
	int r;

	worker->result_fd = fd_close(worker->result_fd);
	r = worker_wait_exit(worker->pid, e);
	worker->pid = 0;
	if (r < 0)
		return r;
	if (read < 0)
		return err_sys(e, read, "read what %s says", TOOL_PROGRAM);
	return worker_check(text, len, max, ret, e);
}

int worker_wait(struct worker *worker, struct tool_result *ret, struct err *e)
{
	AUTO_JSON struct json_object *o = NULL;
	int r = worker_wait_object(worker, TOOL_RESULT_MAX, &o, e);

	return r < 0 ? r : worker_parse(o, ret, e);
}

void worker_kill(struct worker *worker)
{
	if (worker->pid <= 0)
		return;
	(void)kill(worker->pid, SIGKILL);
	(void)worker_wait_exit(worker->pid, NULL);
	worker->result_fd = fd_close(worker->result_fd);
	worker->pid = 0;
}

int worker_run(const struct worker_request *request, struct tool_result *ret, struct err *e)
{
	struct worker worker;
	int r = worker_start(request, &worker, e);

	return r < 0 ? r : worker_wait(&worker, ret, e);
}
