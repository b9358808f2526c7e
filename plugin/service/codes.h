/* codes.h
 * Every code of the public contract, one row each: outcomes, states, causes,
 * findings, origins. Filters, scripts and the JSON use the codes: they never
 * change. Enums, fields, expert items, value strings and sentences are all made
 * from these rows; a row that lacks a part does not compile.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_CODES_H
#define SSE_CODES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "advice_codes.h"

/* A column of these tables:
 *   NAME      of the enum's member, behind its prefix
 *   id        the same in lower case: in names of variables and of filters
 *   "code"    as it is printed; the id with hyphens
 *   GROUP     of the expert item: one of Wireshark's PI_ groups
 *   SEVERITY  of the expert item and of the finding: one of Wireshark's PI_ severities
 *   "expert"  the expert item's text, constant: -z expert groups by it
 *   "words"   as a person says it, in a report
 *   "sentence" what a report says, with its numbers: see report/phrases.h for
 *             what stands in braces
 * The order of the rows gives the numbers, which are the values of the fields:
 * new rows go to the end. */

/* ---- probes ---- */

/** Outcomes of probes: QUIET(NAME, id, "code"); FAILED(NAME, id, "code", CAUSE
 * of a port that fails so, GROUP, SEVERITY, "expert"). */
#define SSE_PROBE_OUTCOME_ROWS(QUIET, FAILED) \
    QUIET(PENDING, pending, "pending") \
    QUIET(ANSWERED, answered, "answered") \
    FAILED(NO_REPLY, no_reply, "no-reply", NO_REPLY, SEQUENCE, WARN, \
           "DNS probe: no reply from the resolver") \
    FAILED(LATE, late, "late", LATE, SEQUENCE, WARN, \
           "DNS probe: the reply came too late") \
    FAILED(INTERCEPTED, intercepted, "intercepted", INTERCEPTED, RESPONSE_CODE, WARN, \
           "DNS probe: answered, but not by OpenDNS") \
    FAILED(REFUSED, refused, "refused", REFUSED, RESPONSE_CODE, WARN, \
           "DNS probe: refused with an error") \
    FAILED(COURT_ORDER, court_order, "court-order", COURT_ORDER, RESPONSE_CODE, WARN, \
           "DNS probe: OpenDNS does not serve this place (court order)") \
    FAILED(ICMP, icmp_unreachable, "icmp-unreachable", ICMP_UNREACHABLE, RESPONSE_CODE, WARN, \
           "DNS probe: rejected by an ICMP error") \
    FAILED(RESET, reset, "reset", RESET, SEQUENCE, WARN, \
           "DNS probe over TCP: reset") \
    FAILED(REJECTED, rejected_by_client, "rejected-by-client", REJECTED_BY_CLIENT, SECURITY, WARN, \
           "DNS probe: the client itself rejected the answer")

/* ---- handshakes ---- */

/** Outcomes of handshakes with a gateway; columns as above. */
#define SSE_SWG_OUTCOME_ROWS(QUIET, FAILED) \
    QUIET(PENDING, pending, "pending") \
    QUIET(COMPLETED, completed, "completed") \
    QUIET(OPENED, opened, "opened") \
    FAILED(NO_REPLY, no_reply, "no-reply", NO_REPLY, SEQUENCE, WARN, \
           "Gateway handshake: no reply to the SYN") \
    FAILED(RESET, reset, "reset", RESET, SEQUENCE, WARN, \
           "Gateway handshake: reset") \
    FAILED(ICMP, icmp_unreachable, "icmp-unreachable", ICMP_UNREACHABLE, RESPONSE_CODE, WARN, \
           "Gateway handshake: rejected by an ICMP error") \
    FAILED(SESSION_RESET, session_reset, "session-reset", SESSION_RESET, SEQUENCE, WARN, \
           "Gateway session: reset before any data of the gateway") \
    FAILED(SESSION_CLOSED, session_closed, "session-closed", SESSION_CLOSED, SEQUENCE, WARN, \
           "Gateway session: closed before any data of the gateway") \
    FAILED(SESSION_STALLED, session_stalled, "session-stalled", SESSION_STALLED, SEQUENCE, WARN, \
           "Gateway session: the first data is never acknowledged") \
    FAILED(SESSION_SILENT, session_silent, "session-silent", SESSION_SILENT, SEQUENCE, WARN, \
           "Gateway session: the first data is never answered") \
    FAILED(SESSION_FOREIGN, session_foreign, "session-foreign", SESSION_FOREIGN, PROTOCOL, WARN, \
           "Gateway session: the answer to the proxy request is no HTTP") \
    FAILED(SESSION_INTERCEPTED, session_intercepted, "session-intercepted", SESSION_INTERCEPTED, SECURITY, WARN, \
           "Gateway session: answered by a device on the path") \
    FAILED(TUNNEL_RESET, tunnel_reset, "tunnel-reset", TUNNEL_RESET, SEQUENCE, WARN, \
           "Gateway tunnel: reset on the client's first data") \
    FAILED(TUNNEL_CLOSED, tunnel_closed, "tunnel-closed", TUNNEL_CLOSED, SEQUENCE, WARN, \
           "Gateway tunnel: closed on the client's first data") \
    FAILED(TUNNEL_STALLED, tunnel_stalled, "tunnel-stalled", TUNNEL_STALLED, SEQUENCE, WARN, \
           "Gateway tunnel: the client's first data is never acknowledged") \
    FAILED(TUNNEL_SILENT, tunnel_silent, "tunnel-silent", TUNNEL_SILENT, SEQUENCE, WARN, \
           "Gateway tunnel: the client's first data is never answered")

/* ---- states ---- */

/** Verdicts of both services, in one enum so that they share tables:
 * ROW(NAME, id, "code", badness, "words"). Worse is larger, and an outage of
 * either service as bad as one of the other. */
#define SSE_STATE_ROWS(ROW) \
    ROW(NOT_OBSERVED, not_observed, "not-observed", 0, "Not observed") \
    ROW(PROTECTED, protected, "protected", 1, "Protected") \
    ROW(INCONCLUSIVE, inconclusive, "inconclusive", 2, "Inconclusive") \
    ROW(UNPROTECTED, unprotected, "unprotected", 3, "Unprotected") \
    ROW(CLOUD_SERVICE_UNAVAILABLE, cloud_service_unavailable, "cloud-service-unavailable", 3, "Cloud service unavailable")

/** Changes of a service's state, on the packet that makes them: ROW(NAME, id,
 * "filter" below sseroaming.expert, GROUP, SEVERITY, "expert"). */
#define SSE_CHANGE_ROWS(ROW) \
    ROW(DNS_LOST, dns_lost, "dns.lost", SECURITY, ERROR, "DNS protection is lost") \
    ROW(DNS_GAINED, dns_gained, "dns.gained", SECURITY, CHAT, "DNS protection works") \
    ROW(WEB_LOST, web_lost, "web.lost", SECURITY, ERROR, "Web protection is lost: cloud service unavailable") \
    ROW(WEB_GAINED, web_gained, "web.gained", SECURITY, CHAT, "Web protection works")

/* ---- causes ---- */

/** Why a port or service is down: ROW(NAME, id, "code", rank among DNS's causes,
 * rank among the web's, "words"). Of causes that occur as often the one with
 * the smaller rank is named; 0: that service does not have it. */
#define SSE_CAUSE_ROWS(ROW) \
    ROW(COURT_ORDER, court_order, "court-order", 1, 0, "refused by OpenDNS because of a court order") \
    ROW(INTERCEPTED, intercepted, "intercepted", 2, 0, "intercepted") \
    ROW(REFUSED, refused, "refused", 3, 0, "refused") \
    ROW(ICMP_UNREACHABLE, icmp_unreachable, "icmp-unreachable", 4, 2, "rejected by ICMP") \
    ROW(LATE, late, "late", 6, 0, "answers come too late") \
    ROW(NO_REPLY, no_reply, "no-reply", 7, 13, "no reply") \
    ROW(RESET, reset, "reset", 0, 1, "reset") \
    ROW(SESSION_RESET, session_reset, "session-reset", 0, 5, "reset after it opened") \
    ROW(SESSION_CLOSED, session_closed, "session-closed", 0, 6, "closed after it opened") \
    ROW(SESSION_STALLED, session_stalled, "session-stalled", 0, 9, "data never acknowledged") \
    ROW(SESSION_SILENT, session_silent, "session-silent", 0, 11, "data never answered") \
    ROW(PROXY_ERROR, proxy_error, "proxy-error", 0, 14, "the gateway answers with errors") \
    ROW(NAME_NOT_RESOLVED, name_not_resolved, "name-not-resolved", 0, 15, "the gateway's name does not resolve") \
    ROW(PROTECTED_NETWORK, protected_network, "protected-network", 8, 0, "protected network or Virtual Appliance") \
    ROW(NO_CONNECTIVITY, no_connectivity, "no-connectivity", 9, 16, "no connectivity at all") \
    ROW(SESSION_INTERCEPTED, session_intercepted, "session-intercepted", 0, 3, "answered by a device on the path") \
    ROW(SESSION_FOREIGN, session_foreign, "session-foreign", 0, 4, "answered with something that is no HTTP") \
    ROW(TUNNEL_RESET, tunnel_reset, "tunnel-reset", 0, 7, "tunnels reset on their first data") \
    ROW(TUNNEL_CLOSED, tunnel_closed, "tunnel-closed", 0, 8, "tunnels closed on their first data") \
    ROW(TUNNEL_STALLED, tunnel_stalled, "tunnel-stalled", 0, 10, "data in tunnels never acknowledged") \
    ROW(TUNNEL_SILENT, tunnel_silent, "tunnel-silent", 0, 12, "data in tunnels never answered") \
    ROW(NAME_MISDIRECTED, name_misdirected, "name-misdirected", 0, 17, "the gateway's name is answered with a false address") \
    ROW(REJECTED_BY_CLIENT, rejected_by_client, "rejected-by-client", 5, 0, "answers rejected by the client itself")

/* ---- findings ---- */

/** Facts worth saying that decide nothing: CLIENT(NAME, id, "code", SERVICE that
 * it is about, NETWORK for no one alone, GROUP, SEVERITY, ADVICE of
 * advice_codes.h, or NONE, "expert", "sentence"); CAPTURE() the same of the
 * whole file. A finding that asks for something is a warning; the rule may say
 * that it asks for nothing in this file (judge/findings.c). */
#define SSE_FINDING_ROWS(CLIENT, CAPTURE) \
    CLIENT(ENCRYPTED_PORT_BLOCKED, encrypted_port_blocked, "encrypted-port-blocked", DNS, SEQUENCE, WARN, ALLOW_UDP_443, \
           "UDP 443 to the resolvers is down, port 53 answers", \
           "{ip}: probes to UDP 443 fail ({cause}), port 53 answers: DNS is protected but not encrypted.") \
    CLIENT(PORT_53_BLOCKED, port_53_blocked, "port-53-blocked", DNS, SEQUENCE, NOTE, NONE, \
           "Port 53 to the resolvers is down, UDP 443 answers", \
           "{ip}: probes to port 53 fail ({cause}); UDP 443 answers, so DNS is protected.") \
    CLIENT(PORT_53_INTERCEPTED, port_53_intercepted, "port-53-intercepted", DNS, SECURITY, WARN, EXEMPT_RESOLVERS, \
           "Port 53 to the resolvers is intercepted, UDP 443 answers", \
           "{ip}: port 53 is answered by something other than OpenDNS{reason}.") \
    CLIENT(RESOLVER_UNREACHABLE, resolver_unreachable, "resolver-unreachable", DNS, SEQUENCE, WARN, ALLOW_RESOLVER_TOO, \
           "One resolver does not answer while another does", \
           "The newest probes to {address} were not answered while another resolver answers.") \
    CLIENT(PROBE_LOSS, probe_loss, "probe-loss", DNS, SEQUENCE, NOTE, PACKET_LOSS, \
           "Failed probes outside an outage", \
           "{0} of {1} probes failed beside those that were answered.") \
    CLIENT(TCP_ONLY, tcp_only, "tcp-only", DNS, SEQUENCE, WARN, ALLOW_UDP, \
           "Resolvers answer over TCP, not over UDP", \
           "The resolvers answer over TCP but not over UDP; only UDP protects.") \
    CLIENT(NOT_IDENTIFIED, not_identified, "not-identified", DNS, SEQUENCE, WARN, CHECK_REGISTRATION, \
           "The query carried an identity, the reply has none", \
           "The query carried the device's identity, the reply names neither device nor organisation: OpenDNS does not " \
           "know this client.") \
    CLIENT(ANSWERED_VIA_FORWARDER, answered_via_forwarder, "answered-via-forwarder", DNS, SEQUENCE, WARN, EXEMPT_RESOLVERS, \
           "Port 53 looks answered by a forwarder", \
           "{ip}: port 53 is answered {reason}: a forwarder on the path may ask in the client's place.") \
    CLIENT(CONFLICTING_REPLIES, conflicting_replies, "conflicting-replies", DNS, SECURITY, NOTE, NONE, \
           "Two replies that say different things", \
           "Two replies to one probe say different things: one of them is forged.") \
    CLIENT(FORGED_REPLY, forged_reply, "forged-reply", DNS, SECURITY, NOTE, NONE, \
           "Reply with the wrong port, id or question", \
           "Replies from a resolver's address with the wrong port, id or question, or that nobody asked for: not counted.") \
    CLIENT(RESET_ON_PATH, reset_on_path, "reset-on-path", WEB, SEQUENCE, WARN, RESET_ON_PATH, \
           "Reset that a device on the path likely sent", \
           "Connections to the gateway are reset by a device on the path, not by the gateway.") \
    CLIENT(GATEWAY_UNREACHABLE, gateway_unreachable, "gateway-unreachable", WEB, SEQUENCE, WARN, ALLOW_WEB, \
           "One gateway fails while another works", \
           "No connection to the gateway {address} port {0} opened; another gateway serves.") \
    CLIENT(GATEWAY_PARTLY_FAILING, gateway_partly_failing, "gateway-partly-failing", WEB, SEQUENCE, WARN, SOME_FAIL, \
           "Some connections to the gateway fail", \
           "{0} of {1} connections to the gateway failed, the others work.") \
    CLIENT(SLOW_HANDSHAKE, slow_handshake, "slow-handshake", WEB, SEQUENCE, WARN, SLOW, \
           "Gateway handshake took more than 3 s", \
           "Connections to the gateway took more than 3 s to open.") \
    CLIENT(PATH_MTU, path_mtu, "path-mtu", WEB, SEQUENCE, WARN, PATH_MTU, \
           "Large segments do not get through", \
           "Large segments {reason}: the path MTU is smaller than the sender believes.") \
    CLIENT(PROXY_DENIED, proxy_denied, "proxy-denied", WEB, SEQUENCE, NOTE, ALL_DENIED, \
           "The gateway denied a CONNECT", \
           "The gateway answered {0} of {1} CONNECTs with 403: {reason}.") \
    CLIENT(PROXY_ERROR, proxy_error, "proxy-error", WEB, SEQUENCE, NOTE, SITES_FAIL, \
           "The gateway answered a CONNECT with an error", \
           "{0} of {1} CONNECTs were answered with an error (407 or 5xx), to {hosts}: these sites, or the way to them.") \
    CLIENT(CAPTIVE_PORTAL, captive_portal, "captive-portal", NETWORK, SECURITY, NOTE, SIGN_IN, \
           "A captive portal answered a connectivity test", \
           "A connectivity test was redirected or answered with a foreign page: a captive portal.") \
    CLIENT(CERTIFICATE_EXPIRED, certificate_expired, "certificate-expired", DNS, SEQUENCE, WARN, CHECK_CLOCK, \
           "DNSCrypt certificate outside its dates", \
           "The resolver's DNSCrypt certificate is outside its dates: an old answer that is played again, or the clock of " \
           "the capture is wrong.") \
    CLIENT(DNSCRYPT_UNANSWERED, dnscrypt_unanswered, "dnscrypt-unanswered", DNS, SEQUENCE, NOTE, DNSCRYPT_INSPECTED, \
           "DNSCrypt queries without reply", \
           "{0} of {1} DNSCrypt queries were not answered in time{reason}.") \
    CLIENT(IPV6_NO_CONNECTIVITY, ipv6_no_connectivity, "ipv6-no-connectivity", DNS, SEQUENCE, NOTE, NONE, \
           "IPv6 probes do not count: no IPv6 connectivity", \
           "The IPv6 probes do not count: no IPv6 packet from a global address reaches the client.") \
    CLIENT(QUIC_DIRECT, quic_direct, "quic-direct", WEB, SECURITY, NOTE, NONE, \
           "QUIC goes past web protection", \
           "QUIC goes directly to public addresses: the module does not carry it.") \
    CLIENT(NAT_SEEN, nat_seen, "nat-seen", NETWORK, SEQUENCE, NOTE, NONE, \
           "The capture holds both sides of a NAT", \
           "The same probes are seen on both sides of a NAT{reason}.") \
    CLIENT(NETWORK_CHANGED, network_changed, "network-changed", NETWORK, SEQUENCE, NOTE, NONE, \
           "The client changed networks", \
           "The client changed networks, last from {address} to {other}: older evidence decides nothing.") \
    CLIENT(NO_CONTROL_TRAFFIC, no_control_traffic, "no-control-traffic", NETWORK, ASSUMPTION, NOTE, NONE, \
           "No other traffic of the client to compare with", \
           "The client tried nothing else meanwhile: a block cannot be told from a dead link.") \
    CLIENT(STATE_FLAPPED, state_flapped, "state-flapped", NETWORK, SEQUENCE, WARN, FLAPPING, \
           "Protection comes and goes", \
           "{reason} protection changed its state {0} times.") \
    CAPTURE(ONE_WAY_CAPTURE, one_way_capture, "one-way-capture", NETWORK, ASSUMPTION, NOTE, NONE, \
            "The capture holds no packet towards the client", \
            "{reason}.") \
    CAPTURE(LATE_START, late_start, "late-start", NETWORK, ASSUMPTION, NOTE, NONE, \
            "The capture began in the middle", \
            "The capture began in the middle: replies or gateway data without their beginning.") \
    CAPTURE(CUT_PACKETS, cut_packets, "cut-packets", NETWORK, ASSUMPTION, NOTE, NONE, \
            "The snap length cut packets of the module", \
            "Packets of the module are cut by the snap length: capture whole packets.") \
    CAPTURE(CLOCK_JUMP, clock_jump, "clock-jump", NETWORK, ASSUMPTION, NOTE, NONE, \
            "The capture's clock jumped", \
            "The clock of the capture stepped back: what waited for an answer stays open.") \
    CAPTURE(TIMESTAMPS_UNUSABLE, timestamps_unusable, "timestamps-unusable", NETWORK, ASSUMPTION, NOTE, NONE, \
            "The capture's timestamps are all equal", \
            "All packets carry the same time: nothing can be said about waiting.") \
    CAPTURE(LOCAL_PROBE, local_probe, "local-probe", DNS, SEQUENCE, NOTE, NONE, \
            "Probe to a local DNS server", \
            "Probes to other servers than OpenDNS's resolvers: the module tests local resolvers for a Virtual Appliance or " \
            "protected network; they do not count.") \
    CAPTURE(GATEWAY_SUSPICIOUS, gateway_suspicious, "gateway-suspicious", WEB, SECURITY, NOTE, NONE, \
            "DNS answer names an address that no gateway has", \
            "An answer for a gateway's name holds an address that no gateway has (private, resolver, block page): not learnt.") \
    CAPTURE(LIMIT_REACHED, limit_reached, "limit-reached", NETWORK, ASSUMPTION, NOTE, NONE, \
            "A limit of the plugin was reached", \
            "A limit of the plugin was reached. Left out: {limits}.") \
    CLIENT(OTHER_ORGANISATION, other_organisation, "other-organisation", DNS, SEQUENCE, WARN, OTHER_ORGANISATION, \
           "The reply names another organisation than the query", \
           "The reply names another organisation than the query carried: that one's policy applies, not the client's own.") \
    CLIENT(EDNS_DROPPED, edns_dropped, "edns-dropped", DNS, SEQUENCE, WARN, EDNS_DROPPED, \
           "Queries with an identity option are lost, plain ones are answered", \
           "{ip}: none of {0} queries to port {1} that carried an identity in an EDNS option was answered, while plain probes " \
           "are: something on the path drops them.") \
    CLIENT(CERTIFICATE_NOT_YET_VALID, certificate_not_yet_valid, "certificate-not-yet-valid", DNS, SEQUENCE, WARN, CLOCK_BEHIND, \
           "DNSCrypt certificate that is not valid yet", \
           "The resolver's DNSCrypt certificate is not valid yet at the time of the capture.") \
    CLIENT(ANSWERED_NEARBY, answered_nearby, "answered-nearby", WEB, SECURITY, NOTE, PROXY_NEARBY, \
           "Connections to the gateway are opened by a device next door", \
           "{0} of {1} connections to the gateway were opened by a device next door{reason}.") \
    CLIENT(TUNNEL_BROKEN, tunnel_broken, "tunnel-broken", WEB, SEQUENCE, NOTE, TUNNELS_DIE, \
           "A tunnel died before any data", \
           "{0} of {1} tunnels that the gateway granted died before any data came, to {hosts}.") \
    CLIENT(SLOW_ANSWER, slow_answer, "slow-answer", WEB, SEQUENCE, WARN, SLOW_ANSWERS, \
           "CONNECT was answered after more than 5 s", \
           "{0} of {1} CONNECTs were answered after more than 5 s, to {hosts}.") \
    CLIENT(PATH_TOOL, path_tool, "path-tool", NETWORK, SEQUENCE, NOTE, NONE, \
           "A path tool's packet (traceroute, mtr)", \
           "A path tool (traceroute, tcptraceroute, mtr) sent packets to a resolver or gateway: they count nowhere.") \
    CLIENT(NAME_FAILED, name_failed, "name-failed", WEB, SEQUENCE, WARN, UNUSED_NAME, \
           "A gateway's name fails while one known by another name serves", \
           "{0} of {1} lookups of a gateway's name failed ({hosts}), while a gateway that is known by another name serves.") \
    CAPTURE(OTHER_RESOLVER, other_resolver, "other-resolver", DNS, SEQUENCE, NOTE, NONE, \
            "A probe's name was asked for at an address that is not among the resolvers", \
            "A probe's name was asked for at {address}, which is not among the resolvers: if it is one, {add_resolver}.") \
    CLIENT(CLOCKS_DIFFER, clocks_differ, "clocks-differ", NETWORK, ASSUMPTION, NOTE, NONE, \
           "Answers are stamped before what they answer", \
           "{0} of {1} answers are stamped before what they answer, by {ms2} ms in the median: two capture clocks. No time " \
           "of the file tells who answered.") \
    CLIENT(MODULE_SILENT, module_silent, "module-silent", NETWORK, SEQUENCE, WARN, MODULE_SILENT, \
           "Nothing of the module any more while its client goes on", \
           "Nothing of the module is heard any more: {reason}. It has stopped, or stood back for a VPN or a trusted network.") \
    CLIENT(DEVICE_ID_SHARED, device_id_shared, "device-id-shared", NETWORK, SEQUENCE, WARN, DEVICE_ID_SHARED, \
           "One device id is sent by several addresses at the same time", \
           "One device id is sent by {0} addresses at the same time, {address} and {other} among them: {reason}.") \
    CLIENT(ADDRESS_SHARED, address_shared, "address-shared", NETWORK, SEQUENCE, WARN, ADDRESS_SHARED, \
           "Several machines use one address", \
           "Several machines use {address} at the same time: {reason}.") \
    CLIENT(REJECTED_BY_CLIENT, rejected_by_client, "rejected-by-client", DNS, SECURITY, WARN, HOST_REJECTS, \
           "The client itself rejects OpenDNS's answers", \
           "OpenDNS answered {1} probes in time, and {0} of these answers the client itself rejected with ICMP port " \
           "unreachable.")

/* ---- small ones: ROW(NAME, id, "code", "words") ---- */

/** Who sent what came from a gateway's or resolver's address. */
#define SSE_ORIGIN_ROWS(ROW) \
    ROW(UNKNOWN, unknown, "unknown", "unknown") \
    ROW(ON_PATH, on_path_device, "on-path-device", "likely a device on the path") \
    ROW(GATEWAY, gateway, "gateway", "likely the gateway itself") \
    ROW(RESOLVER, resolver, "resolver", "likely the resolver itself")

/** How a gateway's address is known. */
#define SSE_KNOWN_ROWS(ROW) \
    ROW(DNS, dns, "dns", "learnt from DNS") \
    ROW(HOSTS, hosts, "hosts", "from the names that Wireshark knows") \
    ROW(PREFERENCE, preference, "preference", "from the preference sseroaming.gateways") \
    ROW(BUILTIN, builtin, "builtin", "known from: builtin") \
    ROW(LOG, log, "log", "learnt from the client's log") \
    ROW(NOT, unknown, "unknown", "known from: unknown")

/** Of what an entry of a timeline is. */
#define SSE_SERVICE_ROWS(ROW) \
    ROW(DNS, dns, "dns", "DNS") \
    ROW(WEB, web, "web", "Web") \
    ROW(NETWORK, network, "network", "Network")

/** What ended an outage inside the file. */
#define SSE_ENDED_ROWS(ROW) \
    ROW(PROOF, proof, "proof", "it works again") \
    ROW(NETWORK_CHANGED, network_changed, "network-changed", "the client changed networks")

#define SSE_PORT_STATE_ROWS(ROW) \
    ROW(UNTESTED, untested, "untested", "untested") \
    ROW(UP, up, "up", "up") \
    ROW(DOWN, down, "down", "down")

#define SSE_ENCRYPTION_ROWS(ROW) \
    ROW(UNKNOWN, unknown, "unknown", "unknown") \
    ROW(ENCRYPTED, encrypted, "encrypted", "DNS is encrypted (DNSCrypt)") \
    ROW(AVAILABLE, available, "available", "available, UDP 443 is up") \
    ROW(UNAVAILABLE, unavailable, "unavailable", "unavailable, encrypted queries get no answer")

#define SSE_CONFIDENCE_ROWS(ROW) \
    ROW(HIGH, high, "high", "high") \
    ROW(LIMITED, limited, "limited", "limited")

/* ---- the enums ---- */

#define SSE_CODE_PROBE(NAME, ...)      SSE_PROBE_##NAME,
#define SSE_CODE_SWG(NAME, ...)        SSE_SWG_##NAME,
#define SSE_CODE_STATE(NAME, ...)      SSE_##NAME,
#define SSE_CODE_CHANGE(NAME, ...)     SSE_CHANGE_##NAME,
#define SSE_CODE_CAUSE(NAME, ...)      SSE_CAUSE_##NAME,
#define SSE_CODE_FINDING(NAME, ...)    SSE_FIND_##NAME,
#define SSE_CODE_ORIGIN(NAME, ...)     SSE_ORIGIN_##NAME,
#define SSE_CODE_KNOWN(NAME, ...)      SSE_KNOWN_##NAME,
#define SSE_CODE_SERVICE(NAME, ...)    SSE_SERVICE_##NAME,
#define SSE_CODE_ENDED(NAME, ...)      SSE_ENDED_##NAME,
#define SSE_CODE_PORT(NAME, ...)       SSE_PORT_##NAME,
#define SSE_CODE_ENCRYPTION(NAME, ...) SSE_ENC_##NAME,
#define SSE_CODE_CONFIDENCE(NAME, ...) SSE_CONFIDENCE_##NAME,

/** The numbers are the values of the fields sseroaming.probe.outcome,
 * sseroaming.swg.outcome, sseroaming.dns.state, sseroaming.finding, ... */
typedef enum { SSE_PROBE_OUTCOME_ROWS(SSE_CODE_PROBE, SSE_CODE_PROBE) SSE_PROBE_OUTCOMES } sse_probe_outcome;
typedef enum { SSE_SWG_OUTCOME_ROWS(SSE_CODE_SWG, SSE_CODE_SWG) SSE_SWG_OUTCOMES } sse_swg_outcome;
typedef enum { SSE_STATE_ROWS(SSE_CODE_STATE) SSE_STATES } sse_state;
typedef enum { SSE_CHANGE_ROWS(SSE_CODE_CHANGE) SSE_CHANGES } sse_change_code;
typedef enum { SSE_CAUSE_NONE = 0, SSE_CAUSE_ROWS(SSE_CODE_CAUSE) SSE_CAUSES } sse_cause;
typedef enum { SSE_FINDING_ROWS(SSE_CODE_FINDING, SSE_CODE_FINDING) SSE_FINDINGS } sse_finding_code;
typedef enum { SSE_ORIGIN_NONE = 0, SSE_ORIGIN_ROWS(SSE_CODE_ORIGIN) SSE_ORIGINS } sse_origin;
typedef enum { SSE_KNOWN_ROWS(SSE_CODE_KNOWN) SSE_KNOWNS } sse_known;
typedef enum { SSE_SERVICE_ROWS(SSE_CODE_SERVICE) SSE_SERVICES } sse_service;
typedef enum { SSE_ENDED_NONE = 0, SSE_ENDED_ROWS(SSE_CODE_ENDED) SSE_ENDEDS } sse_ended;
typedef enum { SSE_PORT_STATE_ROWS(SSE_CODE_PORT) SSE_PORT_STATES } sse_port_state;
typedef enum { SSE_ENCRYPTION_ROWS(SSE_CODE_ENCRYPTION) SSE_ENCRYPTIONS } sse_encryption;
typedef enum { SSE_CONFIDENCE_NONE = 0, SSE_CONFIDENCE_ROWS(SSE_CODE_CONFIDENCE) SSE_CONFIDENCES } sse_confidence;

/* ---- what a row says ---- */

/** The codes as they are printed. Never NULL, save of SSE_CAUSE_NONE,
 * SSE_ORIGIN_NONE and SSE_CONFIDENCE_NONE; "unknown" for a number that is none. */
const char *sse_probe_outcome_code(sse_probe_outcome o);
const char *sse_swg_outcome_code(sse_swg_outcome o);
const char *sse_state_code(sse_state s);
const char *sse_port_state_code(sse_port_state s);
const char *sse_cause_code(sse_cause c);
const char *sse_encryption_code(sse_encryption e);
const char *sse_origin_code(sse_origin o);
const char *sse_confidence_code(sse_confidence c);
const char *sse_finding_code_text(sse_finding_code c);
const char *sse_known_code(sse_known k);
const char *sse_service_code(sse_service s);
/** NULL of SSE_ENDED_NONE. */
const char *sse_ended_code(sse_ended e);
/** What a finding is about; SSE_SERVICE_NETWORK: no service alone. */
sse_service sse_finding_service(sse_finding_code c);
/** What it advises; SSE_ADVICE_NONE: nothing, ever. */
sse_advice_code sse_finding_advice(sse_finding_code c);

/** Has it failed, rather than gone well or not ended? */
bool sse_probe_failed(sse_probe_outcome o);
bool sse_swg_failed(sse_swg_outcome o);
/** What a port, or the web, is down by where this outcome decides; SSE_CAUSE_NONE
 * where it is no failure. */
sse_cause sse_probe_cause(sse_probe_outcome o);
sse_cause sse_swg_cause(sse_swg_outcome o);
/** Is it the death of a tunnel that the gateway had granted? A failure only where
 * such deaths make a run. */
bool sse_swg_tunnel_died(sse_swg_outcome o);
/** How early a cause is named among those that occur as often: 1 first, 0 never. */
unsigned sse_cause_rank_dns(sse_cause c);
unsigned sse_cause_rank_web(sse_cause c);
/** How bad a state is, whichever service's. */
unsigned sse_state_badness(sse_state s);

/** The words and sentences of the rows, for the reports; of SSE_CAUSE_NONE and
 * the like the empty string. */
const char *sse_state_words(sse_state s);
const char *sse_cause_words(sse_cause c);
const char *sse_encryption_words(sse_encryption e);
const char *sse_origin_code_words(sse_origin o);
const char *sse_known_words(sse_known k);
const char *sse_service_words(sse_service s);
const char *sse_ended_words(sse_ended e);
const char *sse_finding_sentence(sse_finding_code c);

#endif
