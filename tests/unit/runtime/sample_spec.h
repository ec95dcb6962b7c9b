/*
 * A spec as docker would make it, in C: what the golden test of the plan, the live tests and
 * the measurements start from.
 */
#ifndef HOY_TESTS_SAMPLE_SPEC_H
#define HOY_TESTS_SAMPLE_SPEC_H

#include <linux/sched.h>
#include <string.h>

#include "base/str.h"
#include "spec/runtime_spec.h"

static inline void sample_words(struct strv *v, struct arena *arena, const char *words)
{
	size_t len;

	for (; *words; words += len + (words[len] == ' ')) {
		len = strcspn(words, " ");
		strv_add_borrowed(v, arena, arena_copy_bytes(arena, words, len));
	}
}

static inline void sample_mount(struct spec *spec, const char *destination, const char *type,
				const char *source, const char *options)
{
	struct spec_mount *m = &spec->mounts[spec->mount_count++];

	m->destination = arena_copy(spec->arena, destination);
	m->type = arena_copy(spec->arena, type);
	m->source = arena_copy(spec->arena, source);
	sample_words(&m->options, spec->arena, options);
}

static inline void sample_process(struct spec_process *process, struct arena *arena,
				  const char *command)
{
	sample_words(&process->args, arena, command);
	sample_words(&process->env, arena, "PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root");
	process->cwd = arena_copy(arena, "/");
	process->has_capabilities = true;
	process->capabilities.bounding = 0xa80425fb;
	process->capabilities.effective = 0xa80425fb;
	process->capabilities.permitted = 0xa80425fb;
}

static inline void sample_spec(struct spec *spec, struct arena *arena, const char *root,
			       const char *command)
{
	static const int kinds[] = { CLONE_NEWNS,  CLONE_NEWNET, CLONE_NEWUTS,
				     CLONE_NEWPID, CLONE_NEWIPC, CLONE_NEWCGROUP };

	*spec = (struct spec){ .arena = arena, .has_process = true, .personality = UINT32_MAX };
	spec->root_path = arena_copy(arena, root);
	spec->hostname = arena_copy(arena, "sample");
	spec->mounts = arena_array(arena, 16, sizeof(*spec->mounts));
	sample_mount(spec, "/proc", "proc", "proc", "nosuid noexec nodev");
	sample_mount(spec, "/dev", "tmpfs", "tmpfs", "nosuid strictatime mode=755 size=65536k");
	sample_mount(spec, "/dev/pts", "devpts", "devpts",
		     "nosuid noexec newinstance ptmxmode=0666 mode=0620 gid=5");
	sample_mount(spec, "/sys", "sysfs", "sysfs", "nosuid noexec nodev ro");
	sample_mount(spec, "/sys/fs/cgroup", "cgroup", "cgroup", "ro nosuid noexec nodev");
	sample_mount(spec, "/dev/mqueue", "mqueue", "mqueue", "nosuid noexec nodev");
	sample_mount(spec, "/dev/shm", "tmpfs", "shm",
		     "nosuid noexec nodev mode=1777 size=67108864");
	spec->namespaces = arena_array(arena, 8, sizeof(*spec->namespaces));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		spec->namespaces[spec->namespace_count++] =
			(struct spec_namespace){ .type = kinds[i], .fd = -1 };
	sample_words(&spec->masked_paths, arena,
		     "/proc/acpi /proc/asound /proc/interrupts /proc/kcore /proc/keys "
		     "/proc/latency_stats "
		     "/proc/sched_debug /proc/scsi /proc/timer_list /proc/timer_stats "
		     "/sys/devices/virtual/powercap /sys/firmware");
	sample_words(&spec->readonly_paths, arena,
		     "/proc/bus /proc/fs /proc/irq /proc/sys /proc/sysrq-trigger");
	sample_process(&spec->process, arena, command);
}

/* Docker's device rules, and the limits of `-m 64m --cpus 1.5 --pids-limit 100 --cpuset-cpus
 * 0`. */
static inline void sample_limits(struct spec *spec)
{
	static const struct spec_device_rule rules[] = {
		{ false, 'a', -1, -1, true, true, true },
		{ true, 'c', 1, 5, true, true, true },
		{ true, 'c', 1, 3, true, true, true },
		{ true, 'c', 1, 9, true, true, true },
		{ true, 'c', 1, 8, true, true, true },
		{ true, 'c', 5, 0, true, true, true },
		{ true, 'c', 5, 1, true, true, true },
		{ false, 'c', 10, 229, true, true, true },
	};
	struct spec_resources *r = &spec->resources;

	r->devices = arena_array(spec->arena, 8, sizeof(*r->devices));
	memcpy(r->devices, rules, sizeof(rules));
	r->device_count = 8;
	r->memory_limit = (struct spec_number){ true, 64 << 20 };
	r->memory_swap = (struct spec_number){ true, 128 << 20 };
	r->cpu_period = (struct spec_number){ true, 100000 };
	r->cpu_quota = (struct spec_number){ true, 150000 };
	r->pids_limit = (struct spec_number){ true, 100 };
	r->cpus = arena_copy(spec->arena, "0");
}

#endif
