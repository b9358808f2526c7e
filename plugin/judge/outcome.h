/* outcome.h
 * What became of one probe or handshake: the outcome tables of docs/verdict.md.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_OUTCOME_H
#define SSE_OUTCOME_H

#include "codes.h"
#include "records.h"

/** The outcome of one record as far as the clock allows: PENDING while it
 * waits. *final (may be NULL): no later packet can change it.
 * @param p the tracker's own; a copy will do of one that is not .rejected */
sse_probe_outcome sse_probe_outcome_of(const sse_tracker *t, const sse_probe *p, bool *final);
sse_swg_outcome sse_handshake_outcome_of(const sse_tracker *t, const sse_handshake *h, bool *final);

#endif
