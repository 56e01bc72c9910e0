/* SPDX-License-Identifier: Apache-2.0
 *
 * `passerby track`: its options, what may be said together, and the command's row. The run itself is track_run.c.
 */
#include "app/app.h"
#include "app/track_run.h"
#include "base/error.h"

#define FIELD(name) offsetof(psb_track_options, name)

static const psb_option rows[] = {
    {"model", 'm', PSB_OPTION_TEXT, "FILE", 0, 0, NULL, FIELD(model),
     "the detector: a descriptor (YAML) beside its network, or a .psb model; unless given, the one that is built in"},
    {"input-size", 0, PSB_OPTION_SIZE, "WxH", 32, 4096, NULL, FIELD(input_size),
     "the network's input; larger finds smaller people and takes longer; unless given, the model's own"},
    {"output", 'o', PSB_OPTION_TEXT, "DIR", 0, 0, NULL, FIELD(output),
     "the folder for the outputs; made where it is missing"},
    {"detections", 0, PSB_OPTION_TEXT, "FILE", 0, 0, NULL, FIELD(detections),
     "boxes from this MOTChallenge text in the place of a detector's; without INPUT no pictures are read"},
    {"seqinfo", 0, PSB_OPTION_TEXT, "FILE", 0, 0, NULL, FIELD(seqinfo),
     "seqinfo.ini of the detections: frame rate and count; unless given, one beside them or a folder above is read"},
    {"times", 0, PSB_OPTION_TEXT, "FILE", 0, 0, NULL, FIELD(times),
     "\"frame,time_s\" rows: the frames of the detections that were looked at, and when"},
    {"redact", 0, PSB_OPTION_WORD, "pixelate|fill|blur|none", 0, 0, "pixelate", FIELD(redact),
     "how people are made unrecognisable in redacted.mp4; none writes no video"},
    {"unredacted", 0, PSB_OPTION_FLAG, NULL, 0, 0, NULL, FIELD(unredacted),
     "write unredacted.mp4 as well, in which everybody can be recognised"},
    {"look-back", 0, PSB_OPTION_DURATION, "T", 0, 60, "1s", FIELD(look_back_s),
     "hold frames back so long, to cover people before they were first detected"},
    {"coast", 0, PSB_OPTION_DURATION, "T", 0, 60, "0s", FIELD(coast_s),
     "write predicted boxes into tracks.txt up to so long after a person was last seen"},
    {"doubt-margin", 0, PSB_OPTION_NUMBER, "M", 0, 1, "0.4", FIELD(doubt_margin),
     "a smaller lead over the runner-up behind an occlusion begins a new identity; 0 never does"},
    {"offline", 0, PSB_OPTION_FLAG, NULL, 0, 0, NULL, FIELD(offline),
     "look ahead for tracks.txt: fill gaps, link and smooth tracks"},
    {"every", 0, PSB_OPTION_COUNT, "N", 1, 1000000, "1", FIELD(every),
     "look at frames 1, 1 + N, ...; all are redacted"},
    {"from", 0, PSB_OPTION_DURATION, "T", 0, 3600000, "0s", FIELD(from_s), "begin at this time of the stream"},
    {"to", 0, PSB_OPTION_DURATION, "T", 0.001, 3600000, NULL, FIELD(to_s), "end before this time of the stream"},
    {"fps", 0, PSB_OPTION_NUMBER, "F", 0.01, 1000, NULL, FIELD(fps),
     "frame rate of a folder of images; unless given, its seqinfo.ini's, else 25"},
    {"min-score", 0, PSB_OPTION_NUMBER, "S", 0, 1, NULL, FIELD(min_score),
     "weaker detections are neither written nor tracked; unless given, 0.1 with a model and none with --detections"},
    {"threads", 0, PSB_OPTION_COUNT, "N", 1, 64, "2", FIELD(threads),
     "1: all in one thread; 2: reading and writing video in threads of their own; more also decode"},
    {"cpu", 0, PSB_OPTION_TEXT, "c|avx2|avx512", 0, 0, NULL, FIELD(cpu),
     "the highest instruction set to use; unless given, the best there is"},
    {"allow-codec", 0, PSB_OPTION_TEXT, "NAME", 0, 0, NULL, FIELD(allow_codec),
     "decoders (names with commas between) to allow beyond the list of usual ones"},
};

/* Where the boxes come from. */
static psb_status check_boxes(const char *who, bool has_input, const psb_track_options *options)
{
    if (!has_input && !options->detections)
        return psb_fail(PSB_USAGE, "%s: nothing to track: give an INPUT, or --detections", who);
    if (options->model && options->detections)
        return psb_fail(PSB_USAGE, "%s: --model and --detections exclude each other: boxes come from one of them", who);
    if (options->input_size.width && options->detections)
        return psb_fail(PSB_USAGE, "%s: --input-size and --detections exclude each other: no network is run", who);
    if ((options->seqinfo || options->times) && !options->detections)
        return psb_fail(PSB_USAGE, "%s: --%s needs --detections", who, options->seqinfo ? "seqinfo" : "times");
    return PSB_OK;
}

/* What each option needs or excludes is said in one sentence. */
static psb_status check(const char *who, bool has_input, const psb_track_options *options)
{
    if (!options->output) return psb_fail(PSB_USAGE, "%s: no folder for the outputs: give -o DIR", who);
    const psb_status status = check_boxes(who, has_input, options);
    if (status) return status;
    if (options->unredacted && !has_input)
        return psb_fail(PSB_USAGE, "%s: --unredacted needs an INPUT: there are no pictures to write", who);
    if (options->fps > 0 && !has_input)
        return psb_fail(PSB_USAGE,
                        "%s: --fps needs a folder of images; the rate of --detections is their seqinfo.ini's", who);
    if (options->offline && options->coast_s > 0)
        return psb_fail(PSB_USAGE, "%s: --offline and --coast exclude each other: gaps are filled, not predicted", who);
    if (options->to_s > 0 && options->to_s <= options->from_s)
        return psb_fail(PSB_USAGE, "%s: found --to %g s, expected more than --from %g s", who, options->to_s,
                        options->from_s);
    return PSB_OK;
}

static psb_status run(const psb_app *app, const psb_arguments *arguments, const void *options)
{
    const char *input = arguments->operand_count > 0 ? arguments->operand[0] : NULL;
    const psb_status status = check(app->who, input != NULL, options);
    return status ? status : psb_track_run(app, input, options);
}

const psb_command psb_command_track = {
    .name = "track",
    .summary = "people in one video or folder: tracks, redacted video, summary",
    .usage = "[INPUT] [--model FILE | --detections FILE] [OPTION]... -o DIR",
    .examples = "  passerby track street.mp4 -o out/\n"
                "  passerby track img1/ --fps 10 --model yolox.yaml --redact fill -o out/\n"
                "  passerby track street.mp4 --detections det.txt -o out/        # no model needed\n"
                "  passerby track --detections det/det.txt --seqinfo seqinfo.ini -o out/   # no pictures needed\n",
    .options = {rows, sizeof(rows) / sizeof(rows[0])},
    .options_bytes = sizeof(psb_track_options),
    .least_operands = 0,
    .most_operands = 1,
    .run = run,
};
