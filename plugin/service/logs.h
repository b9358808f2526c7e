/* logs.h
 * The module's services, as the event log and so Umbrella.txt of a DART bundle
 * name them: csc_ of Cisco Secure Client, ac of AnyConnect before it. Other
 * logs of the bundle have the same form. Source: plugin/docs/domain.md, "Log
 * formats".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_LOGS_H
#define SSE_LOGS_H

/** For an array of char *. */
#define SSE_LOG_SOURCES "csc_swgagent", "acswgagent", "csc_umbrellaagent"

#endif
