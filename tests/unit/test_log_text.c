/* test_log_text.c
 * What entries of the logs mean: every form of a line with a source, and near
 * misses that stay text.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#include "log_text.h"

#define HEAD "2024-08-27 03:07:43 [8880] [DEBUG] < 12> "
#define V4   "Dns Protection IPv4 State Machine: "
#define V6   "Dns Protection IPv6 State Machine: "
#define AGENT(level) "Date : 08/27/2024\nTime : 06:41:22\nType : Warning\nSource : csc_swgagent\n\nDescription : " level " | Thread 27cc | "

#define TABLE(source, level) "16450606 Aug 27 03:06  Warning     " source "             1140916480 " level " | Thread 27cc | "

static void read_text(const char *text, sse_log_record *r)
{
    size_t n = strlen(text);
    char *copy = g_malloc(MAX(n, 1));

    /* Memory of exactly that size, so that a byte too far is seen. */
    memcpy(copy, text, n);
    sse_log_read(copy, n, r);
    g_free(copy);
}

static void expect_span(const char *text, sse_log_span span, const char *wanted)
{
    if (strlen(wanted) != span.length || strncmp(text + span.offset, wanted, span.length) != 0)
        fail_msg("\"%.*s\", not \"%s\", of: %s", (int)span.length, text + span.offset, wanted, text);
}

static void events(void **state)
{
    static const struct { const char *text; obs_log_event event; uint8_t version; uint16_t port; const char *address; } rows[] = {
        { HEAD V4 "checking reachability of primary OpenDNS resolver candidates using port 443 (candidates are 208.67.222.222, 208.67.220.220)",
          OBS_LOG_CHECKING, 4, 443, NULL },
        { HEAD V4 "probing for OpenDNS resolvers at addresses 208.67.222.222, 208.67.220.220, port 53", OBS_LOG_PROBING, 4, 53, NULL },
        { HEAD V6 "probing for OpenDNS resolvers at addresses 2620:119:35::35, port 443", OBS_LOG_PROBING, 6, 443, NULL },
        { HEAD V6 "rejected all candidate resolvers for port 443", OBS_LOG_REJECTED, 6, 443, NULL },
        { AGENT("WARN") "TCP handshake to SWG Proxy URL was not successful.", OBS_LOG_HANDSHAKE_FAILED, 0, 0, NULL },
        { AGENT("BRIDGE") "Connection : Connecting to 146.112.9.200:443", OBS_LOG_CONNECTING, 0, 443, "146.112.9.200" },
        { AGENT("BRIDGE") "Connection : Resolved IP from 'swg-url-proxy-https.sigproxy.qq.opendns.com' is 146.112.9.200, using index = 0",
          OBS_LOG_RESOLVED, 0, 0, "146.112.9.200" },
        { AGENT("TRACE") "DNSLookup : address lookup took 31 [ms], error = 0", OBS_LOG_LOOKUP, 0, 0, NULL },
        { AGENT("BRIDGE") "Connection : Selected modes - CMode : 1, TMode : 1", OBS_LOG_MODES, 0, 0, NULL },
        { AGENT("BRIDGE") "Connection : Port = 443. CMode : 1, TMode : 1", OBS_LOG_MODES, 0, 443, NULL },
        { AGENT("LISTEN") "Connection: orig dst_addr=135.148.137.214 and dst_port=443 from kdf", OBS_LOG_REDIRECTED, 0, 443, "135.148.137.214" },
        { AGENT("TRACE") "CSWGAgent: State cjson object is {\"version\":1,\"swg_protection_state\":\"protected\"}", OBS_LOG_STATE, 0, 0, NULL },
        { TABLE("acswgagent", "WARN") "TCP handshake to SWG Proxy URL was not successful.", OBS_LOG_HANDSHAKE_FAILED, 0, 0, NULL },
        { TABLE("csc_swgagent", "BRIDGE") "Connection : Connecting to 146.112.9.200:443", OBS_LOG_CONNECTING, 0, 443, "146.112.9.200" },
        /* Near misses are text. */
        { TABLE("other", "BRIDGE") "Connection : Connecting to 146.112.9.200:443", OBS_LOG_TEXT, 0, 0, NULL },
        { HEAD V4 "rejected all candidate resolvers for port x", OBS_LOG_TEXT, 4, 0, NULL },
        { HEAD V4 "rejected all candidate resolvers for port 70000", OBS_LOG_TEXT, 4, 0, NULL },
        { HEAD V4 "rejected all candidate resolvers for port 99999999999999999999", OBS_LOG_TEXT, 4, 0, NULL },
        { HEAD V4 "probing for OpenDNS resolvers at addresses , port 53", OBS_LOG_TEXT, 4, 0, NULL },
        { HEAD V4 "checking reachability of primary OpenDNS resolver candidates using port 443 (candidates are ", OBS_LOG_TEXT, 4, 0, NULL },
        { HEAD "Dns Protection IPv5 State Machine: rejected all candidate resolvers for port 53", OBS_LOG_TEXT, 0, 0, NULL },
        { HEAD "Other component: rejected all candidate resolvers for port 53", OBS_LOG_TEXT, 0, 0, NULL },
        { HEAD "no component at all", OBS_LOG_TEXT, 0, 0, NULL },
        { AGENT("BRIDGE") "Connection : Connecting to :443", OBS_LOG_TEXT, 0, 0, NULL },
        { AGENT("BRIDGE") "Connection : Connecting to 146.112.9.200", OBS_LOG_TEXT, 0, 0, NULL },
        { AGENT("BRIDGE") "Connection : Resolved IP from 'x is 146.112.9.200", OBS_LOG_TEXT, 0, 0, NULL },
        { AGENT("TRACE") "CSWGAgent: State cjson object is {\"swg_protection_state\":\"", OBS_LOG_TEXT, 0, 0, NULL },
        { AGENT("LISTEN") "Listener : Connection started", OBS_LOG_TEXT, 0, 0, NULL },
        { "Date : 08/27/2024\nTime : 06:41:22\nDescription : TCP handshake to SWG Proxy URL was not successful", OBS_LOG_TEXT, 0, 0, NULL },
        { "rejected all candidate resolvers for port 53", OBS_LOG_TEXT, 0, 0, NULL },
        { "", OBS_LOG_TEXT, 0, 0, NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        sse_log_record r;
        char text[SSE_ADDR_TEXT];

        read_text(rows[i].text, &r);
        if (r.said.event != rows[i].event || r.said.version != rows[i].version)
            fail_msg("event %d, IP version %u: %s", r.said.event, r.said.version, rows[i].text);
        if (r.said.event == OBS_LOG_TEXT)
            continue;
        if (r.said.port != rows[i].port)
            fail_msg("port %u: %s", r.said.port, rows[i].text);
        if (rows[i].address != NULL)
            assert_string_equal(sse_addr_text(&r.said.address, text), rows[i].address);
        else
            assert_int_equal(r.said.address.family, 0);
    }
}

static void parts_of_a_line(void **state)
{
    const char *text = HEAD V4 "probing for OpenDNS resolvers at addresses 208.67.222.222, 208.67.220.220, port 443\nmore\nand more";
    sse_log_record r;

    (void)state;
    read_text(text, &r);
    assert_int_equal(r.file, SSE_LOG_MODULE);
    expect_span(text, r.when, "2024-08-27 03:07:43");
    expect_span(text, r.pid, "8880");
    expect_span(text, r.level, "DEBUG");
    expect_span(text, r.thread, "12");
    expect_span(text, r.component, "Dns Protection IPv4 State Machine");
    expect_span(text, r.message, "probing for OpenDNS resolvers at addresses 208.67.222.222, 208.67.220.220, port 443");
    expect_span(text, r.more, "more\nand more");
    assert_int_equal(r.n_candidates, 2);
    expect_span(text, r.candidates[0], "208.67.222.222");
    expect_span(text, r.candidates[1], "208.67.220.220");
}

static void parts_of_an_event(void **state)
{
    const char *text = AGENT("WARN") "TCP handshake to SWG Proxy URL was not successful. Since fail open policy set, try connection in "
                       "bypass mode [FailOpen : 1, CMode : 1 TMode : 0].\n\n******";
    sse_log_record r;

    (void)state;
    read_text(text, &r);
    assert_int_equal(r.file, SSE_LOG_AGENT);
    expect_span(text, r.when, "08/27/2024");
    expect_span(text, r.clock, "06:41:22");
    expect_span(text, r.type, "Warning");
    expect_span(text, r.source, "csc_swgagent");
    expect_span(text, r.level, "WARN");
    expect_span(text, r.thread, "27cc");
    expect_span(text, r.more, "");
    assert_true(r.has_fail_open && r.has_modes && r.said.fail_open && r.said.bypass);
    assert_int_equal(r.fail_open, 1);
    assert_int_equal(r.cmode, 1);
    assert_int_equal(r.tmode, 0);

    text = AGENT("WARN") "TCP handshake to SWG Proxy URL was not successful. [FailOpen : 0, CMode : 1 TMode : 0].";
    read_text(text, &r);
    assert_false(r.said.fail_open || r.said.bypass);
    text = AGENT("TRACE") "DNSLookup : address lookup took 1500 [ms], error = -3";
    read_text(text, &r);
    assert_true(r.has_lookup);
    assert_int_equal(r.lookup_ms, 1500);
    assert_int_equal(r.lookup_error, -3);
    text = AGENT("TRACE") "CSWGAgent: State cjson object is {\"version\":1,\"swg_protection_state\":\"unprotected\"}";
    read_text(text, &r);
    expect_span(text, r.state, "unprotected");
    assert_false(r.said.is_protected);
    text = AGENT("BRIDGE") "Connection : Resolved IP from 'swg.sigproxy.qq.opendns.com' is 146.112.9.200, using index = 0";
    read_text(text, &r);
    expect_span(text, r.name, "swg.sigproxy.qq.opendns.com");
    expect_span(text, r.address, "146.112.9.200");
}

/* Every start of every form: no read past the end, no crash. */
static void cut_anywhere(void **state)
{
    static const char *const rows[] = {
        HEAD V4 "checking reachability of primary OpenDNS resolver candidates using port 443 (candidates are 208.67.222.222, 208.67.220.220)",
        AGENT("WARN") "TCP handshake to SWG Proxy URL was not successful [FailOpen : 1, CMode : 1 TMode : 0].",
        AGENT("BRIDGE") "Connection : Resolved IP from 'swg.sigproxy.qq.opendns.com' is 146.112.9.200, using index = 0",
        AGENT("LISTEN") "Connection: orig dst_addr=135.148.137.214 and dst_port=443 from kdf",
        AGENT("TRACE") "CSWGAgent: State cjson object is {\"swg_protection_state\":\"protected\"}",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (size_t n = 0; n <= strlen(rows[i]); n++) {
            char *start = g_strndup(rows[i], n);
            sse_log_record r;

            read_text(start, &r);
            g_free(start);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events), cmocka_unit_test(parts_of_a_line), cmocka_unit_test(parts_of_an_event),
        cmocka_unit_test(cut_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
