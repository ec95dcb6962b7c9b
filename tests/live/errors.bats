# Sentences: what is told apart when a program cannot be executed, and wrong flags.
load helper

# Put a file into a new image: path, mode, image (stdin is the content).
image_with() {
	mkdir -p "$D/extra/$(dirname "$1")"
	cat >"$D/extra/$1"
	chmod "$2" "$D/extra/$1"
	cp "$BATS_FILE_TMPDIR/busybox.tar" "$D/with.tar"
	tar -C "$D/extra" -rf "$D/with.tar" "./$1"
	hoy import "$D/with.tar" "$3" >/dev/null
}

@test "a missing interpreter is told apart from a missing program" {
	printf '#!/opt/no/interpreter\necho x\n' | image_with script 755 script
	fails 127 hoy run --rm script /script || fails 126 hoy run --rm script /script
	has "$errors" /opt/no/interpreter
	has "$errors" /script
	matches "$errors" 'interpreter'
}

@test "CR LF behind #! is named" {
	printf '#!/bin/sh\r\necho x\r\n' | image_with script 755 script
	fails 127 hoy run --rm script /script || fails 126 hoy run --rm script /script
	has "$errors" /script
	matches "$errors" 'CRLF|CR|carriage|line end|Windows'
}

@test "a program of another architecture is named" {
	# An ELF header for aarch64.
	printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\267\0\1\0\0\0\0\0\100\0\0\0\0\0\100\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\100\0\70\0\0\0\0\0\0\0\0\0' |
		image_with foreign 755 foreign
	fails 126 hoy run --rm foreign /foreign
	has "$errors" /foreign
	matches "$errors" 'aarch64|arm64'
}

@test "a missing loader of a dynamic program is named" {
	image_with dynamic 755 dynamic </usr/bin/true
	fails 127 hoy run --rm dynamic /dynamic || fails 126 hoy run --rm dynamic /dynamic
	has "$errors" /dynamic
	has "$errors" ld-linux
}

@test "a script without #! is told as not executable format" {
	echo 'echo x' | image_with script 755 script
	fails 126 hoy run --rm script /script
	has "$errors" /script
	matches "$errors" 'exec format|#!|format'
}

@test "a file without the x bit gives 126 and is named as not executable" {
	printf '#!/bin/sh\n' | image_with script 644 script
	fails 126 hoy run --rm script /script
	has "$errors" /script
	matches "${errors,,}" 'permission denied|executable|not permitted'
}

@test "the same sentences come from exec" {
	printf '#!/opt/no/interpreter\n' | image_with script 755 busybox
	idle box
	fails 127 hoy exec box /script || fails 126 hoy exec box /script
	has "$errors" /opt/no/interpreter
}

@test "an unknown flag is refused by name with 125" {
	refuses --no-such-flag hoy run --no-such-flag busybox true
	refuses -Z hoy run -Z busybox true || refuses "'Z'" hoy run -Z busybox true
}

@test "abbreviated flags are refused as docker does" {
	refuses --privil hoy run --privil busybox true
}

@test "a flag that is known and not here yet is refused by name" {
	refuses publish hoy run --publish 80:80/sctp busybox true
	refuses gpus hoy run --gpus all busybox true
}

@test "a flag without its value is refused by name" {
	refuses --name hoy run --name
}

@test "an unknown command is refused by name" {
	fails 1 hoy nonsense || fails 125 hoy nonsense
	has "$errors" nonsense
}

@test "a command of docker's that is not here yet is refused by name" {
	fails 1 hoy build . || fails 125 hoy build .
	has "$errors" build
}

@test "every message is one sentence without 'failed to' on one line" {
	fails 125 hoy run --rm -m nonsense busybox true
	is "$(grep -c '^hoy: ' <<<"$errors")" 1
	hasnt "$errors" "failed to"
}

@test "wrong -v values are refused and named" {
	local value
	for value in "::" "/" "a:b:c:d" "" "relative/path:/x" "name:relative" "/tmp:/x:nosuchoption"; do
		fails 125 hoy run --rm -v "$value" busybox true
		[ -n "$errors" ]
	done
	is "$(hoy ps -aq)" ""
	is "$(hoy volume ls -q)" ""
}

@test "wrong -e, --label, --add-host, --dns, --device, --tmpfs values are refused" {
	fails 125 hoy run --rm -e =x busybox true
	fails 125 hoy run --rm --add-host nocolon busybox true
	fails 125 hoy run --rm --add-host name:not-an-address busybox true
	fails 125 hoy run --rm --dns not-an-address busybox true
	fails 125 hoy run --rm --device /dev/not-there busybox true
	has "$errors" /dev/not-there
	fails 125 hoy run --rm --tmpfs relative busybox true
	fails 125 hoy run --rm --tmpfs /x:nosuchoption=1 busybox true
	fails 125 hoy run --rm --env-file "$D/absent" busybox true
	has "$errors" "$D/absent"
	is "$(hoy ps -aq)" ""
}

@test "names of 300 letters are refused" {
	fails 125 hoy run --rm --name "$(printf 'a%.0s' $(seq 300))" busybox true
	is "$(hoy ps -aq)" ""
}

@test "a state directory of another format is refused, not overwritten" {
	echo 99 >"$HOY_ROOT/version"
	fails 1 hoy ps || fails 125 hoy ps
	has "$errors" "$HOY_ROOT"
	echo 1 >"$HOY_ROOT/version"
	hoy ps
}

@test "tracing tells the stages by name" {
	fails 0 hoy --log-level trace run --rm busybox true
	matches "$errors" 'pivot|exec'
}

@test "standard output that is closed is an error, not silence" {
	fails 1 bash -c '"$0" ps >/dev/full' "$HOY"
	[ -n "$errors" ]
}
