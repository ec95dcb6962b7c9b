/*
 * The words behind `unpack` and `verify`: see tool.h.
 *
 * Runs in: image.
 */
#include <string.h>

#include "base/str.h"
#include "image/tool_unpack.h"

/* "OFFSET+SIZE" */
static int options_range(const char *text, struct stream_source *source, struct err *e)
{
	const char *plus = strchr(text, '+');
	char offset[24];

	if (!plus || (size_t)(plus - text) >= sizeof(offset))
		return err_set(e, ERR_INVALID, -EINVAL, "\"%.40s\" is not a range", text);
	memcpy(offset, text, (size_t)(plus - text));
	offset[plus - text] = '\0';
	if (parse_u64(offset, 0, INT64_MAX, &source->offset) < 0 ||
	    parse_u64(plus + 1, 0, INT64_MAX - source->offset, &source->size) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "\"%.40s\" is not a range", text);
	source->kind = STREAM_RANGE;
	return 0;
}

int unpack_options_read(char *const *words, struct unpack_options *ret, struct err *e)
{
	struct unpack_options options = { 0 };
	int r = 0;

	for (; *words && r == 0; words++) {
		if (strcmp(*words, "lowest") == 0)
			options.is_lowest = true;
		else if (strcmp(*words, "erofs") == 0)
			options.form = UNPACK_EROFS;
		else if (strcmp(*words, "resume") == 0)
			options.source.kind = STREAM_RESUMED;
		else if (strcmp(*words, "untyped") == 0)
			options.source.is_untyped_taken = true;
		else if (str_starts(*words, "range="))
			r = options_range(*words + strlen("range="), &options.source, e);
		else
			r = err_set(e, ERR_INVALID, -EINVAL, "\"%.40s\" is not known", *words);
	}
	if (r == 0)
		*ret = options;
	return r;
}
