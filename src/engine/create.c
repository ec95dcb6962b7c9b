/*
 * Making a container: image and configuration, directory and name, volumes.
 *
 * Runs in: cli (engine).
 * See: start.h; engine.h.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/log.h"
#include "engine/container_endpoint.h"
#include "engine/container_links.h"
#include "engine/container_network.h"
#include "engine/container_root.h"
#include "engine/container_userns.h"
#include "engine/id_shift.h"
#include "engine/name_generate.h"
#include "engine/start.h"
#include "engine/volume_fill.h"
#include "engine/volume_store.h"
#include "image/driver.h"
#include "image/image_store.h"
#include "store/names.h"

enum { NAME_TRIES = 10 };

/* "container:NAME" becomes "container:ID"; NULL and "default" become `fallback`. */
static int resolve_mode(struct start *s, const char *flag, const char *fallback, char **mode,
			struct err *e)
{
	const char *other = mode_container(*mode);
	char id[ID_SIZE];
	int r;

	if (str_is_empty(*mode) || mode_is(*mode, "default"))
		*mode = arena_copy(s->arena, fallback);
	if (!other)
		return 0;
	r = engine_find(s->engine, other, id, e);
	if (r < 0)
		return err_wrap(e, r, "%s", flag);
	*mode = arena_printf(s->arena, "container:%s", id);
	return 0;
}

static int check_word(const char *flag, const char *mode, const char *const *words,
		      struct err *e)
{
	if (mode_container(mode))
		return 0;
	for (; *words; words++)
		if (mode_is(mode, *words))
			return 0;
	return err_set(e, ERR_INVALID, -EINVAL, "%s: invalid mode: %s", flag, mode);
}

/* Whose mode is a network has at least that one. */
static int list_default(struct start *s, struct err *e)
{
	struct container_config *c = &s->record.config;

	if (c->network_count == 0) {
		c->networks = arena_array(s->arena, 1, sizeof(*c->networks));
		if (!c->networks)
			return err_sys(e, ENOMEM, "list the container's networks");
		c->network_count = 1;
	}
	if (!c->networks[0].network)
		c->networks[0].network = c->network_mode;
	return 0;
}

/* By its name, however it was called. */
static int resolve_network(struct start *s, size_t index, struct err *e)
{
	struct container_config *c = &s->record.config;
	struct endpoint_request *request = &c->networks[index];
	struct network network;
	int r = network_find(&s->engine->state, request->network, s->arena, &network, e);

	if (r == 0)
		r = container_endpoint_check(&network, request, e);
	if (r < 0)
		return r;
	request->network = arena_copy(s->arena, network.name);
	for (size_t i = 0; i < index && request->network; i++) {
		if (strcmp(c->networks[i].network, request->network) == 0)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "network \"%s\" is specified multiple times",
				       network.name);
	}
	return arena_ok(s->arena);
}

static int resolve_networks(struct start *s, struct err *e)
{
	struct container_config *c = &s->record.config;
	int r;

	if (!container_has_network(c)) {
		if (c->ports.count > 0 && mode_container(c->network_mode))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "conflicting options: port publishing and the container "
				       "type network mode");
		if (c->network_count > 0)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "conflicting options: an address, alias or link and no "
				       "network");
		return 0;
	}
	r = list_default(s, e);
	for (size_t i = 0; i < c->network_count && r == 0; i++)
		r = resolve_network(s, i, e);
	if (r < 0)
		return r;
	c->network_mode = c->networks[0].network;
	return container_links_check(s->engine, c, e);
}

static int resolve_modes(struct start *s, struct err *e)
{
	static const char *const ipc_words[] = { "private", "shareable", "host", "none", NULL };
	static const char *const private_words[] = { "private", "host", NULL };
	struct container_config *c = &s->record.config;
	int r = resolve_mode(s, "--network", NETWORK_DEFAULT, &c->network_mode, e);

	if (r == 0)
		r = resolve_networks(s, e);
	if (r == 0)
		r = resolve_mode(s, "--ipc", "private", &c->ipc_mode, e);
	if (r == 0)
		r = check_word("--ipc", c->ipc_mode, ipc_words, e);
	if (r == 0)
		r = resolve_mode(s, "--pid", "", &c->pid_mode, e);
	if (r == 0)
		r = resolve_mode(s, "--cgroupns", "private", &c->cgroupns_mode, e);
	if (r == 0)
		r = check_word("--cgroupns", c->cgroupns_mode, private_words, e);
	if (r == 0)
		r = container_userns_check(c, s->arena, e);
	/* As docker records it, not only applies it. */
	if (c->memory > 0 && c->memory <= INT64_MAX / 2 && c->memory_swap == 0)
		c->memory_swap = c->memory * 2;
	return r;
}

/* Nothing that ends up in /etc/hosts, resolv.conf or hostname may bring a line of its own
 * (CVE-2022-4318). */
static int check_text(const char *flag, const char *text, struct err *e)
{
	for (const char *at = text ? text : ""; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return err_set(e, ERR_INVALID, -EINVAL,
				       "%s: \"%.60s\" contains a control character", flag,
				       text);
	return 0;
}

static int check_list(const char *flag, const struct strv *list, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < list->count && r == 0; i++)
		r = check_text(flag, list->items[i], e);
	return r;
}

static int check_config(const struct container_config *c, struct err *e)
{
	int r = check_text("--hostname", c->hostname, e);

	if (r == 0 && c->hostname && strlen(c->hostname) > 64)
		r = err_set(e, ERR_INVALID, -EINVAL,
			    "--hostname: \"%.80s\" is longer than 64 bytes", c->hostname);
	if (r == 0)
		r = check_text("--domainname", c->domainname, e);
	if (r == 0)
		r = check_list("--add-host", &c->extra_hosts, e);
	if (r == 0)
		r = check_list("--dns", &c->dns, e);
	if (r == 0)
		r = check_list("--dns-search", &c->dns_search, e);
	if (r == 0)
		r = check_list("--dns-option", &c->dns_options, e);
	if (r == 0 && c->has_init && c->is_init && mode_is(c->pid_mode, "host"))
		r = err_set(e, ERR_INVALID, -EINVAL,
			    "--init: there is no pid 1 to be with --pid host");
	return r;
}

/* It may run all the same: the kernel may know an emulator for it. */
static void warn_of_platform(const struct image *image, const char *name)
{
	struct err why = { 0 };

	if (image_platform_runs(image, name, NULL, &why) < 0)
		log_warn("%s", why.text);
}

/* Step 1. */
static int prepare_config(struct start *s, const struct engine_create_request *request,
			  struct err *e)
{
	const struct layer_driver *driver;
	struct record *record = &s->record;
	struct image image;
	struct strv args = { 0 };
	int r = layer_driver_choose(&s->engine->state, NULL, &driver, e);

	if (r < 0)
		return r;
	s->images_fd = image_hold(&s->engine->state, e);
	if (s->images_fd < 0)
		return s->images_fd;
	r = image_find(&s->engine->state, request->config->image, s->arena, &image, e);
	if (r < 0)
		return r;
	if (!request->is_platform_chosen)
		warn_of_platform(&image, request->config->image);
	container_config_merge(request->config, s->arena, &image.config);
	record->config = *request->config;
	record->image_id = arena_copy(s->arena, image.id);
	record->driver = arena_copy(s->arena, driver->name);
	record->layers = image.config.diff_ids;
	r = container_args(&record->config, s->arena, &args, e);
	if (r == 0)
		r = check_config(&record->config, e);
	if (r == 0)
		r = resolve_modes(s, e);
	if (r < 0)
		return r;
	record->path = args.items[0];
	for (size_t i = 1; i < args.count; i++)
		strv_add_borrowed(&record->args, s->arena, args.items[i]);
	return arena_ok(s->arena);
}

static void undo_directory(void *context)
{
	struct start *s = context;

	/* What it needed alone goes too, for which nobody may hold it. */
	start_release_holds(s);
	if (!s->dir.is_published)
		(void)container_destroy(s->engine, &s->dir, NULL);
}

static int generate_name(struct start *s, struct err *e)
{
	int r = -EEXIST;

	for (unsigned int i = 0; i < NAME_TRIES && r == -EEXIST; i++) {
		uint64_t random;

		if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
			return err_sys(e, errno, "choose a name");
		name_generate(random, i, s->record.name);
		r = name_reserve(&s->engine->state, s->record.name, s->dir.id, NULL, e);
	}
	return r;
}

static int reserve_name(struct start *s, const char *name, struct err *e)
{
	if (!name)
		return generate_name(s, e);
	if (name[0] == '/')
		name++;
	if (!name_is_valid(name) || str_copy(s->record.name, sizeof(s->record.name), name) < 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "Invalid container name (%.260s), only "
			       "[a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
			       name);
	return name_reserve(&s->engine->state, name, s->dir.id, NULL, e);
}

/* Step 2. */
static int prepare_directory(struct start *s, const char *name, struct err *e)
{
	int r = container_dir_make(&s->engine->state, &s->dir, e);

	if (r < 0)
		return r;
	undo_push(&s->undo, undo_directory, s);
	(void)str_copy(s->record.id, sizeof(s->record.id), s->dir.id);
	r = reserve_name(s, name, e);
	if (r == 0)
		r = container_userns_choose(s, e);
	return r < 0 ? r : container_root_make(s, e);
}

/* Where mounts cannot be mapped, a volume made for the container belongs to its root. */
static int volume_owner(struct start *s, struct volume_making *making, struct err *e)
{
	struct id_shift shift;
	int r;

	if (!s->record.is_shifted)
		return 0;
	r = id_shift_init(&shift, &s->record.config, s->arena, e);
	if (r < 0)
		return r;
	making->uid = id_shift_uid(&shift, 0);
	making->gid = id_shift_gid(&shift, 0);
	return 0;
}

static int prepare_volume(struct start *s, struct mount_request *m, struct err *e)
{
	/* Of a mapped root the owners are not those that files have on the disk. */
	bool is_mapped = container_has_userns(&s->record.config) && !s->record.is_shifted;
	struct volume_fill fill = { &s->engine->state, &s->record.layers,
				    is_mapped ? -EBADF : s->root_fd, m->destination, -EBADF };
	struct volume_making making = { .context = &fill };
	char random[ID_SIZE];
	int r;

	if (str_is_empty(m->source)) {
		r = id_make(random);
		if (r < 0)
			return err_sys(e, r, "make a volume name");
		m->source = arena_copy(s->arena, random);
		m->is_anonymous = true;
	}
	if (!m->source)
		return -ENOMEM;
	making.name = m->source;
	making.owner = m->is_anonymous ? s->dir.id : NULL;
	making.open = m->is_nocopy ? NULL : volume_fill_open;
	making.fill = volume_fill_copy;
	r = volume_owner(s, &making, e);
	if (r == 0 && s->volumes_fd < 0) {
		s->volumes_fd = volumes_lock(&s->engine->state, false, e);
		r = s->volumes_fd < 0 ? s->volumes_fd : 0;
	}
	if (r == 0)
		r = volume_make(&s->engine->state, &making, e);
	if (r == 0 && making.open)
		r = volume_fill_empty(&s->engine->state, &making, e);
	volume_fill_done(&fill);
	return r < 0 ? r : 0;
}

/* -v makes a missing source directory as docker does; --mount wants it to be there. */
static int prepare_bind(const struct mount_request *m, struct err *e)
{
	struct stat st;
	int r;

	if (stat(m->source, &st) == 0)
		return 0;
	if (errno != ENOENT)
		return err_sys(e, errno, "look at the bind source %s", m->source);
	if (m->must_exist)
		return err_set(e, ERR_INVALID, -ENOENT,
			       "invalid mount config for type \"bind\": bind source path does "
			       "not exist: %s",
			       m->source);
	r = dir_make(AT_FDCWD, m->source, 0755);
	return r < 0 ? err_sys(e, r, "make the bind source %s", m->source) : 0;
}

/* Step 3. */
static int prepare_mounts(struct start *s, struct err *e)
{
	struct container_config *c = &s->record.config;
	int r = 0;

	for (size_t i = 0; i < c->mount_count && r == 0; i++) {
		if (c->mounts[i].kind == MOUNT_VOLUME)
			r = prepare_volume(s, &c->mounts[i], e);
		else if (c->mounts[i].kind == MOUNT_BIND)
			r = prepare_bind(&c->mounts[i], e);
	}
	return r;
}

int start_prepare(struct start *s, const struct engine_create_request *request, struct err *e)
{
	int r = prepare_config(s, request, e);

	if (r == 0)
		r = prepare_directory(s, request->name, e);
	if (r == 0)
		r = prepare_mounts(s, e);
	s->record.created_ns = clock_wall_ns();
	return r;
}

int start_write_record(struct start *s, struct err *e)
{
	int r = record_write(s->dir.fd, &s->record, e);

	if (r == 0)
		start_release_holds(s);
	return r;
}

int engine_create(struct engine *engine, const struct engine_create_request *request,
		  char ret_id[ID_SIZE], struct err *e)
{
	AUTO_START struct start s;
	int r;

	start_init(&s, engine, request->arena);
	r = start_prepare(&s, request, e);
	if (r == 0)
		r = start_write_record(&s, e);
	if (r == 0)
		r = container_dir_publish(&engine->state, &s.dir, true, e);
	if (r < 0)
		return r;
	undo_commit(&s.undo);
	return str_copy(ret_id, ID_SIZE, s.dir.id);
}
