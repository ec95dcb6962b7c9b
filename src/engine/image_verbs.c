/*
 * Images and containers together: commit, export, removing an image.
 *
 * Runs in: cli (engine).
 */

#include "base/fd.h"
#include "engine/container_end.h"
#include "engine/image_users.h"
#include "engine/layer_view.h"
#include "engine/mount_borrow.h"
#include "engine/root_changes.h"
#include "runtime/cgroup.h"

int engine_image_remove(struct engine *engine, struct image_remove_request *request,
			struct arena *arena, struct image_removal *ret, struct err *e)
{
	struct image_user_list list;
	struct image_users users = image_users_of(&list, engine);
	int r;

	request->users = &users;
	r = image_remove(&engine->state, request, arena, ret, e);
	request->users = NULL;
	image_users_done(&list);
	return r;
}

int engine_image_prune(struct engine *engine, struct image_prune_request *request,
		       struct arena *arena, struct image_removal *ret, uint64_t *ret_bytes,
		       struct err *e)
{
	struct image_user_list list;
	struct image_users users = image_users_of(&list, engine);
	int r;

	request->users = &users;
	r = image_prune(&engine->state, request, arena, ret, ret_bytes, e);
	request->users = NULL;
	image_users_done(&list);
	return r;
}

/* --- what is read while others may remove it ------------------------------------------------ */

struct source {
	const struct engine *engine;
	const struct container *container;
};

/* Commit and export do not hold the container's lock while they read: its end, a start and its
 * removal would have to wait. They look afterwards, and then this is their result instead of
 * `r`. */
static int source_result(const struct engine *engine, const struct container *container, int r,
			 struct err *e)
{
	if (container_dir_is_published(&engine->state, container->record.id))
		return r;
	return err_set(e, ERR_CONFLICT, -ENOENT, "container %s has been removed meanwhile",
		       container->record.name);
}

static int source_check(const void *context, struct err *e)
{
	const struct source *source = context;

	return source_result(source->engine, source->container, 0, e);
}

/* --- commit ------------------------------------------------------------------------------ */

/* The container's own settings as an image has them. Lists are shared. */
static struct image_config commit_settings(const struct container_config *c,
					   const struct image_config *base)
{
	return (struct image_config){
		.user = c->user,
		.env = c->env,
		.has_entrypoint = c->entrypoint.count > 0,
		.entrypoint = c->entrypoint,
		.has_cmd = c->cmd.count > 0,
		.cmd = c->cmd,
		.working_dir = c->working_dir,
		.exposed_ports = c->exposed_ports,
		.volumes = base->volumes,
		.labels = c->labels,
		.stop_signal = c->stop_signal,
		.shell = base->shell,
		.on_build = base->on_build,
		.healthcheck_json = base->healthcheck_json,
	};
}

static int commit_pack(struct engine *engine, const struct container *container,
		       const struct engine_commit_request *request, struct arena *arena,
		       char ret_id[DIGEST_SIZE], struct err *e)
{
	struct root_changes changes;
	struct image base;
	struct image_config settings;
	struct source source = { engine, container };
	struct image_commit_request commit = {
		.check_source = source_check,
		.context = &source,
		.base = &base,
		.reference = request->reference,
		.author = request->author,
		.message = request->message,
		.changes = request->changes,
		.config = &settings,
	};
	int r = image_find(&engine->state, container->record.image_id, arena, &base, e);

	if (r < 0)
		return r;
	r = root_changes_open(&engine->state, &container->record, &changes, e);
	if (r < 0)
		return r;
	settings = commit_settings(&container->record.config, &base.config);
	commit.upper_fd = changes.fd;
	r = image_commit(&engine->state, &commit, ret_id, e);
	root_changes_close(&changes);
	return r;
}

/* Still while the layer is read: frozen, and thawed whatever happens. One that was paused
 * already stays so. */
static int commit_frozen(struct engine *engine, const struct container *container,
			 const struct engine_commit_request *request, struct arena *arena,
			 char ret_id[DIGEST_SIZE], struct err *e)
{
	char path[CGROUP_PATH_SIZE];
	struct cgroup cgroup;
	bool was_frozen;
	int r;

	container_cgroup_path(engine, container->record.id, path);
	r = cgroup_init(&cgroup, path, e);
	if (r < 0)
		return r;
	r = cgroup_open(&cgroup, e);
	was_frozen = r == 0 && cgroup_is_frozen(&cgroup) > 0;
	if (r == 0 && !was_frozen)
		r = cgroup_freeze(&cgroup, true, e);
	if (r == 0)
		r = commit_pack(engine, container, request, arena, ret_id, e);
	if (!was_frozen)
		(void)cgroup_freeze(&cgroup, false, NULL);
	cgroup_done(&cgroup);
	return r;
}

int engine_commit(struct engine *engine, const char *name,
		  const struct engine_commit_request *request, char ret_id[DIGEST_SIZE],
		  struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct container container;
	bool is_running;
	int r = engine_get(engine, name, &arena, &container, e);

	if (r < 0)
		return r;
	is_running = container.liveness.status == STATUS_RUNNING;
	r = request->is_pausing && is_running
		    ? commit_frozen(engine, &container, request, &arena, ret_id, e)
		    : commit_pack(engine, &container, request, &arena, ret_id, e);
	/* If it went away that is the reason for whatever failed. */
	return r < 0 ? source_result(engine, &container, r, e) : 0;
}

/* --- export ------------------------------------------------------------------------------ */

static int export_open(struct engine *engine, const struct container *container, struct err *e)
{
	char path[CONTAINER_PATH_SIZE];

	if (container->liveness.status == STATUS_RUNNING ||
	    container->liveness.status == STATUS_PAUSED)
		return mount_borrow(container, "/", e);
	container_path(path, DIR_CONTAINERS, container->record.id, "upper");
	return layer_view_open(&engine->state, &container->record.layers, path, e);
}

static int export_copied(struct engine *engine, const struct record *record, int output_fd,
			 struct err *e)
{
	struct root_changes all;
	int r = root_changes_open_all(&engine->state, record, &all, e);

	if (r < 0)
		return r;
	r = image_export(&engine->state, all.fd, output_fd, e);
	root_changes_close(&all);
	return r;
}

static int export_mounted(struct engine *engine, const struct container *container,
			  int output_fd, struct err *e)
{
	AUTO_CLOSE int root_fd = export_open(engine, container, e);

	return root_fd < 0 ? root_fd : image_export(&engine->state, root_fd, output_fd, e);
}

int engine_export(struct engine *engine, const char *name, int output_fd, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct container container;
	int r = engine_get(engine, name, &arena, &container, e);

	if (r < 0)
		return r;
	r = record_is_copied(&container.record)
		    ? export_copied(engine, &container.record, output_fd, e)
		    : export_mounted(engine, &container, output_fd, e);
	return source_result(engine, &container, r, e);
}
