/*
 * docker inspect's object of a container.
 *
 * Written as text and parsed once, so that Config and HostConfig are the record's own words.
 *
 * Runs in: cli (engine).
 * See: Docker Engine API, ContainerInspect.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "engine/container_end.h"
#include "engine/container_spec.h"
#include "engine/inspect_network.h"
#include "format/json.h"
#include "proto/handover.h"

enum { INSPECT_MAX = 16 * 1024 * 1024 };

struct inspection {
	struct json_writer w;
	struct engine *engine;
	const struct container *container;
	const struct record *record;
	const struct container_config *config;
	char directory[PATH_MAX + CONTAINER_PATH_SIZE];
};

static void write_time(struct json_writer *w, const char *key, uint64_t wall_ns)
{
	char text[CLOCK_TEXT_SIZE];

	clock_text(wall_ns, text);
	json_write_text(w, key, text);
}

static void write_path(struct inspection *i, const char *key, const char *file)
{
	AUTO_STR struct str path = { 0 };

	str_printf(&path, "%s/%s", i->directory, file);
	json_write_text(&i->w, key, str_text(&path));
}

static const char *state_error(const struct inspection *i)
{
	if (i->record->start_error)
		return i->record->start_error;
	return i->container->liveness.is_monitor_lost ? "monitor lost" : "";
}

static void write_state(struct inspection *i)
{
	const struct liveness *l = &i->container->liveness;
	struct json_writer *w = &i->w;

	json_begin_object(w, "State");
	json_write_text(w, "Status", container_status_text(l->status));
	json_write_bool(w, "Running",
			l->status == STATUS_RUNNING || l->status == STATUS_PAUSED);
	json_write_bool(w, "Paused", l->status == STATUS_PAUSED);
	json_write_bool(w, "Restarting", false);
	json_write_bool(w, "OOMKilled", l->is_oom_killed);
	json_write_bool(w, "Dead", l->status == STATUS_DEAD);
	json_write_i64(w, "Pid", l->pid);
	json_write_i64(w, "ExitCode", l->exit_code);
	json_write_text(w, "Error", state_error(i));
	write_time(w, "StartedAt", l->started_ns);
	write_time(w, "FinishedAt", l->finished_ns);
	json_end_object(w);
}

static void write_graph_driver(struct inspection *i)
{
	AUTO_STR struct str lower = { 0 };
	struct json_writer *w = &i->w;
	AUTO_ARENA struct arena arena = { 0 };
	struct strv layers = { 0 };

	json_begin_object(w, "GraphDriver");
	if (record_is_copied(i->record)) {
		json_write_text(w, "Data", NULL);
		json_write_text(w, "Name", i->record->driver);
		json_end_object(w);
		return;
	}
	json_begin_object(w, "Data");
	if (image_layer_paths(&i->engine->state, &i->record->layers, &arena, &layers, NULL) ==
	    0)
		for (size_t n = 0; n < layers.count; n++)
			str_printf(&lower, "%s%s/%s", n ? ":" : "", i->engine->state.root,
				   layers.items[n]);
	json_write_text(w, "LowerDir", str_text(&lower));
	write_path(i, "UpperDir", "upper");
	write_path(i, "WorkDir", "work");
	json_end_object(w);
	json_write_text(w, "Name", i->record->driver ? i->record->driver : "overlay");
	json_end_object(w);
}

static void write_mount(struct inspection *i, const struct mount_request *m)
{
	AUTO_STR struct str source = { 0 };
	struct json_writer *w = &i->w;

	json_begin_object(w, NULL);
	if (m->kind == MOUNT_VOLUME) {
		str_printf(&source, "%s/volumes/%s/_data", i->engine->state.root,
			   m->source ? m->source : "");
		json_write_text(w, "Type", "volume");
		json_write_text(w, "Name", m->source ? m->source : "");
		json_write_text(w, "Source", str_text(&source));
		json_write_text(w, "Destination", m->destination);
		json_write_text(w, "Driver", "local");
	} else {
		json_write_text(w, "Type", m->kind == MOUNT_BIND ? "bind" : "tmpfs");
		json_write_text(w, "Source",
				m->kind == MOUNT_BIND && m->source ? m->source : "");
		json_write_text(w, "Destination", m->destination);
	}
	json_write_text(w, "Mode",
			m->mode ? m->mode
				: (m->kind == MOUNT_VOLUME && !m->is_anonymous ? "z" : ""));
	json_write_bool(w, "RW", !m->is_readonly);
	json_write_text(w, "Propagation",
			m->kind == MOUNT_BIND
				? (str_is_empty(m->propagation) ? "rprivate" : m->propagation)
				: "");
	json_end_object(w);
}

/* Docker lists what --tmpfs made under HostConfig only. */
static void write_mounts(struct inspection *i)
{
	json_begin_array(&i->w, "Mounts");
	for (size_t n = 0; n < i->config->mount_count; n++)
		if (i->config->mounts[n].kind != MOUNT_TMPFS)
			write_mount(i, &i->config->mounts[n]);
	json_end_array(&i->w);
}

static void write_head(struct inspection *i)
{
	AUTO_STR struct str text = { 0 };
	struct json_writer *w = &i->w;

	json_write_text(w, "Id", i->record->id);
	write_time(w, "Created", i->record->created_ns);
	json_write_text(w, "Path", i->record->path ? i->record->path : "");
	json_write_strings(w, "Args", &i->record->args);
	write_state(i);
	json_write_text(w, "Image", i->record->image_id ? i->record->image_id : "");
	write_path(i, "ResolvConfPath", "resolv.conf");
	write_path(i, "HostnamePath", "hostname");
	write_path(i, "HostsPath", "hosts");
	str_printf(&text, "%s" HANDOVER_LOG_SUFFIX, i->record->id);
	write_path(i, "LogPath", str_text(&text));
	str_clear(&text);
	str_printf(&text, "/%s", i->record->name);
	json_write_text(w, "Name", str_text(&text));
	json_write_i64(w, "RestartCount", 0);
	json_write_text(w, "Driver", i->record->driver ? i->record->driver : "overlay");
	json_write_text(w, "Platform", "linux");
	json_write_text(w, "MountLabel", "");
	json_write_text(w, "ProcessLabel", "");
	json_write_text(w, "AppArmorProfile", i->config->is_privileged ? "unconfined" : "");
	json_write_text(w, "ExecIDs", NULL);
}

/* As it is shown: the id's beginning where the container was given no name for itself. */
static void write_config(struct inspection *i)
{
	struct container_config shown = *i->config;
	char hostname[ID_SHORT_LEN + 1];

	(void)snprintf(hostname, sizeof(hostname), "%.*s", ID_SHORT_LEN, i->record->id);
	if (str_is_empty(shown.hostname) && !mode_is(shown.network_mode, "host") &&
	    !mode_is(shown.uts_mode, "host"))
		shown.hostname = hostname;
	container_config_write(&i->w, "Config", &shown);
}

int engine_inspect(struct engine *engine, const char *container, struct json_object **ret,
		   struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	struct container found;
	struct inspection i = { .w = { .out = &text }, .engine = engine };
	int r = engine_get(engine, container, &arena, &found, e);

	if (r < 0)
		return r;
	i.container = &found;
	i.record = &found.record;
	i.config = &found.record.config;
	(void)snprintf(i.directory, sizeof(i.directory), "%s/" DIR_CONTAINERS "/%s",
		       engine->state.root, found.record.id);
	json_begin_object(&i.w, NULL);
	write_head(&i);
	container_host_config_write(&i.w, "HostConfig", i.config);
	write_graph_driver(&i);
	write_mounts(&i);
	write_config(&i);
	inspect_write_network(&i.w, engine, &found);
	json_end_object(&i.w);
	r = str_ok(&text);
	return r < 0 ? r : json_parse(text.data, text.len, INSPECT_MAX, "inspect", ret, e);
}
