/*
 * See cgroup_cpus.h.
 *
 * Runs in: runtime.
 */
#include "runtime/cgroup_cpus.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"

enum { RANGE_TEXT_MAX = 32 };

/* "3" or "0-3". */
static int range_parse(const char *text, size_t len, uint64_t *ret_first, uint64_t *ret_last)
{
	char range[RANGE_TEXT_MAX];
	char *dash;
	int r;

	if (len >= sizeof(range))
		return -EINVAL;
	memcpy(range, text, len);
	range[len] = '\0';
	dash = strchr(range, '-');
	if (dash)
		*dash = '\0';
	r = parse_u64(range, 0, CGROUP_CPUS_MAX - 1, ret_first);
	if (r < 0)
		return r;
	*ret_last = *ret_first;
	return dash ? parse_u64(dash + 1, *ret_first, CGROUP_CPUS_MAX - 1, ret_last) : 0;
}

int cgroup_cpus_parse(const char *list, uint8_t bits[CGROUP_CPUS_MAX / 8], size_t *ret_bytes)
{
	size_t bytes = 0;

	memset(bits, 0, CGROUP_CPUS_MAX / 8);
	while (*list) {
		size_t len = strcspn(list, ",\n");
		uint64_t first;
		uint64_t last;
		int r = range_parse(list, len, &first, &last);

		if (r < 0)
			return r;
		for (uint64_t n = first; n <= last; n++)
			bits[n / 8] = (uint8_t)(bits[n / 8] | 1u << n % 8);
		bytes = last / 8 + 1 > bytes ? last / 8 + 1 : bytes;
		list += len + (list[len] != '\0');
	}
	*ret_bytes = bytes;
	return 0;
}
