/*
 * How far something is, on a terminal: "[====>    ]  1.5MB/12MB".
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_BAR_H
#define HOY_CLI_BAR_H

#include <stdint.h>
#include <stdio.h>

void bar_print(FILE *to, uint64_t done, uint64_t all);
/* Where only what is done is known: "1.5MB". */
void bar_print_size(FILE *to, uint64_t done);
/* Only the sizes, behind two spaces. */
void bar_print_sizes(FILE *to, uint64_t done, uint64_t all);
/* "  3MB/s": `moved` bytes took `elapsed_ns`. */
void bar_print_speed(FILE *to, uint64_t moved, uint64_t elapsed_ns);
/* The line below several bars: "Total  1.5MB/12MB  3MB/s". `moved` bytes took `elapsed_ns`. */
void bar_print_total(FILE *to, uint64_t done, uint64_t all, uint64_t moved,
		     uint64_t elapsed_ns);

#endif
