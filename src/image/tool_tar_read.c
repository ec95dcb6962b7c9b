/*
 * See tool_tar_read.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_tar_read.h"

#include <string.h>

#include "image/ustar.h"

enum {
	TAR_EXTENSION_MAX = 1 << 20,
	TAR_NUMBER_BINARY = 0x80,
	/* "the map goes on": in the header, and in a block of the map */
	SPARSE_MORE_FIRST = 482,
	SPARSE_MORE = 504
};

void tar_reader_init(struct tar_reader *reader, const struct tar_input *input)
{
	*reader = (struct tar_reader){ .input = input };
}

void tar_reader_done(struct tar_reader *reader)
{
	str_done(&reader->name);
	str_done(&reader->link);
}

static int tar_fail(struct err *e, const char *sentence)
{
	return err_set(e, ERR_INVALID, -EINVAL, "not a tar, or a damaged one: %s", sentence);
}

static int read_exactly(struct tar_reader *reader, void *to, size_t len, struct err *e)
{
	size_t got;
	int r = reader->input->read(reader->input->context, to, len, &got, e);

	if (r == 0 && got < len)
		return err_set(e, ERR_INVALID, -EINVAL, "the archive ends too early");
	return r;
}

/* --- fields ------------------------------------------------------------------------------ */

/* Octal digits, then spaces or NULs. */
static int field_octal(const char *field, size_t size, uint64_t *ret)
{
	uint64_t value = 0;
	size_t i = 0;

	while (i < size && field[i] == ' ')
		i++;
	for (; i < size && field[i] >= '0' && field[i] <= '7'; i++) {
		if (value > (uint64_t)INT64_MAX >> 3)
			return -EINVAL;
		value = value << 3 | (uint64_t)(field[i] - '0');
	}
	for (; i < size; i++)
		if (field[i] != ' ' && field[i] != '\0')
			return -EINVAL;
	*ret = value;
	return 0;
}

/* GNU's large numbers: the first bit says so, the rest is big-endian. */
static int field_number(const char *field, size_t size, uint64_t *ret)
{
	const unsigned char *bytes = (const unsigned char *)field;
	uint64_t value = bytes[0] & ~TAR_NUMBER_BINARY;

	if (!(bytes[0] & TAR_NUMBER_BINARY))
		return field_octal(field, size, ret);
	for (size_t i = 1; i < size; i++) {
		if (value > (uint64_t)INT64_MAX >> 8)
			return -EINVAL;
		value = value << 8 | bytes[i];
	}
	*ret = value;
	return 0;
}

static bool is_checksum_right(const struct ustar *header)
{
	const unsigned char *bytes = (const unsigned char *)header;
	const size_t from = offsetof(struct ustar, checksum);
	uint64_t said;
	uint64_t sum = 0;

	if (field_octal(header->checksum, sizeof(header->checksum), &said) < 0)
		return false;
	for (size_t i = 0; i < sizeof(*header); i++)
		sum += i >= from && i < from + sizeof(header->checksum) ? ' ' : bytes[i];
	return sum == said;
}

static bool is_zero(const struct ustar *header)
{
	const char *bytes = (const char *)header;

	for (size_t i = 0; i < sizeof(*header); i++)
		if (bytes[i])
			return false;
	return true;
}

/* --- headers that speak of the next entry ------------------------------------------------ */

/* All bytes of this member, bounded, with a NUL behind them; its padding is skipped later. */
static int read_extension(struct tar_reader *reader, struct str *ret, struct err *e)
{
	char buffer[4096];
	size_t got;

	if (reader->content > TAR_EXTENSION_MAX)
		return tar_fail(e, "a header is too long");
	do {
		int r = tar_reader_data(reader, buffer, sizeof(buffer), &got, e);

		if (r < 0)
			return r;
		str_add_bytes(ret, buffer, got);
	} while (got > 0);
	return str_ok(ret) < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a header")
			       : 0;
}

static int set_text(struct str *to, bool *has, const char *text, size_t len, struct err *e)
{
	if (memchr(text, '\0', len))
		return tar_fail(e, "a name has a NUL in it");
	str_clear(to);
	str_add_bytes(to, text, len);
	*has = true;
	return str_ok(to) < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a name") : 0;
}

static bool key_is(const char *record, size_t len, const char *key)
{
	return len == strlen(key) && memcmp(record, key, len) == 0;
}

static int pax_size(struct tar_reader *reader, const char *value, size_t len, struct err *e)
{
	char text[24];

	if (len >= sizeof(text))
		return tar_fail(e, "a size is no number");
	memcpy(text, value, len);
	text[len] = '\0';
	if (parse_u64(text, 0, INT64_MAX, &reader->size) < 0)
		return tar_fail(e, "a size is no number");
	reader->has_size = true;
	return 0;
}

static int pax_record(struct tar_reader *reader, const char *key, size_t key_len,
		      const char *value, size_t len, struct err *e)
{
	if (key_is(key, key_len, "path") || key_is(key, key_len, "GNU.sparse.name"))
		return set_text(&reader->name, &reader->has_name, value, len, e);
	if (key_is(key, key_len, "linkpath"))
		return set_text(&reader->link, &reader->has_link, value, len, e);
	if (key_is(key, key_len, "size"))
		return pax_size(reader, value, len, e);
	if (key_len > strlen("GNU.sparse.") && str_starts(key, "GNU.sparse."))
		reader->is_sparse = true;
	return 0;
}

/* "LENGTH KEY=VALUE\n", LENGTH counting all of it. Returns it, or -EINVAL. */
static ssize_t pax_next(struct tar_reader *reader, const char *at, size_t room, struct err *e)
{
	size_t digits = strspn(at, "0123456789");
	char number[16];
	const char *key = at + digits + 1;
	const char *equals;
	uint64_t len;
	int r;

	if (digits == 0 || digits >= sizeof(number) || at[digits] != ' ')
		return tar_fail(e, "a pax header is malformed");
	memcpy(number, at, digits);
	number[digits] = '\0';
	if (parse_u64(number, 1, room, &len) < 0 || len < digits + 3 || at[len - 1] != '\n')
		return tar_fail(e, "a pax header is malformed");
	equals = memchr(key, '=', len - digits - 2);
	if (!equals)
		return tar_fail(e, "a pax header is malformed");
	r = pax_record(reader, key, (size_t)(equals - key), equals + 1,
		       (size_t)(at + len - 1 - (equals + 1)), e);
	return r < 0 ? r : (ssize_t)len;
}

static int read_pax(struct tar_reader *reader, struct err *e)
{
	AUTO_STR struct str text = { 0 };
	int r = read_extension(reader, &text, e);

	for (size_t at = 0; at < text.len && r == 0;) {
		ssize_t n = pax_next(reader, text.data + at, text.len - at, e);

		r = n < 0 ? (int)n : 0;
		at += n > 0 ? (size_t)n : 0;
	}
	return r;
}

/* GNU's long name or link: text that ends at a NUL. */
static int read_long(struct tar_reader *reader, struct str *to, bool *has, struct err *e)
{
	AUTO_STR struct str text = { 0 };
	int r = read_extension(reader, &text, e);

	return r < 0 ? r : set_text(to, has, str_text(&text), strlen(str_text(&text)), e);
}

/* --- entries ----------------------------------------------------------------------------- */

static void text_of(struct str *to, const char *field, size_t size)
{
	str_add_bytes(to, field, strnlen(field, size));
}

static int entry_names(struct tar_reader *reader, const struct ustar *header, struct err *e)
{
	/* GNU's older form has other things where the prefix would be. */
	bool has_prefix = memcmp(header->magic, "ustar", sizeof(header->magic)) == 0;

	if (!reader->has_name) {
		str_clear(&reader->name);
		if (has_prefix && header->prefix[0]) {
			text_of(&reader->name, header->prefix, sizeof(header->prefix));
			str_add_char(&reader->name, '/');
		}
		text_of(&reader->name, header->name, sizeof(header->name));
	}
	if (!reader->has_link) {
		str_clear(&reader->link);
		text_of(&reader->link, header->link, sizeof(header->link));
	}
	return str_ok(&reader->name) < 0 || str_ok(&reader->link) < 0
		       ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a name")
		       : 0;
}

static enum tar_kind entry_kind(const struct tar_reader *reader, char type)
{
	switch (type) {
	case '0':
	case '7':
	case 'S':
		return TAR_FILE;
	case '\0': /* before POSIX a directory was told by its name */
		return str_ends(str_text(&reader->name), "/") ? TAR_DIRECTORY : TAR_FILE;
	case '1':
		return TAR_HARDLINK;
	case '2':
		return TAR_SYMLINK;
	case '5':
		return TAR_DIRECTORY;
	default:
		return TAR_OTHER;
	}
}

/* Of these nothing follows, whatever their size says. */
static bool is_header_only(enum tar_kind kind, char type)
{
	return kind == TAR_HARDLINK || kind == TAR_SYMLINK || kind == TAR_DIRECTORY ||
	       type == '3' || type == '4' || type == '6';
}

static void set_content(struct tar_reader *reader, uint64_t size)
{
	reader->content = size;
	reader->padding = (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK;
}

/* GNU's older way to store a sparse file: its map goes on in blocks before the content. */
static int skip_sparse_map(struct tar_reader *reader, const struct ustar *header, struct err *e)
{
	char block[TAR_BLOCK];
	int r = 0;

	if (header->type != 'S')
		return 0;
	memcpy(block, header, sizeof(block));
	for (bool goes_on = block[SPARSE_MORE_FIRST]; goes_on && r == 0;
	     goes_on = block[SPARSE_MORE])
		r = read_exactly(reader, block, sizeof(block), e);
	return r;
}

static int entry_fill(struct tar_reader *reader, const struct ustar *header, uint64_t size,
		      struct tar_member *ret, struct err *e)
{
	int r = entry_names(reader, header, e);

	if (r == 0)
		r = skip_sparse_map(reader, header, e);
	if (r < 0)
		return r;
	if (reader->has_size)
		size = reader->size;
	ret->kind = entry_kind(reader, header->type);
	ret->name = str_text(&reader->name);
	ret->link = str_text(&reader->link);
	ret->is_sparse = reader->is_sparse || header->type == 'S';
	ret->size = is_header_only(ret->kind, header->type) ? 0 : size;
	set_content(reader, ret->size);
	reader->has_name = reader->has_link = reader->has_size = reader->is_sparse = false;
	return 1;
}

/* The next header, checked: 1 with its size, 0 at the end. */
static int read_header(struct tar_reader *reader, struct ustar *header, uint64_t *ret_size,
		       struct err *e)
{
	size_t got;
	int r = reader->input->skip(reader->input->context, reader->content + reader->padding,
				    e);

	reader->content = reader->padding = 0;
	if (r == 0)
		r = reader->input->read(reader->input->context, header, sizeof(*header), &got,
					e);
	if (r < 0)
		return r;
	if (got < sizeof(*header))
		return err_set(e, ERR_INVALID, -EINVAL, "the archive ends too early");
	if (is_zero(header))
		return 0;
	if (!is_checksum_right(header))
		return tar_fail(e, "a header's checksum is wrong");
	if (field_number(header->size, sizeof(header->size), ret_size) < 0)
		return tar_fail(e, "a size is no number");
	return 1;
}

static int read_special(struct tar_reader *reader, char type, uint64_t size, struct err *e)
{
	set_content(reader, size);
	switch (type) {
	case 'x':
	case 'X':
		return read_pax(reader, e);
	case 'L':
		return read_long(reader, &reader->name, &reader->has_name, e);
	case 'K':
		return read_long(reader, &reader->link, &reader->has_link, e);
	default: /* 'g': nothing that speaks of all entries matters here */
		return 0;
	}
}

int tar_reader_next(struct tar_reader *reader, struct tar_member *ret, struct err *e)
{
	for (;;) {
		struct ustar header;
		uint64_t size = 0;
		int r = read_header(reader, &header, &size, e);

		if (r <= 0)
			return r;
		if (!header.type || !strchr("xXLKg", header.type))
			return entry_fill(reader, &header, size, ret, e);
		r = read_special(reader, header.type, size, e);
		if (r < 0)
			return r;
	}
}

int tar_reader_data(struct tar_reader *reader, void *to, size_t len, size_t *ret, struct err *e)
{
	size_t want = len < reader->content ? len : (size_t)reader->content;
	int r = want > 0 ? read_exactly(reader, to, want, e) : 0;

	if (r < 0)
		return r;
	reader->content -= want;
	*ret = want;
	return 0;
}
