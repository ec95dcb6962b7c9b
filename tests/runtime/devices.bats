# /dev: the devices and links that each container has, those that the spec adds, the terminal.
load helper

mounted() { # ID, destination, type, source, options...
	local id=$1 destination=$2 type=$3 source=$4
	shift 4
	config "$id" '.mounts += [{ destination: $d, type: $t, source: $s, options: $ARGS.positional }]' \
		--arg d "$destination" --arg t "$type" --arg s "$source" --args "$@"
}
without() { config "$1" '.mounts |= map(select(.destination | startswith($p) | not))' --arg p "$2"; } # ID, prefix of destinations
# Run in a terminal of the test's own; what it prints, without carriage returns.
in_pty() {
	[ -x "$PTY" ] || make -s -C "$TREE" tools
	timeout --foreground 60 "$PTY" -- "$@" | tr -d '\r'
}

@test "the default devices are what their names say, writable by all, and so are the links" {
	bundle a
	is "$(runs a sh -c 'cd /dev && stat -c "%n %F %t:%T %a %u:%g" null zero full random urandom tty')" \
"null character special file 1:3 666 0:0
zero character special file 1:5 666 0:0
full character special file 1:7 666 0:0
random character special file 1:8 666 0:0
urandom character special file 1:9 666 0:0
tty character special file 5:0 666 0:0"
	is "$(runs a sh -c 'cd /dev && for l in fd stdin stdout stderr ptmx; do readlink $l; done' | tr '\n' ' ')" \
		"/proc/self/fd /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 pts/ptmx "
}

@test "devices of the spec: c, u, b and p, with their mode and owner, also outside of /dev" {
	bundle a '.linux.devices = [
		{ path: "/dev/mine", type: "c", major: 1, minor: 3, fileMode: 384, uid: 33, gid: 1000 },
		{ path: "/dev/un", type: "u", major: 1, minor: 5 },
		{ path: "/dev/deep/er/disk", type: "b", major: 7, minor: 200, fileMode: 432 },
		{ path: "/dev/pipe", type: "p", fileMode: 420, uid: 33 },
		{ path: "/srv/zero", type: "c", major: 1, minor: 5 }]'
	is "$(runs a stat -c '%n %F %t:%T %a %u:%g' /dev/mine /dev/un /dev/deep/er/disk /dev/pipe /srv/zero)" \
"/dev/mine character special file 1:3 600 33:1000
/dev/un character special file 1:5 666 0:0
/dev/deep/er/disk block special file 7:c8 660 0:0
/dev/pipe fifo 0:0 644 33:0
/srv/zero character special file 1:5 666 0:0"
}

@test "a default device is as the spec says where the spec names it" {
	bundle a '.linux.devices = [{ path: "/dev/null", type: "c", major: 1, minor: 3, fileMode: 384, uid: 33 }]'
	is "$(runs a stat -c '%t:%T %a %u' /dev/null)" "1:3 600 33"
}

@test "what is in the way of a device is never taken for it" {
	local thing
	for thing in 'mknod dev/mine c 1 5' 'mkfifo dev/mine' 'mkdir dev/mine' 'ln -s null dev/mine' ': >dev/mine'; do
		bundle a '.linux.devices = [{ path: "/dev/mine", type: "c", major: 1, minor: 3 }]'
		without a /dev
		(cd "$T/a/rootfs" && eval "$thing")
		fails 1 runs a true
		has "$errors" "device /dev/mine: something else is there already"
		rm -rf "${T:?}/a"
	done
	bundle b '.linux.devices = [{ path: "/dev/mine", type: "c", major: 1, minor: 3 }]'
	without b /dev
	mknod "$T/b/rootfs/dev/mine" c 1 3
	is "$(runs b stat -c %t:%T /dev/mine)" 1:3
}

@test "a device that is not one is refused with its path" {
	bundle a '.linux.devices = [{ path: "dev/mine", type: "c", major: 1, minor: 3 }]'
	fails 1 runs a true
	has "$errors" "dev/mine"
	bundle b '.linux.devices = [{ path: "/dev/../mine", type: "c", major: 1, minor: 3 }]'
	fails 1 runs b true
	has "$errors" "/dev/../mine"
	bundle c '.linux.devices = [{ path: "/dev/mine", type: "x", major: 1, minor: 3 }]'
	fails 1 runs c true
	has "$errors" "linux.devices"
}

@test "a /dev that is bound is not touched" {
	bundle a
	without a /dev
	mkdir "$D/dev"
	mknod -m 666 "$D/dev/null" c 1 3
	mounted a /dev bind "$D/dev" rbind
	is "$(runs a sh -c 'ls /dev; echo x >/dev/null')" null
	is "$(ls "$D/dev")" null
}

@test "a terminal: stdio, the controlling terminal and /dev/console are the same pty" {
	bundle a '.process.terminal = true | .process.args = ["sh", "-c", "tty; stat -L -c %t:%T /dev/console /dev/fd/0; echo x >/dev/tty && echo y >/dev/console; readlink /dev/ptmx; stat -c %a,%u /dev/pts/0"]'
	is "$(in_pty "$RT" --root "$ROOT" run -b "$T/a" a)" "/dev/pts/0
88:0
88:0
x
y
pts/ptmx
620,0"
}

@test "consoleSize is the size of the terminal" {
	bundle a '.process.terminal = true | .process.consoleSize = { height: 33, width: 77 } | .process.args = ["stty", "size"]'
	is "$(in_pty "$RT" --root "$ROOT" run -b "$T/a" a)" "33 77"
}

@test "without a terminal there is no /dev/console, and a new pty can be made by the program" {
	bundle a
	is "$(runs a sh -c 'ls /dev/console 2>/dev/null; ls /dev/pts; exec 3<>/dev/ptmx; ls /dev/pts')" $'ptmx\n0\nptmx'
}

@test "the terminal belongs to the user of the process" {
	bundle a '.process.terminal = true | .process.user = { uid: 33, gid: 33 } | .process.args = ["stat", "-c", "%u %a", "/dev/pts/0"]'
	is "$(in_pty "$RT" --root "$ROOT" run -b "$T/a" a)" "33 620"
}

@test "sysctls are written into the container's namespaces alone" {
	local before
	before=$(cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_default_ttl)
	bundle a '.linux.sysctl = { "kernel.msgmax": "4321", "net.ipv4.ip_default_ttl": "77", "net/ipv4/conf/lo/forwarding": "1" }'
	is "$(runs a cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_default_ttl /proc/sys/net/ipv4/conf/lo/forwarding)" $'4321\n77\n1'
	is "$(cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_default_ttl)" "$before"
}

@test "a sysctl of the host, of a namespace that is shared, or that does not exist is refused by name" {
	bundle a '.linux.sysctl = { "kernel.core_pattern": "x" }'
	fails 1 runs a true
	has "$errors" "sysctl kernel.core_pattern: does not belong to a namespace"
	config a '.linux.sysctl = { "kernel.hostname": "x" }'
	fails 1 rt create -b "$T/a" a
	has "$errors" "sysctl kernel.hostname: not allowed"
	bundle b '.linux.sysctl = { "kernel.msgmax": "4321" } | .linux.namespaces |= map(select(.type != "ipc"))'
	fails 1 runs b true
	has "$errors" "sysctl kernel.msgmax: needs a ipc namespace other than the host's"
	bundle c '.linux.sysctl = { "net.no.such": "1" }'
	fails 1 runs c true
	has "$errors" "this kernel has no such parameter"
	bundle d '.linux.sysctl = { "kernel.msgmax": "x" }'
	fails 1 runs d true
	has "$errors" 'set sysctl kernel/msgmax to'
}
