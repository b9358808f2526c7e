/* phrases.c
 * Sentences: the rows of service/codes.h, reasons.h and advice_codes.h with the
 * numbers of a report in them, and phrases that several printers share.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "phrases.h"

#include "addresses.h"
#include "icmp.h"
#include "layout.h"

#include <stdio.h>
#include <string.h>

/* What a sentence's braces may name. */
typedef struct values {
    const sse_report *report;
    const uint32_t *number;  /* of them as many as the sentence names */
    const sse_addr *address, *other;
    const char *hosts;
    unsigned    ip;
    sse_cause   cause;
    sse_reason_code reason;
    uint8_t     icmp_type, icmp_code;
} values;

static void fill(GString *out, const char *sentence, const values *v);

/* The resolvers of one IP version, as configured, that everybody asks. */
static void add_resolvers(GString *out, const GArray *resolvers, unsigned ip)
{
    const gsize start = out->len;
    char text[SSE_ADDR_TEXT];

    for (guint i = 0; resolvers != NULL && i < resolvers->len; i++) {
        const sse_addr *addr = &g_array_index(resolvers, sse_range, i).base;

        if (addr->family == ip && !sse_addr_is_us_only_resolver(addr))
            g_string_append_printf(out, "%s%s", out->len > start ? ", " : "", sse_addr_text(addr, text));
    }
}

void sse_names_words(GString *out, const GPtrArray *names)
{
    for (guint i = 0; names != NULL && i < names->len; i++) {
        const char *name = (const char *)g_ptr_array_index(names, i);

        g_string_append_printf(out, "%s%s", i == 0 ? "" : i + 1 == names->len ? " and " : ", ",
                               *name == '.' ? name + 1 : name);
    }
}

/* More of them than two are for nobody to read. */
void sse_resolvers_words(GString *out, const GArray *resolvers)
{
    char text[SSE_ADDR_TEXT];

    for (guint i = 0; resolvers != NULL && i < MIN(resolvers->len, 2); i++)
        g_string_append_printf(out, "%s%s", i > 0 ? ", " : "",
                               sse_addr_text(&g_array_index(resolvers, sse_range, i).base, text));
    if (resolvers != NULL && resolvers->len > 2)
        g_string_append(out, " and the others");
}

/* What was left out because a limit was reached. */
static void add_limits(GString *out, uint32_t left_out)
{
    static const char *const what[SSE_LIMITS] = {
        [SSE_LIMIT_ADDRESSES] = "further clients and servers", [SSE_LIMIT_GATEWAYS] = "further gateway addresses",
        [SSE_LIMIT_PROBES] = "further probes", [SSE_LIMIT_HANDSHAKES] = "further handshakes",
        [SSE_LIMIT_LOOKUPS] = "further lookups of gateway names", [SSE_LIMIT_DIRECT] = "further direct connections",
        [SSE_LIMIT_FACTS] = "further findings", [SSE_LIMIT_NAMES] = "further names",
        [SSE_LIMIT_IDENTITIES] = "further identities", [SSE_LIMIT_LOG] = "further entries of a log",
        [SSE_LIMIT_CLOCK] = "further steps and gaps of the clock (time only goes on from there)",
        [SSE_LIMIT_LISTED] = "older outages, older entries of a timeline or further addresses of one client (they were judged)",
    };
    unsigned count = 0;

    for (unsigned i = 0; i < SSE_LIMITS; i++)
        if ((left_out >> i & 1) != 0)
            g_string_append_printf(out, "%s%s", count++ > 0 ? ", " : "", what[i]);
}

/* How to have an address judged as a resolver's. */
static void add_resolver(GString *out, const sse_addr *addr)
{
    char text[SSE_ADDR_TEXT];

    if (sse_in_window())
        g_string_append(out, "add it to the preference \"Resolver addresses\" (" SSE_PREFERENCES_MENU ")");
    else
        g_string_append_printf(out, "run again with -o sseroaming.resolvers:%s", sse_addr_text(addr, text));
}

static void add_value(GString *out, const char *name, size_t length, const values *v)
{
    char text[SSE_ADDR_TEXT];
#define IS(what) (length == sizeof(what) - 1 && memcmp(name, what, length) == 0)

    if (length == 1 && g_ascii_isdigit(*name))
        g_string_append_printf(out, "%u", v->number[*name - '0']);
    else if (length == 3 && memcmp(name, "ms", 2) == 0)
        g_string_append_printf(out, "%u.%03u", v->number[name[2] - '0'] / 1000, v->number[name[2] - '0'] % 1000);
    else if (IS("cause0"))
        g_string_append(out, sse_cause_words((sse_cause)v->number[0]));
    else if (IS("ip"))
        g_string_append(out, v->ip == 6 ? "IPv6" : "IPv4");
    else if (IS("cause"))
        g_string_append(out, sse_cause_code(v->cause));
    else if (IS("address"))
        g_string_append(out, sse_addr_text(v->address, text));
    else if (IS("other"))
        g_string_append(out, sse_addr_text(v->other, text));
    else if (IS("icmp"))
        g_string_append_printf(out, "%s type %u code %u", v->address->family == 4 ? "ICMP" : "ICMPv6", v->icmp_type,
                               v->icmp_code);
    else if (IS("reason"))
        fill(out, sse_reason_sentence(v->reason), v);
    else if (IS("resolvers"))
        add_resolvers(out, v->report->in_force.resolvers, v->ip);
    else if (IS("gateway_names"))
        sse_names_words(out, v->report->in_force.names.gateways);
    else if (IS("mac"))
        sse_append_link_layer(out, (uint64_t)v->number[0] << 24 | v->number[1]);
    else if (IS("hosts"))
        g_string_append(out, v->hosts != NULL ? v->hosts : "hosts that are not in the file");
    else if (IS("add_resolver"))
        add_resolver(out, v->address);
    else if (IS("limits"))
        add_limits(out, v->report->left_out);
#undef IS
}

/* Appends a sentence with its values. */
static void fill(GString *out, const char *sentence, const values *v)
{
    const char *open, *end;

    for (; (open = strchr(sentence, '{')) != NULL; sentence = end + 1) {
        end = strchr(open, '}');
        g_string_append_len(out, sentence, open - sentence);
        add_value(out, open + 1, (size_t)(end - open - 1), v);
    }
    g_string_append(out, sentence);
}

char *sse_finding_text(const sse_report *r, const sse_finding *f)
{
    const values v = { .report = r, .number = f->number, .address = &f->address, .other = &f->other, .ip = f->ip,
                       .cause = f->cause, .reason = f->reason, .hosts = f->hosts };
    GString *out = g_string_new(NULL);

    fill(out, sse_finding_sentence(f->code), &v);
    return g_string_free(out, FALSE);
}

static void add_reason(GString *out, const char *before, const sse_reason *reason)
{
    const values v = { .number = reason->number };

    g_string_append(out, before);
    fill(out, sse_reason_sentence(reason->code), &v);
}

char *sse_reason_text(const sse_reason *reason)
{
    GString *out = g_string_new(NULL);

    add_reason(out, "", reason);
    return g_string_free(out, FALSE);
}

char *sse_advice_text(const sse_report *r, const sse_advice *advice)
{
    const values v = { .report = r, .address = &advice->address, .ip = advice->ip, .icmp_type = advice->icmp_type,
                       .icmp_code = advice->icmp_code };
    GString *out = g_string_new(NULL);

    fill(out, sse_advice_sentence((sse_advice_code)advice->code), &v);
    return g_string_free(out, FALSE);
}

char *sse_finding_advice_text(const sse_report *r, const sse_finding *f)
{
    const sse_advice advice = { .code = (uint16_t)sse_finding_advice(f->code), .of_finding = 1, .ip = f->ip,
                                .address = f->address };

    return f->has_advice ? sse_advice_text(r, &advice) : NULL;
}

char *sse_allow_text(const sse_allow *row)
{
    char text[SSE_ADDR_TEXT];
    const char *transport = row->transport == SSE_TCP ? "tcp" : "udp";

    switch ((sse_allow_kind)row->kind) {
    case SSE_ALLOW_ADDRESS:
        return g_strdup_printf("%s %u %s", transport, row->port, sse_addr_text(&row->address, text));
    case SSE_ALLOW_NAME:
        return g_strdup_printf("%s %u %s", transport, row->port, row->name);
    case SSE_ALLOW_BELOW:
        return g_strdup_printf("%s %u *%s%s", transport, row->port, *row->name == '.' ? "" : ".", row->name);
    case SSE_ALLOW_INGRESS:
        break;
    }
    return g_strdup_printf("%s %u Cisco's published ingress ranges of the Secure Web Gateway", transport, row->port);
}

char *sse_candidate_option(const sse_candidate_report *candidate)
{
    char text[SSE_ADDR_TEXT];

    return g_strdup_printf(sse_in_window() ? "\"Gateway addresses\" to %s" : "-o sseroaming.gateways:%s",
                           sse_addr_text(&candidate->address, text));
}

const char *sse_json_has(void)
{
    return sse_in_window() ? "the button Copy JSON gives" : "-z sseroaming,json has";
}

/* Statuses named in a sentence. */
#define CONNECTS_NAMED 4

char *sse_icmp_words(const sse_icmp_sum *icmp)
{
    const char *meaning = sse_icmp_meaning(icmp->sender.family, icmp->type, icmp->code);
    char sender[SSE_ADDR_TEXT];

    return g_strdup_printf("%s, %s type %u code %u%s%s%s, %u %s", sse_addr_text(&icmp->sender, sender),
                           icmp->sender.family == 4 ? "ICMP" : "ICMPv6", icmp->type, icmp->code,
                           meaning != NULL ? " (" : "", meaning != NULL ? meaning : "", meaning != NULL ? ")" : "",
                           icmp->count, sse_plural(icmp->count, "time", "times"));
}

/* RFC 1035 section 4.1.1. */
static const char *rcode_name(unsigned rcode)
{
    static const char *const names[] = { "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED" };

    return rcode < G_N_ELEMENTS(names) ? names[rcode] : "other";
}

char *sse_fake_words(uint32_t frame, unsigned rcode, unsigned ttl)
{
    return g_strdup_printf("response code %u (%s), IP TTL %u, frame %u", rcode, rcode_name(rcode), ttl, frame);
}

char *sse_fail_open_words(uint32_t connections, uint32_t first_frame, uint32_t last_frame)
{
    GString *words = g_string_new(NULL);

    g_string_append_printf(words, "%u %s to web sites, %s %u", connections,
                           sse_plural(connections, "direct connection", "direct connections"),
                           sse_plural(connections, "frame", "frames"), first_frame);
    if (connections > 1)
        g_string_append_printf(words, " to %u", last_frame);
    return g_string_free(words, FALSE);
}

void sse_control_words(GString *out, uint32_t dns_answers, uint32_t tcp_opened)
{
    if (dns_answers == 0 && tcp_opened == 0)
        g_string_append(out, "nothing else was answered");
    else
        g_string_append_printf(out, "%u DNS %s, %u TCP opened", dns_answers, sse_plural(dns_answers, "answer", "answers"),
                               tcp_opened);
}

/* A list of ranges may be of any length: its beginning tells which it is. */
#define VALUE_SHOWN 120

void sse_preferences_line(GString *out, const sse_report *r)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; r->in_force.changed != NULL && i < r->in_force.changed->len; i++) {
        const sse_setting *s = &g_array_index(r->in_force.changed, sse_setting, i);
        char *value = sse_escape(s->value);

        if (g_utf8_strlen(value, -1) > VALUE_SHOWN)
            memcpy(g_utf8_offset_to_pointer(value, VALUE_SHOWN - 3), "...", sizeof "...");
        g_string_append_printf(text, "%s%s=%s", i > 0 ? ", " : "", s->name, value);
        g_free(value);
    }
    if (text->len > 0)
        sse_wrap(out, "Preferences changed: ", text->str);
    g_string_free(text, TRUE);
}

void sse_frames_words(GString *line, const sse_frames *frames)
{
    g_string_append(line, sse_plural(frames->total, "frame", "frames"));
    for (uint32_t i = 0; i < frames->kept; i++)
        g_string_append_printf(line, "%s %u", i > 0 ? "," : "", frames->frame[i]);
    if (frames->total > frames->kept)
        g_string_append_printf(line, " and %u more", frames->total - frames->kept);
}

void sse_addresses_words(GString *line, const GArray *addresses)
{
    char text[SSE_ADDR_TEXT];

    for (guint i = 0; i < MIN(addresses->len, SSE_ADDRESSES_NAMED); i++)
        g_string_append_printf(line, "%s%s", i > 0 ? ", " : "",
                               sse_addr_text(&g_array_index(addresses, sse_addr, i), text));
    if (addresses->len > SSE_ADDRESSES_NAMED)
        g_string_append_printf(line, " and %u more", addresses->len - SSE_ADDRESSES_NAMED);
}

static void add_outcome(GString *line, gsize start, const char *code, uint32_t count)
{
    if (count > 0)
        g_string_append_printf(line, "%s%s %u", line->len > start ? ", " : "", code, count);
}

void sse_probe_outcomes_words(GString *line, const uint32_t outcomes[SSE_PROBE_OUTCOMES])
{
    const gsize start = line->len;

    for (unsigned o = 0; o < SSE_PROBE_OUTCOMES; o++)
        add_outcome(line, start, sse_probe_outcome_code((sse_probe_outcome)o), outcomes[o]);
}

void sse_swg_outcomes_words(GString *line, const uint32_t outcomes[SSE_SWG_OUTCOMES])
{
    const gsize start = line->len;

    for (unsigned o = 0; o < SSE_SWG_OUTCOMES; o++)
        add_outcome(line, start, sse_swg_outcome_code((sse_swg_outcome)o), outcomes[o]);
}

void sse_gateway_known_words(GString *line, const sse_gateway_report *g)
{
    if (g->name != NULL)
        g_string_append_printf(line, "%s, ", g->name);
    g_string_append(line, sse_known_words(g->known_from));
    if (g->known_since != 0)
        g_string_append_printf(line, " in frame %u", g->known_since);
}

char *sse_connect_words(const sse_client_report *c)
{
    GString *words = g_string_new(NULL);
    unsigned named = 0;

    for (guint i = 0; i < c->connects->len && named < CONNECTS_NAMED; i++) {
        const sse_connect_report *row = &g_array_index(c->connects, sse_connect_report, i);

        if (row->status / 100 == 2)
            continue;
        g_string_append_printf(words, "%s%u (%u %s: ", named++ > 0 ? ", " : "", row->status, row->frames.total,
                               sse_plural(row->frames.total, "time", "times"));
        sse_frames_words(words, &row->frames);
        if (row->server != NULL)
            g_string_append_printf(words, "; Server: %s", row->server);
        if (row->via != NULL)
            g_string_append_printf(words, "; Via: %s", row->via);
        g_string_append_c(words, ')');
    }
    if (named == 0) {
        g_string_free(words, TRUE);
        return NULL;
    }
    return g_string_free(words, FALSE);
}

const char *sse_origin_subject(const sse_outage *o)
{
    switch ((sse_cause)o->cause) {
    case SSE_CAUSE_PROXY_ERROR:
    case SSE_CAUSE_SESSION_INTERCEPTED:
    case SSE_CAUSE_INTERCEPTED:
    case SSE_CAUSE_REFUSED:
    case SSE_CAUSE_COURT_ORDER:
        return "answers";
    case SSE_CAUSE_SESSION_CLOSED:
    case SSE_CAUSE_TUNNEL_CLOSED:
        return "ends (FIN)";
    case SSE_CAUSE_ICMP_UNREACHABLE:
        return "ICMP errors";
    default:
        /* The few that came beside silence. Of DNS there are no resets. */
        return o->service == SSE_SERVICE_WEB ? "resets" : o->fake_frame != 0 ? "answers" : "ICMP errors";
    }
}

char *sse_origin_words(sse_origin origin, const GArray *reasons)
{
    GString *words = g_string_new(sse_origin_code_words(origin));

    for (guint i = 0; i < reasons->len; i++)
        add_reason(words, i == 0 ? ": " : "; ", &g_array_index(reasons, sse_reason, i));
    return g_string_free(words, FALSE);
}

void sse_preamble(GString *out, const sse_report *report)
{
    for (guint i = 0; i < report->findings->len; i++) {
        const sse_finding *f = &g_array_index(report->findings, sse_finding, i);

        if (f->code == SSE_FIND_ONE_WAY_CAPTURE) {
            char *text = sse_finding_text(report, f);

            sse_wrap_printf(out, "Warning: ", "one-way capture. %s", text);
            g_free(text);
        }
    }
    if (report->renumbered)
        sse_wrap(out, "Warning: ", sse_in_window()
                 ? "a read filter renumbers the packets it leaves: frame numbers here are not to be trusted. Open the file "
                   "without it; a display filter does not renumber."
                 : "a read filter (-R) renumbers the packets it leaves: frame numbers here are not to be "
                   "trusted. Open the file without it; -z sseroaming takes a display filter.");
    if (report->filter != NULL)
        sse_line(out, "Filter: ", report->filter);
    if (report->clients->len == 0)
        return;
    if (report->lost_direction == SSE_LOST_TO_CLIENT)
        sse_wrap(out, "Warning: ", "the filter leaves only packets that clients sent; the answers to them are taken from "
                 "the whole file.");
    else if (report->lost_direction == SSE_LOST_FROM_CLIENT)
        sse_wrap(out, "Warning: ", "the filter leaves only packets towards clients; what met no answer is left out.");
}

const char *sse_rtt_text(const sse_rtt *rtt, char out[SSE_RTT_TEXT])
{
    char min[SSE_MILLISECONDS_TEXT], avg[SSE_MILLISECONDS_TEXT], max[SSE_MILLISECONDS_TEXT];

    if (rtt->count == 0)
        g_strlcpy(out, "-", SSE_RTT_TEXT);
    else
        snprintf(out, SSE_RTT_TEXT, "%s/%s/%s", sse_milliseconds(rtt->min, min), sse_milliseconds(rtt->sum / rtt->count, avg),
                 sse_milliseconds(rtt->max, max));
    return out;
}
