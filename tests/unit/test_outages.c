/* test_outages.c
 * Outages: what begins one and what ends it, to the nanosecond where a rule
 * says so; which of them count; what each keeps of its time; and that numbers,
 * timeline, advice and the verdict at the end come from them.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#define UNAVAILABLE "cloud-service-unavailable"

/* What a test expects of an outage; until 0: not known. */
typedef struct want {
    const char *service;
    int ip;
    const char *verdict, *cause;
    uint32_t since, until;
    const char *ended;
    bool counted;
} want;

static const sse_outage *outage(feed *f, guint i)
{
    const GArray *outages = feed_client(f)->outages;

    expect_number(f, "there are so many outages at least", outages != NULL && outages->len > i, 1);
    return &g_array_index(outages, sse_outage, i);
}

static void expect_outages_of_at(feed *f, const sse_client_report *c, const want *wants, guint count, int line)
{
    for (guint i = 0; i < c->outages->len && i < count; i++) {
        const sse_outage *o = &g_array_index(c->outages, sse_outage, i);

        feed_row("outage %u", i);
        expect_code_at(f, "service", sse_service_code((sse_service)o->service), wants[i].service, __FILE__, line);
        expect_number_at(f, "ip", o->ip, (uint64_t)wants[i].ip, __FILE__, line);
        expect_code_at(f, "verdict", sse_state_code((sse_state)o->verdict), wants[i].verdict, __FILE__, line);
        expect_code_at(f, "cause", sse_cause_code((sse_cause)o->cause), wants[i].cause, __FILE__, line);
        expect_number_at(f, "since", o->since.frame, wants[i].since, __FILE__, line);
        expect_number_at(f, "until", o->until_frame, wants[i].until, __FILE__, line);
        expect_code_at(f, "ended by", sse_ended_code((sse_ended)o->ended_by), wants[i].ended, __FILE__, line);
        expect_number_at(f, "counted", o->counted, wants[i].counted, __FILE__, line);
    }
    expect_number_at(f, "outages", c->outages->len, count, __FILE__, line);
    feed_row("%s", "");
}
#define expect_outages(f, wants) expect_outages_of_at(f, feed_client_at(f, __FILE__, __LINE__), wants, G_N_ELEMENTS(wants), __LINE__)
#define expect_no_outage(f)      expect_number(f, "outages", feed_client(f)->outages->len, 0)

/* Numbers of the whole file: outages that count. */
static void expect_numbers(feed *f, uint32_t dns, uint32_t web)
{
    expect_number(f, "outages of DNS", feed_report(f)->outages_dns, dns);
    expect_number(f, "outages of the web", feed_report(f)->outages_web, web);
    expect_number(f, "clients with outages", feed_report(f)->outage_clients, dns + web > 0);
    expect_number(f, "the client's, DNS", feed_client(f)->dns.outages, dns);
    expect_number(f, "the client's, web", feed_client(f)->web.outages, web);
}

static guint entries(feed *f, sse_service service)
{
    const GArray *timeline = feed_client(f)->timeline;
    guint count = 0;

    for (guint i = 0; i < timeline->len; i++)
        count += g_array_index(timeline, sse_change, i).service == service;
    return count;
}

static bool advised(const GArray *advice, sse_advice_code code)
{
    for (guint i = 0; advice != NULL && i < advice->len; i++)
        if (g_array_index(advice, sse_advice, i).code == code)
            return true;
    return false;
}

static void finish(feed *f, double last)
{
    feed_control(f, last, CLIENT);
    feed_tick(f, last + 20);
}

/* A whole outage of DNS of 40 s: both ports fail twice each, other traffic
 * works. @return the frame of its since, the first on 53. */
static uint32_t dns_outage(feed *f, double at, const char *client, feed_fate fate)
{
    uint32_t since;

    feed_burst(f, at, client, 443, fate);
    since = feed_burst(f, at + 5, client, 53, fate);
    feed_control(f, at + 6, CLIENT);
    feed_dead_cycle(f, at + 15, client, fate, fate);
    feed_control(f, at + 21, CLIENT);
    return since;
}

/* ---- DNS: beginning and end ---- */

static void each_outage_keeps_its_cause_and_its_frames(void **state)
{
    feed *f = *state;
    uint32_t since[3], until[2];

    feed_dead_cycle(f, 0, CLIENT, ANSWERED, ANSWERED);
    since[0] = dns_outage(f, 20, CLIENT, SILENT);
    until[0] = feed_dead_cycle(f, 60, CLIENT, ANSWERED, ANSWERED);
    since[1] = dns_outage(f, 80, CLIENT, NXDOMAIN);
    until[1] = feed_burst(f, 120, CLIENT, 53, ANSWERED);
    feed_burst(f, 125, CLIENT, 443, ANSWERED);
    since[2] = dns_outage(f, 140, CLIENT, ICMP_FILTER);
    finish(f, 162);
    const want wants[] = {
        { "dns", 4, "unprotected", "no-reply", since[0], until[0], "proof", true },
        { "dns", 4, "unprotected", "intercepted", since[1], until[1], "proof", true },
        { "dns", 4, "unprotected", "icmp-unreachable", since[2], 0, NULL, true },
    };
    expect_outages(f, wants);
    expect_numbers(f, 3, 0);
    expect_dns(f, "unprotected", "icmp-unreachable");
    expect_number(f, "fake reply of the first", outage(f, 0)->fake_frame, 0);
    expect_number(f, "fake reply of the second", outage(f, 1)->fake_rcode, 3);
    expect_number(f, "ICMP of the first", outage(f, 0)->icmp.count, 0);
    expect_number(f, "ICMP of the third", outage(f, 2)->icmp.code, 13);
}

/* "The state at the end of the file is that of the outage that lasts to its end". */
static void the_state_at_the_end_is_the_lasting_outage(void **state)
{
    feed *f = *state;
    const sse_client_report *c;
    const sse_outage *o;

    feed_dead_cycle(f, 0, CLIENT, ANSWERED, ANSWERED);
    dns_outage(f, 20, CLIENT, REFUSED);
    finish(f, 42);
    c = feed_client(f);
    o = outage(f, 0);
    expect_code(f, "verdict", sse_state_code(c->dns.verdict), sse_state_code((sse_state)o->verdict));
    expect_code(f, "worst", sse_state_code(c->dns.worst), "unprotected");
    expect_code(f, "cause", sse_cause_code(c->dns.cause), sse_cause_code((sse_cause)o->cause));
    expect_code(f, "confidence", sse_confidence_code(c->dns.confidence), sse_confidence_code((sse_confidence)o->confidence));
    expect_frame(f, "since", c->dns.since.frame, o->since.frame);
    expect_frame(f, "evidence", c->dns.evidence_frame, o->evidence_frame);
    expect_number(f, "control", c->dns.control_tcp_opened, o->control_tcp_opened);
    expect_number(f, "duration", (uint64_t)sse_outage_duration(o), (uint64_t)(o->evidence_time - o->since.time));
}

static void a_healed_outage_leaves_its_facts_and_worst(void **state)
{
    feed *f = *state;
    const sse_client_report *c;
    const sse_outage *o;

    feed_dead_cycle(f, 0, CLIENT, ANSWERED, ANSWERED);
    dns_outage(f, 20, CLIENT, SILENT);
    feed_dead_cycle(f, 60, CLIENT, ANSWERED, ANSWERED);
    finish(f, 66);
    expect_dns(f, "protected", NULL);
    c = feed_client(f);
    o = outage(f, 0);
    expect_code(f, "worst", sse_state_code(c->dns.worst), "unprotected");
    expect_code(f, "worst of the file", sse_state_code(feed_report(f)->worst_dns), "unprotected");
    expect_code(f, "now", sse_state_code(feed_report(f)->dns), "protected");
    expect_code(f, "confidence", sse_confidence_code((sse_confidence)o->confidence), "high");
    expect_code(f, "cause on 443", sse_cause_code((sse_cause)o->port_cause[0]), "no-reply");
    expect_code(f, "cause on 53", sse_cause_code((sse_cause)o->port_cause[1]), "no-reply");
    assert_true(o->failed == o->attempts && o->failed >= 6 && o->failed <= 8);
    expect_number(f, "peers", o->peers->len, 2);
    assert_true(o->control_dns_answers >= 2 && o->control_tcp_opened >= 2);
    expect_number(f, "duration", (uint64_t)sse_outage_duration(o), (uint64_t)(35 * SSE_SECOND));
    assert_true(o->allow->len > 0 && o->examples->len == SSE_EXAMPLES);
    /* "To do: nothing" is said only where there was no outage. */
    assert_true(advised(o->advice, SSE_ADVICE_ALLOW_DNS) && advised(c->dns.advice, SSE_ADVICE_ALLOW_DNS));
    expect_no_finding(f, SSE_FIND_PROBE_LOSS);
}

/* "The newest outage that stands first": two faults are two sentences. */
static void advice_of_the_newest_outage_goes_first(void **state)
{
    feed *f = *state;
    const GArray *advice;

    dns_outage(f, 0, CLIENT, SILENT);
    feed_burst(f, 60, CLIENT, 443, ANSWERED);
    dns_outage(f, 80, CLIENT, ICMP_FILTER);
    feed_burst(f, 140, CLIENT, 443, ANSWERED);
    finish(f, 141);
    advice = feed_client(f)->dns.advice;
    assert_true(advice->len > 0);
    assert_memory_equal(&g_array_index(advice, sse_advice, 0), &g_array_index(outage(f, 1)->advice, sse_advice, 0), sizeof(sse_advice));
    assert_true(advised(advice, SSE_ADVICE_ICMP_FILTER));
    for (guint i = 0; i < advice->len; i++)
        for (guint k = 0; k < i; k++)
            expect_number(f, "a sentence twice", g_array_index(advice, sse_advice, i).code == g_array_index(advice, sse_advice, k).code &&
                          sse_addr_equal(&g_array_index(advice, sse_advice, i).address, &g_array_index(advice, sse_advice, k).address), 0);
}

/* "Exactly at the timeout is in time". */
static void an_answer_at_the_border_is_no_failure(void **state)
{
    static const struct { double after; guint outages; const char *cause; } rows[] = { { 5, 0, NULL }, { 5 + NS, 1, "late" } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("after %.9f s", rows[i].after);
        feed_dead_cycle(f, 0, CLIENT, ANSWERED, ANSWERED);
        feed_query(f, 20, CLIENT, R1, 443, 700);
        feed_query(f, 20, CLIENT, R2, 443, 701);
        feed_reply(f, 20 + rows[i].after, CLIENT, R1, 443, 700);
        feed_reply(f, 20 + rows[i].after, CLIENT, R2, 443, 701);
        feed_burst(f, 25.5, CLIENT, 53, SILENT);
        feed_control(f, 26, CLIENT);
        feed_burst(f, 40, CLIENT, 443, ANSWERED);
        finish(f, 41);
        expect_number(f, "outages", feed_client(f)->outages->len, rows[i].outages);
        if (rows[i].outages > 0)
            expect_code(f, "cause", sse_cause_code((sse_cause)outage(f, 0)->cause), rows[i].cause);
        feed_free(f);
    }
}

/* "What is judged when it ends is what was known when the proof's answer came: a
 * late reply after that is no-reply in the outage and late in the tables." */
static void a_late_reply_behind_the_proof_changes_no_cause(void **state)
{
    static const struct { double late; const char *cause; } rows[] = { { 34, "late" }, { 40, "no-reply" } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("late replies at %.0f s", rows[i].late);
        feed_query(f, 20, CLIENT, R1, 443, 700);
        feed_query(f, 20.001, CLIENT, R2, 443, 701);
        feed_burst(f, 25, CLIENT, 53, SILENT);
        feed_control(f, 26, CLIENT);
        if (rows[i].late > 35)
            feed_burst(f, 35, CLIENT, 443, ANSWERED);
        feed_reply(f, rows[i].late, CLIENT, R1, 443, 700);
        feed_reply(f, rows[i].late, CLIENT, R2, 443, 701);
        if (rows[i].late < 35)
            feed_burst(f, 35, CLIENT, 443, ANSWERED);
        finish(f, 41);
        expect_probe(f, 0, "late");
        expect_number(f, "outages", feed_client(f)->outages->len, 1);
        expect_code(f, "cause", sse_cause_code((sse_cause)outage(f, 0)->cause), rows[i].cause);
        feed_free(f);
    }
}

/* "A probe has failed once its wrong answer or ICMP error is there or
 * PROBE_TIMEOUT has passed": at the proof's answer, not at its query. */
static void a_loss_that_is_not_known_at_the_proof_is_no_outage(void **state)
{
    static const struct { double query, answer; guint outages; } rows[] = {
        { 29.9, 29.92, 0 }, { 29.9, 29.999, 0 }, { 29.99, 30.05, 1 }, { 30.05, 30.07, 1 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("asked at %.3f s, answered at %.3f s", rows[i].query, rows[i].answer);
        feed_dead_cycle(f, 0, CLIENT, ANSWERED, ANSWERED);
        feed_burst(f, 20, CLIENT, 443, SILENT);
        feed_burst(f, 25, CLIENT, 53, SILENT);
        feed_control(f, 26, CLIENT);
        feed_query(f, rows[i].query, CLIENT, R1, 443, 700);
        feed_reply(f, rows[i].answer, CLIENT, R1, 443, 700);
        feed_dead_cycle(f, 40, CLIENT, ANSWERED, ANSWERED);
        finish(f, 46);
        expect_number(f, "outages", feed_client(f)->outages->len, rows[i].outages);
        expect_number(f, "entries", entries(f, SSE_SERVICE_DNS), 1 + 2 * rows[i].outages);
        feed_free(f);
    }
}

/* "A loss whose repetition was answered before is no outage": 443 is blocked, a
 * pair on 53 is lost and asked again 0.17 s later. An ICMP error is known at once. */
static void a_pair_repeated_and_answered_at_once_is_no_outage(void **state)
{
    static const struct { feed_fate fate; guint outages; } rows[] = { { SILENT, 0 }, { ICMP_FILTER, 1 } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        uint32_t since, until;

        feed_row("row %zu", i);
        feed_dead_cycle(f, 0, CLIENT, SILENT, ANSWERED);
        feed_burst(f, 15, CLIENT, 443, SILENT);
        since = feed_burst(f, 20, CLIENT, 53, rows[i].fate);
        until = feed_burst(f, 20.17, CLIENT, 53, ANSWERED);
        feed_control(f, 21, CLIENT);
        feed_dead_cycle(f, 30, CLIENT, SILENT, ANSWERED);
        finish(f, 36);
        expect_number(f, "outages", feed_client(f)->outages->len, rows[i].outages);
        if (rows[i].outages > 0) {
            expect_frame(f, "since", outage(f, 0)->since.frame, since);
            expect_frame(f, "until", outage(f, 0)->until_frame, until);
        }
        expect_dns(f, "protected", NULL);
        feed_free(f);
    }
}

/* "Failures sent up to 1 s after the later proof belong to none". */
static void failures_up_to_1_s_after_a_proof_belong_to_no_run(void **state)
{
    static const struct { double after; guint outages; } rows[] = { { 0.5, 0 }, { 1.0, 0 }, { 1.0 + NS, 1 } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("failures %.9f s after the proof", rows[i].after);
        feed_probe(f, 5, CLIENT, R1, 53, ANSWERED);
        feed_probe(f, 10, CLIENT, R1, 443, ANSWERED);
        for (uint16_t k = 0; k < 2; k++) {
            feed_query(f, 10 + rows[i].after, CLIENT, k ? R2 : R1, 443, 700 + k);
            feed_query(f, 10 + rows[i].after, CLIENT, k ? R2 : R1, 53, 710 + k);
        }
        feed_control(f, 12, CLIENT);
        feed_dead_cycle(f, 30, CLIENT, ANSWERED, ANSWERED);
        finish(f, 36);
        expect_number(f, "outages", feed_client(f)->outages->len, rows[i].outages);
        feed_free(f);
    }
}

/* "Sent after the newest failure": an answer of a burst half of which is lost
 * ends it only where the lost half was sent before it. */
static void a_proof_is_sent_after_the_newest_failure(void **state)
{
    feed *f = *state;
    uint32_t since, until;

    feed_dead_cycle(f, 0, CLIENT, ANSWERED, ANSWERED);
    since = dns_outage(f, 20, CLIENT, SILENT);
    feed_probe(f, 60, CLIENT, R2, 443, SILENT);
    until = feed_probe(f, 60.001, CLIENT, R1, 443, ANSWERED);
    feed_dead_cycle(f, 70, CLIENT, ANSWERED, ANSWERED);
    finish(f, 76);
    const want wants[] = { { "dns", 4, "unprotected", "no-reply", since, until, "proof", true } };
    expect_outages(f, wants);
    expect_number(f, "time", (uint64_t)outage(f, 0)->until_time, (uint64_t)feed_ns(60.001));
}

/* "The port that failed first has a failed probe at most 10 s before since, or
 * later (53 always blocked and one 443 burst lost is no outage yet)". */
static void the_port_that_failed_first_must_fail_near_since(void **state)
{
    static const struct { double on53; guint outages; } rows[] = { { 29.998, 0 }, { 30, 1 }, { 45, 1 } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("53 fails at %.3f s", rows[i].on53);
        feed_dead_cycle(f, 0, CLIENT, ANSWERED, SILENT);
        feed_dead_cycle(f, 10, CLIENT, ANSWERED, SILENT);
        if (rows[i].on53 < 40)
            feed_burst(f, rows[i].on53, CLIENT, 53, SILENT);
        feed_query(f, 40, CLIENT, R1, 443, 700);
        feed_query(f, 40, CLIENT, R2, 443, 701);
        feed_control(f, 41, CLIENT);
        if (rows[i].on53 > 40)
            feed_burst(f, rows[i].on53, CLIENT, 53, SILENT);
        feed_burst(f, 55, CLIENT, 443, ANSWERED);
        finish(f, 56);
        /* the burst's second query is 1 ms later */
        expect_number(f, "outages", feed_client(f)->outages->len, rows[i].outages);
        feed_free(f);
    }
}

static void one_port_alone_is_no_outage(void **state)
{
    feed *f = *state;

    for (int i = 0; i < 4; i++)
        feed_dead_cycle(f, 15 * i, CLIENT, SILENT, ANSWERED);
    finish(f, 61);
    expect_no_outage(f);
    expect_numbers(f, 0, 0);
    expect_code(f, "worst", sse_state_code(feed_client(f)->dns.worst), "protected");
}

/* ---- exceptions: listed, explained, not counted ---- */

static void an_outage_without_connectivity_is_listed_and_does_not_count(void **state)
{
    feed *f = *state;
    uint32_t since[2], until[2];

    feed_dead_cycle(f, 0, CLIENT, ANSWERED, ANSWERED);
    since[0] = dns_outage(f, 20, CLIENT, SILENT);
    until[0] = feed_dead_cycle(f, 60, CLIENT, ANSWERED, ANSWERED);
    feed_burst(f, 80, CLIENT, 443, SILENT);
    since[1] = feed_burst(f, 85, CLIENT, 53, SILENT);
    feed_silent_visit(f, 86, CLIENT, SITE);
    feed_silent_visit(f, 87, CLIENT, SITE2);
    feed_dead_cycle(f, 95, CLIENT, SILENT, SILENT);
    feed_tick(f, 115);
    until[1] = feed_burst(f, 120, CLIENT, 443, ANSWERED);
    finish(f, 121);
    const want wants[] = {
        { "dns", 4, "unprotected", "no-reply", since[0], until[0], "proof", true },
        { "dns", 4, "inconclusive", "no-connectivity", since[1], until[1], "proof", false },
    };
    expect_outages(f, wants);
    expect_numbers(f, 1, 0);
    expect_number(f, "entries", entries(f, SSE_SERVICE_DNS), 3);
    expect_number(f, "advice on the line", advised(outage(f, 1)->advice, SSE_ADVICE_ALLOW_DNS), 0);
    expect_number(f, "lines to let through", outage(f, 1)->allow->len, 0);
    expect_no_finding(f, SSE_FIND_PROBE_LOSS);
}

static void a_protected_network_is_listed_and_does_not_count(void **state)
{
    feed *f = *state;
    obs_identity told = { .server = "m1.lon", .orgid = "123456" };
    uint32_t since, until;

    feed_dead_cycle(f, 0, CLIENT, ANSWERED, ANSWERED);
    feed_burst(f, 20, CLIENT, 443, SILENT);
    feed_query(f, 22, CLIENT, LOCAL_DNS, 53, 700);
    feed_message(f, 22.01, (feed_dns){ .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = 700, .name = OBS_NAME_DEBUG, .response = true,
                                       .answers = 6, .server_string = true, .identity = &told });
    since = feed_burst(f, 25, CLIENT, 53, SILENT);
    feed_control(f, 26, CLIENT);
    until = feed_burst(f, 60, CLIENT, 443, ANSWERED);
    finish(f, 61);
    const want wants[] = { { "dns", 4, "inconclusive", "protected-network", since, until, "proof", false } };
    expect_outages(f, wants);
    expect_numbers(f, 0, 0);
    expect_number(f, "entries", entries(f, SSE_SERVICE_DNS), 1);
}

/* "With all exceptions above, over its own stretch": a line that was dead once
 * explains no block later. */
static void an_exception_explains_its_own_outage_alone(void **state)
{
    feed *f = *state;

    feed_dead_cycle(f, 0, CLIENT, ANSWERED, ANSWERED);
    feed_burst(f, 20, CLIENT, 443, SILENT);
    feed_silent_visit(f, 21, CLIENT, SITE);
    feed_silent_visit(f, 22, CLIENT, SITE2);
    feed_burst(f, 25, CLIENT, 53, SILENT);
    feed_tick(f, 38);
    feed_burst(f, 40, CLIENT, 443, ANSWERED);
    dns_outage(f, 60, CLIENT, SILENT);
    finish(f, 85);
    expect_number(f, "outages", feed_client(f)->outages->len, 2);
    expect_code(f, "the first", sse_cause_code((sse_cause)outage(f, 0)->cause), "no-connectivity");
    expect_code(f, "the second", sse_cause_code((sse_cause)outage(f, 1)->cause), "no-reply");
    expect_dns(f, "unprotected", "no-reply");
    expect_numbers(f, 1, 0);
}

/* "A one-way inconclusive outage has cause null." Nothing comes to the client,
 * and its bursts on 443 are not followed by 53 four to seven seconds later. */
static void an_outage_of_one_direction_has_no_cause(void **state)
{
    feed *f = *state;
    uint32_t since;

    feed_burst(f, 0, CLIENT, 443, SILENT);
    since = feed_burst(f, 9, CLIENT, 53, SILENT);
    feed_burst(f, 20, CLIENT, 443, SILENT);
    feed_burst(f, 29, CLIENT, 53, SILENT);
    feed_other(f, 30, CLIENT, SITE);
    feed_tick(f, 60);
    const want wants[] = { { "dns", 4, "inconclusive", NULL, since, 0, NULL, false } };
    expect_outages(f, wants);
    expect_dns(f, "inconclusive", NULL);
    expect_numbers(f, 0, 0);
}

/* ---- networks, IP versions ---- */

/* "`until` is null where [...] the client changed networks (which ends the outage too)". */
static void a_change_of_network_ends_an_outage(void **state)
{
    feed *f = *state;
    uint32_t since;

    feed_host(f, CLIENT, 7, 128);
    feed_host(f, CLIENT2, 7, 128);
    feed_dead_cycle(f, 0, CLIENT, ANSWERED, ANSWERED);
    since = dns_outage(f, 20, CLIENT, SILENT);
    feed_burst(f, 120, CLIENT2, 443, ANSWERED);
    feed_burst(f, 130, CLIENT2, 443, ANSWERED);
    feed_control(f, 131, CLIENT2);
    feed_tick(f, 150);
    const want wants[] = { { "dns", 4, "unprotected", "no-reply", since, 0, "network-changed", true } };
    expect_outages(f, wants);
    expect_numbers(f, 1, 0);
    expect_dns(f, "protected", NULL);
    expect_number(f, "duration", (uint64_t)sse_outage_duration(outage(f, 0)), (uint64_t)(outage(f, 0)->evidence_time - outage(f, 0)->since.time));
    assert_true(outage(f, 0)->evidence_time <= feed_ns(50));
}

/* In both networks: two outages, though nothing was answered between. */
static void an_outage_does_not_go_on_in_another_network(void **state)
{
    feed *f = *state;
    uint32_t first, second;

    feed_host(f, CLIENT, 7, 128);
    feed_host(f, CLIENT2, 7, 128);
    first = dns_outage(f, 0, CLIENT, SILENT);
    feed_burst(f, 120, CLIENT2, 443, NXDOMAIN);
    second = feed_burst(f, 125, CLIENT2, 53, NXDOMAIN);
    feed_control(f, 126, CLIENT2);
    feed_tick(f, 150);
    const want wants[] = {
        { "dns", 4, "unprotected", "no-reply", first, 0, "network-changed", true },
        { "dns", 4, "unprotected", "intercepted", second, 0, NULL, true },
    };
    expect_outages(f, wants);
    expect_numbers(f, 2, 0);
}

/* "Outages of both IP versions that overlap stand twice in outages[] and once in
 * text, To do, ticket and every number." */
static void outages_of_both_versions_that_overlap_are_counted_once(void **state)
{
    static const struct { double v6; uint32_t count; } rows[] = { { 21, 1 }, { 100, 2 } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("IPv6 from %.0f s", rows[i].v6);
        feed_host(f, CLIENT, 7, 128);
        feed_host(f, CLIENT6, 7, 128);
        feed_dead_cycle(f, 0, CLIENT, ANSWERED, ANSWERED);
        feed_dead_cycle(f, 1, CLIENT6, ANSWERED, ANSWERED);
        dns_outage(f, 20, CLIENT, SILENT);
        if (rows[i].v6 < 60)
            dns_outage(f, rows[i].v6, CLIENT6, SILENT);
        feed_burst(f, 60, CLIENT, 443, ANSWERED);
        if (rows[i].v6 > 60)
            dns_outage(f, rows[i].v6, CLIENT6, SILENT);
        feed_burst(f, 160, CLIENT6, 443, ANSWERED);
        feed_burst(f, 161, CLIENT, 443, ANSWERED);
        finish(f, 162);
        expect_number(f, "listed", feed_client(f)->outages->len, 2);
        expect_number(f, "IPv4 counted", outage(f, 0)->counted, 1);
        expect_number(f, "IPv6 counted", outage(f, 1)->counted, 1);
        expect_number(f, "IPv6", outage(f, 1)->ip, 6);
        expect_number(f, "IPv4 said", outage(f, 0)->repeats, 0);
        expect_number(f, "IPv6 not said again", outage(f, 1)->repeats, rows[i].count == 1);
        expect_numbers(f, rows[i].count, 0);
        feed_free(f);
    }
}

/* "That of an IP version that does not count keeps its verdict and is listed with
 * counted false: no number, worst, advice, ticket or timeline rests on it." */
static void ipv6_that_does_not_count_is_listed_alone(void **state)
{
    feed *f = *state;

    feed_host(f, CLIENT, 7, 128);
    feed_host(f, CLIENT6, 7, 128);
    feed_dead_cycle(f, 0, CLIENT, ANSWERED, ANSWERED);
    feed_dead_cycle(f, 1, CLIENT6, SILENT, SILENT);
    feed_dead_cycle(f, 15, CLIENT, ANSWERED, ANSWERED);
    feed_dead_cycle(f, 16, CLIENT6, SILENT, SILENT);
    finish(f, 25);
    expect_number(f, "listed", feed_client(f)->outages->len, 1);
    expect_code(f, "verdict", sse_state_code((sse_state)outage(f, 0)->verdict), "unprotected");
    expect_number(f, "counted", outage(f, 0)->counted, 0);
    expect_numbers(f, 0, 0);
    expect_code(f, "worst", sse_state_code(feed_client(f)->dns.worst), "protected");
    expect_code(f, "worst of the file", sse_state_code(feed_report(f)->worst_dns), "protected");
    expect_number(f, "advice", feed_client(f)->dns.advice->len, 0);
    expect_number(f, "entries", entries(f, SSE_SERVICE_DNS), 1);
    expect_finding(f, SSE_FIND_IPV6_NO_CONNECTIVITY);
    expect_dns(f, "protected", NULL);
}

/* ---- the web ---- */

static void each_outage_of_the_web_keeps_its_cause(void **state)
{
    feed *f = *state;
    uint32_t since[3], until[3];

    feed_learn(f, 0, CLIENT);
    feed_good_handshake(f, 10, CLIENT, GATEWAY);
    for (int i = 0; i < 3; i++) {
        double at = 20 + 100 * i;

        for (int k = 0; k < 4; k++) {
            feed_conn c = feed_connection(CLIENT, GATEWAY, 443, f->sport++);
            uint32_t syn = feed_syn(f, at + 5 * k, &c);

            if (k == 0)
                since[i] = syn;
            if (i == 1)
                feed_rst(f, at + 5 * k + 0.02, &c, 0, 0);
            if (i == 2) {
                feed_synack(f, at + 5 * k + 0.02, &c);
                feed_connect(f, at + 5 * k + 0.03, &c, "www.example.com");
                feed_fin(f, at + 5 * k + 0.06, &c);
            }
        }
        feed_control(f, at + 17, CLIENT);
        until[i] = feed_good_handshake(f, at + 30, CLIENT, GATEWAY);
        for (int k = 0; k < 10; k++)
            feed_good_handshake(f, at + 40 + k, CLIENT, GATEWAY);
    }
    finish(f, 300);
    const want wants[] = {
        { "web", 0, UNAVAILABLE, "no-reply", since[0], until[0], "proof", true },
        { "web", 0, UNAVAILABLE, "reset", since[1], until[1], "proof", true },
        { "web", 0, UNAVAILABLE, "session-closed", since[2], until[2], "proof", true },
    };
    expect_outages(f, wants);
    expect_numbers(f, 0, 3);
    expect_web(f, "protected", NULL);
    expect_code(f, "worst", sse_state_code(feed_client(f)->web.worst), UNAVAILABLE);
    expect_number(f, "entries", entries(f, SSE_SERVICE_WEB), 7);
    expect_number(f, "attempts", outage(f, 0)->attempts, 4);
    expect_number(f, "failed", outage(f, 0)->failed, 4);
    expect_no_finding(f, SSE_FIND_GATEWAY_PARTLY_FAILING);
}

/* "A SYN lost less than SYN_TIMEOUT before another handshake is served is no outage." */
static void syns_lost_just_before_the_proof_are_no_outage(void **state)
{
    static const struct { double good; guint outages; } rows[] = { { 22.5, 0 }, { 22.9, 0 }, { 23.2, 1 } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("served from %.1f s", rows[i].good);
        feed_learn(f, 0, CLIENT);
        feed_good_handshake(f, 10, CLIENT, GATEWAY);
        for (int k = 0; k < 2; k++) {
            feed_conn c = feed_connection(CLIENT, GATEWAY, 443, f->sport++);

            feed_syn(f, 20 + 0.1 * k, &c);
        }
        feed_good_handshake(f, rows[i].good, CLIENT, GATEWAY);
        finish(f, 30);
        expect_number(f, "outages", feed_client(f)->outages->len, rows[i].outages);
        expect_number(f, "entries", entries(f, SSE_SERVICE_WEB), 1 + 2 * rows[i].outages);
        feed_free(f);
    }
}

/* "Begun more than 1 s after G began". */
static void failed_handshakes_up_to_1_s_after_a_proof_belong_to_no_run(void **state)
{
    static const struct { double after; guint outages; } rows[] = { { 0.9, 0 }, { 1.0, 0 }, { 1.0 + NS, 1 } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%.9f s after G", rows[i].after);
        feed_learn(f, 0, CLIENT);
        feed_good_handshake(f, 10, CLIENT, GATEWAY);
        feed_reset_handshake(f, 10 + rows[i].after, CLIENT, GATEWAY);
        feed_reset_handshake(f, 15, CLIENT, GATEWAY);
        feed_control(f, 16, CLIENT);
        feed_good_handshake(f, 20, CLIENT, GATEWAY);
        finish(f, 21);
        expect_number(f, "outages", feed_client(f)->outages->len, rows[i].outages);
        feed_free(f);
    }
}

/* Of two that fail while one between them is served each belongs to another run. */
static void a_served_handshake_between_parts_runs(void **state)
{
    feed *f = *state;

    feed_learn(f, 0, CLIENT);
    for (int i = 0; i < 3; i++) {
        feed_good_handshake(f, 10 + 20 * i, CLIENT, GATEWAY);
        feed_reset_handshake(f, 20 + 20 * i, CLIENT, GATEWAY);
    }
    feed_good_handshake(f, 70, CLIENT, GATEWAY);
    finish(f, 71);
    expect_no_outage(f);
    expect_web(f, "protected", NULL);
}

/* Rule 3: since is the first bad answer, until the 2xx itself. */
static void proxy_errors_begin_and_end_at_answers(void **state)
{
    feed *f = *state;
    uint32_t since, until;

    feed_learn(f, 0, CLIENT);
    since = feed_connect_status(f, 10, CLIENT, GATEWAY, "a.example", 502);
    feed_connect_status(f, 12, CLIENT, GATEWAY, "b.example", 503);
    feed_connect_status(f, 14, CLIENT, GATEWAY, "c.example", 502);
    feed_control(f, 15, CLIENT);
    until = feed_connect_status(f, 30, CLIENT, GATEWAY, "a.example", 200);
    finish(f, 31);
    const want wants[] = { { "web", 0, UNAVAILABLE, "proxy-error", since, until, "proof", true } };
    expect_outages(f, wants);
    expect_number(f, "or earlier", outage(f, 0)->since.at_or_before, 1);
    expect_web(f, "protected", NULL);
    expect_frame(f, "since of protected", feed_client(f)->web.since.frame, until);
}

/* "An outage that goes on by another rule keeps the since of the first"; "has the
 * cause of the one whose failure is newest". */
static void an_outage_that_changes_its_rule_keeps_its_beginning(void **state)
{
    for (int healed = 0; healed < 2; healed++) {
        feed *f = feed_new();
        uint32_t since;

        (void)state;
        feed_row("healed: %d", healed);
        feed_learn(f, 0, CLIENT);
        since = feed_connect_status(f, 10, CLIENT, GATEWAY, "a.example", 502);
        feed_connect_status(f, 15, CLIENT, GATEWAY, "b.example", 502);
        feed_connect_status(f, 20, CLIENT, GATEWAY, "c.example", 502);
        feed_control(f, 25, CLIENT);
        for (int k = 0; k < 4; k++) {
            feed_conn c = feed_connection(CLIENT, GATEWAY, 443, f->sport++);

            feed_syn(f, 40 + 5 * k, &c);
        }
        feed_control(f, 56, CLIENT);
        feed_tick(f, 62);
        if (healed)
            feed_connect_status(f, 70, CLIENT, GATEWAY, "a.example", 200);
        finish(f, 71);
        expect_number(f, "outages", feed_client(f)->outages->len, 1);
        expect_frame(f, "since", outage(f, 0)->since.frame, since);
        expect_code(f, "cause", sse_cause_code((sse_cause)outage(f, 0)->cause), "no-reply");
        expect_code(f, "ended by", sse_ended_code((sse_ended)outage(f, 0)->ended_by), healed ? "proof" : NULL);
        expect_numbers(f, 0, 1);
        expect_web(f, healed ? "protected" : UNAVAILABLE, healed ? NULL : "no-reply");
        if (!healed)
            expect_frame(f, "since of the state", feed_client(f)->web.since.frame, since);
        feed_free(f);
    }
}

/* The other way round: dropped SYNs, then errors of the gateway. An open
 * connection is an answer, not yet a service (principle 2). */
static void dropped_syns_then_proxy_errors_are_one_outage(void **state)
{
    feed *f = *state;
    uint32_t since = 0, until;

    feed_learn(f, 0, CLIENT);
    feed_connect_status(f, 5, CLIENT, GATEWAY, "a.example", 200);
    for (int k = 0; k < 4; k++) {
        feed_conn c = feed_connection(CLIENT, GATEWAY, 443, f->sport++);
        uint32_t syn = feed_syn(f, 100 + 5 * k, &c);

        since = k == 0 ? syn : since;
    }
    feed_control(f, 116, CLIENT);
    feed_connect_status(f, 130, CLIENT, GATEWAY, "a.example", 502);
    feed_connect_status(f, 135, CLIENT, GATEWAY, "b.example", 502);
    feed_connect_status(f, 140, CLIENT, GATEWAY, "c.example", 502);
    feed_control(f, 141, CLIENT);
    until = feed_connect_status(f, 150, CLIENT, GATEWAY, "a.example", 200);
    finish(f, 151);
    expect_number(f, "outages", feed_client(f)->outages->len, 1);
    expect_frame(f, "since", outage(f, 0)->since.frame, since);
    expect_code(f, "cause", sse_cause_code((sse_cause)outage(f, 0)->cause), "proxy-error");
    expect_frame(f, "until", outage(f, 0)->until_frame, until);
    expect_web(f, "protected", NULL);
}

/* Rule 4: "one good answer [...] at most 10 s before the first failure or 30 s
 * after it, clears it; a later one ends the outage": until is its lookup. */
static void a_name_that_does_not_resolve(void **state)
{
    static const struct { double before, good; guint outages; } rows[] = {
        { 9, 95, 0 }, { 11, 80, 0 }, { 11, 89, 0 }, { 11, 91, 1 }, { 30, 120, 1 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        uint32_t since, until;

        feed_row("good %.0f s before, and at %.0f s", rows[i].before, rows[i].good);
        feed_learn(f, 60 - rows[i].before - 0.02, CLIENT);
        feed_good_handshake(f, 60 - rows[i].before + 0.1, CLIENT, GATEWAY);
        since = feed_lookup(f, 60, CLIENT, LOCAL_DNS, 800);
        feed_answer(f, 60.02, CLIENT, LOCAL_DNS, 800, 3, NULL);
        feed_lookup(f, 70, CLIENT, LOCAL_DNS, 801);
        feed_answer(f, 70.02, CLIENT, LOCAL_DNS, 801, 3, NULL);
        feed_control(f, 71, CLIENT);
        until = feed_lookup(f, rows[i].good, CLIENT, LOCAL_DNS, 802);
        feed_answer(f, rows[i].good + 0.02, CLIENT, LOCAL_DNS, 802, 0, GATEWAY);
        feed_good_handshake(f, rows[i].good + 20, CLIENT, GATEWAY);
        finish(f, rows[i].good + 21);
        expect_number(f, "outages", feed_client(f)->outages->len, rows[i].outages);
        if (rows[i].outages > 0) {
            const want wants[] = { { "web", 0, UNAVAILABLE, "name-not-resolved", since, until, "proof", true } };
            expect_outages(f, wants);
        }
        expect_web(f, "protected", NULL);
        feed_free(f);
    }
}

/* "And so does a handshake to a known gateway that is served": it ends the
 * outage as the good answer would. */
static void a_served_handshake_ends_an_outage_of_the_name(void **state)
{
    feed *f = *state;
    uint32_t since, until;

    feed_learn(f, 0, CLIENT);
    feed_good_handshake(f, 5, CLIENT, GATEWAY);
    since = feed_lookup(f, 60, CLIENT, LOCAL_DNS, 800);
    feed_answer(f, 60.02, CLIENT, LOCAL_DNS, 800, 3, NULL);
    feed_lookup(f, 90, CLIENT, LOCAL_DNS, 801);
    feed_answer(f, 90.02, CLIENT, LOCAL_DNS, 801, 3, NULL);
    feed_control(f, 91, CLIENT);
    until = feed_good_handshake(f, 130, CLIENT, GATEWAY);
    finish(f, 131);
    const want wants[] = { { "web", 0, UNAVAILABLE, "name-not-resolved", since, until, "proof", true } };
    expect_outages(f, wants);
}

/* "What lies between two proofs": a query for another name that was lost before the
 * proof is of no later outage. */
static void a_name_lost_before_the_proof_is_of_no_later_outage(void **state)
{
    feed *f = *state;
    uint32_t since[2], until[2];

    feed_learn(f, 0, CLIENT);
    feed_good_handshake(f, 5, CLIENT, GATEWAY);
    feed_message(f, 50, (feed_dns){ .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = 700, .name = OBS_NAME_GATEWAY,
                                    .qname = "other.sigproxy.qq.opendns.com" });
    for (unsigned i = 0; i < 2; i++) {
        const double at = 60 + 100 * i;
        const uint16_t id = (uint16_t)(800 + 2 * i);

        since[i] = feed_lookup(f, at, CLIENT, LOCAL_DNS, id);
        feed_answer(f, at + 0.02, CLIENT, LOCAL_DNS, id, 3, NULL);
        feed_control(f, at + 1, CLIENT);
        until[i] = feed_lookup(f, at + 40, CLIENT, LOCAL_DNS, id + 1);
        feed_answer(f, at + 40.02, CLIENT, LOCAL_DNS, id + 1, 0, GATEWAY);
    }
    finish(f, 250);
    const want wants[] = { { "web", 0, UNAVAILABLE, "name-not-resolved", since[0] - 1, until[0], "proof", true },
                           { "web", 0, UNAVAILABLE, "name-not-resolved", since[1], until[1], "proof", true } };
    expect_outages(f, wants);
    expect_number(f, "attempts of the second", outage(f, 1)->attempts, 1);
}

/* The place from which one gateway alone fails is one of all failures: those that are
 * not known at the proof leave it. */
static void a_gateway_alone_fails_by_what_was_known_at_the_proof(void **state)
{
    feed *f = *state;
    feed_conn lost = feed_connection(CLIENT, GATEWAY, 443, 55555);
    uint32_t since, until;

    feed_learn(f, 0, CLIENT);
    feed_lookup(f, 1, CLIENT, LOCAL_DNS, 900);
    feed_answer(f, 1.02, CLIENT, LOCAL_DNS, 900, 0, GATEWAY2);
    feed_good_handshake(f, 10, CLIENT, GATEWAY2);
    feed_syn(f, 69.5, &lost);
    since = feed_reset_handshake(f, 71, CLIENT, GATEWAY);
    feed_reset_handshake(f, 72, CLIENT, GATEWAY);
    until = feed_good_handshake(f, 73, CLIENT, GATEWAY2);
    finish(f, 90);
    const want wants[] = { { "web", 0, UNAVAILABLE, "reset", since, until, "proof", true } };
    expect_outages(f, wants);
}

static void a_dead_line_in_the_midst_is_no_outage_of_the_web(void **state)
{
    feed *f = *state;
    uint32_t since = 0, until;

    feed_learn(f, 0, CLIENT);
    feed_good_handshake(f, 10, CLIENT, GATEWAY);
    for (int k = 0; k < 4; k++) {
        feed_conn c = feed_connection(CLIENT, GATEWAY, 443, f->sport++);
        uint32_t syn = feed_syn(f, 20 + 5 * k, &c);

        since = k == 0 ? syn : since;
        feed_silent_visit(f, 21 + 5 * k, CLIENT, SITE);
    }
    feed_tick(f, 50);
    until = feed_good_handshake(f, 60, CLIENT, GATEWAY);
    finish(f, 61);
    const want wants[] = { { "web", 0, "inconclusive", "no-connectivity", since, until, "proof", false } };
    expect_outages(f, wants);
    expect_numbers(f, 0, 0);
    expect_number(f, "entries", entries(f, SSE_SERVICE_WEB), 1);
    expect_no_finding(f, SSE_FIND_GATEWAY_PARTLY_FAILING);
}

static void fail_open_is_a_fact_of_its_outage(void **state)
{
    feed *f = *state;

    feed_learn(f, 0, CLIENT);
    feed_good_handshake(f, 10, CLIENT, GATEWAY);
    for (int i = 0; i < 2; i++) {
        double at = 20 + 60 * i;

        for (int k = 0; k < 5; k++)
            feed_reset_handshake(f, at + k, CLIENT, GATEWAY);
        for (int k = 0; k <= i; k++) {
            feed_conn c = feed_connection(CLIENT, k ? SITE : SITE2, 443, f->sport++);

            feed_syn(f, at + 6 + k, &c);
            feed_synack(f, at + 6.02 + k, &c);
            feed_payload(f, at + 6.03 + k, &c, 517);
            feed_server_payload(f, at + 6.06 + k, &c, 1200);
        }
        feed_good_handshake(f, at + 30, CLIENT, GATEWAY);
        for (int k = 0; k < 10; k++)
            feed_good_handshake(f, at + 35 + k, CLIENT, GATEWAY);
    }
    feed_tick(f, 150);
    expect_number(f, "outages", feed_client(f)->outages->len, 2);
    expect_number(f, "in the first", outage(f, 0)->fail_open, 1);
    expect_number(f, "in the second", outage(f, 1)->fail_open, 2);
    expect_number(f, "now", feed_client(f)->has_fail_open, 0);
}

/* ---- both services, many ---- */

static void an_outage_inside_an_outage_of_the_other_service(void **state)
{
    feed *f = *state;
    uint32_t dns, web, dns_until, web_until;

    feed_learn(f, 0, CLIENT);
    feed_good_handshake(f, 1, CLIENT, GATEWAY);
    feed_dead_cycle(f, 2, CLIENT, ANSWERED, ANSWERED);
    dns = dns_outage(f, 20, CLIENT, SILENT);
    web = feed_reset_handshake(f, 45, CLIENT, GATEWAY);
    feed_reset_handshake(f, 47, CLIENT, GATEWAY);
    web_until = feed_good_handshake(f, 55, CLIENT, GATEWAY);
    feed_dead_cycle(f, 60, CLIENT, SILENT, SILENT);
    feed_control(f, 66, CLIENT);
    dns_until = feed_burst(f, 80, CLIENT, 443, ANSWERED);
    finish(f, 81);
    const want wants[] = {
        { "dns", 4, "unprotected", "no-reply", dns, dns_until, "proof", true },
        { "web", 0, UNAVAILABLE, "reset", web, web_until, "proof", true },
    };
    expect_outages(f, wants);
    expect_numbers(f, 1, 1);
    expect_number(f, "advice, DNS", advised(feed_client(f)->dns.advice, SSE_ADVICE_ALLOW_WEB), 0);
    expect_number(f, "advice, web", advised(feed_client(f)->web.advice, SSE_ADVICE_ALLOW_DNS), 0);
}

static void by_since_and_in_full_only_the_newest(void **state)
{
    feed *f = *state;
    const guint count = 60;
    const GArray *outages;

    feed_learn(f, 0, CLIENT);
    feed_good_handshake(f, 1, CLIENT, GATEWAY);
    for (guint i = 0; i < count; i++) {
        double at = 10 + 20 * i;

        for (int k = 0; k < 4; k++)
            feed_reset_handshake(f, at + k, CLIENT, GATEWAY);
        feed_control(f, at + 5, CLIENT);
        feed_good_handshake(f, at + 10, CLIENT, GATEWAY);
    }
    finish(f, 10 + 20 * count);
    outages = feed_client(f)->outages;
    expect_number(f, "outages", outages->len, count);
    expect_numbers(f, 0, count);
    for (guint i = 0; i < count; i++) {
        const sse_outage *o = &g_array_index(outages, sse_outage, i);

        feed_row("outage %u", i);
        expect_number(f, "since", (uint64_t)o->since.time, (uint64_t)feed_ns(10 + 20 * i));
        expect_number(f, "until", (uint64_t)o->until_time, (uint64_t)feed_ns(20 + 20 * i));
        expect_number(f, "failed", o->failed, 4);
        expect_number(f, "examples", o->examples->len, i + SSE_OUTAGES_IN_FULL < count ? 0 : SSE_EXAMPLES);
    }
    expect_number(f, "entries", entries(f, SSE_SERVICE_WEB), 1 + 2 * count);
    expect_finding(f, SSE_FIND_STATE_FLAPPED);
}

/* Control is what reached the client in its window, "to 10 s after its newest
 * failure whatever lies between", and not what did in the good time. */
/* A gateway's name in a preference may carry the organisation's number. */
static void preferences_are_redacted(void **state)
{
    feed *f = *state;
    const sse_report *r;

    feed_redact(f);
    if (f->t->config.changed == NULL)
        f->t->config.changed = sse_settings_new();
    sse_settings_add(f->t->config.changed, "gateway_names",
                     "example.com; *.swg-url-proxy-https-1234567.sseproxy.qq.opendns.com");
    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    r = feed_report(f);
    assert_string_equal(g_array_index(r->in_force.changed, sse_setting, r->in_force.changed->len - 1).value,
                        "example.com; *.swg-url-proxy-https-org-1.sseproxy.qq.opendns.com");
}

/* Beside its frames, which are kept by number: with millions of outages they must be small. */
static void an_outage_is_small(void **state)
{
    (void)state;
    assert_true(sizeof(sse_outage) - sizeof(sse_frames) <= 400);
}

static void control_is_that_of_its_own_window(void **state)
{
    static const struct { double at; const char *confidence; } rows[] = {
        { 15, "limited" }, { 28, "high" }, { 49, "high" }, { 51, "limited" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("other traffic at %.0f s", rows[i].at);
        feed_dead_cycle(f, 0, CLIENT, ANSWERED, ANSWERED);
        if (rows[i].at < 20)
            feed_control(f, rows[i].at, CLIENT);
        feed_burst(f, 20, CLIENT, 443, SILENT);
        feed_burst(f, 25, CLIENT, 53, SILENT);
        if (rows[i].at > 25 && rows[i].at < 35)
            feed_control(f, rows[i].at, CLIENT);
        feed_burst(f, 35, CLIENT, 443, SILENT);
        feed_burst(f, 40, CLIENT, 53, SILENT);
        feed_burst(f, 48, CLIENT, 443, ANSWERED);
        if (rows[i].at > 48)
            feed_control(f, rows[i].at, CLIENT);
        feed_burst(f, 58, CLIENT, 443, ANSWERED);
        feed_tick(f, 80);
        expect_number(f, "outages", feed_client(f)->outages->len, 1);
        expect_code(f, "confidence", sse_confidence_code((sse_confidence)outage(f, 0)->confidence), rows[i].confidence);
        feed_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_outage_keeps_its_cause_and_its_frames),
        TEST(the_state_at_the_end_is_the_lasting_outage),
        TEST(a_healed_outage_leaves_its_facts_and_worst),
        TEST(advice_of_the_newest_outage_goes_first),
        cmocka_unit_test(an_answer_at_the_border_is_no_failure),
        cmocka_unit_test(a_late_reply_behind_the_proof_changes_no_cause),
        cmocka_unit_test(a_loss_that_is_not_known_at_the_proof_is_no_outage),
        cmocka_unit_test(a_pair_repeated_and_answered_at_once_is_no_outage),
        cmocka_unit_test(failures_up_to_1_s_after_a_proof_belong_to_no_run),
        TEST(a_proof_is_sent_after_the_newest_failure),
        cmocka_unit_test(the_port_that_failed_first_must_fail_near_since),
        TEST(one_port_alone_is_no_outage),
        TEST(an_outage_without_connectivity_is_listed_and_does_not_count),
        TEST(a_protected_network_is_listed_and_does_not_count),
        TEST(an_exception_explains_its_own_outage_alone),
        TEST(an_outage_of_one_direction_has_no_cause),
        TEST(a_change_of_network_ends_an_outage),
        TEST(an_outage_does_not_go_on_in_another_network),
        cmocka_unit_test(outages_of_both_versions_that_overlap_are_counted_once),
        TEST(ipv6_that_does_not_count_is_listed_alone),
        TEST(each_outage_of_the_web_keeps_its_cause),
        cmocka_unit_test(syns_lost_just_before_the_proof_are_no_outage),
        cmocka_unit_test(failed_handshakes_up_to_1_s_after_a_proof_belong_to_no_run),
        TEST(a_served_handshake_between_parts_runs),
        TEST(proxy_errors_begin_and_end_at_answers),
        cmocka_unit_test(an_outage_that_changes_its_rule_keeps_its_beginning),
        TEST(dropped_syns_then_proxy_errors_are_one_outage),
        cmocka_unit_test(a_name_that_does_not_resolve),
        TEST(a_served_handshake_ends_an_outage_of_the_name),
        TEST(a_name_lost_before_the_proof_is_of_no_later_outage),
        TEST(a_gateway_alone_fails_by_what_was_known_at_the_proof),
        TEST(a_dead_line_in_the_midst_is_no_outage_of_the_web),
        TEST(fail_open_is_a_fact_of_its_outage),
        TEST(an_outage_inside_an_outage_of_the_other_service),
        TEST(by_since_and_in_full_only_the_newest),
        cmocka_unit_test(control_is_that_of_its_own_window),
        TEST(preferences_are_redacted),
        cmocka_unit_test(an_outage_is_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
