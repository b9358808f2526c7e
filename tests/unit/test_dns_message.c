/* test_dns_message.c
 * The reader of DNS messages: names and lists of names, questions, debug
 * strings, identity options, addresses along a CNAME chain; and what a hostile
 * sender may try.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#include <stdio.h>

#include "dns_message.h"

#define GATEWAY_CNAME "swg-proxy_eu-west-2_1_1n.sigproxy.aws.umbrella.com"

static sse_names names;

static int names_setup(void **state)
{
    char *error = NULL;

    (void)state;
    names.probes = sse_names_parse_probes("debug.opendns.com, 2.dnscrypt-cert.opendns.com", &error);
    names.gateways = sse_names_parse_gateways(".sigproxy.qq.opendns.com, .sseproxy.qq.opendns.com", &error);
    return names.probes != NULL && names.gateways != NULL ? 0 : -1;
}

static int names_teardown(void **state)
{
    (void)state;
    g_ptr_array_free(names.probes, TRUE);
    g_ptr_array_free(names.gateways, TRUE);
    return 0;
}

/* ---- a message, written byte by byte ---- */

typedef struct message {
    uint8_t  bytes[65535];
    uint32_t length;
} message;

static void put8(message *m, unsigned value)
{
    assert_true(m->length < sizeof m->bytes);
    m->bytes[m->length++] = (uint8_t)value;
}

static void put16(message *m, unsigned value)
{
    put8(m, value >> 8);
    put8(m, value & 255);
}

static void put_bytes(message *m, const void *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        put8(m, ((const uint8_t *)bytes)[i]);
}

static void put_name(message *m, const char *name)
{
    char **labels = g_strsplit(name, ".", -1);

    for (char **label = labels; *label != NULL && **label != '\0'; label++) {
        put8(m, (unsigned)strlen(*label));
        put_bytes(m, *label, strlen(*label));
    }
    put8(m, 0);
    g_strfreev(labels);
}

/* Header and question. */
static message start(unsigned flags, const char *name, unsigned type)
{
    message m = { .length = 0 };

    put16(&m, 0x1234);
    put16(&m, flags);
    put16(&m, 1);
    put16(&m, 0);
    put16(&m, 0);
    put16(&m, 0);
    put_name(&m, name);
    put16(&m, type);
    put16(&m, 1);
    return m;
}

#define QUERY    0x0100
#define RESPONSE 0x8180
#define TXT  16
#define OPT  41
#define ANSWER     6 /* offsets of the counts */
#define AUTHORITY  8
#define ADDITIONAL 10

/* A record; owner NULL: a pointer to the question. */
static void record(message *m, unsigned section, const char *owner, unsigned type, unsigned class, const void *data, size_t length)
{
    if (++m->bytes[section + 1] == 0)
        m->bytes[section]++;
    if (owner == NULL)
        put16(m, 0xc00c);
    else
        put_name(m, owner);
    put16(m, type);
    put16(m, class);
    put16(m, 0);
    put16(m, 0);
    put16(m, (unsigned)length);
    put_bytes(m, data, length);
}

static void txt(message *m, unsigned section, const char *string)
{
    uint8_t data[256] = { (uint8_t)strlen(string) };

    memcpy(data + 1, string, strlen(string));
    record(m, section, NULL, TXT, 1, data, strlen(string) + 1);
}

static void cname(message *m, const char *owner, const char *target)
{
    message data = { .length = 0 };

    put_name(&data, target);
    record(m, ANSWER, owner, 5, 1, data.bytes, data.length);
}

static void address(message *m, const char *owner, const char *text)
{
    sse_addr addr = feed_addr(text);

    record(m, ANSWER, owner, addr.family == 4 ? 1 : 28, 1, addr.bytes, addr.family == 4 ? 4 : 16);
}

/* Reads a copy of exactly the captured size, so that a byte too far is seen. */
static bool read_cut(const message *m, uint32_t captured, sse_dns_message *out, sse_dns_items *items)
{
    uint8_t *copy = g_malloc(MAX(captured, 1));
    bool found;

    memcpy(copy, m->bytes, captured);
    found = sse_dns_read_question(out, copy, captured, m->length, &names);
    if (found) {
        sse_dns_is_plausible(out);
        sse_dns_read_records(out, items);
    }
    g_free(copy);
    return found;
}

static sse_dns_message read_whole(const message *m, sse_dns_items *items)
{
    sse_dns_message out;

    if (!read_cut(m, m->length, &out, items))
        fail_msg("not read as a DNS message");
    return out;
}

/* ---- lists of names ---- */

static void names_are_classified(void **state)
{
    static const struct { const char *name; obs_name is; } rows[] = {
        { "debug.opendns.com", OBS_NAME_DEBUG }, { "2.dnscrypt-cert.opendns.com", OBS_NAME_CERT },
        { "x.debug.opendns.com", OBS_NAME_OTHER }, { "debug.opendns.com.evil.example", OBS_NAME_OTHER }, { "opendns.com", OBS_NAME_OTHER },
        { "swg-url-proxy-https-sse.sigproxy.qq.opendns.com", OBS_NAME_GATEWAY }, { "swg-url-proxy-https-8332022.sseproxy.qq.opendns.com", OBS_NAME_GATEWAY },
        { "sigproxy.qq.opendns.com", OBS_NAME_OTHER }, { "evilsigproxy.qq.opendns.com", OBS_NAME_OTHER },
        { "a.sigproxy.qq.opendns.com.evil.example", OBS_NAME_OTHER },
        { "proxy.sig.umbrella.com", OBS_NAME_GATEWAY }, { "a.proxy.sig.umbrella.com", OBS_NAME_OTHER }, { "sig.umbrella.com", OBS_NAME_OTHER },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (sse_names_classify(&names, rows[i].name) != rows[i].is)
            fail_msg("%s is %d", rows[i].name, sse_names_classify(&names, rows[i].name));
}

static void gateway_names_may_be_written_in_three_ways(void **state)
{
    /* With a dot in front only those below the name are meant, without it the name too. */
    static const struct { const char *text; bool itself; } rows[] = {
        { "gw.example", true }, { ".gw.example", false }, { "*.gw.example", false }, { "GW.Example.", true }, { " gw.example ;", true },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *error = NULL;
        sse_names own = { .probes = names.probes, .gateways = sse_names_parse_gateways(rows[i].text, &error) };

        if (own.gateways == NULL)
            fail_msg("\"%s\": %s", rows[i].text, error);
        assert_int_equal(own.gateways->len, 1);
        assert_int_equal(sse_names_classify(&own, "a.gw.example"), OBS_NAME_GATEWAY);
        assert_int_equal(sse_names_classify(&own, "gw.example"), rows[i].itself ? OBS_NAME_GATEWAY : OBS_NAME_OTHER);
        assert_int_equal(sse_names_classify(&own, "agw.example"), OBS_NAME_OTHER);
        g_ptr_array_free(own.gateways, TRUE);
    }
}

static void an_error_names_the_bad_name(void **state)
{
    static const struct { const char *list, *named; } rows[] = {
        { "debug.opendns.com, a..b", "a..b" }, { "bad.example, name!.example", "name!.example" }, { "under/score", "under/score" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *error = NULL;

        assert_null(sse_names_parse_probes(rows[i].list, &error));
        assert_non_null(error);
        if (strstr(error, rows[i].named) == NULL)
            fail_msg("\"%s\" does not name %s", error, rows[i].named);
        g_free(error);
        error = NULL;
        assert_null(sse_names_parse_gateways(rows[i].list, &error));
        g_free(error);
    }
}

/* ---- questions ---- */

static void a_query_is_read(void **state)
{
    message m = start(QUERY, "debug.opendns.com", TXT);
    sse_dns_message out = read_whole(&m, NULL);

    (void)state;
    assert_int_equal(m.length, 35); /* the plain probe of the field */
    assert_int_equal(out.id, 0x1234);
    assert_false(out.response);
    assert_int_equal(out.qtype, TXT);
    assert_int_equal(out.name, OBS_NAME_DEBUG);
    assert_string_equal(out.qname, "debug.opendns.com");
    assert_true(sse_dns_is_plausible(&out));
}

static void case_does_not_matter(void **state)
{
    message a = start(QUERY, "debug.opendns.com", TXT), b = start(QUERY, "DeBuG.OpenDNS.com", TXT);
    sse_dns_message first = read_whole(&a, NULL), second = read_whole(&b, NULL);

    (void)state;
    assert_int_equal(second.name, OBS_NAME_DEBUG);
    assert_int_equal(first.question, second.question);
    assert_string_equal(second.qname, "debug.opendns.com");
}

static void name_type_and_class_make_the_question(void **state)
{
    message base = start(QUERY, "debug.opendns.com", TXT);
    message others[3] = { start(QUERY, "debug.opendns.org", TXT), start(QUERY, "debug.opendns.com", 1), base };
    sse_dns_message first = read_whole(&base, NULL);

    (void)state;
    others[2].bytes[others[2].length - 1] = 3;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        assert_int_not_equal(read_whole(&others[i], NULL).question, first.question);
}

static void a_query_cut_in_its_name_says_so(void **state)
{
    message m = start(QUERY, "debug.opendns.com", TXT);
    sse_dns_message out;

    (void)state;
    for (uint32_t captured = 12; captured < 35; captured++) {
        assert_true(read_cut(&m, captured, &out, NULL));
        if (!out.cut_name)
            fail_msg("cut at %u is not noticed", captured);
        assert_int_equal(out.name, OBS_NAME_OTHER);
        assert_int_equal(out.id, 0x1234);
    }
}

static void a_short_message_that_is_not_cut_is_no_dns(void **state)
{
    message m = start(QUERY, "debug.opendns.com", TXT);
    sse_dns_message out;

    (void)state;
    m.length = 30;
    assert_false(read_cut(&m, 30, &out, NULL));
    m.length = 11;
    assert_false(read_cut(&m, 11, &out, NULL));
}

static void two_questions_other_opcodes_and_loops_are_no_dns(void **state)
{
    message two = start(QUERY, "debug.opendns.com", TXT), update = start(QUERY | 5 << 11, "debug.opendns.com", TXT);
    message loop = start(QUERY, "x", TXT);
    sse_dns_message out;

    (void)state;
    two.bytes[5] = 2;
    assert_false(read_cut(&two, two.length, &out, NULL));
    assert_false(read_cut(&update, update.length, &out, NULL));
    loop.bytes[12] = 0xc0; /* the name points to itself */
    loop.bytes[13] = 12;
    assert_false(read_cut(&loop, loop.length, &out, NULL));
}

static void names_in_the_question_are_printable(void **state)
{
    message m = start(QUERY, "a\x01\xff" "b c.example", TXT);
    sse_dns_message out = read_whole(&m, NULL);

    (void)state;
    for (const char *c = out.qname; *c != '\0'; c++)
        assert_true(*c > 0x20 && *c < 0x7f);
}

static void quic_and_noise_are_not_plausible(void **state)
{
    message m = start(QUERY, "debug.opendns.com", TXT);
    sse_dns_message out;

    (void)state;
    m.bytes[ANSWER + 1] = 9; /* a query with answers */
    assert_true(sse_dns_read_question(&out, m.bytes, m.length, m.length, &names));
    assert_false(sse_dns_is_plausible(&out));
    m = start(RESPONSE, "debug.opendns.com", TXT);
    m.bytes[ANSWER] = 0xff; /* more records than bytes */
    assert_true(sse_dns_read_question(&out, m.bytes, m.length, m.length, &names));
    assert_false(sse_dns_is_plausible(&out));
}

/* ---- debug strings ---- */

static void the_debug_strings_of_a_reply(void **state)
{
    message m = start(RESPONSE, "debug.opendns.com", TXT);
    sse_dns_message out;
    obs_dns dns;

    (void)state;
    txt(&m, ANSWER, "server r5.lon");
    txt(&m, ANSWER, "device 010182cb7cb0be0c");
    txt(&m, ANSWER, "flags 40034 0 186040 1E10000074060000060039F0400FE2080081681");
    txt(&m, ANSWER, "originid 472625284");
    txt(&m, ANSWER, "orgid 2353377");
    txt(&m, ANSWER, "actype 0");
    txt(&m, ANSWER, "source 192.0.2.43:61225");
    txt(&m, ANSWER, "dnscrypt enabled (716A7A6D6D486A53)");
    out = read_whole(&m, NULL);
    assert_true(out.server_string);
    assert_false(out.certificate);
    assert_false(out.court_order);
    assert_string_equal(out.identity.server, "r5.lon");
    assert_string_equal(out.identity.device, "010182cb7cb0be0c");
    assert_string_equal(out.identity.originid, "472625284");
    assert_string_equal(out.identity.orgid, "2353377");
    assert_string_equal(out.identity.source, "192.0.2.43:61225");
    assert_true(out.identity.dnscrypt);
    sse_dns_observation(&out, SSE_UDP, &dns);
    assert_true(dns.response);
    assert_true(dns.server_string);
    assert_int_equal(dns.answers, 8);
    assert_non_null(dns.identity);
}

static const sse_dns_item *item_of(const sse_dns_items *items, sse_dns_item_kind kind)
{
    for (unsigned i = 0; i < items->count; i++)
        if (items->item[i].kind == kind)
            return &items->item[i];
    return NULL;
}

static void the_server_is_taken_apart(void **state)
{
    static const struct { const char *string, *node, *site; } rows[] = {
        { "server r5.lon", "r5", "lon" }, { "server m1234.home", "m1234", "home" }, { "server a.b.nrt", "a.b", "nrt" },
        { "server r5", NULL, NULL }, { "server .lon", NULL, NULL }, { "server r5.", NULL, NULL }, { "server ", NULL, NULL },
        { "server r5\x1b.lon", NULL, NULL }, { "server r5.l n", NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        message m = start(RESPONSE, "debug.opendns.com", TXT);
        const sse_dns_item *node, *site;
        sse_dns_items items;

        txt(&m, ANSWER, rows[i].string);
        read_whole(&m, &items);
        node = item_of(&items, SSE_DNS_SERVER_NODE);
        site = item_of(&items, SSE_DNS_SERVER_SITE);
        feed_row("%s", rows[i].string);
        assert_int_equal(node != NULL, rows[i].node != NULL);
        assert_int_equal(site != NULL, rows[i].site != NULL);
        if (node != NULL) {
            assert_string_equal(node->text, rows[i].node);
            assert_string_equal(site->text, rows[i].site);
            assert_memory_equal(m.bytes + site->offset, rows[i].site, site->length);
        }
    }
}

static void every_debug_key_is_an_item(void **state)
{
    static const struct { const char *string; sse_dns_item_kind kind; const char *value; } rows[] = {
        { "flags 20 0 70 795", SSE_DNS_FLAGS, "20 0 70 795" }, { "orgflags 100A6", SSE_DNS_ORGFLAGS, "100A6" },
        { "actype 0", SSE_DNS_ACTYPE, "0" }, { "bundle 6892016", SSE_DNS_BUNDLE, "6892016" },
        { "remoteip 192.0.2.1", SSE_DNS_REMOTEIP, "192.0.2.1" }, { "user id 5e4d", SSE_DNS_USER, "5e4d" },
        { "user me", SSE_DNS_USER, "me" }, { "appliance 1", SSE_DNS_APPLIANCE, "1" }, { "host h", SSE_DNS_HOST, "h" },
        { "dnscrypt enabled (716A7A6D6D486A53)", SSE_DNS_DNSCRYPT, "enabled (716A7A6D6D486A53)" },
        { "novelty 1", SSE_DNS_TEXT, "novelty 1" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        message m = start(RESPONSE, "debug.opendns.com", TXT);
        sse_dns_items items;

        txt(&m, ANSWER, rows[i].string);
        read_whole(&m, &items);
        feed_row("%s", rows[i].string);
        assert_non_null(item_of(&items, rows[i].kind));
        assert_string_equal(item_of(&items, rows[i].kind)->text, rows[i].value);
    }
}

static void certificates_of_an_answer(void **state)
{
    message m = start(RESPONSE, "2.dnscrypt-cert.opendns.com", TXT);
    sse_dns_message out;
    uint8_t data[125] = { 124, 'D', 'N', 'S', 'C' };

    (void)state;
    for (unsigned i = 0; i < SSE_DNS_CERTIFICATES + 3; i++)
        record(&m, ANSWER, NULL, TXT, 1, data, sizeof data);
    out = read_whole(&m, NULL);
    assert_int_equal(out.n_certificates, SSE_DNS_CERTIFICATES);
    for (unsigned i = 0; i < out.n_certificates; i++) {
        assert_int_equal(out.certificates[i].length, 124);
        assert_memory_equal(m.bytes + out.certificates[i].offset, "DNSC", 4);
    }
}

static void old_servers_say_id(void **state)
{
    message m = start(RESPONSE, "debug.opendns.com", TXT);

    (void)state;
    txt(&m, ANSWER, "server 11.sin");
    txt(&m, ANSWER, "id 42");
    assert_string_equal(read_whole(&m, NULL).identity.originid, "42");
}

static void a_server_string_starts_so(void **state)
{
    static const char *const strings[] = { "servers r5", "a server r5.lon", "SERVER r5", "server", "" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++) {
        message m = start(RESPONSE, "debug.opendns.com", TXT);

        txt(&m, ANSWER, strings[i]);
        if (read_whole(&m, NULL).server_string)
            fail_msg("\"%s\" is taken for the server string", strings[i]);
    }
}

/* "a TXT answer": what stands elsewhere in the message is no answer. */
static void strings_outside_the_answers_prove_nothing(void **state)
{
    static const unsigned sections[] = { AUTHORITY, ADDITIONAL };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        message m = start(RESPONSE, "debug.opendns.com", TXT);
        sse_dns_message out;

        txt(&m, sections[i], "server r5.lon");
        txt(&m, sections[i], "DNSC certificate");
        out = read_whole(&m, NULL);
        if (out.server_string || out.certificate)
            fail_msg("section %zu: server %d, certificate %d", i, out.server_string, out.certificate);
    }
}

static void strings_of_a_query_prove_nothing(void **state)
{
    message m = start(QUERY, "debug.opendns.com", TXT);

    (void)state;
    txt(&m, ADDITIONAL, "server r5.lon");
    assert_false(read_whole(&m, NULL).server_string);
}

static void the_legal_notice_among_the_additional_records(void **state)
{
    message m = start(RESPONSE | 5, "debug.opendns.com", TXT);

    (void)state;
    txt(&m, ADDITIONAL, "Due to a court order in France issued under Article L.333-10 of the French Sport code the OpenDNS service is not "
                        "currently available to users in France and certain French territories.");
    assert_true(read_whole(&m, NULL).court_order);
}

static void the_legal_notice_in_any_words_and_section(void **state)
{
    static const struct { const char *first, *second; bool there; } rows[] = {
        { "The OpenDNS service is currently unavailable in France due to a court order under Article L.333-10.", NULL, true },
        { "THE OPENDNS SERVICE IS NOT AVAILABLE: COURT ORDER", NULL, true },
        { "By court or", "der the OpenDNS serv", false },
        { "By court or", "der the OpenDNS service", true },
        { "a court order", NULL, false },
        { "the OpenDNS service", NULL, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (int section = ANSWER; section <= ADDITIONAL; section++) {
            message m = start(RESPONSE, "debug.opendns.com", TXT);
            uint8_t data[512];
            size_t used = 0;

            for (unsigned k = 0; k < 2; k++) {
                const char *part = k == 0 ? rows[i].first : rows[i].second;

                if (part == NULL)
                    continue;
                data[used] = (uint8_t)strlen(part);
                memcpy(data + used + 1, part, strlen(part));
                used += 1 + strlen(part);
            }
            record(&m, section, NULL, TXT, 1, data, (uint16_t)used);
            if (read_whole(&m, NULL).court_order != rows[i].there)
                fail_msg("row %zu, section %d", i, section);
        }
    }
}

static void extended_errors(void **state)
{
    static const uint8_t censored[] = { 0, 15, 0, 2, 0, 16 }, other[] = { 0, 15, 0, 2, 0, 15 }, short_one[] = { 0, 15, 0, 1, 16 };
    message m = start(RESPONSE | 5, "debug.opendns.com", TXT);

    (void)state;
    record(&m, ADDITIONAL, "", OPT, 1232, censored, sizeof censored);
    assert_true(read_whole(&m, NULL).censored);
    m = start(RESPONSE | 5, "debug.opendns.com", TXT);
    record(&m, ADDITIONAL, "", OPT, 1232, other, sizeof other);
    assert_false(read_whole(&m, NULL).censored);
    m = start(RESPONSE | 5, "debug.opendns.com", TXT);
    record(&m, ADDITIONAL, "", OPT, 1232, short_one, sizeof short_one);
    assert_false(read_whole(&m, NULL).censored);
    m = start(QUERY, "debug.opendns.com", TXT);
    record(&m, ADDITIONAL, "", OPT, 1232, censored, sizeof censored);
    assert_false(read_whole(&m, NULL).censored);
}

static void a_certificate_is_recognised_by_its_magic(void **state)
{
    static const uint8_t data[125] = { 124, 'D', 'N', 'S', 'C', 0, 1, 0, 0, 0xff, 0x00, 0x80 };
    message m = start(RESPONSE, "2.dnscrypt-cert.opendns.com", TXT);
    sse_dns_message out;

    (void)state;
    record(&m, ANSWER, NULL, TXT, 1, data, sizeof data);
    out = read_whole(&m, NULL);
    assert_int_equal(out.name, OBS_NAME_CERT);
    assert_true(out.certificate);
    assert_false(out.server_string);
}

static void strings_come_out_printable(void **state)
{
    message m = start(RESPONSE, "debug.opendns.com", TXT);
    sse_dns_message out;

    (void)state;
    txt(&m, ANSWER, "server \x1b[31m\xe2\x80\xae\r\n");
    out = read_whole(&m, NULL);
    assert_true(out.server_string);
    for (const char *c = out.identity.server; *c != '\0'; c++)
        assert_true(*c >= 0x20 && *c < 0x7f);
}

static void long_strings_are_cut_to_their_place(void **state)
{
    message m = start(RESPONSE, "debug.opendns.com", TXT);
    char string[256];
    sse_dns_message out;

    (void)state;
    memset(string, 'x', 255);
    string[255] = '\0';
    memcpy(string, "orgid ", 6);
    txt(&m, ANSWER, string);
    out = read_whole(&m, NULL);
    assert_true(memchr(out.identity.orgid, 0, sizeof out.identity.orgid) != NULL);
}

/* ---- EDNS options of a query ---- */

static void options(message *m, const void *data, size_t length)
{
    record(m, ADDITIONAL, "", OPT, 4096, data, length);
}

static void the_umbrella_option_names_organisation_and_device(void **state)
{
    static const uint8_t data[] = {
        0x4f, 0x44, 0, 28, 'O', 'D', 'N', 'S', 1, 0, 0, 8, 0, 0x23, 0xe8, 0xe1, 0, 0x10, 192, 0, 2, 5, 0, 0x40, 1, 2, 3, 4, 5, 6, 7, 8,
    };
    message m = start(QUERY, "debug.opendns.com", TXT);
    sse_dns_message out;
    sse_dns_items items;

    (void)state;
    options(&m, data, sizeof data);
    assert_int_equal(m.length, 78); /* 120 bytes as an Ethernet frame */
    out = read_whole(&m, &items);
    assert_true(out.has_identity);
    assert_string_equal(out.identity.orgid, "2353377");
    assert_string_equal(out.identity.device, "0102030405060708");
    assert_int_equal(items.count, 3);
    assert_string_equal(items.item[1].text, "192.0.2.5");
}

static void the_device_option_in_both_codes(void **state)
{
    static const uint16_t codes[] = { 26946, 4 };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        uint8_t data[19] = { (uint8_t)(codes[i] >> 8), (uint8_t)codes[i], 0, 15, 'O', 'p', 'e', 'n', 'D', 'N', 'S', 1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };
        message m = start(QUERY, "debug.opendns.com", TXT);

        options(&m, data, sizeof data);
        assert_string_equal(read_whole(&m, NULL).identity.device, "0123456789abcdef");
    }
}

static void an_unknown_type_ends_the_umbrella_option(void **state)
{
    static const uint8_t data[] = {
        0x4f, 0x44, 0, 24, 'O', 'D', 'N', 'S', 1, 0, 0, 8, 0, 0, 0, 42, 0x09, 0x99, 0, 0x40, 1, 2, 3, 4, 5, 6, 7, 8,
    };
    message m = start(QUERY, "debug.opendns.com", TXT);
    sse_dns_message out;

    (void)state;
    options(&m, data, sizeof data);
    out = read_whole(&m, NULL);
    assert_string_equal(out.identity.orgid, "42");
    assert_string_equal(out.identity.device, "");
}

static void an_option_of_another_form_is_bytes(void **state)
{
    static const struct { const char *what, *data; uint32_t length, shown; } rows[] = {
        { "20292, other magic", "\x4f\x44\0\6OTHR\1\0", 10, 6 }, { "20292, version 2", "\x4f\x44\0\6ODNS\2\0", 10, 6 },
        { "20292, too short", "\x4f\x44\0\2OD", 6, 2 }, { "20292, empty", "\x4f\x44\0\0", 4, 0 },
        { "26946, too short", "\x69\x42\0\3Ope", 7, 3 }, { "4, of somebody else", "\0\4\0\3abc", 7, 0 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        message m = start(QUERY, "www.example.com", 1);
        const sse_dns_item *item;
        sse_dns_items items;

        options(&m, rows[i].data, rows[i].length);
        feed_row("%s", rows[i].what);
        assert_false(read_whole(&m, &items).has_identity);
        item = item_of(&items, SSE_DNS_EDNS_UNKNOWN);
        assert_int_equal(item != NULL ? item->length : 0, rows[i].shown);
    }
}

static void options_longer_than_their_record_are_not_read(void **state)
{
    static const uint8_t data[] = { 0x4f, 0x44, 0xff, 0xff, 'O', 'D', 'N', 'S', 1, 0, 0, 8, 0, 0, 0, 42 };
    message m = start(QUERY, "debug.opendns.com", TXT);

    (void)state;
    options(&m, data, sizeof data);
    assert_false(read_whole(&m, NULL).has_identity);
}

/* ---- addresses ---- */

static void expect_addresses(const sse_dns_message *m, const char *const *expected, unsigned count)
{
    char text[SSE_ADDR_TEXT];

    assert_int_equal(m->n_addresses, count);
    for (unsigned i = 0; i < count; i++)
        assert_string_equal(sse_addr_text(&m->addresses[i], text), expected[i]);
}

static void addresses_along_the_cname_chain(void **state)
{
    static const char *const expected[] = { "18.135.112.200", "2a05:d01c::10" };
    message m = start(RESPONSE, GATEWAY_NAME, 1);
    sse_dns_message out;

    (void)state;
    cname(&m, NULL, GATEWAY_CNAME);
    cname(&m, GATEWAY_CNAME, "k8s-sigproxy.elb.eu-west-2.amazonaws.com");
    address(&m, "k8s-sigproxy.elb.eu-west-2.amazonaws.com", "18.135.112.200");
    address(&m, "K8S-sigproxy.elb.eu-west-2.amazonaws.com", "2a05:d01c::10");
    out = read_whole(&m, NULL);
    assert_int_equal(out.name, OBS_NAME_GATEWAY);
    expect_addresses(&out, expected, 2);
}

static void the_chain_may_be_out_of_order(void **state)
{
    static const char *const expected[] = { "18.135.112.200" };
    message m = start(RESPONSE, GATEWAY_NAME, 1);
    sse_dns_message out;

    (void)state;
    address(&m, "end.example", "18.135.112.200");
    cname(&m, "middle.example", "end.example");
    cname(&m, NULL, "middle.example");
    out = read_whole(&m, NULL);
    expect_addresses(&out, expected, 1);
}

static void a_gateways_answer_may_only_name_another_name(void **state)
{
    message m = start(RESPONSE, GATEWAY_NAME, 1), sinkhole = start(RESPONSE, GATEWAY_NAME, 1);
    sse_dns_message out;

    (void)state;
    cname(&m, NULL, "Middle.example");
    cname(&m, "middle.example", "end.example");
    out = read_whole(&m, NULL);
    assert_int_equal(out.n_addresses, 0);
    assert_int_equal(out.n_aliases, 2);
    assert_string_equal(out.aliases[0].text, "middle.example");
    assert_string_equal(out.aliases[1].text, "end.example");
    assert_false(out.sinkhole);
    cname(&sinkhole, NULL, "sinkhole.paloaltonetworks.com");
    assert_true(read_whole(&sinkhole, NULL).sinkhole);
}

static void addresses_of_other_names_are_not_taken(void **state)
{
    message m = start(RESPONSE, GATEWAY_NAME, 1);
    sse_dns_message out;

    (void)state;
    address(&m, "other.example", "18.135.112.200");
    out = read_whole(&m, NULL);
    assert_int_equal(out.n_addresses, 0);
}

static void addresses_outside_the_answers_are_not_taken(void **state)
{
    message m = start(RESPONSE, GATEWAY_NAME, 1);
    sse_addr addr = feed_addr(GATEWAY);

    (void)state;
    record(&m, ADDITIONAL, NULL, 1, 1, addr.bytes, 4);
    assert_int_equal(read_whole(&m, NULL).n_addresses, 0);
}

static void addresses_of_a_wrong_length_are_not_taken(void **state)
{
    message m = start(RESPONSE, GATEWAY_NAME, 1);
    sse_addr addr = feed_addr(GATEWAY);

    (void)state;
    record(&m, ANSWER, NULL, 1, 1, addr.bytes, 5);
    record(&m, ANSWER, NULL, 28, 1, addr.bytes, 4);
    assert_int_equal(read_whole(&m, NULL).n_addresses, 0);
}

static void a_cname_loop_ends(void **state)
{
    message m = start(RESPONSE, GATEWAY_NAME, 1);

    (void)state;
    cname(&m, NULL, "a.example");
    cname(&m, "a.example", GATEWAY_NAME);
    assert_int_equal(read_whole(&m, NULL).n_addresses, 0);
}

static void more_addresses_than_there_is_room_for(void **state)
{
    message m = start(RESPONSE, GATEWAY_NAME, 1);

    (void)state;
    for (int i = 0; i < SSE_DNS_ADDRESSES + 20; i++)
        address(&m, NULL, GATEWAY);
    assert_int_equal(read_whole(&m, NULL).n_addresses, SSE_DNS_ADDRESSES);
}

/* ---- hostile ---- */

static message busy_message(void)
{
    static const uint8_t data[] = {
        0x4f, 0x44, 0, 20, 'O', 'D', 'N', 'S', 1, 0, 0, 8, 0, 0, 0, 42, 0, 0x40, 1, 2, 3, 4, 5, 6, 7, 8,
    };
    message m = start(RESPONSE, GATEWAY_NAME, 1);

    cname(&m, NULL, "a.example");
    address(&m, "a.example", GATEWAY);
    txt(&m, ANSWER, "server r5.lon");
    txt(&m, ADDITIONAL, "Due to a court order");
    options(&m, data, sizeof data);
    return m;
}

static void a_chain_has_so_many_names(void **state)
{
    char from[32] = "", to[32];

    (void)state;
    /* The question's name is the first of 16. */
    for (int aliases = 14; aliases <= 17; aliases++) {
        message m = start(RESPONSE, GATEWAY_NAME, 1);

        for (int i = 0; i < aliases; i++) {
            snprintf(to, sizeof to, "a%d.example", i);
            cname(&m, i == 0 ? NULL : from, to);
            memcpy(from, to, sizeof from);
        }
        address(&m, from, GATEWAY);
        assert_int_equal(read_whole(&m, NULL).n_addresses, aliases <= 15);
    }
}

/* 512 records of a message are read, in any section: a message of 64 KiB holds
 * thousands. */
static void a_thousand_records(void **state)
{
    message m = start(RESPONSE, "debug.opendns.com", TXT), late = start(RESPONSE, GATEWAY_NAME, 1);
    sse_dns_items items;

    (void)state;
    for (int i = 0; i < 2000; i++) {
        txt(&m, ANSWER, "server r5.lon");
        if (i < 1000)
            cname(&late, "other.example", "another.example");
    }
    assert_true(m.length > 50000);
    assert_true(read_whole(&m, &items).server_string);
    assert_int_equal(items.count, SSE_DNS_ITEMS);
    address(&late, NULL, GATEWAY);
    assert_int_equal(read_whole(&late, NULL).n_addresses, 0);
}

/* An A record whose name is a pointer. */
static void record_of_pointer(message *m, unsigned to, const sse_addr *addr)
{
    put16(m, 0xc000 | to);
    put16(m, 1);
    put16(m, 1);
    put16(m, 0);
    put16(m, 0);
    put16(m, 4);
    put_bytes(m, addr->bytes, 4);
}

/* Each pointer of a row goes to the one before it, the first to the question. */
static void a_name_has_so_many_pointers(void **state)
{
    sse_addr addr = feed_addr(GATEWAY);

    (void)state;
    for (unsigned jumps = 126; jumps <= 130; jumps++) {
        message m = start(RESPONSE, GATEWAY_NAME, 1), row = { .length = 0 };
        unsigned at = m.length + 12; /* of the first record's data: NULL, 16 bits each */

        for (unsigned i = 0; i + 1 < jumps; i++)
            put16(&row, 0xc000 | (i == 0 ? 12 : at + 2 * (i - 1)));
        record(&m, ANSWER, NULL, 10, 1, row.bytes, row.length);
        record_of_pointer(&m, at + row.length - 2, &addr);
        m.bytes[ANSWER + 1]++;
        assert_int_equal(read_whole(&m, NULL).n_addresses, jumps <= 128);
    }
}

/* A string whose record has this name. @return whether it was read */
static bool is_read_behind(const void *owner, size_t length)
{
    static const char string[] = "\15server r5.lon";
    message m = start(RESPONSE, "debug.opendns.com", TXT);

    put_bytes(&m, owner, length);
    put16(&m, TXT);
    put16(&m, 1);
    put16(&m, 0);
    put16(&m, 0);
    put16(&m, sizeof string - 1);
    put_bytes(&m, string, sizeof string - 1);
    m.bytes[ANSWER + 1]++;
    return read_whole(&m, NULL).server_string;
}

/* Of a record that is no address the name is passed over, where it is one. */
static void the_name_of_a_string_is_passed_over(void **state)
{
    static const struct { const char *owner; size_t length; bool read; } rows[] = {
        { "\xc0\x0c", 2, true },                        /* the question's */
        { "", 1, true },                                /* the root */
        { "\5debug\7opendns\3com", 19, true },
        { "\5debug\xc0\x12", 8, true },
        { "\xc0\x23", 2, false },                       /* itself */
        { "\1x\xc0\x23", 4, false },
        { "\xc1\xff", 2, false },                       /* onwards */
        { "\x80\x0c", 2, false }, { "\x40\x0c", 2, false }, /* no label, no pointer */
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_int_equal(is_read_behind(rows[i].owner, rows[i].length), rows[i].read);
    /* No name is longer than 255 bytes (RFC 1035 section 2.3.4). */
    for (unsigned last = 61; last <= 62; last++) {
        message name = { .length = 0 };

        for (unsigned i = 0; i < 4; i++) {
            const unsigned label = i < 3 ? 63 : last;

            put8(&name, label);
            for (unsigned k = 0; k < label; k++)
                put8(&name, 'x');
        }
        put8(&name, 0);
        assert_int_equal(is_read_behind(name.bytes, name.length), last == 61);
    }
}

/* Of 500 records each of whose names takes 100 labels by as many pointers, the names of a
 * message together cost so many steps and no more; whoever stands before the end of
 * the budget is read. */
static void all_names_together_have_a_budget(void **state)
{
    message m = start(RESPONSE, GATEWAY_NAME, 1), row = { .length = 0 };
    const unsigned at = m.length + 12;
    sse_addr addr = feed_addr(GATEWAY);
    sse_dns_message out;

    (void)state;
    record(&m, ANSWER, NULL, 1, 1, addr.bytes, 4);
    for (unsigned i = 0; i < 100; i++) {
        put_bytes(&row, "\1x", 2);
        put16(&row, 0xc000 | (i == 0 ? 12 : at + 16 + 4 * (i - 1)));
    }
    record(&m, ANSWER, NULL, 10, 1, row.bytes, row.length);
    for (unsigned i = 0; i < 500; i++)
        record_of_pointer(&m, at + 16 + 4 * 99, &addr);
    m.bytes[ANSWER] = (uint8_t)((502 & 0xffff) >> 8);
    m.bytes[ANSWER + 1] = (uint8_t)502;
    out = read_whole(&m, NULL);
    assert_int_equal(out.n_addresses, 1);
    assert_true(out.steps >= 12000 && out.steps <= 13000);
}

/* What the header announces and the message does not hold. */
static void absurd_counts(void **state)
{
    message m = busy_message();
    sse_dns_message out;

    (void)state;
    for (unsigned section = ANSWER; section <= ADDITIONAL; section += 2)
        m.bytes[section] = m.bytes[section + 1] = 0xff;
    out = read_whole(&m, NULL);
    assert_int_equal(out.count[1], 0xffff);
    assert_int_equal(out.n_addresses, 1);
    assert_true(out.server_string);
}

/* A label of length zero ends a name, wherever it stands. */
static void labels_of_length_zero(void **state)
{
    message m = start(RESPONSE, GATEWAY_NAME, 1), root = start(QUERY, "", TXT);
    sse_addr addr = feed_addr(GATEWAY);

    (void)state;
    record(&m, ANSWER, "", 1, 1, addr.bytes, 4);
    record(&m, ANSWER, "", 5, 1, "", 1);
    cname(&m, NULL, "");
    record(&m, ANSWER, "", 1, 1, addr.bytes, 4);
    /* The root is an alias from its CNAME on: found in the next pass. */
    assert_int_equal(read_whole(&m, NULL).n_addresses, 2);
    assert_int_equal(read_whole(&root, NULL).name, OBS_NAME_OTHER);
}

static void every_cut_is_harmless(void **state)
{
    message m = busy_message();
    sse_dns_message out;
    sse_dns_items items;

    (void)state;
    for (uint32_t captured = 0; captured <= m.length; captured++)
        read_cut(&m, captured, &out, &items);
    assert_true(out.server_string);
}

static void every_changed_byte_is_harmless(void **state)
{
    message m = busy_message();
    sse_dns_message out;
    sse_dns_items items;

    (void)state;
    for (uint32_t at = 0; at < m.length; at++) {
        uint8_t was = m.bytes[at];

        for (unsigned value = 0; value < 256; value += 3) {
            m.bytes[at] = (uint8_t)value;
            if (!read_cut(&m, m.length, &out, &items))
                continue;
            assert_true(out.n_addresses <= SSE_DNS_ADDRESSES);
            assert_true(items.count <= SSE_DNS_ITEMS);
            assert_true(memchr(out.qname, 0, sizeof out.qname) != NULL);
        }
        m.bytes[at] = was;
    }
}

static void more_items_than_there_is_room_for(void **state)
{
    message m = start(RESPONSE, "debug.opendns.com", TXT);
    sse_dns_items items;

    (void)state;
    for (int i = 0; i < SSE_DNS_ITEMS + 10; i++)
        txt(&m, ANSWER, "bundle 1");
    read_whole(&m, &items);
    assert_int_equal(items.count, SSE_DNS_ITEMS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_classified),
        cmocka_unit_test(gateway_names_may_be_written_in_three_ways),
        cmocka_unit_test(an_error_names_the_bad_name),
        cmocka_unit_test(a_query_is_read),
        cmocka_unit_test(case_does_not_matter),
        cmocka_unit_test(name_type_and_class_make_the_question),
        cmocka_unit_test(a_query_cut_in_its_name_says_so),
        cmocka_unit_test(a_short_message_that_is_not_cut_is_no_dns),
        cmocka_unit_test(two_questions_other_opcodes_and_loops_are_no_dns),
        cmocka_unit_test(names_in_the_question_are_printable),
        cmocka_unit_test(quic_and_noise_are_not_plausible),
        cmocka_unit_test(the_debug_strings_of_a_reply),
        cmocka_unit_test(old_servers_say_id),
        cmocka_unit_test(a_server_string_starts_so),
        cmocka_unit_test(strings_outside_the_answers_prove_nothing),
        cmocka_unit_test(strings_of_a_query_prove_nothing),
        cmocka_unit_test(the_legal_notice_among_the_additional_records),
        cmocka_unit_test(the_legal_notice_in_any_words_and_section),
        cmocka_unit_test(extended_errors),
        cmocka_unit_test(a_certificate_is_recognised_by_its_magic),
        cmocka_unit_test(strings_come_out_printable),
        cmocka_unit_test(long_strings_are_cut_to_their_place),
        cmocka_unit_test(the_umbrella_option_names_organisation_and_device),
        cmocka_unit_test(the_device_option_in_both_codes),
        cmocka_unit_test(an_unknown_type_ends_the_umbrella_option),
        cmocka_unit_test(an_option_of_another_form_is_bytes),
        cmocka_unit_test(the_server_is_taken_apart),
        cmocka_unit_test(every_debug_key_is_an_item),
        cmocka_unit_test(certificates_of_an_answer),
        cmocka_unit_test(options_longer_than_their_record_are_not_read),
        cmocka_unit_test(addresses_along_the_cname_chain),
        cmocka_unit_test(the_chain_may_be_out_of_order),
        cmocka_unit_test(a_gateways_answer_may_only_name_another_name), cmocka_unit_test(addresses_of_other_names_are_not_taken),
        cmocka_unit_test(addresses_outside_the_answers_are_not_taken),
        cmocka_unit_test(addresses_of_a_wrong_length_are_not_taken),
        cmocka_unit_test(a_cname_loop_ends),
        cmocka_unit_test(more_addresses_than_there_is_room_for),
        cmocka_unit_test(a_chain_has_so_many_names),
        cmocka_unit_test(a_thousand_records),
        cmocka_unit_test(a_name_has_so_many_pointers), cmocka_unit_test(the_name_of_a_string_is_passed_over),
        cmocka_unit_test(all_names_together_have_a_budget),
        cmocka_unit_test(absurd_counts),
        cmocka_unit_test(labels_of_length_zero),
        cmocka_unit_test(every_cut_is_harmless),
        cmocka_unit_test(every_changed_byte_is_harmless),
        cmocka_unit_test(more_items_than_there_is_room_for),
    };

    return cmocka_run_group_tests(tests, names_setup, names_teardown);
}
