# Fail and kill at every privileged call of joining a network, leaving one, and being renamed, while the container runs: afterwards
# it is on the network or it is not, in every respect, and its port is served all the time but for the moment of a change.
load helper
load ../live/hosts

setup() {
	host_make
	instance_make
}

networks_of() { inspect "$1" '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}'; }
networks_make() {
	hoy network create --subnet 10.1.0.0/24 one >/dev/null
	hoy network create --subnet 10.2.0.0/24 aaa >/dev/null
	hoy run -d --name box --network one -p 8080:80 busybox sleep 1000 >/dev/null
}

# What its record says, and everything else says the same.
is_on() { # networks...
	local names="$*" count=$#
	is "$(networks_of box)" "${names:+$names }" || return 1
	is "$(find "$HOY_RUNROOT/leases" -type l | wc -l)" $count || return 1
	is "$(on_host ip -br link | grep -c ^veth)" $count || return 1
	is "$(hoy exec box ls /sys/class/net | grep -c eth)" $count || return 1
	is "$(hoy exec box grep -c ^10 /etc/hosts)" $count || return 1
	is "$(hoy exec box ip route | grep -c ^default)" 1 || return 1
	local way=10.1.0
	[[ $names != *aaa* ]] || way=10.2.0
	has "$(hoy exec box ip route)" "default via $way.1" || return 1
	matches "$(on_host nft list map inet "$INSTANCE" tcp_ports | tr -d '\n')" "8080 : $way.[0-9]+ \. 80 }"
}
is_settled() { # whatever the scenario did, one of the two
	case $(networks_of box) in
	"one ") is_on one ;;
	"aaa one ") is_on aaa one ;;
	*) networks_of box && return 1 ;;
	esac
}

@test "network connect, failing or killed at any call, is done or not" {
	networks_make
	before() { hoy network disconnect aaa box 2>/dev/null || true; }
	scenario() { HOY_TIMEOUT=20 hoy network connect aaa box; }
	after() {
		says_why || return 1
		[ "$status" != 0 ] || is_on aaa one || return 1
		[ "$status" = 0 ] || [ "$status" = 137 ] || is_on one || return 1
		is_settled
	}
	sweep hoy fail
	sweep hoy kill
}

@test "network disconnect, failing or killed at any call, is done or not" {
	networks_make
	before() { hoy network connect aaa box 2>/dev/null || true; }
	scenario() { HOY_TIMEOUT=20 hoy network disconnect aaa box; }
	after() {
		says_why || return 1
		[ "$status" != 0 ] || is_on one || return 1
		is_settled
	}
	sweep hoy fail
	sweep hoy kill
}

@test "rename, failing or killed at any call, leaves one name" {
	hoy run -d --name old --network none busybox sleep 1000 >/dev/null
	before() { hoy rename new old 2>/dev/null || true; }
	scenario() { HOY_TIMEOUT=20 hoy rename old new; }
	after() {
		says_why || return 1
		local name
		name=$(hoy ps --format '{{.Names}}')
		[ "$status" != 0 ] || is "$name" new || return 1
		[ "$status" = 0 ] || [ "$status" = 137 ] || is "$name" old || return 1
		is "$(ls "$HOY_ROOT/names")" "$name" || return 1
		status_is "$name" running
	}
	sweep hoy fail
	sweep hoy kill
}

runs_again() { hoy start box && status_is box running && [ "$(hoy exec box ls /sys/class/net | grep -c eth)" = 1 ]; }

@test "restart, failing or killed at any call, leaves it stopped or running, and it can be started" {
	hoy network create one >/dev/null
	hoy run -d --name box --network one -p 8080:80 busybox sleep 1000 >/dev/null
	scenario() { HOY_TIMEOUT=20 hoy restart -t 0 box; }
	after() {
		says_why || return 1
		# A monitor that could not be executed is seen when all is said, and so is a container that a killed command has killed.
		eventually runs_again || return 1
		is "$(find "$HOY_RUNROOT/leases" -type l | wc -l)" 1
	}
	sweep hoy fail
	sweep hoy kill
}
