/* The process that exec --process names: as runtime_spec.c, alone. */
#include <assert.h>
#include <string.h>

#include "../golden/oci/spec_dump.h"
#include "fuzz.h"
#include "spec/runtime_spec_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	struct spec_process process;
	struct strv warnings;
	struct err e = { 0 };
	int r = spec_parse_process((const char *)data, size, &arena, &process, &warnings, &e);

	if (r < 0) {
		assert(e.kind == ERR_INVALID || e.kind == ERR_UNSUPPORTED);
		assert(e.code == r && e.text[0] && e.text[0] != ':');
		return 0;
	}
	assert(process.user.uid <= SPEC_UID_MAX && process.user.gid <= SPEC_UID_MAX);
	assert(process.cwd[0] == '/' && process.args.count > 0);
	assert(!process.args.items[process.args.count]);
	dump_process(&text, &process);
	dump_list(&text, "warning", &warnings);
	assert(str_ok(&text) == 0 && strlen(str_text(&text)) == text.len);
	return 0;
}
