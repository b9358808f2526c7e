/* packet-umbrella-log.c
 * The protocol "sseroaming.log": entries of cscumbrellaplugin.txt, Umbrella.txt and
 * the table of Get-EventLog, one in each frame, as umbrella_log.c makes them. First pass: each
 * is handed to the tracker. Where a frame is seen again, it says whether the
 * packets agree.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include <string.h>

#include <epan/expert.h>
#include <epan/packet.h>

#include "frame_fields.h"
#include "log_text.h"
#include "observe.h"
#include "packet-umbrella-log.h"
#include "names.h"
#include "layout.h"
#include "second_pass.h"
#include "session.h"
#include "log_report.h"

static int proto_log = -1;

static int hf_file = -1;
static int hf_date = -1;
static int hf_clock = -1;
static int hf_pid = -1;
static int hf_level = -1;
static int hf_thread = -1;
static int hf_component = -1;
static int hf_type = -1;
static int hf_source = -1;
static int hf_event = -1;
static int hf_ip = -1;
static int hf_port = -1;
static int hf_candidate = -1;
static int hf_candidate_ipv6 = -1;
static int hf_name = -1;
static int hf_address = -1;
static int hf_address_ipv6 = -1;
static int hf_fail_open = -1;
static int hf_cmode = -1;
static int hf_tmode = -1;
static int hf_lookup_time = -1;
static int hf_lookup_error = -1;
static int hf_state = -1;
static int hf_message = -1;
static int hf_line = -1;
static int hf_packets = -1;
static int hf_packet = -1;

static int ett_log = -1;

static expert_field ei_rejected = EI_INIT;
static expert_field ei_not_successful = EI_INIT;
static expert_field ei_denied = EI_INIT;

static const value_string file_vals[] = {
    { SSE_LOG_NONE, "none" },
    { SSE_LOG_MODULE, "cscumbrellaplugin.txt" },
    { SSE_LOG_AGENT, "Umbrella.txt" },
    { SSE_LOG_TABLE, "table of Get-EventLog" },
    { 0, NULL }
};

/* The stable codes; filled when the protocol is registered. */
static value_string event_vals[OBS_LOG_EVENTS + 1];
static value_string result_vals[SSE_LOG_RESULTS + 1];

/* The entry that is being printed. */
typedef struct shown {
    tvbuff_t    *tvb;
    packet_info *pinfo;
    proto_tree  *tree;
    const char  *text;
    const sse_log_record *r;
    bool         redact;
} shown;

/* Bytes of the entry made safe to print. */
static const char *safe(const shown *s, sse_log_span span)
{
    wmem_strbuf_t *out = wmem_strbuf_new(s->pinfo->pool, "");
    const char *at = s->text + span.offset, *end = at + span.length;

    while (at < end) {
        const char *zero = (const char *)memchr(at, '\0', (size_t)(end - at));
        char *piece = g_strndup(at, (gsize)((zero != NULL ? zero : end) - at)), *escaped = sse_escape(piece);

        wmem_strbuf_append(out, escaped);
        g_free(escaped);
        g_free(piece);
        if (zero != NULL)
            wmem_strbuf_append(out, "\\x00");
        at = zero != NULL ? zero + 1 : end;
    }
    return wmem_strbuf_get_str(out);
}

static void add_span(const shown *s, int hf, sse_log_span span)
{
    if (span.length > 0)
        proto_tree_add_string(s->tree, hf, s->tvb, (int)span.offset, (int)span.length, safe(s, span));
}

static void add_uint(const shown *s, int hf, uint32_t value)
{
    proto_tree_add_uint(s->tree, hf, s->tvb, 0, (int)tvb_reported_length(s->tvb), value);
}

static void add_pid(const shown *s)
{
    sse_log_span span = s->r->pid;

    if (span.length > 0 && span.length < 10)
        proto_tree_add_uint(s->tree, hf_pid, s->tvb, (int)span.offset, (int)span.length,
                            (uint32_t)g_ascii_strtoull(s->text + span.offset, NULL, 10));
}

/* A gateway's name may carry the organisation's number. */
static const char *gateway_name(const shown *s)
{
    const char *name = safe(s, s->r->name), *copy;
    char *redacted;

    if (!s->redact)
        return name;
    redacted = sse_redact_name(sse_session_tracker()->redactor, name);
    copy = wmem_strdup(s->pinfo->pool, redacted);
    g_free(redacted);
    return copy;
}

static void add_lines(const shown *s)
{
    const char *end = s->text + s->r->more.offset + s->r->more.length, *at = s->text + s->r->more.offset, *next;
    size_t n = 0;

    for (; s->r->more.length > 0 && (next = sse_log_line(at, end, &n)) != NULL; at = next) {
        sse_log_span span = { (uint32_t)(at - s->text), (uint32_t)n };

        add_span(s, hf_line, span);
    }
}

static void add_meaning(const shown *s)
{
    static const sse_address_field of_candidate = { &hf_candidate, &hf_candidate_ipv6 };
    static const sse_address_field of_address = { &hf_address, &hf_address_ipv6 };
    const sse_log_record *r = s->r;
    bool known = r->said.event != OBS_LOG_TEXT;

    if (r->file != SSE_LOG_NONE)
        add_uint(s, hf_event, r->said.event);
    if (r->said.version != 0)
        add_uint(s, hf_ip, r->said.version);
    if (known && r->said.port != 0)
        add_uint(s, hf_port, r->said.port);
    for (unsigned i = 0; known && i < r->n_candidates; i++) {
        sse_addr addr;

        /* The reader took it for one because it is. */
        if (sse_addr_parse(safe(s, r->candidates[i]), &addr))
            sse_add_address(s->tree, &of_candidate, s->tvb, (int)r->candidates[i].offset, (int)r->candidates[i].length, &addr);
    }
    if (known && r->name.length > 0)
        proto_tree_add_string(s->tree, hf_name, s->tvb, (int)r->name.offset, (int)r->name.length, gateway_name(s));
    if (known && r->said.address.family != 0)
        sse_add_address(s->tree, &of_address, s->tvb, (int)r->address.offset, (int)r->address.length, &r->said.address);
    if (known && r->has_fail_open)
        add_uint(s, hf_fail_open, r->fail_open);
    if (known && r->has_modes) {
        add_uint(s, hf_cmode, r->cmode);
        add_uint(s, hf_tmode, r->tmode);
    }
    if (r->has_lookup) {
        nstime_t time = { .secs = (time_t)(r->lookup_ms / 1000), .nsecs = (int)(r->lookup_ms % 1000) * 1000000 };

        proto_tree_add_time(s->tree, hf_lookup_time, s->tvb, 0, (int)tvb_reported_length(s->tvb), &time);
        proto_tree_add_int(s->tree, hf_lookup_error, s->tvb, 0, (int)tvb_reported_length(s->tvb), r->lookup_error);
    }
    /* "protected" is known; what else stands there may be anything. */
    if (known && (!s->redact || r->said.is_protected))
        add_span(s, hf_state, r->state);
}

static void add_tree(const shown *s)
{
    const sse_log_record *r = s->r;

    add_uint(s, hf_file, r->file);
    add_span(s, hf_date, r->when);
    add_span(s, hf_clock, r->clock);
    add_pid(s);
    /* Where customer data are to be left out, what is known of a line is shown,
     * and its words are not: nobody knows what they name. */
    if (!s->redact) {
        add_span(s, hf_level, r->level);
        add_span(s, hf_thread, r->thread);
        add_span(s, hf_type, r->type);
        add_span(s, hf_source, r->source);
    }
    if (!s->redact || r->said.version != 0)
        add_span(s, hf_component, r->component);
    add_meaning(s);
    if (!s->redact) {
        add_span(s, hf_message, r->message);
        add_lines(s);
    }
}

/* What the packets say to it: known where the frame is seen again. */
static void add_result(const shown *s, proto_item *item)
{
    const sse_report *report = sse_session_is_enabled() ? sse_session_report() : NULL;
    const sse_log_statement *st = report != NULL ? sse_log_statement_at(report, s->pinfo->num) : NULL;
    proto_item *added;

    if (st == NULL)
        return;
    added = proto_tree_add_uint(s->tree, hf_packets, s->tvb, 0, 0, st->result);
    proto_item_set_generated(added);
    for (uint32_t i = 0; i < st->frames.kept; i++)
        proto_item_set_generated(proto_tree_add_uint(s->tree, hf_packet, s->tvb, 0, 0, st->frames.frame[i]));
    if (st->result == SSE_LOG_DIFFERS)
        expert_add_info(s->pinfo, item, &ei_denied);
}

static void hand_on(const shown *s)
{
    sse_tracker *t = sse_session_tracker();
    const char *name = NULL;

    if (t == NULL || !sse_session_is_enabled())
        return;
    if (s->r->said.event == OBS_LOG_RESOLVED) {
        char *lower = g_ascii_strdown(safe(s, s->r->name), -1);

        if (sse_names_classify(&sse_session_file()->settings->names, lower) == OBS_NAME_GATEWAY)
            name = wmem_strdup(s->pinfo->pool, lower);
        g_free(lower);
    }
    sse_tracker_log(t, s->pinfo->num, sse_packet_time(s->pinfo), &s->r->said, name);
}

static void fill_columns(const shown *s)
{
    const sse_log_record *r = s->r;

    col_set_str(s->pinfo->cinfo, COL_PROTOCOL, "SSE Log");
    col_clear(s->pinfo->cinfo, COL_INFO);
    if (s->redact) {
        if (r->said.version != 0)
            col_append_fstr(s->pinfo->cinfo, COL_INFO, "IPv%u: ", r->said.version);
        col_append_str(s->pinfo->cinfo, COL_INFO, val_to_str_const(r->said.event, event_vals, "text"));
        if (r->said.event != OBS_LOG_TEXT && r->said.port != 0)
            col_append_fstr(s->pinfo->cinfo, COL_INFO, ", port %u", r->said.port);
        return;
    }
    /* The state machines have long names, before which their IP version is lost. */
    if (r->said.version != 0)
        col_append_fstr(s->pinfo->cinfo, COL_INFO, "IPv%u: ", r->said.version);
    else if (r->component.length > 0)
        col_append_fstr(s->pinfo->cinfo, COL_INFO, "%s: ", safe(s, r->component));
    else if (r->level.length > 0)
        col_append_fstr(s->pinfo->cinfo, COL_INFO, "%s: ", safe(s, r->level));
    col_append_str(s->pinfo->cinfo, COL_INFO, safe(s, r->message));
}

static int dissect_log(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    sse_log_record *r = wmem_new(pinfo->pool, sse_log_record);
    const sse_tracker *t = sse_session_tracker();
    int length = (int)tvb_captured_length(tvb);
    shown s = { .tvb = tvb, .pinfo = pinfo, .r = r, .redact = t != NULL && t->config.redact };
    proto_item *item;

    s.text = length > 0 ? (const char *)tvb_get_ptr(tvb, 0, length) : "";
    sse_log_read(s.text, (size_t)length, r);
    if (!PINFO_FD_VISITED(pinfo))
        hand_on(&s);
    sse_second_pass_note(pinfo, tree);
    fill_columns(&s);
    item = proto_tree_add_item(tree, proto_log, tvb, 0, -1, ENC_NA);
    s.tree = proto_item_add_subtree(item, ett_log);
    if (tree != NULL) {
        proto_item_append_text(item, ", %s", r->file == SSE_LOG_NONE ? "lines of no entry" : val_to_str_const(r->file, file_vals, ""));
        if (r->said.event != OBS_LOG_TEXT)
            proto_item_append_text(item, ": %s", val_to_str_const(r->said.event, event_vals, ""));
        add_tree(&s);
    }
    if (r->said.event == OBS_LOG_REJECTED)
        expert_add_info(pinfo, item, &ei_rejected);
    else if (r->said.event == OBS_LOG_HANDSHAKE_FAILED)
        expert_add_info(pinfo, item, &ei_not_successful);
    if (PINFO_FD_VISITED(pinfo))
        add_result(&s, item);
    return (int)tvb_captured_length(tvb);
}

/* --- registration ------------------------------------------------------------ */

static void fill_codes(void)
{
    for (unsigned i = 0; i < OBS_LOG_EVENTS; i++)
        event_vals[i] = (value_string){ i, sse_log_event_code(i) };
    for (unsigned i = 0; i < SSE_LOG_RESULTS; i++)
        result_vals[i] = (value_string){ i, sse_log_result_code((sse_log_result)i) };
}

void proto_register_sseroaming_log(void)
{
    static hf_register_info fields[] = {
        { &hf_file, { "File", "sseroaming.log.file", FT_UINT8, BASE_DEC, VALS(file_vals), 0,
            "The file that has entries of this form; none: lines of no entry", HFILL } },
        { &hf_date, { "Time", "sseroaming.log.time", FT_STRING, BASE_NONE, NULL, 0,
            "Date and time, or of Umbrella.txt the date, as written: local time of the client", HFILL } },
        { &hf_clock, { "Time of day", "sseroaming.log.clock", FT_STRING, BASE_NONE, NULL, 0,
            "Time of day in Umbrella.txt, as written: local time of the client", HFILL } },
        { &hf_pid, { "Process", "sseroaming.log.pid", FT_UINT32, BASE_DEC, NULL, 0, NULL, HFILL } },
        { &hf_level, { "Level", "sseroaming.log.level", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_thread, { "Thread", "sseroaming.log.thread", FT_STRING, BASE_NONE, NULL, 0,
            "As written: decimal in cscumbrellaplugin.txt, hexadecimal in Umbrella.txt", HFILL } },
        { &hf_component, { "Component", "sseroaming.log.component", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_type, { "Type", "sseroaming.log.type", FT_STRING, BASE_NONE, NULL, 0, "Type of the event", HFILL } },
        { &hf_source, { "Source", "sseroaming.log.source", FT_STRING, BASE_NONE, NULL, 0,
            "Service that wrote the event", HFILL } },
        { &hf_event, { "Event", "sseroaming.log.event", FT_UINT8, BASE_DEC, VALS(event_vals), 0,
            "What the entry says, where its form is known", HFILL } },
        { &hf_ip, { "IP version", "sseroaming.log.ip", FT_UINT8, BASE_DEC, NULL, 0,
            "IP version of the state machine", HFILL } },
        { &hf_port, { "Port", "sseroaming.log.port", FT_UINT16, BASE_DEC, NULL, 0, NULL, HFILL } },
        { &hf_candidate, { "Candidate", "sseroaming.log.candidate", FT_IPv4, BASE_NONE, NULL, 0,
            "Address of a resolver that is tried", HFILL } },
        { &hf_candidate_ipv6, { "Candidate", "sseroaming.log.candidate_ipv6", FT_IPv6, BASE_NONE, NULL, 0,
            "Address of a resolver that is tried", HFILL } },
        { &hf_name, { "Name", "sseroaming.log.name", FT_STRING, BASE_NONE, NULL, 0,
            "Name that the agent resolved", HFILL } },
        { &hf_address, { "Address", "sseroaming.log.address", FT_IPv4, BASE_NONE, NULL, 0,
            "Address that was resolved, is connected to, or was redirected", HFILL } },
        { &hf_address_ipv6, { "Address", "sseroaming.log.address_ipv6", FT_IPv6, BASE_NONE, NULL, 0,
            "Address that was resolved, is connected to, or was redirected", HFILL } },
        { &hf_fail_open, { "FailOpen", "sseroaming.log.fail_open", FT_UINT32, BASE_DEC, NULL, 0,
            "Policy: 1 lets traffic pass without the gateway", HFILL } },
        { &hf_cmode, { "CMode", "sseroaming.log.cmode", FT_UINT32, BASE_DEC, NULL, 0, NULL, HFILL } },
        { &hf_tmode, { "TMode", "sseroaming.log.tmode", FT_UINT32, BASE_DEC, NULL, 0,
            "0 in the line about the bypass, 1 in all others that are known", HFILL } },
        { &hf_lookup_time, { "Lookup time", "sseroaming.log.lookup_time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "How long the lookup of an address took", HFILL } },
        { &hf_lookup_error, { "Lookup error", "sseroaming.log.lookup_error", FT_INT32, BASE_DEC, NULL, 0, NULL, HFILL } },
        { &hf_state, { "Protection state", "sseroaming.log.state", FT_STRING, BASE_NONE, NULL, 0,
            "swg_protection_state of the agent", HFILL } },
        { &hf_message, { "Message", "sseroaming.log.message", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_line, { "Line", "sseroaming.log.line", FT_STRING, BASE_NONE, NULL, 0, "Further line of the entry", HFILL } },
        { &hf_packets, { "Packets", "sseroaming.log.packets", FT_UINT8, BASE_DEC, VALS(result_vals), 0,
            "What the packets say to this entry; only where the frame is seen again", HFILL } },
        { &hf_packet, { "Packet", "sseroaming.log.packet", FT_FRAMENUM, BASE_NONE, NULL, 0,
            "A packet that this entry is about", HFILL } },
    };
    static ei_register_info experts[] = {
        { &ei_rejected, { "sseroaming.expert.log.rejected", PI_RESPONSE_CODE, PI_WARN,
            "Client's log: all resolvers rejected for a port", EXPFILL } },
        { &ei_not_successful, { "sseroaming.expert.log.not_successful", PI_RESPONSE_CODE, PI_WARN,
            "Client's log: handshake with the gateway not successful", EXPFILL } },
        { &ei_denied, { "sseroaming.expert.log.denied", PI_ASSUMPTION, PI_WARN,
            "The packets deny what the client's log says", EXPFILL } },
    };
    static int *ett[] = { &ett_log };

    fill_codes();
    proto_log = proto_register_protocol("SSE Roaming log", "SSE Log", SSE_LOG_DISSECTOR);
    proto_register_field_array(proto_log, fields, G_N_ELEMENTS(fields));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    expert_register_field_array(expert_register_protocol(proto_log), experts, G_N_ELEMENTS(experts));
    sse_second_pass_register(proto_log);
    register_dissector(SSE_LOG_DISSECTOR, dissect_log, proto_log);
}
