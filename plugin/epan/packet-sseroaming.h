/* packet-sseroaming.h
 * What other parts of Wireshark may use of the SSE Roaming plugin: its tap.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PACKET_SSEROAMING_H
#define PACKET_SSEROAMING_H

#include "tracker.h"

/** Name of the tap and of the protocol's filter. */
#define SSEROAMING_TAP "sseroaming"
/** For reports on the whole file: nothing is ever queued to it. */
#define SSEROAMING_FILE_TAP "sseroaming_file"

/** What the tap "sseroaming" carries for each packet that takes part. Valid
 * during the call only. */
typedef struct sseroaming_tap {
    const sse_tracker *tracker; /**< records that the marks point to */
    const sse_mark *marks;      /**< what the packet is a part of */
    unsigned count;             /**< 0: a direct connection while web protection is down */
    bool from_client;           /**< sent by the client, not to it */
} sseroaming_tap;

/** To be called by Wireshark, from plugin.c. */
void proto_register_sseroaming(void);
void proto_reg_handoff_sseroaming(void);

#endif
