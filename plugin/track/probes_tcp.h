/* probes_tcp.h
 * Probes over TCP: the connections to a resolver that follow a client's probes over UDP.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_PROBES_TCP_H
#define SSE_PROBES_TCP_H

#include "records.h"

/** TCP to or from a resolver; false where it is none. dns: the message in it, or NULL */
bool sse_probe_segment(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp, const obs_dns *dns);

#endif
