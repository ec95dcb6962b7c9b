/*
 * See bpf_device.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "linux/bpf_device.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"

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
	(void)memcpy(attr.prog_name, "hoy_devices", sizeof("hoy_devices"));
	return bpf(BPF_PROG_LOAD, &attr);
}

/* The one program that is attached with BPF_F_ALLOW_MULTI by us, to be replaced; -ENOENT: none.
 */
static int program_attached(int cgroup_fd)
{
	uint32_t ids[2] = { 0 };
	union bpf_attr attr;
	int r;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (uint32_t)cgroup_fd;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	attr.query.prog_ids = (uintptr_t)ids;
	attr.query.prog_cnt = 2;
	r = bpf(BPF_PROG_QUERY, &attr);
	if (r < 0)
		return r;
	if (attr.query.prog_cnt == 0)
		return -ENOENT;
	memset(&attr, 0, sizeof(attr));
	attr.prog_id = ids[0];
	return bpf(BPF_PROG_GET_FD_BY_ID, &attr);
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
