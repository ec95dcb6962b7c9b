# EROFS layers: what `hoy-image unpack erofs` makes of an archive, mounted by the kernel and compared with what GNU tar makes of it.
load helper
load tree

setup_file() { :; }
setup() {
	instance_place
	mkdir "$D/mnt"
	MKTAR=$BUILD/tools/mktar
	export -f tree_facts
}

# The archive on stdin becomes $D/img.
image() { # [lowest]
	"$BUILD/hoy-image" unpack erofs "$@" >"$D/blob" 3>"$D/img" 4>"$D/result" 5</dev/null || { cat "$D/result" && return 1; }
}
# A command with the image at $D/mnt.
within() { "$BUILD/tools/erofs" "$D/img" "$D/mnt" "$@"; }
# fsck.erofs of erofs-utils 1.5 takes 4 KiB of its stack for each directory of a path.
checked() { (ulimit -s unlimited && fsck.erofs "$D/img"); }

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

# A tar that python makes: `tar` is a tarfile, add(name, type=, content=, ...) adds a member.
python_tar() { # statements on stdin
	python3 - "$D/t.tar" <(cat) <<-'PYTHON'
		import io, os, sys, tarfile
		with tarfile.open(sys.argv[1], "w", format=tarfile.PAX_FORMAT) as tar:
		    def add(name, content=b"", xattrs={}, **members):
		        info = tarfile.TarInfo(name)
		        info.size = len(content)
		        for key, value in members.items():
		            setattr(info, key, value)
		        for key, value in xattrs.items():
		            info.pax_headers["SCHILY.xattr." + key] = value
		        tar.addfile(info, io.BytesIO(content))
		    exec(open(sys.argv[2]).read())
	PYTHON
}

@test "sizes around a block and around what an inode leaves of one: content and size are exact" {
	local n
	mkdir "$D/tree"
	for n in 0 1 31 32 33 1983 1984 1985 2047 2048 4031 4032 4033 4063 4064 4095 4096 4097 6079 6080 6081 8127 8128 8129 8191 8192 8193 65535 65536 262143 262144 262145 1000000; do
		head -c "$n" /dev/urandom >"$D/tree/$n"
	done
	tar -cf "$D/t.tar" -C "$D/tree" .
	same_as_tar
}

@test "holes: at the beginning, in the middle, at the end, everywhere, in blocks and below" {
	mkdir "$D/tree"
	cd "$D/tree"
	local at
	piece() { printf 'piece' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
	truncate -s 1M all begin middle end pieces odd
	truncate -s 100 small
	truncate -s 4096 block
	piece begin 900000
	piece middle 10
	piece middle 1048000
	piece end 0
	for at in 0 4096 12288 12300 16380 500000 524288 1048571; do piece pieces $at; done
	truncate -s 1048570 odd
	piece odd 4094
	head -c 200000 /dev/urandom | dd of=pieces bs=4096 seek=20 conv=notrunc status=none
	# A chunk of these is 2, 4 and 16384 blocks.
	truncate -s 300M large
	truncate -s 1G larger
	truncate -s 4T huge
	for at in 5 8190 8200 150000000 314572000; do piece large $at; done
	for at in 65536 500000000 1073741000; do piece larger $at; done
	for at in 0 100000 2199023255552 4398046511000; do piece huge $at; done
	cd - >/dev/null
	tar --format=pax -S -cf "$D/t.tar" -C "$D/tree" .
	image lowest <"$D/t.tar"
	checked
	local name
	for name in all begin middle end pieces odd small block large larger; do
		within cmp "$D/tree/$name" "$D/mnt/$name"
		is "$(stat -c %s "$D/tree/$name")" "$(within stat -c %s "$D/mnt/$name")"
	done
	# Of these, holes are as they were; of the others, whole chunks of them.
	diff <(cd "$D/tree" && "$BUILD/tools/extents" all begin middle end pieces odd block) \
		<(within bash -c "cd '$D/mnt' && '$BUILD/tools/extents' all begin middle end pieces odd block")
	is "$(within "$BUILD/tools/extents" "$D/mnt/large" | cut -d ' ' -f 2-)" "0-4 36620-36622 76798-76800"
	is "$(within "$BUILD/tools/extents" "$D/mnt/huge" | cut -d ' ' -f 2-)" "0-16384 536870912-536887296 1073725440-1073741824"
	for at in 0 100000 2199023255552; do
		is "$(within dd if="$D/mnt/huge" bs=1 skip=$at count=6 status=none | od -c -An | tr -d ' ')" 'piece\0'
	done
	is "$(within tail -c 99 "$D/mnt/huge" | tr -d '\0' | wc -c)" 0
	is "$(within dd if="$D/mnt/huge" bs=1 skip=4398046511000 count=5 status=none)" piece
	# What is a hole there takes no disk here.
	[ "$(stat -c %b "$D/img")" -lt 4000 ]
}

@test "owners up to 2^31-1, modes, nanoseconds before and after 1970, device numbers of 12 and 20 bits" {
	mkdir "$D/tree"
	cd "$D/tree"
	local n
	for n in 0 1 65535 65536 2147483646 2147483647; do
		: >"owner$n"
		chown "$n:$((2147483647 - n))" "owner$n"
	done
	for n in 0000 0001 0777 1000 2000 4000 7777 6711; do
		: >"mode$n"
		mkdir "dir$n"
		chmod "$n" "mode$n" "dir$n"
	done
	touch -d '@0' time0
	touch -d '@-1.000000001' time1
	touch -d '@4294967296.999999999' time2
	touch -d '@-2000000000.5' time3
	mknod char c 4095 1048575
	mknod block b 259 1048575
	mknod old c 255 255
	mknod new c 256 256
	mkfifo -m 0600 fifo
	chown 70000:70001 fifo char
	cd - >/dev/null
	tar --format=pax -cf "$D/t.tar" -C "$D/tree" .
	same_as_tar
}

@test "names of 255 bytes and of every byte, links of 4095, paths as deep as they can be" {
	mkdir "$D/tree"
	cd "$D/tree"
	local name i
	name=$(printf 'n%.0s' {1..255})
	: >"$name"
	: >"${name:0:254}"
	: >"$(printf 'ü%.0s' {1..127})x"
	: >$'new\nline' ; : >$'\x01' ; : >$'\xff\xfe' ; : >'-' ; : >' ' ; : >'..a' ; : >'...' ; : >'!' ; : >',' ; : >'a"b'
	for i in 1 100 1983 1984 1985 4095; do ln -s "$(head -c "$i" /dev/zero | tr '\0' t)" "link$i"; done
	mkdir -p "$(printf 'd/%.0s' {1..2000})"
	mkdir -p "$(for i in {1..15}; do printf '%s/' "${name:0:200}"; done)"
	cd - >/dev/null
	tar --format=gnu -cf "$D/t.tar" -C "$D/tree" .
	same_as_tar
}

@test "a directory of 100,000 names: all are found, none twice, in order" {
	python_tar <<-'END'
		for i in range(100000):
		    add("many/%x-%s" % (i * 7919 % 100003, "x" * (i % 50)))
		add("many/sub", type=tarfile.DIRTYPE)
	END
	image lowest <"$D/t.tar"
	checked
	within python3 - "$D/mnt/many" <<-'END'
		import os, sys
		want = {"%x-%s" % (i * 7919 % 100003, "x" * (i % 50)) for i in range(100000)} | {"sub"}
		got = os.listdir(sys.argv[1])
		assert len(got) == len(set(got)) == 100001 and set(got) == want
		assert got == sorted(got)
		for name in got:
		    os.lstat(os.path.join(sys.argv[1], name))
		for name in list(want)[::7]:
		    assert not os.path.lexists(os.path.join(sys.argv[1], name + "y"))
	END
}

@test "70,000 names of one file, names of links and devices, one replaced, one linked to itself" {
	python_tar <<-'END'
		add("first", b"content")
		for i in range(70000):
		    add("link%d" % i, type=tarfile.LNKTYPE, linkname="first")
		add("symlink", type=tarfile.SYMTYPE, linkname="nowhere")
		add("other", type=tarfile.LNKTYPE, linkname="symlink")
		add("device", type=tarfile.CHRTYPE, devmajor=1, devminor=3)
		add("null", type=tarfile.LNKTYPE, linkname="device")
		add("link5", b"new")
		add("link6", type=tarfile.DIRTYPE)
		add("link7", type=tarfile.LNKTYPE, linkname="link7")
		add("link8", type=tarfile.LNKTYPE, linkname="link9")
	END
	image lowest <"$D/t.tar"
	checked
	is "$(within stat -c %h "$D/mnt/first")" 69999
	is "$(within stat -c '%h %i' "$D/mnt/link69999")" "$(within stat -c '%h %i' "$D/mnt/first")"
	is "$(within cat "$D/mnt/link8" "$D/mnt/link5")" contentnew
	is "$(within stat -c '%h %F' "$D/mnt/"{link5,link6,other,null})" "1 regular file
2 directory
2 symbolic link
2 character special file"
}

# Attributes that no other file system here takes: compared with what the archive says.
xattrs_are() { # python: a dictionary of names to dictionaries
	within python3 - "$D/mnt" "$1" <<-'END'
		import os, sys
		for name, want in eval(sys.argv[2]).items():
		    path = os.path.join(sys.argv[1], name)
		    got = {key: os.getxattr(path, key, follow_symlinks=False) for key in os.listxattr(path, follow_symlinks=False)}
		    assert got == {key: value.encode() for key, value in want.items()}, (name, len(got), [(k, len(v)) for k, v in got.items()])
		    try:
		        os.getxattr(path, "user.none")
		        assert False
		    except OSError:
		        pass
	END
}

@test "attributes: small, large, many, the same ones of many files, of directories and of the root" {
	local many='{"user.%d" % i: "v" * (i * 400) for i in range(64)}' same='{"user.same": "s" * 3000, "user.own": "x"}'
	python_tar <<-END
		add("./", type=tarfile.DIRTYPE, xattrs=$many)
		add("small", b"tail", xattrs={"user.a": "1", "user.empty": "", "user." + "n" * 250: "long"})
		add("many", b"tail" * 5000, xattrs=$many)
		add("dir", type=tarfile.DIRTYPE, xattrs=$many)
		add("largest", xattrs={"user.x": "v" * 65535})
		for i in range(2000):
		    add("same/%d" % i, b"t" * i, xattrs=$same)
		add("merged", type=tarfile.DIRTYPE, xattrs={"user.a": "1", "user.b": "2"})
		add("merged", type=tarfile.DIRTYPE, xattrs={"user.b": "3", "user.c": "4"})
		add("link", type=tarfile.SYMTYPE, linkname="small", xattrs={"user.a": "1"})
	END
	image lowest <"$D/t.tar"
	checked
	xattrs_are "{'small': {'user.a': '1', 'user.empty': '', 'user.' + 'n' * 250: 'long'}, 'many': $many, 'dir': $many, '.': $many,
		'largest': {'user.x': 'v' * 65535}, 'same/0': $same, 'same/1999': $same, 'merged': {'user.a': '1', 'user.b': '3', 'user.c': '4'}, 'link': {}}"
	# The same large one is there once.
	is "$(grep -c "$(printf 's%.0s' {1..3000})" -a "$D/img")" 1
	within cmp "$D/mnt/same/1999" <(head -c 1999 /dev/zero | tr '\0' t)
	python_tar <<<'add("x", xattrs={"user.x": "v" * 65536})'
	! image lowest <"$D/t.tar"
	has "$(jq -r .error "$D/result")" "too large an attribute"
}

@test "whiteouts and opaque directories hide what is below, for overlay, and come out again as they went in" {
	local lower=$D/lower.img
	python_tar <<-'END'
		for name in "gone", "dir/gone", "dir/kept", "opaque/old", "again/old", "implied/old", "file", "replaced/old":
		    add(name, name.encode())
	END
	image lowest <"$D/t.tar"
	mv "$D/img" "$lower"
	python_tar <<-'END'
		add(".wh.gone")
		add("dir/.wh.gone")
		add("dir/new", b"new")
		add("opaque/.wh..wh..opq")
		add("opaque/new", b"new")
		add(".wh.again")
		add("again", type=tarfile.DIRTYPE)
		add("again/new", b"new")
		add(".wh.implied")
		add("implied/new", b"new")
		add(".wh.replaced")
		add("replaced", b"a file now")
	END
	image <"$D/t.tar"
	checked
	mkdir "$D/lower" "$D/merged"
	is "$("$BUILD/tools/erofs" "$lower" "$D/lower" "$BUILD/tools/erofs" "$D/img" "$D/mnt" sh -c \
		"mount -t overlay -o userxattr,lowerdir=$D/mnt:$D/lower none $D/merged && cd $D/merged && find . -type f | sort | xargs grep -H .")" "./again/new:new
./dir/kept:dir/kept
./dir/new:new
./file:file
./implied/new:new
./opaque/new:new
./replaced:a file now"
	# All whiteouts are one inode.
	is "$(within stat -c '%h %t %T %a' "$D/mnt/gone" "$D/mnt/dir/gone" | sort -u)" "2 0 0 0"
	within sh -c "exec $BUILD/hoy-image pack layer </dev/null 3<$D/mnt 4>$D/result 5</dev/null" >"$D/packed.tar"
	is "$(tar -tf "$D/packed.tar" | grep -F .wh. | sort | tr '\n' ' ')" ".wh.gone again/.wh..wh..opq dir/.wh.gone implied/.wh..wh..opq opaque/.wh..wh..opq "
	both_same
}

@test "a tree is packed out of an image, and out of an overlay on one, with its holes" {
	tree_make "$D/tree"
	tar --format=pax --xattrs --xattrs-include='*' -S -cf "$D/t.tar" -C "$D/tree" .
	image lowest <"$D/t.tar"
	mkdir "$D/out" "$D/upper" "$D/work" "$D/merged"
	local from
	for from in "$D/mnt" "$D/merged"; do
		within sh -c "mount -t overlay -o userxattr,lowerdir=$D/mnt,upperdir=$D/upper,workdir=$D/work none $D/merged &&
			exec $BUILD/hoy-image pack tree </dev/null 3<$from 4>$D/result 5</dev/null" >"$D/packed.tar"
		rm -rf "$D/out"
		mkdir "$D/out"
		tar -C "$D/out" --xattrs --xattrs-include='*' -xpf "$D/packed.tar" 2>/dev/null
		diff <(tree_facts "$D/tree" | grep -v '^\.|') <(tree_facts "$D/out" | grep -v '^\.|')
		diff <(cd "$D/tree" && "$BUILD/tools/extents" sparse) <(cd "$D/out" && "$BUILD/tools/extents" sparse)
	done
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
	for seed in {1..60}; do
		python3 "$TREE/tests/tools/random_tar.py" "$seed" >"$D/t.tar"
		both_same || { echo "seed $seed" && return 1; }
	done
}
