/* test_report.c
 * The three printers over reports made by hand: whole outputs of the small
 * ones, properties of the large and the hostile ones.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include <wsutil/wsjson.h>

#include "print.h"
#include "report_memory.h"
#include "addresses.h"
#include "html_write.h"
#include "layout.h"
#include "phrases.h"

#define START (INT64_C(1724728063) * SSE_SECOND) /* 2024-08-27 03:07:43 UTC */
#define MS    (SSE_SECOND / 1000)
#define GATEWAY_NAME "swg-url-proxy-https-sse.sigproxy.qq.opendns.com"

/* What a sender would like to see printed: colours, a new line, a name that
 * reads from right to left, quotes, bytes that are no UTF-8, a command. */
#define HOSTILE \
    "a\x1b[31mred\r\nDNS: Protected\t\x7f \xe2\x80\xaegnp.exe\xe2\x81\xa6 \xc2\x9b \xd8\x9c\xe2\x80\x8f " \
    "\"'\\</script> \xff\xc3(;calc"

/* ---- making reports ---- */

static sse_addr addr(const char *text)
{
    sse_addr a;

    assert_true(sse_addr_parse(text, &a));
    return a;
}

static void clear_service(sse_service_report *s)
{
    g_array_free(s->reasons, TRUE);
    g_array_free(s->advice, TRUE);
    g_array_free(s->allow, TRUE);
    g_array_free(s->peers, TRUE);
    g_array_free(s->examples, TRUE);
}

static void clear_gateway(gpointer data)
{
    sse_gateway_report *g = (sse_gateway_report *)data;

    g_free(g->name);
    g_array_free(g->reset_reasons, TRUE);
}

static void clear_outage(gpointer data)
{
    sse_outage *o = (sse_outage *)data;
    GArray *lists[] = { o->reasons, o->origin_reasons, o->peers, o->misdirected, o->advice, o->allow, o->examples };

    for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++)
        g_array_free(lists[i], TRUE);
}

static void clear_client(gpointer data)
{
    sse_client_report *c = (sse_client_report *)data;

    clear_service(&c->dns);
    clear_service(&c->web);
    g_array_free(c->addresses, TRUE);
    g_array_free(c->resolvers, TRUE);
    g_array_free(c->gateways, TRUE);
    g_array_free(c->connects, TRUE);
    g_array_free(c->candidates, TRUE);
    g_array_free(c->findings, TRUE);
    g_array_free(c->timeline, TRUE);
    g_array_free(c->outages, TRUE);
    g_free(c->server);
    g_free(c->orgid);
    g_free(c->originid);
    g_free(c->device);
    g_free(c->source);
}

static GArray *array_of(size_t size, GDestroyNotify clear)
{
    GArray *array = g_array_new(FALSE, TRUE, (guint)size);

    if (clear != NULL)
        g_array_set_clear_func(array, clear);
    return array;
}

static GPtrArray *names_of(const char *first, const char *second)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(names, g_strdup(first));
    g_ptr_array_add(names, g_strdup(second));
    return names;
}

static sse_report *report_new(void)
{
    sse_report *r = g_new0(sse_report, 1);
    char *error = NULL;

    r->frames = 31;
    r->first_time = START;
    r->last_time = START + 40 * SSE_SECOND;
    r->findings = array_of(sizeof(sse_finding), NULL);
    r->clients = array_of(sizeof(sse_client_report), clear_client);
    r->fail_open = array_of(sizeof(guint32), NULL);
    r->frame_notes = array_of(sizeof(sse_frame_note), NULL);
    r->in_force.resolvers = sse_ranges_parse(SSE_DEFAULT_RESOLVERS, false, &error);
    r->in_force.names.probes = names_of("debug.opendns.com", "2.dnscrypt-cert.opendns.com");
    r->in_force.names.gateways = names_of(".sigproxy.qq.opendns.com", ".sseproxy.qq.opendns.com");
    return r;
}

static void service_new(sse_service_report *s)
{
    s->examples = g_array_new(FALSE, FALSE, sizeof(sse_example));
    s->reasons = g_array_new(FALSE, FALSE, sizeof(sse_reason));
    s->advice = g_array_new(FALSE, FALSE, sizeof(sse_advice));
    s->allow = g_array_new(FALSE, FALSE, sizeof(sse_allow));
    s->peers = g_array_new(FALSE, FALSE, sizeof(sse_addr));
}

/* A client that nothing is known of yet. The pointer holds until the next one
 * is added. */
static sse_client_report *add_client(sse_report *r, const char *address)
{
    sse_client_report c = { .client = addr(address), .at_client = true };

    service_new(&c.dns);
    service_new(&c.web);
    c.addresses = array_of(sizeof(sse_addr), NULL);
    g_array_append_val(c.addresses, c.client);
    c.resolvers = array_of(sizeof(sse_resolver_report), NULL);
    c.gateways = array_of(sizeof(sse_gateway_report), clear_gateway);
    c.connects = array_of(sizeof(sse_connect_report), NULL);
    c.candidates = array_of(sizeof(sse_candidate_report), NULL);
    c.findings = array_of(sizeof(sse_finding), NULL);
    c.timeline = array_of(sizeof(sse_change), NULL);
    c.outages = array_of(sizeof(sse_outage), clear_outage);
    g_array_append_val(r->clients, c);
    return &g_array_index(r->clients, sse_client_report, r->clients->len - 1);
}

static void add_reason(GArray *list, sse_reason_code code, uint32_t number)
{
    sse_reason reason = { .code = code, .number = { number } };

    g_array_append_val(list, reason);
}

static void add_advice(sse_service_report *s, sse_advice_code code)
{
    sse_advice advice = { .code = code };

    g_array_append_val(s->advice, advice);
}

static void add_allow(sse_service_report *s, sse_transport transport, const char *address, const char *name)
{
    sse_allow row = { .kind = name != NULL ? SSE_ALLOW_NAME : SSE_ALLOW_ADDRESS, .transport = (uint8_t)transport,
                      .port = 443, .name = name };

    if (address != NULL)
        row.address = addr(address);
    g_array_append_val(s->allow, row);
}

static void add_peer(sse_service_report *s, const char *address)
{
    sse_addr peer = addr(address);

    g_array_append_val(s->peers, peer);
}

/* Frames first, first + 1, ... */
static sse_frames frames_from(uint32_t first, uint32_t total)
{
    sse_frames f = { .kept = MIN(total, SSE_FRAMES_KEPT), .total = total };

    for (uint32_t i = 0; i < f.kept; i++)
        f.frame[i] = first + i;
    return f;
}

static void add_finding(GArray *findings, sse_finding_code code, uint32_t frame)
{
    sse_finding f = { .code = code, .frames = frames_from(frame, 1) };

    g_array_append_val(findings, f);
}

/* One that asks for something: of its service, as the judge has it. */
static void add_asking(sse_client_report *c, sse_finding_code code, uint32_t frame)
{
    sse_advice advice = { .code = (uint16_t)sse_finding_advice(code), .of_finding = 1 };

    add_finding(c->findings, code, frame);
    g_array_index(c->findings, sse_finding, c->findings->len - 1).has_advice = true;
    g_array_index(c->findings, sse_finding, c->findings->len - 1).cause = SSE_CAUSE_NO_REPLY;
    if (sse_finding_service(code) == SSE_SERVICE_DNS && code != SSE_FIND_RESOLVER_UNREACHABLE)
        g_array_append_val(c->dns.advice, advice);
}

static sse_since since_at(uint32_t frame, int64_t time, bool at_or_before)
{
    return (sse_since){ .frame = frame, .time = time, .at_or_before = at_or_before };
}

static void add_resolver(sse_client_report *c, const char *address, uint16_t port, uint32_t probes, sse_probe_outcome o)
{
    sse_resolver_report r = { .address = addr(address), .port = port, .transport = SSE_UDP, .probes = probes };

    r.outcomes[o] = probes;
    r.frames = frames_from(port == 443 ? 3 : 7, probes);
    if (o == SSE_PROBE_ANSWERED)
        r.rtt = (sse_rtt){ .count = probes, .min = 18 * MS, .sum = 20 * MS * probes, .max = 22 * MS };
    g_array_append_val(c->resolvers, r);
}

static sse_gateway_report *add_gateway(sse_client_report *c, const char *name, uint32_t handshakes, sse_swg_outcome o)
{
    sse_gateway_report g = { .address = addr("18.135.112.200"), .port = 443, .name = g_strdup(name),
                             .known_from = SSE_KNOWN_DNS, .known_since = 2, .handshakes = handshakes };

    g.outcomes[o] = handshakes;
    g.frames = frames_from(20, 2 * handshakes);
    g.reset_reasons = g_array_new(FALSE, FALSE, sizeof(sse_reason));
    if (o == SSE_SWG_COMPLETED)
        g.rtt = (sse_rtt){ .count = handshakes, .min = 14 * MS, .sum = 15 * MS * handshakes, .max = 16 * MS };
    g_array_append_val(c->gateways, g);
    return &g_array_index(c->gateways, sse_gateway_report, c->gateways->len - 1);
}

static void add_change(sse_client_report *c, uint32_t frame, int64_t time, sse_service service, int ip, sse_state from,
                       sse_state to)
{
    sse_change change = { .frame = frame, .time = time, .service = service, .ip = ip, .from = from, .to = to };

    g_array_append_val(c->timeline, change);
}

static void add_example(sse_service_report *s, sse_example example)
{
    g_array_append_val(s->examples, example);
}

static void set_version(sse_client_report *c, unsigned v, sse_state verdict, sse_port_state state, uint32_t tried,
                        uint32_t answered)
{
    sse_version_report *r = &c->ip[v];

    r->verdict = verdict;
    r->counts = true;
    r->n_ports = 2;
    for (unsigned p = 0; p < 2; p++)
        r->ports[p] = (sse_port_report){ .port = p == 0 ? 443 : 53, .state = state, .tried = tried, .answered = answered,
                                         .failed = tried - answered };
}

/* DNS as in the article: no reply on either port. */
static void dns_down(sse_client_report *c)
{
    sse_service_report *s = &c->dns;

    s->verdict = SSE_UNPROTECTED;
    s->cause = SSE_CAUSE_NO_REPLY;
    s->confidence = SSE_CONFIDENCE_HIGH;
    s->has_control = true;
    s->control_dns_answers = 118;
    s->control_tcp_opened = 41;
    s->since = since_at(3, START + 572681000, true);
    s->evidence_frame = 10;
    s->evidence_time = START + 5 * SSE_SECOND;
    add_advice(s, SSE_ADVICE_ALLOW_DNS);
    add_allow(s, SSE_UDP, "208.67.222.222", NULL);
    add_peer(s, "208.67.222.222");
    add_example(s, (sse_example){ .frame = 3, .time = START + 572681000, .src = c->client,
                                  .dst = addr("208.67.222.222"), .sport = 52002, .dport = 443, .transport = SSE_UDP });
    c->named_version = c->client.family;
    set_version(c, c->named_version == 6, SSE_UNPROTECTED, SSE_PORT_DOWN, 4, 0);
    for (unsigned p = 0; p < 2; p++) {
        c->ip[c->named_version == 6].ports[p].cause = SSE_CAUSE_NO_REPLY;
        c->ip[c->named_version == 6].ports[p].since = s->since;
    }
    c->ip[c->named_version == 6].cause = SSE_CAUSE_NO_REPLY;
    c->ip[c->named_version == 6].since = s->since;
    add_resolver(c, "208.67.222.222", 443, 4, SSE_PROBE_NO_REPLY);
    add_resolver(c, "208.67.222.222", 53, 4, SSE_PROBE_NO_REPLY);
    add_change(c, 3, START + 572681000, SSE_SERVICE_DNS, c->client.family, SSE_NOT_OBSERVED, SSE_UNPROTECTED);
}

/* The web as in the article: reset by a device on the path. */
static void web_down(sse_client_report *c)
{
    sse_service_report *s = &c->web;
    sse_gateway_report *g = add_gateway(c, GATEWAY_NAME, 3, SSE_SWG_RESET);

    g->reset_origin = SSE_ORIGIN_ON_PATH;
    add_reason(g->reset_reasons, SSE_REASON_AFTER_SYN, 396);
    add_reason(g->reset_reasons, SSE_REASON_WINDOW_COPIED, 64240);
    s->verdict = SSE_CLOUD_SERVICE_UNAVAILABLE;
    s->cause = SSE_CAUSE_RESET;
    s->confidence = SSE_CONFIDENCE_LIMITED;
    add_reason(s->reasons, SSE_REASON_NO_CONTROL, 0);
    s->has_control = true;
    s->since = since_at(20, START + 20 * SSE_SECOND, false);
    s->evidence_frame = 25;
    s->evidence_time = START + 22 * SSE_SECOND;
    add_advice(s, SSE_ADVICE_ALLOW_WEB);
    add_allow(s, SSE_TCP, NULL, GATEWAY_NAME);
    add_peer(s, "18.135.112.200");
    add_example(s, (sse_example){ .frame = 20, .time = START + 20 * SSE_SECOND, .src = c->client,
                                  .dst = addr("18.135.112.200"), .sport = 56287, .dport = 443, .transport = SSE_TCP });
    c->web_tried = c->web_failed = 3;
    c->has_fail_open = true;
    c->fail_open = 3;
    c->fail_open_first = 27;
    c->fail_open_last = 30;
    add_change(c, 20, START + 20 * SSE_SECOND, SSE_SERVICE_WEB, 0, SSE_PROTECTED, SSE_CLOUD_SERVICE_UNAVAILABLE);
}

static void dns_up(sse_client_report *c)
{
    c->dns.verdict = SSE_PROTECTED;
    c->dns.confidence = SSE_CONFIDENCE_HIGH;
    c->dns.since = since_at(1, START, true);
    c->named_version = c->client.family;
    c->encryption = SSE_ENC_AVAILABLE;
    set_version(c, c->named_version == 6, SSE_PROTECTED, SSE_PORT_UP, 2, 2);
    c->ip[c->named_version == 6].since = c->dns.since;
    add_resolver(c, "208.67.222.222", 443, 2, SSE_PROBE_ANSWERED);
}

static void web_up(sse_client_report *c)
{
    c->web.verdict = SSE_PROTECTED;
    c->web.confidence = SSE_CONFIDENCE_HIGH;
    c->web.since = since_at(20, START + 20 * SSE_SECOND, true);
    c->web_tried = c->web_completed = 2;
    add_gateway(c, GATEWAY_NAME, 2, SSE_SWG_COMPLETED);
}

/* Worst of all clients and the counts, as the verdict would have them. */
static void add_up(sse_report *r)
{
    for (guint i = 0; i < r->clients->len; i++) {
        const sse_client_report *c = &g_array_index(r->clients, sse_client_report, i);

        r->count_dns[c->dns.verdict]++;
        r->count_web[c->web.verdict]++;
        r->dns = MAX(r->dns, c->dns.verdict);
        r->web = MAX(r->web, c->web.verdict);
    }
}

static void give_lists(sse_outage *o)
{
    o->reasons = g_array_new(FALSE, FALSE, sizeof(sse_reason));
    o->origin_reasons = g_array_new(FALSE, FALSE, sizeof(sse_reason));
    o->peers = g_array_new(FALSE, FALSE, sizeof(sse_addr));
    o->misdirected = g_array_new(FALSE, FALSE, sizeof(sse_addr));
    o->advice = g_array_new(FALSE, FALSE, sizeof(sse_advice));
    o->allow = g_array_new(FALSE, FALSE, sizeof(sse_allow));
    o->examples = g_array_new(FALSE, FALSE, sizeof(sse_example));
}

/* An outage of one service as its report has it, lasting; of DNS, of the IP version
 * that it names. */
static sse_outage *add_outage(sse_client_report *c, sse_service service)
{
    sse_service_report *s = service == SSE_SERVICE_DNS ? &c->dns : &c->web;
    sse_outage o = {
        .service = (uint8_t)service, .verdict = service == SSE_SERVICE_DNS ? SSE_UNPROTECTED : SSE_CLOUD_SERVICE_UNAVAILABLE,
        .cause = (uint8_t)s->cause, .confidence = (uint8_t)s->confidence, .counted = true, .since = s->since,
        .evidence_frame = s->evidence_frame, .evidence_time = s->evidence_time, .attempts = 8, .failed = 8,
        .control_dns_answers = s->control_dns_answers, .control_tcp_opened = s->control_tcp_opened,
    };

    give_lists(&o);
    g_array_append_vals(o.reasons, s->reasons->data, s->reasons->len);
    g_array_append_vals(o.peers, s->peers->data, s->peers->len);
    g_array_append_vals(o.advice, s->advice->data, s->advice->len);
    g_array_append_vals(o.allow, s->allow->data, s->allow->len);
    g_array_append_vals(o.examples, s->examples->data, s->examples->len);
    if (service == SSE_SERVICE_DNS) {
        o.ip = (uint8_t)c->named_version;
        o.port_cause[0] = o.port_cause[1] = o.cause;
    }
    s->outages++;
    g_array_append_val(c->outages, o);
    return &g_array_index(c->outages, sse_outage, c->outages->len - 1);
}

/* The outages that are the states at the end, as the judge lists them. */
static void list_outages(sse_report *r)
{
    for (guint i = 0; i < r->clients->len; i++) {
        sse_client_report *c = &g_array_index(r->clients, sse_client_report, i);

        if (c->dns.verdict == SSE_UNPROTECTED) {
            add_outage(c, SSE_SERVICE_DNS)->frames = frames_from(3, 8);
            r->outages_dns++;
        }
        if (c->web.verdict == SSE_CLOUD_SERVICE_UNAVAILABLE) {
            sse_outage *o = add_outage(c, SSE_SERVICE_WEB);

            o->attempts = o->failed = 3;
            o->frames = frames_from(20, 6);
            o->origin = SSE_ORIGIN_ON_PATH;
            add_reason(o->origin_reasons, SSE_REASON_AFTER_SYN, 396);
            add_reason(o->origin_reasons, SSE_REASON_WINDOW_COPIED, 64240);
            o->has_fail_open = c->has_fail_open;
            o->fail_open = c->fail_open;
            o->fail_open_first = c->fail_open_first;
            o->fail_open_last = c->fail_open_last;
            r->outages_web++;
        }
        r->outage_clients += c->dns.outages + c->web.outages > 0;
    }
}

static sse_report *unlisted_outage(void)
{
    sse_report *r = report_new();
    sse_client_report *c = add_client(r, "192.168.0.204");

    dns_down(c);
    web_down(c);
    c->orgid = g_strdup("1234567");
    add_finding(c->findings, SSE_FIND_RESET_ON_PATH, 21);
    add_up(r);
    return r;
}

static sse_report *outage(void)
{
    sse_report *r = unlisted_outage();

    list_outages(r);
    return r;
}

/* ---- looking at what is printed ---- */

static char *print(const sse_report *r, sse_format format)
{
    return g_string_free(sse_report_print(r, format), FALSE);
}

/* What holds for every output: valid UTF-8, one newline at its end, and nothing
 * that a terminal or a reader could be deceived with. */
static void check_characters(const char *text)
{
    size_t length = strlen(text);

    assert_true(g_utf8_validate(text, -1, NULL));
    assert_true(length > 1 && text[length - 1] == '\n' && text[length - 2] != '\n');
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if ((c < 0x20 && c != '\n') || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
            (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c)
            fail_msg("U+%04X is printed: %s", c, text);
    }
}

/* No more columns than that, save what is there to be copied; no blanks at the end. */
static void check_lines(const char *text, glong columns)
{
    char **lines = g_strsplit(text, "\n", -1);

    check_characters(text);
    for (char **line = lines; *line != NULL; line++) {
        if (strstr(*line, "ilter: ") == NULL && strstr(*line, ".addr == ") == NULL &&
            strstr(*line, "Test again") == NULL && g_utf8_strlen(*line, -1) > columns)
            fail_msg("%ld columns: %s", g_utf8_strlen(*line, -1), *line);
        if (g_str_has_suffix(*line, " "))
            fail_msg("blanks at the end: \"%s\"", *line);
    }
    g_strfreev(lines);
}

static void check_json(const char *text)
{
    check_characters(text);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    /* Counted first: json_validate() has room for 1,024 tokens only. */
    int count = json_parse(text, NULL, 0);
    assert_true(count > 0);
    jsmntok_t *tokens = g_new0(jsmntok_t, count);
    assert_int_equal(json_parse(text, tokens, (unsigned)count), count);
    assert_int_equal(tokens[0].type, JSMN_OBJECT);
    assert_int_equal(tokens[0].end, strlen(text) - 1);
    g_free(tokens);
}

/* In Wireshark's window: narrower, without an option of tshark. What follows is laid
 * out for a terminal again. */
static void check_window(const sse_report *r, sse_format format)
{
    for (int64_t client = -1; client < (int64_t)MIN(r->clients->len, 3); client++) {
        char *text = g_string_free(sse_report_print_window(r, format, client), FALSE);

        check_lines(text, 72);
        if (strstr(text, "-z ") != NULL || strstr(text, "-o ") != NULL || strstr(text, "tshark") != NULL)
            fail_msg("an option of tshark in a window: %s", text);
        g_free(text);
    }
}

static void check_all(const sse_report *r)
{
    for (sse_format format = SSE_FORMAT_TEXT; format <= SSE_FORMAT_TICKET; format++) {
        char *text;

        if (format != SSE_FORMAT_JSON)
            check_window(r, format);
        text = print(r, format);
        if (format == SSE_FORMAT_JSON)
            check_json(text);
        else
            check_lines(text, 98);
        g_free(text);
    }
}

/* The output, checked whole; frees the report. */
static void check_whole(sse_report *r, sse_format format, const char *wanted)
{
    char *text = print(r, format);

    assert_string_equal(text, wanted);
    check_all(r);
    g_free(text);
    sse_report_free(r);
}

static void check_has(const char *text, const char *wanted)
{
    if (strstr(text, wanted) == NULL)
        fail_msg("\"%s\" is missing in: %s", wanted, text);
}

static void check_lacks(const char *text, const char *unwanted)
{
    if (strstr(text, unwanted) != NULL)
        fail_msg("\"%s\" is in: %s", unwanted, text);
}

static unsigned count_of(const char *text, const char *part)
{
    unsigned count = 0;

    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        count++;
    return count;
}

/* The text with every row of blanks and line ends as one blank. */
static char *flat(const char *text)
{
    GString *out = g_string_new(NULL);
    char **words = g_strsplit_set(text, " \n", -1);

    for (char **word = words; *word != NULL; word++)
        if (**word != '\0')
            g_string_append_printf(out, "%s ", *word);
    g_strfreev(words);
    return g_string_free(out, FALSE);
}

/* Lines before the first empty one: the head. */
static unsigned head_lines(const sse_report *r)
{
    char *text = print(r, SSE_FORMAT_TEXT), *end = strstr(text, "\n\n");
    unsigned count;

    assert_non_null(end);
    end[1] = '\0';
    count = count_of(text, "\n");
    g_free(text);
    return count;
}

/* ---- small reports, whole ---- */

static void outage_as_text(void **state)
{
    (void)state;
    check_whole(outage(), SSE_FORMAT_TEXT,
        "192.168.0.204: DNS: Unprotected. Web: Cloud service unavailable. Confidence: Web limited.\n"
        "  DNS  IPv4: no reply, since 2024-08-27 03:07:43 UTC or earlier (frame 3)\n"
        "       UDP 443 down (0/4 answered), 53 down (0/4); meanwhile 118 DNS answers, 41 TCP opened\n"
        "  Web  reset, since 2024-08-27 03:08:03 UTC (frame 20); 0/3 completed\n"
        "To do (DNS): Allow UDP 443 and UDP and TCP 53 to the OpenDNS resolvers, above any rule that blocks\n"
        "             QUIC.\n"
        "To do (Web): Allow TCP 443 (and 80) to the gateway's names and Cisco's published ingress ranges.\n"
        "\n"
        "Captured: at the client\n"
        "\n"
        "Outages: DNS 1 (4 s), Web 1 (2 s)\n"
        "  Web, since 2024-08-27 03:08:03 UTC (2 s or more)\n"
        "    reset, from frame 20 to the end of the file, last in frame 25\n"
        "    3 of 3 attempts failed, at 18.135.112.200\n"
        "    origin of the resets: likely a device on the path: it came 0.396 ms after the SYN; its window\n"
        "    64240 is a copy of the SYN's\n"
        "    fail open: 3 direct connections to web sites, frames 27 to 30. Bypass lists of the module\n"
        "               cannot be excluded.\n"
        "    confidence limited: nothing else of the client was answered meanwhile: a dead link cannot be\n"
        "                        excluded\n"
        "    frames 20, 21, 22, 23, 24, 25\n"
        "  DNS IPv4, since 2024-08-27 03:07:43 UTC or earlier (4 s or more)\n"
        "    no reply, from frame 3 to the end of the file, last in frame 10\n"
        "    8 of 8 attempts failed, at 208.67.222.222\n"
        "    frames 3, 4, 5, 6, 7, 8, 9, 10\n"
        "\n"
        "Resolver              Port     Tried  Answered  Min/avg/max ms      Outcomes\n"
        "208.67.222.222        UDP 443      4         0  -                   no-reply 4\n"
        "    frames 3, 4, 5, 6\n"
        "208.67.222.222        UDP 53       4         0  -                   no-reply 4\n"
        "    frames 7, 8, 9, 10\n"
        "\n"
        "Gateway               Port     Tried Completed  Min/avg/max ms      Outcomes\n"
        "18.135.112.200        TCP 443      3         0  -                   reset 3\n"
        "    swg-url-proxy-https-sse.sigproxy.qq.opendns.com, learnt from DNS in frame 2\n"
        "    frames 20, 21, 22, 23, 24, 25\n"
        "\n"
        "Identity: orgid 1234567\n"
        "Encryption: unknown\n"
        "\n"
        "Findings\n"
        "  reset-on-path: Connections to the gateway are reset by a device on the path, not by the gateway.\n"
        "                 (frame 21)\n"
        "\n"
        "Timeline\n"
        "  2024-08-27 03:07:43.572681 UTC  frame 3        DNS IPv4: Unprotected\n"
        "  2024-08-27 03:08:03.000000 UTC  frame 20       Web: Protected to Cloud service unavailable\n"
        "\n"
        "Display filters\n"
        "  DNS: (ip.addr == 192.168.0.204) && (ip.addr == 208.67.222.222)\n"
        "  Web: (ip.addr == 192.168.0.204) && (ip.addr == 18.135.112.200)\n"
        "\n"
        "31 packets, 2024-08-27 03:07:43.000000 UTC to 2024-08-27 03:08:23.000000 UTC. SSE Roaming " SSE_PLUGIN_VERSION ".\n");
}

static void outage_as_ticket(void **state)
{
    (void)state;
    check_whole(outage(), SSE_FORMAT_TICKET,
        "Web protection of the Cisco Secure Client at 192.168.0.204 is down: Cloud service unavailable\n"
        "(reset).\n"
        "Since: 2024-08-27 03:08:03.000000 UTC (frame 20)\n"
        "Until: the end of the file; last confirmed 2024-08-27 03:08:05.000000 UTC (frame 25)\n"
        "From: 192.168.0.204\n"
        "To: 18.135.112.200 (swg-url-proxy-https-sse.sigproxy.qq.opendns.com), TCP 443\n"
        "Failed: 3 of 3 connections in that time\n"
        "For example:\n"
        "  2024-08-27 03:08:03.000000 UTC  TCP  192.168.0.204:56287 -> 18.135.112.200:443 (frame 20)\n"
        "Resets: origin likely a device on the path: it came 0.396 ms after the SYN; its window 64240 is a\n"
        "        copy of the SYN's\n"
        "Meanwhile: nothing else of this client was answered\n"
        "Fail open: 3 direct connections to web sites, frames 27 to 30. Bypass lists of the module cannot\n"
        "           be excluded.\n"
        "Captured: at the client\n"
        "Caution: nothing else of the client was answered meanwhile: a dead link cannot be excluded\n"
        "To do: Allow TCP 443 (and 80) to the gateway's names and Cisco's published ingress ranges.\n"
        "Allow: tcp 443 swg-url-proxy-https-sse.sigproxy.qq.opendns.com\n"
        "Display filter: (ip.addr == 192.168.0.204) && (ip.addr == 18.135.112.200)\n"
        "Capture filter: (host 192.168.0.204) and (icmp or icmp6 or (host 18.135.112.200) and (port 53 or port 80 or port 443))\n"
        "Test again on the client: Test-NetConnection swg-url-proxy-https-sse.sigproxy.qq.opendns.com -Port 443\n"
        "\n"
        "DNS protection of the Cisco Secure Client at 192.168.0.204 is down: Unprotected (no reply).\n"
        "Since: 2024-08-27 03:07:43.572681 UTC or earlier (frame 3)\n"
        "Until: the end of the file; last confirmed 2024-08-27 03:07:48.000000 UTC (frame 10)\n"
        "From: 192.168.0.204\n"
        "To: 208.67.222.222, UDP 443 and UDP 53\n"
        "Failed: 8 of 8 probes in that time\n"
        "For example:\n"
        "  2024-08-27 03:07:43.572681 UTC  UDP  192.168.0.204:52002 -> 208.67.222.222:443 (frame 3)\n"
        "Meanwhile: this client had 118 other DNS answers and opened 41 other TCP connections\n"
        "Captured: at the client\n"
        "To do: Allow UDP 443 and UDP and TCP 53 to the OpenDNS resolvers, above any rule that blocks QUIC.\n"
        "Allow: udp 443 208.67.222.222\n"
        "Display filter: (ip.addr == 192.168.0.204) && (ip.addr == 208.67.222.222)\n"
        "Capture filter: (host 192.168.0.204) and (icmp or icmp6 or (host 208.67.222.222) and (port 53 or port 443))\n"
        "Test again on the client: nslookup -type=txt debug.opendns.com 208.67.222.222\n"
        "    good is an answer with a line that starts with \"server\". It tests port 53; UDP 443 shows in a\n"
        "    new capture.\n");
}

static void outage_as_json(void **state)
{
    (void)state;
    check_whole(unlisted_outage(), SSE_FORMAT_JSON,
        "{\"schema\":\"sseroaming/1\",\"plugin\":\"" SSE_PLUGIN_VERSION "\",\"frames\":31,"
        "\"first_time\":\"2024-08-27T03:07:43.000000000Z\","
        "\"last_time\":\"2024-08-27T03:08:23.000000000Z\",\"filter_applied\":null,\"dns\":\"unprotected\","
        "\"web\":\"cloud-service-unavailable\",\"counts\":{\"clients\":1,\"dns\":{\"unprotected\":1,\"inconclusive\":0,"
        "\"protected\":0,\"not-observed\":0},\"web\":{\"cloud-service-unavailable\":1,\"inconclusive\":0,\"protected\":0,"
        "\"not-observed\":0}},\"worst\":{\"dns\":\"not-observed\",\"web\":\"not-observed\"},"
        "\"outages\":{\"dns\":0,\"web\":0,\"clients\":0},\"preferences\":{},\"findings\":[],\"clients\":[{\"client\":\"192.168.0.204\",\"addresses\":[\"192.168.0.204\"],"
        "\"capture_point\":\"client\",\"dns\":{\"verdict\":\"unprotected\",\"worst\":\"not-observed\",\"cause\":\"no-reply\",\"confidence\":\"high\",\"reasons\":[],"
        "\"control\":{\"dns_answers\":118,\"tcp_opened\":41},\"encryption\":\"unknown\",\"since\":{\"frame\":3,"
        "\"time\":\"2024-08-27T03:07:43.572681000Z\",\"at_or_before\":true},\"last_evidence\":{\"frame\":10,"
        "\"time\":\"2024-08-27T03:07:48.000000000Z\"},\"ipv4\":{\"verdict\":\"unprotected\",\"cause\":\"no-reply\","
        "\"since\":{\"frame\":3,\"time\":\"2024-08-27T03:07:43.572681000Z\",\"at_or_before\":true},\"ports\":[{\"port\":443,"
        "\"state\":\"down\",\"cause\":\"no-reply\",\"since\":{\"frame\":3,\"time\":\"2024-08-27T03:07:43.572681000Z\","
        "\"at_or_before\":true}},{\"port\":53,\"state\":\"down\",\"cause\":\"no-reply\",\"since\":{\"frame\":3,"
        "\"time\":\"2024-08-27T03:07:43.572681000Z\",\"at_or_before\":true}}]},\"ipv6\":{\"verdict\":\"not-observed\","
        "\"cause\":null,\"since\":null,\"ports\":[]},\"resolvers\":[{\"address\":\"208.67.222.222\",\"port\":443,\"transport\":\"udp\","
        "\"probes\":4,\"outcomes\":{\"no-reply\":4},\"rtt_ms\":{\"min\":null,\"avg\":null,\"max\":null},\"icmp\":null,"
        "\"fake_reply\":null,\"origin\":null,\"origin_reasons\":[],\"frames\":[3,4,5,6],\"frames_total\":4},{\"address\":\"208.67.222.222\",\"port\":53,"
        "\"transport\":\"udp\",\"probes\":4,\"outcomes\":{\"no-reply\":4},\"rtt_ms\":{\"min\":null,\"avg\":null,\"max\":null},"
        "\"icmp\":null,\"fake_reply\":null,\"origin\":null,\"origin_reasons\":[],\"frames\":[7,8,9,10],\"frames_total\":4}],\"identity\":{\"server\":null,"
        "\"orgid\":\"1234567\",\"originid\":null,\"device\":null,\"source\":null},"
        "\"advice\":[\"Allow UDP 443 and UDP and TCP 53 to the OpenDNS resolvers, above any rule that blocks QUIC.\"],"
        "\"allow\":[\"udp 443 208.67.222.222\"],\"filter\":\"(ip.addr == 192.168.0.204) && (ip.addr == 208.67.222.222)\"},"
        "\"web\":{\"verdict\":\"cloud-service-unavailable\",\"worst\":\"not-observed\",\"cause\":\"reset\",\"confidence\":\"limited\","
        "\"reasons\":[\"nothing else of the client was answered meanwhile: a dead link cannot be excluded\"],"
        "\"control\":{\"dns_answers\":0,\"tcp_opened\":0},\"since\":{\"frame\":20,\"time\":\"2024-08-27T03:08:03.000000000Z\","
        "\"at_or_before\":false},\"last_evidence\":{\"frame\":25,\"time\":\"2024-08-27T03:08:05.000000000Z\"},"
        "\"gateways\":[{\"address\":\"18.135.112.200\",\"port\":443,\"name\":\"swg-url-proxy-https-sse.sigproxy.qq.opendns.com\","
        "\"known_from\":\"dns\",\"known_since_frame\":2,\"handshakes\":3,\"outcomes\":{\"reset\":3},\"rtt_ms\":{\"min\":null,"
        "\"avg\":null,\"max\":null},\"reset_origin\":\"on-path-device\",\"reset_reasons\":[\"it came 0.396 ms after the SYN\","
        "\"its window 64240 is a copy of the SYN's\"],\"icmp\":null,\"frames\":[20,21,22,23,24,25],\"frames_total\":6}],"
        "\"connect_answers\":[],\"gateway_candidates\":[],\"fail_open\":{\"connections\":3,\"first_frame\":27,\"last_frame\":30},"
        "\"advice\":[\"Allow TCP 443 (and 80) to the gateway's names and Cisco's published ingress ranges.\"],"
        "\"allow\":[\"tcp 443 swg-url-proxy-https-sse.sigproxy.qq.opendns.com\"],"
        "\"filter\":\"(ip.addr == 192.168.0.204) && (ip.addr == 18.135.112.200)\"},\"outages\":[],\"findings\":[{\"code\":\"reset-on-path\","
        "\"severity\":\"note\",\"frames\":[21],\"frames_total\":1,"
        "\"text\":\"Connections to the gateway are reset by a device on the path, not by the gateway.\",\"advice\":null}],\"timeline\":[{\"frame\":3,"
        "\"time\":\"2024-08-27T03:07:43.572681000Z\",\"service\":\"dns\",\"ip\":4,\"from\":\"not-observed\",\"to\":\"unprotected\"},"
        "{\"frame\":20,\"time\":\"2024-08-27T03:08:03.000000000Z\",\"service\":\"web\",\"ip\":null,\"from\":\"protected\","
        "\"to\":\"cloud-service-unavailable\"}]}]}\n");
}

/* An outage of the client, without anything that could be unknown. */
static sse_outage *listed_outage(sse_client_report *c, sse_service service, uint32_t frame)
{
    sse_outage o = {
        .service = (uint8_t)service, .ip = service == SSE_SERVICE_DNS ? 4 : 0,
        .verdict = service == SSE_SERVICE_DNS ? SSE_UNPROTECTED : SSE_CLOUD_SERVICE_UNAVAILABLE, .cause = SSE_CAUSE_NO_REPLY,
        .confidence = SSE_CONFIDENCE_HIGH, .counted = true, .since = since_at(frame, START + frame * SSE_SECOND, false),
        .evidence_frame = frame + 1, .evidence_time = START + (frame + 5) * SSE_SECOND, .attempts = 4, .failed = 3,
    };

    give_lists(&o);
    o.frames.frame[o.frames.kept++] = frame;
    o.frames.total = 1;
    g_array_append_val(c->outages, o);
    return &g_array_index(c->outages, sse_outage, c->outages->len - 1);
}

static void outages_in_json(void **state)
{
    sse_report *r = report_new();
    sse_client_report *c = add_client(r, "192.168.0.204");
    sse_outage *o;
    sse_addr peer = addr("208.67.222.222");
    sse_advice advice = { .code = SSE_ADVICE_ALLOW_DNS, .ip = 4 };
    sse_allow row = { .kind = SSE_ALLOW_ADDRESS, .transport = SSE_UDP, .port = 443, .address = peer };
    char *text;

    (void)state;
    dns_up(c);
    web_up(c);
    add_up(r);
    r->worst_dns = c->dns.worst = SSE_UNPROTECTED;
    r->worst_web = c->web.worst = SSE_CLOUD_SERVICE_UNAVAILABLE;
    r->outages_dns = r->outage_clients = 1;
    r->outages_web = 2;
    r->in_force.changed = sse_settings_new();
    sse_settings_add(r->in_force.changed, "gateways", "18.135.112.200, 10.0.0.0/8");
    sse_settings_add(r->in_force.changed, "probe_timeout", "15");

    /* It healed, with all that can be known of it. */
    o = listed_outage(c, SSE_SERVICE_DNS, 3);
    o->since.at_or_before = true;
    o->until_frame = 9;
    o->until_time = START + 28 * SSE_SECOND + 172 * MS;
    o->ended_by = SSE_ENDED_PROOF;
    o->cause = SSE_CAUSE_ICMP_UNREACHABLE;
    o->port_cause[0] = SSE_CAUSE_ICMP_UNREACHABLE;
    o->port_cause[1] = SSE_CAUSE_INTERCEPTED;
    o->confidence = SSE_CONFIDENCE_LIMITED;
    add_reason(o->reasons, SSE_REASON_NO_CONTROL, 0);
    g_array_append_val(o->peers, peer);
    o->control_dns_answers = 118;
    o->control_tcp_opened = 41;
    o->icmp = (sse_icmp_sum){ .count = 2, .sender = addr("192.168.0.1"), .type = 3, .code = 13 };
    o->fake_frame = 7;
    o->fake_rcode = 3;
    o->fake_ttl = 63;
    o->captive = true;
    g_array_append_val(o->advice, advice);
    g_array_append_val(o->allow, row);
    /* It did not. */
    o = listed_outage(c, SSE_SERVICE_WEB, 20);
    o->cause = SSE_CAUSE_RESET;
    o->origin = SSE_ORIGIN_ON_PATH;
    add_reason(o->origin_reasons, SSE_REASON_WINDOW_COPIED, 64240);
    o->has_fail_open = true;
    o->fail_open = 3;
    o->fail_open_first = 27;
    o->fail_open_last = 30;
    /* The client went elsewhere; in a capture of one direction nothing is the cause. */
    o = listed_outage(c, SSE_SERVICE_DNS, 25);
    o->ip = 6;
    o->verdict = SSE_INCONCLUSIVE;
    o->cause = SSE_CAUSE_NONE;
    o->counted = false;
    o->ended_by = SSE_ENDED_NETWORK_CHANGED;
    add_finding(c->findings, SSE_FIND_RESOLVER_UNREACHABLE, 21);
    g_array_index(c->findings, sse_finding, 0).has_advice = true;
    g_array_index(c->findings, sse_finding, 0).address = addr("208.67.220.220");

    text = print(r, SSE_FORMAT_JSON);
    check_json(text);
    check_has(text, "\"worst\":{\"dns\":\"unprotected\",\"web\":\"cloud-service-unavailable\"},"
              "\"outages\":{\"dns\":1,\"web\":2,\"clients\":1},"
              "\"preferences\":{\"gateways\":\"18.135.112.200, 10.0.0.0/8\",\"probe_timeout\":\"15\"},\"findings\":[],\"clients\":");
    check_has(text, "\"dns\":{\"verdict\":\"protected\",\"worst\":\"unprotected\",\"cause\":null,");
    check_has(text, "\"web\":{\"verdict\":\"protected\",\"worst\":\"cloud-service-unavailable\",\"cause\":null,");
    check_has(text,
        "\"outages\":[{\"service\":\"dns\",\"ip\":4,\"since\":{\"frame\":3,\"time\":\"2024-08-27T03:07:46.000000000Z\","
        "\"at_or_before\":true},\"until\":{\"frame\":9,\"time\":\"2024-08-27T03:08:11.172000000Z\"},\"ended_by\":\"proof\","
        "\"counted\":true,\"repeats\":false,\"duration_ms\":25172.000,\"verdict\":\"unprotected\",\"cause\":\"icmp-unreachable\","
        "\"confidence\":\"limited\",\"reasons\":[\"nothing else of the client was answered meanwhile: a dead link cannot be "
        "excluded\"],\"attempts\":4,\"failed\":3,\"ports\":[{\"port\":443,\"cause\":\"icmp-unreachable\"},{\"port\":53,"
        "\"cause\":\"intercepted\"}],\"peers\":[\"208.67.222.222\"],\"control\":{\"dns_answers\":118,\"tcp_opened\":41},"
        "\"origin\":null,\"origin_reasons\":[],\"icmp\":{\"sender\":\"192.168.0.1\",\"type\":3,\"code\":13,\"count\":2},"
        "\"fake_reply\":{\"rcode\":3,\"ttl\":63,\"frame\":7},\"fail_open\":null,\"captive_portal\":true,"
        "\"advice\":[\"Allow UDP 443 and UDP and TCP 53 to the OpenDNS resolvers, above any rule that blocks QUIC.\"],"
        "\"allow\":[\"udp 443 208.67.222.222\"],\"frames\":[3],\"frames_total\":1},"
        "{\"service\":\"web\",\"ip\":null,\"since\":{\"frame\":20,\"time\":\"2024-08-27T03:08:03.000000000Z\","
        "\"at_or_before\":false},\"until\":null,\"ended_by\":null,\"counted\":true,\"repeats\":false,\"duration_ms\":5000.000,"
        "\"verdict\":\"cloud-service-unavailable\",\"cause\":\"reset\",\"confidence\":\"high\",\"reasons\":[],"
        "\"attempts\":4,\"failed\":3,\"ports\":null,\"peers\":[],\"control\":{\"dns_answers\":0,\"tcp_opened\":0},"
        "\"origin\":\"on-path-device\",\"origin_reasons\":[\"its window 64240 is a copy of the SYN's\"],\"icmp\":null,"
        "\"fake_reply\":null,\"fail_open\":{\"connections\":3,\"first_frame\":27,\"last_frame\":30},\"captive_portal\":false,"
        "\"advice\":[],\"allow\":[],\"frames\":[20],\"frames_total\":1},"
        "{\"service\":\"dns\",\"ip\":6,");
    check_has(text, "\"until\":null,\"ended_by\":\"network-changed\",\"counted\":false,\"repeats\":false,\"duration_ms\":5000.000,"
              "\"verdict\":\"inconclusive\",\"cause\":null,");
    check_has(text, "\"ports\":[{\"port\":443,\"cause\":null},{\"port\":53,\"cause\":null}],");
    check_has(text, "}],\"findings\":[{\"code\":\"resolver-unreachable\",\"severity\":\"warning\",");
    check_has(text, "\"advice\":\"Allow 208.67.220.220 on UDP 443 and UDP and TCP 53 too, as the other resolvers.\"}],");
    g_free(text);

    /* The newest, and no more. */
    for (uint32_t frame = 100; frame < 100 + SSE_LISTED; frame++)
        listed_outage(c, SSE_SERVICE_WEB, frame);
    text = print(r, SSE_FORMAT_JSON);
    check_json(text);
    assert_int_equal(count_of(text, "\"captive_portal\":"), SSE_LISTED);
    check_lacks(text, "\"ended_by\":\"proof\"");
    check_has(text, "\"outages\":[{\"service\":\"web\",\"ip\":null,\"since\":{\"frame\":100,");
    g_free(text);
    sse_report_free(r);
}

static sse_report *healthy(void)
{
    sse_report *r = report_new();
    sse_client_report *c = add_client(r, "192.168.0.204");

    dns_up(c);
    web_up(c);
    add_up(r);
    return r;
}

static void healthy_as_text(void **state)
{
    (void)state;
    check_whole(healthy(), SSE_FORMAT_TEXT,
        "192.168.0.204: DNS: Protected. Web: Protected. Confidence: high.\n"
        "  DNS  IPv4: since 2024-08-27 03:07:43 UTC or earlier (frame 1)\n"
        "       UDP 443 up (2/2 answered), 53 up (2/2)\n"
        "  Web  since 2024-08-27 03:08:03 UTC or earlier (frame 20); 2/2 completed\n"
        "To do: nothing.\n"
        "\n"
        "Captured: at the client\n"
        "\n"
        "Resolver              Port     Tried  Answered  Min/avg/max ms      Outcomes\n"
        "208.67.222.222        UDP 443      2         2  18.0/20.0/22.0      answered 2\n"
        "    frames 3, 4\n"
        "\n"
        "Gateway               Port     Tried Completed  Min/avg/max ms      Outcomes\n"
        "18.135.112.200        TCP 443      2         2  14.0/15.0/16.0      completed 2\n"
        "    swg-url-proxy-https-sse.sigproxy.qq.opendns.com, learnt from DNS in frame 2\n"
        "    frames 20, 21, 22, 23\n"
        "\n"
        "Encryption: available, UDP 443 is up\n"
        "\n"
        "31 packets, 2024-08-27 03:07:43.000000 UTC to 2024-08-27 03:08:23.000000 UTC. SSE Roaming " SSE_PLUGIN_VERSION ".\n");
}

static void healthy_as_json(void **state)
{
    static const char *const null[] = {
        "\"cause\":null,\"confidence\":\"high\",\"reasons\":[],\"control\":null,", "\"last_evidence\":null",
        "\"ipv6\":{\"verdict\":\"not-observed\",\"cause\":null,\"since\":null,\"ports\":[]}",
        "\"port\":443,\"state\":\"up\",\"cause\":null,\"since\":null",
        "\"rtt_ms\":{\"min\":18.000,\"avg\":20.000,\"max\":22.000},\"icmp\":null,\"fake_reply\":null",
        "\"identity\":{\"server\":null,\"orgid\":null,\"originid\":null,\"device\":null,\"source\":null},",
        "\"advice\":[],\"allow\":[],\"filter\":null",
        "\"reset_origin\":null,\"reset_reasons\":[],\"icmp\":null", "\"connect_answers\":[],\"gateway_candidates\":[],\"fail_open\":null,",
        "\"outages\":[],\"findings\":[],\"timeline\":[]",
    };
    sse_report *r = healthy();
    char *text = print(r, SSE_FORMAT_JSON);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(null); i++)
        check_has(text, null[i]);
    g_free(text);
    sse_report_free(r);
}

static void healthy_as_ticket(void **state)
{
    (void)state;
    check_whole(healthy(), SSE_FORMAT_TICKET, "Nothing to ask a firewall team for. DNS: Protected. Web: Protected.\n");
}

static void nothing_as_text(void **state)
{
    (void)state;
    check_whole(report_new(), SSE_FORMAT_TEXT,
        "DNS: Not observed. Web: Not observed.\n"
        "Looked for: TXT queries for debug.opendns.com and 2.dnscrypt-cert.opendns.com to the OpenDNS\n"
        "            resolvers (208.67.222.222, 208.67.220.220 and the others) on ports 443 and 53; lookups\n"
        "            of names below sigproxy.qq.opendns.com and sseproxy.qq.opendns.com; connections on\n"
        "            ports 443 and 80 to the addresses that these give, to 146.112.255.50 (the gateway's\n"
        "            fixed address), and to those of the preference sseroaming.gateways.\n"
        "To check: Interface: was it the one that the client's packets really leave by? With a VPN up, that\n"
        "          may be its adapter; elsewhere on the path tunnelled traffic does not show.\n"
        "          Time: did the capture run for at least a minute while the module was active? Started too\n"
        "          late, it lacks the lookup of the gateway's name.\n"
        "          Gateway: is its name in no DNS answer here? Then give its address:\n"
        "          -o sseroaming.gateways:ADDRESS\n"
        "\n"
        "31 packets, 2024-08-27 03:07:43.000000 UTC to 2024-08-27 03:08:23.000000 UTC. SSE Roaming " SSE_PLUGIN_VERSION ".\n");
}

static void nothing_as_ticket(void **state)
{
    (void)state;
    check_whole(report_new(), SSE_FORMAT_TICKET,
        "No outage shows. DNS: Not observed. Web: Not observed.\n"
        "-z sseroaming says what was seen and what to do or check.\n");
}

static void empty_file(void **state)
{
    sse_report *r = report_new();
    char *text;

    (void)state;
    r->frames = 0;
    r->first_time = r->last_time = 0;
    text = print(r, SSE_FORMAT_TEXT);
    check_has(text, "The file holds no packets.");
    check_lacks(text, "1970");
    g_free(text);
    check_whole(r, SSE_FORMAT_JSON,
        "{\"schema\":\"sseroaming/1\",\"plugin\":\"" SSE_PLUGIN_VERSION "\",\"frames\":0,\"first_time\":null,\"last_time\":null,"
        "\"filter_applied\":null,\"dns\":\"not-observed\",\"web\":\"not-observed\",\"counts\":{\"clients\":0,"
        "\"dns\":{\"unprotected\":0,\"inconclusive\":0,\"protected\":0,\"not-observed\":0},"
        "\"web\":{\"cloud-service-unavailable\":0,\"inconclusive\":0,\"protected\":0,\"not-observed\":0}},"
        "\"worst\":{\"dns\":\"not-observed\",\"web\":\"not-observed\"},\"outages\":{\"dns\":0,\"web\":0,\"clients\":0},\"preferences\":{},"
        "\"findings\":[],\"clients\":[]}\n");
}

/* ---- what stands before the verdict ---- */

static void filter_leaves_nothing(void **state)
{
    sse_report *r = report_new();

    (void)state;
    r->filter = g_strdup("frame.number == 2");
    r->lost_direction = SSE_LOST_FROM_CLIENT;
    check_whole(r, SSE_FORMAT_TEXT,
        "Filter: frame.number == 2\n"
        "DNS: Not observed. Web: Not observed.\n"
        "No probe and no connection to a gateway has a packet that passes the filter. Run again without it\n"
        "to judge the whole file.\n"
        "\n"
        "31 packets, 2024-08-27 03:07:43.000000 UTC to 2024-08-27 03:08:23.000000 UTC. SSE Roaming " SSE_PLUGIN_VERSION ".\n");
}

static void filter_is_said_in_text_and_ticket(void **state)
{
    static const sse_format formats[] = { SSE_FORMAT_TEXT, SSE_FORMAT_TICKET };
    sse_report *r = outage();

    (void)state;
    r->filter = g_strdup("udp.dstport == 53");
    r->lost_direction = SSE_LOST_FROM_CLIENT;
    for (unsigned i = 0; i < 2; i++) {
        char *text = print(r, formats[i]);

        assert_true(g_str_has_prefix(text, "Filter: udp.dstport == 53\n"
                                           "Warning: the filter leaves only packets towards clients;"));
        g_free(text);
    }
    char *json = print(r, SSE_FORMAT_JSON);
    check_has(json, "\"filter_applied\":\"udp.dstport == 53\"");
    g_free(json);
    check_all(r);
    sse_report_free(r);
}

static void one_way_capture_is_the_first_line(void **state)
{
    sse_report *r = outage();
    char *text, *line;

    (void)state;
    add_finding(r->findings, SSE_FIND_LATE_START, 1);
    add_finding(r->findings, SSE_FIND_ONE_WAY_CAPTURE, 1);
    g_array_index(r->findings, sse_finding, 1).reason = SSE_REASON_ONE_WAY_CLIENT;
    text = print(r, SSE_FORMAT_TEXT);
    line = flat(text);
    assert_true(g_str_has_prefix(line, "Warning: one-way capture. No packet towards the client is in the file: only one direction "
                                       "was captured, or nothing ever reached it. 192.168"));
    check_has(line, "Findings about the capture late-start: The capture began in the middle: replies or gateway data without "
                    "their beginning. (frame 1) one-way-capture: No packet towards the client is in the file: only one "
                    "direction was captured, or nothing ever reached it. (frame 1)");
    g_free(line);
    g_free(text);
    check_all(r);
    sse_report_free(r);
}

/* ---- the head ---- */

static void head_is_short(void **state)
{
    sse_report *r = outage();

    (void)state;
    assert_int_equal(head_lines(r), 7);
    sse_report_free(r);
    r = healthy();
    assert_int_equal(head_lines(r), 5);
    sse_report_free(r);
    r = report_new();
    dns_down(add_client(r, "192.168.0.204"));
    list_outages(r);
    assert_int_equal(head_lines(r), 5);
    sse_report_free(r);
    r = report_new();
    web_down(add_client(r, "192.168.0.204"));
    list_outages(r);
    assert_true(head_lines(r) <= 5);
    sse_report_free(r);
}

static void to_do_is_about_each_service(void **state)
{
    sse_report *r = report_new();
    sse_client_report *c = add_client(r, "192.168.0.204");
    char *text, *words;

    (void)state;
    dns_up(c);
    web_down(c);
    list_outages(r);
    add_finding(c->findings, SSE_FIND_PROBE_LOSS, 9);
    add_asking(c, SSE_FIND_ENCRYPTED_PORT_BLOCKED, 11);
    text = print(r, SSE_FORMAT_TEXT);
    words = flat(text);
    check_has(words, "To do (DNS): For encrypted DNS allow UDP 443 to the OpenDNS resolvers, above any rule that blocks QUIC. "
                     "To do (Web): Allow TCP 443 (and 80)");
    g_free(words);
    g_free(text);
    /* The shortest three of findings, those of no service alone too. */
    add_asking(c, SSE_FIND_RESOLVER_UNREACHABLE, 12);
    add_asking(c, SSE_FIND_SLOW_HANDSHAKE, 13);
    add_asking(c, SSE_FIND_STATE_FLAPPED, 14);
    g_array_index(c->findings, sse_finding, c->findings->len - 1).reason = SSE_REASON_FLAPPED_WEB;
    add_asking(c, SSE_FIND_CAPTIVE_PORTAL, 15);
    g_array_index(c->findings, sse_finding, 2).address = addr("208.67.220.220");
    text = print(r, SSE_FORMAT_TEXT);
    words = flat(text);
    check_has(words, "To do (Web): Allow TCP 443 (and 80) to the gateway's names and Cisco's published ingress ranges. "
                     "To do: Sign in to the captive portal first; the module recovers by itself. "
                     "Allow 208.67.220.220 on UDP 443 and UDP and TCP 53 too, as the other resolvers. "
                     "Look at the load of the line, and which data centre serves: the gateway is slow to reach. "
                     "To do: what 2 more findings ask for, see below. ");
    /* The others stand with their findings, and nothing twice. */
    check_has(words, "(frame 11) to do: For encrypted DNS allow UDP 443 ");
    check_has(words, "(frame 14) to do: Look for what changes at these times ");
    assert_int_equal(count_of(words, "For encrypted DNS allow"), 1);
    assert_int_equal(count_of(words, "Sign in to the captive portal"), 1);
    assert_int_equal(count_of(words, "to do: "), 2);
    check_lacks(words, "Look for a line, NAT or firewall");
    g_free(words);
    g_free(text);
    check_all(r);
    sse_report_free(r);
}

static void same_advice_is_said_once(void **state)
{
    sse_report *r = report_new();
    sse_client_report *c = add_client(r, "192.168.0.204");
    char *text;

    (void)state;
    dns_down(c);
    web_down(c);
    g_array_set_size(c->dns.advice, 0);
    g_array_set_size(c->web.advice, 0);
    add_advice(&c->dns, SSE_ADVICE_SIGN_IN);
    add_advice(&c->web, SSE_ADVICE_SIGN_IN);
    list_outages(r);
    text = print(r, SSE_FORMAT_TEXT);
    check_has(text, "\nTo do (DNS, Web): Sign in to the captive portal");
    assert_int_equal(count_of(text, "Sign in to the captive portal"), 1);
    g_free(text);
    sse_report_free(r);
}

static void confidence_and_reasons(void **state)
{
    static const struct {
        sse_confidence dns, web;
        const char *words;
    } cases[] = {
        { SSE_CONFIDENCE_HIGH, SSE_CONFIDENCE_HIGH, "Web: Protected. Confidence: high.\n" },
        { SSE_CONFIDENCE_LIMITED, SSE_CONFIDENCE_HIGH, "Web: Protected. Confidence: DNS limited.\n" },
        { SSE_CONFIDENCE_HIGH, SSE_CONFIDENCE_LIMITED, "Web: Protected. Confidence: Web limited.\n" },
        { SSE_CONFIDENCE_LIMITED, SSE_CONFIDENCE_LIMITED, "Web: Protected. Confidence: limited.\n" },
        { SSE_CONFIDENCE_NONE, SSE_CONFIDENCE_HIGH, "Web: Protected. Confidence: high.\n" },
        { SSE_CONFIDENCE_LIMITED, SSE_CONFIDENCE_NONE, "Web: Protected. Confidence: limited.\n" },
        { SSE_CONFIDENCE_NONE, SSE_CONFIDENCE_NONE, "Web: Protected.\n" },
    };
    sse_report *r = healthy();
    sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);
    char *text;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        c->dns.confidence = cases[i].dns;
        c->web.confidence = cases[i].web;
        text = print(r, SSE_FORMAT_TEXT);
        check_has(text, cases[i].words);
        g_free(text);
    }
    /* A reason does not make a high confidence limited. */
    c->dns.confidence = SSE_CONFIDENCE_HIGH;
    add_reason(c->dns.reasons, SSE_REASON_PORT_UNTESTED, 53);
    text = print(r, SSE_FORMAT_TEXT);
    check_has(text, "Reasons for the verdict on DNS:\n  - port 53 is untested\n");
    check_lacks(text, "is limited");
    g_free(text);
    c->dns.confidence = SSE_CONFIDENCE_LIMITED;
    text = print(r, SSE_FORMAT_TEXT);
    check_has(text, "Confidence in the verdict on DNS is limited:\n  - port 53 is untested\n");
    g_free(text);
    sse_report_free(r);
}

static void both_ip_versions_are_told_apart(void **state)
{
    sse_report *r = report_new();
    sse_client_report *c = add_client(r, "2001:db8::5");
    char *text;

    (void)state;
    dns_down(c);
    set_version(c, 0, SSE_PROTECTED, SSE_PORT_UP, 2, 2);
    c->ip[0].ports[1] = (sse_port_report){ .port = 53, .state = SSE_PORT_UNTESTED };
    c->ip[0].counts = false;
    list_outages(r);
    text = print(r, SSE_FORMAT_TEXT);
    check_has(text, "  DNS  IPv6: no reply, since");
    check_has(text, "UDP 443 down (0/4 answered), 53 down (0/4); IPv4 protected, which does not count: UDP 443");
    check_has(text, "53 not tried");
    g_free(text);
    text = print(r, SSE_FORMAT_TICKET);
    check_has(text, "nslookup -type=txt debug.opendns.com 2620:119:35::35\n");
    check_has(text, "[2001:db8::5]:52002 -> 208.67.222.222:443 (frame 3)");
    g_free(text);
    check_all(r);
    sse_report_free(r);
}

/* ---- the tables ---- */

static void before_and_since_the_change(void **state)
{
    sse_report *r = report_new();
    sse_client_report *c = add_client(r, "192.168.0.204");
    sse_resolver_report *old;
    sse_gateway_report *g;
    char *text;

    (void)state;
    dns_down(c);
    web_down(c);
    old = &g_array_index(c->resolvers, sse_resolver_report, 0);
    old->before_probes = 4;
    g = &g_array_index(c->gateways, sse_gateway_report, 0);
    g->handshakes = 7;
    g->outcomes[SSE_SWG_COMPLETED] = 4;
    g->before_handshakes = 4;
    g->before_completed = 4;
    text = print(r, SSE_FORMAT_TEXT);
    check_has(text, "    all of these before the change\n");
    check_has(text, "    before the change 4 of 4 completed, since then 0 of 3\n");
    check_has(text, "completed 4, reset 3\n");
    g_free(text);
    sse_report_free(r);
}

static void who_rejected_and_what_came_instead(void **state)
{
    sse_report *r = report_new();
    sse_client_report *c = add_client(r, "192.168.0.204");
    sse_resolver_report *row;
    sse_outage *o;
    char *text;

    (void)state;
    dns_down(c);
    row = &g_array_index(c->resolvers, sse_resolver_report, 0);
    row->icmp = (sse_icmp_sum){ .count = 4, .sender = addr("192.168.0.1"), .type = 3, .code = 13 };
    row->fake_frame = 9;
    row->fake_rcode = 3;
    row->fake_ttl = 63;
    row = &g_array_index(c->resolvers, sse_resolver_report, 1);
    row->icmp = (sse_icmp_sum){ .count = 1, .sender = addr("2001:db8::1"), .type = 1, .code = 77 };
    list_outages(r);
    o = &g_array_index(c->outages, sse_outage, 0);
    o->icmp = g_array_index(c->resolvers, sse_resolver_report, 0).icmp;
    o->fake_frame = 9;
    o->fake_rcode = 3;
    o->fake_ttl = 63;
    text = print(r, SSE_FORMAT_TEXT);
    check_has(text, "    rejected by 192.168.0.1, ICMP type 3 code 13 (administratively prohibited), 4 times\n"
                    "    the reply that came: response code 3 (NXDOMAIN), IP TTL 63, frame 9\n");
    check_has(text, "    rejected by 2001:db8::1, ICMPv6 type 1 code 77, 1 time\n");
    g_free(text);
    text = print(r, SSE_FORMAT_TICKET);
    check_has(text, "Answered by something else, for example: response code 3 (NXDOMAIN), IP TTL 63, frame 9\n"
                    "Rejected by: 192.168.0.1, ICMP type 3 code 13 (administratively prohibited), 4 times\n");
    g_free(text);
    text = print(r, SSE_FORMAT_JSON);
    check_has(text, "\"icmp\":{\"sender\":\"192.168.0.1\",\"type\":3,\"code\":13,\"count\":4},"
                    "\"fake_reply\":{\"rcode\":3,\"ttl\":63,\"frame\":9}");
    g_free(text);
    check_all(r);
    sse_report_free(r);
}

static void long_addresses_keep_the_columns(void **state)
{
    sse_report *r = report_new();
    sse_client_report *c = add_client(r, "2001:db8:1111:2222:3333:4444:5555:6666");
    sse_gateway_report *g;
    const sse_addr networks[2] = { addr("2001:db8:1111:2222:3333:4444:5555:6666"),
                                   addr("2001:db8:1111:2222:3333:4444:5555:7777") };
    sse_change change = { .frame = 84, .time = START, .service = SSE_SERVICE_NETWORK, .networks = networks };
    char *text;

    (void)state;
    web_down(c);
    g = &g_array_index(c->gateways, sse_gateway_report, 0);
    g->address = addr("2a05:d018:1111:2222:3333:4444:5555:6666");
    g->outcomes[SSE_SWG_ICMP] = 4000000000u;
    g->rtt = (sse_rtt){ .count = 1, .min = 4999 * MS, .sum = 4999 * MS, .max = 4999 * MS };
    g_array_index(c->web.examples, sse_example, 0).dst = g->address;
    g_array_append_val(c->timeline, change);
    text = print(r, SSE_FORMAT_TEXT);
    check_has(text, "\n2a05:d018:1111:2222:3333:4444:5555:6666\n                      TCP 443      3 ");
    check_has(text, "Network: 2001:db8:1111:2222:3333:4444:5555:6666\n");
    g_free(text);
    text = print(r, SSE_FORMAT_JSON);
    check_has(text, "\"service\":\"network\",\"ip\":null,\"from\":\"2001:db8:1111:2222:3333:4444:5555:6666\","
                    "\"to\":\"2001:db8:1111:2222:3333:4444:5555:7777\"}");
    g_free(text);
    check_all(r);
    sse_report_free(r);
}

static void candidates_say_how_to_run_again(void **state)
{
    sse_report *r = report_new();
    sse_client_report *c = add_client(r, "192.168.0.204");
    sse_candidate_report k = { .address = addr("18.135.112.200"), .failed = 12, .frames = frames_from(13, 12) };
    char *text;

    (void)state;
    dns_up(c);
    g_array_append_val(c->candidates, k);
    k.failed = 0;
    k.address = addr("3.0.39.255");
    g_array_append_val(c->candidates, k);
    text = print(r, SSE_FORMAT_TEXT);
    check_has(text, "To do (Web): run again with -o sseroaming.gateways:18.135.112.200 to judge what may be the\n"
                    "             gateway.\n");
    check_has(text, "  18.135.112.200: 12 SYNs on 443 without success\n    -o sseroaming.gateways:18.135.112.200\n    frames 13, ");
    check_has(text, "  3.0.39.255: received a CONNECT on 443\n    -o sseroaming.gateways:3.0.39.255\n");
    g_free(text);
    check_all(r);
    sse_report_free(r);
}

static void more_frames_than_are_kept(void **state)
{
    sse_report *r = healthy();
    sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);
    char *text;

    (void)state;
    g_array_index(c->gateways, sse_gateway_report, 0).frames = frames_from(1, 24);
    text = print(r, SSE_FORMAT_TEXT);
    check_has(text, "14, 15, 16 and 8 more\n");
    g_free(text);
    text = print(r, SSE_FORMAT_JSON);
    check_has(text, "13,14,15,16],\"frames_total\":24");
    g_free(text);
    sse_report_free(r);
}

/* What a sender can make long: text shows some of it, JSON more, and neither all. */
static void long_lists(void **state)
{
    sse_report *r = outage();
    sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);
    char *text, *ticket, *json;

    (void)state;
    g_array_set_size(c->timeline, 0);
    for (uint32_t i = 0; i < 5000; i++) {
        sse_addr more = addr("10.0.0.0");

        add_change(c, 10000 + i, START + i * SSE_SECOND, SSE_SERVICE_WEB, 0, SSE_PROTECTED, SSE_CLOUD_SERVICE_UNAVAILABLE);
        more.bytes[2] = (uint8_t)(i >> 8);
        more.bytes[3] = (uint8_t)i;
        g_array_append_val(c->addresses, more);
    }
    for (uint32_t i = 0; i < 100; i++) {
        sse_gateway_report *g = add_gateway(c, NULL, 2, SSE_SWG_RESET);

        g->address = addr("18.0.0.0");
        g->address.bytes[3] = (uint8_t)i;
        sse_candidate_report k = { .address = addr("19.0.0.0"), .failed = 2 };
        k.address.bytes[3] = (uint8_t)i;
        g_array_append_val(c->candidates, k);
        add_finding(c->findings, SSE_FIND_GATEWAY_UNREACHABLE, i + 1);
        g_array_index(c->findings, sse_finding, c->findings->len - 1).address = (sse_addr){ 4, { 192, 0, 2, (uint8_t)i } };
    }
    check_all(r);
    json = print(r, SSE_FORMAT_TEXT);
    text = flat(json);
    g_free(json);
    check_has(text, " and 4985 more ");
    check_has(text, "Timeline 4936 older changes are left out here; -z sseroaming,json has them. 2024-08-27 04:29:59");
    check_lacks(text, " frame 14935 ");
    check_has(text, " frame 14936 ");
    check_has(text, " frame 14999 ");
    check_has(text, "18.0.0.62 ");
    check_lacks(text, "18.0.0.63 ");
    check_has(text, "37 more gateways are left out here; -z sseroaming,json has them. ");
    check_has(text, "19.0.0.63: ");
    check_lacks(text, "19.0.0.64: ");
    check_has(text, "36 more candidates are left out here; -z sseroaming,json has them. ");
    check_has(text, "192.0.2.62 port");
    check_lacks(text, "192.0.2.63 port");
    check_has(text, "37 more findings are left out here; -z sseroaming,json has them. ");
    json = print(r, SSE_FORMAT_TICKET);
    ticket = flat(json);
    g_free(json);
    check_has(ticket, " and 4985 more ");
    json = print(r, SSE_FORMAT_JSON);
    assert_int_equal(count_of(json, "\"service\":\"web\""), SSE_LISTED + 1);
    check_lacks(json, "\"frame\":10903,");
    check_has(json, "\"frame\":10904,");
    check_has(json, "\"frame\":14999,");
    /* The first is the client's name. */
    check_has(json, "\"10.0.15.254\"");
    check_lacks(json, "\"10.0.15.255\"");
    check_has(json, "\"18.0.0.99\"");
    g_free(text);
    g_free(ticket);
    g_free(json);
    sse_report_free(r);
}

/* ---- outages ---- */

/* One that a proof ended. Times: seconds after START. */
static sse_outage *add_healed(sse_client_report *c, sse_service service, sse_cause cause, int since, int until)
{
    sse_outage *o = add_outage(c, service);

    for (unsigned i = 0; i < 2; i++)
        g_array_set_size(i == 0 ? o->advice : o->allow, 0);
    o->cause = (uint8_t)cause;
    o->ended_by = SSE_ENDED_PROOF;
    o->since = since_at(100 + (uint32_t)since, START + since * SSE_SECOND, false);
    o->until_frame = 100 + (uint32_t)until;
    o->until_time = START + until * SSE_SECOND + 172 * MS;
    o->evidence_frame = o->until_frame - 1;
    o->evidence_time = o->until_time - SSE_SECOND;
    o->confidence = SSE_CONFIDENCE_HIGH;
    o->frames = frames_from(o->since.frame, 4);
    if (service == SSE_SERVICE_DNS)
        o->port_cause[0] = o->port_cause[1] = o->cause;
    return o;
}

static void outage_says(sse_outage *o, sse_advice_code code, unsigned ip)
{
    sse_advice advice = { .code = (uint16_t)code, .ip = (uint8_t)ip };

    g_array_append_val(o->advice, advice);
}

static void outage_peer(sse_outage *o, const char *address)
{
    sse_addr peer = addr(address);

    g_array_append_val(o->peers, peer);
}

/* Advice of the newest that counts comes first, as the judge has it. */
static void advise_as(sse_service_report *s, const sse_outage *o)
{
    g_array_append_vals(s->advice, o->advice->data, o->advice->len);
}

/* Well at the end; DNS was down twice, each time by something else, the web once. */
static sse_report *healed(void)
{
    sse_report *r = healthy();
    sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);
    sse_outage *o;
    sse_allow row = { .kind = SSE_ALLOW_ADDRESS, .transport = SSE_UDP, .port = 443, .address = addr("208.67.222.222") };

    o = add_healed(c, SSE_SERVICE_DNS, SSE_CAUSE_NO_REPLY, 1, 26);
    o->since.at_or_before = true;
    outage_peer(o, "208.67.222.222");
    o->control_dns_answers = 118;
    outage_says(o, SSE_ADVICE_ALLOW_DNS, 0);
    outage_says(o, SSE_ADVICE_PROBES_DROPPED, 0);
    g_array_append_val(o->allow, row);
    sse_example e = { .frame = 101, .time = START + SSE_SECOND, .src = c->client, .dst = addr("208.67.222.222"),
                      .sport = 52002, .dport = 443, .transport = SSE_UDP };
    g_array_append_val(o->examples, e);

    o = add_healed(c, SSE_SERVICE_WEB, SSE_CAUSE_RESET, 40, 50);
    outage_peer(o, "18.135.112.200");
    o->origin = SSE_ORIGIN_ON_PATH;
    add_reason(o->origin_reasons, SSE_REASON_AFTER_SYN, 396);
    o->has_fail_open = true;
    o->fail_open = 2;
    o->fail_open_first = 142;
    o->fail_open_last = 145;
    outage_says(o, SSE_ADVICE_ALLOW_WEB, 0);
    outage_says(o, SSE_ADVICE_RESET_ON_PATH, 0);
    advise_as(&c->web, o);

    o = add_healed(c, SSE_SERVICE_DNS, SSE_CAUSE_INTERCEPTED, 60, 132);
    o->port_cause[1] = SSE_CAUSE_REFUSED;
    outage_peer(o, "208.67.222.222");
    outage_peer(o, "208.67.220.220");
    o->failed = 7;
    o->fake_frame = 163;
    o->fake_rcode = 3;
    o->fake_ttl = 63;
    o->confidence = SSE_CONFIDENCE_LIMITED;
    add_reason(o->reasons, SSE_REASON_NO_CONTROL, 0);
    outage_says(o, SSE_ADVICE_EXEMPT_RESOLVERS, 0);
    outage_says(o, SSE_ADVICE_ANSWERED_BY_OTHERS, 0);
    g_array_append_val(o->allow, row);
    advise_as(&c->dns, o);

    add_asking(c, SSE_FIND_PROBE_LOSS, 9);
    g_array_index(c->findings, sse_finding, 0).number[0] = 3;
    g_array_index(c->findings, sse_finding, 0).number[1] = 9;
    r->outages_dns = 2;
    r->outages_web = r->outage_clients = 1;
    return r;
}

static void healed_as_text(void **state)
{
    (void)state;
    check_whole(healed(), SSE_FORMAT_TEXT,
        "192.168.0.204: DNS: Protected after 2 outages. Web: Protected after 1 outage. Confidence: high.\n"
        "  DNS  IPv4: since 2024-08-27 03:07:43 UTC or earlier (frame 1)\n"
        "       UDP 443 up (2/2 answered), 53 up (2/2)\n"
        "       Outage 2024-08-27 03:08:43 to 03:09:55 UTC (1 min 12 s): intercepted (frame 160)\n"
        "       Outage 2024-08-27 03:07:44 or earlier to 03:08:09 UTC (25 s or more): no reply (frame 101)\n"
        "  Web  since 2024-08-27 03:08:03 UTC or earlier (frame 20); 2/2 completed\n"
        "       Outage 2024-08-27 03:08:23 to 03:08:33 UTC (10 s): reset (frame 140)\n"
        "To do (DNS): Exempt the OpenDNS resolvers from DNS redirection and DNS inspection.\n"
        "             Look for a line, NAT or firewall that loses packets: probes fail beside those that\n"
        "             are answered.\n"
        "To do (Web): Allow TCP 443 (and 80) to the gateway's names and Cisco's published ingress ranges.\n"
        "\n"
        "Captured: at the client\n"
        "\n"
        "Outages: DNS 2 (1 min 37 s in all), Web 1 (10 s)\n"
        "  DNS IPv4, 2024-08-27 03:08:43 to 03:09:55 UTC (1 min 12 s)\n"
        "    intercepted on UDP 443, refused on 53, from frame 160 to frame 232, where it works again\n"
        "    7 of 8 attempts failed, at 208.67.222.222, 208.67.220.220\n"
        "    the reply that came: response code 3 (NXDOMAIN), IP TTL 63, frame 163\n"
        "    confidence limited: nothing else of the client was answered meanwhile: a dead link cannot be\n"
        "                        excluded\n"
        "    frames 160, 161, 162, 163\n"
        "    to do: Something on the path answers in place of OpenDNS: look for a DNS redirect, a\n"
        "           transparent DNS proxy or a filtering forwarder between the client and the Internet.\n"
        "  Web, 2024-08-27 03:08:23 to 03:08:33 UTC (10 s)\n"
        "    reset, from frame 140 to frame 150, where it works again\n"
        "    8 of 8 attempts failed, at 18.135.112.200\n"
        "    meanwhile nothing else was answered\n"
        "    origin of the resets: likely a device on the path: it came 0.396 ms after the SYN\n"
        "    fail open: 2 direct connections to web sites, frames 142 to 145. Bypass lists of the module\n"
        "               cannot be excluded.\n"
        "    frames 140, 141, 142, 143\n"
        "    to do: A device on the path resets the connections: look for the firewall, IPS or web filter\n"
        "           that does, in its log at the times that the ticket lists.\n"
        "  DNS IPv4, 2024-08-27 03:07:44 or earlier to 03:08:09 UTC (25 s or more)\n"
        "    no reply, from frame 101 to frame 126, where it works again\n"
        "    8 of 8 attempts failed, at 208.67.222.222\n"
        "    meanwhile 118 DNS answers, 0 TCP opened\n"
        "    frames 101, 102, 103, 104\n"
        "    to do: Allow UDP 443 and UDP and TCP 53 to the OpenDNS resolvers, above any rule that blocks\n"
        "           QUIC.\n"
        "           The probes are dropped silently (no reset, no ICMP error): look for them in the log of\n"
        "           the perimeter firewall, at the times and ports that the ticket lists.\n"
        "\n"
        "Resolver              Port     Tried  Answered  Min/avg/max ms      Outcomes\n"
        "208.67.222.222        UDP 443      2         2  18.0/20.0/22.0      answered 2\n"
        "    frames 3, 4\n"
        "\n"
        "Gateway               Port     Tried Completed  Min/avg/max ms      Outcomes\n"
        "18.135.112.200        TCP 443      2         2  14.0/15.0/16.0      completed 2\n"
        "    swg-url-proxy-https-sse.sigproxy.qq.opendns.com, learnt from DNS in frame 2\n"
        "    frames 20, 21, 22, 23\n"
        "\n"
        "Encryption: available, UDP 443 is up\n"
        "\n"
        "Findings\n"
        "  probe-loss: 3 of 9 probes failed beside those that were answered. (frame 9)\n"
        "\n"
        "31 packets, 2024-08-27 03:07:43.000000 UTC to 2024-08-27 03:08:23.000000 UTC. SSE Roaming " SSE_PLUGIN_VERSION ".\n");
}

static void healed_as_ticket(void **state)
{
    (void)state;
    check_whole(healed(), SSE_FORMAT_TICKET,
        "DNS protection of the Cisco Secure Client at 192.168.0.204 was down for 1 min 12 s: Unprotected\n"
        "(intercepted on UDP 443, refused on 53).\n"
        "Since: 2024-08-27 03:08:43.000000 UTC (frame 160)\n"
        "Until: 2024-08-27 03:09:55.172000 UTC (frame 232): it works again\n"
        "From: 192.168.0.204\n"
        "To: 208.67.222.222, UDP 443 and UDP 53\n"
        "    208.67.220.220, UDP 443 and UDP 53\n"
        "Failed: 7 of 8 probes in that time\n"
        "Answered by something else, for example: response code 3 (NXDOMAIN), IP TTL 63, frame 163\n"
        "Meanwhile: nothing else of this client was answered\n"
        "Captured: at the client\n"
        "Caution: nothing else of the client was answered meanwhile: a dead link cannot be excluded\n"
        "To do: Exempt the OpenDNS resolvers from DNS redirection and DNS inspection.\n"
        "       Something on the path answers in place of OpenDNS: look for a DNS redirect, a transparent\n"
        "       DNS proxy or a filtering forwarder between the client and the Internet.\n"
        "Exempt: udp 443 208.67.222.222\n"
        "Display filter: (ip.addr == 192.168.0.204) && (ip.addr == 208.67.222.222 || ip.addr == 208.67.220.220)\n"
        "Capture filter: (host 192.168.0.204) and (icmp or icmp6 or (host 208.67.222.222 or host 208.67.220.220) and (port 53 or port 443))\n"
        "Test again on the client: nslookup -type=txt debug.opendns.com 208.67.222.222\n"
        "    good is an answer with a line that starts with \"server\". It tests port 53; UDP 443 shows in a\n"
        "    new capture.\n"
        "\n"
        "Web protection of the Cisco Secure Client at 192.168.0.204 was down for 10 s: Cloud service\n"
        "unavailable (reset).\n"
        "Since: 2024-08-27 03:08:23.000000 UTC (frame 140)\n"
        "Until: 2024-08-27 03:08:33.172000 UTC (frame 150): it works again\n"
        "From: 192.168.0.204\n"
        "To: 18.135.112.200 (swg-url-proxy-https-sse.sigproxy.qq.opendns.com), TCP 443\n"
        "Failed: 8 of 8 connections in that time\n"
        "Resets: origin likely a device on the path: it came 0.396 ms after the SYN\n"
        "Meanwhile: nothing else of this client was answered\n"
        "Fail open: 2 direct connections to web sites, frames 142 to 145. Bypass lists of the module cannot\n"
        "           be excluded.\n"
        "Captured: at the client\n"
        "To do: Allow TCP 443 (and 80) to the gateway's names and Cisco's published ingress ranges.\n"
        "       A device on the path resets the connections: look for the firewall, IPS or web filter that\n"
        "       does, in its log at the times that the ticket lists.\n"
        "Display filter: (ip.addr == 192.168.0.204) && (ip.addr == 18.135.112.200)\n"
        "Capture filter: (host 192.168.0.204) and (icmp or icmp6 or (host 18.135.112.200) and (port 53 or port 80 or port 443))\n"
        "Test again on the client: Test-NetConnection swg-url-proxy-https-sse.sigproxy.qq.opendns.com -Port 443\n"
        "\n"
        "DNS protection of the Cisco Secure Client at 192.168.0.204 was down for 25 s or more: Unprotected\n"
        "(no reply).\n"
        "Since: 2024-08-27 03:07:44.000000 UTC or earlier (frame 101)\n"
        "Until: 2024-08-27 03:08:09.172000 UTC (frame 126): it works again\n"
        "From: 192.168.0.204\n"
        "To: 208.67.222.222, UDP 443 and UDP 53\n"
        "Failed: 8 of 8 probes in that time\n"
        "For example:\n"
        "  2024-08-27 03:07:44.000000 UTC  UDP  192.168.0.204:52002 -> 208.67.222.222:443 (frame 101)\n"
        "Meanwhile: this client had 118 other DNS answers and opened 0 other TCP connections\n"
        "Captured: at the client\n"
        "To do: Allow UDP 443 and UDP and TCP 53 to the OpenDNS resolvers, above any rule that blocks QUIC.\n"
        "       The probes are dropped silently (no reset, no ICMP error): look for them in the log of the\n"
        "       perimeter firewall, at the times and ports that the ticket lists.\n"
        "Allow: udp 443 208.67.222.222\n"
        "Display filter: (ip.addr == 192.168.0.204) && (ip.addr == 208.67.222.222)\n"
        "Capture filter: (host 192.168.0.204) and (icmp or icmp6 or (host 208.67.222.222) and (port 53 or port 443))\n"
        "Test again on the client: nslookup -type=txt debug.opendns.com 208.67.222.222\n"
        "    good is an answer with a line that starts with \"server\". It tests port 53; UDP 443 shows in a\n"
        "    new capture.\n");
}

/* Down now, as it was before for another reason. */
static sse_report *lasting_and_healed(void)
{
    sse_report *r = report_new();
    sse_client_report *c = add_client(r, "192.168.0.204");
    sse_outage *o;

    c->named_version = 4;
    o = add_healed(c, SSE_SERVICE_DNS, SSE_CAUSE_COURT_ORDER, -90000, -10000);
    o->since.frame = 1;
    o->until_frame = 2;
    o->frames = frames_from(1, 1);
    outage_says(o, SSE_ADVICE_COURT_ORDER_SUPPORT, 0);
    outage_says(o, SSE_ADVICE_COURT_ORDER, 0);
    dns_down(c);
    c->dns.since.at_or_before = false;
    add_advice(&c->dns, SSE_ADVICE_PROBES_DROPPED);
    add_up(r);
    list_outages(r);
    r->outages_dns = 2;
    return r;
}

static void lasting_and_healed_as_text(void **state)
{
    (void)state;
    check_whole(lasting_and_healed(), SSE_FORMAT_TEXT,
        "192.168.0.204: DNS: Unprotected, 1 outage before. Web: Not observed. Confidence: high.\n"
        "  DNS  IPv4: no reply, since 2024-08-27 03:07:43 UTC (frame 3)\n"
        "       UDP 443 down (0/4 answered), 53 down (0/4); meanwhile 118 DNS answers, 41 TCP opened\n"
        "       Outage 2024-08-26 02:07:43 to 2024-08-27 00:21:03 UTC (22 h 13 min): refused by OpenDNS\n"
        "       because of a court order (frame 1)\n"
        "To do (DNS): Allow UDP 443 and UDP and TCP 53 to the OpenDNS resolvers, above any rule that blocks\n"
        "             QUIC.\n"
        "\n"
        "Captured: at the client\n"
        "\n"
        "Outages: DNS 2 (22 h 13 min in all)\n"
        "  DNS IPv4, since 2024-08-27 03:07:43 UTC (4 s or more)\n"
        "    no reply, from frame 3 to the end of the file, last in frame 10\n"
        "    8 of 8 attempts failed, at 208.67.222.222\n"
        "    frames 3, 4, 5, 6, 7, 8, 9, 10\n"
        "    to do: The probes are dropped silently (no reset, no ICMP error): look for them in the log of\n"
        "           the perimeter firewall, at the times and ports that the ticket lists.\n"
        "  DNS IPv4, 2024-08-26 02:07:43 to 2024-08-27 00:21:03 UTC (22 h 13 min)\n"
        "    refused by OpenDNS because of a court order, from frame 1 to frame 2, where it works again\n"
        "    8 of 8 attempts failed\n"
        "    meanwhile nothing else was answered\n"
        "    frame 1\n"
        "    to do: Ask Cisco support how registered networks and devices are served in this place.\n"
        "           OpenDNS itself refuses to answer here because of a court order: no rule of your\n"
        "           firewall is the cause.\n"
        "\n"
        "Resolver              Port     Tried  Answered  Min/avg/max ms      Outcomes\n"
        "208.67.222.222        UDP 443      4         0  -                   no-reply 4\n"
        "    frames 3, 4, 5, 6\n"
        "208.67.222.222        UDP 53       4         0  -                   no-reply 4\n"
        "    frames 7, 8, 9, 10\n"
        "\n"
        "Encryption: unknown\n"
        "\n"
        "Timeline\n"
        "  2024-08-27 03:07:43.572681 UTC  frame 3        DNS IPv4: Unprotected\n"
        "\n"
        "Display filters\n"
        "  DNS: (ip.addr == 192.168.0.204) && (ip.addr == 208.67.222.222)\n"
        "\n"
        "31 packets, 2024-08-27 03:07:43.000000 UTC to 2024-08-27 03:08:23.000000 UTC. SSE Roaming " SSE_PLUGIN_VERSION ".\n");
}

static void lasting_and_healed_as_ticket(void **state)
{
    (void)state;
    check_whole(lasting_and_healed(), SSE_FORMAT_TICKET,
        "DNS protection of the Cisco Secure Client at 192.168.0.204 is down: Unprotected (no reply).\n"
        "Since: 2024-08-27 03:07:43.572681 UTC (frame 3)\n"
        "Until: the end of the file; last confirmed 2024-08-27 03:07:48.000000 UTC (frame 10)\n"
        "From: 192.168.0.204\n"
        "To: 208.67.222.222, UDP 443 and UDP 53\n"
        "Failed: 8 of 8 probes in that time\n"
        "For example:\n"
        "  2024-08-27 03:07:43.572681 UTC  UDP  192.168.0.204:52002 -> 208.67.222.222:443 (frame 3)\n"
        "Meanwhile: this client had 118 other DNS answers and opened 41 other TCP connections\n"
        "Captured: at the client\n"
        "To do: Allow UDP 443 and UDP and TCP 53 to the OpenDNS resolvers, above any rule that blocks QUIC.\n"
        "       The probes are dropped silently (no reset, no ICMP error): look for them in the log of the\n"
        "       perimeter firewall, at the times and ports that the ticket lists.\n"
        "Allow: udp 443 208.67.222.222\n"
        "Display filter: (ip.addr == 192.168.0.204) && (ip.addr == 208.67.222.222)\n"
        "Capture filter: (host 192.168.0.204) and (icmp or icmp6 or (host 208.67.222.222) and (port 53 or port 443))\n"
        "Test again on the client: nslookup -type=txt debug.opendns.com 208.67.222.222\n"
        "    good is an answer with a line that starts with \"server\". It tests port 53; UDP 443 shows in a\n"
        "    new capture.\n"
        "\n"
        "For Cisco support, not for the firewall team: OpenDNS itself refuses because of a court order.\n"
        "DNS protection of the Cisco Secure Client at 192.168.0.204 was down for 22 h 13 min: Unprotected\n"
        "(refused by OpenDNS because of a court order).\n"
        "Since: 2024-08-26 02:07:43.000000 UTC (frame 1)\n"
        "Until: 2024-08-27 00:21:03.172000 UTC (frame 2): it works again\n"
        "From: 192.168.0.204\n"
        "Failed: 8 of 8 probes in that time\n"
        "Meanwhile: nothing else of this client was answered\n"
        "Captured: at the client\n"
        "To do: Ask Cisco support how registered networks and devices are served in this place.\n"
        "       OpenDNS itself refuses to answer here because of a court order: no rule of your firewall is\n"
        "       the cause.\n"
        "Test again on the client: nslookup -type=txt debug.opendns.com 208.67.222.222\n"
        "    good is an answer with a line that starts with \"server\". It tests port 53; UDP 443 shows in a\n"
        "    new capture.\n");
}

static sse_outage *add_excepted(sse_client_report *c, sse_service service, sse_cause cause, int since, int until)
{
    sse_outage *o = add_healed(c, service, cause, since, until);

    (service == SSE_SERVICE_DNS ? &c->dns : &c->web)->outages--;
    o->verdict = SSE_INCONCLUSIVE;
    o->counted = false;
    return o;
}

/* What does not count: listed, with the words why, and in no number. */
static sse_report *not_counted(void)
{
    sse_report *r = healthy();
    sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);
    sse_outage *o;

    add_excepted(c, SSE_SERVICE_DNS, SSE_CAUSE_NONE, 1, 6);
    o = add_excepted(c, SSE_SERVICE_DNS, SSE_CAUSE_PROTECTED_NETWORK, 10, 15);
    outage_says(o, SSE_ADVICE_PROTECTED_NETWORK_DASHBOARD, 0);
    add_excepted(c, SSE_SERVICE_WEB, SSE_CAUSE_NO_CONNECTIVITY, 20, 25);
    o = add_excepted(c, SSE_SERVICE_DNS, SSE_CAUSE_NO_REPLY, 30, 35);
    o->verdict = SSE_UNPROTECTED;
    o->ip = 6;
    return r;
}

static void not_counted_as_text(void **state)
{
    (void)state;
    check_whole(not_counted(), SSE_FORMAT_TEXT,
        "192.168.0.204: DNS: Protected. Web: Protected. Confidence: high.\n"
        "  DNS  IPv4: since 2024-08-27 03:07:43 UTC or earlier (frame 1)\n"
        "       UDP 443 up (2/2 answered), 53 up (2/2)\n"
        "  Web  since 2024-08-27 03:08:03 UTC or earlier (frame 20); 2/2 completed\n"
        "To do: nothing.\n"
        "\n"
        "Captured: at the client\n"
        "\n"
        "Outages: none that counts\n"
        "  DNS IPv6, 2024-08-27 03:08:13 to 03:08:18 UTC (5 s)\n"
        "    no reply, from frame 130 to frame 135, where it works again\n"
        "    not counted: IPv6 does not count for this client, see the findings\n"
        "    8 of 8 attempts failed\n"
        "    meanwhile nothing else was answered\n"
        "    frames 130, 131, 132, 133\n"
        "  Web, 2024-08-27 03:08:03 to 03:08:08 UTC (5 s)\n"
        "    no connectivity at all, from frame 120 to frame 125, where it works again\n"
        "    not counted: the line itself was down, so no filter is to blame\n"
        "    8 of 8 attempts failed\n"
        "    frames 120, 121, 122, 123\n"
        "  DNS IPv4, 2024-08-27 03:07:53 to 03:07:58 UTC (5 s)\n"
        "    protected network or Virtual Appliance, from frame 110 to frame 115, where it works again\n"
        "    not counted: there, direct probes may be blocked by design\n"
        "    8 of 8 attempts failed\n"
        "    meanwhile nothing else was answered\n"
        "    frames 110, 111, 112, 113\n"
        "    to do: Check in the dashboard that the module is meant to step back on this network.\n"
        "  DNS IPv4, 2024-08-27 03:07:44 to 03:07:49 UTC (5 s)\n"
        "    cause not known, from frame 101 to frame 106, where it works again\n"
        "    not counted: the file does not show whether answers came, only one direction is in it or they\n"
        "    went another way\n"
        "    8 of 8 attempts failed\n"
        "    meanwhile nothing else was answered\n"
        "    frames 101, 102, 103, 104\n"
        "\n"
        "Resolver              Port     Tried  Answered  Min/avg/max ms      Outcomes\n"
        "208.67.222.222        UDP 443      2         2  18.0/20.0/22.0      answered 2\n"
        "    frames 3, 4\n"
        "\n"
        "Gateway               Port     Tried Completed  Min/avg/max ms      Outcomes\n"
        "18.135.112.200        TCP 443      2         2  14.0/15.0/16.0      completed 2\n"
        "    swg-url-proxy-https-sse.sigproxy.qq.opendns.com, learnt from DNS in frame 2\n"
        "    frames 20, 21, 22, 23\n"
        "\n"
        "Encryption: available, UDP 443 is up\n"
        "\n"
        "31 packets, 2024-08-27 03:07:43.000000 UTC to 2024-08-27 03:08:23.000000 UTC. SSE Roaming " SSE_PLUGIN_VERSION ".\n");
}

static void not_counted_as_ticket(void **state)
{
    sse_report *r = not_counted();
    sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);
    char *text = print(r, SSE_FORMAT_TICKET);

    (void)state;
    assert_string_equal(text, "Nothing to ask a firewall team for. DNS: Protected. Web: Protected.\n");
    g_free(text);
    r->web = c->web.verdict = SSE_INCONCLUSIVE;
    add_advice(&c->web, SSE_ADVICE_CHECK_LINE);
    check_whole(r, SSE_FORMAT_TICKET,
        "No outage that a firewall team could end shows. DNS: Protected. Web: Inconclusive.\n"
        "-z sseroaming says what was seen and what to do or check.\n");
}

/* Over both IP versions at once: said once, naming both. */
static sse_report *both_versions(void)
{
    sse_report *r = healthy();
    sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);
    sse_outage *o;
    sse_allow row = { .kind = SSE_ALLOW_ADDRESS, .transport = SSE_UDP, .port = 443, .address = addr("208.67.222.222") };

    o = add_healed(c, SSE_SERVICE_DNS, SSE_CAUSE_NO_REPLY, 1, 26);
    outage_peer(o, "208.67.222.222");
    outage_says(o, SSE_ADVICE_ALLOW_DNS, 0);
    outage_says(o, SSE_ADVICE_RESOLVERS, 4);
    g_array_append_val(o->allow, row);
    advise_as(&c->dns, o);
    add_excepted(c, SSE_SERVICE_WEB, SSE_CAUSE_NO_CONNECTIVITY, 1, 5);
    o = add_healed(c, SSE_SERVICE_DNS, SSE_CAUSE_REFUSED, 2, 30);
    o->ip = 6;
    o->repeats = true;
    c->dns.outages--;
    outage_peer(o, "2620:119:35::35");
    outage_says(o, SSE_ADVICE_ALLOW_DNS, 0);
    outage_says(o, SSE_ADVICE_RESOLVERS, 6);
    row.address = addr("2620:119:35::35");
    g_array_append_val(o->allow, row);
    r->outages_dns = r->outage_clients = 1;
    return r;
}

static void both_versions_as_text(void **state)
{
    (void)state;
    check_whole(both_versions(), SSE_FORMAT_TEXT,
        "192.168.0.204: DNS: Protected after 1 outage. Web: Protected. Confidence: high.\n"
        "  DNS  IPv4: since 2024-08-27 03:07:43 UTC or earlier (frame 1)\n"
        "       UDP 443 up (2/2 answered), 53 up (2/2)\n"
        "       Outage 2024-08-27 03:07:44 to 03:08:13 UTC (29 s): no reply over IPv4, refused over IPv6\n"
        "       (frame 101)\n"
        "  Web  since 2024-08-27 03:08:03 UTC or earlier (frame 20); 2/2 completed\n"
        "To do (DNS): Allow UDP 443 and UDP and TCP 53 to the OpenDNS resolvers, above any rule that blocks\n"
        "             QUIC.\n"
        "\n"
        "Captured: at the client\n"
        "\n"
        "Outages: DNS 1 (29 s)\n"
        "  Web, 2024-08-27 03:07:44 to 03:07:48 UTC (4 s)\n"
        "    no connectivity at all, from frame 101 to frame 105, where it works again\n"
        "    not counted: the line itself was down, so no filter is to blame\n"
        "    8 of 8 attempts failed\n"
        "    frames 101, 102, 103, 104\n"
        "  DNS IPv4 and IPv6, 2024-08-27 03:07:44 to 03:08:13 UTC (29 s)\n"
        "    from frame 101 to frame 130, where it works again\n"
        "    over IPv4 2024-08-27 03:07:44 to 03:08:09 UTC (25 s): no reply\n"
        "    8 of 8 attempts failed, at 208.67.222.222\n"
        "    meanwhile nothing else was answered\n"
        "    frames 101, 102, 103, 104\n"
        "    over IPv6 2024-08-27 03:07:45 to 03:08:13 UTC (28 s): refused\n"
        "    8 of 8 attempts failed, at 2620:119:35::35\n"
        "    meanwhile nothing else was answered\n"
        "    frames 102, 103, 104, 105\n"
        "    to do: The resolvers: 208.67.222.222, 208.67.220.220, 208.67.222.220, 208.67.220.222.\n"
        "           The resolvers: 2620:119:35::35, 2620:119:53::53.\n"
        "\n"
        "Resolver              Port     Tried  Answered  Min/avg/max ms      Outcomes\n"
        "208.67.222.222        UDP 443      2         2  18.0/20.0/22.0      answered 2\n"
        "    frames 3, 4\n"
        "\n"
        "Gateway               Port     Tried Completed  Min/avg/max ms      Outcomes\n"
        "18.135.112.200        TCP 443      2         2  14.0/15.0/16.0      completed 2\n"
        "    swg-url-proxy-https-sse.sigproxy.qq.opendns.com, learnt from DNS in frame 2\n"
        "    frames 20, 21, 22, 23\n"
        "\n"
        "Encryption: available, UDP 443 is up\n"
        "\n"
        "31 packets, 2024-08-27 03:07:43.000000 UTC to 2024-08-27 03:08:23.000000 UTC. SSE Roaming " SSE_PLUGIN_VERSION ".\n");
}

static void both_versions_as_ticket(void **state)
{
    (void)state;
    check_whole(both_versions(), SSE_FORMAT_TICKET,
        "DNS protection (IPv4 and IPv6) of the Cisco Secure Client at 192.168.0.204 was down for 29 s:\n"
        "Unprotected (no reply; over IPv6 refused).\n"
        "Since: 2024-08-27 03:07:44.000000 UTC (frame 101)\n"
        "Until: 2024-08-27 03:08:13.172000 UTC (frame 130): it works again\n"
        "From: 192.168.0.204\n"
        "To: 208.67.222.222, UDP 443 and UDP 53\n"
        "    2620:119:35::35, UDP 443 and UDP 53\n"
        "Failed: 16 of 16 probes in that time\n"
        "Meanwhile: nothing else of this client was answered\n"
        "Captured: at the client\n"
        "To do: Allow UDP 443 and UDP and TCP 53 to the OpenDNS resolvers, above any rule that blocks QUIC.\n"
        "       The resolvers: 208.67.222.222, 208.67.220.220, 208.67.222.220, 208.67.220.222.\n"
        "       The resolvers: 2620:119:35::35, 2620:119:53::53.\n"
        "Allow: udp 443 208.67.222.222\n"
        "       udp 443 2620:119:35::35\n"
        "Display filter: (ip.addr == 192.168.0.204) && (ip.addr == 208.67.222.222 || ipv6.addr == 2620:119:35::35)\n"
        "Capture filter: (host 192.168.0.204) and (icmp or icmp6 or (host 208.67.222.222 or host 2620:119:35::35) and (port 53 or port 443))\n"
        "Test again on the client: nslookup -type=txt debug.opendns.com 208.67.222.222\n"
        "    good is an answer with a line that starts with \"server\". It tests port 53; UDP 443 shows in a\n"
        "    new capture.\n");
}

/* The one that began first ended, the other lasts: there is one, and it lasts. */
static void the_other_version_lasts(void **state)
{
    sse_report *r = both_versions();
    sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);
    sse_outage *o = &g_array_index(c->outages, sse_outage, 2);
    char *text;

    (void)state;
    o->ended_by = SSE_ENDED_NONE;
    o->until_frame = 0;
    c->dns.verdict = SSE_UNPROTECTED;
    text = print(r, SSE_FORMAT_TEXT);
    check_has(text, "192.168.0.204: DNS: Unprotected. Web: Protected.");
    check_lacks(text, "       Outage ");
    check_has(text, "since 2024-08-27 03:07:44 UTC (28 s or more)\n"
                    "    from frame 101 to the end of the file, last in frame 129\n");
    g_free(text);
    text = print(r, SSE_FORMAT_TICKET);
    assert_int_equal(count_of(text, " is down: "), 1);
    check_lacks(text, "was down");
    g_free(text);
    check_all(r);
    sse_report_free(r);
}

/* One lasts while the other comes and goes: still one outage, and short. */
static void one_version_flaps_in_the_other(void **state)
{
    sse_report *r = both_versions();
    sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);
    char *text;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        sse_outage *o = add_healed(c, SSE_SERVICE_DNS, SSE_CAUSE_REFUSED, 10 + i * 10, 15 + i * 10);

        o->ip = 6;
        o->repeats = true;
        o->fake_frame = 20 + (uint32_t)i;
        sse_example e = { .frame = 20 + (uint32_t)i, .src = c->client, .dst = addr("2620:119:35::35"), .dport = 443 };
        g_array_append_val(o->examples, e);
        c->dns.outages--;
    }
    g_array_index(c->outages, sse_outage, 0).until_time = START + 50010 * SSE_SECOND;
    text = print(r, SSE_FORMAT_TEXT);
    check_has(text, "192.168.0.204: DNS: Protected after 1 outage.");
    check_has(text, " (13 h 53 min): no reply over IPv4, refused over\n       IPv6 (frame 101)\n");
    check_has(text, "    and 4998 more within it; -z sseroaming,json has them\n");
    assert_true(count_of(text, "\n") < 70);
    g_free(text);
    text = print(r, SSE_FORMAT_TICKET);
    assert_int_equal(count_of(text, "DNS protection (IPv4 and IPv6) of the Cisco Secure Client at "), 1);
    check_has(text, "\nFailed: 40016 of 40016 probes in that time\n");
    assert_true(count_of(text, "\n") < 50);
    g_free(text);
    check_all(r);
    sse_report_free(r);
}

static void client_left_in_an_outage(void **state)
{
    sse_report *r = healthy();
    sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);
    sse_outage *o = add_healed(c, SSE_SERVICE_WEB, SSE_CAUSE_LATE, 1, 26);
    char *text;

    (void)state;
    o->ended_by = SSE_ENDED_NETWORK_CHANGED;
    o->until_frame = 0;
    text = print(r, SSE_FORMAT_TEXT);
    check_has(text, "Web: Protected after 1 outage. ");
    check_has(text, "       Outage 2024-08-27 03:07:44 to 03:08:08 UTC or later (24 s or more): answers come too late\n"
                    "       (frame 101)\n");
    check_has(text, "    answers come too late, from frame 101 on, last in frame 125; then the client changed networks\n");
    check_has(text, "\nTo do: see the outages below.\n");
    check_lacks(text, "nothing.\n");
    g_free(text);
    text = print(r, SSE_FORMAT_TICKET);
    check_has(text, " was down for 24 s or more: ");
    check_has(text, "\nUntil: the client changed networks; last confirmed 2024-08-27 03:08:08.172000 UTC (frame 125)\n");
    g_free(text);
    check_all(r);
    sse_report_free(r);
}

static void five_thousand_outages(void **state)
{
    sse_report *r = healthy();
    sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);
    char *text, *words;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        add_healed(c, i % 2 == 0 ? SSE_SERVICE_DNS : SSE_SERVICE_WEB, SSE_CAUSE_NO_REPLY, i * 10, i * 10 + 5);
        if (i % 2 == 0)
            add_excepted(c, SSE_SERVICE_DNS, SSE_CAUSE_NO_CONNECTIVITY, i * 10 + 7, i * 10 + 8);
    }
    r->outages_dns = r->outages_web = 2500;
    r->outage_clients = 1;
    check_all(r);
    text = print(r, SSE_FORMAT_TEXT);
    words = flat(text);
    check_has(words, "DNS: Protected after 2500 outages. Web: Protected after 2500 outages. ");
    assert_int_equal(count_of(words, "and 2497 earlier outages"), 2);
    check_has(words, "Outages: DNS 2500 (3 h 35 min in all), Web 2500 (3 h 35 min in all) ");
    /* In full 3 of each and of those that do not count as many as there may be rows. */
    assert_int_equal(count_of(text, ", where it works again\n"), 6 + SSE_ROWS_SHOWN);
    assert_int_equal(count_of(words, ", 8 of 8 failed (frame "), SSE_ROWS_SHOWN);
    check_has(words, " 7366 older outages are left out here; -z sseroaming,json has them. ");
    assert_true(count_of(text, "\n") < 700);
    g_free(words);
    g_free(text);
    text = print(r, SSE_FORMAT_TICKET);
    assert_int_equal(count_of(text, " was down for 5 s: "), 6);
    check_has(text, "\nEarlier outages of 192.168.0.204:\n  2024-08-27 ");
    assert_int_equal(count_of(text, "  2024-08-"), SSE_ROWS_SHOWN);
    check_has(text, "4930 older outages are left out here;");
    g_free(text);
    sse_report_free(r);
}

/* Whose matter it is, in the first line. */
static void other_teams(void **state)
{
    static const struct { sse_advice_code advice; const char *team; } cases[] = {
        { SSE_ADVICE_COURT_ORDER_SUPPORT, "For Cisco support, " }, { SSE_ADVICE_PROXY_ERROR_SUPPORT, "For Cisco support, " },
        { SSE_ADVICE_RESET_BY_GATEWAY, "For Cisco support, " }, { SSE_ADVICE_RESOLVE_NAMES, "For the DNS team, " },
        { SSE_ADVICE_LATE, "For whoever runs the line, " }, { SSE_ADVICE_CHECK_LINE, "For whoever runs the line, " },
        { SSE_ADVICE_ICMP_ROUTER, "For whoever runs the router, " }, { SSE_ADVICE_ICMP_OTHER, "For whoever runs the device " },
        { SSE_ADVICE_NAT_INSIDE, "For whoever runs the NAT: " }, { SSE_ADVICE_SIGN_IN, "For the user, " },
        { SSE_ADVICE_ALLOW_WEB, "Web protection of " }, { SSE_ADVICE_ICMP_FILTER, "Web protection of " },
        { SSE_ADVICE_EXEMPT_GATEWAY, "Web protection of " }, { SSE_ADVICE_NONE, "Web protection of " },
    };
    sse_report *r = healthy();
    sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);
    sse_outage *o = add_healed(c, SSE_SERVICE_WEB, SSE_CAUSE_PROXY_ERROR, 1, 26);
    char *text;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_array_set_size(o->advice, 0);
        if (cases[i].advice != SSE_ADVICE_NONE)
            outage_says(o, cases[i].advice, 0);
        text = print(r, SSE_FORMAT_TICKET);
        if (!g_str_has_prefix(text, cases[i].team))
            fail_msg("\"%s\" does not begin: %s", cases[i].team, text);
        check_has(text, "Failed: 8 of 8 answers to CONNECT in that time\n");
        check_lines(text, 98);
        g_free(text);
    }
    /* A device on the path that answers in the gateway's place is no matter of Cisco's. */
    g_array_set_size(o->advice, 0);
    outage_says(o, SSE_ADVICE_PROXY_ERROR_SUPPORT, 0);
    o->origin = SSE_ORIGIN_ON_PATH;
    text = print(r, SSE_FORMAT_TICKET);
    assert_true(g_str_has_prefix(text, "Web protection of "));
    g_free(text);
    sse_report_free(r);
}

/* Report and ticket say of the same whose origin it is; DNS has no resets. */
static void what_an_origin_is_of(void **state)
{
    static const struct { sse_service service; sse_cause cause; uint32_t fake; const char *report, *ticket; } cases[] = {
        { SSE_SERVICE_WEB, SSE_CAUSE_PROXY_ERROR, 0, "origin of the answers: ", "\nAnswers: origin " },
        { SSE_SERVICE_WEB, SSE_CAUSE_SESSION_INTERCEPTED, 0, "origin of the answers: ", "\nAnswers: origin " },
        { SSE_SERVICE_WEB, SSE_CAUSE_RESET, 0, "origin of the resets: ", "\nResets: origin " },
        { SSE_SERVICE_WEB, SSE_CAUSE_SESSION_CLOSED, 0, "origin of the ends (FIN): ", "\nEnds (FIN): origin " },
        { SSE_SERVICE_WEB, SSE_CAUSE_NO_REPLY, 0, "origin of the resets: ", "\nResets: origin " },
        { SSE_SERVICE_DNS, SSE_CAUSE_COURT_ORDER, 0, "origin of the answers: ", "\nAnswers: origin " },
        { SSE_SERVICE_DNS, SSE_CAUSE_NO_REPLY, 0, "origin of the ICMP errors: ", "\nICMP errors: origin " },
        { SSE_SERVICE_DNS, SSE_CAUSE_NO_REPLY, 3, "origin of the answers: ", "\nAnswers: origin " },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        sse_report *r = healthy();
        sse_outage *o = add_healed(&g_array_index(r->clients, sse_client_report, 0), cases[i].service, cases[i].cause, 1, 26);
        char *text;

        o->origin = SSE_ORIGIN_UNKNOWN;
        o->fake_frame = cases[i].fake;
        text = print(r, SSE_FORMAT_TEXT);
        check_has(text, cases[i].report);
        g_free(text);
        text = print(r, SSE_FORMAT_TICKET);
        check_has(text, cases[i].ticket);
        g_free(text);
        sse_report_free(r);
    }
}

/* Without an outage, but with a finding that asks: neither "nothing" nor silence. */
static void findings_that_ask(void **state)
{
    sse_report *r = healthy();
    sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);
    char *text;

    (void)state;
    add_asking(c, SSE_FIND_ENCRYPTED_PORT_BLOCKED, 11);
    text = print(r, SSE_FORMAT_TICKET);
    check_has(text, "No outage shows. DNS: Protected. Web: Protected.\n"
                    "But there are findings that ask for something:\n"
                    "  192.168.0.204, encrypted-port-blocked: IPv4: probes to UDP 443 fail (no-reply), port 53 answers:\n"
                    "  DNS is protected but not encrypted.\n"
                    "    To do: For encrypted DNS allow UDP 443 to the OpenDNS resolvers, above any rule that blocks\n"
                    "           QUIC.\n");
    check_lacks(text, "Nothing to ask");
    g_free(text);
    for (unsigned i = 0; i < 20; i++)
        add_asking(c, SSE_FIND_RESOLVER_UNREACHABLE, 12 + i);
    text = print(r, SSE_FORMAT_TICKET);
    check_has(text, "  and 5 more; -z sseroaming,json has all of them\n");
    g_free(text);
    check_all(r);
    sse_report_free(r);
}

static void preferences_that_were_changed(void **state)
{
    static const sse_format formats[] = { SSE_FORMAT_TEXT, SSE_FORMAT_TICKET };
    sse_report *reports[] = { healthy(), report_new(), healthy(), outage() };
    char *longer = g_strnfill(500, 'x');

    (void)state;
    add_client(reports[2], "192.168.0.205");
    for (size_t i = 0; i < G_N_ELEMENTS(reports); i++) {
        reports[i]->in_force.changed = sse_settings_new();
        sse_settings_add(reports[i]->in_force.changed, "probe_timeout", "15");
        sse_settings_add(reports[i]->in_force.changed, "gateway_names", longer);
        sse_settings_add(reports[i]->in_force.changed, "probe_names", HOSTILE);
        for (unsigned k = 0; k < G_N_ELEMENTS(formats); k++) {
            char *text = print(reports[i], formats[k]), *words = flat(text);

            assert_int_equal(count_of(words, "Preferences changed: probe_timeout=15, gateway_names=xxx"), 1);
            check_has(words, "..., probe_names=a\\x1b[31mred");
            assert_true(count_of(words, "x") < 200);
            check_lines(text, 98);
            g_free(words);
            g_free(text);
        }
        sse_report_free(reports[i]);
    }
    g_free(longer);
}

/* Of many clients those that are well now and were not, or whose findings ask. */
static void many_clients_that_healed(void **state)
{
    sse_report *r = report_new();
    char *text, *words;

    (void)state;
    for (unsigned i = 0; i < 30; i++) {
        char *address = g_strdup_printf("10.0.1.%u", i + 1);
        sse_client_report *c = add_client(r, address);

        dns_up(c);
        if (i < 15) {
            add_healed(c, SSE_SERVICE_DNS, SSE_CAUSE_NO_REPLY, 1, 26);
            r->outages_dns++;
            r->outage_clients++;
        } else if (i < 25) {
            add_asking(c, SSE_FIND_PROBE_LOSS, 9);
        }
        g_free(address);
    }
    add_up(r);
    text = print(r, SSE_FORMAT_TEXT);
    words = flat(text);
    check_has(words, "Outages: 15 of DNS, 0 of Web, at 15 clients. ");
    assert_int_equal(count_of(text, ": DNS: Protected after 1 outage. "), 15);
    assert_int_equal(count_of(text, ": DNS: Protected. "), 5);
    check_has(words, "Only the 20 worst clients are shown in full. 5 more clients had outages or have findings that ask for "
                     "something: 10.0.1.21, 10.0.1.22, 10.0.1.23, 10.0.1.24, 10.0.1.25. 5 clients are protected: 10.0.1.26, ");
    g_free(words);
    g_free(text);
    text = print(r, SSE_FORMAT_TICKET);
    assert_int_equal(count_of(text, "DNS protection of the Cisco Secure Client at "), 10);
    check_has(text, "\n5 more clients are affected and left out here;");
    g_free(text);
    check_all(r);
    sse_report_free(r);
}

/* ---- many clients ---- */

static void many_clients(void **state)
{
    sse_report *r = report_new();
    char *text, *words;

    (void)state;
    for (unsigned i = 0; i < 25; i++) {
        char *address = g_strdup_printf("10.0.1.%u", i + 1);

        dns_down(add_client(r, address));
        g_free(address);
    }
    for (unsigned i = 0; i < 18; i++) {
        char *address = g_strdup_printf("10.0.2.%u", i + 1);

        dns_up(add_client(r, address));
        g_free(address);
    }
    add_client(r, "10.0.3.1");
    add_up(r);
    list_outages(r);
    text = print(r, SSE_FORMAT_TEXT);
    words = flat(text);
    assert_true(g_str_has_prefix(words, "44 clients. DNS: 25 unprotected, 0 inconclusive, 18 protected, 1 not observed. "
                                        "Web: 0 cloud service unavailable, 0 inconclusive, 0 protected, 44 not observed. "
                                        "Outages: 25 of DNS, 0 of Web, at 25 clients. "));
    assert_int_equal(count_of(text, ": DNS: Unprotected. "), 20);
    assert_int_equal(count_of(text, ": DNS: Protected. "), 0);
    check_has(text, "\n10.0.1.20: DNS: Unprotected. ");
    check_has(text, "Only the 20 worst clients are shown in full.\n"
                    "5 more clients are not protected: 10.0.1.21, 10.0.1.22, 10.0.1.23, 10.0.1.24, 10.0.1.25.\n"
                    "18 clients are protected: 10.0.2.1, ");
    check_has(words, " 10.0.2.16 and 2 more. 1 client shows nothing to judge: 10.0.3.1. -z sseroaming,json has all");
    g_free(words);
    g_free(text);
    text = print(r, SSE_FORMAT_TICKET);
    assert_int_equal(count_of(text, "DNS protection of the Cisco Secure Client at "), 10);
    check_has(text, "\n15 more clients are affected and left out here;");
    check_lacks(text, "10.0.2.");
    g_free(text);
    text = print(r, SSE_FORMAT_JSON);
    assert_int_equal(count_of(text, "{\"client\":"), 44);
    g_free(text);
    check_all(r);
    sse_report_free(r);
}

/* ---- hostile strings ---- */

static void replace(char **text, const char *with)
{
    g_free(*text);
    *text = g_strdup(with);
}

/* In every place that holds a string. */
static sse_report *hostile(const char *text)
{
    sse_report *r = outage();
    sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);
    sse_gateway_report *g = &g_array_index(c->gateways, sse_gateway_report, 0);
    sse_candidate_report k = { .address = addr("18.135.112.200"), .failed = 12 };

    g_array_append_val(c->candidates, k);
    r->texts = sse_string_set_new();
    replace(&r->filter, text);
    add_finding(r->findings, SSE_FIND_LOCAL_PROBE, 1);
    add_finding(c->findings, SSE_FIND_TCP_ONLY, 1);
    replace(&c->server, text);
    replace(&c->orgid, text);
    replace(&c->originid, text);
    replace(&c->device, text);
    replace(&c->source, text);
    replace(&g->name, text);
    add_allow(&c->web, SSE_TCP, NULL, sse_string_set_keep(r->texts, text));
    g_ptr_array_add(r->in_force.names.gateways, g_strdup(text));
    add_advice(&c->web, SSE_ADVICE_GATEWAY_NAMES);
    g_array_append_vals(g_array_index(c->outages, sse_outage, 1).allow, c->web.allow->data, c->web.allow->len);
    g_array_append_vals(g_array_index(c->outages, sse_outage, 1).advice, c->web.advice->data, c->web.advice->len);
    r->in_force.changed = sse_settings_new();
    sse_settings_add(r->in_force.changed, "gateway_names", text);
    return r;
}

static void hostile_strings(void **state)
{
    sse_report *r = hostile(HOSTILE);
    char *text;

    (void)state;
    check_all(r);
    text = print(r, SSE_FORMAT_TEXT);
    check_has(text, "a\\x1b[31mred\\x0d\\x0aDNS: Protected\\x09\\x7f");
    check_has(text, "\\u{202e}gnp.exe\\u{2066}");
    check_lacks(text, "\nDNS: Protected");
    g_free(text);
    text = print(r, SSE_FORMAT_JSON);
    check_has(text, "\\\\xff\\\\xc3(;calc");
    check_lacks(text, "</script>");
    g_free(text);
    sse_report_free(r);
}

static void long_strings(void **state)
{
    char *text = g_strnfill(255, 'a');
    sse_report *r;

    (void)state;
    r = hostile(text);
    check_all(r);
    sse_report_free(r);
    r = hostile("");
    replace(&r->filter, "ip");
    for (sse_format format = SSE_FORMAT_TEXT; format <= SSE_FORMAT_TICKET; format++)
        g_free(print(r, format));
    sse_report_free(r);
    g_free(text);
}

/* What a packet says must not become part of a command that people paste. */
static void command_to_test_again(void **state)
{
    static const struct { const char *name, *target; } cases[] = {
        { GATEWAY_NAME, GATEWAY_NAME },
        { "swg-url-proxy-https-1234567.sseproxy.qq.opendns.com", "swg-url-proxy-https-1234567.sseproxy.qq.opendns.com" },
        { "x;calc.sigproxy.qq.opendns.com", "18.135.112.200" },
        { "$(calc).sigproxy.qq.opendns.com", "18.135.112.200" },
        { "a b.sigproxy.qq.opendns.com", "18.135.112.200" },
        { "-Foo.sigproxy.qq.opendns.com", "18.135.112.200" },
        { "", "18.135.112.200" },
        { NULL, "18.135.112.200" },
        /* A redacted name resolves to nothing. */
        { "swg-url-proxy-https-org-1.sseproxy.qq.opendns.com", "18.135.112.200" },
        { "swg-url-proxy-https-redacted.sseproxy.qq.opendns.com", "18.135.112.200" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        sse_report *r = outage();
        sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);
        char *wanted = g_strdup_printf("\nTest again on the client: Test-NetConnection %s -Port 443\n", cases[i].target);
        char *text;

        replace(&g_array_index(c->gateways, sse_gateway_report, 0).name, cases[i].name);
        text = print(r, SSE_FORMAT_TICKET);
        check_has(text, wanted);
        g_free(text);
        g_free(wanted);
        sse_report_free(r);
    }
    sse_report *r = outage();
    sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);
    g_array_set_size(c->gateways, 0);
    c->web.cause = SSE_CAUSE_NAME_NOT_RESOLVED;
    g_array_index(c->outages, sse_outage, 1).cause = SSE_CAUSE_NAME_NOT_RESOLVED;
    char *text = print(r, SSE_FORMAT_TICKET);
    check_has(text, "Test again on the client: nslookup " GATEWAY_NAME "\n");
    g_free(text);
    sse_report_free(r);
}

/* ---- the helpers ---- */

static void durations(void **state)
{
    static const struct { int64_t ns; const char *words; } cases[] = {
        { 0, "under 1 s" }, { 999999999, "under 1 s" }, { SSE_SECOND, "1 s" }, { 24 * SSE_SECOND + 500 * MS, "25 s" },
        { 25 * SSE_SECOND + 499 * MS, "25 s" }, { 59 * SSE_SECOND + 500 * MS, "1 min" }, { 72 * SSE_SECOND, "1 min 12 s" },
        { 7500 * SSE_SECOND, "2 h 5 min" }, { 3600 * SSE_SECOND, "1 h" }, { 3659 * SSE_SECOND, "1 h" },
        { 86400 * SSE_SECOND, "1 d" }, { 273600 * SSE_SECOND, "3 d 4 h" }, { INT64_MAX, "106751 d 23 h" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GString *out = g_string_new(NULL);

        sse_duration_words(out, cases[i].ns);
        assert_string_equal(out->str, cases[i].words);
        g_string_free(out, TRUE);
    }
}

/* Halves go up, where printf() of one system rounds a double to 18.2 and that of another to 18.3. */
static void milliseconds(void **state)
{
    static const struct { int64_t ns; const char *words; } cases[] = {
        { 0, "0.0" }, { 49999, "0.0" }, { 50000, "0.1" }, { 18249999, "18.2" }, { 18250000, "18.3" }, { 18350000, "18.4" },
        { 99949999, "99.9" }, { 99950000, "100.0" }, { -49999, "0.0" }, { -50000, "-0.1" }, { -1250000, "-1.3" },
        { INT64_MAX, "9223372036854.8" }, { INT64_MIN, "-9223372036854.8" },
    };
    char text[SSE_MILLISECONDS_TEXT];

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_string_equal(sse_milliseconds(cases[i].ns, text), cases[i].words);
}

static void wrapped_lines(void **state)
{
    GString *out = g_string_new(NULL);
    char *fits = g_strnfill(SSE_WIDTH - 2, 'a'), *longer = g_strnfill(SSE_WIDTH - 1, 'a');
    char *half = g_strnfill(SSE_WIDTH / 2, 'b');
    char *wanted, *text;

    (void)state;
    /* Exactly the width. */
    sse_wrap(out, "> ", fits);
    wanted = g_strdup_printf("> %s\n", fits);
    assert_string_equal(out->str, wanted);
    g_free(wanted);
    /* A word of one more is cut, and its rest goes on. */
    g_string_set_size(out, 0);
    text = g_strdup_printf("%s c", longer);
    sse_wrap(out, "> ", text);
    wanted = g_strdup_printf("> %s\n  a c\n", fits);
    assert_string_equal(out->str, wanted);
    g_free(wanted);
    g_free(text);
    /* Two words that do not fit together; blanks count for one, at the ends for none. */
    g_string_set_size(out, 0);
    text = g_strdup_printf("  %s   c   %s  ", half, half);
    sse_wrap(out, "> ", text);
    wanted = g_strdup_printf("> %s c\n  %s\n", half, half);
    assert_string_equal(out->str, wanted);
    g_free(wanted);
    g_free(text);
    g_string_set_size(out, 0);
    sse_wrap(out, "", "");
    assert_string_equal(out->str, "\n");
    /* A line to copy is never cut. */
    g_string_set_size(out, 0);
    sse_line(out, "> ", longer);
    assert_int_equal(out->len, SSE_WIDTH + 2);
    g_string_free(out, TRUE);
    g_free(fits);
    g_free(longer);
    g_free(half);
}

static void escaping(void **state)
{
    static const struct { const char *text, *safe; } cases[] = {
        { "", "" },
        { "plain \xc3\xa4 \xe2\x82\xac", "plain \xc3\xa4 \xe2\x82\xac" },
        { "\x01\x1f\x7f", "\\x01\\x1f\\x7f" },
        { "\xc2\x85", "\\x85" },
        { "\xff", "\\xff" },
        { "\xe2\x82", "\\xe2\\x82" },
        { "\xed\xa0\x80", "\\xed\\xa0\\x80" },
        { "\xe2\x80\xaa\xe2\x80\xae\xe2\x81\xa6\xe2\x81\xa9", "\\u{202a}\\u{202e}\\u{2066}\\u{2069}" },
        { "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "\\u{200e}\\u{200f}\\u{061c}" },
        { "a\xe2\x80\x8b" "b\xe2\x80\x8d\xe2\x81\xa0\xc2\xad\xf3\xa0\x81\x81", "a\\u{200b}b\\u{200d}\\u{2060}\\xad\\u{e0041}" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *once = sse_escape(cases[i].text), *twice = sse_escape(once);

        assert_string_equal(once, cases[i].safe);
        assert_string_equal(twice, once);
        g_free(once);
        g_free(twice);
    }
}

/* Whatever a sender writes is text of the page, never a part of it. */
static void html_text(void **state)
{
    static const struct { const char *text, *safe; } cases[] = {
        { "", "" },
        { "a<script>&amp;\"'</script>", "a&lt;script&gt;&amp;amp;&quot;&#39;&lt;/script&gt;" },
        { "\x1b[31m\n\xe2\x80\xae<", "\\x1b[31m\\x0a\\u{202e}&lt;" },
        { "\xc0<", "\\xc0&lt;" },
    };
    GString *out = g_string_new(NULL);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_string_truncate(out, 0);
        sse_html_text(out, cases[i].text);
        assert_string_equal(out->str, cases[i].safe);
    }
    g_string_truncate(out, 0);
    sse_html_lines(out, "a < b\n  c\x01\n");
    assert_string_equal(out->str, "a &lt; b\n  c\\x01\n");
    g_string_truncate(out, 0);
    sse_html_paragraphs(out, "Warning: one\n         more\nFilter: a && b\n");
    assert_string_equal(out->str, "<p class=\"warning\">Warning: one more</p>\n<p>Filter: a &amp;&amp; b</p>\n");
    g_string_free(out, TRUE);
}

static void times(void **state)
{
    static const struct { int64_t time; const char *iso; } cases[] = {
        { 0, "1970-01-01T00:00:00.000000000Z" },
        { START + 572681000, "2024-08-27T03:07:43.572681000Z" },
        { START + 999999999, "2024-08-27T03:07:43.999999999Z" },
        { -1, "1969-12-31T23:59:59.999999999Z" },
        { -SSE_SECOND, "1969-12-31T23:59:59.000000000Z" },
        { INT64_MAX, "2262-04-11T23:47:16.854775807Z" },
        { INT64_MIN, "1677-09-21T00:12:43.145224192Z" },
    };
    char *text;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        text = sse_time_iso(cases[i].time);
        assert_string_equal(text, cases[i].iso);
        g_free(text);
    }
    text = sse_time_utc(START + 572681999);
    assert_string_equal(text, "2024-08-27 03:07:43.572681 UTC");
    g_free(text);
    text = sse_time_utc_second(START + 999999999);
    assert_string_equal(text, "2024-08-27 03:07:43 UTC");
    g_free(text);
}

static void durations_in_json(void **state)
{
    static const struct { int64_t ns; const char *ms; } cases[] = {
        { 0, "\"min\":0.000," }, { 999, "\"min\":0.000," }, { 1000, "\"min\":0.001," }, { 396000, "\"min\":0.396," },
        { 18 * MS, "\"min\":18.000," }, { 4999999999, "\"min\":4999.999," }, { -396000, "\"min\":-0.396," },
        { -2 * MS - 5000, "\"min\":-2.005," }, { -1, "\"min\":0.000," },
    };
    sse_report *r = healthy();
    sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text;

        g_array_index(c->resolvers, sse_resolver_report, 0).rtt.min = cases[i].ns;
        text = print(r, SSE_FORMAT_JSON);
        check_has(text, cases[i].ms);
        check_json(text);
        g_free(text);
    }
    sse_report_free(r);
}

/* Every name of the enums has words, and fits. */
static void every_state_and_cause(void **state)
{
    (void)state;
    for (unsigned s = 0; s < SSE_STATES; s++)
        assert_true(strlen(sse_state_words((sse_state)s)) > 0);
    for (unsigned cause = SSE_CAUSE_NONE; cause < SSE_CAUSES; cause++) {
        sse_report *r = outage();
        sse_client_report *c = &g_array_index(r->clients, sse_client_report, 0);

        assert_int_equal(strlen(sse_cause_words((sse_cause)cause)) > 0, cause != SSE_CAUSE_NONE);
        c->dns.cause = c->web.cause = (sse_cause)cause;
        for (guint i = 0; i < c->outages->len; i++)
            g_array_index(c->outages, sse_outage, i).cause = (uint8_t)cause;
        check_all(r);
        sse_report_free(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outage_as_text),
        cmocka_unit_test(outage_as_ticket),
        cmocka_unit_test(outage_as_json),
        cmocka_unit_test(outages_in_json),
        cmocka_unit_test(healthy_as_text),
        cmocka_unit_test(healthy_as_json),
        cmocka_unit_test(healthy_as_ticket),
        cmocka_unit_test(nothing_as_text),
        cmocka_unit_test(nothing_as_ticket),
        cmocka_unit_test(empty_file),
        cmocka_unit_test(filter_leaves_nothing),
        cmocka_unit_test(filter_is_said_in_text_and_ticket),
        cmocka_unit_test(one_way_capture_is_the_first_line),
        cmocka_unit_test(head_is_short),
        cmocka_unit_test(to_do_is_about_each_service),
        cmocka_unit_test(same_advice_is_said_once),
        cmocka_unit_test(confidence_and_reasons),
        cmocka_unit_test(both_ip_versions_are_told_apart),
        cmocka_unit_test(before_and_since_the_change),
        cmocka_unit_test(who_rejected_and_what_came_instead),
        cmocka_unit_test(long_addresses_keep_the_columns),
        cmocka_unit_test(candidates_say_how_to_run_again),
        cmocka_unit_test(more_frames_than_are_kept),
        cmocka_unit_test(long_lists),
        cmocka_unit_test(healed_as_text),
        cmocka_unit_test(healed_as_ticket),
        cmocka_unit_test(lasting_and_healed_as_text),
        cmocka_unit_test(lasting_and_healed_as_ticket),
        cmocka_unit_test(not_counted_as_text),
        cmocka_unit_test(not_counted_as_ticket),
        cmocka_unit_test(both_versions_as_text),
        cmocka_unit_test(both_versions_as_ticket),
        cmocka_unit_test(the_other_version_lasts),
        cmocka_unit_test(one_version_flaps_in_the_other),
        cmocka_unit_test(client_left_in_an_outage),
        cmocka_unit_test(five_thousand_outages),
        cmocka_unit_test(other_teams), cmocka_unit_test(what_an_origin_is_of),
        cmocka_unit_test(findings_that_ask),
        cmocka_unit_test(preferences_that_were_changed),
        cmocka_unit_test(many_clients_that_healed),
        cmocka_unit_test(many_clients),
        cmocka_unit_test(hostile_strings),
        cmocka_unit_test(long_strings),
        cmocka_unit_test(command_to_test_again),
        cmocka_unit_test(durations),
        cmocka_unit_test(milliseconds),
        cmocka_unit_test(wrapped_lines),
        cmocka_unit_test(escaping), cmocka_unit_test(html_text),
        cmocka_unit_test(times),
        cmocka_unit_test(durations_in_json),
        cmocka_unit_test(every_state_and_cause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
