/* A reference that is accepted, written in full, is accepted again and means the same. */
#include <assert.h>
#include <string.h>

#include "base/fd.h"
#include "format/digest.h"
#include "format/reference.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = strndup((const char *)data, size);
	struct reference reference;
	struct reference again;
	struct err e = { 0 };
	char full[REFERENCE_SIZE * 2];
	char familiar[REFERENCE_SIZE * 2];

	if (!text || reference_parse(text, &reference, &e) < 0)
		return 0;
	assert(!strstr(reference.repository, "..") && reference.repository[0] != '/');
	assert(reference.digest[0] == '\0' || digest_is_valid(reference.digest));
	assert(reference.tag[0] || reference.digest[0]);
	reference_full(&reference, full);
	reference_familiar_name(&reference, familiar);
	assert(familiar[0]);
	if (strlen(full) > 479)
		return 0; /* the name alone is longer than what is read */
	assert(reference_parse(full, &again, &e) == 0);
	assert(strcmp(reference.registry, again.registry) == 0 &&
	       strcmp(reference.repository, again.repository) == 0);
	assert(strcmp(reference.tag, again.tag) == 0 &&
	       strcmp(reference.digest, again.digest) == 0);
	return 0;
}
