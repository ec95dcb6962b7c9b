# Where a container's control group is, and what becomes of it.
load helper

controller=memory
members() { cat "$(cgroup_of "$1" $controller)/cgroup.procs"; }
path_of() { sed -nE "s/^[0-9]+:$controller:|^0:://p" "/proc/$(pid_of "$1")/cgroup" | head -1; }

setup() {
	instance_make
	[ -d /sys/fs/cgroup/$controller ] || [ -e /sys/fs/cgroup/cgroup.controllers ] || skip "no memory controller"
}
teardown() {
	local status=0
	instance_remove || status=1
	eventually default_parent_remove || status=1
	return $status
}
# The parent of groups without a path is anybody's: it stays while there is one in it.
default_parents() { find /sys/fs/cgroup -mindepth 1 -maxdepth 2 -type d -name hoy-runtime -links 2; }
default_parent_remove() {
	default_parents | xargs -r rmdir
	[ -z "$(default_parents)" ]
}

@test "a nested path is made with its parents; delete takes the last part alone" {
	bundle c '.linux.cgroupsPath = $path' --arg path "$CGROUP/a/b/c"
	launch c
	is "$(path_of c)" "$CGROUP/a/b/c"
	rt kill c KILL
	rt delete -f c
	[ ! -e "$(cgroup_of a/b/c $controller)" ]
	[ -d "$(cgroup_of a/b $controller)" ]
	find /sys/fs/cgroup -depth -type d -path "*$CGROUP/a*" -exec rmdir {} +
}

@test "a path is taken without its dots, slashes at its end and repeated ones" {
	bundle c '.linux.cgroupsPath = $path' --arg path "/$CGROUP//x/../y/./c/"
	launch c
	is "$(path_of c)" "$CGROUP/y/c"
	rt delete -f c
	find /sys/fs/cgroup -depth -type d -path "*$CGROUP/y*" -exec rmdir {} +
}

@test "without a path it is /hoy-runtime/ID, a relative one lies below there" {
	local id=${CGROUP#/}
	bundle "$id" 'del(.linux.cgroupsPath)'
	launch "$id"
	is "$(path_of "$id")" "/hoy-runtime/$id"
	rt delete -f "$id"
	config "$id" '.linux.cgroupsPath = $path' --arg path "$id/deep"
	launch "$id"
	is "$(path_of "$id")" "/hoy-runtime/$id/deep"
	rt delete -f "$id"
}

@test "the root of all groups, and systemd's kind of path, are refused" {
	bundle c '.linux.cgroupsPath = "/"'
	run ! create c
	has "$output" "root of all groups"
	config c '.linux.cgroupsPath = "system.slice:hoy:c"'
	run ! create c
	has "$output" "--systemd-cgroup"
}

@test "a group that somebody is in already is refused, and left as it is" {
	bundle c
	mkdir -p "$(cgroup_of c $controller)"
	sleep 1000 &
	echo $! >"$(cgroup_of c $controller)/cgroup.procs"
	run ! create c
	has "$output" "has processes already"
	is "$(members c)" $!
	kill $!
	wait $! || true
	# Of the other hierarchies, too.
	find /sys/fs/cgroup -depth -type d -path "*$CGROUP/c" -exec rmdir {} +
}

@test "a frozen group is refused, and left as it is: who is born there would never wake up" {
	group=$(cgroup_of c freezer)
	mkdir -p "$group"
	if [ -e "$group/freezer.state" ]; then echo FROZEN >"$group/freezer.state"; else echo 1 >"$group/cgroup.freeze"; fi
	bundle c
	for how in create "run --detach"; do
		fails 1 rt $how -b "$T/c" c
		has "$errors" "is frozen already"
		is "$(leaked_cgroups)" "$group"
	done
	rmdir "$group"
	# The parents, which stay.
	for parent in "${group%/*}" /sys/fs/cgroup/*"$CGROUP"; do [ ! -d "$parent" ] || rmdir "$parent"; done
}

@test "an empty group that is there is taken" {
	bundle c
	mkdir -p "$(cgroup_of c $controller)"
	launch c
	has "$(members c)" "$(pid_of c)"
}

@test "when a limit is refused, no group is left" {
	bundle c '.linux.resources.cpu = { cpus: "4000" }'
	run ! create c
	has "$output" "cpuset.cpus"
	[ -z "$(leaked_cgroups)" ]
}

@test "whatever the container made below its own group goes with it" {
	bundle c
	launch c
	mkdir -p "$(cgroup_of c $controller)/below/it"
	rt delete -f c
	[ ! -e "$(cgroup_of c $controller)" ]
}

@test "--cgroup-manager disabled makes no group, and refuses none" {
	bundle c
	rt --cgroup-manager disabled create --bundle "$T/c" c </dev/null >"$T/c/output" 2>&1
	[ ! -e "$(cgroup_of c $controller)" ]
	is "$(path_of c)" "$(sed -nE "s/^[0-9]+:$controller:|^0:://p" /proc/self/cgroup | head -1)"
}

@test "a directory where the unified hierarchy is not mounted is no group" {
	[ "$(stat -f -c %T /sys/fs/cgroup/unified 2>/dev/null)" = cgroup2fs ] || skip "no cgroup2 beside v1"
	bundle c
	config c '.process.args = ["true"]'
	run -0 unshare -m --propagation private bash -c '
		umount /sys/fs/cgroup/unified && "$0" --root "$1" run --bundle "$2" c && [ ! -e "/sys/fs/cgroup/unified$3" ]' \
		"$RT" "$ROOT" "$T/c" "$CGROUP"
	is "$(rt list -q)" ""
}
