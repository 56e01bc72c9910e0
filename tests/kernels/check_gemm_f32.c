/* SPDX-License-Identifier: Apache-2.0
 *
 * Matrix product: every variant against C, and C against a sum in double precision over the unpacked weights.
 * --bench times the 1x1 convolutions of YOLOX-nano at 416x416.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>

#include "draw.h"
#include "kernels/gemm_f32.h"

typedef struct gemm_case {
    psb_gemm_f32_args args; /* c and packed are filled in per variant */
    const float *weights, *bias;
    size_t c_count;
    double *magnitudes; /* [m][n]: sum of |products|, bias and residual */
} gemm_case;

static gemm_case draw_case(check *c)
{
    gemm_case g = {0};
    psb_gemm_f32_args *a = &g.args;
    a->m = check_int(c, 1, check_int(c, 0, 3) ? 32 : 90);
    a->n = check_int(c, 1, 70);
    a->k = check_int(c, 1, check_int(c, 0, 3) ? 24 : 600);
    a->segments = check_int(c, 0, 4);
    size_t segments = a->segments ? (size_t)a->segments : 1, q = segments * (size_t)a->k;
    a->lda = (size_t)check_int(c, 1, a->k + 9); /* below k, rows overlap one another */
    a->segment_stride = (size_t)check_int(c, 0, 40);
    a->ldc = (size_t)(a->n + check_int(c, 0, 20));
    a->ld_residual = (size_t)(a->n + check_int(c, 0, 5));
    a->activation = draw_activation(c);
    a->a = check_random(c, (size_t)(a->m - 1) * a->lda + (segments - 1) * a->segment_stride + (size_t)a->k);
    if (check_int(c, 0, 2) == 0) {
        a->residual = check_random(c, (size_t)(a->m - 1) * a->ld_residual + (size_t)a->n);
        a->residual_before_activation = check_int(c, 0, 1);
    }
    g.weights = check_random(c, (size_t)a->n * q);
    g.bias = check_int(c, 0, 3) ? check_random(c, (size_t)a->n) : NULL;
    g.c_count = (size_t)(a->m - 1) * a->ldc + (size_t)a->n;
    g.magnitudes = check_bytes(c, (size_t)a->m * (size_t)a->n * sizeof(double));
    check_describe(c, "m %d n %d k %d segments %d lda %zu ldc %zu residual %d before %d bias %d act %s", a->m, a->n,
                   a->k, a->segments, a->lda, a->ldc, a->residual != NULL, a->residual_before_activation,
                   g.bias != NULL, psb_activation_name(a->activation.kind));
    return g;
}

/* The value by the header's formula in double precision; the sum of magnitudes on the way. */
static double formula(const gemm_case *g, int32_t i, int32_t j, double *magnitude_out)
{
    const psb_gemm_f32_args *a = &g->args;
    size_t segments = a->segments ? (size_t)a->segments : 1, k = (size_t)a->k;
    double sum = g->bias ? (double)g->bias[j] : 0.0;
    *magnitude_out = fabs(sum);
    for (size_t s = 0; s < segments; s++)
        for (size_t p = 0; p < k; p++) {
            double product = (double)a->a[(size_t)i * a->lda + s * a->segment_stride + p] *
                             (double)g->weights[((size_t)j * segments + s) * k + p];
            sum += product;
            *magnitude_out += fabs(product);
        }
    double residual = a->residual ? (double)a->residual[(size_t)i * a->ld_residual + (size_t)j] : 0.0;
    *magnitude_out += fabs(residual);
    if (a->residual_before_activation) sum += residual;
    double value = (double)psb_activation_apply(a->activation, (float)sum);
    return a->residual_before_activation ? value : value + residual;
}

static float *run_variant(check *c, const gemm_case *g, const psb_gemm_f32_kernel *kernel)
{
    psb_gemm_f32_args args = g->args;
    int32_t q = (args.segments ? args.segments : 1) * args.k;
    float *packed = check_output(c, psb_gemm_f32_packed_count(kernel, args.n, q));
    psb_gemm_f32_pack(kernel, packed, g->weights, g->bias, args.n, q);
    args.packed = packed;
    args.c = check_output(c, g->c_count);
    kernel->run(&args);
    return args.c;
}

/* gemm_f32.h's class; 8 epsilon of the value are the activation's own. */
static double bound(const gemm_case *g, double magnitude, double value)
{
    double q = (g->args.segments ? g->args.segments : 1) * (double)g->args.k;
    return (double)FLT_EPSILON * (1.1 * (q + 3.0) * magnitude + 8.0 * fabs(value)) + 1e-30;
}

static void check_against_formula(check *c, const gemm_case *g, const float *spec)
{
    for (int32_t i = 0; i < g->args.m; i++)
        for (int32_t j = 0; j < g->args.n; j++) {
            double *magnitude = &g->magnitudes[(size_t)i * (size_t)g->args.n + (size_t)j];
            double value = formula(g, i, j, magnitude);
            size_t at = (size_t)i * g->args.ldc + (size_t)j;
            if (!check_close(c, "c", at, spec[at], (float)value, bound(g, *magnitude, value))) return;
        }
}

static void check_against_spec(check *c, const gemm_case *g, const psb_gemm_f32_kernel *kernel, const float *spec)
{
    const float *fast = run_variant(c, g, kernel);
    for (size_t at = 0; at < g->c_count; at++) {
        size_t i = at / g->args.ldc, j = at % g->args.ldc;
        bool gap = j >= (size_t)g->args.n;
        double allowed = gap ? 0.0 : bound(g, g->magnitudes[i * (size_t)g->args.n + j], (double)spec[at]);
        if (!check_close(c, kernel->name, at, fast[at], spec[at], allowed)) return;
    }
}

typedef struct layer {
    const char *name;
    int32_t m, n, k;
} layer;

static void run_bench(void *context)
{
    psb_gemm_f32_args **args = context;
    ((const psb_gemm_f32_kernel *)(const void *)args[1])->run(args[0]);
}

static void bench_layer(check *c, const layer *shape, const psb_gemm_f32_kernel *kernel)
{
    size_t m = (size_t)shape->m, n = (size_t)shape->n, k = (size_t)shape->k;
    float *packed = check_random(c, psb_gemm_f32_packed_count(kernel, shape->n, shape->k));
    psb_gemm_f32_args args = {.c = check_output(c, m * n),
                              .a = check_random(c, m * k),
                              .packed = packed,
                              .ldc = n,
                              .lda = k,
                              .m = shape->m,
                              .n = shape->n,
                              .k = shape->k};
    for (int silu = 0; silu < 2; silu++) {
        char what[64];
        args.activation.kind = silu ? PSB_ACTIVATION_SILU : PSB_ACTIVATION_NONE;
        snprintf(what, sizeof(what), "%s %dx%dx%d%s", shape->name, shape->m, shape->n, shape->k, silu ? " silu" : "");
        const void *context[2] = {&args, kernel};
        check_time(kernel->name, what, run_bench, context, 2.0 * (double)m * (double)n * (double)k, "GFLOP/s");
    }
    check_end_trial(c, kernel->name);
}

static void bench(check *c, const psb_gemm_f32_kernel *kernels, int32_t count)
{
    /* every 1x1 shape of YOLOX-nano at 416x416 that takes more than 1 % of its multiply-adds */
    static const layer layers[] = {
        {"dark2 dw-point", 10816, 32, 16}, {"dark2 csp", 10816, 16, 32},
        {"dark2 out", 10816, 32, 32},      {"dark3 dw-point", 2704, 64, 32},
        {"dark3 csp", 2704, 32, 64},       {"dark3 out", 2704, 64, 64},
        {"dark3 inner", 2704, 32, 32},     {"dark4 dw-point", 676, 128, 64},
        {"dark4 csp", 676, 64, 128},       {"dark4 out", 676, 128, 128},
        {"dark5 dw-point", 169, 256, 128}, {"spp out", 169, 256, 512},
        {"dark5 out", 169, 256, 256},      {"head", 2704, 64, 64},
        {"head classes", 2704, 80, 64},    {"head box", 2704, 4, 64},
    };
    for (size_t l = 0; l < sizeof(layers) / sizeof(layers[0]); l++)
        for (int32_t i = 0; i < count; i++)
            if (check_can_run(c, kernels[i].needs)) bench_layer(c, &layers[l], &kernels[i]);
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "gemm_f32", 400);
    int32_t count;
    const psb_gemm_f32_kernel *kernels = psb_gemm_f32_kernels(&count);
    for (int32_t trial = 0; trial < c.trials; trial++) {
        gemm_case g = draw_case(&c);
        const float *spec = run_variant(&c, &g, &kernels[0]);
        check_against_formula(&c, &g, spec);
        for (int32_t i = 1; i < count; i++)
            if (check_can_run(&c, kernels[i].needs)) check_against_spec(&c, &g, &kernels[i], spec);
        check_end_trial(&c, "any");
    }
    if (c.bench) bench(&c, kernels, count);
    return check_finish(&c);
}
