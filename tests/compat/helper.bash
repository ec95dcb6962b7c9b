# Two programs, one command line: a private dockerd (own roots, socket, cgroups, network namespace; no bridge, no packet filter) beside
# an instance of hoy, both with the same image. Everything is below one temporary directory and goes with it; what does not is a leak,
# and fails the file.
#
#   same 'COMMANDS'    runs them in bash with $C = docker and with $C = hoy, each in a directory of its own, and claims: the same
#                      stdout, the same exit code, and something on stderr from both or from neither. Ids and times are made
#                      alike first. $I is the image, $R is "$C run --rm --network none".

bats_require_minimum_version 1.5.0
TREE=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
HOY=${HOY_BUILD:-$TREE/build}/hoy
PTY=$TREE/build/tools/pty
DOCKER=${DOCKER:-$(command -v docker || true)}
PATH=$PATH:/usr/sbin
source "$TREE/tests/own_network.bash"

why_not() {
	[ "$(id -u)" = 0 ] || echo "not root"
	command -v dockerd >/dev/null && [ -n "$DOCKER" ] || echo "docker.io is not installed (scripts/deps peers)"
}

rootfs_make() {
	mkdir -p "$1"/{bin,dev,etc,proc,sys,root,home,var/www,usr/bin}
	mkdir -m 1777 "$1/tmp"
	cp /bin/busybox "$1/bin/busybox"
	ln -s /bin/busybox "$1/usr/bin/busybox"
	/bin/busybox --install -s "$1/bin"
	printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'www-data:x:33:33::/var/www:/bin/sh' 'user:x:1000:1000::/home:/bin/sh' \
		>"$1/etc/passwd"
	printf '%s\n' 'root:x:0:' 'www-data:x:33:' 'user:x:1000:' 'extra:x:2000:user' >"$1/etc/group"
}

peers_start() {
	local i
	T=$(mktemp -d /tmp/hoy-compat.XXXXXX)
	mkdir "$T/w-docker" "$T/w-hoy"
	printf '%s\n' "$T" >"$BATS_FILE_TMPDIR/T"
	# 3>&-: bats waits for whoever holds its descriptor.
	setsid unshare --net sh -c 'ip link set lo up && exec dockerd "$@"' sh -H "unix://$T/docker.sock" --data-root "$T/data" --exec-root "$T/exec" --pidfile "$T/docker.pid" \
		--bridge none --iptables=false --ip6tables=false --cgroup-parent "/${T##*/}" \
		--containerd-namespace "${T##*.}" --containerd-plugins-namespace "p${T##*.}" >"$T/dockerd.log" 2>&1 </dev/null 3>&- &
	printf '%s\n' $! >"$BATS_FILE_TMPDIR/pid"
	for ((i = 0; i < 600; i++)); do
		"$DOCKER" -H "unix://$T/docker.sock" version >/dev/null 2>&1 && break
		kill -0 "$(cat "$BATS_FILE_TMPDIR/pid")" 2>/dev/null || break
		read -r -t 0.05 <> <(:) || true
	done
	"$DOCKER" -H "unix://$T/docker.sock" version >/dev/null 2>&1 || {
		tail -5 "$T/dockerd.log"
		return 1
	}
	rootfs_make "$T/rootfs"
	tar -C "$T/rootfs" -cf "$T/busybox.tar" .
	"$DOCKER" -H "unix://$T/docker.sock" import "$T/busybox.tar" busybox >/dev/null
	"$HOY" --root "$T/root" --runroot "$T/run" import "$T/busybox.tar" busybox >/dev/null
}

# --- what is left ----------------------------------------------------------------------------------------------------------

# In the network namespace of the daemon, while it lives: nothing but the loopback.
network_leaks() { # pid
	nsenter -t "$1" -n ip -br link | awk '$1 != "lo" { print "link: " $1 }'
	nsenter -t "$1" -n nft list tables | sed 's/^/packet filter: /'
	nsenter -t "$1" -n cat /proc/net/ip_tables_names /proc/net/ip6_tables_names 2>/dev/null | sed 's/^/old packet filter: /'
}
# A file has the pattern, so that whoever looks for it does not have it in its own arguments.
peer_processes() {
	{
		grep -lasFf "$BATS_FILE_TMPDIR/T" /proc/[0-9]*/cmdline
		grep -lsF "${T##*/}" /proc/[0-9]*/cgroup
	} | sed 's/[^0-9]//g' | sort -u
}
peer_mounts() { awk -v d="$T/" 'index($5, d) == 1 { print $5 }' /proc/self/mountinfo | sort -r; }
# The daemon never takes apart what --network host stands for.
leaked_mounts() { peer_mounts | grep -vxF "$T/exec/netns/default" || true; }
# Of containers; their parent is the daemon's to make and ours to remove.
peer_cgroups() { find /sys/fs/cgroup -mindepth 2 -type d -path "*/${T##*/}/*" 2>/dev/null | sort -r; }
peer_leaks() {
	local pid
	for pid in $(peer_processes); do echo "process: $pid $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null)"; done
	leaked_mounts | sed 's/^/mount: /'
	peer_cgroups | sed 's/^/cgroup: /'
}

# Within 20 s.
peers_wait() { # command
	local i
	for ((i = 0; i < 400; i++)); do
		"$@" && return
		read -r -t 0.05 <> <(:) || true
	done
	return 1
}
daemon_is_gone() { ! kill -0 "$1" 2>/dev/null; }
peers_are_gone() { [ -z "$(peer_leaks)" ]; }

# By pid, containers first; then what is left is told, and taken away.
peers_stop() {
	local pid leaks
	T=$(cat "$BATS_FILE_TMPDIR/T" 2>/dev/null) && [ -n "$T" ] || return 0
	"$HOY" --root "$T/root" --runroot "$T/run" system reset -f >/dev/null 2>&1 || true
	"$DOCKER" -H "unix://$T/docker.sock" ps -aq | xargs -r "$DOCKER" -H "unix://$T/docker.sock" rm -f >/dev/null 2>&1 || true
	pid=$(cat "$BATS_FILE_TMPDIR/pid")
	leaks=$(network_leaks "$pid")
	kill "$pid" 2>/dev/null || true
	peers_wait daemon_is_gone "$pid" || leaks+=$'\n'"dockerd does not end"
	kill -KILL "$pid" 2>/dev/null || true
	peers_wait peers_are_gone || leaks+=$'\n'$(peer_leaks)
	peer_processes | xargs -r kill -KILL
	peer_mounts | xargs -r -n 1 umount -l
	peer_cgroups | xargs -r rmdir || true
	find /sys/fs/cgroup -maxdepth 2 -type d -name "${T##*/}" -exec rmdir {} + 2>/dev/null || true
	rm -rf --one-file-system "$T"
	[ -z "$leaks" ] || { printf '%s\n' "$leaks" && return 1; }
}

alike() {
	sed -E 's/\b[0-9a-f]{64}\b/ID64/g; s/\b[0-9a-f]{12}\b/ID12/g; s/\bhoy\b/docker/g; s/w-(docker|hoy)/W/g
		s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z?([+-][0-9:]+)?/TIME/g
		s/(About a|Less than a|[0-9]+) (second|minute)s?/T/g
		s/ {2,}/  /g' # the width of a column follows the times in it
}

run_one() { # docker or hoy, its program, commands
	(
		set +e
		cd "$T/w-$1" || exit 99
		export C=$2 I=busybox PTY HOY_ROOT=$T/root HOY_RUNROOT=$T/run DOCKER_HOST=unix://$T/docker.sock
		timeout -k 5 60 bash -c "R='$2 run --rm --network none'; $3" </dev/null >"$T/out-$1.raw" 2>"$T/err-$1" 3>&-
		printf 'exit code %s\n' $? >>"$T/out-$1.raw"
	)
	alike <"$T/out-$1.raw" >"$T/out-$1"
	if [ -s "$T/err-$1" ]; then
		echo "something on stderr"
	else
		echo "nothing on stderr"
	fi >>"$T/out-$1"
}

same() { # commands
	run_one docker "$DOCKER" "$1"
	run_one hoy "$HOY" "$1"
	cmp -s "$T/out-docker" "$T/out-hoy" && return
	printf 'differs: %s\n' "$1"
	diff -u --label docker --label hoy "$T/out-docker" "$T/out-hoy"
	head -c 500 "$T/err-docker" "$T/err-hoy"
	return 1
}
