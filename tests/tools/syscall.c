/*
 * Make one system call and say what came back: "result N" or "errno N".
 *
 *   syscall [--32] NUMBER [ARGUMENT ...]
 *
 * --32: as a 32-bit program makes it, through interrupt 0x80, with that machine's numbers.
 *
 * Runs in: tests.
 * See: syscall(2).
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARGUMENTS = 6, NO_NUMBER = 99 };

static long call32(long number, long a, long b)
{
	long r;

	__asm__ volatile("int $0x80" : "=a"(r) : "a"(number), "b"(a), "c"(b) : "memory");
	errno = r < 0 ? (int)-r : 0;
	return r < 0 ? -1 : r;
}

int main(int argc, char **argv)
{
	bool is_32 = argc > 1 && strcmp(argv[1], "--32") == 0;
	long a[ARGUMENTS] = { 0 };
	char text[64];
	long r;
	int n;

	argc -= is_32;
	argv += is_32;
	if (argc < 2)
		return NO_NUMBER;
	for (int i = 2; i < argc && i - 2 < ARGUMENTS; i++)
		a[i - 2] = strtol(argv[i], NULL, 0);
	r = is_32 ? call32(strtol(argv[1], NULL, 0), a[0], a[1])
		  : syscall(strtol(argv[1], NULL, 0), a[0], a[1], a[2], a[3], a[4], a[5]);
	n = r < 0 ? snprintf(text, sizeof(text), "errno %d\n", errno)
		  : snprintf(text, sizeof(text), "result %ld\n", r);
	/* Nothing of stdio: a filter may leave us little more than this. */
	if (n < 0 || write(STDOUT_FILENO, text, (size_t)n) != n)
		return NO_NUMBER;
	_exit(0);
}
