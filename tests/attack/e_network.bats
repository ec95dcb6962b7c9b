#!/usr/bin/env bats
# Attacks on networks: security/ATTACKS.md rows 80 to 84, 86 and 88 to 91. Names, rows 85 and 87, are in e_names.bats.

load helper
load ../live/hosts

# Somebody on the host's own network who sends to what is not his: routes to the containers, and to 127.0.0.0/8, lead to the host.
neighbour_has_routes() {
	outside ip route add 172.16.0.0/12 via 203.0.113.1
	outside ip -6 route add fd00::/8 via 2001:db8::1
	outside sh -c 'echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet'
	outside ip route del local 127.0.0.0/8 dev lo table local
	outside ip route add 127.0.0.0/8 via 203.0.113.1
}

@test "80: a neighbour reaches no container by its address, and no port of 127.0.0.1 or ::1, published or not" {
	hoy network create --ipv6 six >/dev/null
	serve web hello -p 127.0.0.1:8080:80
	serve both hello --network six -p '[::1]:8081:80' -p 127.0.0.1:8082:80
	neighbour_has_routes
	is "$(fetch "$HOST" 127.0.0.1 8080)" hello # the server is there
	is "$(fetch "$HOST" ::1 8081)" hello
	unreachable "$OUTSIDE" 127.0.0.1 8080
	unreachable "$OUTSIDE" 127.0.0.1 8082
	unreachable "$OUTSIDE" 203.0.113.1 8080
	unreachable "$OUTSIDE" "$(address_of web)" 80
	unreachable "$OUTSIDE" "$(address_of both)" 80
	unreachable "$OUTSIDE" "$(inspect both '{{.NetworkSettings.Networks.six.GlobalIPv6Address}}')" 80
	unreachable "$OUTSIDE" 2001:db8::1 8081
}

@test "80: nor with a source address of the container's own network, by TCP or UDP" {
	serve web hello -p 127.0.0.1:8080:80
	neighbour_has_routes
	outside ip addr add 172.17.0.99/32 dev eth0
	nsenter -t "$OUTSIDE" -n timeout 5 python3 - "$(address_of web)" <<-'END'
		import socket, sys
		for source in "172.17.0.99", "203.0.113.2":
		    s = socket.socket()
		    s.settimeout(1)
		    s.bind((source, 0))
		    try:
		        s.connect((sys.argv[1], 80))
		        sys.exit("reached from " + source)
		    except OSError:
		        pass
		    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		    u.bind((source, 0))
		    u.sendto(b"x", (sys.argv[1], 80))
	END
	# Nothing of it came to the container's interface but what its own start sent: no connection half open, no datagram.
	is "$(nsenter -t "$(pid_of web)" -n ss -Hnt state syn-recv | wc -l)" 0
	is "$(awk '/^Udp:/ && ++n == 2 { print $2 + $3 }' "/proc/$(pid_of web)/net/snmp")" 0
}

@test "81: when a firewall has flushed everything, the next start and network reload close again what was closed" {
	serve web hello -p 127.0.0.1:8080:80
	neighbour_has_routes
	on_host nft flush ruleset
	is "$(fetch "$OUTSIDE" "$(address_of web)" 80)" hello # open, as long as nobody knows
	hoy network reload
	unreachable "$OUTSIDE" "$(address_of web)" 80
	on_host nft flush ruleset
	hoy run --rm busybox true
	unreachable "$OUTSIDE" "$(address_of web)" 80
	is "$(fetch "$HOST" 127.0.0.1 8080)" hello
}

@test "82: a container reaches no container of another network, by address, gateway or a route of its own" {
	hoy network create --subnet 10.1.0.0/24 --subnet fd00:1::/64 one >/dev/null
	hoy network create --subnet 10.2.0.0/24 --subnet fd00:2::/64 two >/dev/null
	serve web hello --network two
	idle bad --network one --cap-add NET_ADMIN --cap-add NET_RAW
	serve near else --network one
	is "$(from bad 10.1.0.3 80)" else
	not_from bad "$(address_of web)" 80
	not_from bad "$(inspect web '{{.NetworkSettings.Networks.two.GlobalIPv6Address}}')" 80
	hoy exec bad ip route add 10.2.0.0/24 via 10.1.0.1
	hoy exec bad ip addr add 10.2.0.77/24 dev eth0
	not_from bad "$(address_of web)" 80
}

@test "83: router advertisements of a container change no route of the host, and none of its neighbours'" {
	hoy network create --ipv6 six >/dev/null
	idle bad --network bridge --cap-add NET_RAW
	idle worse --network six --cap-add NET_RAW
	idle near --network six
	local routes name index=0
	routes=$(on_host ip -6 route; hoy exec near ip -6 route)
	for name in bad worse; do
		nsenter -t "$(pid_of $name)" -n sh -c 'echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6'
		nsenter -t "$(pid_of $name)" -n ip addr add fe80::bad/64 dev eth0 nodad
		nsenter -t "$(pid_of $name)" -n python3 - <<-'END'
			import socket, struct
			s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
			s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
			s.bind(("fe80::bad", 0, 0, socket.if_nametoindex("eth0")))
			prefix = struct.pack("!BBBBIII16s", 3, 4, 64, 0xc0, 3600, 3600, 0, socket.inet_pton(socket.AF_INET6, "2001:db8:bad::"))
			advertisement = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + prefix
			for i in range(3):
			    s.sendto(advertisement, ("ff02::1", 0, 0, socket.if_nametoindex("eth0")))
		END
	done
	hoy exec near ping -c 1 -W 20 "$(address_of worse)" >/dev/null # what was sent before has arrived
	is "$(on_host ip -6 route; hoy exec near ip -6 route)" "$routes"
	hasnt "$(on_host ip -6 addr; hoy exec near ip -6 addr)" db8:bad
	# Ports of a bridge hand everything to it, and have no IPv6 themselves.
	hasnt "$(on_host ip -6 addr show type veth | grep -A 2 veth)" inet6
	for name in $(on_host ip -br link show type bridge | cut -d ' ' -f 1); do
		is "$name $(on_host cat "/proc/sys/net/ipv6/conf/$name/accept_ra")" "$name 0"
		index=$((index + 1))
	done
	is $index 2
}

@test "84 CVE-2024-32473: interfaces of an IPv4 network have IPv6 switched off before they are up" {
	idle box --network bridge
	is "$(hoy exec box cat /proc/sys/net/ipv6/conf/eth0/disable_ipv6)" 1
	hasnt "$(hoy exec box cat /proc/net/if_inet6)" eth0
	hasnt "$(on_host ip -6 addr show type bridge; on_host ip -6 addr show type veth)" inet6
}

@test "86 CVE-2021-20199: nobody from outside looks like 127.0.0.1 to a server, by IPv4 or by the relay" {
	serve web hello -p 8080:80
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	is "$(fetch "$OUTSIDE" 2001:db8::1 8080)" hello # IPv6 to a container without it: the relay
	eventually log_has web 203.0.113.2
	eventually log_has web 172.17.0.1
	hasnt "$(hoy logs web 2>&1)" 127.0.0.1
}
log_has() { hoy logs "$1" 2>&1 | grep -qF "$2"; }

@test "89 CVE-2021-20206: a network's name, driver or bridge is no path" {
	local name
	for name in ../../x x/../../y /tmp/x .x -- '..' 'a b' $'a\n'; do
		fails 1 hoy network create -- "$name"
		fails 125 hoy network create -d "$name" fine
		# To the kernel these two are names of interfaces.
		[ "$name" = .x ] || [ "$name" = -- ] || fails 1 hoy network create -o "com.docker.network.bridge.name=$name" fine
		fails 1 hoy network inspect -- "$name"
		fails 1 hoy network rm -- "$name"
	done
	is "$(hoy network ls -q --filter type=custom)" ""
	is "$(find "$T" -newer "$BATS_TEST_TMPDIR/pattern" -name '*.json' -path '*network*' ! -name bridge.json)" ""
}

@test "90 CVE-2020-15257: nothing of hoy's listens at an abstract socket, and its own are root's alone" {
	local monitor path
	idle box --network host
	hasnt "$(hoy exec box cat /proc/net/unix)" "@"
	monitor=$(monitor_of box)
	while read -r path; do
		is "$path $(stat -c %a "$(dirname "$path")" | tail -c 3)" "$path 00"
	done < <(find "$HOY_RUNROOT" -type s)
	[ -n "$(find "$HOY_RUNROOT" -type s)" ]
	[ -d "/proc/$monitor" ]
}

@test "91 CVE-2025-9074: from a container no port of the host's gateway answers but what is published" {
	idle bad --cap-add NET_RAW
	serve web hello -p 8080:80
	is "$(nsenter -t "$(pid_of bad)" -n timeout 300 python3 - <<-'END'
		import socket
		found = []
		for port in range(1, 65536):
		    s = socket.socket()
		    s.settimeout(5)
		    if s.connect_ex(("172.17.0.1", port)) == 0:
		        found.append(port)
		    s.close()
		print(found)
	END
	)" "[8080]"
	is "$(on_host ss -Hlntu | grep -c hoy || true)" 0
}
