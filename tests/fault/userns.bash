# What a start with a user namespace of its own is, and what has to be left of it.
before() { holder_remove 2>/dev/null || true; }
scenario() { HOY_TIMEOUT=20 hoy run --rm --userns auto -v vol:/v busybox true; }
after() {
	says_why || return 1
	eventually has_no_container || return 1
	hoy volume rm vol >/dev/null 2>&1
	all_gone || return 1
	# Whoever had the range, it is free again.
	[ "$(hoy run --rm --userns auto busybox awk '{ print $2 }' /proc/self/uid_map)" = 1879048192 ]
}
