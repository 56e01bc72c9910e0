/* SPDX-License-Identifier: Apache-2.0
 *
 * People followed through YUV4MPEG2 (4:2:0) from a pipe, with libpasserby alone: one line a track and frame.
 *     cc track.c -o track $(pkg-config --cflags --libs passerby)
 *     ffmpeg -i street.mp4 -pix_fmt yuv420p -f yuv4mpegpipe - | ./track person.yaml
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <passerby/passerby.h>

/* The number behind the header's letter, as in "W768", by what follows a colon, as in "F30000:1001"; 0 without it. */
static double number(const char *header, const char *letter)
{
    int above = 0, below = 1;
    const char *at = strstr(header, letter);
    return at && sscanf(at + 2, "%d:%d", &above, &below) > 0 && below > 0 ? (double)above / below : 0;
}

static psb_status follow(psb_tracker *tracker, psb_detector *detector, const psb_image *image, int frame_i, double fps)
{
    psb_frame *frame = NULL;
    const psb_boxes *boxes = NULL;
    const psb_tracks *tracks = NULL;
    psb_status status = psb_frame_wrap(&frame, image, frame_i / fps, 0, NULL, NULL);
    if (!status) status = psb_detector_step(detector, &boxes, frame);
    if (!status) status = psb_tracker_step(tracker, &tracks, boxes, frame_i / fps);
    for (int i = 0; !status && i < tracks->count; i++)
        if (tracks->state[i] == PSB_TRACK_CONFIRMED)
            printf("%d %lld %.1f %.1f %.1f %.1f\n", frame_i + 1, (long long)tracks->id[i], tracks->x0_px[i],
                   tracks->y0_px[i], tracks->x1_px[i], tracks->y1_px[i]);
    psb_frame_unref(&frame);
    return status;
}

int main(int argc, char **argv)
{
    char line[256] = "";
    psb_detector *detector = NULL;
    psb_tracker *tracker = NULL;
    if (argc != 2 || !fgets(line, sizeof(line), stdin)) return 2;
    const double fps = number(line, " F");
    psb_image image = {.format = PSB_PIXEL_YUV420, .width = (int)number(line, " W"), .height = (int)number(line, " H")};
    const size_t chroma_width = (size_t)(image.width + 1) / 2, chroma_bytes = chroma_width * ((image.height + 1) / 2);
    const size_t luma_bytes = (size_t)image.width * image.height, frame_bytes = luma_bytes + 2 * chroma_bytes;
    uint8_t *planes = malloc(frame_bytes);
    if (!planes || fps <= 0) return 3;
    for (int i = 0; i < 3; i++) {
        image.plane[i] = i ? planes + luma_bytes + (i - 1) * chroma_bytes : planes;
        image.stride_bytes[i] = i ? (ptrdiff_t)chroma_width : image.width;
    }
    psb_status status = psb_detector_open(&detector, argv[1], NULL);
    if (!status) status = psb_tracker_create(&tracker, NULL);
    for (int n = 0; !status && fgets(line, sizeof(line), stdin) && fread(planes, frame_bytes, 1, stdin); n++)
        status = follow(tracker, detector, &image, n, fps);
    if (status) fprintf(stderr, "%s\n", psb_error_text());
    psb_tracker_destroy(&tracker);
    psb_detector_close(&detector);
    free(planes);
    return psb_status_exit_code(status);
}
