/*
 * Published ports as `ps` and `port` print them.
 *
 * Runs in: cli.
 * See: docker ps(1), docker port(1).
 */
#ifndef HOY_CLI_PORT_TEXT_H
#define HOY_CLI_PORT_TEXT_H

#include "base/str.h"
#include "spec/port_mapping.h"

/*
 * "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 443/tcp": what is published, ranges together, then
 * what of `exposed` ("443/tcp") is not, ranges as one.
 */
void port_text_list(const struct port_mapping *ports, size_t count, const struct strv *exposed,
		    struct arena *arena, struct str *out);

/* "80/tcp". */
enum { PORT_KEY_SIZE = 16 };
void port_text_key(const struct port_mapping *port, char key[PORT_KEY_SIZE]);

#endif
