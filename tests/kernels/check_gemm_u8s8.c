/* SPDX-License-Identifier: Apache-2.0
 *
 * Integer matrix product: every variant against C, and C against the header's formula over the unpacked weights, all of
 * them for equality; every size from 1 to past two tiles, and drawn ones. --bench times the 1x1 convolutions of
 * YOLOX-nano at 416x416.
 */
#include <stdio.h>
#include <string.h>

#include "draw_u8.h"
#include "kernels/gemm_u8s8.h"

typedef struct gemm_case {
    psb_gemm_u8s8_args args; /* c, c_f32 and packed are filled in per variant */
    psb_weights_s8 weights;
    size_t c_count;
    bool is_float, has_classes; /* of channels; else drawn */
} gemm_case;

static size_t segments_of(const psb_gemm_u8s8_args *a)
{
    return a->segments ? (size_t)a->segments : 1;
}

/* The rest of a case whose m, n, k and segments are set. */
static void fill_case(check *c, gemm_case *g)
{
    psb_gemm_u8s8_args *a = &g->args;
    size_t segments = segments_of(a);
    a->lda = (size_t)check_int(c, 1, a->k + 9); /* below k, rows overlap one another */
    a->segment_stride = (size_t)check_int(c, 0, 40);
    a->ldc = (size_t)(a->n + check_int(c, 0, 20));
    size_t last = (size_t)(a->m - 1) * a->lda + (segments - 1) * a->segment_stride + (size_t)a->k;
    a->a = draw_bytes(c, last + PSB_GEMM_U8S8_SLACK_BYTES);
    a->requant = g->has_classes ? draw_class_requant(c, a->n) : draw_requant(c, a->n);
    g->is_float = !g->has_classes && check_int(c, 0, 4) == 2;
    g->weights = draw_weights(c, (size_t)a->n, segments * (size_t)a->k);
    g->c_count = (size_t)(a->m - 1) * a->ldc + (size_t)a->n;
    check_describe(c, "m %d n %d k %d segments %d lda %zu ldc %zu float %d zero %d low %d high %d tables %d", a->m,
                   a->n, a->k, a->segments, a->lda, a->ldc, g->is_float, a->requant.zero, a->requant.low,
                   a->requant.high, a->requant.table ? a->requant.class_count : 0);
}

static int32_t formula(const gemm_case *g, int32_t i, int32_t j)
{
    const psb_gemm_u8s8_args *a = &g->args;
    size_t segments = segments_of(a), k = (size_t)a->k;
    int32_t sum = g->weights.bias ? g->weights.bias[j] : 0;
    for (size_t s = 0; s < segments; s++)
        for (size_t p = 0; p < k; p++)
            sum += (a->a[(size_t)i * a->lda + s * a->segment_stride + p] - g->weights.in_zero) *
                   g->weights.values[((size_t)j * segments + s) * k + p];
    return sum;
}

/* The output, bytes or floats, as bytes. */
static const uint8_t *run_variant(check *c, const gemm_case *g, const psb_gemm_u8s8_kernel *kernel)
{
    psb_gemm_u8s8_args args = g->args;
    psb_gemm_u8s8_shape shape = {args.n, args.k, args.segments};
    void *packed = draw_packed(c, psb_gemm_u8s8_packed_bytes(kernel, &shape));
    psb_gemm_u8s8_pack(kernel, packed, &g->weights, &shape);
    args.packed = packed;
    uint8_t *out = draw_output_bytes(c, g->is_float ? g->c_count * sizeof(float) : g->c_count);
    if (g->is_float)
        args.c_f32 = (float *)(void *)out;
    else
        args.c = out;
    kernel->run(&args);
    return out;
}

static void check_against_formula(check *c, const gemm_case *g, const uint8_t *spec)
{
    for (int32_t i = 0; i < g->args.m; i++)
        for (int32_t j = 0; j < g->args.n; j++) {
            size_t at = (size_t)i * g->args.ldc + (size_t)j;
            int32_t sum = formula(g, i, j);
            float multiplier = g->weights.multiplier[j];
            if (g->is_float) {
                float found;
                memcpy(&found, spec + at * sizeof(float), sizeof(float));
                if (!check_close(c, "c", at, found, (float)sum * multiplier, 0.0)) return;
            } else {
                uint8_t expected = psb_requant_u8_value(&g->args.requant, sum, multiplier, (size_t)j);
                if (!check_same_bytes(c, "c", spec + at, &expected, 1)) return;
            }
        }
}

static void check_case(check *c, const gemm_case *g)
{
    int32_t count;
    const psb_gemm_u8s8_kernel *kernels = psb_gemm_u8s8_kernels(&count);
    const uint8_t *spec = run_variant(c, g, &kernels[0]);
    check_against_formula(c, g, spec);
    size_t bytes = g->is_float ? g->c_count * sizeof(float) : g->c_count;
    for (int32_t i = 1; i < count; i++)
        if (check_can_run(c, kernels[i].needs))
            check_same_bytes(c, kernels[i].name, run_variant(c, g, &kernels[i]), spec, bytes);
    check_end_trial(c, "any");
}

/* Every m and n from 1 to past two of the largest tiles, on few products; with classes, where resident weights and
 * tiles have code of their own, also on more than stay in registers. */
static void check_every_size(check *c, bool has_classes)
{
    for (int32_t m = 1; m <= 30; m++)
        for (int32_t n = 1; n <= 66; n += m % 4 == 3 ? 1 : 5) {
            gemm_case g = {.args = {.m = m, .n = n, .k = 1 + (m + n) % 9}, .has_classes = has_classes};
            if (has_classes && m % 2) g.args.k += 64;
            fill_case(c, &g);
            check_case(c, &g);
        }
}

/* Every number of products for which weights might stay in registers, and past it; and the first layer of networks. */
static void check_every_depth(check *c, bool has_classes)
{
    static const int32_t columns[] = {5, 16, 17, 32, 48};
    for (int32_t k = 8; k <= 13; k++)
        for (int32_t m = 1; m <= 20; m++) {
            gemm_case g = {.args = {.m = m, .n = columns[(k + m) % 5], .k = k, .segments = 3},
                           .has_classes = has_classes};
            fill_case(c, &g);
            check_case(c, &g);
        }
    for (int32_t k = 1; k <= 72; k++)
        for (int32_t m = 1; m <= 9; m += 2) {
            gemm_case g = {.args = {.m = m, .n = columns[(k + m / 2) % 5], .k = k}, .has_classes = has_classes};
            fill_case(c, &g);
            check_case(c, &g);
        }
}

typedef struct layer {
    const char *name;
    int32_t m, n, k;
} layer;

static void run_bench(void *context)
{
    psb_gemm_u8s8_args **args = context;
    ((const psb_gemm_u8s8_kernel *)(const void *)args[1])->run(args[0]);
}

static void bench_layer(check *c, const layer *shape, const psb_gemm_u8s8_kernel *kernel)
{
    size_t m = (size_t)shape->m, n = (size_t)shape->n, k = (size_t)shape->k;
    psb_gemm_u8s8_shape packed_shape = {shape->n, shape->k, 1};
    psb_weights_s8 weights = draw_weights(c, n, k);
    void *packed = check_bytes(c, psb_gemm_u8s8_packed_bytes(kernel, &packed_shape) + 64);
    packed = (void *)(((uintptr_t)packed + 63) / 64 * 64);
    psb_gemm_u8s8_pack(kernel, packed, &weights, &packed_shape);
    psb_gemm_u8s8_args args = {.c = draw_output_bytes(c, m * n),
                               .a = draw_bytes(c, m * k + PSB_GEMM_U8S8_SLACK_BYTES),
                               .packed = packed,
                               .ldc = n,
                               .lda = k,
                               .m = shape->m,
                               .n = shape->n,
                               .k = shape->k,
                               .requant = {.zero = 128, .high = 255, .lut = psb_lut_u8_pick(c->cpu_flags)->run}};
    const uint8_t *table = draw_bytes(c, 256);
    for (int silu = 0; silu < 2; silu++) {
        char what[64];
        args.requant.table = silu ? table : NULL;
        snprintf(what, sizeof(what), "%s %dx%dx%d%s", shape->name, shape->m, shape->n, shape->k, silu ? " table" : "");
        const void *context[2] = {&args, kernel};
        check_time(kernel->name, what, run_bench, context, 2.0 * (double)m * (double)n * (double)k, "GOP/s");
    }
    check_end_trial(c, kernel->name);
}

static void bench(check *c)
{
    /* the first is as near to a machine's peak as a product comes; then every 1x1 shape of YOLOX-nano at 416x416 that
     * takes more than 1 % of its multiply-adds */
    static const layer layers[] = {
        {"one tile", 14, 32, 2048},     {"dark2 dw-point", 10816, 32, 16}, {"dark2 csp", 10816, 16, 32},
        {"dark2 out", 10816, 32, 32},   {"dark3 dw-point", 2704, 64, 32},  {"dark3 csp", 2704, 32, 64},
        {"dark3 out", 2704, 64, 64},    {"dark3 inner", 2704, 32, 32},     {"dark4 dw-point", 676, 128, 64},
        {"dark4 csp", 676, 64, 128},    {"dark4 out", 676, 128, 128},      {"dark5 dw-point", 169, 256, 128},
        {"spp out", 169, 256, 512},     {"dark5 out", 169, 256, 256},      {"head", 2704, 64, 64},
        {"head classes", 2704, 80, 64}, {"head box", 2704, 4, 64},
    };
    int32_t count;
    const psb_gemm_u8s8_kernel *kernels = psb_gemm_u8s8_kernels(&count);
    for (size_t l = 0; l < sizeof(layers) / sizeof(layers[0]); l++)
        for (int32_t i = 0; i < count; i++)
            if (check_can_run(c, kernels[i].needs)) bench_layer(c, &layers[l], &kernels[i]);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "gemm_u8s8", 400);
    for (int32_t has_classes = 0; has_classes < 2 && c.trials > 1; has_classes++) {
        check_every_size(&c, has_classes);
        check_every_depth(&c, has_classes);
    }
    for (int32_t trial = 0; trial < c.trials; trial++) {
        gemm_case g = {0};
        g.args.m = check_int(&c, 1, check_int(&c, 0, 3) ? 32 : 90);
        g.args.n = check_int(&c, 1, 70);
        g.args.k = check_int(&c, 1, check_int(&c, 0, 3) ? 24 : 600);
        g.args.segments = check_int(&c, 0, 4);
        fill_case(&c, &g);
        check_case(&c, &g);
    }
    if (c.bench) bench(&c);
    return check_finish(&c);
}
