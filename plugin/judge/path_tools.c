/* path_tools.c
 * Traceroute, tcptraceroute, mtr: their SYNs end on the way, on purpose.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "path_tools.h"

/* A row begins at the first hops. */
#define FIRST_TTL   10
/* Three SYNs to each hop: so far back and ahead is the neighbour of a row of three. */
#define NEIGHBOURS  9

/* A SYN to the same address with this TTL that was sent nearby in the file.
 * @return its index, or SSE_NONE */
static uint32_t neighbour(const sse_tracker *t, uint32_t index, int ttl)
{
    const sse_handshake *h = sse_tracker_handshake(t, index);
    const uint32_t from = index > NEIGHBOURS ? index - NEIGHBOURS : 0;

    for (uint32_t i = from; i < t->handshakes->len && i <= index + NEIGHBOURS; i++) {
        const sse_handshake *other = sse_tracker_handshake(t, i);

        if (other->client == h->client && other->gateway == h->gateway && other->frame != 0 && other->ttl == ttl)
            return i;
    }
    return SSE_NONE;
}

static bool has_neighbour(const sse_tracker *t, uint32_t index, int ttl)
{
    return neighbour(t, index, ttl) != SSE_NONE;
}

bool sse_handshake_is_path_tool(const sse_tracker *t, uint32_t index)
{
    const sse_handshake *h = sse_tracker_handshake(t, index);
    const sse_address *client = sse_tracker_address(t, h->client);

    if (h->frame == 0 || h->ttl == 0 || h->ttl > SSE_PATH_TOOL_TTL)
        return false;
    if (client->packets_initial_ttl > client->packets_other_ttl)
        return true;
    /* Further out: down the row, hop by hop, to where it must have begun. */
    for (; h->ttl > FIRST_TTL; h = sse_tracker_handshake(t, index)) {
        index = neighbour(t, index, h->ttl - 1);
        if (index == SSE_NONE)
            return false;
    }
    /* Any three in a row of which it is one. */
    for (int first = h->ttl - 2; first <= h->ttl; first++)
        if (first >= 1 && has_neighbour(t, index, first) && has_neighbour(t, index, first + 1) &&
            has_neighbour(t, index, first + 2))
            return true;
    return false;
}
