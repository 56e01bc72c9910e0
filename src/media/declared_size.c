/* SPDX-License-Identifier: Apache-2.0
 *
 * Was a file cut? Demuxers read what is there and end quietly, so the container's own word is compared with the
 * file's length: MP4 and MOV are a chain of boxes with sizes (ISO/IEC 14496-12, 4.2), Matroska is one segment with a
 * size (RFC 8794, section 6), AVI a RIFF chunk with a size, MPEG-TS whole packets of 188 bytes.
 * Annex B and recordings without a declared size cannot tell.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "media/media_int.h"

enum { MAX_BOXES = 1 << 20, TS_PACKET_BYTES = 188, TS_SYNC = 0x47 };

static bool read_at(int fd, uint8_t *to, size_t size_bytes, uint64_t offset)
{
    return pread(fd, to, size_bytes, (off_t)offset) == (ssize_t)size_bytes;
}

static uint64_t big_endian(const uint8_t *bytes, int count)
{
    uint64_t value = 0;
    for (int i = 0; i < count; i++) value = value << 8 | bytes[i];
    return value;
}

static bool are_boxes_cut(int fd, uint64_t file_bytes)
{
    uint8_t head[16];
    uint64_t at = 0;
    for (int i = 0; i < MAX_BOXES && at < file_bytes; i++) {
        if (!read_at(fd, head, 8, at)) return true; /* half a header */
        uint64_t size_bytes = big_endian(head, 4);
        if (size_bytes == 0) return false; /* to the end of the file, whatever that is */
        if (size_bytes == 1) {             /* the size stands in 64 bits behind the name */
            if (!read_at(fd, head, 16, at)) return true;
            size_bytes = big_endian(head + 8, 8);
        }
        if (size_bytes < 8) return false; /* not a box: no word to hold the file to */
        if (size_bytes > file_bytes - at) return true;
        at += size_bytes;
    }
    return false;
}

/* EBML's variable length numbers: as many leading zeros in the first byte as further bytes follow. */
static int ebml_length(uint8_t first)
{
    int length = 1;
    while (length <= 8 && !(first & (0x80 >> (length - 1)))) length++;
    return length;
}

/* An element's size field; 0 where there is none, all ones mean unknown. */
static int ebml_size(int fd, uint64_t at, uint64_t *size_out, bool *is_unknown_out)
{
    uint8_t bytes[8];
    if (!read_at(fd, bytes, 1, at)) return 0;
    const int length = ebml_length(bytes[0]);
    if (length > 8 || !read_at(fd, bytes, (size_t)length, at)) return 0;
    const uint64_t mask = (UINT64_C(1) << (7 * length)) - 1;
    *size_out = big_endian(bytes, length) & mask;
    *is_unknown_out = *size_out == mask;
    return length;
}

static bool is_segment_cut(int fd, uint64_t file_bytes)
{
    static const uint8_t segment_id[4] = {0x18, 0x53, 0x80, 0x67};
    uint64_t size_bytes = 0;
    bool is_unknown = false;
    int length = ebml_size(fd, 4, &size_bytes, &is_unknown); /* of the EBML header, whose name has 4 bytes */
    if (!length || is_unknown || size_bytes > file_bytes) return false;
    const uint64_t at = 4 + (uint64_t)length + size_bytes;
    uint8_t id[4];
    if (!read_at(fd, id, 4, at) || memcmp(id, segment_id, 4) != 0) return false;
    length = ebml_size(fd, at + 4, &size_bytes, &is_unknown);
    if (!length || is_unknown) return false;
    return size_bytes > file_bytes - (at + 4 + (uint64_t)length);
}

bool psb_media_is_cut(const char *path)
{
    bool is_cut = false;
    uint8_t head[TS_PACKET_BYTES + 1] = {0};
    struct stat about;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    if (fstat(fd, &about) || !read_at(fd, head, sizeof(head), 0)) goto done;

    const uint64_t file_bytes = (uint64_t)about.st_size;
    if (memcmp(head, "\x1a\x45\xdf\xa3", 4) == 0) {
        is_cut = is_segment_cut(fd, file_bytes);
    } else if (memcmp(head, "RIFF", 4) == 0) { /* little-endian */
        const uint64_t size_bytes =
            (uint64_t)head[7] << 24 | (uint64_t)head[6] << 16 | (uint64_t)head[5] << 8 | head[4];
        is_cut = size_bytes != UINT32_MAX && size_bytes + 8 > file_bytes; /* all ones: written live, not known */
    } else if (head[0] == TS_SYNC && head[TS_PACKET_BYTES] == TS_SYNC) {
        is_cut = file_bytes % TS_PACKET_BYTES != 0;
    } else if (memcmp(head + 4, "ftyp", 4) == 0 || memcmp(head + 4, "moov", 4) == 0 ||
               memcmp(head + 4, "mdat", 4) == 0 || memcmp(head + 4, "wide", 4) == 0) {
        is_cut = are_boxes_cut(fd, file_bytes);
    }
done:
    close(fd);
    return is_cut;
}
