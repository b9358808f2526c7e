/* timeline.h
 * The timeline of states; it and what else stands on frames as these are looked up.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_JUDGE_TIMELINE_H
#define SSE_JUDGE_TIMELINE_H

#include "report.h"

/** Puts the changes in order of time. */
void sse_sort_timeline(sse_client_report *r);
/** What a report says of single frames: states, frame_notes and fail_open, to be looked
 * up by frame. sse_verdict() leaves it out: only who shows packets asks for it. */
void sse_note_frames(sse_report *r);

#endif
