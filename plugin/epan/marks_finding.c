/* marks_finding.c
 * What is found out at a frame: anomalies, findings, changes of state, and
 * direct connections while web protection is down.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "marks.h"

static int hf_fact = -1;
static int hf_finding = -1;
static int hf_fail_open = -1;

static expert_field ei_finding[SSE_FINDINGS];
static expert_field ei_dns_lost = EI_INIT;
static expert_field ei_dns_gained = EI_INIT;
static expert_field ei_web_lost = EI_INIT;
static expert_field ei_web_gained = EI_INIT;

static const value_string fact_vals[] = {
    { SSE_FACT_FORGED, "reply to another question than was asked" },
    { SSE_FACT_CUT, "cut by the snap length" },
    { SSE_FACT_SUSPICIOUS, "answer names an address that no gateway has" },
    { SSE_FACT_PATH_MTU, "segment too big for the path" },
    { SSE_FACT_CERTIFICATE, "DNSCrypt certificate outside its dates" },
    { SSE_FACT_CAPTIVE, "connectivity test answered by somebody else" },
    { SSE_FACT_LIMIT, "a limit of the plugin was reached" },
    { 0, NULL }
};

/* The stable codes; filled when the protocol is registered. */
static value_string finding_vals[SSE_FINDINGS + 1];

void sse_show_fact(const sse_frame_view *p, const sse_mark *mark, bool alone)
{
    const sse_tracker *t = p->file->tracker;
    const sse_fact *fact = &g_array_index(t->facts, sse_fact, mark->record);

    if (p->tree == NULL)
        return;
    if (alone) {
        proto_item_append_text(p->item, ", %s", val_to_str_const(fact->kind, fact_vals, "noted"));
        sse_field_kind(p, SSE_FRAME_NOTED);
        if (fact->client != SSE_NONE)
            sse_field_client(p, sse_view_address(p, fact->client));
    }
    sse_field_uint(p, hf_fact, fact->kind);
}

/* A packet that takes part only as the first of a finding. */
void sse_show_noted(const sse_frame_view *p)
{
    sse_addr addr;

    proto_item_append_text(p->item, ", noted");
    sse_field_kind(p, SSE_FRAME_NOTED);
    for (unsigned i = 0; i < 2; i++) {
        if (sse_address_of(i == 0 ? &p->pinfo->net_src : &p->pinfo->net_dst, &addr) &&
            (sse_tracker_role(p->file->tracker, &addr) & SSE_ROLE_CLIENT) != 0) {
            sse_field_client(p, &addr);
            return;
        }
    }
}

/* Findings and changes of state, which stand on frames of their own. */
void sse_show_findings(const sse_frame_view *p, guint first)
{
    for (guint i = first; i < p->report->frame_notes->len; i++) {
        const sse_frame_note *note = &g_array_index(p->report->frame_notes, sse_frame_note, i);

        if (note->frame != p->pinfo->num)
            break;
        if (note->kind == SSE_NOTE_FINDING) {
            sse_field_uint(p, hf_finding, note->code);
            expert_add_info(p->pinfo, p->item, &ei_finding[note->code]);
        } else if (note->to == SSE_PROTECTED) {
            expert_add_info(p->pinfo, p->item, note->web ? &ei_web_gained : &ei_dns_gained);
        } else {
            expert_add_info(p->pinfo, p->item, note->web ? &ei_web_lost : &ei_dns_lost);
        }
    }
}

void sse_show_fail_open(const sse_frame_view *p, bool alone)
{
    sse_mark_info(p, "fail-open");
    if (alone && p->tree != NULL) {
        sse_addr src;

        proto_item_append_text(p->item, ", direct connection while web protection is down");
        sse_field_kind(p, SSE_FRAME_FAIL_OPEN);
        if (sse_address_of(&p->pinfo->net_src, &src))
            sse_field_client(p, &src);
    }
    sse_field_boolean(p, hf_fail_open);
}

/* "sseroaming.expert." and "no-reply": a filter's name has no hyphen here. */
const char *sse_expert_name(const char *prefix, const char *code)
{
    char *name = wmem_strdup_printf(wmem_epan_scope(), "%s%s", prefix, code);

    for (char *c = name; *c != '\0'; c++) {
        if (*c == '-')
            *c = '_';
    }
    return name;
}

/* Texts are constant: -z expert groups by them. The numbers are in fields. */
static const char *const finding_texts[SSE_FINDINGS] = {
    [SSE_FIND_ENCRYPTED_PORT_BLOCKED] = "UDP 443 to the resolvers is down, port 53 answers",
    [SSE_FIND_PORT_53_BLOCKED] = "Port 53 to the resolvers is down, UDP 443 answers",
    [SSE_FIND_PORT_53_INTERCEPTED] = "Port 53 to the resolvers is intercepted, UDP 443 answers",
    [SSE_FIND_RESOLVER_UNREACHABLE] = "One resolver does not answer while another does",
    [SSE_FIND_PROBE_LOSS] = "Failed probes outside an outage",
    [SSE_FIND_TCP_ONLY] = "Resolvers answer over TCP, not over UDP",
    [SSE_FIND_NOT_IDENTIFIED] = "The query carried an identity, the reply has none",
    [SSE_FIND_ANSWERED_VIA_FORWARDER] = "Port 53 looks answered by a forwarder",
    [SSE_FIND_CONFLICTING_REPLIES] = "Two replies that say different things",
    [SSE_FIND_FORGED_REPLY] = "Reply with the wrong port, id or question",
    [SSE_FIND_RESET_ON_PATH] = "Reset that a device on the path likely sent",
    [SSE_FIND_GATEWAY_UNREACHABLE] = "One gateway fails while another works",
    [SSE_FIND_GATEWAY_PARTLY_FAILING] = "Some connections to the gateway fail",
    [SSE_FIND_SLOW_HANDSHAKE] = "Gateway handshake took more than 3 s",
    [SSE_FIND_PATH_MTU] = "Large segments do not get through",
    [SSE_FIND_PROXY_DENIED] = "The gateway denied a CONNECT",
    [SSE_FIND_PROXY_ERROR] = "The gateway answered a CONNECT with an error",
    [SSE_FIND_CAPTIVE_PORTAL] = "A captive portal answered a connectivity test",
    [SSE_FIND_CERTIFICATE_EXPIRED] = "DNSCrypt certificate outside its dates",
    [SSE_FIND_DNSCRYPT_UNANSWERED] = "DNSCrypt queries without reply",
    [SSE_FIND_IPV6_NO_CONNECTIVITY] = "IPv6 probes do not count: no IPv6 connectivity",
    [SSE_FIND_QUIC_DIRECT] = "QUIC goes past web protection",
    [SSE_FIND_NAT_SEEN] = "The capture holds both sides of a NAT",
    [SSE_FIND_NETWORK_CHANGED] = "The client changed networks",
    [SSE_FIND_NO_CONTROL_TRAFFIC] = "No other traffic of the client to compare with",
    [SSE_FIND_STATE_FLAPPED] = "Protection comes and goes",
    [SSE_FIND_ONE_WAY_CAPTURE] = "The capture holds no packet towards the client",
    [SSE_FIND_LATE_START] = "The capture began in the middle",
    [SSE_FIND_CUT_PACKETS] = "The snap length cut packets of the module",
    [SSE_FIND_CLOCK_JUMP] = "The capture's clock jumped",
    [SSE_FIND_TIMESTAMPS_UNUSABLE] = "The capture's timestamps are all equal",
    [SSE_FIND_LOCAL_PROBE] = "Probe to a local DNS server",
    [SSE_FIND_GATEWAY_SUSPICIOUS] = "DNS answer names an address that no gateway has",
    [SSE_FIND_LIMIT_REACHED] = "A limit of the plugin was reached",
};

/* What kind of event it is: one of safety, one that the capture cannot tell, or
 * any other. */
static int finding_group(sse_finding_code code)
{
    switch (code) {
    case SSE_FIND_PORT_53_INTERCEPTED:
    case SSE_FIND_FORGED_REPLY:
    case SSE_FIND_CONFLICTING_REPLIES:
    case SSE_FIND_CAPTIVE_PORTAL:
    case SSE_FIND_QUIC_DIRECT:
    case SSE_FIND_GATEWAY_SUSPICIOUS:
        return PI_SECURITY;
    case SSE_FIND_NO_CONTROL_TRAFFIC:
    case SSE_FIND_ONE_WAY_CAPTURE:
    case SSE_FIND_LATE_START:
    case SSE_FIND_CUT_PACKETS:
    case SSE_FIND_CLOCK_JUMP:
    case SSE_FIND_TIMESTAMPS_UNUSABLE:
    case SSE_FIND_LIMIT_REACHED:
        return PI_ASSUMPTION;
    default:
        return PI_SEQUENCE;
    }
}

void sse_marks_finding_register(int proto, expert_module_t *experts)
{
    static hf_register_info fields[] = {
        { &hf_fact, { "Noted", "sseroaming.fact", FT_UINT8, BASE_DEC, VALS(fact_vals), 0, NULL, HFILL } },
        { &hf_finding, { "Finding", "sseroaming.finding", FT_UINT8, BASE_DEC, VALS(finding_vals), 0,
            "First frame of a finding", HFILL } },
        { &hf_fail_open, { "Fail open", "sseroaming.fail_open", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "A direct web connection since web protection was lost", HFILL } },
    };
    static ei_register_info states[] = {
        { &ei_dns_lost, { "sseroaming.expert.dns.lost", PI_SECURITY, PI_ERROR, "DNS protection is lost", EXPFILL } },
        { &ei_dns_gained, { "sseroaming.expert.dns.gained", PI_SECURITY, PI_CHAT, "DNS protection works", EXPFILL } },
        { &ei_web_lost, { "sseroaming.expert.web.lost", PI_SECURITY, PI_ERROR,
            "Web protection is lost: cloud service unavailable", EXPFILL } },
        { &ei_web_gained, { "sseroaming.expert.web.gained", PI_SECURITY, PI_CHAT, "Web protection works", EXPFILL } },
    };
    static ei_register_info infos[SSE_FINDINGS];

    for (unsigned i = 0; i < SSE_FINDINGS; i++)
        finding_vals[i] = (value_string){ i, sse_finding_code_text((sse_finding_code)i) };
    proto_register_field_array(proto, fields, G_N_ELEMENTS(fields));
    for (int i = 0; i < SSE_FINDINGS; i++) {
        ei_finding[i] = (expert_field)EI_INIT;
        infos[i] = (ei_register_info){
            &ei_finding[i],
            { sse_expert_name("sseroaming.expert.finding.", sse_finding_code_text((sse_finding_code)i)),
              finding_group((sse_finding_code)i), PI_NOTE, finding_texts[i], EXPFILL }
        };
    }
    expert_register_field_array(experts, infos, SSE_FINDINGS);
    expert_register_field_array(experts, states, G_N_ELEMENTS(states));
}
