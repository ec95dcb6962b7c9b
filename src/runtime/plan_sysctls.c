/*
 * Kernel parameters of the container: only those that belong to one of its own namespaces, with
 * values that cannot be read as anything else.
 *
 * Runs in: cli (engine), runtime; a pure function.
 * See: sysctl(8), namespaces(7); CVE-2022-0811.
 */
#include <linux/sched.h>
#include <string.h>

#include "base/fd.h"
#include "runtime/plan_build.h"

enum { SYSCTLS_MAX = 1024, SYSCTL_KEY_MAX = 256, SYSCTL_VALUE_MAX = 4096 };

static const struct {
	const char *key; /* one that ends in '/' stands for everything below */
	int namespace_type;
	const char *namespace_name;
} allowed[] = {
	{ "kernel/msgmax", CLONE_NEWIPC, "ipc" },
	{ "kernel/msgmnb", CLONE_NEWIPC, "ipc" },
	{ "kernel/msgmni", CLONE_NEWIPC, "ipc" },
	{ "kernel/sem", CLONE_NEWIPC, "ipc" },
	{ "kernel/shmall", CLONE_NEWIPC, "ipc" },
	{ "kernel/shmmax", CLONE_NEWIPC, "ipc" },
	{ "kernel/shmmni", CLONE_NEWIPC, "ipc" },
	{ "kernel/shm_rmid_forced", CLONE_NEWIPC, "ipc" },
	{ "fs/mqueue/", CLONE_NEWIPC, "ipc" },
	{ "net/", CLONE_NEWNET, "network" },
	{ "kernel/domainname", CLONE_NEWUTS, "uts" },
};

/* As sysctl(8): the first separator decides whether '.' or '/' separates. */
static void key_to_path(char *key)
{
	if (key[strcspn(key, "./")] == '/')
		return;
	for (; *key; key++) {
		if (*key == '.')
			*key = '/';
	}
}

static bool is_plain(const char *text)
{
	for (; *text; text++) {
		if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7f)
			return false;
	}
	return true;
}

static bool is_path_safe(const char *path)
{
	return path[0] != '/' && path[0] != '\0' && !str_ends(path, "/") &&
	       !strstr(path, "//") && !str_starts(path, "../") && !strstr(path, "/../") &&
	       !str_ends(path, "/..") && !strstr(path, "/./") && is_plain(path);
}

static int key_check(const struct spec *spec, const char *path, struct err *e)
{
	if (!is_path_safe(path))
		return err_set(e, ERR_INVALID, -EINVAL, "not a name of a kernel parameter");
	/* It would be written over, or write over, what is said elsewhere. */
	if (strcmp(path, "kernel/hostname") == 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "not allowed: it is the container's hostname, which has a place "
			       "of its own");
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		bool is_prefix = str_ends(allowed[i].key, "/");

		if (is_prefix ? !str_starts(path, allowed[i].key)
			      : strcmp(path, allowed[i].key) != 0)
			continue;
		if (spec_has_namespace(spec, allowed[i].namespace_type))
			return 0;
		return err_set(e, ERR_INVALID, -EINVAL,
			       "needs a %s namespace other than the host's",
			       allowed[i].namespace_name);
	}
	return err_set(e, ERR_INVALID, -EINVAL,
		       "does not belong to a namespace: it would change the whole host");
}

static int sysctl_fill(const struct spec *spec, const char *assignment, struct plan_builder *b,
		       struct plan_pair *ret, struct err *e)
{
	char path[SYSCTL_KEY_MAX];
	const char *equals = strchr(assignment, '=');
	int r;

	if (!equals || equals == assignment || (size_t)(equals - assignment) >= sizeof(path))
		return err_set(e, ERR_INVALID, -EINVAL, "not NAME=VALUE");
	memcpy(path, assignment, (size_t)(equals - assignment));
	path[equals - assignment] = '\0';
	key_to_path(path);
	r = key_check(spec, path, e);
	if (r < 0)
		return r;
	if (strlen(equals + 1) > SYSCTL_VALUE_MAX || !is_plain(equals + 1))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "the value has control characters or is too long");
	*ret = (struct plan_pair){ .key = plan_add_text(b, path),
				   .value = plan_add_text(b, equals + 1) };
	return 0;
}

int plan_sysctls(const struct spec *spec, struct plan_builder *b, struct err *e)
{
	size_t count = spec->sysctls.count;
	AUTO_FREE struct plan_pair *pairs = calloc(count + 1, sizeof(*pairs));

	if (!pairs)
		return err_sys(e, ENOMEM, "sysctls");
	if (count > SYSCTLS_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d sysctls", SYSCTLS_MAX);
	for (size_t i = 0; i < count; i++) {
		int r = sysctl_fill(spec, spec->sysctls.items[i], b, &pairs[i], e);

		if (r < 0)
			return err_wrap(e, r, "sysctl %.*s",
					(int)strcspn(spec->sysctls.items[i], "="),
					spec->sysctls.items[i]);
	}
	b->header.sysctls = plan_add_array(b, pairs, count, sizeof(*pairs));
	return 0;
}
