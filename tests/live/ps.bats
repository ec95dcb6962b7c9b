# hoy ps and images: columns, filters, formats, ids and prefixes.
load helper

@test "ps shows the running ones with docker's columns" {
	idle shown
	hoy create --name hidden busybox true >/dev/null
	local table
	table=$(hoy ps)
	matches "$(head -1 <<<"$table")" '^CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES$'
	is "$(wc -l <<<"$table")" 2
	matches "$(tail -1 <<<"$table")" '^[0-9a-f]{12} +busybox +"sh -c .* +(Less than a second|[0-9]+ seconds?) ago +Up .* +shown$'
}

@test "ps -a shows all, newest first, with their status" {
	hoy create --name made busybox true >/dev/null
	fails 3 hoy run --name failed busybox sh -c 'exit 3'
	idle runs
	is "$(hoy ps -a --format '{{.Names}}' | tr '\n' ' ')" "runs failed made "
	matches "$(hoy ps -a --filter name=made --format '{{.Status}}')" '^Created$'
	matches "$(hoy ps -a --filter name=failed --format '{{.Status}}')" '^Exited \(3\) .* ago$'
	matches "$(hoy ps -a --filter name=runs --format '{{.Status}}')" '^Up '
}

@test "-q prints short ids, --no-trunc whole ones, -n and -l the last" {
	local a b
	a=$(hoy create busybox true)
	b=$(hoy create busybox true)
	is "$(hoy ps -aq)" "${b:0:12}"$'\n'"${a:0:12}"
	is "$(hoy ps -aq --no-trunc)" "$b"$'\n'"$a"
	is "$(hoy ps -lq --no-trunc)" "$b"
	is "$(hoy ps -q -n 1 --no-trunc)" "$b"
}

@test "filters name, status, label, id, ancestor and exited choose" {
	local id
	id=$(hoy create --name alpha --label tier=web busybox true)
	fails 4 hoy run --name beta --label tier=db busybox sh -c 'exit 4'
	idle gamma --label other
	is "$(hoy ps -a --filter name=alp --format '{{.Names}}')" alpha
	is "$(hoy ps -a --filter status=exited --format '{{.Names}}')" beta
	is "$(hoy ps -a --filter status=running --format '{{.Names}}')" gamma
	is "$(hoy ps -a --filter label=tier=web --format '{{.Names}}')" alpha
	is "$(hoy ps -a --filter label=tier --format '{{.Names}}' | sort | tr '\n' ' ')" "alpha beta "
	is "$(hoy ps -a --filter status=exited --filter status=created --format '{{.Names}}' | sort | tr '\n' ' ')" "alpha beta "
}

@test "an unknown filter is refused by name" {
	fails 1 hoy ps --filter colour=blue || fails 125 hoy ps --filter colour=blue
	has "$errors" colour
}

@test "--format takes json, table and fields" {
	hoy create --name fmt busybox true >/dev/null
	is "$(hoy ps -a --format json | jq -r '.Names + " " + .Image + " " + .State')" "fmt busybox created"
	is "$(hoy ps -a --format 'table {{.Names}}\t{{.Image}}' | tr -s ' ')" $'NAMES IMAGE\nfmt busybox'
	is "$(hoy ps -a --format '{{json .Names}} {{.ID}}')" "\"fmt\" $(hoy ps -aq)"
}

@test "a broken format is refused with a sentence" {
	fails 1 hoy ps -a --format '{{.Names' || fails 125 hoy ps -a --format '{{.Names'
	[ -n "$errors" ]
}

@test "a unique prefix of the id is enough, an ambiguous one is refused" {
	local id ids
	id=$(hoy create busybox true)
	is "$(inspect "${id:0:4}" '{{.Id}}')" "$id"
	# Seventeen containers: two begin with the same digit.
	for _ in $(seq 16); do hoy create busybox true >/dev/null; done
	ids=$(hoy ps -aq --no-trunc | cut -c1 | sort | uniq -d | head -1)
	fails 1 hoy rm "$ids"
	is "$(hoy ps -aq | wc -l)" 17
}

@test "ps tells the truth of a container that ended by itself" {
	hoy run -d --name gone busybox true >/dev/null
	hoy wait gone >/dev/null
	is "$(hoy ps -q)" ""
	matches "$(hoy ps -a --format '{{.Status}}')" '^Exited \(0\)'
}

@test "images shows docker's columns and formats" {
	hoy tag busybox other:v1
	local table
	table=$(hoy images)
	matches "$(head -1 <<<"$table")" '^REPOSITORY +TAG +IMAGE ID +CREATED +SIZE$'
	is "$(hoy images --format '{{.Repository}}:{{.Tag}}' | sort | tr '\n' ' ')" "busybox:latest other:v1 "
	is "$(hoy images -q | sort -u | wc -l)" 1
}
