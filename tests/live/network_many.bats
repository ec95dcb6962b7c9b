#!/usr/bin/env bats
# Containers on several networks: interfaces, the way out, ports, and what is asked for on each.

load helper
load hosts

# The networks of a container, in the order of its interfaces, and its way out.
way_out() { hoy exec "$1" ip route | sed -n 's/^default via \([^ ]*\) dev \([^ ]*\).*/\2 \1/p'; }
network_of() { inspect "$1" "{{(index .NetworkSettings.Networks \"$2\").$3}}"; }

@test "interfaces come in the order of the flags, and each has its own address" {
	hoy network create --subnet 10.1.0.0/24 zoo >/dev/null
	hoy network create --subnet 10.2.0.0/24 ant >/dev/null
	idle box --network name=zoo,ip=10.1.0.9 --network ant
	has "$(hoy exec box ip -4 addr show eth0)" 10.1.0.9/24
	has "$(hoy exec box ip -4 addr show eth1)" 10.2.0.2/24
	is "$(network_of box zoo IPAddress) $(network_of box ant IPAddress)" "10.1.0.9 10.2.0.2"
	matches "$(hoy exec box cat /etc/hosts)" $'10\\.1\\.0\\.9\t[0-9a-f]{12}\n10\\.2\\.0\\.2\t[0-9a-f]{12}'
	is "$(hoy ps --format '{{.Networks}}')" zoo,ant
	is "$(hoy ps -q --filter network=ant | wc -l)" 1
	is "$(hoy network inspect -f '{{range .Containers}}{{.Name}} {{.IPv4Address}}{{end}}' ant)" "box 10.2.0.2/24"
	fails 1 hoy network rm ant
	has "$errors" "has active endpoints: box"
}

@test "the way out is the first network by name, unless one has a higher priority or no gateway" {
	hoy network create --internal --subnet 10.1.0.0/24 aaa >/dev/null
	hoy network create --subnet 10.2.0.0/24 bbb >/dev/null
	hoy network create --subnet 10.3.0.0/24 ccc >/dev/null
	idle plain --network ccc --network bbb --network aaa
	is "$(way_out plain)" "eth1 10.2.0.1"
	idle chosen --network name=ccc,gw-priority=1 --network bbb
	is "$(way_out chosen)" "eth0 10.3.0.1"
	idle inside --network aaa
	is "$(way_out inside)" ""
	hoy exec plain ping -c 1 -W 20 203.0.113.2 >/dev/null
}

@test "a published port leads to the network that is the way out" {
	hoy network create --subnet 10.1.0.0/24 one >/dev/null
	hoy network create --subnet 10.2.0.0/24 two >/dev/null
	serve web hello --network one --network name=two,gw-priority=5 -p 8080:80
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	has "$(on_host nft list map inet "$INSTANCE" tcp_ports)" "8080 : 10.2.0.2 . 80"
}

@test "on internal networks alone nothing is published, and that is said" {
	hoy network create --internal inside >/dev/null
	hoy run -d --name web --network inside -p 8080:80 busybox sleep 1000 >/dev/null 2>"$D/said"
	has "$(cat "$D/said")" "is on internal networks only"
	is "$(hoy port web)" ""
	is "$(hoy ps --format '{{.Ports}}')" 80/tcp
}

@test "a container is reached on every network that it shares, and on no other" {
	hoy network create one >/dev/null
	hoy network create two >/dev/null
	serve both first --network one --network two
	serve left second --network one
	serve right third --network two
	is "$(from left "$(network_of both one IPAddress)" 80)" first
	is "$(from right "$(network_of both two IPAddress)" 80)" first
	not_from left "$(network_of right two IPAddress)" 80
	not_from left "$(network_of both two IPAddress)" 80
}

@test "MAC address, interface name and aliases are as they were asked for" {
	hoy network create -o com.docker.network.container_iface_prefix=lan web >/dev/null
	idle box --network name=web,mac-address=02:42:de:ad:be:ef,alias=www,alias=app
	has "$(hoy exec box ip link show lan0)" 02:42:de:ad:be:ef
	is "$(network_of box web MacAddress)" 02:42:de:ad:be:ef
	is "$(inspect box '{{json (index .NetworkSettings.Networks "web").Aliases}}')" '["www","app"]'
	matches "$(inspect box '{{json (index .NetworkSettings.Networks "web").DNSNames}}')" '^\["box","www","app","[0-9a-f]{12}"\]$'
	idle named --network name=web,driver-opt=com.docker.network.endpoint.ifname=cable7
	has "$(hoy exec named ip link)" cable7
	local id
	id=$(network_of box web EndpointID)
	on_host ip link show "veth${id:0:11}" >/dev/null
}

@test "addresses that were asked for are kept over stop and start" {
	hoy network create --subnet 10.1.0.0/24 --subnet fd00:1::/64 web >/dev/null
	idle box --network name=web,ip=10.1.0.77,ip6=fd00:1::77 --mac-address 02:42:00:00:00:77
	hoy stop -t 0 box >/dev/null
	idle other --network web
	hoy start box >/dev/null
	is "$(network_of box web IPAddress) $(network_of box web GlobalIPv6Address) $(network_of box web MacAddress)" \
		"10.1.0.77 fd00:1::77 02:42:00:00:00:77"
}

@test "reserved addresses are given to nobody" {
	hoy network create --subnet 10.1.0.0/29 --aux-address a=10.1.0.2 --aux-address b=10.1.0.4 web >/dev/null
	is "$(hoy network inspect -f '{{json (index .IPAM.Config 0).AuxiliaryAddresses}}' web)" '{"a":"10.1.0.2","b":"10.1.0.4"}'
	local name
	for name in one two three; do idle $name --network web; done
	is "$(for name in one two three; do address_of $name; done)" $'10.1.0.3\n10.1.0.5\n10.1.0.6'
	fails 125 hoy run --rm --network web busybox true
	has "$errors" "no address is free in network web"
	fails 125 hoy run --rm --network web --ip 10.1.0.2 busybox true
	has "$errors" "10.1.0.2 is not an address for a container of network web"
}

@test "without icc containers reach the outside and not each other, bridged traffic kept from the rules or not" {
	hoy network create -o com.docker.network.bridge.enable_icc=false apart >/dev/null
	serve one first --network apart -p 8080:80
	serve two second --network apart
	local kept
	for kept in 0 1; do
		on_host sh -c "[ ! -e /proc/sys/net/bridge ] || echo $kept >/proc/sys/net/bridge/bridge-nf-call-iptables"
		not_from two "$(address_of one)" 80
		hoy exec two ping -c 1 -W 20 203.0.113.2 >/dev/null
	done
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" first
}

@test "a link on the default network is a line of hosts and variables" {
	serve db store --network bridge --expose 80
	fails 125 hoy run --rm --network bridge --link nobody busybox true
	has "$errors" "No such container: nobody"
	local text
	text=$(hoy run --rm --name app --network bridge --link db:store busybox sh -c 'cat /etc/hosts; env; wget -qO- http://store/ || nc store 80 </dev/null')
	matches "$text" $'172\\.17\\.0\\.2\tstore [0-9a-f]{12} db'
	has "$text" STORE_PORT_80_TCP=tcp://172.17.0.2:80
	has "$text" STORE_NAME=/app/store
	hoy stop -t 0 db >/dev/null
	fails 125 hoy run --rm --network bridge --link db busybox true
	has "$errors" "Cannot link to a non running container: /db AS /db"
}

@test "what cannot be had on a network is said, and nothing is made" {
	hoy network create --subnet 10.1.0.0/24 four >/dev/null
	refuses "no configured subnet of network four contains IP address 10.2.0.9" hoy run --network four --ip 10.2.0.9 busybox true
	refuses "network four has no IPv6" hoy run --network four --ip6 fd00::9 busybox true
	refuses "alias is supported only for containers in user defined networks" hoy run --network bridge --network-alias x busybox true
	refuses "driver option com.docker.network.endpoint.sysctls is not supported yet" \
		hoy run --network name=four,driver-opt=com.docker.network.endpoint.sysctls=x busybox true
	refuses "network nothing not found" hoy run --network four --network nothing busybox true
	refuses "specified multiple times" hoy run --network four --network "$(hoy network inspect -f '{{.Id}}' four)" busybox true
	is "$(find "$HOY_RUNROOT/leases" -type l 2>/dev/null)" ""
}
