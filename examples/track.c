/* SPDX-License-Identifier: Apache-2.0
 *
 * People followed through YUV4MPEG2 (4:2:0, even sides) from a pipe, with libpasserby alone: a line a track and frame.
 *     cc track.c -o track $(pkg-config --cflags --libs passerby)
 *     ffmpeg -i street.mp4 -pix_fmt yuv420p -f yuv4mpegpipe - | ./track person.yaml
 */
#include <stdio.h>
#include <stdlib.h>

#include <passerby/passerby.h>

static psb_status follow(psb_detector *detector, psb_tracker *tracker, const psb_image *image, int number,
                         double time_s)
{
    psb_frame *frame = NULL;
    const psb_boxes *boxes = NULL;
    const psb_tracks *tracks = NULL;
    psb_status status = psb_frame_wrap(&frame, image, time_s, 0, NULL, NULL);
    if (!status) status = psb_detector_step(detector, &boxes, frame);
    if (!status) status = psb_tracker_step(tracker, &tracks, boxes, time_s);
    for (int i = 0; !status && i < tracks->count; i++)
        if (tracks->state[i] == PSB_TRACK_CONFIRMED)
            printf("%d %lld %.1f %.1f %.1f %.1f\n", number, (long long)tracks->id[i], tracks->x0_px[i],
                   tracks->y0_px[i], tracks->x1_px[i], tracks->y1_px[i]);
    psb_frame_unref(&frame);
    return status;
}

int main(int argc, char **argv)
{
    char line[256];
    int width, height, rate, scale;
    psb_detector *detector = NULL;
    psb_tracker *tracker = NULL;
    if (argc != 2 || !fgets(line, sizeof(line), stdin) ||
        sscanf(line, "YUV4MPEG2 W%d H%d F%d:%d", &width, &height, &rate, &scale) != 4 || width < 2 || height < 2 ||
        width % 2 || height % 2 || rate < 1)
        return 2;
    const size_t luma = (size_t)width * height;
    unsigned char *planes = malloc(luma * 3 / 2);
    if (!planes) return 4;
    const psb_image image = {.format = PSB_PIXEL_YUV420,
                             .width = width,
                             .height = height,
                             .plane = {planes, planes + luma, planes + luma * 5 / 4},
                             .stride_bytes = {width, width / 2, width / 2}};
    psb_status status = psb_detector_open(&detector, argv[1], NULL);
    if (!status) status = psb_tracker_create(&tracker, NULL);
    for (int n = 0; !status && fgets(line, sizeof(line), stdin) && fread(planes, luma * 3 / 2, 1, stdin); n++)
        status = follow(detector, tracker, &image, n + 1, (double)n * scale / rate);
    if (status) fprintf(stderr, "%s\n", psb_error_text());
    psb_tracker_destroy(&tracker);
    psb_detector_close(&detector);
    free(planes);
    return psb_status_exit_code(status);
}
