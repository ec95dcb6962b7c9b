/*
 * See container_match.h.
 *
 * Runs in: runtime.
 */
#include "oci/container_match.h"

#include <dirent.h>
#include <regex.h>

static int ids_find(struct oci *oci, const regex_t *regex, struct strv *ids, struct err *e)
{
	DIR *dir = opendir(oci->root);
	struct dirent *entry;

	if (!dir)
		return errno == ENOENT ? 0 : err_sys(e, errno, "open %s", oci->root);
	while ((entry = readdir(dir))) {
		if (container_id_check(entry->d_name, NULL) == 0 &&
		    regexec(regex, entry->d_name, 0, NULL, 0) == 0)
			strv_add(ids, &oci->arena, entry->d_name);
	}
	(void)closedir(dir);
	return arena_ok(&oci->arena) < 0 ? err_sys(e, ENOMEM, "list %s", oci->root) : 0;
}

static int ids_match(struct oci *oci, const char *pattern, struct strv *ids, struct err *e)
{
	regex_t regex;
	int r;

	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return err_set(e, ERR_INVALID, -EINVAL, "\"%s\" is no regular expression",
			       pattern);
	r = ids_find(oci, &regex, ids, e);
	regfree(&regex);
	return r;
}

int container_match(struct oci *oci, const char *name, bool is_regex, container_each *each,
		    const void *context)
{
	struct strv ids = { 0 };
	struct err e = { 0 };
	int exit_code = 0;

	if (!is_regex)
		strv_add(&ids, &oci->arena, name);
	else if (ids_match(oci, name, &ids, &e) < 0)
		return oci_report(oci, &e);
	for (size_t i = 0; i < ids.count; i++) {
		e = (struct err){ 0 };
		if (each(oci, ids.items[i], context, &e) < 0)
			exit_code = oci_report(oci, &e);
	}
	return exit_code;
}
