/*
 * run: create and start; in the foreground also wait for the end, and remove what is left.
 *
 * Runs in: runtime.
 */
#include "base/fd.h"
#include "oci/birth.h"
#include "oci/destroy.h"
#include "oci/foreground.h"
#include "oci/poststart.h"

static const struct option options[] = {
	CREATE_OPTIONS,
	{ "detach", 'd', OPTION_BOOL, CREATE_FIELD(is_detached), NULL, NULL,
	  "Leave the container to itself once it has started" },
	{ "keep", 0, OPTION_BOOL, CREATE_FIELD(is_kept), NULL, NULL,
	  "Do not delete the container when it has ended" },
	/* We have no use for orphans: init is a child of ours. */
	{ "no-subreaper", 0, OPTION_BOOL, CREATE_FIELD(no_subreaper), NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};

static const struct oci_syntax syntax = {
	.options = options,
	.min = 1,
	.max = 1,
	.arguments = "<container-id>",
};

static int start(struct birth *birth, struct err *e)
{
	int r = runtime_release(&birth->launch, e);

	if (r < 0)
		return r;
	/* From here on others may do with the container what they like, also delete it. */
	container_unlock(&birth->container);
	return poststart_run(birth->oci, &birth->container, e);
}

/* Our own end of the container's life: it may be gone already, by somebody else's delete. */
static int finish(struct birth *birth, struct err *e)
{
	if (birth->options->is_kept || container_lock(&birth->container) < 0)
		return 0;
	return destroy_remove(birth->oci, &birth->container, e);
}

static int run_detached(struct birth *birth, const char *id, struct err *e)
{
	int r = birth_run(birth, id, e);

	if (r < 0)
		return r;
	r = start(birth, e);
	if (r < 0)
		birth_undo(birth);
	birth_done(birth);
	return r;
}

static int serve(struct birth *birth, struct foreground *foreground, struct err *e)
{
	bool has_terminal = birth->console.our_end >= 0;
	AUTO_CLOSE int master = has_terminal ? console_receive(&birth->console, e) : -1;
	int exit_code = has_terminal && master < 0 ? master : start(birth, e);
	int r;

	if (exit_code < 0) {
		birth_undo(birth);
		return exit_code;
	}
	exit_code = foreground_wait(foreground, birth->launch.pidfd, master, e);
	r = finish(birth, e);
	return exit_code >= 0 && r < 0 ? r : exit_code;
}

static int run_foreground(struct birth *birth, const char *id, struct err *e)
{
	struct foreground foreground;
	int r = foreground_begin(&foreground, e);

	if (r < 0)
		return r;
	r = birth_run(birth, id, e);
	if (r == 0) {
		r = serve(birth, &foreground, e);
		birth_done(birth);
	}
	foreground_end(&foreground);
	return r;
}

int oci_run_container(struct oci *oci, char **argv)
{
	struct create_options values = { 0 };
	struct birth birth = { .oci = oci, .options = &values };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;

	if (!oci_parse(oci, &syntax, argv, &values, &args, &exit_code))
		return exit_code;
	birth.is_detached = values.is_detached;
	exit_code = descriptors_find(values.preserve_fds, &birth.descriptors, &e);
	if (exit_code == 0)
		exit_code = values.is_detached ? run_detached(&birth, args.items[0], &e)
					       : run_foreground(&birth, args.items[0], &e);
	return exit_code < 0 ? oci_report(oci, &e) : exit_code;
}
