/* endpoints.c
 * The addresses that take part: found, made, and what is known of a client's own host.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "endpoints.h"

#include "portal_tests.h"
#include "room.h"

/* Every packet of a client asks for it: a place in a table of our own is found
 * sooner than in GLib's. */
static uint32_t look_up(const sse_tracker *t, const sse_addr *addr)
{
    uint32_t *place, found;

    if (addr == NULL)
        return SSE_NONE;
    place = &t->index->lately[sse_addr_hash(addr) % SSE_LATELY];
    if (*place != 0 && sse_addr_equal(&sse_address_at(t, *place - 1)->addr, addr))
        return *place - 1;
    found = sse_find_address(t, addr);
    if (found != SSE_NONE)
        *place = found + 1;
    return found;
}

uint32_t sse_make_address(sse_tracker *t, const sse_addr *addr)
{
    uint32_t index = look_up(t, addr);
    sse_address *a;

    if (index != SSE_NONE)
        return index;
    index = t->addresses->len;
    g_array_set_size(t->addresses, index + 1);
    a = sse_address_at(t, index);
    a->addr = *addr;
    a->known = SSE_KNOWN_NOT;
    a->name = SSE_NONE;
    a->newest = SSE_NONE;
    a->heard_public = INT64_MIN;
    a->last_sent = SSE_NEVER;
    g_hash_table_insert(t->by_address, g_memdup2(addr, sizeof *addr), GUINT_TO_POINTER(index + 1));
    if (sse_ranges_contain(t->config.resolvers, addr))
        a->role |= SSE_ROLE_RESOLVER;
    return index;
}

unsigned sse_look_up(const sse_tracker *t, const sse_addr *src, const sse_addr *dst, obs_places *places)
{
    uint32_t from = look_up(t, src), to = look_up(t, dst);

    *places = (obs_places){
        .src = from + 1, .dst = to + 1, .looked = t->addresses->len + 1,
        .roles = (src != NULL ? sse_role_at(t, from, src) : 0) | (dst != NULL ? sse_role_at(t, to, dst) : 0),
    };
    return places->roles;
}

bool sse_is_resolver_at(const sse_tracker *t, uint32_t index, const sse_addr *addr)
{
    /* All that are configured are known from the start, save those behind NAT64. */
    if (index != SSE_NONE && (sse_address_at(t, index)->role & SSE_ROLE_RESOLVER) != 0)
        return true;
    return addr->family == 6 && sse_tracker_is_configured(t, addr);
}

uint32_t sse_make_client(sse_tracker *t, const obs_packet *p, const sse_addr *addr)
{
    uint32_t index;
    sse_address *a;

    if (sse_addr_is_loopback(addr) || !sse_has_room_for_addresses(t, p))
        return SSE_NONE;
    index = sse_make_address(t, addr);
    a = sse_address_at(t, index);
    if ((a->role & (SSE_ROLE_RESOLVER | SSE_ROLE_GATEWAY)) != 0)
        return SSE_NONE;
    if ((a->role & SSE_ROLE_CLIENT) == 0) {
        a->role |= SSE_ROLE_CLIENT;
        a->first_frame = p->frame;
        a->first_time = p->time;
        t->clients++;
        sse_portal_adopt(t, index, p);
    }
    return index;
}

static uint64_t adapter_key(const uint8_t *mac, uint16_t vlan)
{
    uint64_t key = vlan;

    for (unsigned i = 0; i < 6; i++)
        key = key << 8 | mac[i];
    return key;
}

/* Its number, or 0. */
static uint8_t find_adapter(const sse_address *a, uint64_t key)
{
    /* Nearly all have one. */
    if (a->adapter == key && key != 0)
        return 1;
    for (guint i = 0; a->adapters != NULL && i < a->adapters->len; i++)
        if (g_array_index(a->adapters, sse_adapter, i).key == key)
            return (uint8_t)(i + 1);
    return 0;
}

uint8_t sse_adapter_of(const sse_address *a, const obs_packet *p)
{
    return p->has_mac && sse_is_initial_ttl(p->ttl) ? find_adapter(a, adapter_key(p->mac, p->vlan)) : 0;
}

bool sse_is_of_client(const sse_address *a, const obs_packet *p)
{
    return sse_is_initial_ttl(p->ttl) && (p->has_mac ? sse_adapter_of(a, p) != 0 : a->adapters == NULL);
}

void sse_client_sent(sse_tracker *t, uint32_t client, const obs_packet *p)
{
    sse_address *a = sse_address_at(t, client);

    if (!sse_is_initial_ttl(p->ttl)) {
        a->packets_other_ttl += p->ttl > SSE_PATH_TOOL_TTL;
        return;
    }
    a->packets_initial_ttl++;
    if (!p->has_mac || sse_adapter_of(a, p) != 0)
        return;
    if (a->adapters == NULL)
        a->adapters = g_array_sized_new(FALSE, FALSE, sizeof(sse_adapter), 1);
    /* A host has a few adapters; a table of more is not about a host. */
    if (a->adapters->len < SSE_MAX_ADAPTERS) {
        const sse_adapter adapter = { .key = adapter_key(p->mac, p->vlan) };

        if (a->adapters->len == 0)
            a->adapter = adapter.key;
        g_array_append_val(a->adapters, adapter);
        a->many_adapters = a->adapters->len > 1;
    }
}

void sse_adapter_copies(sse_address *a, uint8_t adapter, const obs_packet *copy)
{
    const uint8_t one = sse_adapter_class(a, adapter), other = sse_adapter_class(a, sse_adapter_of(a, copy));

    /* Always to the one with the smaller number: so that no circle comes about. */
    if (one != 0 && other != 0 && one != other)
        g_array_index(a->adapters, sse_adapter, MAX(one, other) - 1).same_as = MIN(one, other);
}

void sse_note_receiver(sse_address *a, const obs_packet *p)
{
    uint8_t adapter;

    if (!p->has_mac)
        return;
    adapter = find_adapter(a, adapter_key(p->to_mac, p->vlan));
    /* Some mirror ports keep the tags of one direction only. */
    for (guint i = 0; adapter == 0 && p->vlan == 0 && i < a->adapters->len; i++)
        if (sse_adapter_mac(g_array_index(a->adapters, sse_adapter, i).key) == adapter_key(p->to_mac, 0))
            adapter = (uint8_t)(i + 1);
    if (adapter != 0)
        g_array_index(a->adapters, sse_adapter, adapter - 1).received = true;
}

void sse_begin_presence(sse_address *a, const obs_packet *p)
{
    if (a->present_frame != 0) {
        const sse_presence before = sse_presence_at(a, sse_presences(a) - 1);

        if (a->presences == NULL)
            a->presences = g_array_new(FALSE, FALSE, sizeof(sse_presence));
        if (a->presences->len >= SSE_MAX_PAUSES) {
            a->last_sent = p->time;
            return;
        }
        g_array_append_val(a->presences, before);
        a->was_gone |= p->time - before.end > SSE_ASLEEP;
    }
    a->present_frame = p->frame;
    a->present_since = a->last_sent = p->time;
}

void sse_note_failure(sse_tracker *t, uint32_t client, int64_t time)
{
    sse_address *a = sse_address_at(t, client);

    if (a->first_failed_hint == 0)
        a->first_failed_hint = time;
}

void sse_free_address(sse_address *a)
{
    if (a->adapters != NULL)
        g_array_free(a->adapters, TRUE);
    if (a->presences != NULL)
        g_array_free(a->presences, TRUE);
    if (a->direct != NULL)
        g_array_free(a->direct, TRUE);
    if (a->candidates != NULL)
        g_array_free(a->candidates, TRUE);
    if (a->bypassed != NULL)
        g_hash_table_destroy(a->bypassed);
    g_free(a->waiting);
    g_free(a->quic_frames);
    g_free(a->source);
}
