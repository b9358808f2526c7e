/* tunnels.h
 * Tunnels that die after the gateway granted them: when they are failures, and when
 * a finding: docs/verdict.md, "Web protection".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_TUNNELS_H
#define SSE_TUNNELS_H

#include "evidence.h"

/** Of the client's handshakes: a death of a tunnel that makes no run counts as
 * completed and goes to g->broken; a connection that is not used, and what is no
 * HTTP where the gateway serves HTTP, fails nothing. */
void sse_settle_sessions(sse_context *c, sse_group *g);
/** Served: the gateway answered, and where the file has its answer to CONNECT, that
 * shows it at work. index: a handshake whose outcome is settled. */
bool sse_is_served(const sse_context *c, uint32_t index);

#endif
