/* Messages for the tests of src/dns, written by hand. */
#ifndef HOY_TESTS_UNIT_DNS_MESSAGE_H
#define HOY_TESTS_UNIT_DNS_MESSAGE_H

#include <string.h>

#include "dns/wire.h"

struct message {
	uint8_t bytes[2048];
	size_t len;
};

static inline void add_u16(struct message *m, unsigned int value)
{
	m->bytes[m->len++] = (uint8_t)(value >> 8);
	m->bytes[m->len++] = (uint8_t)value;
}

static inline void add_u32(struct message *m, uint32_t value)
{
	add_u16(m, value >> 16);
	add_u16(m, value & 0xffff);
}

static inline void add_bytes(struct message *m, const void *data, size_t len)
{
	memcpy(m->bytes + m->len, data, len);
	m->len += len;
}

/* Header and question; the counts of the three sections are those given. */
static inline void begin(struct message *m, unsigned int flags, const char *name,
			 unsigned int type, unsigned int answers, unsigned int authority,
			 unsigned int additional)
{
	uint8_t wire[WIRE_NAME_MAX];
	ssize_t len = wire_name_write(name, wire);

	m->len = 0;
	add_u16(m, 0x1234);
	add_u16(m, flags);
	add_u16(m, 1);
	add_u16(m, answers);
	add_u16(m, authority);
	add_u16(m, additional);
	add_bytes(m, wire, len > 0 ? (size_t)len : 0);
	add_u16(m, type);
	add_u16(m, WIRE_CLASS_IN);
}

/* A record of the question's name. */
static inline void add_record(struct message *m, unsigned int type, uint32_t ttl,
			      const void *data, size_t len)
{
	add_u16(m, 0xc00c);
	add_u16(m, type);
	add_u16(m, WIRE_CLASS_IN);
	add_u32(m, ttl);
	add_u16(m, (unsigned int)len);
	add_bytes(m, data, len);
}

/* The record of EDNS; `ttl` holds version and flags. */
static inline void add_edns(struct message *m, unsigned int size, uint32_t ttl, size_t options)
{
	static const uint8_t zeros[64];

	m->bytes[m->len++] = 0;
	add_u16(m, WIRE_TYPE_OPT);
	add_u16(m, size);
	add_u32(m, ttl);
	add_u16(m, (unsigned int)options);
	add_bytes(m, zeros, options);
}

static inline unsigned int u16_at(const uint8_t *message, size_t at)
{
	return (unsigned int)(message[at] << 8 | message[at + 1]);
}

static inline unsigned int code_of(const uint8_t *message)
{
	return u16_at(message, 2) & WIRE_CODE_MASK;
}

static inline unsigned int answers_of(const uint8_t *message)
{
	return u16_at(message, 6);
}

#endif
