/* json_members.h
 * Members of JSON objects, written alike by all that writes some. Names are
 * constants; what is unknown is null.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_REPORT_JSON_MEMBERS_H
#define SSE_REPORT_JSON_MEMBERS_H

#include "report.h"

#include <wsutil/json_dumper.h>

/** The name of the member whose value the caller writes next. */
void sse_json_key(json_dumper *d, const char *name);
/** json_dumper escapes control characters; what else could deceive a reader is
 * made visible before. name NULL: an element of an array. value NULL: null. */
void sse_json_string(json_dumper *d, const char *name, const char *value);
void sse_json_boolean(json_dumper *d, const char *name, bool value);
void sse_json_number(json_dumper *d, const char *name, uint32_t value);
/** 0 is null. */
void sse_json_number_or_null(json_dumper *d, const char *name, uint32_t value);
/** ns since 1970, as RFC 3339 writes it; null where it is not known. */
void sse_json_time(json_dumper *d, const char *name, bool known, int64_t time);
/** As a string; name as above. */
void sse_json_address(json_dumper *d, const char *name, const sse_addr *addr);
/** The same of a text that is freed. */
void sse_json_text(json_dumper *d, const char *name, char *text);
/** The member "advice": sentences (sse_advice). */
void sse_json_advice(json_dumper *d, const sse_report *r, const GArray *advice);
/** "frames" and "frames_total". */
void sse_json_frames(json_dumper *d, const sse_frames *f);
/** ns as milliseconds with three decimals; null where they are not known. */
void sse_json_milliseconds(json_dumper *d, const char *name, bool known, int64_t ns);

#endif
