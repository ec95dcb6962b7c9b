# pause and resume: all processes of a container stand still, and go on.
load helper

counter() { wc -c <"$T/c/rootfs/tmp/count"; }
counts_on() { [ "$(counter)" -gt "$1" ]; }

@test "nothing runs while it is paused, and everything goes on" {
	bundle c '.process.args = ["sh", "-c", "while :; do echo -n . >>/tmp/count; done"]'
	launch c
	eventually test -s "$T/c/rootfs/tmp/count"
	rt pause c
	status_is c paused
	before=$(counter)
	rt exec --ignore-paused c true </dev/null >/dev/null 2>&1 &
	client=$!
	# The processor was ours meanwhile.
	for _ in 1 2 3 4 5 6 7 8 9 10; do rt state c >/dev/null; done
	is "$(counter)" "$before"
	rt resume c
	status_is c running
	eventually counts_on "$before"
	wait $client
}

@test "in the wrong state it is refused with runc's words" {
	bundle c
	launch c
	fails 1 rt resume c
	has "$errors" "container not paused"
	rt pause c
	fails 1 rt pause c
	has "$errors" "container not running"
	rt resume c
	rt kill c KILL
	eventually status_is c stopped
	fails 1 rt pause c
	has "$errors" "container not running"
	fails 1 rt resume c
	has "$errors" "container not paused"
	fails 1 rt pause nobody
	has "$errors" "container does not exist"
}

@test "a created one can be paused, and started when it goes on" {
	bundle c
	create c
	rt pause c
	rt resume c
	rt start c
	status_is c running
}

@test "a paused one can be killed and deleted" {
	bundle c
	launch c
	rt pause c
	rt kill c KILL
	eventually status_is c stopped
	rt delete c
	bundle d
	launch d
	rt pause d
	rt delete --force d
}

@test "without a cgroup there is nothing to be frozen in" {
	bundle c
	rt --cgroup-manager disabled run -d -b "$T/c" c </dev/null >/dev/null
	fails 1 rt pause c
	has "$errors" "no cgroup"
}
