/*
 * Decompression: the bytes come to the same, whether they are given at once or in pieces, and what
 * is damaged is said in a sentence.
 *
 * The first byte is the size of the pieces.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "image/tool_inflate.h"

enum { OUT_MAX = 1 << 18 };

struct outcome {
	int r;
	size_t len; /* at most OUT_MAX, where it is given up */
	char *data;
};

static int run(struct inflate *inflate, const uint8_t *data, size_t size, size_t step,
	       struct outcome *outcome)
{
	struct err e = { 0 };
	int r = 0;

	for (size_t at = 0; outcome->len < OUT_MAX;) {
		size_t in_len = size - at < step ? size - at : step;
		size_t room = OUT_MAX - outcome->len < step ? OUT_MAX - outcome->len : step;
		struct inflate_io io = { .in = data + at,
					 .in_len = in_len,
					 .out = outcome->data + outcome->len,
					 .out_room = room };

		r = inflate_some(inflate, &io, &e);
		assert(io.in_len <= in_len && io.out_room <= room);
		at += in_len - io.in_len;
		outcome->len += room - io.out_room;
		if (r < 0 || (at == size && io.out_room > 0))
			break;
	}
	if (r == 0 && outcome->len < OUT_MAX)
		r = inflate_end(inflate, &e);
	assert(r == 0 || (e.kind != ERR_NONE && e.text[0]));
	return r;
}

static void outcome_of(const uint8_t *data, size_t size, size_t step, struct outcome *outcome)
{
	struct inflate inflate;

	*outcome = (struct outcome){ .data = malloc(OUT_MAX) };
	assert(outcome->data);
	assert(inflate_init(&inflate, inflate_detect(data, size), NULL) == 0);
	outcome->r = run(&inflate, data, size, step, outcome);
	inflate_done(&inflate);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole;
	struct outcome pieces;

	if (size == 0)
		return 0;
	outcome_of(data + 1, size - 1, OUT_MAX, &whole);
	outcome_of(data + 1, size - 1, (size_t)data[0] + 1, &pieces);
	/* How much comes out before damage is seen differs. */
	assert((whole.r < 0) == (pieces.r < 0));
	assert(whole.r < 0 ||
	       (whole.len == pieces.len && memcmp(whole.data, pieces.data, whole.len) == 0));
	free(whole.data);
	free(pieces.data);
	return 0;
}
