/*
 * What belongs to the namespaces rather than to the file system: host name, domain name, kernel
 * parameters.
 *
 * Runs in: init, after the pivot.
 * See: sethostname(2), sysctl(5), ipc_namespaces(7), network_namespaces(7).
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "init/init.h"
#include "linux/procfs.h"

int init_hostname(struct init *init, struct err *e)
{
	const char *name = plan_get_text(init->plan, init->plan->hostname);
	const char *domain = plan_get_text(init->plan, init->plan->domainname);
	int r = 0;

	if (name)
		r = FAULT_OR("sethostname", sethostname(name, strlen(name)) < 0 ? -errno : 0);
	if (r < 0)
		return err_sys(e, r, "set the host name %s", name);
	if (domain)
		r = FAULT_OR("setdomainname",
			     setdomainname(domain, strlen(domain)) < 0 ? -errno : 0);
	return r < 0 ? err_sys(e, r, "set the domain name %s", domain) : 0;
}

/* One line of plain text, so that one write means one value. */
static bool is_value(const char *value)
{
	for (; *value; value++)
		if ((unsigned char)*value < ' ' && *value != '\t')
			return false;
	return true;
}

static int write_sysctl(struct init *init, const char *key, const char *value, struct err *e)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "sys/%s", key);
	int r;

	if (n < 0 || (size_t)n >= sizeof(path) || !is_value(value))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "sysctl %s: its value is not one line of text", key);
	r = procfs_write(init->proc_fd, path, value);
	if (r == -ENOENT)
		return err_set(e, ERR_INVALID, r,
			       "sysctl %s: this kernel has no such parameter in the container",
			       key);
	return r < 0 ? err_sys(e, r, "set sysctl %s to \"%s\"", key, value) : 0;
}

int init_sysctl(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	const struct plan_pair *pairs = plan_array(plan, plan->sysctls, struct plan_pair);
	int r = 0;

	if (plan->sysctls.count == 0)
		return 0;
	if (init->proc_fd < 0)
		init->proc_fd = procfs_open();
	if (init->proc_fd < 0)
		return err_sys(e, init->proc_fd, "open a procfs for the sysctls");
	for (uint32_t i = 0; i < plan->sysctls.count && r == 0; i++)
		r = write_sysctl(init, plan_get_text(plan, pairs[i].key),
				 plan_get_text(plan, pairs[i].value), e);
	return r;
}
