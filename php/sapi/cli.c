/* One command line. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sapi.h"
#include "php_getopt.h"
#include "php_main.h"
#include "php_variables.h"
#include "zend_extensions.h"
#include "ext/standard/basic_functions.h"
#include "ext/standard/info.h"

static const opt_struct options[] = {
	{ 'c', 1, "php-ini" },
	{ 'd', 1, "define" },
	{ 'f', 1, "file" },
	{ 'h', 0, "help" },
	{ 'i', 0, "info" },
	{ 'l', 0, "syntax-check" },
	{ 'm', 0, "modules" },
	{ 'n', 0, "no-php-ini" },
	{ 'q', 0, "no-header" },
	{ 'r', 1, "run" },
	{ 'v', 0, "version" },
	{ '-', 0, NULL },
};

static const char usage[] =
	"Usage: php [options] [-f] <file> [--] [args...]\n"
	"       php [options] -r <code> [--] [args...]\n"
	"       php [options] [--] [args...] < <file>\n"
	"\n"
	"  -c <path>        Look for php.ini in this directory, or take this file\n"
	"  -d key[=value]   Define an ini entry\n"
	"  -f <file>        Run a file\n"
	"  -h               This help\n"
	"  -i               Information about this PHP\n"
	"  -l               Check the syntax only\n"
	"  -m               List the extensions\n"
	"  -n               Read no php.ini\n"
	"  -r <code>        Run code, without <?php\n"
	"  -v               Version\n"
	"\n"
	"With GATEWAY_INTERFACE in the environment: one CGI/1.1 request instead.\n";

struct command {
	enum { RUN_FILE, RUN_CODE, RUN_STDIN, CHECK, INFO, MODULES, VERSION, HELP } action;
	char *code, *file;
	char *ini;             /* lines */
	struct boot_options boot;
	int argc;
	char **argv;
};

static void append(char **text, const char *more, size_t len)
{
	size_t old = *text != NULL ? strlen(*text) : 0;
	*text = realloc(*text, old + len + 1);
	memcpy(*text + old, more, len);
	(*text)[old + len] = 0;
}

/* define turns key=value into a line of an ini file, quoted where a bare value
 * could be taken for an expression. */
static void define(char **ini, const char *entry)
{
	const char *value = strchr(entry, '=');
	if (value == NULL) {
		append(ini, entry, strlen(entry));
		append(ini, "=1", 2);
	} else if (value[1] == 0 || value[1] == '"' || (value[1] >= '0' && value[1] <= '9') || (value[1] >= 'A' && value[1] <= 'Z') || (value[1] >= 'a' && value[1] <= 'z')) {
		append(ini, entry, strlen(entry));
	} else {
		append(ini, entry, (size_t)(value + 1 - entry));
		append(ini, "\"", 1);
		append(ini, value + 1, strlen(value + 1));
		append(ini, "\"", 1);
	}
	append(ini, "\n", 1);
}

/* parse returns false when an option is not known. */
static bool parse(int argc, char **argv, struct command *command)
{
	char *argument = NULL;
	int index = 1, option;
	bool lint = false;

	command->action = RUN_STDIN;
	command->boot.command_line = true;
	while ((option = php_getopt(argc, argv, options, &argument, &index, 0, 2)) != -1) {
		switch (option) {
		case 'c': command->boot.ini_path = argument; break;
		case 'd': define(&command->ini, argument); break;
		case 'f': command->action = RUN_FILE; command->file = argument; break;
		case 'r': command->action = RUN_CODE; command->code = argument; break;
		case 'n': command->boot.ignore_ini_file = true; break;
		case 'l': lint = true; break;
		case 'i': command->action = INFO; break;
		case 'm': command->action = MODULES; break;
		case 'v': command->action = VERSION; break;
		case 'h': command->action = HELP; break;
		case 'q': break;
		case '-': goto done;
		default: return false;
		}
		if (command->action == INFO || command->action == MODULES || command->action == VERSION || command->action == HELP) break;
		/* What follows the program's text is for the program. */
		if (index < argc && argv[index][0] != '-') break;
	}
done:
	if (command->action == RUN_STDIN && index < argc && strcmp(argv[index - 1], "--") != 0) {
		command->action = RUN_FILE;
		command->file = argv[index++];
	}
	if (index < argc && strcmp(argv[index], "--") == 0) index++;
	if (lint) command->action = CHECK;
	command->boot.ini_entries = command->ini;
	/* $argv[0] is the program, the rest is what follows it. */
	command->argc = argc - index + 1;
	command->argv = argv + index - 1;
	command->argv[0] = command->file != NULL ? command->file : command->action == RUN_CODE ? "Standard input code" : "-";
	return true;
}

void cli_register_variables(zval *server)
{
	static const char *const names[] = { "PHP_SELF", "SCRIPT_NAME", "SCRIPT_FILENAME", "PATH_TRANSLATED" };
	char *file = SG(request_info).path_translated != NULL ? SG(request_info).path_translated : "";
	php_import_environment_variables(server);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		php_register_variable(names[i], file, server);
	}
	php_register_variable("DOCUMENT_ROOT", "", server);
}

static void register_stream(const char *name, const char *url, const char *mode)
{
	zend_constant constant;
	php_stream *stream = php_stream_open_wrapper_ex(url, mode, 0, NULL, NULL);
	if (stream == NULL) return;
	stream->flags |= PHP_STREAM_FLAG_NO_RSCR_DTOR_CLOSE;
	php_stream_to_zval(stream, &constant.value);
	ZEND_CONSTANT_SET_FLAGS(&constant, 0, 0);
	constant.name = zend_string_init_interned(name, strlen(name), 0);
	zend_register_constant(&constant);
}

static void register_streams(void)
{
	register_stream("STDIN", "php://stdin", "rb");
	register_stream("STDOUT", "php://stdout", "wb");
	register_stream("STDERR", "php://stderr", "wb");
}

static int compare_names(Bucket *a, Bucket *b)
{
	return strcasecmp(((zend_module_entry *)Z_PTR(a->val))->name, ((zend_module_entry *)Z_PTR(b->val))->name);
}

static void print_modules(void)
{
	HashTable sorted;
	zend_module_entry *module;
	zend_llist_position position;

	php_printf("[PHP Modules]\n");
	zend_hash_init(&sorted, 50, NULL, NULL, 0);
	zend_hash_copy(&sorted, &module_registry, NULL);
	zend_hash_sort(&sorted, compare_names, 0);
	ZEND_HASH_FOREACH_PTR(&sorted, module) {
		php_printf("%s\n", module->name);
	} ZEND_HASH_FOREACH_END();
	zend_hash_destroy(&sorted);
	php_printf("\n[Zend Modules]\n");
	for (zend_extension *extension = zend_llist_get_first_ex(&zend_extensions, &position); extension != NULL;
		extension = zend_llist_get_next_ex(&zend_extensions, &position)) {
		php_printf("%s\n", extension->name);
	}
	php_printf("\n");
}

/* open_script opens the program's text before the request begins: open_basedir
 * and the like are about what a script opens. */
static bool open_script(const struct command *command, zend_file_handle *script)
{
	FILE *text = stdin;
	if (command->file != NULL && (text = VCWD_FOPEN(command->file, "rb")) == NULL) {
		fprintf(stderr, "Could not open input file: %s\n", command->file);
		return false;
	}
	zend_stream_init_fp(script, text, command->file != NULL ? command->file : "Standard input code");
	script->primary_script = 1;
	return true;
}

static void run(const struct command *command, zend_file_handle *script)
{
	switch (command->action) {
	case RUN_CODE:
		register_streams();
		if (zend_eval_string_ex(command->code, NULL, "Command line code", 1) == FAILURE && EG(exit_status) == 0) {
			EG(exit_status) = 254;
		}
		return;
	case INFO:
		php_print_info(PHP_INFO_ALL & ~PHP_INFO_CREDITS);
		return;
	case MODULES:
		print_modules();
		return;
	case VERSION:
		php_printf("PHP %s (%s) on WASI preview 1\nZend Engine %s\n", PHP_VERSION, sapi_module.name, ZEND_VERSION);
		return;
	default:
		break;
	}
	CG(skip_shebang) = 1;
	if (command->action == CHECK) {
		if (php_lint_script(script) == SUCCESS) {
			php_printf("No syntax errors detected in %s\n", command->argv[0]);
		} else {
			php_printf("Errors parsing %s\n", command->argv[0]);
			EG(exit_status) = 255;
		}
	} else {
		register_streams();
		php_execute_script(script);
	}
}

int cli_main(int argc, char **argv)
{
	struct command command = { 0 };
	zend_file_handle script = { 0 };
	volatile int status = 255;

	if (!parse(argc, argv, &command)) return 1;
	if (command.action == HELP) {
		fputs(usage, stdout);
		return 0;
	}
	/* WASI knows no working directory; whoever starts a command says it as shells do. */
	const char *directory = getenv("PWD");
	if (directory != NULL && *directory == '/') chdir(directory);
	if (boot(&command.boot) != 0) return 1;
	SG(options) |= SAPI_OPTION_NO_CHDIR;
	SG(request_info).argc = command.argc;
	SG(request_info).argv = command.argv;
	bool opened = command.action == RUN_FILE || command.action == RUN_STDIN || command.action == CHECK;
	if (opened && !open_script(&command, &script)) return 1;
	zend_first_try {
		SG(request_info).path_translated = command.argv[0];
		/* What a server would hand over with a request: headers are kept until
		 * something is printed. */
		SG(server_context) = &command;
		if (php_request_startup() == SUCCESS) {
			EG(exit_status) = 0;
			PG(during_request_startup) = 0;
			run(&command, &script);
		}
	} zend_end_try();
	if (opened) zend_destroy_file_handle(&script);
	zend_first_try {
		php_request_shutdown(NULL);
	} zend_end_try();
	status = EG(exit_status);
	output_flush();
	return status;
}
