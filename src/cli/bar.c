/*
 * See bar.h.
 *
 * Runs in: cli.
 */
#include "cli/bar.h"

#include <string.h>

#include "format/size.h"

enum { BAR_WIDTH = 50 };

void bar_print_sizes(FILE *to, uint64_t done, uint64_t all)
{
	char some[SIZE_TEXT_SIZE];
	char whole[SIZE_TEXT_SIZE];

	size_text(done, some);
	size_text(all, whole);
	(void)fprintf(to, "  %s/%s", some, whole);
}

void bar_print(FILE *to, uint64_t done, uint64_t all)
{
	char bar[BAR_WIDTH + 2];
	size_t filled = all == 0 ? BAR_WIDTH : (size_t)((double)done / (double)all * BAR_WIDTH);

	if (filled > BAR_WIDTH)
		filled = BAR_WIDTH;
	memset(bar, ' ', sizeof(bar));
	memset(bar, '=', filled);
	bar[filled] = '>';
	bar[BAR_WIDTH + 1] = '\0';
	(void)fprintf(to, "[%s]", bar);
	bar_print_sizes(to, done, all);
}
