#!/usr/bin/env bats
# scripts/lint finds what it is there to find, and finds nothing in our own tree.

lint() {
	run "$BATS_TEST_DIRNAME/../../scripts/lint" --structure "$@"
}

# A small tree that keeps the rules; each test plants one fault.
setup() {
	tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree/src/base" "$tree/src/cli" "$tree/scripts"
	printf '# a comment\nbase:\ncli: base\n' >"$tree/src/LAYERS"
	printf '# nothing\n' >"$tree/scripts/lint-allowed"
	printf '#ifndef HOY_BASE_A_H\n#define HOY_BASE_A_H\nint a(void);\n#endif\n' >"$tree/src/base/a.h"
	printf '#include "base/a.h"\n\nint a(void)\n{\n\treturn 1;\n}\n' >"$tree/src/base/a.c"
	printf '#include <stdio.h>\n\n#include "base/a.h"\n\nint main(void)\n{\n\treturn a();\n}\n' >"$tree/src/cli/main.c"
}

refused() { # text
	lint "$tree"
	[ "$status" -eq 1 ]
	[[ $output == *"$1"* ]] || { echo "$output"; false; }
	[[ $output == *"lint: 1 errors"* ]] || { echo "$output"; false; }
}

@test "our own tree keeps its rules" {
	lint
	echo "$output" | grep -v '^hint'
	[ "$status" -eq 0 ]
}

@test "a tree that keeps the rules passes" {
	lint "$tree"
	[ "$status" -eq 0 ]
}

@test "a layer that includes what it may not is refused" {
	echo '#include "cli/cli.h"' >>"$tree/src/base/a.c"
	refused 'src/base/a.c:7: layer base may not include cli'
}

@test "a folder without a layer is refused" {
	mkdir "$tree/src/extra"
	echo 'int x;' >"$tree/src/extra/x.c"
	refused 'folder extra is not in src/LAYERS'
}

@test "an include without its folder is refused" {
	echo '#include "a.h"' >>"$tree/src/base/a.c"
	refused 'include "a.h" without its folder'
}

@test "two headers that include each other are refused" {
	printf '#include "base/b.h"\n' >>"$tree/src/base/a.h"
	printf '#include "base/a.h"\n' >"$tree/src/base/b.h"
	refused 'cycle: '
}

@test "a cycle of three headers is refused" {
	printf '#include "base/b.h"\n' >>"$tree/src/base/a.h"
	printf '#include "base/c.h"\n' >"$tree/src/base/b.h"
	printf '#include "base/a.h"\n' >"$tree/src/base/c.h"
	refused 'cycle: '
}

@test "layers that may include each other are refused" {
	printf 'base: cli\ncli: base\n' >"$tree/src/LAYERS"
	refused 'cycle: layer:'
}

@test "every banned call is refused, wherever it stands" {
	for call in strcpy strcat sprintf strtok atoi gets alloca system popen; do
		setup
		printf 'void f(void)\n{\n\t(void)(%s (0));\n}\n' "$call" >>"$tree/src/base/a.c"
		refused "src/base/a.c:9: banned call: $call"
	done
}

@test "a system call by path is refused outside of base and linux only" {
	printf 'void f(void)\n{\n\tmkdir("x", 1);\n}\n' >>"$tree/src/base/a.c"
	lint "$tree"
	[ "$status" -eq 0 ]
	printf 'void f(void)\n{\n\tif (mount(0, 0, 0, 0, 0))\n\t\treturn;\n}\n' >>"$tree/src/cli/main.c"
	refused 'src/cli/main.c:11: banned call outside of linux/ and base/: mount'
}

@test "an exception in the list is let pass, for that file and call only" {
	printf 'void f(void)\n{\n\tmount(0);\n}\n' >>"$tree/src/cli/main.c"
	printf 'src/cli/main.c mount because of this test\n' >"$tree/scripts/lint-allowed"
	lint "$tree"
	[ "$status" -eq 0 ]
	printf 'void g(void)\n{\n\tchmod(0);\n}\n' >>"$tree/src/cli/main.c"
	refused 'by path'
}

@test "printing and exiting below the programs is refused" {
	mkdir "$tree/src/store"
	echo 'store: base' >>"$tree/src/LAYERS"
	printf 'void f(void)\n{\n\texit(1);\n}\n' >"$tree/src/store/x.c"
	refused 'banned call below the programs: exit'
}

@test "names in comments, strings, members and longer names are no calls" {
	cat >>"$tree/src/cli/main.c" <<'END'
/* strcpy(a, b) and
 * system("x") */
const char *s = "popen(\"a\") /* gets( */";
char c = '"';
void f(struct x *x)
{
	x->mount(1);
	x.mkdir(2);
	my_system(3);
	systemd(4);
}
END
	lint "$tree"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a comment of two slashes and an #if are refused" {
	printf 'int y; // note\n' >>"$tree/src/cli/main.c"
	refused 'comments are /* */'
	setup
	printf '#ifdef X\n' >>"$tree/src/cli/main.c"
	refused '#if outside'
}

@test "what grew large is a hint and no error" {
	for i in $(seq 510); do echo "int i$i;"; done >>"$tree/src/cli/main.c"
	printf 'int long_one(void)\n{\n' >>"$tree/src/cli/main.c"
	for i in $(seq 70); do printf '\tf();\n'; done >>"$tree/src/cli/main.c"
	printf '}\n' >>"$tree/src/cli/main.c"
	lint "$tree"
	[ "$status" -eq 0 ]
	[[ $output == *"hint: src/cli/main.c has 591 lines"* ]] || { echo "$output"; false; }
	[[ $output == *"long_one has 70 lines"* ]] || { echo "$output"; false; }
}
