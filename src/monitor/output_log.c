/*
 * See output_log.h.
 *
 * Runs in: monitor.
 * See: moby daemon/logger/copier.go, which it agrees with.
 */
#include "monitor/output_log.h"

#include <string.h>

#include "base/clock.h"
#include "monitor/log_line.h"

enum { NS_PER_S = 1000000000 };

/* The wall clock, which does not go back by less than a second: small corrections must not put
 * lines out of order. */
static void now_text(struct output_log *log, char stamp[STAMP_SIZE])
{
	uint64_t now = clock_wall_ns();

	if (now < log->last_ns && log->last_ns - now < NS_PER_S)
		now = log->last_ns;
	log->last_ns = now;
	stamp_text(now, stamp);
}

static void emit(struct output_log *log, struct output_log_stream *stream, const char *text,
		 size_t len, bool is_whole, const char *stamp)
{
	char *to = log_file_reserve(&log->file, len * LOG_LINE_GROWTH + LOG_LINE_OVERHEAD);

	if (!is_whole && !stream->is_continued)
		memcpy(stream->stamp, stamp, STAMP_SIZE);
	if (!is_whole || stream->is_continued)
		stamp = stream->stamp;
	stream->is_continued = !is_whole;
	log_file_commit(&log->file,
			log_line_format(to, text, len, is_whole, stream->name, stamp));
}

static void keep(struct output_log_stream *stream, const char *data, size_t len)
{
	memcpy(stream->pending + stream->len, data, len);
	stream->len += len;
}

/* A line's end, or a full chunk of a line that goes on. */
static void emit_pending(struct output_log *log, struct output_log_stream *stream,
			 bool is_whole, const char *stamp)
{
	size_t len = is_whole ? stream->len : log_line_cut(stream->pending, stream->len);

	emit(log, stream, stream->pending, len, is_whole, stamp);
	memmove(stream->pending, stream->pending + len, stream->len - len);
	stream->len -= len;
}

/* Take one line, or as much of it as fits. Returns how many bytes were taken. */
static size_t take_line(struct output_log *log, struct output_log_stream *stream,
			const char *data, size_t len, const char *stamp)
{
	size_t room = OUTPUT_LOG_CHUNK - stream->len;
	size_t look = len < room ? len : room;
	const char *newline = memchr(data, '\n', look);
	size_t piece = newline ? (size_t)(newline - data) : look;

	if (!newline && piece < room) {
		keep(stream, data, piece);
		return piece;
	}
	if (stream->len == 0) {
		if (!newline)
			piece = log_line_cut(data, piece);
		emit(log, stream, data, piece, newline != NULL, stamp);
	} else {
		keep(stream, data, piece);
		emit_pending(log, stream, newline != NULL, stamp);
	}
	return piece + (newline ? 1 : 0);
}

void output_log_add(struct output_log *log, int stream, const char *data, size_t len)
{
	char stamp[STAMP_SIZE];

	if (!log->is_on || len == 0)
		return;
	now_text(log, stamp);
	while (len > 0) {
		size_t taken = take_line(log, &log->streams[stream], data, len, stamp);

		data += taken;
		len -= taken;
	}
}

void output_log_end(struct output_log *log, int stream)
{
	struct output_log_stream *ending = &log->streams[stream];
	char stamp[STAMP_SIZE];

	if (!log->is_on || ending->len == 0)
		return;
	now_text(log, stamp);
	emit(log, ending, ending->pending, ending->len, false, stamp);
	ending->len = 0;
}
