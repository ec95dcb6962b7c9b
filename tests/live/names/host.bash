# Names as real containers see them: a host in a network namespace, with a server of names of its own at 127.0.0.53 and with its own
# /etc/resolv.conf ($RESOLV). Loaded after helper, hosts and names.

on_host() { if [ -n "${HOST:-}" ]; then nsenter -t "$HOST" -n -m "$@"; else "$@"; fi; }

names_host_make() {
	STARTED=()
	RESOLV=$BATS_TEST_TMPDIR/resolv.conf
	echo "nameserver 127.0.0.53" >"$RESOLV"
	unshare -n -m sh -c 'mount --bind "$0" /etc/resolv.conf && exec sleep 900' "$RESOLV" 3>&- &
	HOST=$!
	started $HOST
	until grep -q sleep "/proc/$HOST/comm"; do :; done
	nsenter -t "$HOST" -n ip link set lo up
	instance_make
	server_start 127.0.0.53
}
# What a failed test still has in a container's namespace goes first, the host last: it is the first that was started.
names_host_end() {
	local status=0
	kill "${STARTED[@]:1}" 2>/dev/null || true
	instance_remove || status=1
	host_is_clean || status=1
	kill "${STARTED[@]:0:1}" 2>/dev/null || true
	return $status
}

# What a container is told, by dig in its network namespace.
ask() { nsenter -t "$(pid_of "$1")" -n timeout 20 dig +nocookie +tries=1 +time=8 @127.0.0.11 "${@:2}"; }
box() { hoy run -d --name "$1" --network blue "${@:2}" busybox sleep 1000 >/dev/null; } # name, flags...
