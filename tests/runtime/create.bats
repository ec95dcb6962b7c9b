# create: what is there afterwards, what is refused, and that nothing stays of what failed.
load helper

@test "a created container waits: its program has not run and its state says created" {
	bundle c '.process.args = ["touch", "/ran"]'
	create c
	status_is c created
	[ ! -e "$T/c/rootfs/ran" ]
	rt start c
	eventually test -e "$T/c/rootfs/ran"
	eventually status_is c stopped
}

@test "--bundle and --pid-file may be relative, and the pid file holds the number alone" {
	bundle c
	cd "$T"
	rt create -b c --pid-file d/pid c </dev/null >"$D/out" 2>&1
	is "$(cat d/pid)" "$(pid_of c)"
	is "$(wc -l <d/pid)" 0
	is "$(rt state c | jq -r .bundle)" "$(readlink -f "$T/c")"
}

@test "without --bundle the working directory is the bundle" {
	bundle c
	cd "$T/c"
	rt create c </dev/null >"$D/out" 2>&1
	is "$(rt state c | jq -r .rootfs)" "$(readlink -f "$T/c/rootfs")"
}

@test "--config is read instead of the bundle's config.json, relative to the working directory" {
	bundle c
	mv "$T/c/config.json" "$D/other.json"
	cd "$D"
	rt create --bundle "$T/c" --config other.json c </dev/null >"$D/out" 2>&1
	status_is c created
}

@test "what changes in the bundle after create has no effect" {
	bundle c '.process.args = ["touch", "/first"]'
	create c
	config c '.process.args = ["touch", "/second"]'
	rt start c
	eventually test -e "$T/c/rootfs/first"
	[ ! -e "$T/c/rootfs/second" ]
}

@test "an id that is in use is refused, and the container that has it stays as it was" {
	bundle c
	launch c
	pid=$(pid_of c)
	fails 1 rt create --bundle "$T/c" c
	has "$errors" "container with given ID already exists"
	is "$(pid_of c)" "$pid"
	status_is c running
}

@test "of two creates of one id at once exactly one succeeds" {
	bundle c
	for i in 1 2 3 4; do
		(rt create --bundle "$T/c" c </dev/null >"$D/out.$i" 2>&1 && echo won >>"$D/won") 3>&- &
	done
	wait
	is "$(wc -l <"$D/won")" 1
	status_is c created
}

@test "ids are letters, digits and _+-. and nothing else" {
	bundle c
	local id
	for id in '' . .. a/b ../x 'a b' $'a\nb' 'é' 'a@b' '@seccomp' "$(printf 'a%.0s' {1..1025})"; do
		fails 1 rt create --bundle "$T/c" "$id"
		matches "$errors" "container (ID|id)"
	done
	[ ! -e "$ROOT/x" ]
	for id in A_b+c-d.9 -- -x; do
		[ "$id" != -- ] || continue
		rt create --bundle "$T/c" -- "$id" </dev/null >"$D/out" 2>&1
		rt delete -- "$id"
	done
}

@test "a bundle without a config, and a config that is no JSON, are named" {
	mkdir "$T/none"
	fails 1 rt create --bundle "$T/none" c
	has "$errors" "config.json: no such file in bundle $T/none"
	printf '{' >"$T/none/config.json"
	fails 1 rt create --bundle "$T/none" c
	has "$errors" "config.json"
	fails 1 rt create --bundle "$T/not-there" c
	has "$errors" "$T/not-there"
	is "$(leaked_files)" ""
}

@test "a program that does not exist fails the create and leaves nothing" {
	bundle c '.process.args = ["/no/such/program"]'
	fails 1 rt create --bundle "$T/c" c
	matches "$errors" "(executable file not found|no such file or directory|No such file or directory)"
	has_no_leak
}

@test "a mount that fails leaves nothing" {
	bundle c '.mounts += [{ destination: "/data", type: "bind", source: "/no/such/source", options: ["bind"] }]'
	fails 1 rt create --bundle "$T/c" c
	has "$errors" "/no/such/source"
	eventually has_no_leak
}

@test "--preserve-fds passes descriptors 3 and up, and no others" {
	bundle c
	config c '.process.args = ["sh", "-c", "readlink /proc/self/fd/3 /proc/self/fd/4; cat <&3; ls /proc/self/fd | tr \"\\n\" \" \""]'
	echo from-three >"$D/three"
	rt run --bundle "$T/c" --preserve-fds 2 c 3<"$D/three" 4</dev/null 5</etc/passwd >"$D/out"
	has "$(cat "$D/out")" from-three
	# ls itself opens one more.
	matches "$(tail -1 "$D/out")" '^0 1 2 3 4 [0-9]+ $'
}

@test "--preserve-fds of a descriptor that is not open is refused" {
	bundle c
	fails 1 rt create --bundle "$T/c" --preserve-fds 3 c 3</dev/null 4>&- 5>&-
	has "$errors" "descriptor 4"
	has_no_leak
}

@test "sockets of a service manager reach the program with LISTEN_FDS" {
	bundle c '.process.args = ["sh", "-c", "echo $LISTEN_FDS $LISTEN_PID; cat <&3"]'
	echo content >"$D/three"
	LISTEN_FDS=1 rt run --bundle "$T/c" c 3<"$D/three" >"$D/out"
	is "$(cat "$D/out")" $'1 1\ncontent'
	# Those that are for another process are not handed on.
	config c '.process.args = ["sh", "-c", "echo -$LISTEN_FDS; test -e /proc/self/fd/4 || echo none"]'
	is "$(LISTEN_FDS=2 LISTEN_PID=1 rt run --bundle "$T/c" c 3<"$D/three" 4<"$D/three")" $'-\nnone'
}

@test "the log is JSON when asked for, and its last line is the error" {
	bundle c '.process.args = ["/no/such/program"]'
	fails 1 rt --log "$D/log" --log-format json create --bundle "$T/c" c
	last=$(tail -1 "$D/log")
	is "$(jq -r .level <<<"$last")" error
	has "$(jq -r .msg <<<"$last")" /no/such/program
	matches "$(jq -r .time <<<"$last")" '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$'
	is "$(jq -r 'keys_unsorted | join(" ")' <<<"$last")" "level msg time"
}

@test "a relative --log is relative to where the caller is, not to the bundle" {
	bundle c '.process.args = ["/no/such/program"]'
	cd "$D"
	fails 1 rt --log log --log-format json create --bundle "$T/c" c
	is "$(tail -1 "$D/log" | jq -r .level)" error
	[ ! -e "$T/c/log" ]
}
