#!/usr/bin/env bats
# Networks with IPv6, beside IPv4 and alone: addresses, ways out, published ports, who reaches whom; with real traffic.

load helper
load hosts

address6_of() { hoy inspect -f '{{range .NetworkSettings.Networks}}{{.GlobalIPv6Address}}{{end}}' "$1"; }
subnet6_of() { hoy network inspect -f '{{range .IPAM.Config}}{{.Subnet}} {{end}}' "$1" | grep -o 'fd[^ ]*'; }
pings() { hoy exec "$1" ping -c 1 -W "${3:-20}" "$2" >/dev/null; }
log_has() { hoy logs "$1" 2>&1 | grep -qF "$2"; }

@test "a network of both families gives an address and a way out of each, at once" {
	hoy network create --ipv6 web >/dev/null
	matches "$(subnet6_of web)" '^fd[0-9a-f]{2}:[0-9a-f]{1,4}:[0-9a-f]{1,4}:[0-9a-f]{1,4}::/64$'
	local text
	text=$(hoy run --rm --network web busybox sh -c 'ip -6 addr show eth0; ip -6 route; ping -c 1 -W 20 2001:db8::2; ping -c 1 -W 20 203.0.113.2; cat /etc/hosts')
	hasnt "$(grep global <<<"$text")" tentative
	matches "$text" 'default via fd[0-9a-f:]+::1 dev eth0'
	is "$(grep -c '1 packets received' <<<"$text")" 2
	matches "$text" $'fd[0-9a-f:]+::2\t[0-9a-f]{12}'
	is "$(hoy network ls --format '{{.IPv4}} {{.IPv6}}' --filter name=web)" "true true"
	is "$(hoy network inspect -f '{{.EnableIPv4}} {{.EnableIPv6}}' web)" "true true"
}

@test "a network without IPv4 has none at all" {
	hoy network create --ipv6 --ipv4=false six >/dev/null
	serve box hello --network six -p 8080:80
	is "$(hoy exec box ip -4 -o addr show eth0)" ""
	is "$(address_of box)" ""
	pings box 2001:db8::2
	is "$(hoy port box)" "80/tcp -> [::]:8080"
	is "$(fetch "$OUTSIDE" 2001:db8::1 8080)" hello
	unreachable "$OUTSIDE" 203.0.113.1 8080
	fails 125 hoy run --rm --network six -p 127.0.0.1:8081:80 busybox true
	has "$errors" "cannot be published on 127.0.0.1: the container has no IPv4 address"
}

@test "a port is reached by IPv6 from outside, from the host, from a neighbour and from itself" {
	hoy network create --ipv6 web >/dev/null
	serve web hello --network web -p 8080:80
	serve other else --network web
	is "$(fetch "$OUTSIDE" 2001:db8::1 8080)" hello
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	eventually log_has web 2001:db8::2
	is "$(fetch "$HOST" 2001:db8::1 8080)" hello
	is "$(from other 2001:db8::1 8080)" hello
	is "$(from web 2001:db8::1 8080)" hello
	is "$(from other "$(address6_of web)" 80)" hello
	is "$(hoy ps --format '{{.Ports}}' --filter name=web)" '0.0.0.0:8080->80/tcp, [::]:8080->80/tcp'
}

@test "with bridged traffic kept from the rules it is the same" {
	on_host sh -c '[ ! -e /proc/sys/net/bridge ] || echo 0 >/proc/sys/net/bridge/bridge-nf-call-ip6tables'
	hoy network create --ipv6 web >/dev/null
	serve web hello --network web -p 8080:80
	serve other else --network web
	is "$(fetch "$OUTSIDE" 2001:db8::1 8080)" hello
	is "$(from other 2001:db8::1 8080)" hello
	is "$(from web 2001:db8::1 8080)" hello
}

@test "udp is published on IPv6" {
	hoy network create --ipv6 web >/dev/null
	idle dns --network web -p 5353:53/udp
	nsenter -t "$(pid_of dns)" -n timeout 100 perl -MIO::Socket::IP -e '
		$s = IO::Socket::IP->new(Proto => "udp", LocalHost => "::", LocalPort => 53) or die;
		print STDOUT "up\n"; close STDOUT; $s->recv($t, 100); $s->send("answer to $t")' >"$D/up" 3>&- &
	eventually grep -q up "$D/up"
	is "$(outside timeout 20 bash -c 'exec 3<>/dev/udp/2001:db8::1/5353; echo question >&3; head -1 <&3')" "answer to question"
}

@test "published on one address means that one" {
	hoy network create --ipv6 web >/dev/null
	on_host ip addr add 2001:db8::11/64 dev uplink nodad
	serve web hello --network web -p '[2001:db8::11]:8080:80' -p '[::1]:8081:80' -p 127.0.0.1:8082:80
	is "$(fetch "$OUTSIDE" 2001:db8::11 8080)" hello
	unreachable "$OUTSIDE" 2001:db8::1 8080
	unreachable "$OUTSIDE" 203.0.113.1 8080
	unreachable "$OUTSIDE" 2001:db8::1 8081
	unreachable "$OUTSIDE" 2001:db8::1 8082
	is "$(fetch "$HOST" 127.0.0.1 8082)" hello
	is "$(hoy port web)" $'80/tcp -> 127.0.0.1:8082\n80/tcp -> [2001:db8::11]:8080\n80/tcp -> [::1]:8081'
	is "$(inspect web '{{json .HostConfig.PortBindings}}')" \
		'{"80/tcp":[{"HostIp":"2001:db8::11","HostPort":"8080"},{"HostIp":"::1","HostPort":"8081"},{"HostIp":"127.0.0.1","HostPort":"8082"}]}'
}

@test "nobody reaches a container by a route to its address" {
	hoy network create --ipv6 web >/dev/null
	serve web hello --network web
	outside ip -6 route add "$(subnet6_of web)" via 2001:db8::1
	unreachable "$OUTSIDE" "$(address6_of web)" 80
	outside ping -c 1 -W 1 "$(address6_of web)" >/dev/null && return 1
	is "$(fetch "$HOST" "$(address6_of web)" 80)" hello
}

@test "networks keep apart, and an internal one has no way out, by IPv6 too" {
	hoy network create --ipv6 one >/dev/null
	hoy network create --ipv6 two >/dev/null
	hoy network create --ipv6 --internal inner >/dev/null
	serve aa first --network one
	serve bb second --network two
	serve cc third --network inner
	serve dd fourth --network inner
	not_from bb "$(address6_of aa)" 80
	is "$(from dd "$(address6_of cc)" 80)" third
	hasnt "$(hoy exec cc ip -6 route)" default
	nsenter -t "$(pid_of cc)" -n ip -6 route add default via "$(subnet6_of inner | sed 's,/64,1,')"
	! pings cc 2001:db8::2 1
}

@test "--ip6 asks for an address, and what cannot be given is refused" {
	hoy network create --subnet fd00:1::/64 --gateway fd00:1::ffff --ip-range fd00:1::aaaa:0/112 --aux-address a=fd00:1::aaaa:1 web >/dev/null
	idle box --network web --ip6 fd00:1::77
	is "$(address6_of box)" fd00:1::77
	hoy run --rm --network web busybox true # the first of the range
	idle next --network web
	is "$(address6_of next)" fd00:1::aaaa:2
	has "$(hoy exec next ip -6 route)" "default via fd00:1::ffff"
	fails 125 hoy run --rm --network web --ip6 fd00:1::77 busybox true
	has "$errors" "Address already in use: fd00:1::77"
	fails 125 hoy run --rm --network web --ip6 fd00:2::1 busybox true
	has "$errors" "no configured subnet of network web contains IP address fd00:2::1"
	fails 125 hoy run --rm --network web --ip6 fd00:1::ffff busybox true
	has "$errors" "is not an address for a container of network web"
	is "$(hoy network inspect -f '{{range .Containers}}{{.IPv6Address}} {{end}}' web | tr ' ' '\n' | sort | xargs)" "fd00:1::77/64 fd00:1::aaaa:2/64"
}

@test "subnets of IPv6 overlap neither each other nor a route of the host" {
	hoy network create --subnet fd00:1::/64 one >/dev/null
	fails 1 hoy network create --subnet fd00:1::/48 two
	has "$errors" "Pool overlaps with other one on this address space: fd00:1::/48 and fd00:1::/64"
	fails 1 hoy network create --subnet 2001:db8::/80 two
	has "$errors" "Pool overlaps"
	hoy network create --subnet fd00:1:0:1::/64 two >/dev/null
}

@test "a network without IPv6 has none, beside one with it" {
	hoy network create --ipv6 six >/dev/null
	hoy network create four >/dev/null
	idle box --network six --network four
	is "$(hoy exec box cat /proc/sys/net/ipv6/conf/eth0/disable_ipv6 /proc/sys/net/ipv6/conf/eth0/accept_ra)" $'0\n0'
	is "$(hoy exec box cat /proc/sys/net/ipv6/conf/eth1/disable_ipv6 /proc/sys/net/ipv6/conf/eth1/accept_ra)" $'1\n0'
	local bridge
	for bridge in $(on_host ip -o link show type bridge | awk -F ': ' '{ print $2 }'); do
		is "$(on_host cat "/proc/sys/net/ipv6/conf/$bridge/accept_ra")" 0
	done
	is "$(on_host ip -6 -o addr show type veth | grep veth)" ""
}

@test "a host that learns its routes from advertisements goes on doing so" {
	on_host sh -c 'echo 1 >/proc/sys/net/ipv6/conf/uplink/accept_ra; echo 0 >/proc/sys/net/ipv6/conf/all/forwarding'
	hoy run --rm --network bridge busybox true
	is "$(on_host cat /proc/sys/net/ipv6/conf/uplink/accept_ra /proc/sys/net/ipv6/conf/all/forwarding)" $'1\n0'
	hoy network create --ipv6 web >/dev/null
	hoy run --rm --network web busybox true
	is "$(on_host cat /proc/sys/net/ipv6/conf/uplink/accept_ra /proc/sys/net/ipv6/conf/all/forwarding)" $'2\n1'
}

@test "without IPv6 on the host an IPv6 network says so, and others work" {
	# As on a kernel that was started with ipv6.disable=1, which has neither of these.
	on_host unshare -m sh -c 'mount -t tmpfs none /proc/sys/net/ipv6 && exec "$@"' sh true || skip "the machine mounts nothing there"
	hoy network create --ipv6 web >/dev/null
	run on_host unshare -m sh -c 'mount -t tmpfs none /proc/sys/net/ipv6 && exec "$@"' sh "$HOY" run --rm --network web busybox true
	is "$status" 125
	has "$output" "this kernel has no IPv6"
}

@test "joining and leaving moves the way out of each family by itself" {
	hoy network create --subnet 10.1.0.0/24 four >/dev/null
	hoy network create --ipv6 --ipv4=false --subnet fd00:6::/64 six >/dev/null
	serve web hello --network four -p 8080:80
	is "$(fetch "$OUTSIDE" 2001:db8::1 8080)" hello # by the relay
	hasnt "$(on_host nft list map inet "$INSTANCE" tcp_ports6)" 8080
	hoy network connect six web
	has "$(on_host nft list map inet "$INSTANCE" tcp_ports6)" 8080
	is "$(fetch "$OUTSIDE" 2001:db8::1 8080)" hello
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	pings web 2001:db8::2
	hoy network disconnect four web
	is "$(fetch "$OUTSIDE" 2001:db8::1 8080)" hello
	unreachable "$OUTSIDE" 203.0.113.1 8080
	is "$(on_host nft list map inet "$INSTANCE" tcp_ports | grep -c ' : 10.1' || true)" 0
}

@test "fifty starts with both families leave links, leases and rules as they were" {
	hoy network create --ipv6 web >/dev/null
	hoy run --rm --network web -p 8080:80 busybox true
	local rules i
	eventually no_pair
	rules=$(on_host nft list ruleset | wc -l)
	for i in $(seq 50); do hoy run --rm --network web -p 8080:80 busybox true; done
	eventually no_pair
	eventually rules_are "$rules"
	is "$(find "$HOY_RUNROOT/leases" -type l | wc -l)" 0
}
no_pair() { ! on_host ip -br link | grep -q ^veth; }
rules_are() { [ "$(on_host nft list ruleset | wc -l)" = "$1" ]; }
