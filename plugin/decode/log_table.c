/* log_table.c
 * The table that Get-EventLog prints, in order of time. Memory is bounded: at most
 * SSE_LOG_TABLE_HELD bytes of text are held to be sorted.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "log_table.h"

#include <string.h>

#define NS   INT64_C(1000000000)
#define DAY  INT64_C(86400)
/* A log is in local time, and may begin a day before the capture. */
#define NEAR (2 * DAY)

typedef struct held_entry {
    sse_log_entry entry;
    sse_log_row   row;
    bool          is_row;
    uint32_t      number;    /* in the file */
    gsize         at, length; /* in the text that is held */
} held_entry;

struct sse_log_table {
    sse_log_reader *reader;
    sse_log_years years;
    GString *held;
    GArray  *entries;        /* held_entry, by time */
    guint    next;
    int64_t  year;           /* so the rows are of the years around this time, in seconds; */
    bool     of_capture;     /* ... the nearest to it, else those not after it */
    bool     year_known;
};

sse_log_table *sse_log_table_new(sse_log_reader *reader, const sse_log_years *years)
{
    sse_log_table *t = g_new0(sse_log_table, 1);

    t->reader = reader;
    t->years = *years;
    t->held = g_string_new(NULL);
    t->entries = g_array_new(FALSE, TRUE, sizeof(held_entry));
    return t;
}

void sse_log_table_free(sse_log_table *table)
{
    if (table == NULL)
        return;
    g_string_free(table->held, TRUE);
    g_array_free(table->entries, TRUE);
    g_free(table);
}

/* The time of a row, of the year that lies nearest to another time, or of the newest
 * that is not more than a day later. @return false for a day that no such year has */
static bool time_near(const sse_log_row *row, int64_t near, bool nearest, int64_t *time)
{
    bool any = false;
    int64_t best = 0;

    /* A 29th of February may be four, or eight years away. */
    for (int64_t year = 1970 + near / (366 * DAY) + 2, steps = 0; steps < 12 && year >= 1970; year--, steps++) {
        int64_t own;

        if (!sse_log_row_time(row, (unsigned)year, &own) || (!nearest && own > near + DAY))
            continue;
        if (!any || (nearest && ABS(own - near) < ABS(best - near)))
            best = own;
        any = true;
        if (!nearest)
            break;
    }
    *time = best;
    return any;
}

/* Which year the first rows are of. */
static void choose_year(sse_log_table *t)
{
    t->year_known = true;
    t->year = t->years.file;
    for (size_t k = 0; k < t->years.n_captures; k++) {
        for (guint i = 0; i < t->entries->len; i++) {
            const held_entry *e = &g_array_index(t->entries, held_entry, i);
            int64_t time;

            if (!e->is_row || !time_near(&e->row, t->years.captures[k], true, &time) ||
                ABS(time - t->years.captures[k]) > NEAR)
                continue;
            t->year = t->years.captures[k];
            t->of_capture = true;
            return;
        }
    }
}

static int by_time(const void *a, const void *b)
{
    const held_entry *x = (const held_entry *)a, *y = (const held_entry *)b;

    if (x->entry.time != y->entry.time)
        return x->entry.time < y->entry.time ? -1 : 1;
    /* The event log counts its entries. */
    if (x->row.index != y->row.index)
        return x->row.index < y->row.index ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* Each row its time; what is no row belongs to the one before it. */
static void give_times(sse_log_table *t)
{
    int64_t time = 0;
    uint64_t index = 0;
    bool any = false;

    for (unsigned pass = 0; pass < 2; pass++) {
        for (guint i = 0; i < t->entries->len; i++) {
            held_entry *e = &g_array_index(t->entries, held_entry, i);
            int64_t own;

            if (e->is_row && time_near(&e->row, t->year, t->of_capture, &own)) {
                time = own * NS;
                index = e->row.index;
                /* Those before the first row have its time. */
                if (!any && pass == 0) {
                    any = true;
                    break;
                }
            }
            e->entry.time = time;
            e->entry.has_time = true;
            e->row.index = index;
        }
    }
}

static bool load(sse_log_table *t)
{
    GString *text = g_string_new(NULL);
    held_entry e = { .number = 0 };

    g_array_set_size(t->entries, 0);
    g_string_truncate(t->held, 0);
    t->next = 0;
    while (t->held->len < SSE_LOG_TABLE_HELD && sse_log_next(t->reader, text, &e.entry)) {
        e.at = t->held->len;
        e.length = text->len;
        memset(&e.row, 0, sizeof e.row);
        e.is_row = sse_log_row_of(text->str, strcspn(text->str, "\n"), &e.row);
        g_string_append_len(t->held, text->str, (gssize)text->len);
        g_array_append_val(t->entries, e);
        e.number++;
    }
    g_string_free(text, TRUE);
    if (!t->year_known)
        choose_year(t);
    give_times(t);
    g_array_sort(t->entries, by_time);
    return t->entries->len > 0;
}

bool sse_log_table_next(sse_log_table *table, GString *text, sse_log_entry *entry)
{
    const held_entry *e;

    if (table->next == table->entries->len && !load(table))
        return false;
    e = &g_array_index(table->entries, held_entry, table->next++);
    *entry = e->entry;
    g_string_truncate(text, 0);
    g_string_append_len(text, table->held->str + e->at, (gssize)e->length);
    return true;
}
