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

#define VALUE(NAME, id, code, ...) { SSE_FIND_##NAME, code },
static const value_string finding_vals[] = { SSE_FINDING_ROWS(VALUE, VALUE) { 0, NULL } };

#define FIELD(NAME, ...) [SSE_FIND_##NAME] = EI_INIT,
static expert_field finding_experts[SSE_FINDINGS] = { SSE_FINDING_ROWS(FIELD, FIELD) };
#define CHANGE(NAME, ...) [SSE_CHANGE_##NAME] = EI_INIT,
static expert_field change_experts[SSE_CHANGES] = { SSE_CHANGE_ROWS(CHANGE) };

static const value_string fact_vals[] = {
    { SSE_FACT_FORGED, "reply to another question than was asked" },
    { SSE_FACT_CUT, "cut by the snap length" },
    { SSE_FACT_SUSPICIOUS, "answer names an address that no gateway has" },
    { SSE_FACT_PATH_MTU, "segment too big for the path" },
    { SSE_FACT_CERTIFICATE, "DNSCrypt certificate outside its dates" },
    { SSE_FACT_CAPTIVE, "connectivity test answered by somebody else" },
    { SSE_FACT_LIMIT, "a limit of the plugin was reached" },
    { SSE_FACT_OTHER_RESOLVER, "probe to another address than the resolvers'" },
    { SSE_FACT_CERTIFICATE_EARLY, "DNSCrypt certificate that is not valid yet" },
    { SSE_FACT_PATH_TOOL, "path tool's packet" },
    { SSE_FACT_PORTAL_PASSED, "connectivity test got its known answer" },
    { 0, NULL }
};

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

/* On the packet that decides: that it is lost, or works again. That it works from
 * the beginning is no news. */
static void mark_change(const sse_frame_view *p, sse_change_code change, bool again)
{
    static const char *const marks[SSE_CHANGES] = {
        [SSE_CHANGE_DNS_LOST] = "DNS protection lost", [SSE_CHANGE_DNS_GAINED] = "DNS protection works again",
        [SSE_CHANGE_WEB_LOST] = "Web protection lost", [SSE_CHANGE_WEB_GAINED] = "Web protection works again",
    };

    if (again || change == SSE_CHANGE_DNS_LOST || change == SSE_CHANGE_WEB_LOST)
        sse_mark_info(p, marks[change]);
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
            expert_add_info(p->pinfo, p->item, &finding_experts[note->code]);
        } else {
            sse_change_code change = note->to == SSE_PROTECTED ? note->web ? SSE_CHANGE_WEB_GAINED : SSE_CHANGE_DNS_GAINED
                                                               : note->web ? SSE_CHANGE_WEB_LOST : SSE_CHANGE_DNS_LOST;

            expert_add_info(p->pinfo, p->item, &change_experts[change]);
            mark_change(p, change, note->again);
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

void sse_marks_finding_register(int proto, expert_module_t *experts)
{
    static hf_register_info fields[] = {
        { &hf_fact, { "Noted", "sseroaming.fact", FT_UINT8, BASE_DEC, VALS(fact_vals), 0, NULL, HFILL } },
        { &hf_finding, { "Finding", "sseroaming.finding", FT_UINT8, BASE_DEC, VALS(finding_vals), 0,
            "First frame of a finding", HFILL } },
        { &hf_fail_open, { "Fail open", "sseroaming.fail_open", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "A direct web connection since web protection was lost", HFILL } },
    };
#define ITEM(NAME, id, code, service, GROUP, SEVERITY, advice, text, sentence) \
        { &finding_experts[SSE_FIND_##NAME], \
          { "sseroaming.expert.finding." #id, PI_##GROUP, PI_##SEVERITY, text, EXPFILL } },
#define CHANGE_ITEM(NAME, id, filter, GROUP, SEVERITY, text) \
        { &change_experts[SSE_CHANGE_##NAME], \
          { "sseroaming.expert." filter, PI_##GROUP, PI_##SEVERITY, text, EXPFILL } },
    static ei_register_info items[] = { SSE_FINDING_ROWS(ITEM, ITEM) SSE_CHANGE_ROWS(CHANGE_ITEM) };

    proto_register_field_array(proto, fields, G_N_ELEMENTS(fields));
    expert_register_field_array(experts, items, G_N_ELEMENTS(items));
}
