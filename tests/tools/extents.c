/*
 * Where the data of files is, and so where their holes are: a line "NAME FROM-TO ..." each, in
 * blocks of 4 KiB.
 *
 * Runs in: tests.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { BLOCK = 4096 };

static int show(const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	off_t end = 0;

	if (fd < 0)
		return -1;
	printf("%s", path);
	for (;;) {
		off_t data = lseek(fd, end, SEEK_DATA);

		if (data < 0)
			break;
		end = lseek(fd, data, SEEK_HOLE);
		printf(" %lld-%lld", (long long)data / BLOCK,
		       ((long long)end + BLOCK - 1) / BLOCK);
	}
	printf("\n");
	/* No more data: what the loop ends with. */
	return errno == ENXIO ? close(fd) : -1;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (show(argv[i]) < 0) {
			perror(argv[i]);
			return 1;
		}
	}
	return 0;
}
