# EROFS layers: what `hoy-image unpack erofs` makes of an archive, mounted by the kernel and compared with what GNU tar makes of it.
load helper
load tree

setup_file() { :; }
setup() {
	T=$(mktemp -d /tmp/hoy-test.XXXXXX)
	D=$T/d
	mkdir -p "$D/mnt"
	MKTAR=$BUILD/tools/mktar
	export -f tree_facts
}
teardown() { rm -rf --one-file-system "$T"; }

# The archive on stdin becomes $D/img.
image() { # [lowest]
	"$BUILD/hoy-image" unpack erofs "$@" >"$D/blob" 3>"$D/img" 4>"$D/result" 5</dev/null || { cat "$D/result" && return 1; }
}
# A command with the image at $D/mnt.
within() { "$BUILD/tools/erofs" "$D/img" "$D/mnt" "$@"; }
checked() { fsck.erofs "$D/img" || { fsck.erofs -d9 "$D/img" && return 1; }; }

# What GNU tar makes of $D/t.tar is what the kernel shows of its image, and fsck.erofs has nothing to say.
same_as_tar() { # options of tar
	rm -rf "$D/gnu"
	mkdir "$D/gnu"
	tar -C "$D/gnu" -xpf "$D/t.tar" --numeric-owner "$@" 2>/dev/null
	image lowest <"$D/t.tar" || return
	checked || return
	diff <(tree_facts "$D/gnu") <(within bash -c "tree_facts '$D/mnt'") || return
	# Links of directories, and holes.
	diff <(cd "$D/gnu" && find . -type d -printf '%p %n\n' | sort) <(within find "$D/mnt" -type d -printf './%P %n\n' | sed 's,^\./ ,. ,' | sort) || return
	diff <(cd "$D/gnu" && find . -type f -print0 | sort -z | xargs -0 "$BUILD/tools/extents") \
		<(within bash -c "cd '$D/mnt' && find . -type f -print0 | sort -z | xargs -0 '$BUILD/tools/extents'")
}

@test "a pax tar becomes the same tree as GNU tar makes of it, attribute by attribute, hole by hole" {
	tree_make "$D/tree"
	tar --format=pax --xattrs --xattrs-include='*' -S -cf "$D/t.tar" -C "$D/tree" .
	same_as_tar --xattrs --xattrs-include='*'
	diff <(tree_facts "$D/tree") <(within bash -c "tree_facts '$D/mnt'")
}

@test "a GNU tar becomes the same tree as GNU tar makes of it" {
	tree_make "$D/tree"
	tar --format=gnu -S -cf "$D/t.tar" -C "$D/tree" .
	same_as_tar
}

@test "the same archive becomes the same image, byte for byte, compressed or not" {
	tree_make "$D/tree"
	tar -C "$D/tree" -cf "$D/t.tar" .
	image lowest <"$D/t.tar"
	cp "$D/img" "$D/first"
	gzip <"$D/t.tar" >"$D/t.tar.gz"
	image lowest <"$D/t.tar.gz"
	cmp "$D/first" "$D/img"
	cmp "$D/t.tar.gz" "$D/blob"
	is "$(jq -r .diffId "$D/result")" "sha256:$(sha256sum <"$D/t.tar" | cut -d ' ' -f 1)"
}

@test "an image that was not finished cannot be mounted" {
	tree_make "$D/tree"
	tar -C "$D/tree" -cf "$D/t.tar" .
	local size
	size=$(stat -c %s "$D/t.tar")
	! head -c $((size - 20000)) "$D/t.tar" | image lowest
	[ "$(stat -c %s "$D/img")" -gt 0 ]
	fails 32 within true
}

@test "only an empty file is written to" {
	local what=$D/used
	echo used >"$what"
	! "$MKTAR" f:a:b | "$BUILD/hoy-image" unpack erofs >/dev/null 3<>"$what" 4>"$D/result" 5</dev/null
	has "$(cat "$D/result")" "not an empty file"
	is "$(cat "$what")" used
	! "$MKTAR" f:a:b | "$BUILD/hoy-image" unpack erofs >/dev/null 3</dev/null 4>"$D/result" 5</dev/null
	has "$(cat "$D/result")" "not an empty file"
	! "$MKTAR" f:a:b | "$BUILD/hoy-image" unpack erofs >/dev/null 3<"$D" 4>"$D/result" 5</dev/null
}

# The archive $D/t.tar by both writers: the same refusal, word for word, or the same tree.
both_same() { # [lowest]
	local files=0 image=0
	rm -rf "$D/files"
	mkdir -m 755 "$D/files"
	"$BUILD/hoy-image" unpack "$@" <"$D/t.tar" >"$D/blob" 3<"$D/files" 4>"$D/result.files" 5</dev/null || files=$?
	"$BUILD/hoy-image" unpack erofs "$@" <"$D/t.tar" >"$D/blob" 3>"$D/img" 4>"$D/result" 5</dev/null || image=$?
	diff "$D/result.files" "$D/result" || return
	is "$image" "$files" || return
	[ $files = 0 ] || return 0
	checked || return
	diff <(tree_facts "$D/files" | known) <(within bash -c "tree_facts '$D/mnt'" | known)
}
# Without what is not said by an archive: the times of directories that it does not name, and of whiteouts their owner, links and time.
known() { sed -E 's/^([^|]*\|d\|[^|]*\|[^|]*)\|.*/\1/; s/^([^|]*\|c\|0)\|.*/\1/'; }

@test "random archives are refused with the same words, or become the same tree, as files and as an image" {
	local seed
	for seed in {1..120}; do
		python3 "$TREE/tests/tools/random_tar.py" "$seed" >"$D/t.tar"
		both_same || { echo "seed $seed" && return 1; }
	done
}
