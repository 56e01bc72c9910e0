/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-256 (FIPS 180-4) of files and memory, by libsodium: it names a model in a summary, so that what was run can be
 * told apart from what lies there now.
 */
#ifndef PSB_BASE_DIGEST_H
#define PSB_BASE_DIGEST_H

#include <stddef.h>

#include <passerby/status.h>

enum { PSB_SHA256_HEX_BYTES = 65 }; /* 64 lower-case hexadecimal digits and a zero */

void psb_sha256_hex(char out[PSB_SHA256_HEX_BYTES], const void *data, size_t size_bytes);
psb_status psb_sha256_file_hex(char out[PSB_SHA256_HEX_BYTES], const char *path);

#endif
