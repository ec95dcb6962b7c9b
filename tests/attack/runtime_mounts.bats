# Family A of the list of attacks against hoy-runtime: mounts, masks, devices, null, console and pty; links, renames and FIFOs in the
# root. What a row says is tried with the bundle of somebody hostile: config.json is the operator's, the root file system is not.
NEEDS_PROBE=1
source "$BATS_TEST_DIRNAME/runtime.bash"

without() { config "$1" '.mounts |= map(select(.destination | startswith($p) | not))' --arg p "$2"; } # ID, prefix of destinations
hostile() { # ID, commands for its root file system
	bundle "$1"
	(cd "$T/$1/rootfs" && eval "$2")
}
bound() { # ID, source, destination, options...
	local id=$1 source=$2 destination=$3
	shift 3
	config "$id" '.mounts += [{ destination: $d, type: "bind", source: $s, options: (["bind"] + $ARGS.positional) }]' \
		--arg d "$destination" --arg s "$source" --args "$@"
}
# Mounts that show the canary, or something below it, by what is mounted (the fourth field).
shows_canary() { awk -v canary="$CANARY" 'index($4, canary) == 1' <<<"$1"; }

# Two names of a directory that a container and we share: a directory, and a link to the canary; exchanged all the time.
racer() {
	mkdir "$D/shared" "$D/shared/dir"
	ln -s "$CANARY" "$D/shared/link"
	bundle racer
	bound racer "$D/shared" /s
	config racer '.process.args = ["probe", "exchange", "/s/dir", "/s/link", "120"]'
	launch racer
}
exchanged() { [ -L "$D/shared/dir" ]; }

@test "A5 CVE-2021-30465: a mount target that is exchanged for a link never leads out of the root" {
	racer
	eventually exchanged
	bundle a
	bound a "$D/shared" /s rw
	bound a "$D" /s/dir rw
	config a '.mounts += [{ destination: "/s/dir/tmpfs", type: "tmpfs", source: "tmpfs" }]
		| .process.args = ["cat", "/proc/self/mountinfo"]'
	local i info
	for i in $(seq 12); do
		info=$(rt run -b "$T/a" "a$i" 2>&1) || true
		# Its destination is a place inside the root that has the canary's name; what is there is never the canary.
		is "$(shows_canary "$info")" ""
		is "$(leaked_mounts)" ""
	done
	rt delete --force racer
	canary_is_untouched
}

@test "A6 CVE-2024-45310: a mount point whose parent is exchanged for a link makes no file and no directory outside" {
	racer
	eventually exchanged
	bundle a '.process.args = ["true"]'
	bound a "$D/shared" /s rw
	bound a "$T/a/config.json" /s/dir/file
	bound a "$D" /s/dir/made/deep
	local i
	for i in $(seq 12); do rt run -b "$T/a" "a$i" </dev/null >/dev/null 2>&1 || true; done
	rt delete --force racer
	canary_is_untouched
}

@test "A6: a device and a working directory below an exchanged directory are not made outside" {
	racer
	eventually exchanged
	bundle a '.linux.devices = [{ path: "/s/dir/null", type: "c", major: 1, minor: 3 }] | .process.cwd = "/s/dir/cwd" | .process.args = ["true"]'
	bound a "$D/shared" /s rw
	local i
	for i in $(seq 12); do rt run -b "$T/a" "a$i" </dev/null >/dev/null 2>&1 || true; done
	rt delete --force racer
	canary_is_untouched
}

@test "A7 CVE-2025-31133: /dev/null of the root as a link is not what masks" {
	hostile a 'rm -f dev/null; ln -s /proc/sys/kernel/domainname dev/null'
	without a /dev
	local info
	info=$(runs a sh -c 'cat /proc/self/mountinfo; head -c 1 /proc/keys | wc -c' 2>&1) || true
	hasnt "$info" domainname
	hostile b 'rm -f dev/null; : >dev/null'
	without b /dev
	fails 1 runs b cat /proc/keys
	hasnt "$output" keyring
}

@test "A7: the null device of the host over a masked file is read-only to its last bit" {
	bundle a '.process.capabilities[] += ["CAP_FOWNER", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_MKNOD"]'
	local before
	before=$(stat -c '%a %u %g %t:%T' /dev/null)
	run runs a sh -c 'chmod 0 /proc/keys && echo changed; chown 1000 /proc/keys && echo changed; touch /proc/keys && echo changed'
	hasnt "$output" changed
	is "$(stat -c '%a %u %g %t:%T' /dev/null)" "$before"
}

@test "A8 CVE-2025-31133b: descriptors 0, 1 and 2 are never a file of the root's choice" {
	hostile a 'rm -f dev/null; ln -s /proc/sys/kernel/domainname dev/null'
	without a /dev
	config a '.process.args = ["sh", "-c", "for f in 0 1 2; do readlink /proc/self/fd/$f; done >/seen; echo written >&0"]'
	rt run -b "$T/a" a </dev/null >/dev/null 2>&1 || true
	[ ! -e "$T/a/rootfs/seen" ] || is "$(sort -u "$T/a/rootfs/seen")" /dev/null
}

@test "A9 CVE-2025-52565: /dev/pts and /dev/console of the root as links are no terminal" {
	make -s -C "$TREE" tools
	hostile a 'mkdir -p dev/pts; ln -s /proc/sys/kernel/domainname dev/pts/0; ln -s /proc/sys/kernel/domainname dev/console; ln -s /proc/sys/kernel/domainname dev/pts/ptmx'
	without a /dev
	config a '.process.terminal = true | .process.args = ["sh", "-c", "cat /proc/self/mountinfo; echo written >/dev/console"]'
	run timeout --foreground 60 "$PTY" -- "$RT" --root "$ROOT" run -b "$T/a" a
	[ "$status" != 0 ]
	has "$output" "/dev/pts of the container is no devpts"
	hasnt "$output" domainname
	# With a devpts the link is refused, too, and nothing is written through it.
	hostile b 'ln -s /proc/sys/kernel/domainname dev/console'
	config b '.mounts |= map(select(.destination != "/dev")) | .process.terminal = true'
	run timeout --foreground 60 "$PTY" -- "$RT" --root "$ROOT" run -b "$T/b" b
	[ "$status" != 0 ]
	has "$output" "/dev/console of the image is a link or a directory"
}

@test "A9: a pty that is covered by a file is not opened" {
	make -s -C "$TREE" tools
	bundle a '.process.terminal = true | .process.args = ["true"]'
	echo forged >"$D/forged"
	bound a "$D/forged" /dev/pts/ptmx
	run timeout --foreground 60 "$PTY" -- "$RT" --root "$ROOT" run -b "$T/a" a
	[ "$status" != 0 ]
	has "$output" "open a terminal in /dev/pts of the container"
	is "$(cat "$D/forged")" forged
}

@test "A10 CVE-2025-52881: sysctls go to a procfs of our own, whatever lies at /proc" {
	hostile a 'mkdir -p proc/sys/kernel; echo caught >proc/sys/kernel/msgmax; ln -s /proc/sysrq-trigger proc/sys/kernel/sem'
	config a '.linux.sysctl = { "kernel.msgmax": "4321" }'
	is "$(runs a cat /proc/sys/kernel/msgmax)" 4321
	is "$(cat "$T/a/rootfs/proc/sys/kernel/msgmax")" caught
	# No procfs in the container at all: written all the same.
	hostile b 'mkdir -p proc/sys/kernel; echo caught >proc/sys/kernel/msgmax'
	without b /proc
	config b '.linux.sysctl = { "kernel.msgmax": "4321" } | .linux.maskedPaths = [] | .linux.readonlyPaths = []'
	runs b true
	is "$(cat "$T/b/rootfs/proc/sys/kernel/msgmax")" caught
}

@test "A11 A12 CVE-2026-41579 CVE-2026-47766: /dev as a link makes no node and no link outside" {
	local link
	for link in "$CANARY" "../../../../../../../../..$CANARY" "./../$CANARY"; do
		hostile a "rmdir dev; ln -s $link dev"
		without a /dev
		config a '.process.args = ["true"]'
		rt run -b "$T/a" a </dev/null >/dev/null 2>&1 || true
		canary_is_untouched
		rm -rf "${T:?}/a"
	done
	# The same place inside the root exists: it is that one, and nothing outside.
	hostile b "mkdir -p .$CANARY; rmdir dev; ln -s $CANARY dev"
	without b /dev
	runs b true
	canary_is_untouched
	[ -c "$T/b/rootfs$CANARY/null" ]
}

@test "A11: a device below a link of the root is made inside" {
	hostile a "ln -s ../../../../../../..$CANARY out"
	config a '.linux.devices = [{ path: "/out/sub/null", type: "c", major: 1, minor: 3 }] | .process.args = ["true"]'
	rt run -b "$T/a" a </dev/null >/dev/null 2>&1 || true
	canary_is_untouched
}

@test "A13 CVE-2019-16884: no link of the root brings a mount into /proc" {
	local place
	for place in /lnk/self/attr /lnk/sys /lnk/1 /self/attr/exec /deep/lnk/sys/kernel; do
		hostile a 'ln -s /proc lnk; ln -s proc/self self; mkdir deep; ln -s ../lnk deep/lnk'
		bound a "$D" "$place"
		fails 1 runs a true
		matches "$errors" "(lies in /proc|No such|Not a directory|symbolic|make the)"
		rm -rf "${T:?}/a"
	done
	hostile b 'ln -s /proc lnk'
	config b '.mounts += [{ destination: "/lnk/sys", type: "tmpfs", source: "tmpfs" }]'
	fails 1 runs b true
	has "$errors" "lies in /proc"
}

@test "A14 CVE-2019-19921 CVE-2023-27561: /proc and /sys of the root as links are refused" {
	local name
	for name in proc sys; do
		hostile a "rm -rf $name; mkdir -p tmp/x; ln -s tmp/x $name"
		fails 1 runs a true
		has "$errors" "/$name of the image is a symbolic link"
		rm -rf "${T:?}/a"
		hostile a "rm -rf $name; ln -s $CANARY $name"
		fails 1 runs a true
		canary_is_untouched
		rm -rf "${T:?}/a"
	done
}

@test "A17 A22 CVE-2019-18837 CVE-2015-1335: links in the way of targets, masks and the working directory stay inside" {
	hostile a "ln -s ../../../../../../..$CANARY rel; ln -s $CANARY abs; ln -s /rel/loop loop; ln -s $CANARY/secret file"
	bound a "$D" /abs/sub
	bound a "$T/a/config.json" /rel/file
	config a '.mounts += [{ destination: "/rel/deep/tmpfs", type: "tmpfs", source: "tmpfs" }]
		| .linux.maskedPaths += ["/file", "/abs/secret"] | .linux.readonlyPaths += ["/abs", "/rel"] | .process.cwd = "/abs/cwd" | .process.args = ["true"]'
	rt run -b "$T/a" a </dev/null >/dev/null 2>&1 || true
	canary_is_untouched
	is "$(leaked_mounts)" ""
	hostile b 'ln -s b a; ln -s a b'
	bound b "$D" /a/x
	fails 1 runs b true
	has "$errors" "mount $D on /a/x"
}

@test "B31: FIFOs, sockets and devices of the root in the way of mounts, masks and devices block nothing" {
	hostile a 'for f in target masked readonly etc/passwd2; do mkfifo $f; done; mknod zero c 1 5; mkdir data; mkfifo data/fifo; mknod data/zero c 1 5'
	bound a "$T/a/config.json" /target
	bound a "$T/a/config.json" /zero
	config a '.linux.maskedPaths += ["/masked"] | .linux.readonlyPaths += ["/readonly"] | .mounts += [{ destination: "/data", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"] }]'
	HOY_TIMEOUT=40 runs a sh -c 'test -s /target && test -s /zero && [ "$(stat -c %t:%T /masked)" = 1:3 ] && [ -z "$(ls /data)" ]'
	# As /dev/null, /dev/console and /dev/ptmx of a root without a /dev of its own.
	hostile b 'rm -f dev/null; mkfifo dev/null'
	without b /dev
	HOY_TIMEOUT=40 fails 1 runs b true
	has "$errors" "device /dev/null: something else is there already"
}

@test "mounts of a hostile root with loops, long names and deep trees end in a sentence or in the container" {
	local deep
	deep=$(printf 'd/%.0s' {1..1500})
	hostile a 'ln -s loop loop; ln -s /proc/self/root magic'
	bound a "$D" /loop
	fails 1 runs a true
	has "$errors" "mount $D on /loop"
	bundle b
	bound b "$D" "/$(printf 'n%.0s' {1..300})"
	fails 1 runs b true
	has "$errors" "too long"
	bundle c
	bound c "$D" "/$deep"
	is "$(runs c sh -c 'grep -c /d/d/d /proc/self/mountinfo')" 1
	hostile e 'ln -s /proc/self/root/tmp magic'
	bound e "$D" /magic/x
	runs e true || true
	[ ! -e /tmp/x ]
}
