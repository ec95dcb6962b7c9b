# --systemd-cgroup where it cannot be had. The scopes themselves are tried in the machine of tests/vm that has systemd as its
# first process (tests/vm/cases-systemd).
load helper

setup() {
	instance_make
	[ "$(cat /proc/1/comm)" != systemd ] || skip "systemd is here: see tests/vm/cases-systemd"
}

@test "without systemd the sentence says so, and nothing is left" {
	bundle c '.linux.cgroupsPath = "system.slice:hoy-test:" + $name' --arg name "${CGROUP#/}"
	run ! rt --systemd-cgroup create --bundle "$T/c" c </dev/null
	has "$output" "connect to systemd"
	[ ! -e "$ROOT/c" ]
	[ -z "$(find /sys/fs/cgroup -name '*hoy-test*scope')" ]
}

@test "a path is no unit, a slice is no container" {
	bundle c '.linux.cgroupsPath = "/a/b"'
	run ! rt --systemd-cgroup create --bundle "$T/c" c </dev/null
	has "$output" "is not slice:prefix:name"
	config c '.linux.cgroupsPath = "a.slice:b:c.slice"'
	run ! rt --cgroup-manager systemd create --bundle "$T/c" c </dev/null
	has "$output" "a container is a scope"
	config c '.linux.cgroupsPath = "a--b.slice:b:c"'
	run ! rt --cgroup-manager systemd create --bundle "$T/c" c </dev/null
	has "$output" "is not the name of a slice"
}

@test "a property that is no value is refused before systemd is asked" {
	bundle c '.linux.cgroupsPath = "system.slice:b:c" | .annotations = { "org.systemd.property.After": "[unquoted]" }'
	run ! rt --systemd-cgroup create --bundle "$T/c" c </dev/null
	has "$output" "org.systemd.property.After"
}

@test "hoy-systemd by itself says whose it is" {
	run -2 "$BUILD/hoy-systemd"
	has "$output" "hoy-runtime"
}
