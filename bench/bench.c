/*
 * Measuring whole commands against each other: A B C A B C ..., so that what the machine does meanwhile hits all alike.
 *
 *   bench [-n ROUNDS] [-w WARMUPS] [-j FILE] [-t TITLE] -l LABEL [-b BEFORE] -c COMMAND [-a AFTER] [-l LABEL ...]
 *   bench -k STARTS ...           each contender once: STARTS of its command at the same time; starts per second
 *   bench -g ROUNDS ...           growth: the median of the last tenth against that of the first, without AFTER in between
 *
 * A command is words separated by blanks, executed without a shell; `%` in a word becomes the number of the round, so that names
 * differ. BEFORE and AFTER are not timed. Output goes to /dev/null. The time is from fork to reaped, by the monotonic clock.
 * The first contender is what the others are compared with: each round by itself, and the ratio shown is the median of the
 * rounds' (what a busy machine does to one round, it does to all contenders of it). The second judge is processor time, of the
 * command and of those of its descendants that were waited for. -j appends one JSON object a contender.
 *
 * Runs in: the benchmark only.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CONTENDERS_MAX = 16, WORDS_MAX = 64, TEXT_MAX = 4096, ROUNDS_MAX = 100000 };

extern char **environ;

struct contender {
	const char *label;
	const char *before;
	const char *command;
	const char *after;
	uint64_t *times_ns; /* of each round; 0: it failed */
	uint64_t *cpu_ns;
	size_t count; /* of successful rounds */
	size_t failures;
};

struct bench {
	const char *title;
	const char *json;
	size_t rounds;
	size_t warmups;
	size_t at_once; /* -k */
	bool is_growth; /* -g */
	struct contender contenders[CONTENDERS_MAX];
	size_t count;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/* --- starting ---------------------------------------------------------------------------- */

/* Split `command` into `words`, with the round's number in place of each `%`. */
static bool command_split(const char *command, size_t number, char text[TEXT_MAX],
			  char *words[WORDS_MAX])
{
	size_t used = 0, count = 0;

	while (*command) {
		while (*command == ' ')
			command++;
		if (!*command)
			break;
		if (count == WORDS_MAX - 1)
			return false;
		words[count++] = text + used;
		for (; *command && *command != ' '; command++) {
			if (used + 24 > TEXT_MAX)
				return false;
			if (*command == '%')
				used += (size_t)snprintf(text + used, TEXT_MAX - used, "%zu",
							 number);
			else
				text[used++] = *command;
		}
		text[used++] = '\0';
	}
	words[count] = NULL;
	return count > 0;
}

static pid_t command_start(const char *command, size_t number)
{
	char text[TEXT_MAX], *words[WORDS_MAX];
	posix_spawn_file_actions_t actions;
	pid_t pid = -1;

	if (!command_split(command, number, text, words)) {
		fprintf(stderr, "bench: too long: %s\n", command);
		exit(2);
	}
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	(void)posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	if (!getenv("BENCH_ERRORS"))
		(void)posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, words[0], &actions, NULL, words, environ) != 0)
		pid = -1;
	(void)posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static uint64_t timeval_ns(const struct timeval *t)
{
	return (uint64_t)t->tv_sec * 1000000000U + (uint64_t)t->tv_usec * 1000U;
}

static bool command_wait(pid_t pid, uint64_t *ret_cpu_ns)
{
	struct rusage usage = { 0 };
	int status = -1;

	while (pid > 0 && wait4(pid, &status, 0, &usage) < 0 && errno == EINTR)
		;
	if (ret_cpu_ns)
		*ret_cpu_ns = timeval_ns(&usage.ru_utime) + timeval_ns(&usage.ru_stime);
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool command_run(const char *command, size_t number)
{
	return !command || command_wait(command_start(command, number), NULL);
}

/* --- rounds ------------------------------------------------------------------------------ */

static void round_run(const struct bench *bench, struct contender *c, size_t number)
{
	bool is_good = command_run(c->before, number);
	uint64_t cpu_ns, begin = now_ns();

	is_good = command_wait(command_start(c->command, number), &cpu_ns) && is_good;
	if (number >= bench->warmups && is_good) {
		c->times_ns[number - bench->warmups] = now_ns() - begin;
		c->cpu_ns[number - bench->warmups] = cpu_ns;
		c->count++;
	}
	if (number >= bench->warmups && !is_good)
		c->failures++;
	if (!bench->is_growth)
		(void)command_run(c->after, number);
}

static void bench_interleave(struct bench *bench)
{
	for (size_t i = 0; i < bench->warmups + bench->rounds; i++)
		for (size_t k = 0; k < bench->count; k++)
			round_run(bench, &bench->contenders[k], i);
	for (size_t k = 0; bench->is_growth && k < bench->count; k++)
		for (size_t i = 0; i < bench->warmups + bench->rounds; i++)
			(void)command_run(bench->contenders[k].after, i);
}

/* Returns starts per second. */
static double bench_at_once(struct bench *bench, struct contender *c)
{
	pid_t *pids = calloc(bench->at_once, sizeof(*pids));
	uint64_t begin;
	double seconds;

	if (!pids)
		exit(1);
	(void)command_run(c->before, 0);
	begin = now_ns();
	for (size_t i = 0; i < bench->at_once; i++)
		pids[i] = command_start(c->command, i);
	for (size_t i = 0; i < bench->at_once; i++)
		c->failures += !command_wait(pids[i], NULL);
	seconds = (double)(now_ns() - begin) / 1e9;
	for (size_t i = 0; i < bench->at_once; i++)
		(void)command_run(c->after, i);
	free(pids);
	return (double)bench->at_once / seconds;
}

/* --- results ----------------------------------------------------------------------------- */

static int compare_values(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of `values`, which are sorted by it. */
static double quantile(double *values, size_t count, double part)
{
	size_t at = (size_t)(part * (double)count);

	if (count == 0)
		return 0;
	qsort(values, count, sizeof(values[0]), compare_values);
	return values[at < count ? at : count - 1];
}

/* Milliseconds of the rounds [begin, end) that did not fail; returns how many. */
static size_t collect_ms(const uint64_t *rounds_ns, size_t begin, size_t end, double *ret)
{
	size_t count = 0;

	for (size_t i = begin; i < end; i++)
		if (rounds_ns[i])
			ret[count++] = (double)rounds_ns[i] / 1e6;
	return count;
}

/* The median of each round's ratio to the first contender's. */
static double paired_ratio(const struct bench *bench, const uint64_t *base_ns,
			   const uint64_t *ours_ns, double *values)
{
	size_t count = 0;

	for (size_t i = 0; i < bench->rounds; i++)
		if (base_ns[i] && ours_ns[i])
			values[count++] = (double)ours_ns[i] / (double)base_ns[i];
	return quantile(values, count, 0.5);
}

static void json_add(const struct bench *bench, const struct contender *c, const char *unit,
		     const char *more, double value, double p95, double ratio)
{
	FILE *f = bench->json ? fopen(bench->json, "ae") : NULL;

	if (!f)
		return;
	fprintf(f,
		"{\"case\":\"%s\",\"who\":\"%s\",\"unit\":\"%s\",\"median\":%.3f,\"p95\":%.3f,"
		"\"ratio\":%.3f,%s\"rounds\":%zu,"
		"\"failures\":%zu}\n",
		bench->title, c->label, unit, value, p95, ratio, more, c->count, c->failures);
	(void)fclose(f);
}

static void print_contender(const struct bench *bench, const struct contender *c,
			    double *values)
{
	const struct contender *base = &bench->contenders[0];
	double median, p95, least, ratio, cpu, cpu_ratio;
	char more[64];

	if (c->count == 0) {
		printf("  %-34s %10s %9s %9s %9s %9s %9s %9zu\n", c->label, "-", "-", "-", "-",
		       "-", "-", c->failures);
		json_add(bench, c, "ms", "", 0, 0, 0);
		return;
	}
	median = quantile(values, collect_ms(c->times_ns, 0, bench->rounds, values), 0.5);
	p95 = quantile(values, c->count, 0.95);
	least = quantile(values, c->count, 0);
	ratio = paired_ratio(bench, base->times_ns, c->times_ns, values);
	cpu_ratio = paired_ratio(bench, base->cpu_ns, c->cpu_ns, values);
	cpu = quantile(values, collect_ms(c->cpu_ns, 0, bench->rounds, values), 0.5);
	printf("  %-34s %10.2f %9.2f %9.2f %8.2fx %9.2f %8.2fx %9zu\n", c->label, median, p95,
	       least, ratio, cpu, cpu_ratio, c->failures);
	(void)snprintf(more, sizeof(more), "\"cpu\":%.3f,\"cpu_ratio\":%.3f,", cpu, cpu_ratio);
	json_add(bench, c, "ms", more, median, p95, ratio);
}

static void print_rounds(const struct bench *bench, double *values)
{
	printf("%-36s %10s %9s %9s %9s %9s %9s %9s\n", bench->title, "median ms", "p95", "min",
	       "ratio", "cpu ms", "ratio", "failures");
	for (size_t k = 0; k < bench->count; k++)
		print_contender(bench, &bench->contenders[k], values);
}

static void print_growth(const struct bench *bench, double *values)
{
	size_t part = bench->rounds / 10, count;

	printf("%-36s %10s %9s %9s %9s\n", bench->title, "first ms", "last ms", "ratio",
	       "failures");
	for (size_t k = 0; k < bench->count; k++) {
		const struct contender *c = &bench->contenders[k];
		double first, last;

		count = collect_ms(c->times_ns, 0, part, values);
		first = quantile(values, count, 0.5);
		count = collect_ms(c->times_ns, bench->rounds - part, bench->rounds, values);
		last = quantile(values, count, 0.5);
		printf("  %-34s %10.2f %9.2f %8.2fx %9zu\n", c->label, first, last,
		       first > 0 ? last / first : 0, c->failures);
		json_add(bench, c, "ms, last tenth against first", "", last, first,
			 first > 0 ? last / first : 0);
	}
}

static void print_at_once(struct bench *bench)
{
	double base = 0;

	printf("%-36s %10s %9s %9s\n", bench->title, "per second", "ratio", "failures");
	for (size_t k = 0; k < bench->count; k++) {
		struct contender *c = &bench->contenders[k];
		double rate = bench_at_once(bench, c);

		if (k == 0)
			base = rate;
		printf("  %-34s %10.1f %8.2fx %9zu\n", c->label, rate, rate / base,
		       c->failures);
		json_add(bench, c, "starts per second", "", rate, 0, rate / base);
	}
}

/* --- arguments --------------------------------------------------------------------------- */

static size_t number_of(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end || n == 0 || n > ROUNDS_MAX) {
		fprintf(stderr, "bench: %s: not a number of rounds\n", text);
		exit(2);
	}
	return n;
}

static struct contender *contender_of(struct bench *bench)
{
	if (bench->count == 0) {
		fputs("bench: -l comes before -b, -c and -a\n", stderr);
		exit(2);
	}
	return &bench->contenders[bench->count - 1];
}

static void arguments_read(struct bench *bench, int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "n:w:j:t:k:g:l:b:c:a:")) != -1) {
		switch (option) {
		case 'n':
			bench->rounds = number_of(optarg);
			break;
		case 'w':
			bench->warmups = strcmp(optarg, "0") == 0 ? 0 : number_of(optarg);
			break;
		case 'j':
			bench->json = optarg;
			break;
		case 't':
			bench->title = optarg;
			break;
		case 'k':
			bench->at_once = number_of(optarg);
			break;
		case 'g':
			bench->is_growth = true;
			bench->rounds = number_of(optarg);
			break;
		case 'l':
			if (bench->count == CONTENDERS_MAX)
				exit(2);
			bench->contenders[bench->count++].label = optarg;
			break;
		case 'b':
			contender_of(bench)->before = optarg;
			break;
		case 'c':
			contender_of(bench)->command = optarg;
			break;
		case 'a':
			contender_of(bench)->after = optarg;
			break;
		default:
			exit(2);
		}
	}
	for (size_t k = 0; k < bench->count; k++)
		if (!bench->contenders[k].command)
			bench->count = 0;
	if (bench->count == 0 || optind != argc) {
		fputs("usage: bench [-n ROUNDS] [-w WARMUPS] [-k STARTS] [-g ROUNDS] [-j FILE] "
		      "[-t TITLE] "
		      "-l LABEL [-b BEFORE] -c COMMAND [-a AFTER] ...\n",
		      stderr);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	struct bench bench = { .title = "bench", .rounds = 30, .warmups = 3 };
	double *values;

	arguments_read(&bench, argc, argv);
	values = calloc(bench.rounds, sizeof(*values));
	for (size_t k = 0; values && k < bench.count; k++) {
		bench.contenders[k].times_ns = calloc(bench.rounds, sizeof(uint64_t));
		bench.contenders[k].cpu_ns = calloc(bench.rounds, sizeof(uint64_t));
		if (!bench.contenders[k].times_ns || !bench.contenders[k].cpu_ns)
			return 1;
	}
	if (!values)
		return 1;
	if (bench.at_once) {
		print_at_once(&bench);
	} else {
		bench_interleave(&bench);
		if (bench.is_growth)
			print_growth(&bench, values);
		else
			print_rounds(&bench, values);
	}
	for (size_t k = 0; k < bench.count; k++) {
		free(bench.contenders[k].times_ns);
		free(bench.contenders[k].cpu_ns);
	}
	free(values);
	return 0;
}
