/* probes_dnscrypt.c
 * DNSCrypt queries and replies as probes.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "probes_dnscrypt.h"

#include "endpoints.h"
#include "frames.h"
#include "probes.h"
#include "rcodes.h"

obs_dns sse_dnscrypt_as_dns(const obs_dnscrypt *dnscrypt, sse_transport transport)
{
    return (obs_dns){
        .transport = transport, .response = dnscrypt->kind == OBS_DNSCRYPT_REPLY,
        .id = (uint16_t)(dnscrypt->nonce >> 32), .qtype = SSE_DNS_TYPE_TXT, .name = OBS_NAME_DNSCRYPT,
        .question = (uint32_t)dnscrypt->nonce, .qname = "",
    };
}

void sse_dnscrypt_message(sse_tracker *t, const obs_packet *p, const obs_dnscrypt *dnscrypt)
{
    bool reply = dnscrypt->kind == OBS_DNSCRYPT_REPLY;
    obs_dns dns = sse_dnscrypt_as_dns(dnscrypt, SSE_UDP);

    if (!dnscrypt->has_nonce) {
        sse_add_fact(t, SSE_FACT_CUT, sse_find_address(t, reply ? &p->dst : &p->src), p, NULL);
    } else if (reply) {
        sse_probe_reply(t, p, &dns, false);
    } else {
        uint32_t client = sse_make_client(t, p, &p->src), before = t->probes->len;

        if (client != SSE_NONE) {
            sse_client_sent(t, client, p);
            sse_probe_query(t, p, &dns, client, sse_make_address(t, &p->dst), false);
            if (t->probes->len > before)
                sse_probe_at(t, before)->foreign = dnscrypt->foreign;
        }
    }
}
