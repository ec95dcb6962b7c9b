/* Rules of the old iptables, which another program wrote: a byte for the family, then the array. A
 * jump is found only where the chain's name is. */
#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "network/legacy_rules.h"

#define CHAIN "HOY-FORWARD"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum ip_family family;

	if (size == 0)
		return 0;
	family = data[0] & 1 ? IP_V6 : IP_V4;
	if (legacy_rules_have_jump(family, (const char *)data + 1, size - 1, CHAIN))
		assert(memmem(data, size, CHAIN, sizeof(CHAIN)));
	return 0;
}
