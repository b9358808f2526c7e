/* tap-tree.c
 * The tree of counts in Wireshark's Statistics menu and in sharkd: the counts
 * of tap-text.c, with Wireshark's rates.
 *
 * A probe or handshake counts once, at the first of its packets that passes
 * the window's filter. Both programs tap the packets again when the file is
 * read, so its outcome is known by then.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tap-tree.h"

#include "compat.h"

#include <epan/stats_tree.h>

#include "packet-sseroaming.h"
#include "session.h"
#include "tap-text.h"

/* stats_tree -> records that it has counted, record * 2 + table + 1: a tree
 * has no place for data of ours. */
static GHashTable *counted;

static void tree_init(stats_tree *st)
{
    const sse_report *report = sse_session_report();
    unsigned n;
    const sse_branch *branches = sse_branches(&n);

    if (counted == NULL)
        counted = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_hash_table_destroy);
    g_hash_table_insert(counted, st, g_hash_table_new(NULL, NULL));
    if (report != NULL && report->probes.count == 0 && report->handshakes.count == 0) {
        stats_tree_create_node(st, sse_table_nothing(), 0, STAT_DT_INT, FALSE);
        return;
    }
    for (unsigned b = 0; report != NULL && b < n; b++) {
        if (sse_table_records(report, branches[b].table)->count == 0)
            continue;
        stats_tree_create_node(st, branches[b].title, 0, STAT_DT_INT, TRUE);
        if (branches[b].reply_title != NULL) {
            stats_tree_create_node(st, branches[b].reply_title, 0, STAT_DT_FLOAT, TRUE);
            stat_node_set_flags(st, branches[b].reply_title, 0, TRUE, ST_FLG_AVERAGE);
        }
    }
}

static void tree_cleanup(stats_tree *st)
{
    if (counted != NULL)
        g_hash_table_remove(counted, st);
}

/* Counts it, with its reply time where it has one. A node's average is that of all it
 * counts: so times stand only where each of them has one. */
static void count_reply(stats_tree *st, const char *title, const char *key, int64_t time)
{
    const int64_t us = time / 1000;
    const gfloat ms = (gfloat)((double)us / 1000.0);

    avg_stat_node_add_value_float(st, key, avg_stat_node_add_value_float(st, title, 0, TRUE, ms), FALSE, ms);
}

static void count(stats_tree *st, const sse_tracker *t, sse_table table, uint32_t record)
{
    const int64_t time = sse_table_reply_time(t, table, record);
    unsigned n;
    const sse_branch *branches = sse_branches(&n);

    for (unsigned b = 0; b < n; b++) {
        int at;

        if (branches[b].table != table)
            continue;
        if (branches[b].reply_title != NULL && time >= 0) {
            char *key = branches[b].key(t, table, record);

            count_reply(st, branches[b].reply_title, key, time);
            g_free(key);
        }
        at = tick_stat_node(st, branches[b].title, 0, TRUE);
        if (branches[b].key != NULL) {
            char *key = branches[b].key(t, table, record);

            at = tick_stat_node(st, key, at, TRUE);
            g_free(key);
        }
        tick_stat_node(st, sse_table_outcome(t, table, record), at, FALSE);
    }
}

static tap_packet_status tree_packet(stats_tree *st, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                     const void *data, tap_flags_t flags _U_)
{
    const sseroaming_tap *tap = (const sseroaming_tap *)data;
    const sse_report *report = sse_session_report();
    GHashTable *records = counted != NULL ? (GHashTable *)g_hash_table_lookup(counted, st) : NULL;
    tap_packet_status status = TAP_PACKET_DONT_REDRAW;

    if (report == NULL || records == NULL)
        return status;
    for (unsigned i = 0; i < tap->count; i++) {
        const sse_mark *mark = &tap->marks[i];
        sse_table table = mark->of == SSE_OF_PROBE ? SSE_TABLE_PROBES : SSE_TABLE_HANDSHAKES;
        gpointer key = GUINT_TO_POINTER(mark->record * 2 + (unsigned)table + 1);

        if (!sse_report_counts(report, (sse_mark_of)mark->of, mark->record) || !g_hash_table_add(records, key))
            continue;
        count(st, tap->tracker, table, mark->record);
        status = TAP_PACKET_REDRAW;
    }
    return status;
}

void sse_tree_register(void)
{
    /* "sseroaming" makes -z sseroaming,tree and sharkd's stat:sseroaming. */
    stats_tree_register_plugin(SSEROAMING_TAP, "sseroaming", "SSE Roaming Counts", 0, tree_packet, tree_init,
                               tree_cleanup);
}
