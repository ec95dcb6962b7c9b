/*
 * The parts of config.json, each read by a file of its own: runtime_spec_read_<part>.c. All are
 * object_readers (member.h).
 *
 * Runs in: runtime.
 */
#ifndef HOY_SPEC_RUNTIME_SPEC_PARTS_H
#define HOY_SPEC_RUNTIME_SPEC_PARTS_H

#include "spec/member.h"
#include "spec/runtime_spec.h"

enum { SPEC_MAPPINGS_MAX = 340 /* lines of uid_map, user_namespaces(7) */ };

object_reader spec_read_mount;	      /* struct spec_mount */
object_reader spec_read_mapping;      /* struct spec_id_mapping */
object_reader spec_read_process;      /* struct spec_process */
object_reader spec_read_capabilities; /* struct spec_capabilities */
object_reader spec_read_scheduler;    /* struct spec_process */
object_reader spec_read_io_priority;  /* struct spec_process */
object_reader spec_read_hooks;	      /* struct spec */
object_reader spec_read_linux;	      /* struct spec */
object_reader spec_read_namespace;    /* struct spec_namespace */
object_reader spec_read_device;	      /* struct spec_device */
object_reader spec_read_seccomp;      /* struct spec_seccomp */
object_reader spec_read_resources;    /* struct spec_resources */
object_reader spec_read_block_io;     /* struct spec_resources */

/* Words of config.json that `features` tells. */
extern const struct member spec_hook_members[];
extern const struct member_word spec_namespace_words[];
extern const struct member_word spec_memory_modes[];
extern const struct member_word spec_memory_flags[];

/* What annotations change in the spec that they stand in; read last. */
int spec_read_annotations(struct spec *spec, struct reading *in);

/* ": missing" unless `text` is there, ": ... is not an absolute path" unless it is one. */
int spec_check_present(const struct reading *in, const char *key, const char *text);
int spec_check_absolute(const struct reading *in, const char *key, const char *text);
/* May a network interface be called so? */
int spec_check_interface(const struct reading *in, const char *key, const char *text);

#endif
