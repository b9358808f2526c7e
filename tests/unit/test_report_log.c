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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_agrees), TEST(words_of_outcomes), TEST(denied), TEST(another_clock), TEST(nobodys), TEST(alone),
        TEST(many_statements),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
