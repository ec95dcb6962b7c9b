#!/usr/bin/env bats
# Networks after hundreds of starts, after wrong values, and after whoever was killed.

load helper
load hosts

# Everything of networks that could be left over, one count a word: interfaces, addresses and routes of both families, elements and rules,
# but those that the kernel gives an uplink of its own accord; leases, files of containers that run, mounts (a namespace that outlives its processes is one), processes.
counts() {
	local rules
	rules=$(on_host nft list ruleset)
	echo "links $(on_host ip -br link | wc -l) addresses $(on_host ip -o addr | grep -vc fe80:)" \
		"routes $(on_host ip route | wc -l) $(on_host ip -6 route | grep -vcE 'fe80:|^ff00:')" \
		"rules $(wc -l <<<"$rules") elements $(grep -oE ' : [0-9a-f.:]+ \. [0-9]+' <<<"$rules" | wc -l)" \
		"leases $(find "$HOY_RUNROOT/leases" -type l 2>/dev/null | wc -l) runs $(find "$HOY_RUNROOT/containers" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)" \
		"mounts $(grep -cF "$T/" /proc/self/mountinfo) processes $(leaked_processes | wc -l)"
}
counts_are() { [ "$(counts)" = "$1" ] || { counts; return 1; }; }

@test "five hundred starts and stops leave links, routes, rules, leases, mounts and processes as they were" {
	hoy network create --ipv6 both >/dev/null
	hoy create --name box --network both -p 8080:80 -p 127.0.0.1:8443:443/udp busybox sleep 1000 >/dev/null
	hoy network connect bridge box
	hoy start box >/dev/null
	hoy stop -t 0 box >/dev/null 2>&1
	local before
	eventually has_no_pair
	eventually has_no_process
	before=$(counts)
	on_host bash -ec 'for i in $(seq 500); do "$0" start box; "$0" stop -t 0 box; done' "$HOY" >/dev/null 2>"$D/said" || { tail -3 "$D/said"; return 1; }
	eventually counts_are "$before" || { counts; is "$(counts)" "$before"; }
	has "$before" "elements 0 leases 0 runs 0"
}
has_no_pair() { ! on_host ip -br link | grep -q ^veth; }
has_no_process() { [ -z "$(leaked_processes)" ]; }

# A wrong command of networks: what is said has $1 in it, it is one line and a hint at most, and nothing was made.
says() { # status, text, command...
	local before status=$1 text=$2
	before=$(hoy network ls -q | sort; counts)
	shift 2
	fails "$status" "$@" || return
	has "$errors" "$text" || return
	is "$(grep -cvE "^See 'hoy |^hint: |^$" <<<"$errors")" 1 || return
	eventually nothing_is_made "$before" || is "$(hoy network ls -q | sort; counts)" "$before"
}

nothing_is_made() { [ "$(hoy network ls -q | sort; counts)" = "$1" ]; }

@test "wrong ports are said in one sentence, and nothing is made" {
	local value
	for value in 0 65536 80:65536 65536:80 80-70 0-3 -1 80:0 8080:80:90 80/icmp '' 1-2000:1-2000 1.2.3:80:80 '[::1:80:80' 1.2.3.256:80:80 '[fe80::1%eth0]:80:80'; do
		fails 125 hoy run --rm -p "$value" busybox true || { echo "-p '$value'"; return 1; }
		is "$(grep -cvE "^See 'hoy |^hint: |^$" <<<"$errors")" 1
	done
	# An address that is nobody's here.
	fails 125 hoy run --rm -p 198.51.100.1:80:80 busybox true
	has "$errors" "198.51.100.1:80"
	is "$(hoy ps -aq)$(find "$HOY_RUNROOT/leases" -type l 2>/dev/null)" ""
}

@test "wrong names and subnets are said in one sentence, and nothing is made" {
	local name
	hoy network create --subnet 10.99.0.0/16 one >/dev/null
	for name in ../x a/b /etc . .. -x '' ' ' $'a\nb' "$(printf 'x%.0s' {1..300})" none host container default; do
		fails 1 hoy network create -- "$name" || { echo "name '$name'"; return 1; }
		is "$(grep -cvE "^See 'hoy |^hint: |^$" <<<"$errors")" 1
	done
	says 1 overlaps hoy network create --subnet 10.99.1.0/24 two
	says 1 overlaps hoy network create --subnet 10.0.0.0/8 two
	says 1 overlaps hoy network create --subnet 203.0.113.0/25 two
	says 1 "" hoy network create --subnet 10.1.0.0/33 two
	says 1 "" hoy network create --subnet 10.1.0.0 two
	says 1 "" hoy network create --subnet 10.1.0.0/24 --gateway 10.2.0.1 two
	says 1 "" hoy network create --subnet 10.1.0.0/24 --ip-range 10.2.0.0/25 two
	says 1 "" hoy network create --subnet 10.1.0.0/24 --aux-address a=10.2.0.1 two
	says 1 "not for hosts" hoy network create --subnet 224.0.0.0/24 two
	says 1 "not for hosts" hoy network create --subnet 127.0.0.0/8 two
	says 1 "not for hosts" hoy network create --subnet fe80::/64 two
	says 1 "" hoy network create --subnet ::1/128 two
	says 1 "" hoy network create --gateway 10.1.0.1 two
	is "$(find "$HOY_ROOT/networks" -name '*..*' -o -name 'two*')" ""
}

@test "a subnet that is full refuses the next container, which leaves nothing, and takes it when one has gone" {
	hoy network create --subnet 10.1.0.0/29 small >/dev/null
	local i
	for i in 1 2 3 4 5; do hoy run -d --name "c$i" --network small busybox sleep 1000 >/dev/null; done
	fails 125 hoy run -d --name more --network small -p 8080:80 busybox sleep 1000
	has "$errors" "small"
	is "$(hoy ps -aq | wc -l) $(find "$HOY_RUNROOT/leases" -type l | wc -l)" "5 5"
	hoy rm -f c3 >/dev/null
	hoy run -d --name more --network small -p 8080:80 busybox sleep 1000 >/dev/null
	is "$(address_of more)" 10.1.0.4
}

@test "a network in use is not removed, whether its container runs or not" {
	hoy network create one >/dev/null
	hoy create --name box --network one busybox sleep 1000 >/dev/null
	hoy start box >/dev/null
	fails 1 hoy network rm one
	has "$errors" "has active endpoints: box"
	hoy kill box >/dev/null
	hoy wait box >/dev/null
	hoy network inspect one >/dev/null
}

@test "monitors killed with their containers free every address and port, of both families" {
	hoy network create --ipv6 --subnet 10.1.0.0/24 --subnet fd00:1::/64 both >/dev/null
	local round i
	for round in 1 2 3; do
		for i in 1 2 3; do
			serve "w$i" "word$i" --network both -p "808$i:80"
		done
		for i in 1 2 3; do kill -9 "$(monitor_of "w$i")"; done
		hoy rm -f w1 w2 w3 >/dev/null
		eventually has_no_pair
		is "$(find "$HOY_RUNROOT/leases" -type l | wc -l) $(on_host nft list ruleset | grep -c ' 808[0-9]')" "0 0"
	done
}
