/*
 * Write a tar that no honest tool would write. Each argument is one entry or one setting:
 *
 *	f:NAME:CONTENT	a file		d:NAME[:MODE]	a directory	l:NAME:TARGET
 *a symbolic link h:NAME:TARGET	a hard link	p:NAME		a fifo
 *c:NAME:MAJOR:MINOR  a character device z:NAME:BYTES	a file of zeros
 *s:NAME		a header of an unknown type x:KEY=VALUE	a pax record for the next entry
 *(several add up) m:MODE		octal mode of the next entry raw:TEXT	bytes as they
 *are		bad		the next header's checksum is wrong
 *	cut		stop here: no end of the archive
 *
 * Runs in: tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 512 };

static char pax[65536 * 4];
static size_t pax_len;
static unsigned int next_mode;
static int is_bad;

static void put(const void *data, size_t len)
{
	if (fwrite(data, 1, len, stdout) != len)
		exit(1);
}

static void pad(unsigned long long len)
{
	static const char zeros[BLOCK];

	if (len % BLOCK)
		put(zeros, BLOCK - len % BLOCK);
}

static void header(char type, const char *name, const char *link, unsigned long long size,
		   unsigned int device[2])
{
	char h[BLOCK] = { 0 };
	unsigned int sum = 0;

	(void)snprintf(h, 100, "%s", name);
	(void)snprintf(h + 100, 8, "%07o", next_mode ? next_mode : type == '5' ? 0755 : 0644);
	(void)snprintf(h + 108, 8, "%07o", 0);
	(void)snprintf(h + 116, 8, "%07o", 0);
	(void)snprintf(h + 124, 12, "%011llo", size);
	(void)snprintf(h + 136, 12, "%011o", 1000000000);
	h[156] = type;
	(void)snprintf(h + 157, 100, "%s", link);
	memcpy(h + 257,
	       "ustar\0"
	       "00",
	       8);
	if (device) {
		(void)snprintf(h + 329, 8, "%07o", device[0]);
		(void)snprintf(h + 337, 8, "%07o", device[1]);
	}
	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < sizeof(h); i++)
		sum += (unsigned char)h[i];
	(void)snprintf(h + 148, 8, "%06o", is_bad ? sum + 1 : sum);
	put(h, sizeof(h));
	next_mode = 0;
	is_bad = 0;
}

static void flush_pax(void)
{
	size_t len = pax_len;

	if (len == 0)
		return;
	pax_len = 0;
	header('x', "PaxHeaders/x", "", len, NULL);
	put(pax, len);
	pad(len);
}

static void add_pax(const char *record)
{
	size_t rest = strlen(record) + 2;
	size_t digits = 1;

	for (size_t limit = 10; rest + digits >= limit; limit *= 10)
		digits++;
	pax_len += (size_t)snprintf(pax + pax_len, sizeof(pax) - pax_len, "%zu %s\n",
				    rest + digits, record);
}

static void zeros(unsigned long long size)
{
	static const char block[65536];

	for (unsigned long long left = size; left > 0;) {
		size_t n = left < sizeof(block) ? (size_t)left : sizeof(block);

		put(block, n);
		left -= n;
	}
	pad(size);
}

static void entry(char kind, char *rest)
{
	char *name = rest;
	char *value = strchr(name, ':');
	unsigned int device[2] = { 0, 0 };
	unsigned int mode = next_mode;

	if (value)
		*value++ = '\0';
	else
		value = name + strlen(name);
	flush_pax();
	next_mode = mode;
	switch (kind) {
	case 'f':
		header('0', name, "", strlen(value), NULL);
		put(value, strlen(value));
		pad(strlen(value));
		break;
	case 'z':
		header('0', name, "", strtoull(value, NULL, 10), NULL);
		zeros(strtoull(value, NULL, 10));
		break;
	case 'd':
		if (*value)
			next_mode = (unsigned int)strtoul(value, NULL, 8);
		header('5', name, "", 0, NULL);
		break;
	case 'l':
		header('2', name, value, 0, NULL);
		break;
	case 'h':
		header('1', name, value, 0, NULL);
		break;
	case 'p':
		header('6', name, "", 0, NULL);
		break;
	case 'c':
		device[0] = (unsigned int)strtoul(value, &value, 10);
		device[1] = *value ? (unsigned int)strtoul(value + 1, NULL, 10) : 0;
		header('3', name, "", 0, device);
		break;
	default:
		header('Z', name, "", 0, NULL);
		break;
	}
}

int main(int argc, char **argv)
{
	static const char end[2 * BLOCK];

	for (int i = 1; i < argc; i++) {
		char *a = argv[i];

		if (strcmp(a, "cut") == 0)
			return 0;
		if (strcmp(a, "bad") == 0)
			is_bad = 1;
		else if (strncmp(a, "raw:", 4) == 0)
			put(a + 4, strlen(a + 4));
		else if (strncmp(a, "x:", 2) == 0)
			add_pax(a + 2);
		else if (strncmp(a, "m:", 2) == 0)
			next_mode = (unsigned int)strtoul(a + 2, NULL, 8);
		else if (a[0] && a[1] == ':')
			entry(a[0], a + 2);
		else
			return 2;
	}
	put(end, sizeof(end));
	return 0;
}
