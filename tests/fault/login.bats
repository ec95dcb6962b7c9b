# Fail and kill at every privileged call of a login, which is one of all that a registry's side of a pull does before the first blob:
# afterwards the credentials are stored whole or not at all, and no hoy-fetch is left.
load helper
load ../live/registry

setup_file() { :; }
setup() {
	registry_setup
	registry auth=basic
}
teardown() { registry_teardown; }

before() {
	rm -rf "$HOME/.docker"
	mkdir "$HOME/.docker"
	echo '{"auths": {"quay.io": {"auth": "YTpi"}}}' >"$HOME/.docker/config.json"
}
files() { ls -A "$HOME/.docker"; }
scenario() { HOY_TIMEOUT=20 hoy login "$R" -u user --password-stdin <<<right; }
after() {
	says_why || return 1
	hasnt "$(cat "$D/stdout" "$D/stderr")" right || return 1
	is "$(jq -r '.auths."quay.io".auth' "$HOME/.docker/config.json")" YTpi || return 1
	# Who is killed while he writes leaves what he wrote, for us alone to read, until the next one comes.
	[ "$status" = 137 ] || is "$(files)" "config.json" || return 1
	is "$(find "$HOME/.docker" -type f ! -name config.json ! -perm 600)" "" || return 1
	[ "$status" != 137 ] || { hoy logout quay.test >/dev/null && is "$(files)" "config.json"; } || return 1
	if [ "$status" = 0 ]; then
		is "$(jq -r ".auths.\"$R\".auth" "$HOME/.docker/config.json")" "$(printf user:right | base64)" || return 1
	fi
	eventually has_no_fetcher
}

@test "a login with any one call failing stores all or nothing" { sweep hoy fail; }
@test "a login killed at any call stores all or nothing" { sweep hoy kill; }
@test "a hoy-fetch with any one call failing is one sentence" { sweep hoy-fetch fail; }
@test "a hoy-fetch killed at any call is one sentence" { sweep hoy-fetch kill; }

@test "what a killed login left goes with the next login or logout, and what a living one writes does not" {
	before
	cd "$HOME/.docker"
	touch .config.json.1234567.new .config.json.5.new .config.json.new .config.json.x.new config.json.5.new
	exec {lock}<.
	flock $lock
	hoy logout quay.io >/dev/null &
	local pid=$!
	waits() { grep -q -- "-> FLOCK .*:$(stat -c %i .) " /proc/locks; }
	eventually waits
	[ -e .config.json.5.new ]
	flock -u $lock
	wait $pid
	is "$(ls -A | tr '\n' ' ')" ".config.json.new .config.json.x.new config.json config.json.5.new "
}
