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

/** A gateway's name as it is to be printed: with redaction without the number
 * of the organisation, which stands in
 * swg-url-proxy-https-NUMBER.sseproxy.qq.opendns.com. @return a string to
 * g_free(). */
char *sse_redact_name(sse_redactor *r, const char *name);

#endif
