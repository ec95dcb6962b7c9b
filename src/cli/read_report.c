/*
 * See read_report.h.
 *
 * Runs in: cli.
 */
#include "cli/read_report.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/bar.h"

/* From where it stands to the end of the file; 0: it is none. */
static uint64_t size_of(int fd)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || at < 0 || at > st.st_size)
		return 0;
	return (uint64_t)(st.st_size - at);
}

void read_report_init(struct read_report *report, FILE *to, const char *what, int fd)
{
	*report = (struct read_report){
		.to = to, .what = what, .size = size_of(fd), .begin_ns = clock_monotonic_ns()
	};
}

void read_report_draw(struct read_report *report, uint64_t bytes)
{
	(void)fprintf(report->to, "%s%s ", report->is_drawn ? "\033[1A" : "", report->what);
	if (report->size > 0)
		bar_print(report->to, bytes, report->size);
	else
		bar_print_size(report->to, bytes);
	bar_print_speed(report->to, bytes, clock_monotonic_ns() - report->begin_ns);
	(void)fputs("\033[K\n", report->to);
	(void)fflush(report->to);
	report->is_drawn = true;
}

void read_report_erase(struct read_report *report)
{
	if (report->is_drawn)
		(void)fputs("\033[1A\033[J", report->to);
	(void)fflush(report->to);
	report->is_drawn = false;
}
