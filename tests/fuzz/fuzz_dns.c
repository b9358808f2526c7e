/* fuzz_dns.c
 * The reader of DNS messages: any bytes, any part of them captured.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fuzz.h"

#include <string.h>

#include "dns_message.h"

static sse_names *default_names(void)
{
    static sse_names names;
    char *error;

    if (names.probes == NULL) {
        names.probes = sse_names_parse_probes("debug.opendns.com, 2.dnscrypt-cert.opendns.com", &error);
        names.gateways = sse_names_parse_gateways(".sigproxy.qq.opendns.com, .sseproxy.qq.opendns.com", &error);
    }
    return &names;
}

static void check_identity(const obs_identity *i)
{
    fuzz_require(memchr(i->server, 0, sizeof i->server) && fuzz_is_printable(i->server));
    fuzz_require(memchr(i->orgid, 0, sizeof i->orgid) && fuzz_is_printable(i->orgid));
    fuzz_require(memchr(i->originid, 0, sizeof i->originid) && fuzz_is_printable(i->originid));
    fuzz_require(memchr(i->device, 0, sizeof i->device) && fuzz_is_printable(i->device));
    fuzz_require(memchr(i->source, 0, sizeof i->source) && fuzz_is_printable(i->source));
}

/* The first byte: how much more the message was on the wire. */
static bool read_message(sse_dns_message *m, sse_dns_items *items, const fuzz_input *in, uint32_t missing)
{
    const uint32_t captured = (uint32_t)in->left;

    if (!sse_dns_read_question(m, in->data, captured, captured + missing, default_names()))
        return false;
    sse_dns_read_records(m, items);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static sse_dns_message m;
    static sse_dns_items items;
    fuzz_input in = { data, size };
    uint32_t missing = fuzz_byte(&in), captured = (uint32_t)in.left;
    obs_dns dns;
    bool is_message;

    memset(&items, 0xee, sizeof items);
    fuzz_cheap(size, is_message = read_message(&m, &items, &in, missing));
    if (!is_message)
        return 0;
    fuzz_require(memchr(m.qname, 0, sizeof m.qname) && fuzz_is_printable(m.qname));
    (void)sse_dns_is_plausible(&m);
    fuzz_require(items.count <= SSE_DNS_ITEMS && m.n_addresses <= SSE_DNS_ADDRESSES);
    fuzz_require(m.n_certificates <= SSE_DNS_CERTIFICATES);
    /* The same limit in steps, which depend on no computer. */
    fuzz_require(m.steps <= 12288 + 64);
    for (unsigned i = 0; i < items.count; i++) {
        const sse_dns_item *item = &items.item[i];

        fuzz_require(item->kind < SSE_DNS_ITEM_KINDS);
        fuzz_require(item->offset <= captured && item->length <= captured - item->offset);
        fuzz_require(memchr(item->text, 0, sizeof item->text) && fuzz_is_printable(item->text));
    }
    for (unsigned i = 0; i < m.n_certificates; i++)
        fuzz_require(m.certificates[i].offset <= captured && m.certificates[i].length <= captured - m.certificates[i].offset);
    sse_dns_observation(&m, SSE_UDP, &dns);
    check_identity(&m.identity);
    return 0;
}
