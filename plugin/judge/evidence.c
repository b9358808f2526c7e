/* evidence.c
 * Small tools over evidence that the parts of the verdict share.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "evidence.h"

#include "lower_bound.h"

void sse_frames_add(sse_frames *frames, uint32_t frame)
{
    if (frames->kept > 0 && frames->frame[frames->kept - 1] == frame)
        return;
    if (frames->kept < SSE_FRAMES_KEPT)
        frames->frame[frames->kept++] = frame;
    frames->total++;
}

void sse_run_clear(sse_run *run)
{
    g_array_set_size(run->items, 0);
}

void sse_add_change(sse_group *g, const sse_change *change)
{
    g_array_append_vals(g->report->timeline, change, 1);
}

sse_cause sse_strongest_cause(const uint32_t count[SSE_CAUSES], unsigned (*rank)(sse_cause))
{
    sse_cause best = SSE_CAUSE_NO_REPLY;

    for (unsigned k = 0; k < SSE_CAUSES; k++) {
        if (k == SSE_CAUSE_NO_REPLY || count[k] == 0)
            continue;
        if (best == SSE_CAUSE_NO_REPLY || count[k] > count[best] ||
            (count[k] == count[best] && rank((sse_cause)k) < rank(best)))
            best = (sse_cause)k;
    }
    if (best != SSE_CAUSE_NO_REPLY && count[best] < 2 && count[SSE_CAUSE_NO_REPLY] > 0)
        return SSE_CAUSE_NO_REPLY;
    return best;
}

static int compare_numbers(const void *a, const void *b)
{
    guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;

    return (x > y) - (x < y);
}

void sse_sort_numbers(GArray *numbers)
{
    for (guint i = 1; i < numbers->len; i++) {
        if (item(numbers, i - 1) > item(numbers, i)) {
            g_array_sort(numbers, compare_numbers);
            return;
        }
    }
}

/** A list of records, and where they are. */
typedef struct record_list {
    const sse_context *c;
    const GArray *items;     /**< guint32 */
} record_list;

/* The index-th record's time is before another: of one kind of record each. */
#define RECORD_BEFORE(KIND, RECORD) \
    static bool KIND##_before(const void *sorted, guint index, const void *key) \
    { \
        const record_list *list = (const record_list *)sorted; \
        return RECORD(list->c, item(list->items, index))->time < *(const int64_t *)key; \
    } \
    guint sse_first_##KIND(const sse_context *c, const GArray *items, int64_t from) \
    { \
        const record_list list = { c, items }; \
        return sse_lower_bound(&list, items->len, KIND##_before, &from); \
    }

#define answer_at(c, i) sse_tracker_connect_answer((c)->t, (i))
#define lookup_at(c, i) sse_tracker_lookup((c)->t, (i))
#define fact_at(c, i)   sse_tracker_fact((c)->t, (i))

RECORD_BEFORE(probe, probe_at)

guint sse_first_probe_back(const sse_context *c, const GArray *items, guint place, int64_t from)
{
    const record_list list = { c, items };

    return sse_lower_bound_back(&list, place, probe_before, &from);
}

RECORD_BEFORE(handshake, handshake_at)
RECORD_BEFORE(answer, answer_at)
RECORD_BEFORE(lookup, lookup_at)
RECORD_BEFORE(fact, fact_at)
