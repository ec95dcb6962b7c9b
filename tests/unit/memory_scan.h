/*
 * Does a secret still stand somewhere in our memory? For tests of what forgets one. The secret is
 * kept with each byte changed, so that neither it nor the search for it is found.
 *
 * Runs in: tests.
 */
#ifndef HOY_TESTS_UNIT_MEMORY_SCAN_H
#define HOY_TESTS_UNIT_MEMORY_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MEMORY_SCAN_LEN = 12 };

/* Unknown to the compiler, which would otherwise decode the secret and keep it. */
static const volatile char memory_scan_key = 0x55;

/* Upper-case hexadecimal digits: what base64, JSON and HTTP leave as they are. */
static const char memory_scan_hidden[MEMORY_SCAN_LEN] = { 0x62, 0x17, 0x64, 0x10, 0x6c, 0x13,
							  0x66, 0x14, 0x60, 0x11, 0x67, 0x16 };

/* Write the secret to `to`, which is then the test's to overwrite. */
static inline void memory_scan_secret(char to[MEMORY_SCAN_LEN + 1])
{
	for (int i = 0; i < MEMORY_SCAN_LEN; i++)
		to[i] = (char)(memory_scan_hidden[i] ^ memory_scan_key);
	to[MEMORY_SCAN_LEN] = '\0';
}

static inline bool memory_scan_range(const char *from, const char *end)
{
	for (; end - from >= MEMORY_SCAN_LEN; from++) {
		int i = 0;

		while (i < MEMORY_SCAN_LEN &&
		       from[i] == (char)(memory_scan_hidden[i] ^ memory_scan_key))
			i++;
		if (i == MEMORY_SCAN_LEN)
			return true;
	}
	return false;
}

/* Heap, stack and whatever else may be written to. Always false with the address sanitizer, whose
 * own memory is too large to be looked through. */
static inline bool memory_has_secret(void)
{
	bool is_found = false;
	char line[512];
	FILE *maps;

#ifdef __SANITIZE_ADDRESS__
	return false;
#endif
	maps = fopen("/proc/self/maps", "re");
	while (maps && !is_found && fgets(line, sizeof(line), maps)) {
		unsigned long from;
		unsigned long end;
		char mode[8];

		if (sscanf(line, "%lx-%lx %7s", &from, &end, mode) == 3 &&
		    strncmp(mode, "rw", 2) == 0)
			is_found = memory_scan_range((const char *)from, (const char *)end);
	}
	if (maps)
		(void)fclose(maps);
	return is_found;
}

#endif
