/* See nobody.h. */
#include "linux/nobody.h"

#include <stddef.h>

#include "linux/capabilities.h"
#include "linux/process.h"

enum { NOBODY = 65534 };

int nobody_become(void)
{
	int r = capabilities_bound(0);

	if (r == 0)
		r = process_set_groups(NULL, 0);
	if (r == 0)
		r = process_set_gid(NOBODY);
	if (r == 0)
		r = process_set_uid(NOBODY);
	return r < 0 ? r : capabilities_set(0, 0, 0);
}
