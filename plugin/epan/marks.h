/* marks.h
 * What a frame is a part of, as details, expert items and marks in the Info
 * column: a probe, a handshake with a gateway, a lookup of its name, and what
 * is found out about the client there. A file for each.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_MARKS_H
#define SSE_MARKS_H

#include "frame_fields.h"

/** Register the fields and expert items. Call each once. */
void sse_marks_probe_register(int proto, expert_module_t *experts);
void sse_marks_handshake_register(int proto, expert_module_t *experts);
void sse_marks_lookup_register(int proto);
void sse_marks_finding_register(int proto, expert_module_t *experts);

/** Shows one mark of the frame. What can still change is said on later passes
 * only. */
void sse_show_probe(const sse_frame_view *p, const sse_mark *mark);
void sse_show_handshake(const sse_frame_view *p, const sse_mark *mark);
void sse_show_lookup(const sse_frame_view *p, const sse_mark *mark);
/** @param alone it is the frame's only mark */
void sse_show_fact(const sse_frame_view *p, const sse_mark *mark, bool alone);

/** What the verdict says of the frame itself; on later passes only.
 * @param first the first of the report's frame_notes that is about it */
void sse_show_findings(const sse_frame_view *p, guint first);
/** A direct connection while web protection is down.
 * @param alone the frame has no mark */
void sse_show_fail_open(const sse_frame_view *p, bool alone);
/** A frame without a mark that is the first of a finding. */
void sse_show_noted(const sse_frame_view *p);

#endif
