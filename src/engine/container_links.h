/*
 * --link on the default network, where there are no names: the other container's address in
 * /etc/hosts, and its ports in the environment.
 *
 * Docker's links also hand over the whole environment of the other container; with it went its
 * passwords, and docker has given that up. On networks of the user's own a link is an alias,
 * for whoever resolves names there.
 *
 * Runs in: cli (engine).
 * See: docker run --link; moby daemon/links.
 */
#ifndef HOY_ENGINE_CONTAINER_LINKS_H
#define HOY_ENGINE_CONTAINER_LINKS_H

#include "engine/engine.h"

/* Does every linked container exist? Before anything is made. */
int container_links_check(struct engine *engine, const struct container_config *config,
			  struct err *e);

/*
 * Lines for /etc/hosts and variables, of the linked containers, all of which must run and be on
 * the default network. Nothing for a container that is not on it or has no links.
 */
int container_links_read(struct engine *engine, const struct record *record,
			 struct arena *arena, struct str *hosts, struct strv *env,
			 struct err *e);

/* The pure part: the variables of one link. `ports` are "80/tcp", sorted by nobody. */
void container_link_env(const char *self, const char *alias, const char *address,
			const struct strv *ports, struct arena *arena, struct strv *ret);

#endif
