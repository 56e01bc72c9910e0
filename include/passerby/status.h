/* SPDX-License-Identifier: Apache-2.0
 *
 * What can go wrong, as one table, and the one sentence that says what did.
 * Every call that can fail returns a psb_status; results come through out-parameters. The sentence is
 * written once, where the fault is known, into a text of the calling thread.
 */
#ifndef PASSERBY_STATUS_H
#define PASSERBY_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PSB_API __attribute__((visibility("default")))
#else
#define PSB_API
#endif

/* name, exit code of the program, text */
#define PSB_STATUS_TABLE(X)                                                                                            \
    X(OK, 0, "done")                                                                                                   \
    X(END, 0, "end of stream")                                                                                         \
    X(NO, 1, "done, and the answer is no")                                                                             \
    X(USAGE, 2, "wrong use")                                                                                           \
    X(BAD_INPUT, 3, "the input is not valid")                                                                          \
    X(UNSUPPORTED, 3, "not supported by this build")                                                                   \
    X(ENVIRONMENT, 4, "a device, disk or network failed")                                                              \
    X(NO_MEMORY, 4, "out of memory")                                                                                   \
    X(BUG, 5, "a fault of passerby's own")                                                                             \
    X(INTERRUPTED, 130, "interrupted")

typedef enum psb_status {
#define X(name, exit_code, text) PSB_##name,
    PSB_STATUS_TABLE(X)
#undef X
} psb_status;

/* The row's text, never NULL, static. */
PSB_API const char *psb_status_text(psb_status status);

/* The program's exit code for this status: 0..5 or 130. */
PSB_API int psb_status_exit_code(psb_status status);

/* The sentence of this thread's last failure: at most 1023 bytes of UTF-8, never NULL, empty before the first one.
 * Valid until the thread's next failing call. */
PSB_API const char *psb_error_text(void);

#ifdef __cplusplus
}
#endif
#endif
