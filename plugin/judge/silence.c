/* silence.c
 * A module of which nothing is heard any more while its client goes on: the section
 * "What else the client did" of docs/verdict.md.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "silence.h"

#include "confidence.h"
#include "fail_open.h"

/* A module that is up probes more often, and a user's web goes to the gateway. */
#define SILENT_AFTER    (60 * SSE_SECOND)
/* So many connections beside the gateway are no chance. */
#define DIRECT_WORTH    3

/* The newest probe, or what counts as one. */
static int64_t newest_probe(const sse_context *c, const sse_group *g, uint32_t *frame)
{
    int64_t newest = INT64_MIN;

    for (unsigned v = 0; v < 2; v++) {
        for (unsigned port = 0; port < PORTS; port++) {
            for (guint i = 0; i < g->probes[v][port]->len; i++) {
                const sse_probe *p = probe_at(c, item(g->probes[v][port], i));

                if (p->last_time > newest) {
                    newest = p->last_time;
                    *frame = p->last_frame != 0 ? p->last_frame : p->reply_frame;
                }
            }
        }
    }
    return newest;
}

/* The newest of each list: was any of them sent so lately? */
static bool probed_since(const sse_context *c, const sse_group *g, int64_t time)
{
    bool any = false;

    for (unsigned v = 0; v < 2; v++)
        for (unsigned port = 0; port < PORTS; port++)
            any |= g->probes[v][port]->len > 0 &&
                   probe_at(c, item(g->probes[v][port], g->probes[v][port]->len - 1))->time >= time;
    return any;
}

static void limit(sse_service_report *s, sse_reason_code reason, uint32_t number)
{
    sse_add_reason(s->reasons, reason, number);
    s->confidence = SSE_CONFIDENCE_LIMITED;
}

void sse_find_silence(const sse_context *c, sse_group *g)
{
    sse_client_report *r = g->report;
    sse_silence *silence = &g->silence;
    int64_t used = SSE_NEVER, gateway = 0;

    /* Where two machines use one address, another's traffic is none of this client's. */
    if (c->selection != NULL || g->is_split)
        return;
    for (guint i = 0; i < g->members->len; i++) {
        const sse_address *a = address_at(c, item(g->members, i));

        /* Whoever is behind the NAT sends with that one. */
        if (item(g->members, i) == g->outer)
            continue;
        used = MAX(used, a->last_sent);
        gateway = MAX(gateway, a->gateway_time);
    }
    if (r->dns.verdict == SSE_PROTECTED && !probed_since(c, g, used - SILENT_AFTER)) {
        const int64_t probed = newest_probe(c, g, &silence->probe_frame);

        if (probed != INT64_MIN && used - probed > SILENT_AFTER) {
            silence->dns = used - probed;
            limit(&r->dns, SSE_REASON_NO_PROBE_LATELY, (uint32_t)(silence->dns / SSE_SECOND));
        }
    }
    if (r->web.verdict == SSE_PROTECTED && gateway != 0 && used - gateway > SILENT_AFTER) {
        silence->direct = sse_direct_since(c, g, gateway, &silence->direct_frames);
        if (silence->direct >= DIRECT_WORTH) {
            silence->web = used - gateway;
            limit(&r->web, SSE_REASON_NO_GATEWAY_LATELY, (uint32_t)(silence->web / SSE_SECOND));
        }
    }
}
