/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-256 by libsodium, written as hexadecimal digits. Files are read in pieces, so a model of any size costs
 * one buffer on the stack.
 */
#include "base/digest.h"

#include <errno.h>
#include <stdio.h>

#include <sodium.h>

#include "base/error.h"

enum { PIECE_BYTES = 16384 };

static void write_hex(char out[PSB_SHA256_HEX_BYTES], const unsigned char digest[crypto_hash_sha256_BYTES])
{
    sodium_bin2hex(out, PSB_SHA256_HEX_BYTES, digest, crypto_hash_sha256_BYTES);
}

void psb_sha256_hex(char out[PSB_SHA256_HEX_BYTES], const void *data, size_t size_bytes)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, data, size_bytes);
    write_hex(out, digest);
}

psb_status psb_sha256_file_hex(char out[PSB_SHA256_HEX_BYTES], const char *path)
{
    unsigned char piece[PIECE_BYTES], digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    psb_status status = PSB_OK;
    size_t got;
    out[0] = 0;
    FILE *file = fopen(path, "rb");
    if (!file) return psb_fail_system(path, "opening", errno);
    crypto_hash_sha256_init(&state);
    while ((got = fread(piece, 1, sizeof(piece), file)) > 0) crypto_hash_sha256_update(&state, piece, got);
    if (ferror(file)) {
        status = psb_fail_system(path, "reading", errno);
        goto done;
    }
    crypto_hash_sha256_final(&state, digest);
    write_hex(out, digest);
done:
    fclose(file);
    return status;
}
