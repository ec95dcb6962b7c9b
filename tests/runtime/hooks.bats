# The six kinds of hooks: at which moment each runs, where, with what, and what follows when it fails.
load helper

# A hook that notes who called it, the state that it read, and what it can see.
hook() { # KIND, id, more shell...
	local file=$D/$1.sh
	cat >"$file" <<-SH
	#!/bin/sh
	state=\$(cat)
	{
		echo "kind $1"
		echo "state \$state"
		echo "args \$*"
		echo "env \$(env | sort | grep -v -e ^PWD= -e ^SHLVL= -e ^_= | tr '\n' ' ')"
		echo "fds \$(ls /proc/self/fd | tr '\n' ' ')"
		$3
	} >>$D/notes
	SH
	chmod 755 "$file"
	config "$2" --arg kind "$1" --arg file "$file" \
		'.hooks[$kind] += [{ path: $file, args: ["hook", "one two"], env: ["A=1", "PATH=/usr/bin:/bin"] }]'
}
note_of() { sed -n "/^kind $1\$/,/^kind /p" "$D/notes"; }
state_of() { note_of "$1" | sed -n 's/^state //p'; }

@test "every kind runs once, in the order of the specification, with its state" {
	bundle c '.process.args = ["sh", "-c", "echo program >>/notes; sleep 1000"]'
	local kind
	for kind in prestart createRuntime createContainer poststart poststop; do hook $kind c; done
	# Inside, the path is one of the image.
	cat >"$T/c/rootfs/inside" <<-'SH'
	#!/bin/sh
	{ echo "kind startContainer"; echo "state $(cat)"; pwd; } >>/notes
	SH
	chmod 755 "$T/c/rootfs/inside"
	config c '.hooks.startContainer = [{ path: "/inside" }] | .annotations = { "a.b": "\"quoted\"" }'
	create c
	is "$(grep ^kind "$D/notes" | tr '\n' ' ')" "kind prestart kind createRuntime kind createContainer "
	local pid
	pid=$(pid_of c)
	[ ! -e "$T/c/rootfs/notes" ]
	rt start c
	eventually grep -q program "$T/c/rootfs/notes"
	is "$(tail -n 1 "$D/notes" >/dev/null; grep ^kind "$D/notes" | tail -n 1)" "kind poststart"
	is "$(head -n 1 "$T/c/rootfs/notes")" "kind startContainer"
	is "$(tail -n 2 "$T/c/rootfs/notes" | tr '\n' ' ')" "/ program "
	rt delete --force c
	is "$(grep ^kind "$D/notes" | tail -n 1)" "kind poststop"
	is "$(grep -c ^kind "$D/notes")" 5

	for kind in prestart createRuntime createContainer; do
		is "$(state_of $kind | jq -c '[.id, .status, .pid, .bundle, .annotations["a.b"]]')" \
			"[\"c\",\"creating\",$pid,\"$T/c\",\"\\\"quoted\\\"\"]"
	done
	is "$(sed -n 's/^state //p' "$T/c/rootfs/notes" | jq -c '[.status, .pid]')" "[\"created\",$pid]"
	is "$(state_of poststart | jq -c '[.status, .pid]')" "[\"running\",$pid]"
	is "$(state_of poststop | jq -c '[.id, .status]')" '["c","stopped"]'
}

@test "arguments and environment are exactly those of the hook, and no descriptor leaks into it" {
	bundle c '.process.args = ["true"]'
	local kind
	for kind in prestart createRuntime createContainer poststart poststop; do hook $kind c; done
	exec 17</etc 18<"$D"
	create c --preserve-fds 0
	rt start c
	eventually status_is c stopped
	rt delete c
	exec 17<&- 18<&-
	for kind in prestart createRuntime createContainer poststart poststop; do
		has "$(note_of $kind)" "args one two"
		has "$(note_of $kind)" "env A=1 PATH=/usr/bin:/bin "
		matches "$(note_of $kind)" "fds 0 1 2 [0-9]+ "
	done
}

@test "a hook without an environment has the runtime's, and none inside of the container" {
	bundle c '.process.args = ["true"]
		| .hooks = ([("createRuntime", "poststart", "poststop", "createContainer")
			| { (.): [{ path: "/bin/sh", args: ["sh", "-c", "echo \(.)-$MARK >>\($d)/marks"] }] }] | add)' --arg d "$D"
	MARK=seen rt run -b "$T/c" c
	is "$(sort "$D/marks")" "$(printf '%s\n' createContainer- createRuntime-seen poststart-seen poststop-seen)"
}

@test "createRuntime runs in the runtime's namespaces, createContainer in the container's, both before the pivot" {
	bundle c '.process.args = ["true"]'
	local see="readlink /proc/self/ns/net /proc/self/ns/mnt; test -e $D && echo host"
	hook createRuntime c "$see"
	hook createContainer c "$see; grep -c $T/c/rootfs/dev /proc/self/mountinfo"
	create c
	has "$(note_of createRuntime)" "$(readlink /proc/self/ns/net)"
	has "$(note_of createRuntime)" "$(readlink /proc/self/ns/mnt)"
	has "$(note_of createRuntime)" host
	has "$(note_of createContainer)" "$(readlink "/proc/$(pid_of c)/ns/net")"
	has "$(note_of createContainer)" "$(readlink "/proc/$(pid_of c)/ns/mnt")"
	has "$(note_of createContainer)" host
}

@test "what createRuntime does to the network namespace of the state's pid, the program sees" {
	bundle c '.process.args = ["ip", "link"]'
	cat >"$D/add" <<-'SH'
	#!/bin/sh
	pid=$(jq .pid)
	nsenter -t "$pid" -n ip link add hook0 type veth peer name hook1
	SH
	chmod 755 "$D/add"
	config c --arg f "$D/add" '.hooks.createRuntime = [{ path: $f, env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"] }]'
	has "$(rt run --bundle "$T/c" c)" "hook0"
}

@test "what a hook prints does not reach the container's output, and is told when the hook fails" {
	bundle c '.process.args = ["echo", "program"]'
	printf '#!/bin/sh\necho noise; echo more >&2\n' >"$D/noisy"
	printf '#!/bin/sh\necho noise; echo the reason >&2; exit 3\n' >"$D/failing"
	chmod 755 "$D/noisy" "$D/failing"
	config c --arg f "$D/noisy" '.hooks.createRuntime = [{ path: $f }] | .hooks.createContainer = [{ path: $f }]'
	is "$(rt run --bundle "$T/c" c 2>&1)" program
	config c --arg f "$D/failing" '.hooks.createContainer = [{ path: $f }]'
	fails 1 rt run --bundle "$T/c" c
	is "$output" ""
	has "$errors" "createContainer hook $D/failing exited with 3"
	has "$errors" "the reason"
}

@test "a failing hook of the creation leaves no container, after the poststop hooks" {
	local kind
	for kind in prestart createRuntime createContainer; do
		bundle "$kind"
		hook "$kind" "$kind" "exit 7"
		hook poststop "$kind"
		: >"$D/notes"
		fails 1 rt create --bundle "$T/$kind" "$kind"
		has "$errors" "$kind hook"
		has "$errors" "exited with 7"
		fails 1 rt state "$kind"
		is "$(grep ^kind "$D/notes" | tail -n 1)" "kind poststop"
		rm -r "${T:?}/$kind"
	done
}

@test "a failing startContainer hook fails the start" {
	bundle c
	printf '#!/bin/sh\nexit 4\n' >"$T/c/rootfs/inside"
	chmod 755 "$T/c/rootfs/inside"
	config c '.hooks.startContainer = [{ path: "/inside" }]'
	create c
	fails 1 rt start c
	has "$errors" "startContainer hook /inside exited with 4"
	eventually status_is c stopped
}

@test "a failing poststart hook ends the container, and the next one does not run" {
	bundle c '.process.args = ["sleep", "1000"]'
	hook poststart c "exit 5"
	config c --arg d "$D" '.hooks.poststart += [{ path: "/usr/bin/touch", args: ["touch", $d + "/after-start"] }]'
	create c
	fails 1 rt start c
	has "$errors" "poststart hook"
	has "$errors" "exited with 5"
	status_is c stopped
	rt delete c
	for how in "" --detach; do
		fails 1 rt run $how -b "$T/c" c </dev/null
		has "$errors" "exited with 5"
		fails 1 rt state c
	done
	[ ! -e "$D/after-start" ]
}

@test "a createContainer hook begins in the root of the container" {
	bundle c '.process.args = ["cat", "/made"] | .hooks.createContainer = [{ path: "/bin/sh", args: ["sh", "-c", "echo here >made"] }]'
	is "$(rt run -b "$T/c" c)" here
	is "$(rt run --no-pivot -b "$T/c" c)" here
}

@test "a failing poststop hook is a warning, and the next one still runs" {
	bundle c
	hook poststop c "exit 6"
	config c --arg d "$D" '.hooks.poststop += [{ path: "/usr/bin/touch", args: ["touch", $d + "/after-stop"] }]'
	launch c
	has "$(rt delete --force c 2>&1)" "exited with 6"
	[ -e "$D/after-stop" ]
	fails 1 rt state c
}

@test "a hook that outlives its timeout is killed with its children, and the creation fails" {
	bundle c
	printf '#!/bin/sh\nsleep 1000 & echo $! >%s/child\nwait\n' "$D" >"$D/slow"
	chmod 755 "$D/slow"
	config c --arg f "$D/slow" '.hooks.createRuntime = [{ path: $f, timeout: 1 }]'
	fails 1 rt create --bundle "$T/c" c
	has "$errors" "ran longer than 1 s and was killed"
	eventually is_gone "$(cat "$D/child")"
}

@test "a hook that does not exist is named with the reason" {
	bundle c '.hooks.createRuntime = [{ path: "/no/such/hook" }]'
	fails 1 rt create --bundle "$T/c" c
	has "$errors" "createRuntime hook /no/such/hook: No such file or directory"
}

@test "run.oci.hooks.stdout and stderr name the files that hooks of every kind append to" {
	bundle c '.process.args = ["true"]'
	printf '#!/bin/sh\necho "out $1"; echo "err $1" >&2\n' >"$D/noisy"
	cp "$D/noisy" "$T/c/rootfs/noisy"
	chmod 755 "$D/noisy" "$T/c/rootfs/noisy"
	echo before >"$D/out"
	config c --arg f "$D/noisy" --arg d "$D" '.annotations = { "run.oci.hooks.stdout": ($d + "/out"), "run.oci.hooks.stderr": ($d + "/err") }
		| .hooks = ({ createRuntime: $f, createContainer: $f, startContainer: "/noisy", poststart: $f, poststop: $f }
			| with_entries({ key, value: [{ path: .value, args: ["noisy", .key] }] }))'
	launch c
	eventually status_is c stopped
	rt delete c
	is "$(tr '\n' ' ' <"$D/out")" "before out createRuntime out createContainer out startContainer out poststart out poststop "
	is "$(wc -l <"$D/err")" 5
}
