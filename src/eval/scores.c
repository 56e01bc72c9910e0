/* SPDX-License-Identifier: Apache-2.0
 *
 * The scores of a sequence put together, combined over sequences, and named: one table of fields under the names of
 * TrackEval's result tables, which the JSON, the terminal table and the report all read.
 */
#include "eval/scores.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* What follows from the sums, per alpha. A sequence without truth or without tracks has zeros, and LocA 1. */
static void finish_hota(psb_hota *h)
{
    for (int32_t a = 0; a < PSB_HOTA_ALPHAS; a++) {
        h->det_re[a] = h->tp[a] / fmax(1, h->tp[a] + h->fn[a]);
        h->det_pr[a] = h->tp[a] / fmax(1, h->tp[a] + h->fp[a]);
        h->det_a[a] = h->tp[a] / fmax(1, h->tp[a] + h->fn[a] + h->fp[a]);
        h->hota[a] = sqrt(h->det_a[a] * h->ass_a[a]);
    }
}

psb_status psb_scores_measure(psb_scores *out, const psb_eval_sequence *sequence, psb_matcher *matcher)
{
    memset(out, 0, sizeof(*out));
    psb_status status = psb_hota_measure(&out->hota, sequence, matcher);
    if (!status) status = psb_clear_measure(&out->clear, sequence, matcher);
    if (!status) status = psb_identity_measure(&out->identity, sequence, matcher);
    if (status) return status;
    finish_hota(&out->hota);
    out->dets = sequence->track_count;
    out->gt_dets = sequence->gt_count;
    out->ids = sequence->track_id_count;
    out->gt_ids = sequence->gt_id_count;
    return PSB_OK;
}

void psb_scores_combine(psb_scores *out, const psb_scores *parts, int32_t part_count)
{
    memset(out, 0, sizeof(*out));
    psb_hota *h = &out->hota;
    for (int32_t i = 0; i < part_count; i++) {
        const psb_scores *p = &parts[i];
        for (int32_t a = 0; a < PSB_HOTA_ALPHAS; a++) {
            h->tp[a] += p->hota.tp[a];
            h->fn[a] += p->hota.fn[a];
            h->fp[a] += p->hota.fp[a];
            h->ass_a[a] += p->hota.ass_a[a] * p->hota.tp[a];
            h->ass_re[a] += p->hota.ass_re[a] * p->hota.tp[a];
            h->ass_pr[a] += p->hota.ass_pr[a] * p->hota.tp[a];
            h->loc_a[a] += p->hota.loc_a[a] * p->hota.tp[a];
        }
        out->clear.tp += p->clear.tp;
        out->clear.fn += p->clear.fn;
        out->clear.fp += p->clear.fp;
        out->clear.id_switches += p->clear.id_switches;
        out->clear.mostly_tracked += p->clear.mostly_tracked;
        out->clear.partly_tracked += p->clear.partly_tracked;
        out->clear.mostly_lost += p->clear.mostly_lost;
        out->clear.fragments += p->clear.fragments;
        out->clear.frames += p->clear.frames;
        out->clear.motp_sum += p->clear.motp_sum;
        out->identity.tp += p->identity.tp;
        out->identity.fn += p->identity.fn;
        out->identity.fp += p->identity.fp;
        out->dets += p->dets;
        out->gt_dets += p->gt_dets;
        out->ids += p->ids;
        out->gt_ids += p->gt_ids;
    }
    for (int32_t a = 0; a < PSB_HOTA_ALPHAS; a++) {
        h->ass_a[a] /= fmax(1, h->tp[a]);
        h->ass_re[a] /= fmax(1, h->tp[a]);
        h->ass_pr[a] /= fmax(1, h->tp[a]);
        h->loc_a[a] = fmax(1e-10, h->loc_a[a]) / fmax(1e-10, h->tp[a]);
    }
    finish_hota(h);
}

static double mean(const double *values)
{
    double sum = 0;
    for (int32_t a = 0; a < PSB_HOTA_ALPHAS; a++) sum += values[a];
    return sum / PSB_HOTA_ALPHAS;
}

static double gt_of(const psb_clear *c)
{
    return fmax(1, c->tp + c->fn);
}

static double gt_ids_of(const psb_clear *c)
{
    return fmax(1, c->mostly_tracked + c->partly_tracked + c->mostly_lost);
}

/* name in the table, is it a count, value */
#define PSB_FIELD_TABLE(X)                                                                                             \
    X("HOTA", hota, 0, mean(s->hota.hota))                                                                             \
    X("DetA", det_a, 0, mean(s->hota.det_a))                                                                           \
    X("AssA", ass_a, 0, mean(s->hota.ass_a))                                                                           \
    X("DetRe", det_re, 0, mean(s->hota.det_re))                                                                        \
    X("DetPr", det_pr, 0, mean(s->hota.det_pr))                                                                        \
    X("AssRe", ass_re, 0, mean(s->hota.ass_re))                                                                        \
    X("AssPr", ass_pr, 0, mean(s->hota.ass_pr))                                                                        \
    X("LocA", loc_a, 0, mean(s->hota.loc_a))                                                                           \
    X("HOTA(0)", hota_0, 0, s->hota.hota[0])                                                                           \
    X("LocA(0)", loc_a_0, 0, s->hota.loc_a[0])                                                                         \
    X("HOTALocA(0)", hota_loc_a_0, 0, s->hota.hota[0] * s->hota.loc_a[0])                                              \
    X("MOTA", mota, 0, (s->clear.tp - s->clear.fp - s->clear.id_switches) / gt_of(&s->clear))                          \
    X("MOTP", motp, 0, s->clear.motp_sum / fmax(1, s->clear.tp))                                                       \
    X("MODA", moda, 0, (s->clear.tp - s->clear.fp) / gt_of(&s->clear))                                                 \
    X("CLR_Re", clr_re, 0, s->clear.tp / gt_of(&s->clear))                                                             \
    X("CLR_Pr", clr_pr, 0, s->clear.tp / fmax(1, s->clear.tp + s->clear.fp))                                           \
    X("MTR", mtr, 0, s->clear.mostly_tracked / gt_ids_of(&s->clear))                                                   \
    X("PTR", ptr, 0, s->clear.partly_tracked / gt_ids_of(&s->clear))                                                   \
    X("MLR", mlr, 0, s->clear.mostly_lost / gt_ids_of(&s->clear))                                                      \
    X("sMOTA", smota, 0, (s->clear.motp_sum - s->clear.fp - s->clear.id_switches) / gt_of(&s->clear))                  \
    X("CLR_F1", clr_f1, 0, s->clear.tp / fmax(1, s->clear.tp + 0.5 * s->clear.fn + 0.5 * s->clear.fp))                 \
    X("FP_per_frame", fp_per_frame, 0, s->clear.fp / fmax(1, s->clear.frames))                                         \
    X("MOTAL", motal, 0,                                                                                               \
      (s->clear.tp - s->clear.fp - (s->clear.id_switches > 0 ? log10(s->clear.id_switches) : 0)) / gt_of(&s->clear))   \
    X("MOTP_sum", motp_sum, 0, s->clear.motp_sum)                                                                      \
    X("CLR_TP", clr_tp, 1, s->clear.tp)                                                                                \
    X("CLR_FN", clr_fn, 1, s->clear.fn)                                                                                \
    X("CLR_FP", clr_fp, 1, s->clear.fp)                                                                                \
    X("IDSW", idsw, 1, s->clear.id_switches)                                                                           \
    X("MT", mt, 1, s->clear.mostly_tracked)                                                                            \
    X("PT", pt, 1, s->clear.partly_tracked)                                                                            \
    X("ML", ml, 1, s->clear.mostly_lost)                                                                               \
    X("Frag", frag, 1, s->clear.fragments)                                                                             \
    X("CLR_Frames", clr_frames, 1, s->clear.frames)                                                                    \
    X("IDF1", idf1, 0, s->identity.tp / fmax(1, s->identity.tp + 0.5 * s->identity.fp + 0.5 * s->identity.fn))         \
    X("IDR", idr, 0, s->identity.tp / fmax(1, s->identity.tp + s->identity.fn))                                        \
    X("IDP", idp, 0, s->identity.tp / fmax(1, s->identity.tp + s->identity.fp))                                        \
    X("IDTP", idtp, 1, s->identity.tp)                                                                                 \
    X("IDFN", idfn, 1, s->identity.fn)                                                                                 \
    X("IDFP", idfp, 1, s->identity.fp)                                                                                 \
    X("Dets", dets, 1, s->dets)                                                                                        \
    X("GT_Dets", gt_dets, 1, s->gt_dets)                                                                               \
    X("IDs", ids, 1, s->ids)                                                                                           \
    X("GT_IDs", gt_ids, 1, s->gt_ids)

#define X(name, symbol, is_count, expression)                                                                          \
    static double field_##symbol(const psb_scores *s)                                                                  \
    {                                                                                                                  \
        return expression;                                                                                             \
    }
PSB_FIELD_TABLE(X)
#undef X

static const double *hota_list(const psb_scores *s)
{
    return s->hota.hota;
}

static const double *loc_a_list(const psb_scores *s)
{
    return s->hota.loc_a;
}

const psb_score_field *psb_score_fields(int32_t *count_out)
{
    static const psb_score_field fields[] = {
#define X(name, symbol, is_count, expression) {name, field_##symbol, NULL, is_count},
        PSB_FIELD_TABLE(X)
#undef X
            {"HOTA_per_alpha", NULL, hota_list, 0},
        {"LocA_per_alpha", NULL, loc_a_list, 0},
    };
    *count_out = (int32_t)(sizeof(fields) / sizeof(fields[0]));
    return fields;
}

const psb_score_field *psb_score_field_named(const psb_score_field *fields, int32_t count, const char *name)
{
    for (int32_t i = 0; i < count; i++)
        if (fields[i].value && strcmp(fields[i].name, name) == 0) return &fields[i];
    assert(!"a field that the table does not have");
    return fields;
}

double psb_score_value(const psb_score_field *fields, int32_t count, const char *name, const psb_scores *scores)
{
    return psb_score_field_named(fields, count, name)->value(scores);
}
