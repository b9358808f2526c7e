/* verdict.h
 * From the tracker's records to the report: all of docs/verdict.md is decided in
 * this folder and nowhere else. Pure: it reads records and returns a report that
 * owns its memory. Knows no Wireshark type.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_VERDICT_H
#define SSE_VERDICT_H

#include "report_memory.h"
#include "selection.h"

/** The verdict over a file, or over a selection of it (NULL: everything).
 * Attempts whose time is over must be settled before: sse_tracker_settle().
 * @return a report to free with sse_report_free(); what single frames show is not in it
 * yet: sse_note_frames(). */
sse_report *sse_verdict(const sse_tracker *t, const sse_selection *selection);

#endif
