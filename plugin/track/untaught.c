/* untaught.c
 * What clients sent to addresses that an answer may yet teach to be gateways.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "untaught.h"

#include "endpoints.h"
#include "handshakes.h"
#include "ports.h"
#include "waiting.h"

#define UNTAUGHT_KEPT 4096
#define BUCKETS       4096
#define NO_SLOT       UINT16_MAX
typedef struct untaught {
    obs_packet packet;       /* frame 0: none */
    uint32_t seq, ack;
    uint16_t window;
    uint8_t  flags;
    uint8_t  http;           /* obs_http_kind */
    uint16_t older, newer;   /* slots of its bucket, NO_SLOT at the ends */
    char    *host;           /* of a CONNECT; NULL without */
} untaught;
typedef struct bucket {
    uint16_t oldest, newest; /* slots; NO_SLOT: empty */
    int64_t  newest_time;    /* no time in it is later */
} bucket;
struct sse_untaught {
    untaught *kept;          /* a ring of UNTAUGHT_KEPT */
    unsigned used, room;     /* so many of it were ever filled; so many there is memory for */
    unsigned next;
    bucket   buckets[BUCKETS]; /* by destination */
};

static bucket *bucket_of(struct sse_untaught *u, const sse_addr *destination)
{
    return &u->buckets[(sse_mix_addr(23, destination) >> 1) % BUCKETS];
}

static struct sse_untaught *make(void)
{
    struct sse_untaught *u = g_new0(struct sse_untaught, 1);

    for (unsigned i = 0; i < BUCKETS; i++)
        u->buckets[i] = (bucket){ .oldest = NO_SLOT, .newest = NO_SLOT, .newest_time = INT64_MIN };
    return u;
}

/* One more of the ring, empty. */
static void add_slot(struct sse_untaught *u)
{
    if (u->used == u->room) {
        u->room = u->room == 0 ? 16 : u->room * 2;
        u->kept = g_renew(untaught, u->kept, u->room);
    }
    u->kept[u->used++] = (untaught){ .packet = { .frame = 0 } };
}

static void take_out(struct sse_untaught *u, uint16_t slot)
{
    untaught *k = &u->kept[slot];
    bucket *b = bucket_of(u, &k->packet.dst);

    if (k->packet.frame == 0)
        return;
    if (k->older != NO_SLOT)
        u->kept[k->older].newer = k->newer;
    else
        b->oldest = k->newer;
    if (k->newer != NO_SLOT)
        u->kept[k->newer].older = k->older;
    else
        b->newest = k->older;
    k->packet.frame = 0;
    g_free(k->host);
    k->host = NULL;
}

void sse_keep_untaught(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp)
{
    const bool syn = (tcp->flags & (OBS_TCP_SYN | OBS_TCP_ACK)) == OBS_TCP_SYN;
    const bool request = tcp->http.kind == OBS_HTTP_CONNECT || tcp->http.kind == OBS_HTTP_ABSOLUTE;
    struct sse_untaught *u = t->index->untaught;
    uint16_t slot;
    bucket *b;

    if (!(syn || request) || !sse_is_gateway_port(p->dport) || !sse_is_client(t, sse_source_of(t, p)) ||
        !sse_tracker_is_public(t, &p->dst))
        return;
    if (u == NULL)
        u = t->index->untaught = make();
    slot = (uint16_t)u->next;
    u->next = (u->next + 1) % UNTAUGHT_KEPT;
    if (slot == u->used)
        add_slot(u);
    take_out(u, slot);
    b = bucket_of(u, &p->dst);
    u->kept[slot] = (untaught){ .packet = *p, .seq = tcp->seq, .ack = tcp->ack, .window = tcp->window, .flags = tcp->flags,
                                .http = (uint8_t)tcp->http.kind, .older = b->newest, .newer = NO_SLOT,
                                .host = request ? g_strdup(tcp->http.host) : NULL };
    /* By then more addresses are known. */
    u->kept[slot].packet.places = (obs_places){ 0 };
    if (b->newest != NO_SLOT)
        u->kept[b->newest].newer = slot;
    else
        b->oldest = slot;
    b->newest = slot;
    b->newest_time = MAX(b->newest_time, p->time);
}

/* What was kept is now a segment of a handshake. */
static void hand_over(sse_tracker *t, const untaught *k)
{
    const obs_packet p = k->packet;
    obs_tcp tcp = { .flags = k->flags, .seq = k->seq, .ack = k->ack, .window = k->window,
                    .start = k->host != NULL ? OBS_START_REQUEST : OBS_START_UNKNOWN };
    const uint32_t client = sse_source_of(t, &p);

    tcp.http.kind = (obs_http_kind)k->http;
    if (k->host != NULL)
        g_strlcpy(tcp.http.host, k->host, sizeof tcp.http.host);
    /* It is no other attempt of the client any more. */
    if (client != SSE_NONE && (k->flags & OBS_TCP_SYN) != 0)
        sse_attempt_answered(t, sse_address_at(t, client), sse_conversation_key(&p.dst, p.dport, p.sport, SSE_TCP),
                             p.time, false);
    sse_handshake_segment(t, &p, &tcp);
}

void sse_untaught_is_gateway(sse_tracker *t, const sse_addr *gateway, int64_t time)
{
    struct sse_untaught *u = t->index->untaught;
    bucket *b = u != NULL ? bucket_of(u, gateway) : NULL;
    int64_t left = INT64_MIN;

    /* Nearly always the answer came first, as it should. */
    if (b == NULL || b->newest_time < time)
        return;
    for (uint16_t slot = b->oldest, next; slot != NO_SLOT; slot = next) {
        const untaught *k = &u->kept[slot];

        next = k->newer;
        if (k->packet.time >= time && sse_addr_equal(&k->packet.dst, gateway)) {
            hand_over(t, k);
            take_out(u, slot);
        } else {
            left = MAX(left, k->packet.time);
        }
    }
    b->newest_time = left;
}

void sse_free_untaught(struct sse_untaught *u)
{
    if (u == NULL)
        return;
    for (unsigned i = 0; i < u->used; i++)
        g_free(u->kept[i].host);
    g_free(u->kept);
    g_free(u);
}
