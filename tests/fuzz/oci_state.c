/* state.json of a container of hoy-runtime: what is accepted, and written, is accepted again
 * and written the same; and can be told as the specification's state. */
#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "oci/container_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	AUTO_STR struct str again = { 0 };
	AUTO_STR struct str told = { 0 };
	struct oci_state state;
	struct err e = { 0 };

	if (state_parse((const char *)data, size, &arena, &state, &e) < 0) {
		assert(e.kind == ERR_INVALID && e.text[0]);
		return 0;
	}
	assert(state.pid > 0 && state.bundle && state.root && state.cgroup_path);
	state_print(&state, &text);
	assert(state_parse(str_text(&text), text.len, &arena, &state, &e) == 0);
	state_print(&state, &again);
	assert(strcmp(str_text(&text), str_text(&again)) == 0);
	container_state_json("id", &state, "running", state.pid, "  ", &told);
	assert(str_ok(&told) == 0);
	return 0;
}
