/*
 * What is kept of a container: state.json, written and read; and the copy of its config.
 *
 * Nothing is synced: the directory is on a tmpfs, and after a reboot there is no container.
 *
 * Runs in: runtime.
 */
#include "oci/container_state.h"

#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/version.h"
#include "format/json.h"
#include "spec/runtime_spec_read.h"

enum { STATE_VERSION = 1, STATE_MAX = 4 * 1024 * 1024 };

/* --- state.json -------------------------------------------------------------------------- */

void state_print(const struct oci_state *state, struct str *out)
{
	struct json_writer w = { .out = out, .omits_null = true };

	json_begin_object(&w, NULL);
	json_write_i64(&w, "version", STATE_VERSION);
	json_write_i64(&w, "pid", state->pid);
	json_write_u64(&w, "startTicks", state->start_ticks);
	json_write_text(&w, "bundle", state->bundle);
	json_write_text(&w, "root", state->root);
	json_write_u64(&w, "createdNs", state->created_ns);
	json_write_text(&w, "owner", state->owner);
	json_write_text(&w, "cgroupPath", state->cgroup_path);
	json_write_text(&w, "scope", state->scope);
	json_write_bool(&w, "rootless", state->is_rootless);
	json_write_bool(&w, "pidShared", state->is_pid_shared);
	json_write_bool(&w, "poststart", state->has_poststart);
	json_write_bool(&w, "poststop", state->has_poststop);
	json_write_map(&w, "annotations", &state->annotations);
	json_end_object(&w);
}

int container_write_state(struct oci_container *container, const struct oci_state *state,
			  struct err *e)
{
	AUTO_STR struct str text = { 0 };
	int r;

	state_print(state, &text);
	r = str_ok(&text);
	if (r == 0)
		r = file_replace(container->dir_fd, STATE_NAME, str_text(&text), text.len, 0600,
				 FILE_FAST);
	if (r < 0)
		return err_sys(e, r, "write the state of container %s", container->id);
	container->state = *state;
	container->has_state = true;
	return 0;
}

static int members_read(struct json_object *o, struct arena *arena, struct oci_state *ret,
			struct err *e)
{
	char *bundle = NULL;
	char *root = NULL;
	char *owner = NULL;
	char *cgroup_path = NULL;
	char *scope = NULL;
	int64_t version = 0;
	int64_t pid = 0;
	int r = json_get_i64(o, "", "version", STATE_VERSION, STATE_VERSION, &version, e);

#define GET(call)         \
	if (r == 0) {     \
		r = call; \
	}
	GET(json_get_i64(o, "", "pid", 1, INT32_MAX, &pid, e));
	GET(json_get_u64(o, "", "startTicks", UINT64_MAX, &ret->start_ticks, e));
	GET(json_get_string(o, "", "bundle", arena, &bundle, e));
	GET(json_get_string(o, "", "root", arena, &root, e));
	GET(json_get_u64(o, "", "createdNs", UINT64_MAX, &ret->created_ns, e));
	GET(json_get_string(o, "", "owner", arena, &owner, e));
	GET(json_get_string(o, "", "cgroupPath", arena, &cgroup_path, e));
	GET(json_get_string(o, "", "scope", arena, &scope, e));
	GET(json_get_bool(o, "", "rootless", &ret->is_rootless, e));
	GET(json_get_bool(o, "", "pidShared", &ret->is_pid_shared, e));
	GET(json_get_bool(o, "", "poststart", &ret->has_poststart, e));
	GET(json_get_bool(o, "", "poststop", &ret->has_poststop, e));
	GET(json_get_map(o, "", "annotations", arena, &ret->annotations, e));
#undef GET
	if (r < 0)
		return r;
	if (version == 0 || pid == 0 || !bundle || !root || !owner || !cgroup_path)
		return err_set(e, ERR_INVALID, -EINVAL, "a member is missing");
	ret->pid = (pid_t)pid;
	ret->bundle = bundle;
	ret->root = root;
	ret->owner = owner;
	ret->cgroup_path = cgroup_path;
	ret->scope = scope;
	return 0;
}

int state_parse(const char *text, size_t len, struct arena *arena, struct oci_state *ret,
		struct err *e)
{
	AUTO_JSON struct json_object *o = NULL;
	struct oci_state state = { 0 };
	int r = json_parse(text, len, STATE_MAX, STATE_NAME, &o, e);

	if (r < 0)
		return r;
	r = members_read(o, arena, &state, e);
	if (r < 0)
		return err_wrap(e, r, STATE_NAME);
	*ret = state;
	return 0;
}

int state_read(struct oci *oci, int dir_fd, struct oci_state *ret, struct err *e)
{
	AUTO_FREE char *text = NULL;
	size_t len;
	int r = file_read(dir_fd, STATE_NAME, STATE_MAX, &text, &len);

	return r < 0 ? err_sys(e, r, "read %s", STATE_NAME)
		     : state_parse(text, len, &oci->arena, ret, e);
}

/* --- config.json ------------------------------------------------------------------------- */

int container_write_config(struct oci_container *container, const char *text, size_t len,
			   struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	int r;

	FAULT("open");
	fd = openat(container->dir_fd, CONFIG_NAME,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	r = fd < 0 ? -errno : FAULT_OR("write", fd_write_all(fd, text, len));
	return r < 0 ? err_sys(e, r, "keep the config of container %s", container->id) : 0;
}

int container_read_spec(struct oci *oci, const struct oci_container *container,
			struct spec *ret, struct err *e)
{
	struct strv warnings = { 0 }; /* said when it was created */
	AUTO_FREE char *text = NULL;
	size_t len;
	int r = file_read(container->dir_fd, CONFIG_NAME, SPEC_CONFIG_MAX, &text, &len);

	if (r < 0)
		return err_sys(e, r, "read the config of container %s", container->id);
	return spec_parse(text, len, &oci->arena, ret, &warnings, e);
}

/* --- the state of the specification ------------------------------------------------------ */

void container_state_write(struct json_writer *w, const char *id, const struct oci_state *state,
			   const char *status, pid_t pid)
{
	char created[CLOCK_TEXT_SIZE];

	clock_text(state->created_ns, created);
	json_write_text(w, "ociVersion", OCI_RUNTIME_VERSION);
	json_write_text(w, "id", id);
	json_write_i64(w, "pid", pid);
	json_write_text(w, "status", status);
	json_write_text(w, "bundle", state->bundle);
	json_write_text(w, "rootfs", state->root);
	json_write_text(w, "created", created);
	if (state->annotations.count > 0)
		json_write_map(w, "annotations", &state->annotations);
}

void container_state_json(const char *id, const struct oci_state *state, const char *status,
			  pid_t pid, const char *indent, struct str *out)
{
	struct json_writer w = { .out = out, .indent = indent };

	json_begin_object(&w, NULL);
	container_state_write(&w, id, state, status, pid);
	json_write_text(&w, "owner", "");
	json_end_object(&w);
}
