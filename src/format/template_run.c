/*
 * Walking a template's tree over a JSON value: see template.h and template_run.h.
 *
 * Docker evaluates inspect's templates over structures and, where that fails, over the JSON. We
 * have only the JSON: what is a structure there (its absent field is an error) and what is a
 * map (its absent key is "<no value>") is told by the name of the member that holds it.
 *
 * Over 500 lines because it is one thing: the walk, whose functions call each other.
 *
 * Runs in: cli.
 * See: Go's text/template/exec.go; docker cli/command/inspect.
 */
#include "format/template_run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "format/template.h"

enum { WALK_ON = 0, WALK_BREAK = 1, WALK_CONTINUE = 2 };

/* Members that are maps in docker's structures: any key may be absent. */
static const char *const map_members[] = {
	"Annotations", "Containers", "DriverOpts", "ExposedPorts", "Label",
	"Labels",      "Networks",   "Options",	   "PortBindings", "Ports",
	"Sysctls",     "Tmpfs",	     "Volumes",
};

static int walk_list(struct run *run, const struct node *node, struct value dot);
static int eval_pipeline(struct run *run, const struct pipeline *pipeline, struct value dot,
			 struct value *ret);

/* --- errors and memory
 * ----------------------------------------------------------------------------------------------------
 */

static int fail_with(struct run *run, const char *at, const char *source, size_t len,
		     const char *said)
{
	const char *start = run->template->text;
	size_t line = 1;

	for (const char *c = start; c < at; c++) {
		if (*c == '\n') {
			line++;
			start = c + 1;
		}
	}
	return err_set(
		run->e, ERR_INVALID, -EINVAL,
		"template parsing error: template: :%zu:%zu: executing \"\" at <%.*s>: %s",
		line, (size_t)(at - start), (int)len, source, said);
}

int run_fail(struct run *run, const char *at, const char *source, size_t len,
	     const char *format, ...)
{
	char said[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(said, sizeof(said), format, args);
	va_end(args);
	return fail_with(run, at, source, len, said);
}

int call_fail(const struct call *call, const char *format, ...)
{
	char said[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(said, sizeof(said), format, args);
	va_end(args);
	return run_fail(call->run, call->at, call->at, call->len, "error calling %s: %s",
			call->name, said);
}

static int run_limit(struct run *run)
{
	return err_set(
		run->e, ERR_INVALID, -EINVAL,
		"template parsing error: the template makes too much text or takes too long");
}

int run_own(struct run *run, struct json_object *take_json, struct value *ret)
{
	if (!take_json || json_object_array_add(run->pool, take_json) < 0) {
		(void)json_object_put(take_json);
		return err_set(run->e, ERR_INTERNAL, -ENOMEM, "template: out of memory");
	}
	*ret = (struct value){ .json = take_json };
	return 0;
}

int run_text(struct run *run, const struct str *text, struct value *ret)
{
	if (str_ok(text) < 0)
		return err_set(run->e, ERR_INTERNAL, -ENOMEM, "template: out of memory");
	run->made_bytes += text->len + sizeof(struct value);
	if (run->made_bytes > TEMPLATE_OUTPUT_MAX)
		return run_limit(run);
	return run_own(run, json_object_new_string_len(str_text(text), (int)text->len), ret);
}

static int run_step(struct run *run)
{
	if (++run->steps > TEMPLATE_STEPS_MAX || run->out->len > TEMPLATE_OUTPUT_MAX)
		return run_limit(run);
	return 0;
}

/* --- variables
 * ------------------------------------------------------------------------------------------------------------
 */

static int push_variable(struct run *run, const char *name, struct value value)
{
	if (run->variable_count == TEMPLATE_VARIABLES_MAX)
		return run_limit(run);
	run->variables[run->variable_count++] = (struct variable){ name, value };
	return 0;
}

/* The parser has seen to it that there is one. */
static struct variable *find_variable(struct run *run, const char *name)
{
	for (size_t i = run->variable_count; i > 0; i--)
		if (strcmp(run->variables[i - 1].name, name) == 0)
			return &run->variables[i - 1];
	return NULL;
}

static int set_variable(struct run *run, const struct pipeline *pipeline, size_t index,
			struct value value)
{
	struct variable *variable;

	if (!pipeline->is_assignment)
		return push_variable(run, pipeline->variables[index], value);
	variable = find_variable(run, pipeline->variables[index]);
	if (!variable)
		return run_fail(run, pipeline->at, pipeline->at, pipeline->len,
				"undefined variable: %s", pipeline->variables[index]);
	variable->value = value;
	return 0;
}

/* --- operands
 * -------------------------------------------------------------------------------------------------------------
 */

static bool is_map_member(const char *name)
{
	for (size_t i = 0; name && i < sizeof(map_members) / sizeof(map_members[0]); i++)
		if (strcmp(map_members[i], name) == 0)
			return true;
	return false;
}

/*
 * Members that docker's structures always have and its JSON leaves out when they are nothing,
 * and how nothing is printed. Those that are pointers stand here too.
 */
static const char *absent_text(const char *name)
{
	static const char *const members[][2] = {
		{ "Annotations", "map[]" },
		{ "BindOptions", "<nil>" },
		{ "DockerVersion", "" },
		{ "ExposedPorts", "map[]" },
		{ "Health", "<nil>" },
		{ "Healthcheck", "<nil>" },
		{ "IPAMConfig", "<nil>" },
		{ "Init", "<nil>" },
		{ "MemorySwappiness", "<nil>" },
		{ "Mounts", "[]" },
		{ "OomKillDisable", "<nil>" },
		{ "OsVersion", "" },
		{ "PidsLimit", "<nil>" },
		{ "Shell", "[]" },
		{ "StopSignal", "" },
		{ "StopTimeout", "<nil>" },
		{ "StorageOpt", "map[]" },
		{ "Sysctls", "map[]" },
		{ "TmpfsOptions", "<nil>" },
		{ "Tmpfs", "map[]" },
		{ "Variant", "" },
		{ "VolumeOptions", "<nil>" },
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (strcmp(members[i][0], name) == 0)
			return members[i][1];
	return NULL;
}

/* A null that is there is a list without elements, a map without entries, or a pointer; the
 * name tells which. */
static const char *nil_text(const char *name)
{
	const char *text = absent_text(name);

	if (text)
		return text;
	return is_map_member(name) ? "map[]" : "[]";
}

/* A member of an object; what docker's structures call ID is Id in its JSON. */
static bool find_member(struct json_object *object, const char *name, bool is_map,
			struct json_object **ret)
{
	return json_object_object_get_ex(object, name, ret) ||
	       (!is_map && strcmp(name, "ID") == 0 &&
		json_object_object_get_ex(object, "Id", ret));
}

/* What docker's JSON leaves out: text is empty text, all else nil that knows how it is printed. */
static int eval_absent(struct run *run, const char *nil_text, struct value *value)
{
	AUTO_STR struct str nothing = { 0 };

	if (nil_text[0] == '\0')
		return run_text(run, &nothing, value);
	*value = (struct value){ .is_absent = true, .nil_text = nil_text };
	return 0;
}

/* One field of a value; `holder` is the name of the member that the value is. */
static int eval_field(struct run *run, const struct operand *operand, const char *holder,
		      const char *name, struct value *value)
{
	bool is_map = is_map_member(holder);
	struct json_object *found = NULL;
	bool is_there;

	if (value->is_missing)
		return 0;
	if (!value->json && is_map) {
		value->is_missing = true;
		return 0;
	}
	if (value->is_absent)
		return run_fail(run, operand->field_at, operand->at, operand->len,
				"map has no entry for key \"%s\"", holder);
	if (!value->json)
		return run_fail(run, operand->field_at, operand->at, operand->len,
				"nil pointer evaluating interface {}.%s", name);
	if (!json_object_is_type(value->json, json_type_object))
		return run_fail(run, operand->field_at, operand->at, operand->len,
				"can't evaluate field %s in type %s", name,
				value_type_name(*value));
	is_there = find_member(value->json, name, is_map, &found);
	if (!is_there && !is_map && absent_text(name))
		return eval_absent(run, absent_text(name), value);
	if (!is_there && !is_map)
		return run_fail(run, operand->field_at, operand->at, operand->len,
				"map has no entry for key \"%s\"", name);
	*value = (struct value){ .json = found,
				 .is_missing = !is_there,
				 .nil_text = found ? NULL : nil_text(name) };
	return 0;
}

static int eval_fields(struct run *run, const struct operand *operand, struct value *value)
{
	const char *holder = NULL;

	for (size_t i = 0; i < operand->fields.count; i++) {
		int r = eval_field(run, operand, holder, operand->fields.items[i], value);

		if (r < 0)
			return r;
		holder = operand->fields.items[i];
	}
	return 0;
}

static int call_function(struct run *run, const struct template_function *function,
			 const struct command *command, const struct value *args, size_t count,
			 struct value *ret)
{
	struct call call = { run, function->name, command->at, command->len, args, count };

	if (count < function->min || count > function->max)
		return run_fail(
			run, command->at, command->at, command->len,
			"wrong number of args for %s: want %s%zu got %zu", function->name,
			function->max > function->min && count < function->min ? "at least "
									       : "",
			count < function->min ? function->min : function->max, count);
	return function->call(&call, ret);
}

static int eval_operand(struct run *run, const struct operand *operand, struct value dot,
			struct value *ret)
{
	struct value value = { 0 };
	struct command alone = { .at = operand->at, .len = operand->len };
	int r = 0;

	switch (operand->kind) {
	case OPERAND_DOT:
		value = dot;
		break;
	case OPERAND_NIL:
		break;
	case OPERAND_CONSTANT:
		value.json = operand->constant;
		break;
	case OPERAND_VARIABLE:
		value = find_variable(run, operand->variable)->value;
		break;
	case OPERAND_FUNCTION:
		r = call_function(run, operand->function, &alone, NULL, 0, &value);
		break;
	case OPERAND_PIPELINE:
		r = eval_pipeline(run, operand->pipeline, dot, &value);
		break;
	}
	if (r == 0)
		r = eval_fields(run, operand, &value);
	if (r == 0)
		*ret = value;
	return r;
}

/* --- commands
 * -------------------------------------------------------------------------------------------------------------
 */

/* `and` and `or` look at no more arguments than they need. */
static int eval_logic(struct run *run, const struct command *command, struct value dot,
		      const struct value *final, struct value *ret)
{
	bool is_and = command->first->function->name[0] == 'a';
	struct value value = { 0 };

	if (command->count == 1 && !final)
		return run_fail(run, command->at, command->at, command->len,
				"wrong number of args for %s: want at least 1 got 0",
				command->first->function->name);
	for (const struct operand *operand = command->first->next; operand;
	     operand = operand->next) {
		int r = eval_operand(run, operand, dot, &value);

		if (r < 0)
			return r;
		if (value_is_true(value) != is_and) {
			*ret = value;
			return 0;
		}
	}
	*ret = final ? *final : value;
	return 0;
}

static int eval_call(struct run *run, const struct command *command, struct value dot,
		     const struct value *final, struct value *ret)
{
	const struct template_function *function = command->first->function;
	struct value args[TEMPLATE_ARGUMENTS_MAX + 1];
	size_t count = 0;
	int r;

	if (strcmp(function->name, "and") == 0 || strcmp(function->name, "or") == 0)
		return eval_logic(run, command, dot, final, ret);
	for (const struct operand *operand = command->first->next; operand;
	     operand = operand->next) {
		r = eval_operand(run, operand, dot, &args[count]);
		if (r < 0)
			return r;
		count++;
	}
	if (final)
		args[count++] = *final;
	r = call_function(run, function, command, args, count, ret);
	return r < 0 ? r : eval_fields(run, command->first, ret);
}

/* A field with an argument, as `.Label "key"`: the entry of a map, "" when there is none. */
static int eval_method(struct run *run, const struct command *command, struct value object,
		       struct value argument, struct value *ret)
{
	AUTO_STR struct str nothing = { 0 };
	struct json_object *found;

	if (command->first->fields.count == 0)
		return run_fail(run, command->at, command->at, command->len,
				"can't give argument to non-function %.*s",
				(int)command->first->len, command->first->at);
	if (value_type(object) != json_type_object || value_type(argument) != json_type_string)
		return run_fail(run, command->first->field_at, command->first->at,
				command->first->len,
				"%s has arguments but cannot be invoked as function",
				command->first->fields.items[command->first->fields.count - 1]);
	if (!json_object_object_get_ex(object.json, json_object_get_string(argument.json),
				       &found))
		return run_text(run, &nothing, ret);
	*ret = (struct value){ .json = found };
	return 0;
}

static int eval_command(struct run *run, const struct command *command, struct value dot,
			const struct value *final, struct value *ret)
{
	struct value value;
	struct value argument;
	int r = run_step(run);

	if (r < 0)
		return r;
	if (command->first->kind == OPERAND_FUNCTION)
		return eval_call(run, command, dot, final, ret);
	r = eval_operand(run, command->first, dot, &value);
	if (r < 0)
		return r;
	if (command->count + (final ? 1 : 0) == 1) {
		*ret = value;
		return 0;
	}
	if (command->count + (final ? 1 : 0) > 2)
		return run_fail(run, command->at, command->at, command->len,
				"can't give arguments to non-function %.*s",
				(int)command->first->len, command->first->at);
	if (final)
		argument = *final;
	else
		r = eval_operand(run, command->first->next, dot, &argument);
	return r < 0 ? r : eval_method(run, command, value, argument, ret);
}

/* The value of the last stage; declared variables are the caller's. */
static int eval_stages(struct run *run, const struct pipeline *pipeline, struct value dot,
		       struct value *ret)
{
	struct value value = { 0 };
	const struct value *final = NULL;

	for (const struct command *command = pipeline->first; command;
	     command = command->next) {
		struct value made;
		int r = eval_command(run, command, dot, final, &made);

		if (r < 0)
			return r;
		value = made;
		final = &value;
	}
	*ret = value;
	return 0;
}

static int eval_pipeline(struct run *run, const struct pipeline *pipeline, struct value dot,
			 struct value *ret)
{
	int r = eval_stages(run, pipeline, dot, ret);

	for (size_t i = 0; r == 0 && i < pipeline->variable_count; i++)
		r = set_variable(run, pipeline, i, *ret);
	return r;
}

/* --- nodes
 * ----------------------------------------------------------------------------------------------------------------
 */

static int walk_action(struct run *run, const struct node *node, struct value dot)
{
	struct value value;
	int r = eval_pipeline(run, node->pipeline, dot, &value);

	if (r == 0 && node->pipeline->variable_count == 0)
		value_print(value, run->out);
	return r;
}

static int walk_condition(struct run *run, const struct node *node, struct value dot)
{
	size_t variable_count = run->variable_count;
	struct value value;
	int r = eval_pipeline(run, node->pipeline, dot, &value);

	if (r < 0)
		return r;
	if (value_is_true(value))
		r = walk_list(run, node->body, node->kind == NODE_WITH ? value : dot);
	else
		r = walk_list(run, node->otherwise, dot);
	run->variable_count = variable_count;
	return r;
}

/* One round of a range. Returns WALK_BREAK to end it. */
static int walk_round(struct run *run, const struct node *node, struct value key,
		      struct value element)
{
	const struct pipeline *pipeline = node->pipeline;
	size_t variable_count = run->variable_count;
	int r = run_step(run);

	if (r == 0 && pipeline->variable_count == 1)
		r = set_variable(run, pipeline, 0, element);
	if (r == 0 && pipeline->variable_count == 2)
		r = set_variable(run, pipeline, 0, key);
	if (r == 0 && pipeline->variable_count == 2)
		r = set_variable(run, pipeline, 1, element);
	if (r == 0)
		r = walk_list(run, node->body, element);
	run->variable_count = variable_count;
	return r == WALK_CONTINUE ? WALK_ON : r;
}

static int range_array(struct run *run, const struct node *node, struct value array)
{
	size_t count = json_object_array_length(array.json);
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		struct value key = { 0 };

		if (node->pipeline->variable_count == 2)
			r = run_own(run, json_object_new_int64((int64_t)i), &key);
		if (r == 0)
			r = walk_round(run, node, key,
				       (struct value){ .json = json_object_array_get_idx(
							       array.json, i) });
	}
	return r;
}

static int range_object(struct run *run, const struct node *node, struct value object)
{
	size_t count;
	AUTO_FREE const char **keys = object_keys(object.json, &count);
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		struct value key = { 0 };

		if (node->pipeline->variable_count == 2)
			r = run_own(run, json_object_new_string(keys[i]), &key);
		if (r == 0)
			r = walk_round(run, node, key,
				       (struct value){ .json = json_object_object_get(
							       object.json, keys[i]) });
	}
	return r;
}

static int range_number(struct run *run, const struct node *node, struct value number)
{
	int64_t count = json_object_get_int64(number.json);
	int r = 0;

	for (int64_t i = 0; r == 0 && i < count; i++) {
		struct value element;

		r = run_own(run, json_object_new_int64(i), &element);
		if (r == 0)
			r = walk_round(run, node, element, element);
	}
	return r;
}

static int walk_range(struct run *run, const struct node *node, struct value dot)
{
	struct value value;
	int r = eval_stages(run, node->pipeline, dot, &value);

	if (r < 0)
		return r;
	if (!value_is_true(value) && value_type(value) != json_type_string &&
	    value_type(value) != json_type_boolean)
		return walk_list(run, node->otherwise, dot);
	if (value_type(value) == json_type_array)
		r = range_array(run, node, value);
	else if (value_type(value) == json_type_object)
		r = range_object(run, node, value);
	else if (value_type(value) == json_type_int)
		r = range_number(run, node, value);
	else
		return run_fail(run, node->pipeline->at, node->pipeline->at,
				node->pipeline->len, "range can't iterate over %s",
				json_object_get_string(value.json));
	return r == WALK_BREAK ? WALK_ON : r;
}

static int walk_node(struct run *run, const struct node *node, struct value dot)
{
	switch (node->kind) {
	case NODE_TEXT:
		str_add_bytes(run->out, node->text, node->len);
		return 0;
	case NODE_ACTION:
		return walk_action(run, node, dot);
	case NODE_IF:
	case NODE_WITH:
		return walk_condition(run, node, dot);
	case NODE_RANGE:
		return walk_range(run, node, dot);
	case NODE_BREAK:
		return WALK_BREAK;
	case NODE_CONTINUE:
		return WALK_CONTINUE;
	}
	return 0;
}

/* Recursion is as deep as the parser allowed. Returns 0, WALK_BREAK, WALK_CONTINUE or a
 * negative errno. */
static int walk_list(struct run *run, const struct node *node, struct value dot)
{
	int r = 0;

	for (; r == 0 && node; node = node->next) {
		r = run_step(run);
		if (r == 0)
			r = walk_node(run, node, dot);
	}
	return r;
}

int template_run(const struct template *t, struct json_object *value, struct str *out,
		 struct err *e)
{
	struct variable variables[TEMPLATE_VARIABLES_MAX];
	struct run run = { .template = t,
			   .pool = json_object_new_array(),
			   .variables = variables,
			   .out = out,
			   .e = e };
	struct value dot = { .json = value };
	int r;

	if (!run.pool)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "template: out of memory");
	r = push_variable(&run, "$", dot);
	if (r == 0)
		r = walk_list(&run, t->first, dot);
	(void)json_object_put(run.pool);
	if (r == 0 && str_ok(out) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "template: out of memory");
	return r;
}
