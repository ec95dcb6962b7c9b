/*
 * What an archive is, without unpacking it: for a layer that is in the store already and a blob
 * that is not.
 *
 * Runs in: image.
 * See: tool_unpack.h.
 */
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "image/tool_confine.h"
#include "image/tool_unpack.h"

static int verify_run(struct stream *stream, struct tool_result *result, struct err *e)
{
	const void *data;
	size_t len;
	int r = stream_begin(stream, e);

	do {
		if (r == 0)
			r = stream_next(stream, &data, &len, e);
	} while (r == 0 && len > 0);
	if (r == 0)
		r = stream_end(stream, result, e);
	if (r < 0)
		return r;
	FAULT("fsync");
	/* Nowhere to keep it: /dev/null says EINVAL. */
	if (fsync(TOOL_OUTPUT) < 0 && errno != EINVAL)
		return err_sys(e, errno, "write the blob to disk");
	return 0;
}

int tool_verify(const struct unpack_options *options, struct tool_result *result, struct err *e)
{
	const struct stream_limits limits = {
		.bytes = tool_limit("HOY_UNPACK_MAX_BYTES", INT64_MAX),
		.ratio = tool_limit("HOY_UNPACK_MAX_RATIO", STREAM_RATIO),
	};
	struct stream stream;
	int r = stream_init(&stream, &options->source, &limits, e);

	if (r == 0)
		r = tool_confine(CONFINE_BYTES, e);
	if (r == 0)
		r = verify_run(&stream, result, e);
	stream_done(&stream);
	return r;
}
