/*
 * See driver.h.
 *
 * Runs in: cli (engine).
 */
#include "image/driver.h"

#include <string.h>

int layer_driver_choose(const struct state *state, const char *name,
			const struct layer_driver **ret, struct err *e)
{
	const struct layer_driver *driver = layer_driver_overlay();
	int r;

	if (name && strcmp(name, driver->name) != 0)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "storage driver %s is not known: there is %s", name,
			       driver->name);
	r = driver->probe(state, e);
	if (r == 0)
		*ret = driver;
	return r;
}
