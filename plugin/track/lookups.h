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

#endif
