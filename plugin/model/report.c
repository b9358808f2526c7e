/* report.c
 * Reading a report: which records count in it, and a service's state at a frame.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "report.h"

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

sse_state sse_report_state_at(const sse_report *r, const sse_addr *client, int version, uint32_t frame)
{
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(r->by_address, client)), low = 0, high;
    const sse_state_step *step;
    const GArray *states;

    states = index != 0 ? g_array_index(r->clients, sse_client_report, index - 1).states : NULL;
    if (states == NULL)
        return SSE_NOT_OBSERVED;
    high = states->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;

        step = &g_array_index(states, sse_state_step, middle);
        if (step->version < version || (step->version == version && step->frame <= frame))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return SSE_NOT_OBSERVED;
    step = &g_array_index(states, sse_state_step, low - 1);
    return step->version == version ? (sse_state)step->state : SSE_NOT_OBSERVED;
}
