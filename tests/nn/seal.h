/* SPDX-License-Identifier: Apache-2.0
 *
 * A .psb file around any body, with the right length and checksum: what only someone who means harm would write. For
 * the hostile tests and the fuzz target, which must come past the header. docs/model-format.md has the places.
 */
#ifndef PSB_TESTS_NN_SEAL_H
#define PSB_TESTS_NN_SEAL_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "nn/model.h"

/* PSB_MODEL_HEADER_BYTES + size bytes; the caller frees them. */
static inline uint8_t *seal(const uint8_t *body, size_t size)
{
    char digest[PSB_SHA256_HEX_BYTES];
    uint8_t *file = calloc(1, PSB_MODEL_HEADER_BYTES + size + 1);
    if (!file) abort();
    memcpy(file, "PSBMODEL", 8);
    file[8] = PSB_MODEL_VERSION;
    for (int32_t b = 0; b < 8; b++) file[16 + b] = (uint8_t)((uint64_t)size >> (8 * b));
    psb_sha256_hex(digest, body, size);
    memcpy(file + 24, digest, 64);
    if (size) memcpy(file + PSB_MODEL_HEADER_BYTES, body, size);
    return file;
}

#endif
