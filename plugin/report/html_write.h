/* html_write.h
 * HTML that a reader's browser takes as it is meant: text made safe, elements,
 * tables. Whatever is text goes through here.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_HTML_WRITE_H
#define SSE_HTML_WRITE_H

#include <glib.h>
#include <stdbool.h>

/** Appends text as the content of an element or of an attribute in double quotes:
 * first made safe to print (sse_escape()), then < > & " ' as references. */
void sse_html_text(GString *out, const char *text);
/** The same of lines that a printer of ours made: their ends stay. */
void sse_html_lines(GString *out, const char *lines);

/** Appends <tag class="...">text</tag> and a newline; no class where it is NULL. */
void sse_html_element(GString *out, const char *tag, const char *class_name, const char *text);
void sse_html_printf(GString *out, const char *tag, const char *class_name, const char *format, ...) G_GNUC_PRINTF(4, 5);
/** The same, and frees the text; nothing where it is NULL. */
void sse_html_take(GString *out, const char *tag, const char *class_name, char *text);

/** Lines as sse_wrap() lays them out, each that begins at the margin as a paragraph
 * again; of class "warning" where its head is "Warning: ". */
void sse_html_paragraphs(GString *out, const char *lines);

/** A term and what is said of it, in a <dl>; frees the text, nothing where it is NULL. */
void sse_html_fact(GString *out, const char *term, char *text);
/** What is copied: a display filter, an option. Frees it; nothing where it is NULL. */
void sse_html_code_fact(GString *out, const char *term, char *text);

/** A table: the names of its columns (those of numbers begin with #) stand above
 * it, and on a narrow screen at each cell. */
typedef struct sse_html_table {
    GString *out;
    const char *const *columns;
    unsigned count, at;
} sse_html_table;

void sse_html_table_begin(sse_html_table *t, GString *out, const char *class_name, const char *const *columns, unsigned count);
/** Next cell of a row, which it begins where need be. */
void sse_html_cell(sse_html_table *t, const char *class_name, const char *text);
void sse_html_cell_printf(sse_html_table *t, const char *class_name, const char *format, ...) G_GNUC_PRINTF(3, 4);
/** The same for who writes what stands in it (then </td>). */
void sse_html_cell_open(sse_html_table *t, const char *class_name);
/** What more belongs to the row above, a <dl> across all columns; nothing where it
 * is empty. */
void sse_html_row_facts(sse_html_table *t, const GString *facts);
void sse_html_table_end(sse_html_table *t);

#endif
