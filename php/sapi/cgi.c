/* One CGI/1.1 request (RFC 3875): its variables are the environment, its body
 * is descriptor 0, and descriptor 1 takes the head, a blank line and the body. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>

#include "sapi.h"
#include "php_main.h"
#include "php_variables.h"
#include "rfc1867.h"
#include "ext/standard/head.h"
#include "http_status_codes.h"

extern char **environ;

/* The request's variables as the host gave them: NULL-terminated NAME=value. */
static char **variables;
static char *variable_bytes;

/* read_variables asks the host anew: wasi-libc asks once in an instance's life. */
static bool read_variables(void)
{
	size_t count, len;
	if (__wasi_environ_sizes_get(&count, &len) != 0) return false;
	variables = calloc(count + 1, sizeof *variables);
	variable_bytes = malloc(len + 1);
	if (variables == NULL || variable_bytes == NULL) return false;
	if (count > 0 && __wasi_environ_get((uint8_t **)variables, (uint8_t *)variable_bytes) != 0) return false;
	/* So that the C library's getenv() sees this request too. */
	environ = variables;
	return true;
}

static void free_variables(void)
{
	static char *none[] = { NULL };
	environ = none;
	free(variables);
	free(variable_bytes);
	variables = NULL;
	variable_bytes = NULL;
}

static char *variable(const char *name)
{
	return cgi_getenv(name, strlen(name));
}

char *cgi_getenv(const char *name, size_t len)
{
	if (variables == NULL) return NULL;
	for (char **entry = variables; *entry != NULL; entry++) {
		if (strncmp(*entry, name, len) == 0 && (*entry)[len] == '=') return *entry + len + 1;
	}
	return NULL;
}

char *cgi_read_cookies(void)
{
	return variable("HTTP_COOKIE");
}

size_t cgi_read_post(char *bytes, size_t len)
{
	size_t done = 0;
	zend_long left = SG(request_info).content_length - (zend_long)SG(read_post_bytes);
	if (left <= 0) return 0;
	if (len > (zend_ulong)left) len = (size_t)left;
	while (done < len) {
		ssize_t n = read(STDIN_FILENO, bytes + done, len - done);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) break;
		done += (size_t)n;
	}
	return done;
}

static bool is_header(const sapi_header_struct *header, const char *name)
{
	size_t len = strlen(name);
	return header->header_len > len && header->header[len] == ':' && strncasecmp(header->header, name, len) == 0;
}

static void write_line(const char *line, size_t len)
{
	output_write(line, len);
	output_write("\r\n", 2);
}

/* The status of a CGI head is a header of its own. It comes from
 * header('HTTP/1.1 ...'), else from header('Status: ...'), else from the code,
 * and is left out where that is 200. */
static void write_status(sapi_headers_struct *headers)
{
	zend_llist_position position;
	char line[512];
	const char *given = headers->http_status_line;
	const char *rest = given != NULL && strncasecmp(given, "HTTP/", 5) == 0 ? strchr(given, ' ') : NULL;

	if (rest != NULL && headers->http_response_code != 200) {
		int len = snprintf(line, sizeof line, "Status:%s", rest);
		write_line(line, len < (int)sizeof line ? (size_t)len : sizeof line - 1);
		return;
	}
	for (sapi_header_struct *header = zend_llist_get_first_ex(&headers->headers, &position); header != NULL;
		header = zend_llist_get_next_ex(&headers->headers, &position)) {
		if (is_header(header, "Status")) {
			write_line(header->header, header->header_len);
			return;
		}
	}
	if (headers->http_response_code == 200) return;
	const http_response_status_code_pair *known = http_status_map;
	while (known->code != 0 && known->code != headers->http_response_code) known++;
	int len = snprintf(line, sizeof line, known->str != NULL ? "Status: %d %s" : "Status: %d",
		headers->http_response_code, known->str);
	write_line(line, (size_t)len);
}

int cgi_send_headers(sapi_headers_struct *headers)
{
	zend_llist_position position;
	if (SG(request_info).no_headers) return SAPI_HEADER_SENT_SUCCESSFULLY;
	write_status(headers);
	for (sapi_header_struct *header = zend_llist_get_first_ex(&headers->headers, &position); header != NULL;
		header = zend_llist_get_next_ex(&headers->headers, &position)) {
		/* An empty one would end the head. */
		if (header->header_len == 0 || is_header(header, "Status")) continue;
		/* A 304 has no body whose type could be told. */
		if (headers->http_response_code == 304 && is_header(header, "Content-Type")) continue;
		write_line(header->header, header->header_len);
	}
	output_write("\r\n", 2);
	return SAPI_HEADER_SENT_SUCCESSFULLY;
}

static void register_variable(zval *array, const char *name, const char *value)
{
	char *copy = estrdup(value);
	size_t len = strlen(copy);
	if (sapi_module.input_filter(PARSE_SERVER, name, &copy, len, &len)) {
		php_register_variable_safe(name, copy, len, array);
	}
	efree(copy);
}

/* All variables, and PHP_SELF, which is the path that the client asked for. */
void cgi_register_variables(zval *server)
{
	php_import_environment_variables(server);
	const char *script_name = variable("SCRIPT_NAME"), *path_info = variable("PATH_INFO");
	char *self;
	spprintf(&self, 0, "%s%s", script_name ? script_name : "", path_info ? path_info : "");
	register_variable(server, "PHP_SELF", self);
	efree(self);
}

/* request_header_name turns HTTP_ACCEPT_LANGUAGE into Accept-Language. */
static zend_string *request_header_name(const char *name, size_t len)
{
	zend_string *result = zend_string_init(name, len, 0);
	bool first = true;
	for (char *c = ZSTR_VAL(result); *c; c++) {
		if (*c == '_') {
			*c = '-';
			first = true;
		} else {
			*c = first ? *c : (char)zend_tolower_ascii(*c);
			first = false;
		}
	}
	return result;
}

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_getallheaders, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

PHP_FUNCTION(getallheaders)
{
	ZEND_PARSE_PARAMETERS_NONE();
	array_init(return_value);
	for (char **entry = variables; entry != NULL && *entry != NULL; entry++) {
		const char *name = *entry, *value = strchr(name, '=');
		if (value == NULL) continue;
		if (strncmp(name, "HTTP_", 5) == 0) name += 5;
		else if (strncmp(name, "CONTENT_TYPE=", 13) != 0 && strncmp(name, "CONTENT_LENGTH=", 15) != 0) continue;
		zend_string *key = request_header_name(name, (size_t)(value - name));
		zval string;
		ZVAL_STRING(&string, value + 1);
		zend_symtable_update(Z_ARRVAL_P(return_value), key, &string);
		zend_string_release(key);
	}
}

PHP_FUNCTION(apache_response_headers)
{
	zend_llist_position position;
	sapi_headers_struct *headers = &SG(sapi_headers);
	ZEND_PARSE_PARAMETERS_NONE();
	array_init(return_value);
	for (sapi_header_struct *header = zend_llist_get_first_ex(&headers->headers, &position); header != NULL;
		header = zend_llist_get_next_ex(&headers->headers, &position)) {
		const char *colon = memchr(header->header, ':', header->header_len);
		if (colon == NULL) continue;
		const char *value = colon + 1;
		while (*value == ' ') value++;
		add_assoc_string_ex(return_value, header->header, (size_t)(colon - header->header), value);
	}
}

const zend_function_entry cgi_functions[] = {
	ZEND_FE(getallheaders, arginfo_getallheaders)
	ZEND_FALIAS(apache_request_headers, getallheaders, arginfo_getallheaders)
	ZEND_FE(apache_response_headers, arginfo_getallheaders)
	ZEND_FE_END
};

static void describe_request(void)
{
	const char *content_length = variable("CONTENT_LENGTH"), *content_type = variable("CONTENT_TYPE");
	const char *script = variable("SCRIPT_FILENAME");
	sapi_request_info *info = &SG(request_info);

	SG(sapi_headers).http_response_code = 200;
	/* Reading a body and headers are PHP's to do only where there is a server. */
	SG(server_context) = (void *)1;
	info->request_method = variable("REQUEST_METHOD");
	info->query_string = variable("QUERY_STRING");
	info->request_uri = variable("SCRIPT_NAME");
	info->content_type = content_type != NULL ? content_type : "";
	info->content_length = content_length != NULL ? ZEND_STRTOL(content_length, NULL, 10) : 0;
	info->path_translated = script != NULL && *script != 0 ? estrdup(script) : NULL;
	info->proto_num = 1001;
	php_handle_auth_data(variable("HTTP_AUTHORIZATION"));
}

static void forget_request(void)
{
	sapi_request_info *info = &SG(request_info);
	if (info->path_translated != NULL) efree(info->path_translated);
	memset(info, 0, sizeof *info);
	SG(server_context) = NULL;
}

static void refuse(int status, const char *text)
{
	SG(sapi_headers).http_response_code = status;
	php_output_write(text, strlen(text));
}

int cgi_handle(void)
{
	/* volatile: both are set between setjmp and a possible longjmp. */
	volatile int status = 255;
	volatile bool started = false;

	if (!read_variables()) {
		diagnostic("php_handle: the request's variables could not be read");
		free_variables();
		return status;
	}
	zend_first_try {
		describe_request();
		if (php_request_startup() == SUCCESS) {
			zend_file_handle script;
			started = true;
			EG(exit_status) = 0;
			if (php_fopen_primary_script(&script) == SUCCESS) {
				php_execute_script(&script);
				zend_destroy_file_handle(&script);
			} else if (errno == EACCES) {
				refuse(403, "Access denied.\n");
				EG(exit_status) = 1;
			} else {
				refuse(404, "No input file specified.\n");
				EG(exit_status) = 1;
			}
		}
	} zend_end_try();
	if (started) {
		zend_first_try {
			php_request_shutdown(NULL);
		} zend_end_try();
		status = EG(exit_status);
	} else {
		diagnostic("php_handle: the request did not start");
	}
	forget_request();
	output_flush();
	free_variables();
	return status;
}
