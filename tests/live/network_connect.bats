#!/usr/bin/env bats
# Containers that join and leave networks: while they run, before they were started, and after they ended.

load helper
load hosts

network_of() { inspect "$1" "{{(index .NetworkSettings.Networks \"$2\").$3}}"; }
networks_of() { inspect "$1" '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}'; }
way_out() { hoy exec "$1" ip route | sed -n 's/^default via \([^ ]*\) dev \([^ ]*\).*/\2 \1/p'; }
leases() { find "$HOY_RUNROOT/leases" -type l | wc -l; }
interfaces() { on_host ip -br link | grep -c ^veth; }

@test "a running container joins a network, is reached there, and leaves it" {
	hoy network create --subnet 10.1.0.0/24 one >/dev/null
	hoy network create --subnet 10.2.0.0/24 two >/dev/null
	serve web hello --network one
	serve other else --network two
	hoy network connect --alias www --ip 10.2.0.9 two web
	is "$(networks_of web)" "one two "
	is "$(from other 10.2.0.9 80)" hello
	is "$(hoy exec web ip -4 -o addr show eth1 | awk '{ print $4 }')" 10.2.0.9/24
	has "$(hoy exec web cat /etc/hosts)" $'10.2.0.9\t'
	is "$(inspect web '{{json (index .NetworkSettings.Networks "two").Aliases}}')" '["www"]'
	is "$(hoy network inspect -f '{{len .Containers}}' two)" 2
	fails 1 hoy network connect two web
	has "$errors" "endpoint with name web already exists in network two"

	hoy network disconnect two web
	is "$(networks_of web)" "one "
	not_from other 10.2.0.9 80
	hasnt "$(hoy exec web cat /etc/hosts)" 10.2.0.9
	hasnt "$(hoy exec web ip link)" eth1
	is "$(hoy network inspect -f '{{len .Containers}}' two)" 1
	is "$(leases) $(interfaces)" "2 2"
	fails 1 hoy network disconnect two web
	has "$errors" "is not connected to network two"
	is "$(from web "$(network_of other two IPAddress)" 80 || true)" ""
}

@test "the default network can be left and joined again" {
	serve web hello --network bridge
	hoy network disconnect bridge web
	is "$(networks_of web)" ""
	is "$(hoy exec web ls /sys/class/net)" lo
	hoy network connect bridge web
	hoy exec web ping -c 1 -W 20 203.0.113.2 >/dev/null
	is "$(network_of web bridge IPAddress)" "$(hoy exec web ip -4 -o addr show eth0 | sed 's/.*inet \([^/]*\).*/\1/')"
}

@test "the way out and the ports go to the better network, and back" {
	hoy network create --subnet 10.1.0.0/24 mmm >/dev/null
	hoy network create --subnet 10.2.0.0/24 aaa >/dev/null
	hoy network create --subnet 10.3.0.0/24 zzz >/dev/null
	serve web hello --network mmm -p 8080:80
	is "$(way_out web)" "eth0 10.1.0.1"
	hoy network connect zzz web
	is "$(way_out web)" "eth0 10.1.0.1"
	hoy network connect aaa web
	is "$(way_out web)" "eth2 10.2.0.1"
	has "$(on_host nft list map inet "$INSTANCE" tcp_ports)" "8080 : 10.2.0.2 . 80"
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	hoy network disconnect aaa web
	is "$(way_out web)" "eth0 10.1.0.1"
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	hoy network disconnect mmm web
	is "$(way_out web)" "eth1 10.3.0.1"
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	hoy network disconnect zzz web
	unreachable "$OUTSIDE" 203.0.113.1 8080
	is "$(hoy port web)" ""
	hoy network connect zzz web
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	has "$(hoy port web)" "80/tcp -> 0.0.0.0:8080"
}

@test "a container on an internal network is published when it joins another" {
	hoy network create --internal inside >/dev/null
	hoy network create outer >/dev/null
	serve web hello --network inside -p 8080:80 2>/dev/null
	unreachable "$OUTSIDE" 203.0.113.1 8080
	hoy network connect outer web
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
}

@test "one that does not run is on the network when it is started" {
	hoy network create --subnet 10.1.0.0/24 one >/dev/null
	hoy network create --subnet 10.2.0.0/24 two >/dev/null
	hoy create --name web --network one busybox sleep 1000 >/dev/null
	hoy network connect --ip 10.2.0.9 --gw-priority 5 two web
	is "$(networks_of web)" "one two "
	is "$(find "$HOY_RUNROOT/leases" -type l 2>/dev/null)" ""
	hoy start web >/dev/null
	is "$(network_of web two IPAddress)" 10.2.0.9
	is "$(way_out web)" "eth1 10.2.0.1"
	hoy stop -t 0 web >/dev/null
	hoy network disconnect one web
	hoy start web >/dev/null
	is "$(hoy exec web ip -4 -o addr show eth0 | awk '{ print $4 }')" 10.2.0.9/24
	is "$(networks_of web)" "two "
	hoy stop -t 0 web >/dev/null
	hoy network disconnect two web
	hoy start web >/dev/null
	is "$(hoy exec web ls /sys/class/net)" lo
}

@test "a network that is gone is left with -f" {
	hoy network create one >/dev/null
	hoy create --name web --network one busybox true >/dev/null
	hoy network rm one >/dev/null
	fails 1 hoy start web
	has "$errors" "network one not found"
	fails 1 hoy network disconnect one web
	has "$errors" "network one not found"
	hoy network disconnect -f one web
	hoy start web >/dev/null
}

@test "what has no networks of its own joins none" {
	hoy network create one >/dev/null
	idle alone --network none
	fails 1 hoy network connect one alone
	has "$errors" "private (none) mode"
	idle host --network host
	fails 1 hoy network connect one host
	has "$errors" "cannot be connected to any other network"
	idle shares --network container:alone
	fails 1 hoy network connect one shares
	fails 1 hoy network connect one nobody
	has "$errors" "No such container: nobody"
	fails 1 hoy network connect nothing alone
	fails 1 hoy network connect --ip 10.0.0.1 one alone
	is "$(find "$HOY_RUNROOT/leases" -type l 2>/dev/null)" ""
}

@test "what fails halfway leaves the container as it was" {
	hoy network create --subnet 10.1.0.0/29 one >/dev/null
	hoy network create --subnet 10.2.0.0/29 two >/dev/null
	serve web hello --network one -p 8080:80
	idle other --network name=two,ip=10.2.0.5
	fails 1 hoy network connect --ip 10.2.0.5 two web
	has "$errors" "Address already in use: 10.2.0.5"
	# Somebody inside has an interface of the name that ours would get.
	nsenter -t "$(pid_of web)" -n ip link add eth1 type bridge
	fails 1 hoy network connect two web
	is "$(networks_of web)" "one "
	is "$(leases)" 2
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	nsenter -t "$(pid_of web)" -n ip link del eth1
	hoy network connect two web
	is "$(hoy network inspect -f '{{len .Containers}}' two)" 2
	hoy system check
}

@test "lines of /etc/hosts that are not ours survive, and a hosts file that is none keeps nobody from leaving" {
	hoy network create one >/dev/null
	hoy network create two >/dev/null
	idle web --network one
	hoy exec web sh -c 'echo "10.9.9.9 mine" >>/etc/hosts'
	hoy network connect two web
	hoy network disconnect two web
	has "$(hoy exec web cat /etc/hosts)" "10.9.9.9 mine"
	hoy network connect two web
	hoy exec web sh -c 'dd if=/dev/zero of=/etc/hosts bs=1M count=2 2>/dev/null'
	hoy network disconnect two web 2>/dev/null
	is "$(networks_of web)" "one "
}

@test "twenty times in and out leave interfaces, leases and rules as they were" {
	hoy network create one >/dev/null
	hoy network create two >/dev/null
	serve web hello --network one -p 8080:80
	local before i
	before="$(leases) $(interfaces) $(on_host nft list ruleset | wc -l)"
	hoy network connect two web
	hoy network disconnect two web
	local rules
	rules=$(on_host nft list ruleset)
	for i in $(seq 20); do
		hoy network connect two web
		hoy network disconnect two web
	done
	is "$(leases) $(interfaces)" "${before% *}"
	is "$(on_host nft list ruleset)" "$rules"
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
}
