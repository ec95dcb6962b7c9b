# The root file system: read-only or not, its propagation, how it becomes the root, whose mount namespace it is in.
load helper

root_info() { awk '$5 == "/" { print }'; }

@test "the root is the bundle's and nothing of the host is to be seen" {
	local info
	bundle a
	info=$(runs a sh -c 'cat /proc/self/mountinfo; ls -d /../../etc/passwd; cd ..; pwd')
	is "$(awk '$5 == "/"' <<<"$info" | wc -l)" 1
	hasnt "$info" "$T/d"
	has "$info" $'\n/'
}

@test "root.readonly: only what is mounted inside can be written" {
	bundle a '.root.readonly = true'
	is "$(runs a sh -c 'touch /x 2>/dev/null || echo refused; echo x >/dev/shm/x && cat /dev/shm/x; awk "\$5 == \"/\" { print \$6 }" /proc/self/mountinfo')" \
		$'refused\nx\nro,relatime'
}

@test "rootfsPropagation: each kind is what the root has, and by its r-form what is below" {
	local kind info
	declare -A want=([private]='^$' [slave]='^master:[0-9]+$' [shared]='^shared:[0-9]+( master:[0-9]+)?$' [unbindable]='^unbindable$')
	bundle a '.process.args = ["cat", "/proc/self/mountinfo"]'
	export -f rt
	export RT ROOT T
	for kind in private slave shared unbindable rprivate rslave rshared runbindable; do
		config a '.linux.rootfsPropagation = $k' --arg k $kind
		# A mount of the test's own below its bundle, with peers in a namespace of its own.
		info=$(unshare -m --propagation private bash -ec '
			mount --bind "$T" "$T"
			mount --make-shared "$T"
			rt run -b "$T/a" a')
		matches "$(root_info <<<"$info" | sed -E 's/^([^ ]+ ){6}//; s/ ?- .*//')" "${want[${kind#r}]}"
		[ ${kind#r} = $kind ] || [ $kind = rslave ] || matches "$(awk '$5 == "/dev"' <<<"$info" | sed -E 's/^([^ ]+ ){6}//; s/ ?- .*//')" "${want[${kind#r}]}"
	done
	config a '.linux.rootfsPropagation = "other"'
	fails 1 rt run -b "$T/a" a
	has "$errors" "rootfsPropagation"
}

@test "without rootfsPropagation the host sees no mount of the container's and the container none of the host's" {
	bundle a '.process.capabilities[] += ["CAP_SYS_ADMIN"] | .process.args = ["sh", "-c", "mkfifo /go; read x </go; mkdir /own; mount -t tmpfs own /own; cat /proc/self/mountinfo >/info; read x </go"]'
	export -f rt eventually
	export RT ROOT T D
	unshare -m --propagation private bash -ec '
		mount --bind "$T" "$T"
		mount --make-shared "$T"
		rt create -b "$T/a" a </dev/null >/dev/null 2>&1
		rt start a
		eventually test -p "$T/a/rootfs/go"
		mkdir "$T/a/rootfs/late"
		mount -t tmpfs late "$T/a/rootfs/late"
		echo >"$T/a/rootfs/go"
		eventually grep -q " /own " "$T/a/rootfs/info"
		grep -c "/own " /proc/self/mountinfo >"$D/seen" || true
		rt delete --force a'
	is "$(cat "$D/seen")" 0
	is "$(grep -c ' /late ' "$T/a/rootfs/info")" 0
}

@test "--no-pivot: the root is moved over the old one, and exec gets the same" {
	bundle a
	create a --no-pivot
	rt start a
	is "$(rt exec a sh -c 'ls -d /../../bin/busybox; test ! -e /work && cat /etc/passwd | head -n 1')" \
		$'/../../bin/busybox\nroot:x:0:0:root:/root:/bin/sh'
	is "$(readlink "/proc/$(pid_of a)/root")" /
	rt delete --force a
}

@test "--no-pivot with a read-only root, masks and volumes" {
	bundle a '.root.readonly = true | .process.args = ["sh", "-c", "touch /x 2>/dev/null || echo refused; head -c 1 /proc/keys | wc -c; cat /v/file"]
		| .mounts += [{ destination: "/v", type: "bind", source: $d, options: ["bind"] }]' --arg d "$D"
	echo content >"$D/file"
	mkdir "$T/a/rootfs/v"
	is "$(rt run --no-pivot -b "$T/a" a)" $'refused\n0\ncontent'
}

@test "--no-pivot: a user namespace inside cannot mount a procfs or sysfs without the container's masks" {
	bundle a '.process.args = ["unshare", "-mrpf", "sh", "-c", $s]' --arg s \
		'mkdir /tmp/x; mount -t proc none /tmp/x || echo no-proc; mount -t sysfs none /tmp/x || echo no-sysfs'
	config a '.mounts += [{ destination: "/tmp", type: "tmpfs" }]
		| .process.capabilities |= (.bounding += ["CAP_SETFCAP"] | .permitted += ["CAP_SETFCAP"] | .effective += ["CAP_SETFCAP"])'
	for how in "" --no-pivot; do
		rt run $how -b "$T/a" a >"$D/said" 2>/dev/null || true
		is "$(cat "$D/said")" $'no-proc\nno-sysfs'
	done
}

@test "a mount namespace of the host's is refused with the reason" {
	bundle a '.linux.namespaces |= map(select(.type != "mount"))'
	fails 1 runs a true
	has "$errors" "no mount namespace"
}

@test "a mount namespace by path is the container's" {
	bundle a
	unshare -m --propagation private sleep 1000 3>&- &
	local pid=$!
	eventually different_namespace $pid
	config a '(.linux.namespaces[] | select(.type == "mount")).path = $p' --arg p "/proc/$pid/ns/mnt"
	is "$(runs a sh -c 'readlink /proc/self/ns/mnt; head -n 1 /etc/passwd')" "$(readlink "/proc/$pid/ns/mnt")
root:x:0:0:root:/root:/bin/sh"
	kill $pid
}
different_namespace() { [ "$(readlink "/proc/$1/ns/mnt")" != "$(readlink /proc/self/ns/mnt)" ]; }

@test "an overlay, a tmpfs and a read-only mount of the host can be the root" {
	bundle a
	export -f rt
	export RT ROOT T D
	is "$(unshare -m --propagation private bash -ec '
		mv "$T/a/rootfs" "$D/lower"
		mkdir "$T/a/rootfs" "$D/upper" "$D/work"
		mount -t overlay -o "lowerdir=$D/lower,upperdir=$D/upper,workdir=$D/work" o "$T/a/rootfs"
		jq ".process.args = [\"sh\", \"-c\", \"echo made >/made; cat /made\"]" "$T/a/config.json" >"$T/a/new"
		mv "$T/a/new" "$T/a/config.json"
		rt run -b "$T/a" a')" made
	is "$(cat "$D/upper/made")" made
	mv "$D/lower" "$D/rootfs"
	is "$(unshare -m --propagation private bash -ec '
		mount --bind "$D/rootfs" "$T/a/rootfs"
		mkdir -p "$T/a/rootfs/sys" "$T/a/rootfs/proc" "$T/a/rootfs/dev"
		mount -o remount,bind,ro "$T/a/rootfs"
		jq ".process.args = [\"sh\", \"-c\", \"touch /x 2>/dev/null || echo refused\"]" "$T/a/config.json" >"$T/a/new"
		mv "$T/a/new" "$T/a/config.json"
		rt run -b "$T/a" a')" refused
}

@test "a root that is missing, or no directory, is named" {
	bundle a '.root.path = "none"'
	fails 1 runs a true
	has "$errors" "$T/a/none"
	bundle b '.root.path = "config.json"'
	fails 1 runs b true
	has "$errors" "$T/b/config.json"
}

@test "in a user namespace a read-only root, --no-pivot and masks hold as well" {
	bundle a '.linux.namespaces += [{ type: "user" }] | .root.readonly = true
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }] | .linux.gidMappings = .linux.uidMappings
		| .process.args = ["sh", "-c", "touch /x 2>/dev/null || echo refused; head -c 1 /proc/keys | wc -c; id -u"]'
	chown -R 100000:100000 "$T/a/rootfs"
	chmod 711 "$T" "$T/a"
	is "$(rt run -b "$T/a" a)" $'refused\n0\n0'
	is "$(rt run --no-pivot -b "$T/a" b)" $'refused\n0\n0'
}
