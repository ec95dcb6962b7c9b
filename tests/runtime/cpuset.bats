# Groups of the cpuset hierarchy (cgroup v1) may not be joined before they have processors and memory nodes. Whoever made the
# parents (conmon, runc) need not have given them any, nor have asked the kernel to hand them down.

load helper

setup() {
	instance_make
	[ -d /sys/fs/cgroup/cpuset ] || skip "no cpuset hierarchy of cgroup v1"
	CPUSET=/sys/fs/cgroup/cpuset$CGROUP
	# By default the kernel hands nothing down.
	is "$(cat /sys/fs/cgroup/cpuset/cgroup.clone_children)" 0
}

@test "a parent that somebody else made without processors is filled" {
	mkdir "$CPUSET"
	is "$(cat "$CPUSET/cpuset.cpus")" ""
	bundle a
	is "$(runs a cat /sys/fs/cgroup/cpuset/cpuset.cpus /sys/fs/cgroup/cpuset/cpuset.mems)" \
		"$(cat /sys/fs/cgroup/cpuset/cpuset.cpus /sys/fs/cgroup/cpuset/cpuset.mems)"
}

@test "what a parent has is handed down and not widened" {
	mkdir "$CPUSET"
	echo 0 >"$CPUSET/cpuset.cpus"
	bundle a
	is "$(runs a cat /sys/fs/cgroup/cpuset/cpuset.cpus)" 0
	is "$(cat "$CPUSET/cpuset.cpus")" 0
}
