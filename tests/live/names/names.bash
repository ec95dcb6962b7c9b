# hoy-dns by itself: a host with a server of names of its own, containers made by hand (names/container.py), and questions from
# inside. Every test is in network namespaces of its own; nothing leaves them.

NAMES=$TREE/tests/live/names
DNS=$BUILD/hoy-dns

names_setup() {
	D=$(mktemp -d /tmp/hoy-names.XXXXXX)
	STARTED=()
	# A file, so that whoever looks for the path does not have it in its own arguments.
	echo "$D" >"$BATS_TEST_TMPDIR/pattern"
	netns_make && HOST=$MADE
	server_start 127.0.0.53
	echo "nameserver 127.0.0.53" >"$D/resolv.conf"
}

# Whatever was started is waited for, so that nothing outlives its test.
names_teardown() {
	[ -n "${D:-}" ] || return 0
	kill "${STARTED[@]}" 2>/dev/null || true
	local status=0
	eventually names_are_gone || status=1
	rm -rf "$D"
	return $status
}
names_are_gone() { ! grep -lasFf "$BATS_TEST_TMPDIR/pattern" /proc/[0-9]*/cmdline; }

started() { STARTED+=("$1"); }

netns_make() {
	unshare -n sleep 900 3>&- &
	local pid=$! ours
	started $pid
	ours=$(readlink /proc/self/ns/net)
	until [ "$(readlink "/proc/$pid/ns/net")" != "$ours" ] && grep -q sleep "/proc/$pid/comm"; do :; done
	nsenter -t $pid -n ip link set lo up
	MADE=$pid
}

# A server of names on the host: address, mood. What it is asked is in $D/log.ADDRESS.
server_start() {
	nsenter -t "$HOST" -n "$NAMES/server.py" "$1" "$D/log.$1" "${2:-}" >"$D/ready.$1" 3>&- &
	SERVER=$!
	started $SERVER
	eventually grep -q ready "$D/ready.$1"
}
log() { cat "$D/log.${1:-127.0.0.53}" 2>/dev/null; }
asked() { log "${2:-127.0.0.53}" | grep -ci "$1" || true; } # what (in any letters), server: how often

dns_start() {
	nsenter -t "$HOST" -n unshare -m "$NAMES/start.py" "$DNS" "$D" "$D/resolv.conf" 3>&- 2>"$D/errors" &
	PID=$!
	started $PID
	eventually grep -q hoy-dns "/proc/$PID/comm"
}

id_of() { printf '%s' "$1" | sha256sum | cut -c1-64; }

# A container's text: name, then words "net=NETWORK,ADDRESS4,ADDRESS6[,internal]", "as=ALIAS", "link=ALIAS,NAME", "server=ADDRESS",
# "keep-short".
text_of() {
	local name=$1 word net
	shift
	printf 'hoy-dns 1\ncontainer %s\n' "$(id_of "$name")"
	for word in "$@"; do
		case $word in
		net=*)
			IFS=, read -r -a net <<<"${word#net=}"
			printf 'network %s %s %s %s %s\nname %s\n' "$(id_of "net ${net[0]}")" "${net[0]}" "${net[3]:-open}" "${net[1]}" "${net[2]}" "$name"
			;;
		as=*) printf 'name %s\n' "${word#as=}" ;;
		link=*) printf 'link %s\n' "$(tr , ' ' <<<"${word#link=}")" ;;
		server=*) printf 'server %s\n' "${word#server=}" ;;
		*) printf '%s\n' "$word" ;;
		esac
	done
}

# Make a container and register it: name, words. Its namespace is NS[name], who holds its life LIFE[name].
declare -gA NS LIFE
container() {
	netns_make && NS[$1]=$MADE
	register "$@"
}
register() {
	register_once "$@" || return
	# It waits some seconds for the first container, and a machine can be slower than that: then it is started again, as by the engine.
	[ "$(head -1 "$D/reply.$1")" != nobody ] || { dns_start && register_once "$@"; } || return
	is "$(head -1 "$D/reply.$1")" "0 "
}
register_once() {
	text_of "$@" >"$D/text.$1"
	: >"$D/reply.$1"
	nsenter -t "${NS[$1]}" -n "$NAMES/container.py" "$D" <"$D/text.$1" >"$D/reply.$1" 3>&- &
	LIFE[$1]=$!
	started $!
	eventually test -s "$D/reply.$1"
}
# Tell that something else holds now.
update() { text_of "$@" | "$NAMES/container.py" "$D" update; }

# What a container is told: name, arguments of dig.
ask() {
	local who=$1
	shift
	nsenter -t "${NS[$who]}" -n timeout 20 dig +nocookie +tries=1 +time=8 @127.0.0.11 "$@"
}
short() { ask "$@" +short; }
status() { ask "$@" | sed -n 's/.*status: \([A-Z]*\).*/\1/p'; }
