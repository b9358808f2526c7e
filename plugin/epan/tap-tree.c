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

#include "hash.h"
#include "packet-sseroaming.h"
#include "session.h"
#include "tap-text.h"

/* A tree goes through all that a node has to add one more: so many clients or
 * servers of a branch have a node of their own, those that come first; the rest one
 * together. */
#define NAMES_MAX 1000
#define THE_REST "all others"

typedef struct tree_state {
    GHashTable  *records;    /* those counted, record * 2 + table + 1 */
    unsigned     n;
    GHashTable **names;      /* by branch: those with a node of their own */
} tree_state;

/* stats_tree -> tree_state: a tree has no place for data of ours. */
static GHashTable *trees;

static tree_state *state_new(void)
{
    tree_state *s = g_new0(tree_state, 1);

    sse_branches(&s->n);
    s->records = g_hash_table_new(NULL, NULL);
    s->names = g_new0(GHashTable *, s->n);
    for (unsigned b = 0; b < s->n; b++)
        s->names[b] = g_hash_table_new_full(sse_hash_string, g_str_equal, g_free, NULL);
    return s;
}

static void state_free(void *data)
{
    tree_state *s = (tree_state *)data;

    g_hash_table_destroy(s->records);
    for (unsigned b = 0; b < s->n; b++)
        g_hash_table_destroy(s->names[b]);
    g_free(s->names);
    g_free(s);
}

static void tree_init(stats_tree *st)
{
    const sse_report *report = sse_session_report();
    unsigned n;
    const sse_branch *branches = sse_branches(&n);

    if (trees == NULL)
        trees = g_hash_table_new_full(NULL, NULL, NULL, state_free);
    g_hash_table_insert(trees, st, state_new());
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
    if (trees != NULL)
        g_hash_table_remove(trees, st);
}

/* Counts it, with its reply time where it has one. A node's average is that of all it
 * counts: so times stand only where each of them has one. */
static void count_reply(stats_tree *st, const char *title, const char *key, int64_t time)
{
    const int64_t us = time / 1000;
    const gfloat ms = (gfloat)((double)us / 1000.0);

    avg_stat_node_add_value_float(st, key, avg_stat_node_add_value_float(st, title, 0, TRUE, ms), FALSE, ms);
}

/* The node of a branch that a record belongs to. g_free() it. */
static char *node_name(const tree_state *s, unsigned branch, const sse_branch *of, const sse_tracker *t, uint32_t record)
{
    char *key = of->key(t, of->table, record);

    if (g_hash_table_contains(s->names[branch], key))
        return key;
    if (g_hash_table_size(s->names[branch]) < NAMES_MAX) {
        g_hash_table_add(s->names[branch], g_strdup(key));
        return key;
    }
    g_free(key);
    return g_strdup(THE_REST);
}

static void count(stats_tree *st, const tree_state *s, const sse_tracker *t, sse_table table, uint32_t record)
{
    const int64_t time = sse_table_reply_time(t, table, record);
    unsigned n;
    const sse_branch *branches = sse_branches(&n);

    for (unsigned b = 0; b < n; b++) {
        char *name;
        int at;

        if (branches[b].table != table)
            continue;
        name = branches[b].key != NULL ? node_name(s, b, &branches[b], t, record) : NULL;
        if (branches[b].reply_title != NULL && time >= 0)
            count_reply(st, branches[b].reply_title, name, time);
        at = tick_stat_node(st, branches[b].title, 0, TRUE);
        if (name != NULL)
            at = tick_stat_node(st, name, at, TRUE);
        g_free(name);
        tick_stat_node(st, sse_table_outcome(t, table, record), at, FALSE);
    }
}

static tap_packet_status tree_packet(stats_tree *st, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                     const void *data, tap_flags_t flags _U_)
{
    const sseroaming_tap *tap = (const sseroaming_tap *)data;
    const sse_report *report = sse_session_report();
    const tree_state *s = trees != NULL ? (const tree_state *)g_hash_table_lookup(trees, st) : NULL;
    tap_packet_status status = TAP_PACKET_DONT_REDRAW;

    if (report == NULL || s == NULL)
        return status;
    for (unsigned i = 0; i < tap->count; i++) {
        const sse_mark *mark = &tap->marks[i];
        sse_table table = mark->of == SSE_OF_PROBE ? SSE_TABLE_PROBES : SSE_TABLE_HANDSHAKES;
        gpointer key = GUINT_TO_POINTER(mark->record * 2 + (unsigned)table + 1);

        if (!sse_report_counts(report, (sse_mark_of)mark->of, mark->record) || !g_hash_table_add(s->records, key))
            continue;
        count(st, s, tap->tracker, table, mark->record);
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
