/* path_tools.c
 * Traceroute, tcptraceroute, mtr: their packets end on the way, on purpose:
 * docs/verdict.md, "Path tool".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "path_tools.h"

/* A row begins at the first hops. */
#define FIRST_TTL   10
#define ROW_LENGTH  3
/* So far back and ahead the rest of its row is looked for: three packets to each hop,
 * and what others send meanwhile. */
#define NEIGHBOURS  128

/** One packet that asks something of a resolver or gateway. */
typedef struct asked {
    uint32_t client, server, frame;
    uint16_t sport, port;
    uint8_t  ttl;
} asked;

static asked asked_by_probe(const sse_tracker *t, uint32_t index)
{
    const sse_probe *p = sse_tracker_probe(t, index);

    return (asked){ p->client, p->resolver, p->local ? 0 : p->frame, p->sport, p->port, p->ttl };
}

static asked asked_by_handshake(const sse_tracker *t, uint32_t index)
{
    const sse_handshake *h = sse_tracker_handshake(t, index);

    return (asked){ h->client, h->gateway, h->frame, h->sport, h->port, h->ttl };
}

/* Is it one of a row whose TTLs rise by one from the first hops? seen: a bit for each
 * TTL that was sent to that address nearby. */
static bool is_in_row(uint64_t seen, unsigned ttl)
{
    unsigned first = ttl, last = ttl;

    while (first > 1 && (seen >> (first - 1) & 1) != 0)
        first--;
    while (last < SSE_PATH_TOOL_TTL && (seen >> (last + 1) & 1) != 0)
        last++;
    return first <= FIRST_TTL && last - first + 1 >= ROW_LENGTH;
}

static bool is_path_tool(const sse_tracker *t, uint32_t index, uint32_t count, asked (*at)(const sse_tracker *, uint32_t))
{
    const asked a = at(t, index);
    const sse_address *client;
    uint64_t seen = 0;

    if (a.frame == 0 || a.ttl == 0 || a.ttl > SSE_PATH_TOOL_TTL)
        return false;
    for (uint32_t i = index > NEIGHBOURS ? index - NEIGHBOURS : 0; i < count && i <= index + NEIGHBOURS; i++) {
        const asked b = at(t, i);

        if (b.client != a.client || b.server != a.server || b.frame == 0)
            continue;
        /* Ports that also ask with an ordinary TTL are no tool's. */
        if (b.sport == a.sport && b.port == a.port && b.ttl > SSE_PATH_TOOL_TTL)
            return false;
        if (b.ttl <= SSE_PATH_TOOL_TTL)
            seen |= UINT64_C(1) << b.ttl;
    }
    client = sse_tracker_address(t, a.client);
    return sse_is_on_link(client) || is_in_row(seen, a.ttl);
}

bool sse_handshake_is_path_tool(const sse_tracker *t, uint32_t index)
{
    return is_path_tool(t, index, t->handshakes->len, asked_by_handshake);
}

bool sse_probe_is_path_tool(const sse_tracker *t, uint32_t index)
{
    /* Asked of every probe of the file. */
    return sse_tracker_probe(t, index)->ttl <= SSE_PATH_TOOL_TTL && is_path_tool(t, index, t->probes->len, asked_by_probe);
}
