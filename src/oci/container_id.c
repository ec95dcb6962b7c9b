/*
 * Which ids a container may have.
 *
 * Runs in: runtime.
 */
#include <string.h>

#include "oci/container.h"

int container_id_check(const char *id, struct err *e)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_+-.";
	size_t len = strlen(id);

	if (len == 0)
		return err_set(e, ERR_INVALID, -EINVAL, "container id cannot be empty");
	if (len > OCI_ID_MAX)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "invalid container ID format: longer than %d bytes", OCI_ID_MAX);
	if (strspn(id, allowed) != len || strcmp(id, ".") == 0 || strcmp(id, "..") == 0)
		return err_set(
			e, ERR_INVALID, -EINVAL,
			"invalid container ID format: letters, digits and _+-. expected");
	return 0;
}
