# Namespaces: each one new by default, shared where it was asked for.
load helper

ns_of() { readlink "/proc/$1/ns/$2"; }

@test "uts, ipc, network, pid, mount and cgroup namespace are new" {
	idle nam
	local pid kind
	pid=$(pid_of nam)
	for kind in uts ipc net pid mnt cgroup; do
		[ "$(ns_of "$pid" $kind)" != "$(ns_of self $kind)" ] || { echo "$kind is the host's" && return 1; }
	done
}

@test "two containers share no namespace but user and time" {
	idle aaa
	idle bbb
	local kind
	for kind in uts ipc net pid mnt cgroup; do
		hasnt "$(ns_of "$(pid_of aaa)" $kind)" "$(ns_of "$(pid_of bbb)" $kind)"
	done
	is "$(ns_of "$(pid_of aaa)" user)" "$(ns_of "$(pid_of bbb)" user)"
}

@test "--network none has a loopback that is up and nothing else" {
	is "$(hoy run --rm --network none busybox sh -c 'ls /sys/class/net; ip -o addr show lo | awk "{ print \$4 }" | head -1; ping -c 1 -W 1 127.0.0.1 >/dev/null && echo up')" \
		$'lo\n127.0.0.1/8\nup'
}

@test "--network host is the host's" {
	idle nam --network host
	is "$(ns_of "$(pid_of nam)" net)" "$(ns_of self net)"
	is "$(hoy exec nam hostname)" "$(hostname)"
}

@test "--network container:X shares X's network and its name by id or name" {
	idle first
	idle second --network container:first
	is "$(ns_of "$(pid_of second)" net)" "$(ns_of "$(pid_of first)" net)"
	hasnt "$(ns_of "$(pid_of second)" pid)" "$(ns_of "$(pid_of first)" pid)"
}

@test "--network container:X of one that does not run is refused and named" {
	hoy create --name stopped busybox true >/dev/null
	fails 125 hoy run --rm --network container:stopped busybox true
	has "$errors" stopped
	fails 125 hoy run --rm --network container:not-there busybox true
	has "$errors" not-there
}

@test "a network that does not exist here is refused by name" {
	refuses "network mynet not found" hoy run --rm --network mynet busybox true
}

@test "ports of a shared network are refused" {
	idle first
	fails 125 hoy run --rm --network container:first -p 8080:80 busybox true
	has "$errors" "port publishing and the container type network mode"
	is "$(hoy ps -a --format '{{.Names}}')" first
}

@test "--pid host sees the host's processes, container:X those of X" {
	is "$(hoy run --rm --pid host busybox readlink /proc/self/ns/pid)" "$(ns_of self pid)"
	idle first
	idle second --pid container:first
	is "$(ns_of "$(pid_of second)" pid)" "$(ns_of "$(pid_of first)" pid)"
	has "$(hoy exec second ps)" "sleep 1000"
}

@test "--ipc host and container:X share, private does not" {
	is "$(hoy run --rm --ipc host busybox readlink /proc/self/ns/ipc)" "$(ns_of self ipc)"
	idle first --ipc shareable
	idle second --ipc container:first
	is "$(ns_of "$(pid_of second)" ipc)" "$(ns_of "$(pid_of first)" ipc)"
	hoy exec first touch /dev/shm/shared
	hoy exec second test -e /dev/shm/shared
}

@test "--uts host has the host's name and refuses another" {
	is "$(hoy run --rm --uts host busybox hostname)" "$(hostname)"
	refuses hostname hoy run --rm --uts host -h other busybox true
}

@test "--cgroupns host shows the path, private shows the root" {
	is "$(hoy run --rm --cgroupns private busybox sh -c 'grep memory /proc/self/cgroup | cut -d: -f3')" /
	has "$(hoy run --rm --cgroupns host busybox sh -c 'grep memory /proc/self/cgroup')" "$INSTANCE"
}

@test "wrong words for namespaces are refused and the flag is named" {
	refuses pid hoy run --rm --pid nosuch busybox true
	refuses ipc hoy run --rm --ipc nosuch busybox true
	refuses uts hoy run --rm --uts nosuch busybox true
	refuses cgroupns hoy run --rm --cgroupns nosuch busybox true
}

@test "the container sees only its own processes" {
	is "$(hoy run --rm busybox sh -c 'set -- /proc/[0-9]*; echo $#')" 1
}
