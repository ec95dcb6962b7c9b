/*
 * The entries of an archive, one after the other: every name, mode and attribute is checked
 * here and given to a layer writer.
 *
 * libarchive only takes the tar apart (its formats tar, pax and GNU, without its filters).
 *
 * Limits: the number of entries is the caller's; a name PATH_MAX, a component 255 bytes; 64
 * attributes an entry, of 65535 bytes each; a file 16 TiB; owners up to 2^31 - 1.
 *
 * Runs in: image, confined.
 * See: libarchive-formats(5), archive_read_data_block(3).
 */
#ifndef HOY_IMAGE_TOOL_ENTRIES_H
#define HOY_IMAGE_TOOL_ENTRIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "image/tool.h"
#include "image/tool_layer.h"
#include "image/tool_stream.h"

enum { ENTRIES_XATTRS_MAX = 64 };

struct entries {
	struct stream *stream; /* where the tar comes from; this and the next are borrowed */
	struct layer_writer *writer; /* where the entries go */
	uint64_t files_max;
	bool is_room;	/* that is how many the file system has room for */
	bool is_lowest; /* there is no layer below: whiteouts are checked but hide nothing */
	struct tool_result *result; /* borrowed */

	/* entries_open and later */
	struct archive *archive;
	struct layer_xattr xattrs[ENTRIES_XATTRS_MAX];
	struct err *e; /* what the reading callback has to say */
	int r;
};

/* What needs files of the host (a locale) or memory: before tool_confine. The first members are
 * the caller's. */
int entries_open(struct entries *entries, struct err *e);
/*
 * The whole archive: its entries to the writer, which then is finished; digests, sizes and
 * counts to `result`. Returns 0, or -errno with one sentence.
 */
int entries_run(struct entries *entries, struct err *e);
void entries_close(struct entries *entries);

#endif
