/* json.c
 * The verdict as one line of JSON, schema "sseroaming/1": docs/verdict.md, "JSON".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "filters.h"
#include "json_members.h"
#include "layout.h"
#include "log_words.h"
#include "phrases.h"
#include "printers.h"

/* Bytes that come together before they are written. */
#define PASS_ON (1 << 20)

static void frame_and_time(json_dumper *d, const char *name, uint32_t frame, int64_t time)
{
    sse_json_key(d, name);
    if (frame == 0) {
        json_dumper_value_anyf(d, "null");
        return;
    }
    json_dumper_begin_object(d);
    sse_json_number(d, "frame", frame);
    sse_json_time(d, "time", true, time);
    json_dumper_end_object(d);
}

static void since(json_dumper *d, const sse_since *s)
{
    sse_json_key(d, "since");
    if (s->frame == 0) {
        json_dumper_value_anyf(d, "null");
        return;
    }
    json_dumper_begin_object(d);
    sse_json_number(d, "frame", s->frame);
    sse_json_time(d, "time", true, s->time);
    sse_json_boolean(d, "at_or_before", s->at_or_before);
    json_dumper_end_object(d);
}

static void round_trips(json_dumper *d, const sse_rtt *rtt)
{
    bool known = rtt->count > 0;

    sse_json_key(d, "rtt_ms");
    json_dumper_begin_object(d);
    sse_json_milliseconds(d, "min", known, rtt->min);
    sse_json_milliseconds(d, "avg", known, known ? rtt->sum / rtt->count : 0);
    sse_json_milliseconds(d, "max", known, rtt->max);
    json_dumper_end_object(d);
}

static void icmp(json_dumper *d, const sse_icmp_sum *sum)
{
    sse_json_key(d, "icmp");
    if (sum->count == 0) {
        json_dumper_value_anyf(d, "null");
        return;
    }
    json_dumper_begin_object(d);
    sse_json_address(d, "sender", &sum->sender);
    sse_json_number(d, "type", sum->type);
    sse_json_number(d, "code", sum->code);
    sse_json_number(d, "count", sum->count);
    json_dumper_end_object(d);
}

static void reasons(json_dumper *d, const char *name, const GArray *list)
{
    sse_json_key(d, name);
    json_dumper_begin_array(d);
    for (guint i = 0; list != NULL && i < list->len; i++)
        sse_json_text(d, NULL, sse_reason_text(&g_array_index(list, sse_reason, i)));
    json_dumper_end_array(d);
}

static void findings(json_dumper *d, const sse_report *r, const GArray *list)
{
    sse_json_key(d, "findings");
    json_dumper_begin_array(d);
    for (guint i = 0; i < list->len; i++) {
        const sse_finding *f = &g_array_index(list, sse_finding, i);

        json_dumper_begin_object(d);
        sse_json_string(d, "code", sse_finding_code_text(f->code));
        sse_json_string(d, "severity", f->has_advice ? "warning" : "note");
        sse_json_frames(d, &f->frames);
        sse_json_text(d, "text", sse_finding_text(r, f));
        sse_json_text(d, "advice", sse_finding_advice_text(r, f));
        json_dumper_end_object(d);
    }
    json_dumper_end_array(d);
}

static void control(json_dumper *d, bool known, uint32_t dns_answers, uint32_t tcp_opened)
{
    sse_json_key(d, "control");
    if (!known) {
        json_dumper_value_anyf(d, "null");
        return;
    }
    json_dumper_begin_object(d);
    sse_json_number(d, "dns_answers", dns_answers);
    sse_json_number(d, "tcp_opened", tcp_opened);
    json_dumper_end_object(d);
}

static void fake_reply(json_dumper *d, uint32_t frame, uint8_t rcode, uint8_t ttl)
{
    sse_json_key(d, "fake_reply");
    if (frame == 0) {
        json_dumper_value_anyf(d, "null");
        return;
    }
    json_dumper_begin_object(d);
    sse_json_number(d, "rcode", rcode);
    sse_json_number(d, "ttl", ttl);
    sse_json_number(d, "frame", frame);
    json_dumper_end_object(d);
}

static void fail_open(json_dumper *d, bool known, uint32_t connections, uint32_t first, uint32_t last)
{
    sse_json_key(d, "fail_open");
    if (!known) {
        json_dumper_value_anyf(d, "null");
        return;
    }
    json_dumper_begin_object(d);
    sse_json_number(d, "connections", connections);
    sse_json_number_or_null(d, "first_frame", first);
    sse_json_number_or_null(d, "last_frame", last);
    json_dumper_end_object(d);
}

static void allow(json_dumper *d, const GArray *rows)
{
    sse_json_key(d, "allow");
    json_dumper_begin_array(d);
    for (guint i = 0; i < rows->len; i++)
        sse_json_text(d, NULL, sse_allow_text(&g_array_index(rows, sse_allow, i)));
    json_dumper_end_array(d);
}

/* What both services have, in the contract's order. */
static void service_head(json_dumper *d, const sse_service_report *s)
{
    sse_json_string(d, "verdict", sse_state_code(s->verdict));
    sse_json_string(d, "worst", sse_state_code(s->worst));
    sse_json_string(d, "cause", sse_cause_code(s->cause));
    sse_json_string(d, "confidence", sse_confidence_code(s->confidence));
    reasons(d, "reasons", s->reasons);
    control(d, s->has_control, s->control_dns_answers, s->control_tcp_opened);
}

static void service_since(json_dumper *d, const sse_service_report *s)
{
    since(d, &s->since);
    frame_and_time(d, "last_evidence", s->evidence_frame, s->evidence_time);
}

static void service_tail(json_dumper *d, const sse_report *r, const sse_client_report *c, const sse_service_report *s)
{
    char *filter = sse_service_filter(c, s);

    sse_json_advice(d, r, s->advice);
    allow(d, s->allow);
    sse_json_string(d, "filter", filter);
    g_free(filter);
}

static void version(json_dumper *d, const char *name, const sse_version_report *v)
{
    sse_json_key(d, name);
    json_dumper_begin_object(d);
    sse_json_string(d, "verdict", sse_state_code(v->verdict));
    sse_json_string(d, "cause", sse_cause_code(v->cause));
    since(d, &v->since);
    sse_json_key(d, "ports");
    json_dumper_begin_array(d);
    for (unsigned i = 0; i < v->n_ports; i++) {
        const sse_port_report *p = &v->ports[i];

        json_dumper_begin_object(d);
        sse_json_number(d, "port", p->port);
        sse_json_string(d, "state", sse_port_state_code(p->state));
        sse_json_string(d, "cause", sse_cause_code(p->cause));
        since(d, &p->since);
        json_dumper_end_object(d);
    }
    json_dumper_end_array(d);
    json_dumper_end_object(d);
}

static void resolvers(json_dumper *d, const GArray *rows)
{
    sse_json_key(d, "resolvers");
    json_dumper_begin_array(d);
    for (guint i = 0; i < rows->len; i++) {
        const sse_resolver_report *r = &g_array_index(rows, sse_resolver_report, i);

        json_dumper_begin_object(d);
        sse_json_address(d, "address", &r->address);
        sse_json_number(d, "port", r->port);
        sse_json_string(d, "transport", r->transport == SSE_TCP ? "tcp" : "udp");
        sse_json_number(d, "probes", r->probes);
        sse_json_key(d, "outcomes");
        json_dumper_begin_object(d);
        for (unsigned o = 0; o < SSE_PROBE_OUTCOMES; o++)
            if (r->outcomes[o] > 0)
                sse_json_number(d, sse_probe_outcome_code((sse_probe_outcome)o), r->outcomes[o]);
        json_dumper_end_object(d);
        round_trips(d, &r->rtt);
        icmp(d, &r->icmp);
        fake_reply(d, r->fake_frame, r->fake_rcode, r->fake_ttl);
        sse_json_string(d, "origin", sse_origin_code(r->origin));
        reasons(d, "origin_reasons", r->origin_reasons);
        sse_json_frames(d, &r->frames);
        json_dumper_end_object(d);
    }
    json_dumper_end_array(d);
}

static void gateways(json_dumper *d, const GArray *rows)
{
    sse_json_key(d, "gateways");
    json_dumper_begin_array(d);
    for (guint i = 0; i < rows->len; i++) {
        const sse_gateway_report *g = &g_array_index(rows, sse_gateway_report, i);

        json_dumper_begin_object(d);
        sse_json_address(d, "address", &g->address);
        sse_json_number(d, "port", g->port);
        sse_json_string(d, "name", g->name);
        sse_json_string(d, "known_from", sse_known_code(g->known_from));
        sse_json_number_or_null(d, "known_since_frame", g->known_since);
        sse_json_number(d, "handshakes", g->handshakes);
        sse_json_key(d, "outcomes");
        json_dumper_begin_object(d);
        for (unsigned o = 0; o < SSE_SWG_OUTCOMES; o++)
            if (g->outcomes[o] > 0)
                sse_json_number(d, sse_swg_outcome_code((sse_swg_outcome)o), g->outcomes[o]);
        json_dumper_end_object(d);
        round_trips(d, &g->rtt);
        sse_json_string(d, "reset_origin", sse_origin_code(g->reset_origin));
        reasons(d, "reset_reasons", g->reset_reasons);
        icmp(d, &g->icmp);
        sse_json_frames(d, &g->frames);
        json_dumper_end_object(d);
    }
    json_dumper_end_array(d);
}

static void connects(json_dumper *d, const GArray *rows)
{
    sse_json_key(d, "connect_answers");
    json_dumper_begin_array(d);
    for (guint i = 0; i < rows->len; i++) {
        const sse_connect_report *c = &g_array_index(rows, sse_connect_report, i);

        json_dumper_begin_object(d);
        sse_json_number(d, "status", c->status);
        sse_json_string(d, "origin", sse_origin_code(c->origin));
        reasons(d, "origin_reasons", c->origin_reasons);
        sse_json_string(d, "server", c->server);
        sse_json_string(d, "via", c->via);
        sse_json_frames(d, &c->frames);
        json_dumper_end_object(d);
    }
    json_dumper_end_array(d);
}

static void candidates(json_dumper *d, const GArray *rows)
{
    sse_json_key(d, "gateway_candidates");
    json_dumper_begin_array(d);
    for (guint i = 0; i < rows->len; i++) {
        const sse_candidate_report *c = &g_array_index(rows, sse_candidate_report, i);

        json_dumper_begin_object(d);
        sse_json_address(d, "address", &c->address);
        sse_json_number(d, "failed", c->failed);
        sse_json_frames(d, &c->frames);
        sse_json_text(d, "option", sse_candidate_option(c));
        json_dumper_end_object(d);
    }
    json_dumper_end_array(d);
}

/* Null of the web: it has no IP version and one cause. */
static void outage_ports(json_dumper *d, const sse_outage *o)
{
    static const uint16_t ports[] = { 443, 53 };

    sse_json_key(d, "ports");
    if (o->service != SSE_SERVICE_DNS) {
        json_dumper_value_anyf(d, "null");
        return;
    }
    json_dumper_begin_array(d);
    for (unsigned i = 0; i < G_N_ELEMENTS(ports); i++) {
        json_dumper_begin_object(d);
        sse_json_number(d, "port", ports[i]);
        sse_json_string(d, "cause", sse_cause_code((sse_cause)o->port_cause[i]));
        json_dumper_end_object(d);
    }
    json_dumper_end_array(d);
}

static void outage(json_dumper *d, const sse_report *r, const sse_outage *o)
{
    json_dumper_begin_object(d);
    sse_json_string(d, "service", sse_service_code((sse_service)o->service));
    sse_json_number_or_null(d, "ip", o->ip);
    since(d, &o->since);
    frame_and_time(d, "until", o->until_frame, o->until_time);
    sse_json_string(d, "ended_by", sse_ended_code((sse_ended)o->ended_by));
    sse_json_boolean(d, "counted", o->counted);
    sse_json_boolean(d, "repeats", o->repeats);
    sse_json_milliseconds(d, "duration_ms", true, sse_outage_duration(o));
    sse_json_string(d, "verdict", sse_state_code((sse_state)o->verdict));
    sse_json_string(d, "cause", sse_cause_code((sse_cause)o->cause));
    sse_json_string(d, "confidence", sse_confidence_code((sse_confidence)o->confidence));
    reasons(d, "reasons", o->reasons);
    sse_json_number(d, "attempts", o->attempts);
    sse_json_number(d, "failed", o->failed);
    outage_ports(d, o);
    sse_json_key(d, "peers");
    json_dumper_begin_array(d);
    for (guint i = 0; i < o->peers->len; i++)
        sse_json_address(d, NULL, &g_array_index(o->peers, sse_addr, i));
    json_dumper_end_array(d);
    control(d, true, o->control_dns_answers, o->control_tcp_opened);
    sse_json_string(d, "origin", sse_origin_code((sse_origin)o->origin));
    reasons(d, "origin_reasons", o->origin_reasons);
    icmp(d, &o->icmp);
    fake_reply(d, o->fake_frame, o->fake_rcode, o->fake_ttl);
    fail_open(d, o->has_fail_open, o->fail_open, o->fail_open_first, o->fail_open_last);
    sse_json_boolean(d, "captive_portal", o->captive);
    sse_json_advice(d, r, o->advice);
    allow(d, o->allow);
    sse_json_frames(d, &o->frames);
    json_dumper_end_object(d);
}

static void outages(json_dumper *d, const sse_report *r, const GArray *list)
{
    sse_json_key(d, "outages");
    json_dumper_begin_array(d);
    for (guint i = list->len - MIN(list->len, SSE_LISTED); i < list->len; i++)
        outage(d, r, &g_array_index(list, sse_outage, i));
    json_dumper_end_array(d);
}

static void timeline(json_dumper *d, const GArray *changes)
{
    sse_json_key(d, "timeline");
    json_dumper_begin_array(d);
    for (guint i = changes->len - MIN(changes->len, SSE_LISTED); i < changes->len; i++) {
        const sse_change *c = &g_array_index(changes, sse_change, i);
        bool network = c->service == SSE_SERVICE_NETWORK;

        json_dumper_begin_object(d);
        sse_json_number(d, "frame", c->frame);
        sse_json_time(d, "time", true, c->time);
        sse_json_string(d, "service", sse_service_code(c->service));
        sse_json_number_or_null(d, "ip", (uint32_t)c->ip);
        if (network) {
            sse_json_address(d, "from", &c->networks[0]);
            sse_json_address(d, "to", &c->networks[1]);
        } else {
            sse_json_string(d, "from", sse_state_code(c->from));
            sse_json_string(d, "to", sse_state_code(c->to));
        }
        json_dumper_end_object(d);
    }
    json_dumper_end_array(d);
}

static void client(json_dumper *d, const sse_report *r, guint index)
{
    const sse_client_report *c = &g_array_index(r->clients, sse_client_report, index);

    json_dumper_begin_object(d);
    sse_json_address(d, "client", &c->client);
    sse_json_key(d, "addresses");
    json_dumper_begin_array(d);
    for (guint i = 0; i < MIN(c->addresses->len, SSE_LISTED); i++)
        sse_json_address(d, NULL, &g_array_index(c->addresses, sse_addr, i));
    json_dumper_end_array(d);
    sse_json_string(d, "capture_point", c->at_client ? "client" : "remote");

    sse_json_key(d, "dns");
    json_dumper_begin_object(d);
    service_head(d, &c->dns);
    sse_json_string(d, "encryption", sse_encryption_code(c->encryption));
    service_since(d, &c->dns);
    version(d, "ipv4", &c->ip[0]);
    version(d, "ipv6", &c->ip[1]);
    resolvers(d, c->resolvers);
    sse_json_key(d, "identity");
    json_dumper_begin_object(d);
    sse_json_string(d, "server", c->server);
    sse_json_string(d, "orgid", c->orgid);
    sse_json_string(d, "originid", c->originid);
    sse_json_string(d, "device", c->device);
    sse_json_string(d, "source", c->source);
    json_dumper_end_object(d);
    service_tail(d, r, c, &c->dns);
    json_dumper_end_object(d);

    sse_json_key(d, "web");
    json_dumper_begin_object(d);
    service_head(d, &c->web);
    service_since(d, &c->web);
    gateways(d, c->gateways);
    connects(d, c->connects);
    candidates(d, c->candidates);
    fail_open(d, c->has_fail_open, c->fail_open, c->fail_open_first, c->fail_open_last);
    service_tail(d, r, c, &c->web);
    json_dumper_end_object(d);

    outages(d, r, c->outages);
    findings(d, r, c->findings);
    timeline(d, c->timeline);
    sse_log_json(d, r, index);
    json_dumper_end_object(d);
}

static void counts(json_dumper *d, const char *name, const uint32_t *count, sse_state failed)
{
    sse_json_key(d, name);
    json_dumper_begin_object(d);
    sse_json_number(d, sse_state_code(failed), count[failed]);
    sse_json_number(d, "inconclusive", count[SSE_INCONCLUSIVE]);
    sse_json_number(d, "protected", count[SSE_PROTECTED]);
    sse_json_number(d, "not-observed", count[SSE_NOT_OBSERVED]);
    json_dumper_end_object(d);
}

static void preferences(json_dumper *d, const GArray *changed)
{
    sse_json_key(d, "preferences");
    json_dumper_begin_object(d);
    for (guint i = 0; changed != NULL && i < changed->len; i++) {
        const sse_setting *s = &g_array_index(changed, sse_setting, i);

        sse_json_string(d, s->name, s->value);
    }
    json_dumper_end_object(d);
}

/* Writes what there is so far, once that is enough to be worth a call. */
static bool pass_on(GString *out, FILE *to)
{
    if (to == NULL || out->len < PASS_ON)
        return true;
    if (fwrite(out->str, 1, out->len, to) != out->len)
        return false;
    g_string_truncate(out, 0);
    return true;
}

/* @param to where to write when much has come together, or NULL; the rest is
 * left in out. @return whether that could be written */
static bool dump(const sse_report *report, GString *out, FILE *to)
{
    json_dumper dumper = { .output_string = out };
    json_dumper *d = &dumper;

    json_dumper_begin_object(d);
    sse_json_string(d, "schema", "sseroaming/1");
    sse_json_string(d, "plugin", SSE_PLUGIN_VERSION);
    sse_json_number(d, "frames", report->frames);
    sse_json_time(d, "first_time", report->frames > 0, report->first_time);
    sse_json_time(d, "last_time", report->frames > 0, report->last_time);
    sse_json_string(d, "filter_applied", report->filter);
    sse_json_string(d, "dns", sse_state_code(report->dns));
    sse_json_string(d, "web", sse_state_code(report->web));
    sse_json_key(d, "counts");
    json_dumper_begin_object(d);
    sse_json_number(d, "clients", report->clients->len);
    counts(d, "dns", report->count_dns, SSE_UNPROTECTED);
    counts(d, "web", report->count_web, SSE_CLOUD_SERVICE_UNAVAILABLE);
    json_dumper_end_object(d);
    sse_json_key(d, "worst");
    json_dumper_begin_object(d);
    sse_json_string(d, "dns", sse_state_code(report->worst_dns));
    sse_json_string(d, "web", sse_state_code(report->worst_web));
    json_dumper_end_object(d);
    sse_json_key(d, "outages");
    json_dumper_begin_object(d);
    sse_json_number(d, "dns", report->outages_dns);
    sse_json_number(d, "web", report->outages_web);
    sse_json_number(d, "clients", report->outage_clients);
    json_dumper_end_object(d);
    preferences(d, report->in_force.changed);
    findings(d, report, report->findings);
    sse_json_key(d, "clients");
    json_dumper_begin_array(d);
    for (guint i = 0; i < report->clients->len; i++) {
        client(d, report, i);
        if (!pass_on(out, to))
            return false;
    }
    json_dumper_end_array(d);
    sse_log_json(d, report, -1);
    json_dumper_end_object(d);
    json_dumper_finish(d);
    /* It ends the line itself; a version that does not shall make no other output. */
    if (out->str[out->len - 1] != '\n')
        g_string_append_c(out, '\n');
    return true;
}

GString *sse_report_json(const sse_report *report)
{
    GString *out = g_string_new(NULL);

    dump(report, out, NULL);
    return out;
}

bool sse_report_write_json(const sse_report *report, FILE *to)
{
    GString *out = g_string_new(NULL);
    bool written = dump(report, out, to) && fwrite(out->str, 1, out->len, to) == out->len;

    g_string_free(out, TRUE);
    return written;
}
