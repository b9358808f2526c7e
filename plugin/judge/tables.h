/* tables.h
 * The rows of the report's tables.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_JUDGE_TABLES_H
#define SSE_JUDGE_TABLES_H

#include "evidence.h"

/** Before all clients: no record has a row yet. */
void sse_start_rows(sse_context *c);
/** One client's rows, identity, candidates. */
void sse_make_tables(sse_context *c, sse_group *g);
/** When all clients have their rows: the frames of each. */
void sse_fill_frames(sse_context *c);
/** Each client's resets by a device on the path; asks for outcomes alone. */
void sse_note_resets(sse_context *c);
/** The row of a handshake's gateway and port, once they are sorted; NULL: none. */
sse_gateway_report *sse_gateway_row_of(const sse_context *c, const sse_client_report *r, const sse_handshake *h);

#endif
