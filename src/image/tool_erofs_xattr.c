/*
 * See tool_erofs_xattr.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_erofs_xattr.h"

#include <assert.h>

enum {
	XATTR_USER = 1,
	XATTR_SECURITY = 6,
	XATTR_HEADER = 4,
	XATTR_UNIT = 4,
	XATTR_NAME_MAX = 255,
	BODY_HEADER = 12,
	BODY_MAX = BODY_HEADER + (UINT16_MAX - 1) * XATTR_UNIT,
	/* an entry that is larger is shared, and so is what would make a body larger than that
	 */
	BODY_ENTRY = 512,
	BODY_INLINE = 1024,
	BODY_SHARED_MAX = UINT8_MAX,
	SHARED_TEXTS_MAX = 1 << 20
};

static const uint64_t SHARED_END = UINT64_C(1) << 34;

void erofs_xattrs_init(struct erofs_xattrs *xattrs, struct erofs_records *records)
{
	*xattrs = (struct erofs_xattrs){ .records = records, .shared_end = SHARED_END };
}

void erofs_xattrs_done(struct erofs_xattrs *xattrs)
{
	str_done(&xattrs->texts);
	*xattrs = (struct erofs_xattrs){ 0 };
}

static size_t entry_size(const char *entry)
{
	const uint8_t *header = (const uint8_t *)entry;
	size_t len = XATTR_HEADER + header[0] + ((size_t)header[2] | (size_t)header[3] << 8);

	return erofs_round_up(len, XATTR_UNIT);
}

/* A number for what a name begins with, and the rest of it. */
static uint8_t xattr_split(const char *name, const char **ret_rest)
{
	bool is_user = str_starts(name, "user.");

	assert(is_user || str_starts(name, "security."));
	*ret_rest = strchr(name, '.') + 1;
	return is_user ? XATTR_USER : XATTR_SECURITY;
}

static void entries_remove(struct str *entries, uint8_t prefix, const char *rest)
{
	size_t rest_len = strlen(rest);

	for (size_t at = 0; at < entries->len;) {
		char *entry = entries->data + at;
		size_t size = entry_size(entry);

		if ((uint8_t)entry[1] != prefix || (uint8_t)entry[0] != rest_len ||
		    memcmp(entry + XATTR_HEADER, rest, rest_len) != 0) {
			at += size;
			continue;
		}
		memmove(entry, entry + size, entries->len - at - size);
		entries->len -= size;
	}
}

void erofs_xattr_set(struct str *entries, const struct layer_xattr *xattr)
{
	static const char padding[XATTR_UNIT];
	const char *rest;
	uint8_t prefix = xattr_split(xattr->name, &rest);
	uint8_t header[XATTR_HEADER] = { (uint8_t)strlen(rest), prefix };

	assert(strlen(rest) <= XATTR_NAME_MAX && xattr->len <= UINT16_MAX);
	entries_remove(entries, prefix, rest);
	erofs_put16(header + 2, (uint16_t)xattr->len);
	str_add_bytes(entries, header, sizeof(header));
	str_add(entries, rest);
	str_add_bytes(entries, xattr->value, xattr->len);
	str_add_bytes(entries, padding,
		      erofs_round_up(entries->len, XATTR_UNIT) - entries->len);
}

static void shared_remember(struct erofs_xattrs *xattrs, const char *entry, size_t len,
			    uint32_t id)
{
	if (xattrs->shared_count == EROFS_SHARED_MAX ||
	    xattrs->texts.len + len > SHARED_TEXTS_MAX)
		return;
	xattrs->shared[xattrs->shared_count++] =
		(struct erofs_shared){ id, (uint32_t)xattrs->texts.len, (uint32_t)len };
	str_add_bytes(&xattrs->texts, entry, len);
}

/* Where this entry lies in the image; it is written when it does not. */
static int shared_put(struct erofs_xattrs *xattrs, const char *entry, size_t len,
		      uint32_t *ret_id, struct err *e)
{
	uint64_t at;
	int r;

	for (size_t i = 0; i < xattrs->shared_count; i++) {
		const struct erofs_shared *shared = &xattrs->shared[i];

		if (shared->len == len &&
		    memcmp(xattrs->texts.data + shared->at, entry, len) == 0) {
			*ret_id = shared->id;
			return 0;
		}
	}
	r = erofs_records_add_bytes(xattrs->records, entry, len, &at, e);
	if (r < 0)
		return r;
	*ret_id = (uint32_t)(at / XATTR_UNIT);
	shared_remember(xattrs, entry, len, *ret_id);
	return str_ok(&xattrs->texts);
}

/* Can one more of `len` bytes be shared? What is written now lies at the image's end. */
static bool can_share(const struct erofs_xattrs *xattrs, size_t count, size_t len)
{
	return count < BODY_SHARED_MAX &&
	       erofs_blocks_end(xattrs->records->blocks) + len < xattrs->shared_end;
}

int erofs_xattrs_body(struct erofs_xattrs *xattrs, const char *entries, size_t len,
		      struct str *body, struct err *e)
{
	AUTO_STR struct str inlined = { 0 };
	uint8_t header[BODY_HEADER] = { 0 };
	uint8_t ids[BODY_SHARED_MAX * XATTR_UNIT];
	size_t count = 0;

	if (len == 0)
		return 0;
	for (size_t at = 0; at < len; at += entry_size(entries + at)) {
		size_t size = entry_size(entries + at);
		uint32_t id;
		int r;

		if ((size <= BODY_ENTRY && inlined.len + size <= BODY_INLINE) ||
		    !can_share(xattrs, count, size)) {
			str_add_bytes(&inlined, entries + at, size);
			continue;
		}
		r = shared_put(xattrs, entries + at, size, &id, e);
		if (r < 0)
			return r;
		erofs_put32(ids + XATTR_UNIT * count++, id);
	}
	header[4] = (uint8_t)count;
	str_add_bytes(body, header, sizeof(header));
	str_add_bytes(body, ids, XATTR_UNIT * count);
	str_add_bytes(body, inlined.data, inlined.len);
	if (str_ok(body) < 0 || str_ok(&inlined) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for attributes");
	return body->len > BODY_MAX ? err_set(e, ERR_INVALID, -E2BIG, "too many attributes")
				    : 0;
}
