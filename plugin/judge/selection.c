/* selection.c
 * A display filter's selection of the records.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "selection.h"

#include <string.h>

sse_selection *sse_selection_new(const char *filter)
{
    sse_selection *s = g_new0(sse_selection, 1);

    s->probes = g_byte_array_new();
    s->handshakes = g_byte_array_new();
    s->filter = g_strdup(filter);
    return s;
}

void sse_selection_free(sse_selection *s)
{
    if (s == NULL)
        return;
    g_byte_array_free(s->probes, TRUE);
    g_byte_array_free(s->handshakes, TRUE);
    g_free(s->filter);
    g_free(s);
}

void sse_selection_clear(sse_selection *s)
{
    g_byte_array_set_size(s->probes, 0);
    g_byte_array_set_size(s->handshakes, 0);
    s->to_client = s->from_client = 0;
}

void sse_selection_add(sse_selection *s, sse_mark_of of, uint32_t record, bool from_client)
{
    GByteArray *bits = of == SSE_OF_PROBE ? s->probes : of == SSE_OF_HANDSHAKE ? s->handshakes : NULL;
    guint old;

    if (from_client)
        s->from_client++;
    else
        s->to_client++;
    if (bits == NULL)
        return;
    old = bits->len;
    if (record / 8 >= old) {
        /* Doubling: records are selected in order, one by one. */
        guint size = MAX(record / 8 + 1, old * 2);

        g_byte_array_set_size(bits, size);
        memset(bits->data + old, 0, size - old);
    }
    bits->data[record / 8] |= (guint8)(1u << record % 8);
}

bool sse_is_selected(const sse_selection *s, sse_mark_of of, uint32_t record)
{
    const GByteArray *bits;

    if (s == NULL)
        return true;
    bits = of == SSE_OF_PROBE ? s->probes : s->handshakes;
    return record / 8 < bits->len && (bits->data[record / 8] >> record % 8 & 1) != 0;
}

/* Which direction a filter left out, if the file has packets of both. Copies,
 * resets and FINs go both ways and are not asked. */
sse_lost_direction sse_selection_lost(const sse_selection *selection, const sse_tracker *t)
{
    const unsigned sent = 1u << SSE_MARK_QUERY | 1u << SSE_MARK_SYN | 1u << SSE_MARK_CLIENT_PAYLOAD | 1u << SSE_MARK_CONNECT;
    const unsigned got = 1u << SSE_MARK_REPLY | 1u << SSE_MARK_SYN_ACK | 1u << SSE_MARK_ICMP |
                         1u << SSE_MARK_GATEWAY_PAYLOAD | 1u << SSE_MARK_CONNECT_ANSWER;
    unsigned missing;

    if ((selection->to_client == 0) == (selection->from_client == 0))
        return SSE_LOST_NONE;
    missing = selection->to_client == 0 ? got : sent;
    for (guint i = 0; i < t->marks->len; i++) {
        const sse_mark *mark = &g_array_index(t->marks, sse_mark, i);

        if ((mark->of == SSE_OF_PROBE || mark->of == SSE_OF_HANDSHAKE) && (missing >> mark->kind & 1) != 0 &&
            (missing == sent || sse_is_selected(selection, (sse_mark_of)mark->of, mark->record)))
            return missing == got ? SSE_LOST_TO_CLIENT : SSE_LOST_FROM_CLIENT;
    }
    return SSE_LOST_NONE;
}
