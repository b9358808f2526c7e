/* gateways.c
 * What makes an address a gateway: answers, the module's own log, the preference.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "gateways.h"

#include "addresses.h"
#include "endpoints.h"
#include "interned.h"
#include "ports.h"
#include "room.h"

uint32_t sse_learn_gateway(sse_tracker *t, const sse_addr *addr, const char *name, sse_known known, uint32_t frame,
                           int64_t time)
{
    uint32_t index = sse_find_address(t, addr);
    /* A translator makes addresses of private ones and of block pages, too. */
    const sse_addr inner = sse_tracker_unmap(t, addr);
    sse_address *a;

    if (index != SSE_NONE && sse_address_at(t, index)->not_gateway) {
        if (known == SSE_KNOWN_PREFERENCE)
            return SSE_NONE;
        sse_address_at(t, index)->not_gateway = false;
    }
    if (index != SSE_NONE && (sse_address_at(t, index)->role & SSE_ROLE_GATEWAY) != 0) {
        a = sse_address_at(t, index);
        /* A name that an answer gives says more than a preference's number. */
        if (a->name == SSE_NONE && name != NULL)
            a->name = sse_intern_name(t, name);
        if (known == SSE_KNOWN_DNS && a->known != SSE_KNOWN_DNS) {
            a->known = SSE_KNOWN_DNS;
            a->known_since = frame;
        }
        return index;
    }
    if (sse_tracker_is_resolver(t, addr))
        return SSE_NONE;
    /* Else an answer that names the client's own address would take it, and
     * all that it did, out of the verdict. */
    if (index != SSE_NONE && (sse_address_at(t, index)->role & SSE_ROLE_CLIENT) != 0)
        return SSE_NONE;
    /* Whoever answers a lookup could otherwise turn the client's own traffic
     * with its printer, or a block page, into traffic with a gateway. */
    if (known != SSE_KNOWN_PREFERENCE && known != SSE_KNOWN_BUILTIN &&
        (!sse_addr_is_public(&inner) || sse_addr_is_block_page(&inner) || sse_addr_is_sinkhole(&inner)))
        return SSE_NONE;
    if (t->gateways >= t->limits.gateways || (index == SSE_NONE && t->addresses->len >= t->limits.addresses)) {
        sse_note_limit(t, SSE_LIMIT_GATEWAYS, SSE_NONE, frame, time);
        return SSE_NONE;
    }
    index = sse_make_address(t, addr);
    a = sse_address_at(t, index);
    a->role |= SSE_ROLE_GATEWAY;
    a->known = (uint8_t)known;
    a->known_since = known == SSE_KNOWN_DNS || known == SSE_KNOWN_LOG ? frame : 0;
    if (name != NULL)
        a->name = sse_intern_name(t, name);
    t->gateways++;
    t->generation++;
    return index;
}

uint32_t sse_gateway_of(sse_tracker *t, const obs_packet *p, bool destination)
{
    const sse_addr *addr = destination ? &p->dst : &p->src;
    uint16_t port = destination ? p->dport : p->sport;
    uint32_t index;

    if (!sse_is_gateway_port(port))
        return SSE_NONE;
    index = destination ? sse_destination_of(t, p) : sse_source_of(t, p);
    if (index != SSE_NONE && (sse_address_at(t, index)->role & SSE_ROLE_GATEWAY) != 0)
        return index;
    if (t->config.gateways->len > 0 && sse_ranges_contain(t->config.gateways, addr) &&
        !(index != SSE_NONE && (sse_address_at(t, index)->role & SSE_ROLE_CLIENT) != 0))
        return sse_learn_gateway(t, addr, NULL, SSE_KNOWN_PREFERENCE, p->frame, p->time);
    return SSE_NONE;
}
