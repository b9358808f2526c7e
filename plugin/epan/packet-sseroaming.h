/* packet-sseroaming.h
 * What other parts of Wireshark may use of the SSE Roaming plugin: its tap.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PACKET_SSEROAMING_H
#define PACKET_SSEROAMING_H

#include "compat.h"
#include "dns_message.h"
#include "tracker.h"
#include "verdict.h"

/** Name of the tap and of the protocol's filter. */
#define SSEROAMING_TAP "sseroaming"

/** What the tap "sseroaming" carries for each packet that takes part. Valid
 * during the call only. */
typedef struct sseroaming_tap {
    const sse_tracker *tracker; /**< records that the marks point to */
    const sse_mark *marks;      /**< what the packet is a part of */
    unsigned count;             /**< 0: a direct connection while web protection is down */
    bool from_client;           /**< sent by the client, not to it */
} sseroaming_tap;

/** The tracker of the file that is open; NULL where none is. It lives until
 * the file is closed or dissected anew. */
sse_tracker *sseroaming_tracker(void);

/** The names that are in force for it; NULL where none is open. */
const sse_names *sseroaming_names(void);

/** The verdict over the file as far as it is read, without a filter; NULL where
 * none is open. It lives until the next packet is dissected for the first
 * time. */
const sse_report *sseroaming_report(void);

/** Whether the protocol is switched on (Analyze, Enabled Protocols). */
bool sseroaming_is_enabled(void);

/** Is the packet one with a resolver's port 53 or 443? Says false where the
 * protocol is off.
 * @param server gets the resolver; to_server whether it is sent to it */
bool sseroaming_resolver(const packet_info *pinfo, sse_addr *server, bool *to_server);

/** To be called by Wireshark, from plugin.c. */
void proto_register_sseroaming(void);
void proto_reg_handoff_sseroaming(void);

#endif
