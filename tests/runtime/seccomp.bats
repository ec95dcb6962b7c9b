# System call filters: actions, operators, flags, architectures, and the agent that answers held calls.
load helper

# The filter of bundle ID: a default action and rules, as jq.
filter() { config "$1" ".process.noNewPrivileges = ${3:-true} | .linux.seccomp = $2"; }
# A program that makes system call NUMBER with ARGUMENTS and prints its result or errno; or ends by what the filter does.
call() { # ID, number, arguments...
	local id=$1
	shift
	cp "$TREE/build/tools/syscall" "$T/$id/rootfs/bin/syscall"
	runs "$id" /bin/syscall "$@"
}
setup_file() {
	rootfs_make "$BATS_FILE_TMPDIR/rootfs"
	[ -x "$TREE/build/tools/syscall" ] || make -C "$TREE" -s tools
}
SYS_mkdir=83 SYS_getpgid=121 SYS_personality=135

@test "every action does what it says" {
	bundle c
	filter c '{ defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["getpgid"], action: "SCMP_ACT_ERRNO", errnoRet: 99 }] }'
	is "$(call c $SYS_getpgid 0)" "errno 99"
	filter c '{ defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["getpgid"], action: "SCMP_ACT_ERRNO" }] }'
	is "$(call c $SYS_getpgid 0)" "errno 1"
	local action
	for action in SCMP_ACT_KILL SCMP_ACT_KILL_THREAD SCMP_ACT_KILL_PROCESS SCMP_ACT_TRAP; do
		filter c "{ defaultAction: \"SCMP_ACT_ALLOW\", syscalls: [{ names: [\"getpgid\"], action: \"$action\" }] }"
		fails 159 call c $SYS_getpgid 0 # 128 + SIGSYS
	done
	# Without a tracer a traced call is not there.
	filter c '{ defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["getpgid"], action: "SCMP_ACT_TRACE", errnoRet: 5 }] }'
	is "$(call c $SYS_getpgid 0)" "errno 38"
	filter c '{ defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["getpgid"], action: "SCMP_ACT_LOG" }] }'
	matches "$(call c $SYS_getpgid 0)" "^result"
}

@test "every operator compares as it should" {
	bundle c
	local line op value two argument want
	while read -r op value two argument want; do
		filter c "{ defaultAction: \"SCMP_ACT_ALLOW\", syscalls: [{ names: [\"getpgid\"], action: \"SCMP_ACT_ERRNO\", errnoRet: 77,
			args: [{ index: 1, value: $value, valueTwo: $two, op: \"SCMP_CMP_$op\" }] }] }"
		line=$(call c $SYS_getpgid 0 "$argument")
		[ "${line% *}" = "$want" ] || { echo "$op $value $two, $argument: $line" && return 1; }
	done <<-CASES
	EQ 5 0 5 errno
	EQ 5 0 6 result
	NE 5 0 5 result
	NE 5 0 6 errno
	LT 5 0 4 errno
	LT 5 0 5 result
	LE 5 0 5 errno
	LE 5 0 6 result
	GE 5 0 5 errno
	GE 5 0 4 result
	GT 5 0 6 errno
	GT 5 0 5 result
	MASKED_EQ 12 4 6 errno
	MASKED_EQ 12 4 14 result
	CASES
}

@test "what the profile cannot know does not exist, what it can is refused as it says" {
	bundle c
	filter c '{ defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1, architectures: ["SCMP_ARCH_X86_64"], syscalls: [{ names: ["execve", "write",
		"exit_group", "brk", "arch_prctl", "set_tid_address", "mprotect", "mmap", "munmap", "readlink", "prlimit64", "getrandom", "rseq",
		"set_robust_list", "newfstatat", "fstat", "uname", "capset"], action: "SCMP_ACT_ALLOW" }] }'
	is "$(call c $SYS_getpgid 0)" "errno 1"
	is "$(call c 700 0)" "errno 38"
}

@test "a filter that allows nothing of what init needs still lets the program start, with no_new_privs or without" {
	bundle c
	local nnp
	for nnp in true false; do
		filter c '{ defaultAction: "SCMP_ACT_ERRNO", syscalls: [{ names: ["execve", "capset", "write", "exit_group", "brk", "arch_prctl",
			"set_tid_address", "mprotect", "readlink", "prlimit64", "getrandom"], action: "SCMP_ACT_ALLOW" }] }' $nnp
		is "$(call c $SYS_getpgid 0)" "errno 1"
	done
}

@test "a startContainer hook, which is a program of the image, is under the filter too" {
	for privileges in true false; do
		bundle c '.process.noNewPrivileges = $n | .process.args = ["echo", "ran"] | .hooks.startContainer = [{ path: "/bin/mkdir", args: ["mkdir", "/tmp/made"] }]
			| .linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 100 }] }' --argjson n $privileges
		fails 1 rt run -b "$T/c" c
		has "$errors" "startContainer hook /bin/mkdir"
		has "$errors" "Network is down"
		config c '.hooks.startContainer[0] = { path: "/bin/true" }'
		is "$(rt run -b "$T/c" c)" ran
		rm -r "$T/c"
	done
}

@test "calls of 32-bit programs pass the same filter, and another machine's are deadly" {
	matches "$("$TREE/build/tools/syscall" --32 132 0)" ^result || skip "this kernel runs no 32-bit programs"
	bundle c
	filter c '{ defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
		syscalls: [{ names: ["getpgid"], action: "SCMP_ACT_ERRNO", errnoRet: 66 }] }'
	is "$(call c --32 132 0)" "errno 66"
	filter c '{ defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64"],
		syscalls: [{ names: ["getpgid"], action: "SCMP_ACT_ERRNO", errnoRet: 66 }] }'
	fails 159 call c --32 132 0
}

@test "unknown words are refused by name, unknown system calls are skipped" {
	bundle c
	filter c '{ defaultAction: "SCMP_ACT_NOTHING" }'
	fails 1 rt create --bundle "$T/c" c
	has "$errors" SCMP_ACT_NOTHING
	filter c '{ defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_PDP11"] }'
	fails 1 rt create --bundle "$T/c" c
	has "$errors" SCMP_ARCH_PDP11
	filter c '{ defaultAction: "SCMP_ACT_ALLOW", flags: ["SECCOMP_FILTER_FLAG_WRONG"] }'
	fails 1 rt create --bundle "$T/c" c
	has "$errors" SECCOMP_FILTER_FLAG_WRONG
	filter c '{ defaultAction: "SCMP_ACT_ALLOW", flags: ["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
		"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"], syscalls: [{ names: ["no_such_call", "getpgid"], action: "SCMP_ACT_ERRNO" }] }'
	is "$(call c $SYS_getpgid 0)" "errno 1"
}

# Takes one listener, keeps what came with it in $D/message, and answers each mkdir with errno 122, everything else by letting it go on.
agent_start() {
	python3 "$TREE/tests/runtime/agent.py" "$D/agent" "$D/message" </dev/null >"$D/agent.log" 2>&1 3>&- &
	agent=$!
	eventually test -S "$D/agent"
}
teardown() {
	[ -z "${agent:-}" ] || kill "$agent" 2>/dev/null || true
	instance_remove
}
notify() { # ID, names as a JSON array
	filter "$1" "{ defaultAction: \"SCMP_ACT_ALLOW\", listenerPath: \"$D/agent\", listenerMetadata: \"some data\",
		syscalls: [{ names: $2, action: \"SCMP_ACT_NOTIFY\" }] }"
}

@test "an agent gets the listener with the state of the process, and answers for the program" {
	agent_start
	bundle c
	notify c '["mkdir", "mkdirat"]'
	config c '.process.args = ["sh", "-c", "mkdir /x; echo $?; sleep 1000"]'
	launch c
	eventually grep -q 1 "$T/c/output"
	[ ! -d "$T/c/rootfs/x" ]
	eventually test -s "$D/message"
	is "$(jq -c '[.fds, .pid, .metadata, .state.id, .state.status, .state.pid, .state.bundle]' "$D/message")" \
		"[[\"seccompFd\"],$(pid_of c),\"some data\",\"c\",\"creating\",$(pid_of c),\"$T/c\"]"
}

@test "the calls that hand out a listener may be held themselves, but write" {
	agent_start
	bundle c
	notify c '["sendmsg", "sendto", "close", "read", "capset", "execve", "mkdir", "mkdirat"]'
	config c '.process.args = ["sh", "-c", "mkdir /x; echo $?"]'
	is "$(rt run --bundle "$T/c" c 2>/dev/null)" 1
	notify c '["write"]'
	fails 1 rt create --bundle "$T/c" c
	has "$errors" "cannot be used for the system call write"
}

@test "an agent that is not there fails the creation by name" {
	bundle c
	notify c '["mkdir"]'
	fails 1 rt create --bundle "$T/c" c
	has "$errors" "seccomp agent at $D/agent"
	config c 'del(.linux.seccomp.listenerPath, .linux.seccomp.listenerMetadata)'
	fails 1 rt create --bundle "$T/c" c
	has "$errors" listenerPath
}

@test "the cache is used, and not when others could have written it" {
	bundle c
	filter c '{ defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["getpgid"], action: "SCMP_ACT_ERRNO" }] }'
	is "$(call c $SYS_getpgid 0)" "errno 1"
	local cache
	cache=$(find "$ROOT" -maxdepth 1 -type d -name '*seccomp*')
	[ -n "$cache" ]
	is "$(stat -c %a "$cache")" 700
	is "$(find "$cache" -type f | wc -l)" 1
	is "$(call c $SYS_getpgid 0)" "errno 1"
	is "$(find "$cache" -type f | wc -l)" 1
	# A filter that somebody put there is not loaded.
	chmod 777 "$cache"
	find "$cache" -type f -exec truncate -s 0 {} +
	is "$(call c $SYS_getpgid 0 2>/dev/null)" "errno 1"
	chmod 700 "$cache"
	find "$cache" -type f -exec chmod 666 {} +
	is "$(call c $SYS_getpgid 0 2>/dev/null)" "errno 1"
}
