/* verdict_codes.c
 * The stable names of outcomes, states, causes and findings. Filters, scripts
 * and the JSON use them: they never change.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "verdict.h"

#define CODE_OF(table, value) \
    ((size_t)(value) < G_N_ELEMENTS(table) ? (table)[(size_t)(value)] : "unknown")

const char *sse_probe_outcome_code(sse_probe_outcome o)
{
    static const char *const codes[SSE_PROBE_OUTCOMES] = {
        [SSE_PROBE_PENDING] = "pending",         [SSE_PROBE_ANSWERED] = "answered",
        [SSE_PROBE_NO_REPLY] = "no-reply",       [SSE_PROBE_LATE] = "late",
        [SSE_PROBE_INTERCEPTED] = "intercepted", [SSE_PROBE_REFUSED] = "refused",
        [SSE_PROBE_COURT_ORDER] = "court-order", [SSE_PROBE_ICMP] = "icmp-unreachable",
        [SSE_PROBE_RESET] = "reset",
    };
    return CODE_OF(codes, o);
}

const char *sse_swg_outcome_code(sse_swg_outcome o)
{
    static const char *const codes[SSE_SWG_OUTCOMES] = {
        [SSE_SWG_PENDING] = "pending",                 [SSE_SWG_COMPLETED] = "completed",
        [SSE_SWG_OPENED] = "opened",                   [SSE_SWG_NO_REPLY] = "no-reply",
        [SSE_SWG_RESET] = "reset",                     [SSE_SWG_ICMP] = "icmp-unreachable",
        [SSE_SWG_SESSION_RESET] = "session-reset",     [SSE_SWG_SESSION_CLOSED] = "session-closed",
        [SSE_SWG_SESSION_STALLED] = "session-stalled", [SSE_SWG_SESSION_SILENT] = "session-silent",
    };
    return CODE_OF(codes, o);
}

const char *sse_state_code(sse_state s)
{
    static const char *const codes[SSE_STATES] = {
        [SSE_NOT_OBSERVED] = "not-observed", [SSE_PROTECTED] = "protected",
        [SSE_INCONCLUSIVE] = "inconclusive", [SSE_UNPROTECTED] = "unprotected",
        [SSE_CLOUD_SERVICE_UNAVAILABLE] = "cloud-service-unavailable",
    };
    return CODE_OF(codes, s);
}

const char *sse_port_state_code(sse_port_state s)
{
    static const char *const codes[] = {
        [SSE_PORT_UNTESTED] = "untested", [SSE_PORT_UP] = "up", [SSE_PORT_DOWN] = "down",
    };
    return CODE_OF(codes, s);
}

const char *sse_cause_code(sse_cause c)
{
    static const char *const codes[SSE_CAUSES] = {
        [SSE_CAUSE_NONE] = NULL,
        [SSE_CAUSE_COURT_ORDER] = "court-order",
        [SSE_CAUSE_INTERCEPTED] = "intercepted",
        [SSE_CAUSE_REFUSED] = "refused",
        [SSE_CAUSE_ICMP_UNREACHABLE] = "icmp-unreachable",
        [SSE_CAUSE_LATE] = "late",
        [SSE_CAUSE_NO_REPLY] = "no-reply",
        [SSE_CAUSE_RESET] = "reset",
        [SSE_CAUSE_SESSION_RESET] = "session-reset",
        [SSE_CAUSE_SESSION_CLOSED] = "session-closed",
        [SSE_CAUSE_SESSION_STALLED] = "session-stalled",
        [SSE_CAUSE_SESSION_SILENT] = "session-silent",
        [SSE_CAUSE_PROXY_ERROR] = "proxy-error",
        [SSE_CAUSE_NAME_NOT_RESOLVED] = "name-not-resolved",
        [SSE_CAUSE_PROTECTED_NETWORK] = "protected-network",
        [SSE_CAUSE_NO_CONNECTIVITY] = "no-connectivity",
    };
    return CODE_OF(codes, c);
}

const char *sse_encryption_code(sse_encryption e)
{
    static const char *const codes[] = {
        [SSE_ENC_UNKNOWN] = "unknown",     [SSE_ENC_ENCRYPTED] = "encrypted",
        [SSE_ENC_AVAILABLE] = "available", [SSE_ENC_UNAVAILABLE] = "unavailable",
    };
    return CODE_OF(codes, e);
}

const char *sse_origin_code(sse_origin o)
{
    static const char *const codes[] = {
        [SSE_ORIGIN_NONE] = NULL,                [SSE_ORIGIN_UNKNOWN] = "unknown",
        [SSE_ORIGIN_ON_PATH] = "on-path-device", [SSE_ORIGIN_GATEWAY] = "gateway",
    };
    return CODE_OF(codes, o);
}

const char *sse_confidence_code(sse_confidence c)
{
    static const char *const codes[] = {
        [SSE_CONFIDENCE_NONE] = NULL, [SSE_CONFIDENCE_HIGH] = "high", [SSE_CONFIDENCE_LIMITED] = "limited",
    };
    return CODE_OF(codes, c);
}

const char *sse_finding_code_text(sse_finding_code c)
{
    static const char *const codes[SSE_FINDINGS] = {
        [SSE_FIND_ENCRYPTED_PORT_BLOCKED] = "encrypted-port-blocked",
        [SSE_FIND_PORT_53_BLOCKED] = "port-53-blocked",
        [SSE_FIND_PORT_53_INTERCEPTED] = "port-53-intercepted",
        [SSE_FIND_RESOLVER_UNREACHABLE] = "resolver-unreachable",
        [SSE_FIND_PROBE_LOSS] = "probe-loss",
        [SSE_FIND_TCP_ONLY] = "tcp-only",
        [SSE_FIND_NOT_IDENTIFIED] = "not-identified",
        [SSE_FIND_ANSWERED_VIA_FORWARDER] = "answered-via-forwarder",
        [SSE_FIND_CONFLICTING_REPLIES] = "conflicting-replies",
        [SSE_FIND_FORGED_REPLY] = "forged-reply",
        [SSE_FIND_RESET_ON_PATH] = "reset-on-path",
        [SSE_FIND_GATEWAY_UNREACHABLE] = "gateway-unreachable",
        [SSE_FIND_GATEWAY_PARTLY_FAILING] = "gateway-partly-failing",
        [SSE_FIND_SLOW_HANDSHAKE] = "slow-handshake",
        [SSE_FIND_PATH_MTU] = "path-mtu",
        [SSE_FIND_PROXY_DENIED] = "proxy-denied",
        [SSE_FIND_PROXY_ERROR] = "proxy-error",
        [SSE_FIND_CAPTIVE_PORTAL] = "captive-portal",
        [SSE_FIND_CERTIFICATE_EXPIRED] = "certificate-expired",
        [SSE_FIND_DNSCRYPT_UNANSWERED] = "dnscrypt-unanswered",
        [SSE_FIND_IPV6_NO_CONNECTIVITY] = "ipv6-no-connectivity",
        [SSE_FIND_QUIC_DIRECT] = "quic-direct",
        [SSE_FIND_NAT_SEEN] = "nat-seen",
        [SSE_FIND_NETWORK_CHANGED] = "network-changed",
        [SSE_FIND_NO_CONTROL_TRAFFIC] = "no-control-traffic",
        [SSE_FIND_STATE_FLAPPED] = "state-flapped",
        [SSE_FIND_ONE_WAY_CAPTURE] = "one-way-capture",
        [SSE_FIND_LATE_START] = "late-start",
        [SSE_FIND_CUT_PACKETS] = "cut-packets",
        [SSE_FIND_CLOCK_JUMP] = "clock-jump",
        [SSE_FIND_TIMESTAMPS_UNUSABLE] = "timestamps-unusable",
        [SSE_FIND_LOCAL_PROBE] = "local-probe",
        [SSE_FIND_GATEWAY_SUSPICIOUS] = "gateway-suspicious",
        [SSE_FIND_LIMIT_REACHED] = "limit-reached",
    };
    return CODE_OF(codes, c);
}

const char *sse_known_code(sse_known k)
{
    static const char *const codes[] = {
        [SSE_KNOWN_DNS] = "dns", [SSE_KNOWN_HOSTS] = "hosts",
        [SSE_KNOWN_PREFERENCE] = "preference", [SSE_KNOWN_BUILTIN] = "builtin",
        [SSE_KNOWN_LOG] = "log",
        [SSE_KNOWN_NOT] = "unknown",
    };
    return CODE_OF(codes, k);
}
