/* tap-rows.c
 * One probe, handshake, outage or client as the cells of a row, for every table:
 * Wireshark's window, sharkd's JSON, tshark's text.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tap-rows.h"

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "filters.h"
#include "layout.h"
#include "outcome.h"
#include "phrases.h"
#include "second_pass.h"

/* A line of a table, before it becomes cells. */
typedef struct row {
    uint32_t frame;          /* first attempt; without one, the reply */
    int64_t  time;
    uint32_t client, server; /* addresses */
    uint16_t port, attempts;
    sse_transport transport;
    const char *outcome;
    sse_answer answer;
} row;

/* A window of Wireshark first opens with room for some five columns, of which a time is
 * as wide as three others: what became of it stands among them, and of two times of
 * one row only the first. */
static stat_tap_table_item probe_columns[] = {
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "No.", "%u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Time (UTC)", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Outcome", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Resolver", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Port", "%s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Attempts", "%u" },
    { TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Reply ms", "%.3f" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Reply in", "%u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Filter", "%s" },
};

static stat_tap_table_item handshake_columns[] = {
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "No.", "%u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Time (UTC)", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Outcome", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Gateway", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Port", "%s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "SYNs", "%u" },
    { TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Reply ms", "%.3f" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Reply in", "%u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Filter", "%s" },
};

static stat_tap_table_item outage_columns[] = {
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Service", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Cause", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Since (UTC)", "%s" },
    { TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Seconds", "%.3f" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Failed", "%u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Attempts", "%u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Until (UTC)", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Origin", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Counts", "%s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "No.", "%u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Filter", "%s" },
};

static stat_tap_table_item client_columns[] = {
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "DNS", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Web", "%s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Outages", "%u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "DNS cause", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Web cause", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Confidence", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "DNS since (UTC)", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Web since (UTC)", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Filter", "%s" },
};

/* No path: in 4.0 tables stand in the Statistics menu itself. Beginning alike
 * they stand together. */
#define TITLES(title) title, title " (as of opening or Apply)"
static const struct {
    const char *title, *window_title;
    stat_tap_table_item *columns;
    unsigned count;
} tables[SSE_TABLES] = {
    [SSE_TABLE_PROBES] = { TITLES("SSE Roaming Probes"), probe_columns, G_N_ELEMENTS(probe_columns) },
    [SSE_TABLE_HANDSHAKES] = { TITLES("SSE Roaming Handshakes"), handshake_columns, G_N_ELEMENTS(handshake_columns) },
    [SSE_TABLE_OUTAGES] = { TITLES("SSE Roaming Outages"), outage_columns, G_N_ELEMENTS(outage_columns) },
    [SSE_TABLE_CLIENTS] = { TITLES("SSE Roaming Clients"), client_columns, G_N_ELEMENTS(client_columns) },
};

G_STATIC_ASSERT(G_N_ELEMENTS(probe_columns) <= SSE_TABLE_COLUMNS_MAX);
G_STATIC_ASSERT(G_N_ELEMENTS(handshake_columns) <= SSE_TABLE_COLUMNS_MAX);
G_STATIC_ASSERT(G_N_ELEMENTS(outage_columns) <= SSE_TABLE_COLUMNS_MAX);
G_STATIC_ASSERT(G_N_ELEMENTS(client_columns) <= SSE_TABLE_COLUMNS_MAX);

stat_tap_table_item *sse_table_columns(sse_table table, unsigned *count)
{
    *count = tables[table].count;
    return tables[table].columns;
}

const char *sse_table_title(sse_table table)
{
    return tables[table].title;
}

const char *sse_table_window_title(sse_table table)
{
    return tables[table].window_title;
}

const char *sse_table_nothing(void)
{
    return sse_windows() != NULL ? "None in this capture or behind this filter: see Tools, SSE Roaming, Report"
                                 : "None in this capture or behind this filter: see the report (-z sseroaming)";
}

const char *sse_table_outcome(const sse_tracker *t, sse_table table, uint32_t record)
{
    return table == SSE_TABLE_PROBES
        ? sse_probe_outcome_code(sse_probe_outcome_of(t, sse_tracker_probe(t, record), NULL))
        : sse_swg_outcome_code(sse_handshake_outcome_of(t, sse_tracker_handshake(t, record), NULL));
}

static void read_probe(const sse_tracker *t, const sse_probe *q, row *r)
{
    r->frame = q->frame != 0 ? q->frame : q->reply_frame;
    r->time = q->time;
    r->client = q->client;
    r->server = q->resolver;
    r->port = q->port;
    r->attempts = q->attempts;
    r->transport = (sse_transport)q->transport;
    r->answer = sse_probe_answer(t, q);
}

static void read_handshake(const sse_handshake *h, row *r)
{
    const sse_session *s = h->session;

    r->time = h->time;
    r->client = h->client;
    r->server = h->gateway;
    r->port = h->port;
    r->attempts = h->attempts;
    r->transport = SSE_TCP;
    r->answer = sse_handshake_answer(h);
    r->frame = h->frame != 0 ? h->frame : s == NULL ? h->met_frame : s->open_frame;
    /* A connection older than the file: the first that was seen of it. */
    if (r->frame == 0 && s != NULL)
        r->frame = s->first_payload_frame != 0 ? s->first_payload_frame : s->gateway_payload_frame;
}

static void read_row(const sse_tracker *t, sse_table table, uint32_t record, row *r)
{
    memset(r, 0, sizeof *r);
    if (table == SSE_TABLE_PROBES)
        read_probe(t, sse_tracker_probe(t, record), r);
    else
        read_handshake(sse_tracker_handshake(t, record), r);
    r->outcome = sse_table_outcome(t, table, record);
}

int64_t sse_table_reply_time(const sse_tracker *t, sse_table table, uint32_t record)
{
    row r;

    read_row(t, table, record, &r);
    return r.answer.after;
}

const sse_addr *sse_table_client(const sse_tracker *t, sse_table table, uint32_t record)
{
    return &sse_tracker_address(t, table == SSE_TABLE_PROBES ? sse_tracker_probe(t, record)->client
                                                             : sse_tracker_handshake(t, record)->client)->addr;
}

char *sse_table_server(const sse_tracker *t, sse_table table, uint32_t record)
{
    char text[SSE_ADDR_TEXT];
    row r;

    read_row(t, table, record, &r);
    return g_strdup_printf("%s %s %u", sse_addr_text(&sse_tracker_address(t, r.server)->addr, text),
                           r.transport == SSE_TCP ? "TCP" : "UDP", r.port);
}

static const stat_tap_table_item_type nothing = { .type = TABLE_ITEM_NONE };

static stat_tap_table_item_type number(uint32_t value)
{
    return (stat_tap_table_item_type){ .type = TABLE_ITEM_UINT, .value.uint_value = value };
}

/* Addresses and outcomes come again and again: each text is kept once. */
static stat_tap_table_item_type text_of(sse_string_set *strings, const char *value)
{
    return (stat_tap_table_item_type){ .type = TABLE_ITEM_STRING,
                                       .value.string_value = sse_string_set_keep(strings, value) };
}

/* NULL is nothing: no cause, no origin. */
static stat_tap_table_item_type code_cell(sse_string_set *strings, const char *code)
{
    return code != NULL ? text_of(strings, code) : nothing;
}

static stat_tap_table_item_type address_cell(const sse_tracker *t, sse_string_set *strings, uint32_t index)
{
    char text[SSE_ADDR_TEXT];

    return text_of(strings, sse_addr_text(&sse_tracker_address(t, index)->addr, text));
}

static stat_tap_table_item_type time_cell(sse_string_set *strings, int64_t time)
{
    char *utc = sse_time_utc(time);
    stat_tap_table_item_type cell;

    if (g_str_has_suffix(utc, " UTC"))
        utc[strlen(utc) - strlen(" UTC")] = '\0';
    cell = text_of(strings, utc);
    g_free(utc);
    return cell;
}

/* To the millisecond. */
static stat_tap_table_item_type seconds_cell(int64_t ns)
{
    const int64_t ms = ns / SSE_MSECOND;

    return (stat_tap_table_item_type){ .type = TABLE_ITEM_FLOAT, .value.float_value = (double)ms / 1000.0 };
}

void sse_table_row(const sse_tracker *t, sse_table table, uint32_t record, sse_string_set *strings,
                   stat_tap_table_item_type *cells)
{
    char filter[64];
    int64_t microseconds;
    row r;

    read_row(t, table, record, &r);
    *cells++ = number(r.frame);
    *cells++ = time_cell(strings, r.time);
    *cells++ = text_of(strings, r.outcome);
    *cells++ = address_cell(t, strings, r.client);
    *cells++ = address_cell(t, strings, r.server);
    snprintf(filter, sizeof filter, "%s %u", r.transport == SSE_TCP ? "tcp" : "udp", r.port);
    *cells++ = text_of(strings, filter);
    *cells++ = number(r.attempts);
    /* As many digits as the report and the JSON print. */
    microseconds = r.answer.after / 1000;
    *cells++ = r.answer.after < 0 ? nothing
        : (stat_tap_table_item_type){ .type = TABLE_ITEM_FLOAT, .value.float_value = (double)microseconds / 1000.0 };
    *cells++ = r.answer.frame == 0 ? nothing : number(r.answer.frame);
    snprintf(filter, sizeof filter, "sseroaming.%s.id == %u", table == SSE_TABLE_PROBES ? "probe" : "swg", record + 1);
    *cells = text_of(strings, filter);
}

const sse_record_set *sse_table_records(const sse_report *report, sse_table table)
{
    return table == SSE_TABLE_PROBES ? &report->probes : &report->handshakes;
}

/* --- what a report says ------------------------------------------------------ */

/* Nobody reads a filter with more addresses. */
#define MAX_IN_FILTER 8

/* Appends "sseroaming.client == A || sseroaming.client_ipv6 == B": the packets
 * of a client; nothing where it has too many addresses.
 * @param ip 4, 6: the addresses of that version alone; 0: all */
static void add_client_filter(GString *filter, const sse_client_report *c, uint8_t ip)
{
    const gsize before = filter->len;
    unsigned count = 0;

    for (guint i = 0; i < c->addresses->len; i++) {
        const sse_addr *addr = &g_array_index(c->addresses, sse_addr, i);
        char text[SSE_ADDR_TEXT];

        if (ip != 0 && addr->family != ip)
            continue;
        if (++count > MAX_IN_FILTER) {
            g_string_truncate(filter, before);
            return;
        }
        g_string_append_printf(filter, "%ssseroaming.client%s == %s", count > 1 ? " || " : "",
                               addr->family == 4 ? "" : "_ipv6", sse_addr_text(addr, text));
    }
    if (count > 1) {
        g_string_insert_c(filter, (gssize)before, '(');
        g_string_append_c(filter, ')');
    }
    sse_append_adapter_filter(filter, c);
}

/* Packets of an outage, without those that came while it lasted and have no
 * part in it. */
static stat_tap_table_item_type outage_filter(sse_string_set *strings, const sse_client_report *c, const sse_outage *o)
{
    GString *filter = g_string_new(NULL);
    stat_tap_table_item_type cell;

    add_client_filter(filter, c, o->ip);
    g_string_append_printf(filter, "%s%s && frame.number in {%u..%u}", filter->len > 0 ? " && " : "",
                           o->service == SSE_SERVICE_DNS ? "sseroaming.probe.id" : "(sseroaming.swg.id || sseroaming.lookup.id)",
                           o->since.frame,
                           MAX(o->until_frame != 0 ? o->until_frame : o->evidence_frame, o->since.frame));
    cell = text_of(strings, filter->str);
    g_string_free(filter, TRUE);
    return cell;
}

char *sse_client_packets_filter(const sse_client_report *c)
{
    GString *filter = g_string_new(NULL);

    add_client_filter(filter, c, 0);
    /* Of very many addresses that which names it. */
    if (filter->len == 0) {
        char text[SSE_ADDR_TEXT];

        g_string_append_printf(filter, "sseroaming.client%s == %s", c->client.family == 4 ? "" : "_ipv6",
                               sse_addr_text(&c->client, text));
        sse_append_adapter_filter(filter, c);
    }
    return g_string_free(filter, FALSE);
}

static stat_tap_table_item_type client_filter(sse_string_set *strings, const sse_client_report *c)
{
    char *filter = sse_client_packets_filter(c);
    stat_tap_table_item_type cell = text_of(strings, filter);

    g_free(filter);
    return cell;
}

static gint by_frame(gconstpointer a, gconstpointer b)
{
    const sse_outage_row *x = (const sse_outage_row *)a, *y = (const sse_outage_row *)b;

    if (x->frame != y->frame)
        return x->frame < y->frame ? -1 : 1;
    if (x->client != y->client)
        return x->client < y->client ? -1 : 1;
    return x->outage < y->outage ? -1 : 1;
}

GArray *sse_outage_rows(const sse_report *report)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(sse_outage_row));

    for (guint i = 0; i < report->clients->len; i++) {
        const GArray *outages = g_array_index(report->clients, sse_client_report, i).outages;

        for (guint k = outages->len - MIN(outages->len, SSE_LISTED); k < outages->len; k++) {
            sse_outage_row one = { g_array_index(outages, sse_outage, k).since.frame, i, k };

            g_array_append_val(rows, one);
        }
    }
    g_array_sort(rows, by_frame);
    return rows;
}

void sse_table_outage(const sse_report *report, const sse_outage_row *place, sse_string_set *strings,
                      stat_tap_table_item_type *cells)
{
    const sse_client_report *c = &g_array_index(report->clients, sse_client_report, place->client);
    const sse_outage *o = &g_array_index(c->outages, sse_outage, place->outage);
    char text[SSE_ADDR_TEXT];

    *cells++ = text_of(strings, sse_addr_text(&c->client, text));
    *cells++ = text_of(strings, o->service == SSE_SERVICE_WEB ? "web" : o->ip == 6 ? "dns ipv6" : "dns ipv4");
    *cells++ = code_cell(strings, sse_cause_code((sse_cause)o->cause));
    *cells++ = time_cell(strings, o->since.time);
    *cells++ = seconds_cell(sse_outage_duration(o));
    *cells++ = number(o->failed);
    *cells++ = number(o->attempts);
    *cells++ = o->until_frame != 0 ? time_cell(strings, o->until_time) : nothing;
    *cells++ = code_cell(strings, sse_origin_code((sse_origin)o->origin));
    *cells++ = text_of(strings, o->counted ? "yes" : "no");
    *cells++ = number(o->since.frame);
    *cells = outage_filter(strings, c, o);
}

G_STATIC_ASSERT((int)SSE_CONFIDENCE_NONE < (int)SSE_CONFIDENCE_HIGH && (int)SSE_CONFIDENCE_HIGH < (int)SSE_CONFIDENCE_LIMITED);

void sse_table_client_row(const sse_report *report, guint client, sse_string_set *strings, stat_tap_table_item_type *cells)
{
    const sse_client_report *c = &g_array_index(report->clients, sse_client_report, client);
    const sse_service_report *services[] = { &c->dns, &c->web };
    char text[SSE_ADDR_TEXT];

    *cells++ = text_of(strings, sse_addr_text(&c->client, text));
    for (unsigned i = 0; i < G_N_ELEMENTS(services); i++)
        *cells++ = text_of(strings, sse_state_code(services[i]->verdict));
    *cells++ = number(c->dns.outages + c->web.outages);
    for (unsigned i = 0; i < G_N_ELEMENTS(services); i++)
        *cells++ = code_cell(strings, sse_cause_code(services[i]->cause));
    /* Of both services the lower, which is the larger number. */
    *cells++ = code_cell(strings, sse_confidence_code(MAX(c->dns.confidence, c->web.confidence)));
    for (unsigned i = 0; i < G_N_ELEMENTS(services); i++)
        *cells++ = services[i]->since.frame != 0 ? time_cell(strings, services[i]->since.time) : nothing;
    *cells = client_filter(strings, c);
}
