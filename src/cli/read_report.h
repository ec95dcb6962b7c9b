/*
 * How much of an archive was read, on a terminal: one line that is drawn over and goes in the
 * end. A bar where the archive's size is known, and how fast it goes.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_READ_REPORT_H
#define HOY_CLI_READ_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct read_report {
	FILE *to;
	const char *what;  /* "Importing" */
	uint64_t size;	   /* 0: not known */
	uint64_t begin_ns; /* monotonic */
	bool is_drawn;
};

/* `fd`: what is read; its size is that of what follows in a file, else not known yet. It begins now. */
void read_report_init(struct read_report *report, FILE *to, const char *what, int fd);
void read_report_draw(struct read_report *report, uint64_t bytes);
void read_report_erase(struct read_report *report);

#endif
