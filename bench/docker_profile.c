/*
 * Print docker's default system call profile as the "linux.seccomp" object that docker puts into config.json for a container
 * with its default capabilities: the rules' conditions are decided, one rule after the other, nothing is compiled.
 *
 * Runs in: the benchmark only (bench/bundle).
 * See: src/runtime/seccomp_default.c, which has the table.
 */
#include <stdio.h>

#include "format/json.h"
#include "runtime/seccomp_default.h"

static const uint64_t docker_capabilities = 0xa80425fb;

static void print_rule(struct json_writer *w, const struct spec_seccomp_rule *rule)
{
	json_begin_object(w, NULL);
	json_write_strings(w, "names", &rule->names);
	json_write_text(w, "action", rule->action);
	if (rule->has_errno)
		json_write_u64(w, "errnoRet", rule->errno_ret);
	if (rule->arg_count > 0)
		json_begin_array(w, "args");
	for (size_t i = 0; i < rule->arg_count; i++) {
		json_begin_object(w, NULL);
		json_write_u64(w, "index", rule->args[i].index);
		json_write_u64(w, "value", rule->args[i].value);
		json_write_u64(w, "valueTwo", rule->args[i].value_two);
		json_write_text(w, "op", rule->args[i].op);
		json_end_object(w);
	}
	if (rule->arg_count > 0)
		json_end_array(w);
	json_end_object(w);
}

static void print_profile(struct json_writer *w, const struct spec_seccomp *profile)
{
	json_begin_object(w, NULL);
	json_write_text(w, "defaultAction", profile->default_action);
	if (profile->has_default_errno)
		json_write_u64(w, "defaultErrnoRet", profile->default_errno_ret);
	json_write_strings(w, "architectures", &profile->architectures);
	json_begin_array(w, "syscalls");
	for (size_t i = 0; i < profile->rule_count; i++)
		print_rule(w, &profile->rules[i]);
	json_end_array(w);
	json_end_object(w);
}

int main(void)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str out = { 0 };
	struct json_writer w = { .out = &out };
	struct spec_seccomp profile;
	struct seccomp_host host;
	struct err e = { 0 };

	seccomp_host_read(&host);
	if (seccomp_default(docker_capabilities, &host, &arena, &profile, &e) < 0) {
		fprintf(stderr, "docker_profile: %s\n", e.text);
		return 1;
	}
	print_profile(&w, &profile);
	if (str_ok(&out) < 0)
		return 1;
	puts(out.data);
	return 0;
}
