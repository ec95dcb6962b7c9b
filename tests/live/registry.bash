# Registries on loopback, and the engine's side of one by itself.
#
#   registry NAME=VALUE...    tests/tools/registry.py; $R is its host:port, $OTHER and $TOKEN those of its other ports, ${facts} what it has
#   proxy NAME=VALUE...       tests/tools/proxy.py before it
#   files NAME=VALUE...       tests/tools/files.py: no registry, a web server with the files in $WWW; $U is its URL, $R and $OTHER its places
#   client VERB ...           tests/tools/registry_client.c
#   log [PATTERN]             the requests that came, or those that match
#   registry_end              the end of the latest

registry_setup() {
	instance_place
	registry_home
}
# Nothing of the machine's own settings, and none of its registries.
registry_home() {
	mkdir -p "$D/home" "$D/etc/docker" "$D/run"
	export HOME=$D/home HOY_ETC=$D/etc XDG_RUNTIME_DIR=$D/run
	unset REGISTRY_AUTH_FILE DOCKER_CONFIG CONTAINERS_REGISTRIES_CONF XDG_CONFIG_HOME HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy
	# The last one tells whose hoy-fetch one is.
	export HOY_FETCH_BACKOFF_MS=20 HOY_FETCH_LOW_SPEED_S=1 HOY_FETCH_TEST=$T
	REGISTRIES=()
}

registry_teardown() {
	local status=0
	registries_end || status=1
	instance_remove || status=1
	return $status
}
registries_end() {
	local pid
	rm -f "$T"/registry.*/ports
	for pid in "${REGISTRIES[@]}"; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null || true
	done
	# hoy-fetch ends with whoever started it.
	eventually has_no_fetcher
}
has_no_fetcher() {
	local pid
	for pid in $(pgrep -x hoy-fetch); do
		! grep -qsF "HOY_FETCH_TEST=$T" "/proc/$pid/environ" || return
	done
}

registry() {
	P=$(mktemp -d "$T/registry.XXXXXX")
	python3 "$TREE/tests/tools/registry.py" "$P" "$@" 2>"$P/errors" 3>&- &
	REGISTRIES+=($!)
	eventually test -e "$P/ports" || { cat "$P/errors"; return 1; }
	read -r R OTHER TOKEN <"$P/ports"
	R=127.0.0.1:$R OTHER=127.0.0.1:$OTHER TOKEN=127.0.0.1:$TOKEN
	eval "$(cat "$P/facts")"
}
files() {
	P=$(mktemp -d "$T/registry.XXXXXX")
	python3 "$TREE/tests/tools/files.py" "$P" "$WWW" "$@" 2>"$P/errors" 3>&- &
	REGISTRIES+=($!)
	eventually test -e "$P/ports" || { cat "$P/errors"; return 1; }
	read -r R OTHER <"$P/ports"
	R=127.0.0.1:$R OTHER=127.0.0.1:$OTHER U=http://$R
}
# A proxy before the latest registry: switches... $PROXY is its host:port, $PROXY_LOG what it was asked.
proxy() {
	local place
	place=$(mktemp -d "$T/registry.XXXXXX")
	python3 "$TREE/tests/tools/proxy.py" "$place" "${R#*:}" "$@" 2>"$place/errors" 3>&- &
	REGISTRIES+=($!)
	eventually test -e "$place/ports" || { cat "$place/errors"; return 1; }
	PROXY=127.0.0.1:$(cat "$place/ports") PROXY_LOG=$place/log
}
log() { grep -E -- "${1:-.}" "$P/log"; }
registry_end() {
	kill "${REGISTRIES[-1]}"
	wait "${REGISTRIES[-1]}" 2>/dev/null || true
}
count() { log "$1" | wc -l; }

client() { timeout --foreground -k 5 60 "$BUILD/tools/registry_client" "$@"; }
# A layer into $D/blob: number
fetch() {
	local digest=layer$1 size=layer$1_size
	client blob "$R/x" "${!digest}" "${!size}" >"$D/blob"
}
# The layer as it is in the registry: number.
layer() {
	local names=(a b c) sizes=(200000 1000000 3000000)
	python3 -c "import hashlib, sys; sys.stdout.buffer.write(hashlib.shake_128(b'${names[$1]}').digest(${sizes[$1]}))"
}
# All of an image comes, and every byte is right: reference
pulls() {
	local f
	rm -rf "$D/out"
	mkdir -p "$D/out"
	client pull "$1" "$D/out" || return
	is "$(ls "$D/out" | wc -l)" 4 || return
	for f in "$D"/out/*; do
		is "$(sha256sum <"$f" | cut -d ' ' -f 1)" "${f##*/}" || return
	done
}
# What is pushed: a copy of the image one, pulled.
pushable() {
	rm -rf "$D/push"
	mkdir -p "$D/push"
	client pull "$R/x:one" "$D/push" 2>/dev/null || return
	client manifest "$R/x:one" >"$D/manifest"
}
# It is in the registry now, whole.
pushed() { # reference
	is "$(client manifest "$1" | sha256sum)" "$(sha256sum <"$D/manifest")" || return
	pulls "$1" 2>/dev/null
}
# Credentials in docker's config.json: registry, user, password.
stored() {
	mkdir -p "$HOME/.docker"
	printf '{"auths": {"%s": {"auth": "%s"}}}' "$1" "$(printf '%s:%s' "$2" "$3" | base64)" >"$HOME/.docker/config.json"
}
# Debian's registry, as $R: lines of its configuration...
debian_registry() {
	mkdir "$D/storage"
	printf '%s\n' 'version: 0.1' 'log: {level: error}' 'http: {addr: "127.0.0.1:0"}' 'storage:' "  filesystem: {rootdirectory: $D/storage}" "$@" >"$D/config.yml"
	docker-registry serve "$D/config.yml" >"$D/registry.log" 2>&1 3>&- &
	REGISTRIES+=($!)
	eventually registry_port || { cat "$D/registry.log"; return 1; }
	R=127.0.0.1:$(registry_port)
}
registry_port() { ss -ltnpH | sed -nE "s/.* 127\.0\.0\.1:([0-9]+) .*pid=${REGISTRIES[-1]},.*/\1/p" | grep .; }
# A certificate of an authority of ours for 127.0.0.1, or what openssl is told besides: $D/ca.crt, $D/NAME.crt, $D/NAME.key
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$D/ca.key" -out "$D/ca.crt" -subj /CN=authority -days 30 2>/dev/null
}
certificate() { # name, subjectAltName, days
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$D/$1.key" -out "$D/$1.csr" -subj "/CN=$1" 2>/dev/null &&
		openssl x509 -req -in "$D/$1.csr" -CA "$D/ca.crt" -CAkey "$D/ca.key" -CAcreateserial -out "$D/$1.crt" -days "$3" \
			-extfile <(echo "subjectAltName=$2") 2>/dev/null
}
trust() { # registry
	mkdir -p "$D/etc/docker/certs.d/$1"
	cp "$D/ca.crt" "$D/etc/docker/certs.d/$1/ca.crt"
}
