/* outages.c
 * The facts of an outage, and which outages count: docs/verdict.md, "Outages".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "outages.h"

#include "background.h"
#include "confidence.h"
#include "origin.h"
#include "rejections.h"
#include "report_memory.h"

#include <string.h>

/* A DNSCrypt query without reply may be excused so long by a probe's answer. */
#define DNSCRYPT_KNOWN   (30 * SSE_SECOND)
/* The first data in a tunnel waits so long. */
#define TUNNEL_KNOWN     (10 * SSE_SECOND)
/* A portal that answered so shortly before is the reason, too. */
#define PORTAL_BEFORE    (60 * SSE_SECOND)
/* Senders, types and codes of ICMP errors told apart: a forger may vary them. */
#define ICMP_KINDS       16

/* ---- when a failure is known ---- */

int64_t sse_probe_failure_known(const sse_context *c, uint32_t index)
{
    const sse_probe *p = probe_at(c, index);

    switch ((sse_probe_outcome)c->probe[index].outcome) {
    case SSE_PROBE_INTERCEPTED:
    case SSE_PROBE_REFUSED:
    case SSE_PROBE_COURT_ORDER:
        return p->reply_time;
    case SSE_PROBE_ICMP:
        return sse_tracker_icmp_error(c->t, p->icmp)->time;
    case SSE_PROBE_REJECTED:
        return p->time + SSE_REJECTION_KNOWN;
    default:
        return p->time + (sse_is_traffic(p) ? DNSCRYPT_KNOWN : c->t->config.probe_timeout);
    }
}

int64_t sse_handshake_failure_known(const sse_context *c, uint32_t index)
{
    const sse_handshake *h = handshake_at(c, index);

    switch ((sse_swg_outcome)c->swg_outcome[index]) {
    case SSE_SWG_RESET:
    case SSE_SWG_ICMP:
        return h->met_time;
    case SSE_SWG_NO_REPLY:
        return h->time + c->t->config.syn_timeout;
    case SSE_SWG_SESSION_INTERCEPTED:
    case SSE_SWG_SESSION_FOREIGN:
        return h->session->status_time;
    case SSE_SWG_TUNNEL_STALLED:
        return h->session->tunnel_last_tx;
    case SSE_SWG_TUNNEL_SILENT:
        return h->session->tunnel_first_tx + TUNNEL_KNOWN;
    default:
        /* What comes after the opening is known when the session ends, or waits
         * no longer than a handshake does. */
        return h->session != NULL && h->session->gateway_close_time != 0 ? h->session->gateway_close_time
                                                                         : h->time + c->t->config.syn_timeout;
    }
}

/* ---- making one ---- */

sse_draft *sse_open_outage(sse_context *c, sse_service service, unsigned ip, const sse_outage_judgement *j,
                           const sse_outage_end *end)
{
    sse_scratch *s = &c->scratch;
    sse_draft *d;
    sse_outage *o;

    g_array_set_size(c->outages, c->outages->len + 1);
    d = &g_array_index(c->outages, sse_draft, c->outages->len - 1);
    o = &d->outage;
    o->service = (uint8_t)service;
    o->ip = (uint8_t)ip;
    o->verdict = (uint8_t)j->verdict;
    o->cause = (uint8_t)j->cause;
    o->ended_by = (uint8_t)end->by;
    o->since = j->since;
    /* On another network it is not known how long it went on. */
    if (end->by == SSE_ENDED_PROOF)
        o->until_frame = end->frame;
    if (end->by != SSE_ENDED_NONE)
        o->until_time = end->time;
    o->reasons = g_array_set_size(s->reasons, 0);
    o->origin_reasons = g_array_set_size(s->origin_reasons, 0);
    o->peers = o->misdirected = o->advice = o->allow = o->examples = c->report->nothing;
    return d;
}

static void add_peer(sse_draft *d, uint32_t address)
{
    for (unsigned i = 0; i < d->n_peers; i++)
        if (d->peers[i] == address)
            return;
    if (d->n_peers < SSE_PEERS)
        d->peers[d->n_peers++] = address;
}

static void confirm(sse_outage *o, uint32_t frame, int64_t time)
{
    if (frame != 0 && (o->evidence_frame == 0 || time >= o->evidence_time)) {
        o->evidence_frame = frame;
        o->evidence_time = time;
    }
}

/* The ICMP errors of one outage, to find the most frequent. */
typedef struct icmp_kinds {
    sse_icmp_sum kind[ICMP_KINDS];
    unsigned used;
} icmp_kinds;

static void count_icmp(const sse_context *c, icmp_kinds *kinds, uint32_t icmp)
{
    const sse_icmp *error;

    if (icmp == SSE_NONE)
        return;
    error = sse_tracker_icmp_error(c->t, icmp);
    for (unsigned i = 0; i < kinds->used; i++) {
        sse_icmp_sum *k = &kinds->kind[i];

        if (k->type == error->type && k->code == error->code && sse_addr_equal(&k->sender, &error->sender)) {
            k->count++;
            return;
        }
    }
    if (kinds->used < ICMP_KINDS)
        kinds->kind[kinds->used++] = (sse_icmp_sum){ .count = 1, .sender = error->sender, .type = error->type,
                                                     .code = error->code };
}

static void take_icmp(sse_outage *o, const icmp_kinds *kinds)
{
    for (unsigned i = 0; i < kinds->used; i++)
        if (kinds->kind[i].count > o->icmp.count)
            o->icmp = kinds->kind[i];
}

/* A frame of what takes part: the first few in order, each once. */
static void add_frame(sse_outage *o, uint32_t frame)
{
    sse_frames *f = &o->frames;
    uint32_t at = f->kept;

    if (frame == 0)
        return;
    while (at > 0 && f->frame[at - 1] > frame)
        at--;
    if (at > 0 && f->frame[at - 1] == frame)
        return;
    f->total++;
    if (at == SSE_FRAMES_KEPT)
        return;
    f->kept = MIN(f->kept + 1, SSE_FRAMES_KEPT);
    memmove(&f->frame[at + 1], &f->frame[at], (f->kept - at - 1) * sizeof f->frame[0]);
    f->frame[at] = frame;
}

static int64_t example_time(const sse_context *c, const sse_draft *d, unsigned i)
{
    return d->outage.service == SSE_SERVICE_DNS ? probe_at(c, d->examples[i])->time : handshake_at(c, d->examples[i])->time;
}

/* The first few that are named, by time. */
static void add_example(const sse_context *c, sse_draft *d, uint32_t record)
{
    unsigned at = d->n_examples;

    if (at >= SSE_EXAMPLES)
        return;
    d->examples[at] = record;
    d->n_examples++;
    for (; at > 0 && example_time(c, d, at - 1) > example_time(c, d, at); at--) {
        d->examples[at] = d->examples[at - 1];
        d->examples[at - 1] = record;
    }
}

static sse_example probe_example(const sse_context *c, uint32_t index)
{
    const sse_probe *p = probe_at(c, index);
    sse_example e;

    /* Lists are shared where their bytes are the same. */
    memset(&e, 0, sizeof e);
    e.frame = p->frame != 0 ? p->frame : p->reply_frame;
    e.time = p->time;
    e.src = address_at(c, p->client)->addr;
    e.dst = address_at(c, p->resolver)->addr;
    e.sport = p->sport;
    e.dport = p->port;
    e.transport = SSE_UDP;
    return e;
}

static sse_example handshake_example(const sse_context *c, uint32_t index)
{
    const sse_handshake *h = handshake_at(c, index);
    sse_example e;

    memset(&e, 0, sizeof e);
    e.frame = h->frame != 0 ? h->frame : h->session != NULL ? h->session->open_frame : 0;
    e.time = h->time;
    e.src = address_at(c, h->client)->addr;
    e.dst = address_at(c, h->gateway)->addr;
    e.sport = h->sport;
    e.dport = h->port;
    e.transport = SSE_TCP;
    return e;
}

static GArray *examples_of(sse_context *c, const sse_draft *d)
{
    GArray *examples = g_array_set_size(c->scratch.examples, 0);

    for (unsigned i = 0; i < d->n_examples; i++) {
        const sse_example e = d->outage.service == SSE_SERVICE_DNS ? probe_example(c, d->examples[i])
                                                                   : handshake_example(c, d->examples[i]);

        g_array_append_val(examples, e);
    }
    return examples;
}

void sse_add_probes(sse_context *c, sse_group *g, sse_draft *d, const sse_outage_judgement *j, const sse_outage_end *end)
{
    sse_outage *o = &d->outage;
    const unsigned v = o->ip == 6;
    icmp_kinds kinds;
    sse_origin_count origins = { .count = { 0 } };
    uint32_t failed_of[PORTS][2];
    unsigned known[PORTS] = { 0, 0 };

    kinds.used = 0;
    for (unsigned port = 0; port < PORTS; port++) {
        const GArray *probes = g->probes[v][port];

        for (guint i = sse_first_probe_back(c, probes, j->read[port], j->first); i < probes->len; i++) {
            const uint32_t index = item(probes, i);
            const sse_probe *p = probe_at(c, index);

            if (p->time > j->newest)
                break;
            o->attempts++;
            if (!sse_probe_failed((sse_probe_outcome)c->probe[index].outcome) || c->probe[index].excused ||
                (end->by == SSE_ENDED_PROOF && sse_probe_failure_known(c, index) > end->known))
                continue;
            o->failed++;
            add_peer(d, p->resolver);
            count_icmp(c, &kinds, p->icmp);
            if (c->probe[index].outcome != SSE_PROBE_NO_REPLY)
                sse_origin_add(&origins, sse_probe_origin(c->t, p, NULL), index);
            if (o->fake_frame == 0 && (c->probe[index].outcome == SSE_PROBE_INTERCEPTED ||
                                       c->probe[index].outcome == SSE_PROBE_REFUSED)) {
                o->fake_frame = p->reply_frame;
                o->fake_rcode = p->rcode;
                o->fake_ttl = p->reply_ttl;
            }
            add_frame(o, p->frame);
            if (p->last_frame != p->frame)
                add_frame(o, p->last_frame);
            add_frame(o, p->reply_frame);
            if (p->icmp != SSE_NONE)
                add_frame(o, sse_tracker_icmp_error(c->t, p->icmp)->frame);
            confirm(o, p->last_frame != 0 ? p->last_frame : p->reply_frame, p->last_time);
            if (known[port] < 2)
                failed_of[port][known[port]++] = index;
        }
    }
    take_icmp(o, &kinds);
    for (unsigned k = SSE_ORIGIN_UNKNOWN; k < SSE_ORIGINS; k++)
        if (origins.count[k] > 0 && (o->origin == SSE_ORIGIN_NONE || origins.count[k] > origins.count[o->origin]))
            o->origin = (uint8_t)k;
    if (o->origin != SSE_ORIGIN_NONE)
        sse_probe_origin(c->t, probe_at(c, origins.first[o->origin]), o->origin_reasons);
    /* One of each port, then the next of the first. */
    for (unsigned i = 0; i < 2; i++)
        for (unsigned port = 0; port < PORTS; port++)
            if (i < known[port])
                add_example(c, d, failed_of[port][i]);
}

/* Who ended or answered a handshake that failed. */
static sse_origin origin_of(const sse_context *c, uint32_t index, GArray *reasons)
{
    const sse_handshake *h = handshake_at(c, index);

    switch ((sse_swg_outcome)c->swg_outcome[index]) {
    case SSE_SWG_RESET:
    case SSE_SWG_SESSION_RESET:
    case SSE_SWG_SESSION_CLOSED:
    case SSE_SWG_TUNNEL_RESET:
    case SSE_SWG_TUNNEL_CLOSED:
        return sse_handshake_reset_origin(c->t, h, reasons);
    case SSE_SWG_SESSION_INTERCEPTED:
        return sse_status_origin(c->t, h, reasons);
    case SSE_SWG_ICMP:
        /* Of another address than the destination that address says it all. */
        return h->icmp != SSE_NONE && sse_addr_equal(&sse_tracker_icmp_error(c->t, h->icmp)->sender,
                                                     &address_at(c, h->gateway)->addr)
                   ? sse_handshake_icmp_origin(c->t, h, reasons) : SSE_ORIGIN_NONE;
    default:
        return SSE_ORIGIN_NONE;
    }
}

/* The most frequent origin, and the reasons of the first that has it. answers: the
 * indices are those of answers to CONNECT. */
static void take_origin(const sse_context *c, sse_outage *o, const sse_origin_count *n, bool answers)
{
    if (o->origin != SSE_ORIGIN_NONE)
        return;
    o->origin = (uint8_t)sse_origin_most(n);
    if (o->origin != SSE_ORIGIN_NONE && answers)
        sse_answer_origin(c->t, sse_tracker_connect_answer(c->t, n->first[o->origin]), o->origin_reasons);
    else if (o->origin != SSE_ORIGIN_NONE)
        origin_of(c, n->first[o->origin], o->origin_reasons);
}

static void confirm_handshake(const sse_handshake *h, sse_outage *o)
{
    if (h->session != NULL && h->session->gateway_close_frame != 0)
        confirm(o, h->session->gateway_close_frame, h->session->gateway_close_time);
    else if (h->met_frame != 0 && h->met_time >= h->last_syn)
        confirm(o, h->met_frame, h->met_time);
    else
        confirm(o, h->last_frame, h->last_syn);
}

void sse_add_handshakes(sse_context *c, sse_group *g, sse_draft *d, const sse_outage_judgement *j, const sse_outage_end *end)
{
    sse_outage *o = &d->outage;
    icmp_kinds kinds;
    sse_origin_count origins = { .count = { 0 } };

    kinds.used = 0;
    for (guint i = sse_first_handshake(c, g->handshakes, j->first); i < g->handshakes->len; i++) {
        const uint32_t index = item(g->handshakes, i);
        const sse_handshake *h = handshake_at(c, index);
        const sse_swg_outcome outcome = (sse_swg_outcome)c->swg_outcome[index];

        if (h->time > j->newest)
            break;
        o->attempts++;
        if (!sse_swg_failed(outcome) ||
            (end->by == SSE_ENDED_PROOF && sse_handshake_failure_known(c, index) > end->known))
            continue;
        o->failed++;
        add_peer(d, h->gateway);
        count_icmp(c, &kinds, h->icmp);
        sse_origin_add(&origins, origin_of(c, index, NULL), index);
        add_frame(o, h->frame);
        if (h->last_frame != h->frame)
            add_frame(o, h->last_frame);
        add_frame(o, h->met_frame);
        if (h->session != NULL) {
            add_frame(o, h->session->open_frame);
            add_frame(o, h->session->first_payload_frame);
            add_frame(o, h->session->tunnel_frame);
            add_frame(o, h->session->gateway_close_frame);
        }
        confirm_handshake(h, o);
        add_example(c, d, index);
    }
    take_icmp(o, &kinds);
    take_origin(c, o, &origins, false);
}

void sse_add_answers(sse_context *c, sse_group *g, sse_draft *d, const sse_outage_judgement *j)
{
    sse_outage *o = &d->outage;
    sse_origin_count origins = { .count = { 0 } };

    for (guint i = sse_first_answer(c, g->answers, j->first); i < g->answers->len; i++) {
        const sse_connect_answer *a = &g_array_index(c->t->connects, sse_connect_answer, item(g->answers, i));
        const sse_handshake *h = handshake_at(c, a->handshake);

        if (a->time > j->newest)
            break;
        o->attempts++;
        if (sse_connect_served(a->status))
            continue;
        o->failed++;
        add_peer(d, h->gateway);
        add_frame(o, a->frame);
        confirm(o, a->frame, a->time);
        add_example(c, d, a->handshake);
        sse_origin_add(&origins, sse_answer_origin(c->t, a, NULL), item(g->answers, i));
    }
    take_origin(c, o, &origins, true);
}

void sse_add_lookups(sse_context *c, sse_group *g, sse_draft *d, const sse_outage_judgement *j,
                     bool (*failed)(const sse_context *, const sse_lookup *))
{
    sse_outage *o = &d->outage;

    for (guint i = sse_first_lookup(c, g->lookups, j->first); i < g->lookups->len; i++) {
        const sse_lookup *l = &g_array_index(c->t->lookups, sse_lookup, item(g->lookups, i));

        if (l->time > j->newest)
            break;
        o->attempts++;
        if (!failed(c, l))
            continue;
        o->failed++;
        add_peer(d, l->server);
        add_frame(o, l->frame);
        add_frame(o, l->answer_frame);
        confirm(o, l->answered ? l->answer_frame : l->frame, l->answered ? l->answer_time : l->last_time);
    }
}

static int by_fact_time(const void *a, const void *b, void *context)
{
    const sse_context *c = (const sse_context *)context;
    const sse_fact *x = sse_tracker_fact(c->t, *(const guint32 *)a), *y = sse_tracker_fact(c->t, *(const guint32 *)b);

    return x->time != y->time ? (x->time < y->time ? -1 : 1) : (x->frame > y->frame) - (x->frame < y->frame);
}

bool sse_behind_portal(const sse_context *c, sse_group *g, int64_t from, int64_t to)
{
    const sse_fact *f;
    guint behind;

    if (g->facts->len == 0)
        return false;
    if (g->portals == NULL) {
        g->portals = g_array_new(FALSE, FALSE, sizeof(guint32));
        for (guint i = 0; i < g->facts->len; i++) {
            const guint32 index = item(g->facts, i);
            const sse_fact_kind kind = sse_tracker_fact(c->t, index)->kind;

            if (kind == SSE_FACT_CAPTIVE || kind == SSE_FACT_PORTAL_PASSED)
                g_array_append_val(g->portals, index);
        }
        g_array_sort_with_data(g->portals, by_fact_time, (void *)c);
    }
    behind = to < INT64_MAX ? sse_first_fact(c, g->portals, to + 1) : g->portals->len;
    f = behind > 0 ? sse_tracker_fact(c->t, item(g->portals, behind - 1)) : NULL;
    return f != NULL && f->kind == SSE_FACT_CAPTIVE && f->time >= from;
}

/* Often it is what was said of the outage before. */
static GArray *shared_list(sse_context *c, const GArray *list, GArray *before, size_t size)
{
    return list->len > 0 && before->len == list->len && memcmp(before->data, list->data, list->len * size) == 0
               ? before : sse_shared_list(c->report, list);
}

static GArray *shared_peers(sse_context *c, const sse_draft *d)
{
    GArray *peers = g_array_set_size(c->scratch.peers, 0);

    for (unsigned i = 0; i < d->n_peers; i++)
        g_array_append_vals(peers, &address_at(c, d->peers[i])->addr, 1);
    return sse_shared_list(c->report, peers);
}

static void share_lists(sse_context *c, sse_draft *d)
{
    sse_outage *o = &d->outage;
    const bool first = c->outages->len == 1;
    const sse_draft *last = first ? NULL : &g_array_index(c->outages, sse_draft, c->outages->len - 2);
    const sse_outage *before = first ? NULL : &last->outage;
    GArray *nothing = c->report->nothing;

    o->reasons = shared_list(c, o->reasons, first ? nothing : before->reasons, sizeof(sse_reason));
    o->origin_reasons = shared_list(c, o->origin_reasons, first ? nothing : before->origin_reasons, sizeof(sse_reason));
    if (!first && d->n_peers == last->n_peers && memcmp(d->peers, last->peers, d->n_peers * sizeof d->peers[0]) == 0)
        o->peers = before->peers;
    else
        o->peers = shared_peers(c, d);
}

void sse_close_outage(sse_context *c, sse_group *g, sse_draft *d, const sse_outage_judgement *j)
{
    sse_outage *o = &d->outage;
    /* Of DNS what counts is the time without protection. */
    const int64_t from = o->service == SSE_SERVICE_DNS ? MAX(o->since.time, j->first) : j->first;
    const sse_control_sum sum = sse_sum_control(g, MIN(from, j->newest), j->newest + RUN_WINDOW, 0);

    o->control_dns_answers = sum.dns_answers;
    o->control_tcp_opened = sum.tcp_opened;
    /* Who signs in behind the newest failure was behind the portal before. */
    o->captive = sse_behind_portal(c, g, j->first - PORTAL_BEFORE, j->newest) ||
                 sse_behind_portal(c, g, j->newest, j->newest + RUN_WINDOW);
    o->confidence = (uint8_t)sse_find_confidence(c, g, o->reasons);
    if (o->verdict != SSE_INCONCLUSIVE && sum.dns_answers == 0 && sum.tcp_opened == 0) {
        sse_add_reason(o->reasons, SSE_REASON_NO_CONTROL, 0);
        o->confidence = SSE_CONFIDENCE_LIMITED;
        o->alone = sse_sum_control(g, o->since.time, MAX(o->evidence_time, o->since.time) + RUN_WINDOW, 0).silent == 0;
    }
    share_lists(c, d);
}

bool sse_take_lasting(sse_context *c, sse_group *g, sse_service service, unsigned ip)
{
    sse_service_report *s = service == SSE_SERVICE_DNS ? &g->report->dns : &g->report->web;

    for (guint i = c->outages->len; i > 0; i--) {
        const sse_draft *d = &g_array_index(c->outages, sse_draft, i - 1);
        const sse_outage *o = &d->outage;

        if (o->service != service || o->ip != ip)
            continue;
        if (o->ended_by != SSE_ENDED_NONE)
            return false;
        s->has_control = true;
        s->control_dns_answers = o->control_dns_answers;
        s->control_tcp_opened = o->control_tcp_opened;
        s->confidence = (sse_confidence)o->confidence;
        g_array_append_vals(s->reasons, o->reasons->data, o->reasons->len);
        if (o->verdict != SSE_INCONCLUSIVE) {
            const GArray *examples = examples_of(c, d);

            g_array_append_vals(s->examples, examples->data, examples->len);
        }
        return true;
    }
    return false;
}

/* ---- all of a client's ---- */

static int by_since(const void *a, const void *b)
{
    const sse_outage *x = &((const sse_draft *)a)->outage, *y = &((const sse_draft *)b)->outage;

    if (x->since.time != y->since.time)
        return x->since.time < y->since.time ? -1 : 1;
    if (x->since.frame != y->since.frame)
        return x->since.frame < y->since.frame ? -1 : 1;
    return x->service != y->service ? (int)x->service - (int)y->service : (int)x->ip - (int)y->ip;
}

/* Of one service and IP version they come by time. */
static void sort_outages(GArray *outages)
{
    for (guint i = 1; i < outages->len; i++) {
        if (by_since(&g_array_index(outages, sse_draft, i - 1), &g_array_index(outages, sse_draft, i)) > 0) {
            g_array_sort(outages, by_since);
            return;
        }
    }
}

static int64_t end_of(const sse_outage *o)
{
    return o->ended_by != SSE_ENDED_NONE ? o->until_time : INT64_MAX;
}

/* Of an IP version that does not count nothing of its outages is in the timeline. */
static void forget_changes(sse_client_report *r)
{
    guint kept = 0;

    if (r->ip[0].counts == (r->ip[0].n_ports > 0) && r->ip[1].counts == (r->ip[1].n_ports > 0))
        return;
    for (guint i = 0; i < r->timeline->len; i++) {
        const sse_change change = g_array_index(r->timeline, sse_change, i);

        if (change.service != SSE_SERVICE_DNS || r->ip[change.ip == 6].counts ||
            (change.to != SSE_UNPROTECTED && change.from != SSE_UNPROTECTED))
            g_array_index(r->timeline, sse_change, kept++) = change;
    }
    g_array_set_size(r->timeline, kept);
}

void sse_settle_outages(sse_context *c, sse_group *g)
{
    sse_client_report *r = g->report;
    GArray *outages = c->outages;
    const sse_outage *newest[2] = { NULL, NULL }; /* counted, of DNS over IPv4 and IPv6 */
    unsigned in_full[2] = { 0, 0 };

    r->dns.worst = r->dns.verdict;
    r->web.worst = r->web.verdict;
    forget_changes(r);
    sort_outages(outages);
    for (guint i = 0; i < outages->len; i++) {
        sse_outage *o = &g_array_index(outages, sse_draft, i).outage;
        const bool dns = o->service == SSE_SERVICE_DNS;
        sse_service_report *s = dns ? &r->dns : &r->web;

        o->counted = o->verdict != SSE_INCONCLUSIVE && (!dns || r->ip[o->ip == 6].counts);
        if (!o->counted)
            continue;
        if (dns) {
            const sse_outage *other = newest[o->ip == 4];

            o->repeats = other != NULL && end_of(other) > o->since.time;
            if (!o->repeats || end_of(o) > end_of(other))
                newest[o->ip == 6] = o;
        }
        s->outages += !o->repeats;
        if (sse_state_badness((sse_state)o->verdict) > sse_state_badness(s->worst))
            s->worst = (sse_state)o->verdict;
    }
    g_array_set_size(r->outages, outages->len);
    for (guint i = outages->len; i > 0; i--) {
        sse_draft *d = &g_array_index(outages, sse_draft, i - 1);
        sse_outage *o = &d->outage;

        if (o->counted && in_full[o->service == SSE_SERVICE_WEB] < SSE_OUTAGES_IN_FULL) {
            o->examples = sse_shared_list(c->report, examples_of(c, d));
            in_full[o->service == SSE_SERVICE_WEB] += !o->repeats;
        }
        g_array_index(r->outages, sse_outage, i - 1) = *o;
    }
    g_array_set_size(outages, 0);
}
