/*
 * See ps_table.h.
 *
 * Runs in: runtime.
 */
#include "oci/ps_table.h"

#include <string.h>

static const char blanks[] = " \t";

/* The `column`-th word of a line of `len` bytes; its length in `ret_len`, 0: there is none. */
static const char *word_at(const char *line, size_t len, size_t column, size_t *ret_len)
{
	const char *end = line + len;
	size_t n = 0;

	for (size_t i = 0; i <= column; i++) {
		line += n;
		while (line < end && strchr(blanks, *line))
			line++;
		n = 0;
		while (line + n < end && !strchr(blanks, line[n]))
			n++;
	}
	*ret_len = n;
	return line;
}

/* Returns the column's number or -EINVAL. */
static int pid_column(const char *head, size_t len, struct err *e)
{
	size_t n = 1;

	for (size_t i = 0; n > 0; i++) {
		const char *word = word_at(head, len, i, &n);

		if (n == 3 && strncmp(word, "PID", 3) == 0)
			return (int)i;
	}
	return err_set(e, ERR_INVALID, -EINVAL, "what ps printed has no column PID");
}

static int pid_parse(const char *word, size_t len, pid_t *ret, struct err *e)
{
	char text[16] = "";
	uint64_t pid;

	if (len < sizeof(text))
		memcpy(text, word, len);
	if (parse_u64(text, 1, INT32_MAX, &pid) < 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "what ps printed has \"%.*s\" in its column PID",
			       (int)(len < 64 ? len : 64), word);
	*ret = (pid_t)pid;
	return 0;
}

static int line_filter(const char *line, size_t len, int column, const pid_t *pids,
		       size_t count, struct str *out, struct err *e)
{
	size_t n;
	const char *word = word_at(line, len, (size_t)column, &n);
	pid_t pid = 0;
	int r = pid_parse(word, n, &pid, e);

	for (size_t i = 0; r == 0 && i < count; i++) {
		if (pids[i] == pid) {
			str_add_bytes(out, line, len);
			str_add_char(out, '\n');
			break;
		}
	}
	return r;
}

int ps_table_filter(const char *table, const pid_t *pids, size_t count, struct str *out,
		    struct err *e)
{
	size_t len = strcspn(table, "\n");
	int column = pid_column(table, len, e);
	int r = column < 0 ? column : 0;

	if (r < 0)
		return r;
	str_add_bytes(out, table, len);
	str_add_char(out, '\n');
	for (const char *line = table + len; r == 0 && *line; line += len) {
		line++;
		len = strcspn(line, "\n");
		if (len > 0)
			r = line_filter(line, len, column, pids, count, out, e);
	}
	return r;
}
