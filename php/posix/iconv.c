/* Conversion between encodings. wasi-libc's iconv() is musl's, which writes '*'
 * for a character that the target does not have, and knows neither of the
 * suffixes that PHP's users know from other systems. Here such a character is
 * EILSEQ, as POSIX leaves it to us and everybody else does; with //IGNORE it is
 * left out, with //TRANSLIT it is written as letters that look like it. */

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "posix.h"

#define NAME_LEN 64

iconv_t __real_iconv_open(const char *to, const char *from);
size_t __real_iconv(iconv_t conversion, char **in, size_t *in_left, char **out, size_t *out_left);
int __real_iconv_close(iconv_t conversion);

struct conversion {
	iconv_t whole;            /* where the target has every character */
	iconv_t decode, encode;   /* elsewhere: to UTF-32 and on, character by character */
	bool ignore, transliterate;
};

#define NONE ((iconv_t)-1)
#define UTF32 "UTF-32LE"

/* What U+00A0 to U+017F look like in ASCII; "" where nothing does. */
static const char *const latin[] = {
	" ", "!", "c", "GBP", "", "JPY", "|", "", "\"", "(C)", "a", "<<", "", "-", "(R)", "",
	"", "+/-", "2", "3", "'", "u", "", ".", ",", "1", "o", ">>", " 1/4 ", " 1/2 ", " 3/4 ", "?",
	"A", "A", "A", "A", "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I", "I",
	"D", "N", "O", "O", "O", "O", "O", "x", "O", "U", "U", "U", "U", "Y", "TH", "ss",
	"a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
	"d", "n", "o", "o", "o", "o", "o", ":", "o", "u", "u", "u", "u", "y", "th", "y",
	"A", "a", "A", "a", "A", "a", "C", "c", "C", "c", "C", "c", "C", "c", "D", "d",
	"D", "d", "E", "e", "E", "e", "E", "e", "E", "e", "E", "e", "G", "g", "G", "g",
	"G", "g", "G", "g", "H", "h", "H", "h", "I", "i", "I", "i", "I", "i", "I", "i",
	"I", "i", "IJ", "ij", "J", "j", "K", "k", "q", "L", "l", "L", "l", "L", "l", "L.",
	"l.", "L", "l", "N", "n", "N", "n", "N", "n", "'n", "N", "n", "O", "o", "O", "o",
	"O", "o", "OE", "oe", "R", "r", "R", "r", "R", "r", "S", "s", "S", "s", "S", "s",
	"S", "s", "T", "t", "T", "t", "T", "t", "U", "u", "U", "u", "U", "u", "U", "u",
	"U", "u", "U", "u", "W", "w", "Y", "y", "Y", "Z", "z", "Z", "z", "Z", "z", "s",
};

static const struct { uint32_t character; const char *text; } marks[] = {
	{ 0x2002, " " },
	{ 0x2003, " " },
	{ 0x2009, " " },
	{ 0x2010, "-" },
	{ 0x2011, "-" },
	{ 0x2012, "-" },
	{ 0x2013, "-" },
	{ 0x2014, "-" },
	{ 0x2015, "-" },
	{ 0x2018, "'" },
	{ 0x2019, "'" },
	{ 0x201a, "'" },
	{ 0x201b, "'" },
	{ 0x201c, "\"" },
	{ 0x201d, "\"" },
	{ 0x201e, "\"" },
	{ 0x201f, "\"" },
	{ 0x2020, "+" },
	{ 0x2022, "o" },
	{ 0x2024, "." },
	{ 0x2025, ".." },
	{ 0x2026, "..." },
	{ 0x202f, " " },
	{ 0x2032, "'" },
	{ 0x2033, "\"" },
	{ 0x2039, "<" },
	{ 0x203a, ">" },
	{ 0x2044, "/" },
	{ 0x20ac, "EUR" },
	{ 0x2122, "TM" },
	{ 0x2190, "<-" },
	{ 0x2192, "->" },
	{ 0x2212, "-" },
	{ 0xfb00, "ff" },
	{ 0xfb01, "fi" },
	{ 0xfb02, "fl" },
	{ 0xfb03, "ffi" },
	{ 0xfb04, "ffl" },
};

static const char *lookalike(uint32_t character)
{
	if (character >= 0xa0 && character < 0xa0 + sizeof latin / sizeof *latin) return latin[character - 0xa0];
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (marks[i].character == character) return marks[i].text;
	}
	return "";
}

/* split copies a name without its suffixes, which it notes. */
static bool split(const char *name, char copy[NAME_LEN], struct conversion *conversion)
{
	const char *suffix = strstr(name, "//");
	size_t len = suffix != NULL ? (size_t)(suffix - name) : strlen(name);
	if (len >= NAME_LEN) return false;
	memcpy(copy, name, len);
	copy[len] = 0;
	while (suffix != NULL) {
		suffix += 2;
		size_t end = strcspn(suffix, "/");
		if (end == 6 && strncasecmp(suffix, "IGNORE", 6) == 0) conversion->ignore = true;
		if (end == 8 && strncasecmp(suffix, "TRANSLIT", 8) == 0) conversion->transliterate = true;
		suffix = strstr(suffix, "//");
	}
	return true;
}

static bool is_unicode(const char *name)
{
	return strncasecmp(name, "UTF", 3) == 0 || strncasecmp(name, "UCS", 3) == 0 || strcasecmp(name, "WCHAR_T") == 0;
}

int __wrap_iconv_close(iconv_t given)
{
	struct conversion *conversion = given;
	if (conversion->whole != NONE) __real_iconv_close(conversion->whole);
	if (conversion->decode != NONE) __real_iconv_close(conversion->decode);
	if (conversion->encode != NONE) __real_iconv_close(conversion->encode);
	free(conversion);
	return 0;
}

iconv_t __wrap_iconv_open(const char *to, const char *from)
{
	char target[NAME_LEN], source[NAME_LEN];
	struct conversion *conversion = malloc(sizeof *conversion), unused;
	if (conversion == NULL) return NONE;
	*conversion = (struct conversion){ NONE, NONE, NONE, false, false };
	bool opened = split(to, target, conversion) && split(from, source, &unused);
	if (opened && is_unicode(target) && !conversion->ignore) {
		opened = (conversion->whole = __real_iconv_open(target, source)) != NONE;
	} else if (opened) {
		opened = (conversion->decode = __real_iconv_open(UTF32, source)) != NONE &&
			(conversion->encode = __real_iconv_open(target, UTF32)) != NONE;
	}
	if (opened) return conversion;
	__wrap_iconv_close(conversion);
	errno = EINVAL;
	return NONE;
}

/* encode writes one character. It returns -1 with errno, or how many were not written as they are. */
static size_t encode(struct conversion *conversion, uint32_t character, char **out, size_t *out_left)
{
	char *start = *out, *in = (char *)&character;
	size_t start_left = *out_left, in_left = sizeof character;
	size_t replaced = __real_iconv(conversion->encode, &in, &in_left, out, out_left);
	if (replaced == 0 || replaced == (size_t)-1) return replaced;
	*out = start;
	*out_left = start_left;
	if (conversion->transliterate) {
		const char *text = lookalike(character);
		if (*text == 0) text = "?";
		for (; *text != 0; text++) {
			if (encode(conversion, (unsigned char)*text, out, out_left) == (size_t)-1) {
				*out = start;
				*out_left = start_left;
				return (size_t)-1;
			}
		}
		return 1;
	}
	if (conversion->ignore) return 1;
	errno = EILSEQ;
	return (size_t)-1;
}

size_t __wrap_iconv(iconv_t given, char **in, size_t *in_left, char **out, size_t *out_left)
{
	struct conversion *conversion = given;
	size_t count = 0;
	if (conversion->whole != NONE) return __real_iconv(conversion->whole, in, in_left, out, out_left);
	if (in == NULL || *in == NULL) {
		__real_iconv(conversion->decode, NULL, NULL, NULL, NULL);
		return __real_iconv(conversion->encode, NULL, NULL, out, out_left);
	}
	while (*in_left > 0) {
		char *start = *in;
		size_t start_left = *in_left;
		uint32_t character;
		char *decoded = (char *)&character;
		size_t decoded_left = sizeof character;
		/* An error behind a character that was decoded will come again. */
		if (__real_iconv(conversion->decode, in, in_left, &decoded, &decoded_left) == (size_t)-1 && decoded_left > 0) {
			if (errno != EILSEQ || !conversion->ignore) return (size_t)-1;
			++*in;
			--*in_left;
			count++;
			continue;
		}
		/* A shift between two alphabets, and no character. */
		if (decoded_left > 0) continue;
		size_t replaced = encode(conversion, character, out, out_left);
		if (replaced == (size_t)-1) {
			*in = start;
			*in_left = start_left;
			return (size_t)-1;
		}
		count += replaced;
	}
	return count;
}
