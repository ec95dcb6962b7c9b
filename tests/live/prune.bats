# What nobody uses: image prune, volume prune, container prune, system prune; and what there is: system df.
load helper
source "$TREE/tests/images.bash"

# Two images of one base, one of them with a newer twin that took its name, and one made long ago.
make_images() {
	images <<'PY'
base, a, b, c = layer(file="base"), layer(a="a" * 50000), layer(b="b" * 60000), layer(c="c" * 70000)
old = config([base, a], config={"Labels": {"keep": "no"}})
write(D + "/a.tar", tar(docker((old, ["one:1"], [base, a]), (config([base, b], created="2024-05-05T00:00:00Z", config={"Labels": {"keep": "yes"}}), ["two:1"], [base, b]))))
write(D + "/b.tar", tar(docker((config([base, c]), ["one:1"], [base, c]))))
PY
	hoy load -q -i "$D/a.tar" >/dev/null
	OLD=$(hoy image inspect -f '{{.Id}}' one:1)
	hoy load -q -i "$D/b.tar" >/dev/null
}
names() { hoy images --format '{{.Repository}}:{{.Tag}}' | sort | tr '\n' ' '; }
row() { hoy system df --format '{{.Type}}|{{.TotalCount}}|{{.Active}}|{{.Reclaimable}}' | grep "^$1|"; }
bytes_of_df() { # of the summary, added up
	hoy system df --format '{{.Size}}' | awk '
		{ n = $0; sub(/[a-zA-Z]+$/, "", n); unit = $0; sub(/^[0-9.]+/, "", unit)
		  sum += n * (unit == "kB" ? 1e3 : unit == "MB" ? 1e6 : unit == "GB" ? 1e9 : 1) }
		END { printf "%d\n", sum }'
}
# Four digits a row are exact to a thousandth.
df_says_what_du_says() {
	local df du
	df=$(bytes_of_df) du=$(du -s --block-size=1 "$HOY_ROOT" | cut -f 1)
	[ $((df > du ? df - du : du - df)) -le $((du / 500 + 20)) ] || { echo "df $df, du $du"; return 1; }
}

@test "image prune: only what has no tag, with docker's lines and the space it took" {
	make_images
	hoy image prune </dev/null >"$D/out" && return 1
	has "$(cat "$D/out")" "all dangling images"
	is "$(hoy images -f dangling=true -q --no-trunc)" "$OLD"
	hoy image prune -f >"$D/out"
	is "$(sed -n 1,2p "$D/out")" "Deleted Images:
deleted: $OLD"
	is "$(grep -c '^deleted: ' "$D/out")" 2
	matches "$(tail -1 "$D/out")" '^Total reclaimed space: 1[0-9][0-9]([.][0-9]+)?kB$'
	is "$(names)" "busybox:latest one:1 two:1 "
	hoy run --rm one:1 true 2>/dev/null || true
	hoy system check
	is "$(hoy image prune -f)" "Total reclaimed space: 0B"
}

@test "image prune -a: what no container was made of, whatever its names; layers of others stay" {
	make_images
	hoy tag busybox other/name:2
	hoy create --name ctr two:1 true >/dev/null
	hoy image prune -af >"$D/out"
	is "$(names)" "two:1 "
	has "$(cat "$D/out")" "untagged: other/name:2"
	has "$(cat "$D/out")" "untagged: one:1"
	hoy system check
	hoy save two:1 >/dev/null
	hoy rm ctr >/dev/null
	hoy image prune -af >/dev/null
	is "$(find "$HOY_ROOT"/{blobs,layers,images} -type f ! -name lock)" ""
}

@test "image prune: filters by label and age" {
	make_images
	hoy load -q -i "$D/a.tar" >/dev/null
	hoy image prune -f >/dev/null
	is "$(names)" "busybox:latest one:1 two:1 "
	hoy image prune -af --filter label=keep=yes >/dev/null
	is "$(names)" "busybox:latest one:1 "
	hoy load -q -i "$D/a.tar" >/dev/null
	hoy image prune -af --filter label!=keep --filter until=2030-01-01 >/dev/null
	is "$(names)" "one:1 two:1 "
	hoy image prune -af --filter until=2022-01-01 >/dev/null
	is "$(names)" "two:1 "
	hoy image prune -af --filter until=10m --filter label=keep=no >/dev/null
	is "$(names)" "two:1 "
	hoy load -q -i "$D/b.tar" >/dev/null
	hoy image prune -f --filter dangling=true >/dev/null
	is "$(names)" "one:1 two:1 "
	hoy image prune -f --filter dangling=false --filter label!=keep >/dev/null
	is "$(names)" "two:1 "
	fails 1 hoy image prune -f --filter dangling=perhaps
	has "$errors" "dangling=[perhaps]"
	fails 1 hoy system prune -f --filter dangling=true
	has "$errors" "invalid filter 'dangling'"
	fails 1 hoy image prune -f --filter nonsense=1
	has "$errors" "invalid filter 'nonsense'"
	fails 1 hoy image prune -f --filter until=nonsense
	has "$errors" "nonsense"
}

@test "image prune: children go before their parents, and a parent that a child needs stays" {
	hoy run --name one busybox touch /x
	hoy commit one child >/dev/null
	hoy rm one >/dev/null
	hoy rmi busybox >/dev/null
	is "$(hoy images -aq | wc -l)" 2
	hoy image prune -f >/dev/null
	is "$(hoy images -aq | wc -l)" 2
	hoy run --rm child true
	hoy image prune -af >/dev/null
	is "$(hoy images -aq | wc -l)" 0
}

@test "image prune: what an interrupted pull left goes too, unless somebody fetches it just now" {
	mkdir -p "$HOY_ROOT/partial"
	head -c 100000 /dev/urandom >"$HOY_ROOT/partial/$(printf 'a%.0s' {1..64})"
	head -c 200000 /dev/urandom >"$HOY_ROOT/partial/$(printf 'b%.0s' {1..64})"
	matches "$(row Downloads)" '^Downloads\|2\|0\|30[0-9][.0-9]*kB'
	exec 7<"$HOY_ROOT/partial/$(printf 'b%.0s' {1..64})"
	flock -x 7
	hoy image prune -f >"$D/out"
	matches "$(tail -1 "$D/out")" '^Total reclaimed space: 10[0-9]'
	is "$(ls "$HOY_ROOT/partial")" "$(printf 'b%.0s' {1..64})"
	exec 7<&-
	hoy system prune -f >/dev/null
	is "$(ls "$HOY_ROOT/partial")" ""
}

@test "rmi: the digests of a repository go with its last tag, and --no-prune keeps the parents" {
	hoy run --name one busybox touch /x
	hoy commit one child >/dev/null
	hoy rm one >/dev/null
	local id
	id=$(hoy image inspect -f '{{.Id}}' busybox)
	hoy rmi busybox >/dev/null
	hoy rmi --no-prune child >/dev/null
	is "$(hoy images -aq --no-trunc)" "$id"
	hoy tag "$id" again:1
	hoy rmi again:1 >/dev/null
	is "$(hoy images -aq)" ""
}

@test "rmi -f: what is kept for a stopped container goes with it, also when it removes itself" {
	hoy run --name maker busybox sh -c 'echo x >/x'
	local how diff_id
	for how in rm --rm; do
		hoy commit maker one:1 >/dev/null
		diff_id=$(hoy image inspect -f '{{index .RootFS.Layers 1}}' one:1)
		hoy create --name ctr ${how/#rm/} one:1 cat /x >/dev/null
		hoy rmi -f one:1 >/dev/null
		[ -e "$HOY_ROOT/layers/${diff_id#sha256:}" ]
		if [ "$how" = rm ]; then hoy rm ctr >/dev/null; else is "$(hoy start -a ctr)" x; fi
		eventually has_no_layer "$diff_id"
	done
}
has_no_layer() { [ ! -e "$HOY_ROOT/layers/${1#sha256:}" ] && [ -z "$(hoy system check)" ]; }

@test "rmi -f: what is just being saved is saved whole, and goes afterwards" {
	hoy run --name maker busybox sh -c 'dd if=/dev/urandom of=/x bs=1M count=1 2>/dev/null; sha256sum /x' >"$D/sum"
	hoy commit maker one:1 >/dev/null
	local client diff_id
	diff_id=$(hoy image inspect -f '{{index .RootFS.Layers 1}}' one:1)
	mkfifo "$D/fifo"
	"$HOY" save one:1 >"$D/fifo" &
	client=$!
	exec 7<"$D/fifo"
	head -c 512 <&7 >"$D/saved.tar" # it is at work, and gets no further than the pipe is long
	hoy rmi -f one:1 >/dev/null
	is "$(hoy images -q one:1)" ""
	[ -e "$HOY_ROOT/layers/${diff_id#sha256:}" ]
	cat <&7 >>"$D/saved.tar"
	exec 7<&-
	wait $client
	has_no_layer "$diff_id"
	hoy load -q -i "$D/saved.tar" >/dev/null
	is "$(hoy run --rm one:1 sha256sum /x)" "$(cat "$D/sum")"
	# Killed, it leaves that to the next command.
	"$HOY" save one:1 >"$D/fifo" &
	client=$!
	exec 7<"$D/fifo"
	head -c 512 <&7 >/dev/null
	hoy rmi -f one:1 >/dev/null
	[ -e "$HOY_ROOT/layers/${diff_id#sha256:}" ]
	kill -9 $client
	wait $client || true
	exec 7<&-
	eventually released
	is "$(hoy system check)" ""
}
# The hoy-image of a killed one holds its work until it has noticed.
released() { hoy ps >/dev/null && [ ! -e "$HOY_ROOT/layers/${diff_id#sha256:}" ]; }

@test "volume prune: anonymous ones that nobody mounts, or with -a all of them" {
	hoy volume create --label a=b named >/dev/null
	hoy volume create used >/dev/null
	hoy run --name one -v used:/u -v /anon busybox sh -c 'head -c 100000 /dev/zero >/anon/x'
	hoy run --name two -v /anon busybox true
	local kept
	kept=$(hoy inspect -f '{{range .Mounts}}{{if eq .Destination "/anon"}}{{.Name}}{{end}}{{end}}' two)
	hoy rm one >/dev/null
	is "$(hoy volume ls -q | wc -l)" 4
	hoy volume prune -f >"$D/out"
	is "$(head -1 "$D/out")" "Deleted Volumes:"
	matches "$(tail -1 "$D/out")" '^Total reclaimed space: 1[0-9][0-9]'
	is "$(hoy volume ls -q | sort)" "$(printf '%s\n' named used "$kept" | sort)"
	hoy volume prune -af --filter label!=a >/dev/null
	is "$(hoy volume ls -q | sort)" "$(printf '%s\n' named "$kept" | sort)"
	hoy volume prune -af --filter label=a=b >/dev/null
	is "$(hoy volume ls -q)" "$kept"
	fails 1 hoy volume prune -f --filter until=1h
}

@test "container prune: filters by age and label, and says how much it freed" {
	hoy run --name one --label x=1 busybox sh -c 'head -c 500000 /dev/zero >/big'
	hoy run --name two busybox true
	hoy container prune -f --filter until=1h >/dev/null
	is "$(hoy ps -aq | wc -l)" 2
	hoy container prune -f --filter label!=x >/dev/null
	is "$(hoy ps -a --format '{{.Names}}')" one
	matches "$(hoy container prune -f | tail -1)" '^Total reclaimed space: 5[0-9][0-9]'
	has_no_container
}

@test "system prune: containers, networks, images; volumes only when asked; running ones stay" {
	make_images
	idle ctr
	hoy run --name done -v /anon one:1 true 2>/dev/null || true
	hoy volume create named >/dev/null
	hoy system prune </dev/null >"$D/out" && return 1
	has "$(cat "$D/out")" "all stopped containers"
	hasnt "$(cat "$D/out")" "anonymous volumes"
	hoy system prune -f >"$D/out"
	is "$(hoy ps -a --format '{{.Names}}')" ctr
	is "$(names)" "busybox:latest one:1 two:1 "
	hoy system prune -af --volumes >"$D/out"
	is "$(names)" "busybox:latest "
	is "$(hoy volume ls -q)" named
	status_is ctr running
	hoy system check
}

@test "system df adds up to what du says, shared layers once, logs and downloads included" {
	make_images
	idle ctr
	hoy run --name done -v vol:/v -v /anon one:1 true 2>/dev/null || true
	hoy run -d --name loud -v vol:/v busybox sh -c 'head -c 3000000 /dev/zero | tr "\0" x; head -c 1000000 /dev/zero >/v/big; mkdir -p /a/b/c; ln /v/big /v/again'
	hoy wait loud >/dev/null
	mkdir -p "$HOY_ROOT/partial"
	head -c 100000 /dev/urandom >"$HOY_ROOT/partial/$(printf 'a%.0s' {1..64})"
	df_says_what_du_says
	matches "$(row Images)" '^Images\|4\|[12]\|'
	matches "$(row Containers)" '^Containers\|[23]\|1\|'
	matches "$(row 'Local Volumes')" '^Local Volumes\|[12]\|[12]\|0B'
	matches "$(row Logs)" '^Logs\|[23]\|1\|3[.0-9]*MB'
	hoy system df -v >"$D/out"
	matches "$(grep '^vol ' "$D/out")" '^vol +[12] +1[.0-9]*MB$'
	is "$(awk '$1 == "two" { print $(NF - 2) == $(NF - 1) }' "$D/out")" 0
	hoy system df -v --format json >"$D/out"
	is "$(jq -r '[.Images[], .Containers[], .Volumes[]] | map(select(.Repository == "two" or .Names == "loud" or .Name == "vol")) | length' "$D/out")" 3
	is "$(jq -c .BuildCache "$D/out")" "[]"
	is "$(hoy system df -v --format '{{range .Images}}{{println .ID}}{{end}}' | grep -c '^sha256:')" 4
	# A second may begin between the two.
	timeless() { sed -E 's/(About a|Less than a|[0-9]+) (second|minute)s?( ago)?/T/g; s/ {2,}/  /g'; }
	is "$(hoy system df -v --format table | timeless)" "$(hoy system df -v | timeless)"
	fails 125 hoy system df -v --format 'table {{.ID}}'
	hoy rm -f ctr loud >/dev/null
	hoy rm -f done >/dev/null || true
	hoy system prune -af --volumes >/dev/null
	df_says_what_du_says
}

@test "image tree: the layers of each image from the top down, and who else has them" {
	make_images
	local base a old=${OLD#sha256:}
	base=$(hoy image inspect -f '{{index .RootFS.Layers 0}}' one:1)
	a=$(hoy image inspect -f '{{index .RootFS.Layers 1}}' two:1)
	hoy tag two:1 other/two:2
	hoy image tree two:1 | tr -s ' ' >"$D/out"
	is "$(head -1 "$D/out")" "IMAGE SIZE ALSO IN"
	matches "$(sed -n 2p "$D/out")" "^two:1, other/two:2 \([0-9a-f]{12}\) 60kB$"
	matches "$(sed -n 3p "$D/out")" "^ ${a:7:12} 60kB$"
	matches "$(sed -n 4p "$D/out")" "^ ${base:7:12} 4B (one:1, ${old:0:12}|${old:0:12}, one:1)$"
	is "$(wc -l <"$D/out")" 4
	# All of them: a line for each image and each layer; only who is listed is in it.
	is "$(hoy image tree | wc -l)" "$((1 + 3 * 3 + 1 + $(hoy image inspect -f '{{len .RootFS.Layers}}' busybox)))"
	is "$(hoy image tree busybox | grep -c 'one:1')" 0
	fails 1 hoy image tree nothing
	has "$errors" "No such image: nothing"
}
