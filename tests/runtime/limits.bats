# linux.resources of config.json as control files of this machine. What cgroup v2 makes of them is tried in the machines of
# tests/vm.
load helper

setup() {
	instance_make
	[ ! -e /sys/fs/cgroup/cgroup.controllers ] || skip "this machine has cgroup v2: see tests/vm/cases-systemd"
}

limit() { cat "$(cgroup_of c "${1%%/*}")/${1#*/}"; }

@test "memory, pids, cpu and cpuset are what the spec says" {
	bundle c '.linux.resources += { memory: { limit: 67108864, reservation: 33554432, swappiness: 10, disableOOMKiller: true },
		pids: { limit: 40 }, cpu: { shares: 2048, quota: 50000, period: 200000, cpus: "0", mems: "0" } }'
	launch c
	is "$(limit memory/memory.limit_in_bytes) $(limit memory/memory.soft_limit_in_bytes)" "67108864 33554432"
	is "$(limit memory/memory.swappiness)" 10
	has "$(limit memory/memory.oom_control)" "oom_kill_disable 1"
	is "$(limit pids/pids.max) $(limit cpu/cpu.shares)" "40 2048"
	is "$(limit cpu/cpu.cfs_quota_us) $(limit cpu/cpu.cfs_period_us)" "50000 200000"
	is "$(limit cpuset/cpuset.cpus) $(limit cpuset/cpuset.mems)" "0 0"
}

@test "-1 and 0 are no limits" {
	bundle c '.linux.resources += { memory: { limit: -1, swap: -1 }, pids: { limit: 0 }, cpu: { shares: 0, quota: -1, period: 0 } }'
	launch c
	is "$(limit pids/pids.max) $(limit cpu/cpu.cfs_quota_us) $(limit cpu/cpu.shares)" "max -1 1024"
}

@test "burst and quota go up and down together, whichever would be refused first" {
	bundle c '.linux.resources.cpu = { quota: 50000, burst: 40000 }'
	launch c
	is "$(limit cpu/cpu.cfs_quota_us) $(limit cpu/cpu.cfs_burst_us)" "50000 40000"
	rt update --cpu-quota 20000 --cpu-burst 10000 c
	is "$(limit cpu/cpu.cfs_quota_us) $(limit cpu/cpu.cfs_burst_us)" "20000 10000"
	rt update --cpu-quota 90000 --cpu-burst 80000 c
	is "$(limit cpu/cpu.cfs_quota_us) $(limit cpu/cpu.cfs_burst_us)" "90000 80000"
}

@test "a huge page limit goes where the controller is: a hierarchy of v1, or the cgroup2 mount beside it" {
	[ -d /sys/fs/cgroup/hugetlb ] || grep -qw hugetlb /sys/fs/cgroup/unified/cgroup.controllers 2>/dev/null ||
		skip "this machine does not limit huge pages"
	bundle c '.linux.resources.hugepageLimits = [{ pageSize: "2MB", limit: 4194304 }]'
	launch c
	if [ -d /sys/fs/cgroup/hugetlb ]; then
		is "$(limit hugetlb/hugetlb.2MB.limit_in_bytes)" 4194304
	else
		is "$(limit unified/hugetlb.2MB.max)" 4194304
		has "$(cat "/proc/$(pid_of c)/cgroup")" "0::$CGROUP/c"
	fi
}

@test "throttles of a block device" {
	local disk
	disk=$(lsblk -dno MAJ:MIN | tr -d ' ' | head -1)
	[ -n "$disk" ] || skip "this machine has no block device"
	bundle c '.linux.resources.blockIO = { throttleReadBpsDevice: [{ major: $major, minor: $minor, rate: 1048576 }] }' \
		--argjson major "${disk%:*}" --argjson minor "${disk#*:}"
	launch c
	is "$(limit blkio/blkio.throttle.read_bps_device)" "$disk 1048576"
}

@test "what v1 has no file for is refused by its name, and nothing is left" {
	bundle c '.linux.resources.unified = { "memory.high": "1" }'
	run ! create c
	has "$output" "memory.high"
	has "$output" "needs cgroup v2"
	config c 'del(.linux.resources.unified) | .linux.resources.rdma = { mlx5_1: { hcaHandles: 3 } }'
	run ! create c
	has "$output" "rdma"
}

@test "a limit below what is in use is refused with the numbers" {
	bundle c
	launch c
	rt exec c sh -c 'head -c 8000000 /dev/zero >/dev/shm/x'
	run ! rt update --memory 1m c
	has "$output" "bytes are in use"
	is "$(status_of c)" running
}

# --- devices -------------------------------------------------------------------------------------------------------------

# A disk of the host, which is only read.
disk_find() {
	disk=$(lsblk -dno MAJ:MIN | tr -d ' ' | head -1)
	[ -n "$disk" ] || skip "this machine has no block device"
	major=${disk%:*} minor=${disk#*:}
}
may_mknod() { config c '.process.capabilities |= map_values(. + ["CAP_MKNOD"])'; }
rules() { # access to the disk
	printf '{"devices": [{"allow": false, "access": "rwm"}%s]}' \
		"${1:+, {\"allow\": true, \"type\": \"b\", \"major\": $major, \"minor\": $minor, \"access\": \"$1\"\}}"
}

@test "without a rule a container has the usual devices and no other" {
	disk_find
	bundle c 'del(.linux.resources.devices)'
	may_mknod
	launch c
	run rt exec c sh -c 'echo x >/dev/null && head -c 1 /dev/zero | wc -c'
	is "$output" 1
	run ! rt exec c sh -c "mknod /dev/disk b $major $minor && head -c 1 /dev/disk"
	has "$output" "Operation not permitted"
}

@test "a rule that takes a part of a wider one is refused: v1 would ignore it" {
	bundle c '.linux.resources.devices = [{ allow: false, access: "rwm" }, { allow: true, type: "c", major: 1, access: "rwm" },
		{ allow: false, type: "c", major: 1, minor: 11, access: "w" }]'
	run ! create c
	has "$output" "takes a part of an earlier one"
}

@test "update changes the rules, and what is allowed before and after is never denied" {
	disk_find
	bundle c '.linux.resources.devices = [{ allow: false, access: "rwm" }]'
	may_mknod
	launch c
	rt exec c mknod /dev/disk b "$major" "$minor"
	run ! rt exec c head -c 1 /dev/disk
	# Somebody who opens an allowed device without a pause, while the rules change.
	rt exec c sh -c 'while [ ! -e /dev/shm/stop ]; do : </dev/zero || echo denied >/dev/shm/denied; done' &
	for _ in 1 2 3; do
		rules r >"$D/rules"
		rt update --resources "$D/rules" c
		rt exec c sh -c 'exec 3</dev/disk'
		run ! rt exec c sh -c 'exec 3>>/dev/disk'
		rules "" >"$D/rules"
		rt update --resources "$D/rules" c
		run ! rt exec c sh -c 'exec 3</dev/disk'
	done
	rt exec c touch /dev/shm/stop
	wait $!
	run ! rt exec c test -e /dev/shm/denied
}
