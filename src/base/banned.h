/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions that cannot be used safely, or that hide a global, become compile errors. meson.build puts this file
 * before every source (-include), so no file can forget it. After git's banned.h, but by attribute rather than by
 * macro: the system's headers may still declare these names afterwards. (Not before: some define them inline there.)
 */
#ifndef PSB_BASE_BANNED_H
#define PSB_BASE_BANNED_H

/* Assembler files are given this one too, and cannot read C. Besides, glibc's fortified headers define
 * some of these inline or as macros; a packager's hardened build is not checked. */
#if !defined(__ASSEMBLER__) && (!defined(_FORTIFY_SOURCE) || _FORTIFY_SOURCE == 0)

#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#if defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 12)
#define PSB_BANNED(instead) __attribute__((unavailable("banned: use " instead)))
#else
#define PSB_BANNED(instead)
#endif

/* No bound on what is written. */
char *strcpy(char *to, const char *from) PSB_BANNED("snprintf or memcpy with a length");
char *strcat(char *to, const char *from) PSB_BANNED("snprintf");
char *stpcpy(char *to, const char *from) PSB_BANNED("snprintf or memcpy with a length");
int sprintf(char *to, const char *format, ...) PSB_BANNED("snprintf");
int vsprintf(char *to, const char *format, va_list arguments) PSB_BANNED("vsnprintf");

/* A bound, but no promise of a terminating zero (strncpy), or a bound that everybody misreads (strncat). */
char *strncpy(char *to, const char *from, size_t size) PSB_BANNED("snprintf or memcpy");
char *strncat(char *to, const char *from, size_t size) PSB_BANNED("snprintf");

/* Errors cannot be told from zero. */
int atoi(const char *text) PSB_BANNED("strtol");
long atol(const char *text) PSB_BANNED("strtol");
long long atoll(const char *text) PSB_BANNED("strtoll");
double atof(const char *text) PSB_BANNED("strtod");

/* State in a global: not safe in threads, and two contexts would see each other. */
char *strtok(char *text, const char *between) PSB_BANNED("strcspn and strspn");
int rand(void) PSB_BANNED("psb_rng, handed in");
void srand(unsigned seed) PSB_BANNED("psb_rng, handed in");
long random(void) PSB_BANNED("psb_rng, handed in");
double drand48(void) PSB_BANNED("psb_rng, handed in");
char *strerror(int number) PSB_BANNED("psb_fail_system or strerror_r");
struct tm *localtime(const time_t *time) PSB_BANNED("localtime_r, in app");
struct tm *gmtime(const time_t *time) PSB_BANNED("gmtime_r, in app");
char *ctime(const time_t *time) PSB_BANNED("strftime, in app");
char *asctime(const struct tm *time) PSB_BANNED("strftime, in app");

/* A race between name and file; a shell between us and what we run (popen needs FILE: check_words.sh looks for it). */
char *mktemp(char *pattern) PSB_BANNED("psb_outfile");
int system(const char *command) PSB_BANNED("posix_spawn");

#undef PSB_BANNED
#endif

#endif
