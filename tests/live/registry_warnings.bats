#!/usr/bin/env bats
# What a registry warns of (the Warning header) is shown to the user: once, and so that it can do no harm.
load helper
load registry
load ../images

setup_file() {
	D=$BATS_FILE_TMPDIR
	images <<'PY'
l = layer(file="x")
c = config([l])
m = manifest(c, [pack(l)], LAYER + "+gzip")
directory(D + "/layout", layout(index(descriptor(MANIFEST, m, **named("one"))), m, c, pack(l)))
PY
}
setup() { registry_setup; }
teardown() { registry_teardown; }
warnings() { grep '^WARNING: registry ' "$D/said"; }

@test "a warning is shown once for all answers that have it, with the registry's name" {
	registry warning='299 - "PLACE: the tag goes in May"|299 - "and \"this\" too"'
	client pull "$R/x:one" "$D" 2>"$D/said"
	is "$(warnings)" "WARNING: registry $R warns: registry: the tag goes in May
WARNING: registry $R warns: and \"this\" too"
}

@test "pull, push and login show warnings, quietly too, and on standard error alone" {
	registry layout="$BATS_FILE_TMPDIR/layout" warning='299 - "soon"'
	is "$(hoy pull -q "$R/x:one" 2>"$D/said")" "$R/x:one"
	is "$(warnings)" "WARNING: registry $R warns: soon"
	hoy tag "$R/x:one" "$R/y:one"
	hoy push -q "$R/y:one" >/dev/null 2>"$D/said"
	is "$(warnings)" "WARNING: registry $R warns: soon"
	registry auth=basic warning='299 - "soon"'
	hoy login "$R" -u user --password-stdin <<<right >/dev/null 2>"$D/said"
	is "$(warnings)" "WARNING: registry $R warns: soon"
}

@test "what warns of nothing, or not as the specification has it, is not shown" {
	registry warning='199 - "a"|299 registry.test "b"|299 - "c" "Wed, 21 Oct 2015 07:28:00 GMT"|299 - d|299 - "e|299 - ""'
	client pull "$R/x:one" "$D" 2>"$D/said"
	fails 1 warnings
}

@test "what cannot be printed in a warning is escaped" {
	registry warning=$'299 - "\x1b]0;evil\x07 \xc2\x9b \t \xff"'
	client head "$R/x:one" 2>"$D/said"
	is "$(LC_ALL=C grep -c '[^ -~]' "$D/said" || true)" 0
	has "$(warnings)" '\x1b]0;evil\a'
}

@test "of many warnings the first sixteen are shown, and of all of them 4096 bytes" {
	registry warning="$(for i in {1..20}; do printf '299 - "%d"|' "$i"; done)"
	client head "$R/x:one" 2>"$D/said"
	is "$(warnings | wc -l)" 16
	registry warning="$(for i in {1..9}; do printf '299 - "%d%0999d"|' "$i" 0; done)"
	client head "$R/x:one" 2>"$D/said"
	is "$(warnings | wc -l)" 4
	registry warning="$(printf '299 - "%05000d"|299 - "short"' 0)"
	client head "$R/x:one" 2>"$D/said"
	is "$(warnings)" "WARNING: registry $R warns: short"
}

@test "the registry warns when it refuses and when it redirects; what it redirects to, and its token service, do not" {
	registry auth=bearer redirect=other location=other warning='299 - "PLACE STATUS"'
	fails 1 client manifest "$R/x:one"
	is "$(grep ^WARNING <<<"$errors")" "WARNING: registry $R warns: registry 401"
	stored "$R" user right
	client pull "$R/x:one" "$D" 2>"$D/said"
	log '^other GET .* 200'
	log '^token GET .* 200'
	is "$(warnings | sort)" "WARNING: registry $R warns: registry 200
WARNING: registry $R warns: registry 307
WARNING: registry $R warns: registry 401"
	pushable
	client push "$R/empty/x:new" "$D/push" "$D/manifest" 2>"$D/said"
	log '^other PUT .* 201'
	hasnt "$(warnings)" other
}

@test "a command that speaks with several repositories shows a warning once" {
	registry warning='299 - "soon"'
	hoy registry rm "$R/x:one" "$R/y:one" "$R/z:one" 2>"$D/said"
	is "$(warnings)" "WARNING: registry $R warns: soon"
}
