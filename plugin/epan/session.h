/* session.h
 * What is known of the file that is open: the settings in force for it, the
 * tracker with its records, which addresses matter, the client magics of
 * DNSCrypt, and the verdict of the moment. It begins with the first packet and
 * ends when the file is closed or dissected anew.
 *
 * The order of this folder, each file includes only those before it:
 *   ip_layers, address_filter, preferences, second_pass, session, observe,
 *   frame_fields, message_fields, marks_*, client_filter,
 *   packet-dnscrypt, packet-umbrella-log, packet-sseroaming,
 *   tap-rows, tap-text, tap-tables, tap-tree, tap-format, tap-window, tap-report,
 *   tap-menu.
 * plugin.c registers the dissectors and the taps.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_SESSION_H
#define SSE_SESSION_H

#include "address_filter.h"
#include "dnscrypt.h"
#include "preferences.h"
#include "tracker.h"
#include "verdict.h"

/** All of it is the session's own. */
typedef struct sse_open_file {
    bool enabled;                    /**< sse_session_is_enabled() as the file was opened: switching dissects anew */
    sse_settings *settings;
    sse_tracker  *tracker;
    sse_address_filter filter;
    sse_dnscrypt_magics *magics;     /**< client magics that certificates announced */
    GArray *certificate_frames;      /**< uint32_t, in order: DNS replies about a DNSCrypt provider */
    int64_t newest_dnscrypt;         /**< sse_packet_time() of the newest DNSCrypt packet; INT64_MIN before it */
    sse_report *report;              /**< see sse_session_report() */
    uint32_t report_generation, report_frames;
} sse_open_file;

/** Has a session begin and end with each file. Call it once, while protocols
 * register.
 * @param proto the protocol that switches all of the plugin's verdicts off */
void sse_session_register(int proto);

/** The file that is open; NULL where none is. It lives until the file is closed
 * or dissected anew. */
sse_open_file *sse_session_file(void);
/** Its tracker; NULL where no file is open. */
sse_tracker *sse_session_tracker(void);

/** The verdict over the file as far as it is read, without a filter; NULL where
 * none is open. It lives until the next packet is dissected for the first
 * time. Drawing it settles the tracker, which may move its marks. */
const sse_report *sse_session_report(void);

/** Whether the protocol is switched on (Analyze, Enabled Protocols). */
bool sse_session_is_enabled(void);

/** Is the packet one with a resolver's port 53 or 443? Says false where the
 * protocol is off.
 * @param server gets the resolver; to_server whether it is sent to it */
bool sse_session_resolver(const packet_info *pinfo, sse_addr *server, bool *to_server);

#endif
