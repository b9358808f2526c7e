/* html_client.c
 * All of one client, as the part of a page: what the text report says of it, with
 * the timeline as a picture, tables as tables, and frames as filters to paste.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "html_client.h"

#include <string.h>

#include "filters.h"
#include "head_words.h"
#include "html_timeline.h"
#include "html_write.h"
#include "layout.h"
#include "log_words.h"
#include "outage_words.h"
#include "phrases.h"

/* How the line about the log begins. */
#define LOG_HEAD "  Log  "

/* What is being written. */
typedef struct page {
    GString *out;
    const sse_report *r;
    const sse_client_report *c;
    const GArray *told;
    guint index;
} page;

/* A word behind what was left out. */
static void more_line(GString *out, guint all, const char *what)
{
    if (all > SSE_ROWS_SHOWN)
        sse_html_printf(out, "p", "soft", "%u %s are left out here; -z sseroaming,json has them.", all - SSE_ROWS_SHOWN, what);
}

static char *take(GString *words)
{
    return g_string_free(words, FALSE);
}

static const char *version_words(uint8_t ip)
{
    return ip == 6 ? "IPv6" : "IPv4";
}

/* ---- the head ---- */

static void reason_list(GString *out, const GArray *reasons)
{
    if (reasons == NULL || reasons->len == 0)
        return;
    g_string_append(out, "<ul class=\"soft\">\n");
    for (guint i = 0; i < reasons->len; i++)
        sse_html_take(out, "li", NULL, sse_reason_text(&g_array_index(reasons, sse_reason, i)));
    g_string_append(out, "</ul>\n");
}

static void version_line(GString *out, const sse_version_report *v, uint8_t ip)
{
    GString *line = g_string_new(NULL);

    if (v->n_ports > 0) {
        g_string_append_printf(line, "%s%s: ", version_words(ip), v->counts ? "" : ", which does not count");
        sse_port_words(line, v);
        sse_html_element(out, "p", NULL, line->str);
    }
    g_string_free(line, TRUE);
}

static void card(const page *p, const sse_service_report *s, sse_service service)
{
    const sse_told *now = sse_outage_now(p->told, service);
    GString *line = g_string_new(NULL), *out = p->out;

    g_string_append_printf(out, "<section class=\"card %s%s\">\n<h3>%s</h3>\n", sse_state_code(s->verdict),
                           s->outages > 0 && now == NULL ? " after" : "", sse_service_words(service));
    sse_service_verdict_words(line, s, now);
    g_string_append_printf(out, "<p class=\"state %s\">", sse_state_code(s->verdict));
    sse_html_text(out, line->str);
    g_string_append(out, "</p>\n");
    if (s->verdict != SSE_NOT_OBSERVED) {
        g_string_truncate(line, 0);
        sse_cause_since_words(line, s);
        if (line->len > 0)
            sse_html_element(out, "p", NULL, line->str);
        if (service == SSE_SERVICE_DNS) {
            version_line(out, &p->c->ip[0], 4);
            version_line(out, &p->c->ip[1], 6);
        } else {
            g_string_truncate(line, 0);
            sse_web_words(line, p->c);
            sse_html_element(out, "p", NULL, line->str);
        }
    }
    if (service == SSE_SERVICE_WEB && p->c->candidates->len > 0)
        sse_html_element(out, "p", NULL, "no gateway is known");
    if (s->has_control) {
        g_string_assign(line, "meanwhile ");
        sse_control_words(line, s->control_dns_answers, s->control_tcp_opened);
        sse_html_element(out, "p", NULL, line->str);
    }
    if (s->evidence_frame != 0) {
        char *time = sse_time_utc_second(s->evidence_time);

        sse_html_printf(out, "p", "soft", "Last evidence: %s (frame %u)", time, s->evidence_frame);
        g_free(time);
    }
    if (s->confidence != SSE_CONFIDENCE_NONE) {
        sse_html_printf(out, "p", "soft", "Confidence: %s%s", sse_confidence_code(s->confidence), s->reasons->len > 0 ? ", because" : "");
        reason_list(out, s->reasons);
    }
    g_string_append(out, "</section>\n");
    g_string_free(line, TRUE);
}

static void to_do(const page *p)
{
    static const char *const of[] = { "", "DNS: ", "Web: ", "DNS, Web: " };
    GArray *tasks = sse_client_tasks(p->r, p->c);
    const char *none = tasks->len == 0 ? sse_no_task_words(p->r, p->index) : NULL;
    GString *out = p->out;

    if (tasks->len > 0 || none != NULL)
        g_string_append(out, "<section class=\"todo\">\n<h3>To do</h3>\n");
    if (none != NULL)
        sse_html_element(out, "p", NULL, none);
    if (tasks->len > 0)
        g_string_append(out, "<ul>\n");
    for (guint i = 0; i < tasks->len; i++) {
        const sse_task *t = &g_array_index(tasks, sse_task, i);

        g_string_append_printf(out, "<li><span class=\"tag\">%s</span>", of[t->of & 3]);
        sse_html_text(out, t->text);
        g_string_append(out, "</li>\n");
    }
    if (tasks->len > 0)
        g_string_append(out, "</ul>\n");
    if (tasks->len > 0 || none != NULL)
        g_string_append(out, "</section>\n");
    g_array_free(tasks, TRUE);
}

static void head(const page *p)
{
    const sse_client_report *c = p->c;
    const struct { const char *name, *value; } identity[] = {
        { "server", c->server }, { "orgid", c->orgid }, { "originid", c->originid }, { "device", c->device }, { "source", c->source },
    };
    GString *out = p->out, *line = g_string_new(NULL);

    g_string_append(out, "<div class=\"cards\">\n");
    card(p, &c->dns, SSE_SERVICE_DNS);
    card(p, &c->web, SSE_SERVICE_WEB);
    g_string_append(out, "</div>\n");
    sse_log_head_line(line, p->r, p->index);
    /* Its head stands in a column of the text. */
    if (line->len > strlen(LOG_HEAD)) {
        g_string_erase(line, 0, strlen(LOG_HEAD));
        g_string_prepend(line, "The client's log: ");
        sse_html_paragraphs(out, line->str);
    }
    to_do(p);
    if (sse_html_has_timeline(p->r, c)) {
        g_string_append(out, "<h3>Timeline</h3>\n");
        sse_html_timeline(out, p->r, p->index, p->told);
    }
    g_string_append(out, "<dl>\n");
    sse_html_fact(out, "Captured", g_strdup(c->at_client ? "at the client" : "away from the client"));
    g_string_truncate(line, 0);
    if (c->addresses->len > 1)
        sse_addresses_words(line, c->addresses);
    sse_html_fact(out, "Addresses", g_strdup(line->str));
    g_string_truncate(line, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(identity); i++)
        if (identity[i].value != NULL)
            g_string_append_printf(line, "%s%s %s", line->len > 0 ? ", " : "", identity[i].name, identity[i].value);
    sse_html_fact(out, "Identity", take(line));
    if (c->dns.verdict != SSE_NOT_OBSERVED)
        sse_html_fact(out, "Encryption", g_strdup(sse_encryption_words(c->encryption)));
    sse_html_code_fact(out, "Filter for DNS", sse_service_filter(c, &c->dns));
    sse_html_code_fact(out, "Filter for Web", sse_service_filter(c, &c->web));
    g_string_append(out, "</dl>\n");
}

/* ---- what tables and outages share ---- */

/* As words, and to paste into Wireshark. */
static void frames_fact(GString *out, const sse_frames *frames)
{
    sse_html_code_fact(out, frames->total > frames->kept ? "First frames" : "Frames", sse_frames_filter(frames));
}

static void icmp_fact(GString *out, const sse_icmp_sum *icmp)
{
    if (icmp->count > 0)
        sse_html_fact(out, "Rejected by", sse_icmp_words(icmp));
}

static void origin_fact(GString *out, const char *subject, sse_origin origin, const GArray *reasons)
{
    char *term = g_strdup_printf("Origin of the %s", subject);

    if (origin != SSE_ORIGIN_NONE)
        sse_html_fact(out, term, sse_origin_words(origin, reasons));
    g_free(term);
}

/* ---- outages ---- */

static void member_facts(GString *out, const sse_outage *o)
{
    GString *line = g_string_new(NULL);
    char server[SSE_ADDR_TEXT], address[SSE_ADDR_TEXT];

    g_string_append_printf(line, "%u of %u attempts", o->failed, o->attempts);
    sse_outage_peers_words(line, o);
    sse_html_fact(out, "Failed", g_strdup(line->str));
    g_string_truncate(line, 0);
    sse_control_words(line, o->control_dns_answers, o->control_tcp_opened);
    sse_html_fact(out, "Meanwhile", take(line));
    icmp_fact(out, &o->icmp);
    origin_fact(out, sse_origin_subject(o), (sse_origin)o->origin, o->origin_reasons);
    if (o->fake_frame != 0)
        sse_html_fact(out, "The reply that came", sse_fake_words(o->fake_frame, o->fake_rcode, o->fake_ttl));
    if (o->has_fail_open && o->fail_open > 0) {
        char *words = sse_fail_open_words(o->fail_open, o->fail_open_first, o->fail_open_last);

        sse_html_fact(out, "Fail open", g_strdup_printf("%s. " SSE_FAIL_OPEN_CAVEAT, words));
        g_free(words);
    }
    if (o->misdirected->len > 0)
        sse_html_fact(out, "False address", g_strdup_printf("the DNS server %s answered with %s, which no gateway has",
                                                            sse_addr_text(&g_array_index(o->misdirected, sse_addr, 1), server),
                                                            sse_addr_text(&g_array_index(o->misdirected, sse_addr, 0), address)));
    if (o->captive)
        sse_html_fact(out, "Captive portal", g_strdup("answered in that time or shortly before"));
    for (guint i = 0; i < o->reasons->len; i++)
        sse_html_fact(out, o->confidence == SSE_CONFIDENCE_LIMITED ? "Confidence limited" : "Reason",
                      sse_reason_text(&g_array_index(o->reasons, sse_reason, i)));
    frames_fact(out, &o->frames);
}

static void outage_advice(const page *p, const sse_told *t, GHashTable *said)
{
    const sse_outage *o;

    for (guint at = 0; (o = sse_told_member(p->c, t, &at)) != NULL;)
        for (guint i = 0; i < o->advice->len; i++) {
            char *text = sse_advice_text(p->r, &g_array_index(o->advice, sse_advice, i));

            if (sse_say_once(said, g_strdup(text)))
                sse_html_fact(p->out, "To do", g_strdup(text));
            g_free(text);
        }
}

/* Of all its members' resolvers or gateways. */
static char *peers_filter(const sse_client_report *c, const sse_told *t)
{
    GArray *peers = g_array_new(FALSE, FALSE, sizeof(sse_addr));
    const sse_outage *o;
    char *filter;

    for (guint at = 0; (o = sse_told_member(c, t, &at)) != NULL;)
        sse_told_add_peers(peers, o);
    filter = sse_peers_filter(c, (sse_service)t->outage->service, peers);
    g_array_free(peers, TRUE);
    return filter;
}

static void outage_in_full(const page *p, const sse_told *t, GHashTable *said)
{
    GString *out = p->out, *line = g_string_new(sse_told_service_words(t));
    guint members = 0, more = 0;
    const sse_outage *o;

    g_string_append_printf(out, "<section class=\"box%s\">\n", t->counted ? "" : " not-counted");
    g_string_append(line, ", ");
    sse_told_time_words(line, t);
    sse_html_element(out, "h4", NULL, line->str);
    if (!t->counted)
        sse_html_element(out, "p", "soft", sse_not_counted_words(t->outage));
    g_string_append(out, "<dl>\n");
    g_string_truncate(line, 0);
    sse_told_cause_words(line, p->c, t);
    sse_html_fact(out, "Cause", g_strdup(line->str));
    g_string_truncate(line, 0);
    sse_told_border_words(line, t);
    sse_html_fact(out, "In the file", g_strdup(line->str));
    for (guint at = 0; (o = sse_told_member(p->c, t, &at)) != NULL;) {
        if (members++ > SSE_OUTAGES_IN_FULL) {
            more++;
            continue;
        }
        if (t->both) {
            const sse_told alone = { .outage = o, .last = o };

            g_string_truncate(line, 0);
            sse_told_time_words(line, &alone);
            sse_html_fact(out, o->ip == 6 ? "Over IPv6" : "Over IPv4", g_strdup(line->str));
        }
        member_facts(out, o);
    }
    if (more > 0)
        sse_html_fact(out, "And", g_strdup_printf("%u more within it; -z sseroaming,json has them", more));
    outage_advice(p, t, said);
    sse_html_code_fact(out, "All its packets", peers_filter(p->c, t));
    g_string_append(out, "</dl>\n</section>\n");
    g_string_free(line, TRUE);
}

static void outage_row(sse_html_table *table, const page *p, const sse_told *t)
{
    GString *line = g_string_new(NULL);

    sse_told_time_words(line, t);
    sse_html_cell(table, NULL, line->str);
    sse_html_cell(table, NULL, sse_told_service_words(t));
    g_string_truncate(line, 0);
    sse_told_cause_words(line, p->c, t);
    sse_html_cell(table, NULL, line->str);
    sse_html_cell_printf(table, NULL, "%u of %u", t->outage->failed, t->outage->attempts);
    sse_html_cell_printf(table, NULL, "%u", t->outage->since.frame);
    g_string_free(line, TRUE);
}

/* Newest first: the newest few of each service in full, the others a row each. */
static void outages(const page *p)
{
    static const char *const columns[] = { "Time", "Service", "Cause", "#Failed", "#Frame" };
    GHashTable *said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    unsigned in_full[2] = { 0, 0 };
    guint not_counted = 0, rows = 0, left_out = 0;
    GArray *earlier = g_array_new(FALSE, FALSE, sizeof(guint));

    if (p->told->len > 0)
        g_string_append(p->out, "<h3>Outages</h3>\n");
    for (guint i = p->told->len; i > 0; i--) {
        const sse_told *t = &g_array_index(p->told, sse_told, i - 1);
        const guint place = i - 1;

        if (t->counted ? in_full[t->outage->service == SSE_SERVICE_WEB]++ < SSE_OUTAGES_IN_FULL
                       : not_counted++ < SSE_OUTAGES_IN_FULL)
            outage_in_full(p, t, said);
        else if (t->counted && rows++ < SSE_ROWS_SHOWN)
            g_array_append_val(earlier, place);
        else
            left_out++;
    }
    if (earlier->len > 0) {
        sse_html_table table;

        g_string_append(p->out, "<h3>Earlier outages</h3>\n");
        sse_html_table_begin(&table, p->out, NULL, columns, G_N_ELEMENTS(columns));
        for (guint i = 0; i < earlier->len; i++)
            outage_row(&table, p, &g_array_index(p->told, sse_told, g_array_index(earlier, guint, i)));
        sse_html_table_end(&table);
    }
    if (left_out > 0)
        sse_html_printf(p->out, "p", "soft", "%u older %s left out here; -z sseroaming,json has them.", left_out,
                        sse_plural(left_out, "outage is", "outages are"));
    g_array_free(earlier, TRUE);
    g_hash_table_destroy(said);
}

/* ---- tables ---- */

static void reply_times(sse_html_table *t, const sse_rtt *rtt)
{
    char times[SSE_RTT_TEXT];

    sse_html_cell(t, NULL, sse_rtt_text(rtt, times));
}

static void change_fact(GString *facts, const char *good, uint32_t before_good, uint32_t before, uint32_t all_good, uint32_t all)
{
    if (before > 0 && before < all)
        sse_html_fact(facts, "Before the change", g_strdup_printf("%u of %u %s, since then %u of %u", before_good, before, good,
                                                                  all_good - before_good, all - before));
    else if (before > 0)
        sse_html_fact(facts, "Before the change", g_strdup("all of these"));
}

static void address_cell(sse_html_table *t, const sse_addr *address)
{
    char text[SSE_ADDR_TEXT];

    sse_html_cell(t, NULL, sse_addr_text(address, text));
}

static void resolvers(const page *p)
{
    static const char *const columns[] = { "Resolver", "Port", "#Tried", "#Answered", "Min/avg/max ms", "Outcomes" };
    sse_html_table t;

    if (p->c->resolvers->len == 0)
        return;
    g_string_append(p->out, "<h3>Resolvers</h3>\n");
    sse_html_table_begin(&t, p->out, NULL, columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < MIN(p->c->resolvers->len, SSE_ROWS_SHOWN); i++) {
        const sse_resolver_report *r = &g_array_index(p->c->resolvers, sse_resolver_report, i);
        GString *outcomes = g_string_new(NULL), *facts = g_string_new(NULL);

        sse_probe_outcomes_words(outcomes, r->outcomes);
        address_cell(&t, &r->address);
        sse_html_cell_printf(&t, NULL, "%s %u", r->transport == SSE_TCP ? "TCP" : "UDP", r->port);
        sse_html_cell_printf(&t, NULL, "%u", r->probes);
        sse_html_cell_printf(&t, NULL, "%u", r->outcomes[SSE_PROBE_ANSWERED]);
        reply_times(&t, &r->rtt);
        sse_html_cell(&t, NULL, outcomes->str);
        change_fact(facts, "answered", r->before_answered, r->before_probes, r->outcomes[SSE_PROBE_ANSWERED], r->probes);
        icmp_fact(facts, &r->icmp);
        if (r->fake_frame != 0)
            sse_html_fact(facts, "The reply that came", sse_fake_words(r->fake_frame, r->fake_rcode, r->fake_ttl));
        frames_fact(facts, &r->frames);
        sse_html_row_facts(&t, facts);
        g_string_free(facts, TRUE);
        g_string_free(outcomes, TRUE);
    }
    sse_html_table_end(&t);
    more_line(p->out, p->c->resolvers->len, "more resolvers");
}

static void gateway_known(GString *facts, const sse_gateway_report *g)
{
    GString *text = g_string_new(NULL);

    sse_gateway_known_words(text, g);
    sse_html_fact(facts, "Known", take(text));
}

static void gateways(const page *p)
{
    static const char *const columns[] = { "Gateway", "Port", "#Tried", "#Completed", "Min/avg/max ms", "Outcomes" };
    sse_html_table t;

    if (p->c->gateways->len == 0)
        return;
    g_string_append(p->out, "<h3>Gateways</h3>\n");
    sse_html_table_begin(&t, p->out, NULL, columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < MIN(p->c->gateways->len, SSE_ROWS_SHOWN); i++) {
        const sse_gateway_report *g = &g_array_index(p->c->gateways, sse_gateway_report, i);
        GString *outcomes = g_string_new(NULL), *facts = g_string_new(NULL);

        sse_swg_outcomes_words(outcomes, g->outcomes);
        address_cell(&t, &g->address);
        sse_html_cell_printf(&t, NULL, "TCP %u", g->port);
        sse_html_cell_printf(&t, NULL, "%u", g->handshakes);
        sse_html_cell_printf(&t, NULL, "%u", g->outcomes[SSE_SWG_COMPLETED]);
        reply_times(&t, &g->rtt);
        sse_html_cell(&t, NULL, outcomes->str);
        gateway_known(facts, g);
        change_fact(facts, "completed", g->before_completed, g->before_handshakes, g->outcomes[SSE_SWG_COMPLETED], g->handshakes);
        icmp_fact(facts, &g->icmp);
        origin_fact(facts, "resets", g->reset_origin, g->reset_reasons);
        frames_fact(facts, &g->frames);
        sse_html_row_facts(&t, facts);
        g_string_free(facts, TRUE);
        g_string_free(outcomes, TRUE);
    }
    sse_html_table_end(&t);
    more_line(p->out, p->c->gateways->len, "more gateways");
}

static void connects(const page *p)
{
    static const char *const columns[] = { "Status", "#Answers", "Origin", "Server", "Via" };
    sse_html_table t;

    if (p->c->connects->len == 0)
        return;
    g_string_append(p->out, "<h3>Answers to CONNECT</h3>\n");
    sse_html_table_begin(&t, p->out, NULL, columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < MIN(p->c->connects->len, SSE_ROWS_SHOWN); i++) {
        const sse_connect_report *row = &g_array_index(p->c->connects, sse_connect_report, i);
        GString *facts = g_string_new(NULL);
        char *origin = row->origin != SSE_ORIGIN_NONE ? sse_origin_words(row->origin, row->origin_reasons) : g_strdup("-");

        sse_html_cell_printf(&t, NULL, "%u", row->status);
        sse_html_cell_printf(&t, NULL, "%u", row->frames.total);
        sse_html_cell(&t, NULL, origin);
        sse_html_cell(&t, NULL, row->server != NULL ? row->server : "-");
        sse_html_cell(&t, NULL, row->via != NULL ? row->via : "-");
        frames_fact(facts, &row->frames);
        sse_html_row_facts(&t, facts);
        g_string_free(facts, TRUE);
        g_free(origin);
    }
    sse_html_table_end(&t);
    more_line(p->out, p->c->connects->len, "more statuses");
}

static void candidates(const page *p)
{
    static const char *const columns[] = { "Address", "What it got", "Option" };
    sse_html_table t;

    if (p->c->candidates->len == 0)
        return;
    g_string_append(p->out, "<h3>Gateway candidates</h3>\n<p>No gateway is known; run again with the option of one to judge it.</p>\n");
    sse_html_table_begin(&t, p->out, NULL, columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < MIN(p->c->candidates->len, SSE_ROWS_SHOWN); i++) {
        const sse_candidate_report *k = &g_array_index(p->c->candidates, sse_candidate_report, i);
        GString *facts = g_string_new(NULL);
        char *option = sse_candidate_option(k);

        address_cell(&t, &k->address);
        if (k->failed > 0)
            sse_html_cell_printf(&t, NULL, "%u %s on 443 without success", k->failed, sse_plural(k->failed, "SYN", "SYNs"));
        else
            sse_html_cell(&t, NULL, "a CONNECT on 443");
        sse_html_cell_open(&t, NULL);
        sse_html_element(p->out, "code", NULL, option);
        g_string_append(p->out, "</td>");
        frames_fact(facts, &k->frames);
        sse_html_row_facts(&t, facts);
        g_string_free(facts, TRUE);
        g_free(option);
    }
    sse_html_table_end(&t);
    more_line(p->out, p->c->candidates->len, "more candidates");
}

/* ---- findings, changes, log ---- */

void sse_html_findings(GString *out, const sse_report *r, const char *title, const GArray *findings)
{
    static const char *const columns[] = { "Finding", "What it says" };
    sse_html_table t;

    if (findings->len == 0)
        return;
    sse_html_element(out, "h3", NULL, title);
    sse_html_table_begin(&t, out, NULL, columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < MIN(findings->len, SSE_ROWS_SHOWN); i++) {
        const sse_finding *f = &g_array_index(findings, sse_finding, i);
        GString *facts = g_string_new(NULL);
        char *sentence = sse_finding_text(r, f);

        sse_html_cell(&t, f->has_advice ? "inconclusive" : NULL, sse_finding_code_text(f->code));
        sse_html_cell(&t, NULL, sentence);
        sse_html_fact(facts, "To do", sse_finding_advice_text(r, f));
        frames_fact(facts, &f->frames);
        sse_html_row_facts(&t, facts);
        g_string_free(facts, TRUE);
        g_free(sentence);
    }
    sse_html_table_end(&t);
    more_line(out, findings->len, "more findings");
}

static void changes(const page *p)
{
    static const char *const columns[] = { "Time", "#Frame", "Service", "From", "To" };
    const GArray *list = p->c->timeline;
    sse_html_table t;

    if (list->len == 0)
        return;
    g_string_append(p->out, "<h3>State changes</h3>\n");
    more_line(p->out, list->len, "older changes");
    sse_html_table_begin(&t, p->out, NULL, columns, G_N_ELEMENTS(columns));
    for (guint i = list->len - MIN(list->len, SSE_ROWS_SHOWN); i < list->len; i++) {
        const sse_change *c = &g_array_index(list, sse_change, i);
        char *time = sse_time_utc(c->time);

        sse_html_cell(&t, NULL, time);
        sse_html_cell_printf(&t, NULL, "%u", c->frame);
        sse_html_cell_printf(&t, NULL, "%s%s%s", sse_service_words(c->service), c->ip != 0 ? " " : "", c->ip != 0 ? version_words(c->ip) : "");
        if (c->service == SSE_SERVICE_NETWORK) {
            address_cell(&t, &c->networks[0]);
            address_cell(&t, &c->networks[1]);
        } else {
            sse_html_cell(&t, sse_state_code(c->from), sse_state_words(c->from));
            sse_html_cell(&t, sse_state_code(c->to), sse_state_words(c->to));
        }
        g_free(time);
    }
    sse_html_table_end(&t);
}

/* Where no outage that lasts has it. */
static void fail_open(const page *p)
{
    const sse_told *now = sse_outage_now(p->told, SSE_SERVICE_WEB);

    if (p->c->has_fail_open && p->c->fail_open > 0 && (now == NULL || !now->outage->has_fail_open)) {
        char *words = sse_fail_open_words(p->c->fail_open, p->c->fail_open_first, p->c->fail_open_last);

        sse_html_printf(p->out, "p", NULL, "Fail open: %s. " SSE_FAIL_OPEN_CAVEAT, words);
        g_free(words);
    }
}

static void client_log(const page *p)
{
    GString *lines = g_string_new(NULL);

    sse_log_lines(lines, p->r, p->index);
    if (lines->len > 0) {
        const char *text = lines->str;

        /* Its title is the first line, behind an empty one. */
        text += strspn(text, "\n");
        text += strcspn(text, "\n");
        text += strspn(text, "\n");
        sse_html_element(p->out, "h3", NULL, "What the client's log says");
        g_string_append(p->out, "<pre>");
        sse_html_lines(p->out, text);
        g_string_append(p->out, "</pre>\n");
    }
    g_string_free(lines, TRUE);
}

void sse_html_client(GString *out, const sse_report *r, guint index)
{
    const sse_client_report *c = &g_array_index(r->clients, sse_client_report, index);
    GArray *told = sse_outages_told(c);
    const page p = { .out = out, .r = r, .c = c, .told = told, .index = index };
    char address[SSE_ADDR_TEXT];

    g_string_append_printf(out, "<article id=\"client-%u\">\n<h2>Client %s</h2>\n", index + 1, sse_addr_text(&c->client, address));
    head(&p);
    outages(&p);
    fail_open(&p);
    resolvers(&p);
    gateways(&p);
    connects(&p);
    candidates(&p);
    client_log(&p);
    sse_html_findings(out, r, "Findings", c->findings);
    changes(&p);
    g_string_append(out, "</article>\n");
    g_array_free(told, TRUE);
}
