/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzz target: the .psb reader. The input is a body; the header with its checksum is put around it, or no mutation
 * would ever be looked at. A network that is taken must also run, inside its own memory; large ones are only opened.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "../tests/nn/seal.h"
#include "base/cpu.h"
#include "nn/model.h"
#include "nn/network.h"

enum { MAX_MACS = 1 << 20, MAX_ARENA_BYTES = 1 << 20, MAX_STEPS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int holds)
{
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    psb_network *network = NULL;
    uint8_t *file = seal(data, size);
    /* one input in two under the plain C kernels, the others under all that the machine has */
    const uint32_t flags = size & 1 ? psb_cpu_detect() : 0;
    const psb_network_options options = {.writes_bytes = size & 2}; /* and one in two as a detector opens it */
    if (psb_network_parse_with(&network, "fuzz.psb", file, PSB_MODEL_HEADER_BYTES + size, &options, flags)) {
        expect(network == NULL);
        expect(psb_error_text()[0] != '\0');
        free(file);
        return 0;
    }
    free(file);
    const psb_network_info info = psb_network_info_get(network);
    expect(info.inputs >= 1 && info.outputs >= 1);
    if (info.macs <= MAX_MACS && info.arena_bytes <= MAX_ARENA_BYTES && info.nodes_planned <= MAX_STEPS)
        psb_network_run(network);
    psb_network_close(&network);
    return 0;
}
