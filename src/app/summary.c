/* SPDX-License-Identifier: Apache-2.0
 *
 * The keys and their order are product.md's; `encoder`, `interlaced`, `withheld`, `offline` and `interrupted` come
 * behind them. What is not known is null, never 0 (not-a-number is written as null).
 */
#include "app/summary.h"

#include <math.h>
#include <sys/resource.h>

#include "base/json.h"

static void write_stage(psb_json *json, const char *name, const psb_histogram *times)
{
    static const psb_histogram none = {0};
    static const struct {
        const char *key;
        double fraction;
    } percentiles[] = {{"p50_ms", 0.5}, {"p90_ms", 0.9}, {"p99_ms", 0.99}};
    if (!times) times = &none;
    psb_json_key(json, name);
    psb_json_begin_object(json);
    psb_json_key(json, "count");
    psb_json_int(json, times->count);
    for (size_t i = 0; i < sizeof(percentiles) / sizeof(percentiles[0]); i++) {
        psb_json_key(json, percentiles[i].key);
        psb_json_fixed(json, times->count > 0 ? psb_histogram_ms(times, percentiles[i].fraction) : NAN, 3);
    }
    psb_json_end_object(json);
}

static void write_stages(psb_json *json, const psb_summary *summary)
{
    psb_json_key(json, "stages");
    psb_json_begin_object(json);
    write_stage(json, "decode", summary->decode);
    write_stage(json, "prepare", psb_camera_stage_times(summary->camera, PSB_STAGE_PREPARE));
    write_stage(json, "network", psb_camera_stage_times(summary->camera, PSB_STAGE_NETWORK));
    write_stage(json, "head", psb_camera_stage_times(summary->camera, PSB_STAGE_HEAD));
    write_stage(json, "track", psb_camera_stage_times(summary->camera, PSB_STAGE_TRACK));
    write_stage(json, "redact", summary->redact);
    write_stage(json, "encode", summary->encode);
    psb_json_end_object(json);
}

static void write_model(psb_json *json, const psb_summary *summary)
{
    psb_json_key(json, "model");
    psb_json_begin_object(json);
    psb_json_key(json, "name");
    psb_json_string(json, summary->model_name);
    psb_json_key(json, "sha256");
    psb_json_string(json, summary->model_sha256);
    psb_json_end_object(json);
}

static void write_int(psb_json *json, const char *key, int64_t value)
{
    psb_json_key(json, key);
    psb_json_int(json, value);
}

/* null where it is not known: there are no pictures, and no seqinfo.ini that says it. */
static void write_size(psb_json *json, const char *key, int32_t size_px)
{
    psb_json_key(json, key);
    psb_json_number(json, size_px > 0 ? size_px : NAN);
}

static void write_bool(psb_json *json, const char *key, bool value)
{
    psb_json_key(json, key);
    psb_json_bool(json, value);
}

static void write_fixed(psb_json *json, const char *key, double value, int32_t decimals)
{
    psb_json_key(json, key);
    psb_json_fixed(json, value, decimals);
}

/* The most memory that the process ever held, in 10^6 bytes. */
static double peak_mb(void)
{
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss * 1024 / 1e6; /* Linux counts in KiB */
}

void psb_summary_write(psb_outfile *to, const psb_summary *summary, bool pretty)
{
    psb_json json;
    psb_json_init(&json, to, pretty);
    psb_json_begin_object(&json);
    write_int(&json, "frames", summary->frames);
    write_int(&json, "looked_at", summary->looked_at);
    write_fixed(&json, "fps", summary->input.fps, 3);
    write_fixed(&json, "seconds", summary->seconds, 3);
    write_size(&json, "width", summary->input.width);
    write_size(&json, "height", summary->input.height);
    write_int(&json, "decode_errors", summary->input.decode_errors);
    write_bool(&json, "truncated", summary->input.is_truncated);
    write_stages(&json, summary);
    write_model(&json, summary);
    psb_json_key(&json, "cpu");
    psb_json_string(&json, summary->cpu);
    write_fixed(&json, "peak_mb", peak_mb(), 1);
    write_int(&json, "tracks", summary->tracks);
    psb_json_key(&json, "outputs");
    psb_json_begin_array(&json);
    for (int32_t i = 0; i < summary->output_count; i++) psb_json_string(&json, summary->outputs[i]);
    psb_json_end_array(&json);
    write_bool(&json, "unredacted", summary->is_unredacted);
    psb_json_key(&json, "encoder");
    psb_json_string(&json, summary->encoder);
    write_bool(&json, "interlaced", summary->input.is_interlaced);
    write_int(&json, "withheld", summary->withheld);
    write_bool(&json, "offline", summary->is_offline);
    write_bool(&json, "interrupted", summary->is_interrupted);
    psb_json_end_object(&json);
}
