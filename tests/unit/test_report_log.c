/* test_report_log.c
 * The words about the client's log, whole: as text, the line among the first,
 * and as JSON. What is expected stands in report_log/; with SSE_RENEW set in the
 * environment it is written anew instead.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#include "print.h"
#include "log_words.h"
#include "log_report.h"

static uint32_t entry(feed *f, double at, obs_log said)
{
    f->frame++;
    sse_tracker_log(f->t, f->frame, feed_ns(at), &said, NULL);
    return f->frame;
}

#define dns_entry(f, at, said, ip, on) entry(f, at, (obs_log){ .event = said, .version = ip, .port = on })
#define failed_entry(f, at, open) entry(f, at, (obs_log){ .event = OBS_LOG_HANDSHAKE_FAILED, .fail_open = open, .bypass = open })
#define state_entry(f, at) entry(f, at, (obs_log){ .event = OBS_LOG_STATE, .is_protected = true })

/* A round of one port with its log: nothing of it is pending after 20 s. */
static void port_round(feed *f, double at, uint16_t port, feed_fate fate)
{
    dns_entry(f, at, OBS_LOG_PROBING, 4, port);
    feed_burst(f, at + 0.5, CLIENT, port, fate);
    dns_entry(f, at + 8, OBS_LOG_REJECTED, 4, port);
}

/* What the text report has about the log, its first line before the rest. */
static char *log_text(feed *f)
{
    char *text = g_string_free(sse_report_print(feed_report(f), SSE_FORMAT_TEXT), FALSE);
    char *head = strstr(text, "\n  Log  "), *block = strstr(text, "\nWhat the client's log says\n"), *end, *found;

    assert_non_null(block);
    end = strstr(block + 1, "\n\n");
    if (end != NULL)
        end[1] = '\0';
    if (head != NULL) {
        char *stop = head + 1;

        /* Up to the next line that does not go on with it. */
        do
            stop = strchr(stop, '\n') + 1;
        while (g_str_has_prefix(stop, "       "));
        found = g_strdup_printf("%.*s%s", (int)(stop - head - 1), head + 1, block + 1);
    } else {
        found = g_strdup(block + 1);
    }
    g_free(text);
    return found;
}

/* Compares with report_log/NAME. */
static void expect_file(const char *name, const char *found)
{
    char *path = g_build_filename(SSE_TEST_FOLDER, "report_log", name, NULL), *wanted = NULL;

    if (g_getenv("SSE_RENEW") != NULL)
        assert_true(g_file_set_contents(path, found, -1, NULL));
    assert_true(g_file_get_contents(path, &wanted, NULL, NULL));
    if (strcmp(found, wanted) != 0)
        fail_msg("%s is not what is printed now:\n%s", path, found);
    g_free(wanted);
    g_free(path);
}

static void expect_text(feed *f, const char *name)
{
    char *found = log_text(f);

    expect_file(name, found);
    g_free(found);
}

/* The member "log" of the JSON report. */
static void expect_json(feed *f, const char *name)
{
    char *text = g_string_free(sse_report_print(feed_report(f), SSE_FORMAT_JSON), FALSE);
    char *log = strstr(text, "\"log\":"), *end = log;
    int depth = 0;

    assert_non_null(log);
    do
        depth += *end == '{' ? 1 : *end == '}' ? -1 : 0;
    while (*end++ != '}' || depth > 0);
    log = g_strdup_printf("%.*s\n", (int)(end - log), log);
    expect_file(name, log);
    g_free(log);
    g_free(text);
}

static void all_agrees(void **state)
{
    feed *f = *state;

    port_round(f, 0, 443, SILENT);
    dns_entry(f, 8, OBS_LOG_REJECTED, 6, 443);
    port_round(f, 20, 53, ICMP_FILTER);
    feed_learn(f, 40, CLIENT);
    feed_reset_handshake(f, 41, CLIENT, GATEWAY);
    feed_reset_handshake(f, 43, CLIENT, GATEWAY);
    failed_entry(f, 44, true);
    feed_visit(f, 45, CLIENT, SITE, 443);
    failed_entry(f, 46, true);
    feed_control(f, 60, CLIENT);
    feed_tick(f, 80);
    expect_text(f, "agrees.txt");
    expect_json(f, "agrees.json");
}

/* Each way in which probes fail has its word. */
static void words_of_outcomes(void **state)
{
    feed *f = *state;

    port_round(f, 0, 53, NXDOMAIN);
    port_round(f, 30, 53, REFUSED);
    port_round(f, 60, 53, COURT_ORDER);
    port_round(f, 90, 443, SILENT);
    feed_reply(f, 97, CLIENT, R1, 443, (uint16_t)(f->id - 2));
    dns_entry(f, 98, OBS_LOG_REJECTED, 4, 443);
    feed_control(f, 110, CLIENT);
    feed_tick(f, 130);
    expect_text(f, "outcomes.txt");
}

static void denied(void **state)
{
    feed *f = *state;

    port_round(f, 0, 443, ANSWERED);
    feed_learn(f, 20, CLIENT);
    feed_good_handshake(f, 21, CLIENT, GATEWAY);
    failed_entry(f, 22, false);
    state_entry(f, 23);
    feed_reset_handshake(f, 60, CLIENT, GATEWAY);
    feed_reset_handshake(f, 63, CLIENT, GATEWAY);
    state_entry(f, 70);
    dns_entry(f, 71, OBS_LOG_PROBING, 4, 53);
    feed_control(f, 80, CLIENT);
    feed_tick(f, 100);
    expect_text(f, "denied.txt");
}

static void another_clock(void **state)
{
    feed *f = *state;

    f->t->config.log_shift = 1500 * SSE_MSECOND;
    for (unsigned i = 0; i < 2; i++) {
        dns_entry(f, 7198.5 + 5 * i, OBS_LOG_PROBING, 4, i == 0 ? 443 : 53);
        feed_burst(f, 0.5 + 5 * i, CLIENT, i == 0 ? 443 : 53, SILENT);
    }
    failed_entry(f, 7220, true);
    feed_control(f, 12, CLIENT);
    feed_tick(f, 32);
    expect_text(f, "clock.txt");
    expect_json(f, "clock.json");
}

static void nobodys(void **state)
{
    feed *f = *state;

    dns_entry(f, 0, OBS_LOG_PROBING, 4, 443);
    feed_burst(f, 0.5, CLIENT, 443, SILENT);
    feed_burst(f, 0.6, CLIENT2, 443, SILENT);
    dns_entry(f, 5, OBS_LOG_PROBING, 4, 53);
    feed_burst(f, 5.5, CLIENT, 53, SILENT);
    feed_burst(f, 5.6, CLIENT2, 53, SILENT);
    feed_control(f, 12, CLIENT);
    feed_tick(f, 32);
    expect_text(f, "nobodys.txt");
}

static void alone(void **state)
{
    feed *f = *state;

    dns_entry(f, 0, OBS_LOG_REJECTED, 4, 53);
    expect_text(f, "alone.txt");
    expect_json(f, "alone.json");
}

static void many_statements(void **state)
{
    feed *f = *state;

    for (unsigned i = 0; i < 20; i++)
        failed_entry(f, 1 + i, true);
    feed_burst(f, 30, CLIENT, 443, ANSWERED);
    feed_control(f, 31, CLIENT);
    for (unsigned i = 0; i < 20; i++)
        dns_entry(f, 32 + i, OBS_LOG_PROBING, 6, 443);
    feed_tick(f, 80);
    expect_text(f, "many.txt");
}

/* Each statement of the log, and each thing that the packets can say to it. */
static void words_of_statements(void **state)
{
#define SWG OBS_LOG_HANDSHAKE_FAILED
#define REJ OBS_LOG_REJECTED
    static const struct { uint8_t event, version, bypass, result, reason; uint32_t answered, failed; uint8_t outcome, one; const char *words; } rows[] = {
        { SWG, 0, 0, SSE_LOG_AGREES, 0, 0, 2, SSE_SWG_RESET, 1, "handshake with the gateway not successful; 2 handshakes reset" },
        { SWG, 0, 1, SSE_LOG_AGREES, 0, 0, 1, SSE_SWG_NO_REPLY, 1,
          "handshake with the gateway not successful, now in bypass mode (fail open); 1 handshake not answered" },
        { SWG, 0, 0, SSE_LOG_AGREES, 0, 0, 2, SSE_SWG_ICMP, 1, "handshake with the gateway not successful; 2 handshakes rejected by ICMP" },
        { SWG, 0, 0, SSE_LOG_AGREES, 0, 0, 2, SSE_SWG_TUNNEL_SILENT, 1, "handshake with the gateway not successful; 2 handshakes without success" },
        { SWG, 0, 0, SSE_LOG_AGREES, 0, 0, 2, SSE_SWG_RESET, 0, "handshake with the gateway not successful; 2 handshakes without success" },
        { SWG, 0, 0, SSE_LOG_DIFFERS, 0, 1, 1, SSE_SWG_RESET, 0, "handshake with the gateway not successful; of 2 handshakes 1 opened" },
        { SWG, 0, 0, SSE_LOG_NOT_SEEN, 0, 0, 0, 0, 0, "handshake with the gateway not successful; no such handshake is in the capture" },
        { REJ, 4, 0, SSE_LOG_AGREES, 0, 0, 4, SSE_PROBE_LATE, 1, "rejected all candidates for port 443 over IPv4; 4 probes were answered late" },
        { REJ, 4, 0, SSE_LOG_AGREES, 0, 0, 4, SSE_PROBE_RESET, 1, "rejected all candidates for port 443 over IPv4; 4 probes failed" },
        { REJ, 4, 0, SSE_LOG_AGREES, 0, 0, 1, SSE_PROBE_NO_REPLY, 0, "rejected all candidates for port 443 over IPv4; 1 probe failed" },
        { REJ, 4, 0, SSE_LOG_DIFFERS, 0, 1, 0, 0, 0, "rejected all candidates for port 443 over IPv4; of 1 probe 1 was answered" },
        { REJ, 4, 0, SSE_LOG_NOT_SEEN, 0, 0, 0, 0, 0, "rejected all candidates for port 443 over IPv4; no such probe is in the capture" },
        { REJ, 6, 0, SSE_LOG_NOT_SEEN, 0, 0, 0, 0, 0,
          "rejected all candidates for port 443 over IPv6; no such probe is in the capture, which is harmless where the client has no IPv6" },
        { OBS_LOG_PROBING, 6, 0, SSE_LOG_NOT_COMPARED, SSE_LOG_OPEN, 0, 0, 0, 0,
          "probing on port 443 over IPv6; not compared: what came of the packets is not in the capture" },
        { OBS_LOG_STATE, 0, 0, SSE_LOG_NOT_COMPARED, SSE_LOG_NO_GATEWAY, 0, 0, 0, 0,
          "web protection state: other; not compared: the packets show nothing of the gateway up to then" },
        { OBS_LOG_STATE, 0, 0, SSE_LOG_NOT_COMPARED, SSE_LOG_OTHER_STATE, 0, 0, 0, 0,
          "web protection state: other; not compared: what packets belong to such a state is not known" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        const sse_log_statement st = {
            .note = { .event = rows[i].event, .version = rows[i].version, .port = 443, .bypass = rows[i].bypass != 0 },
            .result = (sse_log_result)rows[i].result, .reason = (sse_log_reason)rows[i].reason, .answered = rows[i].answered,
            .failed = rows[i].failed, .outcome = rows[i].outcome, .one_outcome = rows[i].one != 0,
        };
        char *words = sse_log_words(&st);

        if (strcmp(words, rows[i].words) != 0)
            fail_msg("row %u: %s", i, words);
        g_free(words);
    }
#undef SWG
#undef REJ
    assert_string_equal(sse_log_result_code(SSE_LOG_RESULTS), "unknown");
    assert_string_equal(sse_log_event_code(OBS_LOG_EVENTS), "unknown");
}

/* The statement of a frame; frames between and behind them have none. */
static void the_statement_of_a_frame(void **state)
{
    feed *f = *state;
    uint32_t first = dns_entry(f, 1, OBS_LOG_PROBING, 4, 443), second;

    feed_burst(f, 1.5, CLIENT, 443, ANSWERED);
    second = dns_entry(f, 9, OBS_LOG_REJECTED, 4, 443);
    feed_tick(f, 30);
    assert_non_null(sse_log_statement_at(feed_report(f), first));
    assert_null(sse_log_statement_at(feed_report(f), first + 1));
    assert_non_null(sse_log_statement_at(feed_report(f), second));
    assert_null(sse_log_statement_at(feed_report(f), second + 1));
}

/* Both ports rejected, one busy host, no probe: docs/verdict.md, "Advice". */
static void probes_that_never_leave_the_host(void **state)
{
    feed *f = *state;
    sse_log_host *hosts;

    dns_entry(f, 0, OBS_LOG_PROBING, 4, 443);
    for (unsigned i = 0; i < 60; i++)
        feed_control(f, 1 + i, CLIENT);
    dns_entry(f, 20, OBS_LOG_REJECTED, 4, 443);
    dns_entry(f, 25, OBS_LOG_REJECTED, 4, 53);
    feed_tick(f, 80);
    /* The reader of packets counts hosts; here one has sent it all. */
    hosts = f->t->log->hosts;
    hosts[0] = (sse_log_host){ .addr = feed_addr(CLIENT), .sent = 200, .received = 200 };
    hosts[1] = (sse_log_host){ .addr = feed_addr(SITE), .sent = 300, .received = 300 };
    hosts[2] = (sse_log_host){ .addr = feed_addr(CLIENT6), .sent = 9, .received = 0 };
    f->t->log->n_hosts = 3;
    f->t->log->packets = 400;
    expect_text(f, "taken.txt");
}

/* The log of a client that the filter leaves out; of one of several. */
static void of_a_client_that_is_left_out(void **state)
{
    feed *f = *state;
    sse_report *r;
    char *text;

    port_round(f, 0, 443, SILENT);
    feed_tick(f, 30);
    r = (sse_report *)feed_report(f);
    r->log->client = -1;
    r->log->left_out = true;
    r->log->left_out_addr = feed_addr(CLIENT2);
    text = log_text(f);
    assert_non_null(strstr(text, "fit the probes of 10.0.0.6, which the filter"));
    g_free(text);
    r->log->left_out_addr.family = 0;
    text = log_text(f);
    assert_non_null(strstr(text, "fit the probes of several clients,"));
    g_free(text);
}

/* The ticket says once that the packets deny the log. */
static void the_ticket_of_a_denied_log(void **state)
{
    feed *f = *state;
    GString *text;

    port_round(f, 0, 443, ANSWERED);
    feed_dead_cycle(f, 40, CLIENT, SILENT, SILENT);
    feed_dead_cycle(f, 60, CLIENT, SILENT, SILENT);
    feed_control(f, 62, CLIENT);
    feed_tick(f, 100);
    expect_dns(f, "unprotected", "no-reply");
    text = sse_report_print(feed_report(f), SSE_FORMAT_TICKET);
    assert_non_null(strstr(text->str, "the packets deny 1 statement of the client's own log"));
    g_string_free(text, TRUE);
    assert_true(sse_log_denied(feed_report(f), 0));
    assert_false(sse_log_denied(feed_report(f), 1));
    assert_false(sse_log_taken(feed_report(f)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_agrees), TEST(words_of_outcomes), TEST(denied), TEST(another_clock), TEST(nobodys), TEST(alone),
        TEST(many_statements), cmocka_unit_test(words_of_statements), TEST(the_statement_of_a_frame),
        TEST(probes_that_never_leave_the_host), TEST(of_a_client_that_is_left_out), TEST(the_ticket_of_a_denied_log),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
