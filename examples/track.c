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

int main(int argc, char **argv)
{
    char line[256];
    psb_detector *detector = NULL;
    psb_tracker *tracker = NULL;
    psb_status status = PSB_OK;
    if (argc != 2 || !fgets(line, sizeof(line), stdin) || strncmp(line, "YUV4MPEG2 ", 10) != 0) return 2;
    const int width = (int)number(line, " W"), height = (int)number(line, " H");
    const double fps = number(line, " F") > 0 ? number(line, " F") : 25;
    if (width < 1 || height < 1 || width > PSB_FRAME_MAX_SIDE_PX || height > PSB_FRAME_MAX_SIDE_PX) return 3;

    const size_t luma_bytes = (size_t)width * height, chroma_bytes = (size_t)((width + 1) / 2) * ((height + 1) / 2);
    const size_t frame_bytes = luma_bytes + 2 * chroma_bytes;
    uint8_t *planes = malloc(frame_bytes);
    if (!planes) return 4;
    const psb_image image = {.format = PSB_PIXEL_YUV420,
                             .width = width,
                             .height = height,
                             .plane = {planes, planes + luma_bytes, planes + luma_bytes + chroma_bytes},
                             .stride_bytes = {width, (width + 1) / 2, (width + 1) / 2}};
    status = psb_detector_open(&detector, argv[1], NULL);
    if (!status) status = psb_tracker_create(&tracker, NULL);
    for (int n = 0; !status && fgets(line, sizeof(line), stdin) && fread(planes, 1, frame_bytes, stdin) == frame_bytes;
         n++) {
        psb_frame *frame = NULL;
        const psb_boxes *boxes = NULL;
        const psb_tracks *tracks = NULL;
        const double time_s = n / fps;
        status = psb_frame_wrap(&frame, &image, time_s, 0, NULL, NULL);
        if (!status) status = psb_detector_step(detector, &boxes, frame);
        if (!status) status = psb_tracker_step(tracker, &tracks, boxes, time_s);
        for (int i = 0; !status && i < tracks->count; i++)
            if (tracks->state[i] == PSB_TRACK_CONFIRMED)
                printf("%d %lld %.1f %.1f %.1f %.1f\n", n + 1, (long long)tracks->id[i], (double)tracks->x0_px[i],
                       (double)tracks->y0_px[i], (double)tracks->x1_px[i], (double)tracks->y1_px[i]);
        psb_frame_unref(&frame);
    }
    if (status) fprintf(stderr, "%s\n", psb_error_text());
    psb_tracker_destroy(&tracker);
    psb_detector_close(&detector);
    free(planes);
    return psb_status_exit_code(status);
}
