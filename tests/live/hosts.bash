# Three network namespaces for a test with real traffic: "host", where hoy works; "outside", another host at 203.0.113.2 and
# 2001:db8::2, which is joined to it; and those of the containers. Nothing leaves them, and the machine's own network is not touched.

hoy() { on_host timeout --foreground -k 5 "${HOY_TIMEOUT:-60}" "$HOY" "$@"; }
on_host() { if [ -n "${HOST:-}" ]; then nsenter -t "$HOST" -n "$@"; else "$@"; fi; } # until there is one: on the machine itself
outside() { nsenter -t "$OUTSIDE" -n "$@"; }

# A namespace lives as long as a process in it: its pid.
netns_make() {
	unshare -n sleep 900 3>&- &
	local pid=$! ours
	ours=$(readlink /proc/self/ns/net)
	until [ "$(readlink "/proc/$pid/ns/net")" != "$ours" ] && grep -q sleep "/proc/$pid/comm"; do :; done
	nsenter -t $pid -n ip link set lo up
	MADE=$pid
}

# The host alone.
host_make() {
	netns_make && export HOST=$MADE
}

hosts_make() {
	host_make
	netns_make && OUTSIDE=$MADE
	on_host ip link add uplink type veth peer name eth0 netns "$OUTSIDE"
	on_host ip addr add 203.0.113.1/24 dev uplink
	on_host ip addr add 2001:db8::1/64 dev uplink nodad
	on_host ip link set uplink up
	outside ip addr add 203.0.113.2/24 dev eth0
	outside ip addr add 2001:db8::2/64 dev eth0 nodad
	outside ip link set eth0 up
	export OUTSIDE
}

# Nothing of hoy's is left on the host; the kernel takes namespaces, and interfaces with them, apart when it has time.
has_no_interface() { ! on_host ip -br link | grep -qE '^(hoy|br-|veth)'; }
host_is_clean() {
	[ -n "${HOST:-}" ] || return 0
	eventually has_no_interface || { on_host ip -br link; return 1; }
	is "$(on_host nft list tables)" ""
}
hosts_end() { kill ${HOST:+$HOST} ${OUTSIDE:+$OUTSIDE} 2>/dev/null || true; }

# Of whoever loads this after the helper; its own may come after.
setup() { hosts_make && instance_make; }

teardown() {
	local status=0
	instance_remove || status=1
	host_is_clean || status=1
	hosts_end
	return $status
}

# What a server answers: namespace's pid, address, port.
GET='GET / HTTP/1.0\r\n\r\n'
fetch() {
	nsenter -t "$1" -n timeout 20 bash -c 'exec 3<>"/dev/tcp/$0/$1" && printf "$2" >&3 && tail -1 <&3' "$2" "$3" "$GET" 2>/dev/null
}
# The same where it must not come: no answer within a short while.
unreachable() {
	! nsenter -t "$1" -n timeout 1 bash -c 'exec 3<>"/dev/tcp/$0/$1" && printf "$2" >&3 && grep -q . <&3' "$2" "$3" "$GET" 2>/dev/null
}

# A container that answers everybody on port 80 with a word: name, word, flags of run...
serve() {
	local name=$1 word=$2
	shift 2
	hoy run -d --name "$name" "$@" busybox sh -c "mkdir -p /w && echo $word >/w/index.html && exec httpd -f -vv -p 80 -h /w" >/dev/null
	eventually listens "$name"
}
listens() { hoy exec "$1" sh -c 'netstat -ltn | grep -q ":80 "'; }
address_of() { hoy inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$1"; }
from() { hoy exec "$1" sh -c "printf '$GET' | nc -w 20 $2 $3 | tail -1"; } # container, address, port
not_from() { ! hoy exec "$1" sh -c "printf '$GET' | nc -w 1 $2 $3 | grep -q ."; }
