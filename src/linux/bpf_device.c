/*
 * See bpf_device.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "linux/bpf_device.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"

enum { PROGRAMS_MAX = 64 }; /* the kernel's own limit for one group */

static const char program_name[] = "hoy_devices";

static int bpf(int command, union bpf_attr *attr)
{
	int r = (int)syscall(SYS_bpf, command, attr, sizeof(*attr));

	return r < 0 ? -errno : r;
}

static int program_load(const struct bpf_insn *program, size_t count)
{
	static const char license[] = "Apache-2.0";
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = (uintptr_t)program;
	attr.insn_cnt = (uint32_t)count;
	attr.license = (uintptr_t)license;
	(void)memcpy(attr.prog_name, program_name, sizeof(program_name));
	return bpf(BPF_PROG_LOAD, &attr);
}

/* Is it one of ours? Others (systemd's, for a unit with device rules) stay. */
static bool is_ours(int program_fd)
{
	struct bpf_prog_info info;
	union bpf_attr attr;

	memset(&info, 0, sizeof(info));
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)program_fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uintptr_t)&info;
	return bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) == 0 &&
	       strncmp(info.name, program_name, sizeof(info.name)) == 0;
}

/* The program that an earlier call attached, to be replaced; -ENOENT: none. */
static int program_attached(int cgroup_fd)
{
	uint32_t ids[PROGRAMS_MAX] = { 0 };
	union bpf_attr attr;
	uint32_t count;
	int r;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (uint32_t)cgroup_fd;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	attr.query.prog_ids = (uintptr_t)ids;
	attr.query.prog_cnt = PROGRAMS_MAX;
	r = bpf(BPF_PROG_QUERY, &attr);
	if (r < 0)
		return r;
	count = attr.query.prog_cnt;
	for (uint32_t i = 0; i < count && i < PROGRAMS_MAX; i++) {
		int fd;

		memset(&attr, 0, sizeof(attr));
		attr.prog_id = ids[i];
		fd = bpf(BPF_PROG_GET_FD_BY_ID, &attr);
		if (fd >= 0 && is_ours(fd))
			return fd;
		(void)fd_close(fd);
	}
	return -ENOENT;
}

int bpf_device_attach(int cgroup_fd, const struct bpf_insn *program, size_t count)
{
	union bpf_attr attr;
	int r;

	FAULT("bpf");
	/* The group's directory may have been opened with O_PATH, which bpf(2) refuses. */
	AUTO_CLOSE int group = openat(cgroup_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int fd = -EBADF;
	AUTO_CLOSE int old = -EBADF;

	if (group < 0)
		return -errno;
	fd = program_load(program, count);
	if (fd < 0)
		return fd;
	old = program_attached(group);
	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)group;
	attr.attach_bpf_fd = (uint32_t)fd;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	if (old >= 0) {
		attr.attach_flags |= BPF_F_REPLACE;
		attr.replace_bpf_fd = (uint32_t)old;
	}
	r = bpf(BPF_PROG_ATTACH, &attr);
	return r < 0 ? r : 0;
}
