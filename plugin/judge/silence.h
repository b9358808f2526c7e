/* silence.h
 * A module of which nothing is heard any more while its client goes on.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_JUDGE_SILENCE_H
#define SSE_JUDGE_SILENCE_H

#include "evidence.h"

/** Limits the confidence of a service that is protected by old evidence alone; the
 * client's timeline must be whole. Never under a filter: what it left out is no silence. */
void sse_find_silence(const sse_context *c, sse_group *g);

#endif
