# Eight kinds of namespaces: new, shared with the host, or somebody else's by path, in any combination.
load helper

# A process in new namespaces, of which `unshare`'s options are given; its pid in $donor.
donor_start() {
	unshare "$@" sleep 1000 </dev/null >/dev/null 2>&1 3>&- &
	unshared=$!
	donor=$unshared
	[[ $* != *--fork* ]] || eventually has_child
	[[ $* == *--fork* ]] || eventually is_sleeping
}
is_sleeping() { [ "$(cat "/proc/$unshared/comm")" = sleep ]; }
has_child() {
	donor=$(cat "/proc/$unshared/task/$unshared/children" | tr -d ' ')
	[ -n "$donor" ] && [ "$(cat "/proc/$donor/comm")" = sleep ]
}
teardown() {
	[ -z "${donor:-}" ] || kill -9 "$donor" 2>/dev/null || true
	instance_remove
}

joins() { # ID, kind in the specification, path
	config "$1" --arg type "$2" --arg path "$3" \
		'.linux.namespaces |= map(select(.type != $type)) + [{ type: $type, path: $path }]'
}
shares() { config "$1" --arg type "$2" '.linux.namespaces |= map(select(.type != $type))'; }
maps() { # ID: a new user namespace
	config "$1" '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 1000 }, { containerID: 1000, hostID: 300000, size: 10 }]
		| .linux.gidMappings = .linux.uidMappings'
	chown -R 100000:100000 "$T/$1/rootfs"
	chmod 755 "$T" "$T/$1"
}

@test "every namespace of the configuration is new, and those that it does not name are the host's" {
	bundle c
	shares c network
	shares c uts
	config c 'del(.hostname)'
	launch c
	local pid kind
	pid=$(pid_of c)
	for kind in pid ipc mnt cgroup; do
		[ "$(readlink "/proc/$pid/ns/$kind")" != "$(readlink "/proc/self/ns/$kind")" ]
	done
	for kind in net uts user time; do
		is "$(readlink "/proc/$pid/ns/$kind")" "$(readlink "/proc/self/ns/$kind")"
	done
}

@test "namespaces of another process are joined by path, one by one and all together" {
	donor_start --net --uts --ipc --cgroup --pid --fork
	bundle all
	local pair kind name
	for pair in network:net uts:uts ipc:ipc cgroup:cgroup pid:pid; do
		kind=${pair#*:} name=${pair%:*}
		bundle "$name"
		joins "$name" "$name" "/proc/$donor/ns/$kind"
		joins all "$name" "/proc/$donor/ns/$kind"
		launch "$name"
		is "$(readlink "/proc/$(pid_of "$name")/ns/$kind")" "$(readlink "/proc/$donor/ns/$kind")"
		rt delete --force "$name"
	done
	launch all
	for kind in net uts ipc cgroup pid; do
		is "$(readlink "/proc/$(pid_of all)/ns/$kind")" "$(readlink "/proc/$donor/ns/$kind")"
	done
}

@test "a path that is no namespace, or one of another kind, is refused by name" {
	bundle c
	joins c network /proc/self/ns/ipc
	fails 1 rt create --bundle "$T/c" c
	has "$errors" /proc/self/ns/ipc
	joins c network "$D/missing"
	fails 1 rt create --bundle "$T/c" c
	has "$errors" "$D/missing"
	mkfifo "$D/fifo" # must not block either
	joins c network "$D/fifo"
	fails 1 rt create --bundle "$T/c" c
	has "$errors" "$D/fifo"
}

@test "a hostname is set in a joined uts namespace, and refused in the host's" {
	donor_start --uts
	bundle c '.hostname = "joined" | .domainname = "example.org"'
	joins c uts "/proc/$donor/ns/uts"
	is "$(runs c sh -c 'hostname; cat /proc/sys/kernel/domainname' | tr '\n' ' ')" "joined example.org "
	is "$(nsenter -t "$donor" -u hostname)" joined
	bundle host '.hostname = "host"'
	shares host uts
	fails 1 rt create --bundle "$T/host" host
	has "$errors" "hostname"
}

@test "a new user namespace has the maps of the configuration, in several ranges, and root inside is nobody outside" {
	bundle c
	maps c
	is "$(runs c sh -c 'tr -s " " </proc/self/uid_map; tr -s " " </proc/self/gid_map; id -u; echo x >/made; stat -c %u /made')" \
		"$(printf ' 0 100000 1000\n 1000 300000 10\n 0 100000 1000\n 1000 300000 10\n0\n0')"
	is "$(stat -c %u "$T/c/rootfs/made")" 100000
}

@test "a user of the second range runs as that one, and one that is not mapped is refused" {
	bundle c '.process.user = { uid: 1003, gid: 1004, additionalGids: [1005] }'
	maps c
	launch c
	is "$(awk '/^Uid|^Gid|^Groups/ { print $2 }' "/proc/$(pid_of c)/status" | tr '\n' ' ')" "300003 300004 300005 "
	bundle none '.process.user = { uid: 5000, gid: 0 }'
	maps none
	fails 1 rt create --bundle "$T/none" none
	has "$errors" "become user 5000"
}

@test "a lower oom_score_adj is set from outside of a new user namespace" {
	bundle c '.process.oomScoreAdj = 77'
	maps c
	launch c
	is "$(cat "/proc/$(pid_of c)/oom_score_adj")" 77
}

@test "a user namespace of another is joined first: what is new belongs to it, and exec lands there" {
	donor_start --user
	echo "0 100000 65536" >"/proc/$donor/uid_map"
	echo "0 100000 65536" >"/proc/$donor/gid_map"
	bundle c
	joins c user "/proc/$donor/ns/user"
	chown -R 100000:100000 "$T/c/rootfs"
	chmod 755 "$T" "$T/c"
	launch c
	local pid
	pid=$(pid_of c)
	is "$(readlink "/proc/$pid/ns/user")" "$(readlink "/proc/$donor/ns/user")"
	is "$(awk '/^Uid/ { print $2 }' "/proc/$pid/status")" 100000
	[ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)" ]
	# CAP_NET_ADMIN there is power over the new network namespace: so it is owned by the joined one.
	nsenter -t "$pid" -U -n ip link set lo down
	is "$(rt exec c sh -c 'echo $(id -u) $$ | grep -c "^0 "; readlink /proc/self/ns/user')" \
		"$(printf '1\n%s' "$(readlink "/proc/$donor/ns/user")")"
}

@test "a new user namespace goes with pid and network namespaces that the host owns" {
	donor_start --net --pid --fork
	bundle c
	maps c
	joins c pid "/proc/$donor/ns/pid"
	joins c network "/proc/$donor/ns/net"
	# Such a namespace may mount neither the procfs of that pid namespace nor the sysfs of that network.
	config c '.mounts |= map(select(.type != "sysfs" and .type != "cgroup" and .type != "mqueue")
		| if .type == "proc" then . + { type: "bind", source: "/proc", options: ["rbind"] } else . end)
		| .linux.maskedPaths = [] | .linux.readonlyPaths = []'
	launch c
	local pid
	pid=$(pid_of c)
	is "$(readlink "/proc/$pid/ns/pid")" "$(readlink "/proc/$donor/ns/pid")"
	is "$(readlink "/proc/$pid/ns/net")" "$(readlink "/proc/$donor/ns/net")"
	is "$(awk '/^Uid/ { print $2 }' "/proc/$pid/status")" 100000
	is "$(awk '/^NSpid/ { print $3 }' "/proc/$pid/status" | grep -c .)" 1
}

@test "a time namespace has its offsets" {
	bundle c '.linux.namespaces += [{ type: "time" }] | .linux.timeOffsets = { boottime: { secs: 900000000 }, monotonic: { secs: 5, nanosecs: 7 } }'
	matches "$(runs c cat /proc/uptime)" '^9000'
	rt delete --force c 2>/dev/null || true
	bundle d '.linux.timeOffsets = { boottime: { secs: 5 } }'
	fails 1 rt create --bundle "$T/d" d
	has "$errors" "time namespace"
}

@test "a network device moves into the container under its new name, with its addresses, and is up" {
	local name=hy$$
	ip link add "$name" type veth peer name "${name}p"
	ip addr add 192.0.2.7/24 dev "$name"
	ip addr add 2001:db8::7/64 dev "$name" nodad
	ip link set "$name" up
	bundle c
	config c --arg n "$name" '.linux.netDevices = { ($n): { name: "inside0" } }'
	create c
	is "$(nsenter -t "$(pid_of c)" -n ip -o addr show inside0 | grep -o -e 'inet 192.0.2.7/24' -e 'inet6 2001:db8::7/64' | tr '\n' ' ')" \
		"inet 192.0.2.7/24 inet6 2001:db8::7/64 "
	has "$(nsenter -t "$(pid_of c)" -n ip -o link show inside0)" ",UP"
	fails 1 ip link show "$name"
	rt delete --force c
	bundle d '.linux.netDevices = { "nosuch0": {} }'
	fails 1 rt create --bundle "$T/d" d
	has "$errors" "network device nosuch0"
}
