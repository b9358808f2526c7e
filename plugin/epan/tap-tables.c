/* tap-tables.c
 * The tables of outages, clients, probes and handshakes in Wireshark's Statistics
 * menu and in sharkd.
 *
 * Both programs tap the packets again when the file is read, and draw what the
 * packets made: nothing of ours is called at the end. So a row is made of its
 * cells when the first packet of its record or outage passes, of a client any,
 * and the cells are final: the report over the whole file is known by then. A
 * filter chooses rows, and changes none. Wireshark keeps pointers to the rows for as long as a window is open,
 * and all windows of one table share its rows: none is freed before the last
 * window is gone.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tap-tables.h"

#include <epan/tap.h>

#include "frame_fields.h"
#include "packet-sseroaming.h"
#include "second_pass.h"
#include "session.h"
#include "tap-rows.h"

/* The rows of a table from one reset to the next. */
typedef struct filling {
    sse_string_set *strings;   /* texts of the cells */
    GHashTable   *shown;     /* what has a row: records + 1; outages by frame; a client's first cell */
    GPtrArray    *rows;      /* rows that the table has given up */
    unsigned      next;
    GArray       *outages;   /* sse_outage_row: what there is to show in the report below; NULL before */
    uint32_t      generation, frames; /* of that report */
} filling;

typedef struct table_state {
    stat_tap_table_ui ui;
    GPtrArray *fillings;     /* the newest last; NULL before the first */
} table_state;

static table_state states[SSE_TABLES];

static void filling_free(void *data)
{
    filling *f = (filling *)data;

    sse_string_set_free(f->strings);
    g_hash_table_destroy(f->shown);
    g_ptr_array_free(f->rows, TRUE);
    if (f->outages != NULL)
        g_array_free(f->outages, TRUE);
    g_free(f);
}

static filling *filling_new(table_state *s)
{
    filling *f = g_new0(filling, 1);

    f->strings = sse_string_set_new();
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

/* An empty table has one row that says what to do. Its first cell is empty:
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

/* Which table of ours it is, by its title: core hands over no more. */
static sse_table which_of(const char *title)
{
    unsigned which = 0;

    while (which + 1 < SSE_TABLES && !g_str_has_prefix(title, sse_table_title((sse_table)which)))
        which++;
    return (sse_table)which;
}

static void reset(stat_tap_table *table)
{
    reset_state(which_of(table->title), table);
}

static void init(stat_tap_table_ui *ui)
{
    sse_table which = which_of(ui->title);
    table_state *s = &states[which];
    stat_tap_table *table = stat_tap_find_table(ui, sse_table_title(which));

    if (table == NULL) {
        /* Every window is gone, and its rows with it. */
        if (s->fillings != NULL)
            g_ptr_array_set_size(s->fillings, 0);
        filling_new(s);
        table = stat_tap_init_table(sse_table_title(which), (int)ui->nfields, 0, NULL);
        stat_tap_add_table(ui, table);
        set_hint(which, table);
        return;
    }
    reset_state(which, table);
    /* One window alone shows the newest rows, or still those before. */
    while (ui->refcount <= 1 && s->fillings->len > 2)
        g_ptr_array_remove_index(s->fillings, 0);
}

/* What a packet is added to. */
typedef struct target {
    const sse_report *report;
    stat_tap_table *table;
    filling *f;
} target;

static bool find_target(target *to, sse_table which, const stat_data_t *data)
{
    to->report = sse_session_report();
    to->table = stat_tap_find_table(data->stat_tap_data, sse_table_title(which));
    to->f = newest(&states[which]);
    return to->report != NULL && to->table != NULL;
}

static void add_row(const target *to, const stat_tap_table_item_type *cells)
{
    stat_tap_init_table_row(to->table, to->f->next++, to->table->num_fields, cells);
}

static tap_packet_status add_records(sse_table which, sse_mark_of of, const stat_data_t *data, const sseroaming_tap *tap)
{
    tap_packet_status status = TAP_PACKET_DONT_REDRAW;
    target to;

    if (!find_target(&to, which, data))
        return status;
    for (unsigned i = 0; i < tap->count; i++) {
        stat_tap_table_item_type cells[SSE_TABLE_COLUMNS_MAX];
        gpointer key = GUINT_TO_POINTER(tap->marks[i].record + 1);

        if (tap->marks[i].of != of || g_hash_table_contains(to.f->shown, key) ||
            !sse_report_counts(to.report, of, tap->marks[i].record))
            continue;
        g_hash_table_add(to.f->shown, key);
        sse_table_row(tap->tracker, which, tap->marks[i].record, to.f->strings, cells);
        add_row(&to, cells);
        status = TAP_PACKET_REDRAW;
    }
    return status;
}

static tap_packet_status probes_packet(void *data, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                       const void *tap, tap_flags_t flags _U_)
{
    return add_records(SSE_TABLE_PROBES, SSE_OF_PROBE, (const stat_data_t *)data, (const sseroaming_tap *)tap);
}

static tap_packet_status handshakes_packet(void *data, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                           const void *tap, tap_flags_t flags _U_)
{
    return add_records(SSE_TABLE_HANDSHAKES, SSE_OF_HANDSHAKE, (const stat_data_t *)data, (const sseroaming_tap *)tap);
}

/* The outages of the report; listed anew where packets came since. */
static const GArray *list_outages(filling *f, const sse_report *report)
{
    const sse_open_file *file = sse_session_file();

    if (f->outages != NULL && f->generation == file->report_generation && f->frames == file->report_frames)
        return f->outages;
    if (f->outages != NULL)
        g_array_free(f->outages, TRUE);
    f->outages = sse_outage_rows(report);
    f->generation = file->report_generation;
    f->frames = file->report_frames;
    return f->outages;
}

static tap_packet_status outages_packet(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *tap _U_,
                                        tap_flags_t flags _U_)
{
    tap_packet_status status = TAP_PACKET_DONT_REDRAW;
    const GArray *outages;
    target to;

    if (!find_target(&to, SSE_TABLE_OUTAGES, (const stat_data_t *)data) ||
        g_hash_table_contains(to.f->shown, GUINT_TO_POINTER(pinfo->num)))
        return status;
    outages = list_outages(to.f, to.report);
    for (guint i = sse_first_at(outages, sizeof(sse_outage_row), offsetof(sse_outage_row, frame), pinfo->num);
         i < outages->len && g_array_index(outages, sse_outage_row, i).frame == pinfo->num; i++) {
        stat_tap_table_item_type cells[SSE_TABLE_COLUMNS_MAX];

        g_hash_table_add(to.f->shown, GUINT_TO_POINTER(pinfo->num));
        sse_table_outage(to.report, &g_array_index(outages, sse_outage_row, i), to.f->strings, cells);
        add_row(&to, cells);
        status = TAP_PACKET_REDRAW;
    }
    return status;
}

/* Clients are told apart by the text that names them: it is kept once.
 * @return false where it has its row */
static bool add_client(const target *to, guint client)
{
    const sse_client_report *c = &g_array_index(to->report->clients, sse_client_report, client);
    stat_tap_table_item_type cells[SSE_TABLE_COLUMNS_MAX];
    char text[SSE_ADDR_TEXT];

    if (!g_hash_table_add(to->f->shown, sse_string_set_keep(to->f->strings, sse_addr_text(&c->client, text))))
        return false;
    sse_table_client_row(to->report, client, to->f->strings, cells);
    add_row(to, cells);
    return true;
}

static tap_packet_status clients_packet(void *data, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data_tap,
                                        tap_flags_t flags _U_)
{
    const sseroaming_tap *tap = (const sseroaming_tap *)data_tap;
    tap_packet_status status = TAP_PACKET_DONT_REDRAW;
    target to;

    if (!find_target(&to, SSE_TABLE_CLIENTS, (const stat_data_t *)data))
        return status;
    for (unsigned i = 0; i < tap->count; i++) {
        const uint32_t whose = sse_mark_client(tap->tracker, &tap->marks[i]);
        guint client = 0;

        if (whose != SSE_NONE)
            client = GPOINTER_TO_UINT(g_hash_table_lookup(to.report->by_address,
                                                          &sse_tracker_address(tap->tracker, whose)->addr));
        if (client != 0 && add_client(&to, client - 1))
            status = TAP_PACKET_REDRAW;
    }
    return status;
}

/* The menu has been made by now, of the short titles: what opens from it bears these. */
static void name_windows(void)
{
    for (int which = 0; which < SSE_TABLES; which++)
        states[which].ui.title = sse_table_window_title((sse_table)which);
}

void sse_tables_register(void)
{
    static const struct {
        const char *option;
        tap_packet_cb packet;
    } tables[SSE_TABLES] = {
        [SSE_TABLE_OUTAGES] = { "sseroaming,outages", outages_packet },
        [SSE_TABLE_CLIENTS] = { "sseroaming,clients", clients_packet },
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
    if (sse_windows() != NULL)
        register_init_routine(name_windows);
}
