/*
 * Export: a whole tree as one tar.
 *
 * Runs in: cli (engine).
 */
#include "image/image_store.h"
#include "image/worker.h"

int image_export(const struct state *state, int root_fd, int output_fd, struct err *e)
{
	const struct worker_request worker = {
		.verb = "pack",
		.how = "tree",
		.input_fd = -1,
		.output_fd = output_fd,
		.directory_fd = root_fd,
		.lock_fd = -1,
	};
	struct tool_result result;

	(void)state;
	return worker_run(&worker, &result, e);
}
