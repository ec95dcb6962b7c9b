/*
 * See cgroup_settings.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/cgroup_settings.h"

#include "runtime/cgroup_file.h"

int cgroup_settings_write(int dir_fd, struct cgroup_setting *settings, size_t count,
			  struct err *e)
{
	int refused = 0;
	bool has_progress = true;

	while (has_progress) {
		has_progress = false;
		refused = 0;
		for (size_t i = 0; i < count; i++) {
			int r = settings[i].file ? cgroup_write(dir_fd, settings[i].file,
								settings[i].value, e)
						 : 0;

			if (r < 0 && r != -EINVAL)
				return r;
			if (r < 0) {
				refused = r;
			} else if (settings[i].file) {
				settings[i].file = NULL;
				has_progress = true;
			}
		}
		has_progress = has_progress && refused < 0;
	}
	if (refused == 0 && e)
		*e = (struct err){ 0 };
	return refused;
}
