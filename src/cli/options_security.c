/*
 * Capabilities, security options, devices and kernel parameters as flags.
 *
 * Runs in: cli.
 * See: capabilities(7), security/DEFAULTS; moby runconfig/opts.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>

#include "base/fd.h"
#include "base/file.h"
#include "cli/run_options.h"
#include "format/json.h"

enum { SECCOMP_FILE_MAX = 1024 * 1024, DEVICES_MAX = 256 };

static struct container_config *security_config(void *values)
{
	return &((struct run_options *)values)->config;
}

/* --- capabilities ------------------------------------------------------------------------ */

/* "net_admin", "CAP_NET_ADMIN" to "CAP_NET_ADMIN"; "all" to "ALL". */
static int capability_add(struct strv *list, struct arena *arena, const char *value,
			  struct err *e)
{
	char name[64];
	cap_value_t number;
	bool has_prefix = strncasecmp(value, "CAP_", 4) == 0;
	int n = snprintf(name, sizeof(name), "%s%s", has_prefix ? "" : "CAP_", value);

	if (strcasecmp(value, "ALL") == 0) {
		strv_add(list, arena, "ALL");
		return arena_ok(arena);
	}
	for (char *c = name; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	/* cap_from_name takes numbers too. */
	if (n < 0 || (size_t)n >= sizeof(name) || !isalpha((unsigned char)name[4]) ||
	    cap_from_name(name, &number) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "invalid capability: \"%s\"", value);
	strv_add(list, arena, name);
	return arena_ok(arena);
}

int options_set_cap_add(void *values, struct arena *arena, const char *value, struct err *e)
{
	return capability_add(&security_config(values)->cap_add, arena, value, e);
}

int options_set_cap_drop(void *values, struct arena *arena, const char *value, struct err *e)
{
	return capability_add(&security_config(values)->cap_drop, arena, value, e);
}

/* --- --security-opt ---------------------------------------------------------------------- */

/* "seccomp=FILE" becomes "seccomp=<its JSON>", so that the record is complete. */
static int security_seccomp(struct container_config *config, struct arena *arena,
			    const char *value, struct err *e)
{
	AUTO_FREE char *text = NULL;
	AUTO_JSON struct json_object *profile = NULL;
	AUTO_STR struct str compact = { 0 };
	size_t len;
	int r;

	if (strcmp(value, "unconfined") == 0 || strcmp(value, "builtin") == 0) {
		strv_add(&config->security_opt, arena,
			 arena_printf(arena, "seccomp=%s", value));
		return arena_ok(arena);
	}
	r = file_read(AT_FDCWD, value, SECCOMP_FILE_MAX, &text, &len);
	if (r < 0)
		return err_set(e, ERR_INVALID, r, "opening seccomp profile (%s) failed: %s",
			       value, r == -EINVAL ? "not a regular file" : strerror(-r));
	r = json_parse(text, len, SECCOMP_FILE_MAX, "seccomp profile", &profile, e);
	if (r < 0)
		return r;
	if (!json_object_is_type(profile, json_type_object))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "seccomp profile (%s): not a JSON object", value);
	json_compact(profile, &compact);
	if (str_ok(&compact) < 0)
		return -ENOMEM;
	strv_add(&config->security_opt, arena,
		 arena_printf(arena, "seccomp=%s", str_text(&compact)));
	return arena_ok(arena);
}

static int security_no_new_privileges(struct container_config *config, struct arena *arena,
				      const char *value, struct err *e)
{
	bool is_on = true;
	int r = value ? option_parse_bool(value, &is_on, e) : 0;

	if (r < 0)
		return r;
	strv_add(&config->security_opt, arena,
		 is_on ? "no-new-privileges" : "no-new-privileges=false");
	return arena_ok(arena);
}

/* What hoy does anyway is accepted; what would need more is refused by name. */
static int security_module(struct container_config *config, struct arena *arena,
			   const char *name, const char *value, const char *off, struct err *e)
{
	if (strcmp(value, off) != 0)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP, "%s=%s is not supported yet",
			       name, value);
	strv_add(&config->security_opt, arena, arena_printf(arena, "%s=%s", name, value));
	return arena_ok(arena);
}

int options_set_security_opt(void *values, struct arena *arena, const char *value,
			     struct err *e)
{
	struct container_config *config = security_config(values);
	char *name = arena_copy(arena, value);
	char *rest;

	if (!name)
		return -ENOMEM;
	rest = strpbrk(name, "=:");
	if (rest)
		*rest++ = '\0';
	if (strcmp(name, "no-new-privileges") == 0)
		return security_no_new_privileges(config, arena, rest, e);
	if (!rest)
		return err_set(e, ERR_INVALID, -EINVAL, "unknown security option");
	if (strcmp(name, "seccomp") == 0)
		return security_seccomp(config, arena, rest, e);
	if (strcmp(name, "apparmor") == 0)
		return security_module(config, arena, name, rest, "unconfined", e);
	if (strcmp(name, "label") == 0)
		return security_module(config, arena, name, rest, "disable", e);
	if (strcmp(name, "systempaths") == 0 || strcmp(name, "mask") == 0 ||
	    strcmp(name, "unmask") == 0 || strcmp(name, "proc-opts") == 0 ||
	    strcmp(name, "writable-cgroups") == 0)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP, "%s is not supported yet",
			       name);
	return err_set(e, ERR_INVALID, -EINVAL, "unknown security option");
}

/* --- --device ---------------------------------------------------------------------------- */

static bool device_is_permissions(const char *text)
{
	return text[0] != '\0' && strspn(text, "rwm") == strlen(text) && strlen(text) <= 3;
}

static int device_add(struct container_config *config, struct arena *arena,
		      const struct device_request *device, struct err *e)
{
	if (!config->devices)
		config->devices = arena_array(arena, DEVICES_MAX, sizeof(*config->devices));
	if (!config->devices)
		return -ENOMEM;
	if (config->device_count == DEVICES_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d devices", DEVICES_MAX);
	config->devices[config->device_count++] = *device;
	return 0;
}

/* HOST[:CONTAINER][:rwm] */
int options_set_device(void *values, struct arena *arena, const char *value, struct err *e)
{
	static char everything[] = "rwm";
	char *rest = arena_copy(arena, value);
	char *parts[4] = { NULL };
	struct device_request device = { .permissions = everything };
	size_t count = 0;

	while (rest && count < 4)
		parts[count++] = strsep(&rest, ":");
	if (count == 0)
		return -ENOMEM;
	if (count > 3 || parts[0][0] == '\0' || (count > 1 && parts[1][0] == '\0'))
		return err_set(e, ERR_INVALID, -EINVAL, "bad format for path: %s", value);
	device.host_path = parts[0];
	device.path = count > 1 && (count == 3 || !device_is_permissions(parts[1])) ? parts[1]
										    : parts[0];
	if (count > 1 && device.path != parts[1])
		device.permissions = parts[1];
	if (count == 3)
		device.permissions = parts[2];
	if (device.host_path[0] != '/' || device.path[0] != '/')
		return err_set(e, ERR_INVALID, -EINVAL, "%s is not an absolute path",
			       device.host_path[0] != '/' ? device.host_path : device.path);
	if (!device_is_permissions(device.permissions))
		return err_set(e, ERR_INVALID, -EINVAL, "bad mode specified: %s",
			       device.permissions);
	return device_add(security_config(values), arena, &device, e);
}

/* --- --sysctl ---------------------------------------------------------------------------- */

/* Only what belongs to a namespace: anything else would change the host. */
static bool sysctl_is_namespaced(const char *name)
{
	static const char *const ipc[] = { "kernel.msgmax", "kernel.msgmnb",
					   "kernel.msgmni", "kernel.sem",
					   "kernel.shmall", "kernel.shmmax",
					   "kernel.shmmni", "kernel.shm_rmid_forced" };

	for (size_t i = 0; i < sizeof(ipc) / sizeof(ipc[0]); i++) {
		if (strcmp(ipc[i], name) == 0)
			return true;
	}
	return (str_starts(name, "net.") && name[4]) ||
	       (str_starts(name, "fs.mqueue.") && name[10]);
}

int options_set_sysctl(void *values, struct arena *arena, const char *value, struct err *e)
{
	char *name = arena_copy(arena, value);
	char *equals = name ? strchr(name, '=') : NULL;

	if (!name)
		return -ENOMEM;
	if (!equals)
		return err_set(e, ERR_INVALID, -EINVAL, "sysctl '%s' is not key=value", value);
	*equals = '\0';
	if (!sysctl_is_namespaced(name) || strpbrk(name, "/ \t\n") || strstr(name, ".."))
		return err_set(e, ERR_INVALID, -EINVAL, "sysctl '%s' is not allowed", value);
	strv_env_set(&security_config(values)->sysctls, arena, value);
	return arena_ok(arena);
}

int options_check_sysctls(const struct container_config *config, struct err *e)
{
	bool is_host_network =
		config->network_mode && strcmp(config->network_mode, "host") == 0;
	bool is_host_ipc = config->ipc_mode && strcmp(config->ipc_mode, "host") == 0;

	for (size_t i = 0; i < config->sysctls.count; i++) {
		const char *sysctl = config->sysctls.items[i];
		bool is_net = str_starts(sysctl, "net.");

		if (is_net && is_host_network)
			return err_set(
				e, ERR_INVALID, -EINVAL,
				"--sysctl: '%s' is not allowed in the host's network namespace",
				sysctl);
		if (!is_net && is_host_ipc)
			return err_set(
				e, ERR_INVALID, -EINVAL,
				"--sysctl: '%s' is not allowed in the host's ipc namespace",
				sysctl);
	}
	return 0;
}
