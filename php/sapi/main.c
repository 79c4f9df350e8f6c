/* What a host calls. See php/README.md for the contract. */

#include <stdlib.h>
#include <string.h>

#include "sapi.h"

#define EXPORT(name) __attribute__((export_name(name), used))

void __wasm_call_ctors(void);

static bool booted;

/* A command by its _start, this module is a reactor by these exports: a host
 * calls _initialize once, then php_boot once, then php_handle as often as it likes. */
EXPORT("_initialize") void pressbox_initialize(void)
{
	__wasm_call_ctors();
}

EXPORT("php_boot") int php_boot(void)
{
	struct boot_options options = { 0 };
	if (booted) return 0;
	int error = boot(&options);
	booted = error == 0;
	return error;
}

EXPORT("php_handle") int php_handle(void)
{
	if (!booted) {
		diagnostic("php_handle: php_boot has not succeeded");
		return 255;
	}
	return cgi_handle();
}

/* A host writes 1 to both bytes to end a script that runs too long. PHP looks at
 * the first at every loop and call, and at the second if the first is set. */
EXPORT("php_interrupt_ptr") void *php_interrupt_ptr(void)
{
	return &EG(vm_interrupt);
}

EXPORT("php_timed_out_ptr") void *php_timed_out_ptr(void)
{
	return &EG(timed_out);
}

int main(int argc, char **argv)
{
	if (getenv("GATEWAY_INTERFACE") == NULL) return cli_main(argc, argv);
	int error = php_boot();
	return error != 0 ? error : php_handle();
}
