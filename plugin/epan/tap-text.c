/* tap-text.c
 * The tables and the counts as text, for tshark.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tap-text.h"

#include <string.h>

#include "hash.h"
#include "layout.h"
#include "outcome.h"
#include "phrases.h"

/* --- tables ------------------------------------------------------------------ */

static char *cell_text(const stat_tap_table_item_type *cell)
{
    switch (cell->type) {
    case TABLE_ITEM_UINT:
        return g_strdup_printf("%u", cell->value.uint_value);
    case TABLE_ITEM_FLOAT:
        return g_strdup_printf("%.3f", cell->value.float_value);
    case TABLE_ITEM_STRING:
        return g_strdup(cell->value.string_value);
    default:
        return g_strdup("-");
    }
}

static void pad(GString *out, const char *text, size_t width, bool right)
{
    g_string_append_printf(out, right ? "%*s" : "%-*s", (int)width, text);
}

/* "10 probes: no-reply 8, pending 2" */
static void append_outcomes(GString *out, const sse_tracker *t, const GArray *records, sse_table table)
{
    int kinds = table == SSE_TABLE_PROBES ? SSE_PROBE_OUTCOMES : SSE_SWG_OUTCOMES;
    uint32_t counts[MAX((int)SSE_PROBE_OUTCOMES, (int)SSE_SWG_OUTCOMES)] = { 0 };
    const char *separator = ": ";

    for (guint i = 0; i < records->len; i++) {
        uint32_t record = g_array_index(records, guint32, i);

        counts[table == SSE_TABLE_PROBES ? (int)sse_probe_outcome_of(t, sse_tracker_probe(t, record), NULL)
                                         : (int)sse_handshake_outcome_of(t, sse_tracker_handshake(t, record), NULL)]++;
    }
    g_string_append_printf(out, "%u %s", records->len,
                           table == SSE_TABLE_PROBES ? sse_plural(records->len, "probe", "probes")
                                                     : sse_plural(records->len, "handshake", "handshakes"));
    for (int i = 0; i < kinds; i++) {
        if (counts[i] == 0)
            continue;
        g_string_append_printf(out, "%s%s %u", separator,
                               table == SSE_TABLE_PROBES ? sse_probe_outcome_code((sse_probe_outcome)i)
                                                         : sse_swg_outcome_code((sse_swg_outcome)i), counts[i]);
        separator = ", ";
    }
    g_string_append_c(out, '\n');
}

static void append_filter(GString *out, const sse_report *report)
{
    if (report->filter != NULL)
        sse_line(out, "Filter: ", report->filter);
}

/* The rows of a table, in their order. */
typedef struct table_rows {
    const sse_tracker *t;
    const sse_report *report;
    sse_table table;
    guint     count;
    GArray   *list;          /* guint32 records, or sse_outage_row; NULL of clients */
} table_rows;

static table_rows find_rows(const sse_tracker *t, const sse_report *report, sse_table table)
{
    table_rows rows = { .t = t, .report = report, .table = table };

    switch (table) {
    case SSE_TABLE_CLIENTS:
        rows.count = report->clients->len;
        return rows;
    case SSE_TABLE_OUTAGES:
        rows.list = sse_outage_rows(report);
        break;
    default:
        rows.list = sse_record_list(sse_table_records(report, table));
        break;
    }
    rows.count = rows.list->len;
    return rows;
}

static void fill_row(const table_rows *rows, guint i, GStringChunk *strings, stat_tap_table_item_type *cells)
{
    switch (rows->table) {
    case SSE_TABLE_CLIENTS:
        sse_table_client_row(rows->report, i, strings, cells);
        break;
    case SSE_TABLE_OUTAGES:
        sse_table_outage(rows->report, &g_array_index(rows->list, sse_outage_row, i), strings, cells);
        break;
    default:
        sse_table_row(rows->t, rows->table, g_array_index(rows->list, guint32, i), strings, cells);
        break;
    }
}

/* What the rows come to, in a line. */
static void append_sum(GString *out, const table_rows *rows)
{
    const sse_report *r = rows->report;

    switch (rows->table) {
    case SSE_TABLE_CLIENTS:
        g_string_append_printf(out, "%u %s, %u with outages\n", rows->count, sse_plural(rows->count, "client", "clients"),
                               r->outage_clients);
        break;
    case SSE_TABLE_OUTAGES:
        g_string_append_printf(out, "%u %s; of these count: DNS %u, Web %u, of %u %s\n", rows->count,
                               sse_plural(rows->count, "outage", "outages"), r->outages_dns, r->outages_web,
                               r->outage_clients, sse_plural(r->outage_clients, "client", "clients"));
        break;
    default:
        append_outcomes(out, rows->t, rows->list, rows->table);
        break;
    }
}

/* A text window is too narrow for columns: a row is a few lines, its filter the
 * last. */
static void append_cards(GString *out, const table_rows *rows)
{
    GStringChunk *strings = g_string_chunk_new(4096);
    unsigned n;
    const stat_tap_table_item *columns = sse_table_columns(rows->table, &n);
    GString *line = g_string_new(NULL);

    for (guint i = 0; i < rows->count; i++) {
        stat_tap_table_item_type cells[SSE_TABLE_COLUMNS_MAX];

        fill_row(rows, i, strings, cells);
        g_string_set_size(line, 0);
        for (unsigned c = 0; c + 1 < n; c++) {
            char *text = cell_text(&cells[c]);

            if (cells[c].type != TABLE_ITEM_NONE)
                g_string_append_printf(line, "%s%s %s", c > 0 ? ", " : "", columns[c].column_name, text);
            g_free(text);
        }
        sse_wrap(out, "", line->str);
        sse_line(out, "    Filter: ", cells[n - 1].value.string_value);
    }
    g_string_free(line, TRUE);
    g_string_chunk_free(strings);
}

GString *sse_table_text(const sse_tracker *t, const sse_report *report, sse_table table)
{
    table_rows rows = find_rows(t, report, table);
    unsigned n;
    const stat_tap_table_item *columns = sse_table_columns(table, &n);
    size_t width[SSE_TABLE_COLUMNS_MAX];
    GString *out = g_string_new(NULL);
    GStringChunk *strings;

    g_string_append_printf(out, "%s\n", sse_table_title(table));
    append_filter(out, report);
    if (rows.count == 0) {
        g_string_append_printf(out, "%s\n", sse_table_nothing());
        if (rows.list != NULL)
            g_array_free(rows.list, TRUE);
        return out;
    }
    append_sum(out, &rows);
    g_string_append_c(out, '\n');
    if (sse_in_window()) {
        append_cards(out, &rows);
        if (rows.list != NULL)
            g_array_free(rows.list, TRUE);
        return out;
    }
    strings = g_string_chunk_new(4096);
    for (unsigned c = 0; c < n; c++)
        width[c] = strlen(columns[c].column_name);
    /* Twice: a row is cheap to make, and a file may have very many. */
    for (int print = 0; print < 2; print++) {
        for (unsigned c = 0; print != 0 && c < n; c++) {
            if (c > 0)
                g_string_append(out, "  ");
            pad(out, columns[c].column_name, c + 1 < n ? width[c] : 0, columns[c].align == TAP_ALIGN_RIGHT);
        }
        if (print != 0)
            g_string_append_c(out, '\n');
        for (guint i = 0; i < rows.count; i++) {
            stat_tap_table_item_type cells[SSE_TABLE_COLUMNS_MAX];

            fill_row(&rows, i, strings, cells);
            for (unsigned c = 0; c < n; c++) {
                char *text = cell_text(&cells[c]);

                if (print == 0) {
                    width[c] = MAX(width[c], strlen(text));
                } else {
                    if (c > 0)
                        g_string_append(out, "  ");
                    pad(out, text, c + 1 < n ? width[c] : 0, columns[c].align == TAP_ALIGN_RIGHT);
                }
                g_free(text);
            }
            if (print != 0)
                g_string_append_c(out, '\n');
        }
    }
    g_string_chunk_free(strings);
    if (rows.list != NULL)
        g_array_free(rows.list, TRUE);
    return out;
}

/* --- counts ------------------------------------------------------------------ */

static char *client_key(const sse_tracker *t, sse_table table, uint32_t record)
{
    return g_strdup(sse_addr_text(sse_table_client(t, table, record), (char[SSE_ADDR_TEXT]){ 0 }));
}

const sse_branch *sse_branches(unsigned *count)
{
    static const sse_branch branches[] = {
        { "DNS probes by outcome", SSE_TABLE_PROBES, NULL, NULL },
        { "DNS probes by resolver", SSE_TABLE_PROBES, sse_table_server, "DNS probes: reply time in ms" },
        { "DNS probes by client", SSE_TABLE_PROBES, client_key, NULL },
        { "Gateway handshakes by outcome", SSE_TABLE_HANDSHAKES, NULL, NULL },
        { "Gateway handshakes by gateway", SSE_TABLE_HANDSHAKES, sse_table_server, "Gateway handshakes: reply time in ms" },
        { "Gateway handshakes by client", SSE_TABLE_HANDSHAKES, client_key, NULL },
    };

    *count = G_N_ELEMENTS(branches);
    return branches;
}

typedef struct node {
    char    *name;
    uint32_t count;
    sse_rtt  reply;          /* of those whose reply time is known */
    GHashTable *by_name;     /* children; keys are their names */
    GPtrArray  *children;
} node;

static void node_free(void *data)
{
    node *n = (node *)data;

    if (n->by_name != NULL) {
        g_hash_table_destroy(n->by_name);
        g_ptr_array_free(n->children, TRUE);
    }
    g_free(n->name);
    g_free(n);
}

static void add_reply_time(node *n, int64_t time)
{
    if (time < 0)
        return;
    n->reply.min = n->reply.count == 0 ? time : MIN(n->reply.min, time);
    n->reply.max = MAX(n->reply.max, time);
    n->reply.sum += time;
    n->reply.count++;
}

static node *node_of(node *parent, const char *name, int64_t reply_time)
{
    node *child;

    if (parent->by_name == NULL) {
        parent->by_name = g_hash_table_new(sse_hash_string, g_str_equal);
        parent->children = g_ptr_array_new_with_free_func(node_free);
    }
    child = (node *)g_hash_table_lookup(parent->by_name, name);
    if (child == NULL) {
        child = g_new0(node, 1);
        child->name = g_strdup(name);
        g_hash_table_insert(parent->by_name, child->name, child);
        g_ptr_array_add(parent->children, child);
    }
    child->count++;
    add_reply_time(child, reply_time);
    return child;
}

static gint by_count(gconstpointer a, gconstpointer b)
{
    const node *x = *(const node *const *)a, *y = *(const node *const *)b;

    return x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->name, y->name);
}

/* With counts, shares and times it fits a window. */
#define NAME_WIDTH 44

static void append_node(GString *out, const node *n, const node *parent, int depth)
{
    char times[SSE_RTT_TEXT];

    g_string_append_printf(out, "%*s%-*s %6u", depth * 2, "", NAME_WIDTH - depth * 2, n->name, n->count);
    if (parent != NULL)
        g_string_append_printf(out, "  %5.1f %%", 100.0 * n->count / parent->count);
    if (n->reply.count > 0)
        g_string_append_printf(out, "%s  %s", parent == NULL ? "         " : "", sse_rtt_text(&n->reply, times));
    g_string_append_c(out, '\n');
    if (n->by_name == NULL)
        return;
    g_ptr_array_sort(n->children, by_count);
    for (guint i = 0; i < n->children->len; i++)
        append_node(out, (const node *)g_ptr_array_index(n->children, i), n, depth + 1);
}

GString *sse_counts_text(const sse_tracker *t, const sse_report *report)
{
    GString *out = g_string_new("SSE Roaming Counts\n");
    unsigned n;
    const sse_branch *branches = sse_branches(&n);

    append_filter(out, report);
    if (report->probes.count == 0 && report->handshakes.count == 0) {
        g_string_append_printf(out, "%s\n", sse_table_nothing());
        return out;
    }
    for (unsigned b = 0; b < n; b++) {
        GArray *records = sse_record_list(sse_table_records(report, branches[b].table));
        node *top = g_new0(node, 1);

        top->name = g_strdup(branches[b].title);
        top->count = records->len;
        for (guint i = 0; i < records->len; i++) {
            uint32_t record = g_array_index(records, guint32, i);
            const int64_t reply_time = sse_table_reply_time(t, branches[b].table, record);
            node *at = top;

            add_reply_time(top, reply_time);
            if (branches[b].key != NULL) {
                char *key = branches[b].key(t, branches[b].table, record);

                at = node_of(top, key, reply_time);
                g_free(key);
            }
            node_of(at, sse_table_outcome(t, branches[b].table, record), reply_time);
        }
        if (records->len > 0) {
            g_string_append_printf(out, "\n%*s %6s  %7s  %s\n", -NAME_WIDTH, "", "Count", "Share", "Reply ms, min/avg/max");
            append_node(out, top, NULL, 0);
        }
        node_free(top);
        g_array_free(records, TRUE);
    }
    return out;
}
