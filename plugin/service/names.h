/* names.h
 * The names of Cisco's service: what the module asks for, and what its gateway
 * is called. Facts: plugin/docs/domain.md, "debug.opendns.com TXT" and "Secure
 * Web Gateway".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_NAMES_H
#define SSE_NAMES_H

#include "redact.h"

#include <stdbool.h>

/** The names of probes, as the preference's default (Cisco's document 222351). */
#define SSE_DEFAULT_PROBE_NAMES   "debug.opendns.com, 2.dnscrypt-cert.opendns.com"
/** Suffixes of the gateway's names, as the preference's default (Secure Access
 * and Umbrella, "Network requirements"). */
#define SSE_DEFAULT_GATEWAY_NAMES ".sigproxy.qq.opendns.com, .sseproxy.qq.opendns.com"
/** The gateway's name as an explicit proxy: in proxy settings and PAC files of
 * Umbrella's customers (plugin/docs/domain.md, "Names and addresses"). */
#define SSE_EXPLICIT_GATEWAY_NAME "proxy.sig.umbrella.com"
/** The gateway's name that Secure Access gives to every client. */
#define SSE_ANY_GATEWAY_NAME      "swg-url-proxy-https-sse.sigproxy.qq.opendns.com"

/** A name of the service's Zero Trust Access: its client's tunnels (QUIC, and TCP
 * 443) are the vendor's own. Source: plugin/docs/domain.md, "Names and addresses".
 * @param name in lower case */
bool sse_is_zta_name(const char *name);

/** A name that a firewall gives in place of the one that was asked for: what has
 * its address is no service's. Source: plugin/docs/domain.md, "Names and addresses".
 * @param name in lower case */
bool sse_is_sinkhole_name(const char *name);

/** Whether a name is that of a host: letters, digits, "-", "." and "_", as those of
 * the gateway are. A packet may have any other, which nobody is to paste into a
 * firewall's rule or a shell. Source: RFC 1123, 2.1, and what is in use.
 * @param name may be NULL */
bool sse_is_host_name(const char *name);

/** A gateway's name as a field has it: with redaction without the number
 * of the organisation, which stands in
 * swg-url-proxy-https-NUMBER.sseproxy.qq.opendns.com. @return a string to
 * g_free(). */
char *sse_redact_name(sse_redactor *r, const char *name);

/** The same as a report prints it, and the host of a CONNECT: what is no host's
 * name and no address in quotation marks. @return a string to g_free(). */
char *sse_report_name(sse_redactor *r, const char *name);

#endif
