/*
 * See handover.h.
 *
 * Runs in: monitor.
 */
#include "proto/handover.h"

#include <errno.h>
#include <unistd.h>

int handover_read(int fd, struct handover *ret)
{
	struct handover table;
	ssize_t n = pread(fd, &table, sizeof(table), 0);

	if (n < 0)
		return -errno;
	if (n != (ssize_t)sizeof(table) || table.magic != HANDOVER_MAGIC ||
	    table.version != HANDOVER_VERSION)
		return -EBADMSG;
	if (table.log_max_files > HANDOVER_LOG_FILES_MAX)
		return -EBADMSG;
	if ((table.flags & HANDOVER_LOG) && table.log_max_files < 1)
		return -EBADMSG;
	*ret = table;
	return 0;
}
