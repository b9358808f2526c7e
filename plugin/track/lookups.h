/* lookups.h
 * Lookups of the gateway's names: their answers teach gateways.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_LOOKUPS_H
#define SSE_LOOKUPS_H

#include "records.h"

/** A query for a gateway's name, or an answer. */
void sse_lookup_message(sse_tracker *t, const obs_packet *p, const obs_dns *dns);

/** The server of a packet answered a question: what it had answered to that receiver
 * in the file's first seconds, without a question in the file, stands. */
void sse_confirm_lookups(sse_tracker *t, const obs_packet *p);
/** Is a name one that an answer gave in place of a gateway's? In lower case */
bool sse_is_gateway_alias(const sse_tracker *t, const char *qname);

#endif
