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
#include "dns_message.h"

/** Dissects a UDP payload from or to a resolver that is no DNS message.
 * @return 0 where it is not DNSCrypt either, or the protocol is off. */
int dnscrypt_dissect_udp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const sse_addr *server, bool to_server);

/** Shows, and learns from, the certificates in a DNS message that "dns" has
 * dissected already. */
void dnscrypt_show_certificates(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, sse_dns_message *m);

/** This TCP connection with a resolver may carry DNSCrypt: have its next
 * segments looked at before Wireshark goes by the port. */
void dnscrypt_expect_tcp(packet_info *pinfo);

/** To be called by Wireshark, from plugin.c. */
void proto_register_dnscrypt(void);
void proto_reg_handoff_dnscrypt(void);

#endif
