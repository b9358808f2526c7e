/* gateways.h
 * What makes an address a gateway: docs/verdict.md, "Gateway".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_GATEWAYS_H
#define SSE_GATEWAYS_H

#include "records.h"

/** See sse_tracker_learn_gateway(). */
uint32_t sse_learn_gateway(sse_tracker *t, const sse_addr *addr, const char *name, sse_known known, uint32_t frame,
                           int64_t time);
/** The gateway that a segment goes to (destination) or comes from, by its address
 * and port; one that the preference names is made. @return its address index, or
 * SSE_NONE. */
uint32_t sse_gateway_of(sse_tracker *t, const obs_packet *p, bool destination);

#endif
