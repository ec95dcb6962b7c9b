/*
 * Namespaces, host names and name resolution as flags.
 *
 * Runs in: cli.
 */
#include <string.h>

#include "cli/host_name.h"
#include "cli/run_options.h"
#include "format/ip.h"

enum { HOST_NAME_LEN_MAX = 64, AUTO_SIZE_MAX = 65536 };

static struct container_config *namespace_config(void *values)
{
	return &((struct run_options *)values)->config;
}

static bool namespace_is_container(const char *value)
{
	return str_starts(value, "container:") && value[strlen("container:")] != '\0';
}

static int namespace_set(char **field, struct arena *arena, const char *value)
{
	*field = arena_copy(arena, value);
	return arena_ok(arena);
}

/* One of the modes, or container:NAME where that is allowed. */
static int namespace_choose(char **field, struct arena *arena, const char *value,
			    const char *const *modes, bool allows_container)
{
	for (const char *const *mode = modes; *mode; mode++) {
		if (strcmp(*mode, value) == 0)
			return namespace_set(field, arena, value);
	}
	if (allows_container && namespace_is_container(value))
		return namespace_set(field, arena, value);
	return -EINVAL;
}

int options_set_pid(void *values, struct arena *arena, const char *value, struct err *e)
{
	static const char *const modes[] = { "", "host", NULL };
	int r = namespace_choose(&namespace_config(values)->pid_mode, arena, value, modes,
				 true);

	return r == -EINVAL ? err_set(e, ERR_INVALID, r, "invalid PID mode") : r;
}

int options_set_ipc(void *values, struct arena *arena, const char *value, struct err *e)
{
	static const char *const modes[] = { "", "host", "none", "private", "shareable", NULL };
	int r = namespace_choose(&namespace_config(values)->ipc_mode, arena, value, modes,
				 true);

	return r == -EINVAL ? err_set(e, ERR_INVALID, r, "invalid IPC mode: %s", value) : r;
}

int options_set_uts(void *values, struct arena *arena, const char *value, struct err *e)
{
	static const char *const modes[] = { "", "host", NULL };
	int r = namespace_choose(&namespace_config(values)->uts_mode, arena, value, modes,
				 false);

	return r == -EINVAL ? err_set(e, ERR_INVALID, r, "invalid UTS mode") : r;
}

int options_set_cgroupns(void *values, struct arena *arena, const char *value, struct err *e)
{
	static const char *const modes[] = { "", "host", "private", NULL };
	int r = namespace_choose(&namespace_config(values)->cgroupns_mode, arena, value, modes,
				 false);

	return r == -EINVAL ? err_set(e, ERR_INVALID, r, "invalid CGROUP mode") : r;
}

int options_set_userns(void *values, struct arena *arena, const char *value, struct err *e)
{
	static const char *const modes[] = { "", "host", "auto", NULL };
	char **field = &namespace_config(values)->userns_mode;
	uint64_t size;
	int r = namespace_choose(field, arena, value, modes, false);

	if (r == 0)
		return 0;
	if (str_starts(value, "auto:size=")) {
		if (parse_u64(value + strlen("auto:size="), 1, AUTO_SIZE_MAX, &size) == 0)
			return namespace_set(field, arena, value);
		return err_set(e, ERR_INVALID, -EINVAL, "--userns %s: 1 to %d ids", value,
			       AUTO_SIZE_MAX);
	}
	return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP, "%s is not supported yet", value);
}

int options_add_uid_map(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)e; /* checked with the others, and what they exclude */
	strv_add(&namespace_config(values)->uid_map, arena, value);
	return arena_ok(arena);
}

int options_add_gid_map(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)e;
	strv_add(&namespace_config(values)->gid_map, arena, value);
	return arena_ok(arena);
}

/* --- names ------------------------------------------------------------------------------- */

int options_set_hostname(void *values, struct arena *arena, const char *value, struct err *e)
{
	if (value[0] != '\0' && !host_name_is_valid(value, HOST_NAME_LEN_MAX))
		return err_set(e, ERR_INVALID, -EINVAL, "invalid hostname format: %s", value);
	if (value[0] == '\0') { /* the default, as without the flag */
		namespace_config(values)->hostname = NULL;
		return 0;
	}
	return namespace_set(&namespace_config(values)->hostname, arena, value);
}

int options_set_domainname(void *values, struct arena *arena, const char *value, struct err *e)
{
	if (value[0] != '\0' && !host_name_is_valid(value, HOST_NAME_LEN_MAX))
		return err_set(e, ERR_INVALID, -EINVAL, "invalid domain name: %s", value);
	if (value[0] == '\0') {
		namespace_config(values)->domainname = NULL;
		return 0;
	}
	return namespace_set(&namespace_config(values)->domainname, arena, value);
}

static bool address_is_valid(const char *text)
{
	struct ip_address address;

	return ip_parse(text, &address) == 0;
}

/* NAME:ADDRESS or NAME=ADDRESS; an IPv6 address may stand in brackets, or "host-gateway" in its
 * place. */
int options_set_add_host(void *values, struct arena *arena, const char *value, struct err *e)
{
	char *name = arena_copy(arena, value);
	char *address = name ? strpbrk(name, "=:") : NULL;
	size_t len;

	if (!name)
		return -ENOMEM;
	if (!address || address == name)
		return err_set(e, ERR_INVALID, -EINVAL, "bad format for add-host: \"%s\"",
			       value);
	*address++ = '\0';
	len = strlen(address);
	if (len > 2 && address[0] == '[' && address[len - 1] == ']') {
		address[len - 1] = '\0';
		address++;
	}
	if (!host_name_is_valid(name, DOMAIN_LEN_MAX))
		return err_set(e, ERR_INVALID, -EINVAL, "bad format for add-host: \"%s\"",
			       value);
	if (strcmp(address, EXTRA_HOST_GATEWAY) != 0 && !address_is_valid(address))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "invalid IP address in add-host: \"%s\"", address);
	strv_add(&namespace_config(values)->extra_hosts, arena,
		 arena_printf(arena, "%s:%s", name, address));
	return arena_ok(arena);
}

int options_set_dns(void *values, struct arena *arena, const char *value, struct err *e)
{
	if (!address_is_valid(value))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "IP address is not correctly formatted: %s", value);
	strv_add(&namespace_config(values)->dns, arena, value);
	return arena_ok(arena);
}

int options_set_dns_search(void *values, struct arena *arena, const char *value, struct err *e)
{
	/* "." alone: no search domains at all. */
	if (strcmp(value, ".") != 0 && !host_name_is_valid(value, DOMAIN_LEN_MAX))
		return err_set(e, ERR_INVALID, -EINVAL, "%s is not a valid domain", value);
	strv_add(&namespace_config(values)->dns_search, arena, value);
	return arena_ok(arena);
}

int options_set_dns_option(void *values, struct arena *arena, const char *value, struct err *e)
{
	size_t len = strlen(value);

	/* It becomes a word of a line of resolv.conf. */
	if (len == 0 || len > 128 || strpbrk(value, " \t\n\r\v\f#;"))
		return err_set(e, ERR_INVALID, -EINVAL, "not one word");
	strv_add(&namespace_config(values)->dns_options, arena, value);
	return arena_ok(arena);
}
