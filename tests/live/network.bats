#!/usr/bin/env bats
# Bridges, addresses, published ports and who reaches whom, with real traffic.

load helper
load hosts

@test "a container on the bridge has an address, a route and the outside" {
	local text
	text=$(hoy run --rm --network bridge busybox sh -c 'ip -4 addr show eth0; ip route; cat /etc/hosts; ping -c 1 -W 20 203.0.113.2')
	has "$text" "inet 172.17.0.2/16"
	has "$text" "default via 172.17.0.1 dev eth0"
	matches "$text" $'172.17.0.2\t[0-9a-f]{12}'
	has "$text" "1 packets received"
}

@test "a container with a user namespace of its own has an address and the outside as any other" {
	local text
	text=$(hoy run --rm --network bridge --userns auto busybox sh -c 'ip -4 addr show eth0; ping -c 1 -W 20 203.0.113.2')
	has "$text" "inet 172.17.0.2/16"
	has "$text" "1 packets received"
}

@test "an IPv4 network has no IPv6 at all" {
	local text
	text=$(hoy run --rm --network bridge busybox sh -c 'cat /proc/net/if_inet6 | grep -c eth0; cat /proc/sys/net/ipv6/conf/eth0/disable_ipv6 /proc/sys/net/ipv6/conf/eth0/accept_ra')
	is "$text" $'0\n1\n0'
	idle box --network bridge
	hasnt "$(on_host ip -6 addr show dev "$INSTANCE"; on_host ip -6 addr show type veth | grep -A 2 veth)" fe80
}

@test "bridge is the default, and --network none makes nothing" {
	is "$(hoy run --rm --network none busybox ls /sys/class/net)" lo
	is "$(on_host nft list tables)" ""
	is "$(hoy run --rm busybox ls /sys/class/net | tr '\n' ' ')" "eth0 lo "
	hoy create --name made busybox true >/dev/null
	is "$(inspect made '{{.HostConfig.NetworkMode}} {{range $name, $x := .NetworkSettings.Networks}}{{$name}}{{end}}')" "bridge bridge"
}

@test "without CAP_NET_ADMIN it is said what is not permitted, and the host's network works" {
	local without="setpriv --bounding-set -net_admin --inh-caps -net_admin"
	fails 125 on_host $without "$HOY" run --rm busybox true
	has "$errors" "Operation not permitted"
	is "$(on_host $without "$HOY" run --rm --network host busybox echo works)" works
}

@test "without nft the default network says what is missing and what works, and leaves nothing" {
	: >"$D/nothing"
	fails 125 on_host unshare -m sh -c 'mount --bind "$1" /usr/sbin/nft && exec "$2" run --rm busybox true' sh "$D/nothing" "$HOY"
	has "$errors" "networks need the program nft, which is not installed (package nftables)"
	has "$errors" "hint: --network none and --network host need nothing of that"
	has_no_interface
	is "$(on_host unshare -m sh -c 'mount --bind "$1" /usr/sbin/nft && exec "$2" run --rm --network none busybox echo works' sh "$D/nothing" "$HOY")" works
	# No rule knows of a network that never came up.
	hoy network ls >/dev/null
	hoy network create later >/dev/null
	is "$(on_host unshare -m sh -c 'mount --bind "$1" /usr/sbin/nft && exec "$2" network rm later' sh "$D/nothing" "$HOY")" later
}

# As on a kernel that was built without something: what, command of hoy.
without() { on_host "$TREE/build/tools/without" "$1" "$HOY" "${@:2}"; }

@test "what the kernel lacks for networks is named, nothing is left, and the host's network and none work" {
	local what
	for what in nfnetlink nf_tables bridge veth; do
		fails 125 without $what run --rm -p 8080:80 busybox true
		case $what in
		nf*) has "$errors" "networks need nf_tables, which this kernel does not have (module nf_tables)" ;;
		*) has "$errors" "networks need interfaces of the kind $what, which this kernel does not have (module $what)" ;;
		esac
		is "$(grep -c 'hint: --network none and --network host need nothing of that' <<<"$errors")" 1
		is "$(wc -l <<<"$errors")" 2
		eventually has_no_leak files
		hasnt "$(on_host ip -br link show type veth)" "veth"
		is "$(without $what run --rm --network none busybox echo works)" works
		is "$(without $what run --rm --network host busybox echo works)" works
		is "$(without $what network ls -q | wc -l)" 3
		without $what network create later >/dev/null
		without $what network rm later >/dev/null
	done
	idle box --network bridge
	for what in nf_tables bridge veth; do
		hoy network create "blue-$what" >/dev/null
		fails 1 without $what network connect "blue-$what" box
		has "$errors" "(module $what)"
		is "$(hoy exec box ls /sys/class/net | tr '\n' ' ')" "eth0 lo "
		is "$(hoy network rm "blue-$what")" "blue-$what"
	done
	hoy network create blue >/dev/null
	hoy network connect blue box
	is "$(hoy exec box ls /sys/class/net | tr '\n' ' ')" "eth0 eth1 lo "
	without veth network disconnect blue box
	hoy stop -t 0 box
	fails 1 without veth start box
	hoy start box >/dev/null
	hoy network connect blue box
	is "$(hoy exec box ls /sys/class/net | tr '\n' ' ')" "eth0 eth1 lo "
}

@test "a default publish address is set by flag or variable, and -p, a network's own and the flag come before it" {
	HOY_PUBLISH_ADDRESS=127.0.0.1 hoy run -d --name one -p 8080:80 busybox sleep 1000 >/dev/null
	is "$(hoy port one)" "80/tcp -> 127.0.0.1:8080"
	HOY_PUBLISH_ADDRESS=127.0.0.1 hoy run -d --name two -p 203.0.113.1:8080:80 busybox sleep 1000 >/dev/null
	is "$(hoy port two)" "80/tcp -> 203.0.113.1:8080"
	HOY_PUBLISH_ADDRESS=127.0.0.1 hoy --publish-address ::1 run -d --name three -p 8080:80 busybox sleep 1000 >/dev/null
	is "$(hoy port three)" "80/tcp -> [::1]:8080"
	hoy network create -o com.docker.network.bridge.host_binding_ipv4=127.0.0.2 own >/dev/null
	HOY_PUBLISH_ADDRESS=127.0.0.1 hoy run -d --name four --network own -p 8080:80 busybox sleep 1000 >/dev/null
	is "$(hoy port four)" "80/tcp -> 127.0.0.2:8080"
	fails 125 hoy --publish-address 127.0.0 run --rm busybox true
	has "$errors" "publish address 127.0.0 is no IP address"
}

@test "a published port is reached from outside, from the host and from itself" {
	serve web hello -p 8080:80
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	is "$(fetch "$HOST" 203.0.113.1 8080)" hello
	is "$(fetch "$HOST" 127.0.0.1 8080)" hello
	is "$(fetch "$HOST" 172.17.0.1 8080)" hello
	is "$(from web 203.0.113.1 8080)" hello
}

@test "a neighbour reaches a container by its address and by the published port" {
	serve web hello -p 8080:80
	serve other else --network bridge
	is "$(from other "$(address_of web)" 80)" hello
	is "$(from other 203.0.113.1 8080)" hello
}

@test "with bridged traffic kept from the rules ports work too" {
	on_host sh -c '[ ! -e /proc/sys/net/bridge ] || echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables'
	serve web hello -p 8080:80
	serve other else --network bridge
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	is "$(from other 203.0.113.1 8080)" hello
	is "$(from web 203.0.113.1 8080)" hello
}

@test "the server sees the client's own address" {
	serve web hello -p 8080:80
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	eventually log_has web 203.0.113.2
}
log_has() { hoy logs "$1" 2>&1 | grep -qF "$2"; }

@test "published on 127.0.0.1 means the host alone" {
	serve web hello -p 127.0.0.1:8080:80
	is "$(fetch "$HOST" 127.0.0.1 8080)" hello
	unreachable "$OUTSIDE" 203.0.113.1 8080
	# Nor by a route around it: to 127.0.0.1 itself, and to the container's address.
	outside ip route add 172.17.0.0/16 via 203.0.113.1
	unreachable "$OUTSIDE" "$(address_of web)" 80
	outside sh -c 'echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet; ip route del local 127.0.0.0/8 dev lo table local; ip route add 127.0.0.0/8 via 203.0.113.1'
	unreachable "$OUTSIDE" 127.0.0.1 8080
}

@test "udp ports are published" {
	idle dns -p 5353:53/udp
	# A server in the container's network, from the machine's own programs.
	nsenter -t "$(pid_of dns)" -n timeout 100 perl -MIO::Socket::INET -e '
		$s = IO::Socket::INET->new(Proto => "udp", LocalPort => 53) or die;
		print STDOUT "up\n"; close STDOUT; $s->recv($t, 100); $s->send("answer to $t")' >"$D/up" 3>&- &
	eventually grep -q up "$D/up"
	is "$(outside timeout 20 bash -c 'exec 3<>/dev/udp/203.0.113.1/5353; echo question >&3; head -1 <&3')" "answer to question"
}

@test "port, ps and inspect say what is published" {
	serve web hello -p 8080:80 -p 127.0.0.1:8443:443 -p 9000-9002:9000-9002/udp --expose 7
	is "$(hoy port web)" $'80/tcp -> 0.0.0.0:8080\n80/tcp -> [::]:8080\n443/tcp -> 127.0.0.1:8443\n9000/udp -> 0.0.0.0:9000\n9000/udp -> [::]:9000\n9001/udp -> 0.0.0.0:9001\n9001/udp -> [::]:9001\n9002/udp -> 0.0.0.0:9002\n9002/udp -> [::]:9002'
	is "$(hoy port web 80)" $'0.0.0.0:8080\n[::]:8080'
	fails 1 hoy port web 81
	is "$(hoy ps --format '{{.Ports}}')" \
		'0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 127.0.0.1:8443->443/tcp, 0.0.0.0:9000-9002->9000-9002/udp, [::]:9000-9002->9000-9002/udp, 7/tcp'
	is "$(inspect web '{{json (index .NetworkSettings.Ports "80/tcp")}}')" '[{"HostIp":"0.0.0.0","HostPort":"8080"},{"HostIp":"::","HostPort":"8080"}]'
	is "$(inspect web '{{(index (index .HostConfig.PortBindings "443/tcp") 0).HostIp}}')" 127.0.0.1
	is "$(inspect web '{{.NetworkSettings.Gateway}} {{.NetworkSettings.IPPrefixLen}}')" "172.17.0.1 16"
	hoy stop -t 0 web >/dev/null
	is "$(hoy ps -a --format '{{.Ports}}')" ""
}

@test "a random port is a free one, and -P publishes what is exposed" {
	serve web hello -p 80 --expose 81 -P
	local port
	port=$(hoy port web 80)
	is "$(fetch "$OUTSIDE" 203.0.113.1 "${port##*:}")" hello
	matches "$(hoy port web 81)" $'^0\\.0\\.0\\.0:([0-9]+)\n\\[::\\]:([0-9]+)$'
	is "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
}

@test "a port in use is refused before anything is made" {
	serve web hello -p 8080:80
	fails 125 hoy run --name second -p 8080:80 busybox true
	has "$errors" "Bind for 0.0.0.0:8080 failed: port is already allocated"
	fails 125 hoy run --name second -p [::1]:8080:80 busybox true
	has "$errors" "Bind for [::1]:8080 failed: port is already allocated"
	is "$(hoy ps -a --format '{{.Names}}')" web
	is "$(fetch "$HOST" 127.0.0.1 8080)" hello
}

@test "a stopped container frees port and address, and start takes them again" {
	serve web hello -p 8080:80
	hoy stop -t 0 web >/dev/null
	eventually unreachable "$HOST" 127.0.0.1 8080
	serve next instead -p 8080:80
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" instead
	fails 1 hoy start web
	hoy rm -f next >/dev/null
	eventually hoy start web
	eventually listens web
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
}

@test "networks keep apart, and one reaches itself" {
	hoy network create one >/dev/null
	hoy network create two >/dev/null
	serve aa first --network one
	serve bb second --network one
	serve cc third --network two
	is "$(from aa "$(address_of bb)" 80)" second
	not_from cc "$(address_of bb)" 80
	not_from aa "$(address_of cc)" 80
	# Into another network by its published port, as from anywhere.
	serve dd fourth --network two -p 8080:80
	is "$(from aa 203.0.113.1 8080)" fourth
}

@test "an internal network has no way out, and none in" {
	hoy network create --internal inside >/dev/null
	serve aa first --network inside
	serve bb second --network inside
	is "$(from aa "$(address_of bb)" 80)" second
	hasnt "$(hoy exec aa ip route)" default
	not_from aa 203.0.113.2 1
	hoy exec aa ip route add default via "$(hoy network inspect -f '{{(index .IPAM.Config 0).Gateway}}' inside)" || true
	run hoy exec aa ping -c 1 -W 1 203.0.113.2
	[ "$status" != 0 ]
}

@test "network create, ls, inspect and rm" {
	local id
	id=$(hoy network create --subnet 10.99.0.0/24 --gateway 10.99.0.254 --label k=v -o com.docker.network.driver.mtu=1400 web)
	matches "$id" '^[0-9a-f]{64}$'
	is "$(hoy network ls --filter type=custom --format '{{.Name}} {{.Driver}} {{.Scope}}')" "web bridge local"
	is "$(hoy network inspect -f '{{.Id}} {{(index .IPAM.Config 0).Subnet}} {{(index .IPAM.Config 0).Gateway}} {{.Labels.k}}' web)" \
		"$id 10.99.0.0/24 10.99.0.254 v"
	is "$(hoy run --rm --network web busybox cat /sys/class/net/eth0/mtu)" 1400
	serve aa first --network "${id:0:10}" --ip 10.99.0.77
	is "$(address_of aa)" 10.99.0.77
	is "$(hoy network inspect -f '{{range .Containers}}{{.Name}} {{.IPv4Address}}{{end}}' web)" "aa 10.99.0.77/24"
	fails 125 hoy run --rm --network web --ip 10.99.0.77 busybox true
	has "$errors" "Address already in use"
	fails 1 hoy network rm web
	has "$errors" "has active endpoints: aa"
	hoy rm -f aa >/dev/null
	start_held 'mounts' --network web
	fails 1 hoy network rm web
	matches "$errors" 'has active endpoints: [0-9a-f]{12}\.$'
	go_on
	is "$(hoy network rm web)" web
	fails 1 hoy network inspect web
	is "$(on_host ip -br link | grep -c '^br-' || true)" 0
}

@test "what is wrong is said in one sentence and makes nothing" {
	hoy network create --subnet 10.99.0.0/24 one >/dev/null
	fails 1 hoy network create --subnet 10.99.0.128/25 two
	has "$errors" "Pool overlaps with other one on this address space"
	fails 1 hoy network create --subnet 203.0.113.0/25 two
	has "$errors" "Pool overlaps"
	fails 1 hoy network create one
	has "$errors" "network with name one already exists"
	fails 1 hoy network create ../two
	fails 1 hoy network create host
	fails 1 hoy network create --subnet 10.98.0.1/24 two
	fails 1 hoy network rm bridge
	is "$(hoy network ls -q --filter type=custom | wc -l)" 1
	refuses "network nothing not found" hoy run --network nothing busybox true
	refuses "invalid containerPort" hoy run -p 0 busybox true
	refuses "invalid hostPort" hoy run -p 65536:80 busybox true
	refuses "user specified IP address" hoy run --network bridge --ip 172.17.0.9 busybox true
}

@test "pools avoid the host's routes" {
	on_host ip addr add 172.17.3.1/24 dev uplink
	on_host ip addr add 172.18.0.1/24 dev uplink
	is "$(hoy run --rm --network bridge busybox ip route | grep -o 'via .* dev')" "via 172.18.1.1 dev"
}

@test "after a flush the next start, and network reload, restore everything" {
	serve web hello -p 8080:80
	on_host nft flush ruleset
	unreachable "$OUTSIDE" 203.0.113.1 8080
	hoy network reload
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	on_host nft flush ruleset
	serve other else -p 8081:80
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	is "$(fetch "$OUTSIDE" 203.0.113.1 8081)" else
}

@test "a killed monitor gives port and address back" {
	serve web hello -p 8080:80
	kill -9 "$(monitor_of web)"
	eventually hoy run -d --name next -p 8080:80 busybox sleep 1000
	hoy rm -f web next >/dev/null
	eventually no_ports
}
has_no_pair() { ! on_host ip -br link | grep -q ^veth; } # the kernel takes namespaces apart when it has time
no_ports() { ! on_host nft list ruleset | grep -q 8080; }

@test "fifty starts leave links, leases and rules as they were" {
	hoy run --rm -p 8080:80 busybox true
	local links leases i
	eventually no_ports
	eventually has_no_pair
	links=$(on_host ip -br link | wc -l)
	for i in $(seq 50); do hoy run --rm -p 8080:80 busybox true; done
	eventually no_ports
	eventually has_no_pair
	is "$(on_host ip -br link | wc -l)" "$links"
	leases=$(find "$HOY_RUNROOT/leases" -type l | wc -l)
	is "$leases" 0
}

@test "a thousand ports of one container, and all are taken back" {
	serve web hello -p 20000-20999:20000-20999 -p 8080:80
	is "$(hoy port web | wc -l)" 2002
	is "$(on_host nft list map inet "$INSTANCE" tcp_ports | grep -o '20[0-9]* : 172' | wc -l)" 1000
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	hoy rm -f web >/dev/null
	eventually no_ports
	is "$(on_host nft list map inet "$INSTANCE" tcp_ports | grep -c ' : 172' || true)" 0
}
