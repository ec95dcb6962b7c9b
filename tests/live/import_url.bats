# import of a URL (tests/tools/files.py): what is fetched, from where, as whom, and that what breaks leaves nothing.
load helper
load registry
load tree

setup_file() {
	D=$BATS_FILE_TMPDIR
	mkdir "$D/www"
	mkdir -p "$D/root/bin"
	cp /bin/busybox "$D/root/bin/busybox"
	head -c 3000000 /dev/urandom >"$D/root/noise"
	tar -C "$D/root" -cf "$D/www/a.tar" .
	gzip -c "$D/www/a.tar" >"$D/www/a.tar.gz"
	xz -0c "$D/www/a.tar" >"$D/www/a.tar.xz"
	: >"$D/www/nothing"
	echo '<html>' >"$D/www/page"
}
setup() {
	registry_setup
	WWW=$BATS_FILE_TMPDIR/www
}
teardown() { registry_teardown; }

sum() { sha256sum | cut -d ' ' -f 1; }
nothing_is_left() { is "$(find "$HOY_ROOT"/{tmp,layers,blobs/sha256,partial,images/records,images/refs} -mindepth 1 2>/dev/null)" ""; }
has_begun() { [ -n "$(ls -A "$HOY_ROOT/tmp" 2>/dev/null)" ]; }
# import fails, with this text and nothing left: text, url
refused() {
	fails 1 hoy import "$2" x || return
	has "$errors" "$1" || return
	is "$(wc -l <<<"$errors")" 1 || return
	nothing_is_left
}

@test "import URL: what docker prints, what docker notes, and the same image as from the file" {
	files
	local name id
	for name in a.tar a.tar.gz a.tar.xz; do
		id=$(hoy import -c 'CMD ["busybox"]' "$U/$name?a=b#c" x:1)
		is "${id%%$'\n'*}" "Downloading from $U/$name?a=b#c"
		id=${id##*$'\n'}
		is "$id" "$(hoy image inspect -f '{{.Id}}' x:1)"
		is "$(hoy image inspect -f '{{index .RootFS.Layers 0}}' x:1)" "sha256:$(sum <"$WWW/a.tar")"
		is "$(hoy history --format '{{.Comment}}' x:1)" "Imported from $U/$name?a=b#c"
		hoy run --rm --network none x:1 busybox true
		is "$(log "GET /$name\?a=b 200" | wc -l)" 1
		hoy rmi x:1 >/dev/null
	done
	hoy import -m 'a note' "$U/a.tar" x:2 >/dev/null
	is "$(hoy history --format '{{.Comment}}' x:2)" "a note"
	hoy system check
}

@test "import URL: without a length too, in chunks or to the end of the connection" {
	local length
	for length in none chunked; do
		files length=$length
		hoy import "$U/a.tar.gz" x >/dev/null
		is "$(hoy image inspect -f '{{index .RootFS.Layers 0}}' x)" "sha256:$(sum <"$WWW/a.tar")"
		hoy rmi x >/dev/null
	done
}

@test "import URL: what is not there, or not for us, is named with its status, and nothing is printed" {
	files
	refused "$U/b.tar not found: 404 Not Found" "$U/b.tar"
	is "$output" ""
	is "$(log | wc -l)" 1
	registry_end
	refused "$U/a.tar: connect to $R: Connection refused" "$U/a.tar"
	files status=403
	refused "$U/a.tar: access is denied: 403 Forbidden" "$U/a.tar"
	files status=500
	refused "$U/a.tar: $R answers 500 Internal Server Error" "$U/a.tar"
	refused "http://nothing.invalid/a.tar: nothing.invalid: no address is known for it" http://nothing.invalid/a.tar
	refused "http://:7/x has no usable host" http://:7/x
	refused "has no usable host" http://
	refused "is no address" "http://127.0.0.1/a b"
	has "$errors" "127.0.0.1"
}

@test "import URL: a wrong request is refused before anybody is asked" {
	files
	fails 1 hoy import -c 'NONSENSE x' "$U/a.tar" x
	fails 1 hoy import "$U/a.tar" UPPER
	fails 1 hoy import "http://me:secret@$R/a.tar" x
	has "$errors" "a URL with a user in it is not taken"
	hasnt "$errors" secret
	nothing_is_left
	is "$(log | wc -l)" 0
}

@test "import URL: credentials, headers and certificates that are stored for the host are not sent, and no token is asked for" {
	files status=401
	stored "$R" user right
	jq '. + {HttpHeaders: {Cookie: "mine"}}' "$HOME/.docker/config.json" >"$D/c" && mv "$D/c" "$HOME/.docker/config.json"
	fails 1 hoy import "$U/a.tar" x
	is "$errors" "hoy: $U/a.tar: access is denied: 401 Unauthorized."
	is "$(log)" "home GET /a.tar 401 auth=- range=- cookie=-"
}

@test "import URL: a server that is busy is asked again" {
	files busy=503,2
	hoy import "$U/a.tar" x >/dev/null
	is "$(log 'GET /a.tar' | wc -l)" 3
}

@test "import URL: what breaks is not gone on with, and leaves nothing, though a whole tar had come" {
	local size
	size=$(stat -c %s "$WWW/a.tar")
	files cut=1000000
	refused "$U/a.tar: $R: the answer is cut off" "$U/a.tar"
	is "$(log | wc -l)" 1
	files cut=$((size - 4096))
	refused "$U/a.tar: $R: the answer is cut off" "$U/a.tar"
	files length=chunked cut=$((size - 512))
	refused "$U/a.tar: $R: the" "$U/a.tar"
	is "$(log | wc -l)" 1
	# Nothing had been handed on yet.
	files cut=0,1
	hoy import "$U/a.tar" x >/dev/null
	is "$(log | wc -l)" 2
	# Without a length the archive says that it is cut off.
	hoy rmi x >/dev/null
	files length=none cut=1000000
	refused "" "$U/a.tar.gz"
	has "$errors" "too early"
}

@test "import URL: one that stands still is given up, and not asked again" {
	files stall=1000000
	HOY_TIMEOUT=40 refused "$U/a.tar: " "$U/a.tar"
	has "$errors" "less than 1024 bytes a second"
	is "$(log | wc -l)" 1
}

@test "import URL: what is no tar, or nothing, or too large, is refused as from a file, and the server is left" {
	files
	refused "not a tar" "$U/page"
	refused "the archive is empty" "$U/nothing"
	export HOY_UNPACK_MAX_BYTES=2000000
	refused "unpacks to more than 2000000 bytes" "$U/a.tar"
	files endless=1
	# Zeros behind what is compressed are padding: of them there may not be more than of all the rest.
	refused "larger than 2000000 bytes" "$U/a.tar.gz"
}

@test "import URL: redirects are followed, to another host too, and no further than ten" {
	files redirect=home
	hoy import "$U/a.tar" x >/dev/null
	files redirect=other
	hoy import "$U/a.tar" y >/dev/null
	log "^other GET /a.tar 200 auth=- range=- cookie=-"
	hoy rmi x y >/dev/null
	files redirect=loop
	refused "$U/a.tar: more than 10 redirects" "$U/a.tar"
	is "$(log | wc -l)" 11
}

@test "import URL: https is verified, on this machine too, by the system's authorities and those for the host" {
	authority
	certificate good IP:127.0.0.1 30
	files tls="$D/good.crt,$D/good.key"
	echo "{\"insecure-registries\": [\"$R\"]}" >"$D/etc/docker/daemon.json"
	fails 1 hoy import "https://$R/a.tar" x
	has "$errors" "its certificate is not trusted"
	is "$(log | wc -l)" 0
	SSL_CERT_FILE=$D/ca.crt hoy import "https://$R/a.tar" x >/dev/null
	trust "$R"
	hoy import "https://$R/a.tar" y >/dev/null
	fails 1 hoy import "http://$R/a.tar" z
	files tls="$D/good.crt,$D/good.key" redirect=plain
	trust "$R"
	fails 1 hoy import "https://$R/a.tar" z
	has "$errors" "a redirect from https to http (http://$OTHER/a.tar) is not followed"
	is "$(log ^other | wc -l)" 0
	registry
	fails 1 hoy import "https://$R/a.tar" z
	has "$errors" "it does not speak TLS"
}

@test "import URL: by the proxy that is set, but not to a host that is to be asked without" {
	authority
	certificate good DNS:files.test,IP:127.0.0.1 30
	files tls="$D/good.crt,$D/good.key"
	trust files.test
	proxy
	HTTPS_PROXY=http://$PROXY hoy import https://files.test/a.tar x >/dev/null
	is "$(cut -d '|' -f 1 "$PROXY_LOG" | sort -u)" "CONNECT files.test:443 HTTP/1.1"
	HTTPS_PROXY=http://$PROXY NO_PROXY=files.test fails 1 hoy import https://files.test/a.tar y
	has "$errors" "files.test: no address is known for it"
}

@test "import URL: a terminal shows how far it is, and nothing else does" {
	files slow=8000000
	"$PTY" expect "Importing [=" end -- "$HOY" import "$U/a.tar" x | tr '\r' '\n' >"$D/out"
	matches "$(grep Importing "$D/out" | tail -n 1)" 'Importing \[=+>\]  ([0-9.]+MB)/([0-9.]+MB)'
	is "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
	files slow=8000000 length=none
	"$PTY" expect "B/s" end -- "$HOY" import "$U/a.tar" x | tr '\r' '\n' >"$D/out"
	matches "$(grep Importing "$D/out" | head -n 1)" 'Importing [0-9.]+[kM]B  [^/]*B/s'
	is "$(hoy import "$U/a.tar" x | wc -l)" 2
}

@test "^C ends an import of a URL within moments, says so by 130, and leaves nothing" {
	files slow=400000
	env --default-signal=INT "$BUILD/hoy" import "$U/a.tar" x >"$D/out" 2>&1 3>&- &
	local pid=$! status=0
	eventually grep -q Downloading "$D/out"
	kill -INT "$pid"
	wait "$pid" || status=$?
	is "$status" 130
	nothing_is_left
	has_no_fetcher
}

@test "^C ends an import of what comes by a pipe, too, and leaves nothing" {
	mkfifo "$D/pipe"
	env --default-signal=INT "$BUILD/hoy" import - x <"$D/pipe" >"$D/out" 2>&1 3>&- &
	local pid=$! status=0
	exec 7>"$D/pipe"
	head -c 1000000 "$WWW/a.tar" >&7
	eventually has_begun
	kill -INT "$pid"
	wait "$pid" || status=$?
	exec 7>&-
	is "$status" 130
	nothing_is_left
}
