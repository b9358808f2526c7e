/* origin.h
 * Who sent a reset that came from a gateway's address: the section "Origin" of
 * docs/verdict.md.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_ORIGIN_H
#define SSE_ORIGIN_H

#include "report.h"

/** Where the reset of a handshake came from; reasons (sse_reason)
 * may be NULL. */
sse_origin sse_handshake_reset_origin(const sse_tracker *t, const sse_handshake *h, GArray *reasons);

#endif
