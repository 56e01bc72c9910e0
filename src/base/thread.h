/* SPDX-License-Identifier: Apache-2.0
 *
 * A thread that runs one function and is joined: start and join, nothing else. Signals are blocked in it, so that
 * SIGINT and SIGTERM always reach the main thread.
 */
#ifndef PSB_BASE_THREAD_H
#define PSB_BASE_THREAD_H

#include <passerby/status.h>

typedef struct psb_thread psb_thread;

/* name: at most 15 bytes, shown by ps and debuggers. */
psb_status psb_thread_create(psb_thread **out, const char *name, void (*run)(void *user), void *user);

/* Joins. Accepts NULL and a NULL inside. */
void psb_thread_destroy(psb_thread **thread);

#endif
