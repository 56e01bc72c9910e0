/* SPDX-License-Identifier: Apache-2.0
 *
 * A network against recorded outputs: check_golden MODEL.onnx FOLDER ABS REL CPU. FOLDER holds input.bin and outK.bin,
 * float32, row-major. Prints the worst element's multiple of what is allowed, abs + rel |expected|, for each output;
 * exits 1 where one is above 1. For use while working on the engine; `passerby model check` is for people.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <passerby/status.h>

#include "base/bytes.h"
#include "base/cpu.h"
#include "nn/network.h"

/* Element `flat` in row-major order. */
static float *element(const psb_tensor_view *view, int64_t flat)
{
    float *at = view->data;
    for (int32_t d = view->rank - 1; d >= 0; d--) {
        at += flat % view->dims[d] * view->strides[d];
        flat /= view->dims[d];
    }
    return at;
}

static int64_t elements(const psb_tensor_view *view)
{
    int64_t count = 1;
    for (int32_t d = 0; d < view->rank; d++) count *= view->dims[d];
    return count;
}

static float *read_floats(psb_bytes *bytes, const char *folder, const char *name, int64_t count)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (psb_bytes_read(bytes, path, (size_t)1 << 30)) return NULL;
    return bytes->size_bytes == (size_t)count * sizeof(float) ? (float *)(void *)bytes->data : NULL;
}

static double compare(const psb_tensor_view *view, const char *folder, int32_t output_i, double abs, double rel)
{
    char name[32];
    psb_bytes bytes = {0};
    snprintf(name, sizeof(name), "out%d.bin", output_i);
    const float *expected = read_floats(&bytes, folder, name, elements(view));
    double worst = 0;
    if (!expected) worst = INFINITY;
    for (int64_t i = 0; expected && i < elements(view); i++) {
        double multiple = fabs((double)*element(view, i) - expected[i]) / (abs + rel * fabs((double)expected[i]));
        if (!(multiple <= worst)) worst = multiple;
    }
    psb_bytes_fini(&bytes);
    return worst;
}

int main(int argc, char **argv)
{
    if (argc != 6) return fprintf(stderr, "check_golden MODEL.onnx FOLDER ABS REL CPU\n"), 2;
    uint32_t flags;
    psb_network *network = NULL;
    psb_bytes bytes = {0};
    if (psb_cpu_from_name(&flags, argv[5]) || psb_network_open(&network, argv[1], flags))
        return fprintf(stderr, "%s\n", psb_error_text()), 3;
    psb_tensor_view input = psb_network_input(network, 0);
    const float *values = read_floats(&bytes, argv[2], "input.bin", elements(&input));
    if (!values) return fprintf(stderr, "%s: no input of the right size\n", argv[2]), 3;
    for (int64_t i = 0; i < elements(&input); i++) *element(&input, i) = values[i];
    psb_bytes_fini(&bytes);
    psb_network_run(network);
    double worst = 0;
    for (int32_t o = 0; o < psb_network_info_get(network).outputs; o++) {
        psb_tensor_view view = psb_network_output(network, o);
        double multiple = compare(&view, argv[2], o, strtod(argv[3], NULL), strtod(argv[4], NULL));
        printf("%s %s: %.4f\n", argv[5], view.name, multiple);
        if (!(multiple <= worst)) worst = multiple;
    }
    psb_network_close(&network);
    return worst <= 1 ? 0 : 1;
}
