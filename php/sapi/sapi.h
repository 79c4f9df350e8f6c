/* PHP's server interface for WASI: a CGI program that can also stay alive.
 *
 *     main.c   what a host calls: the exports
 *     boot.c   PHP started once: the SAPI module, ini defaults, opcache
 *     cgi.c    one CGI/1.1 request (RFC 3875)
 *     cli.c    one command line
 *     output.c descriptors 1 and 2
 *
 * Between two calls of an export no C frame is alive and nothing of a request is
 * left: an idle instance is its memory, its stack pointer and its descriptors. */

#ifndef PRESSBOX_SAPI_H
#define PRESSBOX_SAPI_H

#include <stdbool.h>
#include <stddef.h>

#include "php.h"
#include "SAPI.h"

/* What a boot that is not for CGI requests can ask for. */
struct boot_options {
	bool command_line;
	bool ignore_ini_file;      /* -n */
	char *ini_path;            /* -c */
	const char *ini_entries;   /* -d, as lines of an ini file */
};

/* Returns 0, or an error number with the reason on descriptor 2. */
int boot(const struct boot_options *options);

int cgi_handle(void);
int cli_main(int argc, char **argv);

/* Descriptor 1. Written bytes wait in a buffer until flush, until it is full, or
 * until the request ends. */
size_t output_write(const char *bytes, size_t len);
void output_flush(void);

/* Descriptor 2: one line. */
void diagnostic(const char *line);

/* CGI's parts of the SAPI module, which boot.c puts together. */
size_t cgi_read_post(char *bytes, size_t len);
char *cgi_read_cookies(void);
char *cgi_getenv(const char *name, size_t len);
int cgi_send_headers(sapi_headers_struct *headers);
void cgi_register_variables(zval *server);
extern const zend_function_entry cgi_functions[];

void cli_register_variables(zval *server);

#endif
