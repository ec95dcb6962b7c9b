#!/usr/bin/env bats
# hoy registry: what a registry has is listed and deleted, there and nowhere else.
load helper
load registry

setup_file() { :; }
setup() {
	registry_setup
	MANIFEST=application/vnd.oci.image.manifest.v1+json INDEX=application/vnd.oci.image.index.v1+json
}
teardown() { registry_teardown; }

digest_of() { echo "sha256:$(sha256sum <"$1" | cut -d ' ' -f 1)"; }
descriptor_of() { # file, artifact type
	printf '{"mediaType":"%s","digest":"%s","size":%d,"artifactType":"%s"}' "$MANIFEST" "$(digest_of "$1")" "$(stat -c %s "$1")" "$2"
}
# An artifact that refers to a manifest, into the registry's repository x: file, digest, artifact type
attach() {
	client manifest "$R/x:one" 2>/dev/null | jq -c --arg d "$2" --arg t "$3" '. + {artifactType: $t, subject: {mediaType: .mediaType, digest: $d, size: 1}}' >"$1"
	client put "$R/x@$(digest_of "$1")" "$MANIFEST" "$1"
}
# The list under the tag of a digest: digest, entries...
list_under_tag() {
	local digest=$1 IFS=,
	shift
	printf '{"schemaVersion":2,"mediaType":"%s","annotations":{"keep":"this"},"manifests":[%s]}' "$INDEX" "$*" >"$D/list"
	client put "$R/x:${digest/:/-}" "$INDEX" "$D/list"
}
referrers() { hoy registry referrers --format '{{.ArtifactType}} {{.Size}}' "$@"; }

# --- tags ----------------------------------------------------------------------------------------------------------------

@test "the tags of a repository are listed, one a line" {
	registry
	is "$(hoy registry tags "$R/x")" "$(client tags "$R/x")"
	has "$(hoy registry tags "$R/x")" "manyentries"
	fails 1 hoy registry tags "$R/x:one"
	has "$errors" "hoy: $R/x:one has a tag or a digest"
}

@test "what is listed comes from the registry and where it lies for a pull, and never from a mirror" {
	registry
	local mirror=$P/log mirror_at=$R
	registry referrers=all
	mkdir -p "$D/etc/containers"
	printf '[[registry]]\nprefix = "far.test"\nlocation = "%s/near"\ninsecure = true\n[[registry.mirror]]\nlocation = "%s"\n' "$R" "$mirror_at" \
		>"$D/etc/containers/registries.conf"
	has "$(hoy registry tags far.test/x)" manyentries
	is "$(referrers far.test/x:one | wc -l)" 5
	log "GET /v2/near/x/tags/list"
	log "GET /v2/near/x/referrers/$one 200"
	is "$(cat "$mirror")" ""
}

# --- referrers -----------------------------------------------------------------------------------------------------------

@test "what refers to a manifest is listed, by tag and by digest" {
	registry referrers=all
	attach "$D/own" "$one" application/test.own
	is "$(referrers "$R/x:one")" "application/test.a 1kB
application/test.b 1.001kB
application/test.a 1.002kB
application/test.b 1.003kB
application/test.a 1.004kB
application/test.own $(stat -c %s "$D/own")B"
	is "$(referrers "$R/x@$one")" "$(referrers "$R/x:one")"
	has "$(hoy registry referrers "$R/x:one" | head -1)" "DIGEST  "
	has "$(hoy registry referrers "$R/x:one" | tail -1)" "$(digest_of "$D/own")   application/test.own"
	is "$(hoy registry referrers --format json "$R/x:one" | tail -1 | jq -r '[.Digest, .MediaType, .ArtifactType] | join(" ")')" \
		"$(digest_of "$D/own") $MANIFEST application/test.own"
	fails 1 hoy registry referrers "$R/x:none"
	has "$errors" "manifest for $R/x:none not found"
}

@test "a type of artifacts is asked for, and the others are left out where the registry does not do it" {
	local kind
	for kind in all filtered paged; do
		registry referrers=$kind
		is "$(referrers --artifact-type application/test.b "$R/x:one")" "application/test.b 1.001kB
application/test.b 1.003kB"
		log "GET /v2/x/referrers/$one\?artifactType=application(/|%2F)test\.b 200"
		is "$(referrers --artifact-type application/none "$R/x:one")" ""
	done
}

@test "a list in pages comes whole" {
	registry referrers=paged
	is "$(referrers "$R/x:one" | wc -l)" 5
	is "$(count "GET /v2/x/referrers/$one")" 3
}

@test "a list that does not end, or is too large, is refused" {
	registry referrers=endless
	fails 1 referrers "$R/x:one"
	has "$errors" "hoy: referrers of $R/x@$one: there are too many pages"
	is "$(count "GET /v2/x/referrers/$one")" 100
	registry referrers=many
	fails 1 referrers "$R/x:one"
	has "$errors" "there are too many"
	is "$(count "GET /v2/x/referrers/$one")" 3
	registry referrers=huge
	fails 1 referrers "$R/x:one"
	has "$errors" "larger than 4194304 bytes"
}

@test "a list that is none, or leads elsewhere, is refused in one sentence" {
	local kind
	for kind in elsewhere garbage manifest type digest; do
		registry referrers=$kind
		fails 1 referrers "$R/x:one"
		has "$errors" "hoy: referrers of $R/x@$one: "
		is "$(wc -l <<<"$errors")" 1
		is "$output" ""
		is "$(count ^other)" 0
	done
}

@test "what a stranger calls his type does nothing to a terminal" {
	registry referrers=escape
	is "$(hoy registry referrers "$R/x:one" | LC_ALL=C grep -c '[^ -~]' || true)" 0
	has "$(referrers "$R/x:one")" '\x1b]0;evil\a\n\xc2\x9b 1.003kB'
	is "$(hoy registry referrers --format json "$R/x:one" | jq -r .ArtifactType | LC_ALL=C grep -c '[^ -~]' || true)" 0
}

@test "a registry that does not know what refers to a manifest may have a list under a tag" {
	registry
	is "$(hoy registry referrers "$R/x:one")" "DIGEST    ARTIFACT TYPE   SIZE"
	log "GET /v2/x/referrers/$one 404"
	log "GET /v2/x/manifests/${one/:/-} 404"
	attach "$D/a" "$one" application/a
	attach "$D/b" "$one" application/b
	list_under_tag "$one" "$(descriptor_of "$D/a" application/a)" "$(descriptor_of "$D/b" application/b)"
	is "$(referrers "$R/x:one" | cut -d ' ' -f 1)" "application/a
application/b"
	is "$(referrers --artifact-type application/b "$R/x:one" | cut -d ' ' -f 1)" application/b
	client put "$R/x:${one/:/-}" "$MANIFEST" "$D/a"
	fails 1 referrers "$R/x:one"
	has "$errors" "listed under ${one/:/-}: index: it is a manifest, not an index"
}

# --- rm ------------------------------------------------------------------------------------------------------------------

@test "a tag is deleted, and the manifest stays; a manifest is deleted with its tags" {
	registry
	is "$(hoy registry rm "$R/x:one")" "$R/x:one"
	log "DELETE /v2/x/manifests/one 202"
	fails 1 client head "$R/x:one"
	client head "$R/x@$one"
	is "$(hoy registry rm "$R/y@$one" "$R/z:one")" "$R/y@$one
$R/z:one"
	fails 1 client head "$R/y@$one"
	fails 1 client head "$R/y:one"
}

@test "what is not there, or not allowed, is said, and the rest is deleted all the same" {
	registry
	fails 1 hoy registry rm "$R/x:none" "$R/x:one" "$R/x@sha256:$(printf 'a%.0s' {1..64})"
	is "$output" "$R/x:one"
	has "$errors" "hoy: manifest for $R/x:none not found: manifest unknown: manifest unknown."
	is "$(wc -l <<<"$errors")" 2
	registry delete=403
	fails 1 hoy registry rm "$R/x:one"
	has "$errors" "hoy: delete $R/x:one: access is denied: denied: the operation is unsupported."
	has "$errors" "hint: hoy login $R"
	registry auth=basic
	fails 1 hoy registry rm "$R/x:one"
	has "$errors" "access is denied"
	has "$errors" "hint: hoy login $R"
	client head "$R/x:one" 2>/dev/null || stored "$R" user right
	client head "$R/x:one"
}

@test "a registry that deletes no tags is never told to delete the manifest instead; its digest is named" {
	local status
	for status in 400 405; do
		registry delete=$status,tags
		fails 1 hoy registry rm "$R/x:one"
		has "$errors" "hoy: delete $R/x:one: the registry does not allow a tag to be deleted: $R answers $status"
		has "$errors" "hint: hoy registry rm $R/x@$one deletes the manifest, and with it every tag that it has"
		is "$(count 'DELETE ')" 1
		client head "$R/x:one"
		hoy registry rm "$R/x@$one"
		fails 1 client head "$R/x:one"
	done
	registry delete=405
	fails 1 hoy registry rm "$R/x@$one"
	has "$errors" "hoy: delete $R/x@$one: the registry does not allow it to be deleted: $R answers 405 Method Not Allowed"
	hasnt "$errors" hint
}

@test "a name without a tag or a digest, or with both, deletes nothing" {
	registry
	fails 1 hoy registry rm "$R/x" "$R/x:one@$one"
	has "$errors" "$R/x has neither a tag nor a digest"
	has "$errors" "$R/x:one@$one has a tag and a digest"
	is "$(count DELETE)" 0
}

@test "nothing is deleted at a mirror, nor at a location that stands in for the registry" {
	registry
	local mirror=$P/log mirror_at=$R
	registry
	mkdir -p "$D/etc/containers"
	printf '[[registry]]\nlocation = "%s"\n[[registry.mirror]]\nlocation = "%s"\n[[registry]]\nprefix = "127.0.0.1:1"\nlocation = "%s"\n' \
		"$R" "$mirror_at" "$R" >"$D/etc/containers/registries.conf"
	hoy registry rm "$R/x:one"
	is "$(cat "$mirror")" ""
	fails 1 hoy registry rm 127.0.0.1:1/x:list
	has "$errors" "connect to 127.0.0.1:1: Connection refused"
	is "$(count DELETE)" 1
}

@test "a deletion asks for a token that may delete, and a list for one that may read" {
	registry auth=bearer referrers=all
	stored "$R" user right
	hoy registry tags "$R/x"
	hoy registry referrers "$R/x:one"
	is "$(log '^token ' | grep -vc 'scope=repository%3Ax%3Apull&')" 0
	: >"$P/log"
	hoy registry rm "$R/x:one"
	hoy registry rm "$R/y@$one"
	is "$(log '^token ' | grep -oE 'scope=[^&]*')" "scope=repository%3Ax%3Adelete%2Cpull
scope=repository%3Ay%3Adelete%2Cpull"
}

@test "an artifact that is deleted goes from the list under its subject's tag, and nothing else does" {
	registry auth=bearer
	stored "$R" user right
	attach "$D/a" "$one" application/a
	attach "$D/b" "$one" application/b
	list_under_tag "$one" "$(descriptor_of "$D/a" application/a)" "$(descriptor_of "$D/b" application/b)"
	hoy registry rm "$R/x@$(digest_of "$D/a")"
	is "$(referrers "$R/x:one" | cut -d ' ' -f 1)" application/b
	is "$(client manifest "$R/x:${one/:/-}" | jq -c .annotations)" '{"keep":"this"}'
	hoy registry rm "$R/x@$(digest_of "$D/b")"
	is "$(referrers "$R/x:one")" ""
	# One that the list does not know changes nothing.
	attach "$D/c" "$one" application/c
	: >"$P/log"
	hoy registry rm "$R/x@$(digest_of "$D/c")"
	is "$(count 'PUT ')" 0
}

@test "a registry that keeps the list by itself is left to it" {
	registry referrers=stale
	attach "$D/a" "$one" application/a
	list_under_tag "$one" "$(descriptor_of "$D/a" application/a)"
	: >"$P/log"
	hoy registry rm "$R/x@$(digest_of "$D/a")"
	fails 1 client head "$R/x@$(digest_of "$D/a")"
	is "$(count 'PUT ')" 0
	hasnt "$(log)" "manifests/${one/:/-}"
}

@test "a manifest that cannot be read can be deleted" {
	registry
	local name digest
	for name in deep huge invalid; do
		digest=$(client head "$R/x:$name" | cut -d ' ' -f 1)
		hoy registry rm "$R/x@$digest"
		fails 1 client head "$R/x:$name"
	done
}

# --- a real one ----------------------------------------------------------------------------------------------------------

@test "in Debian's registry artifacts are listed under a tag, and go from it" {
	registry
	pushable
	debian_registry '  delete: {enabled: true}'
	client push "$R/x:one" "$D/push" "$D/manifest" 2>/dev/null
	client push "$R/x:two" "$D/push" "$D/manifest" 2>/dev/null
	is "$(hoy registry tags "$R/x")" "one
two"
	is "$(referrers "$R/x:one")" ""
	attach "$D/a" "$one" application/a
	list_under_tag "$one" "$(descriptor_of "$D/a" application/a)"
	is "$(referrers "$R/x:one" | cut -d ' ' -f 1)" application/a
	hoy registry rm "$R/x@$(digest_of "$D/a")"
	is "$(referrers "$R/x:one")" ""
	fails 1 client head "$R/x@$(digest_of "$D/a")"
}

@test "a blob is deleted by its digest alone, and nothing else by it" {
	registry
	hoy registry rm --blob "$R/x@$layer1" >"$D/out"
	is "$(cat "$D/out")" "$R/x@$layer1"
	log "^registry DELETE /v2/x/blobs/$layer1 202"
	fails 1 client pull "$R/x:one" "$D/out2"
	client head "$R/x:one"
	fails 1 hoy registry rm --blob "$R/x@$layer1"
	has "$errors" "blob $R/x@$layer1 not found"
	fails 1 hoy registry rm --blob "$R/x:one"
	has "$errors" "$R/x:one has no digest, which is the name of a blob"
	registry delete=405
	fails 1 hoy registry rm --blob "$R/x@$layer1"
	has "$errors" "the registry does not allow it to be deleted"
}

@test "Debian's registry deletes a blob" {
	registry
	pushable
	debian_registry '  delete: {enabled: true}'
	client push "$R/x:one" "$D/push" "$D/manifest" 2>/dev/null
	hoy registry rm --blob "$R/x@$layer1"
	mkdir "$D/again"
	fails 1 client pull "$R/x:one" "$D/again"
	fails 1 hoy registry rm --blob "$R/x@$layer1"
	has "$errors" "not found"
}

@test "Debian's registry deletes by digest alone, and not at all unless it is told to" {
	registry
	pushable
	debian_registry '  delete: {enabled: true}'
	client push "$R/x:one" "$D/push" "$D/manifest" 2>/dev/null
	client push "$R/x:two" "$D/push" "$D/manifest" 2>/dev/null
	fails 1 hoy registry rm "$R/x:one"
	has "$errors" "the registry does not allow a tag to be deleted"
	has "$errors" "hint: hoy registry rm $R/x@$one deletes"
	client head "$R/x:one"
	is "$(hoy registry rm "$R/x@$one")" "$R/x@$one"
	fails 1 client head "$R/x:one"
	fails 1 client head "$R/x:two"
	fails 1 hoy registry tags "$R/none"
	has "$errors" "hoy: tags of $R/none not found"
	rm -rf "$D/storage"
	debian_registry
	client push "$R/x:one" "$D/push" "$D/manifest" 2>/dev/null
	fails 1 hoy registry rm "$R/x@$one"
	has "$errors" "the registry does not allow it to be deleted"
	client head "$R/x:one"
}
