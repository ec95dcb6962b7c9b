#!/usr/bin/env bats
# The registry client (image/registry.h, hoy-fetch) against registries that do what they should, and that do not: FAULTS F14 to F20.
load helper
load registry

setup_file() { :; }
setup() { registry_setup; }
teardown() { registry_teardown; }

# --- pulling -------------------------------------------------------------------------------------------------------------

@test "a manifest, its config and its layers come as they are in the registry" {
	registry
	pulls "$R/group/x:one"
	has "$(client head "$R/group/x:one")" "$one application/vnd.oci.image.manifest.v1+json"
	is "$(client manifest "$R/group/x:one" | sha256sum | cut -d ' ' -f 1)" "${one#sha256:}"
	is "$(client config "$R/group/x:one" | sha256sum | cut -d ' ' -f 1)" "${config#sha256:}"
}

@test "an index leads to the manifest for the platform that is asked for" {
	REGISTRY_ARCHITECTURE=riscv64 registry
	has "$(client resolve "$R/x:list" linux/riscv64)" "index $list
manifest $one"
	hasnt "$(client resolve "$R/x:list" linux/s390x)" "$one"
	fails 1 client resolve "$R/x:list" linux/mips64le
	has "$errors" "linux/mips64le"
}

@test "a list of tags comes page by page, whole" {
	registry
	is "$(client tags "$R/x")" "$(client tags "$R/x" | LC_ALL=C sort)"
	[ "$(client tags "$R/x" | wc -l)" -gt 20 ]
	[ "$(count '/v2/x/tags/list\?last=')" -ge 4 ]
}

@test "what is not there is not found, and said so in one sentence" {
	registry
	fails 1 client manifest "$R/x:none"
	has "$errors" "error 2: manifest for $R/x:none not found"
	is "$(wc -l <<<"$errors")" 1
}

@test "a blob can be had from a byte in the middle on" {
	registry
	client blob "$R/x" "$layer1" "$layer1_size" 999000 >"$D/rest" 2>/dev/null
	cmp "$D/rest" <(layer 1 | tail -c 1000)
	log "range=bytes=999000- "
}

@test "a reader that is slow slows the registry down, and does not fill our memory" {
	registry
	client slow "$R/x" "$layer2" "$layer2_size" 64 2>/dev/null | cmp - <(layer 2)
}

@test "Debian's registry is pulled from and pushed to" {
	registry
	pushable
	debian_registry
	client push "$R/group/x:new" "$D/push" "$D/manifest" 2>"$D/how"
	is "$(grep -c transferred "$D/how")" 4
	pushed "$R/group/x:new"
	client push "$R/group/x:again" "$D/push" "$D/manifest" 2>"$D/how"
	is "$(grep -c existed "$D/how")" 4
	client push "$R/other/x:new" "$D/push" "$D/manifest" group/x 2>"$D/how"
	is "$(grep -c mounted "$D/how")" 4
	pushed "$R/other/x:new"
	is "$(skopeo inspect --tls-verify=false "docker://$R/other/x:new" | jq -r .Digest)" "sha256:$(sha256sum <"$D/manifest" | cut -d ' ' -f 1)"
}

# --- what goes wrong on the way ------------------------------------------------------------------------------------------

@test "a blob that is cut off goes on where it was cut off, unnoticed" {
	registry cut=100000,5
	pulls "$R/x:one"
	log "range=bytes=100000- "
}

@test "a blob that is cut off at the end, and has no length, is found to be too short and fetched on" {
	registry cut=150000,2 chunked=1
	pulls "$R/x:one"
}

@test "a blob that is cut off time and again fails in the end" {
	registry cut=1000
	HOY_FETCH_ATTEMPTS=3 fails 1 fetch 1
	has "$errors" "blob ${layer1:0:19} of $R/x"
	has "$errors" "cut off"
	is "$(count "$layer1")" 3
}

@test "a registry that knows no ranges sends all of it again, and the reader sees one stream" {
	registry cut=100000,3 range=ignored
	pulls "$R/x:one"
}

@test "a registry that sends another range than the one that was asked for is not believed" {
	registry cut=100000,3 range=wrong
	fails 1 fetch 1
	has "$errors" "sends another one"
}

@test "a blob that stands still is given up after a while and fetched on" {
	registry stall=100000,2
	pulls "$R/x:one"
	log "range=bytes=100000- "
}

@test "a registry that trickles is given up in the end" {
	registry slow=200
	HOY_FETCH_ATTEMPTS=2 fails 1 fetch 1
	has "$errors" "less than 1024 bytes a second"
}

@test "a registry that is busy is asked again when it says, so often and no more" {
	registry busy=503,2
	client manifest "$R/x:one" | sha256sum -c <(echo "${one#sha256:}  -")
	registry busy=429,1,1
	local before=$EPOCHREALTIME
	client manifest "$R/x:one" >/dev/null
	[ $((${EPOCHREALTIME/./} - ${before/./})) -ge 1000000 ]
	registry busy=429,1000,86400
	HOY_FETCH_RETRY_AFTER_S=1 HOY_FETCH_ATTEMPTS=3 fails 1 client manifest "$R/x:one"
	has "$errors" "429 Too Many Requests"
	is "$(count 'manifests/one 429')" 3
}

@test "a wait that is asked for is cut to what all waits may take together" {
	registry busy=503,1000,5
	HOY_FETCH_WAIT_TOTAL_S=1 fails 1 client manifest "$R/x:one"
	is "$(count 'manifests/one 503')" 1
}

@test "nobody listens: one sentence" {
	registry
	registry_end
	fails 1 client manifest "$R/x:one"
	has "$errors" "connect to $R: Connection refused"
}

@test "a name of this machine's own list is found, by a hoy-fetch that has no files but a few of /etc" {
	registry
	pulls "localhost:${R#*:}/x:one"
}

@test "a name that does not exist is said to have no address" {
	fails 1 client manifest "registry.invalid/x:one"
	has "$errors" "registry.invalid: no address is known for it"
}

# --- mirrors, proxies, headers ------------------------------------------------------------------------------------------

@test "a mirror is asked first, and the registry where the mirror does not have it" {
	registry
	local mirror=$R mirror_log=$P/log
	registry
	mkdir -p "$D/etc/containers"
	printf '[[registry]]\nlocation = "%s"\n[[registry.mirror]]\nlocation = "%s/proxy"\n' "$R" "$mirror" >"$D/etc/containers/registries.conf"
	pulls "$R/x:one"
	grep "GET /v2/proxy/x/manifests/one 200" "$mirror_log"
	fails 1 log manifests
	fails 1 client manifest "$R/x:none"
	log "GET /v2/x/manifests/none 404"
}

@test "a mirror that is gone does not stand in the way" {
	registry
	local mirror=$R
	registry_end
	registry
	mkdir -p "$D/etc/containers"
	printf '[[registry]]\nlocation = "%s"\n[[registry.mirror]]\nlocation = "%s"\n' "$R" "$mirror" >"$D/etc/containers/registries.conf"
	pulls "$R/x:one"
}

@test "a mirror for digests is not asked what a tag is" {
	registry
	local mirror=$R mirror_log=$P/log
	registry
	mkdir -p "$D/etc/containers"
	printf '[[registry]]\nlocation = "%s"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = "%s"\n' "$R" "$mirror" \
		>"$D/etc/containers/registries.conf"
	pulls "$R/x:one"
	hasnt "$(cat "$mirror_log")" manifests/one
	grep blobs/sha256 "$mirror_log"
	log "GET /v2/x/manifests/one 200"
}

@test "the operator's headers go to the registry, and not where it sends us" {
	mkdir "$HOME/.docker"
	echo '{"HttpHeaders": {"X-Test": "ticket"}}' >"$HOME/.docker/config.json"
	registry redirect=other
	pulls "$R/x:one"
	log "^registry GET /v2/x/blobs/.*header=ticket"
	log "^other GET .*header=-"
	is "$(count '^other .*header=ticket')" 0
}

@test "a proxy is used for what it is for, and not for hosts without one" {
	registry
	echo '{"insecure-registries": ["registry.test"]}' >"$D/etc/docker/daemon.json"
	# As a proxy it sees the whole address.
	HTTP_PROXY=http://$R pulls "registry.test/x:one"
	log "GET http://registry.test/v2/x/manifests/one 200"
	HTTP_PROXY=http://$R NO_PROXY=.test fails 1 client manifest registry.test/x:one
	has "$errors" "registry.test: no address is known for it"
}

# A registry with TLS as registry.test, which only a proxy finds: switches...
behind_proxy() {
	authority
	certificate good DNS:registry.test,IP:127.0.0.1 30
	registry tls="$D/good.crt,$D/good.key" "$@"
	trust registry.test
}

@test "a proxy connects to a registry with TLS, and sees nothing but its name" {
	behind_proxy auth=basic
	stored registry.test user right
	proxy
	HTTPS_PROXY=http://$PROXY pulls "registry.test/x:one"
	log "GET /v2/x/manifests/one 200"
	is "$(cut -d '|' -f 1 "$PROXY_LOG" | sort -u)" "CONNECT registry.test:443 HTTP/1.1"
	hasnt "$(cat "$PROXY_LOG")" uthorization
	https_proxy=$PROXY client manifest registry.test/x:one >/dev/null
	: >"$PROXY_LOG"
	HTTPS_PROXY=http://$PROXY NO_PROXY=other.test,registry.test fails 1 client manifest registry.test/x:one
	has "$errors" "registry.test: no address is known for it"
	is "$(cat "$PROXY_LOG")" ""
}

@test "a proxy gets its own credentials, and the registry gets the others" {
	behind_proxy auth=basic
	stored registry.test user right
	proxy credentials=me:secret
	HTTPS_PROXY=http://me:secret@$PROXY pulls "registry.test/x:one"
	is "$(grep -vc "|Proxy-Authorization: Basic $(printf me:secret | base64)|" "$PROXY_LOG")" 0
	hasnt "$(sed s/Proxy-Authorization// "$PROXY_LOG")" Authorization
	log "auth=Basic $(printf user:right | base64) "
	is "$(count 'proxy=[^-]')" 0
}

@test "a proxy that stands in the way is one sentence, which names it without its password" {
	local answer
	behind_proxy
	export HOY_FETCH_ATTEMPTS=2
	refused() { # what is said, switches of the proxy...
		local said=$1
		shift
		proxy "$@"
		HTTPS_PROXY=http://me:secret@$PROXY fails 1 client manifest registry.test/x:one || return
		has "$errors" "$said" || return
		is "$(wc -l <<<"$errors")" 1 || return
		hasnt "$errors" secret || return
		PROXIES=$(wc -l <"$PROXY_LOG")
	}
	refused "wants a user and a password, or other ones" credentials=me:other
	is "$PROXIES" 1
	refused "does not connect to registry.test: 403 Forbidden" answer=403
	is "$PROXIES" 1
	has "$errors" "the proxy $PROXY "
	refused "does not connect to registry.test: 502 Bad Gateway" answer=502
	is "$PROXIES" 2
	refused "hung up instead of connecting to registry.test" answer=hangup
	refused "registry.test" answer=garbage
	has "$errors" "the proxy $PROXY"
	registry_end
	HTTPS_PROXY=http://me:secret@$PROXY fails 1 client manifest registry.test/x:one
	has "$errors" "connect to the proxy $PROXY: Connection refused"
	HTTPS_PROXY=http://me:secret@proxy.test fails 1 client manifest registry.test/x:one
	has "$errors" "no address is known for the proxy proxy.test"
	HTTPS_PROXY=gopher://me:secret@proxy.test fails 1 client manifest registry.test/x:one
	has "$errors" "the proxy proxy.test is of an unknown kind: gopher"
	hasnt "$errors" secret
	HTTPS_PROXY=http://me:secret@:x fails 1 client manifest registry.test/x:one
	has "$errors" "the proxy for https is no address"
	hasnt "$errors" secret
}

@test "a proxy that is spoken with in TLS has to be trusted, whatever the registry may be" {
	behind_proxy auth=basic
	stored registry.test user right
	certificate proxy IP:127.0.0.1 30
	certificate other DNS:other.test 30
	proxy credentials=me:secret tls="$D/proxy.crt,$D/proxy.key"
	HTTPS_PROXY=https://me:secret@$PROXY pulls "registry.test/x:one"
	is "$(cut -d '|' -f 1 "$PROXY_LOG" | sort -u)" "CONNECT registry.test:443 HTTP/1.1"
	rm -r "$D/etc/docker/certs.d"
	echo '{"insecure-registries": ["registry.test"]}' >"$D/etc/docker/daemon.json"
	: >"$PROXY_LOG"
	HTTPS_PROXY=https://me:secret@$PROXY fails 1 client manifest registry.test/x:one
	has "$errors" "the certificate of the proxy $PROXY is not trusted: "
	is "$(cat "$PROXY_LOG")" ""
	SSL_CERT_FILE=$D/ca.crt HTTPS_PROXY=https://me:secret@$PROXY client manifest registry.test/x:one >/dev/null
	proxy tls="$D/other.crt,$D/other.key"
	SSL_CERT_FILE=$D/ca.crt HTTPS_PROXY=https://me:secret@$PROXY fails 1 client manifest registry.test/x:one
	has "$errors" "the proxy $PROXY has a certificate for another name"
	hasnt "$errors" secret
	proxy
	SSL_CERT_FILE=$D/ca.crt HTTPS_PROXY=https://me:secret@$PROXY fails 1 client manifest registry.test/x:one
	has "$errors" "no TLS connection to the proxy $PROXY"
}

@test "a registry in plain text is reached through a proxy with TLS" {
	registry
	echo '{"insecure-registries": ["registry.test"]}' >"$D/etc/docker/daemon.json"
	authority
	certificate proxy IP:127.0.0.1 30
	proxy tls="$D/proxy.crt,$D/proxy.key" answer="503 Busy"
	HOY_FETCH_ATTEMPTS=1 HTTP_PROXY=https://$PROXY fails 1 client manifest registry.test/x:one
	is "$(cat "$PROXY_LOG")" ""
	SSL_CERT_FILE=$D/ca.crt HOY_FETCH_ATTEMPTS=1 HTTP_PROXY=https://$PROXY fails 1 client manifest registry.test/x:one
	has "$errors" "503"
	has "$(cat "$PROXY_LOG")" "GET http://registry.test/v2/x/manifests/one HTTP/1.1"
}

@test "a SOCKS proxy finds the registry, and what it refuses is one sentence" {
	local kind
	behind_proxy
	export HOY_FETCH_ATTEMPTS=1
	for kind in 4:socks4a 5:socks5h; do
		proxy socks=${kind%:*}
		HTTPS_PROXY=${kind#*:}://$PROXY pulls "registry.test/x:one"
		is "$(sort -u "$PROXY_LOG")" "SOCKS${kind%:*} registry.test:443"
	done
	proxy socks=5 credentials=me:secret
	HTTPS_PROXY=socks5h://me:secret@$PROXY client manifest registry.test/x:one >/dev/null
	HTTPS_PROXY=socks5h://me:wrong@$PROXY fails 1 client manifest registry.test/x:one
	has "$errors" "the proxy $PROXY wants a user and a password, or other ones"
	proxy socks=5 answer=5
	HTTPS_PROXY=socks5h://me:secret@$PROXY fails 1 client manifest registry.test/x:one
	has "$errors" "the proxy $PROXY does not connect to registry.test: Connection refused"
	proxy socks=5 answer=2
	HTTPS_PROXY=socks5h://me:secret@$PROXY fails 1 client manifest registry.test/x:one
	has "$errors" "the proxy $PROXY does not connect to registry.test: it may not"
	proxy socks=4 answer=91
	HTTPS_PROXY=socks4a://me:secret@$PROXY fails 1 client manifest registry.test/x:one
	has "$errors" "the proxy $PROXY does not connect to registry.test: "
	hasnt "$errors" secret
	is "$(wc -l <<<"$errors")" 1
}

# --- TLS -----------------------------------------------------------------------------------------------------------------

@test "a registry with an authority of its own is trusted where certs.d has it, for that registry alone" {
	authority
	certificate good IP:127.0.0.1 30
	registry tls="$D/good.crt,$D/good.key"
	trust "$R"
	pulls "$R/x:one"
	trust "$OTHER"
	echo '-----BEGIN CERTIFICATE-----' >"$D/etc/docker/certs.d/$OTHER/ca.crt"
	fails 1 client manifest "$OTHER/x:one"
	has "$errors" "its certificate is not trusted"
	has "$errors" "hint: "
}

@test "a certificate that has run out, or is for another name, is refused, and nothing is sent in plain text" {
	authority
	certificate old IP:127.0.0.1 -1
	registry tls="$D/old.crt,$D/old.key"
	trust "$R"
	fails 1 client manifest "$R/x:one"
	has "$errors" "certificate has expired"
	certificate name DNS:elsewhere.test 30
	registry tls="$D/name.crt,$D/name.key"
	trust "$R"
	fails 1 client manifest "$R/x:one"
	has "$errors" "certificate is for another name"
	fails 1 log
}

@test "a registry that speaks no TLS of this decade is refused" {
	authority
	certificate good IP:127.0.0.1 30
	registry tls="$D/good.crt,$D/good.key" old=1
	trust "$R"
	fails 1 client manifest "$R/x:one"
	has "$errors" "no TLS connection"
	fails 1 log
}

# --- who we are ----------------------------------------------------------------------------------------------------------

@test "a registry that wants a password gets the one that is stored, once it asks" {
	registry auth=basic
	fails 1 client manifest "$R/x:one"
	has "$errors" "access is denied"
	has "$errors" "hint: "
	has "$errors" "hoy login $R"
	stored "$R" user right
	pulls "$R/x:one"
	stored "$R" user wrong
	fails 1 client manifest "$R/x:one"
	has "$errors" "the credentials are not accepted"
}

@test "a token is asked for once, for what is needed, and for all blobs" {
	registry auth=bearer
	stored "$R" user right
	pulls "$R/group/x:one"
	is "$(count '^token ')" 1
	log '^token GET /token\?service=test&scope=repository%3Agroup/x%3Apull&account=user 200 auth=Basic'
	is "$(count '^registry .*auth=Basic')" 0
}

@test "what is public needs a token, and no credentials" {
	registry auth=bearer anonymous=yes
	pulls "$R/x:one"
	log '^token .*auth=-'
}

@test "a token that has run out is replaced while blobs are on their way" {
	registry auth=bearer expires=2
	stored "$R" user right
	pulls "$R/x:one"
	[ "$(count '^token ')" -ge 2 ]
}

@test "an identity token stands in for the password" {
	registry auth=bearer
	mkdir "$HOME/.docker"
	printf '{"auths": {"%s": {"auth": "dXNlcjo=", "identitytoken": "identity"}}}' "$R" >"$HOME/.docker/config.json"
	pulls "$R/x:one"
	log '^token POST /token 200 auth=-'
}

@test "blobs that begin at once ask for one token together, and a refusal does not hold them up" {
	registry auth=bearer
	stored "$R" user right
	pushable
	: >"$P/log"
	client push "$R/empty/x:new" "$D/push" "$D/manifest"
	is "$(count '^token ')" 1
	stored "$R" user wrong
	fails 1 client push "$R/empty/y:new" "$D/push" "$D/manifest"
	has "$errors" "the credentials are not accepted"
}

@test "a push asks for a token that may push, and for reading where it mounts from" {
	registry auth=bearer
	stored "$R" user right
	pushable
	client push "$R/empty/x:new" "$D/push" "$D/manifest" group/x 2>"$D/how"
	is "$(grep -c mounted "$D/how")" 4
	log '^token .*scope=repository%3Aempty/x%3Apull%2Cpush'
	log '^token .*scope=repository%3Agroup/x%3Apull'
	registry auth=bearer push=no
	stored "$R" user right
	fails 1 client push "$R/empty/x:new" "$D/push" "$D/manifest"
	has "$errors" "denied"
}

# --- pushing -------------------------------------------------------------------------------------------------------------

@test "a blob is sent once, whole, and the manifest behind all of them" {
	registry
	pushable
	client push "$R/empty/x:new" "$D/push" "$D/manifest"
	pushed "$R/empty/x:new"
	is "$(count '^registry PUT /v2/empty/x/blobs/uploads/.* 201')" 4
	is "$(count PATCH)" 0
	has "$(log '^registry (PUT|POST)' | tail -1)" "PUT /v2/empty/x/manifests/new 201"
}

@test "a registry may say in any way where an upload goes" {
	local way
	for way in relative absolute query other; do
		registry location=$way
		pushable
		client push "$R/empty/x:new" "$D/push" "$D/manifest"
		pushed "$R/empty/x:new"
	done
	log '^other PUT .*digest=sha256'
}

@test "an upload elsewhere takes no credentials along" {
	registry location=other auth=basic
	stored "$R" user right
	pushable
	client push "$R/empty/x:new" "$D/push" "$D/manifest"
	is "$(count '^other .*auth=Basic')" 0
	[ "$(count '^other PUT .*auth=- ')" = 4 ]
}

@test "an upload that breaks goes on from what the registry has" {
	registry lose=150000,3
	pushable
	client push "$R/empty/x:new" "$D/push" "$D/manifest"
	pushed "$R/empty/x:new"
	log '^registry GET /v2/empty/x/blobs/uploads/.* 204'
	log '^registry PATCH '
}

@test "an upload whose session is lost begins again" {
	registry forget=2
	pushable
	client push "$R/empty/x:new" "$D/push" "$D/manifest"
	pushed "$R/empty/x:new"
}

@test "an upload that a registry refuses in the middle is ended there, and the reason is the registry's" {
	local status
	for status in 403 400 507; do
		registry refuse=$status
		pushable_from_another
		HOY_FETCH_ATTEMPTS=1 fails 1 client push "$R/empty/x:new" "$D/push" "$D/manifest"
		has "$errors" "the quota is used up"
		log "^registry DELETE /v2/empty/x/blobs/uploads/s0 204"
		is "$(count 'DELETE .*uploads/.* 404')" 0
	done
	# Of one that was taken there is nothing to be ended, nor of a registry that is gone.
	registry saysdigest=1 mount=no
	pushable_from_another
	fails 1 client push "$R/empty/x:new" "$D/push" "$D/manifest"
	is "$(count DELETE)" 0
}

@test "a registry that takes no large bodies, or asks for chunks, gets chunks" {
	registry large=500000
	pushable
	HOY_FETCH_CHUNK=400000 client push "$R/empty/x:new" "$D/push" "$D/manifest"
	pushed "$R/empty/x:new"
	[ "$(count '^registry PATCH .* 202')" -ge 8 ]
	registry minimum=600000
	pushable
	HOY_FETCH_CHUNK=100000 client push "$R/empty/x:new" "$D/push" "$D/manifest"
	pushed "$R/empty/x:new"
	log '^registry PATCH .*length=600000'
}

@test "a blob is not sent when the registry takes it from another repository, and is when it does not" {
	registry
	pushable
	client push "$R/empty/x:new" "$D/push" "$D/manifest" group/x 2>"$D/how"
	is "$(grep -c mounted "$D/how")" 4
	is "$(count '^registry PUT .*blobs')" 0
	registry mount=no
	pushable
	client push "$R/empty/x:new" "$D/push" "$D/manifest" group/x 2>"$D/how"
	is "$(grep -c transferred "$D/how")" 4
	pushed "$R/empty/x:new"
}

@test "a registry that then says that it has something else is not believed" {
	registry saysdigest=1 mount=no
	pushable_from_another
	fails 1 client push "$R/empty/x:new" "$D/push" "$D/manifest"
	has "$errors" "the registry says that it has"
}
pushable_from_another() { # one that says true digests
	local keep=$R keep_p=$P
	registry
	pushable
	R=$keep P=$keep_p
}

# --- hoy-fetch itself ----------------------------------------------------------------------------------------------------

@test "a hoy-fetch that is killed in the middle is one sentence" {
	registry stall=100000
	HOY_FETCH_LOW_SPEED_S=60 "$BUILD/tools/registry_client" blob "$R/x" "$layer1" "$layer1_size" >"$D/blob" 2>"$D/errors" 3>&- &
	local client=$! status=0
	eventually test -s "$D/blob"
	kill -9 "$(pgrep -x hoy-fetch -P "$client")"
	wait "$client" || status=$?
	is "$status" 1
	has "$(cat "$D/errors")" "hoy-fetch was killed by signal 9"
}

@test "who is not root speaks with a registry as root does" {
	registry
	chmod -R a+rwX "$T"
	is "$(setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=-all --bounding-set=-all "$BUILD/tools/registry_client" manifest "$R/x:one" |
		sha256sum | cut -d ' ' -f 1)" "${one#sha256:}"
}
