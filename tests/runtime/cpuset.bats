# Groups of the cpuset hierarchy (cgroup v1) may not be joined before they have processors and memory nodes. Whoever made the
# parents (conmon, runc) need not have given them any, nor have asked the kernel to hand them down.

load helper

setup() {
	instance_make
	[ -d /sys/fs/cgroup/cpuset ] || skip "no cpuset hierarchy of cgroup v1"
	CPUSET=/sys/fs/cgroup/cpuset$CGROUP
}

@test "a parent that somebody else made without processors is filled" {
	mkdir -p "$CPUSET/empty"
	echo 0 >"$CPUSET/cgroup.clone_children"
	is "$(cat "$CPUSET/empty/cpuset.cpus")" ""
	bundle a '.linux.cgroupsPath = $path' --arg path "$CGROUP/empty/a"
	is "$(runs a cat /sys/fs/cgroup/cpuset/cpuset.cpus /sys/fs/cgroup/cpuset/cpuset.mems)" \
		"$(cat /sys/fs/cgroup/cpuset/cpuset.cpus /sys/fs/cgroup/cpuset/cpuset.mems)"
	find "$CPUSET" -depth -type d -exec rmdir {} +
}

@test "what a parent has is handed down and not widened" {
	mkdir -p "$CPUSET/half"
	echo 0 >"$CPUSET/cgroup.clone_children"
	echo 0 >"$CPUSET/cpuset.cpus"
	bundle a '.linux.cgroupsPath = $path' --arg path "$CGROUP/half/a"
	is "$(runs a cat /sys/fs/cgroup/cpuset/cpuset.cpus)" 0
	is "$(cat "$CPUSET/cpuset.cpus")" 0
	find "$CPUSET" -depth -type d -exec rmdir {} +
}
