/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-256 (FIPS 180-4) of files and memory, by libsodium.
 */
#ifndef PSB_BASE_DIGEST_H
#define PSB_BASE_DIGEST_H

#include <stddef.h>

#include <passerby/status.h>

enum { PSB_SHA256_HEX_BYTES = 65 }; /* 64 lower-case hexadecimal digits and a zero */

void psb_sha256_hex(char out[PSB_SHA256_HEX_BYTES], const void *data, size_t size_bytes);
psb_status psb_sha256_file_hex(char out[PSB_SHA256_HEX_BYTES], const char *path);

#endif
