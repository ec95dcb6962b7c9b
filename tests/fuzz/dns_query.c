/* A packet of a container: it is answered, left to others, or dropped, and what we write can be read. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "dns/answer.h"
#include "fuzz.h"

#define ID   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define BLUE "1111111111111111111111111111111111111111111111111111111111111111"

static struct names *names;
static struct names_container asker;

static void world_make(void)
{
	static const char text[] = "hoy-dns 1\ncontainer " ID "\nnetwork " BLUE
				   " net open 10.0.0.2/24 fd00::2/64\nname a\nname b.c\n"
				   "link x a\nlink y nobody\n";
	struct registration registration;

	names = names_new();
	assert(names && registration_parse(text, strlen(text), &registration, NULL) == 0);
	assert(names_enter(names, &asker, &registration) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t answer[WIRE_UDP_DEFAULT + 16];
	struct wire_answer read;
	struct wire_query query;
	int code;
	size_t len;

	if (!names)
		world_make();
	code = wire_query_read(data, size, &query);
	if (code < 0) {
		assert(code == -EBADMSG);
		return 0;
	}
	assert(query.question_end <= size && query.edns_size >= WIRE_UDP_DEFAULT);
	memset(answer, 0xaa, sizeof(answer));
	len = answer_write(names, &asker, data, &query, code, 1, answer, WIRE_UDP_DEFAULT);
	assert(len <= WIRE_UDP_DEFAULT && (len > 0 || code == WIRE_NO_ERROR));
	for (size_t i = len > 0 ? WIRE_UDP_DEFAULT : 0; i < sizeof(answer); i++)
		assert(answer[i] == 0xaa);
	if (len == 0)
		return 0;
	assert(wire_id(answer) == query.id && wire_flags(answer) & WIRE_FLAG_ANSWER);
	if (query.question_end > WIRE_HEADER_SIZE)
		assert((wire_flags(answer) & 0x7800) != 0 ||
		       wire_answer_read(answer, len, query.id, data + WIRE_HEADER_SIZE,
					query.question_end - WIRE_HEADER_SIZE, &read) == 0);
	return 0;
}
