/* SPDX-License-Identifier: Apache-2.0
 *
 * SIGINT and SIGTERM as a question that a loop asks: "was I interrupted?". The signals are blocked and a thread waits
 * for them, so that there is neither a handler nor a global. Until somebody listens, a signal ends the process at
 * once, with exit code 130. From then on the first one lets the run finish what is there; a second one ends the
 * process (final names hold nothing half-written: outputs carry temporary ones until they end).
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

/* From here on a loop asks: the first signal does not end the process any more. NULL (nobody interrupts) is accepted,
 * here and below. */
void psb_interrupt_listen(psb_interrupt *interrupt);

/* From here on a signal ends the process at once again; one that came before is still answered for. */
void psb_interrupt_leave(psb_interrupt *interrupt);

/* Any thread. */
bool psb_interrupt_is_asked(const psb_interrupt *interrupt);

#endif
