/* fuzz_verdict.c
 * The tracker, the verdict and the printers over any row of observations.
 *
 * The input is a row of records of eight bytes:
 *   0  what: kind (low 3 bits), and 5 bits for the kind
 *   1  how much later: an index into steps[] (low 5 bits); TTL (high 3)
 *   2  source: an index into cast[] (low 5 bits), link-layer address (high 3)
 *   3  destination (low 5 bits), payload (high 3)
 *   4  the client's port (low 4 bits), the server's (high 4)
 *   5-7 by kind
 * so that a mutation of one byte is one change of one packet. make_corpus.py
 * writes the same from captures. The first two bytes of the input: what is
 * configured, and which records a filter lets pass.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fuzz.h"

#include <string.h>

#include "print.h"
#include "layout.h"
#include "log_report.h"
#include "names.h"
#include "outcome.h"
#include "timeline.h"
#include "tracker.h"
#include "verdict.h"

static const char *const cast[32] = {
    "10.0.0.5", "10.0.0.6", "2001:db8::5", "192.0.2.7",                    /* 0-3: clients */
    "208.67.222.222", "208.67.220.220", "2620:119:35::35", "64:ff9b::d043:dede", /* 4-7: resolvers */
    "18.135.112.200", "3.0.39.255", "146.112.255.50", "2a00:1450:4009::77", /* 8-11: gateways to be */
    "10.0.0.1", "10.0.0.254", "93.184.216.34", "151.101.1.69",             /* 12-15: at home, sites */
    "2a00:1450:4009::8b", "127.0.0.1", "::1", "146.112.61.106",            /* 16-19 */
    "0.0.0.0", "255.255.255.255", "224.0.0.251", "::",                     /* 20-23 */
    "1.1.1.1", "8.8.8.8", "2001:db8::6", "10.0.0.7",                       /* 24-27 */
    "10.0.0.8", "fe80::1", "172.16.0.9", "146.112.63.3",                   /* 28-31 */
};

/* Of so many inputs one is printed: printing costs a hundred times what the tracker
 * does. Which one is a matter of its bytes, so that an input that breaks does so again.
 * With libFuzzer 64 (CMakeLists.txt); replay.c prints all. */
#ifndef SSE_PRINTS_ONE_OF
#define SSE_PRINTS_ONE_OF 1
#endif

/* What observe.c makes of the times of a file. */
#define FARTHEST (INT64_C(4500000000) * SSE_SECOND)

static const int64_t steps[32] = {
    0, 1, 1000, 1000000, 20000000, 50000000, 100000000, 170000000,
    500000000, 1000000000, 1000000001, 2000000000, 3000000000, 3000000001, 5000000000, 5000000001,
    10000000000, 15000000000, 30000000000, 60000000000, 120000000000, 600000000000, 600000000001, 3600000000000,
    -1000, -20000000, -1000000000, -1000000001, -5000000000, -600000000000, 2 * FARTHEST, -2 * FARTHEST,
};

static const uint16_t ports[16] = { 443, 53, 80, 443, 53, 5353, 443, 0, 8080, 3128, 22, 65535, 443, 53, 80, 443 };
static const uint8_t ttls[8] = { 128, 64, 255, 63, 50, 1, 0, 127 };

/* Names and strings as the readers hand them on, printable; and as they would
 * come through if a reader forgot. */
static const char *const names[8] = {
    "swg-url-proxy-https-sse.sigproxy.qq.opendns.com", "swg-url-proxy-https-1234567.sseproxy.qq.opendns.com",
    "a.sigproxy.qq.opendns.com", "b\\\"c.sseproxy.qq.opendns.com", "\x1b[31m\xe2\x80\xae.sigproxy.qq.opendns.com",
    "\xff\xfe.sigproxy.qq.opendns.com", "x\ny\r.sigproxy.qq.opendns.com", "",
};
static const char *const hosts[4] = { "www.example.com", "a\\x1b.example", "192.0.2.1", "\"'<;\xc2\x9b\xe2\x81\xa6" };

/* What was said to be final, to see whether it stays so. Packets that are not
 * in the order of time, and a port used for a new SYN at once, may change it. */
typedef struct said {
    uint32_t record;
    uint16_t attempts;
    uint8_t  outcome, of;
} said;

static sse_addr addresses[32];

static void identity_of(uint8_t how, obs_identity *identity)
{
    memset(identity, 0, sizeof *identity);
    if ((how & 1) != 0)
        g_strlcpy(identity->server, (how & 0x80) != 0 ? "m1\x1b[2J.\xe2\x80\xae" : "r5.lon", sizeof identity->server);
    if ((how & 2) != 0)
        g_snprintf(identity->orgid, sizeof identity->orgid, "%u", how & 0x7cu);
    if ((how & 4) != 0)
        g_strlcpy(identity->originid, (how & 0x40) != 0 ? "0" : "472625284", sizeof identity->originid);
    if ((how & 8) != 0)
        g_snprintf(identity->device, sizeof identity->device, "01%014x", how >> 6);
    if ((how & 16) != 0)
        g_snprintf(identity->source, sizeof identity->source, (how & 0x20) != 0 ? "198.51.100.%u:%u" : "[2001:db8::%u]:%u\n",
                   how, how * 7u);
    identity->dnscrypt = (how & 0x20) != 0;
}

static void feed_dns(sse_tracker *t, obs_packet *p, uint8_t what, fuzz_input *in, obs_dns *dns, obs_identity *identity,
                     sse_addr *answers)
{
    uint8_t a = fuzz_byte(in), b = fuzz_byte(in), c = fuzz_byte(in);

    (void)t;
    memset(dns, 0, sizeof *dns);
    dns->response = (what & 0x08) != 0;
    dns->name = (obs_name)(what >> 4 & 3);
    dns->cut_name = (what & 0xc0) == 0xc0;
    dns->truncated = (what & 0xc0) == 0x80;
    p->cut = (what & 0xc0) == 0x40;
    dns->id = a;
    dns->rcode = b & 7;
    dns->answers = b >> 3 & 3;
    dns->server_string = (b & 0x20) != 0;
    dns->certificate = (b & 0x40) != 0;
    dns->certificate_expired = (b & 0xc0) == 0xc0;
    dns->court_order = (b & 0xa0) == 0x80;
    dns->qtype = dns->name == OBS_NAME_DEBUG || dns->name == OBS_NAME_CERT ? 16 : (b & 0x10) != 0 ? 28 : 1;
    dns->qname = dns->name == OBS_NAME_GATEWAY ? names[c >> 5] : dns->name == OBS_NAME_OTHER ? hosts[c >> 6] : "debug.opendns.com";
    dns->question = g_str_hash(dns->qname) ^ dns->qtype;
    dns->addresses = answers;
    if (dns->name == OBS_NAME_GATEWAY) {
        for (unsigned i = 0; i < (b >> 3 & 3u); i++)
            answers[dns->n_addresses++] = addresses[(c + i) & 31];
    } else if (c != 0) {
        identity_of(c, identity);
        dns->identity = identity;
    }
    if (dns->cut_name) {
        dns->qname = NULL;
        dns->name = OBS_NAME_OTHER;
        dns->question = dns->qtype = 0;
    }
}

static void feed_tcp(sse_tracker *t, obs_packet *p, uint8_t what, fuzz_input *in)
{
    uint8_t a = fuzz_byte(in), b = fuzz_byte(in), c = fuzz_byte(in);
    obs_tcp tcp = { .flags = what >> 3 & 0x1f, .seq = (a & 0x0fu) * 1000, .ack = (uint32_t)(a >> 4) * 1000 + (b & 1),
                    .window = (b & 2) != 0 ? 0 : 64240 };
    obs_dns dns;
    obs_identity identity;
    sse_addr answers[4];

    p->payload_len = (b & 4) == 0 ? 0 : (b & 8) != 0 ? 1400 : 100;
    tcp.http.kind = p->payload_len > 0 && (b >> 4 & 7) <= OBS_HTTP_RESPONSE ? (obs_http_kind)(b >> 4 & 7) : OBS_HTTP_NONE;
    tcp.http.status = (uint16_t)(tcp.http.kind == OBS_HTTP_RESPONSE ? 100 + (c & 7) * 100 + (c >> 5) : 0);
    tcp.http.has_body = (c & 8) != 0;
    tcp.http.bodies = (c & 16) != 0;
    tcp.http.test = 1;
    if (tcp.http.kind == OBS_HTTP_CONNECT)
        g_strlcpy(tcp.http.host, hosts[c & 3], sizeof tcp.http.host);
    if ((b & 0x80) != 0 && p->payload_len > 0) {
        if ((c & 0x80) != 0) {
            tcp.dnscrypt = (obs_dnscrypt){ .kind = (c & 0x40) != 0 ? OBS_DNSCRYPT_QUERY : OBS_DNSCRYPT_REPLY,
                                           .has_nonce = true, .nonce = (c & 15) * UINT64_C(0x9E3779B97F4A7C15) };
        } else {
            feed_dns(t, p, (uint8_t)(c << 3), in, &dns, &identity, answers);
            dns.transport = SSE_TCP;
            sse_tracker_tcp(t, p, &tcp, &dns);
            return;
        }
    }
    sse_tracker_tcp(t, p, &tcp, NULL);
}

static void feed_icmp(sse_tracker *t, obs_packet *p, uint8_t what, fuzz_input *in)
{
    static const uint8_t types[8] = { 3, 3, 11, 1, 2, 3, 4, 12 };
    uint8_t a = fuzz_byte(in), b = fuzz_byte(in), c = fuzz_byte(in);
    obs_icmp icmp = { .type = types[what >> 3 & 7], .code = c & 15, .protocol = (what & 0x40) != 0 ? 6 : 17,
                      .src = p->dst, .dst = addresses[a & 31], .sport = p->sport, .dport = p->dport,
                      .seq = (uint32_t)(b & 15) * 1000, .has_dns_id = (what & 0x80) != 0, .dns_id = b,
                      .quoted_len = (c & 0x80) != 0 ? 1500 : 60 };

    if ((a & 0x80) != 0)
        icmp.src = addresses[b & 31];
    p->sport = p->dport = 0;
    sse_tracker_icmp(t, p, &icmp);
}

static void say_finals(const sse_tracker *t, GArray *finals)
{
    bool final;

    for (guint i = 0; i < t->probes->len && finals->len < 512; i++) {
        uint8_t outcome = (uint8_t)sse_probe_outcome_of(t, sse_tracker_probe(t, i), &final);
        said s = { i, 0, outcome, SSE_OF_PROBE };

        if (final)
            g_array_append_val(finals, s);
    }
    for (guint i = 0; i < t->handshakes->len && finals->len < 512; i++) {
        uint8_t outcome = (uint8_t)sse_handshake_outcome_of(t, sse_tracker_handshake(t, i), &final);
        said s = { i, sse_tracker_handshake(t, i)->attempts, outcome, SSE_OF_HANDSHAKE };

        if (final)
            g_array_append_val(finals, s);
    }
}

static void check_finals(const sse_tracker *t, const GArray *finals)
{
    for (guint i = 0; i < finals->len; i++) {
        const said *s = &g_array_index(finals, said, i);

        if (s->of == SSE_OF_PROBE)
            fuzz_require(sse_probe_outcome_of(t, sse_tracker_probe(t, s->record), NULL) == s->outcome);
        else if (sse_tracker_handshake(t, s->record)->attempts == s->attempts)
            fuzz_require(sse_handshake_outcome_of(t, sse_tracker_handshake(t, s->record), NULL) == s->outcome);
    }
}

/* Prints all forms. @return the JSON. */
static char *print(const sse_report *r)
{
    GString *text = sse_report_print(r, SSE_FORMAT_TEXT), *ticket = sse_report_print(r, SSE_FORMAT_TICKET);
    GString *json = sse_report_print(r, SSE_FORMAT_JSON), *html = sse_report_print(r, SSE_FORMAT_HTML);

    fuzz_require(strlen(text->str) == text->len && fuzz_is_safe_text(text->str, true));
    fuzz_require(strlen(ticket->str) == ticket->len && fuzz_is_safe_text(ticket->str, true));
    fuzz_require(strlen(json->str) == json->len && fuzz_is_safe_text(json->str, true));
    fuzz_require(strchr(json->str, '\n') == json->str + json->len - 1 && fuzz_is_json(json->str));
    fuzz_require(strlen(html->str) == html->len && fuzz_is_safe_text(html->str, true) && fuzz_is_balanced(html->str));
    g_string_free(text, TRUE);
    g_string_free(ticket, TRUE);
    g_string_free(html, TRUE);
    return g_string_free(json, FALSE);
}

/* Drawing a report changes nothing, and what is printed is safe. */
static void check_prints(sse_tracker *t, const sse_report *r, const sse_report *selected)
{
    sse_report *again = sse_verdict(t, NULL);
    char *one = print(r);
    GString *other = sse_report_print(again, SSE_FORMAT_JSON);

    fuzz_require(strcmp(one, other->str) == 0);
    g_free(one);
    g_string_free(other, TRUE);
    g_free(print(selected));
    sse_report_free(again);
}

/* A filter lets some packets pass. */
static sse_report *select_some(sse_tracker *t, uint8_t chosen)
{
    sse_selection *selection = sse_selection_new("ip.addr == 10.0.0.5 && \"\x1b\"");
    sse_report *selected;

    for (guint i = 0; i < t->marks->len; i++) {
        const sse_mark *mark = &g_array_index(t->marks, sse_mark, i);

        if ((mark->record + chosen) % 3 != 0)
            sse_selection_add(selection, (sse_mark_of)mark->of, mark->record, mark->kind == SSE_MARK_QUERY || mark->kind == SSE_MARK_SYN);
    }
    selected = sse_verdict(t, selection);
    sse_selection_free(selection);
    return selected;
}

static void check_report(sse_tracker *t, uint8_t chosen, bool prints)
{
    sse_report *r, *selected;

    sse_tracker_settle(t);
    r = sse_verdict(t, NULL);
    sse_note_frames(r);
    uint32_t frame = 0, counted = 0;

    for (guint i = 0; i < SSE_STATES; i++)
        counted += r->count_dns[i];
    fuzz_require(counted == r->clients->len);
    for (guint i = 0; i < t->marks->len; i++) {
        const sse_mark *mark = &g_array_index(t->marks, sse_mark, i);

        fuzz_require(mark->frame >= frame);
        frame = mark->frame;
    }
    for (unsigned i = 0; i < 32; i++)
        for (int version = 0; version <= 6; version += version == 0 ? 4 : 2)
            (void)sse_report_state_at(r, &addresses[i], version, frame);
    selected = select_some(t, chosen);
    if (prints)
        check_prints(t, r, selected);
    sse_report_free(r);
    sse_report_free(selected);
}

/* An entry of the client's log, off by so many seconds. */
static void feed_log(sse_tracker *t, uint32_t frame, int64_t time, uint8_t what, uint8_t how, uint16_t off, const sse_addr *about)
{
    static const uint16_t said_ports[4] = { 443, 53, 80, 0 };
    const obs_log entry = {
        .event = (obs_log_event)((how & 15) % OBS_LOG_EVENTS), .version = (how & 16) != 0 ? 6 : 4, .port = said_ports[how >> 6],
        .fail_open = (how & 32) != 0, .bypass = (how & 32) != 0, .is_protected = (how & 32) != 0, .address = *about,
    };

    if ((what & 16) == 0)
        sse_tracker_log(t, frame, time + (int16_t)off * SSE_SECOND, &entry, (what & 32) != 0 ? names[what >> 6] : NULL);
}

/* What is configured. The texts are read once, as Wireshark reads its preferences: for
 * each input that takes time in which nothing is tried. */
static sse_config config_of(uint8_t configured)
{
    static sse_config config;
    static GArray *gateways[2];

    if (config.resolvers == NULL) {
        char *error = NULL;

        config.resolvers = sse_ranges_parse("208.67.222.222, 208.67.220.220, 2620:119:35::35", false, &error);
        config.names.probes = sse_names_parse_probes(SSE_DEFAULT_PROBE_NAMES, &error);
        config.names.gateways = sse_names_parse_gateways(SSE_DEFAULT_GATEWAY_NAMES, &error);
        gateways[0] = sse_ranges_parse("", true, &error);
        gateways[1] = sse_ranges_parse("3.0.39.0/24, 10.0.0.7", true, &error);
        for (unsigned i = 0; i < G_N_ELEMENTS(cast); i++)
            (void)sse_addr_parse(cast[i], &addresses[i]);
    }
    config.gateways = gateways[configured & 1];
    config.probe_timeout = 5 * SSE_SECOND;
    config.syn_timeout = 3 * SSE_SECOND;
    config.redact = (configured & 2) != 0;
    config.log_shift = (configured & 8) != 0 ? -3600 * SSE_SECOND : 0;
    return config;
}

/* FNV-1a: single bytes are alike too often to choose by. */
static uint32_t hash_of(const uint8_t *data, size_t size)
{
    uint32_t hash = UINT32_C(2166136261);

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ data[i]) * UINT32_C(16777619);
    return hash >> 8;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in = { data, size };
    uint8_t configured = fuzz_byte(&in), chosen = fuzz_byte(&in);
    const sse_config config = config_of(configured);
    sse_tracker *t = sse_tracker_new(&config);
    GArray *finals = g_array_new(FALSE, FALSE, sizeof(said));
    int64_t time = (configured & 4) != 0 ? 0 : INT64_C(1724728063) * SSE_SECOND;
    const bool prints = hash_of(data, size) % SSE_PRINTS_ONE_OF == 0;
    uint32_t frame = 0;
    bool in_order = true;

    while (in.left >= 8 && frame < 4096) {
        uint8_t what = fuzz_byte(&in), when = fuzz_byte(&in), from = fuzz_byte(&in), to = fuzz_byte(&in);
        uint8_t port = fuzz_byte(&in);
        bool from_server = (what & 7) == 0 ? (what & 8) != 0 : (what & 7) == 6;
        uint16_t own = (uint16_t)(50000 + (port & 15)), server = ports[port >> 4];
        frame++;
        obs_packet p = { .frame = frame, .src = addresses[from & 31], .dst = addresses[to & 31],
                         .sport = from_server ? server : own, .dport = from_server ? own : server,
                         .ttl = ttls[when >> 5], .has_mac = (from & 0x80) == 0, .mac = { 2, 0, 0, 0, 0, from >> 5 },
                         .payload_hash = to >> 5, .payload_len = 60, .ip_id = (to & 0x80) != 0 ? (uint16_t)frame : to >> 5 };
        obs_dns dns;
        obs_identity identity;
        sse_addr answers[4];

        time = steps[when & 31] < 0 ? MAX(-FARTHEST - steps[when & 31], time) + steps[when & 31]
                                    : MIN(FARTHEST - steps[when & 31], time) + steps[when & 31];
        in_order = in_order && steps[when & 31] > 0;
        p.time = time;
        sse_tracker_tick(t, frame, time);
        switch (what & 7) {
        case 0:
            feed_dns(t, &p, what, &in, &dns, &identity, answers);
            sse_tracker_dns(t, &p, &dns);
            break;
        case 1: {
            uint8_t nonce = fuzz_byte(&in);
            obs_dnscrypt dnscrypt = { .kind = (what & 8) != 0 ? OBS_DNSCRYPT_REPLY : OBS_DNSCRYPT_QUERY,
                                      .has_nonce = (what & 16) == 0, .foreign = (what & 32) != 0,
                                      .nonce = (nonce & 15) * UINT64_C(0x9E3779B97F4A7C15) };

            if ((what & 8) != 0) {
                p.sport = server;
                p.dport = own;
            }
            (void)fuzz_16(&in);
            sse_tracker_dnscrypt(t, &p, &dnscrypt);
            break;
        }
        case 2: /* from the client */
        case 6: /* from the server */
            feed_tcp(t, &p, what, &in);
            break;
        case 3: {
            obs_udp udp = { .quic_long = (what & 8) != 0 };

            (void)fuzz_byte(&in);
            (void)fuzz_16(&in);
            sse_tracker_udp(t, &p, &udp);
            break;
        }
        case 4:
            feed_icmp(t, &p, what, &in);
            break;
        case 5:
            (void)fuzz_byte(&in);
            (void)fuzz_16(&in);
            if ((what & 8) != 0 && sse_tracker_role(t, &p.src) == SSE_ROLE_CLIENT)
                sse_tracker_settle(t);
            sse_tracker_other(t, &p);
            break;
        default: /* a packet of nobody; an entry of a log; sometimes somebody looks meanwhile */
            feed_log(t, frame, time, what, fuzz_byte(&in), fuzz_16(&in), &p.src);
            if ((what & 8) != 0)
                say_finals(t, finals);
            if ((what & 0xf8) == 0xf8 && frame % 64 == 0)
                check_report(t, chosen, prints);
            break;
        }
    }
    if (in_order)
        check_finals(t, finals);
    check_report(t, chosen, prints);
    g_array_free(finals, TRUE);
    sse_tracker_free(t);
    return 0;
}
