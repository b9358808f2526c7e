/* dns_message.c
 * Reads one DNS message from its bytes: the question, the addresses along its
 * CNAME chain, the debug strings of OpenDNS, and the identity that a query
 * carries in EDNS options.
 *
 * Every length below comes from the network: each read is checked against what
 * was captured, names follow only pointers that go back (so that they end), and
 * the numbers of records, names and strings are bounded.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "dns_message.h"

#include <stdio.h>
#include <string.h>

#include "identity.h"
#include "names.h"

#define HEADER_LENGTH 12
/* RFC 1035 section 4.1.1: the bits of the flags word. */
#define FLAG_QR 0x8000
#define FLAG_TC 0x0200

#define TYPE_A     1
#define TYPE_CNAME 5
#define TYPE_TXT   16
#define TYPE_AAAA  28
#define TYPE_OPT   41
#define CLASS_IN   1
#define CLASS_ANY  255

#define MAX_CHAIN   16   /* CNAMEs; the gateway's own chain has two */
#define MAX_RECORDS 512  /* of one message */
#define MAX_PASSES  4    /* over the answers, for chains that are out of order */
#define LONGEST_NOTICE 1024 /* bytes of a TXT record in which the legal notice is sought */
#define MAX_JUMPS   128  /* pointers in a name, which has 127 labels at most */
/* Bytes and pointers of all names of a message, labels of those passed over, and three for each key that a string
 * is held against: an answer of 4 KB with one alias after the other has some 10,000, one
 * of the module's under 1,000. */
#define MAX_STEPS   12288

typedef struct wire_name {
    uint8_t length;
    uint8_t bytes[SSE_DNS_NAME_WIRE];
} wire_name;

typedef struct record {
    uint32_t type, length;  /* length: of the data as announced */
    uint32_t data;          /* offset of the data */
    uint32_t held;          /* bytes of the data that were captured */
    uint16_t class;
} record;

static uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* What a label's text shows as it is: letters, which most are, first. */
static bool is_plain(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c > 0x20 && c < 0x7f && c != '.' && c != '\\');
}

/* Text of bytes with all that is not printable ASCII escaped as \xNN. */
static void printable(char *out, size_t size, const uint8_t *bytes, size_t length)
{
    static const char hex[] = "0123456789abcdef";
    size_t used = 0;

    for (size_t i = 0; i < length; i++) {
        if (bytes[i] >= 0x20 && bytes[i] < 0x7f) {
            if (used + 1 >= size)
                break;
            out[used++] = (char)bytes[i];
        } else {
            if (used + 4 >= size)
                break;
            out[used++] = '\\';
            out[used++] = 'x';
            out[used++] = hex[bytes[i] >> 4];
            out[used++] = hex[bytes[i] & 15];
        }
    }
    out[used] = '\0';
}

/* --- names on the wire --------------------------------------------------- */

/* Reads the name at *offset in lower case and without compression, and moves
 * *offset behind it. Pointers must go to before the name's own start, each
 * further back than the one before, so a name always ends; there are no more of
 * them than a name has labels, and all names of a message together have a budget:
 * 512 records could else ask for hundreds of thousands of steps.
 * @return false where it is broken or goes past what was captured. */
static bool read_name(sse_dns_message *m, uint32_t *offset, wire_name *name)
{
    /* Of its own: the compiler cannot know that the name's bytes are none of the message. */
    const uint8_t *const bytes = m->bytes;
    const uint32_t captured = m->captured;
    uint32_t at = *offset, limit = at, length = 0;
    unsigned jumps = 0;

    name->length = 0;
    for (;;) {
        uint8_t label;

        if (at >= captured || m->steps > MAX_STEPS)
            return false;
        label = bytes[at];
        m->steps += (label & 0xc0) != 0 ? 1 : label + 1u;
        if ((label & 0xc0) == 0xc0) {
            uint32_t target;

            if (at + 2 > captured)
                return false;
            target = get16(bytes + at) & 0x3fff;
            if (jumps == 0)
                *offset = at + 2;
            if (++jumps > MAX_JUMPS || target >= limit)
                return false;
            at = limit = target;
            continue;
        }
        if ((label & 0xc0) != 0)
            return false;
        if (length + label + 1 > SSE_DNS_NAME_WIRE || at + 1 + label > captured)
            return false;
        name->bytes[length] = label;
        for (uint32_t i = 1; i <= label; i++)
            name->bytes[length + i] = lower(bytes[at + i]);
        length += 1 + (uint32_t)label;
        at += 1 + (uint32_t)label;
        if (label == 0)
            break;
    }
    if (jumps == 0)
        *offset = at;
    name->length = (uint8_t)length;
    return true;
}

/* Moves *offset behind the name there, up to its first pointer, which is not followed.
 * @return false where it is broken or goes past what was captured */
static bool skip_name(sse_dns_message *m, uint32_t *offset)
{
    const uint32_t start = *offset;
    uint32_t at = start;

    while (at < m->captured && m->steps <= MAX_STEPS) {
        const uint8_t label = m->bytes[at];

        m->steps++;
        if ((label & 0xc0) == 0xc0) {
            *offset = at + 2;
            return at + 2 <= m->captured && (get16(m->bytes + at) & 0x3fffu) < start;
        }
        at += 1u + label;
        if ((label & 0xc0) != 0 || at - start > SSE_DNS_NAME_WIRE)
            return false;
        if (label == 0) {
            *offset = at;
            return at <= m->captured;
        }
    }
    return false;
}

/* Name as text: dots between labels, other dots and what is not printable
 * escaped, so that two names never share one text.
 * @return false where it did not fit. */
static bool name_text(char *out, size_t size, const uint8_t *wire, unsigned length)
{
    char *to = out, *const last = out + size - 6; /* what is escaped needs five with its NUL */
    unsigned at = 0;

    while (at < length && wire[at] != 0) {
        const uint8_t *from = wire + at + 1, *const end = from + wire[at];

        if (to >= last)
            break;
        if (to > out)
            *to++ = '.';
        for (; from < end && to <= last; from++) {
            if (is_plain(*from))
                *to++ = (char)*from;
            else
                to += snprintf(to, 5, "\\x%02x", *from);
        }
        at += 1u + wire[at];
    }
    if (to == out)
        *to++ = '.';
    *to = '\0';
    return to < last;
}

static bool same_name(const wire_name *a, const uint8_t *bytes, unsigned length)
{
    return a->length == length && memcmp(a->bytes, bytes, length) == 0;
}

/* --- question ------------------------------------------------------------ */

/* ipv4only.arpa with the root's zero, which the literal has. */
static const char nat64_name[15] = "\010ipv4only\004arpa";

static uint32_t question_hash(const sse_dns_message *m)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (unsigned i = 0; i < m->name_length; i++)
        hash = (hash ^ m->wire_name[i]) * 16777619u;
    hash = (hash ^ m->qtype) * 16777619u;
    return (hash ^ m->qclass) * 16777619u;
}

/* What nearly all of the module's messages ask for, and its text: told by its bytes, it
 * need not be taken apart. */
static const uint8_t probe_wire[19] = "\005debug\007opendns\003com";
static const char probe_text[] = "debug.opendns.com";

/* Takes the question's name into the message, and moves *offset behind it.
 * *fits: is its text whole?
 * @return false where it is broken or goes past what was captured */
static bool read_question_name(sse_dns_message *m, uint32_t *offset, bool *fits)
{
    wire_name name;

    if (*offset + sizeof probe_wire <= m->captured && memcmp(m->bytes + *offset, probe_wire, sizeof probe_wire) == 0) {
        m->name_length = sizeof probe_wire;
        memcpy(m->wire_name, probe_wire, sizeof probe_wire);
        memcpy(m->qname, probe_text, sizeof probe_text);
        m->steps += (uint32_t)sizeof probe_wire;
        *offset += (uint32_t)sizeof probe_wire;
        *fits = true;
        return true;
    }
    if (!read_name(m, offset, &name))
        return false;
    m->name_length = name.length;
    memcpy(m->wire_name, name.bytes, name.length);
    *fits = name_text(m->qname, sizeof m->qname, m->wire_name, m->name_length);
    return true;
}

bool sse_dns_read_question(sse_dns_message *m, const uint8_t *bytes, uint32_t captured, uint32_t reported,
                           const sse_names *names)
{
    uint32_t offset = HEADER_LENGTH;
    bool fits;

    memset(m, 0, offsetof(sse_dns_message, wire_name));
    m->bytes = bytes;
    m->reported = reported;
    m->captured = MIN(captured, reported);
    m->qname[0] = '\0';
    m->name = OBS_NAME_OTHER;
    m->question = 0;
    m->server_string = m->certificate = m->court_order = m->censored = m->has_identity = false;
    m->n_addresses = m->n_certificates = m->n_aliases = 0;
    m->sinkhole = false;

    if (reported < HEADER_LENGTH)
        return false;
    if (m->captured < HEADER_LENGTH)
        m->cut_name = true;
    /* Cut within the header: the id is worth having. */
    if (m->captured < 4)
        return m->cut_name;
    m->id = get16(bytes);
    m->flags = get16(bytes + 2);
    m->response = (m->flags & FLAG_QR) != 0;
    m->truncated = (m->flags & FLAG_TC) != 0;
    m->opcode = m->flags >> 11 & 15;
    m->rcode = m->flags & 15;
    if (m->opcode != 0)
        return false;
    if (m->cut_name)
        return true;
    for (unsigned i = 0; i < 4; i++)
        m->count[i] = get16(bytes + 4 + 2 * i);
    m->records = HEADER_LENGTH;
    /* A query asks one question; only an error may come without it. */
    if (m->count[0] == 0)
        return m->response;
    if (m->count[0] != 1)
        return false;
    if (!read_question_name(m, &offset, &fits) || offset + 4 > m->captured) {
        m->name_length = 0;
        m->qname[0] = '\0';
        m->cut_name = m->captured < reported;
        return m->cut_name;
    }
    m->qtype = get16(bytes + offset);
    m->qclass = get16(bytes + offset + 2);
    m->records = offset + 4;
    m->has_question = true;
    m->question = question_hash(m);
    if (fits && (m->qclass == CLASS_IN || m->qclass == CLASS_ANY))
        m->name = sse_names_classify(names, m->qname);
    if (m->name == OBS_NAME_OTHER && m->qtype == TYPE_AAAA && m->name_length == sizeof nat64_name &&
        memcmp(m->wire_name, nat64_name, sizeof nat64_name) == 0)
        m->name = OBS_NAME_NAT64;
    return true;
}

bool sse_dns_is_plausible(const sse_dns_message *m)
{
    uint32_t records = (uint32_t)m->count[1] + m->count[2] + m->count[3];

    /* The reserved bit is zero (RFC 1035; AD and CD of RFC 4035 are not it). */
    if ((m->flags & 0x0040) != 0)
        return false;
    if (m->count[0] == 0)
        return m->response && m->rcode != 0 && m->count[1] == 0 && m->count[2] == 0 && m->count[3] <= 1;
    if (!m->has_question || m->qtype == 0)
        return false;
    if (m->qclass != CLASS_IN && m->qclass != CLASS_ANY && m->qclass != 3 && m->qclass != 4)
        return false;
    if (!m->response && (m->count[1] != 0 || m->count[2] != 0))
        return false;
    /* No record is shorter than a root name and its fixed part. */
    return m->truncated || records * 11 <= m->reported - m->records;
}

/* --- records ------------------------------------------------------------- */

static sse_dns_item *add_item(sse_dns_items *items, sse_dns_item_kind kind, uint32_t offset, uint32_t length)
{
    sse_dns_item *item;

    if (items == NULL || items->count == SSE_DNS_ITEMS)
        return NULL;
    item = &items->item[items->count++];
    item->kind = kind;
    item->offset = offset;
    item->length = length;
    item->text[0] = '\0';
    return item;
}

static void add_text_item(sse_dns_items *items, sse_dns_item_kind kind, uint32_t offset, uint32_t length,
                          const uint8_t *value, size_t value_length)
{
    sse_dns_item *item = add_item(items, kind, offset, length);

    if (item != NULL)
        printable(item->text, sizeof item->text, value, value_length);
}

/* Reads the fixed part of the record at *offset and moves *offset behind it.
 * owner: gets its name, if that is wanted; else the name is passed over. */
static bool read_record(sse_dns_message *m, uint32_t *offset, record *r, wire_name *owner)
{
    if (!(owner != NULL ? read_name(m, offset, owner) : skip_name(m, offset)) || *offset + 10 > m->captured)
        return false;
    r->type = get16(m->bytes + *offset);
    r->class = get16(m->bytes + *offset + 2);
    r->length = get16(m->bytes + *offset + 8);
    r->data = *offset + 10;
    r->held = MIN(r->length, m->captured - r->data);
    *offset = r->data + r->length;
    return true;
}

typedef struct debug_key {
    const char *key;
    uint8_t length;
    sse_dns_item_kind kind;
} debug_key;

#define KEY(text, of) { (text), sizeof(text) - 1, (of) }

static const debug_key debug_keys[] = {
    KEY(SSE_DEBUG_SERVER, SSE_DNS_SERVER),      KEY(SSE_DEBUG_ORGID, SSE_DNS_ORGID),
    KEY(SSE_DEBUG_ORIGINID, SSE_DNS_ORIGINID),  KEY(SSE_DEBUG_ID, SSE_DNS_ORIGINID),
    KEY(SSE_DEBUG_DEVICE, SSE_DNS_DEVICE),      KEY(SSE_DEBUG_SOURCE, SSE_DNS_SOURCE),
    KEY(SSE_DEBUG_FLAGS, SSE_DNS_FLAGS),        KEY(SSE_DEBUG_ORGFLAGS, SSE_DNS_ORGFLAGS),
    KEY(SSE_DEBUG_ACTYPE, SSE_DNS_ACTYPE),      KEY(SSE_DEBUG_BUNDLE, SSE_DNS_BUNDLE),
    KEY(SSE_DEBUG_REMOTEIP, SSE_DNS_REMOTEIP),  KEY(SSE_DEBUG_USER_ID, SSE_DNS_USER),
    KEY(SSE_DEBUG_USER, SSE_DNS_USER),          KEY(SSE_DEBUG_APPLIANCE, SSE_DNS_APPLIANCE),
    KEY(SSE_DEBUG_HOST, SSE_DNS_HOST),          KEY(SSE_DEBUG_DNSCRYPT, SSE_DNS_DNSCRYPT),
};

/* "r5.lon": the node, and the site as the code of its airport. */
static void split_server(sse_dns_items *items, uint32_t offset, const uint8_t *value, size_t length)
{
    size_t dot = length;

    while (dot > 0 && value[dot - 1] != '.')
        dot--;
    if (dot < 2 || dot == length)
        return;
    /* Whatever else a forger writes there is no node and no site. */
    for (size_t i = 0; i < length; i++)
        if (!g_ascii_isalnum((char)value[i]) && value[i] != '-' && value[i] != '.')
            return;
    add_text_item(items, SSE_DNS_SERVER_NODE, offset, (uint32_t)dot - 1, value, dot - 1);
    add_text_item(items, SSE_DNS_SERVER_SITE, offset + (uint32_t)dot, (uint32_t)(length - dot), value + dot, length - dot);
}

static bool starts_with(const uint8_t *bytes, size_t length, const char *text)
{
    size_t part = strlen(text);

    return length >= part && memcmp(bytes, text, part) == 0;
}

/* Is it OpenDNS's legal notice? text: with a zero at its end; made small here. */
static bool is_legal_notice(char *text, size_t length)
{
    /* Most strings are shorter. */
    if (length < sizeof SSE_LEGAL_ORDER + sizeof SSE_LEGAL_SERVICE - 2)
        return false;
    for (size_t i = 0; i < length; i++)
        text[i] = text[i] == '\0' ? ' ' : (char)lower((uint8_t)text[i]);
    return strstr(text, SSE_LEGAL_ORDER) != NULL && strstr(text, SSE_LEGAL_SERVICE) != NULL;
}

/* What stands elsewhere than in the answer proves nothing about who answered. */
static void read_string(sse_dns_message *m, sse_dns_items *items, bool answer, const uint8_t *string, uint32_t length,
                        bool cut)
{
    uint32_t offset = (uint32_t)(string - m->bytes);
    obs_identity *id = &m->identity;

    if (!answer)
        return;
    if (length >= 4 && memcmp(string, "DNSC", 4) == 0) {
        m->certificate = true;
        if (m->n_certificates < SSE_DNS_CERTIFICATES)
            m->certificates[m->n_certificates++] = (sse_dns_span){ .offset = offset, .length = length };
        add_item(items, SSE_DNS_CERTIFICATE, offset, length);
        return;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(debug_keys) && length > 0; i++) {
        const size_t key = debug_keys[i].length;
        const uint8_t *value = string + key;
        size_t rest = length - key;

        /* Most begin otherwise: that takes no call. */
        if (length < key || string[0] != (uint8_t)debug_keys[i].key[0] || memcmp(string, debug_keys[i].key, key) != 0)
            continue;
        add_text_item(items, debug_keys[i].kind, offset, length, value, rest);
        if (debug_keys[i].kind == SSE_DNS_SERVER)
            m->server_string = true;
        /* Half a device id is another device. */
        if (cut)
            return;
        m->has_identity = true;
        switch (debug_keys[i].kind) {
        case SSE_DNS_SERVER:
            split_server(items, offset + (uint32_t)key, value, rest);
            printable(id->server, sizeof id->server, value, rest);
            break;
        case SSE_DNS_ORGID:
            printable(id->orgid, sizeof id->orgid, value, rest);
            break;
        case SSE_DNS_ORIGINID:
            printable(id->originid, sizeof id->originid, value, rest);
            break;
        case SSE_DNS_DEVICE:
            printable(id->device, sizeof id->device, value, rest);
            break;
        case SSE_DNS_SOURCE:
            printable(id->source, sizeof id->source, value, rest);
            break;
        case SSE_DNS_DNSCRYPT:
            id->dnscrypt = id->dnscrypt || starts_with(value, rest, SSE_DEBUG_DNSCRYPT_ENABLED);
            break;
        default:
            break;
        }
        return;
    }
    add_text_item(items, SSE_DNS_TEXT, offset, length, string, length);
}

/* The strings of a record in one, as a text of over 255 bytes is cut into them.
 * @return its length */
static size_t join_strings(const sse_dns_message *m, const record *r, char *text, size_t size)
{
    uint32_t at = r->data, end = r->data + r->held;
    size_t used = 0;

    while (at < end) {
        const uint32_t length = m->bytes[at++];
        const size_t part = MIN(MIN(length, end - at), size - 1 - used);

        memcpy(text + used, m->bytes + at, part);
        used += part;
        at += length;
    }
    text[used] = '\0';
    return used;
}

/* The legal notice may stand in any section. */
static void read_txt(sse_dns_message *m, sse_dns_items *items, bool answer, const record *r)
{
    uint32_t at = r->data, end = r->data + r->held;
    char text[LONGEST_NOTICE];
    const size_t joined = join_strings(m, r, text, sizeof text);
    const bool legal = is_legal_notice(text, joined);

    m->court_order |= legal;
    while (at < end && m->steps <= MAX_STEPS) {
        uint32_t length = m->bytes[at++];

        m->steps += 3 * G_N_ELEMENTS(debug_keys);
        if (legal)
            add_text_item(items, SSE_DNS_LEGAL, at, MIN(length, end - at), m->bytes + at, MIN(length, end - at));
        else
            read_string(m, items, answer, m->bytes + at, MIN(length, end - at), length > end - at && r->held < r->length);
        at += length;
    }
}

/* An extended DNS error (RFC 8914): a code, then perhaps a text. */
static void read_extended_error(sse_dns_message *m, sse_dns_items *items, uint32_t at, uint32_t length)
{
    char text[LONGEST_NOTICE];
    size_t used;

    if (length < 2 || !m->response)
        return;
    m->censored |= get16(m->bytes + at) == SSE_EXTENDED_ERROR_CENSORED;
    used = MIN(length - 2, sizeof text - 1);
    memcpy(text, m->bytes + at + 2, used);
    text[used] = '\0';
    if (is_legal_notice(text, used)) {
        m->court_order = true;
        add_text_item(items, SSE_DNS_LEGAL, at + 2, length - 2, m->bytes + at + 2, length - 2);
    }
}

static void hex_text(char *out, size_t size, const uint8_t *bytes, unsigned length)
{
    static const char hex[] = "0123456789abcdef";
    size_t used = 0;

    for (unsigned i = 0; i < length && used + 2 < size; i++) {
        out[used++] = hex[bytes[i] >> 4];
        out[used++] = hex[bytes[i] & 15];
    }
    out[used] = '\0';
}

static void edns_device(sse_dns_message *m, sse_dns_items *items, uint32_t at)
{
    sse_dns_item *item = add_item(items, SSE_DNS_EDNS_DEVICE, at, SSE_DEVICE_ID_LENGTH);

    hex_text(m->identity.device, sizeof m->identity.device, m->bytes + at,
             SSE_DEVICE_ID_LENGTH);
    m->has_identity = true;
    if (item != NULL)
        g_strlcpy(item->text, m->identity.device, sizeof item->text);
}

static void edns_unknown(const sse_dns_message *m, sse_dns_items *items, uint32_t at, uint32_t length)
{
    sse_dns_item *item = length > 0 ? add_item(items, SSE_DNS_EDNS_UNKNOWN, at, length) : NULL;

    if (item != NULL)
        hex_text(item->text, sizeof item->text, m->bytes + at, length);
}

/* Bytes of a value of the Umbrella option, 0 for a type that is not known. */
static uint32_t umbrella_length(uint16_t type)
{
    switch (type) {
    case SSE_UMBRELLA_ASSET:
    case SSE_UMBRELLA_ORG:
    case SSE_UMBRELLA_IPV4:
        return 4;
    case SSE_UMBRELLA_IPV6:
        return 16;
    case SSE_UMBRELLA_DEVICE:
        return SSE_DEVICE_ID_LENGTH;
    default:
        return 0;
    }
}

/* After a type that is not known nothing can be found: values have no length. */
static void read_umbrella_option(sse_dns_message *m, sse_dns_items *items, uint32_t at, uint32_t length)
{
    uint32_t end = at + length;

    if (length < 6 || !starts_with(m->bytes + at, length, SSE_UMBRELLA_MAGIC) ||
        m->bytes[at + 4] != SSE_UMBRELLA_VERSION) {
        edns_unknown(m, items, at, length);
        return;
    }
    at += 6;
    while (at + 2 <= end) {
        uint16_t type = get16(m->bytes + at);
        const uint8_t *value = m->bytes + at + 2;
        uint32_t size = umbrella_length(type);
        sse_dns_item *item;
        char text[SSE_ADDR_TEXT];
        sse_addr addr;

        if (size == 0 || at + 2 + size > end) {
            edns_unknown(m, items, at, end - at);
            return;
        }
        switch (type) {
        case SSE_UMBRELLA_ORG:
        case SSE_UMBRELLA_ASSET:
            snprintf(text, sizeof text, "%u", (unsigned)get16(value) << 16 | get16(value + 2));
            item = add_item(items, type == SSE_UMBRELLA_ORG ? SSE_DNS_EDNS_ORG : SSE_DNS_EDNS_ASSET, at + 2, size);
            if (item != NULL)
                g_strlcpy(item->text, text, sizeof item->text);
            if (type == SSE_UMBRELLA_ORG) {
                g_strlcpy(m->identity.orgid, text, sizeof m->identity.orgid);
                m->has_identity = true;
            }
            break;
        case SSE_UMBRELLA_IPV4:
        case SSE_UMBRELLA_IPV6:
            addr = type == SSE_UMBRELLA_IPV4 ? sse_addr_v4(value) : sse_addr_v6(value);
            item = add_item(items, SSE_DNS_EDNS_REMOTEIP, at + 2, size);
            if (item != NULL)
                g_strlcpy(item->text, sse_addr_text(&addr, text), sizeof item->text);
            break;
        default:
            edns_device(m, items, at + 2);
            break;
        }
        at += 2 + size;
    }
}

static void read_options(sse_dns_message *m, sse_dns_items *items, const record *r)
{
    uint32_t at = r->data, end = r->data + r->held;

    while (at + 4 <= end) {
        uint16_t code = get16(m->bytes + at);
        uint32_t length = get16(m->bytes + at + 2);

        at += 4;
        if (length > end - at)
            return;
        if (code == SSE_OPTION_UMBRELLA) {
            read_umbrella_option(m, items, at, length);
        } else if ((code == SSE_OPTION_DEVICE_ID || code == SSE_OPTION_DEVICE_ID_OLD) && length == 15 &&
                   starts_with(m->bytes + at, length, SSE_DEVICE_ID_MAGIC)) {
            edns_device(m, items, at + length - SSE_DEVICE_ID_LENGTH);
        } else if (code == SSE_OPTION_EXTENDED_ERROR) {
            read_extended_error(m, items, at, length);
        } else if (code == SSE_OPTION_DEVICE_ID) {
            edns_unknown(m, items, at, length);
        }
        at += length;
    }
}

static bool in_chain(const wire_name *chain, unsigned length, const wire_name *name)
{
    for (unsigned i = 0; i < length; i++) {
        if (same_name(name, chain[i].bytes, chain[i].length))
            return true;
    }
    return false;
}

static void read_aliases(sse_dns_message *m, const wire_name *chain, unsigned names)
{
    m->n_aliases = 0;
    for (unsigned i = 1; i < names && m->n_aliases < OBS_ALIASES; i++) {
        char *text = m->aliases[m->n_aliases].text;

        if (!name_text(text, sizeof m->aliases[0].text, chain[i].bytes, chain[i].length))
            continue;
        m->n_aliases++;
        m->sinkhole = m->sinkhole || sse_is_sinkhole_name(text);
    }
}

/* A and AAAA records of the question's name and of all its aliases. Answers
 * usually stand in the order of the chain; a few more passes find those that
 * do not. */
static void read_addresses(sse_dns_message *m)
{
    wire_name chain[MAX_CHAIN];
    unsigned names = 1, before = 0;

    chain[0].length = m->name_length;
    memcpy(chain[0].bytes, m->wire_name, m->name_length);
    for (unsigned pass = 0; pass < MAX_PASSES && names > before; pass++) {
        uint32_t offset = m->records;

        before = names;
        m->n_addresses = 0;
        for (unsigned i = 0; i < m->count[1] && i < MAX_RECORDS; i++) {
            record r;
            wire_name owner;

            if (!read_record(m, &offset, &r, &owner))
                break;
            if (r.class != CLASS_IN || r.held < r.length || !in_chain(chain, names, &owner))
                continue;
            if (r.type == TYPE_CNAME) {
                uint32_t target = r.data;

                if (names < MAX_CHAIN && read_name(m, &target, &chain[names]) &&
                    !in_chain(chain, names, &chain[names]))
                    names++;
            } else if (m->n_addresses < SSE_DNS_ADDRESSES && r.type == TYPE_A && r.length == 4) {
                m->addresses[m->n_addresses++] = sse_addr_v4(m->bytes + r.data);
            } else if (m->n_addresses < SSE_DNS_ADDRESSES && r.type == TYPE_AAAA && r.length == 16) {
                m->addresses[m->n_addresses++] = sse_addr_v6(m->bytes + r.data);
            }
        }
    }
    if (m->name == OBS_NAME_GATEWAY)
        read_aliases(m, chain, names);
}

void sse_dns_read_addresses(sse_dns_message *m)
{
    if (m->records != 0 && m->response && m->has_question && m->count[1] > 0)
        read_addresses(m);
}

/* Reads a section, and moves *offset behind it. total: records of the message so far;
 * *addresses: is one of these an address or an alias?
 * @return false where the message is broken there */
static bool read_section(sse_dns_message *m, sse_dns_items *items, unsigned section, uint32_t *offset, unsigned *total,
                         bool *addresses)
{
    for (unsigned i = 0; i < m->count[section]; i++) {
        record r;

        if (++*total > MAX_RECORDS || !read_record(m, offset, &r, NULL))
            return false;
        *addresses |= r.type == TYPE_A || r.type == TYPE_AAAA || r.type == TYPE_CNAME;
        if (r.type == TYPE_TXT && r.class == CLASS_IN && m->response)
            read_txt(m, items, section == 1, &r);
        else if (r.type == TYPE_OPT && section == 3)
            read_options(m, items, &r);
    }
    return true;
}

void sse_dns_read_records(sse_dns_message *m, sse_dns_items *items)
{
    uint32_t offset = m->records;
    unsigned total = 0;
    bool whole = true, wanted = m->response && m->has_question && m->count[1] > 0;

    memset(&m->identity, 0, sizeof m->identity);
    m->n_certificates = 0;
    if (items != NULL)
        items->count = 0;
    if (offset == 0)
        return;
    /* Of the budget they come first; a probe's answer, which asks for a text, has none. */
    if (wanted && m->qtype != TYPE_TXT) {
        read_addresses(m);
        wanted = false;
    }
    for (unsigned section = 1; whole && section <= 3; section++) {
        bool addresses = false;

        whole = read_section(m, items, section, &offset, &total, &addresses);
        if (section == 1 && addresses && wanted)
            read_addresses(m);
    }
}

void sse_dns_observation(const sse_dns_message *m, sse_transport transport, obs_dns *dns)
{
    memset(dns, 0, sizeof *dns);
    dns->transport = transport;
    dns->response = m->response;
    dns->truncated = m->truncated;
    dns->cut_name = m->cut_name;
    dns->id = m->id;
    dns->qtype = m->qtype;
    dns->name = m->name;
    dns->question = m->question;
    dns->qname = m->has_question ? m->qname : NULL;
    dns->identity = m->has_identity ? &m->identity : NULL;
    dns->rcode = m->rcode;
    dns->answers = m->count[1];
    dns->server_string = m->server_string;
    dns->certificate = m->certificate;
    dns->court_order = m->court_order;
    dns->censored = m->censored;
    dns->addresses = m->addresses;
    dns->n_addresses = m->n_addresses;
    dns->aliases = m->aliases;
    dns->n_aliases = m->n_aliases;
    dns->sinkhole = m->sinkhole;
}
