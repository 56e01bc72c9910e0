/* SPDX-License-Identifier: Apache-2.0
 *
 * The compiler extensions that the tree uses, each behind a name. Nothing else outside C17 may be used.
 */
#ifndef PSB_BASE_COMPILER_H
#define PSB_BASE_COMPILER_H

#define PSB_FORMAT(text_i, first_i) __attribute__((format(printf, text_i, first_i)))
#define PSB_NOINLINE                __attribute__((noinline))
#define PSB_UNUSED                  __attribute__((unused))
#define PSB_ALWAYS_INLINE           __attribute__((always_inline)) static inline

/* One machine instruction, in the assembler's words and with the compiler's choice of registers: where a compiler's own
 * way to write it goes through memory. */
#define PSB_ASM __asm__

/* Before a loop of a constant number of rounds, at most 16: write it out, so that arrays that it indexes can live in
 * registers. */
#if defined(__clang__)
#define PSB_UNROLL _Pragma("clang loop unroll(full)")
#else
#define PSB_UNROLL _Pragma("GCC unroll 16")
#endif

/* Whether processor and system support an instruction set, by the compiler's name of it ("avx2"). */
#if defined(__x86_64__)
#define PSB_CPU_SUPPORTS(feature) __builtin_cpu_supports(feature)
#else
#define PSB_CPU_SUPPORTS(feature) 0
#endif

#endif
