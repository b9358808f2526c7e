/* reasons.h
 * Why something is said: of a limited confidence, of an origin, and what of a
 * finding's sentence depends on what was seen. One row each; the judge names the
 * reason and its numbers, the reports make the sentence (report/phrases.h has
 * what stands in braces).
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_REASONS_H
#define SSE_REASONS_H

/** Of confidence: ROW(NAME, "sentence"). */
#define SSE_CONFIDENCE_REASON_ROWS(ROW) \
    ROW(ONE_WAY, "no packet towards the client is in the file: only one direction was captured") \
    ROW(NO_QUERIES_SEEN, "nothing that the client asked is in the file: what stayed without answer does not show") \
    ROW(CUT, "packets are cut by the snap length") \
    ROW(CLOCK_JUMP, "the clock of the capture jumped back") \
    ROW(EQUAL_TIMES, "all packets carry the same time") \
    ROW(NO_CONTROL, "nothing else of the client was answered meanwhile: a dead link cannot be excluded") \
    ROW(NSLOOKUP, "only port 53 was asked, without identity: this may be someone's nslookup") \
    ROW(NO_PROBE_LATELY, "no probe in the last {0} s of this client's traffic: the module may have stopped") \
    ROW(NO_GATEWAY_LATELY, "nothing to or from a gateway in the last {0} s of this client's traffic, while connections go " \
                           "out directly: the module may have stopped") \
    ROW(SITE, "several machines stand behind this address: what one of them gets may hide what another does not") \
    ROW(REMOTE, "captured away from the client: what is dropped further inside does not show") \
    ROW(PORT_UNTESTED, "port {0} is untested") \
    ROW(OTHER_CAUSE, "within the outage also: {cause0}") \
    ROW(GOES_ON, "the module goes on with DNSCrypt, as if it got replies: they may pass where nothing was captured") \
    ROW(OTHER_PROXY, "a device on the path answers CONNECT: another proxy serves in the gateway's place")

/** Of an origin; times in us. */
#define SSE_ORIGIN_REASON_ROWS(ROW) \
    ROW(SYN_ACK_TOO, "the gateway's own SYN-ACK came too") \
    ROW(OTHER_TTL, "its TTL is {0}, the gateway's SYN-ACKs have {1}") \
    ROW(OTHER_TTLS, "its TTL is {0}, the gateway's SYN-ACKs have {1} to {2}") \
    ROW(SOON_AFTER_SYN, "it came {ms0} ms after the SYN; another public address is {ms1} ms away") \
    ROW(SOON_AFTER_DATA, "it came {ms0} ms after the data; another public address is {ms1} ms away") \
    ROW(AFTER_SYN, "it came {ms0} ms after the SYN") \
    ROW(AFTER_DATA, "it came {ms0} ms after the data") \
    ROW(WINDOW_COPIED, "its window {0} is a copy of the SYN's") \
    ROW(NEXT_DOOR_TTL, "its TTL {0} is that of a device next door") \
    ROW(LIKE_GATEWAY, "its TTL {0} and its delay of {ms1} ms are those of the gateway") \
    ROW(LIKE_RESOLVER, "its TTL {0} and its delay of {ms1} ms are those of the resolver") \
    ROW(FEWER_HOPS, "it came over {0} hops, the gateway's SYN-ACKs over {1}") \
    ROW(FEWER_HOPS_THAN_REPLIES, "it came over {0} hops, the resolver's own answers over {1}") \
    ROW(OPENED_NEARBY, "whoever opens the connection is next door, and it came over no more hops ({0})") \
    ROW(OTHER_PRODUCT, "it names a product that is not the gateway's") \
    ROW(SOON_AFTER_QUERY, "it came {ms0} ms after the query; another public address is {ms1} ms away") \
    ROW(AFTER_QUERY, "it came {ms0} ms after the query") \
    ROW(OTHER_SENDER, "its sender is not the destination")

/** Of findings: what {reason} in their sentence becomes. */
#define SSE_FINDING_REASON_ROWS(ROW) \
    ROW(FORWARDER_TTL, "from three or more hops nearer than on 443") \
    ROW(FORWARDER_FAST, "in less than a quarter of the time on 443") \
    ROW(FORWARDER_NO_DEVICE, "without the device that the query carried and replies on 443 name") \
    ROW(DNSCRYPT_INSPECTED, ", while plain probes on the same port are: something on the path may drop what it cannot read") \
    ROW(DNSCRYPT_MAGIC, ": none of the certificates that the resolver gave has their client magic") \
    ROW(DENIED_SOME, "policy denies these sites") \
    ROW(DENIED_ALL, "policy denies all that was asked for") \
    ROW(NAT_LOST_INSIDE, "; {0} replies reach its outer side ({address}) but not the client: they are lost inside") \
    ROW(NAT_LOST_OUTSIDE, ", outside from {address}: replies are lost outside of it") \
    ROW(NAT_OUTSIDE, ", outside from {address}") \
    ROW(PASSED_A_SYN_PROXY, ", and what follows comes from further on: a device that answers SYNs first") \
    ROW(SERVED_NEARBY, ", which also answers: another proxy stands in the gateway's place") \
    ROW(MTU_UP, "to the gateway get no acknowledgement while small ones do") \
    ROW(MTU_DOWN, "of the gateway do not reach the client while small ones do") \
    ROW(FLAPPED_DNS_IPV4, "DNS (IPv4)") \
    ROW(FLAPPED_DNS_IPV6, "DNS (IPv6)") \
    ROW(FLAPPED_WEB, "Web") \
    ROW(ONE_WAY_CLIENT, "No packet towards the client is in the file: only one direction was captured, or nothing ever " \
                        "reached it") \
    ROW(ONE_WAY_ALL, "No packet towards any of the {1} clients is in the file: only one direction was captured, or nothing " \
                     "ever reached them") \
    ROW(ONE_WAY_SOME, "No packet towards {0} of the {1} clients is in the file: only one direction was captured, or nothing " \
                      "ever reached them") \
    ROW(ANSWERS_ONLY, "No question of the client is in the file, only answers: what stayed without answer does not show") \
    ROW(ANSWERS_ONLY_SOME, "No question of {0} of the {1} clients is in the file, only answers: what stayed without answer " \
                           "does not show") \
    ROW(UNASKED_ONLY, "all answers in the file lack their query: anybody may have sent them") \
    ROW(INTERCEPTED_443, "; UDP 443 gets through") \
    ROW(INTERCEPTED_ELSEWHERE, "; on port {0} the same resolver answers itself") \
    ROW(DNSCRYPT_ALONE, "port {0} is down by lost DNSCrypt queries alone, no probe: they may be at fault themselves") \
    ROW(FORWARDER_DNSCRYPT, "as if the query had come encrypted, which it had not") \
    ROW(SILENT_DNS, "no probe and no encrypted query in the last {0} s of this client's traffic") \
    ROW(SILENT_WEB, "nothing to or from a gateway in the last {1} s of this client's traffic, while {2} connections went out " \
                    "directly (a bypass list cannot be excluded)") \
    ROW(SILENT_BOTH, "no probe in the last {0} s of this client's traffic, and nothing to or from a gateway in the last {1} s, " \
                     "while {2} connections went out directly (a bypass list cannot be excluded)") \
    ROW(SHARED_CLONES, "cloned machines, as it seems; each is judged by itself") \
    ROW(SHARED_ADAPTERS, "one machine on two adapters, as it seems, protected by either; cloned machines cannot be excluded") \
    ROW(SHARED_MAC, "this client is the one with the link-layer address {mac}") \
    ROW(SHARED_VLAN, "this client is the one with the link-layer address {mac} in VLAN {2}") \
    ROW(SHARED_NAT, "probes with several device ids come from it in turn, as from a NAT seen from outside") \
    ROW(RESOLVERS_UNSEEN, "No reply of a resolver is in the file, and the module acts as if it got them: they may pass where " \
                          "nothing was captured, by another line or another port of the switch") \
    ROW(RESOLVERS_UNSEEN_SOME, "For {0} of the {1} clients no reply of a resolver is in the file, and the module acts as if it got " \
                               "them: they may pass where nothing was captured")

#define SSE_CODE_REASON(NAME, sentence) SSE_REASON_##NAME,
typedef enum {
    SSE_REASON_NONE = 0,
    SSE_CONFIDENCE_REASON_ROWS(SSE_CODE_REASON)
    SSE_ORIGIN_REASON_ROWS(SSE_CODE_REASON)
    SSE_FINDING_REASON_ROWS(SSE_CODE_REASON)
    SSE_REASONS
} sse_reason_code;

/** The sentence of a reason; that of SSE_REASON_NONE is empty. */
const char *sse_reason_sentence(sse_reason_code r);

#endif
