/*
 * Messages of the domain name system as bytes: a question that is read, records that are walked
 * over, an answer that is written. Nothing is allocated.
 *
 * We read and write the format ourselves: of a message we need one question, the lengths of its
 * records and their times to live in place. ldns 1.8 takes 26 allocations and 1.0 us to read what
 * wire_query_read and wire_answer_read pass over, and 3.7 us to write it again, since it cannot
 * change a message that it has; with it hoy-dns would be 5.4 MB (it links libcrypto) instead of
 * 60 kB.
 *
 * Limits: one question; a name of 255 bytes; WIRE_RECORDS_MAX records. A compressed name is never
 * followed, so there is no loop to fall into.
 *
 * Runs in: hoy-dns.
 * See: RFC 1035 section 4, RFC 6891.
 */
#ifndef HOY_DNS_WIRE_H
#define HOY_DNS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	WIRE_HEADER_SIZE = 12,
	WIRE_NAME_MAX = 255, /* bytes of a name in a message */
	WIRE_TEXT_SIZE = 256,
	WIRE_UDP_DEFAULT = 512,
	WIRE_UDP_OURS = 1232, /* what we say that we take: no fragments on any path */
	WIRE_MESSAGE_MAX = 65535,
	WIRE_RECORDS_MAX = 4096
};

enum wire_type {
	WIRE_TYPE_A = 1,
	WIRE_TYPE_SOA = 6,
	WIRE_TYPE_PTR = 12,
	WIRE_TYPE_AAAA = 28,
	WIRE_TYPE_OPT = 41,
	WIRE_TYPE_IXFR = 251,
	WIRE_TYPE_AXFR = 252,
	WIRE_TYPE_ANY = 255
};

enum { WIRE_CLASS_IN = 1 };

enum wire_code {
	WIRE_NO_ERROR = 0,
	WIRE_FORMAT_ERROR = 1,
	WIRE_SERVER_FAILURE = 2,
	WIRE_NO_NAME = 3,
	WIRE_NOT_IMPLEMENTED = 4,
	WIRE_REFUSED = 5,
	WIRE_BAD_VERSION = 16
};

/* Bits of the header's second 16. */
enum {
	WIRE_FLAG_ANSWER = 0x8000,
	WIRE_FLAG_AUTHORITY = 0x0400,
	WIRE_FLAG_TRUNCATED = 0x0200,
	WIRE_FLAG_RECURSE = 0x0100,
	WIRE_FLAG_CAN_RECURSE = 0x0080,
	WIRE_FLAG_AUTHENTIC = 0x0020,
	WIRE_FLAG_UNCHECKED = 0x0010,
	WIRE_CODE_MASK = 0x000f
};

/* A query, as far as it matters to us. */
struct wire_query {
	uint16_t id;
	uint16_t flags;
	uint16_t type;
	uint16_t class;
	size_t question_end; /* the question is at WIRE_HEADER_SIZE up to here */
	/* In lower case, without the last dot; the root is "". */
	char name[WIRE_TEXT_SIZE];
	size_t name_len;
	/* Every label is of printable characters other than a dot: the text says the name. */
	bool is_text;
	bool has_edns;
	bool wants_dnssec;
	bool has_options; /* of EDNS: a cookie, a client's subnet */
	uint8_t edns_version;
	uint16_t
		edns_size; /* the longest answer that it takes by UDP, at least WIRE_UDP_DEFAULT */
};

/*
 * Read a query of `len` bytes. Returns WIRE_NO_ERROR, the code to refuse it with (then `ret` has
 * id, flags and a question_end that an answer can be written with), or -EBADMSG: it is not even
 * to be answered.
 */
int wire_query_read(const uint8_t *message, size_t len, struct wire_query *ret);

/* What an answer says about its own life. */
struct wire_answer {
	uint16_t flags;
	uint8_t code;
	/* Seconds that all of it holds; for a negative one as RFC 2308 says. 0: not to be kept. */
	uint32_t ttl;
};

/*
 * Read an answer to the question in `question` (`question_len` bytes as they were sent, the
 * letters' case does not matter) with this id. Returns 0, or -EBADMSG: it is none, or broken.
 */
int wire_answer_read(const uint8_t *message, size_t len, uint16_t id, const uint8_t *question,
		     size_t question_len, struct wire_answer *ret);

/* Lower every time to live of an answer that wire_answer_read has accepted by `seconds`. */
void wire_answer_age(uint8_t *message, size_t len, uint32_t seconds);

/* Are two questions the same but for the case of letters? */
bool wire_question_equal(const uint8_t *a, const uint8_t *b, size_t len);
/* A copy with all letters of the name in lower case. */
void wire_question_lower(const uint8_t *question, size_t len, uint8_t *to);

/* --- writing ----------------------------------------------------------------------------- */

struct wire_writer {
	uint8_t *message;
	size_t room;
	size_t len;
	uint16_t flags;
	uint16_t answers;
	bool is_full; /* a record did not fit */
};

/*
 * Begin the answer to `query`, whose message is `question`: header and question. `room` is what
 * the answer may take, at least WIRE_UDP_DEFAULT, less what its EDNS record takes.
 */
void wire_begin(struct wire_writer *w, uint8_t *message, size_t room, const uint8_t *question,
		const struct wire_query *query);
/* One record that answers the question's name. */
void wire_put_record(struct wire_writer *w, uint16_t type, uint32_t ttl, const void *data,
		     size_t len);
/* "web.net" as a name of a message in `to` (WIRE_NAME_MAX bytes). Returns its length, or -EINVAL:
 * it cannot be written as one. */
ssize_t wire_name_write(const char *text, uint8_t *to);
/* End it with this code; what did not fit is told by WIRE_FLAG_TRUNCATED. Returns its length. */
size_t wire_end(struct wire_writer *w, int code, const struct wire_query *query);

/* Only id and flags: of a message on its way through. */
uint16_t wire_id(const uint8_t *message);
void wire_set_id(uint8_t *message, uint16_t id);
uint16_t wire_flags(const uint8_t *message);

#endif
