/* Sizes, durations, CPUs and times: what is accepted is in range. */
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "format/size.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = strndup((const char *)data, size);
	char out[SIZE_TEXT_SIZE];
	char time[CLOCK_TEXT_SIZE];
	int64_t value;
	uint64_t wall;
	uint64_t again;

	if (!text)
		return 0;
	if (size_parse(text, &value) == 0) {
		assert(value >= 0);
		size_text((uint64_t)value, out);
		size_text_binary((uint64_t)value, out);
	}
	if (duration_parse(text, &value) == 0 && value >= 0)
		duration_text((uint64_t)value, out);
	if (nano_parse(text, &value) == 0)
		assert(value >= 0);
	if (clock_parse(text, &wall) == 0) {
		clock_text(wall, time);
		assert(clock_parse(time, &again) == 0 && again == wall);
	}
	return 0;
}
