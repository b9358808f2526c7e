/* endpoints.h
 * The addresses that take part: found, made, and what is known of a client's own host.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_ENDPOINTS_H
#define SSE_ENDPOINTS_H

#include "store.h"

/** See sse_tracker_look_up(). */
unsigned sse_look_up(const sse_tracker *t, const sse_addr *src, const sse_addr *dst, obs_places *places);
/** The index of a packet's source or destination, which may be known already.
 * An index stays what it is; that there is none, until an address is made. */
static inline uint32_t sse_source_of(const sse_tracker *t, const obs_packet *p)
{
    return p->places.src != 0 || p->places.looked == t->addresses->len + 1 ? p->places.src - 1
                                                                           : sse_find_address(t, &p->src);
}
static inline uint32_t sse_destination_of(const sse_tracker *t, const obs_packet *p)
{
    return p->places.dst != 0 || p->places.looked == t->addresses->len + 1 ? p->places.dst - 1
                                                                           : sse_find_address(t, &p->dst);
}
/** Is it a resolver's? As sse_tracker_is_resolver(), the index being known. */
bool sse_is_resolver_at(const sse_tracker *t, uint32_t index, const sse_addr *addr);
/** Is it a client's? */
static inline bool sse_is_client(const sse_tracker *t, uint32_t index)
{
    return index != SSE_NONE && (sse_address_at(t, index)->role & SSE_ROLE_CLIENT) != 0;
}
uint32_t sse_make_address(sse_tracker *t, const sse_addr *addr);
/** Makes the address a client. @return its index, or SSE_NONE where it can
 * never be one (loopback, resolver, gateway). */
uint32_t sse_make_client(sse_tracker *t, const obs_packet *p, const sse_addr *addr);
/** Do hosts send with this TTL? Each router takes one of it. */
static inline bool sse_is_initial_ttl(uint8_t ttl)
{
    return ttl == 64 || ttl == 128 || ttl == 255;
}
/** Did the client itself send this, as far as TTL and link-layer address tell? */
bool sse_is_of_client(const sse_address *a, const obs_packet *p);
/** Is it a path tool's: meant to end on the way, from an address whose other packets
 * start with an initial TTL? */
static inline bool sse_ends_on_the_way(const sse_address *a, const obs_packet *p)
{
    return p->ttl != 0 && p->ttl <= SSE_PATH_TOOL_TTL && sse_is_on_link(a);
}
/** Notes TTL and link-layer address of a packet that the client sent. */
void sse_client_sent(sse_tracker *t, uint32_t client, const obs_packet *p);
/** Number of the link-layer address, known by then, that a packet of the client came
 * from; 0: it cannot be known, as behind a router. */
uint8_t sse_adapter_of(const sse_address *a, const obs_packet *p);
/** A copy of a packet that came from this link-layer address: one machine's, though it
 * may stand in another VLAN. */
void sse_adapter_copies(sse_address *a, uint8_t adapter, const obs_packet *copy);
/** Notes where a packet for the client went: for those with more than one link-layer address. */
void sse_note_receiver(sse_address *a, const obs_packet *p);
/** The address sends again after a pause, or first. */
void sse_begin_presence(sse_address *a, const obs_packet *p);
/** Any packet, of whatever kind: if a client sent it, the address is in use. */
static inline void sse_note_use(sse_tracker *t, const obs_packet *p)
{
    const uint32_t src = sse_source_of(t, p);
    sse_address *a;

    if (!sse_is_client(t, src))
        return;
    a = sse_address_at(t, src);
    if (p->time - a->last_sent >= SSE_PAUSE)
        sse_begin_presence(a, p);
    else if (p->time > a->last_sent)
        a->last_sent = p->time;
}
/** A handshake or lookup of the client shows a sign of failure. */
void sse_note_failure(sse_tracker *t, uint32_t client, int64_t time);
void sse_free_address(sse_address *a);

#endif
