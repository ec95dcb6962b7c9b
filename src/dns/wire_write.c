/*
 * See wire.h: what is written.
 *
 * Runs in: hoy-dns.
 */
#include "dns/wire.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
	LABEL_MAX = 63,
	NAME_OF_QUESTION = 0xc000 | WIRE_HEADER_SIZE, /* a reference to it */
	RECORD_SIZE = 12,			      /* with such a name, without data */
	EDNS_SIZE = 11
};

static void put_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

void wire_set_id(uint8_t *message, uint16_t id)
{
	put_u16(message, id);
}

void wire_begin(struct wire_writer *w, uint8_t *message, size_t room, const uint8_t *question,
		const struct wire_query *query)
{
	assert(room >= WIRE_UDP_DEFAULT &&
	       query->question_end <= WIRE_HEADER_SIZE + WIRE_NAME_MAX + 4);
	*w = (struct wire_writer){ .message = message,
				   .room = room - (query->has_edns ? EDNS_SIZE : 0),
				   .len = query->question_end };
	memset(message, 0, WIRE_HEADER_SIZE);
	put_u16(message, query->id);
	w->flags =
		(uint16_t)(WIRE_FLAG_ANSWER | WIRE_FLAG_CAN_RECURSE |
			   (query->flags & (WIRE_FLAG_RECURSE | WIRE_FLAG_UNCHECKED | 0x7800)));
	if (query->question_end > WIRE_HEADER_SIZE)
		put_u16(message + 4, 1);
	memcpy(message + WIRE_HEADER_SIZE, question + WIRE_HEADER_SIZE,
	       query->question_end - WIRE_HEADER_SIZE);
}

void wire_put_record(struct wire_writer *w, uint16_t type, uint32_t ttl, const void *data,
		     size_t len)
{
	uint8_t *at = w->message + w->len;

	if (w->is_full || w->room - w->len < RECORD_SIZE + len) {
		w->is_full = true;
		return;
	}
	put_u16(at, NAME_OF_QUESTION);
	put_u16(at + 2, type);
	put_u16(at + 4, WIRE_CLASS_IN);
	put_u16(at + 6, (uint16_t)(ttl >> 16));
	put_u16(at + 8, (uint16_t)ttl);
	put_u16(at + 10, (uint16_t)len);
	memcpy(at + RECORD_SIZE, data, len);
	w->len += RECORD_SIZE + len;
	w->answers++;
}

ssize_t wire_name_write(const char *text, uint8_t *to)
{
	size_t len = 0;

	while (*text) {
		size_t label = strcspn(text, ".");

		/* One byte more for the root behind it. */
		if (label == 0 || label > LABEL_MAX || len + 1 + label + 1 > WIRE_NAME_MAX)
			return -EINVAL;
		to[len] = (uint8_t)label;
		memcpy(to + len + 1, text, label);
		len += 1 + label;
		text += label + (text[label] == '.');
	}
	to[len++] = 0;
	return (ssize_t)len;
}

/* wire_begin has kept the room for it. */
static void put_edns(struct wire_writer *w, int code)
{
	uint8_t *at = w->message + w->len;

	memset(at, 0, EDNS_SIZE);
	put_u16(at + 1, WIRE_TYPE_OPT);
	put_u16(at + 3, WIRE_UDP_OURS);
	at[5] = (uint8_t)(code >> 4);
	w->len += EDNS_SIZE;
	put_u16(w->message + 10, 1);
}

size_t wire_end(struct wire_writer *w, int code, const struct wire_query *query)
{
	if (w->is_full)
		w->flags |= WIRE_FLAG_TRUNCATED;
	put_u16(w->message + 2, (uint16_t)(w->flags | (code & WIRE_CODE_MASK)));
	put_u16(w->message + 6, w->answers);
	if (query->has_edns)
		put_edns(w, code);
	return w->len;
}
