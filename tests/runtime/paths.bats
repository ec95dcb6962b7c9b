# Masked and read-only paths, the working directory, and the view of the cgroups.
load helper

@test "a masked file reads as nothing and a masked directory as empty, and neither can be written" {
	bundle a '.linux.maskedPaths = ["/proc/keys", "/etc/passwd", "/proc/bus", "/home/user"]'
	mkdir "$T/a/rootfs/home/user"
	echo secret >"$T/a/rootfs/home/user/file"
	is "$(runs a sh -c 'wc -c </proc/keys; wc -c </etc/passwd; ls /proc/bus /home/user | grep -v :; echo x >/home/user/x || echo refused; echo x >/etc/passwd || echo refused; stat -c %t:%T /etc/passwd' 2>/dev/null)" \
		$'0\n0\n\nrefused\n1:3'
	grep -q root "$T/a/rootfs/etc/passwd"
}

@test "the owner of a masked path cannot change the host's null device through it" {
	local before
	before=$(stat -c '%a %u %g' /dev/null)
	bundle a '.process.capabilities[] += ["CAP_FOWNER", "CAP_CHOWN"] | .linux.maskedPaths = ["/proc/keys"]'
	run runs a sh -c 'chmod 600 /proc/keys; chown 33 /proc/keys'
	[ "$status" != 0 ]
	is "$(stat -c '%a %u %g' /dev/null)" "$before"
}

@test "a read-only path cannot be written and neither can what is mounted below it" {
	bundle a '.linux.readonlyPaths = ["/srv", "/proc/sys", "/etc/passwd"]
		| .mounts += [{ destination: "/srv/sub", type: "tmpfs", source: "tmpfs" }]'
	is "$(runs a sh -c 'touch /srv/x || echo 1; touch /srv/sub/x || echo 2; echo x >>/etc/passwd || echo 3; echo x >/proc/sys/kernel/hostname || echo 4; cat /etc/passwd | wc -l' 2>/dev/null)" \
		$'1\n2\n3\n4\n3'
}

@test "paths that do not exist are no error, and are not made" {
	bundle a '.linux.maskedPaths += ["/none/at/all", "/etc/passwd/below"] | .linux.readonlyPaths += ["/none", "/etc/passwd/below"]'
	runs a true
	[ ! -e "$T/a/rootfs/none" ]
}

@test "a path that is not absolute is refused by name" {
	bundle a '.linux.maskedPaths = ["proc/keys"]'
	fails 1 runs a true
	has "$errors" 'linux.maskedPaths[0]'
	bundle b '.linux.readonlyPaths = ["proc/sys"]'
	fails 1 runs b true
	has "$errors" 'linux.readonlyPaths[0]'
}

@test "masks follow a link only inside the root" {
	bundle a '.linux.maskedPaths = ["/link", "/up"]'
	ln -s /etc/passwd "$T/a/rootfs/link"
	ln -s ../../../../../../../etc/group "$T/a/rootfs/up"
	is "$(runs a sh -c 'cat /etc/passwd /etc/group | wc -c')" 0
	[ -s /etc/passwd ] && [ -s /etc/group ]
}

@test "a working directory that is missing is made" {
	bundle a '.process.cwd = "/work/deep"'
	is "$(runs a pwd)" /work/deep
	[ -d "$T/a/rootfs/work/deep" ]
}

@test "cgroups: in a namespace the container's own group is the root, read-only where that is asked for" {
	bundle a
	is "$(runs a sh -c 'cut -d: -f3 /proc/self/cgroup | sort -u; find /sys/fs/cgroup -maxdepth 3 -name cgroup.procs | head -n 1 | grep -c . ; mkdir /sys/fs/cgroup/x /sys/fs/cgroup/*/x 2>/dev/null || echo refused')" $'/\n1\nrefused'
	config a '(.mounts[] | select(.destination == "/sys/fs/cgroup").options) |= map(select(. != "ro")) | .process.capabilities[] += ["CAP_DAC_OVERRIDE"]'
	runs a sh -c 'for d in /sys/fs/cgroup /sys/fs/cgroup/pids; do [ ! -e $d/cgroup.procs ] || { mkdir $d/x && rmdir $d/x || exit 1; }; done'
}

@test "cgroups: without a namespace the container's own group is bound there, and nothing above it is in reach" {
	bundle a '.linux.namespaces |= map(select(.type != "cgroup"))'
	has "$(runs a sh -c 'cat /proc/self/cgroup')" "$CGROUP/a"
	is "$(runs a sh -c 'd=/sys/fs/cgroup/pids; [ -e $d ] || d=/sys/fs/cgroup; ls $d/.. >/dev/null; grep -c . $d/cgroup.procs; mkdir $d/x 2>/dev/null || echo refused; grep -x 0 $d/cgroup.procs')" \
		$'2\nrefused'
}

@test "cgroups: type cgroup2 is the same view, and a mount without cgroups is left alone" {
	bundle a '(.mounts[] | select(.destination == "/sys/fs/cgroup")).type = "cgroup2"'
	is "$(runs a sh -c 'find /sys/fs/cgroup -name cgroup.procs | grep -c . | grep -vx 0 >/dev/null && echo there')" there
}
