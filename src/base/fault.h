/*
 * Fault points: a named place where a test may make the n-th privileged call fail, or be the
 * last one.
 *
 * HOY_FAULT="PROGRAM:fail:N" lets the N-th point that PROGRAM passes (counted from 1, inherited
 * by forked children) fail with EIO; "PROGRAM:kill:N" kills the process with SIGKILL there.
 * Compiled in only with -DHOY_FAULTS (`make FAULTS=1`), into build/faults; a release has
 * neither the code nor the names. HOY_FAULT_LOG=FILE appends a line "PROGRAM N NAME" for each
 * point passed, and "PROGRAM N FIRED" behind the chosen one.
 *
 * Runs in: every program.
 */
#ifndef HOY_BASE_FAULT_H
#define HOY_BASE_FAULT_H

/* For a program of ours that is executed with an empty environment: that, and in a fault build
 * the whole, for the variables. */
char *const *fault_environment(void);

#ifdef HOY_FAULTS
/* The open log, which a program that executes another one hands on; -1: none. */
int fault_log_fd(void);
/* 0, or -EIO when this point was chosen to fail. Does not return when it was chosen to be the
 * last one. */
int fault_point(const char *name);
/* Return -EIO from the calling function when this point was chosen. */
#define FAULT(name)                             \
	do {                                    \
		int fault_ = fault_point(name); \
		if (fault_ < 0)                 \
			return fault_;          \
	} while (0)
/* The value of `expression`, or -EIO without evaluating it. */
#define FAULT_OR(name, expression) (fault_point(name) < 0 ? -EIO : (expression))
#else
#define fault_log_fd() (-1)
#define FAULT(name) \
	do {        \
	} while (0)
#define FAULT_OR(name, expression) (expression)
#endif

#endif
