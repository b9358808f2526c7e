/* selection.h
 * A display filter's selection of the records.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_SELECTION_H
#define SSE_SELECTION_H

#include "report.h"

/** A display filter's selection: which probes and handshakes had a frame that
 * passed. Bit i of the byte array i/8. */
typedef struct sse_selection {
    GByteArray *probes, *handshakes;
    uint32_t to_client, from_client; /**< frames that passed, by direction */
    char *filter;
} sse_selection;

sse_selection *sse_selection_new(const char *filter);
void sse_selection_free(sse_selection *s);
void sse_selection_clear(sse_selection *s);
void sse_selection_add(sse_selection *s, sse_mark_of of, uint32_t record, bool from_client);

/** Is this probe or handshake in? Without a selection (NULL) all are. */
bool sse_is_selected(const sse_selection *s, sse_mark_of of, uint32_t record);
/** Which direction a filter left out, if the file has packets of both. */
sse_lost_direction sse_selection_lost(const sse_selection *s, const sse_tracker *t);

#endif
