/* What libxml2 would find out about WASI by its configure. */
#define ATTRIBUTE_DESTRUCTOR
#define HAVE_CTYPE_H 1
#define HAVE_DIRENT_H 1
#define HAVE_ERRNO_H 1
#define HAVE_FCNTL_H 1
#define HAVE_FLOAT_H 1
#define HAVE_GETTIMEOFDAY 1
#define HAVE_INTTYPES_H 1
#define HAVE_LIMITS_H 1
#define HAVE_LOCALTIME 1
#define HAVE_MATH_H 1
#define HAVE_RAND 1
#define HAVE_RAND_R 1
#define HAVE_SRAND 1
#define HAVE_STAT 1
#define HAVE_STDARG_H 1
#define HAVE_STDINT_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STRFTIME 1
#define HAVE_STRING_H 1
#define HAVE_SYS_STAT_H 1
#define HAVE_SYS_TIME_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_TIME 1
#define HAVE_TIME_H 1
#define HAVE_UNISTD_H 1
#define HAVE_VA_COPY 1
#define HAVE_SNPRINTF 1
#define HAVE_VSNPRINTF 1
#define ICONV_CONST
#define STDC_HEADERS 1
#define XML_SOCKLEN_T socklen_t
