/*
 * hoy login: credentials that a registry has taken are kept for later.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/prompt.h"
#include "engine/login.h"

struct login_options {
	char *user;
	char *password;
	bool reads_password;
};

#define FIELD(name) offsetof(struct login_options, name)
static const struct option login_option_table[] = {
	{ "password", 'p', OPTION_TEXT, FIELD(password), NULL, NULL, "Password" },
	{ "password-stdin", 0, OPTION_BOOL, FIELD(reads_password), NULL, NULL,
	  "Take the password from stdin" },
	{ "username", 'u', OPTION_TEXT, FIELD(user), NULL, NULL, "Username" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

/* What a login is made of; texts are secret. */
struct login {
	const char *server; /* as the user wrote it */
	struct reference registry;
	struct login_options options;
	struct arena arena;
	struct registry_credentials credentials;
};

static int check_options(const struct login_options *o, struct err *e)
{
	if (o->password && o->reads_password)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "--password and --password-stdin are mutually exclusive");
	if (o->reads_password && str_is_empty(o->user))
		return err_set(e, ERR_INVALID, -EINVAL, "--password-stdin needs --username");
	return 0;
}

/* --- where the user name and the password come from --------------------------------------- */

static int keep(struct login *login, const struct str *text, char **ret, struct err *e)
{
	*ret = arena_copy(&login->arena, str_text(text));
	return str_ok(text) < 0 || !*ret ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory") : 0;
}

static int read_password(struct login *login, struct err *e)
{
	AUTO_STR struct str text = { .is_secret = true };
	char piece[512];
	ssize_t n;

	while ((n = read(STDIN_FILENO, piece, sizeof(piece))) > 0) {
		if (text.len + (size_t)n > CREDENTIAL_TEXT_MAX)
			return err_set(e, ERR_INVALID, -EFBIG,
				       "the password is longer than %d bytes",
				       CREDENTIAL_TEXT_MAX);
		str_add_bytes(&text, piece, (size_t)n);
	}
	explicit_bzero(piece, sizeof(piece));
	if (n < 0)
		return err_sys(e, errno, "read the password");
	if (text.len > 0 && text.data[text.len - 1] == '\n')
		text.data[--text.len] = '\0';
	if (text.len > 0 && text.data[text.len - 1] == '\r')
		text.data[--text.len] = '\0';
	if (strlen(str_text(&text)) != text.len)
		return err_set(e, ERR_INVALID, -EINVAL, "there is a NUL in the password");
	return keep(login, &text, &login->credentials.password, e);
}

static int ask_user(struct login *login, const char *stored, struct err *e)
{
	AUTO_STR struct str text = { 0 };
	AUTO_STR struct str question = { 0 };
	int r;

	if (stored)
		str_printf(&question, "Username (%s): ", stored);
	else
		str_add(&question, "Username: ");
	r = prompt_line(str_text(&question), &text, e);
	if (r == 0 && text.len == 0 && stored)
		str_add(&text, stored);
	return r < 0 ? r : keep(login, &text, &login->credentials.user, e);
}

static int ask_password(struct login *login, struct err *e)
{
	AUTO_STR struct str text = { .is_secret = true };
	int r = prompt_secret("Password: ", &text, e);

	return r < 0 ? r : keep(login, &text, &login->credentials.password, e);
}

/* What was not given by flags. */
static int ask(struct login *login, const char *stored_user, struct err *e)
{
	struct registry_credentials *c = &login->credentials;
	int r = 0;

	c->user = login->options.user;
	c->password = login->options.password;
	if (login->options.reads_password)
		r = read_password(login, e);
	else if ((str_is_empty(c->user) || str_is_empty(c->password)) && !isatty(STDIN_FILENO))
		return err_set(e, ERR_INVALID, -ENOTTY,
			       "there is no terminal to ask for user and password\n"
			       "hint: give --username and --password-stdin");
	if (r == 0 && str_is_empty(c->user))
		r = ask_user(login, stored_user, e);
	if (r == 0 && str_is_empty(c->password) && !login->options.reads_password)
		r = ask_password(login, e);
	if (r < 0)
		return r;
	if (str_is_empty(c->user) || str_is_empty(c->password))
		return err_set(e, ERR_INVALID, -EINVAL, "user and password must not be empty");
	return 0;
}

/* --- the login ---------------------------------------------------------------------------- */

/* With what is stored already. Returns 1 when the registry takes it, 0 when it must be asked
 * for, or -errno. */
static int try_stored(struct login *login, char **ret_user, struct err *e)
{
	struct registry_credentials stored = { 0 };
	char *token;
	int r;

	if (login->options.user || login->options.password)
		return 0;
	r = login_stored(&login->registry, &login->arena, &stored, e);
	if (r < 0 || credentials_are_empty(&stored))
		return r;
	*ret_user = stored.user;
	(void)puts("Authenticating with existing credentials...");
	r = login_check(&login->registry, &stored, &login->arena, &token, e);
	if (r != -EACCES)
		return r < 0 ? r : 1;
	(void)puts("The registry does not take them (any more).");
	*e = (struct err){ 0 };
	return 0;
}

static int login_run(struct login *login, struct err *e)
{
	struct credentials_stored stored;
	char *stored_user = NULL;
	int r = try_stored(login, &stored_user, e);

	if (r == 0) {
		r = ask(login, stored_user, e);
		if (r == 0)
			r = login_store(&login->registry, &login->credentials, &login->arena,
					&stored, e);
		if (r == 0 && !stored.helper)
			(void)fprintf(stderr,
				      "WARNING! Who can read %s can read the password: it is "
				      "stored there without encryption.\nA credential helper "
				      "keeps it safer (docs/images.md).\n",
				      stored.file);
	}
	if (r < 0)
		return r;
	(void)puts("Login Succeeded");
	return 0;
}

int cmd_login(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = login_option_table, .min = 0, .max = 1 };
	struct login login = { .arena = { .is_secret = true } };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &login.options, &args, &exit_code))
		return exit_code;
	r = check_options(&login.options, &e);
	if (r < 0)
		return cli_report(&e);
	if (login.options.password)
		(void)fprintf(stderr, "WARNING! With --password the password is seen in lists "
				      "of processes and kept in the shell's history. "
				      "Use --password-stdin.\n");
	login.server = args.count > 0 ? args.items[0] : NULL;
	r = login_registry(login.server, &login.registry, &e);
	if (r == 0)
		r = login_run(&login, &e);
	arena_done(&login.arena);
	return r < 0 ? cli_report(&e) : 0;
}
