# hoy logs: JSON lines at LogPath, bounded, followed across rotation.
load helper

@test "logs gives what was printed, each stream on its own" {
	hoy run --name log busybox sh -c 'echo out; echo err >&2' >/dev/null 2>&1
	fails 0 hoy logs log
	is "$output" out
	is "$errors" err
}

@test "LogPath is a file of JSON lines as docker writes them" {
	hoy run --name log busybox sh -c 'echo "a \"quoted\" ü line"; printf rest' >/dev/null
	local file
	file=$(inspect log '{{.LogPath}}')
	is "$(jq -r '.stream' "$file" | sort -u)" stdout
	is "$(jq -r '.log' "$file" | head -1)" 'a "quoted" ü line'
	matches "$(jq -r '.time' "$file" | head -1)" '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{1,9}Z$'
	is "$(hoy logs log)" $'a "quoted" ü line\nrest'
}

@test "bytes that are no UTF-8 and NUL survive or are replaced, and every line is valid JSON" {
	hoy run --name log busybox printf 'a\377b\000c\n' >/dev/null
	jq -e . "$(inspect log '{{.LogPath}}')" >/dev/null
	has "$(hoy logs log | tr -d '\0')" a
}

@test "--tail gives the last lines, 0 none" {
	hoy run --name log busybox seq 100 >/dev/null
	is "$(hoy logs --tail 3 log | tr '\n' ' ')" "98 99 100 "
	is "$(hoy logs -n 1 log)" 100
	is "$(hoy logs --tail 0 log)" ""
	is "$(hoy logs --tail all log | wc -l)" 100
}

@test "-t puts a time in front of each line" {
	hoy run --name log busybox echo x >/dev/null
	matches "$(hoy logs -t log)" '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{9}Z x$'
}

@test "--since and --until choose by time" {
	mkfifo "$D/go"
	hoy run -d --name log -v "$D:/d" busybox sh -c 'echo first; read x </d/go; echo second' >/dev/null
	eventually logged log first
	local middle
	middle=$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)
	echo >"$D/go"
	hoy wait log >/dev/null
	is "$(hoy logs --since "$middle" log)" second
	is "$(hoy logs --until "$middle" log)" first
}
logged() { hoy logs "$1" | grep -q "$2"; }

@test "-f follows until the container ends" {
	mkfifo "$D/go"
	hoy run -d --name log -v "$D:/d" busybox sh -c 'echo one; read x </d/go; echo two' >/dev/null
	hoy logs -f log >"$D/out" & local p=$!
	eventually grep -q one "$D/out"
	echo >"$D/go"
	wait $p
	is "$(cat "$D/out")" $'one\ntwo'
}

@test "-f --tail 0 gives only what comes" {
	mkfifo "$D/go"
	hoy run -d --name log -v "$D:/d" busybox sh -c 'echo old; read x </d/go; echo new; exec sleep 1000' >/dev/null
	eventually logged log old
	"$HOY" logs -f --tail 0 log >"$D/out" & local p=$!
	# The follower is ready when it holds the log open.
	eventually holds_log $p
	echo >"$D/go"
	eventually grep -q new "$D/out"
	is "$(cat "$D/out")" new
	hoy kill log >/dev/null
	wait $p
}
holds_log() { find "/proc/$1/fd" -lname '*/containers/*log*' | grep -q .; }

@test "the log is bounded by default and logs is right across rotation" {
	# 3 files of 10 MiB: 60 MB of lines must not all stay, and the last ones must.
	hoy run --name log busybox sh -c 'i=0; while [ $i -lt 60 ]; do seq ${i}000000 ${i}099999; i=$((i+1)); done' >/dev/null
	local dir total
	dir=$(dirname "$(inspect log '{{.LogPath}}')")
	total=$(find "$dir" -maxdepth 2 -name '*log*' -type f -printf '%s\n' | awk '{ n += $1 } END { print n }')
	[ "$total" -gt 10000000 ]
	[ "$total" -lt 33000000 ]
	is "$(hoy logs --tail 1 log)" 59099999
	# In order, without a hole, from wherever the oldest file begins.
	hoy logs log | awk 'NR > 1 && $1 != last + 1 && $1 % 1000000 != 0 { print "after " last " comes " $1; exit 1 } { last = $1 }
		END { exit NR < 200000 }'
}

@test "logs of a container that was started twice has both runs" {
	hoy run --name log busybox echo again >/dev/null
	hoy start -a log >/dev/null
	is "$(hoy logs log)" $'again\nagain'
}

@test "logs of what is not there is an error" {
	fails 1 hoy logs not-there
	has "$errors" "No such container: not-there"
}

@test "lines longer than 16 kB arrive whole" {
	hoy run --name log busybox sh -c 'head -c 100000 /dev/zero | tr "\0" x; echo' >/dev/null
	is "$(hoy logs log | awk '{ print length }')" 100000
}

@test "everything that was printed is in the log when wait returns" {
	local i
	for i in 1 2 3 4 5; do
		hoy run -d --name "l$i" busybox seq 5000 >/dev/null
		hoy wait "l$i" >/dev/null
		is "$(hoy logs "l$i" | tail -1)" 5000
	done
}
