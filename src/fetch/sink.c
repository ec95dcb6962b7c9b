/*
 * See sink.h.
 *
 * Runs in: fetch.
 */
#include "fetch/sink.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

void sink_begin(struct sink *sink, uint64_t from)
{
	if (sink->fd < 0) {
		str_clear(&sink->memory);
		sink->at = 0;
	}
	assert(from <= sink->at);
	sink->discard = sink->at - from;
}

static ssize_t take_memory(struct sink *sink, const void *data, size_t len, struct err *e)
{
	if (len > sink->max - sink->at)
		return err_set(e, ERR_INVALID, -EFBIG, "it is larger than %llu bytes",
			       (unsigned long long)sink->max);
	str_add_bytes(&sink->memory, data, len);
	if (str_ok(&sink->memory) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	sink->at += len;
	return (ssize_t)len;
}

static ssize_t take_stream(struct sink *sink, const char *data, size_t len, struct err *e)
{
	size_t taken = 0;

	while (taken < len) {
		ssize_t n = write(sink->fd, data + taken, len - taken);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0) {
			sink->is_refusing = true;
			return err_sys(e, errno, "hand it on");
		}
		taken += (size_t)n;
		sink->at += (uint64_t)n;
	}
	return (ssize_t)taken;
}

ssize_t sink_take(struct sink *sink, const void *data, size_t len, struct err *e)
{
	size_t known = len < sink->discard ? len : (size_t)sink->discard;
	size_t left = len - known;
	ssize_t n;

	sink->discard -= known;
	if (left == 0)
		return (ssize_t)known;
	if (sink->fd < 0)
		return take_memory(sink, data, left, e);
	/* What is beyond the end is never handed on, not even the part before it. */
	if (left > sink->size - sink->at)
		return err_set(e, ERR_INVALID, -EFBIG,
			       "the registry sends more than the %llu bytes that it has",
			       (unsigned long long)sink->size);
	n = take_stream(sink, (const char *)data + known, left, e);
	return n < 0 ? n : n + (ssize_t)known;
}

bool sink_is_complete(const struct sink *sink)
{
	return sink->at == sink->size;
}

bool sink_is_short(const struct sink *sink)
{
	return sink->size != SINK_ENDLESS && sink->at != sink->size;
}
