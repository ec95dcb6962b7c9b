/*
 * See tool_writeback.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_writeback.h"

#include <fcntl.h>

/* Large enough for a disk to be busy with, and for the file system to find room in one piece. */
static const uint64_t WRITEBACK_STEP = 8 << 20;

void writeback_begin(struct writeback *writeback, int fd, uint64_t end)
{
	uint64_t len = end - writeback->begun;

	if (end < writeback->begun || len < WRITEBACK_STEP)
		return;
	/* What cannot be begun early (/dev/null, a full disk) is the last sync's to report. */
	(void)sync_file_range(fd, (off_t)writeback->begun, (off_t)len, SYNC_FILE_RANGE_WRITE);
	writeback->begun = end;
}
