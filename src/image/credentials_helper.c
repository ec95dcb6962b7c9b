/*
 * See credentials_helper.h.
 *
 * The answer goes into a memfd of a fixed size instead of a pipe: a helper that prints without end
 * gets an error instead of our memory, and none of it passes through a buffer that we would have
 * to overwrite.
 *
 * Runs in: cli (engine).
 */
#include "image/credentials_helper.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "format/json.h"
#include "linux/memfd.h"
#include "linux/program_run.h"

enum { PROGRAM_SIZE = 128, SECONDS_MAX = 3600, SAID_MAX = 200 };

#define PROGRAM_PREFIX "docker-credential-"

struct call {
	char program[PROGRAM_SIZE];
	const char *verb;
	const char *input;
	bool may_have_none; /* that there is nothing is an answer */
	struct str output;  /* secret */
	struct err *e;
};

/* --- finding it --------------------------------------------------------------------------- */

static int name_program(const char *helper, char program[PROGRAM_SIZE], struct err *e)
{
	int n = snprintf(program, PROGRAM_SIZE, PROGRAM_PREFIX "%s", helper);

	if (n > 0 && n < PROGRAM_SIZE && helper[0] && helper[0] != '.' &&
	    helper[strspn(helper, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				  "0123456789_.-")] == '\0')
		return 0;
	return err_set(e, ERR_INVALID, -EINVAL,
		       "%s is not the name of a credential helper: letters, digits, _, - and . "
		       "only",
		       helper);
}

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static int find_program(const char *program, char path[PATH_MAX], struct err *e)
{
	const char *directories = getenv("PATH");

	for (const char *at = directories ? directories : ""; *at;) {
		size_t len = strcspn(at, ":");
		int n = snprintf(path, PATH_MAX, "%.*s/%s", (int)len, at, program);

		/* An empty or relative one is the current directory, which may be anybody's. */
		if (*at == '/' && n > 0 && n < PATH_MAX && is_program(path))
			return 0;
		at += len + (at[len] == ':');
	}
	(void)err_set(e, ERR_NOT_FOUND, -ENOEXEC, "%s is not in PATH", program);
	return err_hint(e, -ENOEXEC,
			"install it, or take it out of credsStore and credHelpers in the "
			"configuration of credentials");
}

/* --- running it --------------------------------------------------------------------------- */

static uint32_t timeout_seconds(void)
{
	const char *text = getenv("HOY_CREDENTIAL_HELPER_TIMEOUT");
	uint64_t seconds;

	return parse_u64(text, 1, SECONDS_MAX, &seconds) == 0 ? (uint32_t)seconds
							      : CREDENTIAL_HELPER_SECONDS;
}

/* What it printed, up to where it stopped. */
static int read_output(int fd, struct str *out)
{
	off_t len = lseek(fd, 0, SEEK_CUR);
	char part[4096];
	off_t at = 0;
	ssize_t n = 1;

	if (len < 0)
		return -errno;
	while (at < len && n > 0) {
		size_t wanted =
			(size_t)(len - at) < sizeof(part) ? (size_t)(len - at) : sizeof(part);

		n = pread(fd, part, wanted, at);
		if (n > 0)
			str_add_bytes(out, part, (size_t)n);
		at += n;
	}
	explicit_bzero(part, sizeof(part));
	return n < 0 ? -errno : str_ok(out);
}

/* Its own words, of which the first line is for the user; never what may be an answer. */
static int fail_said(struct call *call, int status)
{
	const char *said = str_text(&call->output);
	size_t len;

	said += strspn(said, " \t\r\n");
	if (WIFSIGNALED(status))
		return err_set(call->e, ERR_INTERNAL, -EIO, "%s %s: ended by signal %d",
			       call->program, call->verb, WTERMSIG(status));
	if (said[0] == '\0' || said[0] == '{')
		return err_set(call->e, ERR_INTERNAL, -EIO, "%s %s: ended with status %d",
			       call->program, call->verb, WEXITSTATUS(status));
	len = strcspn(said, "\r\n");
	return err_set(call->e, ERR_INTERNAL, -EIO, "%s %s: %.*s", call->program, call->verb,
		       len < SAID_MAX ? (int)len : SAID_MAX, said);
}

static bool says_nothing_there(const struct call *call)
{
	static const char words[] = "credentials not found in native keychain";
	const char *said = str_text(&call->output);

	said += strspn(said, " \t\r\n");
	return str_starts(said, words) &&
	       said[strlen(words) + strspn(said + strlen(words), " \t\r\n")] == '\0';
}

static int run(struct call *call, const char *path, int output_fd, int *ret_status)
{
	char *argv[] = { call->program, (char *)(uintptr_t)call->verb, NULL };
	const struct program_run program = { .path = path,
					     .argv = argv,
					     .envp = environ,
					     .input = call->input,
					     .timeout_s = timeout_seconds(),
					     .output_fd = output_fd,
					     .error_fd = STDERR_FILENO };
	char unused[1];
	int r = program_run(&program, unused, sizeof(unused), ret_status);

	if (r == -ETIMEDOUT)
		return err_set(call->e, ERR_INTERNAL, r, "%s %s: no answer after %u seconds",
			       call->program, call->verb, program.timeout_s);
	return r < 0 ? err_sys(call->e, r, "run %s", path) : 0;
}

/* Returns 0 with its output, -ENOENT without a sentence (it has nothing for the server), or
 * -errno. */
static int call_helper(struct call *call, const char *helper)
{
	AUTO_CLOSE int output = -EBADF;
	char path[PATH_MAX];
	int status = 0;
	int r = name_program(helper, call->program, call->e);

	if (r == 0)
		r = find_program(call->program, path, call->e);
	if (r < 0)
		return r;
	output = memfd_make_bounded("credentials", CREDENTIAL_TEXT_MAX);
	if (output < 0)
		return err_sys(call->e, output, "make a memfd");
	r = run(call, path, output, &status);
	if (r == 0)
		r = read_output(output, &call->output);
	if (r < 0)
		return r;
	if (call->output.len == CREDENTIAL_TEXT_MAX)
		return err_set(call->e, ERR_INVALID, -EFBIG,
			       "%s %s: printed more than %d bytes", call->program, call->verb,
			       CREDENTIAL_TEXT_MAX);
	if (status == 0)
		return 0;
	return call->may_have_none && says_nothing_there(call) ? -ENOENT
							       : fail_said(call, status);
}

/* --- what is asked of it ------------------------------------------------------------------ */

int credentials_helper_get(const char *helper, const char *server, struct arena *arena,
			   struct registry_credentials *ret, struct err *e)
{
	struct call call = { .verb = "get",
			     .input = server,
			     .may_have_none = true,
			     .output = { .is_secret = true },
			     .e = e };
	int r = call_helper(&call, helper);

	*ret = (struct registry_credentials){ 0 };
	if (r == 0)
		r = credentials_answer_read(str_text(&call.output), call.output.len,
					    call.program, arena, ret, e);
	str_done(&call.output);
	return r == -ENOENT ? 0 : r;
}

int credentials_helper_store(const char *helper, const char *server,
			     const struct registry_credentials *credentials, struct err *e)
{
	AUTO_STR struct str input = { .is_secret = true };
	struct json_writer w = { .out = &input };
	struct call call = { .verb = "store", .output = { .is_secret = true }, .e = e };
	bool is_token = credentials->identity_token != NULL;
	int r;

	json_begin_object(&w, NULL);
	json_write_text(&w, "ServerURL", server);
	json_write_text(&w, "Username", is_token ? "<token>" : credentials->user);
	json_write_text(&w, "Secret",
			is_token ? credentials->identity_token : credentials->password);
	json_end_object(&w);
	if (str_ok(&input) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	call.input = str_text(&input);
	r = call_helper(&call, helper);
	str_done(&call.output);
	return r;
}

int credentials_helper_erase(const char *helper, const char *server, bool *ret_was_there,
			     struct err *e)
{
	struct call call = { .verb = "erase",
			     .input = server,
			     .may_have_none = true,
			     .output = { .is_secret = true },
			     .e = e };
	int r = call_helper(&call, helper);

	str_done(&call.output);
	*ret_was_there = r == 0;
	return r == -ENOENT ? 0 : r;
}
