/*
 * Feeds every file of tests/fuzz/corpus/<name of this program> to the fuzz target that it is
 * linked with, and prints TAP.
 *
 * Runs in: tests (`make check`), without a fuzzer.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "fuzz.h"

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	struct dirent **entries;
	char path[4096];
	int failed = 0;
	int count;

	(void)argc;
	(void)snprintf(path, sizeof(path), "tests/fuzz/corpus/%s", slash ? slash + 1 : argv[0]);
	count = scandir(path, &entries, is_shown, alphasort);
	if (count < 1) {
		printf("1..1\nnot ok 1 %s has files\n", path);
		return 1;
	}
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		AUTO_FREE char *data = NULL;
		AUTO_FREE char *exact = NULL;
		size_t len = 0;
		int r;

		(void)snprintf(path, sizeof(path), "tests/fuzz/corpus/%s/%s",
			       slash ? slash + 1 : argv[0], entries[i]->d_name);
		r = file_read(AT_FDCWD, path, 16 * 1024 * 1024, &data, &len);
		/* Exactly as long as the input, so that a sanitizer sees a read behind it. */
		exact = r == 0 ? malloc(len > 0 ? len : 1) : NULL;
		if (exact) {
			memcpy(exact, data, len);
			(void)LLVMFuzzerTestOneInput((const uint8_t *)exact, len);
		}
		failed += !exact;
		printf("%s %d %s\n", exact ? "ok" : "not ok", i + 1, entries[i]->d_name);
		(void)fflush(stdout);
		free(entries[i]);
	}
	free(entries);
	return failed > 0;
}
