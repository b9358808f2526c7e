/* timeline.h
 * The timeline of states as frames are looked up in it.
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
/** Makes the states of a client from its timeline. */
void sse_make_states(sse_client_report *r);
/** Makes the notes on frames: findings and changes, sorted by frame. */
void sse_note_frames(sse_report *r);

#endif
