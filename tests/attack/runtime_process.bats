# Families A and B of the list of attacks against hoy-runtime: what of the runtime and of the host a program can reach while it is
# born or joined by another: executables, descriptors, working directory, arguments; and who it is then.
NEEDS_PROBE=1
load runtime

sees_host() { grep -qwE 'boot|lost\+found|canary' <<<"$1"; }
refute_host() { ! sees_host "$1" || { printf 'the host is seen: %s\n' "$1" && return 1; }; }

@test "A1 CVE-2019-5736: a program that is /proc/self/exe runs no binary of ours and can overwrite none" {
	local before
	before=$(sha256sum "$BUILD"/hoy*)
	bundle evil
	printf '#!/proc/self/exe\n' >"$T/evil/rootfs/bin/evil"
	chmod 755 "$T/evil/rootfs/bin/evil"
	config evil '.process.args = ["/bin/evil"]'
	fails 1 rt run --bundle "$T/evil" evil
	bundle vic '.process.args = ["sh", "-c", "while :; do for p in /proc/[0-9]*; do [ $p = /proc/1 ] || { exec 3<$p/exe; (echo x >/proc/self/fd/3); }; done 2>/dev/null; done"]'
	cp "$T/evil/rootfs/bin/evil" "$T/vic/rootfs/bin/evil"
	launch vic
	local i
	for i in $(seq 20); do
		rt exec vic true || true
		run rt exec vic /bin/evil
		[ "$status" != 0 ]
	done
	is "$(sha256sum "$BUILD"/hoy*)" "$before"
}

@test "A1 CVE-2019-5736: while exec starts, no file of the host is what a process inside executes" {
	bundle vic '.process.capabilities |= map_values(. + ["CAP_SYS_PTRACE"]) | .process.args = ["sh", "-c",
		"while :; do for p in /proc/[0-9]*; do [ $p = /proc/1 ] || readlink $p/exe; done 2>/dev/null; done >>/tmp/seen"]'
	launch vic
	local i
	for i in $(seq 30); do rt exec vic true; done
	is "$(grep hoy "$T/vic/rootfs/tmp/seen" | grep -v memfd: || true)" ""
}

@test "A2 CVE-2016-9962: no descriptor of the host is to be seen in a process that enters, with CAP_SYS_PTRACE either" {
	bundle vic '.process.args = ["probe", "watch", "100"] | .process.capabilities |= map_values(. + ["CAP_SYS_PTRACE"])'
	launch vic 7</etc 8</
	eventually grep -q watching "$T/vic/output"
	local i
	for i in $(seq 40); do rt exec vic true 7</etc 8</; done </dev/null >/dev/null 2>&1
	rt kill vic KILL
	eventually status_is vic stopped
	is "$(grep -v -e watching -e '-> /proc' -e '-> /dev' -e 'memfd:' -e 'socket:' -e 'anon_inode' "$T/vic/output" || true)" ""
	hasnt "$(cat "$T/vic/output")" writable
}

@test "A2: a process that enters a user namespace whose root watches it cannot be traced" {
	bundle vic '.linux.namespaces += [{ type: "user" }] | .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = .linux.uidMappings | .process.args = ["probe", "watch", "100"]
		| .process.capabilities |= map_values(. + ["CAP_SYS_PTRACE", "CAP_SYS_ADMIN"])'
	chown -R 100000:100000 "$T/vic/rootfs"
	chmod 755 "$T" "$T/vic"
	launch vic
	eventually grep -q watching "$T/vic/output"
	local i
	for i in $(seq 20); do rt exec vic true 7</etc 8</; done </dev/null >/dev/null 2>&1
	rt kill vic KILL
	eventually status_is vic stopped
	is "$(grep -v -e watching -e '-> /proc' -e '-> /dev' -e 'memfd:' -e 'socket:' -e 'anon_inode' "$T/vic/output" || true)" ""
	hasnt "$(cat "$T/vic/output")" writable
}

@test "A2: the root of a process that enters is never the host's, for who may trace it" {
	bundle vic --arg c "$CANARY" '.process.capabilities |= map_values(. + ["CAP_SYS_PTRACE"]) | .process.args = ["sh", "-c",
		"echo watching; while :; do for p in /proc/[0-9]*; do [ -e $p/root\($c)/secret ] && echo escaped; done 2>/dev/null; done"]'
	launch vic
	eventually grep -q watching "$T/vic/output"
	local i
	for i in $(seq 60); do rt exec vic true; done
	hasnt "$(cat "$T/vic/output")" escaped
}

@test "A3 CVE-2024-21626: a working directory of /proc/self/fd/N reaches nothing of the host, in run and exec" {
	local n
	bundle c '.process.args = ["ls", "../../../../../.."]'
	for n in $(seq 3 20); do
		config c --arg d "/proc/self/fd/$n" '.process.cwd = $d'
		run rt run --bundle "$T/c" c 7</etc 8</ 9<"$CANARY"
		refute_host "$output"
		[ ! -d "$ROOT/c" ] || rt delete --force c
	done
	bundle vic
	launch vic
	for n in $(seq 3 20); do
		run rt exec --cwd "/proc/self/fd/$n" vic ls ../../../../../.. 7</etc 8</ 9<"$CANARY"
		refute_host "$output"
	done
	canary_is_untouched
}

@test "A3: descriptors of the caller reach neither the program nor its working directory, but those that are preserved" {
	bundle c '.process.args = ["sh", "-c", "ls /proc/self/fd | tr \"\\n\" \" \"; ls /proc/1/cwd/ | head -n 1"]'
	is "$(rt run --bundle "$T/c" c 5</etc 7</ 19<"$CANARY" | head -n 1 | cut -d' ' -f1-3)" "0 1 2"
	config c '.process.args = ["sh", "-c", "readlink /proc/self/fd/5 /proc/self/fd/7 /proc/self/fd/19; true"]'
	is "$(rt run --bundle "$T/c" c 5</etc 7</ 19<"$CANARY")" ""
}

@test "A4 CVE-2024-21626b: /proc/self/fd/N as the command runs nothing of the host" {
	local n
	bundle c
	for n in $(seq 3 15); do
		config c --arg d "/proc/self/fd/$n" '.process.args = [$d]'
		run rt run --bundle "$T/c" c 7</bin/true 8</bin/true 9<"$RT"
		[ "$status" != 0 ]
		[ ! -d "$ROOT/c" ] || rt delete --force c
	done
	bundle vic
	launch vic
	for n in $(seq 3 15); do
		run rt exec vic "/proc/self/fd/$n" 7</bin/true 8</bin/true
		[ "$status" != 0 ]
	done
}

@test "the program's arguments, environment and memory hold nothing of the runtime's" {
	bundle c '.process.args = ["sh", "-c", "tr \"\\0\" \" \" </proc/self/environ; cat /proc/1/cmdline | tr \"\\0\" \" \"; readlink /proc/1/exe; grep -c memfd /proc/1/maps"]'
	local seen
	seen=$(SECRET_OF_CALLER=1 rt run --bundle "$T/c" c || true)
	hasnt "$seen" SECRET_OF_CALLER
	hasnt "$seen" hoy
	has "$seen" /bin/busybox
}

@test "B25 CVE-2022-29162: the inheritable and ambient sets are empty in run and exec" {
	bundle c
	launch c
	is "$(grep -E '^Cap(Inh|Amb)' "/proc/$(pid_of c)/status" | awk '{ print $2 }' | sort -u)" 0000000000000000
	is "$(rt exec c grep -E '^Cap(Inh|Amb)' /proc/self/status | awk '{ print $2 }' | sort -u)" 0000000000000000
	is "$(rt exec --cap CAP_KILL c grep -E '^CapInh' /proc/self/status | awk '{ print $2 }')" 0000000000000000
}

@test "B26 CVE-2016-8867: a user other than root has no effective capability" {
	bundle c '.process.user = { uid: 1000, gid: 1000 }'
	launch c
	is "$(grep -E '^Cap(Eff|Prm)' "/proc/$(pid_of c)/status" | awk '{ print $2 }' | sort -u)" 0000000000000000
	is "$(rt exec --user 1000 c grep -E '^CapEff' /proc/self/status | awk '{ print $2 }')" 0000000000000000
}

@test "B27 CVE-2022-36109: groups of whoever starts a container do not come along, in run and exec" {
	bundle c '.process.user = { uid: 1000, gid: 1000 } | .process.args = ["id", "-G"]'
	is "$(setpriv --groups 4,27 "$RT" --root "$ROOT" run --bundle "$T/c" c)" 1000
	bundle vic
	launch vic
	is "$(setpriv --groups 4,27 "$RT" --root "$ROOT" exec --user 1000:1000 vic id -G)" 1000
}

@test "B28 CVE-2024-40635: no number becomes another user than it says" {
	bundle c
	launch c
	local user
	for user in 2147483648 4294967295 4294967296 18446744073709551616 -1; do
		fails 1 rt exec --user="$user" c id -u
		fails 1 rt exec --user="0:$user" c id -u
	done
	for user in 2147483648 4294967295 4294967296; do
		bundle "u$user" --argjson u "$user" '.process.user.uid = $u | .process.args = ["id", "-u"]'
		fails 1 rt run --bundle "$T/u$user" "u$user"
		hasnt "$output" 0
	done
}

@test "B29 CVE-2026-30892: a user of exec is a whole number or refused" {
	bundle c
	launch c
	local user
	for user in 1abc 1:2x 0x0 " 1" "+1" $'1\n' 1: :1; do
		fails 1 rt exec --user="$user" c id -u
	done
	is "$(rt exec --user 33:34 c sh -c 'id -u; id -g' | tr '\n' ' ')" "33 34 "
}

@test "B35 CVE-2019-10063: high bits of an argument pass no filter" {
	bundle c '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["ioctl"], action: "SCMP_ACT_ERRNO", errnoRet: 1,
		args: [{ index: 1, value: 21522, op: "SCMP_CMP_EQ" }] }] }'
	is "$(runs c probe tiocsti || true)" EPERM
	rt delete --force c 2>/dev/null || true
	is "$(runs c probe tiocsti high || true)" EPERM
}

@test "a container that is born where others live shows their root nothing of its making" {
	bundle one '.process.args = ["probe", "watch", "100"]'
	launch one
	eventually grep -q watching "$T/one/output"
	bundle two --arg p "/proc/$(pid_of one)/ns/pid" '.linux.namespaces |= map(if .type == "pid" then . + { path: $p } else . end) | .process.args = ["true"]'
	local i
	for i in $(seq 5); do rt run --bundle "$T/two" "two$i" 7</etc 8</; done </dev/null >/dev/null 2>&1
	rt kill one KILL
	eventually status_is one stopped
	hasnt "$(cat "$T/one/output")" writable
	is "$(grep -e '-> /etc' -e "$T" -e canary "$T/one/output" || true)" ""
}
