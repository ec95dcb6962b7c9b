/*
 * What we answer ourselves: the names and addresses of the networks that the asker is on. A name
 * that is ours is answered by us alone, whatever is asked about it, and so is every address of those
 * networks; all else is for others, if the asker may ask them.
 *
 * Runs in: hoy-dns.
 */
#ifndef HOY_DNS_ANSWER_H
#define HOY_DNS_ANSWER_H

#include "dns/names.h"
#include "dns/wire.h"

/* How long an answer of ours may be kept, in seconds. Containers come and go. */
enum { ANSWER_TTL = 5 };

/*
 * Answer the query in `message`, which wire_query_read has read as `query` with the result `code`.
 * `answer` has room for `room` bytes (at least WIRE_UDP_DEFAULT); `turn` decides which of several
 * addresses comes first. Returns the answer's length, or 0: others are to be asked.
 */
size_t answer_write(const struct names *names, const struct names_container *asker,
		    const uint8_t *message, const struct wire_query *query, int code,
		    uint32_t turn, uint8_t *answer, size_t room);

/* An answer without records. */
size_t answer_code(const uint8_t *message, const struct wire_query *query, int code,
		   uint8_t *answer);

#endif
