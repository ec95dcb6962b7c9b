# hoy rm and what must be gone afterwards.
load helper

@test "rm removes a container that has ended and prints what was asked" {
	local id
	id=$(hoy create --name rem busybox true)
	is "$(hoy rm rem)" rem
	is "$(hoy ps -aq)" ""
	[ ! -e "$HOY_ROOT/containers/$id" ]
}

@test "rm of a running container is refused, -f kills and removes" {
	idle rem
	fails 1 hoy rm rem
	has "$errors" "r"
	matches "$errors" 'running'
	status_is rem running
	is "$(hoy rm -f rem)" rem
	is "$(hoy ps -aq)" ""
}

@test "rm of what is not there is an error that names it" {
	fails 1 hoy rm not-there
	has "$errors" "No such container: not-there"
}

@test "rm takes names, ids and prefixes, several at once" {
	local a b
	a=$(hoy create --name one busybox true)
	b=$(hoy create --name two busybox true)
	hoy create --name three busybox true >/dev/null
	hoy rm "$a" "${b:0:12}" three >/dev/null
	is "$(hoy ps -aq)" ""
}

@test "the name is free after rm" {
	hoy create --name again busybox true >/dev/null
	hoy rm again >/dev/null
	hoy create --name again busybox true >/dev/null
}

@test "after rm -f no cgroup, mount, process or file of it is left" {
	idle rem -m 64m --pids-limit 50 -v "$D:/d" --tmpfs /t
	hoy rm -f rem >/dev/null
	eventually has_no_leak files
}

@test "rm removes a tree of 5000 levels with few descriptors" {
	hoy run --name deep busybox sh -c 'p=$(printf "d/%.0s" $(seq 1000)); for i in 1 2 3 4 5; do
		mkdir -p "/n/$p" && { [ ! -e /t ] || mv /t "/n/${p}t"; } && mv /n /t || exit 1; done'
	(ulimit -n 80 && hoy rm deep)
	eventually has_no_leak files
}

@test "rm of two at the same time of the same container has one winner" {
	hoy create --name rem busybox true >/dev/null
	local one=0 two=0
	hoy rm rem >"$D/one" 2>&1 & local p=$!
	hoy rm rem >"$D/two" 2>&1 || two=$?
	wait $p || one=$?
	is $((one + two)) 1
	is "$(hoy ps -aq)" ""
}

@test "container prune removes those that have ended and keeps those that run" {
	idle runs
	hoy run --name ended busybox true
	hoy create --name made busybox true >/dev/null
	hoy container prune -f >/dev/null
	is "$(hoy ps -a --format '{{.Names}}')" runs
}

@test "a thousand files written by the container are gone after rm" {
	hoy run --name rem busybox sh -c 'mkdir -p /a/b/c && cd /a/b/c && i=0 && while [ $i -lt 1000 ]; do : >$i; i=$((i+1)); done'
	hoy rm rem >/dev/null
	eventually has_no_leak files
}

@test "rm removes what the container made undeletable by modes and links" {
	hoy run --name rem busybox sh -c 'mkdir /x && ln -s / /x/root && mkdir /x/y && chmod 000 /x/y /x && mkfifo /pipe && mknod /null c 1 3'
	hoy rm rem >/dev/null
	eventually has_no_leak files
	[ -e /etc/passwd ]
}
