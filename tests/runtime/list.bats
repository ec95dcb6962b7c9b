# list: the containers below --root.
load helper

@test "a table in runc's columns, sorted by id" {
	bundle b
	bundle a
	launch b
	create a
	text=$(rt list)
	is "$(awk '{ print $1, $3 }' <<<"$text")" "$(printf '%s\n' 'ID STATUS' 'a created' 'b running')"
	is "$(head -1 <<<"$text" | tr -s ' ')" "ID PID STATUS BUNDLE CREATED OWNER"
	is "$(awk '$1 == "b" { print $2, $4, $6 }' <<<"$text")" "$(pid_of b) $T/b root"
	matches "$(sed -n 2p <<<"$text")" "^a {11}$(pid_of a) +created {5}$T/a {3}20[0-9T:.-]+Z {3}root$"
	is "$(rt list -q)" "$(printf 'a\nb')"
}

@test "JSON with runc's keys" {
	bundle a '.annotations = { x: "y" }'
	launch a
	text=$(rt list -f json)
	is "$(jq -r '.[0] | keys_unsorted | join(" ")' <<<"$text")" "ociVersion id pid status bundle rootfs created annotations owner"
	is "$(jq -c '.[0] | [.id, .pid, .status, .bundle, .owner]' <<<"$text")" "[\"a\",$(pid_of a),\"running\",\"$T/a\",\"root\"]"
	rt kill a KILL
	eventually status_is a stopped
	is "$(rt list --format json | jq -c '.[0] | [.pid, .status]')" '[0,"stopped"]'
	fails 1 rt list -f yaml
	has "$errors" "table or json"
}

@test "no root, no container: an empty list, and nothing is made" {
	is "$(rt list | tr -s ' ')" "ID PID STATUS BUNDLE CREATED OWNER"
	is "$(rt list -f json)" "[]"
	is "$(rt list -q)" ""
	[ ! -e "$ROOT" ]
}

@test "a container that cannot be read does not hide the others" {
	bundle a
	bundle b
	launch a
	launch b
	cp "$ROOT/a/state.json" "$D/before"
	echo '{' >"$ROOT/a/state.json"
	is "$(rt list -q 2>"$D/errors")" b
	has "$(cat "$D/errors")" state.json
	cp "$D/before" "$ROOT/a/state.json"
	is "$(rt list -q)" "$(printf 'a\nb')"
}
