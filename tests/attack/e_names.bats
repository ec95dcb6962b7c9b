#!/usr/bin/env bats
# Attacks on names: security/ATTACKS.md rows 85 and 87, and what a container can send to a resolver that it shares with others.

load helper
load ../live/names/names

setup_file() { :; }
setup() { names_setup && dns_start; }
teardown() { names_teardown; }

hammer() { nsenter -t "${NS[$1]}" -n timeout 120 "$NAMES/hammer.py" "${@:2}"; }
milliseconds() { # command...: how long it takes
	local begin=${EPOCHREALTIME/./}
	"$@" >/dev/null
	echo $(((${EPOCHREALTIME/./} - begin) / 1000))
}
resident() { awk '/^VmRSS/ { print $2 }' "/proc/$PID/status"; }

@test "85 CVE-2024-29018: no question of an internal network leaves, by UDP, TCP, in reverse or of another type" {
	container closed net=blue,10.0.0.2/24,-,internal
	local way
	for way in "" +tcp; do
		is "$(status closed 0123456789.stolen.example $way)" NXDOMAIN
		is "$(status closed 0123456789.stolen.example TXT $way)" NXDOMAIN
		is "$(status closed -x 198.51.100.1 $way)" NXDOMAIN
		is "$(status closed . NS $way)" NXDOMAIN
		is "$(status closed version.bind TXT CH $way)" REFUSED
	done
	is "$(short closed closed)" 10.0.0.2
	is "$(log)" ""
}

@test "87 CVE-2024-8418: clients that send half a question hold up nobody, and are cut off after ten seconds" {
	container web net=blue,10.0.0.2/24,-
	container slow net=blue,10.0.0.3/24,-
	hammer slow slow 8 >"$D/slow" 3>&- &
	local slow=$!
	started $slow
	eventually grep -q held "$D/slow"
	local ms
	ms=$(milliseconds short web slow +tcp)
	[ "$ms" -lt 5000 ]
	is "$(short web slow)" 10.0.0.3
	# Its own neighbours on the same socket neither.
	is "$(short slow web)" 10.0.0.2
	is "$(short slow web +tcp)" 10.0.0.2
	wait $slow
	is "$(tail -1 "$D/slow")" 8
}

@test "a container has a bounded number of connections, and the newest is served" {
	container web net=blue,10.0.0.2/24,-
	is "$(hammer web many 100)" 0
	is "$(hammer web pipe 1000)" 1000
	[ "$(find "/proc/$PID/fd" | wc -l)" -lt 40 ]
}

@test "questions without end for others' names leave room for everybody else" {
	container web net=blue,10.0.0.2/24,-
	container bad net=blue,10.0.0.3/24,-
	local i floods=()
	for i in 1 2 3; do
		hammer bad flood 20000 flood.example >/dev/null 3>&- &
		floods+=($!)
		started $!
	done
	for i in 1 2 3 4 5; do
		is "$(short web bad)" 10.0.0.3
		is "$(short web "x$i.example")" 192.0.2.7
	done
	# Of one container at most 128 are on their way.
	[ "$(find "/proc/$PID/fd" | wc -l)" -lt 300 ]
	[ "$(resident)" -lt 4096 ]
	wait "${floods[@]}"
}

@test "noise is survived, and answered in order where it can be" {
	container web net=blue,10.0.0.2/24,-
	hammer web noise 5000
	is "$(short web web)" 10.0.0.2
	kill -0 "$PID"
	is "$(cat "$D/errors")" ""
}

@test "a flood of names that are there keeps memory within bounds" {
	container web net=blue,10.0.0.2/24,-
	nsenter -t "${NS[web]}" -n python3 - <<-'END'
		import os, socket, struct
		sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		sock.connect(("127.0.0.11", 53))
		sock.settimeout(5)
		for i in range(8000):
		    label = b"n%d" % i
		    sock.send(struct.pack("!6H", i, 0x100, 1, 0, 0, 0) + bytes([len(label)]) + label + b"\7example\0\0\1\0\1")
		    sock.recv(600)
	END
	[ "$(resident)" -lt 4096 ]
	is "$(short web web)" 10.0.0.2
}

@test "an answer from another address is not taken" {
	container web net=blue,10.0.0.2/24,-
	# The forger knows the port and tries every id; only the address is wrong.
	ask web lost-a.example >"$D/answer" 3>&- &
	local asks=$!
	started $asks
	eventually asked_once
	nsenter -t "$HOST" -n python3 - <<-'END'
		import re, socket, struct, subprocess
		ports = re.findall(r":(\d+) +127\.0\.0\.53:53", subprocess.run(["ss", "-Hnua"], capture_output=True, text=True).stdout)
		assert ports
		sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		sock.bind(("127.0.0.66", 53))
		body = struct.pack("!5H", 0x8180, 1, 1, 0, 0) + b"\6lost-a\7example\0\0\1\0\1\xc0\x0c\0\1\0\1\0\0\1\0\0\4\6\6\6\6"
		for port in ports:
		    for number in range(65536):
		        sock.sendto(struct.pack("!H", number) + body, ("127.0.0.1", int(port)))
	END
	wait $asks
	hasnt "$(cat "$D/answer")" 6.6.6.6
	has "$(cat "$D/answer")" SERVFAIL
}
asked_once() { [ "$(asked lost-a)" -ge 1 ]; }
