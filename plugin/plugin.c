/* plugin.c
 * The symbols by which Wireshark knows a plugin, and nothing else.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/* To Windows this file is a part of a DLL: what is marked public here is
 * exported by it, not looked for in another. Elsewhere it means nothing. */
#ifndef WS_BUILD_DLL
#define WS_BUILD_DLL
#endif

#include "compat.h"

#include <epan/proto.h>

#include "packet-dnscrypt.h"
#include "packet-sseroaming.h"
#include "packet-umbrella-log.h"
#include "tap-menu.h"
#include "tap-report.h"

#ifndef SSE_PLUGIN_VERSION
#error "SSE_PLUGIN_VERSION comes from CMakeLists.txt"
#endif

#if !SSE_WIRESHARK_TESTED
#ifdef _MSC_VER
#pragma message("The SSE Roaming plugin is not tested with this version of Wireshark. Tested: 4.0, 4.4, 4.6.")
#else
#warning "The SSE Roaming plugin is not tested with this version of Wireshark. Tested: 4.0, 4.4, 4.6."
#endif
#endif

/* All else in this library is hidden. */
WS_DLL_PUBLIC_DEF const char plugin_version[] = SSE_PLUGIN_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);

void plugin_register(void)
{
    static proto_plugin dnscrypt, sseroaming, log, taps;

    dnscrypt.register_protoinfo = proto_register_dnscrypt;
    dnscrypt.register_handoff = proto_reg_handoff_dnscrypt;
    proto_register_plugin(&dnscrypt);
    sseroaming.register_protoinfo = proto_register_sseroaming;
    sseroaming.register_handoff = proto_reg_handoff_sseroaming;
    proto_register_plugin(&sseroaming);
    log.register_protoinfo = proto_register_sseroaming_log;
    proto_register_plugin(&log);
    /* Here, and not where Wireshark registers taps: sharkd never asks there. */
    taps.register_protoinfo = sse_taps_register;
    taps.register_handoff = sse_menu_register;
    proto_register_plugin(&taps);
}

/* Asked for from 4.4 on: what the plugin brings. Bit 0 is "dissector"
 * (WS_PLUGIN_DESC_DISSECTOR in wsutil/plugins.h, which 4.0 does not install). */
uint32_t plugin_describe(void)
{
    return UINT32_C(1);
}
