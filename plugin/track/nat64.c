/* nat64.c
 * Resolvers behind a NAT64. 64:ff9b::/96 is known to all; a carrier's own prefix is
 * told by the name that RFC 7050 has for it, or by the probes themselves.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "nat64.h"

#include "endpoints.h"

/* So long a question may lie before the file's start. */
#define ASKED_BEFORE    (5 * SSE_SECOND)
/* Rows of tables are made of them: no more than these prefixes need. */
#define MAX_RESOLVERS   128

static void make_resolver(sse_tracker *t, const sse_addr *addr)
{
    sse_address *a;

    if (t->nat64_resolvers >= MAX_RESOLVERS ||
        (t->addresses->len >= t->limits.addresses && sse_find_address(t, addr) == SSE_NONE))
        return;
    a = sse_address_at(t, sse_make_address(t, addr));
    /* Nobody's word takes a client or a gateway out of the verdict. */
    if (a->role != 0)
        return;
    a->role = SSE_ROLE_RESOLVER;
    t->nat64_resolvers++;
}

/* @return is there room for it? Answers repeat what is known. */
static bool keep_prefix(sse_tracker *t, const sse_addr *inside, unsigned bits)
{
    sse_addr inner;

    for (uint32_t i = 0; i < t->nat64_prefixes; i++)
        if (t->nat64[i].bits == bits && sse_nat64_extract(&t->nat64[i].prefix, bits, inside, &inner))
            return true;
    if (t->nat64_prefixes >= SSE_NAT64_PREFIXES)
        return false;
    t->nat64[t->nat64_prefixes++] = (sse_nat64){ .prefix = *inside, .bits = (uint8_t)bits };
    return true;
}

static void learn_prefix(sse_tracker *t, const sse_addr *answer)
{
    const unsigned bits = sse_nat64_prefix(answer);

    if (bits == 0 || !keep_prefix(t, answer, bits))
        return;
    for (guint i = 0; i < t->config.resolvers->len; i++) {
        const sse_addr *resolver = &g_array_index(t->config.resolvers, sse_range, i).base;
        sse_addr made;

        if (resolver->family != 4)
            continue;
        made = sse_nat64_embed(answer, bits, resolver);
        if (!sse_tracker_is_resolver(t, &made))
            make_resolver(t, &made);
    }
}

static bool was_asked(const sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    for (unsigned i = 0; i < MIN(t->index->nat64_asked, (unsigned)SSE_NAT64_QUESTIONS); i++) {
        const sse_nat64_question *q = &t->index->nat64[i];

        if (q->sport == p->dport && q->id == dns->id && sse_addr_equal(&q->client, &p->dst) &&
            sse_addr_equal(&q->server, &p->src))
            return true;
    }
    return p->time - t->first_time <= ASKED_BEFORE;
}

void sse_nat64_message(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    if (!dns->response) {
        t->index->nat64[t->index->nat64_asked % SSE_NAT64_QUESTIONS] =
            (sse_nat64_question){ .client = p->src, .server = p->dst, .sport = p->sport, .id = dns->id };
        t->index->nat64_asked++;
        return;
    }
    if (dns->rcode != 0 || !was_asked(t, p, dns))
        return;
    for (unsigned i = 0; i < dns->n_addresses; i++)
        learn_prefix(t, &dns->addresses[i]);
}

void sse_nat64_probe(sse_tracker *t, const sse_addr *addr)
{
    sse_addr inner;

    if (addr->family != 6)
        return;
    inner = sse_addr_v4(addr->bytes + 12);
    /* Link-local, multicast and the unspecified are no translator's. */
    if (addr->bytes[0] == 0xff || (addr->bytes[0] == 0xfe && (addr->bytes[1] & 0xc0) == 0x80) ||
        !sse_ranges_contain(t->config.resolvers, &inner) || sse_tracker_is_resolver(t, addr))
        return;
    make_resolver(t, addr);
    if (sse_tracker_is_resolver(t, addr))
        (void)keep_prefix(t, addr, 96);
}
