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

/* A gap of this length breaks the clock: nobody waits through it. */
#define CLOCK_GAP   (600 * SSE_SECOND)
#define CLOCK_STEP  (1 * SSE_SECOND)
#define MAX_EPOCHS  4096
G_STATIC_ASSERT(MAX_EPOCHS <= UINT16_MAX); /* sse_probe.epoch */

/* A read filter drops packets that were dissected already and gives their
 * numbers to the next: what stood on this number is not in the list. */
static void renumber(sse_tracker *t, uint32_t frame)
{
    t->renumbered = true;
    sse_drop_marks(t, frame);
}

void sse_tick(sse_tracker *t, uint32_t frame, int64_t time)
{
    sse_epoch *now = t->epochs->len > 0 ? &g_array_index(t->epochs, sse_epoch, t->epochs->len - 1) : NULL;

    if (frame > t->newest_frame && now != NULL && now->end == t->last_time && time >= now->end &&
        time <= now->end + CLOCK_GAP) {
        /* What nearly every packet does: time goes on. */
        t->newest_frame = frame;
        t->frames++;
        t->last_time = now->end = time;
        t->times_differ = t->first_time != time;
        return;
    }
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
    if (now != NULL) {
        bool back = time < now->end - CLOCK_STEP;

        if (!back && time <= now->end + CLOCK_GAP) {
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
        sse_epoch next = { .start = time, .end = time, .stepped_back = back, .frame = frame };
        g_array_append_val(t->epochs, next);
        return;
    }
    sse_epoch first = { .start = time, .end = time, .frame = frame };
    g_array_append_val(t->epochs, first);
}
