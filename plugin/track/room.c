/* room.c
 * How much is kept of what a sender controls.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "room.h"

/* Once for each limit: the fact is where it began. */
void sse_note_limit(sse_tracker *t, sse_limit limit, uint32_t client, uint32_t frame, int64_t time)
{
    sse_fact fact = { .kind = SSE_FACT_LIMIT, .client = client, .frame = frame, .time = time };

    if ((t->left_out >> limit & 1) != 0)
        return;
    t->left_out |= 1u << limit;
    g_array_append_val(t->facts, fact);
}

bool sse_has_room(sse_tracker *t, const GArray *records, sse_limit limit, const obs_packet *p)
{
    if (records->len < t->limits.records)
        return true;
    sse_note_limit(t, limit, SSE_NONE, p->frame, p->time);
    return false;
}

bool sse_has_room_for_addresses(sse_tracker *t, const obs_packet *p)
{
    if (t->addresses->len + 1 < t->limits.addresses ||
        (sse_find_address(t, &p->src) != SSE_NONE && sse_find_address(t, &p->dst) != SSE_NONE))
        return true;
    sse_note_limit(t, SSE_LIMIT_ADDRESSES, SSE_NONE, p->frame, p->time);
    return false;
}
