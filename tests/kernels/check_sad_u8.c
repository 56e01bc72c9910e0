/* SPDX-License-Identifier: Apache-2.0
 *
 * Sums of absolute differences: every variant against C, both sides of a block, extremes often (the largest sum must
 * fit). --bench times what a search for the camera's motion does.
 */
#include "draw_u8.h"
#include "kernels/sad_u8.h"

static psb_sad_u8_fn *form_of(const psb_sad_u8_kernel *kernel, int32_t side)
{
    return side == 8 ? kernel->run8 : kernel->run16;
}

static void trial(check *c, const psb_sad_u8_kernel *kernels, int32_t count)
{
    const int32_t side = check_int(c, 0, 1) ? 8 : 16, places = 8 * check_int(c, 1, 4);
    psb_sad_u8_args args = {
        .ld_block = side + check_int(c, 0, 9), .ld_area = places + side + check_int(c, 0, 9), .places = places};
    check_describe(c, "side %d places %d ld_block %d ld_area %d", (int)side, (int)places, (int)args.ld_block,
                   (int)args.ld_area);
    const size_t out_bytes = (size_t)places * (size_t)places * sizeof(uint16_t);
    const size_t block_bytes = (size_t)args.ld_block * (size_t)(side - 1) + (size_t)side;
    const size_t area_bytes = (size_t)args.ld_area * (size_t)(places + side - 2) + (size_t)(places + side);
    uint8_t *const block = draw_bytes(c, block_bytes), *const area = draw_bytes(c, area_bytes);
    const int32_t extreme = check_int(c, 0, 7);
    for (size_t i = 0; i < block_bytes && extreme == 7; i++) block[i] = 0; /* the largest sum there is */
    for (size_t i = 0; i < area_bytes && extreme == 7; i++) area[i] = 255;
    args.block = block;
    args.area = area;
    uint8_t *const spec = draw_output_bytes(c, out_bytes);
    args.out = (uint16_t *)(void *)spec;
    form_of(&kernels[0], side)(&args);
    for (int32_t i = 1; i < count; i++) {
        if (!check_can_run(c, kernels[i].needs)) continue;
        uint8_t *const out = draw_output_bytes(c, out_bytes);
        args.out = (uint16_t *)(void *)out;
        form_of(&kernels[i], side)(&args);
        check_same_bytes(c, kernels[i].name, out, spec, out_bytes);
    }
    check_end_trial(c, "any");
}

/* The definition, by hand: a block that lies in the area at (3, 5) is found there and nowhere else. */
static void find_planted(check *c, const psb_sad_u8_kernel *kernel)
{
    enum { SIDE = 16, PLACES = 8, LD = 24 };
    uint16_t out[PLACES * PLACES];
    uint8_t area[LD * (PLACES + SIDE)];
    for (int32_t i = 0; i < (int32_t)sizeof(area); i++) area[i] = (uint8_t)(i * i * 7 + i * 31);
    kernel->run16(&(psb_sad_u8_args){out, area + 3 * LD + 5, area, LD, LD, PLACES});
    for (int32_t i = 0; i < PLACES * PLACES; i++)
        if ((out[i] == 0) != (i == 3 * PLACES + 5)) check_fail(c, kernel->name, "place %d: sum %d", (int)i, out[i]);
}

typedef struct bench_case {
    psb_sad_u8_args args;
    psb_sad_u8_fn *run;
} bench_case;

static void run_bench(void *context)
{
    const bench_case *b = context;
    b->run(&b->args);
}

static void bench(check *c, const psb_sad_u8_kernel *kernel)
{
    enum { LD = 512 };
    static const struct {
        const char *name;
        int32_t side, places;
    } cases[] = {{"8 x 8 at 16 x 16 places", 8, 16}, {"16 x 16 at 8 x 8 places", 16, 8}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const int32_t side = cases[i].side, places = cases[i].places;
        uint16_t *const out = check_bytes(c, (size_t)(places * places) * sizeof(*out));
        bench_case b = {{out, draw_bytes(c, LD * 16), draw_bytes(c, LD * 40), LD, LD, places}, form_of(kernel, side)};
        check_time(kernel->name, cases[i].name, run_bench, &b, (double)(side * side * places * places), "Gop/s");
        check_end_trial(c, kernel->name);
    }
}

int main(int argc, char **argv)
{
    check c;
    check_init(&c, argc, argv, "sad_u8", 400);
    int32_t count;
    const psb_sad_u8_kernel *kernels = psb_sad_u8_kernels(&count);
    for (int32_t i = 0; i < c.trials; i++) trial(&c, kernels, count);
    for (int32_t i = 0; i < count; i++)
        if (check_can_run(&c, kernels[i].needs)) find_planted(&c, &kernels[i]);
    for (int32_t i = 0; c.bench && i < count; i++)
        if (check_can_run(&c, kernels[i].needs)) bench(&c, &kernels[i]);
    return check_finish(&c);
}
