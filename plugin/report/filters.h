/* filters.h
 * The filters that show a service's packets.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_FILTERS_H
#define SSE_FILTERS_H

#include "report.h"

/** The display filter that shows a service's packets, and the libpcap filter
 * (pcap-filter(7)) to record them again. @return g_free() it; NULL without. */
char *sse_service_filter(const sse_client_report *client, const sse_service_report *service);
char *sse_service_capture_filter(const sse_client_report *client, const sse_service_report *service);
/** The same of some of the peers (sse_addr): those of an outage. */
char *sse_peers_filter(const sse_client_report *client, sse_service service, const GArray *peers);
char *sse_peers_capture_filter(const sse_client_report *client, sse_service service, const GArray *peers);
/** Appends what tells a client from others with its address, " && eth.addr == ... &&
 * vlan.id == ...": nothing where there are none. */
void sse_append_adapter_filter(GString *out, const sse_client_report *client);
/** The display filter of frames: "frame.number in {3, 4}"; g_free() it. NULL of none. */
char *sse_frames_filter(const sse_frames *frames);

#endif
