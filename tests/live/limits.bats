# Limits that bite: memory, processors, processes, and what the cgroup's files say.
load helper

# The container's directory in a hierarchy.
cgroup_of() { echo "/sys/fs/cgroup/$2$(awk -F: -v c="$2" '$2 == c { print $3 }' "/proc/$(pid_of "$1")/cgroup")"; }

@test "memory: a program that takes more is killed, 137 and OOMKilled" {
	fails 137 hoy run --name big -m 16m --memory-swap 16m busybox sh -c 'head -c 64m /dev/zero | tail >/dev/null; exit $?'
	is "$(inspect big '{{.State.OOMKilled}}')" true
}

@test "memory: the detached one is told as killed too" {
	hoy run -d --name big -m 16m --memory-swap 16m busybox tail /dev/zero >/dev/null
	is "$(hoy wait big)" 137
	is "$(inspect big '{{.State.OOMKilled}} {{.State.ExitCode}}')" "true 137"
}

@test "memory: a program that stays below is not" {
	hoy run --name small -m 64m busybox sh -c 'head -c 8m /dev/zero | tail >/dev/null'
	is "$(inspect small '{{.State.OOMKilled}}')" false
}

@test "memory, swap and reservation are in the cgroup's files" {
	idle mem -m 64m --memory-swap 96m
	is "$(cat "$(cgroup_of mem memory)/memory.limit_in_bytes")" 67108864
	local swap
	swap=$(cgroup_of mem memory)/memory.memsw.limit_in_bytes
	[ ! -e "$swap" ] || is "$(cat "$swap")" 100663296
}

@test "memory without --memory-swap allows as much swap again" {
	idle mem -m 64m
	local swap
	swap=$(cgroup_of mem memory)/memory.memsw.limit_in_bytes
	[ ! -e "$swap" ] || is "$(cat "$swap")" 134217728
}

@test "the smallest limit that starts is at most 512k" {
	hoy run --rm -m 512k busybox true
}

@test "--cpus is a quota, --cpu-shares shares, --cpuset-cpus a set" {
	idle cpu --cpus 0.5 --cpu-shares 333 --cpuset-cpus 0
	local dir
	dir=$(cgroup_of cpu cpu)
	is "$(cat "$dir/cpu.cfs_period_us") $(cat "$dir/cpu.cfs_quota_us") $(cat "$dir/cpu.shares")" "100000 50000 333"
	is "$(cat "$(cgroup_of cpu cpuset)/cpuset.cpus")" 0
	is "$(hoy exec cpu awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status)" 0
}

@test "--cpus 0.2 gives a busy loop no more than that" {
	hoy run -d --name cpu --cpus 0.2 busybox sh -c 'while :; do :; done' >/dev/null
	local dir before after
	dir=$(cgroup_of cpu cpu)
	eventually throttled "$dir" 2
	before=$(cat "$(cgroup_of cpu cpuacct)/cpuacct.usage")
	local periods
	periods=$(awk '/^nr_periods/ { print $2 }' "$dir/cpu.stat")
	eventually throttled "$dir" 12
	after=$(cat "$(cgroup_of cpu cpuacct)/cpuacct.usage")
	periods=$(($(awk '/^nr_periods/ { print $2 }' "$dir/cpu.stat") - periods))
	# 20 ms in each period of 100 ms, with some slack for the period that has begun.
	[ $((after - before)) -le $(((periods + 2) * 24000000)) ]
}
throttled() { [ "$(awk '/^nr_throttled/ { print $2 }' "$1/cpu.stat")" -ge "$2" ]; }

@test "--pids-limit bites: a fork beyond it fails and the limit is in the file" {
	idle pro --pids-limit 8
	is "$(cat "$(cgroup_of pro pids)/pids.max")" 8
	run hoy exec pro sh -c 'for i in 1 2 3 4 5 6 7 8 9; do sleep 5 & done'
	has "$output" "an't fork"
	# The rest of the machine is not limited by it.
	true
}

@test "without flags nothing is limited" {
	idle non
	is "$(cat "$(cgroup_of non pids)/pids.max")" max
	is "$(cat "$(cgroup_of non cpu)/cpu.cfs_quota_us")" -1
	[ "$(cat "$(cgroup_of non memory)/memory.limit_in_bytes")" -gt 1000000000000 ]
}

@test "exec counts against the container's limits" {
	idle mem -m 16m --memory-swap 16m
	fails 137 hoy exec mem sh -c 'tail /dev/zero; exit $?' || is "$(inspect mem '{{.State.OOMKilled}}')" true
}

@test "--ulimit sets soft and hard limits" {
	is "$(hoy run --rm --ulimit nofile=100:200 --ulimit core=0 busybox sh -c 'ulimit -Sn; ulimit -Hn; ulimit -c')" $'100\n200\n0'
}

@test "--sysctl sets what belongs to the container and refuses the rest" {
	is "$(hoy run --rm --sysctl kernel.msgmax=4096 --sysctl net.ipv4.ip_forward=1 busybox \
		cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_forward)" $'4096\n1'
	refuses kernel.panic hoy run --rm --sysctl kernel.panic=1 busybox true
}

@test "devices: the default ones work, others are refused, --device lets one in" {
	hoy run --rm busybox sh -c 'echo x >/dev/null && head -c 4 /dev/zero | cmp -n 4 - /dev/zero && head -c 1 /dev/urandom >/dev/null'
	fails 1 hoy run --rm busybox sh -c 'mknod /tmp/kmsg c 1 11 && head -c 1 /tmp/kmsg'
	hoy run --rm --device /dev/loop-control:/dev/let-in busybox sh -c '[ -c /dev/let-in ] && exec 3</dev/let-in'
	fails 1 hoy run --rm --device /dev/loop-control:/dev/let-in:w busybox sh -c 'exec 3</dev/let-in'
}

@test "wrong values of limits are refused and the flag is named" {
	local case flag value
	for case in "-m:-1" "-m:1e99" "-m:3x" "-m:0x10" "--cpus:nan" "--cpus:inf" "--cpus:-1" "--cpus:100000" "--pids-limit:-2" \
		"--cpu-shares:-5" "--cpuset-cpus:1-999999999" "--cpuset-cpus:a" "--memory-swap:-7" "--ulimit:nofile=5:3" \
		"--ulimit:nosuch=1" "--shm-size:-1" "--stop-timeout:x"; do
		flag=${case%%:*} value=${case#*:}
		fails 125 hoy run --rm "$flag" "$value" busybox true
		[ "$flag" != -m ] || flag=memory
		has "$errors" "${flag#--}"
	done
	is "$(hoy ps -aq)" ""
}

@test "a swap limit below memory is refused" {
	refuses memory hoy run --rm -m 64m --memory-swap 32m busybox true
}
