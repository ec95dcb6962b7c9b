# A data root that lies on an overlay, as when hoy runs in a container.
load helper
load layered
load overlay_root
unset HOY_STORAGE_DRIVER

each_kind() { # function: it is called on overlays as docker's containers have, and as hoy's
	on_overlay && "$1" && off_overlay && on_overlay "" userxattr && "$1"
}

@test "vfs is taken there, and asking for overlay says why" {
	on_overlay
	is "$(hoy info -f '{{.Driver}}')" vfs
	is "$(hoy run --rm busybox echo works)" works
	fails 125 hoy --storage-driver overlay run --rm busybox true
	has "$errors" "storage driver overlay does not work here: "
}

@test "a layer that hides files and directories shows the same there, and comes out as it went in" {
	layered img
	SEEN=$(seen --network none img)
	hoy save -o "$D/img.tar" img
	each_kind loaded_is_the_same
}
loaded_is_the_same() {
	hoy load -q -i "$D/img.tar" >/dev/null &&
		is "$(seen --network none img)" "$SEEN" &&
		is "$(in_layer img 2 'find "$L" -type c')" "" &&
		hoy system check &&
		hoy save img | cmp - "$D/img.tar" &&
		rm "$HOY_ROOT"/blobs/sha256/"$(tar -xOf "$D/img.tar" manifest.json | jq -r '.[0].Layers[2]' | cut -d / -f 3)" &&
		is "$(seen --network none img)" "$SEEN"
}

@test "what was committed there hides the same elsewhere" {
	on_overlay
	layered img
	local seen
	seen=$(seen --network none img)
	has "$seen" /d/e/n
	hasnt "$seen" /gone
	hoy save -o "$D/made.tar" img
	off_overlay
	hoy load -q -i "$D/made.tar" >/dev/null
	is "$(seen --network none img)" "$seen"
	is "$(in_layer img 2 'cd "$L" && find . -type c | sort')" $'./d/e/f\n./gone'
}

@test "what hides there the kernel takes for the same once the files lie elsewhere" {
	on_overlay
	layered img
	local i seen layers=""
	seen=$(seen --network none img)
	for i in 0 1 2; do layers=$(layer_path img $i | sed "s,^$D/merged,$D/upper,")/fs${layers:+:$layers}; done
	mkdir "$D/view"
	mount -t overlay -o "ro,userxattr,lowerdir=$layers" view "$D/view"
	SEEN=$(chroot "$D/view" /bin/sh -c 'find /d /gone 2>&- | sort; cat /d/e/n; stat -c "%a %u" /d; stat -c "%a %h" /d/g')
	umount "$D/view"
	is "$SEEN" "$seen"
}

@test "a container's file that looks like what hides a name is not committed as that" {
	on_overlay
	hoy run --name con busybox sh -c 'echo 1 >/kept; : >/etc/group' >/dev/null
	setfattr -n user.overlay.whiteout -v y "$(root_of con)/etc/group"
	hoy commit con made >/dev/null
	has "$(hoy run --rm made cat /kept /etc/group)" "root:x:0:"
}
