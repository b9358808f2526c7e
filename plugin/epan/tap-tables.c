/* tap-tables.c
 * The tables of probes and handshakes in Wireshark's Statistics menu and in
 * sharkd.
 *
 * Both programs tap the packets again when the file is read: a row is made of
 * its record's cells when the first packet of the record passes, and they are
 * final. Wireshark keeps pointers to the rows for as long as a window is open,
 * and all windows of one table share its rows: none is freed before the last
 * window is gone.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tap-tables.h"

#include <epan/tap.h>

#include "packet-sseroaming.h"
#include "session.h"
#include "tap-rows.h"

/* The rows of a table from one reset to the next. */
typedef struct filling {
    GStringChunk *strings;   /* texts of the cells */
    GHashTable   *shown;     /* records that have a row, + 1 */
    GPtrArray    *rows;      /* rows that the table has given up */
    unsigned      next;
} filling;

typedef struct table_state {
    stat_tap_table_ui ui;
    GPtrArray *fillings;     /* the newest last; NULL before the first */
} table_state;

static table_state states[SSE_TABLES];

static void filling_free(void *data)
{
    filling *f = (filling *)data;

    g_string_chunk_free(f->strings);
    g_hash_table_destroy(f->shown);
    g_ptr_array_free(f->rows, TRUE);
    g_free(f);
}

static filling *filling_new(table_state *s)
{
    filling *f = g_new0(filling, 1);

    f->strings = g_string_chunk_new(1024);
    f->shown = g_hash_table_new(NULL, NULL);
    f->rows = g_ptr_array_new_with_free_func(g_free);
    if (s->fillings == NULL)
        s->fillings = g_ptr_array_new_with_free_func(filling_free);
    g_ptr_array_add(s->fillings, f);
    return f;
}

static filling *newest(const table_state *s)
{
    return (filling *)g_ptr_array_index(s->fillings, s->fillings->len - 1);
}

/* An empty table has one row that says what to do. Its frame is no number:
 * sharkd leaves such rows out. */
static void set_hint(sse_table which, stat_tap_table *table)
{
    stat_tap_table_item_type cells[SSE_TABLE_COLUMNS_MAX] = { { .type = TABLE_ITEM_NONE } };
    unsigned n;

    sse_table_columns(which, &n);
    cells[1] = (stat_tap_table_item_type){ .type = TABLE_ITEM_STRING, .value.string_value = sse_table_nothing() };
    stat_tap_init_table_row(table, 0, n, cells);
}

static void reset_state(sse_table which, stat_tap_table *table)
{
    table_state *s = &states[which];
    filling *old = newest(s);

    for (unsigned i = 0; i < table->num_elements; i++)
        g_ptr_array_add(old->rows, table->elements[i]);
    table->num_elements = 0;
    filling_new(s);
    set_hint(which, table);
}

/* Which table of ours it is: core hands over no more. */
static sse_table which_of(const stat_tap_table *table)
{
    return g_strcmp0(table->title, states[SSE_TABLE_HANDSHAKES].ui.title) == 0 ? SSE_TABLE_HANDSHAKES : SSE_TABLE_PROBES;
}

static void reset(stat_tap_table *table)
{
    reset_state(which_of(table), table);
}

static void init(stat_tap_table_ui *ui)
{
    sse_table which = ui->cli_string == states[SSE_TABLE_HANDSHAKES].ui.cli_string ? SSE_TABLE_HANDSHAKES
                                                                                   : SSE_TABLE_PROBES;
    table_state *s = &states[which];
    stat_tap_table *table = stat_tap_find_table(ui, ui->title);

    if (table == NULL) {
        /* Every window is gone, and its rows with it. */
        if (s->fillings != NULL)
            g_ptr_array_set_size(s->fillings, 0);
        filling_new(s);
        table = stat_tap_init_table(ui->title, (int)ui->nfields, 0, NULL);
        stat_tap_add_table(ui, table);
        set_hint(which, table);
        return;
    }
    reset_state(which, table);
    /* One window alone shows the newest rows, or still those before. */
    while (ui->refcount <= 1 && s->fillings->len > 2)
        g_ptr_array_remove_index(s->fillings, 0);
}

static tap_packet_status add_packet(sse_table which, sse_mark_of of, stat_data_t *data, const sseroaming_tap *tap)
{
    const sse_report *report = sse_session_report();
    filling *f = newest(&states[which]);
    stat_tap_table *table = stat_tap_find_table(data->stat_tap_data, data->stat_tap_data->title);
    tap_packet_status status = TAP_PACKET_DONT_REDRAW;

    if (report == NULL || table == NULL)
        return status;
    for (unsigned i = 0; i < tap->count; i++) {
        stat_tap_table_item_type cells[SSE_TABLE_COLUMNS_MAX];
        gpointer key = GUINT_TO_POINTER(tap->marks[i].record + 1);

        if (tap->marks[i].of != of || g_hash_table_contains(f->shown, key) ||
            !sse_report_counts(report, of, tap->marks[i].record))
            continue;
        g_hash_table_add(f->shown, key);
        sse_table_row(tap->tracker, which, tap->marks[i].record, f->strings, cells);
        stat_tap_init_table_row(table, f->next++, (unsigned)data->stat_tap_data->nfields, cells);
        status = TAP_PACKET_REDRAW;
    }
    return status;
}

static tap_packet_status probes_packet(void *data, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                       const void *tap, tap_flags_t flags _U_)
{
    return add_packet(SSE_TABLE_PROBES, SSE_OF_PROBE, (stat_data_t *)data, (const sseroaming_tap *)tap);
}

static tap_packet_status handshakes_packet(void *data, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                           const void *tap, tap_flags_t flags _U_)
{
    return add_packet(SSE_TABLE_HANDSHAKES, SSE_OF_HANDSHAKE, (stat_data_t *)data, (const sseroaming_tap *)tap);
}

void sse_tables_register(void)
{
    static const struct {
        const char *option;
        tap_packet_cb packet;
    } tables[SSE_TABLES] = {
        [SSE_TABLE_PROBES] = { "sseroaming,probes", probes_packet },
        [SSE_TABLE_HANDSHAKES] = { "sseroaming,handshakes", handshakes_packet },
    };

    for (int which = 0; which < SSE_TABLES; which++) {
        unsigned n;
        stat_tap_table_item *columns = sse_table_columns((sse_table)which, &n);

        states[which].ui = (stat_tap_table_ui){
            .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
            .title = sse_table_title((sse_table)which),
            .tap_name = SSEROAMING_TAP,
            .cli_string = tables[which].option,
            .stat_tap_init_cb = init,
            .packet_func = tables[which].packet,
            .stat_tap_reset_table_cb = reset,
            .nfields = n,
            .fields = columns,
        };
        register_stat_tap_table_ui(&states[which].ui);
    }
}
