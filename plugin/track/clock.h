/* clock.h
 * The file's clock: how far time has gone, and where it jumped. Deadlines are held
 * against it, never against a packet's own time: docs/verdict.md, "Clock".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_CLOCK_H
#define SSE_CLOCK_H

#include "records.h"

/* A gap of this length breaks the clock: nobody waits through it. */
#define SSE_CLOCK_GAP (600 * SSE_SECOND)

/** For sse_tick(). */
void sse_tick_slowly(sse_tracker *t, uint32_t frame, int64_t time);
/** See sse_tracker_tick(). */
static inline void sse_tick(sse_tracker *t, uint32_t frame, int64_t time)
{
    sse_epoch *now = t->steady;

    if (now == NULL || frame <= t->newest_frame || time < now->end || time > now->end + SSE_CLOCK_GAP) {
        sse_tick_slowly(t, frame, time);
        return;
    }
    /* What nearly every packet does: time goes on. */
    t->newest_frame = frame;
    t->frames++;
    t->last_time = now->end = time;
    t->times_differ = t->first_time != time;
}
/** Before a verdict is drawn: a step backwards at the file's end, which too few
 * packets follow to make up for it, is a jump until one does. */
void sse_clock_settle(sse_tracker *t);
/** Number of the epoch that the newest packet belongs to. */
static inline uint32_t sse_epoch_now(const sse_tracker *t)
{
    return t->epochs->len - 1;
}
/** The same of what waits from now on, where a step backwards may become an epoch
 * of its own: it may not be there yet. */
static inline uint32_t sse_epoch_next(const sse_tracker *t)
{
    return t->epochs->len - (t->step.left == 0 || t->step.taken);
}
/** Latest time in the newest epoch, ns. */
static inline int64_t sse_clock(const sse_tracker *t)
{
    return sse_tracker_epoch(t, t->epochs->len - 1)->end;
}

#endif
