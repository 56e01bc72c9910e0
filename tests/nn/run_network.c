/* SPDX-License-Identifier: Apache-2.0
 *
 * For end-to-end tests that want a network's very outputs: run_network MODEL reads its first input, row-major float32,
 * from standard input and writes all its outputs, row-major and one after another, to standard output.
 */
#include <passerby/status.h>

#include "model_file.h"

int main(int argc, char **argv)
{
    psb_network *network = NULL;
    if (argc != 2) return fprintf(stderr, "run_network MODEL\n"), 2;
    if (psb_network_open(&network, argv[1], psb_cpu_detect())) return fprintf(stderr, "%s\n", psb_error_text()), 3;
    const psb_tensor_view input = psb_network_input(network, 0);
    size_t moved = 0, wanted = (size_t)view_elements(&input);
    for (int64_t e = 0; e < view_elements(&input); e++) moved += fread(view_at(&input, e), sizeof(float), 1, stdin);
    psb_network_run(network);
    for (int32_t o = 0; o < psb_network_info_get(network).outputs; o++) {
        const psb_tensor_view view = psb_network_output(network, o);
        wanted += (size_t)view_elements(&view);
        for (int64_t e = 0; e < view_elements(&view); e++) moved += fwrite(view_at(&view, e), sizeof(float), 1, stdout);
    }
    psb_network_close(&network);
    return moved == wanted ? 0 : 1;
}
