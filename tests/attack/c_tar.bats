# Family C of the list of attacks, rows 45 to 50: archives. Each hostile one is refused with one sentence and leaves nothing, and
# nothing outside of the image's own tree is ever touched. Each archive has the same verdict where the layer becomes an EROFS image.
load helper

# What is looked at here is a directory; the same archives become images too (taken, refused).
export HOY_STORAGE_DRIVER=overlay
load ../live/tree

setup_file() { :; }
setup() {
	instance_place
	canary_make
	MKTAR=$BUILD/tools/mktar
	mkdir "$D/mnt"
	export -f tree_facts
}

leftovers() { find "$HOY_ROOT"/{tmp,layers,blobs/sha256,images/records,images/refs} -mindepth 1 2>/dev/null; }

# The archive of these entries is refused with a sentence that has $1 in it; nothing is left.
refused() {
	local text=$1
	shift
	"$MKTAR" "$@" >"$D/evil.tar" || return
	file_refused "$text" "$D/evil.tar"
}
file_refused() { # text, file
	fails 1 hoy import "$2" evil || return
	has "$errors" "$1" || return
	is "$(wc -l <<<"$errors")" 1 || return
	is "$output" "" || return
	is "$(leftovers)" "" || return
	is "$(hoy images -aq)" "" || return
	! image "$2" || return
	has "$(jq -r .error "$D/result")" "$1" || return
	canary_is_untouched
}
# The archive as an image, $D/img.
image() { "$BUILD/hoy-image" unpack erofs lowest untyped <"$1" >"$D/blob" 3>"$D/img" 4>"$D/result" 5</dev/null; }
# It is taken; its tree is at $FS.
taken() {
	"$MKTAR" "$@" >"$D/good.tar" || return
	hoy import "$D/good.tar" "good" >/dev/null || return
	FS=$HOY_ROOT/layers/$(hoy image inspect -f '{{index .RootFS.Layers 0}}' good | sed s/sha256://)/fs
	image "$D/good.tar" || return
	fsck.erofs "$D/img" || return
	diff <(tree_facts "$FS" | without_times) <("$BUILD/tools/erofs" "$D/img" "$D/mnt" bash -c "tree_facts '$D/mnt'" | without_times) || return
	canary_is_untouched
}
# Of directories, which the archive need not name.
without_times() { sed -E 's/^([^|]*\|d\|[^|]*\|[^|]*)\|.*/\1/'; }

@test "C45 a name with .. is refused" {
	refused '".."' "f:../canary/secret:x"
	refused '".."' "d:a" "f:a/../../canary/secret:x"
	refused '".."' "d:a/.."
	refused '".."' "f:..:x"
	refused '".."' "x:path=../../canary/secret" "f:y:x"
}

@test "C45 an absolute name stays inside" {
	taken "f:$CANARY/secret:x" "f:///etc//./passwd:y"
	is "$(cat "$FS$CANARY/secret")" x
	is "$(cat "$FS/etc/passwd")" y
}

@test "C45 a link that leads out and a file behind it: refused, and nothing is written there" {
	refused "link" "l:link:$CANARY" "f:link/secret:x"
	refused "link" "l:link:../../../../../../..$CANARY" "f:link/secret:x"
	refused "link" "l:a:b" "l:b:$CANARY" "f:a/secret:x"
	refused "link" "l:link:$CANARY" "d:link/new/deep"
	refused "evil" "l:evil:evil" "f:evil/x:y"
}

@test "C45 a link that leads to a directory inside is followed there, absolute ones too" {
	taken "d:usr" "d:usr/bin" "l:bin:usr/bin" "l:abs:/usr/bin" "l:up:../../usr" "f:bin/a:1" "f:abs/b:2" "f:up/bin/c:3"
	is "$(ls "$FS/usr/bin" | tr '\n' ' ')" "a b c "
	[ -L "$FS/bin" ]
}

@test "C45 a hard link to the outside, to nothing, to a directory, through a link: refused" {
	refused "hard link" "h:x:../canary/secret"
	refused "hard link" "h:x:$CANARY/secret"
	refused "hard link" "h:x:nothing"
	refused "hard link" "d:dir" "h:x:dir"
	refused "hard link" "l:link:$CANARY" "h:x:link/secret"
}

@test "C45 a hard link to a symbolic link makes another link, not a name for its target" {
	taken "l:link:$CANARY/secret" "h:other:link" "f:other:x"
	is "$(cat "$FS/other")" x
	is "$(readlink "$FS/link")" "$CANARY/secret"
}

@test "C45 a file over a link replaces the link and does not follow it" {
	taken "l:secret:$CANARY/secret" "f:secret:x"
	is "$(cat "$FS/secret")" x
	[ ! -L "$FS/secret" ]
}

@test "C46 CVE-2021-29136: a root entry that is no directory is refused" {
	refused "root is not a directory" "l:.:$CANARY"
	refused "root is not a directory" "l:/:$CANARY" "f:secret:x"
	refused "" "f:./:x"
	refused "root is not a directory" "d:a" "h:.:a"
	refused "root is not a directory" "c:.:1:3"
}

@test "C47 CVE-2025-47290: links exchanged beside a running unpack lead nowhere" {
	local i args=()
	for i in $(seq 200); do args+=("d:d$i" "f:d$i/secret:x"); done
	"$MKTAR" "${args[@]}" >"$D/many.tar"
	mkdir -p "$HOY_ROOT"
	(
		while [ -e "$D/many.tar" ]; do
			for fs in "$HOY_ROOT"/tmp/*/layer/fs; do
				for d in "$fs"/d*; do
					[ -d "$d" ] && [ ! -L "$d" ] && mv "$d" "$d.old" && ln -s "$CANARY" "$d"
				done
			done
		done
	) 2>/dev/null &
	local racer=$!
	for i in $(seq 5); do hoy import "$D/many.tar" "many$i" >/dev/null 2>&1 || true; done
	rm "$D/many.tar"
	wait "$racer" || true
	canary_is_untouched
}

@test "C48 CVE-2021-32760: a mode, an owner or a time never lands on what a link points to" {
	taken "l:a:$CANARY/secret" "m:4777" "l:a:$CANARY/secret" "l:b:/c" "f:c:x" "m:4777" "l:b:/c"
	is "$(stat -c %a "$FS/c")" 644
	is "$(readlink "$FS/a")" "$CANARY/secret"
	taken "l:dir:$CANARY" "d:dir:4777"
	is "$(stat -c %a "$FS/dir")" 4777
}

@test "C49 whiteouts that name no single file are refused" {
	refused "not a valid whiteout" "f:.wh.:"
	refused "not a valid whiteout" "f:.wh..:"
	refused "not a valid whiteout" "f:.wh...:"
	refused "not a valid whiteout" "f:a/.wh...:"
	refused "goes through a whiteout" "f:.wh../x:"
	refused "not a valid whiteout" "f:.wh..wh.x:"
	refused "not a valid whiteout" "f:.wh..wh.plnk:"
	refused "goes through a whiteout" "f:.wh.a/b:"
	refused "goes through a whiteout" "f:.wh..wh..opq/b:"
}

@test "C49 the character device 0:0 is refused" {
	refused "0:0" "c:bin:0:0"
	refused "0:0" "d:a" "c:a/b:0:0"
}

@test "C49 attributes of overlay are refused, others of trusted are left out" {
	refused "belongs to the file system" "x:SCHILY.xattr.trusted.overlay.opaque=y" "d:bin"
	refused "belongs to the file system" "x:SCHILY.xattr.user.overlay.opaque=y" "d:bin"
	refused "belongs to the file system" "x:SCHILY.xattr.user.overlay.redirect=/etc" "d:bin"
	refused "belongs to the file system" "x:SCHILY.xattr.trusted.overlay.whiteout=y" "f:bin:"
	refused "belongs to the file system" "x:LIBARCHIVE.xattr.user.overlay.opaque=eQ" "d:bin"
	taken "x:SCHILY.xattr.trusted.other=y" "x:SCHILY.xattr.user.mine=z" "f:a:x"
	hasnt "$(getfattr -d -m - "$FS/a" 2>/dev/null)" trusted
	has "$(getfattr -d -m - "$FS/a" 2>/dev/null)" 'user.mine="z"'
}

@test "C50 a gzip bomb is refused before it fills the disk" {
	"$MKTAR" z:zeros:400000000 | gzip -9 >"$D/bomb.tar.gz"
	file_refused "bomb" "$D/bomb.tar.gz"
}

@test "C50 a zstd bomb is refused too" {
	"$MKTAR" z:zeros:400000000 | zstd -q -19 --single-thread >"$D/bomb.tar.zst"
	file_refused "bomb" "$D/bomb.tar.zst"
}

@test "C50 bombs of xz and bzip2 are refused too, and within the memory that they may take" {
	"$MKTAR" z:zeros:400000000 | xz -1 >"$D/bomb.tar.xz"
	file_refused "bomb" "$D/bomb.tar.xz"
	"$MKTAR" z:zeros:100000000 | bzip2 -9 >"$D/bomb.tar.bz2"
	file_refused "bomb" "$D/bomb.tar.bz2"
	"$MKTAR" f:a:b | xz --lzma2=preset=0,dict=1GiB >"$D/memory.tar.xz"
	file_refused "takes 1024 MiB of memory" "$D/memory.tar.xz"
}

@test "C50 more bytes than allowed are refused" {
	export HOY_UNPACK_MAX_BYTES=1000000
	refused "more than 1000000 bytes" z:zeros:2000000
	unset HOY_UNPACK_MAX_BYTES
}

@test "C50 more files than allowed are refused" {
	export HOY_UNPACK_MAX_FILES=10
	refused "more than 10 files" d:1 d:2 d:3 d:4 d:5 d:6 d:7 d:8 d:9 d:10 d:11
	refused "more than 10 files" f:1/2/3/4/5/6/7/8/9/10/11:x
	taken d:1 d:2 d:3 d:4 d:5 d:6 d:7 d:8 d:9 d:10
}

@test "C50 headers without measure are refused: names, attributes, sizes" {
	local long
	long=$(printf 'n%.0s' $(seq 300))
	refused "too long a name" "x:path=$long" f:x:y
	long=$(printf 'abcdefghi/%.0s' $(seq 500))
	refused "too long a name" "x:path=${long}x" f:x:y
	long=$(printf 'v%.0s' $(seq 70000))
	refused "attribute" "x:SCHILY.xattr.user.x=$long" f:x:y
	refused "" "x:size=-5" f:x:y
	refused "" "x:size=9223372036854775807" f:x:y
	refused "owner" "x:uid=4294967295" f:x:y
}

@test "C50 pieces of a sparse file that overlap, run backwards or leave the file are refused" {
	local map sparse=(x:GNU.sparse.name=s x:GNU.sparse.size=40000 x:GNU.sparse.numblocks=2)
	for map in 8192,3,4096,4 0,3,2,4 39998,3,39999,4 4096,3,60000,4 4096,3,9223372036854775800,4; do
		refused "its pieces" "${sparse[@]}" "x:GNU.sparse.map=$map" f:s:abcdefg
	done
	taken "${sparse[@]}" "x:GNU.sparse.map=4096,3,30000,4" f:s:abcdefg
	is "$(tr -d '\0' <"$FS/s")" abcdefg
	is "$(stat -c %s "$FS/s")" 40000
}

@test "damaged archives are refused: cut off, a wrong checksum, garbage, nothing" {
	refused "too early" f:a:b cut
	refused "" "z:a:100000" "bad" f:c:d
	refused "" bad f:a:b
	: >"$D/empty.tar"
	file_refused "empty" "$D/empty.tar"
	head -c 100000 /dev/urandom >"$D/random.tar"
	file_refused "" "$D/random.tar"
	"$MKTAR" z:a:1000000 f:b:c | head -c 500000 >"$D/cut.tar"
	file_refused "" "$D/cut.tar"
	"$MKTAR" f:a:b | gzip >"$D/good.tar.gz"
	head -c 60 "$D/good.tar.gz" >"$D/cut.tar.gz"
	file_refused "" "$D/cut.tar.gz"
	(cat "$D/good.tar.gz"; echo garbage) >"$D/tail.tar.gz"
	file_refused "garbage" "$D/tail.tar.gz"
	(head -c -8 "$D/good.tar.gz"; printf 'XXXXXXXX') >"$D/sum.tar.gz"
	file_refused "checksum" "$D/sum.tar.gz"
	"$MKTAR" f:a:b | zstd -q | head -c 30 >"$D/cut.tar.zst"
	file_refused "" "$D/cut.tar.zst"
	local way
	for way in bzip2 xz; do
		"$MKTAR" f:a:b | $way >"$D/good"
		head -c -5 "$D/good" >"$D/cut"
		file_refused "too early" "$D/cut"
		head -c 30 "$D/good" >"$D/cut"
		file_refused "too early" "$D/cut"
		(cat "$D/good"; echo garbage) >"$D/tail"
		file_refused "garbage" "$D/tail"
		(cat "$D/good"; head -c -5 "$D/good") >"$D/cut"
		file_refused "too early" "$D/cut"
		(head -c 60 "$D/good"; printf 'XXXX'; tail -c +65 "$D/good") >"$D/changed"
		file_refused "$way data is damaged" "$D/changed"
		$way </dev/null >"$D/nothing"
		file_refused "not a tar" "$D/nothing"
	done
	echo '<html>' >"$D/page.tar"
	file_refused "not a tar" "$D/page.tar"
}

@test "an unknown type of entry, a link without a target are refused" {
	refused "" "l:a:"
	refused "" "h:a:"
}

confined_make() {
	"${CC:-gcc}" -O1 -std=gnu17 -D_GNU_SOURCE -I"$TREE/src" -o "$D/confined" "$BATS_TEST_DIRNAME/confined.c" \
		"$BUILD/libhoy.a" -lseccomp -ljson-c -lcrypto
}

@test "the confined unpacker sees no path of the host, opens no socket, and dies of a call that is not on its list" {
	confined_make
	mkdir "$D/cage"
	echo inside >"$D/cage/file"
	local what
	for what in host dotdot proc; do
		run "$D/confined" "$what" 3<"$D/cage" 4>/dev/null 5</dev/null
		is "$status" 0
		is "$output" "$what: out of reach"
	done
	for what in socket exec mount ptrace fork kill open ioctl bpf unshare; do
		run "$D/confined" "$what" 3<"$D/cage" 4>/dev/null 5</dev/null
		is "$status" 159 # 128 + SIGSYS, from the shell that bats runs it in
	done
	run "$D/confined" inside 3<"$D/cage" 4>/dev/null 5</dev/null
	is "$output" "inside: inside"
	run "$D/confined" capabilities 3<"$D/cage" 4>/dev/null 5</dev/null
	is "$output" "capabilities: 8800001b nnp 1"
	run "$D/confined" descriptors 3<"$D/cage" 4>/dev/null 5</dev/null 9<"$CANARY"
	is "$output" "descriptors: out of reach"
}

@test "the confined writer of an image has an empty root that it cannot fill, and no capability" {
	confined_make
	local what
	: >"$D/image"
	for what in host dotdot proc make; do
		run "$D/confined" "$what" bytes 3>"$D/image" 4>/dev/null 5</dev/null
		is "$output" "$what: out of reach"
	done
	run "$D/confined" root bytes 3>"$D/image" 4>/dev/null 5</dev/null
	is "$output" "root: empty"
	for what in socket exec mount ptrace fork kill open ioctl bpf unshare; do
		run "$D/confined" "$what" bytes 3>"$D/image" 4>/dev/null 5</dev/null
		is "$status" 159 # 128 + SIGSYS, from the shell that bats runs it in
	done
	run "$D/confined" capabilities bytes 3>"$D/image" 4>/dev/null 5</dev/null
	is "$output" "capabilities: 0 nnp 1"
	run "$D/confined" host bytes 3<"$D" 4>/dev/null 5</dev/null
	has "$output" "confine: descriptor 3 is a directory"
}
