/* packet-umbrella-log.h
 * The protocol "sseroaming.log": entries of the module's own logs.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PACKET_UMBRELLA_LOG_H
#define PACKET_UMBRELLA_LOG_H

/** To be called by Wireshark, from plugin.c. */
void proto_register_sseroaming_log(void);

#endif
