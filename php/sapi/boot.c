/* PHP started once. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sapi.h"
#include "php_main.h"
#include "zend_extensions.h"
#include "zend_ini.h"

#define INI_DIRECTORY "/etc/php"

extern zend_extension opcache_extension_entry;

static bool command_line;

/* Defaults that php.ini and -d may change. */
static const struct { const char *name, *value; } defaults[] = {
	{ "display_errors", "0" },
	{ "log_errors", "1" },
	{ "html_errors", "0" },
	{ "memory_limit", "256M" },
	{ "max_execution_time", "30" },
	{ "upload_max_filesize", "64M" },
	{ "post_max_size", "72M" },
	{ "max_file_uploads", "50" },
	{ "session.save_path", "/tmp" },
	{ "sys_temp_dir", "/tmp" },
	{ "date.timezone", "UTC" },
	{ "variables_order", "EGPCS" },
	/* Request arguments are not a command line. */
	{ "register_argc_argv", "0" },
	/* A host's own stack runs out long before the one in linear memory: V8's after
	 * some 350 KB of it (array_map calling itself, measured). Past this limit PHP
	 * throws an Error, past the host's the instance is lost. */
	{ "zend.max_allowed_stack_size", "192K" },
	{ "opcache.enable", "1" },
	{ "opcache.memory_consumption", "40" },
	{ "opcache.interned_strings_buffer", "6" },
	{ "opcache.max_accelerated_files", "4000" },
	{ "opcache.validate_timestamps", "1" },
	{ "opcache.revalidate_freq", "0" },
	/* Files may be newer than the clock of the last request: the host sets both. */
	{ "opcache.file_update_protection", "0" },
};

static const struct { const char *name, *value; } command_line_defaults[] = {
	{ "max_execution_time", "0" },
	{ "register_argc_argv", "1" },
	{ "implicit_flush", "1" },
};

static void set_default(HashTable *configuration, const char *name, const char *value)
{
	zval entry;
	ZVAL_NEW_STR(&entry, zend_string_init(value, strlen(value), 1));
	zend_hash_str_update(configuration, name, strlen(name), &entry);
}

static void ini_defaults(HashTable *configuration)
{
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) {
		set_default(configuration, defaults[i].name, defaults[i].value);
	}
	if (!command_line) return;
	for (size_t i = 0; i < sizeof command_line_defaults / sizeof *command_line_defaults; i++) {
		set_default(configuration, command_line_defaults[i].name, command_line_defaults[i].value);
	}
}

/* opcache is a Zend extension, which PHP only loads from shared objects. This
 * module's start comes at the right time to register it by hand. */
static PHP_MINIT_FUNCTION(pressbox)
{
	zend_register_extension(&opcache_extension_entry, NULL);
	return SUCCESS;
}

static zend_module_entry module_entry = {
	STANDARD_MODULE_HEADER,
	"pressbox",
	cgi_functions,
	PHP_MINIT(pressbox),
	NULL,
	NULL,
	NULL,
	NULL,
	"1",
	STANDARD_MODULE_PROPERTIES
};

static int startup(sapi_module_struct *module)
{
	return php_module_startup(module, &module_entry);
}

static int deactivate(void)
{
	output_flush();
	return SUCCESS;
}

/* flush() tells the host that somebody waits for what was written so far. */
static void flush(void *server_context)
{
	output_flush();
	fdatasync(STDOUT_FILENO);
}

/* A command has no head. */
static int take_header(sapi_header_struct *header, sapi_header_op_enum operation, sapi_headers_struct *headers)
{
	return command_line ? 0 : SAPI_HEADER_ADD;
}

/* One record is one line: a host can tell them apart, and a message cannot
 * pretend to be two. On the command line people read them, so they stay as they are. */
static void log_message(const char *message, int priority)
{
	if (command_line || strchr(message, '\n') == NULL) {
		diagnostic(message);
		return;
	}
	size_t newlines = 0;
	for (const char *c = message; *c; c++) newlines += *c == '\n';
	char *line = malloc(strlen(message) + newlines + 1), *out = line;
	if (line == NULL) return;
	for (const char *c = message; *c; c++) {
		if (*c == '\n') {
			*out++ = '\\';
			*out++ = 'n';
		} else {
			*out++ = *c;
		}
	}
	*out = 0;
	diagnostic(line);
	free(line);
}

static int send_headers(sapi_headers_struct *headers)
{
	return command_line ? SAPI_HEADER_SENT_SUCCESSFULLY : cgi_send_headers(headers);
}

static void register_variables(zval *server)
{
	if (command_line) cli_register_variables(server);
	else cgi_register_variables(server);
}

static sapi_module_struct module = {
	/* opcache serves only SAPIs whose names it knows; this is what we are. */
	.name = "cgi-fcgi",
	.pretty_name = "CGI/1.1 over WASI",
	.startup = startup,
	.shutdown = php_module_shutdown_wrapper,
	.deactivate = deactivate,
	.ub_write = output_write,
	.flush = flush,
	.getenv = cgi_getenv,
	.sapi_error = php_error,
	.header_handler = take_header,
	.send_headers = send_headers,
	.read_post = cgi_read_post,
	.read_cookies = cgi_read_cookies,
	.register_server_variables = register_variables,
	.log_message = log_message,
	.ini_defaults = ini_defaults,
};

int boot(const struct boot_options *options)
{
	command_line = options->command_line;
	if (command_line) {
		module.name = "cli";
		module.pretty_name = "Command Line Interface";
		module.phpinfo_as_text = 1;
	}
	/* What PHP says while it starts comes before what scripts say. */
	setvbuf(stdout, NULL, _IONBF, 0);
	zend_signal_startup();
	sapi_startup(&module);
	module.php_ini_ignore_cwd = 1;
	module.php_ini_ignore = options->ignore_ini_file;
	module.php_ini_path_override = options->ini_path;
	module.ini_entries = options->ini_entries;
	if (module.startup(&module) == FAILURE) {
		/* On a command line PHP's own message is the last word. */
		if (!command_line) diagnostic("php_boot: PHP did not start");
		return EIO;
	}
	return 0;
}
