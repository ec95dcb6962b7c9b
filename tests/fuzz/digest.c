/* A digest is exactly what can be a file's name below blobs/sha256. */
#include <assert.h>
#include <string.h>

#include "base/fd.h"
#include "format/digest.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = strndup((const char *)data, size);

	if (!text || !digest_is_valid(text))
		return 0;
	assert(strlen(text) == DIGEST_SIZE - 1 && strlen(digest_hex(text)) == DIGEST_HEX_LEN);
	assert(!strpbrk(digest_hex(text), "/.ABCDEF \n"));
	return 0;
}
