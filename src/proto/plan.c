/*
 * See plan.h. Checking what was received is in plan_check.c.
 *
 * Runs in: runtime (writes), init (reads).
 */
#include "proto/plan.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "base/fault.h"
#include "base/fd.h"

enum { PLAN_ALIGN = 8 };

const char *plan_get_text(const struct plan_header *plan, plan_text text)
{
	return text ? (const char *)plan + text : NULL;
}

void plan_builder_init(struct plan_builder *b, enum plan_kind kind)
{
	static const struct plan_header empty;

	*b = (struct plan_builder){ 0 };
	b->header = (struct plan_header){
		.magic = PLAN_MAGIC,
		.version = PLAN_VERSION,
		.kind = kind,
		.root_fd = -1,
		.null_fd = -1,
		.seccomp_notify_fd = -1,
		.personality = PLAN_LEAVE,
		.console_fd = -1,
		.scheduler_policy = PLAN_LEAVE,
		.io_priority = PLAN_LEAVE,
		.memory_mode = PLAN_LEAVE,
		.pid_fd = -1,
		.wait_fd = -1,
		.state_fd = -1,
		.hook_output_fd = -1,
		.hook_error_fd = -1,
	};
	/* The header's place; it is filled in by plan_finish. */
	str_add_bytes(&b->bytes, &empty, sizeof(empty));
}

void plan_builder_done(struct plan_builder *b)
{
	str_done(&b->bytes);
}

plan_text plan_add_text(struct plan_builder *b, const char *text)
{
	size_t offset = b->bytes.len;

	if (!text)
		return 0;
	str_add_bytes(&b->bytes, text, strlen(text) + 1);
	/* A block over the limit is refused by plan_finish, so a cut offset is never read. */
	return (plan_text)offset;
}

static void plan_align(struct plan_builder *b)
{
	static const char zeros[PLAN_ALIGN];

	str_add_bytes(&b->bytes, zeros, (PLAN_ALIGN - b->bytes.len % PLAN_ALIGN) % PLAN_ALIGN);
}

struct plan_list plan_add_array(struct plan_builder *b, const void *elements, size_t count,
				size_t size)
{
	struct plan_list list = { 0 };
	size_t bytes;

	if (count == 0)
		return list;
	if (count > PLAN_SIZE_MAX || __builtin_mul_overflow(count, size, &bytes)) {
		b->bytes.is_broken = true;
		return list;
	}
	plan_align(b);
	list.offset = (uint32_t)b->bytes.len;
	list.count = (uint32_t)count;
	str_add_bytes(&b->bytes, elements, bytes);
	return list;
}

struct plan_list plan_add_texts(struct plan_builder *b, char *const *texts, size_t count)
{
	struct plan_list list = { 0 };
	plan_text *offsets;

	if (count == 0)
		return list;
	offsets = calloc(count, sizeof(*offsets));
	if (!offsets) {
		b->bytes.is_broken = true;
		return list;
	}
	for (size_t i = 0; i < count; i++)
		offsets[i] = plan_add_text(b, texts[i]);
	list = plan_add_array(b, offsets, count, sizeof(*offsets));
	free(offsets);
	return list;
}

int plan_finish(struct plan_builder *b, const void **ret_block, size_t *ret_len)
{
	plan_align(b);
	if (str_ok(&b->bytes) < 0)
		return -ENOMEM;
	if (b->bytes.len > PLAN_SIZE_MAX)
		return -E2BIG;
	b->header.size = (uint32_t)b->bytes.len;
	memcpy(b->bytes.data, &b->header, sizeof(b->header));
	*ret_block = b->bytes.data;
	*ret_len = b->bytes.len;
	return 0;
}

int plan_seal(struct plan_builder *b, struct err *e)
{
	static const int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
	AUTO_CLOSE int fd = -EBADF;
	const void *block;
	size_t len;
	int r = plan_finish(b, &block, &len);

	if (r < 0)
		return err_sys(e, r, "build the plan of the container's init");
	r = FAULT_OR("memfd_create", memfd_create("hoy-plan", MFD_CLOEXEC | MFD_ALLOW_SEALING));
	fd = r;
	if (fd < 0)
		return err_sys(e, r == -EIO ? EIO : errno, "make a memfd for the plan");
	r = fd_write_all(fd, block, len);
	if (r < 0)
		return err_sys(e, r, "write the plan");
	if (fcntl(fd, F_ADD_SEALS, seals) < 0)
		return err_sys(e, errno, "seal the plan");
	return fd_take(&fd);
}
