/* origin.h
 * Who sent what came from a gateway's address: the section "Origin" of
 * docs/verdict.md.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_ORIGIN_H
#define SSE_ORIGIN_H

#include "codes.h"
#include "records.h"

/** Where the reset of a handshake came from; reasons may be NULL, else gets
 * char * that the caller frees. */
sse_origin sse_handshake_reset_origin(const sse_tracker *t, const sse_handshake *h, GPtrArray *reasons);

#endif
