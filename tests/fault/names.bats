# Fail and kill at every privileged call of a start on a user network, of the registration of a container that runs, and of a rename:
# no socket and no name of a dead container stays with hoy-dns, and a living one is found under the name that its record says.
load helper
load ../live/hosts

setup() {
	host_make
	instance_make
	hoy network create --subnet 10.1.0.0/24 blue >/dev/null
}

resolvers() { pgrep -f "^hoy-dns $HOY_RUNROOT\$" || true; }
resolvers_kill() { resolvers | xargs -r kill -9 && eventually has_no_resolver; }
has_no_resolver() { [ -z "$(resolvers)" ]; }
sockets() { find "/proc/$(resolvers | head -1)/fd" -lname 'socket:*' | wc -l; }
box() { hoy run -d --name "$1" --network blue busybox sleep 1000 >/dev/null; }
# Nothing is forwarded here: there is nobody.
asks() { nsenter -t "$(pid_of "$1")" -n dig +short +tries=1 +time=2 @127.0.0.11 "$2"; }
finds() { [ "$(asks "$1" "$2" | grep -c '^10\.1\.0\.')" = 1 ]; }

@test "a start on a user network, failing or killed at any call, leaves hoy-dns no socket and no name" {
	box witness
	finds witness witness
	before() { :; }
	scenario() { HOY_TIMEOUT=20 hoy run --rm --name web --network blue busybox true; }
	after() {
		says_why || return 1
		eventually holds_only_one || { sockets; return 1; }
		! finds witness web || return 1
		hoy run --rm --name web --network blue busybox true || return 1
		finds witness witness
	}
	# Its own, that to its reader, and two of the witness.
	holds_only_one() { [ "$(hoy ps -aq | wc -l)" = 1 ] && [ "$(sockets)" = 4 ]; }
	sweep hoy fail
	sweep hoy kill
}

@test "the first start, which starts hoy-dns, failing or killed at any call, keeps nobody from starting the next" {
	before() { resolvers_kill; }
	scenario() { HOY_TIMEOUT=20 hoy run --rm --network blue busybox true; }
	after() {
		says_why || return 1
		hoy run --rm --network blue busybox true || return 1
		is "$(resolvers | wc -l)" 2 || return 1
		resolvers_kill || return 1
		all_gone
	}
	sweep hoy fail
	sweep hoy kill
}

@test "registering a container anew, failing or killed at any call, is done by the next try" {
	box web
	local id monitor
	id=$(inspect web '{{.Id}}')
	# Its monitor would be faster.
	monitor=$(monitor_of web)
	kill -STOP "$monitor"
	before() { resolvers_kill; }
	scenario() { HOY_TIMEOUT=20 hoy internal resolver "$id"; }
	after() {
		says_why || return 1
		hoy internal resolver "$id" || return 1
		finds web web
	}
	sweep hoy fail
	sweep hoy kill
	kill -CONT "$monitor"
}

@test "rename, failing or killed at any call, leaves one name to be found, which is the record's" {
	box one
	box other
	before() { hoy rename two one 2>/dev/null || true; }
	scenario() { HOY_TIMEOUT=20 hoy rename one two; }
	after() {
		says_why || return 1
		local name unknown=two
		name=$(hoy inspect -f '{{.Name}}' "$(hoy ps -q | tail -1)") name=${name#/}
		[ "$name" != two ] || unknown=one
		finds other "$name" || { echo "$name is not found" && return 1; }
		! finds other $unknown || { echo "$unknown is found" && return 1; }
	}
	sweep hoy fail
	sweep hoy kill
}

@test "a monitor whose calls fail when it looks for hoy-dns tries again" {
	HOY_FAULT=hoy-monitor:fail:1 box web
	box other
	kill -9 "$(resolvers | head -1)"
	eventually finds web other
	eventually finds other web
}
