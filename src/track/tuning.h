/* SPDX-License-Identifier: Apache-2.0
 *
 * Every constant of the method: name, default, unit and meaning. One list makes the struct, the defaults and the names
 * by which the benchmarks search. The defaults were searched on MOT17-02, -05, -11 and TUD-Stadtmitte only, at full
 * rate and thinned; README.md tells what was left out of the search.
 */
#ifndef PSB_TRACK_TUNING_H
#define PSB_TRACK_TUNING_H

/* clang-format off */
#define PSB_TRACKER_TUNING_LIST(X) \
    /* what a detector's boxes are worth (scale.c) */ \
    X(noise_place, 0.0699, "heights: deviation of a trusted box's centre at usual jitter") \
    X(noise_size, 0.0761, "heights: of its width and height") \
    X(noise_weak, 0.945, "factor: what a score of 0 adds to both") \
    X(noise_crowd, 0.938, "factor: what being wholly covered by another adds to both") \
    X(usual_jitter, 0.055, "heights: change of size at which the noise is as stated") \
    X(learn_jitter, 299.0, "comparisons over which the jitter is averaged; 0 = not learnt") \
    X(usual_score, 0.376, "trust of the weak boxes of believed people, before it is learnt") \
    X(share_weak, 0.08, "of the boxes of believed people, how many score less than that") \
    X(high_forget_s, 60.0, "s: over which the high score is averaged; 0 = not learnt, a score is a trust") \
    X(birth_high, 0.85, "trust: weaker boxes begin no track") \
    X(faith_least, 0.3, "faith: who has lived on boxes of less is not reported and takes no weak box; 0 = off") \
    X(faith_s, 1.5, "s: of somebody's boxes, the last so long count") \
    X(learn_score, 0.0209, "how far one box moves it, in deviations; 0 = not learnt") \
    /* motion (life.c, motion.c) */ \
    X(wander_place, 0.42, "heights/s^1.5: white acceleration across the picture") \
    X(wander_size, 0.0516, "heights/s^1.5: of the size") \
    X(vertical, 0.322, "of wander and speed across, what goes up and down") \
    X(start_speed, 1.01, "heights/s: deviation of a new person's speed") \
    X(start_growth, 0.113, "heights/s: of its growth") \
    X(forget_speed_s, 2.98, "s: an unseen speed dies out in about this time") \
    X(forget_growth_s, 1.2, "s: an unseen growth") \
    /* association (association.c) */ \
    X(gate, 4.27, "deviations: beyond this distance two are not compared") \
    X(weight_overlap, 0.658, "of the overlap in the similarity") \
    X(weight_place, 0.157, "of the place") \
    X(weight_size, 0.217, "of the size") \
    X(weight_seen, 0.1, "what a track seen of late is ahead of one that was not") \
    X(late_s, 0.085, "s: of late") \
    X(least_strong, 0.211, "similarity that a match of strong boxes must exceed") \
    X(least_weak, 0.264, "of weak boxes") \
    X(least_tentative, 0.093, "of tentative tracks") \
    X(weak_score, 0.45, "trust: boxes below take part in nothing") \
    X(min_score, -1e30, "score, as the detector gives it: boxes below take part in nothing") \
    /* the camera's own movement (sway.c) */ \
    X(sway_reach, 0.662, "heights: the largest common shift looked for; 0 = none") \
    X(sway_width, 0.111, "heights: how exactly a vote tells the shift") \
    X(sway_fresh_s, 0.595, "s: people unseen longer do not vote") \
    X(sway_doubt, 0.95, "factor on the votes for no shift") \
    X(sway_votes, 0.935, "votes more that a shift needs") \
    X(sway_prior, 1.9, "votes for no shift in its size") \
    X(sway_forget_s, 0.186, "s: over which the camera's speed is averaged") \
    X(sway_moving, 0.101, "share of time with a shift from which on a camera counts as moving") \
    X(sway_pan, 0.54, "share of the camera's speed that is expected to go on") \
    /* birth and death (life.c) */ \
    X(birth_part, 0.948, "of the usual score: boxes from here on begin tracks; below 1, many share the top score") \
    X(birth_apart, 0.4, "overlap with a matched box beyond which a box begins nothing") \
    X(confirm_trust, 0.8, "trust: weaker boxes confirm no track") \
    X(confirm_hits, 2.0, "boxes after which a track is believed") \
    X(max_lost_s, 1.76, "s: a believed track unseen this long is forgotten") \
    X(tentative_s, 0.25, "s: a tentative one") \
    /* who is still there unseen (life.c) */ \
    X(presence_s, 2.42, "s: seen so long, the odds that somebody is there are 2") \
    X(presence_rate, 2.95, "1/s: at which they fall unseen, e-fold; people below even odds are not reported") \
    X(presence_cover, 0.56, "of the time under a whole cover that does not count as unseen") \
    /* identity after doubt (doubt.c) */ \
    X(doubt_margin, 0.4, "0..1: less certainty than this after an occlusion ends an identity; 0 = never") \
    X(doubt_opening, 0.3, "s^2: the opening for others that each occlusion gives, beside the time unseen squared") \
    X(doubt_known_s, 0.5, "s: as if followed so long before") \
    X(doubt_cover, 0.2, "covered more than this by another is an occlusion") \
    X(doubt_unseen_s, 0.03, "s: and unseen longer than this") \
    /* what is reported (tracker.c) */ \
    X(smooth, 0.397, "share of the filtered box in the reported one, at usual jitter")
/* clang-format on */

typedef struct psb_tracker_tuning {
#define X(name, value, meaning) double name;
    PSB_TRACKER_TUNING_LIST(X)
#undef X
} psb_tracker_tuning;

extern const psb_tracker_tuning psb_tracker_tuning_default;

#endif
