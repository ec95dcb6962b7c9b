#!/usr/bin/env bats
# hoy login and hoy logout, against a registry with passwords and one with a token service.
load helper
load registry

setup_file() { :; }
setup() { registry_setup; }
teardown() { registry_teardown; }

config() { jq -c "$1" "$HOME/.docker/config.json"; }
login() { hoy login "$R" -u user --password-stdin <<<"$1"; } # password

@test "a login that the registry takes is stored, for us alone to read" {
	registry auth=basic
	is "$(login right 2>"$D/warning")" "Login Succeeded"
	has "$(cat "$D/warning")" "WARNING! Who can read $HOME/.docker/config.json"
	is "$(stat -c %a "$HOME/.docker/config.json")" 600
	is "$(config ".auths.\"$R\".auth")" "\"$(printf user:right | base64)\""
	pulls "$R/x:one"
}

@test "a login that the registry does not take is not stored" {
	registry auth=basic
	run login wrong
	is "$status" 1
	has "$output" "the credentials are not accepted"
	hasnt "$output" wrong
	[ ! -e "$HOME/.docker/config.json" ]
	registry auth=bearer
	run login wrong
	is "$status" 1
	has "$output" "the credentials are not accepted"
	[ ! -e "$HOME/.docker/config.json" ]
}

@test "of a token service an identity token is stored in the password's place" {
	registry auth=bearer
	login right
	is "$(config ".auths.\"$R\".identitytoken")" '"identity"'
	hasnt "$(cat "$HOME/.docker/config.json")" "$(printf user:right | base64)"
	pulls "$R/x:one"
	log '^token POST /token 200'
}

@test "what else is in the file stays, and a logout takes its own entry alone" {
	registry auth=basic
	mkdir "$HOME/.docker"
	echo '{"zeta": [1.50], "auths": {"quay.io": {"auth": "YTpi"}}, "alpha": {"x": null}}' >"$HOME/.docker/config.json"
	login right
	is "$(config 'keys_unsorted')" '["zeta","auths","alpha"]'
	has "$(cat "$HOME/.docker/config.json")" 1.50
	is "$(hoy logout "$R")" "Removing login credentials for $R"
	is "$(config '.auths|keys')" '["quay.io"]'
	is "$(hoy logout "$R")" "Not logged in to $R"
	fails 1 client manifest "$R/x:one"
	has "$errors" "access is denied"
}

@test "a logout says when another tool has credentials that will be used" {
	registry auth=basic
	mkdir -p "$XDG_RUNTIME_DIR/containers"
	printf '{"auths": {"%s": {"auth": "%s"}}}' "$R" "$(printf user:right | base64)" >"$XDG_RUNTIME_DIR/containers/auth.json"
	login right 2>/dev/null
	hoy logout "$R" 2>"$D/warning"
	has "$(cat "$D/warning")" "Another tool has stored credentials for $R"
	pulls "$R/x:one"
	rm "$XDG_RUNTIME_DIR/containers/auth.json"
	is "$(hoy logout "$R" 2>&1)" "Not logged in to $R"
}

@test "a helper keeps what the file names it for, and the file has no secret" {
	registry auth=basic
	mkdir "$HOME/.docker" "$D/bin"
	cat >"$D/bin/docker-credential-fake" <<-'END'
		#!/bin/sh
		echo "$1 $#" >>"$HOME/calls"
		case $1 in
		store) cat >"$HOME/kept" ;;
		get) cat >"$HOME/asked"; [ -e "$HOME/kept" ] && exec cat "$HOME/kept"; echo "credentials not found in native keychain"; exit 1 ;;
		erase) rm "$HOME/kept" ;;
		esac
	END
	chmod +x "$D/bin/docker-credential-fake"
	echo '{"credsStore": "fake"}' >"$HOME/.docker/config.json"
	export PATH=$D/bin:$PATH
	is "$(login right 2>&1)" "Login Succeeded"
	is "$(jq -r .Secret "$HOME/kept")" right
	hasnt "$(cat "$HOME/.docker/config.json")" "$(printf user:right | base64)"
	pulls "$R/x:one"
	is "$(cat "$HOME/asked")" "$R"
	has "$(hoy login "$R")" "Authenticating with existing credentials"
	hoy logout "$R"
	[ ! -e "$HOME/kept" ]
	hasnt "$(cat "$HOME/calls")" " 2"
}

@test "on a terminal user and password are asked for, and the password is not shown" {
	registry auth=basic
	run "$PTY" expect Username: send 'user\r' expect Password: raw send 'rightX^H\r' expect "Login Succeeded" end -- "$HOY" login "$R"
	is "$status" 0
	hasnt "$output" right
	is "$(config ".auths.\"$R\".auth")" "\"$(printf user:right | base64)\""
}

@test "a password that is broken off leaves the terminal as it was" {
	registry auth=basic
	run "$PTY" expect Password: raw send '^C' end -- "$HOY" login -u user "$R"
	is "$status" 1
	run "$PTY" expect Password: raw signal 15 end -- "$HOY" login -u user "$R"
	is "$status" 143
}

@test "without a terminal there is nobody to ask" {
	registry auth=basic
	fails 1 hoy login "$R"
	has "$errors" "there is no terminal to ask"
	is "$(count .)" 0
}

@test "flags that do not go together are refused, and a password in the arguments is warned about" {
	registry auth=basic
	fails 1 hoy login -u user -p right --password-stdin "$R"
	has "$errors" "mutually exclusive"
	fails 1 hoy login --password-stdin "$R"
	has "$errors" "--password-stdin needs --username"
	hoy login -u user -p right "$R" 2>"$D/warning"
	has "$(cat "$D/warning")" "WARNING! With --password"
}

@test "a server is named as docker's users name it" {
	registry auth=basic
	R=http://$R/v2/ login right
	is "$(config '.auths|keys[0]')" "\"$R\""
	fails 1 hoy login "no registry"
	has "$errors" "is not a registry"
}
