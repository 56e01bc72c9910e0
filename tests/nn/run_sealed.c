/* SPDX-License-Identifier: Apache-2.0
 *
 * A network runs without asking the system for anything: run_sealed MODEL opens it, runs it once, then gives up the
 * right to any system call but read, write and exit (seccomp(2), strict mode: the kernel kills who tries) and runs it
 * ten times more. Exits 0; 1 where something was allocated; killed where the system was called.
 */
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <passerby/status.h>

#include "alloc_count.h"
#include "model_file.h"

enum { RUNS = 10 };

int main(int argc, char **argv)
{
    psb_network *network = NULL;
    if (argc < 2) return fprintf(stderr, "run_sealed MODEL [--break]\n"), 2;
    if (psb_network_open(&network, argv[1], psb_cpu_detect())) return fprintf(stderr, "%s\n", psb_error_text()), 3;
    const psb_tensor_view input = psb_network_input(network, 0);
    for (int64_t e = 0; e < view_elements(&input); e++) *view_at(&input, e) = (float)(e % 256) / 255;
    psb_network_run(network);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT)) return perror("seccomp"), 4;
    alloc_count_reset();
    for (int32_t run = 0; run < RUNS; run++) psb_network_run(network);
    const int64_t allocations = alloc_count_now();
    if (argc > 2) (void)getpid();       /* --break: to see that the seal holds */
    syscall(SYS_exit, allocations > 0); /* not exit_group, which is sealed too */
    return 5;
}
