#!/usr/bin/env bats
# hoy-dns by itself: who hears which names, what goes to others and what comes back. Containers are made by hand.

load helper
load names/names

setup_file() { :; }
setup() { names_setup && dns_start; }
teardown() { names_teardown; }

# --- names that are ours -------------------------------------------------------------------------------------------------

@test "a container finds a neighbour by name, alias and link, in any letters" {
	container web net=blue,10.0.0.2/24,-
	container store net=blue,10.0.0.3/24,- as=database as=a1b2c3
	update web net=blue,10.0.0.2/24,- link=db,store
	is "$(short web store)" 10.0.0.3
	is "$(short web DataBase)" 10.0.0.3
	is "$(short web a1b2c3)" 10.0.0.3
	is "$(short web store.blue)" 10.0.0.3
	is "$(short web db)" 10.0.0.3
	is "$(short store web)" 10.0.0.2
	# A link is what one container calls another, and nobody else.
	is "$(short store db)" 192.0.2.7
}

@test "its own name is a name like others" {
	container web net=blue,10.0.0.2/24,-
	is "$(short web web)" 10.0.0.2
}

@test "an address leads back to the name, in both families" {
	container web net=blue,10.0.0.2/24,fd00::2/64
	container store net=blue,10.0.0.3/24,fd00::3/64
	is "$(short web -x 10.0.0.3)" store.blue.
	is "$(short web -x fd00::3)" store.blue.
	is "$(short web store AAAA)" fd00::3
	is "$(ask web store ANY +noall +answer | wc -l)" 2
}

@test "an address that is free on a network of ours is nobody's, and nobody else is asked" {
	container web net=blue,10.0.0.2/24,fd00::2/64
	is "$(status web -x 10.0.0.77)" NXDOMAIN
	is "$(status web -x fd00::77)" NXDOMAIN
	is "$(log)" ""
	is "$(short web -x 10.0.1.77)" host.example.
}

@test "a name without an address of that family has no record, and nobody else is asked" {
	container web net=blue,10.0.0.2/24,-
	local text
	text=$(ask web web AAAA)
	has "$text" "status: NOERROR"
	has "$text" "ANSWER: 0"
	for type in MX TXT SRV HTTPS; do is "$(status web web $type)" NOERROR; done
	is "$(log)" ""
}

@test "containers that share no network do not hear of each other" {
	container web net=blue,10.0.0.2/24,-
	container store net=red,10.0.1.2/24,-
	container both net=blue,10.0.0.4/24,- net=red,10.0.1.4/24,-
	is "$(short web store)" 192.0.2.7
	is "$(short both store)" 10.0.1.2
	is "$(short both web)" 10.0.0.2
	is "$(short web both)" 10.0.0.4
	is "$(short store both)" 10.0.1.4
	is "$(short both both | sort)" $'10.0.0.4\n10.0.1.4'
	# The network's name tells which is meant.
	is "$(short both both.red)" 10.0.1.4
}

@test "containers of one name are all meant, each first in its turn" {
	container asks net=blue,10.0.0.2/24,-
	for i in 3 4 5; do container "w$i" net=blue,10.0.0.$i/24,fd00::$i/64 as=web; done
	is "$(short asks web | sort)" $'10.0.0.3\n10.0.0.4\n10.0.0.5'
	is "$(for _ in 1 2 3; do short asks web | head -1; done | sort -u | wc -l)" 3
	is "$(short asks web AAAA | wc -l)" 3
}

@test "a change is seen at once, and what was before is not" {
	container web net=blue,10.0.0.2/24,-
	container store net=blue,10.0.0.3/24,-
	is "$(update store net=blue,10.0.0.3/24,- as=newname)" "0 "
	is "$(short web newname)" 10.0.0.3
	is "$(update store net=red,10.0.1.3/24,-)" "0 "
	is "$(short web newname)" 192.0.2.7
	is "$(short web store)" 192.0.2.7
}

@test "a container that ends is forgotten and its sockets are closed" {
	container web net=blue,10.0.0.2/24,-
	container store net=blue,10.0.0.3/24,-
	is "$(short web store)" 10.0.0.3
	kill "${LIFE[store]}"
	eventually forgotten
	# No socket of hoy-dns keeps its network namespace.
	is "$(nsenter -t "${NS[store]}" -n ss -Hlntu | wc -l)" 0
}
forgotten() { [ "$(short web store)" = 192.0.2.7 ]; }

@test "more addresses than fit are cut by UDP, and all there by TCP" {
	container asks net=blue,10.0.0.2/24,-
	local i
	for i in $(seq 3 42); do container "w$i" net=blue,10.0.0.$i/24,- as=web; done
	has "$(ask asks web +noedns +ignore)" " tc "
	is "$(short asks web +noedns | wc -l)" 40
	is "$(short asks web +tcp | wc -l)" 40
}

@test "a container that registers again has new sockets, and its old ones are closed" {
	container web net=blue,10.0.0.2/24,-
	mv "$D/reply.web" "$D/reply.before"
	NAMES_PORT=5300 register web net=blue,10.0.0.9/24,-
	eventually grep -q gone "$D/reply.before"
	is "$(short web web -p 5300)" 10.0.0.9
	is "$(nsenter -t "${NS[web]}" -n ss -Hlntu | grep -c ':53 ')" 0
}

# --- what is for others --------------------------------------------------------------------------------------------------

@test "other names are asked of the host's server, once while the answer holds" {
	container web net=blue,10.0.0.2/24,-
	container store net=blue,10.0.0.3/24,-
	is "$(short web some.example)" 192.0.2.7
	is "$(short store SOME.Example)" 192.0.2.7
	is "$(asked some)" 1
	is "$(status web missing.example)" NXDOMAIN
	is "$(status web missing.example)" NXDOMAIN
	is "$(asked missing)" 1
	is "$(short web other)" 192.0.2.7
}

@test "an answer that is kept grows older, in the letters of who asks" {
	container web net=blue,10.0.0.2/24,-
	is "$(short web brief.example)" 192.0.2.7
	eventually brief_is_asked_again
	local first second
	first=$(ask web long.example +noall +answer)
	has "$first" "long.example.		300"
	eventually long_is_older
	has "$(ask web LONG.example +noall +answer)" LONG.example.
	is "$(asked long)" 1
}
brief_is_asked_again() { short web brief.example; [ "$(asked brief)" -ge 2 ]; }
long_is_older() { [[ $(ask web long.example +noall +answer) != *$'\t300\t'* ]]; }

@test "a failure is handed on and not kept" {
	container web net=blue,10.0.0.2/24,-
	is "$(status web fail.example)" SERVFAIL
	is "$(status web fail.example)" SERVFAIL
	is "$(asked fail)" 2
}

@test "an answer with another id, another question or no end is not taken" {
	container web net=blue,10.0.0.2/24,-
	is "$(short web forged.example)" 192.0.2.7
	is "$(status web broken.example)" SERVFAIL
}

@test "a long answer comes by TCP" {
	container web net=blue,10.0.0.2/24,-
	is "$(short web big.example TXT | wc -c)" 2020
	has "$(log)" "udp big.example TXT"
	has "$(log)" "tcp big.example TXT"
	has "$(ask web big.example TXT +ignore)" " tc "
}

@test "a question without an answer fails after four seconds, one that is lost is sent again" {
	container web net=blue,10.0.0.2/24,-
	local begin=$SECONDS
	is "$(status web lost.example)" SERVFAIL
	[ $((SECONDS - begin)) -le 7 ]
	is "$(asked lost)" 4
	is "$(short web once.example)" 192.0.2.7
}

@test "of several servers the first good answer is taken, and one that is silent is asked last" {
	server_start 127.0.0.54 silent
	server_start 127.0.0.55 refuse
	printf 'nameserver 127.0.0.54\nnameserver 127.0.0.55\nnameserver 127.0.0.53\n' >"$D/resolv.conf"
	container web net=blue,10.0.0.2/24,-
	is "$(short web a.example)" 192.0.2.7
	is "$(asked a.example 127.0.0.54)" 1
	is "$(asked a.example 127.0.0.55)" 1
	is "$(short web b.example)" 192.0.2.7
	is "$(asked b.example 127.0.0.54)" 0
}

@test "servers that all refuse are believed" {
	server_start 127.0.0.55 refuse
	echo "nameserver 127.0.0.55" >"$D/resolv.conf"
	container web net=blue,10.0.0.2/24,-
	is "$(status web a.example)" REFUSED
}

@test "a server that is not there is told at once" {
	echo "nameserver 127.0.0.99" >"$D/resolv.conf"
	container web net=blue,10.0.0.2/24,-
	local begin=$SECONDS
	is "$(status web a.example)" SERVFAIL
	is "$(status web a.example +tcp)" SERVFAIL
	[ $((SECONDS - begin)) -le 3 ]
}

@test "a container's own servers are asked instead of the host's, and answers are not mixed" {
	server_start 127.0.0.55 refuse
	server_start 127.0.0.54
	container web net=blue,10.0.0.2/24,-
	container own net=blue,10.0.0.3/24,- server=127.0.0.54
	container refused net=blue,10.0.0.4/24,- server=127.0.0.55
	is "$(short web a.example)" 192.0.2.7
	is "$(short own a.example)" 192.0.2.7
	is "$(status refused a.example)" REFUSED
	is "$(asked a.example 127.0.0.54)" 1
}

@test "when the host's servers change the next question goes to the new ones" {
	server_start 127.0.0.54
	container web net=blue,10.0.0.2/24,-
	is "$(short web a.example)" 192.0.2.7
	echo "nameserver 127.0.0.54" >"$D/resolv.conf"
	eventually new_server_is_asked
	# An answer of the old ones is not given any more.
	is "$(short web a.example)" 192.0.2.7
	is "$(asked a.example 127.0.0.54)" 1
}
new_server_is_asked() { short web "x$RANDOM.example" && [ "$(asked x 127.0.0.54)" -ge 1 ]; }

@test "an IPv6 server is asked too" {
	server_start ::1
	echo "nameserver ::1" >"$D/resolv.conf"
	container web net=blue,10.0.0.2/24,-
	is "$(short web a.example)" 192.0.2.7
	is "$(asked a.example ::1)" 1
}

@test "options of EDNS are handed on, and such an answer is not kept for others" {
	container web net=blue,10.0.0.2/24,-
	is "$(short web a.example +subnet=192.0.2.0/24)" 192.0.2.7
	is "$(short web a.example +subnet=198.51.100.0/24)" 192.0.2.7
	is "$(asked a.example)" 2
	is "$(short web a.example +dnssec)" 192.0.2.7
	is "$(short web a.example +noedns)" 192.0.2.7
	is "$(asked a.example)" 4
}

@test "who is on internal networks alone gets no names of others, and no question leaves" {
	container closed net=blue,10.0.0.2/24,-,internal
	container half net=blue,10.0.0.3/24,-,internal net=red,10.0.1.3/24,-
	is "$(status closed secret-of-mine.example)" NXDOMAIN
	is "$(status closed secret-of-mine.example TXT +tcp)" NXDOMAIN
	is "$(status closed -x 203.0.113.9)" NXDOMAIN
	is "$(short closed half)" 10.0.0.3
	is "$(log)" ""
	is "$(short half some.example)" 192.0.2.7
}

@test "with ndots asked for a short name stays here" {
	container web net=blue,10.0.0.2/24,- keep-short
	is "$(status web nobody)" NXDOMAIN
	is "$(short web nobody.example)" 192.0.2.7
	is "$(asked 'nobody A')" 0
}

# --- hoy-dns itself ------------------------------------------------------------------------------------------------------

@test "it is nobody, sees no file and may do next to nothing" {
	container web net=blue,10.0.0.2/24,-
	local reader pid
	reader=$(pgrep -P "$PID")
	for pid in "$PID" "$reader"; do
		local text
		text=$(cat "/proc/$pid/status")
		has "$text" $'Uid:\t65534\t65534\t65534\t65534'
		has "$text" $'Groups:\t '
		has "$text" $'CapEff:\t0000000000000000'
		has "$text" $'CapBnd:\t0000000000000000'
		has "$text" $'NoNewPrivs:\t1'
		has "$text" $'Seccomp:\t2'
	done
	is "$(ls -A "/proc/$PID/root/")" ""
	is "$(wc -l <"/proc/$PID/mountinfo")" 1
}

@test "it ends soon after its last container, and its reader with it" {
	container web net=blue,10.0.0.2/24,-
	kill "${LIFE[web]}"
	eventually ended "$PID"
	is "$(cat "$D/errors")" ""
}
ended() { ! kill -0 "$1"; }

@test "it ends when nobody comes, and a container that comes later finds another one" {
	local first=$PID
	eventually ended "$first"
	container web net=blue,10.0.0.2/24,-
	[ "$PID" != "$first" ]
	is "$(short web web)" 10.0.0.2
}

@test "its reader and it end together" {
	container web net=blue,10.0.0.2/24,-
	local reader
	reader=$(pgrep -P "$PID")
	kill -9 "$PID"
	eventually ended "$reader"
	eventually grep -q gone "$D/reply.web"
}

@test "a registration that is not understood is refused and changes nothing" {
	container web net=blue,10.0.0.2/24,-
	is "$(printf 'hoy-dns 2\n' | "$NAMES/container.py" "$D" update)" "-22 this is no registration of version 1"
	is "$(printf 'hoy-dns 1\ncontainer x\n' | "$NAMES/container.py" "$D" update)" "-22 line 2 of a registration is not understood"
	is "$("$NAMES/container.py" "$D" raw 2 <"$D/text.web")" "-22 a registration comes with 3 sockets, not 2"
	matches "$(update nobody net=blue,10.0.0.2/24,-)" "^-2 hoy-dns does not know container"
	is "$(short web web)" 10.0.0.2
}
