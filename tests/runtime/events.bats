# events: what a container uses, and when its memory ran out.
load helper

@test "--stats: once, with runc's keys" {
	bundle c '.linux.resources.memory = { limit: 64000000 } | .linux.resources.pids = { limit: 40 }'
	launch c
	rt exec c sh -c 'cat /bin/busybox >/dev/null'
	text=$(rt events --stats c)
	is "$(wc -l <<<"$text")" 1
	is "$(jq -r 'keys_unsorted | join(" ")' <<<"$text")" "type id data"
	is "$(jq -r '.type, .id' <<<"$text")" "$(printf 'stats\nc')"
	is "$(jq -r '.data | keys_unsorted | join(" ")' <<<"$text")" \
		"cpu cpuset memory pids blkio hugetlb intel_rdt network_interfaces"
	is "$(jq -r '.data.memory | del(.cache, .psi) | keys_unsorted | join(" ")' <<<"$text")" "usage swap kernel kernelTCP raw"
	is "$(jq '.data.memory.usage.limit' <<<"$text")" $((64000000 / 4096 * 4096))
	is "$(jq '.data.pids.limit' <<<"$text")" 40
	is "$(jq '.data | .pids.current > 0 and .cpu.usage.total > 0 and .memory.usage.usage > 0 and (.memory.raw | length) > 10' <<<"$text")" true
}

@test "every key that the runc of this machine prints of such a container" {
	command -v runc >/dev/null || skip "runc is not installed"
	bundle c '.linux.resources.memory = { limit: 64000000 } | .linux.resources.pids = { limit: 40 }'
	bundle r '.linux.resources.memory = { limit: 64000000 } | .linux.resources.pids = { limit: 40 } | .ociVersion = "1.0.2"'
	launch c
	runc --root "$T/runc" run -d -b "$T/r" r </dev/null >"$D/runc.log" 2>&1 || skip "runc does not work here: $(cat "$D/runc.log")"
	runc --root "$T/runc" events --stats r >"$D/runc.json"
	runc --root "$T/runc" delete --force r
	rt events --stats c >"$D/ours.json"
	# What is 0 is left out by both, and may be by one of them.
	keys='[paths(type != "array") | map(select(type == "string")) | join(".")] | unique -
		["data.memory.cache", "data.cpu.throttling.periods", "data.cpu.throttling.throttledPeriods", "data.cpu.throttling.throttledTime"] |
		map(select(startswith("data.blkio.") | not)) | .[]'
	is "$(jq -r "$keys" "$D/ours.json")" "$(jq -r "$keys" "$D/runc.json")"
}

@test "again and again until the container ends" {
	bundle c
	launch c
	rt events --interval 20ms c >"$D/events" &
	client=$!
	three_lines() { [ "$(wc -l <"$D/events")" -ge 3 ]; }
	eventually three_lines
	rt kill c KILL
	wait $client
	is "$(jq -r .type "$D/events" | sort -u)" stats
}

@test "memory that has run out is an event" {
	bundle c '.linux.resources.memory = { limit: 16777216, swap: 16777216 }'
	launch c
	rt events --interval 1h c >"$D/events" &
	client=$!
	rt exec c sh -c 'x=0123456789; while :; do x=$x$x; done' >/dev/null 2>&1 </dev/null || true
	until [ -s "$D/events" ] || ! rt exec c sh -c 'x=0123456789; while :; do x=$x$x; done' >/dev/null 2>&1 </dev/null; do :; done
	eventually test -s "$D/events"
	is "$(head -1 "$D/events")" '{"type":"oom","id":"c"}'
	rt kill c KILL || true
	wait $client
}

@test "one that does not run has no events; an interval is a duration" {
	bundle c
	launch c
	rt kill c KILL
	eventually status_is c stopped
	fails 1 rt events --stats c
	has "$errors" "container with id c is not running"
	fails 1 rt events c
	fails 1 rt events nobody
	has "$errors" "container does not exist"
	fails 1 rt events --interval 0s c
	fails 1 rt events --interval soon c
	has "$errors" "duration"
}

@test "a reader that has gone away ends it" {
	bundle c
	launch c
	rt events --interval 10ms c | head -1 >"$D/line"
	is "$(jq -r .type "$D/line")" stats
}
