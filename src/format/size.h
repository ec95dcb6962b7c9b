/*
 * Sizes and durations as docker's flags read and its tables print them.
 *
 * Runs in: cli.
 * See: docker/go-units.
 */
#ifndef HOY_FORMAT_SIZE_H
#define HOY_FORMAT_SIZE_H

#include <stddef.h>
#include <stdint.h>

enum { SIZE_TEXT_SIZE = 64 };

/* "64m", "1.5g", "512", "10kb", "1GiB": 1024-based as RAMInBytes. Returns 0, -EINVAL or -ERANGE
 * (over INT64_MAX). */
int size_parse(const char *text, int64_t *ret_bytes);
/* Decimal, up to four significant digits: "4.26MB", "0B", "1.024kB" as go-units HumanSize. */
void size_text(uint64_t bytes, char text[SIZE_TEXT_SIZE]);
/* The same with three, as docker writes the sizes of images: "1.02kB". */
void size_text_short(uint64_t bytes, char text[SIZE_TEXT_SIZE]);
/* Binary: "64MiB". */
void size_text_binary(uint64_t bytes, char text[SIZE_TEXT_SIZE]);

/* Go's time.ParseDuration: "1h30m", "10s", "1.5s", "300ms". Returns 0 or -EINVAL/-ERANGE. */
int duration_parse(const char *text, int64_t *ret_ns);
/* "Less than a second", "2 minutes", "About an hour", "3 weeks": go-units HumanDuration. */
void duration_text(uint64_t ns, char text[SIZE_TEXT_SIZE]);

/* "--cpus": decimal with at most nine places to 10^-9. Returns 0, -EINVAL or -ERANGE. */
int nano_parse(const char *text, int64_t *ret_nano);

#endif
