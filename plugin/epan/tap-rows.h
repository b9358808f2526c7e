/* tap-rows.h
 * One probe, handshake, outage or client as the cells of a row, for every table:
 * Wireshark's window, sharkd's JSON, tshark's text.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_TAP_ROWS_H
#define SSE_TAP_ROWS_H

#include "compat.h"
#include "string_set.h"
#include "tracker.h"
#include "verdict.h"

/** The first two have a row for each of the tracker's records, the others for
 * what a report says of them. */
typedef enum { SSE_TABLE_PROBES, SSE_TABLE_HANDSHAKES, SSE_TABLE_OUTAGES, SSE_TABLE_CLIENTS, SSE_TABLES } sse_table;

/** The first cell of a row is never empty, the last is the filter to copy. */
#define SSE_TABLE_COLUMNS_MAX 12

/** The columns of a table, and how many there are. */
stat_tap_table_item *sse_table_columns(sse_table table, unsigned *count);
/** "SSE Roaming Probes": menu entry. */
const char *sse_table_title(sse_table table);
/** Begins with that. A window of Wireshark taps once, and shows the same rows after
 * Reload or a change of preferences: its title says so. */
const char *sse_table_window_title(sse_table table);
/** What to say, and to do, where there is no row. */
const char *sse_table_nothing(void);
/** Of the tables of records. "no-reply": what became of a record. */
const char *sse_table_outcome(const sse_tracker *t, sse_table table, uint32_t record);
/** "208.67.222.222 UDP 443": where a record went to; g_free() it. */
char *sse_table_server(const sse_tracker *t, sse_table table, uint32_t record);
/** From the first attempt to the answer, ns; below 0 where that is not known. */
int64_t sse_table_reply_time(const sse_tracker *t, sse_table table, uint32_t record);
/** Address of the client of a record. */
const sse_addr *sse_table_client(const sse_tracker *t, sse_table table, uint32_t record);

/** Fills the cells of a record, as the file is known by now.
 * @param strings gets the texts that the cells point to
 * @param cells   as many as the table has columns; TABLE_ITEM_NONE where there
 *                is nothing to say */
void sse_table_row(const sse_tracker *t, sse_table table, uint32_t record, sse_string_set *strings,
                   stat_tap_table_item_type *cells);

/** The records of a table that count in a report. */
const sse_record_set *sse_table_records(const sse_report *report, sse_table table);

/** An outage of a report. */
typedef struct sse_outage_row {
    uint32_t frame;          /**< its first */
    guint    client, outage; /**< indices, of the report's clients and of the client's outages */
} sse_outage_row;

/** "sseroaming.client == 192.0.2.1": the packets of a client; g_free() it. */
char *sse_client_packets_filter(const sse_client_report *c);

/** The outages that a report lists, as its JSON does, by frame.
 * @return sse_outage_row; free the array */
GArray *sse_outage_rows(const sse_report *report);
/** As sse_table_row(): of an outage, and of a report's client. */
void sse_table_outage(const sse_report *report, const sse_outage_row *place, sse_string_set *strings,
                      stat_tap_table_item_type *cells);
void sse_table_client_row(const sse_report *report, guint client, sse_string_set *strings, stat_tap_table_item_type *cells);

#endif
