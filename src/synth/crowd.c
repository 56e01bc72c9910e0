/* SPDX-License-Identifier: Apache-2.0
 *
 * Walking after Helbing, Molnar, "Social force model for pedestrian dynamics", Phys. Rev. E 51 (1995): towards the goal
 * at one's own speed, away from others and from things, each force of a range of its own. Unlike the paper, forces end
 * at a distance (nobody is felt across a plaza), a turn to the right keeps two people from dancing in front of each
 * other, and whoever gets nowhere for four seconds changes his mind.
 */
#include "synth/crowd_int.h"

#include <math.h>
#include <string.h>

enum { TICKS_PER_S = 25, STUCK_TICKS = 4 * TICKS_PER_S };

#define RELAX_S    0.45f /* to reach the speed that is wanted */
#define PERSONAL_M 1.15f /* others nearer than this are given way to */
#define BODY_M     0.46f /* nobody comes nearer to another's middle */
#define CLEAR_M    0.42f /* nor to a thing */
#define ARRIVED_M  0.55f
#define TALK_M     0.85f
#define BESIDE_M   0.68f

static float chance(psb_walker *walker)
{
    return psb_hash_unit(walker->key, 1000 + walker->asked++);
}

static float between(psb_walker *walker, float least, float most)
{
    return psb_mixf(least, most, chance(walker));
}

static int64_t later(const psb_crowd *crowd, float seconds)
{
    return crowd->tick + (int64_t)(seconds * TICKS_PER_S);
}

/* ---- places to go ---- */

float psb_crowd_clearance(const psb_solid *solid, float x, float y, psb_vec *away_out)
{
    const float dx = x - solid->center.x, dy = y - solid->center.y;
    if (solid->shape != PSB_SHAPE_BOX) {
        const float off = sqrtf(dx * dx + dy * dy) + 1e-6f;
        *away_out = (psb_vec){dx / off, dy / off, 0};
        return off - solid->half.x;
    }
    const float lx = dx * solid->turn_cos + dy * solid->turn_sin, ly = dy * solid->turn_cos - dx * solid->turn_sin;
    const float ox = fabsf(lx) - solid->half.x, oy = fabsf(ly) - solid->half.y;
    const float sx = lx < 0 ? -1.0f : 1.0f, sy = ly < 0 ? -1.0f : 1.0f;
    float ax = ox > 0 ? ox * sx : 0, ay = oy > 0 ? oy * sy : 0, off = sqrtf(ax * ax + ay * ay);
    if (ox <= 0 && oy <= 0) { /* inside: out by the nearer side */
        off = ox > oy ? ox : oy;
        ax = ox > oy ? sx : 0;
        ay = ox > oy ? 0 : sy;
    } else {
        ax /= off;
        ay /= off;
    }
    *away_out = (psb_vec){ax * solid->turn_cos - ay * solid->turn_sin, ax * solid->turn_sin + ay * solid->turn_cos, 0};
    return off;
}

static bool is_free(const psb_place *place, float x, float y, float room)
{
    psb_vec away;
    for (int32_t i = 0; i < place->solid_count; i++)
        if (place->solids[i].is_in_the_way && psb_crowd_clearance(&place->solids[i], x, y, &away) < room) return false;
    return true;
}

/* A free place that the camera sees; nearer ones are as likely as farther ones in pixels rather than in metres. */
static void choose_spot(const psb_place *place, psb_walker *walker, float *x_out, float *y_out)
{
    for (int32_t i = 0; i < 20; i++) {
        const float t = chance(walker), near = place->walk_y0 + 1.2f, far = place->walk_y1 - 0.5f;
        const float y = near * far / psb_mixf(far, near, 0.25f * t + 0.75f * t * t);
        const float half = y * (float)place->view.width / (2 * place->view.focal_px) * 0.92f;
        const float low = -half > place->walk_x0 ? -half : place->walk_x0,
                    high = half < place->walk_x1 ? half : place->walk_x1;
        *x_out = psb_mixf(low, high, chance(walker));
        *y_out = y;
        if (is_free(place, *x_out, *y_out, 0.6f)) return;
    }
}

static void go_on(psb_crowd *crowd, psb_walker *walker)
{
    const psb_place *place = crowd->place;
    walker->state = PSB_WALKER_WALKS;
    walker->is_on_phone = false;
    if (walker->stops_left-- > 0) {
        choose_spot(place, walker, &walker->goal_x, &walker->goal_y);
        return;
    }
    walker->state = PSB_WALKER_LEAVES;
    walker->gate_i = (int32_t)(chance(walker) * (float)place->gate_count);
    walker->goal_x = place->gates[walker->gate_i].in_x;
    walker->goal_y = place->gates[walker->gate_i].in_y;
}

/* ---- coming in ---- */

static void begin_person(psb_crowd *crowd, psb_walker *walker)
{
    const int64_t id = ++crowd->last_id;
    memset(walker, 0, sizeof(*walker));
    walker->id = id;
    walker->key = psb_hash(crowd->key, (uint64_t)id);
    walker->with = -1;
    walker->gate_i = -1;
    walker->state = PSB_WALKER_WALKS;
    psb_looks_draw(&walker->looks, walker->key, crowd->place->is_for_train);
    walker->stops_left = 1 + (int32_t)(chance(walker) * 4);
    walker->phase = chance(walker);
}

static void keep_old(psb_walker *walker)
{
    walker->old_x = walker->x;
    walker->old_y = walker->y;
    walker->old_ahead_x = walker->ahead_x;
    walker->old_ahead_y = walker->ahead_y;
    walker->old_phase = walker->phase;
    walker->old_speed = sqrtf(walker->vx * walker->vx + walker->vy * walker->vy);
}

static void set_off(psb_walker *walker, float x, float y)
{
    walker->x = x;
    walker->y = y;
    const psb_vec to = psb_vec_unit((psb_vec){walker->goal_x - x, walker->goal_y - y, 0});
    walker->ahead_x = to.x;
    walker->ahead_y = to.y;
    walker->vx = to.x * walker->looks.speed_mps;
    walker->vy = to.y * walker->looks.speed_mps;
    keep_old(walker);
}

/* Some come in pairs: the second follows the first, who must be on the way in just now. */
static void come_in(psb_crowd *crowd, int32_t slot)
{
    psb_walker *walker = &crowd->walkers[slot];
    begin_person(crowd, walker);
    const psb_gate *gate = &crowd->place->gates[(int32_t)(chance(walker) * (float)crowd->place->gate_count)];
    walker->goal_x = gate->in_x;
    walker->goal_y = gate->in_y;
    set_off(walker, gate->x + between(walker, -0.4f, 0.4f), gate->y + between(walker, -0.4f, 0.4f));
}

static void join(psb_crowd *crowd, int32_t slot, int32_t leader)
{
    crowd->walkers[slot].with = leader;
    crowd->walkers[slot].is_beside = true;
    crowd->walkers[leader].with = slot;
    const float own = crowd->walkers[slot].looks.speed_mps, leads = crowd->walkers[leader].looks.speed_mps;
    crowd->walkers[slot].looks.speed_mps = crowd->walkers[leader].looks.speed_mps = own < leads ? own : leads;
}

void psb_crowd_init(psb_crowd *out, const psb_place *place, int32_t people, uint64_t key)
{
    memset(out, 0, sizeof(*out));
    out->place = place;
    out->key = key;
    out->count = people;
    for (int32_t i = 0; i < people; i++) {
        psb_walker *walker = &out->walkers[i];
        float x = 0, y = place->walk_y0 + 4;
        begin_person(out, walker);
        choose_spot(place, walker, &x, &y);
        go_on(out, walker);
        const bool is_paired = i > 0 && out->walkers[i - 1].with < 0 && chance(walker) < 0.35f;
        if (is_paired) {
            join(out, i, i - 1);
            x = out->walkers[i - 1].x + 0.5f;
            y = out->walkers[i - 1].y + 0.3f;
        }
        set_off(walker, x, y);
    }
    for (int32_t i = 0; i < 2 * TICKS_PER_S; i++) psb_crowd_tick(out); /* until nobody stands in another */
    out->tick = 0;
}

/* ---- being somewhere ---- */

static void part(psb_crowd *crowd, psb_walker *walker)
{
    const int32_t other = walker->with;
    if (other < 0) return;
    if (crowd->walkers[other].with >= 0 && &crowd->walkers[crowd->walkers[other].with] == walker) {
        crowd->walkers[other].with = -1;
        crowd->walkers[other].is_beside = false;
    }
    walker->with = -1;
    walker->is_beside = false;
}

/* Two who are alone may agree on a place between them to talk at. */
static bool agree_to_meet(psb_crowd *crowd, int32_t slot)
{
    psb_walker *walker = &crowd->walkers[slot];
    if (walker->with >= 0 || chance(walker) > 0.45f) return false;
    for (int32_t i = 0; i < crowd->count; i++) {
        psb_walker *other = &crowd->walkers[i];
        const float dx = other->x - walker->x, dy = other->y - walker->y, square = dx * dx + dy * dy;
        if (i == slot || other->state != PSB_WALKER_WALKS || other->with >= 0 || square > 64 || square < 1) continue;
        const float x = (walker->x + other->x) / 2, y = (walker->y + other->y) / 2, off = sqrtf(square);
        if (!is_free(crowd->place, x, y, 1.0f)) continue;
        walker->with = i;
        other->with = slot;
        walker->state = PSB_WALKER_WALKS;
        walker->goal_x = x - dx / off * TALK_M / 2;
        walker->goal_y = y - dy / off * TALK_M / 2;
        other->goal_x = x + dx / off * TALK_M / 2;
        other->goal_y = y + dy / off * TALK_M / 2;
        return true;
    }
    return false;
}

static void begin_talk(psb_crowd *crowd, psb_walker *walker)
{
    psb_walker *other = &crowd->walkers[walker->with];
    const int64_t until = later(crowd, between(walker, 3, 9));
    walker->state = other->state = PSB_WALKER_TALKS;
    walker->until = other->until = until;
}

static void arrive(psb_crowd *crowd, int32_t slot)
{
    psb_walker *walker = &crowd->walkers[slot];
    if (walker->state == PSB_WALKER_LEAVES) {
        const psb_gate *gate = &crowd->place->gates[walker->gate_i];
        const bool is_out = fabsf(walker->goal_x - gate->x) < 0.01f && fabsf(walker->goal_y - gate->y) < 0.01f;
        walker->goal_x = gate->x;
        walker->goal_y = gate->y;
        if (!is_out) return;
        part(crowd, walker);
        walker->state = PSB_WALKER_GONE;
        walker->until = later(crowd, between(walker, 0.2f, 2.5f));
        return;
    }
    if (walker->with >= 0 && !walker->is_beside && !crowd->walkers[walker->with].is_beside) { /* to meet somebody */
        const psb_walker *other = &crowd->walkers[walker->with];
        const float dx = other->x - walker->x, dy = other->y - walker->y;
        if (dx * dx + dy * dy < 2.2f) begin_talk(crowd, walker);
        return;
    }
    if (agree_to_meet(crowd, slot)) return;
    if (chance(walker) < 0.5f) {
        walker->state = PSB_WALKER_STANDS;
        walker->until = later(crowd, between(walker, 1.5f, 6));
        walker->is_on_phone = chance(walker) < 0.4f;
        return;
    }
    go_on(crowd, walker);
}

static void end_waiting(psb_crowd *crowd, int32_t slot)
{
    psb_walker *walker = &crowd->walkers[slot];
    if (crowd->tick < walker->until) return;
    if (walker->state == PSB_WALKER_GONE) {
        come_in(crowd, slot);
        const int32_t before = slot ? slot - 1 : crowd->count - 1;
        psb_walker *other = &crowd->walkers[before];
        if (other->state == PSB_WALKER_GONE && before != slot && chance(walker) < 0.4f) { /* a pair */
            begin_person(crowd, other);
            other->goal_x = walker->goal_x;
            other->goal_y = walker->goal_y;
            set_off(other, walker->x + 0.5f, walker->y + 0.3f);
            join(crowd, before, slot);
        }
        return;
    }
    if (walker->state == PSB_WALKER_TALKS) {
        psb_walker *other = walker->with >= 0 ? &crowd->walkers[walker->with] : NULL;
        if (other && other->state == PSB_WALKER_TALKS && !other->is_beside && !walker->is_beside) {
            const bool go_together = chance(walker) < 0.4f;
            const int32_t other_slot = walker->with;
            part(crowd, walker);
            go_on(crowd, other);
            if (go_together) join(crowd, other_slot, slot);
        }
    }
    go_on(crowd, walker);
}

/* ---- walking ---- */

/* Where one who keeps beside another wants to be: at the leader's left or right, whichever is nearer. */
static void follow(psb_crowd *crowd, psb_walker *walker)
{
    const psb_walker *leader = &crowd->walkers[walker->with];
    const float right_x = leader->ahead_y, right_y = -leader->ahead_x;
    const float side = (walker->x - leader->x) * right_x + (walker->y - leader->y) * right_y > 0 ? BESIDE_M : -BESIDE_M;
    walker->goal_x = leader->x + right_x * side + leader->vx * 0.7f;
    walker->goal_y = leader->y + right_y * side + leader->vy * 0.7f;
    if (leader->state == PSB_WALKER_GONE) {
        const psb_gate *gate = &crowd->place->gates[leader->gate_i];
        part(crowd, walker);
        walker->state = PSB_WALKER_LEAVES;
        walker->gate_i = leader->gate_i;
        walker->goal_x = gate->x;
        walker->goal_y = gate->y;
        return;
    }
    walker->state = leader->state == PSB_WALKER_STANDS ? PSB_WALKER_STANDS : PSB_WALKER_WALKS;
    walker->until = leader->until;
}

static void push_from_others(const psb_crowd *crowd, int32_t slot, float *fx, float *fy)
{
    const psb_walker *walker = &crowd->walkers[slot];
    for (int32_t i = 0; i < crowd->count; i++) {
        const psb_walker *other = &crowd->walkers[i];
        if (i == slot || other->state == PSB_WALKER_GONE || (i == walker->with && walker->state != PSB_WALKER_WALKS))
            continue;
        const float dx = walker->x - other->x, dy = walker->y - other->y, square = dx * dx + dy * dy;
        const float range = i == walker->with ? BODY_M + 0.1f : PERSONAL_M + 0.3f;
        if (square > range * range) continue;
        const float off = sqrtf(square) + 1e-3f, t = 1 - off / range;
        const float ahead = -(dx * walker->vx + dy * walker->vy) / off; /* it is in front */
        const float push = 3.2f * t * t + 1.2f * t, side = ahead > 0 ? 1.5f * t : 0;
        *fx += (dx * push - dy * side) / off; /* away, and to the right */
        *fy += (dy * push + dx * side) / off;
    }
}

static void push_from_things(const psb_crowd *crowd, const psb_walker *walker, float *fx, float *fy)
{
    const psb_place *place = crowd->place;
    for (int32_t i = 0; i < place->solid_count; i++) {
        psb_vec away;
        if (!place->solids[i].is_in_the_way) continue;
        const float off = psb_crowd_clearance(&place->solids[i], walker->x, walker->y, &away);
        if (off > 1.3f) continue;
        const float t = 1 - psb_clampf(off, 0, 1.3f) / 1.3f;
        const float to_x = walker->goal_x - walker->x, to_y = walker->goal_y - walker->y;
        const float turn = to_x * -away.y + to_y * away.x > 0 ? 1.0f : -1.0f; /* around the nearer end */
        const float against = -(to_x * away.x + to_y * away.y) > 0 ? 2.2f * t : 0;
        *fx += away.x * 3.5f * t * t - away.y * turn * against;
        *fy += away.y * 3.5f * t * t + away.x * turn * against;
    }
}

/* Nobody goes through a thing or leaves where one may walk (but by a gate). */
static void keep_out(const psb_crowd *crowd, psb_walker *walker)
{
    const psb_place *place = crowd->place;
    for (int32_t i = 0; i < place->solid_count; i++) {
        psb_vec away;
        if (!place->solids[i].is_in_the_way) continue;
        const float off = psb_crowd_clearance(&place->solids[i], walker->x, walker->y, &away);
        if (off >= CLEAR_M) continue;
        walker->x += away.x * (CLEAR_M - off);
        walker->y += away.y * (CLEAR_M - off);
    }
    const bool is_coming_in = walker->old_x < place->walk_x0 || walker->old_x > place->walk_x1;
    if (walker->state == PSB_WALKER_LEAVES || is_coming_in) return;
    walker->x = psb_clampf(walker->x, place->walk_x0, place->walk_x1);
}

static void turn_to(psb_walker *walker, float x, float y, float most)
{
    const psb_vec to = psb_vec_unit((psb_vec){x, y, 0});
    const float side = walker->ahead_x * to.y - walker->ahead_y * to.x,
                front = walker->ahead_x * to.x + walker->ahead_y * to.y;
    const float by = front < 0 ? (side < 0 ? -most : most) : psb_clampf(side, -most, most);
    const float c = 1 - by * by / 2;
    const psb_vec ahead = psb_vec_unit(
        (psb_vec){walker->ahead_x * c - walker->ahead_y * by, walker->ahead_x * by + walker->ahead_y * c, 0});
    walker->ahead_x = ahead.x;
    walker->ahead_y = ahead.y;
}

static void face(const psb_crowd *crowd, psb_walker *walker, float speed)
{
    if (speed > 0.15f) {
        turn_to(walker, walker->vx, walker->vy, 0.10f);
        return;
    }
    const bool is_talking =
        walker->state == PSB_WALKER_TALKS || (walker->with >= 0 && walker->state == PSB_WALKER_STANDS);
    if (!is_talking || walker->with < 0) return;
    const psb_walker *other = &crowd->walkers[walker->with];
    turn_to(walker, other->x - walker->x, other->y - walker->y, 0.08f);
}

static void walk(psb_crowd *crowd, int32_t slot)
{
    psb_walker *walker = &crowd->walkers[slot];
    const bool stands = walker->state == PSB_WALKER_STANDS || walker->state == PSB_WALKER_TALKS;
    const float dx = walker->goal_x - walker->x, dy = walker->goal_y - walker->y,
                off = sqrtf(dx * dx + dy * dy) + 1e-3f;
    const float own = walker->looks.speed_mps;
    float pace = stands ? 0 : own * psb_clampf(off / 0.8f, 0.25f, 1);
    if (walker->is_beside && !stands) pace = own * psb_clampf(off * 0.8f, 0, 1.25f);
    if (walker->state == PSB_WALKER_LEAVES) pace = own;
    float fx = 0, fy = 0;
    push_from_others(crowd, slot, &fx, &fy);
    push_from_things(crowd, walker, &fx, &fy);
    const float give_way = stands ? 0.25f : 1;
    walker->vx += PSB_TICK_S * ((dx / off * pace - walker->vx) / RELAX_S + fx * give_way);
    walker->vy += PSB_TICK_S * ((dy / off * pace - walker->vy) / RELAX_S + fy * give_way);
    float speed = sqrtf(walker->vx * walker->vx + walker->vy * walker->vy);
    const float most = own * 1.25f;
    if (speed > most) {
        walker->vx *= most / speed;
        walker->vy *= most / speed;
        speed = most;
    }
    if (stands && speed < 0.08f) walker->vx = walker->vy = speed = 0;
    walker->x += walker->vx * PSB_TICK_S;
    walker->y += walker->vy * PSB_TICK_S;
    keep_out(crowd, walker);
    face(crowd, walker, speed);
    /* the feet go with what was really covered */
    const float mx = walker->x - walker->old_x, my = walker->y - walker->old_y;
    const float forward = mx * walker->ahead_x + my * walker->ahead_y;
    walker->phase += forward / psb_stride_m(&walker->looks, speed);
    const bool moves = mx * mx + my * my > 0.2f * PSB_TICK_S * 0.2f * PSB_TICK_S;
    if (moves || stands) walker->stuck_since = crowd->tick;
}

static void decide(psb_crowd *crowd, int32_t slot)
{
    psb_walker *walker = &crowd->walkers[slot];
    const float dx = walker->goal_x - walker->x, dy = walker->goal_y - walker->y;
    if (walker->is_beside && walker->with >= 0) {
        follow(crowd, walker);
        return;
    }
    if (walker->state == PSB_WALKER_STANDS || walker->state == PSB_WALKER_TALKS) {
        end_waiting(crowd, slot);
        return;
    }
    if (dx * dx + dy * dy < ARRIVED_M * ARRIVED_M) arrive(crowd, slot);
    if (crowd->tick - walker->stuck_since < STUCK_TICKS || walker->state == PSB_WALKER_GONE) return;
    part(crowd, walker);
    walker->stuck_since = crowd->tick;
    go_on(crowd, walker);
}

void psb_crowd_tick(psb_crowd *crowd)
{
    crowd->tick++;
    for (int32_t i = 0; i < crowd->count; i++) keep_old(&crowd->walkers[i]);
    for (int32_t i = 0; i < crowd->count; i++) {
        if (crowd->walkers[i].state == PSB_WALKER_GONE) {
            end_waiting(crowd, i);
            continue;
        }
        decide(crowd, i);
        if (crowd->walkers[i].state != PSB_WALKER_GONE) walk(crowd, i);
    }
}

psb_stance psb_crowd_stance(const psb_crowd *crowd, int32_t walker_i, float share)
{
    const psb_walker *walker = &crowd->walkers[walker_i];
    const float speed = sqrtf(walker->vx * walker->vx + walker->vy * walker->vy);
    const psb_vec ahead = psb_vec_unit((psb_vec){psb_mixf(walker->old_ahead_x, walker->ahead_x, share),
                                                 psb_mixf(walker->old_ahead_y, walker->ahead_y, share), 0});
    return (psb_stance){
        .x = psb_mixf(walker->old_x, walker->x, share),
        .y = psb_mixf(walker->old_y, walker->y, share),
        .ahead_x = ahead.x,
        .ahead_y = ahead.y,
        .phase = psb_mixf(walker->old_phase, walker->phase, share),
        .speed_mps = psb_mixf(walker->old_speed, speed, share),
        .doing = walker->state == PSB_WALKER_TALKS ? PSB_DOING_TALK
                 : walker->is_on_phone             ? PSB_DOING_PHONE
                                                   : PSB_DOING_NOTHING,
        .time_s = ((float)crowd->tick - 1 + share) * PSB_TICK_S,
    };
}
