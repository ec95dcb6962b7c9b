# update: other limits for a container that exists.
load helper

is_v2() { [ -e /sys/fs/cgroup/cgroup.controllers ]; }
limit() { # file of v1, file of v2
	if is_v2; then cat "$(cgroup_of c "")/$2"; else cat "$(cgroup_of c "${1%%/*}")/${1#*/}"; fi
}
has_swap_account() { is_v2 || [ -e "$(cgroup_of c memory)/memory.memsw.limit_in_bytes" ]; }
kept() { jq -c ".linux.resources$1" "$ROOT/c/config.json"; }

@test "each limit by its flag, and by nothing else" {
	bundle c '.linux.resources.memory = { limit: 100000000 } | .linux.resources.pids = { limit: 50 }'
	launch c
	rt update --memory 64m c
	is "$(limit memory/memory.limit_in_bytes memory.max) $(limit pids/pids.max pids.max)" "67108864 50"
	rt update --pids-limit 40 --cpu-period 50000 --cpu-quota 25000 c
	is "$(limit memory/memory.limit_in_bytes memory.max) $(limit pids/pids.max pids.max)" "67108864 40"
	if is_v2; then
		is "$(limit x cpu.max)" "25000 50000"
	else
		is "$(limit cpu/cpu.cfs_quota_us) $(limit cpu/cpu.cfs_period_us)" "25000 50000"
		rt update --cpu-share 512 c
		is "$(limit cpu/cpu.shares)" 512
	fi
	rt update --cpuset-cpus 0 --cpuset-mems 0 c
	is "$(limit cpuset/cpuset.cpus cpuset.cpus)" 0
	rt update --memory-reservation 32m c
	is "$(limit memory/memory.soft_limit_in_bytes memory.low)" 33554432
	rt update --pids-limit -1 --cpu-quota -1 c
	is "$(limit pids/pids.max pids.max)" max
}

@test "memory and swap go up and down together" {
	bundle c
	launch c
	has_swap_account || skip "no account of swap on this machine"
	for pair in "100m 200m" "300m 400m" "50m 60m" "-1 -1"; do
		read -r memory swap <<<"$pair"
		rt update --memory="$memory" --memory-swap="$swap" c
	done
	rt update --memory 50m --memory-swap 60m c
	is "$(limit memory/memory.limit_in_bytes memory.max)" 52428800
	is "$(limit memory/memory.memsw.limit_in_bytes memory.swap.max)" "$(is_v2 && echo 10485760 || echo 62914560)"
}

@test "JSON from a file or standard input: what it does not name, and what is 0, stays" {
	bundle c '.linux.resources.memory = { limit: 100000000 } | .linux.resources.pids = { limit: 50 }'
	launch c
	echo '{ "memory": { "limit": 0, "swap": 0 }, "cpu": { "shares": 0, "quota": 30000, "period": 100000 }, "pids": { "limit": 30 } }' \
		>"$D/r.json"
	rt update --resources - c <"$D/r.json"
	is "$(limit pids/pids.max pids.max) $(limit memory/memory.limit_in_bytes memory.max)" "30 $((100000000 / 4096 * 4096))"
	echo '{ "pids": { "limit": 20 } }' >"$D/r.json"
	rt update --resources="$D/r.json" --pids-limit 10 c
	is "$(limit pids/pids.max pids.max)" 20
	rt update -r "$D/r.json" c
}

@test "the new limits are what a later reader of the container finds" {
	bundle c '.linux.resources.memory = { limit: 100000000, reservation: 50000000 }'
	# What nobody here knows is kept as well; jq would make a floating point number of it.
	sed -i '1s/{/{ "com.example": 18446744073709551615,/' "$T/c/config.json"
	launch c
	rt update --memory 64m --pids-limit 40 c
	is "$(kept .memory)$(kept .pids)" '{"limit":67108864,"reservation":50000000}{"limit":40}'
	is "$(kept .devices)" '[{"allow":false,"access":"rwm"}]'
	has "$(cat "$ROOT/c/config.json")" 18446744073709551615
	is "$(rt exec c echo works)" works
}

@test "values that are none are refused by their flag or their path, and nothing is changed" {
	bundle c '.linux.resources.pids = { limit: 50 }'
	launch c
	cp "$ROOT/c/config.json" "$D/before"
	fails 1 rt update --pids-limit 10 --memory abc c
	has "$errors" "invalid value for memory"
	fails 1 rt update --cpu-share 1x c
	has "$errors" "invalid value for cpu-share"
	echo '{ "memory": { "limit": "1g" }, "pids": { "limit": 10 } }' >"$D/r.json"
	fails 1 rt update -r "$D/r.json" c
	has "$errors" "memory.limit: expected an integer, found a string"
	echo '[]' >"$D/r.json"
	fails 1 rt update -r "$D/r.json" c
	has "$errors" "expected an object"
	echo '{ "pids": { "limit": 10 }' >"$D/r.json"
	fails 1 rt update -r "$D/r.json" c
	fails 1 rt update -r "$D/none" c
	has "$errors" "$D/none: No such file"
	fails 1 rt update --l3-cache-schema x c
	has "$errors" "l3-cache-schema is not supported"
	is "$(limit pids/pids.max pids.max)" 50
	cmp "$ROOT/c/config.json" "$D/before"
}

@test "one that has ended, and one that never was, cannot be updated" {
	bundle c
	launch c
	rt kill c KILL
	eventually status_is c stopped
	fails 1 rt update --pids-limit 10 c
	has "$errors" "container not running"
	fails 1 rt update --pids-limit 10 nobody
	has "$errors" "container does not exist"
}
