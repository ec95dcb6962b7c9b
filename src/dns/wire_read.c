/*
 * See wire.h: what is read.
 *
 * Runs in: hoy-dns.
 */
#include "dns/wire.h"

#include <errno.h>
#include <string.h>

enum {
	LABEL_MAX = 63,
	RECORD_FIXED_SIZE = 10, /* type, class, time to live, length of the data */
	SOA_NUMBERS_SIZE = 20,
	OPCODE_MASK = 0x7800,
	EDNS_DNSSEC_OK = 0x8000
};

/* Where we are in a message. */
struct cursor {
	const uint8_t *message;
	size_t len;
	size_t at;
};

static uint16_t get_u16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get_u32(const uint8_t *at)
{
	return (uint32_t)get_u16(at) << 16 | get_u16(at + 2);
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

uint16_t wire_id(const uint8_t *message)
{
	return get_u16(message);
}

uint16_t wire_flags(const uint8_t *message)
{
	return get_u16(message + 2);
}

/* --- names ------------------------------------------------------------------------------- */

static void label_add(struct wire_query *q, const uint8_t *label, size_t len)
{
	if (q->name_len > 0)
		q->name[q->name_len++] = '.';
	for (size_t i = 0; i < len; i++) {
		uint8_t c = lower(label[i]);

		if (c <= ' ' || c >= 0x7f || c == '.')
			q->is_text = false;
		q->name[q->name_len++] = (char)c;
	}
}

/* The question's name, which nothing stands before that it could refer to. */
static int name_read(struct cursor *c, struct wire_query *q)
{
	size_t begin = c->at;

	q->is_text = true;
	q->name_len = 0;
	for (;;) {
		size_t len;

		if (c->at >= c->len)
			return -EBADMSG;
		len = c->message[c->at++];
		if (len > LABEL_MAX || c->at + len > c->len ||
		    c->at + len - begin > WIRE_NAME_MAX)
			return -EBADMSG;
		if (len == 0)
			break;
		label_add(q, c->message + c->at, len);
		c->at += len;
	}
	q->name[q->name_len] = '\0';
	return 0;
}

/* A reference ends a name, and where it leads does not matter. */
static int name_skip(struct cursor *c)
{
	size_t begin = c->at;

	while (c->at < c->len && c->at - begin < WIRE_NAME_MAX) {
		uint8_t len = c->message[c->at++];

		if (len == 0)
			return 0;
		if (len > LABEL_MAX) {
			c->at++;
			return len >> 6 == 3 && c->at <= c->len ? 0 : -EBADMSG;
		}
		c->at += len;
	}
	return -EBADMSG;
}

/* --- records ----------------------------------------------------------------------------- */

struct record {
	uint16_t type;
	uint16_t class;
	uint32_t ttl;
	size_t ttl_at;
	const uint8_t *data;
	uint16_t len;
	bool is_root; /* its name is that of the root */
};

static int record_read(struct cursor *c, struct record *ret)
{
	size_t begin = c->at;

	if (name_skip(c) < 0 || c->len - c->at < RECORD_FIXED_SIZE)
		return -EBADMSG;
	ret->is_root = c->message[begin] == 0;
	ret->type = get_u16(c->message + c->at);
	ret->class = get_u16(c->message + c->at + 2);
	ret->ttl_at = c->at + 4;
	ret->ttl = get_u32(c->message + c->at + 4);
	ret->len = get_u16(c->message + c->at + 8);
	c->at += RECORD_FIXED_SIZE;
	ret->data = c->message + c->at;
	if (c->len - c->at < ret->len)
		return -EBADMSG;
	c->at += ret->len;
	return 0;
}

/* Of all three sections; -EBADMSG when there are more than we look at. */
static int record_count(const uint8_t *message)
{
	int count = get_u16(message + 6) + get_u16(message + 8) + get_u16(message + 10);

	return count > WIRE_RECORDS_MAX ? -EBADMSG : count;
}

/* --- queries ----------------------------------------------------------------------------- */

static int edns_read(const struct record *record, struct wire_query *q)
{
	/* Two of them, or one with a name, are against RFC 6891 section 6.1.1. */
	if (q->has_edns || !record->is_root)
		return WIRE_FORMAT_ERROR;
	q->has_edns = true;
	q->edns_version = (uint8_t)(record->ttl >> 16);
	q->wants_dnssec = record->ttl & EDNS_DNSSEC_OK;
	q->has_options = record->len > 0;
	if (record->class > WIRE_UDP_DEFAULT)
		q->edns_size = record->class;
	return WIRE_NO_ERROR;
}

static int records_read(struct cursor *c, struct wire_query *q)
{
	int count = record_count(c->message);

	if (count < 0)
		return WIRE_FORMAT_ERROR;
	for (int i = 0; i < count; i++) {
		struct record record;

		if (record_read(c, &record) < 0)
			return WIRE_FORMAT_ERROR;
		if (record.type == WIRE_TYPE_OPT && edns_read(&record, q) != WIRE_NO_ERROR)
			return WIRE_FORMAT_ERROR;
	}
	return c->at == c->len ? WIRE_NO_ERROR : WIRE_FORMAT_ERROR;
}

int wire_query_read(const uint8_t *message, size_t len, struct wire_query *ret)
{
	struct cursor c = { .message = message, .len = len, .at = WIRE_HEADER_SIZE };

	if (len < WIRE_HEADER_SIZE || wire_flags(message) & WIRE_FLAG_ANSWER)
		return -EBADMSG;
	ret->id = wire_id(message);
	ret->flags = wire_flags(message);
	ret->type = 0;
	ret->class = 0;
	ret->question_end = WIRE_HEADER_SIZE;
	ret->has_edns = false;
	ret->wants_dnssec = false;
	ret->has_options = false;
	ret->edns_version = 0;
	ret->edns_size = WIRE_UDP_DEFAULT;
	if (ret->flags & OPCODE_MASK)
		return WIRE_NOT_IMPLEMENTED;
	if (get_u16(message + 4) != 1 || name_read(&c, ret) < 0 || c.len - c.at < 4)
		return WIRE_FORMAT_ERROR;
	ret->type = get_u16(message + c.at);
	ret->class = get_u16(message + c.at + 2);
	c.at += 4;
	ret->question_end = c.at;
	return records_read(&c, ret);
}

/* --- answers ----------------------------------------------------------------------------- */

bool wire_question_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

void wire_question_lower(const uint8_t *question, size_t len, uint8_t *to)
{
	for (size_t i = 0; i < len; i++)
		to[i] = lower(question[i]);
}

/* How long a name is known not to be there: RFC 2308 section 5. */
static uint32_t soa_negative_ttl(const struct record *soa)
{
	uint32_t minimum;

	if (soa->len < SOA_NUMBERS_SIZE)
		return 0;
	minimum = get_u32(soa->data + soa->len - sizeof(minimum));
	return minimum < soa->ttl ? minimum : soa->ttl;
}

/*
 * The least time to live of all records. One without an answer holds only when the zone says for how
 * long. The extended part of the code is in the EDNS record.
 */
static int lives_read(struct cursor *c, struct wire_answer *ret)
{
	int answers = get_u16(c->message + 6);
	int count = record_count(c->message);
	bool has_soa = false;
	uint32_t least = UINT32_MAX;

	if (count < 0)
		return -EBADMSG;
	for (int i = 0; i < count; i++) {
		struct record record;
		uint32_t ttl;

		if (record_read(c, &record) < 0)
			return -EBADMSG;
		if (record.type == WIRE_TYPE_OPT) {
			ret->code |= (uint8_t)(record.ttl >> 24 << 4);
			continue;
		}
		ttl = record.ttl;
		if (record.type == WIRE_TYPE_SOA && i >= answers) {
			ttl = soa_negative_ttl(&record);
			has_soa = true;
		}
		if (ttl < least)
			least = ttl;
	}
	ret->ttl = (answers > 0 || has_soa) && least != UINT32_MAX ? least : 0;
	return c->at == c->len ? 0 : -EBADMSG;
}

int wire_answer_read(const uint8_t *message, size_t len, uint16_t id, const uint8_t *question,
		     size_t question_len, struct wire_answer *ret)
{
	struct cursor c = { .message = message,
			    .len = len,
			    .at = WIRE_HEADER_SIZE + question_len };

	if (len < c.at || wire_id(message) != id || get_u16(message + 4) != 1 ||
	    !wire_question_equal(message + WIRE_HEADER_SIZE, question, question_len))
		return -EBADMSG;
	ret->flags = wire_flags(message);
	if (!(ret->flags & WIRE_FLAG_ANSWER) || ret->flags & OPCODE_MASK)
		return -EBADMSG;
	ret->code = ret->flags & WIRE_CODE_MASK;
	ret->ttl = 0;
	/* A truncated one may end anywhere; nobody reads on. */
	return ret->flags & WIRE_FLAG_TRUNCATED ? 0 : lives_read(&c, ret);
}

static void put_u32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

void wire_answer_age(uint8_t *message, size_t len, uint32_t seconds)
{
	struct cursor c = { .message = message, .len = len, .at = WIRE_HEADER_SIZE };
	int count = record_count(message);

	if (name_skip(&c) < 0)
		return;
	c.at += 4;
	for (int i = 0; i < count; i++) {
		struct record record;

		if (record_read(&c, &record) < 0)
			return;
		if (record.type != WIRE_TYPE_OPT)
			put_u32(message + record.ttl_at,
				record.ttl > seconds ? record.ttl - seconds : 0);
	}
}
