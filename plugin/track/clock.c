/* clock.c
 * The file's clock: how far time has gone, and where it jumped.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "clock.h"

#include "frames.h"
#include "room.h"

#define CLOCK_STEP  (1 * SSE_SECOND)
/* So many packets may make up for a step backwards: then the file is out of
 * order there, and its clock went on. */
#define DISORDER    16
#define MAX_EPOCHS  4096
G_STATIC_ASSERT(MAX_EPOCHS <= UINT16_MAX); /* sse_probe.epoch */

/* A read filter drops packets that were dissected already and gives their
 * numbers to the next: what stood on this number is not in the list. */
static void renumber(sse_tracker *t, uint32_t frame)
{
    t->renumbered = true;
    sse_drop_marks(t, frame);
}

/* Records that were made since the step belong to this epoch: at most a few for
 * each of the packets that may make up for it. */
static void move_records(sse_tracker *t, uint32_t epoch)
{
    for (guint i = t->step.probes; i < t->probes->len; i++)
        g_array_index(t->probes, sse_probe, i).epoch = (uint16_t)epoch;
    for (guint i = t->step.handshakes; i < t->handshakes->len; i++)
        g_array_index(t->handshakes, sse_handshake, i).epoch = epoch;
    for (guint i = t->step.lookups; i < t->lookups->len; i++)
        g_array_index(t->lookups, sse_lookup, i).epoch = epoch;
}

/* Nothing made up for it: the clock jumped. */
static void take_step(sse_tracker *t)
{
    sse_epoch next = { .start = t->step.start, .end = t->step.end, .stepped_back = true, .frame = t->step.frame };

    g_array_append_val(t->epochs, next);
    move_records(t, t->epochs->len - 1);
    t->step.taken = true;
    t->generation++;
}

/* It was taken for a verdict, and the file goes on. */
static void give_step_back(sse_tracker *t)
{
    g_array_set_size(t->epochs, t->epochs->len - 1);
    move_records(t, t->epochs->len - 1);
    t->step.taken = false;
    t->generation++;
}

static void begin_step(sse_tracker *t, uint32_t frame, int64_t time)
{
    t->step = (sse_step){ .left = DISORDER, .frame = frame, .start = time, .end = time, .probes = t->probes->len,
                          .handshakes = t->handshakes->len, .lookups = t->lookups->len };
}

/* A packet behind a step that waits. @return true where it is still behind it. */
static bool is_behind_step(sse_tracker *t, int64_t time)
{
    if (t->step.taken)
        give_step_back(t);
    if (time >= g_array_index(t->epochs, sse_epoch, t->epochs->len - 1).end - CLOCK_STEP) {
        t->step.left = 0;
        return false;
    }
    t->step.start = MIN(t->step.start, time);
    t->step.end = MAX(t->step.end, time);
    if (--t->step.left == 0)
        take_step(t);
    return true;
}

void sse_clock_settle(sse_tracker *t)
{
    if (t->step.left > 0 && !t->step.taken)
        take_step(t);
}

/* Any packet's time. */
static void take_time(sse_tracker *t, uint32_t frame, int64_t time)
{
    sse_epoch *now = t->epochs->len > 0 ? &g_array_index(t->epochs, sse_epoch, t->epochs->len - 1) : NULL;

    if (frame <= t->newest_frame)
        renumber(t, frame);
    t->newest_frame = frame;
    if (t->frames++ == 0) {
        t->first_time = t->last_time = time;
    } else {
        if (time < t->first_time)
            t->first_time = time;
        if (time > t->last_time)
            t->last_time = time;
        if (t->first_time != t->last_time)
            t->times_differ = true;
    }
    if (t->step.left > 0 && is_behind_step(t, time))
        return;
    if (now != NULL) {
        now = &g_array_index(t->epochs, sse_epoch, t->epochs->len - 1);
        bool back = time < now->end - CLOCK_STEP;

        if (!back && time <= now->end + SSE_CLOCK_GAP) {
            if (time > now->end)
                now->end = time;
            return;
        }
        if (t->epochs->len >= MAX_EPOCHS) {
            /* A clock that jumps thousands of times says little any more: from
             * here on time only goes on, so that what waits does end. */
            now->stepped_back |= back;
            if (time > now->end)
                now->end = time;
            sse_note_limit(t, SSE_LIMIT_CLOCK, SSE_NONE, frame, time);
            return;
        }
        if (back) {
            begin_step(t, frame, time);
            return;
        }
        sse_epoch next = { .start = time, .end = time, .frame = frame };
        g_array_append_val(t->epochs, next);
        return;
    }
    sse_epoch first = { .start = time, .end = time, .frame = frame };
    g_array_append_val(t->epochs, first);
}

void sse_tick_slowly(sse_tracker *t, uint32_t frame, int64_t time)
{
    sse_epoch *now;

    take_time(t, frame, time);
    now = &g_array_index(t->epochs, sse_epoch, t->epochs->len - 1);
    t->steady = t->step.left == 0 && now->end == t->last_time ? now : NULL;
}
