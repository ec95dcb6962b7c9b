# hoy rename and hoy restart.
load helper

@test "rename gives a container another name, running or not, and frees the old one" {
	local id
	id=$(hoy create --name first busybox sleep 1000)
	is "$(hoy rename first second)" ""
	is "$(inspect "$id" '{{.Name}}')" /second
	fails 1 hoy inspect first
	hoy create --name first busybox true >/dev/null
	hoy start second >/dev/null
	hoy rename "${id:0:12}" /third
	is "$(hoy ps --format '{{.Names}}')" third
	is "$(hoy exec third echo here)" here
	hoy rm -f third >/dev/null
	is "$(ls "$HOY_ROOT/names")" first
}

@test "a name that is taken, the same or none is refused, and nothing is changed" {
	hoy create --name one busybox true >/dev/null
	hoy create --name two busybox true >/dev/null
	fails 1 hoy rename one two
	has "$errors" 'The container name "/two" is already in use'
	fails 1 hoy rename one one
	has "$errors" "same name as its current name"
	fails 1 hoy rename one a/b
	has "$errors" "Invalid container name (a/b)"
	fails 1 hoy rename one ''
	fails 1 hoy rename nobody three
	has "$errors" "No such container: nobody"
	is "$(hoy ps -a --format '{{.Names}}' | sort | tr '\n' ' ')" "one two "
	is "$(ls "$HOY_ROOT/names" | tr '\n' ' ')" "one two "
	hoy system check
}

@test "two names of one container are found by check, and mended" {
	local id
	id=$(hoy create --name right busybox true)
	ln -s "$id" "$HOY_ROOT/names/wrong"
	fails 1 hoy system check
	has "$output" "name wrong"
	fails 1 hoy system check --repair
	hoy system check
	is "$(ls "$HOY_ROOT/names")" right
}

@test "restart ends the program and starts it anew, with what it wrote" {
	hoy run -d --name box busybox sh -c 'echo started >>/log; trap "exit 0" TERM; while :; do sleep 1000 & wait; done' >/dev/null
	local before
	before=$(pid_of box)
	eventually hoy exec box test -s /log
	is "$(hoy restart box)" box
	[ "$(pid_of box)" != "$before" ]
	[ ! -e "/proc/$before" ]
	eventually two_lines
	status_is box running
}
two_lines() { is "$(hoy exec box cat /log | wc -l)" 2; }

@test "restart of one that does not run starts it" {
	hoy create --name box busybox sleep 1000 >/dev/null
	hoy restart box >/dev/null
	status_is box running
	hoy stop -t 0 box >/dev/null
	hoy restart -t 5 -s KILL box >/dev/null
	status_is box running
	fails 1 hoy restart nobody
	has "$errors" "No such container: nobody"
}

@test "restart kills what does not end in time, and says who hears no signal" {
	hoy run -d --name deaf busybox sleep 1000 >/dev/null
	hoy restart deaf 2>"$D/said" >/dev/null
	has "$(cat "$D/said")" "does not handle SIGTERM"
	hoy run -d --name slow busybox sh -c 'trap "" TERM; while :; do sleep 1000; done' >/dev/null
	local before
	before=$(pid_of slow)
	hoy restart -t 1 slow >/dev/null
	[ "$(pid_of slow)" != "$before" ]
}

@test "a container that removes itself survives a restart, and is removed at its end" {
	hoy run -d --rm --name box busybox sh -c 'echo x >>/log; sleep 1000' >/dev/null
	eventually hoy exec box test -s /log
	hoy restart -t 0 box >/dev/null
	status_is box running
	eventually two_lines
	hoy stop -t 0 box >/dev/null
	eventually has_no_container
	eventually has_no_leak files
}
