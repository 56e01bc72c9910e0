/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads over pthreads, with every signal blocked before the thread exists: between its start and a mask of its own
 * a signal could still land in it.
 */
#include "base/thread.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include "base/error.h"

enum { NAME_BYTES = 16 }; /* the kernel's bound, TASK_COMM_LEN */

struct psb_thread {
    pthread_t handle;
    void (*run)(void *user);
    void *user;
    char name[NAME_BYTES];
};

static void *start(void *self)
{
    psb_thread *thread = self;
#if defined(__linux__)
    prctl(PR_SET_NAME, thread->name, 0, 0, 0); /* pthread_setname_np is outside POSIX */
#endif
    thread->run(thread->user);
    return NULL;
}

psb_status psb_thread_create(psb_thread **out, const char *name, void (*run)(void *user), void *user)
{
    sigset_t all, before;
    *out = NULL;
    psb_thread *thread = calloc(1, sizeof(*thread));
    if (!thread) return psb_fail_memory("thread", sizeof(*thread));
    thread->run = run;
    thread->user = user;
    for (size_t i = 0; i + 1 < sizeof(thread->name) && name[i]; i++) thread->name[i] = name[i];

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int error = pthread_create(&thread->handle, NULL, start, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error) {
        free(thread);
        return psb_fail_system(name, "starting a thread", error);
    }
    *out = thread;
    return PSB_OK;
}

void psb_thread_destroy(psb_thread **thread)
{
    if (!thread || !*thread) return;
    pthread_join((*thread)->handle, NULL);
    free(*thread);
    *thread = NULL;
}
