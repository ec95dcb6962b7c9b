/*
 * See prune.h.
 *
 * Runs in: cli.
 */
#include "cli/prune.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/filter.h"
#include "engine/disk_usage.h"
#include "engine/networks.h"
#include "engine/volume.h"
#include "format/size.h"

int prune_check(struct prune *prune, const char *const *keys, struct err *e)
{
	int r = filter_check(&prune->filters, keys, e);

	if (r == 0)
		r = filter_check_bool(&prune->filters, "dangling", e);
	for (size_t i = 0; i < prune->filters.count && r == 0; i++) {
		const char *filter = prune->filters.items[i];

		if (str_starts(filter, "until="))
			r = filter_time(filter, clock_wall_ns(), &prune->until_ns, e);
		else if (str_starts(filter, "dangling="))
			prune->is_all |= !filter_is_true(filter + strlen("dangling="));
	}
	return r;
}

void prune_print_total(const struct prune *prune)
{
	char text[SIZE_TEXT_SIZE];

	size_text(prune->bytes, text);
	(void)printf("Total reclaimed space: %s\n", text);
}

/* The heading before the first, an empty line behind the last. */
struct prune_section {
	const char *title;
	bool has_any;
};

static void section_line(struct prune_section *section, const char *line)
{
	if (!section->has_any)
		(void)printf("%s\n", section->title);
	section->has_any = true;
	(void)printf("%s\n", line);
}

static void section_end(const struct prune_section *section)
{
	if (section->has_any)
		(void)puts("");
}

/* --- containers -------------------------------------------------------------------------- */

static bool is_prunable(const struct prune *prune, const struct container *container)
{
	enum container_status status = container->liveness.status;

	/* A damaged one may run: rm -f is for it. */
	return !container->is_damaged &&
	       (status == STATUS_EXITED || status == STATUS_CREATED || status == STATUS_DEAD) &&
	       (prune->until_ns == 0 || container->record.created_ns < prune->until_ns) &&
	       filter_wants_labels(&prune->filters, &container->record.config.labels);
}

/* Did somebody else get there first? Then it is no failure. */
static bool is_fine(const struct err *e)
{
	return e->kind == ERR_NOT_FOUND || e->kind == ERR_CONFLICT;
}

int prune_containers(struct prune *prune, struct err *e)
{
	struct prune_section section = { .title = "Deleted Containers:" };
	struct container *containers;
	size_t count;
	int r = engine_list(prune->engine, &prune->cli->arena, &containers, &count, e);

	for (size_t i = 0; r == 0 && i < count; i++) {
		const char *id = containers[i].record.id;
		uint64_t bytes;

		if (!is_prunable(prune, &containers[i]))
			continue;
		bytes = engine_container_bytes(prune->engine, id);
		r = engine_remove(prune->engine, id, false, false, e);
		if (r == 0) {
			section_line(&section, id);
			prune->bytes += bytes;
		} else if (is_fine(e)) {
			r = 0;
		}
	}
	section_end(&section);
	return r;
}

/* --- networks ---------------------------------------------------------------------------- */

/* Does a container name it, running or not? */
static bool is_named(const struct container *containers, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		const struct container_config *config = &containers[i].record.config;

		for (size_t n = 0; n < config->network_count; n++) {
			if (str_equal(config->networks[n].network, name))
				return true;
		}
	}
	return false;
}

static bool network_is_prunable(const struct prune *prune, const struct network *network)
{
	return !network_is_predefined(network->name) &&
	       (prune->until_ns == 0 || network->created_ns < prune->until_ns) &&
	       filter_wants_labels(&prune->filters, &network->labels);
}

int prune_networks(struct prune *prune, struct err *e)
{
	struct prune_section section = { .title = "Deleted Networks:" };
	struct container *containers;
	struct network *networks;
	size_t container_count;
	size_t count;
	int r = engine_network_list(prune->engine, &prune->cli->arena, &networks, &count, e);

	if (r == 0)
		r = engine_list(prune->engine, &prune->cli->arena, &containers,
				&container_count, e);
	for (size_t i = 0; r == 0 && i < count; i++) {
		const char *name = networks[i].name;

		if (!network_is_prunable(prune, &networks[i]) ||
		    is_named(containers, container_count, name))
			continue;
		r = engine_network_remove(prune->engine, name, e);
		if (r == 0)
			section_line(&section, name);
		else if (is_fine(e))
			r = 0;
	}
	section_end(&section);
	return r;
}

/* --- volumes ----------------------------------------------------------------------------- */

int prune_volumes(struct prune *prune, struct err *e)
{
	struct prune_section section = { .title = "Deleted Volumes:" };
	struct volume *volumes;
	size_t count;
	int r = engine_volume_list(prune->engine, &prune->cli->arena, &volumes, &count, e);

	for (size_t i = 0; r == 0 && i < count; i++) {
		uint64_t bytes;

		if ((!prune->is_all && !volumes[i].is_anonymous) ||
		    !filter_wants_labels(&prune->filters, &volumes[i].labels))
			continue;
		bytes = engine_volume_bytes(prune->engine, volumes[i].name);
		r = engine_volume_remove(prune->engine, volumes[i].name, false, e);
		if (r == 0) {
			section_line(&section, volumes[i].name);
			prune->bytes += bytes;
		} else if (is_fine(e)) {
			r = 0;
		}
	}
	section_end(&section);
	return r;
}

/* --- images ------------------------------------------------------------------------------ */

static bool image_is_wanted(void *context, const struct image *image)
{
	const struct prune *prune = context;

	return filter_wants_labels(&prune->filters, &image->config.labels);
}

int prune_images(struct prune *prune, struct err *e)
{
	struct prune_section section = { .title = "Deleted Images:" };
	struct image_prune_request request = { .is_all = prune->is_all,
					       .until_ns = prune->until_ns,
					       .is_wanted = image_is_wanted,
					       .context = prune };
	struct image_removal removal = { 0 };
	uint64_t bytes = 0;
	int r = engine_image_prune(prune->engine, &request, &prune->cli->arena, &removal,
				   &bytes, e);

	for (size_t i = 0; i < removal.lines.count; i++) {
		/* As docker: here, and only here, in lower case. */
		removal.lines.items[i][0] = (char)tolower(removal.lines.items[i][0]);
		section_line(&section, removal.lines.items[i]);
	}
	section_end(&section);
	prune->bytes += bytes;
	return r;
}
