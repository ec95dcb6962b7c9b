/*
 * A box: a container for the tests of hoy-init, without hoy. The plan is written by hand,
 * hoy-init is launched as the runtime does it, and what comes back is kept: output, exit
 * status, what was said over the sync socket, when each stage began.
 */
#ifndef HOY_TESTS_BOX_H
#define HOY_TESTS_BOX_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "proto/plan.h"
#include "proto/sync.h"

enum { BOX_FD_FIRST = 20, BOX_OUTPUT_MAX = 65536, BOX_ITEMS_MAX = 48 };

struct box {
	struct plan_builder plan;
	char dir[PATH_MAX]; /* mkdtemp; holds lower, upper, work, merged */
	int dir_fd;
	struct plan_mount mounts[BOX_ITEMS_MAX];
	size_t mount_count;
	struct plan_device devices[BOX_ITEMS_MAX];
	size_t device_count;
	struct plan_pair links[BOX_ITEMS_MAX];
	size_t link_count;
	char *masked[BOX_ITEMS_MAX];
	size_t masked_count;
	char *readonly[BOX_ITEMS_MAX];
	size_t readonly_count;
	struct plan_pair sysctls[BOX_ITEMS_MAX];
	size_t sysctl_count;
	char *args[BOX_ITEMS_MAX];
	size_t arg_count;
	uint64_t clone_flags;
	bool is_started_late; /* the caller says START itself (box_start) */

	/* while it runs */
	pid_t pid;
	int pidfd;
	int sync_fd;
	int output_fd;
	int console_fd; /* our end of the console socket */

	/* what came back */
	int status; /* of waitpid */
	bool is_ready;
	bool is_started;
	struct err e;
	uint64_t stage_ns[STAGE_COUNT];
	uint64_t begin_ns;
	uint64_t end_ns;
	char output[BOX_OUTPUT_MAX];
};

/* A root file system with busybox, and a plan with what docker gives to a container. */
void box_init(struct box *box);
/* An empty plan for another process in a running one. */
void box_init_exec(struct box *box, const struct box *target);
void box_done(struct box *box);

struct plan_mount *box_mount(struct box *box, const char *type, const char *source,
			     const char *destination, const char *data);
void box_device(struct box *box, const char *path, unsigned int major, unsigned int minor);
void box_sysctl(struct box *box, const char *key, const char *value);
void box_args(struct box *box, const char *const *args);
void box_shell(struct box *box, const char *script);
/* A descriptor at a number that the plan may name, inherited by init. */
int box_fd(int take_fd);
/* Run a shell command in the layer of the image; it must succeed. */
void box_prepare(struct box *box, const char *command);

void box_launch(struct box *box);
/* READY was said, START is given, the program runs. Returns whether it got that far. */
bool box_start(struct box *box);
/* Everything until it has ended. Returns the exit code, 128 + signal, or -1. */
int box_finish(struct box *box);
int box_run(struct box *box);

#endif
