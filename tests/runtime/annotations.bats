# crun's annotations that change what is started: obeyed as its manual says, or refused by name.
load helper

@test "hooks of every kind append what they print to run.oci.hooks.stdout and stderr" {
	bundle c --arg out "$D/out" --arg err "$D/err" '
		def print($kind): [{ path: "/bin/busybox", args: ["sh", "-c", "echo out \($kind); echo err \($kind) >&2"] }];
		.hooks = (["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]
			| map({ key: ., value: print(.) }) | from_entries)
		| .annotations = { "run.oci.hooks.stdout": $out, "run.oci.hooks.stderr": $err }'
	echo before >"$D/out"
	runs c true
	is "$(sort "$D/out" | tr '\n' ' ')" "before out createContainer out createRuntime out poststart out poststop out prestart out startContainer "
	is "$(sort "$D/err" | tr '\n' ' ')" "err createContainer err createRuntime err poststart err poststop err prestart err startContainer "
	is "$(stat -c %a "$D/err")" 600
}

@test "a hook's output file is not open in the program" {
	bundle c --arg out "$D/out" '
		.hooks.startContainer = [{ path: "/bin/busybox", args: ["true"] }] | .annotations = { "run.oci.hooks.stdout": $out }'
	runs c sh -c 'ls -l /proc/self/fd' >"$D/fds"
	! grep -F "$D/out" "$D/fds"
}

@test "a file for hooks that cannot be opened fails the creation, and is named" {
	bundle c '.hooks.prestart = [{ path: "/bin/busybox", args: ["true"] }]
		| .annotations = { "run.oci.hooks.stderr": "/nosuch/file" }'
	run create c
	[ "$status" = 1 ]
	[[ $output == *"open /nosuch/file for hooks: No such file or directory"* ]]
	[ ! -e "$ROOT/c" ]
}

@test "run.oci.keep_original_groups leaves the caller's groups to the program" {
	bundle c
	config c '.process.args = ["id", "-G"]'
	is "$(setpriv --groups=4,27 -- "$RT" --root "$ROOT" run --bundle "$T/c" c </dev/null)" 0
	config c '.annotations = { "run.oci.keep_original_groups": "1" }'
	is "$(setpriv --groups=4,27 -- "$RT" --root "$ROOT" run --bundle "$T/c" c </dev/null)" "0 4 27"
}

@test "run.oci.timens_offset moves the clocks of a new time namespace" {
	bundle c '.linux.namespaces += [{ type: "time" }] | .annotations = { "run.oci.timens_offset": "boottime 100000000 0" }'
	runs c cut -d. -f1 /proc/uptime >"$D/uptime"
	[ "$(cat "$D/uptime")" -ge 100000000 ]
}

@test "run.oci.seccomp_fail_unknown_syscall refuses what is otherwise skipped" {
	bundle c '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["not_a_call"], action: "SCMP_ACT_ERRNO" }] }'
	runs c true
	config c '.annotations = { "run.oci.seccomp_fail_unknown_syscall": "1" }'
	run runs c true
	[ "$status" = 1 ]
	[[ $output == *'unknown system call \"not_a_call\"'* ]]
}

@test "what cannot be done is refused by name, and leaves nothing" {
	local annotation
	for annotation in handler=krun seccomp.plugins=/p.so seccomp_bpf_data=AAAA systemd.force_cgroup_v1=/sys/fs/cgroup \
		systemd.subgroup=x delegate-cgroup=x; do
		bundle "${annotation%%=*}" --arg key "run.oci.${annotation%%=*}" --arg value "${annotation#*=}" \
			'.annotations = { ($key): $value }'
		run create "${annotation%%=*}"
		[ "$status" = 1 ]
		[[ $output == *"annotations.run.oci.${annotation%%=*}: "* ]]
		[ ! -e "$ROOT/${annotation%%=*}" ]
	done
}

@test "an annotation of tomorrow is a warning, and the empty subgroup is none" {
	bundle c '.annotations = { "run.oci.tomorrow": "1", "run.oci.systemd.subgroup": "", "a.b": "c" }'
	runs c true 2>"$D/log"
	is "$(grep -c . "$D/log")" 1
	grep -q 'level=warning msg="annotations.run.oci.tomorrow: ignored, not known here"' "$D/log"
}
