/* flows.h
 * On which port pairs a client sends: docs/verdict.md, "Outages", fine print. What
 * comes on another, nobody asked for: it shows no line.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_FLOWS_H
#define SSE_FLOWS_H

#include "records.h"

/** A client sent this packet. */
void sse_flow_sent(sse_tracker *t, uint32_t client, const obs_packet *p);
/** Did this client send on such a pair, or has the file nothing of it so far? Of
 * very many pairs one in some hundreds that it did not send on may be taken for its own. */
bool sse_flow_asked(const sse_tracker *t, uint32_t client, uint16_t own_port, const sse_addr *peer, uint16_t port);

#endif
