# What is refused, how it is said, and where.
load helper

@test "without --log an error is one line of logrus text on standard error" {
	fails 1 rt state nobody
	matches "$errors" '^time="20[0-9T:-]+Z" level=error msg="container does not exist"$'
	is "$(wc -l <"$BATS_TEST_TMPDIR/errors")" 1
}

@test "with --log the line goes there, and the sentence alone to standard error" {
	fails 1 rt --log "$D/log" state nobody
	is "$errors" "container does not exist"
	matches "$(cat "$D/log")" '^time="20[0-9T:-]+Z" level=error msg="container does not exist"$'
	fails 1 rt --log="$D/json" --log-format=json state nobody
	matches "$(cat "$D/json")" '^\{"level":"error","msg":"container does not exist","time":"20[0-9T:-]+Z"\}$'
}

@test "crun's file: in front of the log is understood, journald is refused" {
	fails 1 rt --log "file:$D/log" state nobody
	grep -q "does not exist" "$D/log"
	fails 1 rt --log journald:x state nobody
	has "$errors" "journald"
}

@test "a log that cannot be written does not hide the error" {
	fails 1 rt --log /no/such/dir/log state nobody
	has "$errors" "container does not exist"
}

@test "unknown commands, flags and numbers of arguments are refused with status 1" {
	fails 1 rt bogus
	has "$errors" "no such command: bogus"
	fails 1 rt --bogus state x
	has "$errors" "unknown flag: --bogus"
	fails 1 rt state --bogus x
	has "$errors" "unknown flag: --bogus"
	fails 1 rt state
	has "$errors" "state: 0 arguments given, exactly 1 expected"
	fails 1 rt state a b
	fails 1 rt start a b
	fails 1 rt kill
	fails 1 rt --log-format xml state a
	has "$errors" "text or json expected"
	fails 1 rt --cgroup-manager none state a
	has "$errors" "cgroupfs, systemd or disabled expected"
}

@test "--version has the lines that dockerd parses" {
	text=$("$RT" --version)
	matches "$(sed -n 1p <<<"$text")" '^hoy-runtime version [0-9]+\.[0-9]+\.[0-9]+$'
	is "$(sed -n 2p <<<"$text")" "spec: 1.3.0"
	matches "$text" 'libseccomp: [0-9]+\.[0-9]+'
}

@test "checkpoint and restore are refused by name; checkpoint --help fails, which is how podman asks" {
	fails 1 rt checkpoint --help
	fails 1 rt checkpoint --image-path x c
	has "$errors" "checkpoint is not supported"
	fails 1 rt restore c
	has "$errors" "restore is not supported"
}

@test "--help of every command succeeds and names its arguments" {
	for command in create start state kill delete run; do
		text=$("$RT" $command --help)
		has "$text" "hoy-runtime $command"
		has "$text" "<container-id>"
	done
	has "$("$RT" --help)" "delete"
}

@test "what is printed must arrive" {
	bundle c
	launch c
	fails 1 sh -c "'$RT' --root '$ROOT' state c >/dev/full"
	has "$errors" "standard output"
}

@test "standard descriptors that are closed are not taken by what is opened" {
	bundle c '.process.args = ["sh", "-c", "ls -l /proc/self/fd >/out"]'
	"$RT" --root "$ROOT" run --bundle "$T/c" c 0<&- 1>&- 2>&-
	is "$(grep -cE ' [012] -> /dev/null' "$T/c/rootfs/out")" 2
	hasnt "$(cat "$T/c/rootfs/out")" "$T"
}

@test "without XDG_RUNTIME_DIR root's state is in /run/hoy-runtime, and a user's in theirs" {
	has "$("$RT" --help)" "/run/hoy-runtime"
	mkdir -m 755 "$D/xdg"
	chown 1000 "$D/xdg"
	chmod 755 "$T" "$D"
	fails 1 setpriv --reuid 1000 --regid 1000 --clear-groups env XDG_RUNTIME_DIR="$D/xdg" "$RT" state nobody
	has "$errors" "container does not exist"
}
