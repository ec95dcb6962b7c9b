/*
 * What load prints, and pull when it loads: docker's words.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_LOAD_REPORT_H
#define HOY_CLI_LOAD_REPORT_H

/* As archive_load_request.loaded: "Loaded image: NAME", "Loaded image ID: ID". */
void load_report(void *context, const char *name, const char *id);
/* Only the name, or the id of an image without one. */
void load_report_quietly(void *context, const char *name, const char *id);

#endif
