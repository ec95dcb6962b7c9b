/*
 * Which hierarchies this machine has, read from /proc/self/cgroup: it lists each one with its
 * controllers in one short read, where mountinfo grows with every mount of the host. Where they
 * are mounted is convention: /sys/fs/cgroup/<controllers>.
 *
 * name=systemd and a cgroup2 beside v1 carry no limit. We make a directory there only when the
 * caller sits in one of its own (a systemd unit): otherwise ending that unit would end the
 * container.
 *
 * Runs in: cli (engine), runtime.
 * See: proc(5) /proc/PID/cgroup, cgroups(7).
 */
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "runtime/cgroup_file.h"
#include "runtime/cgroup_hierarchies.h"

enum { OWN_CGROUP_MAX = 64 * 1024 };

static const struct {
	const char *name;
	uint32_t bit;
} controllers[] = {
	{ "cpu", CGROUP_CPU },		 { "cpuacct", CGROUP_CPUACCT },
	{ "cpuset", CGROUP_CPUSET },	 { "memory", CGROUP_MEMORY },
	{ "pids", CGROUP_PIDS },	 { "devices", CGROUP_DEVICES },
	{ "freezer", CGROUP_FREEZER },	 { "blkio", CGROUP_BLKIO },
	{ "hugetlb", CGROUP_HUGETLB },	 { "net_cls", CGROUP_NET_CLS },
	{ "net_prio", CGROUP_NET_PRIO }, { "rdma", CGROUP_RDMA },
};

enum {
	CGROUP_ALWAYS = CGROUP_CPU | CGROUP_CPUACCT | CGROUP_CPUSET | CGROUP_MEMORY |
			CGROUP_PIDS | CGROUP_DEVICES | CGROUP_FREEZER | CGROUP_BLKIO
};

static uint32_t controller_bit(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(controllers) / sizeof(controllers[0]); i++) {
		if (strlen(controllers[i].name) == len &&
		    memcmp(controllers[i].name, name, len) == 0)
			return controllers[i].bit;
	}
	return CGROUP_OTHER;
}

static uint32_t controller_bits(const char *list)
{
	uint32_t bits = 0;

	while (*list) {
		size_t len = strcspn(list, ",");

		bits |= controller_bit(list, len);
		list += len + (list[len] == ',');
	}
	return bits;
}

/* "4:memory:/unit" is a v1 hierarchy, "0::/unit" the unified one. */
static int hierarchy_add(struct cgroup *cgroup, const char *list, const char *own_path)
{
	struct cgroup_hierarchy *h = &cgroup->hierarchies[cgroup->count];
	const char *name = list;
	const char *before = "";

	if (cgroup->count == CGROUP_HIERARCHIES_MAX)
		return -E2BIG;
	*h = (struct cgroup_hierarchy){ .fd = -1 };
	h->is_wanted = strcmp(own_path, "/") != 0;
	if (list[0] == '\0') {
		h->controllers = CGROUP_UNIFIED;
		name = "unified";
	} else if (str_starts(list, "name=")) {
		h->controllers = CGROUP_NAMED;
		name = list + strlen("name=");
		before = "none,";
	} else {
		h->controllers = controller_bits(list);
		h->is_wanted = (h->controllers & CGROUP_ALWAYS) != 0;
	}
	if (str_copy(h->name, sizeof(h->name), name) < 0 ||
	    snprintf(h->options, sizeof(h->options), "%s%s", before, list) >=
		    (int)sizeof(h->options))
		return -ENAMETOOLONG;
	cgroup->count++;
	return 0;
}

/* Alone, the unified hierarchy is the whole of cgroup v2, mounted on /sys/fs/cgroup itself. */
static enum cgroup_mode mode_of(struct cgroup *cgroup)
{
	struct cgroup_hierarchy *unified = cgroup_find(cgroup, CGROUP_UNIFIED);

	if (cgroup->count == 0)
		return CGROUP_NONE;
	if (!unified)
		return CGROUP_V1;
	if (cgroup->count > 1)
		return CGROUP_HYBRID;
	unified->name[0] = '\0';
	unified->is_wanted = true;
	return CGROUP_V2;
}

int cgroup_hierarchies_parse(struct cgroup *cgroup, char *text)
{
	char *rest = NULL;

	cgroup->count = 0;
	for (char *line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *list = strchr(line, ':');
		char *path = list ? strchr(list + 1, ':') : NULL;
		int r;

		if (!path)
			return -EINVAL;
		*path = '\0';
		r = hierarchy_add(cgroup, list + 1, path + 1);
		if (r < 0)
			return r;
	}
	cgroup->mode = mode_of(cgroup);
	return 0;
}

/* Co-mounted controllers are listed in the kernel's order, which is not always the directory's;
 * "cpu" is a link there. */
static void hierarchy_locate(struct cgroup_hierarchy *h)
{
	char path[CGROUP_PATH_MAX];
	char *comma = strchr(h->name, ',');

	if (comma &&
	    (cgroup_host_path(h, "", path, sizeof(path)) < 0 || access(path, F_OK) < 0))
		*comma = '\0';
}

/*
 * Beside v1 the unified hierarchy is listed always, but mounted only where somebody wants it: an
 * empty directory of that name would take groups for plain directories.
 */
static void unified_forget_unmounted(struct cgroup *cgroup)
{
	struct cgroup_hierarchy *unified = cgroup_find(cgroup, CGROUP_UNIFIED);
	char path[CGROUP_PATH_MAX];
	struct statfs facts;
	size_t index;

	if (cgroup->mode != CGROUP_HYBRID || !unified ||
	    cgroup_host_path(unified, "", path, sizeof(path)) < 0 ||
	    (statfs(path, &facts) == 0 && facts.f_type == CGROUP2_SUPER_MAGIC))
		return;
	index = (size_t)(unified - cgroup->hierarchies);
	cgroup->count--;
	memmove(unified, unified + 1, (cgroup->count - index) * sizeof(*unified));
	cgroup->mode = CGROUP_V1;
}

static int own_read(char **ret, struct err *e)
{
	AUTO_CLOSE int fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return err_sys(e, errno, "open /proc/self/cgroup");
	r = fd_read_all(fd, OWN_CGROUP_MAX, ret, NULL);
	return r < 0 ? err_sys(e, r, "read /proc/self/cgroup") : 0;
}

int cgroup_hierarchies_read(struct cgroup *cgroup, struct err *e)
{
	AUTO_FREE char *text = NULL;
	int r = own_read(&text, e);

	if (r < 0)
		return r;
	r = cgroup_hierarchies_parse(cgroup, text);
	if (r < 0)
		return err_sys(e, r, "read /proc/self/cgroup");
	for (size_t i = 0; i < cgroup->count; i++)
		hierarchy_locate(&cgroup->hierarchies[i]);
	unified_forget_unmounted(cgroup);
	return 0;
}

int cgroup_hierarchies_own(char *ret, size_t size, struct err *e)
{
	static const char unified[] = "0::/";
	AUTO_FREE char *text = NULL;
	char *end;
	int r = own_read(&text, e);

	if (r < 0)
		return r;
	end = strchr(text, '\n');
	/* Listed last: first only when it is alone. */
	if (!end || !str_starts(text, unified))
		return -ENOENT;
	*end = '\0';
	return str_copy(ret, size, strcmp(text, unified) == 0 ? "" : text + strlen("0::"));
}
