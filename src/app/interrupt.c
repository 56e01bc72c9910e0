/* SPDX-License-Identifier: Apache-2.0
 *
 * A thread in sigwait. SIGUSR1, sent by close to the process itself, wakes it for its end; from elsewhere it is
 * ignored.
 */
#include "app/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/thread.h"

struct psb_interrupt {
    psb_thread *thread;
    sigset_t before;
    sigset_t waited;
    atomic_bool is_listened_to;
    atomic_bool is_asked;
    atomic_bool is_ending;
};

static void wait_for_signals(void *user)
{
    psb_interrupt *interrupt = user;
    do { /* waits at least once: the signal that close sends must not stay behind */
        int signal_number = 0;
        if (sigwait(&interrupt->waited, &signal_number) != 0 || signal_number == SIGUSR1) continue;
        const bool is_second = atomic_exchange(&interrupt->is_asked, true);
        if (is_second || !atomic_load(&interrupt->is_listened_to)) _exit(psb_status_exit_code(PSB_INTERRUPTED));
    } while (!atomic_load(&interrupt->is_ending));
}

psb_status psb_interrupt_open(psb_interrupt **out)
{
    *out = NULL;
    psb_interrupt *interrupt = calloc(1, sizeof(*interrupt));
    if (!interrupt) return psb_fail_memory("interrupt", sizeof(*interrupt));
    sigemptyset(&interrupt->waited);
    sigaddset(&interrupt->waited, SIGINT);
    sigaddset(&interrupt->waited, SIGTERM);
    sigaddset(&interrupt->waited, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &interrupt->waited, &interrupt->before);
    const psb_status status = psb_thread_create(&interrupt->thread, "psb-signals", wait_for_signals, interrupt);
    if (status) {
        pthread_sigmask(SIG_SETMASK, &interrupt->before, NULL);
        free(interrupt);
        return status;
    }
    *out = interrupt;
    return PSB_OK;
}

void psb_interrupt_close(psb_interrupt **interrupt)
{
    if (!interrupt || !*interrupt) return;
    atomic_store(&(*interrupt)->is_ending, true);
    kill(getpid(), SIGUSR1);
    psb_thread_destroy(&(*interrupt)->thread);
    while (sigtimedwait(&(*interrupt)->waited, NULL, &(struct timespec){0}) > 0) continue; /* none may strike later */
    pthread_sigmask(SIG_SETMASK, &(*interrupt)->before, NULL);
    free(*interrupt);
    *interrupt = NULL;
}

void psb_interrupt_listen(psb_interrupt *interrupt)
{
    if (interrupt) atomic_store(&interrupt->is_listened_to, true);
}

void psb_interrupt_leave(psb_interrupt *interrupt)
{
    if (interrupt) atomic_store(&interrupt->is_listened_to, false);
}

bool psb_interrupt_is_asked(const psb_interrupt *interrupt)
{
    return interrupt && atomic_load(&interrupt->is_asked);
}
