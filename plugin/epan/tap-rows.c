/* tap-rows.c
 * One probe or handshake as the cells of a row, for every table: Wireshark's
 * window, sharkd's JSON, tshark's text.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tap-rows.h"

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "layout.h"
#include "outcome.h"
#include "phrases.h"

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

static stat_tap_table_item probe_columns[] = {
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "No.", "%u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Time (UTC)", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Resolver", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Transport", "%s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Port", "%u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Attempts", "%u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Outcome", "%s" },
    { TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Reply ms", "%.3f" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Reply in", "%u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Filter", "%s" },
};

static stat_tap_table_item handshake_columns[] = {
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "No.", "%u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Time (UTC)", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client", "%s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Gateway", "%s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Port", "%u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "SYNs", "%u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Outcome", "%s" },
    { TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Reply ms", "%.3f" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Reply in", "%u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Filter", "%s" },
};

G_STATIC_ASSERT(G_N_ELEMENTS(probe_columns) <= SSE_TABLE_COLUMNS_MAX);
G_STATIC_ASSERT(G_N_ELEMENTS(handshake_columns) <= SSE_TABLE_COLUMNS_MAX);

stat_tap_table_item *sse_table_columns(sse_table table, unsigned *count)
{
    *count = table == SSE_TABLE_PROBES ? G_N_ELEMENTS(probe_columns) : G_N_ELEMENTS(handshake_columns);
    return table == SSE_TABLE_PROBES ? probe_columns : handshake_columns;
}

/* No path: in 4.0 tables stand in the Statistics menu itself. Beginning alike
 * they stand together. */
const char *sse_table_title(sse_table table)
{
    return table == SSE_TABLE_PROBES ? "SSE Roaming Probes" : "SSE Roaming Handshakes";
}

const char *sse_table_nothing(void)
{
    return "None in this capture or behind this filter: see SSE Roaming Report (-z sseroaming)";
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

static stat_tap_table_item_type number(uint32_t value)
{
    return (stat_tap_table_item_type){ .type = TABLE_ITEM_UINT, .value.uint_value = value };
}

/* Addresses and outcomes come again and again: each text is kept once. */
static stat_tap_table_item_type text_of(GStringChunk *strings, const char *value)
{
    return (stat_tap_table_item_type){ .type = TABLE_ITEM_STRING,
                                       .value.string_value = g_string_chunk_insert_const(strings, value) };
}

static stat_tap_table_item_type address_cell(const sse_tracker *t, GStringChunk *strings, uint32_t index)
{
    char text[SSE_ADDR_TEXT];

    return text_of(strings, sse_addr_text(&sse_tracker_address(t, index)->addr, text));
}

static stat_tap_table_item_type time_cell(GStringChunk *strings, int64_t time)
{
    char *utc = sse_time_utc(time);
    stat_tap_table_item_type cell;

    if (g_str_has_suffix(utc, " UTC"))
        utc[strlen(utc) - strlen(" UTC")] = '\0';
    cell = text_of(strings, utc);
    g_free(utc);
    return cell;
}

void sse_table_row(const sse_tracker *t, sse_table table, uint32_t record, GStringChunk *strings,
                   stat_tap_table_item_type *cells)
{
    static const stat_tap_table_item_type nothing = { .type = TABLE_ITEM_NONE };
    char filter[64];
    int64_t microseconds;
    row r;

    read_row(t, table, record, &r);
    *cells++ = number(r.frame);
    *cells++ = time_cell(strings, r.time);
    *cells++ = address_cell(t, strings, r.client);
    *cells++ = address_cell(t, strings, r.server);
    if (table == SSE_TABLE_PROBES)
        *cells++ = text_of(strings, r.transport == SSE_TCP ? "tcp" : "udp");
    *cells++ = number(r.port);
    *cells++ = number(r.attempts);
    *cells++ = text_of(strings, r.outcome);
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
