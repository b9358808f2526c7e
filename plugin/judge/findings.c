/* findings.c
 * Findings: facts worth saying that decide nothing: docs/verdict.md, "Findings".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "findings.h"

#include "background.h"
#include "lookups.h"
#include "machines.h"
#include "names.h"
#include "origin.h"
#include "outages.h"
#include "tables.h"

#include <string.h>

#define SLOW_HANDSHAKE  (3 * SSE_SECOND)
#define FLAPS           4
/* So many lost probes, or bad answers, are worth an advice. */
#define LOSS_WORTH      3
/* So many sites denied, and none served, are no policy for a site. */
#define DENIED_WORTH    10
/* So many DNSCrypt queries lost may be more than chance. */
#define DNSCRYPT_WORTH  4
#define SLOW_ANSWER     (5 * SSE_SECOND)
#define SLOW_WORTH      3
/* Connections with a hole where a large segment should be. */
#define HOLES_WORTH     2
/* Of the hosts of a finding so many are named. */
#define HOSTS_NAMED     4
/* Below this a quarter of a round trip is jitter, not another server. */
#define LONG_TRIP       (4 * SSE_MSECOND)
/* So many routers fewer are not the same way. */
#define FORWARDER_HOPS  3
/* Of a port that is blocked so many probes are looked at, the newest. */
#define NEWEST_PROBES   8
/* Resolvers of an IP version are told apart up to so many: mostly there are two. */
#define FEW_RESOLVERS   4

static sse_finding *add(GArray *findings, sse_finding_code code)
{
    sse_finding f = { .code = code, .has_advice = sse_finding_advice(code) != SSE_ADVICE_NONE };

    g_array_append_val(findings, f);
    return &g_array_index(findings, sse_finding, findings->len - 1);
}

static int by_code(const void *a, const void *b)
{
    return (int)((const sse_finding *)a)->code - (int)((const sse_finding *)b)->code;
}

const sse_finding *sse_client_finding(const sse_client_report *r, sse_finding_code code)
{
    for (guint i = 0; i < r->findings->len; i++) {
        const sse_finding *f = &g_array_index(r->findings, sse_finding, i);

        if (f->code == code)
            return f;
    }
    return NULL;
}

static sse_finding *give_frames(sse_finding *f, GArray *frames)
{
    /* They come by record; the report lists them in order, each once. */
    sse_sort_numbers(frames);
    for (guint i = 0; i < frames->len; i++)
        if (item(frames, i) != 0)
            sse_frames_add(&f->frames, item(frames, i));
    g_array_set_size(frames, 0);
    return f;
}

/* "n of all" */
static void give_count(sse_finding *f, uint32_t n, uint32_t all)
{
    f->number[0] = n;
    f->number[1] = all;
}

static void collect(GArray *frames, guint32 frame)
{
    if (frame != 0)
        g_array_append_val(frames, frame);
}

/* The same of a probe in a loop over a client's probes: there is room for them all. */
static inline void collect_probe(GArray *frames, guint32 frame)
{
    if (frame != 0)
        sse_put_number(frames, frame);
}

/** What any of a client's probes has: what none has is not sought in all of them again. */
typedef struct traits {
    bool answered, rejected, intercepted, encrypted, identity, conflict;
    uint32_t resolver[2][FEW_RESOLVERS]; /**< those of each IP version */
    unsigned resolvers[2];   /**< so many; FEW_RESOLVERS: or more */
} traits;

static void note_resolver(traits *has, unsigned v, uint32_t resolver)
{
    for (unsigned i = 0; i < has->resolvers[v]; i++)
        if (has->resolver[v][i] == resolver)
            return;
    if (has->resolvers[v] < FEW_RESOLVERS)
        has->resolver[v][has->resolvers[v]++] = resolver;
}

static traits traits_of(const sse_context *c, const sse_group *g)
{
    traits has = { .answered = false };

    for (unsigned v = 0; v < 2; v++) {
        for (unsigned port = 0; port < PORTS; port++) {
            for (guint i = 0; i < g->probes[v][port]->len; i++) {
                const uint32_t index = item(g->probes[v][port], i);
                const sse_probe *p = probe_at(c, index);

                has.answered |= c->probe[index].outcome == SSE_PROBE_ANSWERED;
                has.rejected |= c->probe[index].outcome == SSE_PROBE_REJECTED;
                has.intercepted |= c->probe[index].outcome == SSE_PROBE_INTERCEPTED;
                has.encrypted |= p->name == OBS_NAME_DNSCRYPT;
                has.identity |= p->query_identity != 0;
                has.conflict |= p->conflict_frame != 0;
                note_resolver(&has, v, p->resolver);
            }
        }
    }
    return has;
}

/* How many of a port's newest eight probes were answered is at most a quarter. */
static bool mostly_fails(const sse_context *c, const GArray *probes)
{
    unsigned answered = 0, all = 0;

    for (guint i = probes->len; i > 0 && all < NEWEST_PROBES; i--) {
        const uint32_t index = item(probes, i - 1);
        const sse_probe_outcome o = (sse_probe_outcome)c->probe[index].outcome;

        if (sse_is_traffic(probe_at(c, index)) || o == SSE_PROBE_PENDING)
            continue;
        all++;
        answered += o == SSE_PROBE_ANSWERED;
    }
    return answered * 4 <= all;
}

/* A port on which that resolver itself answered this client: 443 first; 0: none. */
static uint16_t answers_elsewhere(const sse_context *c, const sse_group *g, unsigned v, uint32_t resolver)
{
    const GArray *lists[] = { g->probes[v][PORT_443], g->diagnostics };

    for (unsigned k = 0; k < G_N_ELEMENTS(lists); k++) {
        for (guint i = 0; i < lists[k]->len; i++) {
            const uint32_t index = item(lists[k], i);

            if (probe_at(c, index)->resolver == resolver && probe_at(c, index)->name != OBS_NAME_USER &&
                c->probe[index].outcome == SSE_PROBE_ANSWERED)
                return probe_at(c, index)->port;
        }
    }
    return 0;
}

/* Was a probe of this IP version sent in an outage? *at is where the search goes on:
 * times come in order, as outages do, IPv4's before IPv6's. */
static bool in_outage(const sse_group *g, unsigned v, guint *at, int64_t time)
{
    const sse_stretch *o = (const sse_stretch *)(const void *)g->stretches->data;

    while (*at < g->stretches->len && (o[*at].v < v || (o[*at].v == v && o[*at].newest < time)))
        (*at)++;
    return *at < g->stretches->len && o[*at].v == v && o[*at].first <= time;
}

/* One answer of another on 53 is enough where the resolver itself answers elsewhere. */
static void find_intercepted(const sse_context *c, sse_group *g, unsigned v, GArray *frames)
{
    uint32_t asked = SSE_NONE;
    uint16_t port = 0, elsewhere = 0;
    guint at = 0;
    sse_finding *f;

    if (g->report->ip[v].verdict == SSE_UNPROTECTED)
        return;
    for (guint i = 0; i < g->probes[v][PORT_53]->len; i++) {
        const uint32_t index = item(g->probes[v][PORT_53], i);
        const sse_probe *p = probe_at(c, index);

        if (c->probe[index].outcome != SSE_PROBE_INTERCEPTED || in_outage(g, v, &at, p->time))
            continue;
        /* They come in rows for one resolver; the rows are few. */
        if (p->resolver != asked) {
            asked = p->resolver;
            elsewhere = answers_elsewhere(c, g, v, asked);
        }
        if (elsewhere == 0)
            continue;
        if (port == 0)
            port = elsewhere;
        collect(frames, p->reply_frame);
    }
    if (frames->len == 0)
        return;
    f = give_frames(add(g->report->findings, SSE_FIND_PORT_53_INTERCEPTED), frames);
    f->ip = v == 0 ? 4 : 6;
    f->cause = SSE_CAUSE_INTERCEPTED;
    f->reason = port == 443 ? SSE_REASON_INTERCEPTED_443 : SSE_REASON_INTERCEPTED_ELSEWHERE;
    f->number[0] = port;
}

static void find_ports(const sse_context *c, sse_group *g, const traits *has, GArray *frames)
{
    for (unsigned v = 0; v < 2; v++) {
        const sse_version_report *r = &g->report->ip[v];
        const sse_port_report *p443 = &r->ports[PORT_443], *p53 = &r->ports[PORT_53];
        unsigned down;
        sse_finding *f;

        if (p443->state == SSE_PORT_DOWN && p53->state == SSE_PORT_UP) {
            down = PORT_443;
            f = add(g->report->findings, SSE_FIND_ENCRYPTED_PORT_BLOCKED);
        } else if (p443->state == SSE_PORT_UP && p53->state == SSE_PORT_DOWN) {
            down = PORT_53;
            f = add(g->report->findings, p53->cause == SSE_CAUSE_INTERCEPTED ? SSE_FIND_PORT_53_INTERCEPTED
                                                                             : SSE_FIND_PORT_53_BLOCKED);
        } else {
            if (has->intercepted)
                find_intercepted(c, g, v, frames);
            continue;
        }
        if (!mostly_fails(c, g->probes[v][down])) {
            g_array_set_size(g->report->findings, g->report->findings->len - 1);
            if (has->intercepted)
                find_intercepted(c, g, v, frames);
            continue;
        }
        /* What the host does itself is no firewall's on the way. */
        f->has_advice &= r->ports[down].cause != SSE_CAUSE_REJECTED_BY_CLIENT;
        if (f->code == SSE_FIND_PORT_53_INTERCEPTED)
            f->reason = SSE_REASON_INTERCEPTED_443;
        for (guint i = 0; i < g->dns_runs[v][down].items->len; i++)
            collect_probe(frames, probe_at(c, item(g->dns_runs[v][down].items, i))->frame);
        f->ip = v == 0 ? 4 : 6;
        f->cause = r->ports[down].cause;
        give_frames(f, frames);
    }
}

/** The newest three probes to one resolver. */
typedef struct newest {
    uint32_t resolver, index[3], count;
    int64_t  answered;       /**< newest answered, INT64_MIN none */
} newest;

/* The newest probe of both ports before these places. @return whether there is one */
static bool probe_before(const sse_context *c, const sse_group *g, unsigned v, guint left[PORTS], uint32_t *index)
{
    const GArray *a = g->probes[v][PORT_443], *b = g->probes[v][PORT_53];
    unsigned port = left[PORT_443] == 0 ? PORT_53 : PORT_443;

    if (left[PORT_443] == 0 && left[PORT_53] == 0)
        return false;
    /* Of the same time 443 was asked first. */
    if (port == PORT_443 && left[PORT_53] > 0 &&
        probe_at(c, item(b, left[PORT_53] - 1))->time >= probe_at(c, item(a, left[PORT_443] - 1))->time)
        port = PORT_53;
    *index = item(g->probes[v][port], --left[port]);
    return true;
}

static newest *newest_of(GArray *seen, uint32_t resolver)
{
    const newest made = { .resolver = resolver, .answered = INT64_MIN };

    for (guint i = 0; i < seen->len; i++)
        if (g_array_index(seen, newest, i).resolver == resolver)
            return &g_array_index(seen, newest, i);
    g_array_append_val(seen, made);
    return &g_array_index(seen, newest, seen->len - 1);
}

static void find_dead_resolvers(const sse_context *c, sse_group *g, unsigned v, const traits *has, GArray *frames)
{
    GArray *seen = g_array_new(FALSE, FALSE, sizeof(newest));
    guint left[PORTS] = { g->probes[v][PORT_443]->len, g->probes[v][PORT_53]->len };
    unsigned whole = 0;
    int64_t enough = INT64_MIN;
    uint32_t index;

    while (probe_before(c, g, v, left, &index)) {
        const sse_probe *p = probe_at(c, index);
        const bool answered = c->probe[index].outcome == SSE_PROBE_ANSWERED;
        newest *n;

        if (c->probe[index].outcome == SSE_PROBE_PENDING || (sse_is_traffic(p) && !answered))
            continue;
        /* The newest three of every resolver are known, and all that came as late. */
        if (p->time < enough)
            break;
        n = newest_of(seen, p->resolver);
        if (n->count < 3) {
            n->index[n->count++] = index;
            whole += n->count == 3;
            if (whole == has->resolvers[v] && whole < FEW_RESOLVERS)
                enough = p->time;
        }
        if (answered)
            n->answered = MAX(n->answered, p->time);
    }
    for (guint i = 0; i < seen->len; i++) {
        const newest *n = &g_array_index(seen, newest, i);
        int64_t first = INT64_MAX;
        bool failed = n->count >= 3, other = false;

        for (unsigned k = 0; k < 3 && failed; k++) {
            failed = sse_probe_failed((sse_probe_outcome)c->probe[n->index[k]].outcome) &&
                     c->probe[n->index[k]].outcome != SSE_PROBE_REJECTED;
            first = MIN(first, probe_at(c, n->index[k])->time);
        }
        for (guint k = 0; k < seen->len && failed; k++)
            other |= k != i && g_array_index(seen, newest, k).answered >= first;
        if (!failed || !other)
            continue;
        for (unsigned k = 0; k < 3; k++)
            collect(frames, probe_at(c, n->index[k])->frame);
        give_frames(add(g->report->findings, SSE_FIND_RESOLVER_UNREACHABLE), frames)->address =
            address_at(c, n->resolver)->addr;
    }
    g_array_free(seen, TRUE);
}

static bool in_run(const sse_run *run, const sse_context *c, const sse_probe *p)
{
    return run->items->len > 0 && p->time >= probe_at(c, item(run->items, 0))->time;
}

static void find_loss(const sse_context *c, sse_group *g, GArray *frames)
{
    const sse_client_report *r = g->report;
    bool said = sse_client_finding(r, SSE_FIND_ENCRYPTED_PORT_BLOCKED) != NULL ||
                sse_client_finding(r, SSE_FIND_PORT_53_BLOCKED) != NULL ||
                sse_client_finding(r, SSE_FIND_PORT_53_INTERCEPTED) != NULL;
    /* What is lost for its option is no loss of the line. */
    const bool edns = sse_client_finding(r, SSE_FIND_EDNS_DROPPED) != NULL;
    uint32_t lost = 0, tried = 0;

    for (unsigned v = 0; v < 2; v++) {
        for (unsigned port = 0; port < PORTS; port++) {
            guint at = 0;

            for (guint i = 0; i < g->probes[v][port]->len; i++) {
                uint32_t index = item(g->probes[v][port], i);
                const sse_probe *p = probe_at(c, index);

                if (sse_is_traffic(p) || c->probe[index].outcome == SSE_PROBE_REJECTED || (edns && p->query_identity != 0))
                    continue;
                tried++;
                if (!sse_probe_failed((sse_probe_outcome)c->probe[index].outcome) || in_outage(g, v, &at, p->time))
                    continue;
                if (in_run(&g->dns_runs[v][port], c, p) &&
                    (r->ip[v].verdict != SSE_PROTECTED || (said && r->ip[v].ports[port].state == SSE_PORT_DOWN)))
                    continue;
                lost++;
                collect_probe(frames, p->frame != 0 ? p->frame : p->reply_frame);
            }
        }
    }
    if (lost > 0) {
        sse_finding *f = give_frames(add(g->report->findings, SSE_FIND_PROBE_LOSS), frames);

        give_count(f, lost, tried);
        f->has_advice = lost >= LOSS_WORTH && (uint64_t)lost * 10 >= tried;
    }
}

/* Encrypted queries without reply that brought no port down. */
static void find_dnscrypt_loss(const sse_context *c, sse_group *g, GArray *frames)
{
    uint32_t lost = 0, tried = 0, foreign = 0, plain_lost = 0, plain = 0;
    sse_finding *f;

    for (unsigned v = 0; v < 2; v++) {
        for (unsigned port = 0; port < PORTS; port++) {
            const uint32_t lost_before = lost;
            uint32_t own_lost = 0, own = 0;
            guint at = 0;

            for (guint i = 0; i < g->probes[v][port]->len; i++) {
                uint32_t index = item(g->probes[v][port], i);
                const sse_probe *p = probe_at(c, index);
                const bool failed = sse_probe_failed((sse_probe_outcome)c->probe[index].outcome);

                if (p->name != OBS_NAME_DNSCRYPT) {
                    own++;
                    own_lost += failed;
                    continue;
                }
                tried++;
                if (!failed || (!c->probe[index].excused &&
                                (in_outage(g, v, &at, p->time) || (g->report->ip[v].ports[port].state == SSE_PORT_DOWN &&
                                                              in_run(&g->dns_runs[v][port], c, p)))))
                    continue;
                lost++;
                foreign += p->foreign;
                collect(frames, p->frame != 0 ? p->frame : p->reply_frame);
            }
            if (lost > lost_before) {
                plain += own;
                plain_lost += own_lost;
            }
        }
    }
    if (lost == 0)
        return;
    f = give_frames(add(g->report->findings, SSE_FIND_DNSCRYPT_UNANSWERED), frames);
    give_count(f, lost, tried);
    /* Only such numbers tell inspection from loss. */
    f->has_advice = lost >= DNSCRYPT_WORTH && lost * 2 >= tried && foreign < lost && plain_lost * 10 < plain;
    f->reason = f->has_advice ? SSE_REASON_DNSCRYPT_INSPECTED : foreign == lost ? SSE_REASON_DNSCRYPT_MAGIC : SSE_REASON_NONE;
}

/* OpenDNS answered, and the client itself rejected that. */
static void find_rejected(const sse_context *c, sse_group *g, GArray *frames)
{
    uint32_t answered = 0, rejected = 0;

    for (unsigned v = 0; v < 2; v++) {
        for (unsigned port = 0; port < PORTS; port++) {
            for (guint i = 0; i < g->probes[v][port]->len; i++) {
                const uint32_t index = item(g->probes[v][port], i);

                if (sse_is_traffic(probe_at(c, index)))
                    continue;
                answered += c->probe[index].outcome == SSE_PROBE_ANSWERED || c->probe[index].outcome == SSE_PROBE_REJECTED;
                if (c->probe[index].outcome == SSE_PROBE_REJECTED) {
                    rejected++;
                    collect(frames, probe_at(c, index)->reply_frame);
                }
            }
        }
    }
    if (rejected > 0)
        give_count(give_frames(add(g->report->findings, SSE_FIND_REJECTED_BY_CLIENT), frames), rejected, answered);
}

/* "0" is no organisation. */
static bool names_organisation(const obs_identity *identity)
{
    return identity != NULL && identity->orgid[0] != '\0' && strcmp(identity->orgid, "0") != 0;
}

static void find_other_organisation(const sse_context *c, sse_group *g, GArray *frames)
{
    for (unsigned v = 0; v < 2; v++) {
        for (unsigned port = 0; port < PORTS; port++) {
            for (guint i = 0; i < g->probes[v][port]->len; i++) {
                uint32_t index = item(g->probes[v][port], i);
                const sse_probe *p = probe_at(c, index);
                const obs_identity *asked = sse_identity(c->t, p->query_identity);
                const obs_identity *got = sse_identity(c->t, p->reply_identity);

                if (c->probe[index].outcome == SSE_PROBE_ANSWERED && names_organisation(asked) && names_organisation(got) &&
                    strcmp(asked->orgid, got->orgid) != 0)
                    collect(frames, p->reply_frame);
            }
        }
    }
    if (frames->len > 0)
        give_frames(add(g->report->findings, SSE_FIND_OTHER_ORGANISATION), frames);
}

/* Something drops queries for the option that they carry. */
static void find_edns_dropped(const sse_context *c, sse_group *g, GArray *frames)
{
    for (unsigned v = 0; v < 2; v++) {
        for (unsigned port = 0; port < PORTS; port++) {
            bool plain = false, identified = false;
            uint32_t lost = 0;

            for (guint i = 0; i < g->probes[v][port]->len; i++) {
                uint32_t index = item(g->probes[v][port], i);
                const sse_probe *p = probe_at(c, index);
                const bool answered = c->probe[index].outcome == SSE_PROBE_ANSWERED;

                if (p->name == OBS_NAME_DNSCRYPT || p->frame == 0)
                    continue;
                if (p->query_identity == 0) {
                    plain |= answered;
                    continue;
                }
                identified |= p->reply != SSE_REPLY_NONE;
                if (c->probe[index].outcome == SSE_PROBE_NO_REPLY) {
                    lost++;
                    collect(frames, p->frame);
                }
            }
            if (lost >= LOSS_WORTH && plain && !identified) {
                sse_finding *f = give_frames(add(g->report->findings, SSE_FIND_EDNS_DROPPED), frames);

                f->ip = v == 0 ? 4 : 6;
                give_count(f, lost, port == PORT_443 ? 443 : 53);
            }
            g_array_set_size(frames, 0);
        }
    }
}

static void find_identity_loss(const sse_context *c, sse_group *g, GArray *frames)
{
    for (unsigned v = 0; v < 2; v++) {
        for (unsigned port = 0; port < PORTS; port++) {
            for (guint i = 0; i < g->probes[v][port]->len; i++) {
                uint32_t index = item(g->probes[v][port], i);
                const sse_probe *p = probe_at(c, index);
                const obs_identity *asked = sse_identity(c->t, p->query_identity);
                const obs_identity *got = sse_identity(c->t, p->reply_identity);

                if (c->probe[index].outcome == SSE_PROBE_ANSWERED && !p->reply_cut && asked != NULL && p->name == OBS_NAME_DEBUG &&
                    (asked->device[0] != '\0' || names_organisation(asked)) &&
                    (got == NULL || (got->device[0] == '\0' && !names_organisation(got))))
                    collect(frames, p->reply_frame);
            }
        }
    }
    if (frames->len > 0)
        give_frames(add(g->report->findings, SSE_FIND_NOT_IDENTIFIED), frames);
}

/** What the answers on one port look like. */
typedef struct answers {
    uint32_t count;
    uint8_t  hops_low, hops_high;
    int64_t  rtt;            /**< smallest: one slow answer says nothing of the path */
    bool     device, lost_device; /**< one names a device; one does not, and its query did */
    bool     dnscrypt;       /**< one says that its query came encrypted */
    uint32_t first_frame;
} answers;

/* Routers on the way: what is missing of the next usual initial TTL. */
static uint8_t hops_of(uint8_t ttl)
{
    return (uint8_t)((ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255) - ttl);
}

static answers answers_on(const sse_context *c, const sse_group *g, unsigned v, unsigned port)
{
    answers a = { .hops_low = UINT8_MAX, .rtt = INT64_MAX };

    for (guint i = 0; i < g->probes[v][port]->len; i++) {
        uint32_t index = item(g->probes[v][port], i);
        const sse_probe *p = probe_at(c, index);
        const obs_identity *asked = sse_identity(c->t, p->query_identity);
        const obs_identity *got = sse_identity(c->t, p->reply_identity);

        if (c->probe[index].outcome != SSE_PROBE_ANSWERED || p->frame == 0 || p->name != OBS_NAME_DEBUG)
            continue;
        if (a.count++ == 0)
            a.first_frame = p->reply_frame;
        a.hops_low = MIN(a.hops_low, hops_of(p->reply_ttl));
        a.hops_high = MAX(a.hops_high, hops_of(p->reply_ttl));
        if (!p->early)
            a.rtt = MIN(a.rtt, p->reply_time - p->time);
        a.device |= got != NULL && got->device[0] != '\0';
        a.lost_device |= !p->reply_cut && asked != NULL && asked->device[0] != '\0' && (got == NULL || got->device[0] == '\0');
        a.dnscrypt |= got != NULL && got->dnscrypt;
    }
    return a;
}

static void find_forwarder(const sse_context *c, sse_group *g, GArray *frames)
{
    for (unsigned v = 0; v < 2; v++) {
        const answers on53 = answers_on(c, g, v, PORT_53);
        answers on443;
        sse_reason_code why;
        sse_finding *f;

        if (on53.count == 0)
            continue;
        on443 = answers_on(c, g, v, PORT_443);
        if (on53.dnscrypt)
            why = SSE_REASON_FORWARDER_DNSCRYPT;
        else if (on443.count == 0)
            continue;
        else if (on53.hops_high + FORWARDER_HOPS <= on443.hops_low)
            why = SSE_REASON_FORWARDER_TTL;
        else if (c->clocks_difference == 0 && on443.rtt >= LONG_TRIP && on443.rtt != INT64_MAX && on53.rtt <= on443.rtt / 4)
            why = SSE_REASON_FORWARDER_FAST;
        else if (on443.device && !on53.device && on53.lost_device)
            why = SSE_REASON_FORWARDER_NO_DEVICE;
        else
            continue;
        collect(frames, on53.first_frame);
        f = give_frames(add(g->report->findings, SSE_FIND_ANSWERED_VIA_FORWARDER), frames);
        f->ip = v == 0 ? 4 : 6;
        f->reason = why;
    }
}

static void find_replies(const sse_context *c, sse_group *g, const traits *has, GArray *frames)
{
    for (unsigned v = 0; has->conflict && v < 2; v++) {
        for (unsigned port = 0; port < PORTS; port++)
            for (guint i = 0; i < g->probes[v][port]->len; i++)
                collect(frames, probe_at(c, item(g->probes[v][port], i))->conflict_frame);
    }
    if (frames->len > 0)
        give_frames(add(g->report->findings, SSE_FIND_CONFLICTING_REPLIES), frames);
    for (guint i = 0; i < g->forged->len; i++)
        collect(frames, item(g->forged, i));
    for (guint i = 0; i < g->facts->len; i++) {
        const sse_fact *f = &g_array_index(c->t->facts, sse_fact, item(g->facts, i));

        if (f->kind == SSE_FACT_FORGED)
            collect(frames, f->frame);
    }
    if (frames->len > 0)
        give_frames(add(g->report->findings, SSE_FIND_FORGED_REPLY), frames);
}

/* Answers of this client that are stamped before what they answer, where the file has
 * two clocks: how many of how many, and by how much in the median of the file. */
static void find_clocks(const sse_context *c, sse_group *g, GArray *frames)
{
    uint32_t answered = 0;

    for (uint32_t i = 0; c->clocks_difference != 0 && i < g->n_probes; i++) {
        const sse_probe *p = probe_at(c, i);

        if (!has_control(p))
            continue;
        answered += p->frame != 0 && (p->reply != SSE_REPLY_NONE || p->icmp != SSE_NONE);
        if (p->early)
            collect(frames, p->reply != SSE_REPLY_NONE ? p->reply_frame : sse_tracker_icmp_error(c->t, p->icmp)->frame);
    }
    for (guint i = 0; c->clocks_difference != 0 && i < g->records->len; i++) {
        const uint32_t number = item(g->records, i), index = number / 4;

        switch ((sse_mark_of)(number % 4)) {
        case SSE_OF_HANDSHAKE: {
            const sse_handshake *h = handshake_at(c, index);
            const bool opened = h->session != NULL && h->session->syn_ack;

            answered += h->frame != 0 && (opened || h->met != SSE_MET_NOTHING);
            if (h->early)
                collect(frames, opened ? h->session->open_frame : h->met_frame);
            break;
        }
        default: {
            const sse_lookup *l = sse_tracker_lookup(c->t, index);

            answered += l->frame != 0 && l->answered;
            if (l->early)
                collect(frames, l->answer_frame);
            break;
        }
        }
    }
    if (frames->len > 0) {
        const uint32_t early = frames->len;
        sse_finding *f = give_frames(add(g->report->findings, SSE_FIND_CLOCKS_DIFFER), frames);

        give_count(f, early, answered);
        f->number[2] = c->clocks_difference;
    }
}

static void find_tcp_only(const sse_context *c, sse_group *g, GArray *frames)
{
    for (guint i = 0; i < g->tcp_probes->len; i++) {
        uint32_t index = item(g->tcp_probes, i);

        if (c->probe[index].outcome == SSE_PROBE_ANSWERED && probe_at(c, index)->name != OBS_NAME_USER)
            collect(frames, probe_at(c, index)->reply_frame);
    }
    if (frames->len > 0)
        give_frames(add(g->report->findings, SSE_FIND_TCP_ONLY), frames);
}

/* ---- the web's ---- */

/* dead: of each gateway's row the index of the finding that says it never
 * opened, + 1; 0 without. */
static guint dead_of(const sse_context *c, const sse_client_report *r, const guint *dead, const sse_handshake *h)
{
    const sse_gateway_report *row = sse_gateway_row_of(c, r, h);

    return row != NULL ? dead[row - (const sse_gateway_report *)(const void *)r->gateways->data] : 0;
}

/* Is a time within an outage of the web? Its failures are said by it. *at is
 * where the search goes on: times come in order. */
static bool in_web_outage(const sse_client_report *r, guint *at, int64_t time)
{
    for (; *at < r->outages->len; (*at)++) {
        const sse_outage *o = &g_array_index(r->outages, sse_outage, *at);

        if (o->service == SSE_SERVICE_WEB && (o->ended_by == SSE_ENDED_NONE || o->until_time > time))
            return o->since.time <= time;
    }
    return false;
}

/* Failures of a gateway that never opens are said by a finding of its own. */
static void find_partly_failing(const sse_context *c, sse_group *g, const guint *dead, GArray *frames)
{
    uint32_t failed = 0, tried = 0;
    guint at = 0;

    for (guint i = 0; i < g->all_handshakes->len; i++) {
        uint32_t index = item(g->all_handshakes, i);
        const sse_handshake *h = handshake_at(c, index);

        if (in_web_outage(g->report, &at, h->time) || dead_of(c, g->report, dead, h) != 0)
            continue;
        tried++;
        if (sse_swg_failed((sse_swg_outcome)c->swg_outcome[index])) {
            failed++;
            collect(frames, h->frame);
        }
    }
    if (failed > 0)
        give_count(give_frames(add(g->report->findings, SSE_FIND_GATEWAY_PARTLY_FAILING), frames), failed, tried);
}

/* A frame and the finding that it belongs to. */
typedef struct dead_frame {
    guint   finding;
    guint32 frame;
} dead_frame;

static int by_finding(const void *a, const void *b)
{
    const dead_frame *x = (const dead_frame *)a, *y = (const dead_frame *)b;

    if (x->finding != y->finding)
        return x->finding < y->finding ? -1 : 1;
    return (x->frame > y->frame) - (x->frame < y->frame);
}

/* The gateways that never opened while another served. @return what dead_of()
 * reads; g_free() it. */
static guint *find_dead_gateways(const sse_context *c, sse_group *g, uint32_t completed)
{
    sse_client_report *r = g->report;
    guint *dead = g_new0(guint, r->gateways->len + 1);
    const guint before = r->findings->len;
    GArray *frames = g_array_new(FALSE, FALSE, sizeof(dead_frame));

    for (guint k = 0; k < r->gateways->len; k++) {
        const sse_gateway_report *row = &g_array_index(r->gateways, sse_gateway_report, k);
        uint32_t own_failed = 0, opened = row->outcomes[SSE_SWG_OPENED] + row->outcomes[SSE_SWG_COMPLETED];
        sse_finding *f;

        for (unsigned o = 0; o < SSE_SWG_OUTCOMES; o++)
            own_failed += sse_swg_failed((sse_swg_outcome)o) ? row->outcomes[o] : 0;
        /* A session that fails has opened. */
        opened += row->outcomes[SSE_SWG_SESSION_RESET] + row->outcomes[SSE_SWG_SESSION_CLOSED] +
                  row->outcomes[SSE_SWG_SESSION_STALLED] + row->outcomes[SSE_SWG_SESSION_SILENT] +
                  row->outcomes[SSE_SWG_SESSION_FOREIGN] + row->outcomes[SSE_SWG_SESSION_INTERCEPTED];
        for (unsigned o = 0; o < SSE_SWG_OUTCOMES; o++)
            opened += sse_swg_tunnel_died((sse_swg_outcome)o) ? row->outcomes[o] : 0;
        if (own_failed < 2 || opened > 0 || completed <= row->outcomes[SSE_SWG_COMPLETED])
            continue;
        f = add(r->findings, SSE_FIND_GATEWAY_UNREACHABLE);
        f->address = row->address;
        f->number[0] = row->port;
        dead[k] = r->findings->len;
    }
    for (guint i = 0; i < g->all_handshakes->len && r->findings->len > before; i++) {
        const sse_handshake *h = handshake_at(c, item(g->all_handshakes, i));
        dead_frame f = { .finding = dead_of(c, r, dead, h), .frame = h->frame };

        if (f.finding != 0 && f.frame != 0)
            g_array_append_val(frames, f);
    }
    g_array_sort(frames, by_finding);
    for (guint i = 0; i < frames->len; i++) {
        const dead_frame *f = &g_array_index(frames, dead_frame, i);

        sse_frames_add(&g_array_index(r->findings, sse_finding, f->finding - 1).frames, f->frame);
    }
    g_array_free(frames, TRUE);
    return dead;
}

/* Who signs in first asks nobody about resets. */
static bool behind_portal(const sse_client_report *r)
{
    for (guint i = 0; i < r->outages->len; i++)
        if (g_array_index(r->outages, sse_outage, i).captive)
            return true;
    return false;
}

static void find_handshakes(const sse_context *c, sse_group *g, GArray *frames)
{
    sse_client_report *r = g->report;
    GArray *slow = g_array_new(FALSE, FALSE, sizeof(guint32));
    uint32_t completed = 0;
    guint *dead;

    for (guint i = 0; i < g->all_handshakes->len; i++) {
        uint32_t index = item(g->all_handshakes, i);
        const sse_handshake *h = handshake_at(c, index);
        sse_swg_outcome o = (sse_swg_outcome)c->swg_outcome[index];

        if (h->session != NULL && !h->session->older_than_file && h->frame != 0 &&
            h->session->open_time - h->time > SLOW_HANDSHAKE)
            collect(slow, h->session->open_frame);
        completed += o == SSE_SWG_COMPLETED;
    }
    g_array_append_vals(frames, g->resets->data, g->resets->len);
    if (frames->len > 0)
        give_frames(add(r->findings, SSE_FIND_RESET_ON_PATH), frames)->has_advice = !behind_portal(r);
    dead = find_dead_gateways(c, g, completed);
    if (r->web.verdict == SSE_PROTECTED)
        find_partly_failing(c, g, dead, frames);
    g_free(dead);
    if (slow->len > 0)
        give_frames(add(r->findings, SSE_FIND_SLOW_HANDSHAKE), slow);
    g_array_free(slow, TRUE);
}

/** Hosts that a finding is about, each once, the first ones. */
typedef struct hosts {
    uint32_t name[HOSTS_NAMED];
    unsigned named;
    GHashTable *all;         /**< index into names + 1 */
} hosts;

static void hosts_start(hosts *h)
{
    h->named = 0;
    h->all = g_hash_table_new(NULL, NULL);
}

static void hosts_add(hosts *h, uint32_t name)
{
    if (name != SSE_NONE && g_hash_table_add(h->all, GUINT_TO_POINTER(name + 1)) && h->named < HOSTS_NAMED)
        h->name[h->named++] = name;
}

/* @return their words, as long as the report lives; NULL without any. */
static const char *hosts_end(const sse_context *c, hosts *h)
{
    GString *words = g_string_new(NULL);
    const guint all = g_hash_table_size(h->all);
    const char *kept;

    for (unsigned i = 0; i < h->named; i++) {
        char *name = sse_report_name(c->t->redactor, sse_tracker_name(c->t, h->name[i]));

        g_string_append_printf(words, "%s%s", i > 0 ? ", " : "", name);
        g_free(name);
    }
    if (all > h->named)
        g_string_append_printf(words, " and %u more", all - h->named);
    kept = words->len > 0 ? sse_string_set_keep(c->report->texts, words->str) : NULL;
    g_string_free(words, TRUE);
    g_hash_table_destroy(h->all);
    return kept;
}

/* Tunnels that died, fewer than decide. */
static void find_broken_tunnels(const sse_context *c, sse_group *g, GArray *frames)
{
    uint32_t tunnels = 0;
    bool on_path = false;
    sse_finding *f;
    hosts to;

    if (g->broken->len == 0)
        return;
    hosts_start(&to);
    for (guint i = 0; i < g->all_handshakes->len; i++) {
        const sse_session *s = handshake_at(c, item(g->all_handshakes, i))->session;

        tunnels += s != NULL && s->tunnel_time != 0;
    }
    for (guint i = 0; i < g->broken->len; i++) {
        const sse_handshake *h = handshake_at(c, item(g->broken, i));

        collect(frames, h->session->tunnel_frame);
        hosts_add(&to, h->session->connect_host);
        on_path |= sse_handshake_reset_origin(c->t, h, NULL) == SSE_ORIGIN_ON_PATH;
    }
    f = give_frames(add(g->report->findings, SSE_FIND_TUNNEL_BROKEN), frames);
    give_count(f, g->broken->len, tunnels);
    f->hosts = hosts_end(c, &to);
    f->has_advice = on_path || (g->broken->len >= LOSS_WORTH && (uint64_t)g->broken->len * 20 >= tunnels);
}

static void find_slow_answers(const sse_context *c, sse_group *g, GArray *frames)
{
    sse_finding *f;
    hosts to;

    hosts_start(&to);
    for (guint i = 0; i < g->answers->len; i++) {
        const sse_connect_answer *a = sse_tracker_connect_answer(c->t, item(g->answers, i));

        if (a->asked == 0 || a->time - a->asked <= SLOW_ANSWER)
            continue;
        collect(frames, a->frame);
        hosts_add(&to, a->host);
    }
    if (frames->len >= SLOW_WORTH) {
        const uint32_t slow = frames->len;

        f = give_frames(add(g->report->findings, SSE_FIND_SLOW_ANSWER), frames);
        give_count(f, slow, g->answers->len);
        f->hosts = hosts_end(c, &to);
    } else {
        hosts_end(c, &to);
        g_array_set_size(frames, 0);
    }
}

/* Who opens the connections is next door, though the gateway is elsewhere. */
static void find_nearby(const sse_context *c, sse_group *g, GArray *frames)
{
    uint32_t opened = 0, nearby = 0;
    bool served = false, intercepted = false, further = false;
    sse_finding *f;

    for (guint i = 0; i < g->all_handshakes->len; i++) {
        const uint32_t index = item(g->all_handshakes, i);
        const sse_handshake *h = handshake_at(c, index);
        sse_origin status;

        opened += h->session != NULL && h->session->syn_ack;
        if (h->session == NULL || !sse_opened_nearby(c->t, h, NULL))
            continue;
        nearby++;
        collect(frames, h->session->open_frame);
        status = sse_status_origin(c->t, h, NULL);
        served |= status == SSE_ORIGIN_ON_PATH && h->session->status / 100 == 2;
        intercepted |= status == SSE_ORIGIN_ON_PATH;
        further |= status != SSE_ORIGIN_NONE && status != SSE_ORIGIN_ON_PATH;
    }
    if (nearby == 0)
        return;
    f = give_frames(add(g->report->findings, SSE_FIND_ANSWERED_NEARBY), frames);
    give_count(f, nearby, opened);
    f->has_advice = intercepted || !further;
    f->reason = served ? SSE_REASON_SERVED_NEARBY : !f->has_advice ? SSE_REASON_PASSED_A_SYN_PROXY : SSE_REASON_NONE;
}

static void find_proxy_answers(const sse_context *c, sse_group *g, GArray *frames)
{
    const uint32_t all = g->answers->len;
    sse_finding *f;
    uint32_t own = 0;
    guint at = 0;
    hosts to;

    for (guint i = 0; i < all; i++) {
        const sse_connect_answer *a = &g_array_index(c->t->connects, sse_connect_answer, item(g->answers, i));

        /* What a device on the path denies is not the gateway's policy. */
        if (sse_answer_origin(c->t, a, NULL) == SSE_ORIGIN_ON_PATH)
            continue;
        own++;
        if (a->status == 403)
            collect(frames, a->frame);
    }
    if (frames->len > 0) {
        const uint32_t denied = frames->len;

        f = give_frames(add(g->report->findings, SSE_FIND_PROXY_DENIED), frames);
        give_count(f, denied, own);
        f->has_advice = denied == own && own >= DENIED_WORTH;
        f->reason = f->has_advice ? SSE_REASON_DENIED_ALL : SSE_REASON_DENIED_SOME;
    }
    hosts_start(&to);
    for (guint i = 0; i < all; i++) {
        const sse_connect_answer *a = &g_array_index(c->t->connects, sse_connect_answer, item(g->answers, i));

        if ((a->status == 407 || a->status >= 500) && !sse_connect_served(a->status) &&
            !in_web_outage(g->report, &at, a->time) && sse_answer_origin(c->t, a, NULL) != SSE_ORIGIN_ON_PATH) {
            collect(frames, a->frame);
            hosts_add(&to, a->host);
        }
    }
    if (frames->len == 0) {
        hosts_end(c, &to);
    } else {
        const uint32_t errors = frames->len;

        f = give_frames(add(g->report->findings, SSE_FIND_PROXY_ERROR), frames);
        give_count(f, errors, all);
        f->hosts = hosts_end(c, &to);
        f->has_advice = errors >= LOSS_WORTH && (uint64_t)errors * 20 >= all;
    }
}

/* Names that are no longer served, beside one that is. */
static void find_failed_names(const sse_context *c, sse_group *g, GArray *frames)
{
    uint32_t failed = 0;
    hosts names;

    hosts_start(&names);
    for (guint i = 0; i < g->lookups->len; i++) {
        const uint32_t index = item(g->lookups, i);
        const sse_lookup *l = sse_tracker_lookup(c->t, index);

        if (c->lookup_says[index] != SSE_SAYS_OTHER_NAME)
            continue;
        failed++;
        hosts_add(&names, l->name);
        collect(frames, l->frame != 0 ? l->frame : l->answer_frame);
    }
    if (failed > 0) {
        sse_finding *f = give_frames(add(g->report->findings, SSE_FIND_NAME_FAILED), frames);

        give_count(f, failed, g->lookups->len);
        f->hosts = hosts_end(c, &names);
    } else {
        hosts_end(c, &names);
    }
}

static void find_facts(const sse_context *c, sse_group *g, sse_fact_kind kind, sse_finding_code code, GArray *frames)
{
    for (guint i = 0; i < g->facts->len; i++) {
        const sse_fact *f = &g_array_index(c->t->facts, sse_fact, item(g->facts, i));

        if (f->kind == kind)
            collect(frames, f->frame);
    }
    if (frames->len > 0)
        give_frames(add(g->report->findings, code), frames);
}

static void find_portal(const sse_context *c, sse_group *g, GArray *frames)
{
    const guint before = g->report->findings->len;

    find_facts(c, g, SSE_FACT_CAPTIVE, SSE_FIND_CAPTIVE_PORTAL, frames);
    /* Who signed in meanwhile has nothing left to do. */
    if (g->report->findings->len > before)
        g_array_index(g->report->findings, sse_finding, before).has_advice = sse_behind_portal(c, g, INT64_MIN, INT64_MAX);
}

/* Upwards the tracker notes it; downwards one hole may be a lost segment. */
static void find_path_mtu(const sse_context *c, sse_group *g, GArray *frames)
{
    const guint before = g->report->findings->len;

    find_facts(c, g, SSE_FACT_PATH_MTU, SSE_FIND_PATH_MTU, frames);
    if (g->report->findings->len > before) {
        g_array_index(g->report->findings, sse_finding, before).reason = SSE_REASON_MTU_UP;
        return;
    }
    for (guint i = 0; i < g->all_handshakes->len; i++) {
        const sse_session *s = handshake_at(c, item(g->all_handshakes, i))->session;

        if (s != NULL && s->hole_frame != 0 && s->hole_waits)
            collect(frames, s->hole_frame);
    }
    if (frames->len >= HOLES_WORTH)
        give_frames(add(g->report->findings, SSE_FIND_PATH_MTU), frames)->reason = SSE_REASON_MTU_DOWN;
    g_array_set_size(frames, 0);
}

/* ---- the client's ---- */

static int by_client_and_frame(const void *a, const void *b, void *context)
{
    const sse_context *c = (const sse_context *)context;
    const sse_probe *x = sse_tracker_probe(c->t, *(const guint32 *)a), *y = sse_tracker_probe(c->t, *(const guint32 *)b);

    return x->client != y->client ? (x->client < y->client ? -1 : 1) : (x->frame > y->frame) - (x->frame < y->frame);
}

/* The outer addresses of NATs, index + 1, and the frames of the copies seen
 * there; made once, as many clients may share an address. */
static GHashTable *outer_frames(sse_context *c)
{
    GArray *copies;

    if (c->outer_frames != NULL)
        return c->outer_frames;
    c->outer_frames = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    copies = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint i = 0; i < c->t->probes->len; i++)
        if (sse_tracker_probe(c->t, i)->is_nat_copy)
            g_array_append_val(copies, i);
    g_array_sort_with_data(copies, by_client_and_frame, c);
    for (guint i = 0; i < copies->len; i++) {
        const sse_probe *p = sse_tracker_probe(c->t, item(copies, i));
        sse_frames *frames = (sse_frames *)g_hash_table_lookup(c->outer_frames, GUINT_TO_POINTER(p->client + 1));

        if (frames == NULL) {
            frames = g_new0(sse_frames, 1);
            g_hash_table_insert(c->outer_frames, GUINT_TO_POINTER(p->client + 1), frames);
        }
        if (p->frame != 0)
            sse_frames_add(frames, p->frame);
    }
    g_array_free(copies, TRUE);
    return c->outer_frames;
}

static void find_path_tools(const sse_context *c, sse_group *g, GArray *frames)
{
    for (guint i = 0; i < g->path_tools->len; i++)
        collect(frames, item(g->path_tools, i));
    find_facts(c, g, SSE_FACT_PATH_TOOL, SSE_FIND_PATH_TOOL, frames);
}

static void find_client(sse_context *c, sse_group *g, GArray *frames)
{
    sse_client_report *r = g->report;
    uint32_t quic = 0;

    if (r->ip[1].n_ports > 0 && r->ip[0].n_ports > 0 && !r->ip[1].counts &&
        r->ip[1].cause != SSE_CAUSE_NO_CONNECTIVITY) {
        for (unsigned port = 0; port < PORTS; port++)
            for (guint i = 0; i < g->probes[1][port]->len; i++)
                collect(frames, probe_at(c, item(g->probes[1][port], i))->frame);
        give_frames(add(r->findings, SSE_FIND_IPV6_NO_CONNECTIVITY), frames);
    }
    for (guint m = 0; m < g->members->len; m++) {
        const sse_address *a = address_at(c, item(g->members, m));

        quic += a->quic_count;
        for (unsigned i = 0; i < MIN(a->quic_count, SSE_QUIC_FRAMES); i++)
            collect(frames, a->quic_frames[i]);
    }
    if (quic > 0) {
        sse_finding *f = give_frames(add(r->findings, SSE_FIND_QUIC_DIRECT), frames);

        f->frames.total = MAX(f->frames.total, quic);
    }
    if (g->outer != SSE_NONE && g->nat_pairs > 0) {
        sse_finding *f = add(r->findings, SSE_FIND_NAT_SEEN);

        f->reason = g->nat_lost_inside > 0              ? SSE_REASON_NAT_LOST_INSIDE
                    : r->dns.verdict == SSE_UNPROTECTED ? SSE_REASON_NAT_LOST_OUTSIDE
                                                        : SSE_REASON_NAT_OUTSIDE;
        f->number[0] = g->nat_lost_inside;
        f->address = address_at(c, g->outer)->addr;
        f->frames = *(const sse_frames *)g_hash_table_lookup(outer_frames(c), GUINT_TO_POINTER(g->outer + 1));
    }
    if (g->changes->len > 0) {
        const sse_change *change = &g_array_index(g->changes, sse_change, g->changes->len - 1);
        sse_finding *f;

        for (guint i = 0; i < g->changes->len; i++)
            collect(frames, g_array_index(g->changes, sse_change, i).frame);
        f = give_frames(add(r->findings, SSE_FIND_NETWORK_CHANGED), frames);
        f->address = change->networks[0];
        f->other = change->networks[1];
    }
}

static void find_silent_module(sse_group *g)
{
    const sse_silence *s = &g->silence;
    sse_finding *f;

    if (s->dns == 0 && s->web == 0)
        return;
    f = add(g->report->findings, SSE_FIND_MODULE_SILENT);
    f->reason = s->web == 0 ? SSE_REASON_SILENT_DNS : s->dns == 0 ? SSE_REASON_SILENT_WEB : SSE_REASON_SILENT_BOTH;
    f->number[0] = (uint32_t)(s->dns / SSE_SECOND);
    f->number[1] = (uint32_t)(s->web / SSE_SECOND);
    f->number[2] = s->direct;
    if (s->dns != 0)
        sse_frames_add(&f->frames, s->probe_frame);
    for (unsigned i = 0; s->web != 0 && i < s->direct_frames.kept; i++)
        sse_frames_add(&f->frames, s->direct_frames.frame[i]);
}

/* One id, several machines: said once, at the worst of them. */
static void find_shared_device(const sse_context *c, sse_group *g, GArray *frames)
{
    const sse_shared_device *s;
    sse_finding *f;

    if (g->shared_device == 0)
        return;
    s = &g_array_index(c->shared_devices, sse_shared_device, g->shared_device - 1);
    if (s->teller != g->number + 1)
        return;
    for (unsigned i = 0; i < SSE_SHARED_FRAMES; i++)
        collect(frames, s->frames[i]);
    f = give_frames(add(g->report->findings, SSE_FIND_DEVICE_ID_SHARED), frames);
    f->number[0] = s->addresses;
    f->address = address_at(c, s->first)->addr;
    f->other = address_at(c, s->other)->addr;
    f->reason = s->clones ? SSE_REASON_SHARED_CLONES : SSE_REASON_SHARED_ADAPTERS;
    f->has_advice = s->clones;
}

/* One address, several machines. */
static void find_shared_address(const sse_context *c, sse_group *g)
{
    const sse_address *a = address_at(c, item(g->members, 0));
    sse_finding *f;

    if (!g->is_split && !g->is_site)
        return;
    f = add(g->report->findings, SSE_FIND_ADDRESS_SHARED);
    f->address = a->addr;
    sse_frames_add(&f->frames, a->first_frame);
    if (g->is_site) {
        f->reason = SSE_REASON_SHARED_NAT;
        return;
    }
    f->number[0] = (uint32_t)(sse_adapter_mac(g->adapter) >> 24);
    f->number[1] = (uint32_t)(g->adapter & 0xffffff);
    f->number[2] = sse_adapter_vlan(g->adapter);
    f->reason = f->number[2] != 0 ? SSE_REASON_SHARED_VLAN : SSE_REASON_SHARED_MAC;
}

static void find_no_control(sse_group *g, GArray *frames)
{
    sse_client_report *r = g->report;

    for (guint i = 0; i < r->outages->len; i++) {
        const sse_outage *o = &g_array_index(r->outages, sse_outage, i);

        if (o->counted && o->alone)
            collect(frames, o->since.frame);
    }
    if (frames->len > 0)
        give_frames(add(r->findings, SSE_FIND_NO_CONTROL_TRAFFIC), frames);
}

static void find_flapping(sse_group *g, GArray *frames)
{
    static const struct { sse_service service; int ip; sse_reason_code words; } kinds[] = {
        { SSE_SERVICE_DNS, 4, SSE_REASON_FLAPPED_DNS_IPV4 },
        { SSE_SERVICE_DNS, 6, SSE_REASON_FLAPPED_DNS_IPV6 },
        { SSE_SERVICE_WEB, 0, SSE_REASON_FLAPPED_WEB },
    };

    for (unsigned k = 0; k < G_N_ELEMENTS(kinds); k++) {
        const GArray *timeline = g->report->timeline;
        uint32_t changes = 0;
        sse_finding *f;

        for (guint i = 0; i < timeline->len; i++) {
            const sse_change *change = &g_array_index(timeline, sse_change, i);

            if (change->service != kinds[k].service || change->ip != kinds[k].ip ||
                change->from == SSE_NOT_OBSERVED)
                continue;
            changes++;
            collect(frames, change->frame);
        }
        if (changes < FLAPS) {
            g_array_set_size(frames, 0);
            continue;
        }
        f = give_frames(add(g->report->findings, SSE_FIND_STATE_FLAPPED), frames);
        f->reason = kinds[k].words;
        f->number[0] = changes;
    }
}

void sse_find(sse_context *c, sse_group *g)
{
    GArray *frames = g_array_sized_new(FALSE, FALSE, sizeof(guint32), g->n_probes);
    const traits has = traits_of(c, g);

    find_ports(c, g, &has, frames);
    for (unsigned v = 0; v < 2; v++)
        find_dead_resolvers(c, g, v, &has, frames);
    if (has.identity)
        find_edns_dropped(c, g, frames);
    find_loss(c, g, frames);
    if (has.encrypted)
        find_dnscrypt_loss(c, g, frames);
    find_facts(c, g, SSE_FACT_CERTIFICATE, SSE_FIND_CERTIFICATE_EXPIRED, frames);
    find_facts(c, g, SSE_FACT_CERTIFICATE_EARLY, SSE_FIND_CERTIFICATE_NOT_YET_VALID, frames);
    if (!has.answered)
        find_tcp_only(c, g, frames);
    if (has.identity) {
        find_other_organisation(c, g, frames);
        find_identity_loss(c, g, frames);
    }
    find_forwarder(c, g, frames);
    find_replies(c, g, &has, frames);
    find_clocks(c, g, frames);
    find_handshakes(c, g, frames);
    find_path_mtu(c, g, frames);
    find_proxy_answers(c, g, frames);
    find_broken_tunnels(c, g, frames);
    find_slow_answers(c, g, frames);
    find_nearby(c, g, frames);
    find_failed_names(c, g, frames);
    find_portal(c, g, frames);
    find_client(c, g, frames);
    find_path_tools(c, g, frames);
    if (has.rejected)
        find_rejected(c, g, frames);
    find_no_control(g, frames);
    find_flapping(g, frames);
    find_silent_module(g);
    find_shared_device(c, g, frames);
    find_shared_address(c, g);
    g_array_sort(g->report->findings, by_code);
    g_array_free(frames, TRUE);
}

/* ---- the capture's ---- */

static void capture_facts(sse_context *c, sse_fact_kind kind, sse_finding_code code, GArray *frames)
{
    for (guint i = 0; i < c->t->facts->len; i++) {
        const sse_fact *f = &g_array_index(c->t->facts, sse_fact, i);

        if (f->kind == kind)
            collect(frames, f->frame);
    }
    if (frames->len > 0)
        give_frames(add(c->report->findings, code), frames);
}

/* Probes to what is no resolver: the first such address is named. */
static void find_other_resolvers(sse_context *c, GArray *frames)
{
    for (guint i = 0; i < c->t->facts->len; i++) {
        const sse_fact *f = &g_array_index(c->t->facts, sse_fact, i);

        if (f->kind != SSE_FACT_OTHER_RESOLVER)
            continue;
        capture_facts(c, SSE_FACT_OTHER_RESOLVER, SSE_FIND_OTHER_RESOLVER, frames);
        g_array_index(c->report->findings, sse_finding, c->report->findings->len - 1).address = f->address;
        return;
    }
}

/* What the limits left out; what is known went on. */
static void limit_reached(sse_context *c, GArray *frames)
{
    uint32_t left_out = c->t->left_out;

    for (guint i = 0; i < c->report->clients->len; i++) {
        const sse_client_report *client = &g_array_index(c->report->clients, sse_client_report, i);

        if (client->timeline->len > SSE_LISTED)
            collect(frames, g_array_index(client->timeline, sse_change, client->timeline->len - SSE_LISTED - 1).frame);
        else if (client->outages->len > SSE_LISTED)
            collect(frames, g_array_index(client->outages, sse_outage, client->outages->len - SSE_LISTED - 1).since.frame);
        else if (client->addresses->len > SSE_LISTED)
            collect(frames, c->t->newest_frame);
        else
            continue;
        left_out |= 1u << SSE_LIMIT_LISTED;
    }
    c->report->left_out = left_out;
    capture_facts(c, SSE_FACT_LIMIT, SSE_FIND_LIMIT_REACHED, frames);
}

/* How many of how many clients lack a direction, and which. */
static void find_one_way(sse_context *c, guint lacking, sse_reason_code some, sse_reason_code all, GArray *frames)
{
    guint clients = c->report->clients->len;
    sse_finding *f;

    if (lacking == 0)
        return;
    f = give_frames(add(c->report->findings, SSE_FIND_ONE_WAY_CAPTURE), frames);
    f->reason = lacking == clients ? all : some;
    give_count(f, lacking, clients);
}

void sse_find_capture(sse_context *c)
{
    GArray *frames = g_array_new(FALSE, FALSE, sizeof(guint32)), *findings = c->report->findings;
    guint clients = c->report->clients->len, one_way = 0, unheard = 0, unseen = 0;
    bool late = false;

    for (guint i = 0; i < c->groups->len; i++) {
        const sse_group *g = &g_array_index(c->groups, sse_group, i);

        if (g->report != NULL && g->one_way) {
            one_way++;
            collect(frames, address_at(c, item(g->members, 0))->first_frame);
        }
    }
    find_one_way(c, one_way, SSE_REASON_ONE_WAY_SOME,
                 clients == 1 ? SSE_REASON_ONE_WAY_CLIENT : SSE_REASON_ONE_WAY_ALL, frames);
    for (guint i = 0; i < c->groups->len; i++) {
        const sse_group *g = &g_array_index(c->groups, sse_group, i);

        if (g->report != NULL && g->unheard && !g->one_way) {
            unheard++;
            collect(frames, address_at(c, item(g->members, 0))->first_frame);
        }
    }
    find_one_way(c, unheard, SSE_REASON_ANSWERS_ONLY_SOME, SSE_REASON_ANSWERS_ONLY, frames);
    for (guint i = 0; i < c->groups->len; i++) {
        const sse_group *g = &g_array_index(c->groups, sse_group, i);

        if (g->report != NULL && g->unseen_replies != 0) {
            unseen++;
            collect(frames, g->unseen_replies);
        }
    }
    find_one_way(c, unseen, SSE_REASON_RESOLVERS_UNSEEN_SOME, SSE_REASON_RESOLVERS_UNSEEN, frames);
    g_array_append_vals(frames, c->late_frames->data, c->late_frames->len);
    for (guint i = 0; i < c->t->handshakes->len; i++) {
        const sse_session *s = handshake_at(c, i)->session;

        if (s != NULL && s->older_than_file)
            collect(frames, s->gateway_payload_frame);
    }
    late = frames->len > 0;
    if (late)
        give_frames(add(findings, SSE_FIND_LATE_START), frames);
    capture_facts(c, SSE_FACT_CUT, SSE_FIND_CUT_PACKETS, frames);
    if (c->clock_jump) {
        for (guint i = 0; i < c->t->epochs->len; i++) {
            const sse_epoch *e = &g_array_index(c->t->epochs, sse_epoch, i);

            if (e->stepped_back)
                collect(frames, e->frame);
        }
        give_frames(add(findings, SSE_FIND_CLOCK_JUMP), frames);
    }
    if (c->timestamps_unusable)
        add(findings, SSE_FIND_TIMESTAMPS_UNUSABLE);
    if (c->local_frames->len > 0)
        give_frames(add(findings, SSE_FIND_LOCAL_PROBE), c->local_frames);
    capture_facts(c, SSE_FACT_SUSPICIOUS, SSE_FIND_GATEWAY_SUSPICIOUS, frames);
    find_other_resolvers(c, frames);
    limit_reached(c, frames);
    g_array_sort(findings, by_code);
    g_array_free(frames, TRUE);
}
