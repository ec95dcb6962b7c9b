/*
 * Which hoy this is, and which version of the OCI runtime specification it follows.
 *
 * Runs in: cli, runtime.
 */
#ifndef HOY_BASE_VERSION_H
#define HOY_BASE_VERSION_H

#define HOY_VERSION "0.1.0"

/* See: opencontainers/runtime-spec, config.md "Specification version". */
#define OCI_RUNTIME_VERSION "1.3.0"

#endif
