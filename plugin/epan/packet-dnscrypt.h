/* packet-dnscrypt.h
 * What the SSE Roaming protocol uses of the DNSCrypt dissector.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PACKET_DNSCRYPT_H
#define PACKET_DNSCRYPT_H

#include "compat.h"

/** Dissects what Wireshark's ports gave to others, and shows certificates. Call
 * it for each packet that is more than the tracker's, before anything else of
 * it is shown.
 * @param frame all of the packet
 * @param seen  SSE_SEEN_ bits: as sse_observe() found them on the first pass, on
 *              later ones SSE_SEEN_CERTIFICATES where that was among them */
void dnscrypt_seen(tvbuff_t *frame, packet_info *pinfo, proto_tree *tree, unsigned seen);

/** To be called by Wireshark, from plugin.c. */
void proto_register_dnscrypt(void);
void proto_reg_handoff_dnscrypt(void);

#endif
