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
typedef struct untaught {
    obs_packet packet;       /* frame 0: none */
    uint32_t seq, ack;
    uint16_t window;
    uint8_t  flags;
    uint8_t  http;           /* obs_http_kind */
    char    *host;           /* of a CONNECT; NULL without */
} untaught;
struct sse_untaught {
    untaught kept[UNTAUGHT_KEPT]; /* a ring */
    unsigned next;
    int64_t  newest;         /* latest time in it */
};

void sse_keep_untaught(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp)
{
    const bool syn = (tcp->flags & (OBS_TCP_SYN | OBS_TCP_ACK)) == OBS_TCP_SYN;
    const bool request = tcp->http.kind == OBS_HTTP_CONNECT || tcp->http.kind == OBS_HTTP_ABSOLUTE;
    struct sse_untaught *u = t->index->untaught;
    untaught *k;

    if (!(syn || request) || !sse_is_gateway_port(p->dport) || !sse_is_client(t, sse_source_of(t, p)) ||
        !sse_addr_is_public(&p->dst))
        return;
    if (u == NULL) {
        u = t->index->untaught = g_new0(struct sse_untaught, 1);
        u->newest = p->time;
    }
    k = &u->kept[u->next];
    u->next = (u->next + 1) % UNTAUGHT_KEPT;
    g_free(k->host);
    *k = (untaught){ .packet = *p, .seq = tcp->seq, .ack = tcp->ack, .window = tcp->window, .flags = tcp->flags,
                     .http = (uint8_t)tcp->http.kind, .host = request ? g_strdup(tcp->http.host) : NULL };
    /* By then more addresses are known. */
    k->packet.places = (obs_places){ 0 };
    u->newest = MAX(u->newest, p->time);
}

void sse_untaught_is_gateway(sse_tracker *t, const sse_addr *gateway, int64_t time)
{
    struct sse_untaught *u = t->index->untaught;

    /* Nearly always the answer came first, as it should. */
    if (u == NULL || u->newest < time)
        return;
    for (unsigned i = 0; i < UNTAUGHT_KEPT; i++) {
        untaught *k = &u->kept[(u->next + i) % UNTAUGHT_KEPT];
        const obs_packet p = k->packet;
        obs_tcp tcp = { .flags = k->flags, .seq = k->seq, .ack = k->ack, .window = k->window,
                        .start = k->host != NULL ? OBS_START_REQUEST : OBS_START_UNKNOWN };
        uint32_t client;

        if (p.frame == 0 || p.time < time || !sse_addr_equal(&p.dst, gateway))
            continue;
        tcp.http.kind = (obs_http_kind)k->http;
        if (k->host != NULL)
            g_strlcpy(tcp.http.host, k->host, sizeof tcp.http.host);
        k->packet.frame = 0;
        client = sse_source_of(t, &p);
        /* It is no other attempt of the client any more. */
        if (client != SSE_NONE && (k->flags & OBS_TCP_SYN) != 0)
            sse_attempt_answered(t, sse_address_at(t, client), sse_conversation_key(&p.dst, p.dport, p.sport, SSE_TCP),
                                 p.time, false);
        sse_handshake_segment(t, &p, &tcp);
    }
}

void sse_free_untaught(struct sse_untaught *u)
{
    for (unsigned i = 0; u != NULL && i < UNTAUGHT_KEPT; i++)
        g_free(u->kept[i].host);
    g_free(u);
}
