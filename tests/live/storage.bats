# Storage drivers, and the holder: the mount namespaces in which layers are mounted and containers born.
load helper
load layered
unset HOY_STORAGE_DRIVER # each test says which

export_of() { hoy export "$1" | tar -t | sed 's,^\./,,' | sort; }
holder_mounts() { grep -c " $T/run/holder" /proc/self/mountinfo; }

DRIVERS="erofs overlay vfs"
layers_on_disk() { find "$HOY_ROOT/layers" -mindepth 2 -maxdepth 2 "$@" | wc -l; }

@test "--storage-driver and HOY_STORAGE_DRIVER choose, info says which, the flag wins" {
	is "$(hoy --storage-driver vfs info -f '{{.Driver}}')" vfs
	is "$(HOY_STORAGE_DRIVER=overlay hoy info -f '{{.Driver}}')" overlay
	is "$(HOY_STORAGE_DRIVER=overlay hoy --storage-driver vfs info -f '{{.Driver}}')" vfs
	has "$(hoy --storage-driver vfs info)" "Storage Driver: vfs"
}

@test "an unknown driver is refused before anything is made" {
	refuses "storage driver aufs is not known" hoy --storage-driver aufs run --rm busybox true
	refuses "storage driver aufs is not known" env HOY_STORAGE_DRIVER=aufs "$HOY" run --rm busybox true
}

@test "every driver shows the same image, fills the same volume, exports and commits the same" {
	layered img
	local driver first=""
	for driver in $DRIVERS; do
		export HOY_STORAGE_DRIVER=$driver
		hoy run --name con -v vol:/d img sh -c 'find /d | sort; cat /d/e/n; stat -c "%a %u %g %h" /d/g /d/h /d/e' >"$D/$driver"
		hoy create --name other img true >/dev/null
		hoy start -a other
		# But for the times of directories, some of which are made for the container: another driver's turn may be a minute later.
		hoy export other | tar -tv | sed -E 's, \./, ,; s/^(d.*) [0-9-]{10} [0-9:]{5} /\1 /' | sort -k 6 >>"$D/$driver"
		hoy run --name change img sh -c 'rm -r /d/e; echo 4 >/d/new; mkdir -m 700 /new' >/dev/null
		hoy commit change made >/dev/null
		in_layer made 3 'cd "$L" && find . -printf "%P %y %m %U\n" | sort' >>"$D/$driver"
		is "$(hoy inspect -f '{{.Driver}} {{.GraphDriver.Name}}' con)" "$driver $driver"
		hoy rm con other change >/dev/null
		hoy volume rm vol >/dev/null
		hoy rmi made >/dev/null
		eventually has_no_leak files
		diff "$D/${first:=$driver}" "$D/$driver"
	done
}

@test "erofs: a layer is one file, mounted once however many containers start at the same time" {
	layered img
	is "$(layers_on_disk -name layer.erofs)" 3
	is "$(layers_on_disk -name fs)" 0
	umount -R "$HOY_RUNROOT/holder"
	local i pids=()
	for i in 1 2 3 4 5 6; do
		hoy run --rm --network none img cat /d/e/n >>"$D/out" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	is "$(uniq -c "$D/out" | tr -s ' ')" " 6 new"
	idle con
	is "$(holder_table | awk '/ - erofs / { print $5 }' | sort | uniq -c | awk '{ print $1 }')" $'1\n1\n1'
	is "$(layers_mounted)" 3
}

@test "erofs: rmi unmounts what it removes, and only that" {
	layered img
	hoy run --rm img true
	is "$(layers_mounted)" 3
	hoy rmi img >/dev/null
	is "$(layers_mounted)" 2
	hoy rmi one >/dev/null
	is "$(layers_mounted)" 1
	is "$(layers_on_disk -name layer.erofs)" 1
	hoy run --rm busybox true
	hoy system check
}

@test "erofs: what a killed command left mounted is found by check and unmounted by its repair" {
	hoy run --rm busybox true
	local layer
	layer=$(layer_path busybox 0)
	hoy rmi busybox >/dev/null
	# As if it had been killed before the unmount: the layer of an image that is gone, mounted.
	mkdir "$D/away"
	hoy import "$BATS_FILE_TMPDIR/busybox.tar" busybox >/dev/null
	hoy run --rm busybox true
	mv "$layer" "$D/away/layer"
	fails 1 hoy system check
	has "$output" "1 layers are mounted in the holder and not there any more"
	mv "$D/away/layer" "$layer"
	hoy system check
	mv "$layer" "$D/away/layer"
	fails 1 hoy system check --repair
	is "$(layers_mounted)" 0
	hoy system check
}

@test "system check --repair makes a layer that is missing or damaged anew, from its blob" {
	layered img
	local layer damage
	layer=$(layer_path img 1)
	hoy run --rm img true
	for damage in 'rm -r "$layer"' ': >"$layer/layer.erofs"' 'echo {} >"$layer/layer.json"'; do
		eval "$damage"
		fails 1 hoy system check
		has "$output" "$(basename "$layer")"
		fails 1 hoy system check --repair
		has "$output" "(repaired)"
		hoy system check
		is "$(hoy run --rm img cat /d/e/n)" new
	done
	rm -r "$layer" "$HOY_ROOT"/blobs/sha256/*
	fails 1 hoy system check --repair
	has "$output" "cannot be repaired"
}

@test "erofs: on a file system that images cannot be mounted from, directories are used, and images become directories" {
	layered img
	mount -t tmpfs none "$D"
	cp -a "$HOY_ROOT" "$D/root"
	instance_at "$D/root"
	is "$(hoy info -f '{{.Driver}}')" overlay
	is "$(layers_on_disk -name layer.erofs)" 3
	is "$(hoy run --rm img cat /d/e/n 2>"$T/errors")" new
	is "$(grep -c 'it is unpacked again, as a directory' "$T/errors")" 3
	is "$(layers_on_disk -name fs)" 3
	is "$(hoy run --rm img cat /d/e/n 2>&1)" new
	fails 125 hoy --storage-driver erofs run --rm img true
	has "$errors" "storage driver erofs does not work here: "
	hoy system reset -f
	umount "$D"
	instance_at "$T/root"
}

@test "a file system mounted over a layer is said so by whoever would replace it, and a missing layer says what helps" {
	layered img
	HOY_LAYER=$(layer_path img 1) unshare -m --propagation private bash -ec '
		mount -t tmpfs none "$HOY_LAYER"
		! "$0" run --rm img true 2>>"$1"
		! "$0" system check --repair
		umount "$HOY_LAYER"
		mount -t tmpfs none "$HOY_ROOT/layers"
		! "$0" import "$2" other 2>>"$1"' "$HOY" "$D/errors" "$BATS_FILE_TMPDIR/busybox.tar" >"$D/out"
	matches "$(cat "$D/errors")" "layer sha256:[0-9a-f]* is missing.*system check --repair makes it anew"
	has "$(cat "$D/out")" "a file system is mounted on $HOY_ROOT/layers or below it"
	has "$(cat "$D/errors")" "a file system is mounted on $HOY_ROOT/layers or below it"
	is "$(hoy run --rm img cat /d/e/n)" new
}

@test "a layer that can neither be mounted nor made anew is named" {
	mount -t tmpfs none "$D"
	cp -a "$HOY_ROOT" "$D/root"
	instance_at "$D/root"
	rm -r "$HOY_ROOT"/blobs/sha256
	mkdir "$HOY_ROOT/blobs/sha256"
	cp -a "$T"/root/blobs/sha256/. "$HOY_ROOT/blobs/sha256"
	find "$HOY_ROOT/blobs/sha256" -size +1M -delete
	fails 125 hoy run --rm busybox true
	has "$errors" "no image has the blob that layer "
	is "$(hoy ps -aq)" ""
	hoy system reset -f
	umount "$D"
	instance_at "$T/root"
}

@test "programs of a layer run, with set-user-id bits and capabilities, though nothing runs from where it is mounted" {
	cp -a "$BATS_FILE_TMPDIR/rootfs" "$D/r"
	echo 'int main(void) { return 10 + (int)geteuid(); }' | "${CC:-gcc}" -static -include unistd.h -x c -o "$D/r/bin/own" -
	chmod 4755 "$D/r/bin/own"
	tar -C "$D/r" -cf "$D/r.tar" .
	hoy import "$D/r.tar" own >/dev/null
	fails 10 hoy run --rm -u 1000 own own
	holder_table | grep ' - erofs ' | grep -q 'ro,nosuid,nodev,noexec'
}

@test "vfs: a container sees its image as an overlay would show it, and writes on its own" {
	layered img
	local overlay
	overlay=$(seen --network none img)
	is "$(HOY_STORAGE_DRIVER=vfs seen --network none img)" "$overlay"
	HOY_STORAGE_DRIVER=vfs hoy run --name con img sh -c 'echo mine >/d/own'
	is "$(hoy inspect -f '{{.Driver}} {{json .GraphDriver}}' con)" 'vfs {"Data":null,"Name":"vfs"}'
	is "$(seen --network none img)" "$overlay"
	hoy start -a con
	has "$(export_of con)" d/own
	hoy rm con >/dev/null
	eventually has_no_leak files
}

@test "vfs: commit finds what was changed, added and removed, and nothing else" {
	layered img
	HOY_STORAGE_DRIVER=vfs hoy run --name con img sh -c 'echo mine >/d/own; rm /d/e/n; echo 3 >>/d/g; mv /root /moved; touch /same && rm /same'
	hoy commit con made >/dev/null
	is "$(in_layer made 3 'cd "$L" && find . -mindepth 1 -printf "%P %y\n" | sort')" $'d d\nd/e d\nd/e/n c\nd/g f\nd/h f\nd/own f\nmoved d\nroot c'
	is "$(hoy run --rm made sh -c 'cat /d/g; ls -d /moved; ls /d/e')" $'2\n3\n/moved'
	hoy rm con >/dev/null
	eventually has_no_leak files
}

@test "vfs: a new volume is filled from the image, by create too" {
	layered img
	HOY_STORAGE_DRIVER=vfs hoy create --name con -v vol:/d img true >/dev/null
	is "$(hoy run --rm -v vol:/v busybox sh -c 'cat /v/e/n; stat -c %h /v/g; stat -c %a /v')" $'new\n2\n711'
}

@test "containers of one driver start, export and commit while another one is chosen" {
	layered img
	HOY_STORAGE_DRIVER=vfs hoy run --name copy img sh -c 'echo 1 >>/d/own'
	HOY_STORAGE_DRIVER=overlay hoy run --name over img sh -c 'echo 1 >>/d/own'
	local name
	HOY_STORAGE_DRIVER=erofs hoy run --name image img sh -c 'echo 1 >>/d/own'
	for name in copy over image; do
		HOY_STORAGE_DRIVER=overlay hoy start -a "$name"
		HOY_STORAGE_DRIVER=vfs hoy start -a "$name"
		has "$(export_of "$name")" d/own
		HOY_STORAGE_DRIVER=vfs hoy commit "$name" "$name" >/dev/null
		is "$(HOY_STORAGE_DRIVER=overlay hoy run --rm "$name" cat /d/own)" $'1\n1\n1'
	done
}

@test "what works is tried once and remembered, and found out again on another kernel" {
	hoy run --rm busybox true
	matches "$(readlink "$HOY_RUNROOT/drivers")" '^erofs=1 overlay=1 vfs=1 '
	ln -sfn "erofs=0 overlay=0 vfs=1 another kernel" "$HOY_RUNROOT/drivers"
	is "$(hoy info -f '{{.Driver}}')" erofs
	matches "$(readlink "$HOY_RUNROOT/drivers")" '^erofs=1 overlay=1 vfs=1 '
}

# --- the holder ----------------------------------------------------------------------------------------------------------

@test "the holder is made once, by whoever needs it first, and goes with a reset" {
	is "$(holder_mounts)" 0
	local i pids=()
	for i in 1 2 3 4 5 6; do
		hoy run --rm busybox true &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	is "$(holder_mounts)" 3
	idle con
	hoy system reset -f
	is "$(holder_mounts)" 0
	[ ! -e "$HOY_RUNROOT/holder" ]
}

@test "images and volumes alone make no holder" {
	hoy images >/dev/null
	hoy volume create vol >/dev/null
	hoy info >/dev/null
	hoy ps -a >/dev/null
	is "$(holder_mounts)" 0
}

@test "a holder that somebody has unmounted, wholly or in part, is made again" {
	local part
	hoy run --rm busybox true
	for part in store seed; do
		umount "$HOY_RUNROOT/holder/$part"
		hoy run --rm busybox true
	done
	umount -R "$HOY_RUNROOT/holder"
	hoy run --rm busybox true
	is "$(holder_mounts)" 3
	hoy system check
}

@test "a running container keeps its root when the holder goes" {
	idle con
	umount -R "$HOY_RUNROOT/holder"
	is "$(hoy exec con sh -c 'echo x >/new; cat /new; ls /bin/busybox')" $'x\n/bin/busybox'
	hoy stop con >/dev/null
	hoy start con >/dev/null
	is "$(hoy exec con cat /new)" x
}

@test "another data root under the same path gets another holder" {
	hoy run --rm busybox true
	eventually has_no_leak files
	cp -a "$HOY_ROOT" "$T/copy"
	mv "$HOY_ROOT" "$T/old"
	mv "$T/copy" "$HOY_ROOT"
	rm -rf "$T/old"
	is "$(hoy run --rm busybox echo works)" works
	is "$(holder_mounts)" 3
}

@test "a disk that is mounted into the data root later is seen by the next start" {
	# As systemd has it: only what is shared hears of later mounts.
	unshare -m --propagation private bash -ec '
		mount --make-rshared /
		"$0" run --rm -v early:/v busybox true
		"$0" volume create late >/dev/null
		mount -t tmpfs late "$HOY_ROOT/volumes/late/_data"
		"$0" run --rm -v late:/v busybox sh -c "echo here >/v/f"
		cat "$HOY_ROOT/volumes/late/_data/f"
		mkdir "$HOY_ROOT/more"
		mount -t tmpfs more "$HOY_ROOT/more"
		mkdir "$HOY_ROOT/more/layers"
		cp -a "$HOY_ROOT"/layers/. "$HOY_ROOT/more/layers"
		mount --bind "$HOY_ROOT/more/layers" "$HOY_ROOT/layers"
		"$0" run --rm busybox echo from the disk
		umount -R "$HOY_ROOT/layers" "$HOY_ROOT/more" "$HOY_ROOT/volumes/late/_data"
		rmdir "$HOY_ROOT/more"
		"$0" system reset -f' "$HOY" >"$D/out"
	is "$(cat "$D/out")" $'here\nfrom the disk'
}

@test "hoy works in a mount namespace of its caller's, and leaves nothing when that ends" {
	hoy run --rm busybox true
	is "$(unshare -m "$HOY" run --rm busybox echo inside)" inside
	is "$(unshare -m --propagation shared "$HOY" run --rm busybox echo shared)" shared
	is "$(holder_mounts)" 3
	is "$(hoy run --rm busybox echo outside)" outside
}

@test "on a host whose mounts are shared, as systemd has them, every driver imports, runs, fills, commits and exports" {
	unshare -m --propagation private bash -ec '
		mount --make-rshared /
		hoy() { "$0" "$@"; }
		for HOY_STORAGE_DRIVER in erofs overlay vfs; do
			export HOY_STORAGE_DRIVER
			hoy import "$1" image >/dev/null
			hoy run --name con -v vol:/etc image touch /new
			hoy commit con made >/dev/null
			hoy run --rm made ls /new
			hoy export con | tar -t | grep -x new
			hoy rm con >/dev/null
			hoy volume rm vol >/dev/null
			hoy rmi made image >/dev/null
		done
		hoy system check
		hoy system reset -f' "$HOY" "$BATS_FILE_TMPDIR/busybox.tar" >"$D/out"
	is "$(uniq -c "$D/out" | tr -s ' ')" $' 1 /new\n 1 new\n 1 /new\n 1 new\n 1 /new\n 1 new'
}

@test "where no holder can be made everything works without it, images too" {
	mkdir -p "$HOY_RUNROOT"
	: >"$HOY_RUNROOT/holder"
	layered img
	is "$(hoy run --rm -v vol:/d -v /etc:/e:ro img sh -c 'cat /d/e/n; test -e /e/passwd')" new
	is "$(HOY_STORAGE_DRIVER=vfs hoy run --rm img cat /d/e/n)" new
	hoy run --name con img touch /new
	has "$(export_of con)" new
	hoy system check
	is "$(holder_mounts)" 0
	rm "$HOY_RUNROOT/holder"
}

@test "hoy works in a chroot, and comes back to it" {
	mkdir "$D/root"
	unshare -m bash -ec '
		mount --rbind / "$1"
		chroot "$1" sh -ec "cd \"\$2\"; \"\$1\" run --rm --cidfile ./cid busybox echo inside; test -s cid" sh "$0" "$2"' "$HOY" "$D/root" "$D" >"$D/out"
	is "$(cat "$D/out")" inside
}

@test "how many mounts the host has is no concern of a container's" {
	unshare -m --propagation private bash -ec '
		mkdir "$1/m"
		mount -t tmpfs many "$1/m"
		for i in $(seq 50); do mkdir "$1/m/$i"; mount -t tmpfs "many-$i" "$1/m/$i"; done
		"$0" run --rm busybox cat /proc/self/mountinfo' "$HOY" "$D" >"$D/out"
	hasnt "$(cat "$D/out")" many-
}
