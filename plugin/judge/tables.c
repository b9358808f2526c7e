/* tables.c
 * The rows of the report's tables: probes by resolver, handshakes by gateway,
 * identity, candidates, answers to CONNECT, and the frames that take part.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tables.h"

#include "background.h"
#include "names.h"
#include "origin.h"

#include <string.h>

static void add_rtt(sse_rtt *rtt, int64_t time)
{
    if (rtt->count == 0 || time < rtt->min)
        rtt->min = time;
    if (rtt->count == 0 || time > rtt->max)
        rtt->max = time;
    rtt->sum = time > INT64_MAX - rtt->sum ? INT64_MAX : rtt->sum + time;
    rtt->count++;
}

/** ICMP errors by sender, type and code, to find the most frequent. */
typedef struct icmp_count {
    const sse_icmp *icmp;
    uint32_t row, count;
} icmp_count;

static void count_icmp(const sse_context *c, GArray *counts, uint32_t row, uint32_t icmp)
{
    const sse_icmp *error;

    if (icmp == SSE_NONE)
        return;
    error = &g_array_index(c->t->icmps, sse_icmp, icmp);
    for (guint i = 0; i < counts->len; i++) {
        icmp_count *n = &g_array_index(counts, icmp_count, i);

        if (n->row == row && n->icmp->type == error->type && n->icmp->code == error->code &&
            sse_addr_equal(&n->icmp->sender, &error->sender)) {
            n->count++;
            return;
        }
    }
    /* A forger may vary senders: the first ones stand for all. */
    if (counts->len >= 256)
        return;
    icmp_count first = { .icmp = error, .row = row, .count = 1 };
    g_array_append_val(counts, first);
}

static sse_icmp_sum sum_icmp(const GArray *counts, uint32_t row)
{
    sse_icmp_sum sum = { 0 };

    for (guint i = 0; i < counts->len; i++) {
        const icmp_count *n = &g_array_index(counts, icmp_count, i);

        if (n->row == row && n->count > sum.count) {
            sum.count = n->count;
            sum.sender = n->icmp->sender;
            sum.type = n->icmp->type;
            sum.code = n->icmp->code;
        }
    }
    return sum;
}

/* Frames of so many rows more: rows come one behind the other. @return the number of the first. */
static uint32_t add_row_frames(sse_context *c, guint rows)
{
    const uint32_t first = c->row_frames->len;

    g_array_set_size(c->row_frames, first + rows);
    return first;
}

/** A client's row of resolvers while it is made. */
typedef struct row_maker {
    uint32_t resolver;       /**< index into addresses */
    uint16_t port;
    uint8_t  transport;      /**< sse_transport */
    sse_origin_count origins;
} row_maker;

/* @return the number of its row */
static uint32_t resolver_row(const sse_context *c, sse_group *g, const sse_probe *p, GArray *makers)
{
    const uint32_t rows = makers->len;
    row_maker *fresh;
    sse_resolver_report *made;

    for (uint32_t row = 0; row < rows; row++) {
        const row_maker *known = &g_array_index(makers, row_maker, row);

        if (known->resolver == p->resolver && known->port == p->port && known->transport == p->transport)
            return row;
    }
    g_array_set_size(makers, rows + 1);
    fresh = &g_array_index(makers, row_maker, rows);
    fresh->resolver = p->resolver;
    fresh->port = p->port;
    fresh->transport = p->transport;
    g_array_set_size(g->report->resolvers, rows + 1);
    made = &g_array_index(g->report->resolvers, sse_resolver_report, rows);
    made->address = address_at(c, p->resolver)->addr;
    made->port = p->port;
    made->transport = (sse_transport)p->transport;
    made->number = rows;
    return rows;
}

static void add_probe(sse_context *c, sse_group *g, uint32_t index, int64_t since, GArray *makers, GArray *icmps)
{
    const sse_probe *p = probe_at(c, index);
    const sse_probe_outcome o = (sse_probe_outcome)c->probe[index].outcome;
    uint32_t number;
    sse_resolver_report *row;

    /* The table is about probes in the clear. */
    if (sse_is_traffic(p))
        return;
    number = resolver_row(c, g, p, makers);
    c->probe_row[c->probes_of[c->first_probe_of[g->number] + index]] = c->row_frames->len + number;
    row = &g_array_index(g->report->resolvers, sse_resolver_report, number);
    row->probes++;
    row->outcomes[o]++;
    if (p->time < since) {
        row->before_probes++;
        row->before_answered += o == SSE_PROBE_ANSWERED;
    }
    /* A reply stamped before its query says nothing of the way. */
    if (o == SSE_PROBE_ANSWERED && p->frame != 0 && !p->early && p->reply_time >= p->time)
        add_rtt(&row->rtt, p->reply_time - p->time);
    if ((o == SSE_PROBE_INTERCEPTED || o == SSE_PROBE_REFUSED) && row->fake_frame == 0) {
        row->fake_frame = p->reply_frame;
        row->fake_rcode = p->rcode;
        row->fake_ttl = p->reply_ttl;
    }
    if (o != SSE_PROBE_ANSWERED && o != SSE_PROBE_NO_REPLY)
        sse_origin_add(&g_array_index(makers, row_maker, number).origins, sse_probe_origin(c->t, p, NULL), index);
    count_icmp(c, icmps, number, p->icmp);
}

/* Where most of each resolver's fake replies and errors came from. */
static void take_probe_origins(const sse_context *c, sse_group *g, const GArray *makers)
{
    for (guint i = 0; i < makers->len; i++) {
        sse_resolver_report *row = &g_array_index(g->report->resolvers, sse_resolver_report, i);
        const sse_origin_count *origins = &g_array_index(makers, row_maker, i).origins;

        row->origin = sse_origin_most(origins);
        if (row->origin == SSE_ORIGIN_NONE)
            continue;
        row->origin_reasons = g_array_new(FALSE, FALSE, sizeof(sse_reason));
        sse_probe_origin(c->t, probe_at(c, origins->first[row->origin]), row->origin_reasons);
    }
}

static int compare_resolvers(const void *a, const void *b)
{
    const sse_resolver_report *x = (const sse_resolver_report *)a, *y = (const sse_resolver_report *)b;

    if (x->address.family != y->address.family)
        return x->address.family < y->address.family ? -1 : 1;
    if (x->transport != y->transport)
        return x->transport < y->transport ? -1 : 1;
    if (x->port != y->port)
        return x->port > y->port ? -1 : 1; /* 443 is asked first */
    return sse_addr_compare(&x->address, &y->address);
}

static void make_resolvers(sse_context *c, sse_group *g)
{
    GArray *icmps = g_array_new(FALSE, FALSE, sizeof(icmp_count)), *makers = g_array_new(FALSE, TRUE, sizeof(row_maker));
    sse_client_report *r = g->report;

    for (unsigned v = 0; v < 2; v++) {
        const sse_since *since = &r->ip[v].since;
        int64_t from = since->frame != 0 && !since->at_or_before ? since->time : INT64_MIN;

        for (unsigned port = 0; port < PORTS && r->ip[v].verdict == SSE_UNPROTECTED && from != INT64_MIN; port++)
            if (g->dns_runs[v][port].items->len > 0)
                from = MIN(from, g->dns_runs[v][port].first);
        for (unsigned port = 0; port < PORTS; port++)
            for (guint i = 0; i < g->probes[v][port]->len; i++)
                add_probe(c, g, item(g->probes[v][port], i), from, makers, icmps);
    }
    for (guint i = 0; i < g->tcp_probes->len; i++)
        add_probe(c, g, item(g->tcp_probes, i), INT64_MIN, makers, icmps);
    for (guint i = 0; i < g->diagnostics->len; i++)
        add_probe(c, g, item(g->diagnostics, i), INT64_MIN, makers, icmps);
    for (guint i = 0; i < r->resolvers->len; i++)
        g_array_index(r->resolvers, sse_resolver_report, i).icmp = sum_icmp(icmps, i);
    take_probe_origins(c, g, makers);
    g_array_sort(r->resolvers, compare_resolvers);
    g->first_resolver = add_row_frames(c, makers->len);
    g_array_free(makers, TRUE);
    g_array_free(icmps, TRUE);
}

/* Where a handshake's gateway has its row, + 1; 0: not yet. A loop over the
 * rows for each handshake would take minutes where answers taught thousands. */
static uint32_t *place_of_row(sse_context *c, const sse_handshake *h)
{
    if (c->gateway_rows == NULL)
        c->gateway_rows = g_new0(uint32_t, (gsize)c->t->addresses->len * 2);
    return &c->gateway_rows[(gsize)h->gateway * 2 + (h->port == 80)];
}

static sse_gateway_report *gateway_row(sse_context *c, sse_group *g, const sse_handshake *h, uint32_t *row)
{
    sse_client_report *r = g->report;
    const sse_address *a = address_at(c, h->gateway);
    sse_gateway_report made = {
        .address = a->addr, .port = h->port, .known_from = (sse_known)a->known, .known_since = a->known_since,
        .number = r->gateways->len,
    };
    uint32_t *place = place_of_row(c, h);

    if (*place == 0) {
        if (a->name != SSE_NONE)
            made.name = sse_report_name(c->t->redactor, (const char *)g_ptr_array_index(c->t->names, a->name));
        made.reset_reasons = g_array_new(FALSE, FALSE, sizeof(sse_reason));
        g_array_append_val(r->gateways, made);
        *place = r->gateways->len;
    }
    *row = *place - 1;
    return &g_array_index(r->gateways, sse_gateway_report, *row);
}

static bool is_reset(sse_swg_outcome o)
{
    return o == SSE_SWG_RESET || o == SSE_SWG_SESSION_RESET || o == SSE_SWG_TUNNEL_RESET;
}

/* The most frequent origin of the resets of each gateway, of the failing run if
 * it has any, and the reasons of the first that has it. */
static void find_origins(sse_context *c, const sse_group *g)
{
    GArray *rows = g->report->gateways;
    const GArray *from = g->web_run.items->len > 0 ? g->web_run.items : g->all_handshakes;
    sse_origin_count *counts = g_new0(sse_origin_count, rows->len);

    for (guint pass = 0; pass < 2; pass++) {
        for (guint i = 0; i < from->len; i++) {
            uint32_t index = item(from, i);
            const sse_handshake *h = handshake_at(c, index);
            uint32_t place = *place_of_row(c, h);
            sse_origin origin;

            if (place == 0 || g_array_index(rows, sse_gateway_report, place - 1).reset_origin != SSE_ORIGIN_NONE ||
                !is_reset((sse_swg_outcome)c->swg_outcome[index]))
                continue;
            origin = sse_handshake_reset_origin(c->t, h, NULL);
            sse_origin_add(&counts[place - 1], origin, index);
        }
        for (guint i = 0; i < rows->len; i++) {
            sse_gateway_report *row = &g_array_index(rows, sse_gateway_report, i);

            if (row->reset_origin != SSE_ORIGIN_NONE)
                continue;
            row->reset_origin = sse_origin_most(&counts[i]);
            if (row->reset_origin != SSE_ORIGIN_NONE)
                sse_handshake_reset_origin(c->t, handshake_at(c, counts[i].first[row->reset_origin]), row->reset_reasons);
        }
        from = g->all_handshakes;
    }
    g_free(counts);
}

static int compare_gateways(const void *a, const void *b)
{
    const sse_gateway_report *x = (const sse_gateway_report *)a, *y = (const sse_gateway_report *)b;
    int order = sse_addr_compare(&x->address, &y->address);

    return order != 0 ? order : (x->port < y->port) - (x->port > y->port);
}

static void make_gateways(sse_context *c, sse_group *g)
{
    GArray *icmps = g_array_new(FALSE, FALSE, sizeof(icmp_count));
    sse_client_report *r = g->report;
    const sse_since *since = &r->web.since;
    int64_t from = since->frame != 0 && !since->at_or_before ? since->time : INT64_MIN;
    bool resets = false;

    for (guint i = 0; i < g->all_handshakes->len; i++) {
        uint32_t index = item(g->all_handshakes, i), number;
        const sse_handshake *h = handshake_at(c, index);
        sse_gateway_report *row = gateway_row(c, g, h, &number);
        sse_swg_outcome o = (sse_swg_outcome)c->swg_outcome[index];

        c->swg_row[index] = c->row_frames->len + number;
        row->handshakes++;
        row->outcomes[o]++;
        if (h->time < from) {
            row->before_handshakes++;
            row->before_completed += o == SSE_SWG_COMPLETED;
        }
        if (h->rtt != 0)
            add_rtt(&row->rtt, (int64_t)h->rtt * 1000);
        count_icmp(c, icmps, number, h->icmp);
    }
    for (guint i = 0; i < r->gateways->len; i++) {
        sse_gateway_report *row = &g_array_index(r->gateways, sse_gateway_report, i);

        row->icmp = sum_icmp(icmps, i);
        resets |= row->outcomes[SSE_SWG_RESET] + row->outcomes[SSE_SWG_SESSION_RESET] +
                      row->outcomes[SSE_SWG_TUNNEL_RESET] > 0;
    }
    if (resets)
        find_origins(c, g);
    /* The places are the next client's. */
    for (guint i = 0; i < g->all_handshakes->len; i++)
        *place_of_row(c, handshake_at(c, item(g->all_handshakes, i))) = 0;
    g_array_sort(r->gateways, compare_gateways);
    g->first_gateway = add_row_frames(c, r->gateways->len);
    g_array_free(icmps, TRUE);
}

/* The newest reply's identity, else the newest query's; where no probe has one,
 * that of its other queries. */
static void find_identity(sse_context *c, sse_group *g)
{
    sse_client_report *r = g->report;
    uint16_t best = 0;
    int64_t best_time = INT64_MIN;
    bool from_reply = false;
    const obs_identity *identity;

    for (unsigned v = 0; v < 2; v++) {
        for (unsigned port = 0; port < PORTS; port++) {
            for (guint i = 0; i < g->probes[v][port]->len; i++) {
                const sse_probe *p = probe_at(c, item(g->probes[v][port], i));
                bool reply = p->reply_identity != 0 && p->reply == SSE_REPLY_OPENDNS;
                int64_t time = reply ? p->reply_time : p->time;
                uint16_t id = reply ? p->reply_identity : p->query_identity;

                if (id != 0 && (reply > from_reply || (reply == from_reply && time >= best_time))) {
                    best = id;
                    best_time = time;
                    from_reply = reply;
                }
            }
        }
    }
    for (guint i = 0; i < g->members->len && best == 0; i++)
        best = address_at(c, item(g->members, i))->other_identity;
    identity = sse_identity(c->t, best);
    if (identity == NULL)
        return;
#define KEEP(field, kind) \
    if (identity->field[0] != '\0') \
        r->field = g_strdup(sse_redact(c->t->redactor, kind, identity->field))
    if (identity->server[0] != '\0')
        r->server = g_strdup(identity->server);
    KEEP(orgid, SSE_REDACT_ORG);
    KEEP(originid, SSE_REDACT_ORIGIN);
    KEEP(device, SSE_REDACT_DEVICE);
#undef KEEP
    int64_t newest = INT64_MIN;
    for (guint i = 0; i < g->members->len; i++) {
        const sse_address *a = address_at(c, item(g->members, i));

        if (from_reply && a->source != NULL && a->source_time >= newest) {
            g_free(r->source);
            r->source = g_strdup(sse_redact(c->t->redactor, SSE_REDACT_SOURCE, a->source));
            newest = a->source_time;
        }
    }
}

/* Public addresses on 443 that may be the gateway nobody named. */
static void find_candidates(sse_context *c, sse_group *g)
{
    bool others_open = sse_others_opened(g), probes = false;

    for (unsigned v = 0; v < 2; v++)
        for (unsigned port = 0; port < PORTS; port++)
            probes |= g->probes[v][port]->len > 0;
    if (!probes || g->all_handshakes->len > 0)
        return;
    for (guint m = 0; m < g->members->len; m++) {
        const sse_address *a = address_at(c, item(g->members, m));

        for (guint i = 0; a->candidates != NULL && i < a->candidates->len; i++)
            others_open |= g_array_index(a->candidates, sse_candidate, i).opened;
    }
    for (guint m = 0; m < g->members->len; m++) {
        const sse_address *a = address_at(c, item(g->members, m));

        for (guint i = 0; a->candidates != NULL && i < a->candidates->len; i++) {
            const sse_candidate *seen = &g_array_index(a->candidates, sse_candidate, i);
            sse_candidate_report row = { .address = seen->address, .failed = seen->opened ? 0 : seen->failed };

            if (!seen->connect && (seen->opened || seen->failed < 3 || !others_open))
                continue;
            if ((sse_tracker_role(c->t, &seen->address) & SSE_ROLE_GATEWAY) != 0)
                continue;
            for (unsigned k = 0; k < seen->n_frames; k++)
                sse_frames_add(&row.frames, seen->frames[k]);
            g_array_append_val(g->report->candidates, row);
        }
    }
}

/* The value of a header: a Via may name a customer's hosts. */
static const char *header_of(const sse_context *c, uint32_t name, bool redact)
{
    const char *value = name < c->t->names->len ? sse_tracker_name(c->t, name) : NULL;

    if (value == NULL)
        return NULL;
    return sse_string_set_keep(c->report->texts,
                               redact ? sse_redact(c->t->redactor, SSE_REDACT_USER, value) : value);
}

static void make_connects(const sse_context *c, sse_group *g)
{
    GArray *rows = g->report->connects;

    for (guint i = 0; i < g->answers->len; i++) {
        const sse_connect_answer *a = &g_array_index(c->t->connects, sse_connect_answer, item(g->answers, i));
        const sse_origin origin = sse_answer_origin(c->t, a, NULL);
        sse_connect_report *row = NULL;
        guint at = 0;

        for (; at < rows->len; at++) {
            row = &g_array_index(rows, sse_connect_report, at);
            if (row->status > a->status || (row->status == a->status && row->origin >= origin))
                break;
        }
        if (at == rows->len || row->status != a->status || row->origin != origin) {
            sse_connect_report made = { .status = a->status, .origin = origin };

            made.origin_reasons = g_array_new(FALSE, FALSE, sizeof(sse_reason));
            sse_answer_origin(c->t, a, made.origin_reasons);
            g_array_insert_val(rows, at, made);
            row = &g_array_index(rows, sse_connect_report, at);
        }
        if (row->server == NULL)
            row->server = header_of(c, a->server, false);
        if (row->via == NULL)
            row->via = header_of(c, a->via, true);
        sse_frames_add(&row->frames, a->frame);
    }
}

void sse_make_tables(sse_context *c, sse_group *g)
{
    make_resolvers(c, g);
    make_gateways(c, g);
    find_identity(c, g);
    make_connects(c, g);
    find_candidates(c, g);
}

sse_gateway_report *sse_gateway_row_of(const sse_context *c, const sse_client_report *r, const sse_handshake *h)
{
    const sse_gateway_report sought = { .address = address_at(c, h->gateway)->addr, .port = h->port };
    guint row;

    if (!g_array_binary_search(r->gateways, &sought, compare_gateways, &row))
        return NULL;
    return &g_array_index(r->gateways, sse_gateway_report, row);
}

/* Every reset of a handshake that a device on the path ended, not only the one
 * that its outcome rests on. */
static void note_reset(sse_context *c, const sse_mark *mark)
{
    const sse_handshake *h = handshake_at(c, mark->record);
    sse_swg_outcome o = (sse_swg_outcome)c->swg_outcome[mark->record];

    if (c->swg_counts[mark->record] && (is_reset(o) || o == SSE_SWG_COMPLETED) &&
        !(h->session != NULL && h->session->client_close_frame == mark->frame) &&
        sse_handshake_reset_origin(c->t, h, NULL) == SSE_ORIGIN_ON_PATH)
        add_to_own(sse_group_of(c, h->client, h->adapter)->resets, mark->frame);
}

void sse_note_resets(sse_context *c)
{
    for (guint i = 0; c->t->handshakes->len > 0 && i < c->t->marks->len; i++) {
        const sse_mark *mark = &g_array_index(c->t->marks, sse_mark, i);

        if (mark->of == SSE_OF_HANDSHAKE && mark->kind == SSE_MARK_RESET)
            note_reset(c, mark);
    }
}

void sse_start_rows(sse_context *c)
{
    c->row_frames = g_array_new(FALSE, TRUE, sizeof(sse_frames));
    c->swg_row = g_new(uint32_t, c->t->handshakes->len + 1);
    /* SSE_NONE. */
    memset(c->swg_row, 0xff, sizeof *c->swg_row * c->t->handshakes->len);
    memset(c->probe_row, 0xff, sizeof *c->probe_row * c->t->probes->len);
}

/* Packets of many clients come in turn: of each as little is looked at as can be. */
void sse_fill_frames(sse_context *c)
{
    for (guint i = 0; i < c->t->marks->len; i++) {
        const sse_mark *mark = &g_array_index(c->t->marks, sse_mark, i);
        const uint32_t row = mark->of == SSE_OF_PROBE       ? c->probe_row[mark->record]
                             : mark->of == SSE_OF_HANDSHAKE ? c->swg_row[mark->record] : SSE_NONE;

        if (row != SSE_NONE)
            sse_frames_add(&g_array_index(c->row_frames, sse_frames, row), mark->frame);
    }
    for (guint i = 0; i < c->groups->len; i++) {
        const sse_group *g = &g_array_index(c->groups, sse_group, i);

        for (guint k = 0; g->report != NULL && k < g->report->resolvers->len; k++) {
            sse_resolver_report *row = &g_array_index(g->report->resolvers, sse_resolver_report, k);

            row->frames = g_array_index(c->row_frames, sse_frames, g->first_resolver + row->number);
        }
        for (guint k = 0; g->report != NULL && k < g->report->gateways->len; k++) {
            sse_gateway_report *row = &g_array_index(g->report->gateways, sse_gateway_report, k);

            row->frames = g_array_index(c->row_frames, sse_frames, g->first_gateway + row->number);
        }
    }
    g_array_free(c->row_frames, TRUE);
    g_free(c->swg_row);
    g_free(c->probe_row);
}
