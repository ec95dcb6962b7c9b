/*
 * Running a program of the operator to its end: a hook.
 *
 * It gets its standard input from us, exactly the arguments and variables that are given, and no
 * descriptor but 0, 1 and 2. What it prints goes neither to the container's streams nor to ours:
 * it is kept, to be shown when the program fails.
 *
 * Runs in: runtime, init.
 */
#ifndef HOY_LINUX_PROGRAM_RUN_H
#define HOY_LINUX_PROGRAM_RUN_H

#include <stddef.h>
#include <stdint.h>

struct program_run {
	const char *path;
	char *const *argv;  /* NULL or empty: the path alone */
	char *const *envp;  /* NULL: empty */
	const char *input;  /* NULL: nothing */
	uint32_t timeout_s; /* 0: none */
	/* files that are appended to, opened already; -1: what is printed is kept for `output` */
	int output_fd;
	int error_fd;
};

/*
 * Wait until it has ended; its status of waitpid(2) is in `ret_status`, the last bytes that it
 * printed, as one line, in `output`. Returns 0, -ETIMEDOUT (it was killed with its process
 * group) or -errno of what kept it from running.
 */
int program_run(const struct program_run *program, char *output, size_t size, int *ret_status);

#endif
