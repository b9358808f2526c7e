/* report.c
 * Reading a report: which records count in it, and a service's state at a frame.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "report.h"

#include "lower_bound.h"

bool sse_report_counts(const sse_report *r, sse_mark_of of, uint32_t record)
{
    const sse_record_set *set = of == SSE_OF_PROBE ? &r->probes : of == SSE_OF_HANDSHAKE ? &r->handshakes : NULL;

    return set != NULL && record < set->size && (set->bits[record / 8] >> record % 8 & 1) != 0;
}

GArray *sse_record_list(const sse_record_set *set)
{
    GArray *list = g_array_sized_new(FALSE, FALSE, sizeof(guint32), set->count);

    for (guint32 i = 0; i < set->size; i++)
        if ((set->bits[i / 8] >> i % 8 & 1) != 0)
            g_array_append_val(list, i);
    return list;
}

/* Steps are sorted by version, then by frame. */
static bool is_not_behind(const void *sorted, guint index, const void *key)
{
    const sse_state_step *step = &g_array_index((const GArray *)sorted, sse_state_step, index);
    const sse_state_step *sought = (const sse_state_step *)key;

    return step->version < sought->version || (step->version == sought->version && step->frame <= sought->frame);
}

sse_state sse_report_state_at(const sse_report *r, const sse_addr *client, int version, uint32_t frame)
{
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(r->by_address, client)), behind;
    const sse_state_step *step, sought = { .version = (uint8_t)version, .frame = frame };
    const GArray *states;

    states = index != 0 ? g_array_index(r->clients, sse_client_report, index - 1).states : NULL;
    if (states == NULL)
        return SSE_NOT_OBSERVED;
    behind = sse_lower_bound(states, states->len, is_not_behind, &sought);
    if (behind == 0)
        return SSE_NOT_OBSERVED;
    step = &g_array_index(states, sse_state_step, behind - 1);
    return step->version == version ? (sse_state)step->state : SSE_NOT_OBSERVED;
}

int64_t sse_outage_duration(const sse_outage *o)
{
    return MAX((o->until_frame != 0 ? o->until_time : o->evidence_time) - o->since.time, 0);
}
