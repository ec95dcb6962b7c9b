#!/usr/bin/env bats
# Published ports on ::1, where the kernel cannot redirect, and on IPv6 altogether for containers that have none: hoy-relay, called by
# the container's monitor.

load helper
load hosts

relay_of() { pgrep -P "$(monitor_of "$1")" -x hoy-relay; }
has_no_relay() { ! relay_of "$1" >/dev/null; }

@test "a published port of an IPv4 container answers on ::1" {
	serve web hello -p 8080:80
	is "$(fetch "$HOST" ::1 8080)" hello
	is "$(fetch "$HOST" ::1 8080)" hello
}

@test "and on the host's other IPv6 addresses, for others too" {
	serve web hello -p 8080:80
	is "$(fetch "$HOST" 2001:db8::1 8080)" hello
	is "$(fetch "$OUTSIDE" 2001:db8::1 8080)" hello
}

@test "a container with IPv6 answers on ::1 too" {
	hoy network create --ipv6 six >/dev/null
	serve web hello -p 8080:80 --network six
	is "$(fetch "$HOST" ::1 8080)" hello
	hoy network create --ipv6 --ipv4=false only >/dev/null
	serve only else -p 8081:80 --network only
	is "$(fetch "$HOST" ::1 8081)" else
}

@test "published on ::1 means ::1" {
	serve web hello -p '[::1]:8080:80'
	is "$(fetch "$HOST" ::1 8080)" hello
	unreachable "$HOST" 2001:db8::1 8080
	unreachable "$OUTSIDE" 2001:db8::1 8080
	unreachable "$HOST" 127.0.0.1 8080
}

@test "published on 127.0.0.1 does not answer on ::1" {
	serve web hello -p 127.0.0.1:8080:80
	is "$(fetch "$HOST" 127.0.0.1 8080)" hello
	unreachable "$HOST" ::1 8080
}

@test "datagrams to ::1 are carried, and so are the answers" {
	idle dns -p 8053:53/udp
	nsenter -t "$(pid_of dns)" -n perl -e '
		use IO::Socket;
		$s = IO::Socket::INET->new(Proto => "udp", LocalPort => 53) or die;
		for (1..2) { $s->recv($m, 99); $s->send("answer to $m"); }' 3>&- &
	eventually grep -q ':0035 ' "/proc/$(pid_of dns)/net/udp"
	is "$(on_host python3 -c '
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.settimeout(20)
s.connect(("::1", 8053))
for word in b"one", b"two":
    s.send(word)
    print(s.recv(100).decode())')" $'answer to one\nanswer to two'
}

@test "a thousand ports cost no process, and the last of them answers" {
	serve web hello -p 8001-9000:8001-9000 -p 8000:80
	has_no_relay web
	is "$(fetch "$HOST" ::1 8000)" hello
	hoy exec -d web httpd -f -p 9000 -h /w
	eventually hoy exec web sh -c 'netstat -ltn | grep -q ":9000 "'
	is "$(fetch "$HOST" ::1 9000)" hello
	relay_of web
	eventually has_no_relay web # nobody is there any more
}

@test "the relay is nobody and ends with the container, whose ports are free then" {
	local relay
	serve web hello -p 8080:80
	is "$(fetch "$HOST" ::1 8080)" hello
	relay=$(relay_of web)
	has "$(tr '\t' ' ' <"/proc/$relay/status")" "Uid: 65534 65534 65534 65534"
	hoy kill web >/dev/null
	hoy wait web >/dev/null
	[ ! -d "/proc/$relay" ]
	serve next else -p 8080:80
	is "$(fetch "$HOST" ::1 8080)" else
}

@test "a relay that is killed is called again" {
	serve web hello -p 8080:80
	is "$(fetch "$HOST" ::1 8080)" hello
	kill -9 "$(relay_of web)"
	is "$(fetch "$HOST" ::1 8080)" hello
}

@test "a monitor that is killed takes the relay and the ports with it" {
	local relay monitor
	serve web hello -p 8080:80
	is "$(fetch "$HOST" ::1 8080)" hello
	relay=$(relay_of web) monitor=$(monitor_of web)
	kill -9 "$monitor"
	eventually is_gone "$relay"
	serve next else -p 8080:80
	is "$(fetch "$HOST" ::1 8080)" else
}
is_gone() { [ ! -d "/proc/$1" ]; }

@test "it goes where the container is now, and ends connections while that is nowhere" {
	hoy network create blue >/dev/null
	hoy network create green >/dev/null
	serve web hello --network blue -p 8080:80
	is "$(fetch "$HOST" ::1 8080)" hello
	eventually has_no_relay web
	hoy network disconnect blue web
	unreachable "$HOST" ::1 8080
	eventually has_no_relay web
	hoy network connect green web
	is "$(fetch "$HOST" ::1 8080)" hello
}

@test "only what the relay needs goes into it" {
	local relay
	serve web hello -p 8080:80
	is "$(fetch "$HOST" ::1 8080)" hello
	relay=$(relay_of web)
	# Two epoll sets, the port, and nothing of the monitor's.
	is "$(find "/proc/$relay/fd" -type l -printf '%l\n' | grep -vE '^/dev/null$|^anon_inode:\[eventpoll\]$|^socket:')" ""
}
