/* SPDX-License-Identifier: Apache-2.0
 *
 * The harness of the kernel checks. Random numbers are splitmix64 (Steele, Lea & Flood, OOPSLA 2014), seeded from the
 * command line or with a constant: a failure can always be repeated.
 */
#include "harness.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cpu.h"

enum { MESSAGES = 12 };

/* For the handler only: a signal brings no context of its own. */
static const check *running;

/* A touched guard page ends the program; the parameters of the trial come first. */
static void say_where_it_died(int number)
{
    static const char said[] = ": memory outside the buffers was touched, ";
    struct sigaction as_before = {.sa_handler = SIG_DFL};
    const char *parts[] = {running->family, said, running->parameters, "\n"};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (write(STDERR_FILENO, parts[i], strlen(parts[i])) < 0) break;
    sigaction(number, &as_before, NULL);
    raise(number);
}

static uint64_t next_random(check *c)
{
    uint64_t z = c->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

void check_init(check *c, int argc, char **argv, const char *family, int32_t default_trials)
{
    *c = (check){.family = family, .seed = 1, .trials = default_trials, .cpu_flags = psb_cpu_detect()};
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--bench"))
            c->bench = true;
        else if (!strcmp(argv[i], "--seed") && i + 1 < argc)
            c->seed = strtoull(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--trials") && i + 1 < argc)
            c->trials = (int32_t)strtol(argv[++i], NULL, 10);
        else {
            fprintf(stderr, "use: %s [--bench] [--seed N] [--trials N]\n", argv[0]);
            exit(2);
        }
    }
    c->state = c->seed;
    running = c;
    struct sigaction action = {.sa_handler = say_where_it_died};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

int check_finish(check *c)
{
    printf("%s: %lld values compared, %d failures (seed %llu, cpu %s)\n", c->family, (long long)c->compared,
           c->failures, (unsigned long long)c->seed, psb_cpu_name(c->cpu_flags));
    return c->failures > 0;
}

bool check_can_run(const check *c, uint32_t needs)
{
    return (c->cpu_flags & needs) == needs;
}

int32_t check_int(check *c, int32_t low, int32_t high)
{
    uint64_t r = next_random(c);
    switch (r & 7) {
    case 0:
        return low;
    case 1:
        return high;
    default:
        return (int32_t)(low + (int64_t)((r >> 8) % (uint64_t)((int64_t)high - low + 1))); /* also for all of int32 */
    }
}

float check_float(check *c)
{
    uint64_t r = next_random(c);
    float unit = (float)(int32_t)(r >> 32) * 0x1p-31f; /* -1 .. 1 */
    switch (r & 15) {
    case 0:
        return 0.0f;
    case 1:
        return unit * 8.0f;
    case 2:
        return unit * 0x1p-12f;
    default:
        return unit;
    }
}

void *check_bytes(check *c, size_t size_bytes)
{
    if (c->buffer_count == CHECK_BUFFERS) {
        fprintf(stderr, "%s: more than %d buffers in one trial\n", c->family, CHECK_BUFFERS);
        exit(99);
    }
    guard_buffer *buffer = &c->buffers[c->buffer_count++];
    *buffer = guard_open(size_bytes, next_random(c) & 1);
    return buffer->data;
}

float *check_random(check *c, size_t count)
{
    float *data = check_bytes(c, count * sizeof(float));
    for (size_t i = 0; i < count; i++) data[i] = check_float(c);
    return data;
}

float *check_output(check *c, size_t count)
{
    float *data = check_bytes(c, count * sizeof(float));
    for (size_t i = 0; i < count; i++) data[i] = CHECK_UNTOUCHED;
    return data;
}

float *check_copy(check *c, const float *from, size_t count)
{
    float *data = check_bytes(c, count * sizeof(float));
    if (count) memcpy(data, from, count * sizeof(float));
    return data;
}

void check_describe(check *c, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(c->parameters, sizeof(c->parameters), format, list);
    va_end(list);
}

void check_fail(check *c, const char *variant, const char *format, ...)
{
    if (c->failures++ >= MESSAGES) return;
    fprintf(stderr, "%s_%s, %s: ", c->family, variant, c->parameters);
    va_list list;
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fprintf(stderr, "\n");
}

bool check_close(check *c, const char *variant, size_t at_i, float fast, float spec, double bound)
{
    c->compared++;
    if (memcmp(&fast, &spec, sizeof(float)) == 0 || (isnan(fast) && isnan(spec))) return true;
    if (spec != CHECK_UNTOUCHED && fabs((double)fast - (double)spec) <= bound) return true;
    check_fail(c, variant, "element %zu: found %.9g, expected %.9g, allowed %.3g", at_i, (double)fast, (double)spec,
               bound);
    return false;
}

void check_end_trial(check *c, const char *variant)
{
    for (int32_t i = 0; i < c->buffer_count; i++)
        if (!guard_close(&c->buffers[i])) check_fail(c, variant, "buffer %d: written outside its bounds", i);
    c->buffer_count = 0;
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void check_time(const char *variant, const char *what, void (*run)(void *context), void *context, double work,
                const char *unit)
{
    enum { ROUNDS = 15 };
    double best_s = INFINITY;
    int64_t calls = 1;
    run(context);
    for (int round = 0; round < ROUNDS;) {
        double start = now_s();
        for (int64_t i = 0; i < calls; i++) run(context);
        double took = now_s() - start;
        if (took < 1e-3) { /* too short for the clock: more calls, and not counted */
            calls *= 2;
            continue;
        }
        round++;
        if (took / (double)calls < best_s) best_s = took / (double)calls;
    }
    printf("%-8s %-44s %10.2f us %8.2f %s\n", variant, what, 1e6 * best_s, 1e-9 * work / best_s, unit);
}
