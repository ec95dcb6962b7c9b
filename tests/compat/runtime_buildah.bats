# The runtime under buildah: `run` and `build` with the isolation `oci`, in storage of the test's own.

load runtime

# buildah takes a runtime per command, and puts its containers' cgroups below the caller's own when it names none.
B() { in_box timeout --foreground -k 5 120 buildah --root "$T/buildah/root" --runroot "$T/buildah/run" --storage-driver overlay "$@"; }
R() { # flags... -- command...
	B run --runtime "$RUNTIME" --isolation oci --network none "$@"
}
build() { # flags...
	B build --runtime "$RUNTIME" --isolation oci --network none --ulimit nofile=1024:1024 --cgroup-parent "/$TAG/build" "$@"
}

setup_file() {
	needs buildah
	box_start
	local container
	container=$(B from scratch)
	B add -q "$container" "$T/rootfs" / >/dev/null
	B config --env PATH=/bin:/usr/bin --cmd sh "$container"
	B commit -q "$container" busybox >/dev/null
	B rm "$container" >/dev/null
}
setup() {
	needs buildah
	box_name
	CONTAINER=$(B from --cgroup-parent "/$TAG/run" --ulimit nofile=1024:1024 busybox)
}
teardown() {
	B rm --all >/dev/null
	box_check
}
teardown_file() {
	[ -e "$BATS_FILE_TMPDIR/T" ] || return 0
	box_name
	in_box umount "$T/buildah/root/overlay" 2>/dev/null || true
	box_stop
}

@test "run: output, errors, input and exit code are the program's" {
	run --separate-stderr R "$CONTAINER" -- sh -c 'echo out; echo err >&2; exit 3'
	has "$output" out
	has "$stderr" err
	is "$status" 3
	is "$(seq 1 100000 | R "$CONTAINER" -- md5sum)" "$(seq 1 100000 | md5sum)"
}

@test "run: what cannot be executed is named" {
	run R "$CONTAINER" -- nosuchprogram
	[ "$status" != 0 ]
	has "$output" nosuchprogram
	run R "$CONTAINER" -- /etc/passwd
	[ "$status" != 0 ]
	has "${output,,}" "permission denied"
}

@test "run -t: a terminal" {
	run "$PTY" size 30x90 expect "#" send 'stty size; tty\r' expect "/dev/" send 'exit 7\r' end -- \
		nsenter --target "$HOLDER" --mount --net -- buildah --root "$T/buildah/root" --runroot "$T/buildah/run" --storage-driver overlay \
		run -t --runtime "$RUNTIME" --isolation oci --network none "$CONTAINER" sh
	is "$status" 7
	has "$output" "30 90"
}

@test "run: user, directory, environment, capabilities, volumes" {
	is "$(R --user 1000:33 --workingdir /var/www --env A=b "$CONTAINER" -- sh -c 'id -u; id -g; pwd; echo $A')" "1000
33
/var/www
b"
	is "$(R --cap-drop all "$CONTAINER" -- grep CapEff /proc/self/status)" $'CapEff:\t0000000000000000'
	mkdir "$BATS_TEST_TMPDIR/source"
	R -v "$BATS_TEST_TMPDIR/source:/x" "$CONTAINER" -- sh -c 'echo written >/x/file'
	is "$(cat "$BATS_TEST_TMPDIR/source/file")" written
	R --mount "type=tmpfs,dst=/t" "$CONTAINER" -- grep -q ' /t tmpfs' /proc/mounts
}

@test "run: what it changes is committed" {
	R "$CONTAINER" -- sh -c 'echo kept >/file'
	B commit -q "$CONTAINER" changed >/dev/null
	is "$(R "$(B from --cgroup-parent "/$TAG/run" --ulimit nofile=1024:1024 changed)" -- cat /file)" kept
}

@test "build: RUN, COPY, USER, WORKDIR, a second stage" {
	mkdir "$BATS_TEST_TMPDIR/context"
	echo copied >"$BATS_TEST_TMPDIR/context/file"
	cat >"$BATS_TEST_TMPDIR/context/Containerfile" <<-'END'
		FROM busybox AS first
		ENV A=b
		WORKDIR /new/dir
		COPY file .
		RUN echo "$A $(pwd) $(cat file)" >/result && chown user /result
		FROM busybox
		COPY --from=first /result /result
		USER user
		RUN id -u >/tmp/id && stat -c %U /result >>/tmp/id
	END
	build -q -t built "$BATS_TEST_TMPDIR/context" >/dev/null
	is "$(R "$(B from --cgroup-parent "/$TAG/run" --ulimit nofile=1024:1024 built)" -- cat /result /tmp/id)" "b /new/dir copied
1000
user"
}

@test "build: a step that fails ends the build with its exit code" {
	printf 'FROM busybox\nRUN exit 42\n' >"$BATS_TEST_TMPDIR/Containerfile"
	run build "$BATS_TEST_TMPDIR"
	is "$status" 42
	has "$output" "exit status 42"
}

@test "build with RUN --mount: secret, cache, bind" {
	echo hidden >"$BATS_TEST_TMPDIR/secret"
	printf 'FROM busybox\nRUN --mount=type=secret,id=s cat /run/secrets/s >/seen\nRUN --mount=type=tmpfs,target=/t touch /t/x\n' \
		>"$BATS_TEST_TMPDIR/Containerfile"
	build -q --secret "id=s,src=$BATS_TEST_TMPDIR/secret" -t secret "$BATS_TEST_TMPDIR" >/dev/null
	is "$(R "$(B from --cgroup-parent "/$TAG/run" --ulimit nofile=1024:1024 secret)" -- sh -c 'cat /seen; ls /t')" hidden
}
