# What else can go wrong: killed monitors, a reboot, a full disk, damaged records, many at once. With the ordinary programs.
HOY_BUILD=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)/build
load helper

no_process() { ! kill -0 "$1" 2>/dev/null; }

@test "a killed monitor is told truthfully: exited, 255, and what is left is killed" {
	idle kil
	local pid
	pid=$(pid_of kil)
	kill -KILL "$(monitor_of kil)"
	eventually status_is kil exited
	is "$(inspect kil '{{.State.ExitCode}} {{.State.Running}} {{.State.Pid}}')" "255 false 0"
	eventually no_process "$pid"
	matches "$(hoy ps -a --format '{{.Status}}')" '^Exited \(255\)'
	hoy start kil >/dev/null
	status_is kil running
	hoy rm -f kil >/dev/null
	all_gone
	hoy system check
}

@test "a monitor killed in the middle of stop keeps stop from hanging" {
	hoy run -d --name kil busybox sh -c 'trap "" TERM; while :; do sleep 1000; done' >/dev/null
	local monitor
	monitor=$(monitor_of kil)
	HOY_TIMEOUT=30 hoy stop -t 3 kil >/dev/null 2>&1 & local p=$!
	kill -KILL "$monitor"
	wait $p || [ $? != 124 ]
	eventually status_is kil exited
}

@test "after a reboot containers are exited and start again" {
	idle kil
	local pid monitor
	pid=$(pid_of kil) monitor=$(monitor_of kil)
	kill -KILL "$monitor" "$pid"
	eventually no_process "$pid"
	# What a reboot leaves: no mounts, no cgroups and an empty run directory.
	leaked_cgroups_remove || eventually leaked_cgroups_remove
	holder_remove
	rm -rf "$HOY_RUNROOT"
	is "$(inspect kil '{{.State.Status}} {{.State.ExitCode}}')" "exited 255"
	hoy start kil >/dev/null
	status_is kil running
	hoy system check
}

@test "a run directory of another boot does not make a container running, though its pid is in use" {
	idle kil
	local pid monitor boot
	pid=$(pid_of kil) monitor=$(monitor_of kil)
	kill -KILL "$monitor" "$pid"
	eventually no_process "$pid"
	boot=$(cat /proc/sys/kernel/random/boot_id)
	# The state of an earlier boot that was not cleaned away, with the pid of a process that lives (this shell).
	grep -rlF "$boot" "$HOY_RUNROOT" | xargs -r sed -i "s/$boot/00000000-0000-4000-8000-000000000000/; s/\b$pid\b/$$/g"
	is "$(inspect kil '{{.State.Status}} {{.State.Pid}}')" "exited 0"
	hoy rm kil >/dev/null
	kill -0 $$
	all_gone
}

@test "a pid that is in use again is not taken for the container" {
	idle kil
	local pid monitor
	pid=$(pid_of kil) monitor=$(monitor_of kil)
	kill -KILL "$monitor" "$pid"
	eventually no_process "$pid"
	sleep 1000 & local other=$!
	grep -rlw "$pid" "$HOY_RUNROOT" | xargs -r sed -i "s/\b$pid\b/$other/g"
	hoy ps -a >/dev/null
	hoy rm -f kil >/dev/null
	kill -0 $other
	kill $other
}

# An instance whose root is a tmpfs of the given size.
small_disk() {
	mount -t tmpfs -o "size=$1" small "$D"
	instance_at "$D/root"
	hoy import "$BATS_FILE_TMPDIR/busybox.tar" busybox >/dev/null
}
small_disk_gone() {
	hoy system reset -f >/dev/null
	umount "$D"
}

@test "rm and rmi work on a full disk and give the space back" {
	small_disk 24m
	hoy run --name full busybox sh -c 'head -c 64m /dev/zero >/filler' 2>/dev/null || true
	hoy create --name other busybox true >/dev/null 2>&1 || true
	head -c 64m /dev/zero >"$D/filler" 2>/dev/null || true
	is "$(df --output=avail "$D" | tail -1 | tr -d ' ')" 0
	hoy rm full >/dev/null
	is "$(hoy ps -a --filter name=full -q)" ""
	[ "$(df --output=avail "$D" | tail -1)" -gt 1000 ]
	head -c 64m /dev/zero >>"$D/filler" 2>/dev/null || true
	hoy rm -f other >/dev/null 2>&1 || true
	hoy rmi busybox >/dev/null
	is "$(hoy images -q)" ""
	rm "$D/filler"
	hoy system check
	small_disk_gone
}

@test "import and run on a full disk say so and leave nothing half" {
	small_disk 24m
	head -c 64m /dev/zero >"$D/filler" 2>/dev/null || true
	fails 1 hoy import "$BATS_FILE_TMPDIR/busybox.tar" second || fails 125 hoy import "$BATS_FILE_TMPDIR/busybox.tar" second
	has "$errors" "No space"
	run hoy run --rm busybox true
	is "$(hoy ps -aq)" ""
	rm "$D/filler"
	is "$(hoy images --format '{{.Repository}}')" busybox
	hoy system check
	hoy run --rm busybox true
	small_disk_gone
}

@test "eight runs of one name at once have one winner and leave no debris" {
	local i pids=() p won=0
	for i in 1 2 3 4 5 6 7 8; do
		hoy run -d --name same busybox sleep 1000 >"$D/out.$i" 2>"$D/err.$i" &
		pids+=($!)
	done
	for p in "${pids[@]}"; do wait "$p" && won=$((won + 1)); done
	is $won 1
	is "$(hoy ps -aq | wc -l)" 1
	is "$(cat "$D"/out.* | wc -l)" 1
	is "$(cat "$D"/err.* | grep -c '^hoy: ')" 7
	hoy system check
	hoy rm -f same >/dev/null
	all_gone
}

@test "eight rm -f of one container at once end well and leave nothing" {
	idle rem
	local i pids=() p
	for i in 1 2 3 4 5 6 7 8; do
		HOY_TIMEOUT=20 hoy rm -f rem >/dev/null 2>"$D/err.$i" &
		pids+=($!)
	done
	local status hung=0
	for p in "${pids[@]}"; do
		status=0
		wait "$p" || status=$?
		[ $status != 124 ] || hung=1
	done
	is $hung 0
	all_gone
	hoy system check
}

@test "rm -f beats a run that is starting, and nothing is left" {
	local i
	for i in $(seq 20); do
		HOY_TIMEOUT=20 hoy run -d --name xxx busybox sleep 1000 >/dev/null 2>&1 & local p=$!
		HOY_TIMEOUT=20 hoy rm -f xxx >/dev/null 2>&1 || true
		wait $p || true
		HOY_TIMEOUT=20 hoy rm -f xxx >/dev/null 2>&1 || true
	done
	all_gone
	hoy system check
}

@test "a damaged record breaks only its container: ps lists it, rm -f removes it" {
	local damage id
	idle fine
	for damage in ': >' 'head -c 100 /dev/urandom >' 'echo {} >' 'echo "{\"version\":99}" >' 'truncate -s 100M'; do
		id=$(hoy create --name broken busybox true)
		eval "$damage \"$HOY_ROOT/containers/$id/record.json\""
		has "$(hoy ps -a --no-trunc)" "$id"
		is "$(hoy exec fine echo works)" works
		fails 1 hoy system check
		has "$output$errors" "${id:0:12}"
		hoy rm -f "$id" >/dev/null
		hasnt "$(hoy ps -a --no-trunc)" "$id"
		hoy system check
		# The name is free again.
		hoy create --name broken busybox true >/dev/null
		hoy rm broken >/dev/null
	done
}

@test "system check finds debris of every kind and --repair removes it" {
	local id
	id=$(printf 'ab%.0s' $(seq 32))
	mkdir -p "$HOY_ROOT/pending/$id" "$HOY_ROOT/names" && ln -s "$id" "$HOY_ROOT/names/dangling"
	mkdir -p "$HOY_RUNROOT/containers/$id"
	mkdir -p "/sys/fs/cgroup/pids/$INSTANCE/$id"
	hoy system check --repair >/dev/null || true
	hoy system check
	[ ! -e "$HOY_ROOT/names/dangling" ] && [ ! -L "$HOY_ROOT/names/dangling" ]
	[ ! -e "$HOY_ROOT/pending/$id" ]
	[ ! -e "$HOY_RUNROOT/containers/$id" ]
	[ ! -e "/sys/fs/cgroup/pids/$INSTANCE/$id" ]
}

@test "system check finds a layer whose file was changed or is missing" {
	local layer
	hoy system check
	layer=$(find "$HOY_ROOT/layers" -mindepth 1 -maxdepth 1 | head -1)
	mv "$layer" "$D/away"
	fails 1 hoy system check
	mv "$D/away" "$layer"
	hoy system check
}

@test "ps answers while another command is stopped in the middle of its work" {
	mkfifo "$D/endless"
	"$HOY" import "$D/endless" slow >/dev/null 2>&1 & local p=$!
	exec 7>"$D/endless"
	head -c 4096 "$BATS_FILE_TMPDIR/busybox.tar" >&7
	kill -STOP $p
	HOY_TIMEOUT=2 hoy ps >/dev/null
	HOY_TIMEOUT=5 hoy run --rm busybox true
	kill -KILL $p
	exec 7>&-
	wait $p || true
	eventually is_sound
}

@test "a hundred starts and removals leave counters flat" {
	local i files
	hoy run --rm busybox true
	eventually has_no_leak files
	files=$(find "$HOY_ROOT" "$HOY_RUNROOT" | wc -l)
	for i in $(seq 100); do hoy run --rm busybox true; done
	eventually has_no_leak files
	is "$(find "$HOY_ROOT" "$HOY_RUNROOT" | wc -l)" "$files"
}

@test "a flood of output keeps the monitor small and the disk bounded" {
	hoy run -d --name flood busybox yes >/dev/null
	local file
	file=$(inspect flood '{{.LogPath}}')
	eventually rotated "$file"
	[ "$(awk '/^VmRSS/ { print $2 }' "/proc/$(monitor_of flood)/status")" -lt 2048 ]
	[ "$(du -sk "$(dirname "$file")" | cut -f1)" -lt 40000 ]
	hoy rm -f flood >/dev/null
}
rotated() { [ "$(find "$(dirname "$1")" -name '*log*' -type f -size +1M | wc -l)" -ge 2 ]; }

@test "without a mounted cgroup hierarchy run says so and leaves nothing" {
	fails 125 unshare -m sh -c 'umount -l /sys/fs/cgroup && exec "$0" run --rm -m 64m busybox true' "$HOY"
	matches "$errors" 'cgroup|memory'
	is "$(hoy ps -aq)" ""
}

@test "a killed client of a foreground run leaves the container running, and --rm is honoured" {
	mkfifo "$D/out"
	"$HOY" run --rm --name cli busybox sh -c 'trap "exit 0" TERM; echo ready; while :; do sleep 1000 & wait; done' >"$D/out" &
	local p=$! line
	read -r line <"$D/out"
	is "$line" ready
	kill -KILL $p
	wait $p || true
	status_is cli running
	hoy exec cli true
	hoy stop cli >/dev/null
	all_gone
	hoy system check
}

@test "the leak check can fail: what is planted is seen" {
	local group=/sys/fs/cgroup/pids/$INSTANCE
	hoy run --rm busybox true
	eventually has_no_leak files
	mkdir "$HOY_ROOT/volumes/planted" "$D/place" "$group/planted"
	mount -t tmpfs planted "$D/place"
	sleep 1000 & local p=$!
	echo $p >"$group/planted/cgroup.procs"
	local seen
	seen=$(leaks files)
	kill $p
	wait $p || true
	umount "$D/place"
	rmdir "$HOY_ROOT/volumes/planted"
	eventually rmdir "$group/planted"
	has "$seen" "mount: "
	has "$seen" "cgroup: $group/planted"
	has "$seen" "process: $p "
	has "$seen" "file: $HOY_ROOT/volumes/planted"
	has_no_leak files
}

@test "the leak check sees the group of an instance that the test has left" {
	local group seen
	instance_at "$T/other"
	group=/sys/fs/cgroup/pids/$INSTANCE
	mkdir "$group"
	instance_at "$T/root"
	seen=$(leaks reset)
	rmdir "$group"
	has "$seen" "cgroup: $group"
	has_no_leak reset
}
