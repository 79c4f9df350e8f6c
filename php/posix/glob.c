/* glob() with GLOB_BRACE: "{a,b}" stands for a, then b. Plugins count on it, as
 * GNU's library has it, and wasi-libc's does not. */

#include <glob.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef int (*on_error)(const char *path, int error);

int __real_glob(const char *restrict pattern, int flags, on_error report, glob_t *restrict found);

struct search {
	int flags;
	on_error report;
	glob_t *found;
};

/* skip returns what follows the character at c, or the two of which the first
 * takes away the second's meaning. */
static const char *skip(const char *c, int flags)
{
	return *c == '\\' && c[1] != 0 && !(flags & GLOB_NOESCAPE) ? c + 2 : c + 1;
}

/* part_end finds the comma or brace that ends the part of a group at c, or the
 * end of the pattern. */
static const char *part_end(const char *c, int flags)
{
	int depth = 0;
	while (*c != 0) {
		if (depth == 0 && (*c == ',' || *c == '}')) return c;
		if (*c == '{') depth++;
		if (*c == '}') depth--;
		c = skip(c, flags);
	}
	return c;
}

/* first_group finds the first brace that begins a group, with its end, or returns
 * NULL. "{}" is none, for the sake of find(1)'s users, nor what does not end. */
static const char *first_group(const char *pattern, int flags, const char **end)
{
	for (const char *c = pattern; *c != 0; c = skip(c, flags)) {
		if (*c != '{' || c[1] == '}') continue;
		*end = part_end(c + 1, flags);
		while (**end == ',') *end = part_end(*end + 1, flags);
		if (**end == '}') return c;
	}
	return NULL;
}

static int expand(const struct search *search, const char *pattern)
{
	const char *end, *open = first_group(pattern, search->flags, &end);
	if (open == NULL) {
		int result = __real_glob(pattern, search->flags, search->report, search->found);
		return result == GLOB_NOMATCH ? 0 : result;
	}
	size_t before = (size_t)(open - pattern), after = strlen(end + 1);
	char *one = malloc(strlen(pattern) + 1);
	if (one == NULL) return GLOB_NOSPACE;
	memcpy(one, pattern, before);
	int result = 0;
	for (const char *part = open + 1, *next; result == 0; part = next + 1) {
		next = part_end(part, search->flags);
		memcpy(one + before, part, (size_t)(next - part));
		memcpy(one + before + (next - part), end + 1, after + 1);
		result = expand(search, one);
		if (*next == '}') break;
	}
	free(one);
	return result;
}

int __wrap_glob(const char *restrict pattern, int flags, on_error report, glob_t *restrict found)
{
	if (!(flags & GLOB_BRACE)) return __real_glob(pattern, flags, report, found);
	flags &= ~GLOB_BRACE;
	if (!(flags & GLOB_APPEND)) {
		found->gl_pathc = 0;
		found->gl_pathv = NULL;
	}
	size_t before = found->gl_pathc;
	struct search search = { (flags & ~GLOB_NOCHECK) | GLOB_APPEND, report, found };
	int result = expand(&search, pattern);
	if (result != 0 || found->gl_pathc > before) return result;
	return flags & GLOB_NOCHECK ? __real_glob(pattern, flags | GLOB_APPEND, report, found) : GLOB_NOMATCH;
}
