/*
 * hoy info and hoy version: what this hoy is and what it runs on.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/version.h"
#include "cli/command.h"
#include "cli/listing.h"
#include "format/json.h"
#include "format/size.h"

enum { CGROUP2_MAGIC = 0x63677270 };

struct info_options {
	char *format;
};

static const struct option info_option_table[] = {
	{ "format", 'f', OPTION_TEXT, offsetof(struct info_options, format), NULL, NULL,
	  "Format output using a custom template: 'json' or 'TEMPLATE'" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};

static void info_text(struct json_object *o, const char *key, const char *text)
{
	(void)json_object_object_add(o, key, json_new_text(text));
}

static void info_number(struct json_object *o, const char *key, uint64_t number)
{
	(void)json_object_object_add(o, key, json_object_new_uint64(number));
}

/* "2" when the one hierarchy is mounted where it belongs; hybrid is treated as "1". */
static const char *info_cgroup_version(void)
{
	struct statfs fs;

	return statfs("/sys/fs/cgroup", &fs) == 0 && (unsigned long)fs.f_type == CGROUP2_MAGIC
		       ? "2"
		       : "1";
}

static void info_host(struct json_object *o)
{
	struct utsname host = { 0 };
	long pages = sysconf(_SC_PHYS_PAGES);
	long page = sysconf(_SC_PAGESIZE);

	(void)uname(&host);
	info_text(o, "KernelVersion", host.release);
	info_text(o, "OSType", "linux");
	info_text(o, "Architecture", host.machine);
	info_text(o, "Name", host.nodename);
	info_number(o, "NCPU", (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
	info_number(o, "MemTotal",
		    pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : 0);
}

static int info_counts(struct cli *cli, struct engine *engine, struct json_object *o,
		       struct err *e)
{
	uint64_t running = 0;
	uint64_t paused = 0;
	struct container *containers;
	struct image *images;
	size_t image_count;
	size_t count;
	int r = engine_list(engine, &cli->arena, &containers, &count, e);

	if (r == 0)
		r = image_list(&engine->state, false, &cli->arena, &images, &image_count, e);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++) {
		running += !containers[i].is_damaged &&
			   containers[i].liveness.status == STATUS_RUNNING;
		paused += !containers[i].is_damaged &&
			  containers[i].liveness.status == STATUS_PAUSED;
	}
	info_number(o, "Containers", count);
	info_number(o, "ContainersRunning", running);
	info_number(o, "ContainersPaused", paused);
	info_number(o, "ContainersStopped", count - running - paused);
	info_number(o, "Images", image_count);
	return 0;
}

static int info_collect(struct cli *cli, struct json_object *o, struct err *e)
{
	struct engine *engine;
	const char *driver;
	int r = cli_engine(cli, &engine, e);

	if (r == 0)
		r = info_counts(cli, engine, o, e);
	if (r == 0)
		r = engine_driver_name(engine, &driver, e);
	if (r < 0)
		return r;
	info_text(o, "ServerVersion", HOY_VERSION);
	info_text(o, "Driver", driver);
	info_text(o, "LoggingDriver", "json-file");
	info_text(o, "CgroupDriver", "cgroupfs");
	info_text(o, "CgroupVersion", info_cgroup_version());
	info_text(o, "DockerRootDir", engine->state.root);
	info_text(o, "RunRoot", engine->state.runroot);
	info_text(o, "CgroupParent", engine->state.instance);
	info_host(o);
	return 0;
}

static void info_print_line(struct json_object *o, const char *title, const char *key)
{
	struct json_object *value = NULL;

	if (json_object_object_get_ex(o, key, &value))
		(void)printf("%s: %s\n", title, json_object_get_string(value));
}

static void info_print(struct json_object *o)
{
	static const char *const lines[][2] = {
		{ "Containers", "Containers" },
		{ " Running", "ContainersRunning" },
		{ " Paused", "ContainersPaused" },
		{ " Stopped", "ContainersStopped" },
		{ "Images", "Images" },
		{ "Version", "ServerVersion" },
		{ "Storage Driver", "Driver" },
		{ "Logging Driver", "LoggingDriver" },
		{ "Cgroup Driver", "CgroupDriver" },
		{ "Cgroup Version", "CgroupVersion" },
		{ "Cgroup Parent", "CgroupParent" },
		{ "Kernel Version", "KernelVersion" },
		{ "OSType", "OSType" },
		{ "Architecture", "Architecture" },
		{ "CPUs", "NCPU" },
	};
	struct json_object *memory = NULL;
	char text[SIZE_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		info_print_line(o, lines[i][0], lines[i][1]);
	if (json_object_object_get_ex(o, "MemTotal", &memory)) {
		size_text_binary(json_object_get_uint64(memory), text);
		(void)printf("Total Memory: %s\n", text);
	}
	info_print_line(o, "Name", "Name");
	info_print_line(o, "Root Dir", "DockerRootDir");
	info_print_line(o, "Run Dir", "RunRoot");
}

int cmd_info(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = info_option_table };
	AUTO_JSON struct json_object *info = json_object_new_object();
	struct info_options o = { 0 };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	r = info_collect(cli, info, &e);
	if (r == 0 && o.format)
		r = listing_print_one(o.format, info, &e);
	else if (r == 0)
		info_print(info);
	return r < 0 ? cli_report(&e) : 0;
}

/* Client and server are one program here; scripts ask for .Server.Version. */
static struct json_object *version_json(void)
{
	struct json_object *version = json_object_new_object();
	struct json_object *part = json_object_new_object();
	struct utsname host = { 0 };

	(void)uname(&host);
	info_text(part, "Version", HOY_VERSION);
	info_text(part, "Os", "linux");
	info_text(part, "Arch", strcmp(host.machine, "x86_64") == 0 ? "amd64" : host.machine);
	info_text(part, "KernelVersion", host.release);
	(void)json_object_object_add(version, "Client", json_object_get(part));
	(void)json_object_object_add(version, "Server", part);
	return version;
}

int cmd_version(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = info_option_table };
	AUTO_JSON struct json_object *version = version_json();
	struct info_options o = { 0 };
	struct strv args = { 0 };
	struct err e = { 0 };
	struct json_object *part = NULL;
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	if (o.format)
		return listing_print_one(o.format, version, &e) < 0 ? cli_report(&e) : 0;
	(void)puts("hoy: containers without a daemon");
	(void)json_object_object_get_ex(version, "Client", &part);
	info_print_line(part, " Version", "Version");
	info_print_line(part, " OS", "Os");
	info_print_line(part, " Arch", "Arch");
	info_print_line(part, " Kernel Version", "KernelVersion");
	return 0;
}
