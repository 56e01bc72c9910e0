/* SPDX-License-Identifier: Apache-2.0
 *
 * The report of an evaluation: HOTA over alpha, HOTA, MOTA and IDF1 of each sequence, and every field as a table.
 * One file that can be mailed: no scripts, nothing loaded.
 */
#include "app/eval_report.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "report/html.h"

enum { CELL_BYTES = 32, MAX_CELLS = 64 };

static const psb_scores *scores_at(const psb_eval_tracks *tracks, int32_t i)
{
    return i < tracks->names.count ? &tracks->scores[i] : &tracks->combined;
}

static const char *name_at(const psb_eval_tracks *tracks, int32_t i)
{
    return i < tracks->names.count ? tracks->names.name[i] : "combined";
}

static void write_table(psb_outfile *to, const psb_eval_tracks *tracks)
{
    char text[MAX_CELLS][CELL_BYTES];
    const char *cells[MAX_CELLS] = {"sequence"};
    int32_t field_count, n = 1;
    const psb_score_field *fields = psb_score_fields(&field_count);
    psb_html_table_begin(to);
    for (int32_t f = 0; f < field_count && n < MAX_CELLS; f++)
        if (fields[f].value) cells[n++] = fields[f].name;
    psb_html_table_row(to, cells, n, 1);
    for (int32_t i = 0; i <= tracks->names.count; i++) {
        cells[0] = name_at(tracks, i);
        n = 1;
        for (int32_t f = 0; f < field_count && n < MAX_CELLS; f++) {
            if (!fields[f].value) continue;
            snprintf(text[n], CELL_BYTES, fields[f].is_count ? "%.0f" : "%.4f", fields[f].value(scores_at(tracks, i)));
            cells[n] = text[n];
            n++;
        }
        psb_html_table_row(to, cells, n, 0);
    }
    psb_html_table_end(to);
}

static psb_status write_charts(psb_outfile *to, const psb_eval_tracks *tracks)
{
    double alpha[PSB_HOTA_ALPHAS];
    psb_chart_line *lines = calloc((size_t)tracks->names.count + 1, sizeof(*lines));
    psb_chart_bar *bars = calloc((size_t)tracks->names.count + 1, sizeof(*bars));
    psb_status status = PSB_OK;
    if (!lines || !bars) {
        status = psb_fail_memory("charts", (size_t)tracks->names.count * sizeof(*bars));
        goto done;
    }
    int32_t field_count;
    const psb_score_field *fields = psb_score_fields(&field_count);
    const char *const bar_names[3] = {"HOTA", "MOTA", "IDF1"};
    for (int32_t a = 0; a < PSB_HOTA_ALPHAS; a++) alpha[a] = 0.05 * (a + 1);
    for (int32_t i = 0; i <= tracks->names.count; i++) {
        const psb_scores *scores = scores_at(tracks, i);
        lines[i] = (psb_chart_line){name_at(tracks, i), scores->hota.hota, i == tracks->names.count};
        bars[i].name = name_at(tracks, i);
        for (int32_t v = 0; v < 3; v++) bars[i].value[v] = psb_score_value(fields, field_count, bar_names[v], scores);
    }
    psb_html_heading(to, "HOTA over alpha");
    const psb_chart_axes axes = {"alpha: how well a box must fit", "HOTA", alpha, PSB_HOTA_ALPHAS};
    psb_html_line_chart(to, &axes, lines, tracks->names.count + 1);
    psb_html_heading(to, "Sequences");
    psb_html_bar_chart(to, bar_names, bars, tracks->names.count + 1);
done:
    free(lines);
    free(bars);
    return status;
}

psb_status psb_eval_report_write(const char *path, const psb_eval_tracks *tracks, const char *benchmark)
{
    psb_outfile *to = NULL;
    char title[CELL_BYTES + 32];
    psb_status status = psb_outfile_open(&to, path);
    if (status) return status;
    snprintf(title, sizeof(title), "Tracks scored, %s", benchmark);
    psb_html_begin(to, title);
    psb_html_paragraph(to,
                       "HOTA (Luiten et al. 2021), CLEAR (Bernardin and Stiefelhagen 2008) and Identity (Ristani et "
                       "al. 2016), with MOTChallenge's preprocessing; fractions, overlap 0.5 for CLEAR and Identity.");
    status = write_charts(to, tracks);
    psb_html_heading(to, "All fields");
    write_table(to, tracks);
    psb_html_end(to);
    if (!status) status = psb_outfile_commit(to);
    psb_outfile_close(&to);
    return status;
}
