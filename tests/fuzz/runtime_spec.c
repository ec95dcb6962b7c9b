/* config.json: what is accepted is whole (every text ends, every number is in its range), and
 * what is refused says why. */
#include <assert.h>
#include <string.h>

#include "../golden/oci/spec_dump.h"
#include "fuzz.h"
#include "spec/runtime_spec_read.h"

static void user_check(const struct spec_user *user)
{
	assert(user->uid <= SPEC_UID_MAX && user->gid <= SPEC_UID_MAX);
	for (size_t i = 0; i < user->group_count; i++)
		assert(user->groups[i] <= SPEC_UID_MAX);
}

static void spec_check(const struct spec *spec)
{
	int seen = 0;

	assert(spec->oci_version && spec->root_path);
	if (spec->has_process) {
		user_check(&spec->process.user);
		assert(spec->process.cwd[0] == '/' && spec->process.args.count > 0);
	}
	for (size_t i = 0; i < spec->mount_count; i++)
		assert(spec->mounts[i].destination && spec->mounts[i].source_fd == -1);
	for (size_t i = 0; i < spec->namespace_count; i++) {
		assert(spec->namespaces[i].fd == -1 && spec->namespaces[i].type != 0);
		assert(!(seen & spec->namespaces[i].type));
		seen |= spec->namespaces[i].type;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	struct strv warnings;
	struct spec spec;
	struct err e = { 0 };
	int r = spec_parse((const char *)data, size, &arena, &spec, &warnings, &e);

	if (r < 0) {
		assert(e.kind == ERR_INVALID || e.kind == ERR_UNSUPPORTED);
		assert(e.code == r && e.text[0] && e.text[0] != ':');
		return 0;
	}
	spec_check(&spec);
	spec_dump(&text, &spec);
	dump_list(&text, "warning", &warnings);
	assert(str_ok(&text) == 0 && strlen(str_text(&text)) == text.len);
	return 0;
}
