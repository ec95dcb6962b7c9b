# Family C of the list of attacks, rows 50 to 52, 55 to 59, and 98: registries. Each hostile answer is refused with one sentence, the
# process that reads it has nothing to give, and nobody learns a secret that is not his.
load helper
load ../live/registry

setup_file() { :; }
setup() { registry_setup; }
teardown() { registry_teardown; }

# The manifest with this tag is refused: text, tag
refused() {
	fails 1 client resolve "$R/x:$2" || return
	has "$errors" "$1" || return
	is "$(wc -l <<<"$errors")" 1 || return
	hasnt "$errors" "signal" || return
	is "$output" ""
}

@test "row 50: what is larger than it may be is not read to its end" {
	registry blob=endless
	refused "larger than 4194304 bytes" huge
	refused "1000" manyentries
	fails 1 client config "$R/x:one"
	has "$errors" "config"
	# One that does not end is left at the byte behind the last.
	fails 1 fetch 1
	has "$errors" "sends more than the 1000000 bytes"
	[ "$(stat -c %s "$D/blob")" -le 1000000 ]
}

@test "row 51: a document that is a manifest and an index is neither" {
	registry
	refused "" ambiguous
	refused "it says that it is application/vnd.oci.image.manifest.v1+json, and was given out as" wrongtype
	refused "schema 1" schema1
	refused "layers" artifact
}

@test "row 52: a digest that is none is refused before it is used" {
	registry
	local tag
	for tag in baddigest emptydigest upperdigest shortdigest nul; do
		refused "" "$tag"
	done
	is "$(count blobs)" 0
	fails 1 client manifest "$R/x@sha256:../../x"
	is "$(count '\.\.')" 0
}

@test "row 55: a document that is not well-formed brings nothing down" {
	registry
	local tag
	for tag in deep twice invalid negative hugesize loop; do
		refused "" "$tag"
	done
	fails 1 client config "$R/x:badconfig"
	has "$errors" "config sha256:"
	pulls "$R/x:one"
}

@test "row 56: an address in a descriptor is not asked" {
	registry auth=basic
	mkdir "$HOME/.docker"
	printf '{"auths": {"%s": {"auth": "%s"}}}' "$R" "$(printf user:right | base64)" >"$HOME/.docker/config.json"
	pulls "$R/x:urls"
	is "$(count elsewhere)" 0
	is "$(count '^other')" 0
}

@test "row 57: where a registry sends us learns nothing of who we are" {
	local auth
	for auth in basic bearer; do
		registry auth=$auth redirect=other
		mkdir -p "$HOME/.docker"
		printf '{"auths": {"%s": {"auth": "%s"}}, "HttpHeaders": {"X-Test": "secret"}}' "$R" "$(printf user:right | base64)" \
			>"$HOME/.docker/config.json"
		pulls "$R/x:one"
		is "$(count '^other GET .* 200 auth=- .*header=-')" 4
		is "$(count '^other')" 4
	done
}

@test "row 57: a redirect that goes round, or from TLS to plain text, is not followed" {
	registry redirect=loop
	fails 1 fetch 1
	has "$errors" "more than 10 redirects"
	is "$(count "$layer1")" 11
	authority
	certificate good IP:127.0.0.1 30
	registry tls="$D/good.crt,$D/good.key" plain=1 redirect=http
	trust "$R"
	fails 1 fetch 1
	has "$errors" "a redirect from https to http"
	is "$(count '^other')" 0
	registry tls="$D/good.crt,$D/good.key" plain=1 location=plain
	trust "$R"
	pushable
	fails 1 client push "$R/empty/x:new" "$D/push" "$D/manifest"
	has "$errors" "plain text"
	is "$(count '^other')" 0
}

@test "row 58: what is not what its digest says is not handed on" {
	registry blob=other
	fails 1 client config "$R/x:one"
	has "$errors" "its digest is wrong"
	is "$output" ""
	local kind
	for kind in short long; do
		registry blob=$kind
		fails 1 client config "$R/x:one"
		fails 1 fetch 1
		has "$errors" "not 1000000"
		is "$(stat -c %s "$D/blob")" 0
	done
	registry saysdigest=1
	fails 1 client manifest "$R/x:one"
	has "$errors" "the registry says that its digest is"
}

@test "row 59: no answer makes a registry that is verified one in plain text" {
	registry
	mkdir "$D/etc/containers"
	printf '[[registry]]\nlocation = "%s"\ninsecure = false\n' "$R" >"$D/etc/containers/registries.conf"
	fails 1 client manifest "$R/x:one"
	has "$errors" "it does not speak TLS"
	is "$(count 'manifests')" 0
	authority
	certificate good IP:127.0.0.1 30
	registry tls="$D/good.crt,$D/good.key" plain=1
	printf '[[registry]]\nlocation = "%s"\ninsecure = false\n' "$R" >"$D/etc/containers/registries.conf"
	fails 1 client manifest "$R/x:one"
	has "$errors" "its certificate is not trusted"
	is "$(count .)" 0
}

@test "row 98: credentials of one registry go to no other, and are in no sentence" {
	registry auth=basic
	local friend=$R friend_log=$P/log
	mkdir "$HOME/.docker"
	printf '{"auths": {"%s": {"auth": "%s"}}}' "$friend" "$(printf user:right | base64)" >"$HOME/.docker/config.json"
	registry auth=basic
	fails 1 client manifest "$R/x:one"
	is "$(count 'auth=Basic')" 0
	# A token service in plain text, named by a registry with TLS.
	authority
	certificate good IP:127.0.0.1 30
	registry tls="$D/good.crt,$D/good.key" auth=bearer realm="http://$friend/token"
	trust "$R"
	printf '{"auths": {"%s": {"auth": "%s"}}}' "$R" "$(printf user:right | base64)" >"$HOME/.docker/config.json"
	fails 1 client manifest "$R/x:one"
	has "$errors" "in plain text"
	is "$(grep -c . "$friend_log")" 0
	# What is refused is not repeated.
	registry auth=bearer
	printf '{"auths": {"%s": {"auth": "%s"}}}' "$R" "$(printf user:SeCrEt | base64)" >"$HOME/.docker/config.json"
	fails 1 client manifest "$R/x:one"
	hasnt "$errors" SeCrEt
	hasnt "$errors" "$(printf user:SeCrEt | base64)"
}

@test "what is said on the way is printed as text, whatever it is" {
	registry busy=404,1000
	fails 1 client manifest "$R/x:one"
	hasnt "$errors" $'\e'
	registry message=$'a\e]0;evil\ab' busy=404,1000
	fails 1 client manifest "$R/x:one"
	has "$errors" evil
	hasnt "$errors" $'\e'
}

@test "hoy-fetch taken over sees no file of the host, reaches no service of the machine, and dies of a call that is not on its list" {
	"${CC:-gcc}" -O1 -std=gnu17 -D_GNU_SOURCE -I"$TREE/src" -o "$D/confined" "$BATS_TEST_DIRNAME/confined.c" "$BUILD/libhoy.a" \
		-lseccomp -ljson-c -lcrypto -lcap
	local what
	for what in host dotdot proc sockets; do
		run "$D/confined" "$what" fetch 3</dev/null
		is "$output" "$what: out of reach"
	done
	for what in make exec mount ptrace fork kill open bpf unshare; do
		run "$D/confined" "$what" fetch 3</dev/null
		is "$status" 159 # 128 + SIGSYS, from the shell that bats runs it in
	done
	run "$D/confined" capabilities fetch 3</dev/null 5</dev/null
	is "$output" "capabilities: 0 nnp 1 uid 65534 gid 65534"
}

@test "hoy-fetch at work is nobody, in an empty root, behind its filter, with its socket, the network and a pipe" {
	registry stall=100000
	HOY_FETCH_LOW_SPEED_S=60 "$BUILD/tools/registry_client" blob "$R/x" "$layer1" "$layer1_size" >"$D/blob" 2>/dev/null 3>&- &
	local client=$! fetcher state
	eventually test -s "$D/blob"
	fetcher=$(pgrep -x hoy-fetch -P "$client")
	state=$(cat "/proc/$fetcher/status")
	matches "$state" $'Uid:\t65534\t65534\t65534\t65534'
	matches "$state" $'Groups:\t *\n'
	matches "$state" $'CapPrm:\t0000000000000000'
	matches "$state" $'CapBnd:\t0000000000000000'
	matches "$state" $'NoNewPrivs:\t1'
	matches "$state" $'Seccomp:\t2'
	is "$(ls "/proc/$fetcher/root")" etc
	is "$(awk '$5 == "/" { print $6 ~ /^ro,/ }' "/proc/$fetcher/mountinfo")" 1
	is "$(find "/proc/$fetcher/fd" -lname '/*' -printf '%l\n' | sort -u)" /dev/null
	is "$(tr '\0' '\n' <"/proc/$fetcher/environ" | grep -vE '^(HOY_FETCH_|SSL_CERT_FILE=)')" ""
	kill "$client"
	wait "$client" || true
	eventually test ! -e "/proc/$fetcher"
}

# What the engine makes of a hoy-fetch that lies: lie, text, verb, argument
told() {
	HOY_FETCH_LIE=$1 fails 1 timeout 20 "$D/bin/registry_client" "$3" "$4" || return
	has "$errors" "$2" || return
	hasnt "$errors" $'\e' || return
	is "$(wc -l <<<"$errors")" 1 || return
	is "$output" ""
}

@test "the engine believes nothing of a hoy-fetch that was taken over" {
	mkdir "$D/bin"
	cp "$BUILD/tools/registry_client" "$D/bin"
	cp "$TREE/tests/tools/fetch_liar.py" "$D/bin/hoy-fetch"
	local x=127.0.0.1:1/x:one by_digest
	by_digest=127.0.0.1:1/x@sha256:$(printf 'a%.0s' {1..64})
	told unready "does not say that it is ready" manifest $x
	told garbage "hoy-fetch" manifest $x
	told version "hoy-fetch" manifest $x
	told endless "hoy-fetch" manifest $x
	told escape "?]0;evil??hoy: all is well.?" manifest $x
	told success "it does not say why it failed" manifest $x
	told large "larger than 4194304 bytes" manifest $x
	told short "shorter than" manifest $x
	told other "has the digest" manifest "$by_digest"
	told strangers "at last" manifest $x
	HOY_FETCH_LIE=warnings fails 1 timeout 20 "$D/bin/registry_client" manifest $x
	hasnt "$errors" $'\e'
	has "$errors" "at last"
	is "$(grep -c '^WARNING: registry h.x1b.0;evil.a.n warns: [0-9]* .x1b.2J.nhoy: all is well' <<<"$errors")" 16
	[ "${#errors}" -lt 20000 ]
	told header "cannot be printed" head $x
	told digest "is no digest" head $x
}

# What import makes of it: lie, text
imported() {
	HOY_FETCH_LIE=$1 fails 1 timeout 20 "$D/bin/hoy" import http://127.0.0.1:1/x x || return
	has "$errors" "$2" || return
	hasnt "$errors" $'\e' || return
	is "$(wc -l <<<"$errors")" 1 || return
	is "$output" "" || return
	is "$(find "$HOY_ROOT"/{tmp,layers,blobs/sha256,images/records,images/refs} -mindepth 1 2>/dev/null)" ""
}

@test "an import of a URL believes nothing of a hoy-fetch that was taken over" {
	local program
	mkdir "$D/bin"
	cp "$BUILD/hoy" "$D/bin"
	for program in "$BUILD"/hoy-*; do ln -s "$program" "$D/bin"; done
	rm "$D/bin/hoy-fetch"
	cp "$TREE/tests/tools/fetch_liar.py" "$D/bin/hoy-fetch"
	imported unready "does not say that it is ready"
	imported garbage "hoy-fetch"
	imported escape "?]0;evil??hoy: all is well.?"
	imported success "it does not say why it failed"
	imported strangers "at last"
	imported silent "the archive is empty"
	imported broken "at last"
	imported unsaid "does not say whether all of it came"
}
