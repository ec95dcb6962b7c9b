/*
 * The log of hoy-runtime, in the two formats of logrus, which runc's callers read: containerd
 * and docker show their users the last line of level "error".
 *
 *   text   time="2026-11-24T10:00:00Z" level=error msg="container does not exist"
 *   json   {"level":"error","msg":"container does not exist","time":"2026-11-24T10:00:00Z"}
 *
 * Runs in: runtime.
 */
#ifndef HOY_OCI_LOG_H
#define HOY_OCI_LOG_H

#include "base/log.h"
#include "oci/oci.h"

/* From now on warnings and traces of every folder go where `oci` says, which is borrowed. */
void oci_log_open(const struct oci *oci);
/* One line, into the file or, where there is none, to standard error. */
void oci_log_write(const struct oci *oci, enum log_level level, const char *message);
/* One line in the format, with its newline. */
void oci_log_format(enum oci_log_format format, enum log_level level, const char *message,
		    uint64_t wall_ns, struct str *out);
/* "text" and "json"; "error", "warn", "warning" ... Return 0 or -EINVAL. */
int oci_log_format_parse(const char *text, enum oci_log_format *ret);
int oci_log_level_parse(const char *text, enum log_level *ret);

#endif
