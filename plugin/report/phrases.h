/* phrases.h
 * Sentences: the rows of service/codes.h, reasons.h and advice_codes.h with the
 * numbers of a report in them, and phrases that several printers share.
 *
 * In the rows stands in braces: {0}, {1}, {2} a number of the finding or reason;
 * {ms0} the same in us as milliseconds; {ip} "IPv4" or "IPv6"; {cause} a cause's
 * code; {cause0} the words of the cause that a reason names; {address}, {other} addresses; {icmp} type and code of an ICMP error;
 * {hosts} the hosts that CONNECT asked for; {reason} the sentence of the finding's reason; {resolvers} those of the IP
 * version, {gateway_names} the names, both as the preferences say; {limits} what
 * was left out.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_PHRASES_H
#define SSE_PHRASES_H

#include "layout.h"
#include "report.h"

/** More addresses than this in a row are for nobody to read. */
#define SSE_ADDRESSES_NAMED 16
/** Nor are more rows of a table, or entries of a timeline; JSON has them. */
#define SSE_ROWS_SHOWN 64

/** Where a window sends its reader for a preference. */
#define SSE_PREFERENCES_MENU "Edit, Preferences, Protocols, SSE Roaming"
/** "-z sseroaming,json has", "the button Copy JSON gives": what is left out. */
const char *sse_json_has(void);

/** The sentence of a finding, of a reason, of an advice; "udp 443 ADDRESS" for
 * what to let through; the option that names a candidate, in a window the preference.
 * g_free() each. */
char *sse_finding_text(const sse_report *r, const sse_finding *f);
/** What the finding asks for; NULL where it asks for nothing. */
char *sse_finding_advice_text(const sse_report *r, const sse_finding *f);
char *sse_reason_text(const sse_reason *reason);
char *sse_advice_text(const sse_report *r, const sse_advice *advice);
char *sse_allow_text(const sse_allow *row);
char *sse_candidate_option(const sse_candidate_report *candidate);

/** Appends "a.example", "a.example and b.example", "a, b and c": names (char *)
 * without the dot that they may begin with. NULL is none. */
void sse_names_words(GString *out, const GPtrArray *names);
/** Appends the first two resolvers (sse_range), and whether there are others. */
void sse_resolvers_words(GString *out, const GArray *resolvers);

/** "192.168.0.1, ICMP type 3 code 13 (administratively prohibited), 6 times";
 * g_free() it. */
char *sse_icmp_words(const sse_icmp_sum *icmp);
/** What it is whose origin an outage has: what ended connections, or was said in place
 * of whom was asked: "resets", "answers". */
const char *sse_origin_subject(const sse_outage *o);
/** Where they came from, with the reasons (sse_reason): "likely a device on the
 * path: it came ...; its window ..."; g_free() it. */
char *sse_origin_words(sse_origin origin, const GArray *reasons);
/** The reply that came in place of OpenDNS's: "response code 3 (NXDOMAIN), IP TTL
 * 63, frame 9"; g_free() it. */
char *sse_fake_words(uint32_t frame, unsigned rcode, unsigned ttl);
/** Direct connections to web sites: "3 direct connections to web sites, frames 27 to
 * 30"; g_free() it. Once with them belongs the caveat. */
#define SSE_FAIL_OPEN_CAVEAT "Bypass lists of the module cannot be excluded."
char *sse_fail_open_words(uint32_t connections, uint32_t first_frame, uint32_t last_frame);
/** Appends what else reached the client: "118 DNS answers, 41 TCP opened". */
void sse_control_words(GString *out, uint32_t dns_answers, uint32_t tcp_opened);
/** The line that names the preferences that are not at their defaults. Nothing
 * where all are. */
void sse_preferences_line(GString *out, const sse_report *r);
/** Appends "frames 3, 4, 5 and 7 more". */
void sse_frames_words(GString *line, const sse_frames *frames);
/** Appends "192.0.2.1, 192.0.2.2 and 5 more": of a client's addresses the first. */
void sse_addresses_words(GString *line, const GArray *addresses);
/** Appends "answered 12, no-reply 3": each outcome that was, and how often. */
void sse_probe_outcomes_words(GString *line, const uint32_t outcomes[SSE_PROBE_OUTCOMES]);
void sse_swg_outcomes_words(GString *line, const uint32_t outcomes[SSE_SWG_OUTCOMES]);
/** Appends a gateway's name, and what it is known from since which frame. */
void sse_gateway_known_words(GString *line, const sse_gateway_report *g);

/** The answers to CONNECT that are not 2xx: "502 (3 times: frames 44, 56, 66)";
 * g_free() it. NULL where there were none. */
char *sse_connect_words(const sse_client_report *c);
/** What the reader must know before the first verdict: one direction only, in
 * the file or because of the filter; the filter itself. */
void sse_preamble(GString *out, const sse_report *report);

/** Room for the text of any reply times. */
#define SSE_RTT_TEXT (3 * SSE_MILLISECONDS_TEXT)
/** "18.3/20.0/31.7": the shortest, average and longest reply time in ms; "-" for none.
 * @return out */
const char *sse_rtt_text(const sse_rtt *rtt, char out[SSE_RTT_TEXT]);

#endif
