/* SPDX-License-Identifier: Apache-2.0
 *
 * SIGINT and SIGTERM as a question that a loop asks: "was I interrupted?". The signals are blocked and a thread waits
 * for them, so that there is neither a handler nor a global. The first one lets the run finish what is there; a second
 * one ends the process at once (final names hold nothing half-written: outputs carry temporary ones until they end).
 */
#ifndef PSB_APP_INTERRUPT_H
#define PSB_APP_INTERRUPT_H

#include <stdbool.h>

#include <passerby/status.h>

typedef struct psb_interrupt psb_interrupt;

/* To be called before other threads are made: they inherit the blocked signals. */
psb_status psb_interrupt_open(psb_interrupt **out);

/* Signals are as before afterwards. Accepts NULL and a NULL inside. */
void psb_interrupt_close(psb_interrupt **interrupt);

/* Any thread. */
bool psb_interrupt_is_asked(const psb_interrupt *interrupt);

#endif
