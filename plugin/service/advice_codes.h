/* advice_codes.h
 * What is advised, one row each: the judge chooses (judge/advice.c), the reports
 * make the sentence (report/phrases.h has what stands in braces).
 *
 * Never advised, and tested (tests/unit/test_advice.c): to allow one address of a
 * load balancer, all of a cloud, or UDP 443 to everywhere; to switch inspection
 * off or to open everything; to evade a court order; to fail close without saying
 * that it cuts users off; to try any hotspot without saying that the laptop is
 * fail-open there. No firewall advice where the cause is not a filter's.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_ADVICE_CODES_H
#define SSE_ADVICE_CODES_H

/** ROW(NAME, "sentence"). */
#define SSE_ADVICE_ROWS(ROW) \
    /* both services */ \
    ROW(SIGN_IN, "Sign in to the captive portal first; the module recovers by itself.") \
    ROW(CHECK_LINE, "Nothing of the Internet reached the client in that time: check the link and the line first.") \
    ROW(WITHOUT_FILTER, "Run again without the display filter: what it leaves is too little for a verdict.") \
    ROW(CAPTURE_AGAIN, "Capture again on the client's own interface, both directions, whole packets, from before the module " \
                       "connects, for at least one minute.") \
    ROW(ICMP_FILTER, "The device {address} rejects the packets ({icmp}): change the access rule on that device.") \
    ROW(ICMP_ROUTER, "The router {address} says that there is no way to the destination ({icmp}): check its routes and the " \
                     "line behind it.") \
    ROW(ICMP_OTHER, "{address} answers with {icmp}: ask who runs it.") \
    /* DNS */ \
    ROW(ALLOW_DNS, "Allow UDP 443 and UDP and TCP 53 to the OpenDNS resolvers, above any rule that blocks QUIC.") \
    ROW(ALLOW_UDP_443, "For encrypted DNS allow UDP 443 to the OpenDNS resolvers, above any rule that blocks QUIC.") \
    ROW(RESOLVERS, "The resolvers: {resolvers}.") \
    ROW(RESOLVERS_AND_PORTS, "The resolvers: {resolvers}, on UDP and TCP 53 and on UDP 443.") \
    ROW(EXEMPT_RESOLVERS, "Exempt the OpenDNS resolvers from DNS redirection and DNS inspection.") \
    ROW(PROBES_DROPPED, "The probes are dropped silently (no reset, no ICMP error): look for them in the log of the perimeter " \
                        "firewall, at the times and ports that the ticket lists.") \
    ROW(ANSWERED_BY_OTHERS, "Something on the path answers in place of OpenDNS: look for a DNS redirect, a transparent DNS " \
                            "proxy or a filtering forwarder between the client and the Internet.") \
    ROW(COURT_ORDER_SUPPORT, "Ask Cisco support how registered networks and devices are served in this place.") \
    ROW(COURT_ORDER, "OpenDNS itself refuses to answer here because of a court order: no rule of your firewall is the cause.") \
    ROW(LATE, "Look for an overloaded line or NAT: answers come, but later than the module waits.") \
    ROW(LATE_NAT, "UDP mappings that live 10 to 15 s and enough ports help a NAT; a slow resolver site is rarer.") \
    ROW(NAT_INSIDE, "Look at the device that does the NAT, and at what is behind it: replies reach its outer side and not the " \
                    "client.") \
    ROW(PROTECTED_NETWORK_DASHBOARD, "Check in the dashboard that the module is meant to step back on this network.") \
    ROW(PROTECTED_NETWORK, "A local resolver answers the probes for an organisation of Umbrella: a Virtual Appliance or " \
                           "protected network, where direct probes may be blocked by design.") \
    ROW(DNSCRYPT_INSPECTED, "Exempt the OpenDNS resolvers from DNS inspection: plain DNS passes, encrypted DNS does not.") \
    /* the web */ \
    ROW(ALLOW_WEB, "Allow TCP 443 (and 80) to the gateway's names and Cisco's published ingress ranges.") \
    ROW(INGRESS_RANGES, "The ranges are listed by Cisco under Network Requirements for Secure Access (docs.sse.cisco.com). A " \
                        "rule for a single address does not last: the names belong to load balancers.") \
    ROW(RESET_BY_GATEWAY, "Look at Cisco's status page and ask Cisco support: the gateway itself seems to reset.") \
    ROW(RESET_ON_PATH, "A device on the path resets the connections: look for the firewall, IPS or web filter that does, in " \
                       "its log at the times that the ticket lists.") \
    ROW(RESET_UNKNOWN, "The connections are reset; whether by a device on the path or by the gateway does not show. Look in " \
                       "the perimeter's log at the times that the ticket lists.") \
    ROW(PATH_MTU, "Large packets are lost on the way: let ICMP \"fragmentation needed\" (IPv6: \"packet too big\") through, or " \
                  "clamp the MSS on the tunnel or line that has the smaller MTU.") \
    ROW(EXEMPT_GATEWAY, "Exempt the gateway's names from web inspection, TLS decryption and application filters.") \
    ROW(OPENS_WITHOUT_ANSWER, "Connections open but carry no answer; the module speaks HTTP CONNECT on TCP 443.") \
    ROW(PROXY_ERROR_SUPPORT, "Look at Cisco's status page, the policy and the licence, and ask Cisco support.") \
    ROW(PROXY_ERROR, "The gateway is reached and answers CONNECT with errors: no rule of the firewall is the cause. A 407 " \
                     "hints at another proxy that wants a sign-in.") \
    ROW(RESOLVE_NAMES, "Let the client's DNS server resolve the gateway's names without rewriting the answers.") \
    ROW(GATEWAY_NAMES, "They lie below {gateway_names}. Where DNS protection is down too, repair it first.") \
    ROW(SYNS_DROPPED, "The SYNs are dropped silently (no reset, no ICMP error): look for them in the log of the perimeter " \
                      "firewall, at the times and ports that the ticket lists.") \
    ROW(FAIL_OPEN, "Meanwhile web traffic goes out directly, unprotected (fail open). Failing closed instead would cut the " \
                   "users off from the web as long as the gateway is out of reach.") \
    ROW(ANSWERED_ON_PATH, "A device on the path answers CONNECT in the gateway's place: look for the firewall, proxy or web " \
                          "filter that does, in its log at the times that the ticket lists.") \
    ROW(TUNNELS_DIE, "The gateway grants the tunnels and they die on the client's first data: look for an IPS, TLS inspection or " \
                     "a path that loses large packets, in the log at the times that the ticket lists.") \
    ROW(PROXY_ERROR_UNKNOWN, "CONNECT is answered with errors; whether by the gateway or by a proxy on the path does not show. A " \
                             "407 hints at another proxy that wants a sign-in.") \
    ROW(MISDIRECTED_BY, "The DNS server {address} answers the gateway's names falsely: look there for a filter list, a sinkhole, a " \
                        "block page or a rewriting rule.") \
    ROW(MISDIRECTED_TO, "It answers {address}, which no gateway has.") \
    /* of findings */ \
    ROW(ALLOW_RESOLVER_TOO, "Allow {address} on UDP 443 and UDP and TCP 53 too, as the other resolvers.") \
    ROW(PACKET_LOSS, "Look for a line, NAT or firewall that loses packets: probes fail beside those that are answered.") \
    ROW(ALLOW_UDP, "Allow UDP 443 and UDP 53 to the OpenDNS resolvers: over TCP alone the module does not protect.") \
    ROW(CHECK_REGISTRATION, "Check the module's registration (OrgInfo.json), its licence, and that it reaches Cisco's API and sync " \
                            "servers on TCP 443.") \
    ROW(SOME_FAIL, "Look for an overloaded line, NAT or firewall: some connections to the gateway fail, the others work.") \
    ROW(SLOW, "Look at the load of the line, and which data centre serves: the gateway is slow to reach.") \
    ROW(ALL_DENIED, "Look at the policy in the dashboard: the gateway denies every site.") \
    ROW(SITES_FAIL, "Look at the sites that fail: the gateway cannot reach them. Internal names belong on the bypass list.") \
    ROW(CHECK_CLOCK, "Compare the clock of the capture; if it is right, look for a device that plays old DNS answers again.") \
    ROW(FLAPPING, "Look for what changes at these times (line, Wi-Fi, VPN, a firewall's failover): protection comes and goes.") \
    ROW(PROXY_NEARBY, "Look for a transparent proxy or firewall that opens connections in the gateway's place, and exempt the " \
                      "gateway's names from it.") \
    ROW(SLOW_ANSWERS, "Look at these sites and at the data centre that serves: the gateway takes long to reach them.") \
    ROW(UNUSED_NAME, "Remove the setting that still asks for a gateway's name that fails, or let that name resolve: another gateway " \
                     "serves meanwhile.") \
    /* the client's log */ \
    ROW(LOG_ANSWERED, "The client says that no resolver answered, and the packets show answers: look at the host, where a " \
                      "filter driver, security software or a VPN may take them.") \
    ROW(LOG_OPENED, "The client says that it could not connect to the gateway, and the packets show connections that opened: " \
                    "look at the host, where a filter driver, security software or a VPN may stand between.") \
    ROW(LOG_PROTECTED, "The client says that its web traffic is protected while the packets show that the gateway cannot be " \
                       "used: compare the times, and look for the agent's newer entries.") \
    ROW(LOG_OTHER_DAYS, "Log and capture are of different days: take a log and a capture of the same time.") \
    ROW(LOG_CLOCKS, "No \"probing\" line stands beside probes, and from these lines no shift can be told: first compare the " \
                    "clocks. Subtract by hand the time of a \"probing\" line from that of its burst, and give the seconds as " \
                    "sseroaming.log_shift. Only if the clocks are alike: the probes are not in the capture; was it taken on " \
                    "the interface by which the packets leave?") \
    ROW(LOG_UNSEEN, "The client says that it probes, and no such probe is in the capture: was it taken on the interface by " \
                    "which the packets leave? Something on the host may also take them.") \
    ROW(LOG_TAKEN, "The probes never left the host: look there for what takes them, such as a filter driver, security software, a " \
                   "VPN, or a tunnel or client of another vendor. No rule of a firewall is the cause as far as this shows.") \
    /* of findings of DNS */ \
    ROW(OTHER_ORGANISATION, "Look at the order of policies in the dashboard, and for which organisation this network or its " \
                            "public address is registered: another one's policy applies to this client.") \
    ROW(ICMP_IN_ITS_NAME, "A device on the path answers in the name of {address} ({icmp}): so does a redirection of DNS to a port " \
                          "on which nothing listens. Look for such a rule on the devices between, and exempt the resolvers.") \
    ROW(EDNS_DROPPED, "Let DNS queries with EDNS options (RFC 6891) to the OpenDNS resolvers through unchanged: a firewall or DNS " \
                      "proxy on the path drops those that carry the client's identity.") \
    ROW(CLOCK_BEHIND, "Compare the clock of the capture, and of the client: by it the resolver's certificate is not valid yet.") \
    /* of findings of machines */ \
    ROW(MODULE_SILENT, "Look on the host whether the module's services still run, and whether it is meant to stand back there (VPN, " \
                       "trusted network).") \
    ROW(DEVICE_ID_SHARED, "Let each machine register the module anew, and take its registration out of the image before it is " \
                          "cloned: policy and reports take machines with one device id for one.") \
    ROW(ADDRESS_SHARED, "Tell the machines apart by link-layer address and VLAN: an address may be given out twice, or networks " \
                        "with the same addresses are in one capture. Of a NAT capture the inner side.") \
    ROW(ANSWERED_PERHAPS, "Whether OpenDNS itself answers so or something on the path does not show: look for a DNS redirect, a " \
                          "transparent DNS proxy or a filtering forwarder, and at the registration of this network.") \
    ROW(ANSWERED_FOREIGN, "What answers CONNECT at the gateway's address speaks no HTTP: look for a device on the path that answers " \
                          "in its place (TLS inspection, a load balancer), and whether that address is a gateway's at all.") \
    ROW(RESOLVER_REFUSES, "Ask Cisco support, and look at the registration and licence of this network: the answers come from as " \
                          "far as the resolver's genuine ones, so likely from the resolver itself.") \
    ROW(HOST_REJECTS, "Look at the host: OpenDNS's answers reach it, and its own firewall, security software or a VPN client " \
                      "rejects them. No rule of a firewall on the way is the cause.")

#define SSE_CODE_ADVICE(NAME, sentence) SSE_ADVICE_##NAME,
typedef enum { SSE_ADVICE_NONE = 0, SSE_ADVICE_ROWS(SSE_CODE_ADVICE) SSE_ADVICES } sse_advice_code;

/** The sentence of an advice; that of SSE_ADVICE_NONE is empty. */
const char *sse_advice_sentence(sse_advice_code a);

#endif
