# Mounts that show another ownership, and the mounts of a container with a user namespace.
load helper

mounted() { # ID, destination, source, jq of more members, options...
	local id=$1 destination=$2 source=$3 more=$4
	shift 4
	config "$id" ".mounts += [{ destination: \$d, type: \"bind\", source: \$s, options: \$ARGS.positional } + $more]" \
		--arg d "$destination" --arg s "$source" --args "$@"
}

# 0-65535 inside are 100000-165535 outside; what the root file system has belongs to them.
user_namespace() {
	config "$1" '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }] | .linux.gidMappings = .linux.uidMappings'
	chown -R 100000:100000 "$T/$1/rootfs"
	chmod 711 "$T" "$T/$1"
}

files() { # owned by 0, 33 and 1000
	mkdir -p "$D/v"
	local id
	for id in 0 33 1000; do
		echo "$id" >"$D/v/$id"
		chown "$id:$id" "$D/v/$id"
	done
}
owners() { runs "$1" sh -c "cd $2 && stat -c '%u:%g' 0 33 1000 | tr '\n' ' '"; }

@test "mappings of a mount: what is 0 on the disk is 1000 inside, and who is not mapped is nobody" {
	bundle a
	files
	mounted a /v "$D/v" '{ uidMappings: [{ containerID: 0, hostID: 1000, size: 100 }], gidMappings: [{ containerID: 0, hostID: 2000, size: 34 }] }' bind idmap
	is "$(owners a /v)" "1000:2000 1033:2033 65534:65534 "
	is "$(stat -c %u "$D/v/33")" 33
}

@test "a file that is made through a mapping has the owner on the disk that the mapping says" {
	bundle a
	files
	chown 7:7 "$D/v"
	mounted a /v "$D/v" '{ uidMappings: [{ containerID: 7, hostID: 0, size: 1 }], gidMappings: [{ containerID: 7, hostID: 0, size: 1 }] }' bind
	runs a touch /v/new
	is "$(stat -c %u:%g "$D/v/new")" 7:7
}

@test "idmap=uids=..;gids=..: the option carries the mapping" {
	bundle a
	files
	mounted a /v "$D/v" '{}' bind "idmap=uids=0-5-1#33-6-1;gids=0-7-100"
	is "$(owners a /v)" "5:7 6:40 65534:65534 "
}

@test "ridmap reaches the mounts below, idmap does not" {
	bundle a
	mkdir "$D/v"
	mounted a /one "$D/v" '{}' rbind "idmap=uids=0-5-1;gids=0-5-1"
	mounted a /all "$D/v" '{}' rbind "ridmap=uids=0-5-1;gids=0-5-1"
	config a '.process.args = ["stat", "-c", "%u", "/one", "/one/sub", "/all", "/all/sub"]'
	export -f rt
	export RT ROOT T D
	is "$(unshare -m --propagation private bash -ec '
		mount -t tmpfs v "$D/v"
		mkdir "$D/v/sub"
		mount -t tmpfs sub "$D/v/sub"
		rt run -b "$T/a" a')" $'5\n0\n5\n5'
}

@test "idmap in a user namespace: what is 0 on the disk is 0 inside" {
	bundle a
	files
	user_namespace a
	mounted a /plain "$D/v" '{}' bind
	mounted a /mapped "$D/v" '{}' bind idmap
	mounted a /first "$D/v" '{}' bind "idmap=uids=@33-0-1;gids=@33-0-1"
	is "$(runs a sh -c 'for d in /plain /mapped /first; do stat -c "%u:%g" $d/0 $d/33 | tr "\n" " "; done')" \
		"65534:65534 65534:65534 0:0 33:33 65534:65534 0:0 "
	is "$(runs a sh -c 'touch /mapped/new')" ""
	is "$(stat -c %u "$D/v/new")" 0
}

@test "a mapping without a user namespace, of half of the ids, or of a tmpfs is refused with the reason" {
	files
	bundle a
	mounted a /v "$D/v" '{}' bind idmap
	fails 1 runs a true
	has "$errors" "mount $D/v on /v: option idmap needs mappings: the mount has none, and the container has no user namespace"
	bundle b
	mounted b /v "$D/v" '{ uidMappings: [{ containerID: 0, hostID: 1, size: 1 }] }' bind
	fails 1 runs b true
	has "$errors" "given together or not at all"
	bundle c
	mounted c /v /proc '{}' bind "idmap=uids=0-5-1;gids=0-5-1"
	fails 1 runs c true
	has "$errors" "mount /proc on /v: map the ownership of /proc: its file system cannot do that"
}

@test "no process and no descriptor is left of a mapping" {
	files
	bundle a
	mounted a /v "$D/v" '{}' bind "idmap=uids=0-5-1;gids=0-5-1"
	create a
	local pid
	pid=$(pid_of a)
	# The exec'd init holds what it was given and nothing of the namespace of the mapping.
	is "$(find "/proc/$pid/fd" -lname 'user:*' | wc -l)" 0
	rt delete --force a
}

@test "in a user namespace a volume is in reach whose directory on the host is closed to others" {
	bundle a
	user_namespace a
	mkdir -m 700 "$D/closed"
	mkdir "$D/closed/v"
	echo content >"$D/closed/v/file"
	mounted a /v "$D/closed/v" '{}' rbind ro
	is "$(runs a cat /v/file)" content
	has "$(runs a grep ' /v ' /proc/self/mountinfo)" " ro,"
}

@test "in a user namespace one mount is taken out of a tree, and keeps what it was locked with" {
	bundle a
	user_namespace a
	mkdir "$D/v"
	mounted a /v "$D/v" '{}' bind rw
	config a '.process.args = ["sh", "-c", "awk \"\\$5 ~ /^.v/ { print \\$5, \\$6 }\" /proc/self/mountinfo"]'
	export -f rt
	export RT ROOT T D
	is "$(unshare -m --propagation private bash -ec '
		mount -t tmpfs -o nosuid,noexec v "$D/v"
		mkdir "$D/v/sub"
		mount -t tmpfs sub "$D/v/sub"
		rt run -b "$T/a" a')" "/v rw,nosuid,noexec,relatime"
}

@test "a container with a user namespace has the usual mounts and devices" {
	bundle a
	user_namespace a
	config a '.linux.devices = [{ path: "/dev/fuse", type: "c", major: 10, minor: 229, fileMode: 438 }]'
	[ -c /dev/fuse ] || config a 'del(.linux.devices)'
	is "$(runs a sh -c 'for f in null zero full random urandom tty; do stat -c %t:%T /dev/$f; done | tr "\n" " "; stat -f -c %T /proc /sys /dev/shm | tr "\n" " "; echo x >/dev/null && id -u')" \
		"1:3 1:5 1:7 1:8 1:9 5:0 proc sysfs tmpfs 0"
}

@test "with more than a hundred volumes a user namespace starts, too" {
	bundle a
	user_namespace a
	mkdir "$D/v"
	config a '.mounts += [range(120) | { destination: "/v/\(.)", type: "bind", source: $v, options: ["bind", "idmap"] }]' --arg v "$D/v"
	is "$(runs a grep -c ' /v/' /proc/self/mountinfo)" 120
}
