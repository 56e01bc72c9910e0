/* SPDX-License-Identifier: Apache-2.0
 *
 * CPU flags as one table: the words a user may write, and what each stands for.
 * Detection asks the compiler's own table (libgcc, compiler-rt), which also asks the system by XGETBV whether it
 * saves the wide registers: CPUID alone would promise registers that a system may not keep.
 */
#include "base/cpu.h"

#include <stddef.h>
#include <string.h>

#include "base/compiler.h"
#include "base/error.h"

/* Rising order; needs: what the machine must have; wants: what the word switches on where the machine has it. */
static const struct {
    const char *word;
    uint32_t needs, wants;
} levels[] = {
    {"c", 0, 0},
    {"avx2", PSB_CPU_AVX2, PSB_CPU_AVX2},
    {"avx512", PSB_CPU_AVX2 | PSB_CPU_AVX512,
     PSB_CPU_AVX2 | PSB_CPU_AVX512 | PSB_CPU_AVX512_VNNI | PSB_CPU_AVX512_VBMI},
};

uint32_t psb_cpu_detect(void)
{
    uint32_t flags = 0;
    if (PSB_CPU_SUPPORTS("avx2") && PSB_CPU_SUPPORTS("fma")) flags |= PSB_CPU_AVX2;
    if (flags && PSB_CPU_SUPPORTS("avx512f") && PSB_CPU_SUPPORTS("avx512bw") && PSB_CPU_SUPPORTS("avx512dq") &&
        PSB_CPU_SUPPORTS("avx512vl"))
        flags |= PSB_CPU_AVX512;
    if ((flags & PSB_CPU_AVX512) && PSB_CPU_SUPPORTS("avx512vnni")) flags |= PSB_CPU_AVX512_VNNI;
    if ((flags & PSB_CPU_AVX512) && PSB_CPU_SUPPORTS("avx512vbmi")) flags |= PSB_CPU_AVX512_VBMI;
    return flags;
}

psb_status psb_cpu_from_name(uint32_t *flags_out, const char *name)
{
    const uint32_t machine = psb_cpu_detect();
    *flags_out = 0;
    if (!name || !name[0]) {
        *flags_out = machine;
        return PSB_OK;
    }
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (strcmp(name, levels[i].word) != 0) continue;
        if ((machine & levels[i].needs) != levels[i].needs)
            return psb_fail(PSB_UNSUPPORTED, "cpu: found \"%s\", but this machine has no more than %s", name,
                            psb_cpu_name(machine));
        *flags_out = machine & levels[i].wants;
        return PSB_OK;
    }
    return psb_fail(PSB_USAGE, "cpu: found \"%s\", expected c, avx2 or avx512", name);
}

const char *psb_cpu_name(uint32_t flags)
{
    if (flags & PSB_CPU_AVX512_VNNI) return "avx512-vnni";
    if (flags & PSB_CPU_AVX512) return "avx512";
    if (flags & PSB_CPU_AVX2) return "avx2";
    return "c";
}
