/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzz target: the ONNX reader, and with it the passes, the plan and the operators: a file that is taken must also run,
 * inside its own memory. Plans that are large or slow are opened but not run.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/cpu.h"
#include "nn/network.h"

enum { MAX_MACS = 1 << 20, MAX_ARENA_BYTES = 1 << 20, MAX_STEPS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int holds)
{
    if (!holds) abort();
}

/* The first and the last element of a view, by its dimensions and strides. */
static float corners(psb_tensor_view view)
{
    const float *last = view.data;
    expect(view.rank >= 0 && view.rank <= PSB_TENSOR_MAX_RANK);
    for (int32_t d = 0; d < view.rank; d++) {
        expect(view.dims[d] >= 1);
        last += (view.dims[d] - 1) * view.strides[d];
    }
    return *view.data + *last;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    psb_network *network = NULL;
    /* one input in two under the plain C kernels, the others under all that the machine has */
    uint32_t flags = size & 1 ? psb_cpu_detect() : 0;
    if (psb_network_parse(&network, "fuzz.onnx", data, size, flags)) {
        expect(network == NULL);
        expect(psb_error_text()[0] != '\0');
        return 0;
    }
    psb_network_info info = psb_network_info_get(network);
    expect(info.inputs >= 1 && info.outputs >= 1);
    if (info.macs <= MAX_MACS && info.arena_bytes <= MAX_ARENA_BYTES && info.nodes_planned <= MAX_STEPS)
        psb_network_run(network);
    float sum = 0;
    for (int32_t i = 0; i < info.inputs; i++) sum += corners(psb_network_input(network, i));
    for (int32_t o = 0; o < info.outputs; o++) sum += corners(psb_network_output(network, o));
    expect(sum == sum || sum != sum); /* the reads above are what is tested */
    psb_network_close(&network);
    return 0;
}
