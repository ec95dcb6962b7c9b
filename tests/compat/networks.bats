# hoy beside the networks of docker and podman, on one host: each container reaches the outside and is reached at its published
# port, whoever came first and whoever came again, with both kinds of iptables. The host is a box (runtime.bash) joined to an
# "outside" at 203.0.113.2; nothing leaves them.

load runtime
load ../live/hosts

on_host() { in_box "$@"; }
hoy() { in_box timeout --foreground -k 5 60 "$HOY" --root "$T/root" --runroot "$T/run" "$@"; }
docker() { timeout --foreground -k 5 120 /usr/bin/docker -H "unix://$T/docker.sock" "$@"; }
podman() {
	in_box env "CONTAINERS_CONF=$T/containers.conf" "PATH=$T/sbin:$PATH" timeout --foreground -k 5 120 podman --root "$T/podman/root" \
		--runroot "$T/podman/run" --tmpdir "$T/podman/tmp" --cgroup-manager cgroupfs --events-backend file --runtime runc "$@"
}

setup_file() { export BATS_NO_PARALLELIZE_WITHIN_FILE=true; }
setup() {
	needs dockerd /usr/bin/docker iptables-nft iptables-legacy
	HOST="" OUTSIDE=""
	box_start
	hosts_make
	hoy import "$T/busybox.tar" busybox >/dev/null
}
# The host is there already: what box_start made.
host_make() { HOST=$HOLDER; }

teardown() {
	[ -n "${T:-}" ] || return 0
	local status=0
	hoy system reset -f >/dev/null || status=1
	docker_end || status=1
	podman_end || status=1
	box_check || status=1
	box_stop || status=1
	kill ${OUTSIDE:+$OUTSIDE} || status=1
	return $status
}
teardown_file() { :; }

# --- the others ------------------------------------------------------------------------------------------------------------

# What they find as iptables: nft or legacy.
iptables_are() {
	local name
	mkdir -p "$T/sbin"
	for name in iptables ip6tables; do
		for suffix in "" -save -restore; do ln -sf "/usr/sbin/$name-$1$suffix" "$T/sbin/$name$suffix"; done
	done
}
docker_start() {
	box_daemon dockerd env "PATH=$T/sbin:$PATH" dockerd -H "unix://$T/docker.sock" --data-root "$T/data" --exec-root "$T/exec" \
		--pidfile "$T/docker.pid" --cgroup-parent "/$TAG" --live-restore --containerd-namespace "$TAG" --containerd-plugins-namespace "p$TAG"
	eventually docker version || { tail -5 "$T/dockerd.log"; return 1; }
	[ -n "$(docker images -q busybox)" ] || docker import "$T/busybox.tar" busybox >/dev/null
}
docker_end() {
	[ -e "$T/dockerd.pid" ] || return 0
	docker ps -aq | xargs -r /usr/bin/docker -H "unix://$T/docker.sock" rm -f >/dev/null
	box_daemon_stop dockerd
}
podman_init() {
	needs podman conmon
	[ -x /usr/lib/podman/netavark ] || skip "netavark is not installed (scripts/deps peers)"
	mkdir -p "$T/networks"
	cat >"$T/containers.conf" <<-END
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
		[network]
		network_backend = "netavark"
		network_config_dir = "$T/networks"
	END
	podman import "$T/busybox.tar" busybox >/dev/null 2>&1
}
podman_end() {
	[ -e "$T/containers.conf" ] || return 0
	podman rm -fa -t 0 >/dev/null 2>&1
	in_box umount "$T/podman/root/overlay" 2>/dev/null || true
}

# Their container "theirs", published on 8081; ours, on 8080: program, flags...
SERVE='mkdir -p /w && echo $0 >/w/index.html && exec httpd -f -p 80 -h /w'
their_server() { "$1" run -d --name theirs "${@:2}" -p 8081:80 busybox sh -c "$SERVE" theirs >/dev/null && eventually is_served; }
is_served() { [ "$(fetch "$HOST" 203.0.113.1 8081)" = theirs ]; }
our_server() { serve ours ours -p 8080:80; }

# --- the claims ------------------------------------------------------------------------------------------------------------

all_reach() { # whose container theirs is
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" ours || return
	is "$(fetch "$OUTSIDE" 203.0.113.1 8081)" theirs || return
	is "$(fetch "$HOST" 203.0.113.1 8080) $(fetch "$HOST" 203.0.113.1 8081)" "ours theirs" || return
	is "$(fetch "$HOST" 127.0.0.1 8080) $(fetch "$HOST" 127.0.0.1 8081)" "ours theirs" || return
	# Out, and to each other by what is published.
	has "$(hoy exec ours ping -c 1 -W 2 203.0.113.2)" "1 packets received" || return
	has "$("$1" exec theirs ping -c 1 -W 2 203.0.113.2)" "1 packets received" || return
	is "$(from ours 203.0.113.1 8081)" theirs || return
	is "$("$1" exec theirs sh -c "printf '$GET' | nc -w 20 203.0.113.1 8080 | tail -1")" ours || return
	# ... and not ours by what is not.
	"$1" exec theirs sh -c "! printf '$GET' | nc -w 1 $(address_of ours) 80 | grep -q ." || { echo "ours is reached by its address" && return 1; }
}
address() { on_host ip -4 -br addr show "$1" | awk '{ print $3 }'; }
our_bridge() { on_host ip -br link show type bridge | awk '/^hoy/ { print $1 }'; }
jumps() { on_host iptables-$KIND -S | grep -c -- '-j HOY-FORWARD' || true; }

# --- docker ----------------------------------------------------------------------------------------------------------------

docker_first() {
	KIND=$1
	iptables_are "$KIND"
	docker_start
	their_server docker
	our_server
	is "$(address docker0) $(address "$(our_bridge)")" "172.17.0.1/16 172.18.0.1/24"
	all_reach docker
	has "$(on_host iptables-$KIND -S DOCKER-USER)" "-j HOY-FORWARD"
	hoy network reload
	all_reach docker
	is "$(jumps)" 1
	# It makes its chains anew, and what is in DOCKER-USER stays.
	box_daemon_stop dockerd
	docker_start
	eventually is_served
	all_reach docker
	is "$(jumps)" 1
	docker network create more >/dev/null
	hoy network create more >/dev/null
	hoy run --rm --network more busybox ping -c 1 -W 2 203.0.113.2 >/dev/null
	all_reach docker
	docker network rm more >/dev/null
	hoy network rm more >/dev/null
	all_reach docker
}
@test "docker first, then hoy, with iptables-nft: all reach and are reached, after a reload and a restart of dockerd too" { docker_first nft; }
@test "docker first, then hoy, with the old iptables: all reach and are reached, after a reload and a restart of dockerd too" { docker_first legacy; }

hoy_first() {
	KIND=$1
	iptables_are "$KIND"
	our_server
	is "$(address "$(our_bridge)")" "172.17.0.1/16"
	docker_start
	their_server docker
	is "$(address docker0)" "172.18.0.1/16"
	# It closes what is forwarded where it switches forwarding on, and as of version 28 always.
	on_host iptables-$KIND -P FORWARD DROP
	unreachable "$OUTSIDE" 203.0.113.1 8080
	hoy run --rm busybox ping -c 1 -W 2 203.0.113.2 >/dev/null
	all_reach docker
	on_host iptables-$KIND -F FORWARD
	on_host iptables-$KIND -F DOCKER-USER
	box_daemon_stop dockerd
	docker_start
	eventually is_served
	hoy network reload
	all_reach docker
	is "$(jumps)" 1
	hoy rm -f ours >/dev/null
	hoy system reset -f
	is "$(jumps)" 0
	is "$(fetch "$OUTSIDE" 203.0.113.1 8081)" theirs
}
@test "hoy first, then docker, with iptables-nft: the next command about networks opens what docker closes" { hoy_first nft; }
@test "hoy first, then docker, with the old iptables: the next command about networks opens what docker closes" { hoy_first legacy; }

# --- podman ----------------------------------------------------------------------------------------------------------------

beside_podman() { # who is first, kind of iptables
	KIND=$2
	iptables_are "$KIND"
	podman_init
	if [ "$1" = hoy ]; then our_server; fi
	their_server podman --network bridge --cgroup-parent "/$TAG"
	if [ "$1" != hoy ]; then our_server; fi
	all_reach podman
	hoy network reload
	all_reach podman
	podman restart -t 0 theirs >/dev/null
	eventually is_served
	all_reach podman
	hoy restart -t 0 ours >/dev/null
	eventually listens ours
	all_reach podman
	is "$(jumps)" 1
	# It is this kind of iptables that both have their rules in, and the jump is what lets ours through.
	has "$(on_host iptables-$KIND -S)" NETAVARK
	on_host iptables-$KIND -P FORWARD DROP
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" ours
	on_host iptables-$KIND -D FORWARD "$(on_host iptables-$KIND -S FORWARD | grep -v '^-P' | grep -n HOY-FORWARD | cut -d: -f1)"
	is "$(jumps)" 0
	unreachable "$OUTSIDE" 203.0.113.1 8080
	hoy network reload
	is "$(jumps)" 1
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" ours
}
@test "podman with netavark first, then hoy: all reach and are reached, after a reload and restarts too" { beside_podman podman nft; }
@test "hoy first, then podman with netavark: all reach and are reached, after a reload and restarts too" { beside_podman hoy nft; }
@test "hoy and podman with the old iptables: all reach and are reached, after a reload and restarts too" { beside_podman podman legacy; }
