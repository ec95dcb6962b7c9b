/*
 * See bar.h.
 *
 * Runs in: cli.
 */
#include "cli/bar.h"

#include <string.h>

#include "format/size.h"

enum { BAR_WIDTH = 50 };

/* Whoever says what was moved may be wrong. */
static const double BAR_SPEED_MAX = 1e18;

void bar_print_sizes(FILE *to, uint64_t done, uint64_t all)
{
	char some[SIZE_TEXT_SIZE];
	char whole[SIZE_TEXT_SIZE];

	size_text(done, some);
	size_text(all, whole);
	(void)fprintf(to, "  %s/%s", some, whole);
}

void bar_print_size(FILE *to, uint64_t done)
{
	char text[SIZE_TEXT_SIZE];

	size_text(done, text);
	(void)fputs(text, to);
}

void bar_print_speed(FILE *to, uint64_t moved, uint64_t elapsed_ns)
{
	double speed = elapsed_ns == 0 ? 0 : (double)moved * 1e9 / (double)elapsed_ns;
	char text[SIZE_TEXT_SIZE];

	size_text(speed < BAR_SPEED_MAX ? (uint64_t)speed : (uint64_t)BAR_SPEED_MAX, text);
	(void)fprintf(to, "  %s/s", text);
}

void bar_print_total(FILE *to, uint64_t done, uint64_t all, uint64_t moved, uint64_t elapsed_ns)
{
	(void)fputs("Total", to);
	bar_print_sizes(to, done, all);
	bar_print_speed(to, moved, elapsed_ns);
	(void)fputs("\033[K\n", to);
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
