/*
 * Walking over a tar: whatever the bytes are, members lie within them, in order, and what is read
 * of a member is as long as it says.
 */
#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "image/tool_tar_read.h"

struct memory {
	const uint8_t *data;
	size_t size;
	size_t at;
};

static int memory_read(void *context, void *to, size_t len, size_t *ret, struct err *e)
{
	struct memory *m = context;
	size_t n = len < m->size - m->at ? len : m->size - m->at;

	(void)e;
	if (n > 0)
		memcpy(to, m->data + m->at, n);
	m->at += n;
	*ret = n;
	return 0;
}

static int memory_skip(void *context, uint64_t len, struct err *e)
{
	struct memory *m = context;

	if (len > m->size - m->at)
		return err_set(e, ERR_INVALID, -EINVAL, "too short");
	m->at += (size_t)len;
	return 0;
}

/* Every second member is read, the others are skipped. */
static int read_member(struct tar_reader *reader, const struct tar_member *member,
		       struct err *e)
{
	uint64_t total = 0;
	char buffer[700];
	size_t got;

	do {
		int r = tar_reader_data(reader, buffer, sizeof(buffer), &got, e);

		if (r < 0)
			return r;
		total += got;
	} while (got > 0);
	assert(total == member->size);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory memory = { .data = data, .size = size };
	const struct tar_input input = { memory_read, memory_skip, &memory };
	struct tar_reader reader;
	struct tar_member member;
	struct err e = { 0 };
	size_t count = 0;
	int r;

	tar_reader_init(&reader, &input);
	while ((r = tar_reader_next(&reader, &member, &e)) > 0) {
		assert(member.name && member.link && memory.at <= size);
		assert(member.kind == TAR_FILE || member.kind == TAR_OTHER || member.size == 0);
		if (count++ % 2 && read_member(&reader, &member, &e) < 0)
			break;
	}
	assert(r >= 0 || e.text[0]);
	assert(count <= size / 512 + 1);
	tar_reader_done(&reader);
	return 0;
}
