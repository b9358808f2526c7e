/* direct.c
 * A client's connections to public addresses that are no gateway.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "direct.h"

#include <string.h>

#include "addresses.h"
#include "endpoints.h"
#include "ports.h"
#include "questions.h"
#include "room.h"

/* Connections to 443 of a client whose gateway nobody named: one of these
 * addresses may be it. */
static sse_candidate *candidate_of(sse_address *a, const sse_addr *addr, bool make)
{
    sse_candidate *candidate = NULL;

    if (a->candidates == NULL) {
        if (!make)
            return NULL;
        a->candidates = g_array_new(FALSE, TRUE, sizeof(sse_candidate));
    }
    for (guint i = 0; i < a->candidates->len; i++) {
        candidate = &g_array_index(a->candidates, sse_candidate, i);
        if (sse_addr_equal(&candidate->address, addr))
            return candidate;
    }
    /* Of many destinations those that open matter least. */
    if (!make)
        return NULL;
    if (a->candidates->len >= 64) {
        for (guint i = 0; i < a->candidates->len; i++) {
            candidate = &g_array_index(a->candidates, sse_candidate, i);
            if (candidate->opened && !candidate->connect) {
                memset(candidate, 0, sizeof *candidate);
                candidate->address = *addr;
                return candidate;
            }
        }
        return NULL;
    }
    g_array_set_size(a->candidates, a->candidates->len + 1);
    candidate = &g_array_index(a->candidates, sse_candidate, a->candidates->len - 1);
    candidate->address = *addr;
    return candidate;
}

static sse_direct *direct_of(sse_address *a, const sse_addr *addr, uint16_t port, uint16_t sport)
{
    /* Its SYN is among the newest: an old one would have been answered. */
    for (guint i = a->direct != NULL ? a->direct->len : 0, steps = 0; i > 0 && steps < 256; i--, steps++) {
        sse_direct *d = &g_array_index(a->direct, sse_direct, i - 1);

        if (d->sport == sport && d->port == port && sse_addr_equal(&d->address, addr))
            return d;
    }
    return NULL;
}

/* Is a destination on 443 a candidate? Not once the client is known to use a gateway,
 * nor where an answer calls it otherwise. */
static bool wants_candidates(const sse_tracker *t, const sse_address *a, const obs_packet *p)
{
    return p->dport == SSE_PORT_GATEWAY && !a->uses_web && a->last_udp_probe != 0 && sse_named_as(t, &p->dst) == SSE_NAMED_NOT;
}

static void add_candidate_frame(sse_candidate *candidate, uint32_t frame)
{
    if (candidate->n_frames < G_N_ELEMENTS(candidate->frames))
        candidate->frames[candidate->n_frames++] = frame;
}

static void note_direct(sse_tracker *t, uint32_t client, const obs_packet *p, bool opened)
{
    const sse_addr inner = sse_tracker_unmap(t, &p->dst);
    sse_address *a = sse_address_at(t, client);
    sse_direct *known;

    if (!a->uses_web || sse_addr_is_service(&inner) || sse_tracker_is_resolver(t, &p->dst))
        return;
    if (a->direct == NULL)
        a->direct = g_array_new(FALSE, TRUE, sizeof(sse_direct));
    known = direct_of(a, &p->dst, p->dport, p->sport);
    if (known != NULL && p->time - known->time < 60 * SSE_SECOND)
        return;
    if (a->direct->len >= t->limits.direct) {
        if (a->first_failed_hint != 0) {
            sse_note_limit(t, SSE_LIMIT_DIRECT, client, p->frame, p->time);
            return;
        }
        g_array_remove_range(a->direct, 0, t->limits.direct / 2);
    }
    sse_direct direct = {
        .time = p->time, .frame = p->frame, .address = p->dst, .port = p->dport, .sport = p->sport,
        .opened = opened,
    };
    g_array_append_val(a->direct, direct);
}

void sse_direct_syn(sse_tracker *t, uint32_t client, const obs_packet *p, bool opened)
{
    sse_address *a = sse_address_at(t, client);
    sse_candidate *candidate = wants_candidates(t, a, p) ? candidate_of(a, &p->dst, true) : NULL;

    if (candidate != NULL) {
        add_candidate_frame(candidate, p->frame);
        candidate->failed++;
        candidate->opened |= opened;
    }
    if (sse_is_gateway_port(p->dport))
        note_direct(t, client, p, opened);
}

void sse_direct_connect(sse_tracker *t, uint32_t client, const obs_packet *p)
{
    sse_address *a = sse_address_at(t, client);
    sse_candidate *candidate;

    if (!wants_candidates(t, a, p) || !sse_tracker_is_public(t, &p->dst))
        return;
    candidate = candidate_of(a, &p->dst, true);
    if (candidate != NULL) {
        add_candidate_frame(candidate, p->frame);
        candidate->connect = true;
    }
}

void sse_direct_test(sse_address *a, const obs_packet *p)
{
    sse_direct *direct = direct_of(a, &p->dst, p->dport, p->sport);

    if (direct != NULL)
        direct->test = true;
}

void sse_direct_opened(sse_address *a, const obs_packet *p)
{
    sse_candidate *candidate = p->sport == SSE_PORT_GATEWAY ? candidate_of(a, &p->src, false) : NULL;
    sse_direct *direct = sse_is_gateway_port(p->sport) ? direct_of(a, &p->src, p->sport, p->dport) : NULL;

    if (candidate != NULL)
        candidate->opened = true;
    if (direct != NULL)
        direct->opened = true;
}

void sse_fold_direct(sse_tracker *t, sse_address *a, int64_t completed)
{
    /* Before a gateway answered first, all went out directly. */
    const bool was_served = a->served;
    guint kept = 0;

    a->served = true;
    if (a->first_failed_hint != 0 || a->direct == NULL)
        return;
    for (guint i = 0; i < a->direct->len; i++) {
        sse_direct *d = &g_array_index(a->direct, sse_direct, i);

        if (d->time >= completed) {
            g_array_index(a->direct, sse_direct, kept++) = *d;
            continue;
        }
        if (!d->opened || !was_served)
            continue;
        if (a->bypassed == NULL)
            a->bypassed = g_hash_table_new_full(sse_addr_hash, sse_addr_hash_equal, g_free, NULL);
        if (g_hash_table_size(a->bypassed) >= t->limits.direct)
            sse_note_limit(t, SSE_LIMIT_DIRECT, sse_find_address(t, &a->addr), d->frame, d->time);
        else
            g_hash_table_add(a->bypassed, g_memdup2(&d->address, sizeof d->address));
    }
    g_array_set_size(a->direct, kept);
}
