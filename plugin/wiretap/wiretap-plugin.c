/* wiretap-plugin.c
 * The symbols by which Wireshark knows the plugin that opens the logs, and
 * nothing else. It is a library of its own: mergecap, editcap and capinfos load
 * readers of files and no dissectors.
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

#include "compat_wtap.h"

#include "umbrella_log.h"

#ifndef SSE_PLUGIN_VERSION
#error "SSE_PLUGIN_VERSION comes from CMakeLists.txt"
#endif

/* All else in this library is hidden. */
WS_DLL_PUBLIC_DEF const char plugin_version[] = SSE_PLUGIN_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);

void plugin_register(void)
{
    static wtap_plugin log;

    log.register_wtap_module = wtap_register_sseroaming_log;
    wtap_register_plugin(&log);
}

/* Asked for from 4.4 on: what the plugin brings. Bit 1 is "file type"
 * (WS_PLUGIN_DESC_FILE_TYPE in wsutil/plugins.h, which 4.0 does not install). */
uint32_t plugin_describe(void)
{
    return UINT32_C(2);
}
