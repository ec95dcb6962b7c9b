/*
 * hoy-image: the only program that parses bytes from outside. It is run by the engine, never by
 * a user; see image/tool.h.
 *
 * Runs in: image.
 */
#include <signal.h>
#include <string.h>

#include "base/fd.h"
#include "base/str.h"
#include "format/json.h"
#include "image/tool.h"
#include "image/tool_compress.h"
#include "image/tool_digest.h"
#include "image/tool_index.h"
#include "image/tool_pack.h"
#include "image/tool_unpack.h"

static int tool_run_unpack(const char *verb, char **words, struct tool_result *result,
			   struct err *e)
{
	struct unpack_options options;
	int r = unpack_options_read(words, &options, e);

	if (r < 0)
		return r;
	return strcmp(verb, "unpack") == 0 ? tool_unpack(&options, result, e)
					   : tool_verify(&options, result, e);
}

static int tool_run(char **argv, struct tool_result *result, struct err *e)
{
	const char *verb = argv[1] ? argv[1] : "";
	const char *how = argv[1] && argv[2] ? argv[2] : "";

	if (strcmp(verb, "unpack") == 0 || strcmp(verb, "verify") == 0)
		return tool_run_unpack(verb, argv + 2, result, e);
	if (strcmp(verb, "pack") == 0 && strcmp(how, "layer") == 0)
		return tool_pack(PACK_LAYER, result, e);
	if (strcmp(verb, "pack") == 0 && strcmp(how, "tree") == 0)
		return tool_pack(PACK_TREE, result, e);
	if (strcmp(verb, "digest") == 0)
		return tool_digest(result, e);
	if (strcmp(verb, "compress") == 0)
		return tool_compress(result, e);
	return err_set(e, ERR_INVALID, -EINVAL,
		       "hoy-image is run by hoy: no verb \"%.40s %.40s\"", verb, how);
}

static void tool_emit_error(int r, const struct err *e, struct str *out)
{
	struct json_writer w = { .out = out };

	json_begin_object(&w, NULL);
	json_write_i64(&w, "kind", e->kind == ERR_NONE ? ERR_INTERNAL : e->kind);
	json_write_i64(&w, "code", r);
	json_write_text(&w, "error", e->kind == ERR_NONE ? strerror(-r) : e->text);
	json_end_object(&w);
}

static void tool_emit(const struct tool_result *result, struct str *out)
{
	struct json_writer w = { .out = out };

	json_begin_object(&w, NULL);
	json_write_bool(&w, "ok", true);
	json_write_text(&w, "blob", result->blob);
	json_write_u64(&w, "blobSize", result->blob_size);
	json_write_text(&w, "diffId", result->diff_id);
	json_write_text(&w, "mediaType", result->media_type);
	json_write_u64(&w, "size", result->size);
	json_write_u64(&w, "files", result->files);
	json_end_object(&w);
}

int main(int argc, char **argv)
{
	AUTO_STR struct str out = { 0 };
	struct tool_result result = { 0 };
	struct err e = { 0 };
	int r;

	(void)argc;
	/* A reader that goes away is an error like any other. */
	(void)signal(SIGPIPE, SIG_IGN);
	if (argv[1] && strcmp(argv[1], "index") == 0) {
		r = tool_index(argv + 2, &out, &e);
	} else {
		r = tool_run(argv, &result, &e);
		if (r == 0)
			tool_emit(&result, &out);
	}
	if (r < 0)
		tool_emit_error(r, &e, &out);
	str_add_char(&out, '\n');
	if (str_ok(&out) < 0 || fd_write_all(TOOL_RESULT, out.data, out.len) < 0)
		return 2;
	return r < 0 ? 1 : 0;
}
