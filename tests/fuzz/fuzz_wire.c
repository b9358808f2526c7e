/* fuzz_wire.c
 * The frame locator: any frame, any idea of Wireshark's about its addresses,
 * ports and data sources. Buffers are libwireshark's own; no dissector runs.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fuzz.h"

#include <string.h>

#include "ip_layers.h"

/* Reads all that the result points to: a sanitizer sees what is not there. */
static void touch(const sse_ip_layers *w)
{
    volatile uint8_t sum = 0;

    fuzz_require(w->payload_held <= w->payload_length);
    fuzz_require(w->payload != NULL || w->payload_held == 0);
    for (uint32_t i = 0; i < w->payload_held; i++)
        sum = (uint8_t)(sum + w->payload[i]);
    if (w->payload != NULL)
        fuzz_require(w->payload_offset >= 0 &&
                     (uint32_t)w->payload_offset + w->payload_held <= tvb_captured_length(w->tvb));
}

/* Two bytes: where the addresses are; one: family, transport, sources; one:
 * how much the snap length took; the frame. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in = { data, size };
    uint32_t start = fuzz_16(&in);
    uint8_t how = fuzz_byte(&in), missing = fuzz_byte(&in);
    bool v6 = (how & 1) != 0, is_read;
    unsigned length = v6 ? 16 : 4, at = v6 ? 8 : 12;
    packet_info pinfo;
    sse_ip_layers w;
    sse_addr src, dst;
    obs_icmp icmp;
    tvbuff_t *frame, *second = NULL;
    uint32_t held = (uint32_t)in.left, split = held;

    if (held == 0)
        return 0;
    memset(&pinfo, 0, sizeof pinfo);
    pinfo.pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    pinfo.layers = wmem_list_new(pinfo.pool);
    /* No protocol is registered here: ICMP has the number that none has. */
    if ((how & 2) != 0)
        wmem_list_append(pinfo.layers, GINT_TO_POINTER(-1));
    pinfo.ptype = (how >> 2 & 3) == 0 ? PT_NONE : (how >> 2 & 3) == 1 ? PT_TCP : PT_UDP;
    if ((how & 0x10) != 0)
        split = held / 2;
    frame = tvb_new_real_data(in.data, split, (int)(split + missing));
    if (split < held) {
        second = tvb_new_real_data(in.data + split, held - split, (int)(held - split + missing));
        add_new_data_source(&pinfo, second, (how & 0x20) != 0 ? "Reassembled IPv4" : "Reassembled IPv6");
    }
    memset(&src, 0, sizeof src);
    memset(&dst, 0, sizeof dst);
    src.family = dst.family = v6 ? 6 : 4;
    if (start + at + 2 * length <= held) {
        memcpy(src.bytes, in.data + start + at, length);
        memcpy(dst.bytes, in.data + start + at + length, length);
        if ((how & 0x40) == 0)
            set_address(&pinfo.net_src, v6 ? AT_IPv6 : AT_IPv4, (int)length, in.data + start + at);
        if (start + at + 2 * length + 4 <= held) {
            const uint8_t *ports = in.data + start + at + 2 * length;

            pinfo.srcport = (uint32_t)(ports[0] << 8 | ports[1]);
            pinfo.destport = (uint32_t)(ports[2] << 8 | ports[3]);
        }
    }
    fuzz_cheap(size, is_read = sse_ip_layers_read(frame, &pinfo, &src, &dst, &w));
    if (is_read) {
        touch(&w);
        (void)sse_ip_layers_quote(&w, &icmp);
        if (w.payload != NULL)
            (void)sse_hash_bytes(w.payload, w.payload_held, 4096);
    }
    g_slist_free(pinfo.data_src);
    tvb_free(frame);
    if (second != NULL)
        tvb_free(second);
    wmem_destroy_allocator(pinfo.pool);
    return 0;
}
