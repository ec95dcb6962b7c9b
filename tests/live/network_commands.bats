# The commands about networks as a user of docker knows them: what is always there, filters, and words that stand for an address.

load helper
load hosts

@test "bridge, host and none are listed and inspected from the beginning, and nobody makes, removes or prunes them" {
	local id name
	is "$(hoy network ls --format '{{.Name}} {{.Driver}} {{.Scope}}')" "$(printf '%s\n' 'bridge bridge local' 'host host local' 'none null local')"
	is "$(hoy network inspect -f '{{.Name}} {{.Driver}} {{len .IPAM.Config}}' host none)" "$(printf '%s\n' 'host host 0' 'none null 0')"
	for name in bridge host none; do
		id=$(hoy network ls -q --no-trunc --filter "name=^$name\$")
		matches "$id" '^[0-9a-f]{64}$'
		is "$(hoy network inspect -f '{{.Id}}' "$name")" "$id"
		is "$(hoy network inspect -f '{{.Name}}' "${id:0:12}")" "$name"
		fails 1 hoy network rm "$name"
		has "$errors" "$name is a pre-defined network and cannot be removed"
		fails 1 hoy network create "$name"
		has "$errors" "operation is not permitted on predefined $name network"
	done
	fails 1 hoy network rm "$(hoy network ls -q --filter driver=null)"
	hoy network prune -f
	is "$(hoy network ls -q | wc -l)" 3
}

@test "network connect and disconnect say of host and none what docker says" {
	hoy create --name aa busybox true >/dev/null
	fails 1 hoy network connect host aa
	has "$errors" "container cannot be disconnected from host network or connected to host network"
	fails 1 hoy network connect none aa
	has "$errors" "container cannot be connected to multiple networks with one of the networks in private (none) mode"
	fails 1 hoy network disconnect host aa
	has "$errors" "is not connected to network host"
	hoy create --name bb --network host busybox true >/dev/null
	fails 1 hoy network disconnect host bb
	has "$errors" "container cannot be disconnected from host network"
	fails 1 hoy network connect bridge bb
	fails 1 hoy network connect bridge nobody
	has "$errors" "No such container: nobody"
	fails 1 hoy network connect nothing aa
	has "$errors" "network nothing not found"
	fails 1 hoy network connect bridge aa
	has "$errors" "endpoint with name aa already exists in network bridge"
	is "$(hoy ps -a --format '{{.Names}} {{.Networks}}' | sort)" "$(printf '%s\n' 'aa bridge' 'bb host')"
	hoy network disconnect bridge aa
	is "$(hoy ps -a --format '[{{.Networks}}]' --filter name=aa)" "[]"
}

names() { hoy network ls --format '{{.Name}}' "$@" | tr '\n' ' '; }

@test "network inspect lists who runs in the host's network and who in none" {
	hoy run -d --name aa --network host busybox sleep 1000 >/dev/null
	hoy run -d --name bb --network none busybox sleep 1000 >/dev/null
	hoy create --name cc --network host busybox true >/dev/null
	hoy run -d --name dd busybox sleep 1000 >/dev/null
	members() { hoy network inspect -f '{{range $id, $c := .Containers}}{{$c.Name}} [{{$c.MacAddress}}{{$c.IPv4Address}}] {{end}}' "$1"; }
	is "$(members host)" "aa [] "
	is "$(members none)" "bb [] "
	matches "$(members bridge)" '^dd \[02:42:.*172\.17\.'
}

@test "network ls filters by type, driver, scope and use" {
	hoy network create used >/dev/null
	hoy network create --label k=v free >/dev/null
	hoy run -d --network used busybox sleep 1000 >/dev/null
	is "$(names --filter type=custom)" "free used "
	is "$(names --filter type=builtin)" "bridge host none "
	is "$(names --filter driver=host --filter driver=null)" "host none "
	is "$(names --filter driver=brid)" ""
	is "$(names --filter scope=swarm)" ""
	is "$(names --filter scope=local --filter label=k)" "free "
	is "$(names --filter dangling=true)" "free "
	is "$(names --filter dangling=false)" "bridge host none used "
	fails 1 hoy network ls --filter type=mine
	has "$errors" "invalid filter 'type=mine'"
	fails 1 hoy network ls --filter dangling=perhaps
	fails 1 hoy network ls --filter nonsense=1
	has "$errors" "invalid filter 'nonsense'"
}

@test "network prune filters by age and label, asks first, and leaves what a container names" {
	hoy network create --label keep=yes one >/dev/null
	hoy network create two >/dev/null
	hoy network create three >/dev/null
	hoy create --network three busybox true >/dev/null
	fails 1 hoy network prune </dev/null
	hoy network prune -f --filter until=1h
	is "$(names --filter type=custom)" "one three two "
	is "$(hoy network prune -f --filter label!=keep)" "$(printf 'Deleted Networks:\ntwo\n')"
	is "$(names --filter type=custom)" "one three "
	hoy system prune -f --filter label=keep=no >/dev/null
	is "$(names --filter type=custom)" "one three "
	is "$(hoy network prune -f --filter label=keep=yes)" "$(printf 'Deleted Networks:\none\n')"
	is "$(names --filter type=custom)" "three "
	fails 1 hoy network prune -f --filter nonsense=1
	fails 1 hoy network prune -f --filter until=nonsense
}

@test "ps filters by published and exposed ports, those chosen by the kernel too" {
	local port
	hoy run -d --name aa -p 8080:80 -p 9000-9002:7000-7002/udp --expose 99 busybox sleep 1000 >/dev/null
	hoy run -d --name bb -p 80 busybox sleep 1000 >/dev/null
	hoy create --name cc -p 8080:80 busybox true >/dev/null
	port=$(hoy port bb 80 | head -1)
	found() { hoy ps -a --format '{{.Names}}' "$@" | sort | tr '\n' ' '; }
	is "$(found --filter publish=8080)" "aa "
	is "$(found --filter publish="${port##*:}"/tcp)" "bb "
	is "$(found --filter publish=80)" ""
	is "$(found --filter publish=9001)" ""
	is "$(found --filter publish=9002-9005/udp)" "aa "
	is "$(found --filter expose=80)" "aa bb "
	is "$(found --filter expose=99)" "aa "
	is "$(found --filter expose=7001/udp --filter publish=8080)" "aa "
	is "$(found --filter expose=99 --filter publish="${port##*:}")" ""
	fails 1 hoy ps --filter publish=nothing
	has "$errors" "invalid filter 'publish=nothing'"
	fails 1 hoy ps --filter expose=0
}

@test "--add-host NAME:host-gateway is where the container reaches its host" {
	hoy network create --subnet 10.99.0.0/24 --subnet fd00:99::/64 web >/dev/null
	hoy network create --subnet 10.98.0.0/24 --internal inside >/dev/null
	hosts() { hoy run --rm --add-host there:host-gateway --add-host six=10.0.0.6 "$@" busybox grep -E 'there|six' /etc/hosts; }
	is "$(hosts)" "$(printf '10.0.0.6\tsix\n172.17.0.1\tthere')"
	is "$(hosts --network web)" "$(printf '10.0.0.6\tsix\n10.99.0.1\tthere\nfd00:99::1\tthere')"
	is "$(hosts --network host)" "$(printf '127.0.0.1\tthere\n10.0.0.6\tsix')"
	is "$(hosts --network inside)" "$(printf '10.0.0.6\tsix')"
	is "$(hosts --network none)" "$(printf '10.0.0.6\tsix')"
	# And it answers.
	hoy run --rm --network web --add-host there:host-gateway busybox ping -c 1 -W 5 there >/dev/null
	hoy create --name aa --add-host there:host-gateway busybox true >/dev/null
	is "$(hoy inspect -f '{{.HostConfig.ExtraHosts}}' aa)" "[there:host-gateway]"
}

@test "network create takes docker's defaults by name, and one gateway and one range for a subnet" {
	hoy network create --scope local --ipam-driver default --attachable fine >/dev/null
	fails 125 hoy network create --scope swarm no
	fails 125 hoy network create --ipam-driver dhcp no
	fails 1 hoy network create --subnet 10.99.0.7/24 no
	has "$errors" "invalid subnet 10.99.0.7/24: it should be 10.99.0.0/24"
	fails 1 hoy network create --subnet 10.99.0.0/24 --gateway 10.99.0.1 --gateway 10.99.0.2 no
	has "$errors" "cannot configure multiple gateways (10.99.0.2, 10.99.0.1) for the same subnet (10.99.0.0/24)"
	fails 1 hoy network create --subnet 10.99.0.0/24 --ip-range 10.99.0.0/25 --ip-range 10.99.0.128/25 no
	has "$errors" "cannot configure multiple ranges"
	hoy network create --subnet 10.99.0.0/24 --subnet fd00:99::/64 --gateway 10.99.0.9 --gateway fd00:99::9 both >/dev/null
	is "$(names --filter type=custom)" "both fine "
}

@test "ps shows ranges of exposed ports as one, and port goes by the container's ports" {
	hoy run -d --name aa -p 9000:8000 -p 127.0.0.1:9001:80/udp -p 9002:80 --expose 70-72 --expose 75 --expose 72/udp --expose 80-81 \
		busybox sleep 1000 >/dev/null
	has "$(hoy ps --format '{{.Ports}}')" ", 70-72/tcp, 72/udp, 75/tcp, 81/tcp"
	hasnt "$(hoy ps --format '{{.Ports}}')" " 71"
	is "$(hoy port aa | tr '\n' ';')" \
		"80/tcp -> 0.0.0.0:9002;80/tcp -> [::]:9002;80/udp -> 127.0.0.1:9001;8000/tcp -> 0.0.0.0:9000;8000/tcp -> [::]:9000;"
}

@test "ports are exposed and published by the container whose network it is, not by who joins it" {
	hoy run -d --name aa busybox sleep 1000 >/dev/null
	fails 125 hoy run --rm --network container:aa --expose 80 busybox true
	has "$errors" "conflicting options: port exposing and the container type network mode"
	fails 125 hoy run --rm --network container:aa -p 80:80 busybox true
	has "$errors" "conflicting options: port publishing and the container type network mode"
	hoy run --rm --network container:aa busybox true
}

@test "ports that the host's network makes needless are named as discarded" {
	run -0 --separate-stderr hoy run --rm --network host -p 8080:80 busybox true
	has "$stderr" "Published ports are discarded when using host network mode"
	run -0 --separate-stderr hoy run --rm --network none -p 8080:80 busybox true
	is "$stderr" ""
}

@test "a subnet within a wider route through a gateway is taken when it is asked for, and never chosen" {
	on_host ip route add 10.0.0.0/8 via 203.0.113.2
	on_host ip route add 172.16.0.0/12 via 203.0.113.2
	fails 1 hoy network create --subnet 10.0.0.0/8 three
	has "$errors" "Pool overlaps with other one on this address space: 10.0.0.0/8 and 10.0.0.0/8"
	fails 1 hoy network create --subnet 10.0.0.0/7 three
	hoy network create --subnet 10.5.0.0/24 one >/dev/null
	is "$(hoy run --rm --network one busybox ping -c 1 -W 2 10.5.0.1 | grep -c '1 packets received')" 1
	hoy network create two >/dev/null
	matches "$(hoy network inspect -f '{{(index .IPAM.Config 0).Subnet}}' two)" '^192\.168\.'
	fails 1 hoy network create --subnet 203.0.113.0/25 three
	on_host ip route add 10.9.0.0/16 via 203.0.113.2
	fails 1 hoy network create --subnet 10.9.0.0/16 three
}

@test "-p FIRST-LAST:PORT takes the first port of the range that is free in both families, and a restart again" {
	local name
	serve aa aa -p 8080-8083:80
	is "$(hoy port aa)" $'80/tcp -> 0.0.0.0:8080\n80/tcp -> [::]:8080'
	is "$(inspect aa '{{json .HostConfig.PortBindings}}')" '{"80/tcp":[{"HostIp":"","HostPort":"8080-8083"}]}'
	# Half of the next one is somebody else's.
	nsenter -t "$HOST" -n python3 -c 'import socket, time; s = socket.create_server(("::1", 8081), family=socket.AF_INET6); time.sleep(300)' 3>&- &
	local other=$!
	eventually listens_on 8081
	serve bb bb -p 8080-8083:80
	is "$(hoy port bb)" $'80/tcp -> 0.0.0.0:8082\n80/tcp -> [::]:8082'
	is "$(fetch "$OUTSIDE" 203.0.113.1 8082)" bb
	idle cc -p 8080-8083:80 -p 127.0.0.1:9000-9001:81/udp
	is "$(hoy ps --filter name=cc --format '{{.Ports}}')" "0.0.0.0:8083->80/tcp, [::]:8083->80/tcp, 127.0.0.1:9000->81/udp"
	fails 125 hoy run --rm -p 8080-8083:80 busybox true
	has "$errors" "Bind for 0.0.0.0 failed: every port up to 8083 is already allocated"
	fails 125 hoy run --rm -p 9000-9000:80 -p 8000-8002:80-81 busybox true
	has "$errors" "invalid ranges specified for container and host Ports"
	kill $other
	hoy rm -f aa >/dev/null
	hoy restart -t 0 bb
	is "$(hoy port bb 80 | head -1)" 0.0.0.0:8080
}
listens_on() { nsenter -t "$HOST" -n ss -Hltn "sport = :$1" | grep -q .; }
