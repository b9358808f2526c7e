/* rejections.h
 * Answers of OpenDNS that the client itself rejects: its own firewall or security
 * software takes them away.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_REJECTIONS_H
#define SSE_REJECTIONS_H

#include "records.h"

/** The module falls back from 443 to 53 within this time after a probe that, for
 * it, was never answered: so late such a rejection is known. */
#define SSE_REJECTION_KNOWN (7 * SSE_SECOND)

/** Did the client reject all answers of the burst to which this answered probe
 * belongs, and go on as if there was none? By what the tracker knows so far. */
bool sse_probe_is_rejected(const sse_tracker *t, const sse_probe *p);

#endif
