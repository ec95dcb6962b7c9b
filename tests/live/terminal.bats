# Terminals: a new pty, raw mode, size at the start and on change, ^P^Q, restored whatever happens.
load helper

setup() {
	instance_make
	[ -x "$PTY" ] || make -s -C "$TREE" tools
}

pty() { timeout --foreground -k 5 60 "$PTY" "$@"; }

@test "run -it is a session at a terminal" {
	fails 3 pty expect '# ' send 'tty\r' expect /dev/pts/0 send 'exit 3\r' -- "$HOY" run --rm -it busybox sh
}

@test "the terminal has the caller's size at the start and after a change" {
	pty size 33x77 expect '# ' send 'stty size\r' expect '33 77' size 40x90 \
		send 'i=0; while [ "$(stty size)" != "40 90" ] && [ $i -lt 200 ]; do i=$((i+1)); usleep 10000; done; stty size\r' \
		expect $'\n40 90' send 'exit\r' -- "$HOY" run --rm -it busybox sh
}

@test "a change of size reaches the program as SIGWINCH" {
	pty size 20x50 expect ready size 21x51 expect 'winch 21 51' -- "$HOY" run --rm -it busybox \
		sh -c 'trap "echo winch \$(stty size); exit 0" WINCH; echo ready; while :; do sleep 0.05; done'
}

@test "the caller's terminal is raw while it runs and as before at the end" {
	fails 5 pty expect '# ' raw send 'exit 5\r' end cooked -- "$HOY" run --rm -it busybox sh
}

@test "the terminal is restored when the command does not exist" {
	fails 127 pty end cooked -- "$HOY" run --rm -it busybox nothing-here
}

@test "the terminal is restored when the container is killed from elsewhere" {
	hoy create -it --name kil busybox sh >/dev/null
	(eventually status_is kil running && eventually has_shell kil && hoy kill kil >/dev/null) &
	fails 137 pty end cooked -- "$HOY" start -ai kil
}
has_shell() { grep -qa '^sh' "/proc/$(pid_of "$1")/cmdline"; }

@test "the terminal is restored when hoy gets SIGTERM" {
	hoy create -it --name kil busybox sh >/dev/null
	run pty expect '# ' raw signal 15 send 'exit\r' end cooked -- "$HOY" start -ai kil
	[ "$status" -lt 98 ] || [ "$status" -gt 127 ]
}

@test "^C goes to the program, not to hoy" {
	pty expect ready send '^C' expect 'interrupted' -- "$HOY" run --rm -it busybox \
		sh -c 'trap "echo interrupted; exit 0" INT; echo ready; while :; do sleep 0.05; done'
}

@test "^P^Q detaches, the container goes on, attach comes back" {
	pty expect '# ' send 'echo be""fore\r' expect before send '^P^Q' end cooked -- "$HOY" run -it --name det busybox sh
	status_is det running
	fails 4 pty send '\r' expect '# ' send 'echo af""ter\r' expect after send 'exit 4\r' -- "$HOY" attach det
	eventually status_is det exited
}

@test "--detach-keys are other keys" {
	pty expect '# ' send '^P^Q' send 'echo st""ill\r' expect still send '^Xa' end -- \
		"$HOY" run -it --name det --detach-keys ctrl-x,a busybox sh
	status_is det running
}

@test "^P alone reaches the program" {
	pty expect ready send '^Px' expect 'got 1078' -- "$HOY" run --rm -it busybox \
		sh -c 'stty raw -echo; echo ready; printf "got "; head -c 2 | hexdump -e "2/1 \"%02x\""; echo'
}

@test "wrong --detach-keys are refused" {
	refuses detach-keys hoy run -it --detach-keys ctrl-nothing busybox sh
}

@test "with a terminal the output is one stream with CR LF" {
	is "$(pty -- "$HOY" run --rm -t busybox sh -c 'echo out; echo err >&2')" $'out\r\nerr\r'
}

@test "-t without a terminal at the caller's side works for output" {
	is "$(hoy run --rm -t busybox sh -c '[ -t 1 ] && echo tty' | tr -d '\r')" tty
}

@test "-it without a terminal at the caller's side is refused" {
	fails 125 hoy run --rm -it busybox sh || fails 1 hoy run --rm -it busybox sh
	has "$errors" TTY
}

@test "exec -it has a terminal of its own with the caller's size" {
	idle box
	fails 6 pty size 31x71 expect '# ' send 'stty size; tty\r' expect '31 71' expect /dev/pts/ send 'exit 6\r' end cooked -- \
		"$HOY" exec -it box sh
}

@test "TERM is the caller's kind or xterm with -t" {
	pty expect 'TERM=xterm' -- "$HOY" run --rm -t busybox env
}

@test "a terminal's /dev/console is that terminal" {
	pty expect '# ' send 'echo cons""ole >/dev/console\r' expect console send 'exit\r' -- "$HOY" run --rm -it busybox sh
}

@test "a megabyte through a terminal arrives" {
	is "$(pty -- "$HOY" run --rm -t busybox sh -c 'stty -opost; head -c 1000000 /dev/zero | tr "\0" x' | wc -c)" 1000000
}

@test "a lost terminal ends the client and leaves the container running" {
	run pty expect '# ' hangup -- "$HOY" run -it --name det busybox sh
	is "$status" 129
	status_is det running
}
