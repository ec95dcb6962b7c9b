/*
 * What a container's process may do: capabilities, no-new-privileges, seccomp, masks.
 *
 * The inheritable and ambient sets stay empty (CVE-2022-24769): a process that is not root then
 * has no capability at all.
 *
 * Runs in: cli (engine).
 * See: capabilities(7); container_spec.h.
 */
#include <linux/capability.h>
#include <string.h>

#include "engine/container_spec.h"
#include "runtime/seccomp_profile.h"
#include "spec/capability.h"

#define CAP_BIT(cap) (UINT64_C(1) << (cap))

static const uint64_t docker_capabilities =
	CAP_BIT(CAP_CHOWN) | CAP_BIT(CAP_DAC_OVERRIDE) | CAP_BIT(CAP_FSETID) |
	CAP_BIT(CAP_FOWNER) | CAP_BIT(CAP_MKNOD) | CAP_BIT(CAP_NET_RAW) | CAP_BIT(CAP_SETGID) |
	CAP_BIT(CAP_SETUID) | CAP_BIT(CAP_SETFCAP) | CAP_BIT(CAP_SETPCAP) |
	CAP_BIT(CAP_NET_BIND_SERVICE) | CAP_BIT(CAP_SYS_CHROOT) | CAP_BIT(CAP_KILL) |
	CAP_BIT(CAP_AUDIT_WRITE);

/* The bits of a list; "ALL" gives `all`. */
static int mask_of(const struct strv *names, const char *flag, uint64_t all, uint64_t *ret,
		   bool *ret_has_all, struct err *e)
{
	uint64_t mask = 0;

	*ret_has_all = false;
	for (size_t i = 0; i < names->count; i++) {
		int bit;

		if (strcasecmp(names->items[i], "ALL") == 0) {
			*ret_has_all = true;
			continue;
		}
		bit = capability_find(names->items[i]);
		if (bit < 0)
			return err_set(e, ERR_INVALID, -EINVAL, "%s: unknown capability \"%s\"",
				       flag, names->items[i]);
		mask |= CAP_BIT(bit);
	}
	*ret = *ret_has_all ? all : mask;
	return 0;
}

int capabilities_choose(const struct strv *add, const struct strv *drop, bool is_privileged,
			uint64_t available, uint64_t *ret, struct err *e)
{
	uint64_t added = 0;
	uint64_t dropped = 0;
	bool adds_all;
	bool drops_all;
	int r = mask_of(add, "--cap-add", available, &added, &adds_all, e);

	if (r == 0)
		r = mask_of(drop, "--cap-drop", available, &dropped, &drops_all, e);
	if (r < 0)
		return r;
	/* As docker: privileged takes all and ignores both; ALL on one side leaves the other
	 * side's names to be exceptions. */
	if (is_privileged)
		*ret = available;
	else if (adds_all)
		*ret = drops_all ? 0 : available & ~dropped;
	else if (drops_all)
		*ret = added;
	else
		*ret = (docker_capabilities & ~dropped) | added;
	return 0;
}

static int option_parse(const char *option, struct security_options *ret, struct err *e)
{
	size_t len = strcspn(option, "=:");
	const char *value = option[len] ? option + len + 1 : NULL;

	if (len == strlen("no-new-privileges") && str_starts(option, "no-new-privileges")) {
		if (value && strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
			return err_set(
				e, ERR_INVALID, -EINVAL,
				"--security-opt: invalid value of no-new-privileges: \"%s\"",
				value);
		ret->has_no_new_privileges = !value || strcmp(value, "true") == 0;
	} else if (len == strlen("seccomp") && str_starts(option, "seccomp") && value) {
		ret->is_seccomp_unconfined = strcmp(value, "unconfined") == 0;
		ret->seccomp_profile =
			ret->is_seccomp_unconfined || strcmp(value, "builtin") == 0 ? NULL
										    : value;
	} else if (len == strlen("apparmor") && str_starts(option, "apparmor") && value) {
		ret->apparmor = strcmp(value, "unconfined") == 0 ? NULL : value;
	} else if (strcmp(option, "label=disable") == 0 ||
		   strcmp(option, "label:disable") == 0) {
		return 0; /* there is no SELinux label to begin with */
	} else if (strcmp(option, "systempaths=unconfined") == 0) {
		ret->has_system_paths = true;
	} else {
		return err_set(e, ERR_INVALID, -EINVAL, "invalid --security-opt: \"%.60s\"",
			       option);
	}
	return 0;
}

int security_options_parse(const struct strv *options, struct security_options *ret,
			   struct err *e)
{
	struct security_options parsed = { 0 };
	int r = 0;

	for (size_t i = 0; i < options->count && r == 0; i++)
		r = option_parse(options->items[i], &parsed, e);
	if (r == 0)
		*ret = parsed;
	return r;
}

static int read_profile(const char *json, uint64_t capabilities, struct spec *spec,
			struct err *e)
{
	struct seccomp_host host;
	int r;

	seccomp_host_read(&host);
	r = seccomp_profile_parse(json, strlen(json), capabilities, &host, spec->arena,
				  &spec->seccomp, e);
	return r < 0 ? err_wrap(e, r, "--security-opt seccomp") : 0;
}

bool container_uses_default_seccomp(const struct container_config *config)
{
	struct security_options options;

	return !config->is_privileged &&
	       security_options_parse(&config->security_opt, &options, NULL) == 0 &&
	       !options.is_seccomp_unconfined && !options.seccomp_profile;
}

int container_privileges(const struct container_config *config, uint64_t available,
			 struct spec *spec, struct err *e)
{
	struct security_options options;
	uint64_t mask;
	int r = security_options_parse(&config->security_opt, &options, e);

	if (r == 0)
		r = capabilities_choose(&config->cap_add, &config->cap_drop,
					config->is_privileged, available, &mask, e);
	if (r < 0)
		return r;
	spec->process.has_capabilities = true;
	spec->process.capabilities.bounding = mask;
	spec->process.capabilities.permitted = mask;
	spec->process.capabilities.effective = mask;
	spec->process.no_new_privileges = options.has_no_new_privileges;
	spec->process.apparmor_profile =
		config->is_privileged ? NULL : arena_copy(spec->arena, options.apparmor);
	if (!options.has_system_paths)
		container_masks(config, spec);
	if (config->is_privileged || options.is_seccomp_unconfined)
		return 0;
	spec->has_seccomp = true;
	if (options.seccomp_profile)
		return read_profile(options.seccomp_profile, mask, spec, e);
	/* docker's default: its content is known to the runtime by name, see
	 * SECCOMP_KEY_DEFAULT */
	return 0;
}
