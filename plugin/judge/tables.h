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

/** Rows of the tables; identity; examples. */
void sse_make_tables(sse_context *c, sse_group *g);
void sse_fill_frames(sse_context *c);
/** The row of a handshake's gateway and port, once they are sorted; NULL: none. */
sse_gateway_report *sse_gateway_row_of(const sse_context *c, const sse_client_report *r, const sse_handshake *h);

#endif
