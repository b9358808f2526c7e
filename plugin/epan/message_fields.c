/* message_fields.c
 * What the DNS messages of probes say of who asks and who answers: the debug
 * strings of a reply, the identity in a query, the question of a lookup.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "message_fields.h"

#include "dnscrypt.h"
#include "observe.h"
#include "redact.h"

static int hf_client_magic = -1;
static int hf_certificate_in = -1;
static int hf_items[SSE_DNS_ITEM_KINDS] = {
    [SSE_DNS_SERVER] = -1,
    [SSE_DNS_SERVER_NODE] = -1,
    [SSE_DNS_SERVER_SITE] = -1,
    [SSE_DNS_ORGID] = -1,
    [SSE_DNS_ORIGINID] = -1,
    [SSE_DNS_DEVICE] = -1,
    [SSE_DNS_SOURCE] = -1,
    [SSE_DNS_FLAGS] = -1,
    [SSE_DNS_ORGFLAGS] = -1,
    [SSE_DNS_ACTYPE] = -1,
    [SSE_DNS_BUNDLE] = -1,
    [SSE_DNS_REMOTEIP] = -1,
    [SSE_DNS_USER] = -1,
    [SSE_DNS_APPLIANCE] = -1,
    [SSE_DNS_HOST] = -1,
    [SSE_DNS_DNSCRYPT] = -1,
    [SSE_DNS_TEXT] = -1,
    [SSE_DNS_LEGAL] = -1,
    [SSE_DNS_CERTIFICATE] = -1,
    [SSE_DNS_EDNS_ORG] = -1,
    [SSE_DNS_EDNS_ASSET] = -1,
    [SSE_DNS_EDNS_REMOTEIP] = -1,
    [SSE_DNS_EDNS_DEVICE] = -1,
    [SSE_DNS_EDNS_UNKNOWN] = -1,
};

static expert_field ei_client_magic = EI_INIT;

/* "dnscrypt enabled (HEX)": the client magic that the query came with, and
 * whether a certificate in the capture announced it. */
static void add_client_magic(const sse_frame_view *p, tvbuff_t *tvb, int offset, const sse_dns_item *item)
{
    uint8_t magic[SSE_DNSCRYPT_MAGIC];
    const sse_dnscrypt_known *known, *any;
    proto_item *added;

    if (!sse_dnscrypt_magic_of_text(item->text, magic))
        return;
    /* The certificate may have come from another of the service's addresses,
     * or this reply from a proxy on the client itself. */
    known = sse_dnscrypt_find(p->file->magics, NULL, magic);
    any = sse_dnscrypt_find(p->file->magics, NULL, NULL);
    added = proto_tree_add_bytes_with_length(p->tree, hf_client_magic, tvb, offset + (int)item->offset,
                                             (int)item->length, magic, sizeof magic);
    if (sse_dnscrypt_is_opendns_magic(magic))
        proto_item_append_text(added, " (%.8s)", (const char *)magic);
    proto_item_set_generated(added);
    if (known != NULL && known->frame < p->pinfo->num)
        sse_field_uint(p, hf_certificate_in, known->frame);
    else if (any != NULL && any->frame < p->pinfo->num)
        expert_add_info(p->pinfo, added, &ei_client_magic);
}

void sse_message_add_items(const sse_frame_view *p, const sse_dns_items *items, tvbuff_t *tvb, int offset)
{
    sse_tracker *t = p->file->tracker;

    for (unsigned i = 0; i < items->count; i++) {
        const sse_dns_item *item = &items->item[i];
        int kind = sse_item_redaction(item->kind);
        const char *text = kind < 0 ? item->text : sse_redact(t->redactor, (sse_redact_kind)kind, item->text);
        bool bytes = item->kind == SSE_DNS_CERTIFICATE || item->kind == SSE_DNS_EDNS_UNKNOWN;

        /* A placeholder has no bytes in the packet, and must not show them;
         * where there is nothing but bytes, nothing is shown. */
        if (text != item->text && !bytes)
            sse_field_text(p, hf_items[item->kind], text);
        else if (text == item->text && bytes)
            proto_tree_add_item(p->tree, hf_items[item->kind], tvb, offset + (int)item->offset, (int)item->length, ENC_NA);
        else if (text == item->text)
            proto_tree_add_string(p->tree, hf_items[item->kind], tvb, offset + (int)item->offset, (int)item->length, text);
        if (item->kind == SSE_DNS_DNSCRYPT)
            add_client_magic(p, tvb, offset, item);
    }
}

bool sse_message_read(const sse_frame_view *p, sse_dns_message **m, sse_dns_items **items, tvbuff_t **tvb, int *offset)
{
    const sse_ip_layers *w = p->layers != NULL ? p->layers : sse_view_layers(p);

    if (w == NULL)
        return false;
    *m = wmem_new(p->pinfo->pool, sse_dns_message);
    *items = wmem_new(p->pinfo->pool, sse_dns_items);
    if (!sse_observe_dns(w, &p->file->settings->names, true, *m, offset))
        return false;
    *tvb = w->tvb;
    sse_dns_read_records(*m, *items);
    return true;
}

void sse_message_add_question(const sse_frame_view *p, uint32_t name)
{
    const sse_tracker *t = p->file->tracker;
    sse_dns_items *items;
    sse_dns_message *m;
    tvbuff_t *tvb;
    const char *text;
    int offset;

    if (t->config.redact || name == SSE_NONE || name >= t->names->len || !sse_message_read(p, &m, &items, &tvb, &offset) ||
        !m->has_question) {
        sse_field_name(p, name);
        return;
    }
    text = (const char *)g_ptr_array_index(t->names, name);
    /* RFC 1035 section 4.1: a header of 12 bytes, the name, type and class. */
    sse_field_name_at(p, text, tvb, offset + 12, (int)m->records - 4 - 12);
}

void sse_message_add(const sse_frame_view *p)
{
    sse_dns_items *items;
    sse_dns_message *m;
    tvbuff_t *tvb;
    int offset;

    if (p->tree != NULL && sse_message_read(p, &m, &items, &tvb, &offset))
        sse_message_add_items(p, items, tvb, offset);
}

bool sse_message_has_identity(const sse_dns_items *items)
{
    for (unsigned i = 0; i < items->count; i++) {
        sse_dns_item_kind kind = items->item[i].kind;

        if (kind >= SSE_DNS_EDNS_ORG && kind <= SSE_DNS_EDNS_UNKNOWN)
            return true;
    }
    return false;
}

void sse_message_register(int proto, expert_module_t *experts)
{
    static hf_register_info fields[] = {
        { &hf_items[SSE_DNS_SERVER], { "Server", "sseroaming.debug.server", FT_STRING, BASE_NONE, NULL, 0,
            "Resolver node and site that answered", HFILL } },
        { &hf_items[SSE_DNS_SERVER_NODE], { "Node", "sseroaming.debug.server.node", FT_STRING, BASE_NONE, NULL, 0,
            "Resolver node that answered", HFILL } },
        { &hf_items[SSE_DNS_SERVER_SITE], { "Site", "sseroaming.debug.server.site", FT_STRING, BASE_NONE, NULL, 0,
            "Site that answered, by the code of its airport", HFILL } },
        { &hf_items[SSE_DNS_ORGID], { "Organisation", "sseroaming.debug.orgid", FT_STRING, BASE_NONE, NULL, 0,
            "Organisation that OpenDNS took the query for", HFILL } },
        { &hf_items[SSE_DNS_ORIGINID], { "Origin", "sseroaming.debug.originid", FT_STRING, BASE_NONE, NULL, 0,
            "Identity that OpenDNS took the query for; 0 is none", HFILL } },
        { &hf_items[SSE_DNS_DEVICE], { "Device", "sseroaming.debug.device", FT_STRING, BASE_NONE, NULL, 0,
            "Device id that reached OpenDNS", HFILL } },
        { &hf_items[SSE_DNS_SOURCE], { "Source", "sseroaming.debug.source", FT_STRING, BASE_NONE, NULL, 0,
            "Public address and port that OpenDNS saw", HFILL } },
        { &hf_items[SSE_DNS_FLAGS], { "Flags", "sseroaming.debug.flags", FT_STRING, BASE_NONE, NULL, 0,
            "Not documented", HFILL } },
        { &hf_items[SSE_DNS_ORGFLAGS], { "Organisation flags", "sseroaming.debug.orgflags", FT_STRING, BASE_NONE, NULL, 0,
            "Not documented", HFILL } },
        { &hf_items[SSE_DNS_ACTYPE], { "Account type", "sseroaming.debug.actype", FT_STRING, BASE_NONE, NULL, 0,
            "Not documented", HFILL } },
        { &hf_items[SSE_DNS_BUNDLE], { "Bundle", "sseroaming.debug.bundle", FT_STRING, BASE_NONE, NULL, 0,
            "Policy bundle", HFILL } },
        { &hf_items[SSE_DNS_REMOTEIP], { "Remote IP", "sseroaming.debug.remoteip", FT_STRING, BASE_NONE, NULL, 0,
            "Address of the client in its own network", HFILL } },
        { &hf_items[SSE_DNS_USER], { "User", "sseroaming.debug.user", FT_STRING, BASE_NONE, NULL, 0,
            "User behind a Virtual Appliance", HFILL } },
        { &hf_items[SSE_DNS_APPLIANCE], { "Appliance", "sseroaming.debug.appliance", FT_STRING, BASE_NONE, NULL, 0,
            "Virtual Appliance", HFILL } },
        { &hf_items[SSE_DNS_HOST], { "Host", "sseroaming.debug.host", FT_STRING, BASE_NONE, NULL, 0,
            "Host behind a Virtual Appliance", HFILL } },
        { &hf_items[SSE_DNS_DNSCRYPT], { "DNSCrypt", "sseroaming.debug.dnscrypt", FT_STRING, BASE_NONE, NULL, 0,
            "Whether the query came encrypted", HFILL } },
        { &hf_items[SSE_DNS_TEXT], { "Text", "sseroaming.debug.text", FT_STRING, BASE_NONE, NULL, 0,
            "Any other string of the answer", HFILL } },
        { &hf_items[SSE_DNS_LEGAL], { "Legal notice", "sseroaming.debug.legal_notice", FT_STRING, BASE_NONE, NULL, 0,
            "OpenDNS does not serve this place", HFILL } },
        { &hf_items[SSE_DNS_CERTIFICATE], { "DNSCrypt certificate", "sseroaming.certificate", FT_BYTES, BASE_NONE, NULL, 0,
            "Certificate of the resolver", HFILL } },
        { &hf_items[SSE_DNS_EDNS_ORG], { "Organisation in the query", "sseroaming.edns.orgid", FT_STRING, BASE_NONE, NULL, 0,
            "EDNS option 20292", HFILL } },
        { &hf_items[SSE_DNS_EDNS_ASSET], { "Asset in the query", "sseroaming.edns.asset", FT_STRING, BASE_NONE, NULL, 0,
            "EDNS option 20292", HFILL } },
        { &hf_items[SSE_DNS_EDNS_REMOTEIP], { "Remote IP in the query", "sseroaming.edns.remoteip", FT_STRING, BASE_NONE, NULL, 0,
            "EDNS option 20292", HFILL } },
        { &hf_items[SSE_DNS_EDNS_DEVICE], { "Device in the query", "sseroaming.edns.device", FT_STRING, BASE_NONE, NULL, 0,
            "EDNS option 20292, 26946 or the old 4", HFILL } },
        { &hf_items[SSE_DNS_EDNS_UNKNOWN], { "Unknown part of the identity", "sseroaming.edns.unknown", FT_BYTES, BASE_NONE, NULL, 0,
            "EDNS option 20292 or 26946", HFILL } },
        { &hf_client_magic, { "Client magic", "sseroaming.debug.client_magic", FT_BYTES, BASE_NONE, NULL, 0,
            "DNSCrypt client magic with which the query reached OpenDNS", HFILL } },
        { &hf_certificate_in, { "Certificate in", "sseroaming.debug.certificate_in", FT_FRAMENUM, BASE_NONE, NULL, 0,
            "The certificate that announced this client magic", HFILL } },
    };
    static ei_register_info infos[] = {
        { &ei_client_magic, { "sseroaming.expert.client_magic", PI_SECURITY, PI_NOTE,
            "Client magic is of no certificate in the capture", EXPFILL } },
    };

    proto_register_field_array(proto, fields, G_N_ELEMENTS(fields));
    expert_register_field_array(experts, infos, G_N_ELEMENTS(infos));
}
